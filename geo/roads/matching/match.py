"""Map matching on our own graph: the likeliest way through the streets that gives the positions seen.

A hidden Markov model (Newson & Krumm 2009): a position is likely near its street, and a step is likely when the way
along the streets is as long as the straight line. Solved by Viterbi; equal data give equal ways in any process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.matching.fixes import (
    COUNTED,
    FASTEST_MS,
    INACCURATE,
    Fixes,
    Observations,
    judge_fixes,
    observe,
    observed_spans,
)
from geo.roads.network import Floats, Ints, Network
from geo.roads.places import piece_lines
from geo.roads.speeds import Mode

REACH_M: Final = 50.0
"""Streets farther than this from an observation are not where it was."""

CANDIDATES: Final = 8
BETA_M: Final = 6.0
"""Scale of how much longer a way is than the straight line; two observations err by about that together."""

SPUR_M: Final = 25.0
"""Going back and forth along a street no deeper than this is the receiver's error, not a walk."""

OFF_NETWORK_S: Final = 60.0
"""Longer away from every street than this and the track breaks: what lay between is not known."""


@dataclass(frozen=True, eq=False)
class Matched:
    """The way a track took.

    Attributes
    ----------
    piece
        Piece of street of each stretch, in order of time, shape (k,).
    begin_m, stop_m
        Metres from the piece's start where it was entered and left; ``stop < begin`` is against its line.
    from_s, to_s
        When, seconds of the Unix epoch; between two observations as if at one speed.
    run
        Stretches of one run follow each other on the ground; between runs the track was broken.
    counted, matched
        Positions that count, and those of them that lie on the way.
    inaccurate, outliers
        Positions that do not count: accuracy worse than 50 m; alone where nobody could have got to.
    observed
        Spans (from, to) in which there was a position at least every five minutes.
    """

    piece: Ints
    begin_m: Floats
    stop_m: Floats
    from_s: Floats
    to_s: Floats
    run: Ints
    counted: int
    matched: int
    inaccurate: int
    outliers: int
    observed: tuple[tuple[float, float], ...]

    @property
    def length_m(self) -> float:
        """Metres gone, overlaps counted as often as they were gone."""
        return float(np.abs(self.stop_m - self.begin_m).sum())


class Matcher:
    """Matches tracks of one mode to a network.

    Parameters
    ----------
    network, mode
        The streets, and how the teams move. One-ways bind vehicles.
    """

    def __init__(self, network: Network, mode: Mode) -> None:
        import shapely

        graph = network.graphs[mode]
        self.network, self.mode = network, mode
        order = np.lexsort((graph.piece, graph.tail))
        length = np.ascontiguousarray(network.length_m, dtype=np.float64)
        self._graph = (
            np.searchsorted(graph.tail[order], np.arange(network.node_count + 1)).astype(np.int64),
            graph.head[order].astype(np.int64),
            length[graph.piece[order]],
            graph.piece[order].astype(np.int64),
            graph.forward[order].copy(),
        )
        ways = np.zeros((2, len(length)), dtype=bool)
        ways[graph.forward.astype(np.int64), graph.piece] = True
        self._pieces = (network.start.astype(np.int64), network.end.astype(np.int64), length, ways[1], ways[0])
        self._lines = piece_lines(network)
        self._usable = np.flatnonzero(ways.any(axis=0))
        self._tree = shapely.STRtree(self._lines[self._usable])
        nodes = network.node_count
        room = len(order) + 8
        self._space = (
            np.full(nodes, 1e18), np.full(nodes, -1, dtype=np.int64), np.zeros(nodes + 4, dtype=np.int64),
            np.zeros(room), np.zeros(room, dtype=np.int64), np.zeros(nodes, dtype=np.int64),
        )  # fmt: skip

    def match(self, fixes: Fixes) -> Matched:
        """The way of a track.

        Parameters
        ----------
        fixes
            Of one person or vehicle, in the network's frame; may be empty.

        Returns
        -------
        Matched
            Broken at gaps over five minutes, at jumps, and where it was away from every street for over a minute.
        """
        from geo.roads.matching.kernels import trim, viterbi, walk

        state, breaks = judge_fixes(fixes, self.mode)
        seen = observe(fixes, state, breaks)
        kept, first, on, at_m, emission = self._candidates(seen)
        spans = tuple(observed_spans(fixes, state))
        counted = int((state == COUNTED).sum())
        said = counted, int((state == INACCURATE).sum()), len(fixes) - counted - int((state == INACCURATE).sum())
        if len(kept) == 0:
            nothing = np.zeros(0)
            none = np.zeros(0, dtype=np.int64)
            return Matched(none, nothing, nothing, nothing, nothing, none, said[0], 0, said[1], said[2], spans)
        broken = _breaks_of(seen, kept)
        xy = np.ascontiguousarray(seen.xy[kept])
        from_s, to_s = seen.from_s[kept], seen.to_s[kept]
        fastest = FASTEST_MS[self.mode]
        parts = self._graph, self._pieces, self._space
        chosen, linked = viterbi(*parts, first, on, at_m, emission, xy, from_s, to_s, broken, BETA_M, fastest)
        rows = trim(walk(*parts, on, at_m, chosen, linked, xy, from_s, to_s, fastest), SPUR_M)
        part_of = np.zeros(len(seen.xy), dtype=bool)
        part_of[kept] = True
        return Matched(
            rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5].astype(np.int64),
            said[0], int(part_of[seen.of_fix[seen.of_fix >= 0]].sum()), said[1], said[2], spans,
        )  # fmt: skip

    def _candidates(self, seen: Observations) -> tuple[Ints, Ints, Ints, Floats, Floats]:
        """Observations near a street, and of each its candidates, nearest first, ties by piece."""
        import shapely

        points = np.asarray(shapely.points(seen.xy))
        which, near = self._tree.query(points, predicate="dwithin", distance=REACH_M)
        piece = self._usable[near]
        line, point = self._lines[piece], points[which]
        away = shapely.distance(point, line)
        order = np.lexsort((piece, away, which))
        rank = np.arange(len(order)) - np.searchsorted(which[order], which[order])
        order = order[rank < CANDIDATES]
        which, piece, away = which[order], piece[order], away[order]
        at_m = np.clip(shapely.line_locate_point(line[order], point[order]), 0.0, self._pieces[2][piece])
        kept, first = np.unique(which, return_index=True)
        emission = 0.5 * (away / seen.sigma_m[which]) ** 2
        return kept, np.r_[first, len(which)].astype(np.int64), piece, at_m, emission


def _breaks_of(seen: Observations, kept: Ints) -> NDArray[np.bool_]:
    """Where the track breaks among the observations that are near a street."""
    total = np.cumsum(seen.breaks)[kept]
    broken = np.diff(total, prepend=-1) > 0
    away = np.diff(kept, prepend=-1) > 1
    lasting = seen.from_s[kept] - np.r_[-np.inf, seen.to_s[kept][:-1]]
    return np.asarray(broken | (away & (lasting > OFF_NETWORK_S)))
