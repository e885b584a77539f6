"""One stretch of connected ground cut into shares: several starts, and the best of what they settle to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.hotspots.districting.balance import balanced_shares, seed_centres
from geo.hotspots.districting.borders import Search, make_ground
from geo.hotspots.districting.links import Links, Strength, Wall
from geo.hotspots.districting.pieces import LockedApart, make_whole, neighbours_of
from geo.hotspots.districting.units import Flags, Floats, Ints, Units

ENOUGH: Final = 3
"""A fresh cut stops after this many starts that reached the goal."""

STAY: Final = (2.0, 0.5, 0.1)
"""Cost of moving a whole mean load out of its 片区, against the length of all borders; tried in this order."""


@dataclass(frozen=True, slots=True)
class Found:
    share: Ints
    pinned: Flags
    unevenness: float
    moved: float
    borders: float


class Plot:
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

    def cut(self, seeds: int, fresh: bool) -> Found:
        """The best of the starts: even enough, then little moved, then short borders."""
        fixed = np.where(self.locked, self.now, -1)
        found: list[Found] = []
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

    def _even(self, one: Found) -> bool:
        return one.unevenness <= self.goal + 1e-9

    def _from_now(self, fixed: Ints) -> Iterator[Found]:
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

    def _settle(self, share: Ints, centres: Floats, stay_cost: float) -> Found:
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
        return Found(final, pinned, search.unevenness, moved, borders)
