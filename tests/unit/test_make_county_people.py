"""The bureau's people and roster keep the law: licences in pairs, rest days, no double duty."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.county.names import Names
from data.county.people import SHIFT_KINDS, make_duties, make_staff, make_vehicles, rests

TODAY = dt.date(2026, 11, 20)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1))


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return make_staff(rng, Names(rng), TODAY)


@pytest.fixture(scope="module")
def duties(staff: pd.DataFrame) -> pd.DataFrame:
    """Long enough to pass the day on which one licence runs out."""
    return make_duties(staff, TODAY, 90).merge(staff, left_on="staff", right_on="code")


def test_the_bureau_is_of_the_size_the_reports_name(staff: pd.DataFrame) -> None:
    regular = staff[staff["kind"] == "regular"]
    assert len(regular) == 9 and len(staff) - len(regular) == 39
    assert regular["licence_no"].notna().sum() == 6
    assert staff.loc[staff["kind"] == "auxiliary", "licence_no"].isna().all()
    assert staff["name"].is_unique and staff["code"].is_unique
    soon = [d for d in regular["licence_to_on"].dropna() if d < TODAY + dt.timedelta(60)]
    assert len(soon) == 1 and soon[0] > TODAY
    assert make_vehicles()["kind"].value_counts().to_dict() == {"ebike": 20, "car": 2}


def test_every_shift_of_every_day_has_one_leader_and_people(duties: pd.DataFrame) -> None:
    per_shift = duties.groupby(["on_date", "shift_code"])
    assert len(per_shift) == 90 * len(SHIFT_KINDS)
    assert (per_shift["role"].apply(lambda roles: (roles == "leader").sum()) == 1).all()
    assert per_shift.size().min() >= 6


def test_nobody_is_twice_at_once_or_over_ten_hours(duties: pd.DataFrame) -> None:
    clock = {}
    for code, _, start, end in SHIFT_KINDS:
        begin, finish = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        clock[code] = (begin, finish if finish > begin else finish + 1440)
    for _, mine in duties.groupby(["on_date", "staff"]):
        spans = sorted(clock[shift] for shift in mine["shift_code"])
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
        assert sum(end - begin for begin, end in spans) <= 600


def test_nobody_works_the_dawn_after_a_late_night(duties: pd.DataFrame) -> None:
    late = {(row.staff, row.on_date) for row in duties[duties["shift_code"] == "night"].itertuples()}
    dawn = {
        (row.staff, row.on_date - dt.timedelta(1)) for row in duties[duties["shift_code"] == "morning"].itertuples()
    }
    assert not late & dawn


def test_everybody_rests_two_days_in_any_seven(duties: pd.DataFrame) -> None:
    worked = pd.crosstab(duties["on_date"], duties["staff"]).clip(upper=1)
    assert worked.rolling(7).sum().max().max() <= 5


@given(st.integers(0, 60), dates)
def test_rest_days_are_two_in_seven_for_any_person_and_week(number: int, first: dt.date) -> None:
    assert sum(rests(number, first + dt.timedelta(day)) for day in range(7)) == 2


def test_licensed_officers_stand_in_pairs_while_their_licence_is_valid(duties: pd.DataFrame) -> None:
    members = duties[duties["licence_to_on"].notna() & (duties["role"] == "member")]
    assert (members["licence_to_on"] >= members["on_date"]).all()
    day = members[members["shift_code"] == "day"].groupby("on_date").size()
    assert set(day) <= {2, 4} and len(day) == 90
    before = duties[duties["on_date"] < TODAY + dt.timedelta(24)]
    late = before[(before["shift_code"] == "night_market") & before["licence_to_on"].notna()].groupby("on_date").size()
    assert (late == 2).all() and len(late) == 24


@given(dates, st.integers(0, 20))
def test_the_roster_of_a_day_does_not_depend_on_the_window_for_any_day(first: dt.date, shift: int) -> None:
    rng = np.random.default_rng(1)
    people = make_staff(rng, Names(rng), TODAY)
    later = make_duties(people, first + dt.timedelta(shift), 1)
    whole = make_duties(people, first, shift + 1)
    same = whole[whole["on_date"] == first + dt.timedelta(shift)].reset_index(drop=True)
    pd.testing.assert_frame_equal(later, same)
