"""``pianqu changes``: what changed on the map since a number."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.buildings import AsJson, in_county


def mount(app: typer.Typer) -> None:
    """Add ``changes``."""
    app.command("changes")(list_changes)


def list_changes(
    context: typer.Context,
    after: Annotated[int, typer.Option(min=0, help="`next` of the last answer; 0 from the start.")] = 0,
    layer: Annotated[list[str] | None, typer.Option(help="Only this layer; may be repeated.")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="So many at most.")] = 200,
    as_json: AsJson = False,
) -> None:
    """List changes of layers in the order of their numbers."""
    from geo.features.changes.actions import read_changes
    from geo.layers.register import KINDS

    with in_county(context) as (session, tenant):
        page = read_changes(session, tenant, layer or [kind.name for kind in KINDS], after, most)
    if as_json:
        typer.echo(json.dumps(asdict(page), ensure_ascii=False, default=str))
        return
    for one in page.changes:
        said = "*" if one.features is None else ",".join(map(str, one.features[:20]))
        typer.echo(f"{one.seq}  {one.at.isoformat()}  {one.kind}  {one.layer}  {said}")
    typer.echo(f"→ {page.next}")
