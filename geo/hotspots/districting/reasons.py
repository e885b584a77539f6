"""Why each unit changes its 片区, in an order in which a person would ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from geo.hotspots.districting.links import MOSTLY, WALLS, Links, parts_of
from geo.hotspots.districting.redistrict import Recut
from geo.hotspots.districting.units import Flags, Ints, Units

Reason = tuple[str, dict[str, Any]]


def find_reasons(units: Units, cut: Recut) -> list[Reason | None]:
    """For each unit why it goes to another 片区; None where it stays.

    Returns
    -------
    list
        Message code and facts. Loads are per cent of the mean load. In order: it had no 片区; its 片区 is dissolved, or
        the new one is founded; it lay apart from the rest of its 片区; a hard wall lies between; its 片区 is heavier
        than the one it goes to; the one it goes to hands ground on to a lighter one; the border moves to a wall; the
        border gets shorter.

    Examples
    --------
    >>> import shapely
    >>> from geo.hotspots.districting.links import find_links
    >>> from geo.hotspots.districting.redistrict import redistrict
    >>> areas = [shapely.box(x, 0, x + 100, 100) for x in range(0, 600, 100)]
    >>> units = Units.of(areas, np.ones(6), before=["A", "A", "A", "A", "B", "B"])
    >>> cut = redistrict(units, find_links(units), 2)
    >>> [reason for reason in find_reasons(units, cut) if reason]
    [('districts.reason_lighten', {'old': 'A', 'new': 'B', 'old_pct': 133, 'new_pct': 67})]
    """
    mean = float(units.load.sum()) / len(cut.names)
    had: dict[str, float] = {}
    for code, load in zip(units.before, units.load.tolist(), strict=True):
        if code is not None:
            had[code] = had.get(code, 0.0) + load
    stray = _stray(units, cut.links)
    flow = _flows(units, cut)
    found: list[Reason | None] = []
    for i, (old, new) in enumerate(zip(units.before, cut.codes, strict=True)):
        if old == new:
            found.append(None)
        elif old is None:
            found.append(("districts.reason_first", {"new": new}))
        else:
            found.append(_why(units, cut, i, old, new, had, mean, bool(stray[i]), flow))
    return found


def _why(
    units: Units, cut: Recut, unit: int, old: str, new: str, had: Mapping[str, float], mean: float, stray: bool,
    flow: Mapping[tuple[str, str], float],
) -> Reason:  # fmt: skip
    names = {"old": old, "new": new}
    if old not in cut.names:
        return "districts.reason_dissolved", names
    if new not in had:
        return "districts.reason_founded", names
    if stray:
        return "districts.reason_apart", names
    wall = _wall_left(units, cut, unit, old, new, hard=True)
    if wall:
        return f"districts.reason_wall_{wall}", names
    pct = {code: round(100 * load / mean) for code, load in had.items()}
    if had[old] > had[new] and had[old] > mean:
        return "districts.reason_lighten", {**names, "old_pct": pct[old], "new_pct": pct[new]}
    onward = [
        (amount, to) for (start, to), amount in flow.items() if start == new and to != old and had.get(to, 0) < mean
    ]
    if onward:
        to = max(onward)[1]
        return "districts.reason_passed_on", {**names, "to": to, "to_pct": pct.get(to, 0)}
    wall = _wall_left(units, cut, unit, old, new, hard=False)
    if wall:
        return f"districts.reason_wall_{wall}", names
    return "districts.reason_shorter", names


def _wall_left(units: Units, cut: Recut, unit: int, old: str, new: str, *, hard: bool) -> str | None:
    """The wall along which the unit now borders on the 片区 it leaves, if most of that border runs along one."""
    links = cut.links
    mine = (links.one == unit) | (links.other == unit)
    far = np.where(links.one[mine] == unit, links.other[mine], links.one[mine])
    back = np.array([units.before[j] == old and cut.codes[j] != new for j in far.tolist()], dtype=bool)
    if not back.any():
        return None
    at = np.flatnonzero(mine)[back]
    if hard and links.open[at].any():
        return None
    metres = links.border_m[at]
    for kind in WALLS:
        if kind in links.beside and float((links.beside[kind][at] * metres).sum()) >= MOSTLY * float(metres.sum()):
            return kind
    return None


def _stray(units: Units, links: Links) -> Flags:
    """Units that lie apart from the heaviest piece of the 片区 they were in."""
    codes = {code: i for i, code in enumerate(sorted({code for code in units.before if code is not None}))}
    share: Ints = np.array([codes[code] if code is not None else -1 for code in units.before], dtype=np.int64)
    inner = links.open & (share[links.one] == share[links.other]) & (share[links.one] >= 0)
    piece = parts_of(len(share), links.one[inner], links.other[inner])
    weight = np.bincount(piece, units.load) + 1e-9 * np.bincount(piece)
    heaviest = np.zeros(len(codes))
    np.maximum.at(heaviest, share[share >= 0], weight[piece[share >= 0]])
    stray = np.zeros(len(share), dtype=bool)
    stray[share >= 0] = weight[piece[share >= 0]] < heaviest[share[share >= 0]]
    return stray


def _flows(units: Units, cut: Recut) -> dict[tuple[str, str], float]:
    """Load that goes from each 片区 to each other."""
    flow: dict[tuple[str, str], float] = {}
    for old, new, load in zip(units.before, cut.codes, units.load.tolist(), strict=True):
        if old is not None and old != new:
            flow[old, new] = flow.get((old, new), 0.0) + load
    return flow
