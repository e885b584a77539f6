"""Days known beforehand, 两考 and public holidays, for which nobody has approved a posture yet."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.calendars import get_calendar
from geo.cases.postures import queries
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FOLDER: Final = Path(__file__).resolve().parents[3] / "data" / "postures"
HOLIDAY: Final = "法定节假日"


@dataclass(frozen=True, slots=True)
class Node:
    """Days that ask for a posture of a kind; both ends included."""

    name: str
    kind: str
    first_on: dt.date
    last_on: dt.date


@cache
def exam_days(calendar: str) -> tuple[Node, ...]:
    """The examinations of a calendar, from ``data/postures/<name>.csv``; none without a file.

    Examples
    --------
    >>> [(one.name, one.first_on.day) for one in exam_days("cn") if one.first_on.year == 2026]
    [('高考', 7), ('中考', 14)]
    """
    path = FOLDER / f"{calendar}.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Node(row["name"], "exam", dt.date.fromisoformat(row["first_on"]), dt.date.fromisoformat(row["last_on"]))
            for row in csv.DictReader(file)
        )


def holidays(calendar: str, first_on: dt.date, last_on: dt.date) -> list[Node]:
    """Public holidays of three days or more that touch some days, each with its whole bridge.

    Examples
    --------
    >>> [(str(one.first_on), str(one.last_on)) for one in holidays("cn", dt.date(2026, 9, 20), dt.date(2026, 10, 3))]
    [('2026-09-25', '2026-09-27'), ('2026-10-01', '2026-10-07')]
    """
    off, found = get_calendar(calendar).days_off, []
    day = dt.timedelta(days=1)
    on = first_on
    while on <= last_on:
        if on not in off:
            on += day
            continue
        begin, end = on, on
        while begin - day in off:
            begin -= day
        while end + day in off:
            end += day
        if (end - begin).days >= 2:
            found.append(Node(HOLIDAY, "festival", begin, end))
        on = end + day
    return found


def suggest_postures(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> list[Node]:
    """Known days among some for which no approved posture of their kind touches them, by first day."""
    calendar = get_county(session, tenant).calendar
    nodes = [one for one in exam_days(calendar) if one.first_on <= last_on and one.last_on >= first_on]
    nodes += holidays(calendar, first_on, last_on)
    if not nodes:
        return []
    rows = queries.list_postures(session, tenant, min(one.first_on for one in nodes), max(one.last_on for one in nodes))
    approved = [row for row in rows if row["status"] == "approved"]
    missing = [
        node
        for node in nodes
        if not any(
            row["kind"] == node.kind and row["first_on"] <= node.last_on and row["last_on"] >= node.first_on
            for row in approved
        )
    ]
    return sorted(missing, key=lambda one: (one.first_on, one.name))
