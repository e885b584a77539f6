"""The best direction of every street of a route, exactly."""

from __future__ import annotations

from collections.abc import Sequence

from geo.patrol.arcs.problem import NO_WAY, ArcProblem


def best_directions(problem: ArcProblem, team: int, streets: Sequence[int]) -> tuple[int, ...]:
    """In which direction to go along each street, the order being given.

    Parameters
    ----------
    problem
        Streets and teams.
    team
        Whose route.
    streets
        Numbers of streets in order.

    Returns
    -------
    tuple of int
        Passages, one a street, of least cost; equal ones go with the line. Empty for no streets.

    Raises
    ------
    ValueError
        If no choice of directions is open to the team.

    Notes
    -----
    Two states a street (which way it was left), so the time grows with the streets and not with 2 ** streets.

    Examples
    --------
    Two streets of a line 0 — 1 — 2; the depot is node 0, and the way back passes them again.

    >>> import numpy as np
    >>> from geo.patrol.arcs.problem import one_depot
    >>> line = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]])
    >>> best_directions(one_depot(line, [(1, 0), (1, 2)], [1, 1], [1, 1], teams=1), 0, [0, 1])
    (1, 2)
    """
    if not streets:
        return ()
    mode = int(problem.mode[team])
    link, work = problem.link[mode], problem.work[mode]
    cost = {way: int(problem.out[team, way]) + int(work[way]) for way in _both(streets[0])}
    came: list[dict[int, int]] = []
    for street in streets[1:]:
        before = {way: min(cost, key=lambda last: (cost[last] + int(link[last, way]), last)) for way in _both(street)}
        cost = {way: cost[last] + int(link[last, way]) + int(work[way]) for way, last in before.items()}
        came.append(before)
    way = min(cost, key=lambda last: (cost[last] + int(problem.back[team, last]), last))
    if cost[way] + int(problem.back[team, way]) >= NO_WAY:
        raise ValueError(f"the streets {list(streets)} cannot be gone along in this order")
    route = [way]
    for before in reversed(came):
        route.append(before[route[-1]])
    return tuple(reversed(route))


def _both(street: int) -> tuple[int, int]:
    return 2 * street, 2 * street + 1
