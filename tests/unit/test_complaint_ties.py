"""What repeats what: the rule by hand, against a slow search, in any order, and fast enough."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cases.complaints.ties.matching import (
    DAY_S,
    RADIUS_M,
    WITHIN_DAYS,
    Heard,
    Tie,
    choose_tie,
    find_ties,
    tie_between,
)


def heard(
    number: int,
    day: float,
    ended: float | None,
    x: float | None = 0.0,
    caller: str | None = None,
    code: str | None = "04-06",
) -> Heard:
    at = None if ended is None else round(ended * DAY_S)
    return Heard(number, round(day * DAY_S), at, code, x, None if x is None else 0.0, caller)


@pytest.mark.parametrize(
    ("later", "earlier", "kind"),
    [
        (heard(2, 1, None), heard(1, 0, None), "duplicate"),
        (heard(2, 1, None), heard(1, 0, 5), "duplicate"),
        (heard(2, 9, None), heard(1, 0, 5), "repeat"),
        (heard(2, 9, None, x=50), heard(1, 0, 5), "repeat"),
        (heard(2, 9, None, x=51), heard(1, 0, 5), None),
        (heard(2, 9, None, x=51, caller="k"), heard(1, 0, 5, caller="k"), "repeat"),
        (heard(2, 9, None, x=501, caller="k"), heard(1, 0, 5, caller="k"), None),
        (heard(2, 9, None, x=None, caller="k"), heard(1, 0, 5, caller="k"), "repeat"),
        (heard(2, 9, None, x=None), heard(1, 0, 5), None),
        (heard(2, 9, None, code="04-05"), heard(1, 0, 5), None),
        (heard(2, 9, None, code=None, caller="k"), heard(1, 0, 5, code=None, caller="k"), "repeat"),
        (heard(2, 9, None, code=None, caller="k"), heard(1, 0, 5, code=None, caller="j"), None),
        (heard(2, 181, None), heard(1, 0, 5), None),
        (heard(2, 180, None), heard(1, 0, None), "duplicate"),
    ],
)
def test_what_goes_with_what(later: Heard, earlier: Heard, kind: str | None) -> None:
    found = list(find_ties([later, earlier]))
    assert [(tie.complaint_id, tie.earlier_id, tie.kind) for tie in found] == ([(2, 1, kind)] if kind else [])


def test_all_duplicates_go_with_the_first_and_a_repeat_with_the_last_answered() -> None:
    row = [heard(1, 0, 3), heard(2, 1, None), heard(3, 2, None), heard(4, 4, 5), heard(5, 6, None)]
    assert [(tie.complaint_id, tie.earlier_id, tie.kind) for tie in find_ties(row)] == [
        (2, 1, "duplicate"), (3, 1, "duplicate"), (4, 1, "repeat"), (5, 4, "repeat"),
    ]  # fmt: skip


def slow(rows: Sequence[Heard]) -> list[Tie]:
    """The same by looking at every pair."""
    heads: list[Heard] = []
    found = []
    for one in sorted(rows, key=lambda one: (one.received_s, one.id)):
        fits = [other for other in heads if one.received_s - other.received_s <= WITHIN_DAYS * DAY_S]
        ties = [(other, tie) for other in fits if (tie := tie_between(one, other)) is not None]
        best = choose_tie(ties)
        found += [best] if best else []
        if best is None or best.kind == "repeat":
            heads.append(one)
    return found


rows = st.lists(
    st.builds(
        Heard, st.just(0), st.integers(0, 400).map(lambda day: day * DAY_S),
        st.none() | st.integers(0, 500).map(lambda day: day * DAY_S), st.sampled_from(["a", "b", None]),
        st.none() | st.integers(-3, 3).map(lambda step: step * RADIUS_M * 0.6), st.just(0.0),
        st.sampled_from([None, "k", "j"]),
    ),
    max_size=14,
)  # fmt: skip


@given(rows, st.randoms())
def test_the_index_finds_what_looking_at_every_pair_finds_in_any_order(made: list[Heard], order: random.Random) -> None:
    given_rows = [dataclasses.replace(one, id=at + 1, y=None if one.x is None else 0.0) for at, one in enumerate(made)]
    expected = slow(given_rows)
    order.shuffle(given_rows)
    assert list(find_ties(given_rows)) == expected


def many(count: int) -> list[Heard]:
    """Complaints of three years in a county of ten kilometres, half of them at fifty spots."""
    rng = random.Random(5)
    spots = [(rng.uniform(0, 10_000), rng.uniform(0, 10_000)) for _ in range(50)]
    made = []
    for number in range(count):
        day = rng.uniform(0, 1100)
        x, y = rng.choice(spots) if rng.random() < 0.5 else (rng.uniform(0, 10_000), rng.uniform(0, 10_000))
        ended = round((day + rng.expovariate(1 / 4)) * DAY_S) if rng.random() < 0.97 else None
        caller = str(rng.randrange(count // 3)) if rng.random() < 0.9 else None
        made.append(
            Heard(number, round(day * DAY_S), ended, rng.choice(["a", "b", "c"]), x + rng.gauss(0, 15), y, caller)
        )
    return made


def test_ten_thousand_are_compared_in_a_moment() -> None:
    begun = time.process_time()
    found = list(find_ties(many(10_000)))
    assert len(found) > 3_000
    assert time.process_time() - begun < 6


@pytest.mark.long
def test_a_hundred_thousand_are_compared_within_a_minute() -> None:
    begun = time.process_time()
    found = list(find_ties(many(100_000)))
    assert len(found) > 40_000
    assert time.process_time() - begun < 60
