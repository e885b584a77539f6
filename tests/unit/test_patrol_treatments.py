"""Plans of 片区 in the demand of a shift: their streets and posts, on their days only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas
import pytest
import shapely

from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.treatments import InForce, every_day, open_posts, passes_by_road, raise_passes, serving
from geo.patrol.treatment.content import Content, Frequency, StreetDuty
from tests.towns import ON, SPAN, SRID, grid, network_of

DAY = dt.timedelta(1)
TODAY = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[ON.weekday()]


def plan(*streets: StreetDuty, posts: tuple[str, ...] = (), days: tuple[dt.date, dt.date] = (ON, ON)) -> InForce:
    """A plan for one kind of shift on this weekday."""
    frequency = (Frequency("day", (TODAY,)),)
    return InForce(1, "P1", Content("t", "g", "A01", *days, (), (), posts, streets, frequency))


@pytest.fixture(scope="module")
def network():
    """A small town: five main streets, the rest lanes."""
    return network_of(grid(4, 3, tier=["main"] * 3 + ["lane"] * 14, name=["大街"] * 3 + ["巷"] * 14))


def test_a_plan_serves_its_shift_on_its_weekdays_within_its_days() -> None:
    one = plan()
    assert serving([one], SPAN, "day") == [one]
    assert serving([one], SPAN, "night") == []
    for away in (-1, 1):
        assert serving([one], replace(SPAN, on_date=ON + away * DAY), "day") == []
    later = plan(days=(ON + DAY, ON + 9 * DAY))
    assert serving([later], SPAN, "day") == []
    whole = plan(days=(ON - 9 * DAY, ON + 9 * DAY))
    other = replace(SPAN, on_date=ON + DAY)
    assert serving([whole], SPAN, "day") == [whole] and serving([whole], other, "day") == []


def test_its_streets_get_as_many_passes_as_it_asks_each_in_its_part_of_the_shift(network) -> None:
    base = pass_wishes(network, SPAN)
    road = base[0].feature_ids[0]
    own = [wish for wish in base if road in wish.feature_ids]
    raised = raise_passes(base, network, SPAN, passes_by_road([plan(StreetDuty("大街", (road,), 4))]))
    mine = [wish for wish in raised if road in wish.feature_ids]
    stretches = {wish.key.rpartition(":")[0] for wish in own}
    assert len(mine) == 4 * len(stretches) > len(own)
    assert [wish for wish in raised if road not in wish.feature_ids] == [w for w in base if road not in w.feature_ids]
    one = sorted((w for w in mine if w.key.rpartition(":")[0] == min(stretches)), key=lambda wish: wish.windows)
    assert [wish.windows[0] for wish in one] == [
        (SPAN.length_s * n // 4, SPAN.length_s * (n + 1) // 4) for n in range(4)
    ]
    assert [wish.after for wish in one] == [None, *(wish.key for wish in one[:-1])]
    assert all(wish.required and wish.duty == "pass" for wish in one)
    assert all(0 < wish.gap_s <= SPAN.length_s // 8 for wish in one[1:])


def test_it_never_lowers_what_the_rules_ask(network) -> None:
    base = pass_wishes(network, SPAN)
    road = base[0].feature_ids[0]
    assert raise_passes(base, network, SPAN, {road: 1}) == base
    assert raise_passes(base, network, SPAN, {}) == base
    assert raise_passes(base, network, SPAN, {999_999: 3}) == base, "a street that is gone asks for nothing"


def test_a_lane_that_owes_nothing_gets_the_passes_of_the_plan_as_coverage(network) -> None:
    base = pass_wishes(network, SPAN)
    owed = {road for wish in base for road in wish.feature_ids}
    lane = next(int(road) for road in network.road_ids if int(road) not in owed)
    raised = raise_passes(base, network, SPAN, {lane: 2})
    new = raised[len(base) :]
    assert raised[: len(base)] == base and new
    assert all(lane in wish.feature_ids and wish.duty == "coverage" and wish.required for wish in new)
    assert sorted(wish.key[-1] for wish in new) == ["0", "1"] * (len(new) // 2) or len(new) == 2
    assert len({wish.key for wish in raised}) == len(raised)


def test_its_posts_stand_on_its_days_at_their_own_hours_and_others_do_not() -> None:
    other_day = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[(ON.weekday() + 1) % 7]
    both = f"{TODAY} 06:00-07:00; {other_day} 20:00-21:00"
    posts = geopandas.GeoDataFrame(
        {
            "code": ["G1", "G2", "G3"],
            "opening": [f"{other_day} 07:00-08:10", f"{other_day} 09:00-10:00", both],
        },
        geometry=[shapely.Point(0, 0)] * 3, crs=SRID,
    )  # fmt: skip
    opened = open_posts(posts, {"G1", "G3"}, SPAN)
    assert opened["opening"].tolist() == ["07:00-08:10", posts["opening"][1], posts["opening"][2]]
    assert open_posts(posts, set(), SPAN) is posts


def test_hours_without_days_join_and_keep_midnight() -> None:
    assert every_day("Mo-Fr 07:00-08:00; Sa 07:30-09:00") == "07:00-09:00"
    assert every_day("24/7") == "00:00-24:00"
