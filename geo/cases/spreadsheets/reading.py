"""Read a table that people send: header and rows, each with its number in the file."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from geo.errors import Invalid
from geo.layers.columns import plain
from geo.layers.reports import FileRefused

ROOT: Final = Path(__file__).resolve().parents[3]
CPU_BASE_S, CPU_S_PER_MB = 30, 20
SILENCE_S: Final = 120.0


class ColumnMissing(Invalid):
    """A column that is needed, or that a mapping names, is not in the file; the facts list those there are."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its number in the file as a spreadsheet shows it, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lot:
    """Rows of a table, n of them: their numbers, and n cells a column."""

    numbers: list[int]
    cells: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read: row by row or in lots of columns, once."""

    header: tuple[str, ...]
    lines: Iterator[list[tuple[int, list[str]]]]

    @property
    def rows(self) -> Iterator[Row]:
        """The rows that were not taken yet."""
        at = {name: place for place, name in reversed(list(enumerate(self.header))) if name}
        for number, cells in itertools.chain.from_iterable(self.lines):
            yield Row(number, {name: cells[place].strip() if place < len(cells) else "" for name, place in at.items()})

    def lots(self, size: int) -> Iterator[Lot]:
        """The same rows as columns, ``size`` at a time but for the last."""
        waiting: list[tuple[int, list[str]]] = []
        for line in self.lines:
            waiting += line
            while len(waiting) >= size:
                yield self._lot(waiting[:size])
                waiting = waiting[size:]
        if waiting:
            yield self._lot(waiting)

    def _lot(self, rows: list[tuple[int, list[str]]]) -> Lot:
        width = len(self.header)
        even = [cells if len(cells) == width else (cells + [""] * width)[:width] for _, cells in rows]
        columns = dict(zip(reversed(self.header), reversed(list(zip(*even, strict=True))), strict=True))
        stripped = {name: [cell.strip() for cell in columns[name]] for name in self.header if name}
        return Lot([number for number, _ in rows], stripped)


@contextlib.contextmanager
def open_table(path: Path, sheet: str | None = None) -> Iterator[Table]:
    """Open a CSV file or an Excel workbook (.xlsx).

    Parameters
    ----------
    sheet
        Of a workbook; the first unless named.

    Yields
    ------
    Table
        Cells are text without spaces around, the first row is the header, empty rows are left out, a column without
        a name is left out, of two of the same name the first counts. Merged cells hold their value in every row.

    Raises
    ------
    FileRefused
        If the file is no table, is broken, or too heavy; also while its rows are gone through.
    """
    megabytes = path.stat().st_size >> 20
    request = {"path": str(path.resolve()), "sheet": sheet, "cpu_s": CPU_BASE_S + CPU_S_PER_MB * megabytes}
    child = subprocess.Popen(
        [sys.executable, "-m", "geo.cases.spreadsheets.child"], cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.close()
        lines = _lines(child)
        (_, header), *_ = next(lines)
        yield Table(tuple(cell.strip() for cell in header), lines)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def find_columns(
    header: Sequence[str], wanted: Mapping[str, Sequence[str]], needed: Sequence[str] = (),
    said: Mapping[str, str] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Field → column, as said or by the names under which a field is known.

    Parameters
    ----------
    wanted
        Field → its names, the best first; compared without case, spaces and separators.
    needed
        Fields that must be there.
    said
        Field → column, which wins over any name.

    Raises
    ------
    ColumnMissing
        If a needed field has no column, or ``said`` names a field or column that is not there.

    Examples
    --------
    >>> find_columns(["工单 编号", "内容"], {"external_id": ["工单编号"], "content": ["诉求内容", "内容"]}, ["content"])
    {'external_id': '工单 编号', 'content': '内容'}
    """
    there = {plain(name): name for name in reversed(header) if name}
    found: dict[str, str] = {}
    for field, column in (said or {}).items():
        if field not in wanted or column not in header:
            raise ColumnMissing(
                "spreadsheets.mapping", field=field, column=column, known=", ".join(filter(None, header))
            )
        found[field] = column
    for field, names in wanted.items():
        column_of = next((there[plain(name)] for name in (field, *names) if plain(name) in there), None)
        if field not in found and column_of is not None and column_of not in found.values():
            found[field] = column_of
    for field in needed:
        if field not in found:
            names_of = "、".join(wanted[field])
            raise ColumnMissing(
                "spreadsheets.column", field=field, names=names_of, columns=", ".join(filter(None, header))
            )
    return {field: found[field] for field in wanted if field in found}


def _lines(child: subprocess.Popen[bytes]) -> Iterator[list[tuple[int, list[str]]]]:
    """What the child says, until it says that it is done; silence for too long ends it."""
    assert child.stdout is not None
    while True:
        watch = threading.Timer(SILENCE_S, child.kill)
        watch.start()
        try:
            line = child.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            raise FileRefused("spreadsheets.stopped")
        said = orjson.loads(line)
        if said == "end":
            return
        if isinstance(said, dict):
            raise FileRefused(said["code"], **said["facts"])
        yield said
