"""The sun against published times, and what a plan of lighting says of a lamp."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cases.outages.plans import Season, night_of, standing
from geo.cases.outages.sheets import clock, month_day
from geo.cases.outages.sun import sun_times

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPOT = (118.0, 28.3)

HONG_KONG = {
    1: ("07:04", "17:51"), 2: ("07:03", "18:12"), 3: ("06:46", "18:28"), 4: ("06:17", "18:39"), 5: ("05:52", "18:50"),
    6: ("05:40", "19:04"), 7: ("05:43", "19:12"), 8: ("05:56", "19:05"), 9: ("06:07", "18:42"), 10: ("06:15", "18:13"),
    11: ("06:28", "17:47"), 12: ("06:47", "17:39"),
}  # fmt: skip
"""Sunrise and sunset on the first of each month at 22.32° N, 114.17° E, as whattime.city/hong-kong/sun has them."""


@pytest.mark.parametrize("month", HONG_KONG)
def test_the_sun_rises_and_sets_as_published(month: int) -> None:
    found = sun_times(114.17, 22.32, dt.date(2026, month, 1))
    assert found is not None
    for at, said in zip(found, HONG_KONG[month], strict=True):
        wanted = dt.datetime.combine(dt.date(2026, month, 1), dt.time.fromisoformat(said), SHANGHAI)
        assert abs(at - wanted) <= dt.timedelta(minutes=2), (at.astimezone(SHANGHAI), said)


@given(st.floats(73, 135), st.floats(18, 54), st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_noon_lies_between_rise_and_set_and_days_follow_each_other(lon: float, lat: float, on: dt.date) -> None:
    today, next_day = sun_times(lon, lat, on), sun_times(lon, lat, on + dt.timedelta(days=1))
    assert today is not None and next_day is not None
    assert dt.timedelta(hours=6) < today[1] - today[0] < dt.timedelta(hours=18)
    assert today[1] < next_day[0]
    assert abs(next_day[0] - today[0] - dt.timedelta(days=1)) < dt.timedelta(minutes=6)


@pytest.mark.parametrize(
    ("saving", "half_off", "hour", "part", "wanted"),
    [
        ("none", None, 22, "half", "lit"),
        ("all_night", None, 22, "half", "saved"),
        ("all_night", None, 22, "whole", "lit"),
        ("all_night", None, 22, None, "lit"),
        ("half_night", "00:30", 23, "half", "lit"),
        ("half_night", "00:30", 25, "half", "saved"),
        ("half_night", "00:30", 25, "whole", "lit"),
        ("half_night", "00:30", 12, "whole", "day"),
    ],
)
def test_only_half_night_lamps_are_switched_off_to_save(
    saving: str, half_off: str | None, hour: int, part: str | None, wanted: str
) -> None:
    plan = [Season("A", "01-01", "12-31", 0, 0, saving, half_off)]
    at = dt.datetime(2026, 6, 10, tzinfo=SHANGHAI) + dt.timedelta(hours=hour)
    assert standing(plan, part, at, *SPOT, SHANGHAI) == wanted


def test_a_night_keeps_the_season_of_its_evening_and_half_off_never_leaves_it() -> None:
    plan = [Season("A", "05-01", "09-30", 15, -15, "half_night", "18:00"), Season("A", "10-01", "04-30", -5, 5)]
    last = night_of(plan, dt.date(2026, 9, 30), *SPOT, SHANGHAI)
    first = night_of(plan, dt.date(2026, 10, 1), *SPOT, SHANGHAI)
    assert last is not None and first is not None
    assert last.half_off_at == last.on_at and first.half_off_at == first.off_at
    set_ = sun_times(*SPOT, dt.date(2026, 9, 30))
    assert set_ is not None and last.on_at == set_[1] + dt.timedelta(minutes=15)
    early = dt.datetime(2026, 10, 1, 3, tzinfo=SHANGHAI)
    assert standing(plan, "half", early, *SPOT, SHANGHAI) == "saved"
    assert standing(plan, "half", early + dt.timedelta(days=1), *SPOT, SHANGHAI) == "lit"


@pytest.mark.parametrize(("read", "text"), [(month_day, "13-01"), (month_day, "2-30"), (clock, "25:00"), (clock, "9")])
def test_a_day_or_time_that_cannot_be_is_refused(read: object, text: str) -> None:
    with pytest.raises(ValueError):
        read(text)  # type: ignore[operator]
