"""``pianqu import …`` and ``pianqu export``: layers in and out."""

from __future__ import annotations

import csv
import enum
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands import import_sources

if TYPE_CHECKING:
    from geo.layers.reports import ImportOptions, ImportReport, Progress
    from geo.settings import Settings

files = typer.Typer(no_args_is_help=True, help="Import layers: osm, layer, events.")

File = Annotated[Path, typer.Argument(help="File to read.")]
Maps = Annotated[
    list[str] | None, typer.Option("--map", help="FIELD=COLUMN, repeatable; also lon, lat, wkt, source_key, address.")
]
Sets = Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE for rows where the file says nothing.")]
Crs = Annotated[str | None, typer.Option(help="CRS of the file's coordinates, as EPSG:4548.")]
Key = Annotated[str | None, typer.Option(help="Column that names a row from one delivery to the next.")]
Encoding = Annotated[str | None, typer.Option(help="Text encoding, as gbk.")]
Source = Annotated[str, typer.Option(help="Name of the data set the rows belong to.")]
LayerName = Annotated[str | None, typer.Option("--layer", help="Which layer of a file that holds several.")]
Swap = Annotated[bool, typer.Option("--swap", help="The file gives y before x.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the report as JSON.")]
Rejects = Annotated[Path | None, typer.Option("--rejects", help="Write the rejected rows as CSV.")]


class OffsetName(enum.StrEnum):
    """Offsets of Chinese web maps that a file may be declared to carry."""

    GCJ02 = "gcj02"
    BD09 = "bd09"


class DayOrderName(enum.StrEnum):
    """How dates are written that do not begin with the year."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


Offset = Annotated[OffsetName | None, typer.Option(help="Offset the coordinates are declared to carry.")]
AsIs = Annotated[bool, typer.Option("--as-is", help="The coordinates carry no offset, whatever they look like.")]
Control = Annotated[
    str | None, typer.Option(help="Control points of a local frame (独立坐标系); see pianqu import control.")
]
DayOrder = Annotated[DayOrderName, typer.Option(help="How to read 01/02/2011.")]


def mount(app: typer.Typer) -> None:
    """Add the commands of this group."""
    import_sources.mount(files)
    app.add_typer(files, name="import")
    app.command("export")(export)


@files.command("osm")
def import_osm_command(context: typer.Context, file: File, json: Json = None, rejects: Rejects = None) -> None:
    """Roads, buildings, zones, lamps, water and land use of an OSM extract (.osm, .osm.gz, .osm.pbf)."""
    from geo.db.engine import Database
    from geo.layers.actions import import_osm

    settings: Settings = context.obj
    with Database.open(settings) as database, _stoppable(), _progress() as progress:
        reports = import_osm(database, settings.tenant, file, progress)
    _tell(list(reports.values()), json, rejects)


@files.command("layer")
def import_layer_command(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="Layer, as streetlight.")],
    file: File,
    map: Maps = None,  # noqa: A002 - the option's name
    set: Sets = None,  # noqa: A002 - the option's name
    crs: Crs = None,
    offset: Offset = None,
    encoding: Encoding = None,
    key: Key = None,
    source: Source = "file",
    layer: LayerName = None,
    swap: Swap = False,
    day_order: DayOrder = DayOrderName.YMD,
    as_is: AsIs = False,
    control: Control = None,
    json: Json = None,
    rejects: Rejects = None,
) -> None:
    """One layer from GeoPackage, Shapefile (also zipped), GeoJSON, GeoParquet, CSV, Excel, KML/KMZ or DXF."""
    from geo.layers.reports import ImportOptions

    options = ImportOptions(
        mapping=pairs(map),
        crs=crs,
        offset=offset.value if offset else None,
        encoding=encoding,
        key=key,
        source=source,
        layer=layer,
        swap=swap,
        day_order=day_order.value,
        as_is=as_is,
        control=control,
        values=pairs(set),
    )
    _import(context.obj, kind, file, options, json, rejects)


@files.command("events")
def import_events_command(
    context: typer.Context,
    file: File,
    origin: Annotated[
        str | None, typer.Option(help="Who noticed them: complaint, patrol, camera, transfer; never guessed.")
    ] = None,
    code_system: Annotated[str | None, typer.Option(help="Code system and version of the event codes.")] = None,
    map: Maps = None,  # noqa: A002 - the option's name
    set: Sets = None,  # noqa: A002 - the option's name
    crs: Crs = None,
    offset: Offset = None,
    encoding: Encoding = None,
    key: Key = None,
    source: Source = "file",
    layer: LayerName = None,
    swap: Swap = False,
    day_order: DayOrder = DayOrderName.YMD,
    as_is: AsIs = False,
    control: Control = None,
    json: Json = None,
    rejects: Rejects = None,
) -> None:
    """Events: what was seen or reported, where and when."""
    from geo.layers.reports import ImportOptions

    said = {"origin": origin, "code_system": code_system}
    options = ImportOptions(
        mapping=pairs(map),
        crs=crs,
        offset=offset.value if offset else None,
        encoding=encoding,
        key=key,
        source=source,
        layer=layer,
        swap=swap,
        day_order=day_order.value,
        as_is=as_is,
        control=control,
        values=pairs(set) | {name: value for name, value in said.items() if value},
    )
    _import(context.obj, "event", file, options, json, rejects)


def export(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="Layer, as streetlight.")],
    file: Annotated[Path, typer.Argument(help="Target: .gpkg, .shp.zip, .geojson, .parquet or .csv.")],
    crs: Annotated[str, typer.Option(help="EPSG code of the coordinates, as 4490, EPSG:4326 or EPSG:4547.")] = "4490",
    encoding: Annotated[str, typer.Option(help="Of a Shapefile's table: utf-8 or gbk.")] = "utf-8",
    inside: Annotated[
        bool, typer.Option("--inside", help="For the bureau itself: names of shops and holders as they are.")
    ] = False,
) -> None:
    """Write a layer to a file; names that may hold a person's are masked unless it stays inside."""
    from geo.crs import UnknownCrs
    from geo.db.engine import Database
    from geo.layers.actions import export_layer

    settings: Settings = context.obj
    code = crs.upper().removeprefix("EPSG:")
    if not code.isdigit():
        raise UnknownCrs("crs.unreadable", crs=crs)
    with Database.open(settings) as database:
        rows = export_layer(
            database, settings.tenant, kind, file, srid=int(code), encoding=encoding, outside=not inside
        )
    sys.stdout.write(f"{rows}\n")


def _import(
    settings: Settings, kind: str, file: Path, options: ImportOptions, json: Path | None, rejects: Path | None
) -> None:
    from geo.db.engine import Database
    from geo.layers.actions import import_layer

    with Database.open(settings) as database, _stoppable(), _progress() as progress:
        report = import_layer(database, settings.tenant, file, kind, options, progress)
    _tell([report], json, rejects)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C ends an import between two commits and says how to go on."""
    from geo.layers.reports import ImportCancelled

    try:
        yield
    except KeyboardInterrupt:
        raise ImportCancelled("layers.cancelled") from None


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on stderr, silent when nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    from api.cli import language
    from geo.layers.register import get_kind

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, int] = {}

        def show(layer: str, done: int, total: int | None) -> None:
            if layer not in tasks:
                title = get_kind(layer)
                tasks[layer] = bars.add_task(title.zh if language() == "zh" else title.en, total=total)
            bars.update(tasks[layer], completed=done, total=total)  # type: ignore[arg-type]

        yield show


def _tell(reports: list[ImportReport], json: Path | None, rejects: Path | None) -> None:
    """The reports as a table on stdout, as JSON and CSV where asked; exit code 1 if nothing at all could be taken."""
    from rich.console import Console

    from api.cli import language
    from api.commands.layer_reports import report_notes, report_table
    from geo.messages import say

    spoken = language()
    console = Console()
    console.print(report_table(reports, spoken))
    for line in report_notes(reports, spoken):
        console.print(line, markup=False, highlight=False)
    empty = not any(report.rows_read for report in reports)
    if empty:
        console.print(say("layers.no_rows", spoken), markup=False, highlight=False)
    if json:
        import orjson

        json.write_bytes(orjson.dumps([report.as_json(spoken) for report in reports], option=orjson.OPT_INDENT_2))
    if rejects:
        with rejects.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["layer", "row", "field", "reason", "text"])
            for report in reports:
                writer.writerows([report.layer, r.row, r.field, r.reason, r.say(spoken)] for r in report.rejected)
    if empty or all(r.rejected_count == r.rows_read for r in reports):
        raise typer.Exit(1)


def pairs(said: list[str] | None) -> dict[str, str]:
    """``["a=b"]`` as ``{"a": "b"}``.

    Examples
    --------
    >>> pairs(["code=灯杆号=旧", "lat=纬度"])
    {'code': '灯杆号=旧', 'lat': '纬度'}
    """
    found = {}
    for text in said or []:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{text}: FIELD=COLUMN")
        found[name.strip()] = value
    return found
