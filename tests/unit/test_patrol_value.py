"""What a plan is worth: whole numbers that the search, the checker and a later year agree on."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrol.problem import Recurrence
from geo.patrol.value import PPM, TEN_MINUTES_S, decay_ppm, longest_gap, worth_of, zone_value

SHIFT_S = 4 * 3600
FEW = settings(max_examples=60, deadline=None)
stays = st.lists(
    st.tuples(st.integers(0, SHIFT_S), st.integers(0, 3600)).map(lambda one: (one[0], min(sum(one), SHIFT_S))),
    max_size=7,
)
told = st.builds(
    Recurrence,
    st.lists(st.integers(0, 9000), min_size=SHIFT_S // 60, max_size=SHIFT_S // 60).map(tuple),
    st.integers(60, 20_000),
)


@FEW
@given(told, stays)
def test_a_value_is_the_sum_over_minutes_of_what_stays_away(recurrence, visits):
    total = 0.0
    for minute, active in enumerate(recurrence.per_minute):
        at = 60 * minute
        if any(-(-begin // 60) <= minute < -(-leave // 60) for begin, leave in visits):
            total += active
        else:
            left = [-(-leave // 60) for _, leave in visits if -(-leave // 60) <= minute]
            since = at - 60 * max(left) + 30 if left else math.inf
            total += active * math.exp(-since / recurrence.rho_s)
    assert abs(zone_value(recurrence, visits) / PPM - total) <= 1e-6 * sum(recurrence.per_minute) + 1e-6


@FEW
@given(told, stays, stays)
def test_another_visit_never_takes_anything_away_and_adds_less_the_more_there_are(recurrence, few, more):
    visit = (3600, 4500)
    with_few = zone_value(recurrence, [*few, visit]) - zone_value(recurrence, few)
    with_more = zone_value(recurrence, [*few, *more, visit]) - zone_value(recurrence, [*few, *more])
    assert 0 <= with_more <= with_few


@FEW
@given(told, stays.filter(bool))
def test_ten_minutes_tell_what_the_plan_would_change_by(recurrence, visits):
    worth = worth_of(recurrence, visits, 0, SHIFT_S)
    begin, leave = visits[0]
    by = min(TEN_MINUTES_S, begin)
    moved = zone_value(recurrence, [(begin - by, leave - by), *visits[1:]])
    assert worth.earlier == (moved - zone_value(recurrence, visits)) // PPM
    assert worth.saved >= 0


def test_the_decay_is_the_exponential_to_the_last_millionth():
    for rho_s in (60, 900, 1320, 3600, 14_400):
        exact = np.exp(-(60 * np.arange(480) + 30) / rho_s) * PPM
        assert np.abs(np.array(decay_ppm(rho_s, 480)) - exact).max() <= 0.5 + 1e-6


def test_figures_of_the_first_rule_stay_as_they_are():
    recurrence = Recurrence(tuple(1000 + 7 * minute for minute in range(240)), 1260)
    assert zone_value(recurrence, [(1800, 2520), (7260, 7980)]) == 110019667048


@FEW
@given(stays, st.integers(0, 6000), st.integers(6001, SHIFT_S))
def test_the_longest_gap_is_found_second_by_second(visits, low, high):
    alone = np.ones(SHIFT_S + 1, dtype=bool)
    for begin, leave in visits:
        alone[begin:leave] = False
    run = longest = 0
    for free in alone[low:high]:
        run = run + 1 if free else 0
        longest = max(longest, run)
    assert abs(longest_gap([(low, high)], visits) - longest) <= 0 or any(b == e for b, e in visits)
