"""PostGIS and pyproj are two libraries with two PROJ versions; we store with one and measure with the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
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


MOST_M = 0.001


def disagreement_m(
    database: Database, srid: int, lon: NDArray[np.float64], lat: NDArray[np.float64], x: Any, y: Any
) -> float:
    """How far, at worst, ``x`` and ``y`` are from where PostGIS puts EPSG:4490 ``lon``/``lat`` in ``srid``."""
    with database.begin_as_owner() as session:
        rows = session.execute(ASK, {"lon": lon.tolist(), "lat": lat.tolist(), "srid": srid}).all()
    return float(np.abs(np.array(rows) - np.column_stack([x, y])).max())


def places(centre: tuple[float, float], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fifty longitudes and latitudes around a centre."""
    draw = np.random.default_rng(seed)
    return draw.uniform(centre[0] - 1.5, centre[0] + 1.5, 50), draw.uniform(centre[1] - 1, centre[1] + 1, 50)


@pytest.mark.parametrize("centre", CENTRES, ids=lambda c: f"{c[0]:g}_{c[1]:g}")
def test_postgis_and_pyproj_agree_to_a_millimetre_in_every_metric_frame(database: Database, centre) -> None:
    srid = metric_srid(*centre)
    lon, lat = places(centre, srid)
    x, y = transformer(STORAGE, srid).transform(lon, lat)
    assert disagreement_m(database, srid, lon, lat, x, y) < MOST_M
    # x is east: the first coordinate grows with longitude, whatever the registry's axis order is.
    assert np.corrcoef(x, lon)[0, 1] > 0.99


def test_a_transformation_that_is_off_is_seen(database: Database) -> None:
    centre = (118.0, 28.3)
    srid = metric_srid(*centre)
    lon, lat = places(centre, srid)
    x, y = transformer(STORAGE, srid).transform(lon, lat)
    assert disagreement_m(database, srid, lon, lat, x, y) < MOST_M
    one = np.arange(len(x)) == 7
    assert disagreement_m(database, srid, lon, lat, x + 0.0015 * one, y) > MOST_M, "one place 1.5 mm to the east"
    assert disagreement_m(database, srid, lon, lat, y, x) > MOST_M, "north and east exchanged"
    neighbour = transformer(STORAGE, metric_srid(centre[0] + 3, centre[1])).transform(lon, lat)
    assert disagreement_m(database, srid, lon, lat, *neighbour) > MOST_M, "the next zone's frame"
