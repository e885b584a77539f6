"""A cut is a partition, each 片区 in one piece, locked units where they were, no ground lost or shared."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.hotspots.districting.links import UnknownWall, check_strengths, find_links
from geo.hotspots.districting.pieces import LockedApart, count_pieces, make_whole
from geo.hotspots.districting.redistrict import TooFewUnits, redistrict
from geo.hotspots.districting.units import Units, UnitsBroken

SIDE = 100.0


def blocks(columns: int, rows: int) -> list[shapely.Polygon]:
    """Squares, row by row from the south-west."""
    return [
        shapely.box(i * SIDE, j * SIDE, (i + 1) * SIDE, (j + 1) * SIDE) for j in range(rows) for i in range(columns)
    ]


def pieces(units: Units, cut) -> list[int]:
    """Of how many pieces each 片区 is."""
    share = np.searchsorted(sorted(cut.names), np.array(cut.codes))
    return count_pieces(share, len(cut.names), cut.links).tolist()


@settings(max_examples=15, deadline=None)
@given(
    st.integers(3, 8), st.integers(3, 7), st.integers(1, 6), st.integers(0, 10_000), st.sampled_from([0.0, 0.2, 0.4])
)  # fmt: skip
def test_any_cut_is_a_partition_in_whole_pieces_with_no_ground_lost_or_shared(columns, rows, k, seed, holes):
    rng = np.random.default_rng(seed)
    areas = [area for area in blocks(columns, rows) if rng.random() >= holes]
    k = min(k, max(len(areas), 1))
    load = rng.gamma(0.7, 1.0, len(areas)) * (rng.random(len(areas)) < 0.8)
    if not areas or load.sum() == 0:
        return
    units = Units.of(areas, load)
    cut = redistrict(units, find_links(units), k, seed=seed, seeds=2)
    assert len(cut.codes) == len(areas) and set(cut.codes) == set(cut.names) and len(cut.names) == k
    assert pieces(units, cut) == [1] * k
    ground = [shapely.union_all(units.areas[np.array(cut.codes) == code]) for code in cut.names]
    assert sum(area.area for area in ground) == pytest.approx(shapely.union_all(areas).area)
    held = [load[np.array(cut.codes) == code].sum() for code in cut.names]
    assert cut.max_over_mean == pytest.approx(max(held) / (load.sum() / k))
    assert cut.max_over_mean >= cut.bound - 1e-6


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 8), st.integers(4, 7), st.integers(2, 5), st.integers(0, 10_000), st.integers(0, 12))
def test_locked_units_never_move_and_their_districts_stay_whole(columns, rows, k, seed, locks):
    rng = np.random.default_rng(seed)
    areas = blocks(columns, rows)
    plain = Units.of(areas, rng.gamma(0.7, 1.0, len(areas)) + 0.01)
    links = find_links(plain)
    first = redistrict(plain, links, k, seed=seed, seeds=1)
    locked = np.zeros(len(areas), dtype=bool)
    locked[rng.permutation(len(areas))[:locks]] = True
    changed = plain.load * rng.uniform(0.2, 3.0, len(areas))
    units = Units.of(areas, changed, before=first.codes, locked=locked)
    for fresh in (False, True):
        cut = redistrict(units, links, seed=seed, seeds=1, fresh=fresh)
        assert [cut.codes[i] for i in np.flatnonzero(locked)] == [first.codes[i] for i in np.flatnonzero(locked)]
        assert pieces(units, cut) == [1] * k and set(cut.names) == set(first.names)


def test_a_cut_of_many_units_is_even_and_the_same_seed_gives_it_again():
    rng = np.random.default_rng(3)
    units = Units.of(blocks(15, 12), rng.gamma(1.5, 1.0, 180))
    links = find_links(units)
    one, two = (redistrict(units, links, 6, seed=5) for _ in range(2))
    assert one.codes == two.codes and one.max_over_mean <= 1.03


def test_a_cut_that_is_even_enough_is_left_as_it_is():
    units = Units.of(blocks(4, 2), np.ones(8), before=["A", "A", "B", "B"] * 2)
    cut = redistrict(units, find_links(units))
    assert cut.codes == units.before and cut.moved_load == 0


def test_a_recut_moves_little_where_a_fresh_cut_would_move_much():
    rng = np.random.default_rng(8)
    areas, load = blocks(16, 12), rng.gamma(2.0, 1.0, 192)
    links = find_links(Units.of(areas, load))
    before = redistrict(Units.of(areas, load), links, 6).codes
    later = load * np.where(np.array(before) == before[0], 1.4, 1.0)
    cut = redistrict(Units.of(areas, later, before=before), links)
    assert cut.max_over_mean_before > 1.2 and cut.max_over_mean <= 1.03
    assert cut.moved_load < 0.12


def test_no_district_reaches_across_a_hard_river_and_the_bound_says_what_that_costs():
    units = Units.of(blocks(6, 4), np.r_[np.ones(12), np.full(12, 1.6)])
    river = np.array([shapely.box(-50, 190, 650, 210)])
    cut = redistrict(units, find_links(units, walls={"river": river}), 4)
    south, north = set(cut.codes[:12]), set(cut.codes[12:])
    assert not south & north
    assert cut.bound == pytest.approx(1.6 * 12 / 2 / (31.2 / 4))
    assert ("districts.note_bound", {"bound": 1.231, "goal": 1.03}) in cut.notes
    soft = redistrict(units, find_links(units, walls={"river": river}, strength=check_strengths({"river": "soft"})), 4)
    assert soft.max_over_mean < 1.1


def test_a_district_that_a_river_cuts_keeps_one_side_and_no_code_stands_on_both():
    units = Units.of(blocks(4, 4), np.ones(16), before=["A"] * 4 + ["B"] * 8 + ["C"] * 4)
    river = np.array([shapely.box(-50, 190, 450, 210)])
    cut = redistrict(units, find_links(units, walls={"river": river}), 4)
    assert not set(cut.codes[:8]) & set(cut.codes[8:]) and len(set(cut.codes)) == 4
    assert {"A", "B", "C"} < set(cut.codes) and pieces(units, cut) == [1] * 4


def test_borders_are_drawn_to_a_main_road():
    units = Units.of(blocks(7, 4), np.ones(28))
    road = np.array([shapely.LineString([(300, -50), (300, 450)])])
    walls = {"main_road": road}
    cut = redistrict(units, find_links(units, walls=walls), 2, goal=1.15)
    sides = [{code for i, code in enumerate(cut.codes) if (i % 7 < 3) is west} for west in (True, False)]
    assert all(len(side) == 1 for side in sides)


def test_towns_part_districts_when_their_borders_are_hard():
    units = Units.of(blocks(6, 2), np.ones(12))
    towns = np.array([shapely.box(0, 0, 400, 200), shapely.box(400, 0, 600, 200)])
    links = find_links(units, towns=towns, strength=check_strengths({"town": "hard"}))
    cut = redistrict(units, links, 3)
    west = {code for i, code in enumerate(cut.codes) if i % 6 < 4}
    assert len(west) == 2 and cut.max_over_mean == pytest.approx(1.0)


def test_ground_behind_a_wall_that_is_too_light_is_joined_and_said():
    units = Units.of(blocks(5, 1), [1, 1, 1, 1, 0.1])
    links = find_links(units, walls={"river": np.array([shapely.box(390, -50, 410, 150)])})
    cut = redistrict(units, links, 2)
    assert cut.codes[3] == cut.codes[4]
    assert ("districts.note_joined", {"one": "4", "other": "5"}) in cut.notes


def test_a_new_district_gets_the_next_code_and_a_dropped_one_gives_its_ground_away():
    units = Units.of(blocks(6, 2), np.ones(12), before=["0101", "0101", "0101", "0102", "0102", "0102"] * 2)
    links = find_links(units)
    more, fewer = redistrict(units, links, 3), redistrict(units, links, 1)
    assert more.names == ("0101", "0102", "0103") and more.max_over_mean == pytest.approx(1.0)
    assert len(fewer.names) == 1 and fewer.names[0] in {"0101", "0102"}


def test_locked_units_that_cannot_meet_are_refused():
    units = Units.of(blocks(3, 1), np.ones(3), before=["A", "B", "A"], locked=[True, True, True])
    with pytest.raises(LockedApart) as caught:
        redistrict(units, find_links(units))
    assert caught.value.facts == {"one": "1", "other": "3"}


def test_two_shares_that_want_the_same_ground_each_end_in_one_piece():
    row = [[1], [0, 2], [1, 3], [2, 4], [3]]
    share, pinned = make_whole(
        np.array([0, 1, 0, 1, 0]), 2, row, np.ones(5), np.array([True, False, True, False, False])
    )
    assert share[:3].tolist() == [0, 0, 0] and pinned.tolist() == [True, True, True, False, False]
    assert set(share.tolist()) == {0, 1}


@pytest.mark.parametrize(
    ("units", "code"),
    [
        (lambda: Units.of([], []), "districts.no_units"),
        (lambda: Units.of(blocks(2, 1), [0, 0]), "districts.no_load"),
        (lambda: Units.of(blocks(2, 1), [1, float("nan")]), "districts.unit_load"),
        (lambda: Units.of(blocks(2, 1), [1, 1], keys=["a", "a"]), "districts.unit_twice"),
        (lambda: Units.of([shapely.Point(0, 0)], [1]), "districts.unit_no_area"),
        (
            lambda: Units.of([shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100)], [1, 1]),
            "districts.units_overlap",
        ),
        (
            lambda: Units.of([shapely.box(0, 0, 100, 100), shapely.box(20, 20, 80, 80)], [1, 1]),
            "districts.units_overlap",
        ),
        (lambda: Units.of(blocks(2, 1), [1, 1], locked=[True, False]), "districts.locked_nowhere"),
    ],
)
def test_units_that_cannot_be_cut_are_refused_by_name(units, code):
    with pytest.raises(UnitsBroken) as caught:
        units()
    assert caught.value.code == code


def test_more_districts_than_units_are_refused():
    units = Units.of(blocks(2, 1), [1, 1])
    with pytest.raises(TooFewUnits):
        redistrict(units, find_links(units), 3)
    with pytest.raises(UnknownWall):
        check_strengths({"railway": "hard"})
