"""Rests of the kinds of shift, set by the bureau: one at a time, or a table of them; from a day on, older ones stay."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.calendars import DAY_S
from geo.db.changes import write_change
from geo.errors import Invalid
from geo.patrol.demand.book import queries
from geo.patrol.demand.book.rules import BadRule
from geo.patrol.demand.queries import seconds_of
from geo.patrol.demand.rests import BreakRule, hours_of, window_of
from geo.patrol.queries import list_shift_kinds

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.queries import ShiftKindRow

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "shift": ("shift", "班次", "班次代码", "班次名称"),
    "name": ("name", "休息名称", "休息", "名称"),
    "minutes": ("minutes", "休息分钟", "分钟", "时长"),
    "from": ("from", "最早开始", "最早"),
    "to": ("to", "最晚开始", "最晚"),
}
MOST_MIN: Final = 240


class BreaksUnreadable(Invalid):
    """The file is no table of rests; the facts name the columns it must have."""


@dataclass(frozen=True, slots=True)
class BreakDraft:
    """A rest as somebody wrote it; ``shift`` is the code or the name of a kind of shift, ``minutes`` 0 ends it."""

    shift: str
    name: str
    minutes: int
    from_time: dt.time
    to_time: dt.time


@dataclass(frozen=True, slots=True)
class BadBreakRow:
    """A row that cannot be taken, with why."""

    row: int
    error: Invalid


def read_clock(text: str, field: str) -> dt.time:
    """A clock time as people write it.

    Raises
    ------
    BadRule
        If it is none.

    Examples
    --------
    >>> read_clock("11:30", "from"), read_clock("9：05", "from"), read_clock("12点", "to")
    (datetime.time(11, 30), datetime.time(9, 5), datetime.time(12, 0))
    """
    found = re.fullmatch(r"([0-9]{1,2})(?:[:时点]([0-9]{2})?分?)?", text.strip().replace("：", ":"))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise BadRule("demand.bad_rule", field=field, value=text or "-", allowed="HH:MM")
    return dt.time(hour, minute)


def set_break(session: Session, tenant: str, draft: BreakDraft, from_on: dt.date, actor: str = "system") -> str:
    """Set a rest that every team of a kind of shift takes, from a day on; the code of the shift.

    Raises
    ------
    BadRule
        If there is no such shift, it has no name, its minutes are out of bounds, or it cannot be taken within the
        shift whenever it may begin.
    """
    code = _checked(draft, list_shift_kinds(session))
    _save(session, tenant, draft, code, from_on, actor)
    return code


def import_breaks(
    database: Database, tenant: str, path: Path, from_on: dt.date, actor: str = "system"
) -> tuple[int, list[BadBreakRow]]:
    """Take a table of rests (班次, 休息名称, 分钟, 最早开始, 最晚开始), all rows or, if any is bad, none.

    Returns
    -------
    tuple
        How many were written, and the bad rows; headings are row 1.

    Raises
    ------
    BreaksUnreadable
        If the file is no table with these columns.
    """
    drafts = read_breaks(path)
    bad: list[BadBreakRow] = []
    good: list[tuple[BreakDraft, str]] = []
    with database.begin(tenant) as session:
        kinds = list_shift_kinds(session)
        for row, draft in drafts:
            try:
                if isinstance(draft, Invalid):
                    raise draft
                code = _checked(draft, kinds)
                if (code, draft.name) in [(other, one.name) for one, other in good]:
                    raise BadRule("demand.bad_rule", field="name", value=draft.name, allowed=f"{draft.shift} × 1")
                good.append((draft, code))
            except Invalid as error:
                bad.append(BadBreakRow(row, error))
        if bad:
            return 0, bad
        for draft, code in good:
            _save(session, tenant, draft, code, from_on, actor)
    return len(good), []


def read_breaks(path: Path) -> list[tuple[int, BreakDraft | Invalid]]:
    """Rests of a CSV table with their row; what cannot be read is its error.

    Raises
    ------
    BreaksUnreadable
        If a column is missing.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    headings = [heading.strip() for heading in next(reader, [])]
    place = {
        name: next((headings.index(word) for word in words if word in headings), -1) for name, words in HEADINGS.items()
    }
    if missing := [HEADINGS[name][1] for name, at in place.items() if at < 0]:
        raise BreaksUnreadable("demand.breaks_unreadable", file=path.name, missing="、".join(missing))
    found: list[tuple[int, BreakDraft | Invalid]] = []
    for number, cells in enumerate(reader, start=2):
        if any(cell.strip() for cell in cells):
            row = {name: cells[at].strip() if at < len(cells) else "" for name, at in place.items()}
            try:
                found.append((number, _draft(row)))
            except BadRule as error:
                found.append((number, error))
    return found


def _draft(row: Mapping[str, str]) -> BreakDraft:
    if not (row["minutes"].isascii() and row["minutes"].isdigit()):
        raise BadRule("demand.bad_rule", field="minutes", value=row["minutes"] or "-", allowed=f"0-{MOST_MIN}")
    times = read_clock(row["from"], "from"), read_clock(row["to"], "to")
    return BreakDraft(row["shift"], row["name"], int(row["minutes"]), *times)


def _checked(draft: BreakDraft, kinds: Sequence[ShiftKindRow]) -> str:
    """The code of its shift, once everything about it can be."""
    kind = next((kind for kind in kinds if draft.shift in (kind.code, kind.name)), None)
    if kind is None:
        known = ", ".join(f"{kind.code}({kind.name})" for kind in kinds) or "-"
        raise BadRule("demand.bad_rule", field="shift", value=draft.shift or "-", allowed=known)
    if not 0 < len(draft.name.strip()) <= 40 or ":" in draft.name:
        raise BadRule("demand.bad_rule", field="name", value=draft.name or "-", allowed="1-40")
    if not 0 <= draft.minutes <= MOST_MIN:
        raise BadRule("demand.bad_rule", field="minutes", value=draft.minutes, allowed=f"0-{MOST_MIN}")
    begin, end = seconds_of(kind.start_time), seconds_of(kind.end_time)
    end += DAY_S if end <= begin else 0
    rule = BreakRule(draft.name, draft.minutes, seconds_of(draft.from_time), seconds_of(draft.to_time))
    low, high = window_of(rule, begin, end)
    if not 0 <= low <= high - draft.minutes * 60 or high > end - begin:
        hours = f"{kind.start_time:%H:%M}-{kind.end_time:%H:%M}"
        raise BadRule("demand.bad_rule", field="between", value=hours_of(rule), allowed=f"{kind.name} {hours}")
    return kind.code


def _save(session: Session, tenant: str, draft: BreakDraft, code: str, from_on: dt.date, actor: str) -> None:
    name = draft.name.strip()
    queries.run(
        session, queries.SET_BREAK, shift_code=code, name=name, minutes=draft.minutes, from_time=draft.from_time,
        to_time=draft.to_time, valid_from_on=from_on, set_by=actor,
    )  # fmt: skip
    facts = {"shift": code, "name": name, "minutes": draft.minutes, "from": from_on.isoformat()}
    between = f"{draft.from_time:%H:%M}-{draft.to_time:%H:%M}"
    write_change(session, tenant, "break_rule.set", facts={**facts, "between": between}, actor=actor)
