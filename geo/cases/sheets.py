"""Write a table as bureaus want it: CSV that Excel opens without asking, or an .xlsx workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from geo.cases.workbooks import to_workbook
from geo.errors import Invalid

SUFFIXES: Final = (".csv", ".xlsx")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class SheetUnknown(Invalid):
    """The file's name ends in nothing we write."""


def write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "Sheet1") -> int:
    """Write rows under their headings; replaces the file when whole. Returns how many.

    Parameters
    ----------
    path
        Ends in ``.csv`` (UTF-8 with a mark, as Excel wants it) or ``.xlsx``.
    rows
        Texts, whole numbers, fractions, days and moments; None is an empty cell. A text that a spreadsheet would
        take for a formula is written with an apostrophe before it.

    Raises
    ------
    SheetUnknown
        If the name ends in neither.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SheetUnknown("sheets.suffix", file=path.name, known=", ".join(SUFFIXES))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    plain = [[_cell(value) for value in row] for row in rows]
    beside.write_bytes(_csv(columns, plain) if suffix == ".csv" else to_workbook(columns, plain, title))
    beside.replace(path)
    return len(plain)


def _cell(value: Any) -> Any:
    """A value as a cell holds it.

    Examples
    --------
    >>> _cell("=1+1"), _cell(None), _cell(dt.date(2026, 3, 1)), _cell(3)
    ("'=1+1", '', '2026-03-01', 3)
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
