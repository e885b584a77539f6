"""Demand against supply: what is known of reporting undone, minutes laid into the week, moves that keep their word."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.county.habits import HABITS, detection_share
from geo.hotspots.workload.demand import expected_demand, weekday_count
from geo.hotspots.workload.match import Ground, covered, matrix_of, suggest_moves, weeks_of
from geo.hotspots.workload.planned import planned_minutes
from geo.hotspots.workload.presence import in_sight
from geo.hotspots.workload.reporting import came_back, reporting
from geo.hotspots.workload.supply import Shift, headcount, turn_minutes, turns_of, unit_supply, week_of

MONDAY = dt.date(2026, 11, 23)
SHIFTS = {
    "morning": Shift("morning", "晨查", dt.time(6), dt.time(9)),
    "day": Shift("day", "日班", dt.time(8, 30), dt.time(17, 30)),
    "evening": Shift("evening", "夜市班", dt.time(17, 30), dt.time(22)),
    "night": Shift("night", "夜查", dt.time(22), dt.time(1)),
}


def recorded(rng, weeks=104):
    """Latent occurrences of the sample county's habits by 片区 and hour, and what of them came on record."""
    share = np.stack(list(detection_share().values()))
    hour = np.zeros(24)
    for habit in HABITS.values():
        total = sum(habit.hours.values())
        hour += [habit.per_day * habit.hours.get(h, 0) / total for h in range(24)]
    latent = rng.poisson(np.outer(rng.uniform(0.5, 1.5, 12), hour) * 7 * weeks / 3 + 20)
    by_patrol = rng.binomial(latent, share[:, :, 0])
    by_others = rng.binomial(latent - by_patrol, (share[:, :, 1] + share[:, :, 2]) / (1 - share[:, :, 0]))
    return latent, by_patrol, by_others, share


def test_planted_reporting_is_recovered_from_presence():
    latent, by_patrol, by_others, share = recorded(np.random.default_rng(1))
    found = reporting(by_patrol, by_others, share[:, :, 0])
    truth = share.sum(axis=2)
    busy = latent > 200
    assert np.abs(found.seen - truth)[busy & (truth > 0.25)].max() < 0.12
    corrected = (by_patrol + by_others) / found.seen
    raw = by_patrol + by_others
    late = [22, 23, 0, 5]
    assert corrected[:, late].sum() / latent[:, late].sum() == pytest.approx(1, abs=0.25)
    assert raw[:, late].sum() / latent[:, late].sum() < 0.55, "records alone make the night look calm"
    assert found.calls_by_hour[23] < 0.6 * found.calls_by_hour[12]
    assert found.calls_by_district[6] > 2 * found.calls_by_district[11], "new quarters call, the park does not"


def test_reporting_without_any_patrol_or_record_corrects_nothing_much():
    nothing = np.zeros((2, 24))
    assert (reporting(nothing, nothing, nothing).seen == 0.2).all()
    full = reporting(np.full((2, 24), 50.0), nothing, np.full((2, 24), 0.99))
    assert full.seen == pytest.approx(0.99, abs=0.01)


def test_presence_is_averaged_over_the_days_logged_and_silence_is_absence():
    rows = [
        ("district", "A", "2026-11-22 23:30", "2026-11-23 01:00", 45.0),  # 07:30-09:00 in Shanghai, half in sight
        ("district", "A", "2026-11-24 00:00", "2026-11-24 01:00", 60.0),  # 08:00-09:00 the day after
        ("unit_grid", "A", "2026-11-24 05:00", "2026-11-24 06:00", 60.0),
        ("district", "A", "2026-12-24 05:00", "2026-12-24 06:00", 60.0),  # after the window
        ("district", "C", "2026-11-24 05:00", "2026-11-24 06:00", 60.0),
    ]
    frame = pd.DataFrame(rows, columns=["place_kind", "place_key", "from_at", "to_at", "minutes"])
    for name in ("from_at", "to_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    share = in_sight(frame, ["A", "B"], MONDAY, 14, "Asia/Shanghai")
    assert share[0, 7:9].tolist() == [0.125, 0.75]
    assert share.sum() == 0.875
    assert in_sight(frame, ["A"], MONDAY + dt.timedelta(90), 14, "Asia/Shanghai") is None
    assert in_sight(frame.iloc[:0], ["A"], MONDAY, 14, "Asia/Shanghai") is None


def log(rows):
    """An event frame from (id, code, date, hour, district, duplicate, weight)."""
    columns = ["id", "code", "local_on", "local_hour", "district", "duplicate", "weight"]
    return pd.DataFrame(rows, columns=columns).set_index("id").assign(watched=False)


def test_demand_counts_each_weekday_by_its_own_number_of_days_and_lists_its_records():
    events = log(
        [
            (7, "04-06", MONDAY, 8, "A", False, 1.0),
            (3, "04-06", MONDAY + dt.timedelta(7), 8, "A", False, 1.0),
            (4, "04-06", MONDAY + dt.timedelta(7), 8, "A", True, 1.0),
            (5, "04-06", MONDAY, 8, "elsewhere", False, 1.0),
            (6, "04-06", MONDAY - dt.timedelta(1), 8, "A", False, 1.0),
            (8, "no such code", MONDAY + dt.timedelta(1), 9, "B", False, 0.25),
        ]
    )
    seen = np.ones((2, 24))
    seen[0, 8] = 0.5
    table = expected_demand(events, ["A", "B"], MONDAY, 14, seen).set_index(["district", "weekday", "hour"])
    cell = table.loc[("A", 0, 8)]
    assert cell["records"] == (3, 7)
    assert (cell["events"], cell["demand_min"], cell["recorded_min"]) == (2.0, 24.0, 12.0)
    assert cell["low"] < cell["events"] < cell["high"]
    assert table.loc[("B", 1, 9)]["demand_min"] == pytest.approx(0.25 * 10 / 2)
    assert len(table) == 2 * 168
    blind = np.zeros((2, 14), bool)
    blind[0, 7:] = True
    gap = expected_demand(events, ["A", "B"], MONDAY, 14, None, blind).set_index(["district", "weekday", "hour"])
    assert gap.loc[("A", 0, 8)]["records"] == (7,)
    assert gap.loc[("A", 0, 8)]["events"] == 1.0, "a week without reports is no calm week"
    empty = expected_demand(events.iloc[:0], ["A"], MONDAY, 14)
    assert empty["demand_min"].sum() == 0 and (empty["high"] > 0).all(), "nothing seen is not nothing expected"


def test_what_came_back_to_a_watched_spot_is_counted_as_it_is():
    events = log([(1, "04-06", MONDAY, 23, "A", False, 1.0), (2, "04-06", MONDAY, 23, "A", False, 1.0)])
    seen = np.full((1, 24), 0.25)
    table = expected_demand(events.assign(watched=[False, True]), ["A"], MONDAY, 7, seen)
    cell = table.set_index(["weekday", "hour"]).loc[(0, 23)]
    assert (cell["events"], cell["recorded_min"], cell["demand_min"]) == (5.0, 24.0, 60.0)
    assert cell["low"] < cell["events"] < cell["high"]


def test_a_return_is_the_same_thing_at_the_same_spot_within_a_day_of_closing():
    rows = [  # code, x, begins, ends (hours)
        ("04-06", 0.0, 0, 1),
        ("04-06", 30.0, 2, 3),  # back
        ("01-10", 0.0, 2, 3),  # something else
        ("04-06", 80.0, 2, None),  # somewhere else, still open
        ("04-06", 0.0, 40, 41),  # too late
        ("04-06", 80.0, 50, 51),  # the other is still open
    ]
    start = pd.Timestamp("2026-11-23", tz="UTC")
    events = pd.DataFrame(
        {
            "code": [row[0] for row in rows],
            "x": [row[1] for row in rows],
            "y": 0.0,
            "occurred_at": [start + pd.Timedelta(row[2], "h") for row in rows],
            "closed_at": [start + pd.Timedelta(row[3], "h") if row[3] else pd.NaT for row in rows],
        }
    )
    assert came_back(events).tolist() == [False, True, False, False, False, False]
    assert came_back(events.iloc[::-1]).tolist() == [False, False, False, False, True, False]
    assert came_back(events.iloc[:0]).tolist() == []


def test_planned_minutes_lie_in_their_local_hours_and_average_over_planned_dates():
    stops = pd.DataFrame(
        [
            (MONDAY, "A", "2026-11-23 00:50", "2026-11-23 02:10"),  # 08:50-10:10 in Shanghai
            (MONDAY + dt.timedelta(7), "A", "2026-11-30 01:00", "2026-11-30 01:30"),
            (MONDAY, "B", "2026-11-23 15:50", "2026-11-23 16:20"),  # Monday's night shift ends on Tuesday
            (MONDAY + dt.timedelta(1), "elsewhere", "2026-11-24 01:00", "2026-11-24 01:30"),
        ],
        columns=["on_date", "district", "arrive_at", "leave_at"],
    )
    for name in ("arrive_at", "leave_at"):
        stops[name] = pd.to_datetime(stops[name], utc=True)
    minutes = planned_minutes(stops, ["A", "B"], "Asia/Shanghai")
    assert minutes[0, 8:11].tolist() == [5.0, 45.0, 5.0], "halves of 10, 90 and 10 minutes"
    assert minutes[1, 23] == 5.0 and minutes[1, 24] == 20.0
    assert np.isnan(minutes[:, 48:]).all(), "no plan on the other weekdays is not no work"
    assert np.isnan(planned_minutes(stops.iloc[:0], ["A"], "Asia/Shanghai")).all()


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 60))
def test_weekdays_of_any_window_are_counted(first, days):
    counted = weekday_count(first, days)
    told = pd.Series(pd.date_range(first, periods=days).day_of_week).value_counts()
    assert counted.tolist() == [int(told.get(day, 0)) for day in range(7)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 6), st.times(), st.times())
def test_no_minute_of_any_shift_is_lost_in_the_week(weekday, start, end):
    start, end = (time.replace(second=0, microsecond=0, tzinfo=None) for time in (start, end))
    shift = Shift("x", "x", start, end)
    assert 1 <= shift.minutes <= 1440
    by_hour = turn_minutes(("x",), {"x": shift})
    begin = start.hour * 60 + start.minute
    told = [sum((begin + m) // 60 == hour for m in range(shift.minutes)) for hour in range(48)]
    assert by_hour.tolist() == told
    assert week_of(weekday, by_hour).sum() == shift.minutes


def test_overlapping_shifts_of_one_person_count_once_and_night_runs_into_the_next_day():
    both = turn_minutes(("morning", "day"), SHIFTS)
    assert both.sum() == 11.5 * 60
    week = week_of(6, turn_minutes(("night",), SHIFTS))
    assert np.flatnonzero(week).tolist() == [0, 166, 167], "Sunday night ends on Monday"


def roster(counts):
    """Turns of one week: {(unit, weekday, turn): people}, none licensed."""
    rows, staff = [], 0
    for (unit, weekday, turn), people in counts.items():
        for _ in range(people):
            staff += 1
            rows += [(MONDAY + dt.timedelta(weekday), shift, staff, unit, True) for shift in turn]
    duties = pd.DataFrame(rows, columns=["on_date", "shift_code", "staff_id", "unit", "movable"])
    return headcount(turns_of(duties, SHIFTS), MONDAY, 7)


GROUND = Ground(("A", "B", "C"), {"Z1": (0, 1), "Z2": (2,)}, SHIFTS, 0.25)


def test_supply_goes_where_the_work_of_the_hour_is_and_adds_up():
    people = roster({("Z1", 0, ("day",)): 4, ("Z2", 0, ("evening", "night")): 2})
    demand = np.zeros((3, 168))
    demand[0, 10], demand[1, 10], demand[0, 11] = 30, 10, 5
    given_ = matrix_of(demand, people, GROUND)
    assert given_[:2, 10].tolist() == [45.0, 15.0]
    assert given_[:2, 11].tolist() == [60.0, 0.0]
    assert given_[:2, 12].tolist() == [30.0, 30.0], "shared equally where nothing is expected"
    minutes = unit_supply({key: every for key, (every, _) in people.items()}, SHIFTS, GROUND.units)
    assert given_.sum() == pytest.approx(sum(one.sum() for one in minutes.values()) * 0.25)


def test_moves_go_to_the_uncovered_evening_and_keep_their_word():
    people = roster({("Z1", 0, ("day",)): 8, ("Z1", 0, ("evening", "night")): 2, ("Z2", 0, ("day",)): 2})
    demand = np.zeros((3, 168))
    demand[:, 9:17] = 12
    demand[0, 18:24] = 90
    moves = suggest_moves(demand, people, GROUND)
    assert moves and {(move.unit, move.from_turn, move.to_turn) for move in moves} == {
        ("Z1", ("day",), ("evening", "night"))
    }
    before = covered(demand, matrix_of(demand, people, GROUND))
    now = dict(people)
    for move in moves:
        for key, step in (
            ((move.unit, move.from_weekday, move.from_turn), -1),
            ((move.unit, move.to_weekday, move.to_turn), 1),
        ):
            now[key] = tuple(value + step for value in now.get(key, (0.0, 0.0)))
        after = covered(demand, matrix_of(demand, now, GROUND))
        assert after - before == pytest.approx(move.gain_min)
        assert after == pytest.approx(move.covered_min)
        before = after
    assert now["Z1", 0, ("day",)][0] >= 2


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_for_any_week_moves_gain_something_and_nobody_works_longer(seed):
    rng = np.random.default_rng(seed)
    turns = [("morning",), ("day",), ("evening", "night")]
    counts = {(unit, day, turn): int(rng.integers(0, 6)) for unit in ("Z1", "Z2") for day in range(7) for turn in turns}
    people = roster(counts)
    demand = rng.gamma(0.5, 20, (3, 168))
    lasts = {turn: turn_minutes(turn, SHIFTS).sum() for turn in turns}
    moves = suggest_moves(demand, people, GROUND, most=3)
    for move in moves:
        assert move.gain_min >= 15
        assert lasts[move.to_turn] <= lasts[move.from_turn]
        assert move.gained.sum() - move.lost.sum() == pytest.approx(move.gain_min)


def test_nobody_is_moved_where_all_is_covered_or_nobody_is_there():
    assert suggest_moves(np.zeros((3, 168)), roster({("Z1", 0, ("day",)): 9}), GROUND) == []
    assert suggest_moves(np.ones((3, 168)), {}, GROUND) == []
    assert weeks_of(np.arange(336.0), 2).shape == (2, 168)
    assert len(turns_of(pd.DataFrame({"on_date": []}), SHIFTS)) == 0
