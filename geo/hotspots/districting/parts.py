"""Ground that walls part: which parts there are, how many 片区 each gets, and which codes go on there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from geo.hotspots.districting.links import Links, join, parts_of
from geo.hotspots.districting.units import Floats, Ints, Units

LIGHT: Final = 0.5
"""Ground cut off by a wall with less than this share of a mean load is no 片区 of its own."""


def held_by(part: Ints, load: Floats) -> Floats:
    """The load of each part."""
    return np.asarray(np.bincount(part, load), dtype=np.float64)


def given_codes(units: Units, part: Ints, counts: Ints) -> list[list[str]]:
    """For each part the codes its shares can have: those locked there, then those with most of their load there.

    A code is given once, to the part that holds most of it, so that a 片区 that a wall cuts keeps one side.
    """
    weight: dict[str, dict[int, tuple[bool, float, int]]] = {}
    columns = zip(units.before, part.tolist(), units.locked.tolist(), units.load.tolist(), strict=True)
    for code, one, locked, load in columns:
        if code is not None:
            tied, held, count = weight.setdefault(code, {}).get(one, (False, 0.0, 0))
            weight[code][one] = (tied or locked, held + load, count + 1)
    found: list[list[str]] = [[] for _ in counts]
    homes = {code: max(rows, key=lambda one: (rows[one], -one)) for code, rows in weight.items()}
    for code in sorted(homes, key=lambda code: (*(-figure for figure in weight[code][homes[code]]), code)):
        if len(found[homes[code]]) < counts[homes[code]]:
            found[homes[code]].append(code)
    return found


def make_reachable(units: Units, links: Links, wanted: int) -> tuple[Links, list[tuple[str, Mapping[str, Any]]]]:
    """Open walls until no part is too light for a 片区, no lock is torn, and there are no more parts than 片区."""
    notes: list[tuple[str, Mapping[str, Any]]] = []
    mean = units.load.sum() / wanted
    while True:
        part = parts_of(len(units.keys), links.one[links.open], links.other[links.open])
        if part.max() == 0:
            return links, notes
        held = held_by(part, units.load)
        torn = _torn(units, part)
        least = least_counts(units, part)
        if torn is None and held.min() >= LIGHT * mean and len(held) <= wanted and least.sum() <= wanted:
            return links, notes
        small = torn if torn is not None else int(np.argmin(held))
        across = np.flatnonzero((part[links.one] == small) != (part[links.other] == small))
        if torn is not None:
            across = _towards(units, links, part, small, across)
        best = int(across[np.argmax(links.border_m[across])])
        one, other = int(links.one[best]), int(links.other[best])
        links = join(links, one, other)
        notes.append(("districts.note_joined", {"one": units.keys[one], "other": units.keys[other]}))


def _torn(units: Units, part: Ints) -> int | None:
    """A part that holds locked units of a 片区 which has others elsewhere."""
    seen: dict[str, int] = {}
    for i in np.flatnonzero(units.locked).tolist():
        code = units.before[i]
        if code is not None and seen.setdefault(code, int(part[i])) != part[i]:
            return int(part[i])
    return None


def _towards(units: Units, links: Links, part: Ints, small: int, across: Ints) -> Ints:
    """Of the links out of a part those into parts that hold units locked with its own, if there are any."""
    mine = {units.before[i] for i in np.flatnonzero(units.locked & (part == small)).tolist()}
    wanted = {int(part[i]) for i in np.flatnonzero(units.locked).tolist() if units.before[i] in mine} - {small}
    far = np.where(part[links.one[across]] == small, part[links.other[across]], part[links.one[across]])
    right = np.isin(far, sorted(wanted))
    return across[right] if right.any() else across


def least_counts(units: Units, part: Ints) -> Ints:
    """How many 片区 each part must hold at least: one, or as many as have locked units there."""
    tied: dict[int, set[str | None]] = {}
    for i in np.flatnonzero(units.locked).tolist():
        tied.setdefault(int(part[i]), set()).add(units.before[i])
    return np.array([max(1, len(tied.get(p, ()))) for p in range(int(part.max()) + 1)], dtype=np.int64)


def allocate(held: Floats, least: Ints, most: Ints, wanted: int) -> Ints:
    """How many 片区 each part gets, within its bounds, so that the heaviest mean is as light as can be.

    Examples
    --------
    >>> allocate(np.array([60.0, 40.0]), np.array([1, 1]), np.array([9, 9]), 5)
    array([3, 2])
    """
    counts = least.copy()
    while counts.sum() < wanted:
        counts[int(np.argmax(np.where(counts < most, held / counts, -1.0)))] += 1
    return np.asarray(counts)
