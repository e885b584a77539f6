"""What each outline is, from how it lies on the other layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.hotspots.footprints.overlaps import Overlap
from geo.hotspots.footprints.registration import Shifts
from geo.hotspots.footprints.shapes import Floats, Ints, Mask, Outlines, Shapes

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Words = NDArray[np.str_]

NEW_COVER: Final = 0.15
"""An outline with less than this share on approved ground has no counterpart there."""

STRANGER_COVER: Final = 0.5
"""The same of an outline that lies on parts of neighbours, none of which it stands for."""

LOST_SHARE: Final = 0.3
"""Less than this is a matter of drawing, or of what trees hide."""

SEEN_SHARE: Final = 0.9
"""An approved outline must lie inside what was looked at by this share before anything is said of it."""

HULL_MARGIN_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What became of each observed outline, in order.

    Parameters
    ----------
    cls
        ``new``, ``enlarged``, ``unchanged``, ``reduced``, ``split`` or ``merged``.
    relation
        ``none``, ``one``, ``split`` (one approved outline drawn as several) or ``merged`` (several drawn as one).
    shift_m
        Shape (n, 2), metres it was off and was moved back by.
    own
        Whether it agrees only when moved by its own shift rather than by its neighbours'.
    pairs, torn
        See :class:`geo.hotspots.footprints.registration.Shifts`.
    covered
        Share on approved ground.
    added
        What was added, moved onto the approved layer: the whole outline if new; empty otherwise.
    added_m2, width_m
        Area of it, and its width where it is a strip.
    """

    cls: Words
    relation: Words
    shift_m: Floats
    own: Mask
    pairs: NDArray[np.int64]
    torn: Mask
    covered: Floats
    added: Outlines
    added_m2: Floats
    width_m: Floats


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of each approved outline, in order.

    ``cls`` is one of the observed ones but ``new``, or ``demolished``, or ``not_seen`` outside what was looked at;
    ``covered`` is its share on observed ground, ``lost_m2`` what is gone of it beyond the tolerance.
    """

    cls: Words
    covered: Floats
    lost_m2: Floats


def judge_observed(
    sight: Shapes,
    here: Outlines,
    shift: Floats,
    shifts: Shifts,
    own: Mask,
    found: Overlap,
    rows: Ints,
    links: Ints,
    approved: int,
    min_area_m2: float,
) -> Observed:
    n = len(sight)
    mine, theirs = links[:, 0], links[:, 1]
    partners = np.bincount(mine, minlength=n)
    shared_with = np.bincount(theirs, minlength=approved)
    relation = np.full(n, "none", "U6")
    relation[partners == 1] = "one"
    relation[mine[(shared_with[theirs] > 1) & (partners[mine] == 1)]] = "split"
    relation[partners > 1] = "merged"
    cls = np.where(np.isin(relation, ("split", "merged")), relation, "unchanged").astype("U9")
    covered, added_m2 = np.ones(n), np.zeros(n)
    added: Outlines = np.full(n, shapely.Polygon(), object)
    covered[rows] = found.covered
    larger = rows[found.rest_m2 >= min_area_m2]
    cls[larger] = "enlarged"
    added[rows], added_m2[rows] = found.rest, found.rest_m2
    fresh = (covered < NEW_COVER) | ((covered < STRANGER_COVER) & (partners == 0))
    cls[fresh] = "new"
    added[fresh], added_m2[fresh] = here[fresh], sight.area_m2[fresh]
    small = ~np.isin(cls, ("new", "enlarged"))
    added[small], added_m2[small] = shapely.Polygon(), 0.0
    return Observed(cls, relation, shift, own, shifts.pairs, shifts.torn, covered, added, added_m2, _width(added))


def judge_approved(
    ground: Shapes,
    gone: Overlap,
    rows: Ints,
    links: Ints,
    observed: Observed,
    looked: BaseGeometry,
    tolerance: float,
    min_area_m2: float,
) -> Approved:
    n = len(ground)
    cls = np.full(n, "unchanged", "U10")
    mine, theirs = links[:, 0], links[:, 1]
    for relation in ("split", "merged"):
        cls[theirs[observed.relation[mine] == relation]] = relation
    # Of several outlines drawn as one only those beside the addition grew.
    grown = observed.cls[mine] == "enlarged"
    near = shapely.distance(ground.outline[theirs[grown]], observed.added[mine[grown]]) <= 2 * tolerance
    cls[theirs[grown][near]] = "enlarged"
    covered, lost = np.ones(n), np.zeros(n)
    covered[rows], lost[rows] = gone.covered, gone.rest_m2
    partners = np.bincount(theirs, minlength=n)
    absent = (covered < NEW_COVER) | ((covered < STRANGER_COVER) & (partners == 0))
    less = ~absent & (lost >= np.maximum(min_area_m2, LOST_SHARE * ground.area_m2)) & (cls != "enlarged")
    cls[less] = "reduced"
    cls[absent] = "demolished"
    away = np.flatnonzero(absent | less)
    if len(away):
        inside = shapely.area(shapely.intersection(ground.outline[away], looked)) / ground.area_m2[away]
        cls[away[inside < SEEN_SHARE]] = "not_seen"
    return Approved(cls, covered, lost)


def tell_reduced(observed: Observed, approved: Approved, links: Ints) -> None:
    """An outline that stands alone for a reduced one is reduced itself."""
    smaller = links[(approved.cls[links[:, 1]] == "reduced") & (observed.cls[links[:, 0]] == "unchanged"), 0]
    observed.cls[smaller] = "reduced"


def hull_of(centres: Floats) -> BaseGeometry:
    """Without flight footprints: the ground between the observed outlines, and a little around."""
    if not len(centres):
        return shapely.Polygon()
    hull: BaseGeometry = shapely.MultiPoint(centres).convex_hull
    return hull.buffer(HULL_MARGIN_M)


def _width(outlines: Outlines) -> Floats:
    """Width of the rectangle with the same area and outline length."""
    half, area = shapely.length(outlines) / 2, shapely.area(outlines)
    return np.asarray((half - np.sqrt(np.maximum(half**2 - 4 * area, 0))) / 2)
