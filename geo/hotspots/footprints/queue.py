"""New findings beside what was found, decided or entered before, so that nothing is asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.hotspots.footprints.overlaps import joined, opened
from geo.hotspots.footprints.shapes import Floats, Outlines

SAME_SHARE: Final = 0.3
"""A finding that shares this much of the smaller of the two with an earlier one is about the same ground."""

GROWTH_SHARE: Final = 0.15
"""It has grown when more than this share of the earlier ground came on top."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Findings against the earlier ones.

    Parameters
    ----------
    earlier
        Shape (n,), row of the earlier one it is about, the most overlapping; -1 for fresh ground.
    grew
        Shape (n,), whether it is about an earlier one and has grown since.
    more_m2
        Shape (n,), ground on top of all earlier ones.
    """

    earlier: NDArray[np.intp]
    grew: NDArray[np.bool_]
    more_m2: Floats


def stand(findings: Outlines, earlier: Outlines, *, tolerance_m: float, min_area_m2: float) -> Standing:
    """Tell fresh findings from known ones and from known ones that grew.

    Parameters
    ----------
    findings, earlier
        Shapes (n,) and (k,), polygons in one metric frame.
    tolerance_m
        What is narrower than twice this on top is how two looks differ, not growth.
    min_area_m2
        Growth must reach this, and :data:`GROWTH_SHARE` of the earlier ground.

    Examples
    --------
    >>> known = np.array([shapely.box(0, 0, 4, 10)])
    >>> again = np.array([shapely.box(0.3, 0, 4.2, 10), shapely.box(0, 0, 9, 10), shapely.box(50, 0, 54, 10)])
    >>> found = stand(again, known, tolerance_m=1.0, min_area_m2=6.0)
    >>> found.earlier.tolist(), found.grew.tolist()
    ([0, 0, -1], [False, True, False])
    """
    n = len(findings)
    best, grew, more = np.full(n, -1, np.intp), np.zeros(n, bool), shapely.area(findings)
    if not n or not len(earlier):
        return Standing(best, grew, more)
    mine, theirs = shapely.STRtree(earlier).query(findings, predicate="intersects")
    shared = shapely.area(shapely.intersection(findings[mine], earlier[theirs]))
    smaller = np.minimum(shapely.area(findings)[mine], shapely.area(earlier)[theirs])
    same = shared >= SAME_SHARE * smaller
    mine, theirs, shared = mine[same], theirs[same], shared[same]
    order = np.lexsort((shared, mine))
    best[mine[order]] = theirs[order]  # the last one written is the most overlapping
    about = np.flatnonzero(best >= 0)
    known = joined(earlier[theirs[order]], mine[order], n)[about]
    on_top = opened(shapely.difference(findings[about], known), tolerance_m)
    more[about] = shapely.area(on_top)
    grew[about] = more[about] >= np.maximum(min_area_m2, GROWTH_SHARE * shapely.area(known))
    return Standing(best, grew, more)
