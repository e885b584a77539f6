"""The process that reads a foreign table: limited, without secrets, and killed without harm.

It gets one JSON request on stdin and writes JSON lines: the header, then ``[row, [cell, …]]``, then ``"end"`` or why
the file is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo.errors import PianquError
from geo.layers.readers.child import limit
from geo.layers.readers.encodings import judge_stream
from geo.layers.reports import FileRefused

SEPARATORS: Final = ",;\t|"
MOST_COLUMNS: Final = 500
BLOCK: Final = 1 << 20
MOST_BYTES: Final = 2 << 30
ZIP: Final = b"PK\x03\x04"
MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
TAIL: Final = 4 << 20

Rows = Iterator[tuple[int, list[str]]]


def rows_of(path: Path, sheet: str | None) -> Rows:
    """Rows with their number in the file, from 1, the header among them; empty rows are left out.

    Raises
    ------
    FileRefused
        If it is neither CSV nor an Excel workbook, or has no such sheet.
    """
    with path.open("rb") as file:
        start = file.read(4)
    return _workbook(path, sheet) if start == ZIP else _csv(path)


def _csv(path: Path) -> Rows:
    csv.field_size_limit(MOST_BYTES >> 6)
    with path.open("rb") as raw:
        encoding = judge_stream(iter(lambda: raw.read(BLOCK), b""))
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline()
        separator = max(SEPARATORS, key=first.count)
        file.seek(0)
        reader = csv.reader((line.replace("\0", "�") for line in file), delimiter=separator)
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, [cell.removeprefix("﻿") for cell in row]
        except csv.Error as error:
            raise FileRefused("spreadsheets.broken", row=reader.line_num, reason=str(error)) from error


def _workbook(path: Path, sheet: str | None) -> Rows:
    """Rows of a sheet, the first unless named; a merged cell's value stands in all its rows and columns."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        # As an open file: by its path a workbook without .xlsx at the end would be refused.
        book = openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True)
        names = [one.title for one in book.worksheets]
        if sheet is not None and sheet not in names:
            raise FileRefused("spreadsheets.no_sheet", sheet=sheet, known=", ".join(names))
        page: Any = book[sheet or names[0]]
        merged = _merged(path, page._worksheet_path)
        page.reset_dimensions()
        kept: dict[tuple[int, int], str] = {}
        for number, row in enumerate(page.iter_rows(values_only=True), 1):
            cells = [_text(value) for value in row]
            _fill(cells, number, merged, kept)
            if any(cells):
                yield number, cells
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, EOFError) as error:
        raise FileRefused("spreadsheets.not_a_table", reason=type(error).__name__) from error


def _merged(path: Path, member: str) -> dict[int, list[tuple[int, int, int]]]:
    """By row: (first row, first column, last column) of the merged cells that reach into it; columns from 0."""
    with zipfile.ZipFile(path) as archive, archive.open(member.lstrip("/")) as file:
        tail, size = b"", 0
        while block := file.read(BLOCK):
            size += len(block)
            if size > MOST_BYTES:
                raise FileRefused("spreadsheets.too_big", megabytes=size >> 20)
            tail = (tail + block)[-TAIL:]
    found: dict[int, list[tuple[int, int, int]]] = {}
    for left, top, right, bottom in MERGED.findall(tail):
        for row in range(int(top), min(int(bottom), int(top) + 100_000) + 1):
            found.setdefault(row, []).append((int(top), _column(left), _column(right)))
    return found


def _fill(
    cells: list[str], number: int, merged: dict[int, list[tuple[int, int, int]]], kept: dict[tuple[int, int], str]
) -> None:
    for top, left, right in merged.get(number, ()):
        cells.extend([""] * (right + 1 - len(cells)))
        if number == top:
            kept[top, left] = cells[left]
        for column in range(left, right + 1):
            cells[column] = kept.get((top, left), "")


def _column(letters: bytes) -> int:
    """``AB`` → 27.

    Examples
    --------
    >>> _column(b"A"), _column(b"AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number - 1


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO.

    Examples
    --------
    >>> _text(3.0), _text(None), _text(dt.datetime(2026, 3, 1, 8)), _text(dt.datetime(2026, 3, 1)), _text(" a ")
    ('3', '', '2026-03-01 08:00:00', '2026-03-01', ' a ')
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return str(value.date() if value.time() == dt.time() else value.replace(microsecond=0))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def main() -> int:
    """Serve one request; 0 when every row was sent, 3 when the file is refused."""
    request = json.loads(sys.stdin.buffer.readline())
    limit(request["cpu_s"])
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", write_through=False)

    def say(what: object) -> None:
        out.write(json.dumps(what, ensure_ascii=False) + "\n")

    code = 0
    try:
        rows = rows_of(Path(request["path"]), request["sheet"])
        number, header = next(rows, (0, []))
        if not any(cell.strip() for cell in header) or len(header) > MOST_COLUMNS:
            raise FileRefused("spreadsheets.no_header", columns=len(header))
        say([number, header])
        for row in rows:
            say(row)
        say("end")
    except PianquError as error:
        say({"code": error.code, "facts": error.facts})
        code = 3
    except MemoryError:
        say({"code": "spreadsheets.too_big", "facts": {"megabytes": Path(request["path"]).stat().st_size >> 20}})
        code = 3
    except BrokenPipeError:
        return 4
    out.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
