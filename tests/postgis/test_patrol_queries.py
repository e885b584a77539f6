"""What a shift is planned from is read by index under the role and policy of requests, and counted as said."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from geo.crs import STORAGE
from geo.db.counties import create_county
from geo.db.engine import Database
from geo.patrol import queries

AT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
SRID = 4548
ZONES, EVENTS = 200, 20_000


@pytest.fixture(scope="module")
def busy(database: Database) -> str:
    """A county with many zones and events of all ages."""
    tenant = create_county(database, f"7{secrets.randbelow(100_000):05d}", "测试县", (117.8, 28.1, 118.2, 28.5)).code
    with database.begin(tenant) as session:
        session.execute(text("SELECT setseed(0.5)"))
        session.execute(
            text(
                "INSERT INTO hotspot_zone (tenant, source, source_key, name, kind, geom)"
                " SELECT :t, 'plan', i::text, 'z', 'market', ST_Multi(ST_MakeEnvelope(x, y, x + 5e-4, y + 5e-4, 4490))"
                " FROM (SELECT i, 117.9 + 0.2 * random() AS x, 28.2 + 0.2 * random() AS y"
                "  FROM generate_series(1, :n) i) s"
            ),
            {"t": tenant, "n": ZONES},
        )
        session.execute(
            text(
                "INSERT INTO event (tenant, source, source_key, uid, code, occurred_at, geom)"
                " SELECT :t, 'plan', i::text, gen_random_uuid(), 'x', :at - random() * interval '60 weeks',"
                " ST_SetSRID(ST_Point(117.9 + 0.2 * random(), 28.2 + 0.2 * random()), 4490)"
                " FROM generate_series(1, :n) i"
            ),
            {"t": tenant, "n": EVENTS, "at": AT},
        )
    with database.begin_as_owner() as session:
        for table in ("hotspot_zone", "event"):
            session.execute(text(f"ANALYZE {table}"))
    return tenant


def test_events_near_zones_are_found_by_the_spatial_index(database: Database, busy: str) -> None:
    told: list[str] = []
    with database.begin(busy) as session:
        anything: Any = session
        execute = anything.execute

        def explained(statement: object, *arguments: object) -> object:
            if statement is queries.RECENT:
                told.extend(execute(text(f"EXPLAIN {queries.RECENT.text}"), *arguments).scalars())
            return execute(statement, *arguments)

        anything.execute = explained
        queries.load_zones(session, SRID, AT)
    assert any("ix_event_geom" in line for line in told), "\n".join(told)


def test_a_zone_counts_every_event_within_200_metres_by_age_and_no_other(database: Database, busy: str) -> None:
    with database.begin(busy) as session:
        zones = queries.load_zones(session, SRID, AT)
        rows = session.execute(
            text("SELECT ST_X(geom), ST_Y(geom), occurred_at FROM event WHERE tenant = :t"), {"t": busy}
        ).all()
    places = geopandas.GeoSeries.from_xy([row[0] for row in rows], [row[1] for row in rows], crs=STORAGE).to_crs(SRID)
    age = np.array([(AT - row[2]) / dt.timedelta(weeks=queries.HALF_LIFE_WEEKS) for row in rows])
    worth = np.where((age > 0) & (age <= 5), 0.5**age, 0.0)
    zone, near = shapely.STRtree(places.array).query(
        zones.to_crs(SRID).geometry.array, predicate="dwithin", distance=queries.NEAR_M
    )
    expected = np.bincount(zone, weights=worth[near], minlength=len(zones))
    assert expected.max() > 1
    np.testing.assert_allclose(zones["recent"], expected, atol=1e-4)
