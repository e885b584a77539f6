"""``pianqu complaints``: in, handled, compared, counted."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.permit_option import PermitChecked
from geo.messages import say

if TYPE_CHECKING:
    from geo.settings import Settings

complaints_app = typer.Typer(no_args_is_help=True, help="投诉: 12345, calls, visits, orders; 分办, 核查, 反馈.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the complaint.", min=1)]


@complaints_app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or .xlsx with a header row.")],
    source: Annotated[str, typer.Option(help="Data set the numbers belong to.")] = "file",
    channel: Annotated[str, typer.Option(help="Of rows that name none.")] = "12345",
    map_: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN, as often as needed.")] = None,
    offset: Annotated[str | None, typer.Option(help="gcj02 or bd09, if the points are shifted.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; the first by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take complaints from a file; every row that is not taken is named with its field and mend."""
    from api.cli import language
    from geo.cases.complaints.files import import_file as take
    from geo.db.engine import Database

    said = dict(pair.partition("=")[::2] for pair in map_ or [])
    settings: Settings = context.obj
    with Database.open(settings) as database:
        report = take(
            database, settings.tenant, file, source, channel, said=said, offset=offset, sheet=sheet, actor="cli"
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    for one in report.faults[:100]:
        why = say(one.code, language(), **one.facts)
        typer.echo(say("complaints.row", language(), row=one.row, why=why), err=True)
    counts = {name: value for name, value in report.as_json().items() if name not in ("columns", "faults")}
    typer.echo(say("complaints.imported", language(), **counts))


@complaints_app.command()
def source(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the source; 'public' is the public form.")],
    mapping: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON: channel, fields, values, …")],
    as_json: AsJson = False,
) -> None:
    """Set how another system's fields are read (JSON as PUT /intake/sources/{source} takes it)."""
    from pydantic import ValidationError

    from api.cli import language
    from api.schemas.complaints import SourceForm
    from geo.cases.complaints.intake import set_source
    from geo.cases.complaints.orders import FieldMap, MappingBroken
    from geo.db.engine import Database

    try:
        body = SourceForm.model_validate_json(mapping.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "-"
        raise MappingBroken("complaints.mapping_file", file=mapping.name, field=where, rule=first["msg"]) from None
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        fields = FieldMap(body.fields, body.values, body.defaults, body.offset)
        set_source(session, settings.tenant, name, body.channel, fields, active=body.active, actor="cli")
    typer.echo(json.dumps({"source": name}) if as_json else say("complaints.source_set", language(), source=name))


@complaints_app.command("list")
def list_all(
    context: typer.Context,
    state: Annotated[list[str] | None, typer.Option(help="Only in these states.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those not on the map (待上图).")] = False,
    most: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List complaints, the newest first."""
    from geo.cases.complaints.queries import list_complaints
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_complaints(session, settings.tenant, states=state, waiting=waiting or None, most=most)
    if as_json:
        typer.echo(json.dumps({"complaints": found}, ensure_ascii=False, default=str))
        return
    for one in found:
        place = one["matched"] or one["place_text"] or "-"
        typer.echo(f"{one['id']}  {one['received_at']:%Y-%m-%d %H:%M}  {one['channel']}  {one['state']}  {place}")


@complaints_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Print a complaint with everything that was done."""
    from geo.cases.complaints.actions import get_complaint, load_history
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        row = get_complaint(session, settings.tenant, number)
        steps = load_history(session, settings.tenant, number)
    if as_json:
        history = [{name: getattr(step, name) for name in step.__slots__} for step in steps]
        typer.echo(json.dumps({**row, "history": history}, ensure_ascii=False, default=str))
        return
    typer.echo(f"{row['id']}  {row['state']}  {row['content']}")
    for step in steps:
        typer.echo(f"  {step.at:%Y-%m-%d %H:%M}  {step.step}  {step.actor}  {step.note}".rstrip())


@complaints_app.command()
def step(
    context: typer.Context,
    number: Number,
    what: Annotated[str, typer.Argument(help="assign, verify, feed_back, close, refer, review, …")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    owner: Annotated[str | None, typer.Option(help="Staff number of who answers for it.")] = None,
    finding: Annotated[str | None, typer.Option(help="substantiated, partly or unfounded.")] = None,
    answer: Annotated[str | None, typer.Option(help="What is answered.")] = None,
    authority: Annotated[str | None, typer.Option(help="Code of the authority it is referred to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a step of a complaint."""
    from geo.cases.complaints.actions import StepOrder, take_step
    from geo.db.engine import Database

    order = StepOrder(what, note, owner, None, finding, answer, authority)
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        state = take_step(session, settings.tenant, number, order, actor="cli")
    typer.echo(json.dumps({"complaint": number, "state": state}) if as_json else f"{number}  {state}")


@complaints_app.command()
def problem(
    context: typer.Context, number: Number, permit_checked: PermitChecked = False, as_json: AsJson = False
) -> None:
    """Open the problem a complaint is about, once."""
    from geo.cases.complaints.problems import open_its_problem
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        opened = open_its_problem(session, settings.tenant, number, permit_checked=permit_checked, actor="cli")
    typer.echo(json.dumps({"complaint": number, "problem": opened}) if as_json else f"{number}  {opened}")


@complaints_app.command()
def compare(context: typer.Context, as_json: AsJson = False) -> None:
    """Look through all complaints for duplicates and repeats; people decide what was found."""
    from api.cli import language
    from geo.cases.complaints.ties.actions import find_all_ties
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database:
        found = find_all_ties(database, settings.tenant, actor="cli")
    typer.echo(json.dumps(found) if as_json else say("complaints.compared", language(), **found))


@complaints_app.command()
def authorities(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV: 单位编号, 单位名称, 电话, 职责, 代码, 关键词.")
    ],
    as_json: AsJson = False,
) -> None:
    """Put a list of other authorities in place of the one in use."""
    from api.cli import language
    from geo.cases.complaints.authorities import import_authorities
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        count = import_authorities(session, settings.tenant, file, actor="cli")
    typer.echo(json.dumps({"authorities": count}) if as_json else say("complaints.authorities", language(), rows=count))


@complaints_app.command()
def figures(
    context: typer.Context,
    first: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="First local day.")],
    last: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last local day, included.")],
    by: Annotated[str, typer.Option(help="none, channel, district or code.")] = "none",
    behind: Annotated[str | None, typer.Option(help="List the complaints behind a rate, as closed or in_time.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="With --behind: of the denominator.")] = False,
    as_json: AsJson = False,
) -> None:
    """办结率, 答复率, 满意率: numerator and denominator."""
    from dataclasses import asdict

    from api.cli import language
    from geo.cases.complaints.figures.actions import list_counted, load_figures
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        if behind is not None:
            days = first.date(), last.date()
            rows = list_counted(session, settings.tenant, *days, behind, whole=whole, most=100_000)
            for row in [] if as_json else rows:
                typer.echo("  ".join("" if cell is None else str(cell) for cell in row.values()))
            if as_json:
                typer.echo(json.dumps({"complaints": rows}, ensure_ascii=False, default=str))
            return
        found = load_figures(session, settings.tenant, first.date(), last.date(), by=by)
    if as_json:
        typer.echo(json.dumps({"figures": [asdict(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        rates: dict[str, Any] = {name: f"{rate.count}/{rate.of}" for name, rate in one.rates.items()}
        typer.echo(say("complaints.figures", language(), group=one.group or "", received=one.received, **rates).strip())


def mount(app: typer.Typer) -> None:
    """Add ``complaints``."""
    app.add_typer(complaints_app, name="complaints")
