"""Days as people give them on the command line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geo.errors import Invalid

if TYPE_CHECKING:
    from geo.db.engine import Database


class NotADate(Invalid):
    """A date that is not ``YYYY-MM-DD``."""


def read_date(text: str) -> dt.date:
    """A date of the command line.

    Raises
    ------
    NotADate
        If it is none.

    Examples
    --------
    >>> read_date("2026-11-22")
    datetime.date(2026, 11, 22)
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise NotADate("days.not_a_date", value=text[:40]) from None


def tomorrow(database: Database, tenant: str) -> dt.date:
    """The county's local date a day from now: the shifts a planner looks at."""
    from geo.db.counties import get_county

    with database.begin(tenant) as session:
        return get_county(session, tenant).today() + dt.timedelta(days=1)
