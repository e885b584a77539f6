"""``pianqu ladder``: its rules and the list of exemptions, what it proposed, 721, points."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.commands.days import read_date
from api.commands.permit_option import PermitChecked

if TYPE_CHECKING:
    from geo.settings import Settings

ladder_app = typer.Typer(no_args_is_help=True, help="首违劝导、二违警告、三违处罚: rules, exemptions, 721, points.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Table = Annotated[Path | None, typer.Argument(help="A table to take (CSV).", exists=True, dir_okay=False)]
First = Annotated[str, typer.Option("--first", help="First local day, YYYY-MM-DD.")]
Last = Annotated[str, typer.Option("--last", help="Last local day, YYYY-MM-DD.")]


def mount(app: typer.Typer) -> None:
    """Add ``ladder``."""
    app.add_typer(ladder_app, name="ladder")


@ladder_app.command()
def rules(context: typer.Context, path: Table = None, as_json: AsJson = False) -> None:
    """Take the rules of behaviours from a table, or list them."""
    from geo.cases.ladder.queries import list_rules
    from geo.cases.ladder.rules import import_rules

    _table(context, path, as_json, "rules", import_rules, list_rules)


@ladder_app.command()
def exemptions(context: typer.Context, path: Table = None, as_json: AsJson = False) -> None:
    """Take the 免罚清单 from a table, or list it."""
    from geo.cases.ladder.queries import list_exemptions
    from geo.cases.ladder.rules import import_exemptions

    _table(context, path, as_json, "exemptions", import_exemptions, list_exemptions)


@ladder_app.command()
def export(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="rules or exemptions.")],
    path: Annotated[Path, typer.Argument(help="File to write (CSV).", dir_okay=False)],
) -> None:
    """Write a table as it holds, so that it can be taken back."""
    from geo.cases.codes.files import UnknownTable
    from geo.cases.ladder.rules import export_exemptions, export_rules
    from geo.db.engine import Database

    makers = {"rules": export_rules, "exemptions": export_exemptions}
    if table not in makers:
        raise UnknownTable("codes.unknown_table", table=table, known=", ".join(makers))
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        path.write_text(makers[table](session, settings.tenant), encoding="utf-8", newline="")
    typer.echo(path)


@ladder_app.command()
def record(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The incident (JSON), as POST /ladder/incidents.", exists=True)],
    staff: Annotated[str, typer.Option(help="Staff number of who met it.")],
    permit_checked: PermitChecked = False,
    as_json: AsJson = False,
) -> None:
    """Write a violation down from paper and hear what the ladder proposes; the same file again changes nothing."""
    from pydantic import ValidationError

    from api.cli import language
    from api.schemas.ladder import IncidentOrder
    from geo.cases.ladder.actions import IncidentDraft, NotAnIncident, record_incident
    from geo.db.engine import Database
    from geo.messages import say

    try:
        body = IncidentOrder.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"]) or "-"
        raise NotAnIncident("ladder.file", file=path.name, field=field, rule=first["msg"]) from None
    checked = permit_checked or body.permit_checked
    told = {**body.model_dump(), "conditions": tuple(body.conditions), "permit_checked": checked}
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        row = record_incident(session, settings.tenant, IncidentDraft(**told), staff, "cli")
    if as_json:
        typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    rung = say(f"maps.rung_{row['proposed']}", language())
    typer.echo(say("ladder.recorded", language(), id=row["id"], step=rung, event_code=row["code"]))


@ladder_app.command("list")
def list_all(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="recorded, waiting, confirmed or withdrawn.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the newest 200 incidents, without whom they are about."""
    from api.cli import language
    from geo.cases.ladder.queries import list_incidents
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_incidents(session, settings.tenant, None, state, None, 200)
    found = [{name: value for name, value in row.items() if name not in ("subject_id", "counted")} for row in found]
    if as_json:
        typer.echo(json.dumps({"incidents": found}, ensure_ascii=False, default=str))
        return
    for row in found:
        said = {name: row[name] for name in ("id", "at", "code", "proposed", "state")}
        typer.echo(say("ladder.line", language(), district=row["district_code"], step=row["step"] or "-", **said))


@ladder_app.command()
def shares(context: typer.Context, first: First, last: Last, as_json: AsJson = False) -> None:
    """Print 721 per 片区: services, management, enforcement."""
    from api.cli import language
    from geo.cases.points.actions import class_shares
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
        start, end = read_date(first), read_date(last) + dt.timedelta(days=1)
        span = (dt.datetime.combine(start, dt.time(), zone), dt.datetime.combine(end, dt.time(), zone))
        found = class_shares(session, settings.tenant, *span)
    if as_json:
        typer.echo(json.dumps({"shares": found}))
        return
    for row in found:
        district = row["district_code"] or say("ladder.whole_county", language())
        typer.echo(say("ladder.shares", language(), **{**row, "district": district}))


@ladder_app.command()
def samples(
    context: typer.Context,
    first: First,
    last: Last,
    path: Annotated[Path | None, typer.Option("--out", help="Write them to a file (.csv or .xlsx).")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="So many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Print 免罚典型案例: what was exempted and explained, without who and where."""
    from geo.cases.ladder.samples import list_samples
    from geo.cases.secrets.actions import open_secrets
    from geo.cases.sheets import write_sheet
    from geo.days import span_of
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        span = span_of(read_date(first), read_date(last), get_county(session, settings.tenant).zone)
        keys = open_secrets(session, settings.tenant, settings.home)
        found = list_samples(session, settings.tenant, keys, *span, most)
    heads = {
        "code": "清单编号", "name": "事项", "article": "依据", "event_code": "事件代码", "month": "月份",
        "conditions": "适用条件", "education": "教育内容",
    }  # fmt: skip
    rows = [[";".join(v) if isinstance(v := row[name], list) else v for name in heads] for row in found]
    if path is not None:
        write_sheet(path, list(heads.values()), rows, "免罚典型案例")
    if as_json:
        typer.echo(json.dumps({"samples": found}, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo("  ".join("" if cell is None else str(cell) for cell in row))


@ladder_app.command()
def points(context: typer.Context, first: First, last: Last, as_json: AsJson = False) -> None:
    """Print points of units by effort; fines are no measure."""
    from api.cli import language
    from geo.cases.points.actions import rank
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = rank(session, settings.tenant, read_date(first), read_date(last) + dt.timedelta(days=1))
    if as_json:
        typer.echo(json.dumps(found))
        return
    for row in found["units"]:
        rate = "-" if row["per_100h"] is None else f"{row['per_100h'] / 1000:.1f}"
        said = {"team": row["code"], "points": row["points"], "hours": row["minutes"] // 60, "per_100h": rate}
        typer.echo(say("ladder.points", language(), **said))


def _table(context: typer.Context, path: Path | None, as_json: bool, name: str, take: Any, read: Any) -> None:
    from api.cli import language
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        taken = None if path is None else take(session, settings.tenant, path.read_bytes(), "cli")
        found = read(session, settings.tenant) if path is None else []
    if taken is not None:
        typer.echo(json.dumps({"rows": taken}) if as_json else say("powers.table_imported", language(), rows=taken))
    elif as_json:
        typer.echo(json.dumps({name: found}, ensure_ascii=False, default=str))
    else:
        for row in found:
            shown = ("set_at", "set_by", "id")
            typer.echo("  ".join(str(value) for key, value in row.items() if key not in shown and value is not None))
