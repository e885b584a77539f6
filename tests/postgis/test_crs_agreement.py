"""PostGIS and pyproj bring a point to the same place: what is measured in frames is what SQL finds."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from geo.crs import STORAGE, metric_srid, transformer
from geo.db.engine import Database

MILLIMETRE = 0.001
PLACES = [
    (75.9, 39.5),
    (98.7, 24.6),
    (117.2, 28.3),
    (118.8, 32.06),
    (121.47, 31.23),
    (134.9, 48.3),
    (24.94, 60.17),
    (-87.6, 41.9),
]


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_postgis_and_pyproj_agree_to_a_millimetre_both_ways(
    database: Database, county: str, lon: float, lat: float
) -> None:
    srid = metric_srid(lon, lat)
    random = np.random.default_rng(7)
    lons, lats = lon + random.uniform(-0.4, 0.4, 400), lat + random.uniform(-0.4, 0.4, 400)
    with database.begin(county) as session:
        rows = session.execute(
            text(f"""
            SELECT ST_X(m), ST_Y(m), ST_X(back), ST_Y(back)
              FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS p(lon, lat, n),
                   LATERAL (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), {STORAGE}), {srid}) AS m) AS there,
                   LATERAL (SELECT ST_Transform(m, {STORAGE}) AS back) AS home
             ORDER BY n"""),
            {"lons": lons.tolist(), "lats": lats.tolist()},
        ).all()
    x, y, back_lon, back_lat = np.array(rows).T
    ours = transformer(STORAGE, srid).transform(lons, lats)
    assert np.hypot(ours[0] - x, ours[1] - y).max() < MILLIMETRE
    assert np.abs(np.array([back_lon - lons, back_lat - lats])).max() * 111_320 < MILLIMETRE
    assert (x > 0).all()
    assert (np.abs(x - 500_000) < 350_000).all(), "x is east"
