"""The process that reads a foreign table: limited, without secrets, and killed without harm.

It gets one JSON request on stdin and writes JSON lines: the header as one row, then lists of rows ``[row, [cell, …]]``,
then ``"end"`` or why the file is refused.
"""

from __future__ import annotations

import csv
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from geo.errors import PianquError
from geo.layers.readers.child import limit
from geo.layers.readers.encodings import judge_stream
from geo.layers.readers.sniff import ZIP_MAGIC, is_workbook
from geo.layers.readers.workbooks import find_header, sheet_rows
from geo.layers.reports import FileRefused

SEPARATORS: Final = ",;\t|"
MOST_COLUMNS: Final = 500
BLOCK: Final = 1 << 20
MOST_FIELD: Final = 32 << 20

LOT: Final = 1000
"""Rows sent in one line."""

Rows = Iterator[tuple[int, list[str]]]


def rows_of(path: Path, sheet: str | None) -> Rows:
    """Rows with their number in the file, from 1, the header among them; empty rows are left out.

    Raises
    ------
    FileRefused
        If it is neither CSV nor an Excel workbook, or has no such sheet.
    """
    return sheet_rows(path, sheet) if _is_zipped(path) or is_workbook(path) else _csv(path)


def _is_zipped(path: Path) -> bool:
    """A zip is no table of text: the reader of workbooks says what is wrong with it."""
    with path.open("rb") as file:
        return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC


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


def main() -> int:
    """Serve one request; 0 when every row was sent, 3 when the file is refused."""
    request = json.loads(sys.stdin.buffer.readline())
    limit(request["cpu_s"])
    out = sys.stdout.buffer

    def say(what: object) -> None:
        out.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))

    code = 0
    try:
        rows = rows_of(Path(request["path"]), request["sheet"])
        number, header = next(rows, (0, []))
        if is_workbook(Path(request["path"])) and number:
            number, header, rows = find_header(itertools.chain([(number, header)], rows))
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
