"""Clocks against a model that lives minute by minute, and against days worked out by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition

from geo.cases.clocks.axis import Axis, BeyondAxis, Hours, HoursUnreadable, build_axis, read_hours
from geo.cases.clocks.clock import UNITS, Marks, Op, Reading, Readings, read_clocks
from tests.machines import Machine, play, rule

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = (read_hours("08:00-12:00,14:00-18:00", dt.date(2026, 1, 1)),)
SEASONS = (*HOURS, read_hours("08:30-12:00,15:00-18:00", dt.date(2026, 10, 9)))
FIRST, LAST = dt.date(2026, 8, 1), dt.date(2027, 8, 1)


def axis_of(hours: tuple[Hours, ...] = HOURS) -> Axis:
    return build_axis(hours, {}, "cn", "Asia/Shanghai", FIRST, LAST)


def second(text: str) -> int:
    """Seconds since 1970 of a local time ``2026-09-30 17:00``."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def local(at: int) -> str:
    return dt.datetime.fromtimestamp(at, ZONE).strftime("%Y-%m-%d %H:%M")


def marks(*steps: tuple[int, int, int, str, int]) -> Marks:
    """Marks of one row: operation, instant, amount, unit, permille."""
    columns = list(
        zip(*[(1, op, at, amount, UNITS.index(unit), share) for op, at, amount, unit, share in steps], strict=True)
    )
    return Marks(*(np.array(column, np.int64) for column in columns))


def read(*steps: tuple[int, int, int, str, int], now: str = "2026-09-30 17:00", axis: Axis | None = None) -> Readings:
    return read_clocks(marks(*steps), axis or axis_of(), second(now))


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-09-30 17:00", 2, "urgent_hours", "2026-09-30 19:00"),
        ("2026-09-30 23:00", 2, "urgent_hours", "2026-10-01 01:00"),
        ("2026-09-11 17:00", 2, "working_hours", "2026-09-14 09:00"),
        ("2026-09-30 17:00", 2, "working_hours", "2026-10-08 09:00"),
        ("2026-09-20 09:00", 1, "working_days", "2026-09-21 09:00"),
        ("2026-09-19 09:00", 1, "working_days", "2026-09-20 18:00"),
        ("2026-09-30 12:00", 1, "working_days", "2026-10-08 12:00"),
        ("2026-10-10 14:00", 1, "working_days", "2026-10-12 12:00"),
        ("2026-09-30 17:00", 15, "natural_days", "2026-10-15 17:00"),
        ("2026-09-11 12:30", 4, "working_hours", "2026-09-11 18:00"),
        ("2026-09-12 03:00", 4, "working_hours", "2026-09-14 12:00"),
    ],
)
def test_due_times_over_weekends_holidays_and_exchanged_days(start: str, amount: int, unit: str, due: str) -> None:
    assert local(int(read((Op.START, second(start), amount, unit, 1000)).due[0])) == due


def test_a_working_day_is_as_long_as_the_hours_in_force_when_it_starts() -> None:
    axis = axis_of(SEASONS)
    found = read((Op.START, second("2026-10-12 08:00"), 1, "working_days", 1000), axis=axis)
    assert (int(found.budget_s[0]), local(int(found.due[0]))) == (23_400, "2026-10-12 18:00")


def test_holding_a_clock_moves_its_end_and_its_warning_comes_at_three_quarters() -> None:
    start, hold, resume = (second(f"2026-09-14 {clock}") for clock in ("09:00", "10:00", "15:00"))
    held = read((Op.START, start, 4, "working_hours", 1000), (Op.HOLD, hold, 0, UNITS[0], 1000))
    assert (held.reading[0], held.used_s[0]) == (Reading.HELD, 3600)
    ran = read(
        (Op.START, start, 4, "working_hours", 1000), (Op.HOLD, hold, 0, UNITS[0], 1000),
        (Op.RESUME, resume, 0, UNITS[0], 1000),
    )  # fmt: skip
    assert [local(int(ran.due[0])), local(int(ran.warn[0]))] == ["2026-09-14 18:00", "2026-09-14 17:00"]


def test_an_extension_adds_in_the_units_of_the_limit_and_a_regime_scales_the_limit_alone() -> None:
    start = second("2026-09-14 08:00")
    long = read((Op.START, start, 1, "working_days", 500), (Op.EXTEND, start + 60, 1, "working_days", 1000))
    assert local(int(long.due[0])) == "2026-09-15 12:00"


def test_rework_goes_on_with_what_was_left_and_a_new_dispatch_starts_anew() -> None:
    day = [second(f"2026-09-{number} 09:00") for number in (14, 15, 16, 17)]
    steps = [(Op.START, day[0], 2, "working_days", 1000), (Op.HOLD, day[1], 0, UNITS[0], 1000)]
    reworked = read(*steps, (Op.RESUME, day[2], 0, UNITS[0], 1000))
    assert local(int(reworked.due[0])) == "2026-09-17 09:00"
    anew = read(*steps, (Op.STOP, day[2], 0, UNITS[0], 1000), (Op.START, day[3], 2, "working_days", 1000))
    assert local(int(anew.due[0])) == "2026-09-20 09:00"


def test_no_marks_no_readings_and_a_stopped_clock_reads_nothing() -> None:
    empty = Marks(*(np.empty(0, np.int64) for _ in range(6)))
    assert len(read_clocks(empty, axis_of(), 0).row) == 0
    at = second("2026-09-14 09:00")
    over = read((Op.START, at, 2, "working_days", 1000), (Op.STOP, at + 60, 0, UNITS[0], 1000))
    assert over.reading[0] == Reading.NONE
    assert read((Op.EXTEND, at, 2, "working_days", 1000)).reading[0] == Reading.NONE


def test_hours_that_cannot_be_are_refused_and_a_limit_past_the_calendar_is_an_error() -> None:
    for text in ("", "8-12", "12:00-08:00", "08:00-12:00,11:00-18:00", "08:00-24:30"):
        with pytest.raises(HoursUnreadable):
            read_hours(text, FIRST)
    with pytest.raises(BeyondAxis):
        read((Op.START, second("2026-09-14 09:00"), 999, "working_days", 1000))


def test_a_county_may_work_on_a_day_its_calendar_gives_off_and_the_other_way_round() -> None:
    own = build_axis(
        HOURS, {dt.date(2026, 10, 1): True, dt.date(2026, 10, 8): False}, "cn", "Asia/Shanghai", FIRST, LAST
    )
    found = read((Op.START, second("2026-09-30 17:00"), 10, "working_hours", 1000), axis=own)
    assert local(int(found.due[0])) == "2026-10-09 09:00"


OFF = {dt.date(2026, 9, 25), *(dt.date(2026, 10, day) for day in range(1, 8)), dt.date(2027, 1, 1)} | {
    dt.date(2027, 2, day) for day in range(5, 9)
} | {dt.date(2027, 4, 5), dt.date(2027, 6, 9)}  # fmt: skip
EXCHANGED = {dt.date(2026, 9, 20), dt.date(2026, 10, 10)}
"""Days off, and Sundays and Saturdays worked for them: the notice for 2026, the festivals by law for 2027."""


def worked(minute: int) -> bool:
    """The model's whole knowledge of working time: whether this minute since 1 August 2026 is worked."""
    days, of_day = divmod(minute, 1440)
    on = FIRST + dt.timedelta(days=days)
    works = on in EXCHANGED or (on.weekday() < 5 and on not in OFF)
    return works and (480 <= of_day < 720 or 840 <= of_day < 1080)


WORKED = [worked(minute) for minute in range(330 * 1440)]


class Minutes(Machine):
    """A clock that counts minutes one by one beside the one that is read from marks."""

    def __init__(self) -> None:
        super().__init__()
        self.zero = second("2026-08-01 00:00")
        self.now = 31 * 1440
        self.steps: list[tuple[int, int, int, str, int]] = []
        self.state = Reading.NONE
        self.used = self.budget = 0
        self.unit = UNITS[0]

    def at(self) -> int:
        return self.zero + 60 * self.now

    def counts(self, minute: int) -> bool:
        return WORKED[minute] if self.unit.startswith("working") else True

    @precondition(lambda self: self.state == Reading.NONE)
    @rule(unit=st.sampled_from(UNITS[:4]), amount=st.integers(1, 5), share=st.sampled_from([500, 1000]))
    def start(self, unit: str, amount: int, share: int) -> None:
        size = {"urgent_hours": 60, "working_hours": 60, "working_days": 480, "natural_days": 1440}[unit]
        self.unit, self.used, self.budget, self.state = unit, 0, amount * size * share // 1000, Reading.RUNNING
        self.size = size
        self.seen[f"{unit} {share}"] += 1
        self.steps.append((Op.START, self.at(), amount, unit, share))

    @precondition(lambda self: self.now < 200 * 1440)
    @rule(minutes=st.integers(0, 900))
    def wait(self, minutes: int) -> None:
        if self.state == Reading.RUNNING:
            self.used += sum(self.counts(minute) for minute in range(self.now, self.now + minutes))
        self.now += minutes

    @precondition(lambda self: self.state == Reading.RUNNING)
    @rule()
    def hold(self) -> None:
        self.state = Reading.HELD
        self.steps.append((Op.HOLD, self.at(), 0, UNITS[0], 1000))

    @precondition(lambda self: self.state == Reading.HELD)
    @rule()
    def resume(self) -> None:
        self.state = Reading.RUNNING
        self.steps.append((Op.RESUME, self.at(), 0, UNITS[0], 1000))

    @precondition(lambda self: self.state != Reading.NONE)
    @rule(amount=st.integers(1, 3))
    def extend(self, amount: int) -> None:
        self.budget += amount * self.size
        self.steps.append((Op.EXTEND, self.at(), amount, self.unit, 1000))

    @precondition(lambda self: self.state != Reading.NONE)
    @rule()
    def stop(self) -> None:
        self.state = Reading.NONE
        self.steps.append((Op.STOP, self.at(), 0, UNITS[0], 1000))

    @invariant()
    def reads_the_same(self) -> None:
        if not self.steps:
            return
        found = read_clocks(marks(*self.steps), axis_of(), self.at())
        assert found.reading[0] == self.state
        if self.state == Reading.NONE:
            return
        assert (found.used_s[0], found.budget_s[0]) == (60 * self.used, 60 * self.budget)
        late = self.used >= self.budget
        self.seen["held" if self.state == Reading.HELD else "overdue" if late else "running"] += 1
        if self.state == Reading.RUNNING and self.used < self.budget:
            left, minute = self.budget - self.used, self.now
            while left:
                left -= self.counts(minute)
                minute += 1
            assert found.due[0] == self.zero + 60 * minute
        elif self.state == Reading.RUNNING:
            assert found.due[0] <= self.at()


def test_a_clock_agrees_with_one_that_counts_minutes() -> None:
    play(Minutes, 240, 20)


@pytest.mark.long
def test_a_clock_agrees_with_one_that_counts_minutes_over_ten_thousand_steps() -> None:
    play(Minutes, 10_000, 50)
    limits = {f"{unit} {share}" for unit in UNITS[:4] for share in (500, 1000)}
    assert set(Minutes.seen) == limits | {"held", "running", "overdue"}


def test_many_clocks_read_as_each_alone() -> None:
    rng = np.random.default_rng(7)
    rows = []
    for row in range(300):
        at = second("2026-09-01 00:00") + int(rng.integers(0, 30 * 1440)) * 60
        rows.append((row, Op.START, at, int(rng.integers(1, 6)), int(rng.integers(0, 4)), 1000))
        for turn in range(int(rng.integers(0, 4))):
            at += int(rng.integers(1, 3000)) * 60
            rows.append((row, Op.RESUME if turn % 2 else Op.HOLD, at, 0, 0, 1000))
    whole = read_clocks(
        Marks(*(np.array(c, np.int64) for c in zip(*rows, strict=True))), axis_of(), second("2026-10-20 09:00")
    )
    for row in range(300):
        own = [one for one in rows if one[0] == row]
        alone = read_clocks(
            Marks(*(np.array(c, np.int64) for c in zip(*own, strict=True))), axis_of(), second("2026-10-20 09:00")
        )
        for name in ("reading", "due", "warn", "budget_s", "used_s"):
            assert getattr(whole, name)[row] == getattr(alone, name)[0]
