"""Excel workbooks, old and new, as rows of text; runs in a child process only."""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.layers.readers.archives import check_growth
from geo.layers.reports import FileRefused

if TYPE_CHECKING:
    from geo.layers.readers.child import Opened

MOST_MERGED = 100_000
MOST_COLUMNS = 2_000
TITLES = 20
"""Rows above the headings that may hold a title merged over the sheet, a date, a unit."""

Rows = Iterator[tuple[int, list[str]]]


def open_workbook(path: Path, request: dict[str, Any]) -> Opened:
    """Open the one sheet, or the chosen one; a row's number is counted from the row of headings, as the sheet shows it.

    Raises
    ------
    FileRefused
        If it is no workbook, has no such sheet, or several with content and none is chosen, or no headings.
    ColumnUnknown
        If no column says where a row lies.
    """
    import numpy as np
    import pyarrow as pa

    from geo.layers.batches import ROW
    from geo.layers.readers.child import Opened
    from geo.layers.readers.points import locate, srid_of
    from geo.layers.readers.shape import finish, with_own_columns
    from geo.layers.readers.tables import columns_of, unique_names

    top, header, rows = find_header(sheet_rows(path, request["layer"]))
    header = unique_names(header)
    if len(header) > MOST_COLUMNS:
        raise FileRefused("layers.csv_header", columns=len(header))
    located = locate(header, request["mapping"])
    start = list(itertools.islice(rows, 1))
    crs = located.crs
    if len(located.columns) == 1 and start:
        place = header.index(located.columns[0])
        crs = srid_of(start[0][1][place]) if place < len(start[0][1]) else None
    kept = [name for name in header if name not in located.columns]
    bare = pa.schema([pa.field(name, pa.string()) for name in kept])
    notes = located.notes + ([{"code": "layers.header_row", "facts": {"row": top}}] if top > 1 else [])

    def batches() -> Iterator[pa.RecordBatch]:
        waiting = itertools.chain(start, rows)
        while block := list(itertools.islice(waiting, request["batch_rows"])):
            cells = [row + [""] * (len(header) - len(row)) for _, row in block]
            columns, flaws = columns_of(cells, header)
            wkb, unread = located.geometry({name: columns[name] for name in located.columns}, len(block))
            attributes = pa.RecordBatch.from_arrays([columns[name] for name in kept], schema=bare)
            said = np.where(flaws == None, unread, flaws)  # noqa: E711
            batch = finish(1, wkb, attributes, said)
            numbers = pa.array([number - top for number, _ in block], pa.int64())
            yield batch.set_column(batch.schema.get_field_index(ROW), ROW, numbers)

    return Opened({"crs": crs, "rows": None, "notes": notes}, with_own_columns(bare), batches(), {})


def find_header(rows: Rows) -> tuple[int, list[str], Rows]:
    """The row of headings, its number, and the rows below: the first that holds more than one thing; a title holds one.

    Where none does, it is the first row of all.

    Raises
    ------
    FileRefused
        If there is no row.

    Examples
    --------
    >>> rows = [(1, ["路灯台账", "路灯台账"]), (3, ["编号", "经度"]), (4, ["A", "1"])]
    >>> number, header, below = find_header(iter(rows))
    >>> number, header, list(below)
    (3, ['编号', '经度'], [(4, ['A', '1'])])
    """
    seen: list[tuple[int, list[str]]] = []
    for number, cells in itertools.islice(rows, TITLES):
        if len({cell.strip() for cell in cells} - {""}) > 1:
            return number, cells, rows
        seen.append((number, cells))
    if not seen:
        raise FileRefused("layers.no_headings", rows=TITLES)
    return *seen[0], itertools.chain(seen[1:], rows)


def sheet_rows(path: Path, sheet: str | None) -> Rows:
    """Rows of a sheet, the first unless named, with their number as the sheet shows it; empty rows are left out.

    A merged cell's value stands in all its rows and columns.

    Raises
    ------
    FileRefused
        If it is no workbook, or has no such sheet.
    FileTooHeavy
        If it would grow too big.
    """
    import python_calamine

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                check_growth(packed.infolist(), path.stat().st_size)
        with path.open("rb") as file:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
            if sheet is not None and sheet not in book.sheet_names:
                raise FileRefused("spreadsheets.no_sheet", sheet=sheet, known=", ".join(book.sheet_names))
            page = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
            merges = _Merges(page.merged_cell_ranges or ())
            # The library leaves empty columns on the left out, but no empty rows above.
            left_out = [""] * (page.start or (0, 0))[1]
            for number, values in enumerate(page.iter_rows()):
                cells = left_out + [value if type(value) is str else cell_text(value) for value in values]
                merges.fill(cells, number)
                if any(cells):
                    yield number + 1, cells
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError, IndexError) as error:
        raise FileRefused("spreadsheets.not_a_table", reason=type(error).__name__) from error


class _Merges:
    """Merged cells of a sheet whose rows come one after the other; rows and columns from 0.

    Parameters
    ----------
    ranges
        Each as ((top, left), (bottom, right)), in any order; rows past :data:`MOST_MERGED` of one stay empty.
    """

    def __init__(self, ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        self._coming = sorted(ranges, reverse=True)
        self._open: list[tuple[int, int, int, str]] = []

    def fill(self, cells: list[str], number: int) -> None:
        """Give a row what is merged into it."""
        while self._coming and self._coming[-1][0][0] <= number:
            (top, left), (bottom, right) = self._coming.pop()
            cells.extend([""] * (left + 1 - len(cells)))
            self._open.append((min(bottom, top + MOST_MERGED), left, right, cells[left]))
        if not self._open:
            return
        for _, left, right, value in self._open:
            cells.extend([""] * (right + 1 - len(cells)))
            cells[left : right + 1] = [value] * (right + 1 - left)
        self._open = [one for one in self._open if one[0] > number]


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO; true is 是.

    Examples
    --------
    >>> said = 3.0, None, dt.datetime(2026, 3, 1, 8), dt.datetime(2026, 3, 1), " a "
    >>> [cell_text(value) for value in said]
    ['3', '', '2026-03-01 08:00:00', '2026-03-01', ' a ']
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
