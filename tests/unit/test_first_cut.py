"""The first cut: no gap, no overlap, one piece each, every street owned."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.hotspots.districting.first_cut import TooFewStreets, cut_districts, suggest_count
from tests.towns import ORIGIN, SRID, grid, network_of, spot, streets


def ground(network, margin=100):
    """A box around the streets."""
    return shapely.box(*(network.node_xy.min(axis=0) - margin), *(network.node_xy.max(axis=0) + margin))


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(0, 1000))
def test_districts_share_the_ground_without_gap_or_overlap_for_any_town(n, seed):
    rng = np.random.default_rng(seed)
    town = grid(7, 6)
    network = network_of(town[rng.random(len(town)) < 0.85])
    boundary = ground(network)
    cut = cut_districts(network, boundary, n=n)
    areas = cut.districts.to_crs(SRID).geometry
    assert len(areas) == n
    assert areas.is_valid.all()
    assert set(areas.geom_type) == {"Polygon"}, "each in one piece"
    assert areas.area.sum() == pytest.approx(boundary.area, abs=1.0)
    assert areas.union_all().symmetric_difference(boundary).area < 1.0
    assert sorted(cut.owners) == network.road_ids.tolist()
    assert set(cut.owners.values()) == set(cut.districts["code"])
    assert cut.districts["name"].is_unique


def test_squads_get_the_streets_nearest_to_them():
    roads = grid(9, 3)
    network = network_of(roads)
    cut = cut_districts(network, ground(network), squads=[spot(200, 200), spot(1200, 200)])
    middle = roads.to_crs(SRID).geometry.centroid.x - ORIGIN[0]
    west = {cut.owners[road] for road in roads.index[middle < 590]}
    east = {cut.owners[road] for road in roads.index[middle > 810]}
    assert len(west) == len(east) == 1
    assert west != east


def test_seeded_districts_hold_about_as_much_street():
    network = network_of(grid(12, 9))
    metres = cut_districts(network, ground(network), n=4).districts["street_m"]
    assert metres.max() < 1.35 * metres.min()


def test_the_same_streets_are_always_cut_the_same_way():
    network = network_of(grid(8, 7))
    one, two = (cut_districts(network, ground(network), n=5) for _ in range(2))
    assert one.owners == two.owners
    assert (one.districts.geometry.to_wkb() == two.districts.geometry.to_wkb()).all()


def test_a_street_cut_off_from_the_rest_still_has_an_owner():
    lines = [[(0, 0), (500, 0)], [(500, 0), (500, 500)], [(500, 500), (0, 500)], [(700, 700), (800, 700)]]
    network = network_of(streets(lines))
    assert len(cut_districts(network, ground(network), n=2).owners) == 4


def test_more_districts_than_crossings_are_refused():
    network = network_of(streets([[(0, 0), (500, 0)]]))
    with pytest.raises(TooFewStreets):
        cut_districts(network, ground(network), n=3)


def test_two_squads_at_one_spot_are_refused():
    network = network_of(grid(4, 4))
    with pytest.raises(TooFewStreets):
        cut_districts(network, ground(network), squads=[spot(0, 0), spot(1, 1)])


def test_the_number_of_districts_follows_the_streets():
    assert suggest_count(network_of(grid(3, 3))) == 2
    assert suggest_count(network_of(grid(20, 20, step_m=300.0))) == 19
