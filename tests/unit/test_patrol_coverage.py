"""The centre is covered in full every day: every street in a trail, what was walked today credited, no more."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrol.demand.coverage import centre_pieces, coverage_wishes, covered_pieces, pick_for_cells
from geo.patrol.demand.load import coverage_share
from geo.patrol.demand.posts import ShiftOfDay
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.trails import BRIDGE_M, SPUR_M, TRAIL_M, string_trails
from tests.towns import ON, ORIGIN, SPAN, grid, network_of, streets

TOWN = network_of(grid(6, 5))
EVERYWHERE = shapely.box(ORIGIN[0] - 50, ORIGIN[1] - 50, ORIGIN[0] + 1050, ORIGIN[1] + 850)


def line_of(network, piece):
    return shapely.LineString(network.xy[network.first[piece] : network.last[piece] + 1])


@settings(max_examples=25)
@given(st.sets(st.integers(0, 48), min_size=1), st.integers(0, 2**31))
def test_trails_cover_every_street_once_and_hang_together_for_any_streets(pieces, seed):
    rng = np.random.default_rng(seed)
    town = grid(6, 5)
    town["oneway"] = np.where(rng.random(len(town)) < 0.3, rng.choice([-1, 1], len(town)), 0)
    network = network_of(town)
    trails = string_trails(network, pieces)
    graph = network.graphs["ebike"]
    chosen = np.array(sorted(pieces))
    reachable = set(chosen[graph.in_main(chosen, network.start, network.end)].tolist())
    covered = {piece for trail in trails for piece, _ in trail.pieces}
    assert reachable <= covered <= set(pieces)
    for trail in trails:
        assert trail.length_m < TRAIL_M + BRIDGE_M + 2 * SPUR_M + 400
        assert any(trail.open_to["ebike"]) or any(trail.open_to["foot"])
        for (piece, ahead), (following, onward) in itertools.pairwise(trail.pieces):
            end = network.end[piece] if ahead else network.start[piece]
            assert end == (network.start[following] if onward else network.end[following])


def test_a_short_dead_end_is_walked_in_and_out_on_the_way():
    network = network_of(streets([[(0, 0), (200, 0)], [(200, 0), (400, 0)], [(200, 0), (200, 60)]]))
    (trail,) = string_trails(network, range(3))
    assert sorted(piece for piece, _ in trail.pieces) == [0, 1, 2, 2]
    assert trail.length_m == pytest.approx(520, abs=1)


def test_streets_outside_the_centre_are_not_asked_for():
    west = shapely.box(ORIGIN[0] - 50, ORIGIN[1] - 50, ORIGIN[0] + 450, ORIGIN[1] + 850)
    inside = centre_pieces(TOWN, west)
    assert 0 < len(inside) < len(TOWN.road)
    assert all(west.intersects(line_of(TOWN, piece).interpolate(0.5, normalized=True)) for piece in inside)


def test_what_was_walked_today_is_credited_and_half_a_street_is_not():
    pieces = centre_pieces(TOWN, EVERYWHERE)
    whole, half = line_of(TOWN, pieces[0]), shapely.ops.substring(line_of(TOWN, pieces[1]), 0, 0.5, normalized=True)
    assert covered_pieces(TOWN, pieces, [whole, half]) == {int(pieces[0])}
    before = coverage_wishes(TOWN, EVERYWHERE, SPAN)
    after = coverage_wishes(TOWN, EVERYWHERE, SPAN, walked=[whole], passed=[int(pieces[1])])
    assert before.facts["credited_m"] == 0
    assert (after.facts["credited_m"], after.facts["passes_m"]) == (200, 200)
    assert after.facts["asked_m"] == before.facts["asked_m"] - 400
    assert sum(after.facts[name] for name in ("credited_m", "passes_m", "asked_m", "later_m")) == after.facts["total_m"]


def test_shifts_share_a_day_without_gap_or_overlap():
    day = [ShiftOfDay("a", 6 * 3600, 12 * 3600, (1, 2)), ShiftOfDay("b", 12 * 3600, 20 * 3600, (3, 4, 5))]
    shares = [coverage_share(shift.code, day) for shift in day]
    keys = [{wish.key for wish in coverage_wishes(TOWN, EVERYWHERE, SPAN, share=share).wishes} for share in shares]
    everything = {wish.key for wish in coverage_wishes(TOWN, EVERYWHERE, SPAN).wishes}
    assert keys[0] | keys[1] == everything
    assert not keys[0] & keys[1]


def test_a_short_shift_covers_only_where_no_long_one_does():
    dawn, long = ShiftOfDay("dawn", 5 * 3600, 8 * 3600, (1, 2)), ShiftOfDay("day", 9 * 3600, 17 * 3600, (3, 4))
    assert coverage_share("dawn", [dawn, long]) == (0.0, 0.0)
    assert coverage_share("day", [dawn, long]) == (0.0, 1.0)
    assert coverage_share("dawn", [dawn]) == (0.0, 1.0)
    assert coverage_share("dawn", [dawn, ShiftOfDay("day", 9 * 3600, 17 * 3600, ())]) == (0.0, 1.0)
    assert coverage_wishes(TOWN, EVERYWHERE, SPAN, share=(0.0, 0.0)).wishes == ()


def test_by_cells_one_street_of_each_is_enough():
    streets_too = coverage_wishes(TOWN, EVERYWHERE, SPAN)
    cells = coverage_wishes(TOWN, EVERYWHERE, SPAN, covers="cells")
    assert 0 < cells.facts["asked_m"] < streets_too.facts["asked_m"]
    assert cells.facts["cells"] == streets_too.facts["cells"]
    assert pick_for_cells([], {}) == []


def test_nothing_is_covered_by_night_or_without_a_centre():
    assert coverage_wishes(TOWN, None, SPAN).wishes == ()
    night = ShiftSpan(ON, 22 * 3600, 25 * 3600, SPAN.starts_at)
    assert coverage_wishes(TOWN, EVERYWHERE, night).wishes == ()
