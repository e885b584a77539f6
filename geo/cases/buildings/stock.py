"""The stock of illegal buildings, counted from dated history: what there was, what came, what went, what there is.

The equation ``stock(t) = stock(t-1) + new - written off`` holds for any period because both sides are counted apart:
stocks from the state every building was in at a moment, terms from what was done in between. 处, 户 and m² stand in
three equations of their own and are never added up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from zoneinfo import ZoneInfo

from geo.cases.buildings.states import ENTRIES, IN_STOCK, WAYS
from geo.days import span_of

Term = Literal["existing", "new", "corrected", "demolished", "confiscated", "regularised"]

TERMS: Final[tuple[Term, ...]] = ("existing", "new", "corrected", "demolished", "confiscated", "regularised")
"""存量入账, 新增, 更正, 拆除销账, 没收, 补办: in the order of the table."""

UNITS: Final = ("plots", "households", "area_dm2")
"""处, 户, dm² (shown as m²)."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Three figures of three units side by side: 处, 户, dm². There is no sum over them.

    Examples
    --------
    >>> Amounts(1, 2, 12_050) + Amounts(1, 0, 50) - Amounts(0, 2, 0)
    Amounts(plots=2, households=0, area_dm2=12100)
    """

    plots: int = 0
    households: int = 0
    area_dm2: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.plots + other.plots, self.households + other.households, self.area_dm2 + other.area_dm2
        )  # fmt: skip

    def __neg__(self) -> Amounts:
        return Amounts(-self.plots, -self.households, -self.area_dm2)

    def __sub__(self, other: Amounts) -> Amounts:
        return self + -other


def add_up(amounts: Iterable[Amounts]) -> Amounts:
    """Each unit summed for itself; zeros for none.

    Examples
    --------
    >>> add_up([])
    Amounts(plots=0, households=0, area_dm2=0)
    """
    total = Amounts()
    for one in amounts:
        total = total + one
    return total


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a building's log. ``households`` and ``area_dm2`` stand on the step it was entered with.

    ``mends`` says that it was entered to put an earlier mistake right, so that it is a correction and nothing new.
    """

    n: int
    step: str
    to_state: str
    at: dt.datetime
    recorded_at: dt.datetime
    households: int = 0
    area_dm2: int = 0
    mends: bool = False
    actor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """From ``at`` on there are so many households and so much ground more (or fewer, or less)."""

    at: dt.datetime
    recorded_at: dt.datetime
    households_more: int
    area_dm2_more: int
    actor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """All that was done with one building, in the order of its log."""

    building_id: int
    steps: tuple[Moment, ...]
    corrections: tuple[Correction, ...] = ()

    def known_at(self, moment: dt.datetime) -> History:
        """What of it was written down by then."""
        return History(
            self.building_id,
            tuple(one for one in self.steps if one.recorded_at <= moment),
            tuple(one for one in self.corrections if one.recorded_at <= moment),
        )

    def entry(self) -> Moment | None:
        """The step it was entered with: as existing, new or stopped; None before that."""
        return next((one for one in self.steps if one.step in ENTRIES), None)

    def stock_at(self, moment: dt.datetime) -> Amounts:
        """What it adds to the stock of all moments up to, but not at, ``moment``; zeros when it is no part of it."""
        before = [one for one in self.steps if one.at < moment]
        entry = self.entry()
        if not before or entry is None or entry.step == "stop" or before[-1].to_state not in IN_STOCK:
            return Amounts()
        mended = [one for one in self.corrections if one.at < moment]
        return Amounts(
            1,
            entry.households + sum(one.households_more for one in mended),
            entry.area_dm2 + sum(one.area_dm2_more for one in mended),
        )


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the ledger: what a step or a correction did to the stock; written off is negative.

    ``n`` is the step's number in the building's log, None for a correction of amounts.
    """

    building_id: int
    n: int | None
    term: Term
    at: dt.datetime
    recorded_at: dt.datetime
    amounts: Amounts
    actor: str = ""
    note: str = ""


def post(history: History) -> list[Posting]:
    """The ledger lines of one building, by the time they hold from; none if it never was in the stock.

    A correction that an end dated back goes before counts for nothing: there was nothing left to correct.

    Examples
    --------
    >>> day = lambda n: dt.datetime(2026, 1, n, tzinfo=dt.UTC)
    >>> steps = (Moment(1, "open", "suspected", day(1), day(1)), Moment(2, "verify", "verified", day(2), day(2)),
    ...          Moment(3, "register", "existing", day(3), day(3), households=1, area_dm2=9_000),
    ...          Moment(4, "confiscate", "confiscated", day(9), day(9)))
    >>> shed = History(7, steps, (Correction(day(5), day(12), 0, 500),))
    >>> [(one.term, one.amounts.plots, one.amounts.area_dm2) for one in post(shed)]
    [('existing', 1, 9000), ('corrected', 0, 500), ('confiscated', -1, -9500)]
    """
    entry = history.entry()
    if entry is None or entry.step == "stop":
        return []
    last = history.steps[-1]
    ends_at = last.at if last.to_state not in IN_STOCK else None
    begun: Term = "corrected" if entry.mends else "new" if entry.step == "register_new" else "existing"
    lines = [_line(history, entry, begun, Amounts(1, entry.households, entry.area_dm2))]
    lines += [
        Posting(
            history.building_id, None, "corrected", one.at, one.recorded_at,
            Amounts(0, one.households_more, one.area_dm2_more), one.actor, one.note,
        )
        for one in sorted(history.corrections, key=lambda one: (one.at, one.recorded_at))
        if ends_at is None or one.at < ends_at
    ]  # fmt: skip
    if ends_at is not None:
        term: Term = WAYS.get(last.to_state, "corrected")  # type: ignore[assignment]
        lines.append(_line(history, last, term, -add_up(one.amounts for one in lines)))
    return sorted(lines, key=lambda one: (one.at, one.n is None))


def _line(history: History, step: Moment, term: Term, amounts: Amounts) -> Posting:
    return Posting(history.building_id, step.n, term, step.at, step.recorded_at, amounts, step.actor, step.note)


@dataclass(frozen=True, slots=True)
class Statement:
    """The stock equation of one period, with every line it was counted from.

    Parameters
    ----------
    first_on, last_on
        Local days, both included.
    as_of
        What was written down later was left out; None counts all.
    opening, closing
        From the state of every building at the period's edges.
    postings
        Lines dated inside the period, by time.
    opening_ids, closing_ids
        The buildings that opening and closing count, by id.
    """

    first_on: dt.date
    last_on: dt.date
    as_of: dt.datetime | None
    opening: Amounts
    closing: Amounts
    postings: tuple[Posting, ...]
    ends_at: dt.datetime
    opening_ids: tuple[int, ...] = ()
    closing_ids: tuple[int, ...] = ()

    def term(self, term: Term) -> Amounts:
        """A term of the equation, with its sign."""
        return add_up(one.amounts for one in self.postings if one.term == term)

    @property
    def difference(self) -> Amounts:
        """Opening plus all terms less closing: zeros, or the books are broken."""
        return self.opening + add_up(one.amounts for one in self.postings) - self.closing

    @property
    def late(self) -> tuple[Posting, ...]:
        """Lines written down only after the period had ended: what a sheet printed on its last day could not know."""
        return tuple(one for one in self.postings if one.recorded_at >= self.ends_at)


def state_stock(
    histories: Sequence[History],
    first_on: dt.date,
    last_on: dt.date,
    zone: ZoneInfo,
    as_of: dt.datetime | None = None,
) -> Statement:
    """The stock equation of a period.

    Parameters
    ----------
    histories
        Of all buildings that are to be counted.
    first_on, last_on
        Local days, both included; ``last_on >= first_on``.
    as_of
        Count as the books stood at this moment.
    """
    if as_of is not None:
        histories = [one.known_at(as_of) for one in histories]
    from_at, to_at = span_of(first_on, last_on, zone)
    lines = [line for one in histories for line in post(one) if from_at <= line.at < to_at]
    lines.sort(key=lambda one: (one.at, one.building_id, one.n is None, one.recorded_at))
    opened, closed = ({one.building_id: one.stock_at(at) for one in histories} for at in (from_at, to_at))
    return Statement(
        first_on, last_on, as_of, add_up(opened.values()), add_up(closed.values()), tuple(lines), to_at,
        _standing(opened), _standing(closed),
    )  # fmt: skip


def _standing(stock: Mapping[int, Amounts]) -> tuple[int, ...]:
    return tuple(sorted(number for number, amounts in stock.items() if amounts.plots))
