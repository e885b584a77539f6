"""Which complaint says what an earlier one said: by place, topic and caller, in order of arrival."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

RADIUS_M: Final = 50.0
"""As near as this it is the same place; ours, as for events that come back."""

SAME_MATTER_M: Final = 500.0
"""The same caller about the same topic farther away than this means something else."""

WITHIN_DAYS: Final = 180
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Heard:
    """What matters of a complaint: seconds since 1970, metres in the county's frame, a keyed hash of the caller.

    ``ended_s`` is when it was answered for good, None while it is open; ``x`` and ``y`` are None off the map.
    """

    id: int
    received_s: int
    ended_s: int | None
    code: str | None
    x: float | None
    y: float | None
    caller: str | None


@dataclass(frozen=True, slots=True)
class Tie:
    """A later complaint, the earlier one it goes with, how, and by what; metres where both are on the map."""

    complaint_id: int
    earlier_id: int
    kind: str
    by_place: bool
    by_caller: bool
    distance_m: int | None


def find_ties(heard: Iterable[Heard], radius_m: float = RADIUS_M, within_days: int = WITHIN_DAYS) -> Iterator[Tie]:
    """Every complaint that says what an earlier one said, with that one.

    Parameters
    ----------
    heard
        In any order; no id twice.
    radius_m
        Within this it is the same place.
    within_days
        Older ones are not looked at.

    Yields
    ------
    Tie
        In order of arrival, at most one a complaint. ``duplicate``: the earlier is still open; of several the first.
        ``repeat``: the earlier was answered before; of several the last. What is a duplicate itself is no earlier one.

    Notes
    -----
    The same place is the same topic within the radius; the same caller the same topic by the same hash, within 500 m
    where both are on the map. Without a topic both place and caller must fit. Each complaint looks at nine cells of
    the radius, its caller, and there at the open ones and back to the last answered: 100,000 in seconds.
    """
    index = _Index(radius_m, within_days * DAY_S)
    for one in sorted(heard, key=lambda one: (one.received_s, one.id)):
        tie = index.find(one)
        if tie is not None:
            yield tie
        if tie is None or tie.kind == "repeat":
            index.add(one)


def tie_between(one: Heard, earlier: Heard, radius_m: float = RADIUS_M) -> Tie | None:
    """How a complaint goes with an earlier one; None if it does not.

    Examples
    --------
    >>> a = Heard(1, 0, 900, "04-06", 0.0, 0.0, "k")
    >>> tie_between(Heard(2, 1000, None, "04-06", 30.0, 40.0, None), a)
    Tie(complaint_id=2, earlier_id=1, kind='repeat', by_place=True, by_caller=False, distance_m=50)
    >>> tie_between(Heard(2, 800, None, "04-06", None, None, "k"), a).kind
    'duplicate'
    >>> tie_between(Heard(2, 1000, None, "04-05", 0.0, 0.0, "k"), a) is None
    True
    """
    if one.code != earlier.code:
        return None
    away = None
    if one.x is not None and earlier.x is not None:
        assert one.y is not None and earlier.y is not None
        away = math.hypot(one.x - earlier.x, one.y - earlier.y)
    by_place = away is not None and away <= radius_m
    by_caller = one.caller is not None and one.caller == earlier.caller and (away is None or away <= SAME_MATTER_M)
    if not (by_place and by_caller if one.code is None else by_place or by_caller):
        return None
    kind = "duplicate" if earlier.ended_s is None or earlier.ended_s > one.received_s else "repeat"
    return Tie(one.id, earlier.id, kind, by_place, by_caller, None if away is None else round(away))


def choose_tie(ties: Sequence[tuple[Heard, Tie]]) -> Tie | None:
    """Of several the first that is still open, else the last that was answered; None for none."""
    ranked = sorted(ties, key=lambda pair: (pair[0].received_s, pair[0].id))
    open_ones = [tie for _, tie in ranked if tie.kind == "duplicate"]
    return open_ones[0] if open_ones else ranked[-1][1] if ranked else None


class _Shelf:
    """Complaints of one cell or caller in order of arrival; the open ones besides."""

    __slots__ = ("every", "open")

    def __init__(self) -> None:
        self.every: list[Heard] = []
        self.open: list[Heard] = []

    def add(self, one: Heard) -> None:
        self.every.append(one)
        self.open.append(one)

    def candidates(self, one: Heard, oldest_s: int, radius_m: float) -> list[tuple[Heard, Tie]]:
        """The open ones that fit, and the last answered one that fits."""
        self.open = [
            other for other in self.open
            if other.received_s >= oldest_s and (other.ended_s is None or other.ended_s > one.received_s)
        ]  # fmt: skip
        found = [(other, tie) for other in self.open if (tie := tie_between(one, other, radius_m)) is not None]
        if found:
            return found
        for other in reversed(self.every):
            if other.received_s < oldest_s:
                break
            tie = tie_between(one, other, radius_m)
            if tie is not None and tie.kind == "repeat":
                return [(other, tie)]
        return []


class _Index:
    """Earlier complaints by topic and cell, and by topic and caller."""

    def __init__(self, radius_m: float, within_s: int) -> None:
        self._radius_m, self._within_s = radius_m, within_s
        self._shelves: dict[tuple[object, ...], _Shelf] = {}

    def find(self, one: Heard) -> Tie | None:
        oldest_s = one.received_s - self._within_s
        found: dict[int, tuple[Heard, Tie]] = {}
        for key in self._keys(one, 1):
            shelf = self._shelves.get(key)
            if shelf is not None:
                found |= {pair[0].id: pair for pair in shelf.candidates(one, oldest_s, self._radius_m)}
        return choose_tie(list(found.values()))

    def add(self, one: Heard) -> None:
        for key in self._keys(one, 0):
            self._shelves.setdefault(key, _Shelf()).add(one)

    def _keys(self, one: Heard, around: int) -> Iterator[tuple[object, ...]]:
        if one.x is not None and one.y is not None:
            column, row = math.floor(one.x / self._radius_m), math.floor(one.y / self._radius_m)
            for east in range(-around, around + 1):
                for north in range(-around, around + 1):
                    yield one.code, column + east, row + north
        if one.caller is not None:
            yield one.code, one.caller
