"""Restaurants whose device is overdue become entries to be made: planned checks, under the yearly cap (D15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from geo.cases.restaurants.actions import Line, list_restaurants
from geo.db.counties import get_county
from geo.patrol.demand.book.checks import USUAL_CAP, Enterprise
from geo.patrol.demand.book.planned import Proposed, plan_entries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OVERDUE: Final = ("no_device", "never", "overdue", "unsurveyed", "unfit")
HOURS: Final = "08:00-18:00"
PREFIX: Final = "CY-"
"""A restaurant of the register is on the list of enterprises under this and its own number."""


def propose_checks(
    session: Session,
    tenant: str,
    power_item: str,
    first_on: dt.date,
    last_on: dt.date,
    *,
    faults: Sequence[str] = OVERDUE,
    most: int = 50,
    actor: str = "system",
) -> Proposed:
    """Write down a planned entry for each restaurant with a fault, the longest overdue first.

    Parameters
    ----------
    power_item
        权责事项 the entries rest on.
    most
        Entries at most.

    Raises
    ------
    BadCheck
        Without a power item, or with dates the wrong way round.

    Notes
    -----
    A restaurant comes onto the list of enterprises with the usual cap and keeps a cap that somebody set. Asked again,
    nothing is written twice: an entry that is still to be made stands.
    """
    today = get_county(session, tenant).today()
    found = [one for one in list_restaurants(session, tenant, today) if set(one.faults) & set(faults)]
    ordered = sorted(found, key=lambda one: (one.cleaning_due_on or dt.date.min, one.code))
    wanted = [(one.code, _enterprise(f"{PREFIX}{one.code}", one)) for one in ordered]
    return plan_entries(session, tenant, wanted, power_item, first_on, last_on, most=most, actor=actor)


def _enterprise(code: str, one: Line) -> Enterprise:
    return Enterprise(code, one.name, "restaurant", one.lon, one.lat, HOURS, None, USUAL_CAP)
