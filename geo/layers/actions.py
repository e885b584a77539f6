"""What people do with layers: import a file, import an OSM extract, save a frame, export a layer.

An import is a line of three: a child process reads, a thread checks, this thread writes. Every batch is
one transaction that also moves the import's place in its file, so an import that is killed goes on
where its last commit left it, and one that is repeated changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from geo.crs import STORAGE, UnknownCrs, name_of
from geo.db.counties import County, get_county
from geo.errors import Cancelled, Conflict, Invalid
from geo.layers import queries
from geo.layers.register import LayerKind, get_kind
from geo.layers.reports import ImportOptions, ImportReport, ImportRunning, Progress, Reject
from geo.layers.runs import queries as runs
from geo.layers.sources.actions import note_columns, read_as_said
from geo.layers.waiting.queries import add_waiting

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.db.engine import Database
    from geo.layers.batches import GoodRows, RawBatch
    from geo.layers.blocks import Block
    from geo.layers.checks import Door

Checked = tuple["Block", list[Reject], "RawBatch", list[dict[str, Any]]]


class DatabaseRefused(Conflict):
    """The database refused a row that the checks let pass; the facts name the rule."""


MANY_ROWS = 1_000
"""An import that wrote this many rows leaves the statistics behind; waiting for autovacuum is not an option."""


class NotFromFiles(Invalid):
    """The rows of this layer are written by the steps of a workflow, so that each has its history."""


def import_layer(
    database: Database,
    tenant: str,
    path: Path | str,
    kind_name: str,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a file into one layer.

    Parameters
    ----------
    path
        GeoPackage, Shapefile (plain or zipped), GeoJSON, GeoParquet or CSV (also gzipped), by content.
    kind_name
        The layer, as ``streetlight``.
    options
        How to read it; by default everything is taken from the file.
    progress
        Called after each batch; raising :class:`geo.errors.Cancelled` from it stops the import.

    Returns
    -------
    ImportReport
        Every row accounted for; bad rows are in it, they raise nothing.

    Raises
    ------
    UnknownLayer, UnknownCounty
        If there is no such layer or county.
    NotFromFiles
        If the layer's rows are written by a workflow.
    FileRefused, FileTooHeavy, UnknownCrs, ColumnUnknown
        If the file as a whole cannot be taken; the message says what would mend it.
    ImportRunning
        If another process imports the same file.
    """
    from geo.layers.readers.parent import open_file

    kind = get_kind(kind_name)
    if kind.by_workflow:
        raise NotFromFiles("layers.not_from_files", layer=kind.zh)
    with database.begin(tenant) as session:
        options, known = read_as_said(session, tenant, kind.name, options or ImportOptions())
    with open_file(Path(path), options) as raw:
        importer = _Importer(database, tenant, kind, options, Path(path).name, raw.sha256, progress)
        importer.report.notes += raw.notes
        note_columns(importer.report, kind, options, raw.columns, known)
        importer.total = raw.rows
        return importer.run(raw.crs, raw.columns, raw.batches())


def import_osm(
    database: Database, tenant: str, path: Path | str, progress: Progress | None = None
) -> dict[str, ImportReport]:
    """Import an OSM extract (.osm, .osm.gz, .osm.pbf) into every layer it has something for.

    Returns
    -------
    dict[str, ImportReport]
        By layer, in the register's order; layers without a feature in the extract are absent.

    Raises
    ------
    FileRefused, FileTooHeavy, UnknownCounty, ImportRunning
        As :func:`import_layer`.
    """
    from geo.layers.readers.parent import open_osm

    options = ImportOptions(source="osm", crs="EPSG:4326", key="source_key", batch_rows=10_000)
    importers: dict[str, _Importer] = {}
    try:
        with open_osm(Path(path), options) as raw:
            for layer, batch in raw.layers():
                if layer not in importers:
                    importers[layer] = _Importer(
                        database, tenant, get_kind(layer), options, Path(path).name, raw.sha256, progress
                    )
                    importers[layer].open("EPSG:4326", batch.columns.column_names)
                importers[layer].take(batch)
            for layer, counts in raw.left_out().items():
                if layer in importers:
                    importers[layer].report.left_out.update(counts)
    except BaseException as error:
        for importer in importers.values():
            importer.fail(error)
        raise
    return {layer: importers[layer].close() for layer in sorted(importers, key=_register_order)}


def save_frame(
    database: Database,
    tenant: str,
    kind_name: str,
    frame: GeoDataFrame,
    source: str,
    progress: Progress | None = None,
) -> ImportReport:
    """Store a frame that is in memory already, through the same checks and the same upsert as a file.

    Parameters
    ----------
    frame
        Known CRS; columns named as the layer's fields, and ``source_key`` (else keys are made from the
        content). Other columns go into ``extra``. Invalid geometries are refused, not repaired.
    source
        The data set the rows belong to.

    Raises
    ------
    UnknownCrs
        If the frame has no CRS.
    """
    return take_frame(database, tenant, kind_name, frame, ImportOptions(source=source), progress)


def take_frame(
    database: Database,
    tenant: str,
    kind_name: str,
    frame: GeoDataFrame,
    options: ImportOptions,
    progress: Progress | None = None,
) -> ImportReport:
    """As :func:`save_frame`, with columns named as in a file of a data set and read as it is.

    Raises
    ------
    UnknownCrs
        If the frame has no CRS.
    ColumnUnknown
        If the options name a column that is not there, or a needed field has none.
    """
    from geo.layers.readers.frames import frame_batches

    if frame.crs is None:
        raise UnknownCrs("crs.missing")
    importer = _Importer(database, tenant, get_kind(kind_name), options, "", "", progress, resumable=False)
    importer.total = len(frame)
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    epsg = frame.crs.to_epsg()
    crs = f"EPSG:{epsg}" if epsg else frame.crs.to_wkt()
    return importer.run(crs, columns, frame_batches(frame, options.batch_rows))


def export_layer(
    database: Database,
    tenant: str,
    kind_name: str,
    path: Path | str,
    *,
    srid: int = STORAGE,
    encoding: str = "utf-8",
    outside: bool = True,
) -> int:
    """Write a layer of the county to a file; the format follows from the suffix.

    Parameters
    ----------
    path
        ``.gpkg``, ``.shp.zip``, ``.geojson``, ``.parquet`` or ``.csv``; an existing file is replaced
        only when the new one is whole.
    srid
        EPSG code of the coordinates; written x = east whatever the registry's axis order.
    encoding
        Of a Shapefile's attribute table: ``utf-8`` or ``gbk``.
    outside
        Whether the file may leave the bureau: names that may hold a person's are masked or left empty. Only a file
        written with False can be imported again without a loss.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    FormatUnknown
        If the suffix names no format we write.
    UnknownCrs
        If the EPSG code is none.
    """
    from geo.layers.export import write_layer

    kind = get_kind(kind_name)
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        return write_layer(session, county, kind, Path(path), srid=srid, encoding=encoding, outside=outside)


class _Importer:
    """One file's way into one layer: the checks' memory, the run's place, the report."""

    def __init__(
        self,
        database: Database,
        tenant: str,
        kind: LayerKind,
        options: ImportOptions,
        file_name: str,
        sha256: str,
        progress: Progress | None,
        *,
        resumable: bool = True,
    ) -> None:
        self.database, self.tenant, self.kind, self.options = database, tenant, kind, options
        self.file_name, self.sha256, self.progress, self.resumable = file_name, sha256, progress, resumable
        self.report = ImportReport(kind.name, options.source)
        self.total: int | None = None
        self.started = time.monotonic()
        self.run_row: runs.Run | None = None
        self.door: Door | None = None

    def run(self, crs: str, columns: list[str], batches: Iterable[RawBatch]) -> ImportReport:
        """Take all batches and close; a failure is kept in the run before it is raised."""
        from geo.layers.readers.ahead import ahead

        self.open(crs, columns)
        try:
            for checked in ahead(self._check(batch) for batch in self._asked(batches)):
                self._write(checked)
        except BaseException as error:
            self.fail(error)
            raise
        return self.close()

    def open(self, crs: str, columns: list[str]) -> None:
        """Match columns, find the county, and find the run to go on with."""
        with self.database.begin(self.tenant) as session:
            county = get_county(session, self.tenant)
            home = self.database.settings.home
            self.door = _door(self.kind, county, self.options, crs, columns, self.report, home)
            if self.resumable:
                self.run_row = runs.start_run(
                    session,
                    self.tenant,
                    self.kind.name,
                    self.options.source,
                    self.file_name,
                    self.sha256,
                    self.options.digest(),
                )
        if self.run_row and self.run_row.rows_done:
            self.report.resumed_from = self.run_row.rows_done
            counts = self.run_row.counts
            self.report.added, self.report.changed = counts["added"], counts["changed"]
            self.report.unchanged, self.report.waiting = counts["unchanged"], counts.get("waiting", 0)

    def _asked(self, batches: Iterable[RawBatch]) -> Iterator[RawBatch]:
        """The batches, once it is clear that their points need no offset undone that nobody declared."""
        from geo.layers.sources.asking import ask_offset, may_ask

        assert self.door is not None
        for at, batch in enumerate(batches):
            if at == 0 and self.resumable and may_ask(self.kind, self.options, self.door.frame):
                with self.database.begin(self.tenant) as session:
                    ask_offset(session, self.tenant, batch.geometry, self.file_name)
            yield batch

    def take(self, batch: RawBatch) -> None:
        """Check and write one batch, here and now."""
        self._write(self._check(batch))

    def close(self) -> ImportReport:
        """End the run and hand over the report."""
        self.report.seconds = time.monotonic() - self.started
        if self.report.repaired:
            self.report.note("layers.repaired", count=self.report.repaired)
        if self.run_row:
            with self.database.begin(self.tenant) as session:
                runs.end_run(session, self.tenant, self.run_row, "done", self.report)
        if self.report.added + self.report.changed >= MANY_ROWS:
            with self.database.begin_as_owner() as session:
                queries.refresh_statistics(session, self.kind)
        return self.report

    def _check(self, batch: RawBatch) -> Checked:
        from geo.layers.blocks import copy_block
        from geo.layers.checks import split_rows, unique_by_code
        from geo.layers.waiting.parking import park

        assert self.door is not None
        good, rejects = split_rows(self.door, batch)
        if unique_by_code(self.kind) and "code" in good.columns.column_names:
            good, taken = self._without_taken(good)
            rejects = sorted([*rejects, *taken], key=lambda reject: reject.row)
        rejects, parked = park(self.door, batch, rejects, self.options, self.file_name)
        return copy_block(good), rejects, batch, parked

    def _without_taken(self, good: GoodRows) -> tuple[GoodRows, list[Reject]]:
        """Refuse the rows whose code another data set of the layer holds, where a code may stand once."""
        import numpy as np
        import pyarrow as pa

        from geo.layers.batches import GoodRows

        codes = good.columns.column("code").to_pylist()
        with self.database.begin(self.tenant) as session:
            taken = queries.find_taken_codes(session, self.tenant, self.kind, self.options.source, codes)
        if not taken:
            return good, []
        free = np.array([code not in taken for code in codes])
        rejects = [
            Reject(int(row), "code", "reject.code_taken", {"value": code})
            for row, code in zip(good.rows, codes, strict=True)
            if code in taken
        ]
        return GoodRows(good.rows[free], good.geometry[free], good.columns.filter(pa.array(free))), rejects

    def _write(self, checked: Checked) -> None:
        block, rejects, batch, parked = checked
        report = self.report
        report.rows_read += len(batch.rows)
        report.repaired += batch.repaired
        before = len(report.rejected)
        report.reject(rejects)
        if report.rows_read <= report.resumed_from:
            return
        try:
            with self.database.begin(self.tenant) as session:
                done = queries.upsert_features(session, self.tenant, self.kind, report.source, block)
                waiting = add_waiting(session, self.tenant, self.kind.name, report.source, parked)
                if self.run_row:
                    counts = {
                        "added": report.added + done.added,
                        "changed": report.changed + done.changed,
                        "unchanged": report.unchanged + done.unchanged + len(parked) - waiting,
                        "waiting": report.waiting + waiting,
                    }
                    runs.add_rejects(session, self.tenant, self.run_row, report.rejected[before:])
                    moved = runs.advance_run(session, self.tenant, self.run_row, report.rows_read, counts)
                    if moved is None:
                        raise ImportRunning("layers.import_running", layer=self.kind.name, file=self.file_name)
        except IntegrityError as error:
            rule = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            first, last = (int(batch.rows[0]), int(batch.rows[-1])) if len(batch.rows) else (0, 0)
            raise DatabaseRefused("layers.database_refused", rule=rule or "-", first=first, last=last) from error
        if self.run_row:
            self.run_row = moved
        report.added += done.added
        report.changed += done.changed
        report.unchanged += done.unchanged + len(parked) - waiting
        report.waiting += waiting
        if self.progress:
            self.progress(self.kind.name, report.rows_read, self.total)

    def fail(self, error: BaseException) -> None:
        """Note in the run why it ended; the next import of the same file goes on with it."""
        if self.run_row and not isinstance(error, ImportRunning):
            state = "cancelled" if isinstance(error, (Cancelled, KeyboardInterrupt)) else "failed"
            with self.database.begin(self.tenant) as session:
                runs.end_run(session, self.tenant, self.run_row, state)


def _door(
    kind: LayerKind,
    county: County,
    options: ImportOptions,
    crs: str,
    columns: list[str],
    report: ImportReport,
    home: Path,
) -> Door:
    """How this file's rows are to be read and judged, with notes on what was assumed."""
    from geo.layers.checks import Door
    from geo.layers.columns import ColumnUnknown, key_column, map_columns
    from geo.layers.places import Frame
    from geo.layers.reporters import NAMELESS, Reporters, find_reporters, person_columns

    fields = map_columns(kind, columns, options.mapping)
    key = key_column(columns, options.mapping, options.key)
    known = {field.name for field in kind.fields}
    for name in options.values:
        if name not in known:
            raise ColumnUnknown("layers.map_field_unknown", field=name, known=", ".join(sorted(known)))
    derived = {"tier"} if kind.name == "road" and "road_class" in fields else set()
    for field in kind.fields:
        if field.about.required and field.name not in {*fields, *options.values, *derived}:
            names = ", ".join(dict.fromkeys([field.name, *field.about.aliases, field.about.zh]))
            raise ColumnUnknown(
                "layers.column_missing", field=field.name, names=names, columns=", ".join(columns) or "-"
            )
    if kind.name == "event" and "origin" not in {*fields, *options.values}:
        report.note("layers.origin_unknown")
    report.note("layers.read_as", crs=name_of(crs))
    reporters = None
    if "reporter_hash" in kind.table.columns:
        free = [column for column in columns if column not in fields.values() and column != key]
        reporters = find_reporters(free, options.mapping, home, county.code)
        if reporters.columns:
            report.note("layers.reporter_hashed", columns=", ".join(reporters.columns), column=reporters.best or "-")
    elif kind.name in NAMELESS:
        free = [column for column in columns if column not in fields.values() and column != key]
        reporters = Reporters(tuple(person_columns(free)), None, b"")
        if reporters.columns:
            report.note("layers.persons_left_out", columns=", ".join(reporters.columns))
    return Door(
        kind,
        Frame(crs, options.offset, options.swap, tuple(options.solution["parameters"]) if options.solution else None),
        county.extent,
        county.time_zone,
        fields,
        key,
        options.values,
        options.day_order,
        reporters,
        county.code,
    )


def _register_order(layer: str) -> int:
    from geo.layers.register import KINDS

    return next(i for i, kind in enumerate(KINDS) if kind.name == layer)
