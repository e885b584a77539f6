"""The sample county as a drone sees it: what was planted is what a comparison finds."""

from __future__ import annotations

import geopandas
import numpy as np
import shapely

from data.county.survey import make_survey
from geo.hotspots.footprints.difference import find_difference

SRID = 4548


def test_what_was_planted_is_found_and_the_ledger_explains_the_rest() -> None:
    row, column = np.indices((24, 24)).reshape(2, -1)
    x, y = 598_000 + 22.0 * column, 3_132_000 + 24.0 * row
    houses = shapely.box(x, y, x + 11 + column % 3, y + 9 + row % 2)
    buildings = geopandas.GeoDataFrame({"key": [f"b{n}" for n in range(len(houses))]}, geometry=list(houses), crs=SRID)
    sheds = shapely.box(x[:40:4] + 1, y[:40:4] - 3.0, x[:40:4] + 6, y[:40:4] - 0.02)
    flown = shapely.box(x.min() - 10, y.min() - 10, x.max() + 40, y.max() + 40)
    survey = make_survey(buildings, geopandas.GeoDataFrame(geometry=list(sheds), crs=SRID), flown)
    observed = np.asarray(survey.observed.geometry.array, object)
    found = find_difference(houses, observed, seen=flown)
    keys = survey.observed["source_key"].to_numpy()
    planted = survey.truth.groupby("kind")["source_key"].agg(set)
    assert set(keys[found.observed.cls == "new"]) == planted["new"]
    enlarged = found.observed.cls == "enlarged"
    met = shapely.STRtree(sheds).query(found.observed.added[enlarged], predicate="intersects")[0]
    assert set(keys[enlarged]) - set(keys[enlarged][met]) == planted["enlarged"]
    assert set(buildings["key"][found.approved.cls == "demolished"]) == planted["demolished"]
