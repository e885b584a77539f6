"""CSV in any encoding and with any separator; runs in the child process only."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from geo.layers.readers.archives import MAX_BYTES, MAX_RATIO, RATIO_FREE_BYTES
from geo.layers.readers.child import Opened
from geo.layers.readers.encodings import judge_stream, known_encoding
from geo.layers.readers.points import locate, srid_of
from geo.layers.readers.shape import finish, with_own_columns
from geo.layers.readers.sniff import Format
from geo.layers.reports import FileRefused, FileTooHeavy

SEPARATORS = ",;\t|"
MAX_COLUMNS = 2_000
MAX_FIELD = 64 << 20
BLOCK = 1 << 20
WRONG_WIDTH = "reject.columns"


def open_csv(path: Path, found: Format, request: dict[str, Any]) -> Opened:
    """Open a CSV file with a header line.

    Raises
    ------
    FileRefused
        If it has no header, too many columns, or bytes that its encoding does not have.
    FileTooHeavy
        If it is compressed beyond reason.
    ColumnUnknown
        If no column says where a row lies.
    """
    csv.field_size_limit(MAX_FIELD)
    compressed = found is Format.CSV_GZ
    encoding = known_encoding(request["encoding"] or "") or judge_stream(_blocks(path, compressed))
    notes = [] if encoding.startswith("utf") else [{"code": "layers.encoding_used", "facts": {"encoding": encoding}}]
    # A judged encoding may meet a stray byte and shows it as such; a declared one must fit.
    lines = _lines(path, compressed, encoding, "strict" if request["encoding"] else "replace")
    try:
        first = next(lines, "")
    except UnicodeDecodeError as error:
        raise FileRefused("layers.csv_encoding", encoding=encoding, row=1) from error
    separator = max(SEPARATORS, key=first.count)
    rows = csv.reader(itertools.chain([first], lines), delimiter=separator)
    header = unique_names(next(rows, []))
    if not header or len(header) > MAX_COLUMNS:
        raise FileRefused("layers.csv_header", columns=len(header))
    located = locate(header, request["mapping"])
    start = [] if (row := next(rows, None)) is None else [row]
    crs = located.crs
    if len(located.columns) == 1 and start and len(start[0]) == len(header):
        crs = srid_of(start[0][header.index(located.columns[0])])
    kept = [name for name in header if name not in located.columns]
    bare = pa.schema([pa.field(name, pa.string()) for name in kept])

    def batches() -> Iterator[pa.RecordBatch]:
        first_row, waiting = 1, itertools.chain(start, rows)
        while block := _take(waiting, request["batch_rows"], first_row, encoding):
            columns, flaws = columns_of(block, header)
            wkb, unread = located.geometry({name: columns[name] for name in located.columns}, len(block))
            attributes = pa.RecordBatch.from_arrays([columns[name] for name in kept], schema=bare)
            said = np.where(flaws == None, unread, flaws)  # noqa: E711
            yield finish(first_row, wkb, attributes, said)
            first_row += len(block)

    return Opened({"crs": crs, "rows": None, "notes": notes + located.notes}, with_own_columns(bare), batches(), {})


def _blocks(path: Path, compressed: bool) -> Iterator[bytes]:
    """The file's bytes, decompressed and counted."""
    packed, total = path.stat().st_size, 0
    file: IO[bytes]
    with gzip.open(path, "rb") if compressed else path.open("rb") as file:  # type: ignore[assignment]
        try:
            while block := file.read(BLOCK):
                total += len(block)
                if compressed and (total > MAX_BYTES or total > max(RATIO_FREE_BYTES, MAX_RATIO * packed)):
                    raise FileTooHeavy("layers.zip_too_big", members=1, megabytes=total >> 20)
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileRefused("layers.zip_broken", reason=type(error).__name__) from error


class _Blocks(io.RawIOBase):
    """The blocks as a file that :mod:`io` can decode."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._blocks, b"")
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _lines(path: Path, compressed: bool, encoding: str, errors: str) -> Iterator[str]:
    """Decoded lines; NUL characters, which only damage leaves there, become replacement characters."""
    text = io.TextIOWrapper(io.BufferedReader(_Blocks(_blocks(path, compressed)), BLOCK), encoding, errors, newline="")
    for line in text:
        yield line.replace("\0", "\ufffd") if "\0" in line else line


def _take(rows: Iterator[list[str]], count: int, first_row: int, encoding: str) -> list[list[str]]:
    """The next rows, blank lines left out as every spreadsheet does."""
    taken: list[list[str]] = []
    try:
        for row in rows:
            if row:
                taken.append(row)
                if len(taken) == count:
                    break
    except UnicodeDecodeError as error:
        raise FileRefused("layers.csv_encoding", encoding=encoding, row=first_row + len(taken)) from error
    except csv.Error as error:
        raise FileRefused("layers.file_broken_at", row=first_row + len(taken), reason=str(error)) from error
    return taken


def columns_of(
    block: list[list[str]], header: list[str]
) -> tuple[dict[str, pa.Array], np.ndarray[Any, np.dtype[np.object_]]]:
    """Rows as columns; a row that does not fit the header keeps its place, empty and with its flaw."""
    flaws = np.full(len(block), None, object)
    empty = [""] * len(header)
    for i, row in enumerate(block):
        if len(row) != len(header):
            if len(row) > len(header) and not any(row[len(header) :]):
                block[i] = row[: len(header)]
                continue
            flaws[i], block[i] = f"{WRONG_WIDTH}:{len(row)} / {len(header)}", empty
    columns = zip(*block, strict=True)
    return {name: pa.array(values, pa.string()) for name, values in zip(header, columns, strict=True)}, flaws


def unique_names(header: list[str]) -> list[str]:
    """Column names without blanks and doubles.

    Examples
    --------
    >>> unique_names(["a", "", "a", " b "])
    ['a', 'column_2', 'a_2', 'b']
    """
    seen: Counter[str] = Counter()
    names = []
    for i, name in enumerate(header, start=1):
        name = name.strip() or f"column_{i}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names
