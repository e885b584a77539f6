"""How far it is on foot from one point to a few others nearby, without building the county's network.

An officer with a cleared vendor asks this on the pavement, so it is answered where the request is: the streets of a
small box, plain Python, some ten milliseconds. Streets meet at shared vertices of one level, and at their ends.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geo.crs import degree_m

LonLat = tuple[float, float]
Node = tuple[float, float, int | None]

REACH_M: Final = 200.0
"""A point farther than this from every street is not on any."""


@dataclass(frozen=True, slots=True)
class Street:
    """A street that may be walked, both ways: its level and its vertices, degrees, at least two."""

    level: int
    points: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class _Foot:
    """Where a point steps onto a street: metres to it, the two vertices beside, and metres along to each."""

    off_m: float
    links: tuple[tuple[Node, float], ...]
    segment: tuple[int, int]
    along_m: float


def walking_m(streets: Sequence[Street], origin: LonLat, goals: Sequence[LonLat]) -> list[float | None]:
    """Metres on foot to each goal.

    Parameters
    ----------
    streets
        All within the box in which a way is looked for; a way that leaves it is not found, so let it be ample.
    origin, goals
        Longitude and latitude, degrees. Each walks straight to the nearest street within 200 m, and from it.

    Returns
    -------
    list
        In the order of ``goals``; None where no way was found.

    Examples
    --------
    >>> street = Street(0, ((118.0, 28.0), (118.01, 28.0)))
    >>> [round(m) for m in walking_m([street], (118.0, 28.0), [(118.001, 28.0), (118.005, 28.0)])]
    [98, 492]
    >>> walking_m([], (118.0, 28.0), [(118.001, 28.0)])
    [None]
    """
    scale = degree_m(origin[1])
    links: dict[Node, list[tuple[Node, float]]] = defaultdict(list)
    for street in streets:
        nodes: list[Node] = [(*point, street.level) for point in street.points]
        for one, other in itertools.pairwise(nodes):
            metres = math.hypot((one[0] - other[0]) * scale[0], (one[1] - other[1]) * scale[1])
            links[one].append((other, metres))
            links[other].append((one, metres))
        for end in (nodes[0], nodes[-1]):
            ramp = (end[0], end[1], None)
            links[end].append((ramp, 0.0))
            links[ramp].append((end, 0.0))
    start = _step_on(streets, origin, scale)
    feet = [_step_on(streets, goal, scale) for goal in goals]
    if start is None:
        return [None] * len(goals)
    far = _spread(links, start)
    return [None if foot is None else _reached(far, start, foot) for foot in feet]


def _step_on(streets: Sequence[Street], point: LonLat, scale: LonLat) -> _Foot | None:
    best: _Foot | None = None
    for number, street in enumerate(streets):
        for at, (a, b) in enumerate(itertools.pairwise(street.points)):
            ax, ay = (a[0] - point[0]) * scale[0], (a[1] - point[1]) * scale[1]
            bx, by = (b[0] - point[0]) * scale[0], (b[1] - point[1]) * scale[1]
            length = math.hypot(bx - ax, by - ay)
            share = 0.0 if length == 0 else min(max(-(ax * (bx - ax) + ay * (by - ay)) / length**2, 0.0), 1.0)
            off_m = math.hypot(ax + share * (bx - ax), ay + share * (by - ay))
            if off_m <= REACH_M and (best is None or off_m < best.off_m):
                along = share * length
                ends = (((*a, street.level), along), ((*b, street.level), length - along))
                best = _Foot(off_m, ends, (number, at), along)
    return best


def _spread(links: dict[Node, list[tuple[Node, float]]], start: _Foot) -> dict[Node, float]:
    """Metres from where the origin steps on to every node (Dijkstra 1959)."""
    far: dict[Node, float] = {}
    heap = [(metres, number, node) for number, (node, metres) in enumerate(start.links)]
    heapq.heapify(heap)
    count = len(heap)
    while heap:
        metres, _, node = heapq.heappop(heap)
        if node in far:
            continue
        far[node] = metres
        for other, more in links[node]:
            if other not in far:
                heapq.heappush(heap, (metres + more, count, other))
                count += 1
    return far


def _reached(far: dict[Node, float], start: _Foot, foot: _Foot) -> float | None:
    ways = [far[node] + metres for node, metres in foot.links if node in far]
    if foot.segment == start.segment:
        ways.append(abs(foot.along_m - start.along_m))
    return start.off_m + min(ways) + foot.off_m if ways else None
