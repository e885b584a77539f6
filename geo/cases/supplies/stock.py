"""The book of one lot of one item at one point: its stock is the sum of its movements and never below nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

SIGN: Final = {"receive": 1, "give_back": 1, "count_up": 1, "hand_out": -1, "write_off": -1, "count_down": -1}


@dataclass(frozen=True, slots=True)
class Move:
    """One movement; ``of_move`` is the handing-out that a giving-back belongs to."""

    id: int
    kind: str
    quantity: int
    moved_at: dt.datetime
    of_move: int | None = None


@dataclass(frozen=True, slots=True)
class Equation:
    """期末 = 期初 + 入库 + 归还 − 领用 − 报废 + 盘盈 − 盘亏, all in the item's one unit."""

    opening: int
    receive: int
    give_back: int
    hand_out: int
    write_off: int
    count_up: int
    count_down: int
    closing: int

    @property
    def holds(self) -> bool:
        """Whether its terms make its end."""
        ins = self.receive + self.give_back + self.count_up
        return self.closing == self.opening + ins - self.hand_out - self.write_off - self.count_down

    @property
    def whole(self) -> bool:
        """Whether nothing in it is below nothing."""
        return min(self.opening, self.closing) >= 0


def in_order(moves: Iterable[Move]) -> list[Move]:
    """By time; of the same instant in the order they were written."""
    return sorted(moves, key=lambda one: (one.moved_at, one.id))


def stock_at(moves: Iterable[Move], at: dt.datetime | None = None) -> int:
    """What is there just before an instant; at the end if none is named.

    Examples
    --------
    >>> day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> book = [Move(1, "receive", 40, day), Move(2, "hand_out", 15, day + dt.timedelta(1))]
    >>> stock_at(book), stock_at(book, day + dt.timedelta(1))
    (25, 40)
    """
    return sum(SIGN[one.kind] * one.quantity for one in moves if at is None or one.moved_at < at)


def first_fault(moves: Sequence[Move]) -> tuple[Move, str, int] | None:
    """The first movement that cannot be: more taken than there is, or more given back than was handed out.

    Returns
    -------
    tuple or None
        The movement, ``short`` or ``returned``, and by how much; None for a sound book.

    Examples
    --------
    >>> day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> first_fault([Move(1, "receive", 5, day), Move(2, "hand_out", 7, day)])[1:]
    ('short', 2)
    """
    stock = 0
    out: Counter[int] = Counter()
    for one in in_order(moves):
        stock += SIGN[one.kind] * one.quantity
        if stock < 0:
            return one, "short", -stock
        if one.kind == "hand_out":
            out[one.id] = one.quantity
        if one.kind == "give_back":
            of = one.of_move or 0
            out[of] -= one.quantity
            if out[of] < 0:
                return one, "returned", -out[of]
    return None


def equation(moves: Sequence[Move], first: dt.datetime, last: dt.datetime) -> Equation:
    """The terms between two instants, the second not included; the end is counted on its own, from all movements."""
    terms: Counter[str] = Counter()
    for one in moves:
        if first <= one.moved_at < last:
            terms[one.kind] += one.quantity
    named = {kind: terms[kind] for kind in SIGN}
    return Equation(opening=stock_at(moves, first), closing=stock_at(moves, last), **named)
