"""Files for one person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geo.errors import NotFound
from geo.messages import Language, say
from geo.patrol.export import queries
from geo.patrol.export.ical import render_ical

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WORDS = ("foot", "ebike", "car", "mates", "vehicle", "post")


class UnknownPerson(NotFound):
    """Nobody has this staff number."""


def person_calendar(
    session: Session, tenant: str, staff_code: str, days: tuple[dt.date, dt.date], language: Language = "zh"
) -> bytes:
    """One person's published shifts of some local days, both ends included, as iCalendar.

    Raises
    ------
    UnknownPerson
        If nobody has this staff number.
    """
    if not queries.is_staff(session, tenant, staff_code):
        raise UnknownPerson("patrol.unknown_person", person=staff_code)
    shifts = queries.load_person_shifts(session, tenant, staff_code, *days)
    return render_ical(tenant, staff_code, shifts, {word: say(f"patrol.ical_{word}", language) for word in WORDS})
