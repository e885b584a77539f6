"""PostGIS and pyproj are two libraries with two PROJ versions; we store with one and measure with the other."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from geo.crs import STORAGE, metric_srid, transformer
from geo.db.engine import Database

ASK = text("""
SELECT ST_X(p), ST_Y(p)
  FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[])) WITH ORDINALITY AS a(lon, lat, n),
       LATERAL (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4490), CAST(:srid AS int)) AS p) AS b
 ORDER BY n""")
ABROAD = [(24.94, 60.17), (-87.6, 41.9), (2.3, 49.07), (-58.4, -34.6)]
CENTRES = [*((float(lon), 28.3) for lon in range(75, 136, 3)), *ABROAD]


@pytest.mark.parametrize("centre", CENTRES, ids=lambda c: f"{c[0]:g}_{c[1]:g}")
def test_postgis_and_pyproj_agree_to_a_millimetre_in_every_metric_frame(database: Database, centre) -> None:
    srid = metric_srid(*centre)
    draw = np.random.default_rng(srid)
    lon, lat = draw.uniform(centre[0] - 1.5, centre[0] + 1.5, 50), draw.uniform(centre[1] - 1, centre[1] + 1, 50)
    x, y = transformer(STORAGE, srid).transform(lon, lat)
    with database.begin_as_owner() as session:
        rows = session.execute(ASK, {"lon": lon.tolist(), "lat": lat.tolist(), "srid": srid}).all()
    found = np.array(rows)
    assert np.abs(found - np.column_stack([x, y])).max() < 0.001
    # x is east: the first coordinate grows with longitude, whatever the registry's axis order is.
    assert np.corrcoef(found[:, 0], lon)[0, 1] > 0.99
