"""The process that reads a foreign file: limited, without secrets, and killed without harm.

It gets one JSON request on stdin, writes an Arrow stream on stdout, and ends with one JSON line on
stderr: what was left out, or why the file is refused. Nothing here imports more than it needs: the
process starts for every file.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MARK = "\x1epianqu "
"""Stands before the closing line, so that what a library prints is not taken for it."""

MEMORY_BYTES = 1536 << 20
FILE_BYTES = 4 << 30
OPEN_FILES = 128


@dataclass(slots=True)
class Opened:
    """A file ready to be streamed: what is known of it before its first row, and its batches.

    ``about`` holds ``crs`` (text or None), ``rows`` (or None) and ``notes``; ``schema`` is that of the batches,
    which carry the columns of :mod:`geo.layers.batches` beside the file's own.
    """

    about: dict[str, Any]
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    closing: dict[str, Any]


def limit(cpu_s: int) -> None:
    """Take away what a reader does not need; children of the file's making die with us."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def open_request(request: dict[str, Any]) -> Opened:
    """Open the request's file with the reader of its format."""
    from geo.layers.readers.sniff import OSM_FORMATS, Format

    path, found = Path(request["path"]), Format(request["format"])
    if found is Format.ZIP:
        from geo.layers.readers.archives import unpack

        path, found = unpack(path, Path(request["scratch"]), request["layer"])
        request = request | {"layer": None}
    if found in OSM_FORMATS:
        from geo.layers.readers.osm import open_osm

        return open_osm(path, found, request)
    if found in (Format.CSV, Format.CSV_GZ):
        from geo.layers.readers.tables import open_csv

        return open_csv(path, found, request)
    if found is Format.WORKBOOK:
        from geo.layers.readers.workbooks import open_workbook

        return open_workbook(path, request)
    if found is Format.KML:
        from geo.layers.readers.kml import open_kml

        return open_kml(path, request)
    if found is Format.DXF:
        from geo.layers.readers.drawings import open_drawing

        return open_drawing(path, request)
    if found is Format.PARQUET:
        from geo.layers.readers.parquet import open_parquet

        return open_parquet(path, request)
    from geo.layers.readers.vectors import open_vectors

    return open_vectors(path, found, request)


def main() -> int:
    """Serve one request; 0 when the stream is whole, 3 when the file is refused."""
    request = json.loads(sys.stdin.buffer.readline())
    limit(request["cpu_s"])
    from geo.errors import PianquError

    try:
        import pyarrow as pa

        opened = open_request(request)
        schema = opened.schema.with_metadata({b"pianqu": json.dumps(opened.about).encode()})
        with pa.ipc.new_stream(sys.stdout.buffer, schema) as stream:
            for batch in opened.batches:
                stream.write_batch(batch.replace_schema_metadata(schema.metadata))
        sys.stdout.buffer.flush()
    except PianquError as error:
        return _end(3, {"code": error.code, "facts": error.facts, "kind": error.kind})
    except MemoryError:
        return _end(3, {"code": "layers.too_heavy", "facts": {"what": "memory"}, "kind": "too_large"})
    except BrokenPipeError:
        return 4
    return _end(0, opened.closing)


def _end(code: int, said: dict[str, Any]) -> int:
    sys.stderr.write(f"\n{MARK}{json.dumps(said, ensure_ascii=True, default=str)}\n")
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
