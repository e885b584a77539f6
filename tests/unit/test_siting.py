"""Sites: what rules out, who walks where, a quick choice and the best one with its proof."""

from __future__ import annotations

import itertools

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from geo.hotspots.siting.choose import TooManySites, choose_best, choose_quickly, covered_by
from geo.hotspots.siting.county import event_demand
from geo.hotspots.siting.coverage import SitesBroken, Siting, too_near, within_radius, within_walk
from geo.hotspots.siting.plan import NoCandidates, SiteRequest, find_sites
from geo.hotspots.siting.rules import RuleColumn, find_reasons, read_rule
from tests.towns import ORIGIN, SRID, grid, network_of, spot, streets


def metres(*points: tuple[float, float]) -> np.ndarray:
    """Places in metres from the origin, in the metric frame."""
    return np.add(np.array(points, dtype=float), ORIGIN)


def frame(points: list[tuple[float, float]], **columns) -> geopandas.GeoDataFrame:
    """Points in metres from the origin, with columns."""
    return geopandas.GeoDataFrame(columns, geometry=[spot(*point) for point in points], crs=SRID)


def made_up(
    seed: int, candidates: int, demand: int, spacing: float, *, capacity: bool = False
) -> tuple[Siting, np.ndarray]:
    """A choice on a square kilometre, and where the candidates stand."""
    rng = np.random.default_rng(seed)
    spots, places = rng.uniform(0, 1000, (candidates, 2)), rng.uniform(0, 1000, (demand, 2))
    room = rng.uniform(2, 6, candidates) if capacity else None
    served = rng.random(demand) < 0.1
    weight = rng.integers(0, 5, demand).astype(float)
    weight[0] += 1
    siting = Siting(weight, within_radius(spots, places, 200), too_near(spots, spacing), served, room)
    return siting, spots


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.sampled_from([0.0, 150.0, 400.0]), st.booleans())
def test_the_proven_choice_is_the_best_of_all_and_keeps_the_spacing(seed, p, spacing, capacity):
    siting, spots = made_up(seed, 8, 30, spacing, capacity=capacity)
    best, quick = choose_best(siting, p), choose_quickly(siting, p)
    allowed = [
        combination
        for size in range(1, p + 1)
        for combination in itertools.combinations(range(8), size)
        if all(np.hypot(*(spots[i] - spots[j])) >= spacing for i, j in itertools.combinations(combination, 2))
    ]
    truth = max(covered_by(siting, np.array(one)) for one in allowed)
    assert best.proven and best.covered == pytest.approx(max(truth, siting.served_before))
    assert siting.served_before <= quick.covered <= best.covered + 1e-9 <= siting.total + 1e-6
    for choice in (best, quick):
        assert len(choice.chosen) <= p and choice.covered == pytest.approx(covered_by(siting, choice.chosen))
        assert siting.served_before + choice.adds.sum() == pytest.approx(choice.covered)
        assert all(np.hypot(*(spots[i] - spots[j])) >= spacing for i, j in itertools.combinations(choice.chosen, 2))
    assert best.bound == pytest.approx(best.covered)


def test_a_choice_cut_short_says_what_could_still_be_gained():
    siting, _ = made_up(4, 60, 200, 60.0)
    short = choose_best(siting, 6, seconds=0.01)
    whole = choose_best(siting, 6)
    assert whole.proven and short.covered <= whole.covered <= short.bound + 1e-6


def test_walking_goes_along_the_streets_and_not_across_the_river():
    roads = streets([[(0, 0), (1000, 0)], [(0, 300), (1000, 300)], [(0, 0), (0, 300)]])
    network = network_of(roads)
    here = metres((800, 10))
    there = metres((790, 5), (800, 300), (100, 0), (800, 9000))
    reach, off = within_walk(network, here, there, 600.0)
    assert reach.toarray().tolist() == [[True, False, True, False]] and off.tolist() == [False, False, False, True]
    assert within_radius(here, there, 400.0).toarray().tolist() == [[True, True, False, False]]
    long, _ = within_walk(network, here, there, 1500.0)
    assert long.toarray().tolist() == [[True, True, True, False]]


def test_walks_agree_with_the_travel_matrix_of_the_streets():
    from geo.roads.places import PlacedNetwork, Snapper

    network = network_of(grid(6, 5))
    rng = np.random.default_rng(0)
    here, there = (np.array(ORIGIN) + rng.uniform(0, [1000, 800], (k, 2)) for k in (7, 9))
    places = Snapper(network, "foot").snap([shapely.Point(*xy) for xy in [*here, *there]], limit_m=300)
    along = PlacedNetwork(network, "foot", places).travel_matrix().distance_m[:7, 7:]
    off = np.array([place.off_m for place in places])
    whole = along + off[:7, None] + off[None, 7:]
    for minutes in (2, 5, 9):
        reach = within_walk(network, here, there, 60.0 * minutes)[0].toarray()
        near = np.abs(whole - 80.0 * minutes) < 2
        assert (reach == (whole <= 80.0 * minutes))[~near].all()


def test_every_reason_is_told_and_a_thing_at_the_limit_is_near_enough_and_far_enough():
    candidates = frame([(0, 0), (100, 0), (250, 0)], key=["a", "b", "c"], slope=[5.0, 30.0, None])
    schools = frame([(200, 0)], name=["一小"], kind=["school"])
    rules = [read_rule(text) for text in ("z:kind=school<100", "z>200", "column:slope>15", "z:kind=none>10")]
    told = find_reasons(candidates, rules, {"z": schools})
    assert [[reason["code"] for reason in row] for row in told] == [
        ["sites.reason_far"],
        ["sites.reason_more", "sites.reason_far"],
        ["sites.reason_near", "sites.reason_unknown", "sites.reason_far"],
    ]
    assert told[2][0] == {
        "rule": "z:kind=school<100",
        "limit": 100.0,
        "code": "sites.reason_near",
        "found": 50,
        "name": "一小",
    }
    assert told[0][0]["found"] == -1
    with pytest.raises(RuleColumn):
        find_reasons(candidates, [read_rule("column:height>1")], {})
    with pytest.raises(RuleColumn):
        find_reasons(candidates, [read_rule("z:tier=main<5")], {"z": schools})


def test_a_plan_says_its_sentence_and_why_others_are_out():
    candidates = frame([(0, 0), (400, 0), (800, 0)], key=["a", "b", "c"], name=[None] * 3)
    demand = frame([(10, 0), (390, 0), (810, 0), (5000, 0)], weight=[5.0, 3.0, 1.0, 1.0])
    schools = frame([(0, 20)], name=["一小"], kind=["school"])
    request = SiteRequest(p=1, radius_m=100.0, rules=("school<50",))
    found = find_sites(candidates, demand, request, layers={"school": schools})
    assert found.choice.chosen.tolist() == [1] and found.left == 2 and np.isnan(found.alone[0])
    assert found.sentence() == (
        "sites.sentence_proven",
        {"sites": 1, "share": "30.0", "bound": "30.0", "before": "0.0"},
    )
    assert found.summary()["ruled_out"] == {"school<50": 1}
    standing = metres((0, 0))
    with_one = find_sites(candidates, demand, request, layers={"school": schools}, standing=standing)
    assert with_one.summary()["share_before"] == 0.5 and with_one.summary()["share"] == 0.8
    preview = find_sites(candidates, demand, SiteRequest(p=1, radius_m=100.0, preview=True), layers={})
    assert preview.sentence()[0] == "sites.sentence_preview" and preview.choice.chosen.tolist() == [0]
    with pytest.raises(NoCandidates):
        find_sites(
            candidates, demand, SiteRequest(p=1, radius_m=9.0, rules=("school<9999",)), layers={"school": schools}
        )
    with pytest.raises(TooManySites):
        find_sites(candidates, demand, SiteRequest(p=4, radius_m=9.0), layers={})


def test_a_full_site_leaves_demand_to_the_next():
    covers = csr_matrix(np.ones((2, 3), dtype=bool))
    nothing = np.zeros(0, dtype=np.int64)
    siting = Siting(np.array([4.0, 4.0, 4.0]), covers, (nothing, nothing), np.zeros(3, bool), np.array([5.0, 6.0]))
    best = choose_best(siting, 2)
    assert best.covered == pytest.approx(11.0) and best.chosen.tolist() == [1, 0] and best.proven


def test_demand_counts_each_thing_once_and_a_year_back():
    when = pandas.to_datetime(["2026-01-05", "2026-01-06", "2026-01-07", "2024-01-01", "2026-01-07"], utc=True)
    events = pandas.DataFrame(
        {
            "code": ["04-01", "04-01", "04-01", "04-01", "01-10"],
            "occurred_at": when,
            "x": [10.0, 20.0, 900.0, 10.0, 10.0],
            "y": [10.0, 20.0, 10.0, 10.0, 10.0],
            "duplicate": [False, False, True, False, False],
            "default_geocode": False,
            "weight": 1.0,
        }
    )
    demand = event_demand(events, ["04-01"], 365, SRID)
    assert demand["weight"].tolist() == [2.0] and demand.geometry.iloc[0].coords[0] == (15.0, 15.0)
    assert len(event_demand(events.iloc[:0], ["04-01"], 365, SRID)) == 0


@pytest.mark.parametrize("weight", [[0.0, 0.0], [1.0, -1.0], [1.0, float("nan")]])
def test_demand_that_makes_no_sense_is_refused(weight):
    nothing = np.zeros(0, dtype=np.int64)
    with pytest.raises(SitesBroken):
        Siting(np.array(weight), csr_matrix((1, 2), dtype=bool), (nothing, nothing), np.zeros(2, dtype=bool))
