"""``districts …``: the county's 片区, cut for the first time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo.settings import Settings

console = Console(stderr=True)
districts_app = typer.Typer(no_args_is_help=True, help="The county's patrol districts 片区.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@districts_app.command()
def cut(
    context: typer.Context,
    n: Annotated[int | None, typer.Option("--n", help="How many 片区.", min=2)] = None,
    squads: Annotated[Path | None, typer.Option(help="CSV with lon, lat: one 片区 around each squad.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cut a county without 片区 into its first ones, along its streets."""
    from geo.db.engine import Database
    from geo.hotspots.districting.actions import cut_county, read_squads

    settings: Settings = context.obj
    points = read_squads(squads) if squads else None
    database = Database.open(settings)
    try:
        with console.status("片区"):
            saved = cut_county(database, settings.tenant, n=n, squads=points)
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps({"districts": saved.districts, "streets": saved.streets}, ensure_ascii=False))
        return
    for row in saved.districts:
        typer.echo(f"{row['code']}  {row['name']}  {row['street_m'] / 1000:.1f} km")


def mount(app: typer.Typer) -> None:
    """Add ``districts``."""
    app.add_typer(districts_app, name="districts")
