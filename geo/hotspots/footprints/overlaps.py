"""What of an outline lies on the other layer, and what sticks out far enough to be meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geo.hotspots.footprints.shapes import Floats, Ints, Mask, Outlines

LINK_SHARE: Final = 0.3
"""Two outlines stand for each other when they share this much of the smaller one."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Outlines against the ground of the other layer.

    Parameters
    ----------
    covered
        Shape (n,), share of each outline that lies on the other layer, 0 to 1.
    rest
        Shape (n,), the part that sticks out by more than the tolerance all through; empty where none does.
    rest_m2
        Shape (n,), its area.
    mine, theirs, shared_m2
        Shape (k,), pairs of rows whose outlines meet, and the area they share.
    """

    covered: Floats
    rest: Outlines
    rest_m2: Floats
    mine: Ints
    theirs: Ints
    shared_m2: Floats


def overlay(outlines: Outlines, others: Outlines, tree: shapely.STRtree, tolerance_m: float) -> Overlap:
    """Lay outlines over another layer.

    Parameters
    ----------
    outlines
        Shape (n,), polygons or multipolygons in metres.
    others, tree
        The other layer in the same frame, and its index.
    tolerance_m
        What is narrower than twice this is noise of drawing and registration.

    Examples
    --------
    >>> house = np.array([shapely.box(0, 0, 10, 10)])
    >>> seen = np.array([shapely.box(0, 0, 14, 10.5)])
    >>> found = overlay(seen, house, shapely.STRtree(house), tolerance_m=1.0)
    >>> round(float(found.covered[0]), 3), round(float(found.rest_m2[0]))
    (0.68, 42)
    """
    n = len(outlines)
    area = shapely.area(outlines)
    mine, theirs = tree.query(outlines, predicate="intersects")
    order = np.argsort(mine, kind="stable")
    mine, theirs = mine[order].astype(np.intp), theirs[order].astype(np.intp)
    met = np.bincount(mine, minlength=n)
    ground = joined(others[theirs], mine, n)
    rest = outlines.copy()
    touched = np.flatnonzero(met)
    rest[touched] = shapely.difference(outlines[touched], ground[touched])
    left = shapely.area(rest)
    shared = np.zeros(len(mine))
    alone = met[mine] == 1
    shared[alone] = (area - left)[mine[alone]]
    several = ~alone
    shared[several] = shapely.area(shapely.intersection(outlines[mine[several]], others[theirs[several]]))
    wide = opened(rest, tolerance_m)
    return Overlap(1 - left / area, wide, shapely.area(wide), mine, theirs, shared)


def joined(parts: Outlines, group: Ints, n: int) -> Outlines:
    """The union of the parts of each of n groups, which come in order; None for a group without one."""
    found: Outlines = np.full(n, None, object)
    count = np.bincount(group, minlength=n)
    one = count[group] == 1
    found[group[one]] = parts[one]
    if not one.all():
        several = ~one
        pieces, owner = shapely.get_parts(parts[several], return_index=True)
        names, number = np.unique(group[several][owner], return_inverse=True)
        heaps = np.asarray(shapely.geometrycollections(pieces, indices=number), object)
        found[names] = shapely.union_all(heaps[:, None], axis=1)
    return found


def opened(outlines: Outlines, radius_m: float) -> Outlines:
    """What is left of each outline when everything narrower than twice ``radius_m`` is wiped off.

    Examples
    --------
    >>> strip_and_shed = shapely.union_all([shapely.box(0, 0, 10, 1), shapely.box(0, 0, 4, 4)])
    >>> shapely.bounds(opened(np.array([strip_and_shed]), 1.0)).tolist()
    [[0.0, 0.0, 4.0, 4.0]]
    """
    found: Outlines = np.full(len(outlines), shapely.Polygon(), object)
    core = shapely.buffer(outlines, -radius_m, join_style="mitre")
    some = np.flatnonzero(~shapely.is_empty(core))
    grown = shapely.buffer(core[some], radius_m, join_style="mitre", mitre_limit=2.0)
    found[some] = _areas(shapely.normalize(shapely.intersection(grown, outlines[some])))
    return found


def _areas(outlines: Outlines) -> Outlines:
    """The same without the points and lines that an intersection leaves where borders merely touch."""
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(outlines), (3, 6)))
    if len(mixed):
        parts, owner = shapely.get_parts(outlines[mixed], return_index=True)
        areal = shapely.get_type_id(parts) == 3
        outlines[mixed] = shapely.Polygon()
        kept, number = np.unique(owner[areal], return_inverse=True)
        if len(kept):
            outlines[mixed[kept]] = shapely.multipolygons(parts[areal], indices=number)
    return outlines


def linked(overlap: Overlap, area: Floats, others_area: Floats) -> Mask:
    """Which of the overlap's pairs stand for each other."""
    smaller = np.minimum(area[overlap.mine], others_area[overlap.theirs])
    return np.asarray(overlap.shared_m2 >= LINK_SHARE * smaller)
