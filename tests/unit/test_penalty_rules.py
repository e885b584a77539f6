"""Ninety days, days to publish, and the list that closes a case: from steps and dates alone."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.calendars import add_workdays, is_workday
from geo.cases.notices.states import RECHECK_STEP, SIGNED_STEPS, WORD_OF, WORKFLOW_OF
from geo.cases.penalties.checklist import open_items
from geo.cases.penalties.clock import decide_by
from geo.cases.penalties.states import DECIDED, FORMAL_STEPS, HEAD_STEPS, PENALTY, REFERRAL_STEPS
from geo.tables.notices import DOCUMENT_KINDS, DOCUMENT_STATES, RECHECK_RESULTS
from geo.tables.penalties import CHECK_ITEMS, PENALTY_STATES

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@settings(max_examples=30)
@given(days, st.integers(1, 300), st.integers(0, 60), st.integers(0, 60))
def test_a_hearing_puts_the_day_off_by_exactly_its_days(filed, limit, before, length):
    day = lambda n: filed + dt.timedelta(days=n)  # noqa: E731
    heard = [("file", filed), ("ask_hearing", day(before)), ("hold_hearing", day(before + length))]
    assert decide_by(heard, limit) == filed + dt.timedelta(days=limit + length)
    assert decide_by(heard[:2], limit) == decide_by(heard[:1], limit)


@settings(max_examples=30)
@given(days, st.integers(1, 20))
def test_publishing_ends_on_a_workday_after_exactly_so_many(decided, count):
    last = add_workdays(decided, count)
    between = (decided + dt.timedelta(days=n) for n in range(1, (last - decided).days + 1))
    assert is_workday(last) and sum(map(is_workday, between)) == count


@settings(max_examples=30)
@given(st.sampled_from(PENALTY.states), st.sets(st.sampled_from(CHECK_ITEMS)), st.booleans())
def test_a_case_closes_when_and_only_when_nothing_is_open(state, done, legal):
    left = open_items(state, done, ["leader", "legal"] if legal else ["leader"])
    assert not set(left) & done
    assert open_items(state, done | set(left), ["legal"] if legal else []) == ()
    if state in DECIDED:
        assert ("legal_review" in left) == (legal and "legal_review" not in done)


def test_tables_of_transitions_and_of_the_database_have_the_same_states():
    assert set(PENALTY.states) == set(PENALTY_STATES)
    assert {state for flow in WORKFLOW_OF.values() for state in flow.states} == set(DOCUMENT_STATES)
    assert set(WORKFLOW_OF) == set(WORD_OF) == set(DOCUMENT_KINDS)
    assert set(RECHECK_STEP) == set(RECHECK_RESULTS)


def test_every_formal_step_exists_and_no_step_is_two_things():
    steps = set(PENALTY.steps)
    assert steps >= FORMAL_STEPS and steps >= HEAD_STEPS and steps >= REFERRAL_STEPS
    assert not (FORMAL_STEPS & HEAD_STEPS) and not (FORMAL_STEPS & REFERRAL_STEPS)
    assert {step for flow in WORKFLOW_OF.values() for step in flow.steps} >= SIGNED_STEPS
