"""``pianqu repairs``: components counted, repairs ordered, stepped and totalled."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from api.commands.buildings import ACTOR, Actor, AsJson, Moment, in_county, moment_of, tell
from api.commands.rows import Out, Uid, print_one, print_rows, uid_of

repairs_app = typer.Typer(no_args_is_help=True, help="部件维修: orders, steps, totals of a year.")

Number = Annotated[int, typer.Argument(min=1, help="The order's id.")]


def mount(app: typer.Typer) -> None:
    """Add ``repairs``."""
    app.add_typer(repairs_app, name="repairs")


@repairs_app.command()
def order(
    context: typer.Context,
    work: Annotated[str, typer.Argument(help="repair, replace, add or remove.")],
    quantity: Annotated[str, typer.Argument(help="How much.")],
    unit: Annotated[str, typer.Option(help="Of the quantity; by default that of the class.")] = "",
    component: Annotated[str | None, typer.Option(help="16-digit code of the component.")] = None,
    class_code: Annotated[str | None, typer.Option("--class", help="Class as C01-01, with --lon and --lat.")] = None,
    lon: Annotated[float | None, typer.Option(help="Degrees.")] = None,
    lat: Annotated[float | None, typer.Option(help="Degrees.")] = None,
    place: str = "",
    contractor: str = "",
    staff: Annotated[str | None, typer.Option(help="Staff number of who answers for it.")] = None,
    due: Moment = None,
    actor: Actor = ACTOR,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Order a repair of a component, or of a class at a point."""
    from geo.cases.components.actions import RepairDraft, get_order, order_repair

    with in_county(context) as (session, tenant):
        draft = RepairDraft(
            uid_of(uid), work, _amount(quantity), unit, component, class_code, lon, lat, place, contractor, staff,
            due_at=None if due is None else moment_of(session, tenant, due), actor=actor,
        )  # fmt: skip
        row = get_order(session, tenant, order_repair(session, tenant, draft))
    tell("components.ordered", as_json, id=row["id"], number=row["number"], due_at=row["due_at"])


@repairs_app.command("list")
def list_all(
    context: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List orders, what is due first first."""
    from geo.cases.components.queries import list_orders

    with in_county(context) as (session, tenant):
        rows = list_orders(session, tenant, open_only=open_only, most=100_000)
    names = ("id", "number", "class_code", "work", "quantity", "unit", "state", "due_at", "staff", "overdue", "place")
    print_rows(rows, names, as_json, "repairs", out)


@repairs_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Print one order, what was done, and what can be done now."""
    from geo.cases.components.actions import get_order
    from geo.cases.components.states import REPAIR
    from geo.cases.history import load_steps

    with in_county(context) as (session, tenant):
        row = get_order(session, tenant, number)
        history = load_steps(session, tenant, REPAIR, number)
    print_one(row, history, REPAIR.open_steps(row["state"]), as_json)


@repairs_app.command()
def step(
    context: typer.Context,
    number: Number,
    what: Annotated[str, typer.Argument(help="start, finish, accept, rework, put_off, resume or cancel.")],
    note: str = "",
    quantity: Annotated[str | None, typer.Option(help="What was really done, with finish.")] = None,
    cost_fen: Annotated[int | None, typer.Option(help="What it cost, 分, with finish.", min=0)] = None,
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a step with an order."""
    from geo.cases.components.actions import take_repair_step

    with in_county(context) as (session, tenant):
        state = take_repair_step(
            session, tenant, number, what, at=moment_of(session, tenant, at), actor=actor, note=note,
            quantity=None if quantity is None else _amount(quantity), cost_fen=cost_fen,
        )  # fmt: skip
    tell("components.stepped", as_json, repair=number, state=state)


@repairs_app.command()
def totals(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(help="By default this one.")] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Add up what was accepted in a year, by class, work and unit: different units are never added together."""
    from dataclasses import asdict

    from geo.cases.components.actions import load_totals
    from geo.db.counties import get_county

    with in_county(context) as (session, tenant):
        asked = year or get_county(session, tenant).today().year
        rows = [asdict(one) for one in load_totals(session, tenant, asked)]
    names = ("class_code", "work", "unit", "quantity", "orders", "cost_fen", "costed")
    print_rows(rows, names, as_json, "totals", out)


@repairs_app.command()
def components(context: typer.Context, out: Out = None, as_json: AsJson = False) -> None:
    """Count components by class and state."""
    from geo.cases.components.queries import count_components

    with in_county(context) as (session, tenant):
        rows = count_components(session, tenant)
    print_rows(rows, ("class_code", "status", "components"), as_json, "components", out)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(text, param_hint="quantity") from None
