"""How well a name is contained in a text, wrong letters allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIND_LETTERS: Final = frozenset("路街巷弄里道")
"""What a street is called; people mix them up, so one for another costs half a letter."""

FULL: Final = 1000


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a name stands in a text: ``likeness`` in thousandths, and the letters ``begin`` to ``end`` it covers."""

    likeness: int
    begin: int
    end: int


def align(name: str, text: str) -> Alignment:
    """The stretch of ``text`` most like ``name``.

    Parameters
    ----------
    name, text
        Spoken forms; neither empty.

    Returns
    -------
    Alignment
        ``likeness`` is 1000 for a name that stands there letter by letter, less by 1000 / length for each letter that
        is wrong, missing or too much; of equal ones the first.

    Notes
    -----
    O(len(name) · len(text)). Source: Sellers 1980, edit distance against any part of a text.

    Examples
    --------
    >>> align("朝阳路", "在朝阳路边"), align("朝阳路", "朝杨路口"), align("朝阳路", "朝阳街").likeness
    (Alignment(likeness=1000, begin=1, end=4), Alignment(likeness=667, begin=0, end=3), 834)
    """
    found = text.find(name)
    if found >= 0:
        return Alignment(FULL, found, found + len(name))
    # Costs in half letters; row i column j: the cheapest way to end name[:i] at text[:j], and where it began.
    costs, begins = [0] * (len(text) + 1), list(range(len(text) + 1))
    for i, letter in enumerate(name, 1):
        before, began = costs, begins
        cost, begin = 2 * i, 0
        costs, begins = [cost], [begin]
        for j, other in enumerate(text, 1):
            left, from_left = cost + 2, begin
            cost, begin = before[j - 1], began[j - 1]
            if letter != other:
                cost += _step(letter, other)
            if before[j] + 2 < cost:
                cost, begin = before[j] + 2, began[j]
            if left < cost:
                cost, begin = left, from_left
            costs.append(cost)
            begins.append(begin)
    least = min(costs)
    end = costs.index(least)
    likeness = max(0, FULL - (FULL * least) // (2 * len(name)))
    return Alignment(likeness, begins[end], end)


def _step(letter: str, other: str) -> int:
    """Half letters that one letter for another costs: digits are never taken for each other (一期, 二期)."""
    if letter in KIND_LETTERS:
        return 1 if other in KIND_LETTERS else 2
    return 4 if letter.isdigit() and other.isdigit() else 2
