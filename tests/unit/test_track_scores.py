"""Streets, cells, passes and places of a scored shift against figures worked out by hand, and the page of them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.patrol.tracks.scoring.ground import cells_seen, count_passes, cover, pieces_along, streets_of, target_pieces
from geo.patrol.tracks.scoring.queries import ItemRow
from geo.patrol.tracks.scoring.shift import Material, TeamDay, score_shift
from geo.patrol.tracks.scoring.stops import Planned, Seen, give_reasons, judge_stop, presence
from geo.roads.matching.fixes import order_fixes
from geo.roads.matching.match import Matched
from geo.roads.network import Network
from geo.roads.places import piece_lines
from maps.dashboards.coverage import CoverageView, render_coverage
from maps.dashboards.coverage_map import ScoredShift
from maps.findings.page import Head
from maps.texts import Texts
from tests.towns import ORIGIN, network_of, streets

CORNER = (np.ceil(ORIGIN[0] / 250) * 250 - ORIGIN[0], np.ceil(ORIGIN[1] / 250) * 250 - ORIGIN[1])
"""A corner of the grid of cells, metres from the towns' origin."""


def at(x: float, y: float) -> tuple[float, float]:
    """Metres from that corner."""
    return CORNER[0] + x, CORNER[1] + y


@pytest.fixture(scope="module")
def town() -> Network:
    """A main street of 500 m through two cells, a lane of 100 m up from its middle, a short one of 60 m beside it."""
    lines = [[at(0, 10), at(260, 10), at(500, 10)], [at(260, 10), at(260, 110)], [at(270, 200), at(330, 200)]]
    return network_of(streets(lines, tier=["main", "lane", "lane"], owner_district="P01"))


def way(*rows: tuple[int, float, float, float, float]) -> Matched:
    """A way by hand: piece, from metre, to metre, from second, to second."""
    piece, begin, stop, from_s, to_s = np.array(rows, dtype=float).T
    run = np.zeros(len(rows), dtype=np.int64)
    return Matched(piece.astype(np.int64), begin, stop, from_s, to_s, run, 1, 1, 0, 0, ())


def test_streets_and_cells_are_covered_once_however_often_they_are_walked(town: Network) -> None:
    # Pieces 0 and 1 are the main street's halves, 2 the lane, 3 the short one.
    walked = [way((0, 0, 260, 0, 250), (0, 260, 0, 250, 500)), way((0, 100, 260, 0, 1), (2, 0, 79, 1, 2))]
    coverage = cover(town, target_pieces(town, None), walked)
    assert coverage.covered_m.round(6).tolist() == [260, 0, 79, 0]
    parts = {(one.road_id, one.covered): one.length_m for one in streets_of(town, coverage)}
    assert parts == {(1, True): 260, (1, False): 240, (2, False): 100, (3, False): 60}
    assert [(one.tier, one.road_id) for one in streets_of(town, coverage)[:3]] == [
        ("main", 1),
        ("lane", 2),
        ("lane", 3),
    ]
    whole = cover(town, coverage.pieces, [*walked, way((2, 79, 81, 3, 4))])
    assert (2, True) in {(one.road_id, one.covered) for one in streets_of(town, whole)}


def test_a_cell_is_seen_by_fifty_metres_or_half_its_streets_or_a_check_in(town: Network) -> None:
    target = target_pieces(town, None)
    first = cover(town, target, [])
    # West 250 m of the main street; east the other 250 m of it, the lane and the short one.
    assert sorted(first.cell_m.round().tolist()) == [250, 410]
    assert cells_seen(first) == [False, False]
    west = (float(ORIGIN[0] + CORNER[0]) + 1, float(ORIGIN[1] + CORNER[1]) + 1)
    assert sum(cells_seen(first, [west])) == 1
    assert sum(cells_seen(cover(town, target, [way((0, 0, 44, 0, 1))]))) == 0
    assert sum(cells_seen(cover(town, target, [way((0, 0, 50, 0, 1))]))) == 1
    assert sum(cells_seen(cover(town, target, [way((0, 0, 260, 0, 1), (1, 0, 50, 1, 2))]))) == 2


def test_a_pass_needs_four_fifths_and_back_again_is_a_second_one(town: Network) -> None:
    there, back = (0, 0, 260, 0, 100), (0, 260, 0, 200, 300)
    onward, return_ = (1, 0, 240, 100, 150), (1, 240, 0, 150, 200)
    assert count_passes(way(there, onward), [0, 1], town, 0, 1000) == 1
    assert count_passes(way(there, onward, return_, back), [0, 1], town, 0, 1000) == 2
    assert count_passes(way(there), [0, 1], town, 0, 1000) == 0
    assert count_passes(way(there, onward), [0, 1], town, 160, 1000) == 0
    assert count_passes(way(there, (1, 0, 141, 100, 150)), [0, 1], town, 0, 1000) == 1
    assert count_passes(way(there, (1, 0, 139, 100, 150)), [0, 1], town, 0, 1000) == 0


def test_a_planned_line_is_found_on_its_streets_and_no_others(town: Network) -> None:
    tree = shapely.STRtree(piece_lines(town))
    line = shapely.LineString([np.add(ORIGIN, at(*spot)) for spot in ((0, 10), (260, 10), (260, 110))])
    assert pieces_along(tree, line) == [0, 2]


def test_being_there_takes_two_positions_in_a_row_at_most_five_minutes_apart() -> None:
    place = shapely.Point(0, 0).buffer(50)

    def seen(*rows: tuple[float, float]) -> Seen:
        when, x = np.array(rows, dtype=float).T
        return Seen(when, np.column_stack([x, np.zeros(len(x))]))

    assert presence([seen((0, 0), (60, 10), (120, 90), (180, 0))], place) == [(0, 60)]
    assert presence([seen((0, 0), (300, 0), (601, 0))], place) == [(0, 300)]
    assert presence([seen((0, 0), (100, 0)), seen((50, 0), (200, 0))], place) == [(0, 200)]
    assert presence([seen((0, 0))], place) == []


def test_reasons_tell_staying_too_long_from_a_slow_way() -> None:
    def stop(key: str, begin: int, end: int) -> Planned:
        return Planned(key, "zone", key, "T", 1, None, begin, end, (begin, end))

    day = [(0, 90_000)]
    times = [(1000, 2000, [(1000, 3500)]), (2500, 3000, [(4000, 4500)]), (3300, 3800, [(4900, 5400)]),
             (9000, 9500, [(9700, 9900)]), (9700, 9850, []), (20_000, 21_000, [])]  # fmt: skip
    told = [judge_stop(stop(str(n), *one[:2]), day, one[2], [], 90_000) for n, one in enumerate(times)]
    give_reasons(told)
    assert [one.reason for one in told] == ["", "overran", "behind", "slow", "elsewhere", "not_done"]
    second = told[1]
    assert second.facts == {"late_s": 1500, "stop": "0", "over_s": 1500}


def test_the_same_material_gives_the_same_figures(town: Network) -> None:
    place = np.add(ORIGIN, at(260, 10))
    walked = np.column_stack([np.arange(0, 500, 5.0) + at(0, 0)[0] + ORIGIN[0], np.full(100, at(0, 10)[1] + ORIGIN[1])])
    fixes = order_fixes(np.arange(0, 500, 5.0), walked, np.full(100, 6.0))
    stop = Planned("zone:1:1", "zone", "市场", "T", 1, None, 200, 300, (0, 600), shapely.Point(*place).buffer(50))
    day = TeamDay("T", "一队", "foot", "P01", 0, 600, (stop,), (fixes,))
    material = Material(town, 0, 600, 600, (day,), target_pieces(town, None))
    one, again = score_shift(material), score_shift(material)
    assert one.figures == again.figures
    assert one.figures["stops"] == {"n": 1, "of": 1} and one.figures["observed_s"] == {"n": 495, "of": 600}
    assert all(isinstance(value, (int, dict)) for value in one.figures.values())


def item(kind: str, key: str, done: bool | None, figures: dict[str, Any], name: str = "") -> ItemRow:
    return ItemRow(kind, 1, key, name, "T1", "P01", done, figures, shapely.Point(118.0, 28.3))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_came_out_and_what_nobody_saw(language: Any) -> None:
    of = {"n": 3, "of": 4}
    figures = {
        **dict.fromkeys(("posts_on_time", "passes", "stops", "streets", "cells", "zones_within_cap", "positions"), of),
        "post_s": {"n": 3240, "of": 3600}, "street_m": {"n": 800, "of": 4800}, "observed_s": {"n": 4700, "of": 28_800},
        "posts_unseen": 1, "longest_idle_s": 7200, "inaccurate": 2, "outliers": 1, "refused": {"off_shift": 7},
    }  # fmt: skip
    stop = {
        "kind": "post", "state": "late", "seq": 1, "begin_s": 3600, "end_s": 7200, "arrive_s": 4000, "leave_s": 7200,
        "inside_s": {"n": 3200, "of": 3600}, "observed_s": {"n": 3600, "of": 3600}, "checked_in": "outside",
    }  # fmt: skip
    late = {**stop, "reason": "overran", "facts": {"late_s": 400, "stop": "校门", "over_s": 300}}
    items = {
        "team": [item("team", "T1", None, {"stops": of, "observed_s": {"n": 60, "of": 90}, "unobservable_s": 30,
                                           "gone_m": 900}, "一队")],
        "stop": [item("stop", "post:1:0", True, stop, "<小学>")],
        "deviation": [item("deviation", "post:1:0", True, late, "<小学>")],
        "street": [item("street", "road:1:open", False, {"tier": "main", "length_m": 900}, "人民路")],
        "pass": [item("pass", "pass:1:0:0", None, {"from_s": 0, "to_s": 9, "length_m": 900, "made": 0}, "人民路")],
        "zone": [item("zone", "zone:1", None, {"visits": 1, "inside_s": 60, "longest_s": 7200, "cap_s": None,
                                               "idle_s2": 7200, "open_s": 3600}, "市场")],
    }  # fmt: skip
    noon = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
    head = Head("测试县", noon.date(), noon, (117.9, 28.2, 118.1, 28.4))
    routes = gpd.GeoDataFrame({"team": ["T1"]}, geometry=[shapely.LineString([(118, 28.3), (118.1, 28.3)])], crs=4490)
    shift = ScoredShift("coverage", noon.date(), "日班", noon, noon + dt.timedelta(hours=4), figures, items, routes)
    page = render_coverage(
        CoverageView(head, {"P01": "城西片区"}, shift, (("coverage", noon.date(), "日班"),)), Texts(language)
    )
    assert "54 / 60" in page.html and "0.8 / 4.8" in page.html and "&lt;小学&gt;" in page.html
    assert "<小学>" not in page.html
    data = json.loads(page.data)["finding"]["sets"]
    assert {one["name"] for one in data} == {"cells", "covered", "streets", "planned", "ways", "stops", "zones"}
    nothing = render_coverage(CoverageView(head, {}, None, ()), Texts(language))
    assert "pianqu tracks score" in nothing.html
