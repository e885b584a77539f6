"""``pianqu buildings``: the ledger of illegal buildings from the command line."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.buildings.stock import Amounts

buildings_app = typer.Typer(no_args_is_help=True, help="违建台账: entered, stepped, counted, exchanged.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the building.", min=1)]
Day = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Local day.")]
Moment = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="When, local; by default now.")
]
Actor = Annotated[str, typer.Option(help="Who does it.")]
District = Annotated[str | None, typer.Option(help="Only this 片区.")]
ACTOR = "cli"
MOST = 100_000


class BadFact(Invalid):
    """A fact is written NAME=VALUE."""


def mount(app: typer.Typer) -> None:
    """Add ``buildings``."""
    app.add_typer(buildings_app, name="buildings")


@contextlib.contextmanager
def in_county(context: typer.Context) -> Iterator[tuple[Session, str]]:
    """A transaction in the county the command means."""
    from geo.db.engine import Database

    with Database.open(context.obj) as database, database.begin(context.obj.tenant) as session:
        yield session, context.obj.tenant


def moment_of(session: Session, tenant: str, given: dt.datetime | None) -> dt.datetime:
    """A local moment as an aware one; now if none is given."""
    from geo.db.counties import get_county

    if given is None:
        return dt.datetime.now(dt.UTC)
    return given.replace(tzinfo=ZoneInfo(get_county(session, tenant).time_zone)).astimezone(dt.UTC)


def tell(code: str, as_json: bool, **facts: Any) -> None:
    """Say what was done."""
    from api.cli import language
    from geo.messages import say

    typer.echo(json.dumps(facts, ensure_ascii=False, default=str) if as_json else say(code, language(), **facts))


def read_facts(given: list[str]) -> dict[str, Any]:
    """``NAME=VALUE`` as facts; whole numbers and true/false as such.

    Examples
    --------
    >>> read_facts(["served_on=2026-03-10", "households=3", "final=true"])
    {'served_on': '2026-03-10', 'households': 3, 'final': True}
    """
    facts: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise BadFact("buildings.fact_form", fact=one)
        facts[name] = int(value) if value.isdecimal() else {"true": True, "false": False}.get(value, value)
    return facts


@buildings_app.command("list")
def list_all(
    context: typer.Context,
    status: Annotated[list[str] | None, typer.Option(help="Only in this state; may be repeated.")] = None,
    district: District = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    stood_before: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Built, or else found, before that day.")
    ] = None,
    least_m2: Annotated[float | None, typer.Option(help="Ground of at least this.")] = None,
    most_m2: Annotated[float | None, typer.Option(help="Ground below this.")] = None,
    path: Annotated[Path | None, typer.Option("--out", help="Write them to a file (.csv, .xlsx).")] = None,
    as_json: AsJson = False,
) -> None:
    """List the buildings, the newest first."""
    from geo.cases.buildings.queries import list_buildings
    from geo.cases.sheets import write_sheet

    with in_county(context) as (session, tenant):
        rows = list_buildings(
            session, tenant, statuses=status, district=district, category=category, least_m2=least_m2, most_m2=most_m2,
            stood_before=stood_before and stood_before.date(), most=MOST,
        )  # fmt: skip
    if path is not None:
        names = [name for name in rows[0] if name != "area_dm2"] if rows else ["id"]
        write_sheet(path, names, ([row[name] for name in names] for row in rows))
        typer.echo(path)
        return
    if as_json:
        typer.echo(json.dumps({"buildings": rows}, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo(_line(row))


@buildings_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Print one building with its history and what can be done now."""
    from geo.cases.buildings.books import get_building
    from geo.cases.buildings.states import BUILDING
    from geo.cases.history import load_steps

    with in_county(context) as (session, tenant):
        row = get_building(session, tenant, number)
        history = load_steps(session, tenant, BUILDING, number)
    steps = BUILDING.open_steps(row["status"])
    if as_json:
        told = [{name: getattr(one, name) for name in one.__slots__} for one in history]
        typer.echo(json.dumps({**row, "history": told, "open_steps": steps}, ensure_ascii=False, default=str))
        return
    typer.echo(_line(row))
    for one in history:
        typer.echo(f"  {one.at:%Y-%m-%d}  {one.step}  {one.actor}  {one.note}".rstrip())
    typer.echo("  → " + (", ".join(steps) or "-"))


@buildings_app.command()
def step(
    context: typer.Context,
    number: Number,
    what: Annotated[str, typer.Argument(help="The step, as `show` offers it.")],
    at: Moment = None,
    note: Annotated[str, typer.Option(help="Why, or on which paper.")] = "",
    fact: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, as served_on=2026-03-10.")] = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a step with a building."""
    from geo.cases.buildings.actions import take_building_step

    with in_county(context) as (session, tenant):
        state = take_building_step(
            session, tenant, number, what, at=moment_of(session, tenant, at), actor=actor, note=note,
            facts=read_facts(fact or []),
        )  # fmt: skip
    tell("buildings.now", as_json, id=number, status=state)


@buildings_app.command()
def correct(
    context: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Argument(help="Why.")],
    households: Annotated[int, typer.Option(help="So many more, or fewer with a minus.")] = 0,
    area_m2: Annotated[float, typer.Option(help="So much more ground, or less with a minus.")] = 0.0,
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Correct households or ground from a moment on; a line of its own."""
    from geo.cases.buildings.actions import correct_amounts

    with in_county(context) as (session, tenant):
        line = correct_amounts(
            session, tenant, number, at=moment_of(session, tenant, at), households_more=households,
            area_dm2_more=round(area_m2 * 100), reason=reason, actor=actor,
        )  # fmt: skip
    tell("buildings.corrected", as_json, id=number, line=line)


@buildings_app.command()
def stock(
    context: typer.Context,
    first: Day,
    last: Day,
    district: District = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="As the books stood then.")
    ] = None,
    path: Annotated[Path | None, typer.Option("--out", help="Write the lines to a file (.csv, .xlsx).")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the stock equation of a period, unit by unit."""
    from api.cli import language
    from api.routes.buildings import statement_as_json
    from geo.cases.buildings.books import load_statement
    from geo.cases.buildings.stock import TERMS
    from geo.cases.sheets import write_sheet
    from geo.messages import say

    with in_county(context) as (session, tenant):
        told = load_statement(
            session, tenant, first.date(), last.date(), area=None if district is None else [district],
            category=category, as_of=None if as_of is None else moment_of(session, tenant, as_of),
        )  # fmt: skip
    if path is not None:
        late = set(map(id, told.late))
        columns = ["building", "step", "term", "at", "recorded_at", "处", "户", "m²", "late", "actor", "note"]
        lines = (
            [one.building_id, one.n, one.term, one.at, one.recorded_at, *_units(one.amounts), int(id(one) in late),
             one.actor, one.note] for one in told.postings
        )  # fmt: skip
        write_sheet(path, columns, lines, "stock")
    if as_json:
        typer.echo(json.dumps(statement_as_json(told), ensure_ascii=False, default=str))
        return
    rows = [("opening", told.opening), *((term, told.term(term)) for term in TERMS), ("closing", told.closing)]
    typer.echo(f"{'':<14}{'处':>8}{'户':>8}{'m²':>14}")
    for name, amounts in rows:
        plots, households, area_m2 = _units(amounts)
        title = say(f"buildings.term_{name}", language())
        typer.echo(f"{title:<12}{plots:>8}{households:>8}{area_m2:>14,.2f}")
    typer.echo(say("buildings.late_lines", language(), count=len(told.late)))


@buildings_app.command()
def adopt(context: typer.Context, actor: Actor = ACTOR, as_json: AsJson = False) -> None:
    """Take the rows of the layer that have no history yet into the ledger."""
    from geo.cases.buildings.adoption import adopt_all

    with in_county(context) as (session, tenant):
        count = adopt_all(session, tenant, actor)
    tell("buildings.adopted", as_json, count=count)


@buildings_app.command("may-demolish")
def may_demolish(
    context: typer.Context,
    number: Number,
    start: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M"], help="Begin, local.")],
    end: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M"], help="End, local.")],
    urgent: Annotated[str, typer.Option(help="Why it cannot wait.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a building may be pulled down by force then, and if not, why."""
    from api.cli import language
    from geo.cases.buildings.books import may_demolish as ask
    from geo.messages import say

    with in_county(context) as (session, tenant):
        hours = [moment_of(session, tenant, one) for one in (start, end)]
        told = ask(session, tenant, number, hours[0], hours[1], urgent=urgent)
    reasons = [say(one.code, language(), **one.facts) for one in told.reasons]
    if as_json:
        said = {"allowed": told.allowed, "reasons": reasons, "first_on": told.first_on}
        typer.echo(json.dumps(said, ensure_ascii=False, default=str))
    else:
        typer.echo("\n".join(reasons) or say("buildings.may", language()))
    raise typer.Exit(0 if told.allowed else 1)


@buildings_app.command("import")
def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Delivery of the city's map.", exists=True, dir_okay=False)],
    mapping: Annotated[Path | None, typer.Option(help="Mapping (TOML); by default data/codes/one_map.toml.")] = None,
    offset: Annotated[str | None, typer.Option(help="gcj02 or bd09, when the outlines carry it.")] = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a delivery of the city's 违建治理一张图, with a receipt for every row."""
    from geo.cases.buildings.onemap.actions import import_one_map

    with in_county(context) as (session, tenant):
        told = import_one_map(session, tenant, path, mapping=mapping, offset=offset, actor=actor)  # type: ignore[arg-type]
    _exchanged(told.as_json(), as_json)


@buildings_app.command("export")
def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="File to write (.csv, .xlsx, .geojson).")],
    mapping: Annotated[Path | None, typer.Option(help="Mapping (TOML); by default data/codes/one_map.toml.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent before and has not changed.")] = False,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Write for the city's map what it has not been sent yet."""
    from geo.cases.buildings.onemap.actions import export_one_map

    with in_county(context) as (session, tenant):
        told = export_one_map(session, tenant, path, mapping=mapping, everything=everything, actor=actor)
    _exchanged(told.as_json(), as_json)


@buildings_app.command()
def receipts(
    context: typer.Context,
    batch: Annotated[uuid.UUID | None, typer.Argument(help="Number of an exchange; without, all exchanges.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the exchanges, or the receipts of one."""
    from geo.cases.buildings.onemap.queries import list_batches, list_receipts

    with in_county(context) as (session, tenant):
        rows = list_batches(session, tenant) if batch is None else list_receipts(session, tenant, batch)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo("  ".join(str(value) for value in row.values() if value not in (None, "")))


def _line(row: dict[str, Any]) -> str:
    from api.cli import language
    from geo.messages import say

    status = say(f"maps.status_{row['status']}", language())
    place = f"{row['lon']:.5f},{row['lat']:.5f}"
    parts = (row["id"], row["code"] or "-", status, row["status_since_on"], row["district_code"] or "-", place)
    return "  ".join([*map(str, parts), f"{row['area_m2'] or 0:.0f} m²", row["category"] or ""]).rstrip()


def _units(amounts: Amounts) -> tuple[int, int, float]:
    return amounts.plots, amounts.households, amounts.area_dm2 / 100


def _exchanged(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    counts = "  ".join(f"{name} {count}" for name, count in told["counts"].items()) or "-"
    tell("buildings.exchanged", False, batch=told["batch"], rows=told["rows"], counts=counts)
