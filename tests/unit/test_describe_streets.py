"""Bits of streets, and density along them: nothing is lost on the way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from geo.hotspots.describe.network_density import network_density
from geo.roads.lixels import cut_lixels, joined, lixel_lines, nearest_lixels
from tests.towns import ORIGIN, grid, network_of, streets

LINE = [[(0, 0), (2000, 0)]]


def test_bits_tile_every_street_and_points_find_theirs():
    bits = cut_lixels(network_of(streets([[(0, 0), (105, 0), (105, 40)], [(105, 40), (105, 41)]])), 10.0)
    assert bits.length_m.sum() == pytest.approx(146, abs=0.01)
    assert bits.length_m.max() <= 10.0
    assert (bits.begin_m[bits.first] == 0).all()
    x, y = bits.xy.T
    assert nearest_lixels(bits, x, y, 1.0).tolist() == list(range(len(x)))
    off = nearest_lixels(bits, np.array([ORIGIN[0] + 50.0]), np.array([ORIGIN[1] + 80.0]), 30.0)
    assert off.tolist() == [-1]


def test_stretches_join_along_a_street_and_across_a_crossing_of_the_same_name():
    roads = streets([[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)]], name=["甲路", "甲路", "乙路"])
    bits = cut_lixels(network_of(roads), 10.0)
    number = joined(bits, np.ones(len(bits.piece), dtype=bool))
    assert [len(set(number[bits.road_id == road])) for road in (1, 2, 3)] == [1, 1, 1]
    assert number[bits.road_id == 1][0] == number[bits.road_id == 2][0] != number[bits.road_id == 3][0]
    some = np.zeros(len(bits.piece), dtype=bool)
    some[[0, 1, 5]] = True
    assert joined(bits, some)[:7].tolist() == [0, 0, -1, -1, -1, 1, -1]
    whole = lixel_lines(bits, np.flatnonzero(number == number[bits.road_id == 1][0]))
    assert whole.geom_type == "LineString" and whole.length > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 10_000), st.sampled_from([30.0, 100.0, 400.0]))
def test_density_conserves_mass_in_every_part_of_any_town(columns, rows, seed, bandwidth_m):
    rng = np.random.default_rng(seed)
    town = grid(columns, rows)
    network = network_of(town[rng.random(len(town)) < 0.7]) if len(town) > 6 else network_of(town)
    bits = cut_lixels(network, 25.0)
    weight = rng.poisson(0.5, len(bits.piece)).astype(float)
    density = network_density(bits, weight, bandwidth_m)
    assert (density >= 0).all()
    links = np.zeros((network.node_count, network.node_count))
    links[network.start, network.end] = 1
    part = connected_components(links, directed=False)[1][network.start[bits.piece]]
    given_, got = np.bincount(part, weights=weight), np.bincount(part, weights=density * bits.length_m)
    assert got == pytest.approx(given_, abs=1e-9 * max(weight.sum(), 1))


def test_on_a_long_street_the_kernel_is_a_bell_of_the_bandwidth():
    bits = cut_lixels(network_of(streets(LINE)), 10.0)
    weight = np.zeros(len(bits.piece))
    weight[100] = 1
    share = network_density(bits, weight, 100.0) * bits.length_m
    away = bits.xy[:, 0] - bits.xy[100, 0]
    assert np.sqrt((share * away**2).sum()) == pytest.approx(100, rel=0.01)
    gauss = np.exp(-((away / 100) ** 2) / 2) / (100 * np.sqrt(2 * np.pi)) * 10
    assert np.abs(share - gauss).max() < 0.03 * gauss.max()


def test_what_a_spot_gives_another_it_gets_from_it():
    bits = cut_lixels(network_of(grid(4, 3)), 30.0)
    one, other = np.zeros(len(bits.piece)), np.zeros(len(bits.piece))
    one[3], other[40] = 1, 1
    assert network_density(bits, one)[40] == pytest.approx(network_density(bits, other)[3], rel=1e-9)


def test_density_goes_round_the_corner_and_not_through_the_block():
    # Two parallel streets 60 m apart, joined only at their far ends.
    bits = cut_lixels(network_of(streets([[(0, 0), (800, 0), (800, 60), (0, 60)]])), 10.0)
    weight = np.zeros(len(bits.piece))
    weight[0] = 1
    density = network_density(bits, weight, 60.0)
    assert density[0] > 1e3 * density[-1]
