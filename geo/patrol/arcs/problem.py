"""Streets to be gone along by several teams, as whole numbers; everything about maps and people is left behind.

A *passage* is a street gone along in one direction: passage ``2 * street`` with its line, ``2 * street + 1`` against.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

Ints = NDArray[np.int64]

NO_WAY: Final = 100_000_000
"""Cost of a passage or a ride that does not exist; no day is that long."""

ANY: Final = 1 << 40
"""A capacity or a limit that never binds."""


class ArcsBroken(Invalid):
    """The figures of streets and teams contradict themselves; the facts name the table."""


@dataclass(frozen=True)
class ArcProblem:
    """Streets and teams.

    All costs are whole numbers of one unit (seconds for shifts), 0 to :data:`NO_WAY`.

    Parameters
    ----------
    link
        Ride from the end of a passage to the beginning of another, by how one moves; shape (modes, 2 streets,
        2 streets).
    work
        Going along the passage, by how one moves; shape (modes, 2 streets).
    out, back
        Ride from where a team begins to a passage, and from a passage to where it ends; shape (teams, 2 streets).
    mode
        How each team moves, a row of ``link``; shape (teams,).
    load, capacity
        What a street asks and what a team can take; shapes (streets,) and (teams,).
    may
        Which streets a team may go along; shape (teams, streets).
    busy, limit
        What a team has to do besides, and the longest its day may be, that included; shape (teams,).

    Raises
    ------
    ArcsBroken
        On construction, if shapes do not agree or a figure is out of range.
    """

    link: Ints
    work: Ints
    out: Ints
    back: Ints
    mode: Ints
    load: Ints
    capacity: Ints
    may: NDArray[np.bool_]
    busy: Ints
    limit: Ints

    def __post_init__(self) -> None:
        modes, passages, _ = self.link.shape if self.link.ndim == 3 else (0, 0, 0)
        teams = len(self.mode)
        shapes = {
            "link": (modes, passages, passages),
            "work": (modes, passages),
            "out": (teams, passages),
            "back": (teams, passages),
            "load": (passages // 2,),
            "capacity": (teams,),
            "may": (teams, passages // 2),
            "mode": (teams,),
            "busy": (teams,),
            "limit": (teams,),
        }
        for table, shape in shapes.items():
            if getattr(self, table).shape != shape or passages % 2:
                raise ArcsBroken("patrol.arcs_broken", table=table, rule="shape")
            figures = getattr(self, table)
            if table != "may" and figures.size and (figures.min() < 0 or figures.max() > ANY):
                raise ArcsBroken("patrol.arcs_broken", table=table, rule="range")
        if teams and self.mode.max() >= modes:
            raise ArcsBroken("patrol.arcs_broken", table="mode", rule="range")

    @property
    def streets(self) -> int:
        """How many streets there are."""
        return len(self.load)

    @property
    def teams(self) -> int:
        """How many teams there are."""
        return len(self.mode)

    @cached_property
    def open_to(self) -> NDArray[np.bool_]:
        """Which streets a team may and can go along, there and back, in some direction; shape (teams, streets)."""
        whole = self.out + self.work[self.mode] + self.back
        return np.asarray(self.may & (whole < NO_WAY).reshape(self.teams, -1, 2).any(axis=2))


@dataclass(frozen=True, slots=True)
class ArcPlan:
    """Each team's passages in order, the cost of its day with what it does besides, and the streets left out."""

    routes: tuple[tuple[int, ...], ...]
    costs: tuple[int, ...]
    left_out: tuple[int, ...]

    @property
    def cost(self) -> int:
        """Cost of all days."""
        return sum(self.costs)


def route_cost(problem: ArcProblem, team: int, route: Sequence[int]) -> int:
    """What a team's passages cost in the order and directions given, its other work included.

    Examples
    --------
    >>> problem = one_depot(np.array([[0, 4], [4, 0]]), [(0, 1)], [6], [1], teams=1)
    >>> route_cost(problem, 0, [0]), route_cost(problem, 0, [])
    (10, 0)
    """
    if not route:
        return int(problem.busy[team])
    mode = problem.mode[team]
    rides = int(problem.out[team, route[0]]) + int(problem.back[team, route[-1]])
    rides += sum(int(problem.link[mode, a, b]) for a, b in itertools.pairwise(route))
    return int(problem.busy[team]) + rides + sum(int(problem.work[mode, a]) for a in route)


def one_depot(
    distance: Ints,
    ends: Sequence[tuple[int, int]],
    work: Sequence[int],
    load: Sequence[int],
    teams: int,
    capacity: int = ANY,
) -> ArcProblem:
    """Streets between nodes, and like teams that begin and end at node 0.

    Parameters
    ----------
    distance
        Ride between nodes, shape (nodes, nodes).
    ends, work, load
        The nodes a street joins, what going along costs in either direction, and what it asks of ``capacity``.

    Examples
    --------
    >>> problem = one_depot(np.array([[0, 4], [4, 0]]), [(0, 1)], [6], [1], teams=2)
    >>> problem.streets, problem.teams, problem.out.tolist()
    (1, 2, [[0, 4], [0, 4]])
    """
    begin = np.array([node for a, b in ends for node in (a, b)], dtype=np.int64)
    end = np.array([node for a, b in ends for node in (b, a)], dtype=np.int64)
    none = np.zeros(teams, dtype=np.int64)
    return ArcProblem(
        link=distance[np.ix_(end, begin)][None].astype(np.int64),
        work=np.repeat(np.asarray(work, dtype=np.int64), 2)[None],
        out=np.tile(distance[0, begin].astype(np.int64), (teams, 1)),
        back=np.tile(distance[end, 0].astype(np.int64), (teams, 1)),
        mode=none,
        load=np.asarray(load, dtype=np.int64),
        capacity=none + capacity,
        may=np.ones((teams, len(ends)), dtype=bool),
        busy=none,
        limit=none + ANY,
    )
