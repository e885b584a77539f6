"""Look at a file before it is imported, keep how its data set is read, and read each delivery that way."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.db.changes import write_change
from geo.errors import NotFound
from geo.layers.control.actions import control_option
from geo.layers.register import LayerKind, get_kind
from geo.layers.reports import ImportOptions, ImportReport
from geo.layers.sources import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

SAID: Final = (
    "mapping", "crs", "offset", "encoding", "key", "layer", "swap", "day_order", "values", "as_is", "control",
)  # fmt: skip
"""What is kept of a data set; the rest belongs to one import."""

SAMPLES: Final = 3
ADDRESS_NAMES: Final = ("地址", "详细地址", "地点", "位置", "事发地址", "所在位置", "address", "location")


class UnknownSource(NotFound):
    """Nothing was said of how this data set is read; the facts list those of which something was."""


@dataclass(slots=True)
class Look:
    """What a file seems to be: a proposal for a person to confirm."""

    layer: str
    columns: list[dict[str, Any]] = field(default_factory=list)
    """Name, field (None for a column that no field takes), samples."""
    missing: list[str] = field(default_factory=list)
    """Fields that are needed and that no column seems to be."""
    address: str | None = None
    crs: str | None = None
    suspected: str | None = None
    """Offset that the points seem to carry."""
    rows: int = 0
    without_place: int = 0
    notes: list[str] = field(default_factory=list)


def look(database: Database, tenant: str, kind_name: str, path: Path, options: ImportOptions | None = None) -> Look:
    """Which column is which field, as far as names tell, and what is to be asked. Nothing is stored.

    Raises
    ------
    UnknownLayer, FileRefused, FileTooHeavy, ColumnUnknown
        As an import of the file.
    """
    import numpy as np
    import shapely

    from geo.crs import UnknownCrs, same_degrees
    from geo.layers.columns import ColumnUnknown, map_columns
    from geo.layers.plain_columns import as_text
    from geo.layers.readers.parent import open_file
    from geo.layers.readers.points import NO_PLACE
    from geo.layers.sources.asking import suspect

    kind = get_kind(kind_name)
    with database.begin(tenant) as session:
        options, _ = read_as_said(session, tenant, kind.name, options or ImportOptions())
    try:
        found = _first(open_file, path, options)
    except ColumnUnknown as error:
        if error.code != "layers.no_place":
            raise
        # No coordinates: the rows may still say their place in words.
        found = _first(open_file, path, dataclasses.replace(options, mapping={**options.mapping, "address": NO_PLACE}))
    columns, batch, notes, said_crs = found
    seen = Look(kind.name, rows=0 if batch is None else len(batch.rows), notes=notes, crs=said_crs)
    mapping = {name: column for name, column in options.mapping.items() if column in columns}
    fields = map_columns(kind, columns, mapping)
    by_column = {column: name for name, column in fields.items()}
    for column in columns:
        values = [] if batch is None else [one for one in as_text(batch.columns.column(column)).to_pylist() if one]
        seen.columns.append(
            {"column": column, "field": by_column.get(column), "samples": list(dict.fromkeys(values))[:SAMPLES]}
        )
    seen.missing = [
        each.name for each in kind.fields if each.about.required and each.name not in {*fields, *options.values}
    ]
    seen.address = mapping.get("address") or next((name for name in ADDRESS_NAMES if name in columns), None)
    if batch is not None:
        seen.without_place = int(np.count_nonzero(shapely.is_missing(batch.geometry)))
        try:
            degrees = same_degrees(said_crs) if said_crs else False
        except UnknownCrs:
            degrees = False
        if degrees and options.offset is None and not options.as_is:
            with database.begin(tenant) as session:
                asked = suspect(session, tenant, batch.geometry)
            seen.suspected = asked[0] if asked else None
    return seen


def save_source(
    session: Session, tenant: str, kind_name: str, name: str, options: ImportOptions, columns: Sequence[str], *,
    actor: str = "system",
) -> None:  # fmt: skip
    """Keep how a data set of a layer is read; what was said before is replaced.

    Raises
    ------
    UnknownLayer, UnknownControl, ColumnUnknown
        If the layer, the control points or a mapped field are not there.
    """
    from geo.layers.columns import map_columns

    kind = get_kind(kind_name)
    map_columns(kind, list(columns), options.mapping)
    if options.control:
        control_option(session, tenant, options.control)
    kept = {part: _plain(getattr(options, part)) for part in SAID}
    queries.set_source(session, tenant, kind.name, name, kept, list(columns), actor)
    write_change(session, tenant, "import_source.set", facts={"layer": kind.name, "source": name}, actor=actor)


def read_as_said(
    session: Session, tenant: str, layer: str, options: ImportOptions
) -> tuple[ImportOptions, list[str] | None]:
    """The options with what was kept of their data set, and the columns its file had; what is said now wins.

    Raises
    ------
    UnknownControl
        If they name control points that are not there.
    """
    saved = queries.find_source(session, tenant, layer, options.source)
    columns = None
    if saved is not None:
        usual = ImportOptions()
        kept, columns = saved
        now = {part: getattr(options, part) for part in SAID}
        merged = {part: now[part] if now[part] != getattr(usual, part) else kept.get(part, now[part]) for part in SAID}
        for part in ("mapping", "values"):
            merged[part] = {**kept.get(part, {}), **now[part]}
        options = dataclasses.replace(options, **merged)
    if options.control:
        solution = control_option(session, tenant, options.control)
        options = dataclasses.replace(options, solution=solution, crs=f"EPSG:{solution['srid']}")
    return options, columns


def note_columns(
    report: ImportReport, kind: LayerKind, options: ImportOptions, columns: list[str], known: list[str] | None
) -> None:
    """Say which columns no field takes, which are new or gone since the data set was described, and the control."""
    from geo.layers.columns import key_column, map_columns

    taken = {*map_columns(kind, columns, options.mapping).values(), *options.mapping.values()}
    taken |= {key_column(columns, options.mapping, options.key) or ""}
    left = [column for column in columns if column not in taken and not column.startswith("extra")]
    if left:
        report.note("layers.columns_kept", columns=", ".join(left))
    if known is not None:
        for code, names in (
            ("layers.columns_new", [column for column in columns if column not in known]),
            ("layers.columns_gone", [column for column in known if column not in columns]),
        ):
            if names:
                report.note(code, columns=", ".join(names))
    if options.solution:
        facts = {"name": options.solution["name"], "rms": round(options.solution["rms_m"], 3)}
        report.note("layers.control_used", **facts)


def _first(open_file: Any, path: Path, options: ImportOptions) -> tuple[list[str], Any, list[str], str | None]:
    with open_file(path, options) as raw:
        batch = next(iter(raw.batches()), None)
        from geo.crs import UnknownCrs

        try:
            crs = raw.crs
        except UnknownCrs:
            crs = None
        return raw.columns, batch, [note.say() for note in raw.notes], crs


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
