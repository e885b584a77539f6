"""SQL of permits and filings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.features.queries import DOOR_M

BOX: Final = 0.0003
"""Degrees around a point that hold all within its reach below 60° north."""

COLUMNS = "id, number, kind, status, holder, purpose, place, area_m2, valid_from_on, valid_to_on"

HERE = text(f"""
SELECT {COLUMNS} FROM permit
 WHERE tenant = :tenant AND status = 'valid' AND CAST(:on AS date) BETWEEN valid_from_on AND valid_to_on
   AND geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), {BOX})
   AND CASE WHEN GeometryType(geom) = 'POINT'
            THEN ST_DWithin(ST_Transform(geom, CAST(:srid AS int)),
                            ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), CAST(:srid AS int)), {DOOR_M})
            ELSE ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) END
 ORDER BY id""")

EXPIRING = text(f"""
SELECT {COLUMNS} FROM permit
 WHERE tenant = :tenant AND status = 'valid' AND valid_to_on BETWEEN CAST(:first AS date) AND CAST(:last AS date)
   AND (CAST(:kind AS text) IS NULL OR kind = :kind)
 ORDER BY valid_to_on, id LIMIT :most""")

CODES = text("SELECT kind, code, note FROM permit_code WHERE tenant = :tenant ORDER BY kind, code")
FORGET_CODES = text("DELETE FROM permit_code WHERE tenant = :tenant")
ADD_CODE = text("INSERT INTO permit_code (tenant, kind, code, note) VALUES (:tenant, :kind, :code, :note)")


def list_here(session: Session, tenant: str, lon: float, lat: float, srid: int, on: dt.date) -> Sequence[Row[Any]]:
    """Permits in force on a day on whose ground a point stands."""
    return session.execute(HERE, {"tenant": tenant, "lon": lon, "lat": lat, "srid": srid, "on": on}).all()


def list_expiring(
    session: Session, tenant: str, first: dt.date, last: dt.date, kind: str | None, most: int
) -> Sequence[Row[Any]]:
    """Permits whose last day lies between two days, both included, the soonest first."""
    values = {"tenant": tenant, "first": first, "last": last, "kind": kind, "most": most}
    return session.execute(EXPIRING, values).all()


def list_permit_codes(session: Session, tenant: str) -> list[dict[str, Any]]:
    """The county's own table of codes that a permit may make legal."""
    return [dict(row) for row in session.execute(CODES, {"tenant": tenant}).mappings()]


def replace_permit_codes(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put a table in the place of the one there was."""
    session.execute(FORGET_CODES, {"tenant": tenant})
    if rows:
        session.execute(ADD_CODE, [{**row, "tenant": tenant} for row in rows])
