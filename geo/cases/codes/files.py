"""Tables a bureau keeps, as CSV with Chinese or English headings: read and checked row by row, written back alike."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from geo.errors import Invalid, NotFound
from geo.layers.readers.encodings import MARKS, judge

MOST_ROWS: Final = 100_000
SAID: Final = 20
"""So many bad rows are named in an error; its facts say how many there are."""


class UnknownTable(NotFound):
    """There is no such table; the facts list those there are."""


class TableRefused(Invalid):
    """Nothing of a table was taken; the facts hold each bad row with its field, value and reason."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its number in the file (headings are row 1), the field, why, and what stood there."""

    row: int
    field: str
    code: str
    value: str

    def plain(self) -> dict[str, Any]:
        """As facts of an error."""
        return {"row": self.row, "field": self.field, "code": self.code, "value": self.value}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its headings in files, whether each row needs it, and how its text is read.

    ``read`` gives the value or raises ``ValueError``; ``empty`` is the value of an empty cell that is not needed.
    """

    name: str
    zh: tuple[str, ...]
    needed: bool = False
    empty: Any = None
    read: Callable[[str], Any] = str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table: its columns, and which of them name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = field(default=())


def read_sheet(sheet: Sheet, content: bytes) -> list[dict[str, Any]]:
    """The rows of a table, each with ``row``, its number in the file.

    Parameters
    ----------
    content
        CSV in UTF-8, UTF-16 with a mark, or GB 18030; separated by commas, semicolons or tabs.

    Raises
    ------
    TableRefused
        If it is no text, a column is missing, or any row is bad or names the same key as another.

    Examples
    --------
    >>> sheet = Sheet("x", (Column("code", ("代码",), needed=True), Column("n", ("数",), read=int)), ("code",))
    >>> read_sheet(sheet, "代码,数\\n04-01,2\\n".encode())
    [{'code': '04-01', 'n': 2, 'row': 2}]
    >>> read_sheet(sheet, "代码,数\\n04-01,two\\n".encode())
    Traceback (most recent call last):
    geo.cases.codes.files.TableRefused: codes.refused: ...
    """
    reader = csv.reader(io.StringIO(_text(sheet, content), newline=""), delimiter=_separator(content))
    headings = [heading.strip().lstrip("\ufeff").casefold() for heading in next(reader, [])]
    at = {column.name: _place(headings, column) for column in sheet.columns}
    if missing := [f"{c.name}({c.zh[0]})" for c in sheet.columns if c.needed and at[c.name] is None]:
        raise TableRefused(
            "codes.columns_missing", table=sheet.name, columns=", ".join(missing), found=", ".join(headings) or "-"
        )
    good: list[dict[str, Any]] = []
    bad: list[BadRow] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if number > MOST_ROWS:
            raise TableRefused("codes.too_long", table=sheet.name, most=MOST_ROWS)
        row, faults = _row(sheet, at, cells, number)
        key = tuple(row.get(name) for name in sheet.key)
        if not faults and key and key in seen:
            faults = [BadRow(number, sheet.key[0], "codes.row_twice", str(seen[key]))]
        bad += faults
        if not faults:
            seen[key] = number
            good.append(row)
    refuse(sheet.name, bad)
    return good


def refuse(table: str, bad: Sequence[BadRow]) -> None:
    """Raise if there are bad rows.

    Raises
    ------
    TableRefused
        With the first twenty of them and how many there are.
    """
    if bad:
        first = "; ".join(f"{one.row} {one.field}={one.value}" for one in bad[:3])
        rows = [one.plain() for one in bad[:SAID]]
        raise TableRefused("codes.refused", table=table, count=len(bad), first=first, rows=rows)


def write_sheet(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> str:
    """A table as CSV with Chinese headings and a mark, as spreadsheets want it; reading it back gives the same rows.

    Examples
    --------
    >>> sheet = Sheet("x", (Column("code", ("代码",)), Column("n", ("数",))))
    >>> write_sheet(sheet, [{"code": "04-01", "n": None}])
    '\\ufeff代码,数\\r\\n04-01,\\r\\n'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.zh[0] for column in sheet.columns])
    for row in rows:
        writer.writerow(["" if row.get(c.name) is None else row[c.name] for c in sheet.columns])
    return "\ufeff" + out.getvalue()


def one_of(words: Mapping[str, Sequence[str]]) -> Callable[[str], str]:
    """A reader of a choice by its own name or any of its words.

    Examples
    --------
    >>> one_of({"event": ("事件",), "component": ("部件",)})("部件")
    'component'
    """
    known = {word.casefold(): value for value, said in words.items() for word in (value, *said)}

    def read(text: str) -> str:
        try:
            return known[text.casefold()]
        except KeyError:
            raise ValueError(text) from None

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from ``least`` to ``most``, full-width digits too.

    Examples
    --------
    >>> whole(1, 99)("２４")
    24
    """

    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return read


def day(text: str) -> dt.date:
    """A date as ``2026-10-01``, ``2026/10/1``, ``2026.10.1``, ``20261001`` or ``2026年10月1日``.

    Examples
    --------
    >>> day("2026年10月1日"), day("20261001") == day("2026/10/1")
    (datetime.date(2026, 10, 1), True)
    """
    plain = text.strip().translate(str.maketrans("年月/.", "----", "日"))
    if plain.isdigit() and len(plain) == 8:
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    year, month, on = plain.split("-")
    return dt.date(int(year), int(month), int(on))


def _text(sheet: Sheet, content: bytes) -> str:
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), None) or judge(content)
    try:
        text = content.decode("gb18030" if encoding == "cp1252" else encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise TableRefused("codes.encoding", table=sheet.name, row=row) from None
    if "\0" in text:
        raise TableRefused("codes.encoding", table=sheet.name, row=text[: text.index("\0")].count("\n") + 1)
    return text


def _separator(content: bytes) -> str:
    head = content.split(b"\n", 1)[0]
    return max((",", ";", "\t"), key=lambda sign: head.count(sign.encode()))


def _place(headings: Sequence[str], column: Column) -> int | None:
    words = [word.casefold() for word in (column.name, *column.zh)]
    return next((headings.index(word) for word in words if word in headings), None)


def _row(
    sheet: Sheet, at: Mapping[str, int | None], cells: Sequence[str], number: int
) -> tuple[dict[str, Any], list[BadRow]]:
    row: dict[str, Any] = {}
    bad: list[BadRow] = []
    for column in sheet.columns:
        place = at[column.name]
        said = cells[place].strip() if place is not None and place < len(cells) else ""
        if not said:
            row[column.name] = column.empty
            bad += [BadRow(number, column.name, "codes.row_empty", "")] if column.needed else []
            continue
        try:
            row[column.name] = column.read(said)
        except ValueError:
            bad.append(BadRow(number, column.name, "codes.row_value", said[:60]))
    return {**row, "row": number}, bad
