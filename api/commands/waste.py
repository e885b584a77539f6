"""``waste …``: feeds of lorries and weighbridges, trips, deviations, spills, and where waste may lie."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.days import read_date
from api.commands.permit_option import PermitChecked
from geo.errors import Invalid
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.cases.waste.spills.actions import Candidate
    from geo.settings import Settings

waste_app = typer.Typer(no_args_is_help=True, help="渣土: feeds, trips, deviations, spills, stockpiles.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
First = Annotated[str, typer.Argument(help="First local day.")]
Last = Annotated[str, typer.Argument(help="Last local day.")]
Lon = Annotated[float, typer.Argument(help="Longitude, degrees.")]
Lat = Annotated[float, typer.Argument(help="Latitude, degrees.")]
PART = 20_000


class NotRows(Invalid):
    """A JSON delivery is a list of objects."""


@waste_app.command("import")
def import_feed(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of the source, whose mapping is in the table feed_columns.")],
    kind: Annotated[str, typer.Argument(help="fix (positions) or ticket (weighings).")],
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, .xlsx, or JSON: a list of rows.")],
    as_json: AsJson = False,
) -> None:
    """Take a delivery; rows that are known change nothing. One receipt for every 20,000 rows."""
    from geo.cases.waste.feeds.actions import take_feed
    from geo.db.engine import Database
    from geo.uids import uuid7

    settings: Settings = context.obj
    rows = _rows(path)
    receipts = []
    with Database.open(settings) as database:
        for first in range(0, max(len(rows), 1), PART):
            with database.begin(settings.tenant) as session:
                part = rows[first : first + PART]
                receipts.append(take_feed(session, settings.tenant, source, kind, part, uid=uuid7(), actor="cli"))
    lines: list[tuple[str, dict[str, Any]]] = []
    for number, one in enumerate(receipts):
        lines.append(("waste.receipt", one))
        if one["plates"]:
            lines.append(("waste.unknown_plates", {"plates": "、".join(one["plates"])}))
        lines += [("waste.fault", {**fault, "row": fault["row"] + number * PART}) for fault in one["faults"][:10]]
    _print(receipts, as_json, lines)


@waste_app.command("receipts")
def receipts(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="fix, ticket or deviation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Deliveries in and out, the newest first."""
    from geo.cases.waste.feeds.actions import list_receipts
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_receipts(session, settings.tenant, kind)
    _print(rows, as_json, [("waste.receipt", row) for row in rows])


@waste_app.command("trace")
def trace(context: typer.Context, first: First, last: Last, as_json: AsJson = False) -> None:
    """Read the trips of some days from the positions, and how they deviate."""
    from geo.cases.waste.trips.actions import trace_days
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database:
        found = [asdict(one) for one in trace_days(
            database, settings.tenant, read_date(first), read_date(last), actor="cli"
        )]  # fmt: skip
    _print(found, as_json, [("waste.traced", one) for one in found])


@waste_app.command("trips")
def trips(
    context: typer.Context, first: First, last: Last,
    site: Annotated[str | None, typer.Option(help="Number of one site.")] = None,
) -> None:  # fmt: skip
    """Print trips, as JSON."""
    from geo.cases.waste.trips.actions import list_trips
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_trips(session, settings.tenant, read_date(first), read_date(last), site=site)
    typer.echo(json.dumps(rows, ensure_ascii=False, default=str))


@waste_app.command("reconcile")
def reconcile(context: typer.Context, first: First, last: Last, as_json: AsJson = False) -> None:
    """Weighings against trips: what was weighed without a trip, what was tipped without a weighing."""
    from geo.cases.waste.trips.actions import reconcile as compare
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = compare(session, settings.tenant, read_date(first), read_date(last))
    alone = {name: len(found[name]) for name in ("tickets_alone", "trips_alone")}
    _print(found, as_json, [("waste.reconciled", {**found["counts"], **alone})])


@waste_app.command("deviations")
def deviations(
    context: typer.Context, first: First, last: Last,
    state: Annotated[str | None, typer.Option(help="proposed, confirmed, dismissed or withdrawn.")] = None,
    kind: Annotated[str | None, typer.Option(help="off_route, stopped, wrong_dump, no_dump, …")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """What the feeds showed otherwise than permitted."""
    from geo.cases.waste.deviations.actions import list_deviations
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_deviations(
            session, settings.tenant, read_date(first), read_date(last), state=state, kind=kind
        )  # fmt: skip
    lines = [
        ("waste.deviation_line", {**row, "kind": _word(f"waste.kind_{row['kind']}"),
                                  "state": _word(f"waste.state_{row['state']}")}) for row in rows
    ]  # fmt: skip
    _print(rows, as_json, lines)


@waste_app.command("judge")
def judge(
    context: typer.Context,
    deviation: Annotated[int, typer.Argument(help="Its number.")],
    step: Annotated[str, typer.Argument(help="confirm, dismiss or reconsider.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    code: Annotated[str | None, typer.Option(help="Confirming with an event code opens a problem, as 01-11.")] = None,
    staff: Annotated[str | None, typer.Option(help="Staff number of who looked.")] = None,
    permit_checked: PermitChecked = False,
    as_json: AsJson = False,
) -> None:
    """A person's judgement of a deviation."""
    from geo.cases.waste.deviations.actions import judge_deviation
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        told = judge_deviation(
            session, settings.tenant, deviation, step, note=note, code=code, staff=staff,
            permit_checked=permit_checked, actor="cli",
        )  # fmt: skip
    facts = {"id": deviation, "state": _word(f"waste.state_{told['state']}")}
    _print(told, as_json, [("waste.judged", facts)])


@waste_app.command("send")
def send(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The platform, whose mapping is in the table feed_columns.")],
    path: Annotated[Path, typer.Argument(help="File to write (.csv or .xlsx).")],
    as_json: AsJson = False,
) -> None:
    """Give out confirmed deviations that the platform does not have as they are now."""
    from geo.cases.sheets import write_sheet
    from geo.cases.waste.deviations.actions import send_deviations
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        sent = send_deviations(session, settings.tenant, source, actor="cli")
        if sent.rows:  # the receipt is committed only once the file stands
            write_sheet(path, list(sent.rows[0]), [list(row.values()) for row in sent.rows])
    facts = {"rows": len(sent.rows), "uid": sent.uid}
    _print(facts, as_json, [("waste.sent", facts) if sent.rows else ("waste.nothing_to_send", {})])


@waste_app.command("spill")
def spill(
    context: typer.Context, lon: Lon, lat: Lat,
    at: Annotated[str | None, typer.Option("--at", help="Local time it was seen, YYYY-MM-DDTHH:MM.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Which sites a spill may have come from: leads with reasons, no verdict."""
    from geo.cases.waste.spills.actions import trace_spill
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = get_county(session, settings.tenant).zone
        when = dt.datetime.fromisoformat(at).replace(tzinfo=zone) if at else dt.datetime.now(zone)
        found = trace_spill(session, settings.tenant, lon, lat, when)
    _print(asdict(found), as_json, _leads(found.candidates))


@waste_app.command("problem")
def problem(
    context: typer.Context,
    uid: Annotated[uuid.UUID, typer.Argument(help="uid of the problem.")],
    as_json: AsJson = False,
) -> None:
    """The same for a problem on file."""
    from geo.cases.waste.spills.actions import trace_problem
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = trace_problem(session, settings.tenant, uid)
    _print(asdict(found), as_json, _leads(found.candidates))


@waste_app.command("places")
def places(context: typer.Context, lon: Lon, lat: Lat, as_json: AsJson = False) -> None:
    """Places that take waste nearest a spot, and whether the spot would do as a temporary stockpile."""
    from geo.cases.waste.siting.actions import suit_spot
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = suit_spot(session, settings.tenant, lon, lat)
    lines: list[tuple[str, dict[str, Any]]] = [
        ("waste.condition", {
            "name": one.name, "limit_m": one.limit_m, "what": one.what or "-",
            "metres": "-" if one.metres is None else one.metres,
            "holds": _word("waste.holds" if one.holds else "waste.fails"),
        }) for one in found.conditions
    ]  # fmt: skip
    lines.append(("waste.suits" if found.suits else "waste.suits_not", {}))
    for place in found.places:
        facts = {name: "-" if value is None else value for name, value in asdict(place).items()}
        lines.append(("waste.place", facts))
    _print(asdict(found), as_json, lines)


@waste_app.command("forget")
def forget(context: typer.Context, as_json: AsJson = False) -> None:
    """Delete positions older than the county keeps them."""
    from geo.cases.waste.feeds.actions import forget_fixes
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        gone = forget_fixes(session, settings.tenant, actor="cli")
    _print({"rows": gone}, as_json, [("waste.forgotten", {"rows": gone})])


def _leads(candidates: Sequence[Candidate]) -> list[tuple[str, dict[str, Any]]]:
    lines: list[tuple[str, dict[str, Any]]] = [
        ("waste.candidate", {
            "n": number, "name": one.name, "site": one.site, "straight_m": one.straight_m,
            "street_m": "-" if one.street_m is None else one.street_m,
            "reasons": "、".join(_word(f"waste.reason_{reason}") for reason in one.reasons),
        }) for number, one in enumerate(candidates, start=1)
    ]  # fmt: skip
    return [*lines, ("waste.no_verdict" if candidates else "waste.no_candidate", {})]


def _rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix.lower() == ".json":
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            said = None
        if not isinstance(said, list) or not all(isinstance(row, dict) for row in said):
            raise NotRows("waste.not_rows", file=path.name)
        return said
    from geo.cases.spreadsheets.reading import open_table

    with open_table(path) as table:
        return [dict(row.cells) for row in table.rows]


def _word(code: str) -> str:
    from api.cli import language

    return say(code, language())


def _print(told: Any, as_json: bool, lines: list[tuple[str, dict[str, Any]]]) -> None:
    from api.cli import language

    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for code, facts in lines:
        typer.echo(say(code, language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``waste``."""
    app.add_typer(waste_app, name="waste")
