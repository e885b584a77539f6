"""The stock equation, period by period, and when an act may be carried out: on made-up histories."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from geo.cases.buildings.demolition import Papers, hour_reasons, judge, paper_reasons
from geo.cases.buildings.facts import FactMissing, check_facts
from geo.cases.buildings.states import BUILDING, ENTRIES, IN_STOCK, WAYS
from geo.cases.buildings.stock import Amounts, Correction, History, Moment, state_stock

ZONE = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
BEGIN = dt.datetime(2026, 1, 1, 4, tzinfo=dt.UTC)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A walk through the table, with corrections anywhere, dated as anybody likes."""
    state, at, steps = BUILDING.start, BEGIN, [Moment(1, "open", BUILDING.start, BEGIN, BEGIN)]
    for n in range(2, draw(st.integers(2, 8))):
        lawful = BUILDING.open_steps(state)
        if not lawful:
            break
        step = draw(st.sampled_from(lawful))
        state, at = BUILDING.after(state, step), at + draw(st.integers(0, 20)) * DAY
        size = (draw(st.integers(0, 3)), draw(st.integers(100, 20_000))) if step in ENTRIES else (0, 0)
        steps.append(Moment(n, step, state, at, at + draw(st.integers(0, 9)) * DAY, *size))
    days, more = st.integers(-5, 150), st.integers(-3, 3)
    entry = next((one.at for one in steps if one.step in ENTRIES), BEGIN)
    mended = [
        Correction(at, at + draw(st.integers(0, 60)) * DAY, draw(more), draw(more) * 50)
        for at in (BEGIN + days * DAY for days in draw(st.lists(days, max_size=3)))
        if at >= entry
    ]
    return History(draw(st.integers(1, 99)), tuple(steps), tuple(mended))


def ledgers() -> st.SearchStrategy[list[History]]:
    """Of several buildings, each once."""
    return st.lists(histories(), max_size=5, unique_by=lambda one: one.building_id)


@given(ledgers(), st.integers(-9, 160), st.integers(0, 90), st.integers(-9, 200))
def test_every_period_adds_up_as_of_every_day(books: list[History], first: int, length: int, known: int) -> None:
    first_on = dt.date(2026, 1, 1) + first * DAY
    for as_of in (None, BEGIN + known * DAY):
        told = state_stock(books, first_on, first_on + length * DAY, ZONE, as_of)
        assert told.difference == Amounts()


@given(ledgers(), st.integers(-9, 160), st.integers(0, 40), st.integers(1, 40))
def test_one_period_ends_where_the_next_begins(books: list[History], first: int, one: int, two: int) -> None:
    first_on = dt.date(2026, 1, 1) + first * DAY
    middle = first_on + one * DAY
    whole = state_stock(books, first_on, middle + two * DAY, ZONE)
    early, late = state_stock(books, first_on, middle, ZONE), state_stock(books, middle + DAY, middle + two * DAY, ZONE)
    assert (early.opening, early.closing, late.closing) == (whole.opening, late.opening, whole.closing)
    assert early.postings + late.postings == whole.postings


def test_what_is_dated_back_is_told_apart_from_what_was_known() -> None:
    shed = History(
        1,
        (Moment(1, "open", "suspected", BEGIN, BEGIN), Moment(2, "verify", "verified", BEGIN, BEGIN),
         Moment(3, "register", "existing", BEGIN, BEGIN, 1, 9_000)),
        (Correction(BEGIN + 3 * DAY, BEGIN + 40 * DAY, 0, -500),),
    )  # fmt: skip
    january = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
    then = state_stock([shed], *january, ZONE, as_of=BEGIN + 30 * DAY)
    now = state_stock([shed], *january, ZONE)
    assert then.closing == Amounts(1, 1, 9_000) and now.closing == Amounts(1, 1, 8_500)
    assert then.late == () and [line.amounts.area_dm2 for line in now.late] == [-500]


def test_an_end_dated_back_before_a_correction_takes_it_along() -> None:
    shed = History(
        1,
        (Moment(1, "open", "suspected", BEGIN, BEGIN), Moment(2, "verify", "verified", BEGIN, BEGIN),
         Moment(3, "register", "existing", BEGIN, BEGIN, 1, 9_000),
         Moment(4, "confiscate", "confiscated", BEGIN + 5 * DAY, BEGIN + 50 * DAY)),
        (Correction(BEGIN + 9 * DAY, BEGIN + 10 * DAY, 2, 0),),
    )  # fmt: skip
    told = state_stock([shed], dt.date(2026, 1, 1), dt.date(2026, 1, 8), ZONE)
    assert told.difference == told.closing == Amounts() and told.term("corrected") == Amounts()


def test_stopped_ones_are_never_in_the_stock_and_taking_and_mending_are_ends() -> None:
    reached, waiting = set(), ["stopped"]
    while waiting:
        here = waiting.pop()
        reached.add(here)
        waiting += [after for (before, _), after in BUILDING.next.items() if before == here and after not in reached]
    assert not reached & {"existing", "new"}
    assert {"confiscated", "regularised", "written_off"} == set(WAYS) <= BUILDING.ends
    assert not IN_STOCK & BUILDING.ends


def test_papers_run_until_the_last_of_their_periods() -> None:
    full = Papers(dt.date(2026, 3, 10), dt.date(2026, 3, 25), dt.date(2026, 4, 10))
    assert paper_reasons(full) == ([], dt.date(2026, 9, 11))
    announced_late = Papers(dt.date(2026, 3, 10), dt.date(2026, 3, 25), dt.date(2026, 11, 3))
    assert paper_reasons(announced_late)[1] == dt.date(2026, 11, 4)
    decided = Papers(full.served_on, full.deadline_on, full.announced_to_on, further_to_on=dt.date(2026, 9, 26))
    # 26 September 2026 is in the Mid-autumn holiday; the period ends on the next workday.
    assert paper_reasons(decided)[1] == dt.date(2026, 9, 29)
    assert [one.code for one in paper_reasons(Papers(appealing=True))[0]][-1] == "buildings.appeal_open"


@pytest.mark.parametrize(
    ("start", "end", "codes"),
    [
        ((2026, 11, 9, 6, 0), (2026, 11, 9, 22, 0), []),
        ((2026, 11, 9, 5, 59), (2026, 11, 9, 9, 0), ["buildings.by_night"]),
        ((2026, 11, 9, 21, 0), (2026, 11, 9, 22, 1), ["buildings.by_night"]),
        ((2026, 11, 7, 9, 0), (2026, 11, 7, 11, 0), ["buildings.rest_day"]),  # a Saturday
        ((2026, 10, 10, 9, 0), (2026, 10, 10, 11, 0), []),  # a Saturday worked in exchange
        ((2026, 11, 6, 21, 0), (2026, 11, 7, 7, 0), ["buildings.by_night", "buildings.rest_day"]),
    ],
)
def test_no_act_by_night_or_on_a_day_of_rest(start: tuple[int, ...], end: tuple[int, ...], codes: list[str]) -> None:
    hours = dt.datetime(*start, tzinfo=ZONE), dt.datetime(*end, tzinfo=ZONE)  # type: ignore[misc,arg-type]
    assert [one.code for one in hour_reasons(*hours, ZONE)] == codes
    papers = Papers(dt.date(2025, 3, 10), dt.date(2025, 3, 25), dt.date(2025, 4, 10))
    assert judge(papers, *hours, ZONE).allowed is not bool(codes)
    assert judge(papers, *hours, ZONE, urgent="危险").allowed
    assert not judge(Papers(), *hours, ZONE, urgent="危险").allowed


@pytest.mark.parametrize(
    ("step", "facts", "fact"),
    [
        ("order", {"served_on": "2026-03-20"}, "deadline_on"),
        ("order", {"served_on": "2026-03-22", "deadline_on": "2026-04-01"}, "served_on"),
        ("order", {"served_on": "2026-03-20", "deadline_on": "2026-03-19"}, "deadline_on"),
        ("announce", {"until_on": "soon"}, "until_on"),
        ("appeal", {"kind": "letter"}, "kind"),
        ("register", {"households": -1}, "households"),
        ("verify", {"weather": "rain"}, "weather"),
        ("demolish", {"from_at": "2026-03-20T09:00", "to_at": "2026-03-20T10:00"}, "from_at"),
    ],
)
def test_a_fact_that_cannot_be_is_named(step: str, facts: dict[str, object], fact: str) -> None:
    with pytest.raises(FactMissing) as caught:
        check_facts(step, facts, dt.date(2026, 3, 21))
    assert caught.value.facts["fact"] == fact
