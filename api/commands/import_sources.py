"""``pianqu import look``, ``control``, ``sources``, ``waiting``, ``place``, ``refuse``: before and after an import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.messages import say

if TYPE_CHECKING:
    from geo.layers.sources.actions import Look
    from geo.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(min=1, help="Number of the waiting row.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File to read.")]


def look(
    context: typer.Context,
    layer: Annotated[str, typer.Argument(help="Layer, as streetlight.")],
    file: File,
    map_: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN, where names do not tell.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE for rows of which nothing is said.")
    ] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the coordinates, as EPSG:4548.")] = None,
    offset: Annotated[str | None, typer.Option(help="gcj02 or bd09, if the points carry it.")] = None,
    key: Annotated[str | None, typer.Option(help="Column that names a row.")] = None,
    sheet: Annotated[str | None, typer.Option("--layer", help="Sheet, folder or layer within the file.")] = None,
    swap: Annotated[bool, typer.Option("--swap", help="The file gives y before x.")] = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="The points carry no offset.")] = False,
    control: Annotated[str | None, typer.Option(help="Control points of a local frame.")] = None,
    save: Annotated[str | None, typer.Option(help="Confirm, and keep it under this name of the data set.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which column seems to be which field, and what is to be asked; with --save it holds for later files."""
    from dataclasses import asdict

    from api.cli import language
    from api.commands.layers import pairs
    from geo.db.engine import Database
    from geo.layers.reports import ImportOptions
    from geo.layers.sources.actions import look as look_at
    from geo.layers.sources.actions import save_source

    options = ImportOptions(
        mapping=pairs(map_), values=pairs(set_), crs=crs, offset=_offset(offset), key=key, layer=sheet, swap=swap,
        as_is=as_is, control=control, source=save or "file",
    )  # fmt: skip
    settings: Settings = context.obj
    with Database.open(settings) as database:
        seen = look_at(database, settings.tenant, layer, file, options)
        if save:
            columns = [one["column"] for one in seen.columns]
            found = {one["field"]: one["column"] for one in seen.columns if one["field"]}
            said = ImportOptions(**{**_said(options), "mapping": {**found, **options.mapping}})
            with database.begin(settings.tenant) as session:
                save_source(session, settings.tenant, layer, save, said, columns, actor="cli")
    if as_json:
        typer.echo(json.dumps({**asdict(seen), "saved": save}, ensure_ascii=False))
        return
    for line in _told(seen, language(), "address" in options.mapping):
        typer.echo(line)
    if save:
        typer.echo(say("layers.source_saved", language(), layer=layer, source=save))


def control(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Under which the solution is kept.")],
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="点名, 独立东坐标, 独立北坐标, 东坐标, 北坐标.")
    ],
    method: Annotated[str, typer.Option(help="helmert (四参数) or affine (六参数).")] = "helmert",
    crs: Annotated[str, typer.Option(help="Of the given coordinates, as EPSG:4548; degrees by default.")] = "EPSG:4490",
    limit: Annotated[float, typer.Option(help="Metres that a point may be off.", min=0.001)] = 0.5,
    as_json: AsJson = False,
) -> None:
    """Solve a local frame (独立坐标系) from control points, show how far each is off, and keep it for imports."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.errors import Invalid
    from geo.layers.control.actions import set_control

    if method not in ("helmert", "affine"):
        raise Invalid("control.method", method=method)
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = set_control(session, settings.tenant, name, file, method, crs=crs, limit_m=limit, actor="cli")  # type: ignore[arg-type]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for point in found["pairs"]:
        told = {"x": point["off_x_m"], "y": point["off_y_m"], "off": point["off_m"]}
        typer.echo(say("control.point", language(), point=point["name"], **told))
    facts = {"points": len(found["pairs"]), "rms": round(found["rms_m"], 4), "spare": found["spare"]}
    typer.echo(say("control.solved", language(), name=name, method=method, **facts))
    if not found["spare"]:
        typer.echo(say("control.unproved", language()), err=True)


def sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List the data sets of which is kept how they are read."""
    from geo.db.engine import Database
    from geo.layers.sources.queries import list_sources

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_sources(session, settings.tenant)
    if as_json:
        typer.echo(json.dumps({"sources": found}, ensure_ascii=False, default=str))
        return
    for one in found:
        typer.echo(f"{one['layer']}  {one['name']}  {one['set_by']}  {one['set_at']:%Y-%m-%d}")


def waiting(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(min=1, help="A row: the places its words may mean.")] = None,
    layer: Annotated[str | None, typer.Option(help="Only of this layer.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List rows that say their place in words only (待上图), or the places one of them may mean."""
    from dataclasses import asdict

    from api.cli import language
    from geo.cases.placing.actions import propose
    from geo.db.engine import Database
    from geo.layers.waiting.queries import list_waiting

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found: list[dict[str, Any]]
        if number is not None:
            found = [asdict(one) for one in propose(session, settings.tenant, number)]
        else:
            found = list_waiting(session, settings.tenant, layer=layer, most=most)
    if as_json:
        typer.echo(json.dumps({"proposals" if number else "waiting": found}, ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo(say("waiting.no_proposal" if number else "waiting.nothing", language(), row=number))
    for one in found:
        if number is not None:
            typer.echo(f"{one['confidence']}‰  {one['name']}  {one['lon']:.6f} {one['lat']:.6f}  ±{one['radius_m']} m")
        else:
            typer.echo(f"{one['id']}  {one['layer']}  {one['file_name']}:{one['row']}  {one['place_text']}")


def place(
    context: typer.Context,
    number: Number,
    lon: Annotated[float, typer.Argument(help="Longitude, degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude, degrees.")],
    as_json: AsJson = False,
) -> None:
    """Put a waiting row on the map where you say."""
    from api.cli import language
    from geo.cases.placing.actions import place as put
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database:
        put(database, settings.tenant, number, lon, lat, actor="cli")
    typer.echo(json.dumps({"row": number}) if as_json else say("waiting.placed", language(), row=number))


def refuse(
    context: typer.Context,
    number: Number,
    note: Annotated[str, typer.Option(help="Why it gets no place.")],
    as_json: AsJson = False,
) -> None:
    """Set a waiting row aside, with the reason."""
    from api.cli import language
    from geo.cases.placing.actions import refuse as put_aside
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        put_aside(session, settings.tenant, number, note, actor="cli")
    typer.echo(json.dumps({"row": number}) if as_json else say("waiting.put_aside", language(), row=number))


def _told(seen: Look, spoken: Any, addressed: bool) -> list[str]:
    """Lines of what a file seems to be; ``addressed``: which column says the place in words was said already."""
    lines = list(seen.notes)
    for one in seen.columns:
        told = {"column": one["column"], "field": one["field"] or say("layers.look_nothing", spoken)}
        lines.append(say("layers.look_column", spoken, **told, samples=" | ".join(one["samples"])))
    if seen.missing:
        lines.append(say("layers.look_missing", spoken, fields=", ".join(seen.missing)))
    if seen.address and seen.without_place:
        code = "layers.look_addressed" if addressed else "layers.look_address"
        lines.append(say(code, spoken, rows=seen.without_place, column=seen.address))
    if seen.suspected:
        lines.append(say("layers.look_offset", spoken, offset=seen.suspected))
    return lines


def _offset(said: str | None) -> Any:
    if said not in (None, "gcj02", "bd09"):
        raise typer.BadParameter(f"{said}: gcj02, bd09")
    return said


def _said(options: Any) -> dict[str, Any]:
    from dataclasses import fields

    return {one.name: getattr(options, one.name) for one in fields(options)}


def mount(files: typer.Typer) -> None:
    """Add them to ``import``."""
    for command in (look, control, sources, waiting, place, refuse):
        files.command()(command)
