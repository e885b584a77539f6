"""The counties of this installation and how each measures, tells the time and keeps holidays."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.calendars import get_calendar
from geo.crs import MAX_LATITUDE, metric_srid
from geo.db.changes import write_change
from geo.errors import Conflict, Invalid, NotFound
from geo.settings import check_tenant

if TYPE_CHECKING:
    from geo.db.engine import Database

WIDEST_DEGREES = 20.0
"""The largest county of the world (若羌, 巴音郭楞) spans about 7 degrees; three times that is a mistake."""

LIST = text("""
SELECT tenant, name, metric_srid, time_zone, calendar,
       ST_XMin(extent), ST_YMin(extent), ST_XMax(extent), ST_YMax(extent), coalesce(map_number, '')
  FROM county WHERE CAST(:tenant AS text) IS NULL OR tenant = :tenant ORDER BY tenant""")
INSERT = text("""
INSERT INTO county (tenant, name, metric_srid, time_zone, calendar, extent)
VALUES (:tenant, :name, :metric_srid, :time_zone, :calendar,
        ST_MakeEnvelope(CAST(:west AS float8), CAST(:south AS float8),
                        CAST(:east AS float8), CAST(:north AS float8), 4490))
ON CONFLICT DO NOTHING""")
NUMBER_MAP = text("UPDATE county SET map_number = nullif(:number, '') WHERE tenant = :tenant")

MAP_NUMBER = re.compile(r"[A-Z\u4e00-\u9fff]{1,5}[\((]\d{4}[\))]\d{2,6}号?")
"""As GS(2026)1234号, 赣S(2026)012号, GS京(2026)0123号."""


class UnknownCounty(NotFound):
    """No county of that code here; the message says how to add one."""


class BadCounty(Invalid):
    """A county that cannot be: its extent, time zone or name."""


class CountyExists(Conflict):
    """The code is taken, or this database holds one county only."""


@dataclass(frozen=True, slots=True)
class County:
    """A county and its settings.

    Parameters
    ----------
    code, name
        Six-digit code frozen at onboarding; its name for people.
    metric_srid
        EPSG code of the frame in which lengths and areas are measured.
    time_zone
        IANA name; local dates and shift times are in it.
    calendar
        Name of the holiday calendar in ``data/``.
    extent
        (west, south, east, north) in degrees outside which a coordinate cannot belong to the county.
    map_number
        审图号 of its map; while empty, nobody outside the bureau is shown it (D21; 地图管理条例 arts. 15, 34).
    """

    code: str
    name: str
    metric_srid: int
    time_zone: str
    calendar: str
    extent: tuple[float, float, float, float]
    map_number: str = ""

    def contains(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the extent, edges included."""
        west, south, east, north = self.extent
        return west <= lon <= east and south <= lat <= north

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.time_zone)

    def today(self) -> dt.date:
        """The local date."""
        return dt.datetime.now(self.zone).date()


def create_county(
    database: Database,
    code: str,
    name: str,
    extent: tuple[float, float, float, float],
    *,
    time_zone: str = "Asia/Shanghai",
    calendar: str = "cn",
) -> County:
    """Add a county; the metric frame follows from the middle of its extent.

    Parameters
    ----------
    extent
        (west, south, east, north), degrees, CGCS2000 or WGS 84.

    Raises
    ------
    BadCounty
        If the extent is empty, swapped, off the map or too wide, or the time zone does not exist.
    UnknownCalendar
        If there is no holiday calendar of that name.
    CountyExists
        If the code is taken, or the database has no row security and holds a county already.
    """
    west, south, east, north = extent
    if not (-180 <= west < east <= 180 and -MAX_LATITUDE <= south < north <= MAX_LATITUDE):
        raise BadCounty("county.extent", extent=", ".join(f"{value:g}" for value in extent))
    if max(east - west, north - south) > WIDEST_DEGREES:
        raise BadCounty("county.too_wide", extent=", ".join(f"{value:g}" for value in extent), most=WIDEST_DEGREES)
    if not name.strip():
        raise BadCounty("county.no_name")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadCounty("county.time_zone", value=time_zone) from None
    get_calendar(calendar)
    srid = metric_srid((west + east) / 2, (south + north) / 2)
    county = County(check_tenant(code), name.strip(), srid, time_zone, calendar, extent)
    with database.begin_as_owner() as session:
        if database.mode == "single" and (other := session.execute(LIST, {"tenant": None}).first()) is not None:
            raise CountyExists("county.single", county=other[0])
        facts = {"tenant": code, "name": county.name, "metric_srid": srid, "time_zone": time_zone}
        sides = {"calendar": calendar, "west": west, "south": south, "east": east, "north": north}
        if session.execute(INSERT, facts | sides).rowcount == 0:  # type: ignore[attr-defined]
            raise CountyExists("county.exists", county=code)
        write_change(session, code, "county.created", facts={"metric_srid": srid, "time_zone": time_zone})
    return county


def find_county(session: Session, tenant: str) -> County | None:
    """The county, or None."""
    row = session.execute(LIST, {"tenant": tenant}).first()
    return None if row is None else _county(row)


def get_county(session: Session, tenant: str) -> County:
    """The county.

    Raises
    ------
    UnknownCounty
        If there is none of that code; the message names ``pianqu county add``.
    """
    county = find_county(session, tenant)
    if county is None:
        raise UnknownCounty("county.unknown", county=tenant)
    return county


def number_map(database: Database, tenant: str, number: str, *, actor: str = "system") -> None:
    """Enter the 审图号 under which the county's map may be shown to anybody; empty takes the map away again.

    Raises
    ------
    BadCounty
        If it does not look like such a number.
    UnknownCounty
        If there is none of that code.
    """
    if number and not MAP_NUMBER.fullmatch(number):
        raise BadCounty("county.map_number", value=number)
    with database.begin_as_owner() as session:
        get_county(session, tenant)
        session.execute(NUMBER_MAP, {"tenant": tenant, "number": number})
        write_change(session, tenant, "county.map_numbered", facts={"number": number}, actor=actor)


def list_counties(database: Database) -> list[County]:
    """All counties of this installation by code; empty before the first."""
    with database.begin_as_owner() as session:
        rows = session.execute(LIST, {"tenant": None}).all()
    return [_county(row) for row in rows]


def _county(row: Row[Any]) -> County:
    code, name, srid, time_zone, calendar, west, south, east, north, map_number = tuple(row)
    return County(code, name, srid, time_zone, calendar, (west, south, east, north), map_number)
