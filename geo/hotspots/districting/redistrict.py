"""Cut ground into 片区 of equal load, or re-cut the 片区 there are with as little moving as that takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.districting.links import USUAL, Links, Strength, Wall, parts_of
from geo.hotspots.districting.parts import allocate, given_codes, held_by, least_counts, make_reachable
from geo.hotspots.districting.pieces import LockedApart
from geo.hotspots.districting.plot import Plot
from geo.hotspots.districting.units import Flags, Floats, Ints, Units

GOAL: Final = 1.03
"""The heaviest 片区 over the mean that a cut is content with."""

SEEDS: Final = 8


class TooFewUnits(Invalid):
    """There are fewer units than 片区 asked for, or more 片区 with locked units."""


@dataclass(frozen=True, slots=True)
class Recut:
    """A cut of units into 片区.

    Parameters
    ----------
    codes
        The 片区 of each unit, in the order of the units.
    names
        Codes of the 片区, those that existed first; every one has a unit.
    max_over_mean, max_over_mean_before
        The heaviest load over the mean, now and as the units were (None without 片区 before).
    bound
        No cut under the same walls and locks can be more even than this.
    moved_load
        Share of all load that changes its 片区, in [0, 1]; 0 without 片区 before.
    links
        Borders between units, with those opened because ground behind a wall was too light to stand alone.
    pinned
        Units that were held: locked, or needed to join locked ones.
    notes
        (message code, facts) of what a planner should know.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    max_over_mean: float
    max_over_mean_before: float | None
    bound: float
    moved_load: float
    links: Links
    pinned: Flags
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())


def redistrict(
    units: Units,
    links: Links,
    n: int | None = None,
    *,
    strength: Mapping[Wall, Strength] = USUAL,
    seed: int = 1,
    seeds: int = SEEDS,
    goal: float = GOAL,
    fresh: bool = False,
) -> Recut:
    """Cut units into 片区 of equal load, each in one piece and with short borders.

    Parameters
    ----------
    n
        How many 片区; as many as there are now unless given.
    strength
        As ``links`` were found with.
    seed, seeds
        The same seed gives the same cut; starts that are tried for a cut from nothing.
    goal
        Heaviest over mean to be content with, ≥ 1; evener costs longer borders and more moving.
    fresh
        Forget the 片区 there are, but for locked units and codes.

    Returns
    -------
    Recut
        A partition of the units; locked units are where they were. Where 片区 exist, the cut that reaches the
        goal with the least load moved; else the one that reaches it with the shortest borders. A goal that no start
        reaches is missed, not forced: ``max_over_mean`` says by how much, ``bound`` what walls, locks and the
        heaviest unit allow.

    Raises
    ------
    TooFewUnits
        If there are fewer units than 片区 asked for.
    LockedApart
        If locked units of one 片区 cannot be in one piece.

    Notes
    -----
    Constrained k-means by linear programme (Bradley, Bennett & Demiriz 2000), then boundary moves and swaps that
    keep every share connected; the best of several starts. 500 units in 12 片区 take about 1 s.

    Examples
    --------
    >>> import shapely
    >>> from geo.hotspots.districting.links import find_links
    >>> town = Units.of([shapely.box(x, 0, x + 100, 100) for x in range(0, 600, 100)], [4, 1, 1, 1, 1, 4])
    >>> redistrict(town, find_links(town), 2).codes
    ('P01', 'P01', 'P01', 'P02', 'P02', 'P02')
    """
    known = tuple(sorted({code for code in units.before if code is not None}))
    wanted = n if n is not None else len(known)
    tied = {code for code, locked in zip(units.before, units.locked, strict=True) if locked}
    if not 1 <= wanted <= len(units.keys) or len(tied) > wanted:
        raise TooFewUnits("districts.too_few_units", wanted=wanted, units=len(units.keys), locked=len(tied))
    links, notes = make_reachable(units, links, wanted)
    part = parts_of(len(units.keys), links.one[links.open], links.other[links.open])
    counts = allocate(held_by(part, units.load), least_counts(units, part), np.bincount(part), wanted)
    codes = np.empty(len(units.keys), dtype=object)
    pinned = np.zeros(len(units.keys), dtype=bool)
    mean = units.load.sum() / wanted
    given = given_codes(units, part, counts)
    taken = {code for row in given for code in row}
    free = iter([code for code in known if code not in taken] + list(new_codes(known, wanted)))
    for one, count in enumerate(counts.tolist()):
        mine = np.flatnonzero(part == one)
        rng = np.random.default_rng([seed, one])
        found = Plot(units, links, mine, count, goal * mean, strength, given[one], rng).cut(seeds, fresh)
        pinned[mine] = found.pinned
        names = _name(units, mine, found.share, count, given[one], free)
        codes[mine] = np.array(names, dtype=object)[found.share]
    _in_reading_order(codes, units, known)
    held = _loads(codes, units.load)
    had = _loads(units.before, units.load)
    moved = sum(
        load
        for load, now, old in zip(units.load.tolist(), codes, units.before, strict=True)
        if old is not None and now != old
    )
    per_part = (held_by(part, units.load) / counts).max()
    bound = max(1.0, round(float(max(per_part, units.load.max(), _heaviest_lock(units)) / mean), 9))
    if bound > goal:
        notes.append(("districts.note_bound", {"bound": round(bound, 3), "goal": goal}))
    return Recut(
        codes=tuple(codes),
        names=tuple(sorted(held, key=lambda code: (code not in known, code))),
        max_over_mean=max(held.values()) / mean,
        max_over_mean_before=max(had.values()) * len(had) / sum(had.values()) if sum(had.values()) > 0 else None,
        bound=bound,
        moved_load=moved / float(units.load.sum()),
        links=links,
        pinned=pinned,
        notes=tuple(notes),
    )


def new_codes(known: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Codes for 片区 that do not exist yet, in the manner of those that do.

    Examples
    --------
    >>> new_codes((), 2), new_codes(("99010109", "99010110"), 1), new_codes(("东", "西"), 1)
    (('P01', 'P02'), ('99010111',), ('P01',))
    """
    shapes = [re.fullmatch(r"(.*?)(\d{1,4})", code) for code in known]
    stem, width, last = "P", 2, 0
    if known and all(shapes):
        tails = {(shape[1], len(shape[2])) for shape in shapes if shape}
        if len(tails) == 1:
            stem, width = tails.pop()
            last = max(int(shape[2]) for shape in shapes if shape)
    return tuple(f"{stem}{last + i + 1:0{width}d}" for i in range(count))


def _name(
    units: Units, mine: Ints, share: Ints, k: int, given: list[str], free: Iterator[str]
) -> list[str]:  # fmt: skip
    """A code for each share: that of the 片区 it has most in common with; locked units decide, else load."""
    from scipy.optimize import linear_sum_assignment

    number = {code: i for i, code in enumerate(given)}
    common = np.zeros((k, max(len(given), 1)))
    mean = float(units.load.mean()) or 1.0
    for i, one in zip(mine.tolist(), share.tolist(), strict=True):
        code = units.before[i]
        if code in number:
            common[one, number[code]] += 1e9 * mean if units.locked[i] else units.load[i] + 1e-3 * mean
    rows, columns = linear_sum_assignment(-common)
    names: list[str | None] = [None] * k
    for one, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if given:
            names[one] = given[column]
    return [name if name is not None else next(free) for name in names]


def _in_reading_order(codes: NDArray[np.object_], units: Units, known: tuple[str, ...]) -> None:
    """Hand the new codes out from north to south in three bands, west to east in each; in place."""
    new = sorted(set(codes.tolist()) - set(known))
    if len(new) < 2:
        return
    xy = units.centres
    middle = np.array([xy[codes == code].mean(axis=0) for code in new])
    tall = float(np.ptp(xy[:, 1])) or 1.0
    band = np.minimum(((xy[:, 1].max() - middle[:, 1]) / tall * 3).astype(np.int64), 2)
    order = np.lexsort((middle[:, 1], middle[:, 0], band))
    renamed = {new[old]: new[place] for place, old in enumerate(order.tolist())}
    codes[:] = [renamed.get(code, code) for code in codes]


def _loads(codes: Any, load: Floats) -> dict[str, float]:
    held: dict[str, float] = {}
    for code, weight in zip(codes, load.tolist(), strict=True):
        if code is not None:
            held[code] = held.get(code, 0.0) + weight
    return held


def _heaviest_lock(units: Units) -> float:
    """The load that locks alone put on one 片区."""
    tied = [code if locked else None for code, locked in zip(units.before, units.locked, strict=True)]
    return max(_loads(tied, units.load).values(), default=0.0)


__all__ = ["GOAL", "LockedApart", "Recut", "TooFewUnits", "new_codes", "redistrict"]
