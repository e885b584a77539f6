"""How much room a bay lacks, from what was counted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """One count: parked inside, and astray around it."""

    parked: int
    strays: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A bay against its counts.

    ``peak`` is the most that wanted to park at one time, ``gap`` how many places that is beyond the capacity (negative:
    to spare), ``full_permille`` the share of counts at which it was full; all None without what they are made of.
    """

    counts: int
    peak: int | None
    gap: int | None
    full_permille: int | None


def gap_of(capacity: int | None, seen: Sequence[Seen]) -> Gap:
    """How a bay stands against what was counted.

    Examples
    --------
    >>> gap_of(40, [Seen(40, 12), Seen(25, 0), Seen(38, 6)])
    Gap(counts=3, peak=52, gap=12, full_permille=333)
    >>> gap_of(None, [Seen(3, 0)]), gap_of(40, [])
    (Gap(counts=1, peak=3, gap=None, full_permille=None), Gap(counts=0, peak=None, gap=None, full_permille=None))
    """
    if not seen:
        return Gap(0, None, None, None)
    peak = max(one.parked + one.strays for one in seen)
    if capacity is None:
        return Gap(len(seen), peak, None, None)
    full = sum(one.parked >= capacity for one in seen)
    return Gap(len(seen), peak, peak - capacity, round(1000 * full / len(seen)))
