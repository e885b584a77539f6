"""What people ask of permits: is this allowed here today, and which end soon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.cases.permits import queries
from geo.db.counties import get_county
from geo.features.locate import check_point

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit or filing; ``valid_to_on`` is its last day."""

    id: int
    number: str
    kind: str
    status: str
    holder: str | None
    purpose: str | None
    place: str | None
    area_m2: float | None
    valid_from_on: dt.date
    valid_to_on: dt.date


def find_permits(session: Session, tenant: str, lon: float, lat: float, on: dt.date) -> list[Permit]:
    """Permits in force at a point on a local day 已审批?; empty where nothing was allowed.

    Raises
    ------
    Swapped, OffTheMap
        If the point is none, or the wrong way round.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    rows = queries.list_here(session, tenant, lon, lat, county.metric_srid, on)
    return [Permit(**row._mapping) for row in rows]


def list_ending(
    session: Session, tenant: str, on: dt.date, days: int, kind: str | None = None, most: int = MOST
) -> list[Permit]:
    """Permits in force whose last day comes within so many days from a local day on, the soonest first."""
    rows = queries.list_expiring(session, tenant, on, on + dt.timedelta(days=days), kind, most)
    return [Permit(**row._mapping) for row in rows]
