"""λ and ρ of a place in a shift: what would stand there if nobody came."""

from __future__ import annotations

import datetime as dt

import geopandas
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrol.demand.factors import Emphasis, exams_on, factors_of, with_exam_hours
from geo.patrol.demand.rates import Hazard, rates_of, standing
from geo.patrol.demand.rules import START_ZONES, ZoneRule
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.zones import market_wishes, recurring_wishes, zone_rates
from tests.towns import ON, SPAN, SRID, spot
from tests.unit.test_patrol_demand import zones

RULE = ZoneRule(7200, 1200, 1800, 2.0)


ACTIVE_MIN = 30.0 * np.log(2)
"""Median of stays with a mean of half an hour."""


def hazard(per_hour=4.0, rho=15.0, active=ACTIVE_MIN, half=0.5):
    """A zone whose study tells the same for every hour."""
    week = np.full(168, per_hour)
    return Hazard(
        week, week * half, week * 2, rho, None if rho is None else rho / 2, None if rho is None else rho * 2, active
    )


def test_what_stands_there_is_new_ones_times_their_stay():
    assert standing(np.full(168, 4.0), 1800.0, SPAN)[-1] == pytest.approx(2.0, rel=1e-3)


@settings(max_examples=20)
@given(st.integers(0, 167), st.floats(0.5, 20), st.floats(300, 14_400))
def test_standing_agrees_with_adding_up_arrivals_for_any_hour_and_stay(hour, rate, stay_s):
    week = np.zeros(168)
    week[hour] = rate
    found = standing(week, stay_s, SPAN)
    first = (ON.weekday() * 24 * 60) + SPAN.from_s // 60
    grain = 6  # arrivals every ten seconds, each fading at its own rate
    at = np.arange(-round(4 * stay_s / 60) * grain, SPAN.length_s // 60 * grain)
    arrivals = week[((first * grain + at) // (60 * grain)) % 168] / 3600 * 60 / grain
    kept = np.exp(-60 / grain / stay_s)
    now, direct = 0.0, []
    for arrived in arrivals:
        now = now * kept + arrived
        direct.append(now)
    direct = np.array(direct)[-SPAN.length_s // 60 * grain :].reshape(-1, grain)[:, -1]
    assert np.allclose(found, direct, rtol=0.03, atol=0.02)


def test_a_holiday_has_the_hours_of_a_sunday_and_a_worked_saturday_those_of_a_weekday():
    week = np.zeros(168)
    week[6 * 24 : 7 * 24] = 6.0
    holiday = ShiftSpan(dt.date(2026, 10, 6), 8 * 3600, 16 * 3600, SPAN.starts_at)  # a Tuesday
    worked = ShiftSpan(dt.date(2026, 10, 10), 8 * 3600, 16 * 3600, SPAN.starts_at)  # a Saturday
    assert standing(week, 1800.0, holiday)[-1] > 2.9
    assert standing(week, 1800.0, worked).max() == 0


def test_a_zone_counts_only_while_it_is_open_and_its_bounds_hold_it():
    found = rates_of(hazard(), RULE, [(3600, 7200)], SPAN)
    assert found.basis == "study"
    assert (found.rho_s, found.rho_lower_s, found.rho_upper_s, found.cap_s) == (900, 450, 1800, 7200)
    assert set(found.per_minute[:60]) == {0} == set(found.per_minute[120:])
    assert all(low <= mean <= high for low, mean, high in zip(found.lower, found.per_minute, found.upper, strict=True))
    assert found.per_minute[90] == pytest.approx(2000, abs=20)


def test_without_a_study_start_values_of_the_class_hold_and_say_so():
    found = rates_of(None, RULE, [(0, 28_800)], SPAN, busy=1.5)
    assert (found.basis, found.rho_s, found.per_minute[0]) == ("start", 1200, 1500)
    assert rates_of(hazard(rho=None), RULE, [(0, 28_800)], SPAN).basis == "mixed"
    assert rates_of(hazard(rho=None), RULE, [(0, 28_800)], SPAN).rho_s == 1200


def test_zones_come_as_places_to_visit_again_and_again():
    frame = zones(("Mo-Fr 08:30-09:10,11:20-12:00", 1, 0), ("Sa-Su", 1, 0))
    rates = zone_rates(frame, {0: hazard()}, START_ZONES, SPAN)
    first, closed = recurring_wishes(frame, SPAN, rates, {0: 1.5})
    assert first.key == "zone:0"
    assert first.windows == ((1800, 4200), (12000, 14400))
    assert (first.recurrence.rho_s, first.recurrence.cap_s, first.focus) == (900, 240 * 60, 1.5)
    assert first.recurrence.per_minute[230] == pytest.approx(1.5 * rates[0].per_minute[230], abs=1)
    assert len(first.recurrence.per_minute) == SPAN.length_s // 60
    assert closed.windows == ()


def test_a_seasonal_market_is_watched_in_its_season_only():
    columns = {
        "name": "杨梅临时市场", "opening": "06:00-20:00", "valid_from_on": [ON, ON + dt.timedelta(1), None],
        "valid_to_on": [ON + dt.timedelta(1), None, ON], "district_code": "P01",
    }  # fmt: skip
    frame = geopandas.GeoDataFrame(columns, geometry=[spot(0, 0)] * 3, crs=SRID)
    (wish,) = market_wishes(frame, SPAN)
    assert (wish.key, wish.windows) == ("market:0", ((0, 28_800),))


def test_exams_watch_schools_all_day_and_focuses_multiply():
    on = ShiftSpan(dt.date(2026, 6, 8), SPAN.from_s, SPAN.to_s, SPAN.starts_at)
    frame = zones(("Mo-Fr 08:30-09:10", 1, 0), ("Mo-Fr 08:30-09:10", 1, 0)).assign(kind=["school", "market"])
    exams = exams_on(on.on_date)
    assert with_exam_hours(frame, exams)["opening"].tolist() == ["07:00-18:30", "Mo-Fr 08:30-09:10"]
    assert factors_of(frame, [*exams, Emphasis("focus:F1", "F1", 1.5, spot(0, 0).buffer(0.5))]) == {0: 3.0}
    assert with_exam_hours(frame, exams_on(ON))["opening"].nunique() == 1
