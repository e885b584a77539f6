"""Units, staff and vehicles as bureaus have them in tables, CSV or Excel with Chinese or English headings."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Invalid
from geo.layers.readers.encodings import MARKS
from geo.layers.readers.sniff import is_workbook

if TYPE_CHECKING:
    from pandas import DataFrame

STAFF: Final = {
    "code": ("工号", "编号"),
    "name": ("姓名",),
    "kind": ("人员类别", "类别"),
    "org": ("单位编号", "中队"),
    "licence_no": ("执法证号", "证号"),
    "licence_from_on": ("发证日期",),
    "licence_to_on": ("有效期至", "证件有效期"),
}
VEHICLES: Final = {
    "code": ("车辆编号", "车牌"),
    "kind": ("车辆类别", "类别"),
    "seats": ("座位", "座位数"),
    "org": ("单位编号",),
}
UNITS: Final = {
    "code": ("单位编号", "编号"),
    "name": ("单位名称", "名称"),
    "kind": ("层级", "类别"),
    "parent": ("上级编号", "上级单位", "上级"),
    "districts": ("片区", "片区编号", "责任片区"),
}
NEEDED: Final = {"units": ("code", "name", "kind"), "staff": ("code", "name", "kind"), "vehicles": ("code", "kind")}
KINDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "units": {
        "bureau": ("bureau", "局"),
        "brigade": ("brigade", "大队"),
        "squadron": ("squadron", "squad", "中队"),
        "town": ("town", "镇街", "乡镇", "街道"),
    },
    "staff": {
        "regular": ("regular", "在编", "正式", "执法人员"),
        "auxiliary": ("auxiliary", "辅助", "协管", "协管员", "辅助人员"),
    },
    "vehicles": {"car": ("car", "汽车", "轿车", "皮卡"), "ebike": ("ebike", "e-bike", "电动车", "电瓶车")},
}
Lines = tuple[list[str], Iterable[tuple[int, Sequence[str]]]]
"""Headings, and rows with their number below them (headings are row 1)."""

USUAL_SEATS: Final = {"car": 5, "ebike": 1}


class ColumnsMissing(Invalid):
    """The table lacks columns it cannot do without; the facts list them and what was found."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its number in the file (headings are row 1), the field, why, with facts."""

    row: int
    field: str
    code: str
    value: str


class NotATable(Invalid):
    """The file is no text table, or some of its bytes are no text; the message says the mend."""


def read_staff(path: Path) -> tuple[DataFrame, list[BadRow]]:
    """Read a staff table.

    Returns
    -------
    tuple
        The good rows in file order, and the bad ones. Of the columns of
        :func:`geo.organisation.actions.save_organisation` the frame has those the file has: a file without
        licences says nothing about licences. A licence needs its number and last day both, and only regular
        staff have one; a file with one of the two columns, all empty, has neither.

    Raises
    ------
    ColumnsMissing
        If there is no column for number, name or kind.
    NotATable
        If it is a workbook, or its bytes are neither UTF-8 nor GB 18030.
    """
    frame, bad = _read(path, "staff", STAFF, _staff_row)
    halves = {"licence_no", "licence_to_on"}
    return (frame if halves <= set(frame) else frame.drop(columns=halves & set(frame))), bad


def read_units(path: Path) -> tuple[DataFrame, list[BadRow]]:
    """Read a table of units, parents anywhere in it. As :func:`read_staff`.

    Returns
    -------
    tuple
        The good rows, parents before children, with the columns the file has (``parent`` a code or none,
        ``districts`` a list of codes or none where the cell is empty), and the bad rows, among them circles.
    """
    frame, bad = _read(path, "units", UNITS, _unit_row)
    if "parent" not in frame or bad:
        return frame, bad
    above = dict(zip(frame["code"], frame["parent"], strict=True))
    depth: dict[str, int] = {}
    for at, code in enumerate(frame["code"]):
        way = [code]
        while (parent := above.get(way[-1])) is not None and parent not in way:
            way.append(parent)
        if parent is not None:
            bad.append(BadRow(at + 2, "parent", "organisation.row_circle", code))
        depth[code] = len(way)
    return frame.iloc[frame["code"].map(depth).argsort(kind="stable")], bad


def read_vehicles(path: Path) -> tuple[DataFrame, list[BadRow]]:
    """Read a vehicle table; an empty seat is 5 for a car and 1 for an e-bike. As :func:`read_staff`."""
    return _read(path, "vehicles", VEHICLES, _vehicle_row)


def _read(path: Path, what: str, columns: Mapping[str, tuple[str, ...]], take: Any) -> tuple[DataFrame, list[BadRow]]:
    import pandas

    headings, rows = _workbook(path) if is_workbook(path) else _table(path)
    place = {name: at for name, words in columns.items() if (at := _find(headings, (name, *words))) is not None}
    missing = [name for name in NEEDED[what] if name not in place]
    if missing:
        wanted = ", ".join(f"{name}({columns[name][0]})" for name in missing)
        raise ColumnsMissing("organisation.columns_missing", columns=wanted, found=", ".join(headings) or "-")
    good: list[dict[str, Any]] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cells[at].strip() if at < len(cells) else "" for name, at in place.items()}
        problem = _common(what, row, seen) or take(row)
        if problem:
            bad.append(BadRow(number, *problem))
        else:
            seen.add(row["code"])
            good.append(row)
    return pandas.DataFrame(good, columns=[name for name in columns if name in place], dtype=object), bad


def _table(path: Path) -> Lines:
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    return [heading.strip() for heading in next(reader, [])], enumerate(reader, start=2)


def _workbook(path: Path) -> Lines:
    """The first sheet; a merged cell's value stands in all its rows, so units need not be written again."""
    from geo.layers.readers.parent import open_file
    from geo.layers.readers.points import NO_PLACE
    from geo.layers.reports import ImportOptions

    with open_file(path, ImportOptions(mapping={"address": NO_PLACE})) as raw:
        batches = list(raw.batches())
        rows = [
            (int(number) + 1, [cell or "" for cell in cells])
            for batch in batches
            for number, cells in zip(
                batch.rows,
                zip(*(column.to_pylist() for column in batch.columns.columns), strict=True),
                strict=True,
            )
        ]
        return raw.columns, rows


def _text(path: Path) -> str:
    """The table's text in UTF-8, UTF-16 with a mark, or GB 18030; never one with letters lost or made up."""
    content = path.read_bytes()
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8":
        shown = content.decode(errors="replace")
        lost = shown.count("\ufffd")
        # Of Chinese in GBK hardly a byte is right in UTF-8. Where most is, some bytes were broken on the way,
        # and GB 18030, which finds a sign for almost any pair, would make other names of them.
        if lost and 2 * lost >= sum(letter > "\x7f" for letter in shown):
            encoding = "gb18030"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise NotATable("organisation.encoding", file=path.name, row=row, encoding=encoding) from None


def _find(headings: list[str], words: tuple[str, ...]) -> int | None:
    lowered = [heading.lower() for heading in headings]
    return next((lowered.index(word.lower()) for word in words if word.lower() in lowered), None)


def _common(what: str, row: dict[str, Any], seen: set[str]) -> tuple[str, str, str] | None:
    """Check and translate what every table has; the problem as (field, code, value), or None."""
    for name in NEEDED[what]:
        if not row[name]:
            return name, "organisation.row_empty", ""
    if row["code"] in seen:
        return "code", "organisation.row_twice", row["code"]
    kinds = {word: kind for kind, words in KINDS[what].items() for word in words}
    if row["kind"].lower() not in kinds:
        return "kind", "organisation.row_kind", row["kind"]
    row.update(kind=kinds[row["kind"].lower()], org=row.get("org") or None)
    return None


def _staff_row(row: dict[str, Any]) -> tuple[str, str, str] | None:
    row["licence_no"] = row.get("licence_no") or None
    for name in ("licence_from_on", "licence_to_on"):
        text = row.get(name) or ""
        row[name] = _date(text)
        if text and row[name] is None:
            return name, "organisation.row_date", text
    if row["licence_no"] and row["kind"] != "regular":
        return "licence_no", "organisation.row_auxiliary_licence", row["code"]
    if (row["licence_no"] is None) != (row["licence_to_on"] is None):
        return "licence_to_on", "organisation.row_licence_half", row["code"]
    return None


def _unit_row(row: dict[str, Any]) -> tuple[str, str, str] | None:
    row.pop("org", None)
    if "parent" in row:
        row["parent"] = row["parent"] or None
    if "districts" in row:
        row["districts"] = [code for code in re.split(r"[、,，;；\s]+", row["districts"]) if code] or None
    return None


def _vehicle_row(row: dict[str, Any]) -> tuple[str, str, str] | None:
    seats = row.get("seats") or str(USUAL_SEATS[row["kind"]])
    if not (seats.isascii() and seats.isdigit() and 1 <= int(seats) <= 60):
        return "seats", "organisation.row_seats", seats
    row["seats"] = int(seats)
    return None


def _date(text: str) -> dt.date | None:
    """``2027-06-30``, ``2027/6/30``, ``2027.6.30``, ``20270630`` or ``2027年6月30日``; None when it is none of them.

    Examples
    --------
    >>> _date("2027年6月30日"), _date("20270630"), _date("30.6.2027")
    (datetime.date(2027, 6, 30), datetime.date(2027, 6, 30), None)
    """
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    found = re.fullmatch(r"([0-9]{4})-?([0-9]{1,2})-?([0-9]{1,2})", plain)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
