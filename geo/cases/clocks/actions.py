"""The county's working time: taken from a bureau's tables, and as an axis on which clocks are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.clocks import queries
from geo.cases.clocks.axis import USUAL_HOURS, YEARS_AHEAD, Axis, HoursUnreadable, build_axis, read_hours
from geo.cases.codes.files import Column, Sheet, day, one_of
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

YEARS_BACK: Final = 3


def _hours(text: str) -> str:
    try:
        read_hours(text, dt.date.min)
    except HoursUnreadable as error:
        raise ValueError(text) from error
    return text


HOURS: Final = Sheet(
    "hours",
    (
        Column("valid_from_on", ("起始日期",), needed=True, read=day),
        Column("hours", ("工作时间",), needed=True, read=_hours),
    ),
    ("valid_from_on",),
)
DAYS: Final = Sheet(
    "days",
    (
        Column("on_date", ("日期",), needed=True, read=day),
        Column("kind", ("类别",), needed=True, read=one_of({"holiday": ("休息", "放假"), "workday": ("上班", "工作")})),
        Column("name", ("说明", "名称"), empty=""),
    ),
    ("on_date",),
)
SHEETS: Final = {sheet.name: sheet for sheet in (HOURS, DAYS)}


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save working hours (``hours``) or the county's own days (``days``)."""
    queries.upsert(session, tenant, name, [{**row, "set_by": actor} for row in rows])


def list_rows(session: Session, tenant: str, name: str) -> list[dict[str, Any]]:
    """Rows of hours or days, by date; a county that has set no hours has the usual ones."""
    if name == "days":
        return queries.load_days(session, tenant)
    rows = [{"valid_from_on": on, "hours": hours} for on, hours in queries.load_hours(session, tenant)]
    return rows or [{"valid_from_on": dt.date(1900, 1, 1), "hours": USUAL_HOURS}]


def load_axis(session: Session, tenant: str, around: dt.datetime, until: dt.datetime | None = None) -> Axis:
    """The county's working time from three years before an instant to six years after it, or after a later one."""
    county = get_county(session, tenant)
    on, last = (one.astimezone(ZoneInfo(county.time_zone)).date() for one in (around, until or around))
    hours = [read_hours(row["hours"], row["valid_from_on"]) for row in list_rows(session, tenant, "hours")]
    days = {row["on_date"]: row["kind"] == "workday" for row in queries.load_days(session, tenant)}
    first = dt.date(on.year - YEARS_BACK, 1, 1)
    return build_axis(hours, days, county.calendar, county.time_zone, first, dt.date(last.year + YEARS_AHEAD, 12, 31))
