"""A shift planned anew by where teams really are: tracks where there are fresh ones, the plan's clock otherwise."""

from __future__ import annotations

import datetime as dt

import shapely

from geo.patrol.actions import plan_shift, publish_plan
from geo.patrol.demand.book.rules import set_centre
from geo.patrol.replan.actions import replan_shift
from geo.patrol.replan.news import News
from geo.patrol.tracks.points import Given
from geo.patrol.tracks.scoring.actions import uncovered
from geo.patrol.tracks.take import Batch, take_batch
from geo.uids import uuid7
from tests.postgis.test_patrol_actions import MONDAY, town
from tests.postgis.test_replan_actions import AT_TEN, first, frames_of, lonlat

__all__ = ["first", "town"]


def stand(database, tenant, staff, lon, lat, begin, end):
    """Positions of somebody who stands at a place, every 30 seconds."""
    count = int((end - begin).total_seconds() // 30) + 1
    times = [begin + dt.timedelta(seconds=30 * number) for number in range(count)]
    points = [Given(number, one.isoformat(), str(lon), str(lat), "5") for number, one in enumerate(times, 1)]
    with database.begin(tenant) as session:
        taken = take_batch(session, tenant, Batch(uuid7(), "phone", ("staff", staff), points), now=end)
    assert taken.kept == count


def test_a_team_that_stood_still_has_missed_its_stops_and_goes_on_from_there(database, town, first):
    before = frames_of(database, town, first.id)
    team = next(one for one in before.teams.itertuples() if (before.stops["team"] == one.code).sum() > 2)
    lon, lat = lonlat(0, 0)
    stand(database, town, team.member_codes[0], lon, lat, before.plan.starts_at, AT_TEN - dt.timedelta(minutes=1))
    again = replan_shift(database, town, MONDAY, "day", News(), now=AT_TEN, iterations=20)
    told = {one["team"]: one for one in again.again["teams"]}
    assert told[team.code]["by"] == "tracks"
    assert told[team.code]["seen_at"] == (AT_TEN - dt.timedelta(minutes=1)).isoformat()
    assert {one["by"] for code, one in told.items() if code != team.code} == {"clock"}
    assert all(one["missed"] == [] for code, one in told.items() if code != team.code)

    after = frames_of(database, town, again.plan.id)
    mine = after.stops[after.stops["team"] == team.code].sort_values("seq")
    [here] = mine[mine["key"].str.startswith("seen:")].itertuples()
    assert here.arrive_at == here.leave_at == AT_TEN
    assert shapely.Point(lon, lat).distance(here.geometry) < 0.004  # the nearest known place, and no position is kept
    to_come = mine[mine["seq"] > here.seq]
    assert (to_come["arrive_at"] >= AT_TEN).all()
    planned = before.stops[(before.stops["team"] == team.code) & (before.stops["leave_at"] <= AT_TEN)]
    missed = {one["key"] for one in told[team.code]["missed"]}
    done = set(mine[mine["leave_at"] <= AT_TEN]["key"])
    assert missed and missed <= set(planned["key"]) and not missed & done


def walk(database, tenant, staff, line, begin):
    """Positions of somebody who walks along a line at about 1.2 m/s, every five seconds; when they end."""
    metres = line.length * 100_000
    count = int(metres / 6) + 1
    points = []
    for number in range(count + 1):
        spot = line.interpolate(number / count, normalized=True)
        at = (begin + dt.timedelta(seconds=5 * number)).isoformat()
        points.append(Given(number + 1, at, str(spot.x), str(spot.y), "5"))
    end = begin + dt.timedelta(seconds=5 * count)
    with database.begin(tenant) as session:
        take_batch(session, tenant, Batch(uuid7(), "phone", ("staff", staff), points), now=end)
    return end


def test_streets_somebody_really_walked_are_not_asked_for_again_and_open_ones_are(database, town):
    with database.begin(town) as session:
        set_centre(session, town, "中心", MONDAY, area=shapely.box(*lonlat(-300, -300), *lonlat(1700, 1300)))
    saved = plan_shift(database, town, MONDAY, "day", iterations=50)
    publish_plan(database, town, saved.id)
    before = frames_of(database, town, saved.id)
    trails = before.stops[before.stops["kind"] == "coverage"].sort_values("arrive_at")
    to_come, over = trails[trails["arrive_at"] > AT_TEN], trails[trails["leave_at"] <= AT_TEN]
    assert len(to_come) and len(over)
    trail = to_come.iloc[-1]
    mine = before.legs[before.legs["team"] == trail["team"]].sort_values("seq")
    day = before.stops[before.stops["team"] == trail["team"]].sort_values("seq")["key"].tolist()
    rides = mine[mine["kind"] == "travel"]["seq"].tolist()
    ride = rides[day.index(trail["key"])]
    [line] = mine[(mine["kind"] == "pass") & (mine["seq"] == ride + 1)].geometry
    lazy = before.teams[before.teams["code"] == over.iloc[0]["team"]].iloc[0]
    begin = AT_TEN - dt.timedelta(minutes=14)
    end = walk(database, town, lazy["member_codes"][0], line, begin)
    assert end < AT_TEN
    spot = line.coords[-1]
    stand(database, town, lazy["member_codes"][0], *spot, end + dt.timedelta(seconds=5), AT_TEN)
    with database.begin(town) as session:
        left = uncovered(session, town, MONDAY, "day", at=AT_TEN)
    drawn = shapely.union_all([one for street in left for one in street.lines]).buffer(1e-6)
    assert line.intersection(drawn).length < 0.2 * line.length

    again = replan_shift(database, town, MONDAY, "day", News(), now=AT_TEN, iterations=5)
    after = frames_of(database, town, again.plan.id)
    asked = set(after.stops["key"]) | set(after.unserved["key"])
    assert trail["key"] not in asked, "somebody went along it"
    hers = over[over["team"] == lazy["code"]]["key"].tolist()
    done = set(after.stops[after.stops["leave_at"] <= AT_TEN]["key"])
    unseen = [key for key in hers if key not in done]
    assert all(key in asked or key in {one["key"] for one in again.again["gone"]} for key in unseen)
