"""The book of supplies: its equation reconciles whatever is written, and a bad movement is found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from geo.cases.supplies.stock import SIGN, Move, equation, first_fault, in_order, stock_at

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@st.composite
def books(draw: st.DrawFn) -> list[Move]:
    """Movements in any order of writing, sound or not; what is given back names some handing-out, or nothing real."""
    moves: list[Move] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        kind = draw(st.sampled_from(sorted(SIGN)))
        out = [one.id for one in moves if one.kind == "hand_out"]
        of_move: Any = draw(st.sampled_from([*out, 99])) if kind == "give_back" else None
        at = START + dt.timedelta(days=draw(st.integers(0, 9)))
        moves.append(Move(number, kind, draw(st.integers(1, 20)), at, of_move))
    return moves


@given(books(), st.integers(0, 10), st.integers(0, 10))
def test_the_equation_holds_for_any_book_and_any_span(moves: list[Move], a: int, b: int) -> None:
    first, last = (START + dt.timedelta(days=day) for day in sorted((a, b)))
    found = equation(moves, first, last)
    assert found.holds
    assert found.opening == sum(SIGN[one.kind] * one.quantity for one in moves if one.moved_at < first)
    both = equation(moves, START, first), equation(moves, START, last)
    assert both[0].closing == found.opening and both[1].closing == found.closing


@given(books())
def test_a_book_is_sound_if_and_only_if_it_was_never_below_nothing(moves: list[Move]) -> None:
    stock, sound = 0, True
    out: dict[int, int] = {}
    for one in sorted(moves, key=lambda move: (move.moved_at, move.id)):
        stock += one.quantity * (1 if one.kind in ("receive", "give_back", "count_up") else -1)
        if one.kind == "hand_out":
            out[one.id] = one.quantity
        if one.kind == "give_back":
            out[one.of_move or 0] = out.get(one.of_move or 0, 0) - one.quantity
        sound = sound and stock >= 0 and all(left >= 0 for left in out.values())
    fault = first_fault(moves)
    assert (fault is None) == sound
    if fault is not None:
        before = in_order(moves)[: in_order(moves).index(fault[0])]
        assert first_fault(before) is None and fault[2] > 0


@given(books())
def test_the_stock_does_not_depend_on_the_order_of_writing(moves: list[Move]) -> None:
    assert stock_at(moves) == stock_at(list(reversed(moves)))
    assert first_fault(moves) == first_fault(list(reversed(moves)))
