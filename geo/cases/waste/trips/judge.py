"""How a trip went otherwise than permitted, by explicit thresholds; what it means a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a trip's permits allow, all in force on its day: their numbers, dumps and routes.

    ``dumps`` and ``routes`` are empty where any is allowed.
    """

    permits: tuple[str, ...]
    dumps: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """A deviation between two positions; ``amount`` is metres off the way, else seconds, and ``spot`` where it was."""

    kind: str
    first: int
    last: int
    amount: int
    spot: int


def allowed_by(grants: Sequence[Mapping[str, str]]) -> Allowed:
    """What several grants together allow: one that names no dump, or no route, allows any.

    Examples
    --------
    >>> grant = {"permit_number": "P1", "dump_code": "X1", "route_code": ""}
    >>> allowed_by([grant, {**grant, "dump_code": "X2"}])
    Allowed(permits=('P1',), dumps=('X1', 'X2'), routes=())
    """
    dumps = {one["dump_code"] for one in grants}
    routes = {one["route_code"] for one in grants}
    return Allowed(
        tuple(sorted({one["permit_number"] for one in grants})),
        () if "" in dumps else tuple(sorted(dumps)),
        () if "" in routes else tuple(sorted(routes)),
    )


def off_route(at_s: NDArray[np.int64], off_m: NDArray[np.float64], limit_m: int, least_s: int) -> list[Deviation]:
    """Stretches farther than ``limit_m`` from every permitted way for at least ``least_s`` seconds.

    Parameters
    ----------
    at_s, off_m
        Shape (n,): seconds; metres to the nearest permitted way. A stretch ends at the first position back on it.

    Examples
    --------
    >>> off_route(np.array([0, 60, 120, 180, 240]), np.array([5.0, 300, 400, 20, 500]), 120, 100)
    [Deviation(kind='off_route', first=1, last=3, amount=400, spot=2)]
    """
    found = []
    for first, after in _runs(off_m > limit_m):
        last = min(after, len(at_s) - 1)
        if at_s[last] - at_s[first] >= least_s:
            worst = first + int(np.argmax(off_m[first:after]))
            found.append(Deviation("off_route", first, last, round(float(off_m[worst])), worst))
    return found


def stops(at_s: NDArray[np.int64], xy: NDArray[np.float64], within_m: int, least_s: int) -> list[Deviation]:
    """Stays of at least ``least_s`` seconds in which it did not leave ``within_m`` around where each began.

    Examples
    --------
    >>> xy = np.array([[0, 0], [500, 0], [510, 0], [505, 0], [900, 0]], float)
    >>> stops(np.array([0, 60, 400, 700, 760]), xy, 60, 600)
    [Deviation(kind='stopped', first=1, last=3, amount=640, spot=1)]
    """
    found = []
    first = 0
    while first < len(at_s):
        last = first
        while last + 1 < len(at_s) and np.hypot(*(xy[last + 1] - xy[first])) <= within_m:
            last += 1
        if last > first and at_s[last] - at_s[first] >= least_s:
            found.append(Deviation("stopped", first, last, int(at_s[last] - at_s[first]), first))
            first = last
        first += 1
    return found


def silences(at_s: NDArray[np.int64], least_s: int) -> list[Deviation]:
    """Gaps between two positions of at least ``least_s`` seconds.

    Examples
    --------
    >>> silences(np.array([0, 30, 900]), 600)
    [Deviation(kind='silent', first=1, last=2, amount=870, spot=1)]
    """
    gaps = np.diff(at_s)
    return [Deviation("silent", int(n), int(n) + 1, int(gaps[n]), int(n)) for n in np.flatnonzero(gaps >= least_s)]


def judge_trip(
    at_s: NDArray[np.int64],
    xy: NDArray[np.float64],
    off_m: NDArray[np.float64] | None,
    ending: str,
    dump: str,
    allowed: Allowed | None,
    in_hours: bool,
    limits: Mapping[str, int],
) -> list[Deviation]:
    """All deviations of one trip.

    Parameters
    ----------
    at_s, xy
        Shape (n,) and (n, 2), of the trip alone: from the last position at the site to the end.
    off_m
        Shape (n,), metres to the nearest permitted way; None where any way is allowed, or none is drawn.
    allowed
        None if no permit of the haulier for the site was in force.
    in_hours
        Whether it left in the hours of a permitted way.

    Returns
    -------
    list of Deviation
        What concerns the whole trip first, then by time. Stays at the two ends are no stops: there it loads and tips.
    """
    end = len(at_s) - 1
    whole = int(at_s[end] - at_s[0])
    found = []
    if allowed is None:
        found.append(Deviation("no_permit", 0, end, whole, 0))
    elif dump and allowed.dumps and dump not in allowed.dumps:
        found.append(Deviation("wrong_dump", 0, end, whole, end))
    if allowed is not None and not in_hours:
        found.append(Deviation("out_of_hours", 0, end, whole, 0))
    if ending == "returned":
        found.append(Deviation("no_dump", 0, end, whole, int(np.argmax(np.hypot(*(xy - xy[0]).T)))))
    parts = [] if off_m is None else off_route(at_s, off_m, limits["off_route_m"], limits["off_route_s"])
    near = limits["stop_m"]
    for stop in stops(at_s, xy, near, limits["stop_s"]):
        ends = (xy[0], xy[end]) if ending in ("dump", "returned") else (xy[0],)
        if all(np.hypot(*(xy[stop.spot] - spot)) > near for spot in ends):
            parts.append(stop)
    parts += silences(at_s, limits["silent_s"])
    return [*found, *sorted(parts, key=lambda one: (one.first, one.kind))]


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of True as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(after)) for first, after in edges.reshape(-1, 2)]
