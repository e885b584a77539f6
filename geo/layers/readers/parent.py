"""The parent's side of reading: start the child, take its batches, and know how it ended.

The child has limits on memory, CPU time, files and silence, an allow-list of GDAL drivers, no network
and none of our environment; what it sends is Arrow, and a file that kills it kills nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from geo.crs import STORAGE, UnknownCrs, read_crs, same_degrees
from geo.errors import Invalid, Kind, PianquError, TooLarge
from geo.layers.batches import FLAW, GEOMETRY, REPAIRED, ROW, RawBatch
from geo.layers.readers.encodings import known_encoding
from geo.layers.readers.sniff import OSM_FORMATS, Format, sniff
from geo.layers.reports import FileRefused, FileTooHeavy, ImportOptions, Note

if TYPE_CHECKING:
    import pyarrow as pa

ROOT = Path(__file__).resolve().parents[3]
DRIVERS = frozenset({"GPKG", "ESRI Shapefile", "GeoJSON", "DXF", "MEM", "Memory"})
"""GDAL drivers the child may use; all others are switched off, renamed files included."""

CPU_BASE_S, CPU_S_PER_MB = 60, 4
COMPRESSED = frozenset({Format.ZIP, Format.WORKBOOK, Format.CSV_GZ, Format.PARQUET, Format.OSM_GZ, Format.PBF})
SILENCE_S = 120.0
"""Seconds without a batch after which a child is taken for stuck."""

LAYER = "__layer"
EXACT_M = 5.0
EARTH_RADIUS_M = 6378137.0
CRS_HINT = "EPSG:4326"


class RawFile:
    """A file being read: what it says of itself, then its batches."""

    def __init__(self, sha256: str, child: _Child, options: ImportOptions) -> None:
        self._child = child
        self.sha256 = sha256
        about = child.about
        self.rows: int | None = about.get("rows")
        self.columns = [name for name in child.schema.names if name not in (ROW, GEOMETRY, FLAW, REPAIRED, LAYER)]
        self.notes = [Note(note["code"], note["facts"]) for note in about.get("notes", [])]
        self._said: str | None = options.crs or (CRS_HINT if options.offset else about.get("crs"))

    @property
    def crs(self) -> str:
        """The CRS that was declared, else the file's own.

        Raises
        ------
        UnknownCrs
            If neither says.
        """
        if self._said is None:
            raise UnknownCrs("crs.missing")
        read_crs(self._said)
        if (accuracy := _coarse(self._said)) is not None:
            self.notes.append(Note("layers.coarse_datum", {"crs": read_crs(self._said).name, "accuracy": accuracy}))
        if self._said != CRS_HINT:
            self.notes = [note for note in self.notes if note.code != "layers.lonlat_assumed"]
        return self._said

    def batches(self) -> Iterator[RawBatch]:
        """The file's rows in order."""
        for batch in self._child.batches():
            yield _raw(batch, self.columns)

    def layers(self) -> Iterator[tuple[str, RawBatch]]:
        """An OSM file's rows with the layer they belong to; within a layer in order."""
        from geo.layers.register import get_kind

        for batch in self._child.batches():
            layer = batch.column(LAYER)[0].as_py()
            fields = {field.name for field in get_kind(layer).fields} | {"source_key", "extra"}
            yield layer, _raw(batch, [name for name in self.columns if name in fields])

    def left_out(self) -> dict[str, Counter[str]]:
        """After the last batch: layer → reason code → things of the file that are no rows of it."""
        return {layer: Counter(counts) for layer, counts in self._child.closing.get("left_out", {}).items()}


@contextlib.contextmanager
def open_file(path: Path, options: ImportOptions) -> Iterator[RawFile]:
    """Start reading one layer's file.

    Raises
    ------
    FileRefused, FileTooHeavy, ColumnUnknown
        Now or while batches are taken.
    """
    found = sniff(path)
    if found in OSM_FORMATS:
        raise FileRefused("layers.use_import_osm", file=path.name)
    with _start(path, found, options) as raw:
        yield raw


@contextlib.contextmanager
def open_osm(path: Path, options: ImportOptions) -> Iterator[RawFile]:
    """Start reading an OSM extract.

    Raises
    ------
    FileRefused, FileTooHeavy
        Now or while batches are taken.
    """
    found = sniff(path)
    if found not in OSM_FORMATS:
        raise FileRefused("layers.not_osm", file=path.name)
    with _start(path, found, options) as raw:
        yield raw


def read_extent(path: Path) -> tuple[float, float, float, float]:
    """West, south, east, north of any file we read, in degrees; an OSM file's own bounds where it states them.

    Raises
    ------
    FileRefused, FileTooHeavy, UnknownCrs
        If the file cannot be read or does not say its CRS.
    """
    import numpy as np
    import shapely

    from geo.crs import transformer

    found = sniff(path)
    options = ImportOptions()
    if found in OSM_FORMATS:
        with _start(path, found, options, task="extent") as raw:
            for batch in raw.batches():
                west, south, east, north = (float(side) for side in shapely.total_bounds(batch.geometry))
                return west, south, east, north
        raise FileRefused("layers.no_extent", file=path.name)
    with _start(path, found, options) as raw:
        boxes = [shapely.total_bounds(batch.geometry) for batch in raw.batches()]
        bounds = np.array([box for box in boxes if np.isfinite(box).all()])
        if not len(bounds):
            raise FileRefused("layers.no_extent", file=path.name)
        sides = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
        if same_degrees(raw.crs):
            west, south, east, north = (float(side) for side in sides)
        else:
            west, south, east, north = transformer(raw.crs, STORAGE).transform_bounds(*sides)
        return west, south, east, north


@contextlib.contextmanager
def _start(path: Path, found: Format, options: ImportOptions, task: str = "rows") -> Iterator[RawFile]:
    if options.encoding and known_encoding(options.encoding) is None:
        raise FileRefused("layers.encoding_unknown", encoding=options.encoding[:40])
    path = path.resolve()
    sha256 = _hash(path)
    with tempfile.TemporaryDirectory(prefix="pianqu-read-") as scratch:
        request = {
            "task": task,
            "path": str(path),
            "name": path.name,
            "format": found.value,
            "scratch": scratch,
            "layer": options.layer,
            "encoding": options.encoding,
            "mapping": dict(options.mapping),
            "batch_rows": options.batch_rows,
            "cpu_s": CPU_BASE_S + CPU_S_PER_MB * (path.stat().st_size >> 20) * (10 if found in COMPRESSED else 1),
        }
        child = _Child(request)
        try:
            yield RawFile(sha256, child, options)
        finally:
            child.end()


def _hash(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Child:
    """The reading process."""

    def __init__(self, request: dict[str, Any]) -> None:
        import pyarrow as pa

        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "geo.layers.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            cwd=ROOT,
            env=_environment(request["scratch"]),
        )
        assert self._process.stdin and self._process.stdout
        self._stuck = False
        self.closing: dict[str, Any] = {}
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.close()
        try:
            with self._watched():
                self._stream = pa.ipc.open_stream(self._process.stdout)
        except (pa.ArrowInvalid, OSError):
            self._finish()
            raise AssertionError("a reader that sends no stream says why") from None
        self.schema = self._stream.schema
        self.about: dict[str, Any] = json.loads(self.schema.metadata[b"pianqu"])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """What the child sends; raises what it refuses, or what became of it."""
        import pyarrow as pa

        while True:
            try:
                with self._watched():
                    batch = self._stream.read_next_batch()
            except (StopIteration, pa.ArrowInvalid, OSError):
                self._finish()
                return
            yield batch

    def end(self) -> None:
        """Make sure it is gone."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._said.close()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Kill the child if this takes too long."""
        timer = threading.Timer(SILENCE_S, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self._stuck = True
        self._process.kill()

    def _finish(self) -> None:
        """Read how it ended; raise unless the stream is whole."""
        from geo.layers.readers.child import MARK

        code = self._process.wait()
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace")
        line = next((line for line in reversed(said.split("\n")) if line.startswith(MARK)), None)
        closing: dict[str, Any] = json.loads(line.removeprefix(MARK)) if line else {}
        if code == 0 and line:
            self.closing = closing
            return
        if code == 3 and line:
            raise _refusal(closing)
        if self._stuck or code == -signal.SIGXCPU or code == -signal.SIGKILL:
            raise FileTooHeavy("layers.too_heavy", what="time")
        if "MemoryError" in said or "bad_alloc" in said or code in (-signal.SIGABRT, -signal.SIGSEGV):
            raise FileTooHeavy("layers.too_heavy", what="memory")
        raise ReaderBroke(said[-2000:])


class ReaderBroke(RuntimeError):
    """The reading process ended in a way that is our mistake, not the file's; its last words are for the log."""


def _refusal(said: dict[str, Any]) -> PianquError:
    kinds: dict[str, type[PianquError]] = {Kind.TOO_LARGE: FileTooHeavy}
    kind = kinds.get(said["kind"], FileRefused)
    assert issubclass(kind, (Invalid, TooLarge))
    return kind(said["code"], **said["facts"])


def _raw(batch: pa.RecordBatch, columns: list[str]) -> RawBatch:
    import numpy as np
    import pyarrow as pa
    import shapely

    wkb = batch.column(GEOMETRY).to_numpy(zero_copy_only=False)
    flaws = batch.column(FLAW)
    said = np.full(batch.num_rows, None, object)
    if flaws.null_count < len(flaws):
        said = np.array(flaws.to_pylist(), object)
    table = pa.table({name: batch.column(name) for name in columns} or {"__n": pa.nulls(batch.num_rows)})
    return RawBatch(
        batch.column(ROW).to_numpy(),
        np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object),
        said,
        int(np.asarray(batch.column(REPAIRED)).sum()),
        table,
    )


def _coarse(crs: str) -> float | str | None:
    """Metres by which the way to CGCS2000 may be off, "?" if nobody knows, None when it is exact enough."""
    from pyproj.transformer import TransformerGroup

    found = read_crs(crs)
    if same_degrees(crs) or found.ellipsoid is None or abs(found.ellipsoid.semi_major_metre - EARTH_RADIUS_M) < 1:
        return None
    best = TransformerGroup(found, read_crs(STORAGE), always_xy=True).transformers
    accuracy = best[0].accuracy if best else -1
    return None if 0 <= accuracy <= EXACT_M else "?" if accuracy < 0 else round(accuracy)


@cache
def _skipped_drivers() -> str:
    import pyogrio

    return ",".join(sorted(name for name in pyogrio.list_drivers() if name not in DRIVERS))


def _environment(scratch: str) -> dict[str, str]:
    """All the child knows of the world."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1" if not os.access(ROOT, os.W_OK) else "",
        "LC_ALL": "C.UTF-8",
        "HOME": scratch,
        "TMPDIR": scratch,
        "CPL_TMPDIR": scratch,
        "OGR_SKIP": _skipped_drivers(),
        "GDAL_HTTP_PROXY": "http://127.0.0.1:1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "GDAL_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
