"""The process that reads a foreign table: limited, without secrets, and killed without harm.

It gets one JSON request on stdin and writes JSON lines: the header as one row, then lists of rows ``[row, [cell, …]]``,
then ``"end"`` or why the file is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import sys
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
MOST_FIELD: Final = 32 << 20
ZIP: Final = b"PK\x03\x04"
MOST_MERGED: Final = 100_000

LOT: Final = 200
"""Rows sent in one line."""

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
    csv.field_size_limit(MOST_FIELD)
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
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        if sheet is not None and sheet not in book.sheet_names:
            raise FileRefused("spreadsheets.no_sheet", sheet=sheet, known=", ".join(book.sheet_names))
        page = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        merged: dict[int, list[tuple[int, int, int]]] = {}
        for (top, left), (bottom, right) in page.merged_cell_ranges or ():
            for row in range(top, min(bottom, top + MOST_MERGED) + 1):
                merged.setdefault(row, []).append((top, left, right))
        kept: dict[tuple[int, int], str] = {}
        for number, values in enumerate(page.to_python(skip_empty_area=False)):
            cells = [_text(value) for value in values]
            _fill(cells, number, merged, kept)
            if any(cells):
                yield number + 1, cells
    except (python_calamine.CalamineError, ValueError, OSError, IndexError) as error:
        raise FileRefused("spreadsheets.not_a_table", reason=type(error).__name__) from error


def _fill(
    cells: list[str], number: int, merged: dict[int, list[tuple[int, int, int]]], kept: dict[tuple[int, int], str]
) -> None:
    """Give a row what is merged into it; rows and columns from 0."""
    for top, left, right in merged.get(number, ()):
        cells.extend([""] * (right + 1 - len(cells)))
        if number == top:
            kept[top, left] = cells[left]
        for column in range(left, right + 1):
            cells[column] = kept.get((top, left), "")


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO; true is 是.

    Examples
    --------
    >>> _text(3.0), _text(None), _text(dt.datetime(2026, 3, 1, 8)), _text(dt.datetime(2026, 3, 1)), _text(" a ")
    ('3', '', '2026-03-01 08:00:00', '2026-03-01', ' a ')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
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
        say([[number, header]])
        while lot := list(itertools.islice(rows, LOT)):
            say(lot)
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
