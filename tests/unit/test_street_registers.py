"""Rules of the registers of the street, looked at for any ad, kitchen, bay and night."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cases.ads.reading import BadRow, read_order
from geo.cases.ads.rules import FAULTS, Ad, Grant, Rule, faults, removal_refused
from geo.cases.ads.states import AD_ORDER, PROVEN, STEPS_OF
from geo.cases.noise.places import Heard, gather
from geo.cases.parking.rules import Seen, gap_of
from geo.cases.restaurants.rules import cleaning, propose_verdict

ON = dt.date(2026, 6, 10)
days = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))


@given(st.one_of(st.none(), days), st.booleans(), days, days)
def test_a_permit_on_the_register_goes_before_what_the_list_says(
    said: dt.date | None, valid: bool, first: dt.date, last: dt.date
) -> None:
    grant = Grant("valid" if valid else "revoked", min(first, last), max(first, last))
    found = faults(Ad("billboard", permit_number="x", valid_to_on=said), grant, Rule(), ON)
    stands = valid and grant.valid_from_on <= ON <= grant.valid_to_on
    assert (found == ()) == stands
    assert len(set(found) & {"unpermitted", "revoked", "expired"}) <= 1
    assert list(found) == sorted(found, key=FAULTS.index)


@pytest.mark.parametrize(
    ("area", "allowed", "most", "over"),
    [(1_000, None, None, False), (1_000, 1_000, None, False), (1_001, 1_000, None, True), (1_001, 2_000, 1_000, True),
     (None, 10, 10, False)],
)  # fmt: skip
def test_the_smaller_of_permit_and_plan_decides_the_size(
    area: int | None, allowed: int | None, most: int | None, over: bool
) -> None:
    grant = Grant("valid", ON, ON, allowed)
    assert ("oversize" in faults(Ad("rooftop", area), grant, Rule(most), ON)) == over


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31)))  # noqa: DTZ001 - the clock on the wall
def test_nothing_is_removed_by_force_at_night_on_rest_days_or_before_the_owners_last_day(at: dt.datetime) -> None:
    due = dt.date(2026, 6, 15)
    why = removal_refused(at, due, "责改1号")
    if why is None:
        assert at.date() > due and (at.weekday() < 5 or at.date() in MAKE_UP)
        assert dt.time(6) <= at.time() < dt.time(22)
    assert removal_refused(at, due, "责改1号", urgent="台风") is None
    assert removal_refused(at, None, "责改1号") == "no_notice"


MAKE_UP = {dt.date(2026, 9, 20), dt.date(2026, 10, 10), dt.date(2026, 1, 4), dt.date(2026, 2, 14), dt.date(2026, 2, 28)}
"""Weekend days worked in 2026."""


def test_each_measure_can_end_and_only_by_steps_of_the_workflow() -> None:
    for steps in STEPS_OF.values():
        assert steps <= set(AD_ORDER.steps) and steps & PROVEN


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"measure": "拆除"}, "ordered_on"),
        ({"measure": "吹走", "ordered_on": "2026-06-01"}, "measure"),
        ({"measure": "拆除", "ordered_on": "2026-13-01"}, "ordered_on"),
        ({"measure": "拆除", "ordered_on": "2026-06-01", "quantity": "约十"}, "quantity"),
        ({"measure": "拆除", "ordered_on": "2026-06-01", "ended": "自拆"}, "done_on"),
    ],
)
def test_a_row_of_a_ledger_says_what_cannot_be_read(cells: dict[str, str], field: str) -> None:
    with pytest.raises(BadRow) as error:
        read_order(cells)
    assert error.value.facts["field"] == field


@given(days, st.integers(1, 400))
def test_a_device_is_overdue_the_day_after_its_days_have_passed(cleaned: dt.date, every: int) -> None:
    last = cleaned + dt.timedelta(days=every)
    assert cleaning("wet", cleaned, None, every, last).fault is None
    assert cleaning("wet", cleaned, None, every, last + dt.timedelta(1)).fault == "overdue"
    assert cleaning("wet", None, cleaned, every, last + dt.timedelta(1)).fault == "overdue"


def test_no_flue_saves_a_kitchen_beside_flats() -> None:
    for housing in ("dwelling", "beside"):
        assert {propose_verdict(flue, housing, device) for flue in (0, 1) for device in (0, 1)} == {"unfit"}


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=12), st.integers(0, 100), st.randoms())
def test_a_gap_is_of_the_fullest_count_whatever_the_order(
    counts: list[tuple[int, int]], capacity: int, draw: random.Random
) -> None:
    seen = [Seen(*one) for one in counts]
    found = gap_of(capacity, seen)
    assert found.counts == len(seen) and (found.gap is None) == (not seen)
    if seen:
        assert found.gap == max(one.parked + one.strays for one in seen) - capacity
    assert gap_of(capacity, draw.sample(seen, len(seen))) == found


hearsay = st.sampled_from([None, "a", "b"])
spots = st.tuples(st.integers(-300, 300), st.integers(-300, 300), st.integers(0, 200), hearsay)


@given(st.lists(spots, max_size=25), st.randoms())
def test_everything_heard_is_in_one_place_and_in_one_hour_of_it(
    told: list[tuple[int, int, int, str | None]], draw: random.Random
) -> None:
    start = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    heard = [
        Heard(n, caller is not None, x, y, start + dt.timedelta(hours=hour), "trade", "", caller)
        for n, (x, y, hour, caller) in enumerate(told)
    ]
    places = gather(heard, 60)
    assert sorted(one.id for place in places for one in place.heard) == list(range(len(heard)))
    for place in places:
        assert sum(map(sum, place.hours)) == len(place.heard) == sum(place.kinds.values())
        seed = place.heard[0]
        assert all((one.x - seed.x) ** 2 + (one.y - seed.y) ** 2 <= 3_600 for one in place.heard)
        assert place.callers == len({one.caller for one in place.heard if one.caller})
    again = gather(draw.sample(heard, len(heard)), 60)
    assert [[one.id for one in place.heard] for place in again] == [[one.id for one in place.heard] for place in places]
