"""Made-up walks through a network, their positions with errors, and how much of a matched way is right."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from geo.roads.matching.fixes import Fixes, order_fixes
from geo.roads.matching.match import Matched
from geo.roads.network import Floats, Ints, Network
from geo.roads.speeds import Mode


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk over whole pieces of street, each in the sense it was gone, with its true positions every few seconds."""

    pieces: Ints
    ahead: np.ndarray[tuple[int], np.dtype[np.bool_]]
    at_s: Floats
    xy: Floats


def walk_about(
    network: Network, mode: Mode, rng: np.random.Generator, *, speed_ms: float, lasting_s: float, step_s: float = 5.0,
    halts_s: float = 600.0, start_s: float = 0.0,
) -> Walk:  # fmt: skip
    """The fastest ways between crossings drawn by lot, with a halt of random length at each."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    graph = network.graphs[mode]
    order = np.lexsort((graph.cost, graph.head, graph.tail))
    tail, head = graph.tail[order], graph.head[order]
    first = np.r_[True, (np.diff(tail) != 0) | (np.diff(head) != 0)]
    edge = order[first]
    links = csr_matrix((graph.cost[edge], (graph.tail[edge], graph.head[edge])), shape=(network.node_count,) * 2)
    number = {pair: int(i) for pair, i in zip(zip(graph.tail[edge], graph.head[edge], strict=True), edge, strict=True)}
    inside = np.flatnonzero(graph.label == graph.main)
    here = int(rng.choice(inside))
    pieces: list[int] = []
    ahead: list[bool] = []
    time, place = [start_s], [network.node_xy[here]]
    while time[-1] - start_s < lasting_s:
        there = int(rng.choice(inside))
        _, before = dijkstra(links, indices=here, return_predecessors=True)
        path = [there]
        while path[-1] != here:
            path.append(int(before[path[-1]]))
        for a, b in itertools.pairwise(path[::-1]):
            i = number[a, b]
            p = int(graph.piece[i])
            pieces.append(p)
            ahead.append(bool(graph.forward[i]))
            line = network.xy[network.first[p] : network.last[p] + 1]
            line = line if graph.forward[i] else line[::-1]
            for one, other in itertools.pairwise(line):
                time.append(time[-1] + float(np.hypot(*(other - one))) / speed_ms)
                place.append(other)
            if time[-1] - start_s >= lasting_s:
                break
        here = b
        time.append(time[-1] + float(rng.uniform(0, halts_s)))
        place.append(place[-1])
    at = np.arange(start_s, time[-1], step_s)
    xy = np.column_stack([np.interp(at, time, np.array(place)[:, axis]) for axis in (0, 1)])
    return Walk(np.array(pieces), np.array(ahead), at, xy)


def seen(walk: Walk, rng: np.random.Generator, sigma_m: float = 8.0, drift: float = 0.0) -> Fixes:
    """Its positions with errors; ``drift`` is how much of the error of one position the next one keeps."""
    noise = rng.normal(0.0, sigma_m, walk.xy.shape)
    if drift:
        for i in range(1, len(noise)):
            noise[i] = drift * noise[i - 1] + np.sqrt(1 - drift**2) * noise[i]
    return order_fixes(walk.at_s, walk.xy + noise, np.full(len(walk.at_s), np.nan))


def right_share(network: Network, walk: Walk, matched: Matched) -> tuple[float, float, float]:
    """Metres gone that were found, and metres found that were gone, as shares; and both wrongs to the metres gone.

    Streets gone several times count once: which streets were walked is what coverage asks.
    """
    true = np.zeros(len(network.road), dtype=bool)
    true[walk.pieces] = True
    found = covered_m(network, matched)
    gone = float(network.length_m[true].sum())
    hit = float(found[true].sum())
    return hit / gone, hit / float(found.sum()), (gone - hit + float(found[~true].sum())) / gone


def covered_m(network: Network, matched: Matched) -> Floats:
    """Metres of each piece that the way covers, overlaps once."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for piece, a, b in zip(matched.piece.tolist(), matched.begin_m.tolist(), matched.stop_m.tolist(), strict=True):
        spans.setdefault(piece, []).append((min(a, b), max(a, b)))
    total = np.zeros(len(network.road))
    for piece, parts in spans.items():
        reach = 0.0
        for a, b in sorted(parts):
            total[piece] += max(0.0, b - max(a, reach))
            reach = max(reach, b)
    return total
