"""From the positions of one lorry to its trips: out of a site, until it tips, comes back, or is heard of no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Marks = Sequence[str]
"""By position: number of the site or dump it is at; empty for none."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip as indices into the positions: ``first`` is the last one at the site, ``last`` where it ended.

    ``ending`` is one of :data:`geo.tables.waste.TRIP_ENDS`; ``dump`` is empty unless it is ``dump``.
    """

    site: str
    first: int
    last: int
    ending: str
    dump: str = ""


def stays(at_s: NDArray[np.int64], marks: Marks, least_s: int) -> list[str]:
    """Marks of which only stays are left: a lorry that drives by a gate is not at its site.

    Parameters
    ----------
    at_s
        Shape (n,), seconds, rising.
    marks
        Length n.
    least_s
        A run of equal marks lasts from its first position to the one after its last; a shorter one is blotted out.

    Examples
    --------
    >>> stays(np.array([0, 20, 40, 200, 400]), ["A", "A", "", "B", "B"], 120)
    ['', '', '', 'B', 'B']
    """
    found = list(marks)
    begin = 0
    for here in range(1, len(found) + 1):
        if here < len(found) and marks[here] == marks[begin]:
            continue
        until = at_s[min(here, len(found) - 1)]
        if marks[begin] and until - at_s[begin] < least_s:
            found[begin:here] = [""] * (here - begin)
        begin = here
    return found


def split_trips(
    at_s: NDArray[np.int64],
    xy: NDArray[np.float64],
    sites: Marks,
    dumps: Marks,
    limits: Mapping[str, int],
) -> list[Trip]:
    """The trips among the positions of one lorry.

    Parameters
    ----------
    at_s
        Shape (n,), seconds, strictly rising.
    xy
        Shape (n, 2), metres.
    sites, dumps
        Length n: where it stood; where both are named the dump counts.
    limits
        ``load_s``, ``tip_s`` (least stay), ``gap_s`` (silence that ends a trip), ``least_trip_m`` (shorter ways back
        to a site are manoeuvres).

    Returns
    -------
    list of Trip
        In order of time; empty for no positions. The last may be ``under_way``.

    Examples
    --------
    >>> limits = {"load_s": 60, "tip_s": 60, "gap_s": 1800, "least_trip_m": 300}
    >>> at = np.array([0, 60, 120, 180, 240, 300])
    >>> xy = np.array([[0, 0], [0, 0], [500, 0], [1000, 0], [1500, 0], [1500, 0]], float)
    >>> split_trips(at, xy, ["A", "A", "", "", "", ""], ["", "", "", "", "X", "X"], limits)
    [Trip(site='A', first=1, last=4, ending='dump', dump='X')]
    """
    if not len(at_s):
        return []
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at_site, at_dump = stays(at_s, sites, limits["load_s"]), stays(at_s, dumps, limits["tip_s"])
    found: list[Trip] = []
    origin, away = -1, False

    def end(last: int, ending: str, dump: str = "") -> None:
        if ending == "dump" or metres[last] - metres[origin] >= limits["least_trip_m"]:
            found.append(Trip(at_site[origin], origin, last, ending, dump))

    for here in range(len(at_s)):
        if origin >= 0 and away and at_s[here] - at_s[here - 1] > limits["gap_s"]:
            end(here - 1, "silent")
            origin = -1
        if at_dump[here]:
            if origin >= 0:
                end(here, "dump", at_dump[here])
            origin = -1
        elif at_site[here]:
            if origin >= 0 and away:
                end(here, "returned")
            origin, away = here, False
        else:
            away = True
    if origin >= 0 and away:
        end(len(at_s) - 1, "under_way")
    return found
