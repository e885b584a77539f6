"""``pianqu powers``: 权责清单, 执法主体, tiers of review, figures of law."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from geo.settings import Settings

powers_app = typer.Typer(no_args_is_help=True, help="权责清单: items, bands, reviewers, bodies, figures of law.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Table = Annotated[Path, typer.Argument(help="The table (CSV).", exists=True, dir_okay=False)]


def mount(app: typer.Typer) -> None:
    """Add ``powers``."""
    app.add_typer(powers_app, name="powers")


@powers_app.command("import")
def import_items(context: typer.Context, path: Table, as_json: AsJson = False) -> None:
    """Take the whole 权责清单; all rows or none."""
    from geo.cases.powers.actions import import_powers

    _take(context, import_powers, path, as_json)


@powers_app.command()
def tiers(context: typer.Context, path: Table, as_json: AsJson = False) -> None:
    """Take the whole table of 分级案审."""
    from geo.cases.powers.actions import import_tiers

    _take(context, import_tiers, path, as_json)


@powers_app.command()
def bodies(
    context: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="A table to take (CSV).", exists=True, dir_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Take 执法主体 from a table, or list them."""
    from geo.cases.powers.actions import import_bodies
    from geo.cases.powers.queries import list_bodies
    from geo.db.engine import Database

    if path is not None:
        _take(context, import_bodies, path, as_json)
        return
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_bodies(session, settings.tenant)
    _rows(found, as_json, "bodies", lambda row: f"{row['code']}  {row['kind']}  {row['name']}  {row['head']}")


@powers_app.command("list")
def list_all(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="penalty, permit, measure or inspection.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the items in force."""
    from geo.cases.powers.queries import list_items
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_items(session, settings.tenant, kind)
    _rows(found, as_json, "items", lambda row: f"{row['code']}  {row['kind']}  {row['name']}  {row['article']}")


@powers_app.command("export")
def export(
    context: typer.Context, path: Annotated[Path, typer.Argument(help="File to write (CSV).", dir_okay=False)]
) -> None:
    """Write the list in force as a table that `import` takes back."""
    from geo.cases.powers.actions import export_powers
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        path.write_text(export_powers(session, settings.tenant), encoding="utf-8", newline="")
    typer.echo(path)


@powers_app.command()
def figures(context: typer.Context, as_json: AsJson = False) -> None:
    """List the figures of law and custom as they hold here."""
    from geo.cases.powers.actions import list_figures
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_figures(session, settings.tenant)
    _rows(found, as_json, "figures", lambda row: f"{row['name']}  {row['value']}  ({row['default']})  {row['basis']}")


@powers_app.command("set")
def set_one(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the figure, as `figures` lists it.")],
    value: Annotated[int, typer.Argument(min=0)],
    basis: Annotated[str, typer.Option(help="What it rests on.")],
) -> None:
    """Say a figure for the county, within what the law allows."""
    from geo.cases.powers.actions import set_figure
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        set_figure(session, settings.tenant, name, value, basis, "cli")


def _take(context: typer.Context, take: Any, path: Path, as_json: bool) -> None:
    from api.cli import language
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        taken = take(session, settings.tenant, path.read_bytes(), "cli")
    counts = taken if isinstance(taken, dict) else {"rows": taken}
    if as_json:
        typer.echo(json.dumps(counts))
    elif isinstance(taken, dict):
        typer.echo(say("powers.imported", language(), **counts))
    else:
        typer.echo(say("powers.table_imported", language(), **counts))


def _rows(found: list[dict[str, Any]], as_json: bool, name: str, line: Any) -> None:
    if as_json:
        typer.echo(json.dumps({name: found}, ensure_ascii=False, default=str))
        return
    for row in found:
        typer.echo(line(row))
