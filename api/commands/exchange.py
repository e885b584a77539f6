"""``pianqu exchange``: files for 省住建执法平台, 市综合平台 and others, and their receipts."""

from __future__ import annotations

import datetime as dt
import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.messages import say

if TYPE_CHECKING:
    from geo.settings import Settings

exchange_app = typer.Typer(no_args_is_help=True, help="上级平台: cases, penalties, staff and activities handed over.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Platform = Annotated[str, typer.Argument(help="Name of the platform.")]


class SubjectName(enum.StrEnum):
    """What is handed over."""

    CASE = "case"
    PENALTY = "penalty"
    STAFF = "staff"
    ACTIVITY = "activity"


@exchange_app.command()
def form(
    context: typer.Context,
    platform: Platform,
    subject: SubjectName,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON list: heading, field or text, …")],
    as_json: AsJson = False,
) -> None:
    """Set in which columns a platform wants something."""
    from api.cli import language
    from geo.cases.exchange.actions import set_form
    from geo.cases.exchange.forms import FormBroken
    from geo.db.engine import Database

    try:
        columns = json.loads(file.read_bytes())
        good = isinstance(columns, list) and all(isinstance(one, dict) for one in columns)
    except ValueError:
        good = False
    if not good:
        raise FormBroken("exchange.form_file", file=file.name)
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        count = set_form(session, settings.tenant, platform, subject.value, columns, actor="cli")
    facts = {"platform": platform, "subject": subject.value, "columns": count}
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else say("exchange.form_set", language(), **facts))


@exchange_app.command()
def make(
    context: typer.Context,
    platform: Platform,
    subject: SubjectName,
    first: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="First local day.")],
    last: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last local day, included.")],
    file: Annotated[Path, typer.Argument(help="Target: .csv or .xlsx.")],
    as_json: AsJson = False,
) -> None:
    """Write the file of a period; that it was made is kept with its digest."""
    from api.cli import language
    from geo.cases.exchange.actions import make_delivery
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        made = make_delivery(
            session, settings.tenant, platform, subject.value, first.date(), last.date(), file, actor="cli"
        )  # fmt: skip
    typer.echo(json.dumps(made) if as_json else say("exchange.made", language(), **made))


@exchange_app.command()
def receipt(
    context: typer.Context,
    delivery: Annotated[int, typer.Argument(min=1, help="Number of the delivery.")],
    number: Annotated[str, typer.Argument(help="Number of the platform's receipt.")],
    accepted: Annotated[int, typer.Option(min=0, help="Rows it took.")],
    refused: Annotated[int, typer.Option(min=0, help="Rows it sent back.")] = 0,
    note: Annotated[str, typer.Option(help="What it said.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note what a platform said of a file."""
    from api.cli import language
    from geo.cases.exchange.actions import note_receipt
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        note_receipt(session, settings.tenant, delivery, number, accepted, refused, note=note, actor="cli")
    typer.echo(json.dumps({"delivery": delivery}) if as_json else say("exchange.noted", language(), delivery=delivery))


@exchange_app.command("list")
def list_all(
    context: typer.Context,
    platform: Annotated[str | None, typer.Option(help="Only of this platform.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what was handed over, the newest first."""
    from api.cli import language
    from geo.cases.exchange.queries import list_deliveries
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_deliveries(session, settings.tenant, platform=platform)
    if as_json:
        typer.echo(json.dumps({"deliveries": found}, ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo(say("exchange.nothing", language()))
    for one in found:
        said = f"{one['accepted']}/{one['rows']}  {one['receipt']}" if one["receipt"] else f"-/{one['rows']}"
        typer.echo(f"{one['id']}  {one['platform']}  {one['subject']}  {one['from_on']}…{one['to_on']}  {said}")


def mount(app: typer.Typer) -> None:
    """Add ``exchange``."""
    app.add_typer(exchange_app, name="exchange")
