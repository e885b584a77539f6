"""Turns that are forbidden, and the copies of crossings that make a search keep to them.

A crossing stays one node. Only a block from which some turn is forbidden ends in a copy of its crossing, from which
just the turns that are allowed lead on: a few nodes more, where a graph of all turns would be three times the size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geo.roads.crossings import Floats, Ints
from geo.roads.speeds import Mode

TurnRule = Literal[
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
]  # fmt: skip
"""As OSM names them; what a rule binds is said by its streets, so only ``no_`` or ``only_`` counts."""

NEAR_M: Final = 25.0
"""A rule's point lies this close to the crossing where its two streets meet."""


@dataclass(frozen=True, slots=True)
class TurnBan:
    """At a crossing, from one street: into which street one may not turn, or only may.

    ``lonlat`` (EPSG:4490) says at which crossing, where two streets meet more than once. People on foot are never
    bound.
    """

    rule: TurnRule
    from_road: int
    to_road: int
    lonlat: tuple[float, float]
    modes: frozenset[Mode]

    @property
    def only(self) -> bool:
        """Whether every other turn is forbidden, not this one."""
        return self.rule.startswith("only_")


@dataclass(frozen=True, slots=True)
class Links:
    """What a search walks on: links between crossings and their copies.

    Link ``i`` goes ``tail[i]`` → ``head[i]`` along the directed block ``arc[i]``; ``goal`` is the node that each
    directed block leads to. The first nodes are the crossings themselves; ``crossing`` says which one each node is.
    """

    tail: Ints
    head: Ints
    arc: Ints
    goal: Ints
    crossing: Ints


def link(nodes: int, tail: Ints, head: Ints, forbidden: dict[int, frozenset[int]]) -> Links:
    """Links of directed blocks under forbidden turns.

    Parameters
    ----------
    nodes
        Crossings; ``tail`` and ``head`` of the directed blocks are below it.
    forbidden
        Directed block → the blocks that may not follow it; all of them begin where it ends.

    Examples
    --------
    A T-junction at 1: from block 0 one may not turn into block 2.

    >>> links = link(4, np.array([0, 1, 1]), np.array([1, 2, 3]), {0: frozenset({2})})
    >>> links.tail.tolist(), links.head.tolist(), links.crossing.tolist()
    ([0, 1, 1, 4], [4, 2, 3, 2], [0, 1, 2, 3, 1])
    """
    arc = np.arange(len(tail))
    bound = np.array(sorted(one for one, after in forbidden.items() if after), dtype=np.int64)
    goal = head.copy()
    goal[bound] = nodes + np.arange(len(bound))
    if len(bound) == 0:
        return Links(tail, head, arc, goal, np.arange(nodes))
    leaving: dict[int, list[int]] = defaultdict(list)
    at = set(head[bound].tolist())
    for one in np.flatnonzero(np.isin(tail, list(at))).tolist():
        leaving[int(tail[one])].append(one)
    copied = [
        (nodes + i, next_)
        for i, one in enumerate(bound.tolist())
        for next_ in leaving[int(head[one])]
        if next_ not in forbidden[one]
    ]
    more = np.array(copied, dtype=np.int64).reshape(-1, 2)
    return Links(
        np.concatenate([tail, more[:, 0]]),
        np.concatenate([goal, goal[more[:, 1]]]),
        np.concatenate([arc, more[:, 1]]),
        goal,
        np.concatenate([np.arange(nodes), head[bound]]),
    )


def forbidden_turns(
    bans: Sequence[TurnBan], mode: Mode, road: Ints, piece: Ints, tail: Ints, head: Ints, node_lonlat: Floats
) -> dict[int, frozenset[int]]:
    """What may not follow each directed block of a mode.

    Parameters
    ----------
    road, piece, tail, head
        Of each directed block: its street's row id, its piece, the crossings it leads from and to.
    node_lonlat
        Where the crossings are, shape (nodes, 2), EPSG:4490.

    Returns
    -------
    dict
        Only blocks that something is forbidden after. A rule binds nothing where its two streets do not meet within
        25 m of its point, or the mode may use neither. A rule from a street into itself forbids (or demands) to turn
        round; streets end at the crossings where rules bind them, as OSM demands. Elsewhere one may turn round at any
        crossing, but a car not where it may not turn left (道路交通安全法实施条例 art. 49).
    """
    forbidden: dict[int, frozenset[int]] = {}
    for ban in bans:
        if mode not in ban.modes:
            continue
        into, out_of = np.flatnonzero(road == ban.from_road), np.flatnonzero(road == ban.to_road)
        shared = np.intersect1d(head[into], tail[out_of])
        if len(shared) == 0:
            continue
        lon, lat = ban.lonlat
        away = (node_lonlat[shared] - (lon, lat)) * (111_320 * np.cos(np.radians(lat)), 111_320)
        metres = np.hypot(away[:, 0], away[:, 1])
        if metres.min() > NEAR_M:
            continue
        at = shared[metres.argmin()]
        leaving = np.flatnonzero(tail == at)
        for one in into[head[into] == at].tolist():
            same = piece[leaving] == piece[one]
            named = (road[leaving] == ban.to_road) & (same if ban.from_road == ban.to_road else ~same)
            if mode == "car" and ban.rule == "no_left_turn":
                named |= same
            struck = leaving[~named if ban.only else named]
            forbidden[one] = forbidden.get(one, frozenset()) | frozenset(struck.tolist())
    return forbidden
