"""The rest of a county's shift planned anew: what came up, what stays, what is lost, what is refused."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import shapely

from api.commands.plan_topics import changes_of
from geo.crs import STORAGE, transformer
from geo.patrol.actions import plan_shift, publish_plan
from geo.patrol.demand.book.rules import set_centre, set_passes
from geo.patrol.queries import load_districts, load_plan_frames
from geo.patrol.replan.actions import (
    NothingInForce,
    OtherInForce,
    ShiftOver,
    UrgentOffNetwork,
    replan_shift,
)
from geo.patrol.replan.news import News, UnknownInNews, Urgent, UrgentTooShort
from geo.roads.actions import close_roads
from geo.roads.queries import load_roads
from geo.roads.speeds import MODES
from tests.postgis.test_patrol_actions import MONDAY, SRID, spot, town

__all__ = ["town"]

NO_NEWS = News()
AT_TEN = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


def lonlat(x: float, y: float) -> tuple[float, float]:
    point = spot(x, y)
    lon, lat = transformer(SRID, STORAGE).transform(point.x, point.y)
    return float(lon), float(lat)


def frames_of(database, tenant, plan):
    with database.begin(tenant) as session:
        return load_plan_frames(session, plan)


@pytest.fixture
def first(database, town):
    """A published plan of the day."""
    saved = plan_shift(database, town, MONDAY, "day", iterations=100)
    publish_plan(database, town, saved.id)
    return saved


def test_an_urgent_case_is_gone_to_and_what_is_under_way_stays(database, town, first):
    case = Urgent(*lonlat(800, 500), "井盖塌陷", 15, 45)
    again = replan_shift(database, town, MONDAY, "day", News((case,)), now=AT_TEN, plan_id=first.id, iterations=20)
    assert (again.plan.version, again.again["of"]["version"]) == (2, 1)
    before, after = frames_of(database, town, first.id), frames_of(database, town, again.plan.id)
    assert after.plan.status == "draft"
    [goes] = again.again["urgent"]
    assert goes["team"] in set(after.teams["code"]) and 0 <= goes["minutes"] <= 30
    [row] = after.stops[after.stops["name"] == "井盖塌陷"].to_dict("records")
    assert (row["key"], row["team"]) == ("urgent:1", goes["team"])
    assert row["leave_at"] <= AT_TEN + dt.timedelta(minutes=45)
    columns = ["team", "kind", "name", "arrive_at", "leave_at"]
    started = before.stops[before.stops["leave_at"] <= AT_TEN][columns].to_dict("records")
    assert started and all(one in after.stops[columns].to_dict("records") for one in started)
    assert after.teams["code"].tolist() == before.teams["code"].tolist()
    assert after.teams["members"].tolist() == before.teams["members"].tolist()
    told = again.again
    assert told["value_before"] - told["value"] == sum(one["value"] for one in told["lost"])
    assert json.loads(json.dumps(told)) == after.plan.summary["again"]

    same = replan_shift(database, town, MONDAY, "day", News((case,)), now=AT_TEN, iterations=20)
    assert (same.plan.id, same.plan.reused) == (again.plan.id, True)
    publish_plan(database, town, again.plan.id)
    later = AT_TEN + dt.timedelta(minutes=5)
    third = replan_shift(database, town, MONDAY, "day", News(), now=later, iterations=20)
    assert [one["key"] for one in third.again["urgent"]] in ([], ["urgent:1"])
    assert "urgent:1" in set(frames_of(database, town, third.plan.id).stops["key"])
    with pytest.raises(OtherInForce):
        replan_shift(database, town, MONDAY, "day", News(), now=later, plan_id=first.id)


def test_streets_passed_before_stay_in_the_list_and_both_accounts_agree(database, town):
    with database.begin(town) as session:
        set_passes(session, town, "main", 1, 0, MONDAY, ride_kmh=60)
        districts = [row.code for row in load_districts(session).itertuples()]
        set_centre(session, town, "中心", MONDAY, districts=districts, ride_kmh=60)
    saved = plan_shift(database, town, MONDAY, "day", iterations=100)
    assert saved.passed
    now = max(dt.datetime.fromisoformat(way["to_at"]) for way in saved.passed[0]["reason_facts"]["ways"])
    again = replan_shift(database, town, MONDAY, "day", News(), now=now, iterations=20)
    before, after = frames_of(database, town, saved.id), frames_of(database, town, again.plan.id)
    earlier = [row for row in saved.passed if row["key"] == saved.passed[0]["key"]]
    assert [row for row in again.plan.passed if row["key"] == saved.passed[0]["key"]] == earlier
    columns = ["key", "kind", "name", "feature_ids", "reason_facts"]
    [old], [new] = (
        frames.passed[frames.passed["key"] == saved.passed[0]["key"]][columns].to_dict("records")
        for frames in (before, after)
    )
    assert old == new
    third = replan_shift(database, town, MONDAY, "day", News(), now=now + dt.timedelta(minutes=1), iterations=20)
    assert saved.passed[0]["key"] in {row["key"] for row in third.plan.passed}

    changes = changes_of(before, after, int((now - before.plan.starts_at).total_seconds()))
    told = again.again
    assert sum(one.what == "gone" for one in changes) == sum(one["visits"] for one in told["gone"])
    assert sum(one.what == "moved" for one in changes) == len(told["moved"])
    assert sum(one.what == "new" for one in changes) == len(told["new"])
    assert sum(one.what == "same" for one in changes) == told["same"]


def test_the_absent_are_taken_out_and_what_they_had_done_is_not_done_again(database, town, first):
    before = frames_of(database, town, first.id)
    gone = before.teams.iloc[-1]
    short = next(team for team in before.teams.itertuples() if team.code != gone["code"])
    absent = (*gone["member_codes"], short.member_codes[0])
    again = replan_shift(database, town, MONDAY, "day", News(absent=absent), now=AT_TEN, iterations=20)
    after = frames_of(database, town, again.plan.id)
    assert again.again["teams_gone"] == [gone["code"]]
    assert not {code for codes in after.teams["member_codes"] for code in codes} & set(absent)
    assert gone["code"] not in set(after.teams["code"])
    [left] = [team for team in after.teams.itertuples() if team.code == short.code]
    assert left.licences == short.licences - (short.member_codes[0] in ("S0", "S1"))
    done = set(again.again["done_by_them"])
    assert not done & (set(after.stops["key"]) | set(after.unserved["key"]))


def test_a_closed_street_is_ridden_only_by_who_was_on_it(database, town, first):
    before = frames_of(database, town, first.id)
    end = before.plan.ends_at
    with database.begin(town) as session:
        streets = load_roads(session)
        road = int(streets.index[2])
        close_roads(session, town, ids=[road], starts_at=AT_TEN, ends_at=end, reason="塌陷", set_by="t", modes=MODES)
    line = streets.geometry[road]
    again = replan_shift(database, town, MONDAY, "day", News(), now=AT_TEN, iterations=20)
    after = frames_of(database, town, again.plan.id)
    old = {bytes(shapely.to_wkb(one)) for one in before.legs.geometry if one is not None}
    closed = line.buffer(1e-7)
    for leg in after.legs.geometry:
        if leg is not None and bytes(shapely.to_wkb(leg)) not in old:
            assert leg.intersection(closed).length < 0.2 * line.length


def test_a_late_team_and_a_vehicle_that_is_out(database, town, first):
    before = frames_of(database, town, first.id)
    ridden = next(team for team in before.teams.itertuples() if team.mode != "foot")
    late = next(team for team in before.teams.itertuples() if team.code != ridden.code)
    early = before.plan.starts_at - dt.timedelta(hours=1)
    news = News(out=tuple(ridden.vehicle.split("、")[:1]), late={late.code: 30})
    again = replan_shift(database, town, MONDAY, "day", news, now=early, iterations=20)
    after = frames_of(database, town, again.plan.id)
    modes = dict(zip(after.teams["code"], after.teams["mode"], strict=True))
    assert modes[ridden.code] == "foot"
    mine = after.stops[after.stops["team"] == late.code].sort_values("seq")
    assert mine["kind"].iloc[0] == "break"
    rest = mine[mine["kind"] != "break"]
    assert (rest["begin_at"] >= before.plan.starts_at + dt.timedelta(minutes=30)).all()
    under_way = replan_shift(database, town, MONDAY, "day", News(late={late.code: 20}), now=AT_TEN, iterations=20)
    assert under_way.plan.version == 3


def test_news_that_cannot_be_is_refused(database, town, first):
    def again(news: News = NO_NEWS, now: dt.datetime = AT_TEN, shift: str = "day") -> None:
        replan_shift(database, town, MONDAY, shift, news, now=now, iterations=10)

    with pytest.raises(UnknownInNews, match="S99"):
        again(News(absent=("S99",)))
    with pytest.raises(UnknownInNews, match="T9"):
        again(News(late={"T9": 10}))
    with pytest.raises(UnknownInNews, match="X1"):
        again(News(out=("X1",)))
    with pytest.raises(UrgentTooShort):
        again(News((Urgent(*lonlat(800, 500), "远", 30, 20),)))
    with pytest.raises(UrgentOffNetwork):
        again(News((Urgent(*lonlat(9000, 9000), "远", 10, 60),)))
    with pytest.raises(ShiftOver):
        again(now=AT_TEN + dt.timedelta(hours=9))
    with pytest.raises(NothingInForce):
        again(shift="evening")
