"""``pianqu hazards`` and ``pianqu gas``: hazards until they are put right, and the inspections that find them."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.buildings import ACTOR, Actor, AsJson, Day, Moment, in_county, moment_of, tell
from api.commands.rows import Out, Uid, print_one, print_rows, uid_of

hazards_app = typer.Typer(no_args_is_help=True, help="隐患与风险源: reported, graded, put right, signed off.")
gas_app = typer.Typer(no_args_is_help=True, help="燃气检查: inspections, 出动人次, who is due.")

Number = Annotated[int, typer.Argument(min=1, help="The hazard's id.")]


def mount(app: typer.Typer) -> None:
    """Add ``hazards`` and ``gas``."""
    app.add_typer(hazards_app, name="hazards")
    app.add_typer(gas_app, name="gas")


@hazards_app.command()
def report(
    context: typer.Context,
    category: Annotated[str, typer.Argument(help="As advertising, works, gas, bridge, river_rail, tree, low_point.")],
    level: Annotated[str, typer.Argument(help="general or major.")],
    lon: Annotated[float, typer.Argument(help="Degrees.")],
    lat: Annotated[float, typer.Argument(help="Degrees.")],
    description: str = "",
    place: str = "",
    body: Annotated[str, typer.Option(help="Which body puts it right.")] = "",
    staff: Annotated[str | None, typer.Option(help="Staff number of who answers for it.")] = None,
    found: Moment = None,
    due: Moment = None,
    actor: Actor = ACTOR,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Report a hazard; its date follows from category and level if none is told."""
    from geo.cases.hazards.actions import HazardDraft, get_hazard, report_hazard

    with in_county(context) as (session, tenant):
        draft = HazardDraft(
            uid_of(uid), category, level, lon, lat, moment_of(session, tenant, found), description, place, body, staff,
            due_at=None if due is None else moment_of(session, tenant, due), actor=actor,
        )  # fmt: skip
        row = get_hazard(session, tenant, report_hazard(session, tenant, draft))
    facts = {name: row[name] for name in ("id", "number", "level", "staff", "due_at")}
    tell("hazards.reported", as_json, **facts)


@hazards_app.command("list")
def list_all(
    context: typer.Context,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    level: Annotated[str | None, typer.Option(help="Only of this level.")] = None,
    staff: Annotated[str | None, typer.Option(help="Only those this person answers for.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    overdue: Annotated[bool, typer.Option(help="Only open ones past their date.")] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List hazards, major ones first, each with its date and who answers for it."""
    from geo.cases.hazards.queries import list_hazards

    with in_county(context) as (session, tenant):
        rows = list_hazards(
            session, tenant, dt.datetime.now(dt.UTC), category=category, level=level, staff=staff,
            open_only=open_only, overdue_only=overdue, most=100_000,
        )  # fmt: skip
    names = ("id", "number", "category", "level", "status", "due_at", "staff", "overdue", "place", "description")
    print_rows(rows, names, as_json, "hazards", out)


@hazards_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Print one hazard, what was done, and what can be done now."""
    from geo.cases.hazards.actions import get_hazard
    from geo.cases.hazards.states import HAZARD
    from geo.cases.history import load_steps

    with in_county(context) as (session, tenant):
        row = get_hazard(session, tenant, number)
        history = load_steps(session, tenant, HAZARD, number)
    print_one(row, history, HAZARD.open_steps(row["status"]), as_json)


@hazards_app.command()
def step(
    context: typer.Context,
    number: Number,
    what: Annotated[
        str, typer.Argument(help="confirm, dismiss, fix, check, close, send_back, regrade, extend or reopen.")
    ],
    note: str = "",
    level: Annotated[str | None, typer.Option(help="With regrade.")] = None,
    due: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="With extend or regrade.")
    ] = None,
    holder: Annotated[str | None, typer.Option(help="Staff number of who answers from now on.")] = None,
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a step with a hazard."""
    from geo.cases.hazards.actions import take_hazard_step

    with in_county(context) as (session, tenant):
        state = take_hazard_step(
            session, tenant, number, what, at=moment_of(session, tenant, at), actor=actor, note=note, level=level,
            due_at=None if due is None else moment_of(session, tenant, due), holder=holder,
        )  # fmt: skip
    tell("hazards.stepped", as_json, hazard=number, state=state)


@gas_app.command()
def inspect(
    context: typer.Context,
    user: Annotated[str, typer.Argument(help="Number of the gas user.")],
    people: Annotated[int, typer.Argument(min=1, help="How many went: 出动人次.")],
    general: Annotated[list[str] | None, typer.Option(help="A general hazard in words; may be repeated.")] = None,
    major: Annotated[list[str] | None, typer.Option(help="A major hazard in words; may be repeated.")] = None,
    bodies: Annotated[str, typer.Option(help="Who took part.")] = "",
    staff: Annotated[str | None, typer.Option(help="Staff number of who answers for what was found.")] = None,
    reason: Annotated[str, typer.Option(help="Of one nobody planned: planned, complaint or ordered.")] = "planned",
    reference: Annotated[str | None, typer.Option(help="Number of the complaint or order.")] = None,
    item: Annotated[str, typer.Option(help="权责事项 it rests on.")] = "燃气安全检查",
    note: str = "",
    at: Moment = None,
    actor: Actor = ACTOR,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Write an inspection down with the hazards it found: the entry planned for that day, or one under the cap."""
    from geo.cases.gas.actions import Found, InspectionDraft
    from geo.patrol.demand.book.gas import inspect as enter

    found = [Found("general", one) for one in general or ()] + [Found("major", one) for one in major or ()]
    with in_county(context) as (session, tenant):
        draft = InspectionDraft(
            uid_of(uid), user, moment_of(session, tenant, at), people, tuple(found), bodies, note, staff, actor
        )
        made = enter(session, tenant, draft, reason=reason, reference=reference, power_item=item)
    hazards = list(made.hazards) if as_json else len(made.hazards)
    tell("gas.recorded", as_json, inspection=made.inspection, hazards=hazards)


@gas_app.command()
def figures(context: typer.Context, first: Day, last: Day, as_json: AsJson = False) -> None:
    """Count inspections, people, users and hazards by level between two days, both included."""
    from geo.cases.gas.actions import load_figures

    with in_county(context) as (session, tenant):
        told = asdict(load_figures(session, tenant, first.date(), last.date()))
    tell("gas.figures", as_json, **told)


@gas_app.command()
def due(
    context: typer.Context,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local day; today by default.")] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List users whose inspection is due; those never inspected first."""
    from geo.cases.gas.queries import list_due
    from geo.db.counties import get_county

    with in_county(context) as (session, tenant):
        rows = list_due(session, tenant, on.date() if on else get_county(session, tenant).today())
    print_rows(rows, ("code", "name", "kind", "place", "last_check_on", "check_due_on"), as_json, "users", out)
