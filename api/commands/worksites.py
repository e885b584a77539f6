"""``worksites …``: sites and their gates: checks, filings, and what was done in a period."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.days import read_date
from api.commands.permit_option import PermitChecked
from geo.errors import Invalid
from geo.messages import say

if TYPE_CHECKING:
    import datetime as dt

    from geo.settings import Settings

worksites_app = typer.Typer(no_args_is_help=True, help="工地: checks from the gate, filings, figures of a period.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write a table here as well (.csv or .xlsx).")]
On = Annotated[str | None, typer.Option("--on", help="Local day (default: today).")]
First = Annotated[str, typer.Argument(help="First local day.")]
Last = Annotated[str, typer.Argument(help="Last local day.")]


class BadCheckFile(Invalid):
    """The file is no check as ``POST /worksites/checks`` takes it; the facts name the field and the rule."""


@worksites_app.command("settle")
def settle(context: typer.Context, as_json: AsJson = False) -> None:
    """Note each site's 片区, and let the register of checks follow the map: what the planner then sees."""
    from geo.cases.worksites.gates import settle_sites
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        done = asdict(settle_sites(session, settings.tenant, actor="cli"))
    _print(done, as_json, [("worksites.settled", done)])


@worksites_app.command("list")
def list_sites(context: typer.Context, on: On = None, out: Out = None, as_json: AsJson = False) -> None:
    """Sites under way on a day, those nobody has checked first."""
    from geo.cases.worksites.gates import list_day
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        day = _day(on, get_county(session, settings.tenant).today())
        rows = list_day(session, settings.tenant, day)
    _write(out, rows)
    _print(
        rows, as_json,
        [("worksites.line", {**row, "type": _word(f"maps.site_type_{row['site_type']}"),
                             "works": _word(f"maps.works_{row['works']}")}) for row in rows],
    )  # fmt: skip


@worksites_app.command("check")
def check(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The check (JSON), as POST /worksites/checks takes it.", exists=True)],
    permit_checked: PermitChecked = False,
    as_json: AsJson = False,
) -> None:
    """Write a check down; each finding opens a problem. The same file again changes nothing."""
    from dataclasses import replace

    from pydantic import ValidationError

    from api.schemas.worksites import SiteCheckMade
    from geo.cases.worksites.checks import record_check
    from geo.db.engine import Database

    try:
        body = SiteCheckMade.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"]) or "-"
        raise BadCheckFile("worksites.check", field=field, value=path.name, known=first["msg"]) from None
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        told = replace(body.plain(), permit_checked=permit_checked or body.permit_checked)
        number = record_check(session, settings.tenant, told, actor="cli")
    _print({"check": number}, as_json, [("worksites.checked", {"check": number})])


@worksites_app.command("checks")
def checks(
    context: typer.Context, first: First, last: Last,
    site: Annotated[str | None, typer.Option(help="Number of one site.")] = None,
) -> None:  # fmt: skip
    """Print the checks of some days with their findings, as JSON."""
    from geo.cases.worksites.checks import list_checks
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_checks(session, settings.tenant, read_date(first), read_date(last), site=site)
    typer.echo(json.dumps(rows, ensure_ascii=False, default=str))


@worksites_app.command("filings")
def filings(
    context: typer.Context,
    on: On = None,
    soon: Annotated[int, typer.Option(min=0, max=366, help="Days before the last that count as soon.")] = 30,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Every site at work: unfiled, expired, ending soon, filed."""
    from geo.cases.worksites.filings import list_filings
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        day = _day(on, get_county(session, settings.tenant).today())
        rows = list_filings(session, settings.tenant, day, soon_days=soon)
    _write(out, rows)
    lines = [
        ("worksites.filing_line", {**row, "standing": _word(f"worksites.standing_{row['standing']}"),
                                   "number": row["number"] or "", "valid_to_on": row["valid_to_on"] or ""})
        for row in rows
    ]  # fmt: skip
    _print(rows, as_json, lines)


@worksites_app.command("ended")
def ended(
    context: typer.Context,
    on: On = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="So many days back.")] = 90,
    kind: Annotated[str | None, typer.Option(help="haulage, batching, signboard, occupation or excavation.")] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Permits and filings that ran out and were not renewed."""
    from geo.cases.worksites.filings import list_ended
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        day = _day(on, get_county(session, settings.tenant).today())
        rows = [asdict(one) for one in list_ended(session, settings.tenant, day, days, kind)]
    _write(out, rows)
    lines = [
        ("worksites.ended_line", {**row, "kind": _word(f"maps.kind_{row['kind']}"), "holder": row["holder"] or "-"})
        for row in rows
    ]
    _print(rows, as_json, lines)


@worksites_app.command("counts")
def counts(context: typer.Context, first: First, last: Last, out: Out = None, as_json: AsJson = False) -> None:
    """What was done about dust and construction waste, each figure with its unit."""
    from geo.cases.worksites.counts import count_period
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = count_period(session, settings.tenant, read_date(first), read_date(last))
    rows = [asdict(one) for one in found]
    _write(out, [{**row, "ids": " ".join(map(str, row["ids"]))} for row in rows])
    _print(
        rows,
        as_json,
        [("worksites.count_line", {**row, "name": _word(f"worksites.count_{row['name']}")}) for row in rows],
    )


def _day(said: str | None, today: dt.date) -> dt.date:
    return read_date(said) if said else today


def _word(code: str) -> str:
    from api.cli import language

    return say(code, language())


def _write(path: Path | None, rows: list[dict[str, Any]]) -> None:
    if path is None:
        return
    from geo.cases.sheets import write_sheet

    columns = list(rows[0]) if rows else ["-"]
    written = write_sheet(path, columns, [[row[name] for name in columns] for row in rows])
    typer.echo(say("worksites.written", file=path.name, rows=written), err=True)


def _print(told: Any, as_json: bool, lines: list[tuple[str, dict[str, Any]]]) -> None:
    from api.cli import language

    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for code, facts in lines:
        typer.echo(say(code, language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``worksites``."""
    app.add_typer(worksites_app, name="worksites")
