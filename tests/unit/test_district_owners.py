"""After a recut every street still has one owner, and a border street keeps the one it had where it can."""

from __future__ import annotations

import geopandas
import numpy as np
import shapely

from geo.crs import STORAGE
from geo.roads.owners import assign_owners
from tests.towns import SRID, grid, spot, streets


def halves(at_m: float, width: float = 1000.0, height: float = 600.0) -> geopandas.GeoDataFrame:
    """Two 片区 side by side, parted at ``at_m``."""
    south_west, north_east = spot(-50, -50), spot(width + 50, height + 50)
    middle = spot(at_m, 0).x
    areas = [
        shapely.box(south_west.x, south_west.y, middle, north_east.y),
        shapely.box(middle, south_west.y, north_east.x, north_east.y),
    ]
    return geopandas.GeoDataFrame({"code": ["A", "B"]}, geometry=areas, crs=SRID).to_crs(STORAGE)


def test_streets_inside_go_to_their_district_and_the_border_street_goes_whole_to_one():
    town = grid(6, 4, name=["界街" if i >= 20 and (i - 20) % 6 == 3 else None for i in range(38)])
    owners = assign_owners(town, halves(600), SRID)
    assert sorted(owners) == town.index.tolist() and set(owners.values()) == {"A", "B"}
    x = np.array([line.centroid.x for line in town.to_crs(SRID).geometry]) - spot(0, 0).x
    assert {owners[i] for i, at in zip(town.index, x, strict=True) if at < 590} == {"A"}
    assert {owners[i] for i, at in zip(town.index, x, strict=True) if at > 610} == {"B"}
    border = [owners[i] for i in town.index[town["name"] == "界街"]]
    assert len(border) == 3 and set(border) == {"B"}, "to the side that answers for less"


def test_a_border_street_keeps_the_owner_it_had_and_loses_one_that_went_away():
    town = streets([[(600, 0), (600, 600)], [(0, 300), (600, 300)]], owner_district=["A", "Z"])
    assert assign_owners(town, halves(600), SRID) == {1: "A", 2: "A"}
    moved = streets([[(600, 0), (600, 600)]], owner_district=["C"])
    assert assign_owners(moved, halves(600), SRID)[1] in {"A", "B"}


def test_a_street_outside_every_district_has_no_owner():
    far = streets([[(5000, 5000), (5100, 5000)]])
    assert assign_owners(far, halves(600), SRID) == {1: None}
    assert assign_owners(far, halves(600).iloc[:0], SRID) == {1: None}
