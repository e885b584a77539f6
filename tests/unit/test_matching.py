"""Map matching on made-up and real streets: mostly right, broken where nobody could see, the same each time."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter

import numpy as np
import pytest

from geo.crs import transformer
from geo.roads.matching.fixes import Fixes, judge_fixes, order_fixes
from geo.roads.matching.match import Matched, Matcher
from geo.roads.network import Network
from tests.real_towns import DATA, town_network
from tests.towns import ORIGIN, grid, network_of, streets
from tests.walks import covered_m, right_share, seen, walk_about

SPEED_MS = {"foot": 1.2, "ebike": 4.0, "car": 8.0}


@pytest.fixture(scope="module")
def town() -> Network:
    return network_of(grid(12, 12, 150.0))


def track(*places: tuple[float, float, float]) -> Fixes:
    """Exact positions ``(second, x, y)`` in metres from the towns' origin."""
    at, x, y = np.array(places, dtype=float).T
    return order_fixes(at, np.column_stack([x, y]) + ORIGIN, np.full(len(at), np.nan))


def along(network: Network, matched: Matched) -> dict[int, float]:
    """Metres covered by street number, those that have any."""
    metres = covered_m(network, matched)
    return {int(network.road_ids[network.road[p]]): round(float(metres[p]), 1) for p in np.flatnonzero(metres)}


@pytest.mark.parametrize("mode", ["foot", "ebike", "car"])
@pytest.mark.parametrize("drift", [0.0, 0.8])
def test_with_errors_of_8_m_the_streets_are_right_to_97_per_cent(town: Network, mode: str, drift: float) -> None:
    rng = np.random.default_rng(11)
    walk = walk_about(town, mode, rng, speed_ms=SPEED_MS[mode], lasting_s=5400)  # type: ignore[arg-type]
    matched = Matcher(town, mode).match(seen(walk, rng, drift=drift))  # type: ignore[arg-type]
    found, true, _ = right_share(town, walk, matched)
    assert min(found, true) >= 0.97
    assert matched.matched == matched.counted == len(walk.at_s)


@pytest.mark.parametrize("name", ["guixi", "shanghai"])
def test_on_real_streets_too(name: str) -> None:
    network = town_network(name)
    if network is None:
        pytest.skip(f"no extract of {name} beside the project")
    rng = np.random.default_rng(5)
    for mode in ("foot", "ebike"):
        walk = walk_about(network, mode, rng, speed_ms=SPEED_MS[mode], lasting_s=7200)  # type: ignore[arg-type]
        found, true, _ = right_share(network, walk, Matcher(network, mode).match(seen(walk, rng)))  # type: ignore[arg-type]
        assert min(found, true) >= 0.97, mode


def test_one_street_is_followed_metre_by_metre_and_in_time() -> None:
    network = network_of(streets([[(0, 0), (400, 0)], [(400, 0), (400, 300)]]))
    matched = Matcher(network, "foot").match(track(*((t, 100 + t, 3) for t in range(0, 301, 5))))
    assert along(network, matched) == {1: pytest.approx(300, abs=16)}
    assert matched.piece.tolist() == [0]
    assert (matched.from_s[0], matched.to_s[0]) == (0, 300)
    assert matched.stop_m[0] > matched.begin_m[0]
    assert matched.observed == ((0.0, 300.0),)


def test_a_gap_of_more_than_five_minutes_breaks_the_way_and_is_not_observed() -> None:
    network = network_of(streets([[(0, 0), (2000, 0)]]))
    before = [(t, t, 0.0) for t in range(0, 201, 5)]
    for pause, runs, covered in ((300, 1, 900), (301, 2, 400)):
        after = [(200 + pause + t, 700.0 + t, 0.0) for t in range(0, 201, 5)]
        matched = Matcher(network, "foot").match(track(*before, *after))
        assert matched.run.max() + 1 == runs
        assert along(network, matched)[1] == pytest.approx(covered, abs=15 * 2 * runs)
        assert len(matched.observed) == runs


def test_inaccurate_positions_and_single_jumps_do_not_count() -> None:
    network = network_of(streets([[(0, 0), (2000, 0)], [(0, 500), (2000, 500)]]))
    at = np.arange(0, 300, 5.0)
    xy = np.column_stack([at, np.zeros(len(at))]) + ORIGIN
    xy[20] += (0, 500)
    xy[30] += (300, 500)
    accuracy = np.full(len(at), 5.0)
    accuracy[30] = 51
    matched = Matcher(network, "foot").match(Fixes(at, xy, accuracy))
    assert (matched.counted, matched.outliers, matched.inaccurate) == (58, 1, 1)
    assert set(along(network, matched)) == {1}
    accuracy[20] = accuracy[30] = 50
    assert judge_fixes(Fixes(at, xy, accuracy), "foot")[0].tolist().count(0) == 58


def test_whoever_goes_on_far_away_has_two_ways_and_none_between() -> None:
    network = network_of(streets([[(0, 0), (9000, 0)]]))
    here = [(t, float(t), 0.0) for t in range(0, 100, 5)]
    there = [(t, 7000.0 + t, 0.0) for t in range(100, 200, 5)]
    matched = Matcher(network, "foot").match(track(*here, *there))
    assert matched.run.max() == 1 and along(network, matched)[1] < 220


def test_standing_still_covers_nothing_and_a_round_trip_covers_once() -> None:
    network = network_of(streets([[(0, 0), (600, 0)], [(300, 0), (300, 200)]]))
    rng = np.random.default_rng(3)
    stand = [(t, 200 + dx, dy) for t, (dx, dy) in zip(range(0, 3600, 5), rng.normal(0, 8, (720, 2)), strict=True)]
    assert along(network, Matcher(network, "foot").match(track(*stand)))[1] < 50
    out = [(t, 50.0 + t, 0.0) for t in range(0, 201, 5)]
    back = [(200 + t, 250.0 - t, 0.0) for t in range(5, 201, 5)]
    matched = Matcher(network, "foot").match(track(*out, *back))
    # Both the beginning and the turning point are middles of a few positions, so some 10 m short each.
    assert along(network, matched) == {1: pytest.approx(200, abs=25)}
    assert matched.length_m == pytest.approx(2 * along(network, matched)[1], abs=12)


def test_one_ways_bind_vehicles_and_not_people_on_foot() -> None:
    roads = streets([[(0, 0), (300, 0)], [(0, 12), (300, 12)]], oneway=[1, -1])
    network = network_of(roads)
    back = track(*((t, 300.0 - 4 * t, 4.0) for t in range(0, 71, 5)))
    assert set(along(network, Matcher(network, "car").match(back))) == {2}
    assert set(along(network, Matcher(network, "foot").match(back))) == {1}


def test_nothing_and_nowhere_give_no_way(town: Network) -> None:
    nothing = order_fixes(np.zeros(0), np.zeros((0, 2)), np.zeros(0))
    assert len(Matcher(town, "foot").match(nothing).piece) == 0
    far = Matcher(town, "foot").match(track(*((t, 90_000.0, 0.0) for t in range(0, 60, 5))))
    assert (far.counted, far.matched, len(far.piece)) == (12, 0, 0)


def test_a_minute_away_from_every_street_breaks_the_way() -> None:
    network = network_of(streets([[(0, 0), (1000, 0)]]))
    for height, runs in ((30.0, 1), (120.0, 2)):
        over = [(t, float(t), 0.0) for t in range(0, 101, 5)]
        over += [(t, float(t), height) for t in range(105, 300, 5)]
        over += [(t, float(t), 0.0) for t in range(300, 400, 5)]
        matched = Matcher(network, "foot").match(track(*over))
        assert matched.run.max() + 1 == runs
        assert (matched.matched < matched.counted) == (runs == 2)


def test_the_same_track_gives_the_same_way_whatever_was_matched_before(town: Network) -> None:
    rng = np.random.default_rng(2)
    fixes = seen(walk_about(town, "ebike", rng, speed_ms=4.0, lasting_s=1800), rng)
    other = seen(walk_about(town, "ebike", rng, speed_ms=4.0, lasting_s=900), rng)
    used = Matcher(town, "ebike")
    used.match(other)
    one, again = used.match(fixes), Matcher(town, "ebike").match(fixes)
    for name in ("piece", "begin_m", "stop_m", "from_s", "to_s", "run"):
        assert np.array_equal(getattr(one, name), getattr(again, name))


def test_the_stretches_of_a_run_follow_each_other(town: Network) -> None:
    rng = np.random.default_rng(4)
    matched = Matcher(town, "foot").match(seen(walk_about(town, "foot", rng, speed_ms=1.2, lasting_s=3600), rng))
    assert (np.diff(matched.from_s) >= 0).all() and (matched.to_s >= matched.from_s).all()

    def ends(at: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        metres = getattr(matched, at)
        share = metres / town.length_m[matched.piece]
        a, b = town.node_xy[town.start[matched.piece]], town.node_xy[town.end[matched.piece]]
        return a + (b - a) * share[:, None]

    step = np.hypot(*(ends("begin_m")[1:] - ends("stop_m")[:-1]).T)
    assert step[np.diff(matched.run) == 0].max() < 1e-3


def test_a_real_bus_crashes_nothing_and_its_gaps_are_honest() -> None:
    path = DATA / "liverpool-bus-gps/route14_outbound.csv"
    if not path.exists():
        pytest.skip("no bus track beside the project")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # One vehicle number, but trips that run at the same time: each is a track of its own.
    longest = Counter(row["trip_id"] for row in rows).most_common(1)[0][0]
    rows = [row for row in rows if row["trip_id"] == longest]
    at = np.array([dt.datetime.fromisoformat(f"{row['timestamp']}+00:00").timestamp() for row in rows])
    lon, lat = (np.array([float(row[name]) for row in rows]) for name in ("longitude", "latitude"))
    x, y = transformer(4326, 32630).transform(lon, lat)
    xy = np.column_stack([x, y])
    middle = xy.mean(axis=0)
    far = streets([[(i * 900.0, -20_000.0), (i * 900.0, 20_000.0)] for i in range(-20, 21)])
    network = network_of(far)
    fixes = order_fixes(at, xy - middle + ORIGIN, np.full(len(at), np.nan))
    matched = Matcher(network, "car").match(fixes)
    apart = np.diff(fixes.at_s)
    assert matched.counted + matched.outliers == len(fixes) == len(np.unique(at))
    assert len(matched.observed) >= 1 + int((apart > 300).sum())
    watched = sum(to - begin for begin, to in matched.observed)
    assert watched <= apart[apart <= 300].sum()
    assert matched.matched < matched.counted  # most of its route is on no street of this made-up town
