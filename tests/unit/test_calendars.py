"""Workdays with 调休, school terms, and opening hours, also against an independent reader of the same language."""

from __future__ import annotations

import datetime as dt
import itertools

import opening_hours
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.calendars import (
    DAY_S,
    WEEKDAYS,
    OpeningUnreadable,
    UnknownCalendar,
    get_calendar,
    is_public_holiday,
    is_published,
    is_school_holiday,
    is_term_day,
    is_workday,
    open_intervals,
)

days = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
clocks = st.integers(0, 24 * 12 - 1).map(lambda n: f"{n // 12:02d}:{n % 12 * 5:02d}")
hours = st.lists(st.tuples(clocks, clocks).map("-".join), min_size=1, max_size=3).map(",".join)
weekday_lists = st.one_of(
    st.sampled_from(["Mo-Fr", "Sa-Su", "Mo-Su", "Mo,We,Fr", "Fr-Mo", "Tu"]),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True).map(",".join),
)
months = st.sampled_from(["", "Jun-Aug ", "Nov-Feb ", "Jun 05-Jul 10 ", "2026 Jun 07-2026 Jun 09 "])
rules = st.tuples(months, weekday_lists, st.one_of(hours, st.just("off"))).map(lambda t: f"{t[0]}{t[1]} {t[2]}")
within_a_day = st.lists(
    st.tuples(weekday_lists, st.sampled_from(["off", "07:00-08:30", "05:00-09:00,16:30-18:00", "08:00-24:00"])).map(
        " ".join
    ),
    min_size=2,
    max_size=4,
).map("; ".join)
texts = st.lists(rules, min_size=1, max_size=3).map("; ".join)


def test_every_year_of_the_table_has_each_make_up_day_on_a_weekend_and_no_day_both_ways() -> None:
    calendar = get_calendar("cn")
    assert not calendar.days_off & calendar.workdays
    assert all(day.weekday() >= 5 for day in calendar.workdays)
    assert {day.year for day in calendar.workdays} == {2024, 2025, 2026}


@pytest.mark.parametrize(
    ("on", "works"),
    [
        ("2024-02-18", True),  # Sunday after the Spring Festival
        ("2024-02-12", False),
        ("2025-10-11", True),
        ("2026-02-28", True),
        ("2026-01-02", False),
        ("2026-11-21", False),
    ],
)
def test_workdays_follow_the_published_arrangement(on: str, works: bool) -> None:
    assert is_workday(dt.date.fromisoformat(on)) is works


def test_the_workdays_of_each_published_year_are_as_many_as_the_notice_leaves() -> None:
    for year, expected in [(2024, 251), (2025, 248), (2026, 248)]:
        first = dt.date(year, 1, 1)
        count = sum(is_workday(first + dt.timedelta(n)) for n in range((dt.date(year + 1, 1, 1) - first).days))
        assert count == expected, year


@given(st.dates(dt.date(2028, 1, 1), dt.date(2050, 12, 31)))
def test_past_the_table_a_workday_is_a_weekday_and_says_so_for_any_day(on: dt.date) -> None:
    assert is_workday(on) == (on.weekday() < 5)
    assert not is_published(on)


def test_only_statutory_festivals_are_known_for_a_year_without_a_notice() -> None:
    spring_festival = dt.date(2027, 2, 8)
    assert is_public_holiday(spring_festival) and not is_published(spring_festival)
    assert is_published(dt.date(2026, 12, 31))


@given(days)
def test_a_term_day_is_a_workday_outside_school_holidays_for_any_day(on: dt.date) -> None:
    assert is_term_day(on) == (is_workday(on) and not is_school_holiday(on))


@given(st.one_of(rules, within_a_day), days.filter(lambda on: on not in get_calendar().workdays))
def test_opening_hours_agree_with_an_independent_reader_for_any_text_and_day(text: str, on: dt.date) -> None:
    """Minutes open within the day, counting what began the day before; make-up days are known to us alone.

    Whether a later rule also cuts what an earlier rule left over from the day before is read differently by
    different readers, so texts of several rules stay within the day here.
    """
    theirs = opening_hours.OpeningHours(text)
    ours = set()
    for shift, day in ((0, on), (-DAY_S, on - dt.timedelta(1))):
        if day in get_calendar().workdays:
            return
        for begin, end in open_intervals(text, day):
            ours.update(range(max(0, begin + shift), max(0, min(DAY_S, end + shift)), 300))
    midnight = dt.datetime.combine(on, dt.time())
    for second in range(0, DAY_S, 300):
        assert theirs.is_open(midnight + dt.timedelta(seconds=second)) == (second in ours), (text, on, second)


@given(texts, days)
def test_intervals_are_ordered_apart_and_begin_on_the_day_for_any_text(text: str, on: dt.date) -> None:
    found = open_intervals(text, on)
    assert all(0 <= begin < DAY_S and begin < end <= 2 * DAY_S for begin, end in found)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(found))


@given(hours, st.sampled_from(sorted(get_calendar().workdays)))
def test_a_make_up_day_is_kept_as_a_working_day_for_any_hours(text: str, on: dt.date) -> None:
    monday = dt.date(2026, 11, 23)
    assert open_intervals(f"Mo-Fr {text}", on) == open_intervals(text, monday)
    assert open_intervals(f"Sa-Su {text}", on) == []
    assert open_intervals(f"Mo-Fr {text}; PH off", on) == open_intervals(text, monday)


def test_school_gates_are_quiet_in_holidays_and_busy_on_a_worked_saturday() -> None:
    gate = "Mo-Fr 07:10-08:10,16:40-18:00; SH,PH off"
    assert open_intervals(gate, dt.date(2026, 11, 23)) == [(25800, 29400), (60000, 64800)]
    assert open_intervals(gate, dt.date(2026, 10, 10)) != []
    assert open_intervals(gate, dt.date(2026, 10, 2)) == []
    assert open_intervals(gate, dt.date(2026, 7, 20)) == []
    assert open_intervals("SH Mo-Fr 09:00-11:00", dt.date(2026, 7, 20)) == [(32400, 39600)]
    assert open_intervals("SH Mo-Fr 09:00-11:00", dt.date(2026, 7, 19)) == []


def test_no_opening_text_means_always() -> None:
    on = dt.date(2026, 11, 23)
    assert open_intervals(None, on) == open_intervals("  ", on) == open_intervals("24/7", on) == [(0, DAY_S)]
    assert open_intervals("Mo-Fr", on) == [(0, DAY_S)], "days without hours are open all day"


@pytest.mark.parametrize(
    "text", ["sometimes", "week 1-10 10:00-12:00", "Mo[1] 10:00-12:00", "25:00-26:00", "10:00", "Mo-Xx 1:00-2:00"]
)
def test_an_unreadable_text_is_refused_naming_the_part(text: str) -> None:
    with pytest.raises(OpeningUnreadable) as refusal:
        open_intervals(text, dt.date(2026, 11, 23))
    assert refusal.value.facts["opening"] == text and refusal.value.facts["part"]


def test_an_unknown_calendar_names_those_there_are() -> None:
    with pytest.raises(UnknownCalendar) as refusal:
        is_workday(dt.date(2026, 1, 1), "atlantis")
    assert refusal.value.facts["known"] == "cn"
