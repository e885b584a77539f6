"""Points cannot be farmed: not by recording again, splitting, moving a little, or fining more."""

from __future__ import annotations

import dataclasses
import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cases.points.score import POINTS, RUNGS, SEEN, Act, per_hundred_hours, score

ON = dt.date(2026, 6, 1)
AT = dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)
acts = st.builds(
    Act,
    kind=st.sampled_from(sorted(set(POINTS) - SEEN)),
    staff=st.sampled_from(["A1", "A2"]),
    on=st.sampled_from([ON, ON + dt.timedelta(days=1)]),
    at=st.integers(0, 600).map(lambda n: AT + dt.timedelta(minutes=n)),
    code=st.sampled_from(["04-05", "04-06"]),
    subject=st.none() | st.integers(1, 3),
    x=st.sampled_from([0.0, 200.0, 400.0]),
    y=st.just(0.0),
    own=st.booleans(),
)


def total(done):
    return sum(score(done).values())


@settings(max_examples=30)
@given(st.lists(acts, max_size=12), st.data())
def test_recording_again_splitting_or_moving_a_little_gains_nothing(done, data):
    if not done:
        return
    one = data.draw(st.sampled_from(done))
    later = dataclasses.replace(
        one, at=one.at + dt.timedelta(minutes=data.draw(st.integers(1, 600))),
        x=one.x + data.draw(st.floats(-25, 25)), staff=data.draw(st.sampled_from(["A1", "A2"])),
    )  # fmt: skip
    assert total([*done, later]) <= total(done)


@settings(max_examples=30)
@given(st.lists(acts, max_size=12), st.randoms())
def test_points_do_not_depend_on_the_order_of_the_book(done, random):
    assert total(done) == total(random.sample(done, len(done)))


@settings(max_examples=30)
@given(st.lists(acts, max_size=12))
def test_looking_at_ones_own_work_gains_nothing(done):
    assert total([dataclasses.replace(act, own=True) for act in done]) <= 0


def test_a_fine_is_no_input_and_not_punishing_is_worth_as_much_as_punishing():
    assert {field.name for field in dataclasses.fields(Act)} & {"amount", "amount_yuan", "fine"} == set()
    assert POINTS["exempt"] == POINTS["penalise"] == POINTS["warn"]


def test_one_violation_is_worth_its_dearest_rung_and_rework_costs_each_time():
    base = Act("persuade", "A1", ON, AT, "04-05", 7, 0.0, 0.0)
    climbed = [dataclasses.replace(base, kind=kind) for kind in sorted(RUNGS)]
    assert score(climbed) == {"A1": 3}
    assert score([dataclasses.replace(base, kind="rework")] * 3) == {"A1": -15}
    assert per_hundred_hours(-15, 60) == -1_500_000
