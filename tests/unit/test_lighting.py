"""Darkness by cause, circuits that fail together, walks by night: planted ones are found, chance is not named."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from geo.hotspots.lighting.circuits import circuit_outages, runs_tail
from geo.hotspots.lighting.dark import dark_stretches
from geo.hotspots.lighting.night_walk import night_walks
from geo.hotspots.lighting.rules import Reach, lamp_reach, night_places
from geo.layers.street_classes import REGIME_OF_TIER
from geo.roads.lixels import cut_lixels
from geo.roads.places import Place
from geo.tables.hotspot_zones import ZONE_KINDS
from tests.towns import ORIGIN, grid, network_of, streets

REACH = {tier: Reach(25.0, 30.0) for tier in ("main", "secondary", "branch", "lane")}


def street(length=1000, every=40.0, out=(), planned=()):
    """A straight street with lamps every so many metres, some of them out."""
    bits = cut_lixels(network_of(streets([[(0, 0), (length, 0)]], tier="main")), 5.0)
    x = np.arange(every / 2, length, every)
    status = np.full(len(x), "on", dtype=object)
    status[list(out)] = "fault"
    status[list(planned)] = "off_by_plan"
    return bits, x + ORIGIN[0], np.full(len(x), ORIGIN[1] + 5.0), status


def darkness(bits, x, y, status, looked=None):
    """Dark stretches of all streets, or of those looked at."""
    return dark_stretches(bits, np.ones(len(bits.piece), bool) if looked is None else looked, x, y, status, REACH)


def test_a_street_lit_by_the_book_has_no_dark_stretch():
    found = darkness(*street())
    assert found.stretches == [] and sum(found.dark_m.values()) == 0
    assert found.looked_m["main"] == pytest.approx(1000, abs=0.1)


def test_lamps_out_in_a_row_make_one_stretch_and_are_named():
    found = darkness(*street(out=(9, 10, 11)))
    (one,) = found.stretches
    assert (one.cause, one.lamps, one.tier) == ("fault", (9, 10, 11), "main")
    assert one.length_m == pytest.approx(4 * 40 - 2 * 24.5, abs=11), "lamps stand 5 m off: 24.5 m along the street"


def test_lamps_off_by_plan_are_no_fault_and_missing_lamps_are_spacing():
    assert [one.cause for one in darkness(*street(planned=(9, 10, 11))).stretches] == ["off_by_plan"]
    bits, x, y, status = street()
    kept = np.ones(len(x), bool)
    kept[9:12] = False
    (one,) = darkness(bits, x[kept], y[kept], status[kept]).stretches
    assert (one.cause, one.lamps) == ("spacing", ())


def test_streets_nobody_lights_are_not_looked_at_and_no_lamps_is_all_dark():
    bits, x, y, status = street()
    looked = bits.xy[:, 0] < ORIGIN[0] + 500
    found = darkness(bits, x[:0], y[:0], status[:0], looked)
    assert found.stretches[0].length_m == pytest.approx(500, abs=5)
    assert found.looked_m["main"] == pytest.approx(500, abs=5)


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 24), max_size=25), st.sets(st.integers(0, 24), max_size=25))
def test_for_any_lamps_out_more_of_them_is_never_lighter(some, more):
    less = darkness(*street(out=some))
    lots = darkness(*street(out=some | more))
    assert sum(lots.dark_m.values()) >= sum(less.dark_m.values())
    listed = sum(one.length_m for one in lots.stretches)
    assert listed <= sum(lots.dark_m.values()) + 1e-6
    assert sum(lots.dark_m.values()) <= lots.looked_m["main"] + 1e-6


@pytest.mark.parametrize(("lamps", "out"), [(6, 3), (8, 2), (7, 5), (5, 5), (9, 1)])
def test_the_law_of_neighbours_is_what_counting_every_case_gives(lamps, out):
    pairs = []
    for chosen in itertools.combinations(range(lamps), out):
        on = np.zeros(lamps, bool)
        on[list(chosen)] = True
        pairs.append(int((on[1:] & on[:-1]).sum()))
    for k in range(out):
        assert runs_tail(lamps, out, k) == pytest.approx(np.mean(np.array(pairs) >= k))


def circuits(rng, n=60, size=30, rate=0.03):
    """Circuits of lamps in rows, faults at random."""
    lamps = pd.DataFrame(
        {
            "code": [f"{c:03d}-{i}" for c in range(n) for i in range(size)],
            "circuit": np.repeat([f"HL-{c:03d}" for c in range(n)], size),
            "status": np.where(rng.random(n * size) < rate, "fault", "on").astype(object),
            "tier": "main",
        }
    )
    xy = np.column_stack([np.tile(np.arange(size) * 40.0, n), np.repeat(np.arange(n) * 100.0, size)])
    return lamps, xy


def test_random_outages_are_named_no_more_often_than_promised():
    rng, runs = np.random.default_rng(1), 50
    many = together = 0
    for _ in range(runs):
        found = circuit_outages(*circuits(rng))
        many += any(one.many for one in found)
        together += any(one.together for one in found)
    limit = binom.ppf(0.999, runs, 0.05)
    assert many <= limit and together <= limit


def test_a_cut_cable_and_a_dead_box_are_told_apart():
    lamps, xy = circuits(np.random.default_rng(2), n=120)
    lamps.loc[lamps["circuit"] == "HL-007", "status"] = ["on"] * 10 + ["fault"] * 7 + ["on"] * 13
    scattered = [["fault", "on"][i % 3 > 0] for i in range(30)]
    lamps.loc[lamps["circuit"] == "HL-050", "status"] = scattered
    lamps.loc[lamps["circuit"] == "HL-099", "status"] = "off_by_plan"
    found = {one.name: one for one in circuit_outages(lamps, xy)}
    assert (found["HL-007"].many, found["HL-007"].together, found["HL-007"].side_by_side) == (True, True, 6)
    assert lamps["code"].iloc[list(found["HL-007"].out_rows)].tolist() == [f"007-{i}" for i in range(10, 17)]
    assert (found["HL-050"].many, found["HL-050"].together) == (True, False)
    assert "HL-099" not in found, "off by plan is no fault"
    assert sum(one.many or one.together for one in found.values()) <= 3


def test_a_circuit_of_few_lamps_is_not_judged():
    lamps, xy = circuits(np.random.default_rng(3), n=3, size=4, rate=1.0)
    found = circuit_outages(lamps, xy)
    assert [one.judged for one in found] == [False] * 3
    assert not any(one.many or one.together for one in found)
    assert circuit_outages(lamps.assign(circuit=None), xy) == []


def test_walks_follow_the_streets_and_fade_with_the_way():
    # A school on the lower of two streets 60 m apart that meet 300 m away.
    network = network_of(streets([[(0, 0), (300, 0), (300, 60), (0, 60)], [(2000, 0), (2100, 0)]]))
    bits = cut_lixels(network, 5.0)
    upper = np.flatnonzero((bits.xy[:, 1] > ORIGIN[1] + 59) & (bits.xy[:, 0] < ORIGIN[0] + 100))
    far = np.flatnonzero(bits.xy[:, 0] > ORIGIN[0] + 1000)
    school = [Place(0, 0.0)]
    found = night_walks(bits, school, np.array([1.0]), np.array([500.0]), [np.array([0, 1]), upper, far])
    assert found.demand[0] == pytest.approx(1, abs=0.01)
    assert found.demand[20] == pytest.approx(1 - 100 / 500, abs=0.02)
    assert (found.demand[far] == 0).all()
    assert [[one for one, _ in stretch] for stretch in found.reached] == [[0], [], []]
    wider = night_walks(bits, school, np.array([1.0]), np.array([800.0]), [upper])
    assert wider.reached[0][0][1] == pytest.approx(300 + 60 + 200, abs=6)


def test_walks_of_many_places_add_up_and_none_is_none():
    bits = cut_lixels(network_of(grid(4, 4)), 10.0)
    places = [Place(int(piece), 30.0) for piece in np.arange(24).repeat(4)]
    weight, walk = np.ones(96), np.full(96, 300.0)
    together = night_walks(bits, places, weight, walk).demand
    alone = sum(night_walks(bits, [one], np.ones(1), np.full(1, 300.0)).demand for one in places)
    assert together == pytest.approx(alone)
    assert night_walks(bits, [], np.zeros(0), np.zeros(0)).demand.sum() == 0


def test_the_tables_name_every_tier_and_only_known_places():
    assert set(lamp_reach()) == set(REGIME_OF_TIER)
    assert set(night_places()) <= set(ZONE_KINDS)
    assert all(0 < one.reach_m <= 60 and one.shortest_m > 0 for one in lamp_reach().values())
