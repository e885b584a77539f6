"""Cut ground into 片区 of equal load, or re-cut the 片区 there are with as little moving as that takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from geo.errors import Invalid
from geo.hotspots.districting.balance import balanced_shares, seed_centres
from geo.hotspots.districting.borders import Search, make_ground
from geo.hotspots.districting.links import USUAL, Links, Strength, Wall, join, parts_of
from geo.hotspots.districting.pieces import LockedApart, make_whole, neighbours_of
from geo.hotspots.districting.units import Flags, Floats, Ints, Units

GOAL: Final = 1.03
"""The heaviest 片区 over the mean that a cut is content with."""

SEEDS: Final = 8
ENOUGH: Final = 3
"""A fresh cut stops after this many starts that reached the goal."""

STAY: Final = (2.0, 0.5, 0.1)
"""Cost of moving a whole mean load out of its 片区, against the length of all borders; tried in this order."""

LIGHT: Final = 0.5
"""Ground cut off by a wall with less than this share of a mean load is no 片区 of its own."""


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
    links, notes = _reachable(units, links, wanted)
    part = parts_of(len(units.keys), links.one[links.open], links.other[links.open])
    counts = _allocate(_held(part, units.load), _least(units, part), np.bincount(part), wanted)
    codes = np.empty(len(units.keys), dtype=object)
    pinned = np.zeros(len(units.keys), dtype=bool)
    mean = units.load.sum() / wanted
    given = _given(units, part, counts)
    taken = {code for row in given for code in row}
    free = iter([code for code in known if code not in taken] + list(new_codes(known, wanted)))
    for one, count in enumerate(counts.tolist()):
        mine = np.flatnonzero(part == one)
        rng = np.random.default_rng([seed, one])
        found = _Plot(units, links, mine, count, goal * mean, strength, given[one], rng).cut(seeds, fresh)
        pinned[mine] = found.pinned
        names = _name(units, mine, found.share, count, given[one], free)
        codes[mine] = np.array(names, dtype=object)[found.share]
    held = _loads(codes, units.load)
    had = _loads(units.before, units.load)
    moved = sum(
        load
        for load, now, old in zip(units.load.tolist(), codes, units.before, strict=True)
        if old is not None and now != old
    )
    per_part = (_held(part, units.load) / counts).max()
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


@dataclass(frozen=True, slots=True)
class _Found:
    share: Ints
    pinned: Flags
    unevenness: float
    moved: float
    borders: float


class _Plot:
    """The ground of one part, cut by itself."""

    def __init__(
        self, units: Units, links: Links, mine: Ints, k: int, most: float, strength: Mapping[Wall, Strength],
        given: list[str], rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self.k, self.given, self.rng = k, given, rng
        self.keys = [units.keys[i] for i in mine.tolist()]
        self.load = units.load[mine]
        self.xy = units.centres[mine]
        at = np.full(len(units.keys), -1, dtype=np.int64)
        at[mine] = np.arange(len(mine))
        within = (at[links.one] >= 0) & (at[links.other] >= 0)
        self.one, self.other = at[links.one[within]], at[links.other[within]]
        self.open, self.cost_m = links.open[within], links.cost_m(strength)[within]
        local = Links(self.one, self.other, self.cost_m, {}, self.open, links.joined[within])
        self.neighbours = neighbours_of(len(mine), local)
        self.target = float(self.load.sum()) / k if self.load.sum() > 0 else 1.0
        self.goal = max(most / self.target, 1.0)
        self.locked = units.locked[mine]
        before = [units.before[i] for i in mine.tolist()]
        number = {code: i for i, code in enumerate(self.given)}
        self.now = np.array([number.get(code, -1) if code is not None else -1 for code in before], dtype=np.int64)

    def cut(self, seeds: int, fresh: bool) -> _Found:
        """The best of the starts: even enough, then little moved, then short borders."""
        fixed = np.where(self.locked, self.now, -1)
        found: list[_Found] = []
        settled = len(self.given) > 0 and not fresh
        if settled:
            found += self._from_now(fixed)
        if not any(self._even(one) for one in found):
            for _ in range(seeds):
                centres = self._centres(fixed)
                share, centres = balanced_shares(self.xy, self.load, centres, fixed)
                found.append(self._settle(share, centres, 0.0))
                if sum(map(self._even, found)) >= ENOUGH:
                    break
        by_move = settled and any(self._even(one) for one in found)
        return min(
            found,
            key=lambda one: (
                max(one.unevenness - self.goal, 0.0),
                one.moved if by_move else 0.0,
                one.borders,
            ),
        )  # fmt: skip

    def _even(self, one: _Found) -> bool:
        return one.unevenness <= self.goal + 1e-9

    def _from_now(self, fixed: Ints) -> Iterator[_Found]:
        """Start from the cut there is: only borders moved; or its centres balanced anew, what stays preferred."""
        whole, _ = self._whole(self._filled())
        centres = self._middles(whole)
        for stay in STAY:
            yield self._settle(whole, centres, stay)
            spread = float(np.ptp(self.xy, axis=0).max()) / max(self.k, 1) ** 0.5
            share, moved = balanced_shares(self.xy, self.load, centres, fixed, self.now, stay * spread**2)
            yield self._settle(share, moved, stay)

    def _whole(self, share: Ints) -> tuple[Ints, Flags]:
        try:
            return make_whole(share, self.k, self.neighbours, self.load, self.locked)
        except LockedApart as error:
            pair = {side: self.keys[int(str(error.facts[side]))] for side in ("one", "other")}
            raise LockedApart("districts.locked_apart", **pair) from error

    def _filled(self) -> Ints:
        """The cut there is, with a first unit for every share that is new."""
        share = self.now.copy()
        centres = self._centres(np.where(share >= 0, share, -1))
        for new in range(len(self.given), self.k):
            open_ = np.flatnonzero(~self.locked)
            if len(open_):
                share[open_[np.argmin(((self.xy[open_] - centres[new]) ** 2).sum(axis=1))]] = new
        return share

    def _centres(self, fixed: Ints) -> Floats:
        """Starting centres; those of shares with units that are fixed are in the middle of these."""
        centres = seed_centres(self.xy, self.load if self.load.sum() > 0 else np.ones(len(self.load)), self.k, self.rng)
        tied = np.unique(fixed[fixed >= 0]).tolist()
        rest = list(range(self.k))
        placed = np.zeros((self.k, 2))
        for one in tied:
            placed[one] = self.xy[fixed == one].mean(axis=0)
            nearest = min(rest, key=lambda i: float(((centres[i] - placed[one]) ** 2).sum()))
            rest.remove(nearest)
        for one in range(self.k):
            if one not in tied:
                placed[one] = centres[rest.pop(0)]
        return placed

    def _middles(self, share: Ints) -> Floats:
        weight = self.load + 1e-3 * self.target
        total = np.bincount(share, weight, self.k)
        return np.column_stack([np.bincount(share, weight * self.xy[:, axis], self.k) / total for axis in (0, 1)])

    def _settle(self, share: Ints, centres: Floats, stay_cost: float) -> _Found:
        """Make a start whole, then move borders until nothing pays."""
        share, pinned = self._whole(share)
        away = ((self.xy[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        weight = self.load + 1e-3 * self.target
        scale = float((weight * away[np.arange(len(share)), share]).sum()) or 1.0
        ground = make_ground(
            self.load, (self.one, self.other, self.open, self.cost_m), pinned, away * weight[:, None] / scale,
            self.now, stay_cost, self.target,
        )  # fmt: skip
        rng = np.random.default_rng(self.rng.integers(1 << 62))
        search = Search(ground, share.tolist(), self.k, self.goal, rng)
        search.settle()
        final = np.array(search.share, dtype=np.int64)
        moved = float(self.load[(self.now >= 0) & (final != self.now)].sum())
        borders = float(self.cost_m[final[self.one] != final[self.other]].sum())
        return _Found(final, pinned, search.unevenness, moved, borders)


def _given(units: Units, part: Ints, counts: Ints) -> list[list[str]]:
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


def _reachable(units: Units, links: Links, wanted: int) -> tuple[Links, list[tuple[str, Mapping[str, Any]]]]:
    """Open walls until no part is too light for a 片区, no lock is torn, and there are no more parts than 片区."""
    notes: list[tuple[str, Mapping[str, Any]]] = []
    mean = units.load.sum() / wanted
    while True:
        part = parts_of(len(units.keys), links.one[links.open], links.other[links.open])
        if part.max() == 0:
            return links, notes
        held = _held(part, units.load)
        torn = _torn(units, part)
        least = _least(units, part)
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


def _least(units: Units, part: Ints) -> Ints:
    """How many 片区 each part must hold at least: one, or as many as have locked units there."""
    tied: dict[int, set[str | None]] = {}
    for i in np.flatnonzero(units.locked).tolist():
        tied.setdefault(int(part[i]), set()).add(units.before[i])
    return np.array([max(1, len(tied.get(p, ()))) for p in range(int(part.max()) + 1)], dtype=np.int64)


def _allocate(held: Floats, least: Ints, most: Ints, wanted: int) -> Ints:
    """How many 片区 each part gets, within its bounds, so that the heaviest mean is as light as can be.

    Examples
    --------
    >>> _allocate(np.array([60.0, 40.0]), np.array([1, 1]), np.array([9, 9]), 5)
    array([3, 2])
    """
    counts = least.copy()
    while counts.sum() < wanted:
        counts[int(np.argmax(np.where(counts < most, held / counts, -1.0)))] += 1
    return np.asarray(counts)


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


def _loads(codes: Any, load: Floats) -> dict[str, float]:
    held: dict[str, float] = {}
    for code, weight in zip(codes, load.tolist(), strict=True):
        if code is not None:
            held[code] = held.get(code, 0.0) + weight
    return held


def _held(part: Ints, load: Floats) -> Floats:
    """The load of each part."""
    return np.asarray(np.bincount(part, load), dtype=np.float64)


def _heaviest_lock(units: Units) -> float:
    """The load that locks alone put on one 片区."""
    tied = [code if locked else None for code, locked in zip(units.before, units.locked, strict=True)]
    return max(_loads(tied, units.load).values(), default=0.0)


__all__ = ["GOAL", "LockedApart", "Recut", "TooFewUnits", "new_codes", "redistrict"]
