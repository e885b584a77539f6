"""Plans of lighting and circuits as tables that a bureau takes and gives as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import BadRow, Column, Sheet, one_of, refuse, whole
from geo.cases.outages import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def month_day(text: str) -> str:
    """A day of the year as ``11-01``, ``11月1日`` or ``11/1``; 29 February is one.

    Examples
    --------
    >>> month_day("11月1日"), month_day("2-29")
    ('11-01', '02-29')
    """
    month, day = text.translate(str.maketrans("月/.", "---", "日")).split("-")
    return f"{dt.date(2000, int(month), int(day)):%m-%d}"


def clock(text: str) -> str:
    """A time of day as ``23:30``.

    Examples
    --------
    >>> clock("9:05")
    '09:05'
    """
    hour, minute = text.replace("\uff1a", ":").split(":")
    return f"{dt.time(int(hour), int(minute)):%H:%M}"


SAVING_WORDS: Final = {
    "none": ("不节能", "无"),
    "half_night": ("半夜关灯", "后半夜"),
    "all_night": ("整夜关灯", "隔盏关灯"),
}

PLANS: Final = Sheet(
    "lighting_plans",
    (
        Column("plan", ("亮灯方案", "方案"), needed=True),
        Column("first_day", ("起始月日",), needed=True, read=month_day),
        Column("last_day", ("终止月日",), needed=True, read=month_day),
        Column("on_after_sunset_min", ("日落后开灯",), empty=0, read=whole(-120, 120)),
        Column("off_after_sunrise_min", ("日出后关灯",), empty=0, read=whole(-120, 120)),
        Column("saving", ("节能方式",), empty="none", read=one_of(SAVING_WORDS)),
        Column("half_off", ("半夜灯关灯时刻",), read=clock),
    ),
    ("plan", "first_day"),
)
CIRCUITS: Final = Sheet(
    "lamp_circuits",
    (
        Column("code", ("回路",), needed=True),
        Column("name", ("名称",), empty=""),
        Column("plan", ("亮灯方案", "方案")),
    ),
    ("code",),
)
SHEETS: Final = {sheet.name: sheet for sheet in (PLANS, CIRCUITS)}


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save plans or circuits.

    Raises
    ------
    TableRefused
        If a plan that switches off in the night says no time, or one that does not says one; or a circuit names a
        plan that is not there.
    """
    if name == PLANS.name:
        bad = [
            BadRow(row["row"], "half_off", "codes.row_value", row["half_off"] or "-")
            for row in rows
            if (row["saving"] == "half_night") != (row["half_off"] is not None)
        ]
        refuse(name, bad)
        queries.save_seasons(session, tenant, rows, actor)
        return
    known = {row["plan"] for row in queries.list_seasons(session, tenant)}
    bad = [
        BadRow(row["row"], "plan", "codes.row_value", row["plan"]) for row in rows if row["plan"] not in {None, *known}
    ]
    refuse(name, bad)
    queries.save_circuits(session, tenant, rows, actor)


def list_rows(session: Session, tenant: str, name: str) -> list[dict[str, Any]]:
    """Rows of a table."""
    return queries.list_seasons(session, tenant) if name == PLANS.name else queries.list_circuits(session, tenant)
