"""A bureau's usual week keeps the law: rest days, ten hours, licences that are valid, pairs that can act."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.organisation.roster import SHIFT_KINDS, make_roster, rests

MONDAY = dt.date(2026, 11, 23)
EXPIRES = dt.date(2026, 12, 14)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1))


def bureau(licensed: int = 6, regular: int = 9, auxiliary: int = 38) -> pd.DataFrame:
    """Staff of a county; the last licence runs out on ``EXPIRES``."""
    last = [dt.date(2029, 1, 1)] * (licensed - 1) + [EXPIRES] * (licensed > 0)
    rows = [("regular", last[n] if n < licensed else None) for n in range(regular)] + [("auxiliary", None)] * auxiliary
    frame = pd.DataFrame(rows, columns=["kind", "licence_to_on"], dtype=object)
    return frame.assign(code=[f"P{n:02d}" for n in range(len(frame))], licence_from_on=None, active=True)


@pytest.fixture(scope="module")
def duties() -> pd.DataFrame:
    """Long enough to pass the day on which one licence runs out."""
    staff = bureau()
    return make_roster(staff, MONDAY, 90).merge(staff, left_on="staff", right_on="code")


def test_a_weekday_has_three_licensed_pairs_and_twelve_others_by_day(duties: pd.DataFrame) -> None:
    day = duties[(duties["on_date"] == MONDAY) & (duties["shift_code"] == "day")]
    assert day["licence_to_on"].notna().sum() == 6
    assert (day["kind"] == "auxiliary").sum() >= 24


def test_every_shift_of_a_weekday_has_one_leader_and_people(duties: pd.DataFrame) -> None:
    weekdays = duties[[on.weekday() < 5 for on in duties["on_date"]]].groupby(["on_date", "shift_code"])
    assert (weekdays["role"].apply(lambda roles: (roles == "leader").sum()) == 1).all()
    assert weekdays.size().min() >= 3
    assert set(duties["shift_code"]) == {kind[0] for kind in SHIFT_KINDS}


def test_weekends_are_led_and_thinner(duties: pd.DataFrame) -> None:
    weekends = duties[[on.weekday() >= 5 for on in duties["on_date"]]].groupby(["on_date", "shift_code"])
    assert (weekends["role"].apply(lambda roles: (roles == "leader").sum()) == 1).all()
    assert weekends.size().min() >= 3 and weekends.size().max() < 15


@given(st.integers(0, 6), st.integers(0, 9), st.integers(0, 60), dates)
def test_nobody_is_twice_at_once_or_over_ten_hours_or_at_dawn_after_a_late_night_in_any_bureau(
    licensed: int, others: int, auxiliary: int, first: dt.date
) -> None:
    duties = make_roster(bureau(licensed, licensed + others, auxiliary), first, 8)
    clock = {}
    for code, _, start, end in SHIFT_KINDS:
        begin, finish = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        clock[code] = (begin, finish if finish > begin else finish + 1440)
    for _, mine in duties.groupby(["on_date", "staff"]):
        spans = sorted(clock[shift] for shift in mine["shift_code"])
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
        assert sum(end - begin for begin, end in spans) <= 600
    late = {(row.staff, row.on_date) for row in duties[duties["shift_code"] == "night"].itertuples()}
    dawn = duties[duties["shift_code"] == "morning"]
    assert not late & {(row.staff, row.on_date - dt.timedelta(1)) for row in dawn.itertuples()}


def test_everybody_rests_two_days_in_any_seven(duties: pd.DataFrame) -> None:
    settled = duties[duties["on_date"] < EXPIRES]
    worked = pd.crosstab(settled["on_date"], settled["staff"]).clip(upper=1)
    assert worked.rolling(7).sum().max().max() <= 5


@given(st.integers(0, 60), dates)
def test_rest_days_are_two_in_seven_for_any_person_and_week(number: int, first: dt.date) -> None:
    assert sum(rests(number, first + dt.timedelta(day)) for day in range(7)) == 2


def test_an_officer_whose_licence_ran_out_no_longer_counts_as_licensed_but_still_works(duties: pd.DataFrame) -> None:
    after = duties[(duties["on_date"] > EXPIRES) & (duties["licence_to_on"] == EXPIRES)]
    assert set(after["role"]) == {"member"} and set(after["shift_code"]) == {"day"}


@given(dates, st.integers(0, 20))
def test_the_roster_of_a_day_does_not_depend_on_the_window_for_any_day(first: dt.date, shift: int) -> None:
    people = bureau()
    later = make_roster(people, first + dt.timedelta(shift), 1)
    whole = make_roster(people, first, shift + 1)
    same = whole[whole["on_date"] == first + dt.timedelta(shift)].reset_index(drop=True)
    pd.testing.assert_frame_equal(later, same)


def test_without_staff_the_roster_is_empty() -> None:
    assert make_roster(bureau(0, 0, 0), MONDAY, 7).empty


def test_nobody_is_rostered_as_licensed_before_the_licence_begins() -> None:
    people = bureau(licensed=6)
    people.loc[people["code"] == "P00", "licence_from_on"] = MONDAY + dt.timedelta(1)
    heads = make_roster(people, MONDAY, 2).query("shift_code == 'day' and role == 'leader'")
    assert heads["staff"].tolist() == ["P01", "P00"]
