"""Places on streets: in mid-block, off the network, and the line of the way."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE, transformer
from geo.roads.places import OffNetwork, Place, PlacedNetwork, Snapper, piece_vertices, way_line
from tests.towns import SRID, grid, network_of, spot, streets


def test_a_place_in_mid_block_is_reached_along_the_block():
    network = network_of(streets([[(0, 0), (1000, 0)]]))
    places = Snapper(network, "foot").snap([spot(300, 20), spot(700, -20)])
    assert [(round(place.offset_m), round(place.off_m)) for place in places] == [(300, 20), (700, 20)]
    matrix = PlacedNetwork(network, "foot", places).travel_matrix()
    assert matrix.distance_m.tolist() == [[0, 400], [400, 0]]
    assert matrix.duration_s.tolist() == [[0, 300], [300, 0]]


def test_a_thing_far_from_any_street_says_how_far():
    off = Snapper(network_of(grid(3, 3)), "foot").snap([spot(900, 200)])[0]
    assert off == OffNetwork(nearest_m=500)
    assert not off.cut_off


def test_a_thing_on_a_street_that_is_cut_off_names_the_street():
    roads = streets([[(0, 0), (900, 0)], [(900, 0), (900, 900)], [(3000, 0), (3300, 0)]], name=["东街", "南街", "孤巷"])
    off = Snapper(network_of(roads), "car").snap([spot(3100, 10)])[0]
    assert off.cut_off
    assert (off.street, off.part_m) == ("孤巷", 300)


def test_a_mode_that_may_not_enter_stands_on_another_street():
    roads = streets([[(0, 0), (300, 0)], [(0, 100), (300, 100)], [(0, 0), (0, 100)]], car=[True, False, True])
    network = network_of(roads)
    (by_car,), (on_foot,) = (Snapper(network, mode).snap([spot(200, 100)]) for mode in ("car", "foot"))
    assert round(by_car.off_m) == 100
    assert round(on_foot.off_m) == 0


def test_an_area_counts_as_near_from_its_edge():
    network = network_of(streets([[(0, 0), (1000, 0)]]))
    campus = shapely.box(spot(400, 150).x, spot(400, 150).y, spot(900, 900).x, spot(900, 900).y)
    place = Snapper(network, "foot").snap([campus])[0]
    assert isinstance(place, Place)
    assert round(place.off_m) == 150


def test_nothing_to_place_gives_nothing():
    network = network_of(grid(2, 2))
    assert Snapper(network, "car").snap([]) == []
    assert PlacedNetwork(network, "car", []).travel_matrix().duration_s.shape == (0, 0)


def test_places_of_separate_parts_are_no_matrix():
    network = network_of(streets([[(0, 0), (900, 0)], [(3000, 0), (3300, 0)]]))
    with pytest.raises(ValueError, match="different parts"):
        PlacedNetwork(network, "foot", [Place(0, 10.0), Place(1, 10.0)]).travel_matrix()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(-50, 850), st.integers(-50, 650)), min_size=2, max_size=6), st.integers(0, 99))
def test_the_line_of_a_way_is_as_long_as_the_matrix_says_for_any_places(spots, seed):
    roads = grid(5, 4)
    roads["oneway"] = np.random.default_rng(seed).choice([0, 0, 0, 1], len(roads))
    network = network_of(roads)
    places = Snapper(network, "car").snap([spot(x, y) for x, y in spots])
    places = [place for place in places if isinstance(place, Place)]
    placed = PlacedNetwork(network, "car", places)
    matrix = placed.travel_matrix()
    pairs = [(i, j) for i in range(len(places)) for j in range(len(places))]
    to_metres = transformer(STORAGE, SRID)
    for (i, j), way in zip(pairs, placed.ways(pairs), strict=True):
        assert (way.duration_s, way.distance_m) == (matrix.duration_s[i, j], matrix.distance_m[i, j])
        metric = np.column_stack(to_metres.transform(*way.lonlat.T))
        length = np.hypot(*np.diff(metric, axis=0).T).sum()
        assert abs(length - way.distance_m) < 1.0 + 0.05 * (len(way.pieces) + 1)
        for end, place in ((way.lonlat[0], places[i]), (way.lonlat[-1], places[j])):
            assert np.allclose(end, piece_vertices(network, place.piece, place.offset_m, place.offset_m)[0], atol=1e-8)
        assert (way_line(way) is None) == (len(way.lonlat) == 1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_more_places_never_change_the_ways_between_the_first_ones(seed, more):
    rng = np.random.default_rng(seed)
    network = network_of(grid(4, 4, oneway=rng.choice([0, 0, 1], 24)))
    things = [spot(*rng.uniform(0, 600, 2)) for _ in range(3 + more)]
    places = [place for place in Snapper(network, "ebike").snap(things) if isinstance(place, Place)]
    few = PlacedNetwork(network, "ebike", places[:3]).packed()
    many = PlacedNetwork(network, "ebike", places).packed()
    assert (few == many[: len(few), : len(few)]).all()
