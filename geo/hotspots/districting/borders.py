"""Move units across borders, one at a time or two against each other, never breaking a 片区 in two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.hotspots.districting.units import Flags, Floats, Ints

PASSES: Final = 40
EVENNESS: Final = (60.0, 600.0, 6_000.0, 60_000.0)
"""What an uneven load costs against long borders and far corners, raised until the shares are even enough."""

WITHIN: Final = 0.8
"""Part of the goal's room above the mean that costs next to nothing to use."""

INSIDE: Final = 0.05
"""What unevenness inside the band costs, against the same beyond it."""

FAR: Final = 1.0
"""Weight of the mean squared distance of load from its centre, in units of its value at the start."""

LONG: Final = 1.0
"""Weight of the length of borders, in units of its value at the start."""


@dataclass
class Ground:
    """What the search knows of the ground.

    Parameters
    ----------
    load
        Shape (n,), ≥ 0.
    neighbours
        For each unit its neighbours over open links.
    borders
        For each unit its (neighbour, metres) over all links that share a border, walls discounted.
    pinned
        Shape (n,), units that do not move.
    away
        Shape (n, k), cost of distance of each unit to each centre, load included, mean of the start = 1 / n.
    stay, stay_cost
        Share of each unit now (−1: none), and the cost of moving one whole mean share of load out of it.
    target
        Load a share should have.
    """

    load: list[float]
    neighbours: list[list[int]]
    borders: list[list[tuple[int, float]]]
    pinned: list[bool]
    away: list[list[float]]
    stay: list[int]
    stay_cost: float
    target: float


def make_ground(
    load: Floats, links: tuple[Ints, Ints, Flags, Floats], pinned: Flags, away: Floats, stay: Ints, stay_cost: float,
    target: float,
) -> Ground:  # fmt: skip
    """The ground from arrays; ``links`` are (one, other, open, metres that count)."""
    n = len(load)
    neighbours: list[list[int]] = [[] for _ in range(n)]
    borders: list[list[tuple[int, float]]] = [[] for _ in range(n)]
    for i, j, is_open, metres in zip(*(column.tolist() for column in links), strict=True):
        if is_open:
            neighbours[i].append(j)
            neighbours[j].append(i)
        borders[i].append((j, metres))
        borders[j].append((i, metres))
    return Ground(load.tolist(), neighbours, borders, pinned.tolist(), away.tolist(), stay.tolist(), stay_cost, target)


def uneven(over: float, band: float) -> float:
    """What a load ``over`` (or under) the mean costs: little inside the band that is wanted anyway, then its square.

    A share may be twice as far under the mean as over it: nobody is overworked by that.

    Examples
    --------
    >>> uneven(0.0, 0.02), uneven(0.01, 0.02) < 1e-5 < uneven(0.05, 0.02), uneven(-0.05, 0.02) < uneven(0.05, 0.02)
    (0.0, True, True)
    """
    beyond = over - band if over > band else -over - 2 * band if over < -2 * band else 0.0
    return beyond * beyond + INSIDE * over * over


class Search:
    """A cut being improved: the share of each unit, and what the cut costs.

    Every share is in one piece over open links when it comes in, and stays so.
    """

    def __init__(
        self, ground: Ground, share: Sequence[int], k: int, goal: float, rng: np.random.Generator
    ) -> None:  # fmt: skip
        self.ground, self.share, self.k, self.rng = ground, [int(s) for s in share], k, rng
        self.goal, self.band = goal, WITHIN * (goal - 1)
        self.held = [0.0] * k
        self.count = [0] * k
        for unit, one in enumerate(self.share):
            self.held[one] += ground.load[unit]
            self.count[one] += 1
        cut = sum(m for u, row in enumerate(ground.borders) for v, m in row if self.share[u] != self.share[v]) / 2
        self.per_metre = LONG / cut if cut > 0 else 0.0
        self.evenness = EVENNESS[0]

    @property
    def unevenness(self) -> float:
        """The heaviest share over the load a share should have."""
        return max(self.held) / self.ground.target

    def settle(self) -> None:
        """Move units until no move pays; evenness weighs more and more until the heaviest share is within the goal."""
        for evenness in EVENNESS:
            self.evenness = evenness
            for _ in range(PASSES):
                moved = self._pass_moves()
                moved += self._pass_swaps() if moved == 0 else 0
                if moved == 0:
                    break
            if self.unevenness <= self.goal:
                break

    def _pass_moves(self) -> int:
        """Try every unit on a border once, in random order; returns how many moved."""
        moved = 0
        for unit in self.rng.permutation(len(self.share)).tolist():
            here = self.share[unit]
            if self.ground.pinned[unit] or self.count[here] == 1:
                continue
            there = {self.share[v] for v in self.ground.neighbours[unit]} - {here}
            if not there:
                continue
            gain, best = min((self._change(unit, to), to) for to in sorted(there))
            if gain < -1e-9 and self._spared(unit):
                self._move(unit, best)
                moved += 1
        return moved

    def _pass_swaps(self) -> int:
        """Try pairs of units on the two sides of each border; returns how many pairs changed sides."""
        sides: dict[tuple[int, int], list[int]] = {}
        for unit, here in enumerate(self.share):
            if not self.ground.pinned[unit]:
                for to in {self.share[v] for v in self.ground.neighbours[unit]} - {here}:
                    sides.setdefault((here, to), []).append(unit)
        moved = 0
        for a, b in sorted(sides):
            if a < b and (b, a) in sides:
                moved += self._swap_between(a, b, sides[a, b], sides[b, a])
        return moved

    def _swap_between(self, a: int, b: int, ours: list[int], theirs: list[int]) -> int:
        pairs = sorted(
            (gain, u, v)
            for u in ours
            for v in theirs
            if self.share[u] == a and self.share[v] == b and (gain := self._swap_change(u, v)) < -1e-9
        )
        for _, u, v in pairs[:20]:
            if self._try_swap(u, v):
                return 1
        return 0

    def _swap_change(self, u: int, v: int) -> float:
        """Change of cost when ``u`` and ``v`` change places; a border between the two is counted twice, and mended."""
        a, b = self.share[u], self.share[v]
        load, target = self.ground.load, self.ground.target
        step = (load[v] - load[u]) / target
        over_a, over_b = self.held[a] / target - 1, self.held[b] / target - 1
        even = self._even(over_a, step) + self._even(over_b, -step)
        between = sum(m for other, m in self.ground.borders[u] if other == v)
        return self.evenness * even + self._place_change(u, b) + self._place_change(v, a) + 2 * between * self.per_metre

    def _try_swap(self, u: int, v: int) -> bool:
        a, b = self.share[u], self.share[v]
        if self.count[a] > 1 and self._spared(u):
            self._move(u, b)
            if self._spared(v) and any(self.share[w] == a for w in self.ground.neighbours[v]):
                self._move(v, a)
                return True
            self._move(u, a)
        return False

    def _change(self, unit: int, to: int) -> float:
        """Change of cost when ``unit`` goes ``to`` another share."""
        load, target = self.ground.load[unit] / self.ground.target, self.ground.target
        over_here, over_there = self.held[self.share[unit]] / target - 1, self.held[to] / target - 1
        even = self._even(over_here, -load) + self._even(over_there, load)
        return self.evenness * even + self._place_change(unit, to)

    def _even(self, over: float, step: float) -> float:
        return uneven(over + step, self.band) - uneven(over, self.band)

    def _place_change(self, unit: int, to: int) -> float:
        """The same without evenness: distance, borders, and leaving the 片区 it was in."""
        ground, here = self.ground, self.share[unit]
        change = FAR * (ground.away[unit][to] - ground.away[unit][here])
        metres = 0.0
        for other, m in ground.borders[unit]:
            there = self.share[other]
            metres += m * ((there != to) - (there != here))
        change += metres * self.per_metre
        if ground.stay_cost and ground.stay[unit] >= 0:
            leaves = (ground.stay[unit] != to) - (ground.stay[unit] != here)
            change += ground.stay_cost * leaves * max(ground.load[unit] / ground.target, 1e-3)
        return change

    def _move(self, unit: int, to: int) -> None:
        here, load = self.share[unit], self.ground.load[unit]
        self.held[here] -= load
        self.held[to] += load
        self.count[here] -= 1
        self.count[to] += 1
        self.share[unit] = to

    def _spared(self, unit: int) -> bool:
        """Whether the unit's share stays in one piece without it."""
        share, neighbours = self.share, self.ground.neighbours
        here = share[unit]
        wanted = {v for v in neighbours[unit] if share[v] == here}
        if len(wanted) <= 1:
            return bool(wanted)
        start = wanted.pop()
        seen, waiting = {unit, start}, [start]
        while waiting and wanted:
            for v in neighbours[waiting.pop()]:
                if v not in seen and share[v] == here:
                    seen.add(v)
                    wanted.discard(v)
                    waiting.append(v)
        return not wanted
