"""``pianqu places``: the county's own names, and where a text says something is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.messages import say

if TYPE_CHECKING:
    from geo.settings import Settings

places_app = typer.Typer(no_args_is_help=True, help="地名: names of streets, crossings, estates, shops, house numbers.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@places_app.command()
def build(context: typer.Context, as_json: AsJson = False) -> None:
    """Derive the names from the layers anew; the bureau's own names stay."""
    from geo.cases.places.actions import build_names
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        counts = build_names(session, settings.tenant, actor="cli")
    _print_counts(counts, as_json)


@places_app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or .xlsx with 类别, 名称, 经度, 纬度, 范围.")
    ],
    as_json: AsJson = False,
) -> None:
    """Put the bureau's own names in place of those it brought before. All rows or none."""
    from geo.cases.places.actions import import_names
    from geo.cases.places.files import read_names
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        counts = import_names(session, settings.tenant, read_names(file), actor="cli")
    _print_counts(counts, as_json)


@places_app.command()
def find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="As somebody wrote it: 朝阳路与文昌路交叉口往东50米.")],
    as_json: AsJson = False,
) -> None:
    """Say where a text may mean, the most certain first."""
    from dataclasses import asdict

    from api.cli import language
    from geo.cases.places.actions import locate_text
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = [asdict(one) for one in locate_text(session, settings.tenant, text)]
    if as_json:
        typer.echo(json.dumps({"places": found}, ensure_ascii=False))
    elif not found:
        typer.echo(say("geocoding.nothing", language()))
    for one in found if not as_json else ():
        facts = {**one, "matched": "、".join(one["matched"]), "district": one["district"] or "-"}
        typer.echo(say("geocoding.line", language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``places``."""
    app.add_typer(places_app, name="places")


def _print_counts(counts: dict[str, int], as_json: bool) -> None:
    from api.cli import language

    if as_json:
        typer.echo(json.dumps({"names": counts}, ensure_ascii=False))
    else:
        typer.echo(say("geocoding.built", language(), names=sum(counts.values())))
