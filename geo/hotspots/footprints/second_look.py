"""Additions that the gained area speaks against, and gains too narrow for the first look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geo.hotspots.footprints.overlaps import Overlap, linked, overlay
from geo.hotspots.footprints.shapes import Floats, Ints, Mask, Shapes, moved

BORNE_OUT: Final = 0.4
"""An addition of which less than this share shows as gained area is more likely a matter of place."""

FINE: Final = 0.6
"""Share of the tolerance taken where the area gained says by itself whether there is an addition."""

FINE_BORNE_OUT: Final = 0.7
FINE_GAIN: Final = 0.08
"""And only where the outline grew by this share, which noise of drawing does not reach."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The overlap after the second look, the shift of each outline, and which took one of their own."""

    overlap: Overlap
    shift_m: Floats
    own: Mask


def look_again(
    sight: Shapes,
    ground: Shapes,
    tree: shapely.STRtree,
    shift: Floats,
    found: Overlap,
    *,
    tolerance_m: float,
    min_area_m2: float,
    reach_m: float,
) -> Looked:
    """Look a second time at outlines that do not simply agree.

    Parameters
    ----------
    sight
        The observed outlines in question, as delivered; n of them.
    ground, tree
        The approved layer and its index.
    shift
        Shape (n, 2), metres each is taken to be off.
    found
        What the first look found with them moved back by ``shift``.
    reach_m
        How far an outline may be off from where its neighbours say.

    Notes
    -----
    A roof that leans out of a tower is off by more than its neighbours: a strip appears on one side, one is
    missing on the other, and no area is gained. Such an outline is laid corner to corner with what it stands for;
    if the strip vanishes under one of the four ways it was no addition. The other way round a strip thinner
    than twice the tolerance is an addition when the area grew by as much as the strip holds.
    """
    gain = _gained(sight, ground, found)
    shift, own = shift.copy(), np.zeros(len(sight), bool)
    covered, rest, rest_m2 = found.covered.copy(), found.rest.copy(), found.rest_m2.copy()
    stands = linked(found, sight.area_m2, ground.area_m2)
    partners = np.bincount(found.mine[stands], minlength=len(sight))
    doubtful = np.flatnonzero((partners > 0) & (rest_m2 >= min_area_m2) & (gain < BORNE_OUT * rest_m2))
    if len(doubtful):
        box = _partners_box(ground, found, stands, len(sight))[doubtful]
        mine = shapely.bounds(moved(sight.outline[doubtful], -shift[doubtful]))
        for x, y in ((0, 1), (0, 3), (2, 1), (2, 3)):
            step = (mine - box)[:, (x, y)]
            todo = np.flatnonzero((np.abs(step) <= reach_m).all(axis=1) & (rest_m2[doubtful] >= min_area_m2))
            rows = doubtful[todo]
            there = moved(sight.outline[rows], -(shift[rows] + step[todo]))
            tried = overlay(there, ground.outline, tree, FINE * tolerance_m)
            fits = tried.rest_m2 < min_area_m2
            at = rows[fits]
            shift[at] += step[todo[fits]]
            covered[at], rest[at], rest_m2[at] = tried.covered[fits], tried.rest[fits], tried.rest_m2[fits]
            own[at] = True
    thin = np.flatnonzero(
        (partners == 1) & (rest_m2 < min_area_m2) & (gain >= FINE_GAIN * sight.area_m2) & (gain >= min_area_m2) & ~own
    )
    if len(thin):
        tried = overlay(moved(sight.outline[thin], -shift[thin]), ground.outline, tree, FINE * tolerance_m)
        real = (tried.rest_m2 >= min_area_m2) & (gain[thin] >= FINE_BORNE_OUT * tried.rest_m2)
        rest[thin[real]], rest_m2[thin[real]] = tried.rest[real], tried.rest_m2[real]
    overlap = Overlap(covered, rest, rest_m2, found.mine, found.theirs, found.shared_m2)
    return Looked(overlap, shift, own)


def _gained(sight: Shapes, ground: Shapes, found: Overlap) -> Floats:
    """Square metres each outline has more than its part of what it stands for.

    Of several outlines drawn for one, what one part has more another may have less: none counts for more than they
    have more together.
    """
    stands = linked(found, sight.area_m2, ground.area_m2)
    mine, theirs, shared = found.mine[stands], found.theirs[stands], found.shared_m2[stands]
    total = np.bincount(theirs, shared, minlength=len(ground))
    part = ground.area_m2[theirs] * shared / np.maximum(total[theirs], 1e-9)
    gain = sight.area_m2 - np.bincount(mine, part, minlength=len(sight))
    alone = np.bincount(mine, minlength=len(sight))[mine] == 1
    several = alone & (np.bincount(theirs[alone], minlength=len(ground))[theirs] > 1)
    together = np.bincount(theirs[several], gain[mine[several]], minlength=len(ground))
    gain[mine[several]] = np.minimum(gain[mine[several]], together[theirs[several]])
    return np.asarray(gain)


def _partners_box(ground: Shapes, found: Overlap, stands: Mask, n: int) -> Floats:
    """Shape (n, 4): the box around all outlines that each one stands for; infinite where none."""
    mine: Ints = found.mine[stands]
    bounds = shapely.bounds(ground.outline[found.theirs[stands]]).reshape(-1, 4)
    box = np.tile([np.inf, np.inf, -np.inf, -np.inf], (n, 1))
    np.minimum.at(box[:, :2], mine, bounds[:, :2])
    np.maximum.at(box[:, 2:], mine, bounds[:, 2:])
    return box
