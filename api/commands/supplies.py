"""``pianqu supplies``: movements, stock, the equation, the nearest point with enough, who is on call."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.buildings import ACTOR, Actor, AsJson, Day, Moment, in_county, moment_of, tell
from api.commands.rows import Out, Uid, print_rows, uid_of

supplies_app = typer.Typer(no_args_is_help=True, help="应急物资: book, stock, nearest point, who is on call.")

Point = Annotated[str | None, typer.Option(help="Only of this point.")]


def mount(app: typer.Typer) -> None:
    """Add ``supplies``."""
    app.add_typer(supplies_app, name="supplies")


@supplies_app.command()
def move(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="receive, hand_out, give_back, write_off, count_up or count_down.")],
    point: Annotated[str, typer.Argument(help="Number of the supply point.")],
    item: Annotated[str, typer.Argument(help="Code of the item.")],
    quantity: Annotated[int, typer.Argument(min=1, help="Whole units.")],
    lot: Annotated[str | None, typer.Option(help="Lot; what is handed out is of the lot that ends first.")] = None,
    expires: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of use, when a lot is received.")
    ] = None,
    of_move: Annotated[int | None, typer.Option("--of", min=1, help="With give_back: the handing-out.")] = None,
    staff: Annotated[str | None, typer.Option(help="Staff number of who takes or brings it.")] = None,
    note: str = "",
    at: Moment = None,
    actor: Actor = ACTOR,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Write a movement down; the stock is never short, not even for a movement of the past."""
    from geo.cases.supplies.actions import MoveDraft, record_move

    with in_county(context) as (session, tenant):
        draft = MoveDraft(
            uid_of(uid), point, item, kind, quantity, moment_of(session, tenant, at), lot,
            None if expires is None else expires.date(), of_move, staff, note, actor,
        )  # fmt: skip
        done = asdict(record_move(session, tenant, draft))
    tell("supplies.moved", as_json, **(done if as_json else {**done, "lot": done["lot"] or "-"}))


@supplies_app.command()
def stock(
    context: typer.Context,
    point: Point = None,
    item: Annotated[str | None, typer.Option(help="Only of this item.")] = None,
    expiring: Annotated[int | None, typer.Option(min=0, help="Only what ends within so many days.")] = None,
    low: Annotated[bool, typer.Option(help="Items of which there is less in date than is wanted.")] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Print what is there by point, item and lot."""
    from geo.cases.supplies import queries
    from geo.db.counties import get_county

    names = ["point", "item", "name", "lot", "expires_on", "quantity", "unit"]
    with in_county(context) as (session, tenant):
        today = get_county(session, tenant).today()
        if low:
            rows, names = queries.list_low(session, tenant, today), ["item", "name", "least", "quantity", "unit"]
        elif expiring is not None:
            rows = queries.list_expiring(session, tenant, today + dt.timedelta(days=expiring))
        else:
            rows = queries.list_stock(session, tenant, point, item)
    print_rows(rows, names, as_json, "stock", out)


@supplies_app.command()
def book(context: typer.Context, point: Point = None, out: Out = None, as_json: AsJson = False) -> None:
    """Print movements in order of time."""
    from geo.cases.supplies.queries import list_book

    with in_county(context) as (session, tenant):
        rows = list_book(session, tenant, point)
    names = ("id", "moved_at", "kind", "point", "item", "lot", "quantity", "of_move", "staff", "note", "actor")
    print_rows(rows, names, as_json, "moves", out)


@supplies_app.command()
def equation(
    context: typer.Context, first: Day, last: Day, point: Point = None, out: Out = None, as_json: AsJson = False
) -> None:
    """Print the stock equation between two days, both included, by point, item and lot."""
    from geo.cases.supplies.actions import load_equations

    with in_county(context) as (session, tenant):
        found = load_equations(session, tenant, first.date(), last.date(), point)
    rows = [
        {"point": p, "item": i, "lot": lot, **asdict(one), "holds": one.holds} for (p, i, lot), one in found.items()
    ]
    names = (
        "point", "item", "lot", "opening", "receive", "give_back", "count_up", "hand_out", "write_off", "count_down",
        "closing", "holds",
    )  # fmt: skip
    print_rows(rows, names, as_json, "equations", out)


@supplies_app.command()
def near(
    context: typer.Context,
    lon: Annotated[float, typer.Argument(help="Degrees.")],
    lat: Annotated[float, typer.Argument(help="Degrees.")],
    item: Annotated[str, typer.Argument(help="Code of the item.")],
    quantity: Annotated[int, typer.Argument(min=1)] = 1,
    as_json: AsJson = False,
) -> None:
    """Print the points that have so much in date, nearest by road first."""
    from geo.cases.supplies.actions import find_nearest

    with in_county(context) as (session, tenant):
        rows = [asdict(one) for one in find_nearest(session, tenant, lon, lat, item, quantity)]
    print_rows(rows, ("point", "name", "quantity", "unit", "straight_m", "road_m"), as_json, "points")


@supplies_app.command("on-call")
def on_call(
    context: typer.Context,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local day; today by default.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Print who is on call; the table is taken with ``cases import on_call``."""
    from geo.cases.supplies.queries import list_on_call
    from geo.db.counties import get_county

    with in_county(context) as (session, tenant):
        first = on.date() if on else get_county(session, tenant).today()
        rows = list_on_call(session, tenant, first, first + dt.timedelta(days=days - 1))
    print_rows(rows, ("on_date", "role", "staff", "name"), as_json, "on_call")
