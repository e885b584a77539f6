"""Approved against observed: what is new, larger, gone, or only drawn otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.hotspots.footprints.overlaps import Overlap, linked, overlay
from geo.hotspots.footprints.registration import (
    Pairs,
    Shifts,
    coarse_shift,
    local_shifts,
    pair_mutually,
)
from geo.hotspots.footprints.second_look import look_again
from geo.hotspots.footprints.shapes import Floats, Ints, Mask, Outlines, Shapes, measure, moved

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Words = NDArray[np.str_]
Step = Callable[[float], None]

MIN_AREA_M2: Final = 6.0
NEW_COVER: Final = 0.15
"""An outline with less than this share on approved ground has no counterpart there."""

STRANGER_COVER: Final = 0.5
"""The same of an outline that lies on parts of neighbours, none of which it stands for."""

LOST_SHARE: Final = 0.3
TOLERANCE_M: Final = (0.5, 2.0)
TOLERANCE_FACTOR: Final = 1.65
"""Tolerance over the median distance at which unchanged outlines differ; three quarters more would hide a lean-to."""

OWN_REACH_M: Final = 5.0
"""A roof that leans out, or a lone mistake of drawing, is off from its neighbours by at most this."""

HULL_MARGIN_M: Final = 50.0
SEEN_SHARE: Final = 0.9
SAME_SHIFT_M: Final = 0.5


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


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole comparison; ``links`` are shape (k, 2) rows (observed, approved) that stand for each other."""

    observed: Observed
    approved: Approved
    links: Ints
    tolerance_m: float
    coarse_m: Floats
    pairs: int


def find_difference(
    approved: Outlines,
    observed: Outlines,
    *,
    seen: BaseGeometry | None = None,
    tolerance_m: float | None = None,
    min_area_m2: float = MIN_AREA_M2,
    step: Step | None = None,
) -> Difference:
    """Compare two layers of footprints.

    Parameters
    ----------
    approved, observed
        Shapes (a,) and (o,): valid polygons or multipolygons in one metric CRS, none empty or missing.
    seen
        What was looked at, in the same CRS; without it the hull of the observed layer and 50 m around it.
    tolerance_m
        Strips narrower than twice this are noise; by default learned from the outlines that did not change.
    min_area_m2
        Additions smaller than this are not told.
    step
        Called with the share done; may raise to stop.

    Returns
    -------
    Difference
        Every outline of both layers has a class; empty layers are fine.

    Notes
    -----
    Registration by the median of the nearest mutual pairs; outlines that agree after it within one and a half
    tolerances (Hausdorff distance) are settled, and only the rest is cut with its neighbours. 200,000 against
    200,000 outlines cost about 10 s of one core and 1 GB.
    """
    tell = step or (lambda _: None)
    ground, sight = measure(approved), measure(observed)
    coarse = coarse_shift(ground, sight)
    pairs = pair_mutually(ground, sight, coarse)
    tell(0.1)
    shifts = local_shifts(pairs, sight, coarse)
    tolerance = tolerance_m or _learned_tolerance(ground, sight, pairs)
    tell(0.2)
    shift, settled, own = _settle(ground, sight, pairs, shifts, tolerance)
    tell(0.4)
    tree = shapely.STRtree(ground.outline)
    open_observed = _others(len(sight), pairs.observed[settled])
    shift[open_observed] = _best_choice(ground, tree, sight, shifts, open_observed)
    tell(0.5)
    again = look_again(
        sight.take(open_observed), ground, tree, shift[open_observed],
        overlay(moved(sight.outline[open_observed], -shift[open_observed]), ground.outline, tree, tolerance),
        tolerance_m=tolerance, min_area_m2=min_area_m2, reach_m=OWN_REACH_M,
    )  # fmt: skip
    found, shift[open_observed], own[open_observed] = again.overlap, again.shift_m, again.own
    here = moved(sight.outline, -shift)
    tell(0.7)
    open_approved = _others(len(ground), pairs.approved[settled])
    gone = overlay(ground.outline[open_approved], here, shapely.STRtree(here), tolerance)
    tell(0.9)
    links = _links(pairs, settled, found, gone, open_observed, open_approved, ground, sight)
    observed_side = _judge_observed(
        sight, here, shift, shifts, own, found, open_observed, links, len(ground), min_area_m2
    )
    looked = seen if seen is not None else _hull(sight.centre - shift)
    approved_side = _judge_approved(ground, gone, open_approved, links, observed_side, looked, tolerance, min_area_m2)
    _tell_reduced(observed_side, approved_side, links)
    tell(1.0)
    return Difference(observed_side, approved_side, links, tolerance, coarse, int(pairs.alike.sum()))


def _others(n: int, rows: Ints) -> Ints:
    """The rows of n that are not among ``rows``."""
    free = np.ones(n, bool)
    free[rows] = False
    return np.flatnonzero(free)


def _learned_tolerance(ground: Shapes, sight: Shapes, pairs: Pairs) -> float:
    """From how far alike outlines differ once each is moved by its own shift."""
    alike = np.flatnonzero(pairs.alike)
    if len(alike) < 20:
        return sum(TOLERANCE_M) / 2
    some = alike[:: max(1, len(alike) // 20_000)]
    far = shapely.hausdorff_distance(
        ground.outline[pairs.approved[some]], moved(sight.outline[pairs.observed[some]], -pairs.shift_m[some])
    )
    return float(np.clip(TOLERANCE_FACTOR * np.median(far), *TOLERANCE_M))


def _settle(ground: Shapes, sight: Shapes, pairs: Pairs, shifts: Shifts, tolerance: float) -> tuple[Floats, Mask, Mask]:
    """The shift of every outline, which pairs agree under it, and which outlines needed one of their own."""
    shift = shifts.best.copy()
    settled, own = np.zeros(len(pairs.observed), bool), np.zeros(len(sight), bool)
    if not len(settled):
        return shift, settled, own
    there = ground.outline[pairs.approved]
    far = shapely.hausdorff_distance(there, moved(sight.outline[pairs.observed], -shift[pairs.observed]))
    settled = far <= np.where(pairs.alike, 1.5, 1.0) * tolerance
    rest = np.flatnonzero(~settled & pairs.alike)
    io = pairs.observed[rest]
    tried = np.concatenate([shift[io][:, None], shifts.choices[io]], axis=1)
    apart = np.abs(tried - pairs.shift_m[rest][:, None]).max(axis=2).min(axis=1)
    far = shapely.hausdorff_distance(there[rest], moved(sight.outline[io], -pairs.shift_m[rest]))
    takes = (apart <= OWN_REACH_M) & (far <= 1.5 * tolerance)
    settled[rest[takes]] = True
    shift[io[takes]] = pairs.shift_m[rest[takes]]
    own[io[takes & (apart > tolerance)]] = True
    return shift, settled, own


def _best_choice(ground: Shapes, tree: shapely.STRtree, sight: Shapes, shifts: Shifts, rows: Ints) -> Floats:
    """For outlines that do not simply agree: the neighbours' shift under which most of them is on approved ground."""
    from geo.hotspots.footprints.overlaps import joined

    best = shifts.best[rows].copy()
    spread = np.abs(shifts.choices[rows] - best[:, None]).max(axis=(1, 2))
    unsure = np.flatnonzero(spread > SAME_SHIFT_M)
    if not len(unsure):
        return best
    outlines = sight.outline[rows[unsure]]
    reach = spread[unsure]
    boxes = shapely.bounds(moved(outlines, -best[unsure])) + np.column_stack([-reach, -reach, reach, reach])
    mine, theirs = tree.query(shapely.box(*boxes.T), predicate="intersects")
    order = np.argsort(mine, kind="stable")
    near = joined(ground.outline[theirs[order]], mine[order], len(unsure))
    some = np.flatnonzero(near != None)  # noqa: E711
    most = np.full(len(unsure), -1.0)
    for k in range(-1, shifts.choices.shape[1]):
        tried = shifts.best[rows[unsure]] if k < 0 else shifts.choices[rows[unsure], k]
        shared = np.zeros(len(unsure))
        shared[some] = shapely.area(shapely.intersection(moved(outlines[some], -tried[some]), near[some]))
        better = shared > most * 1.005
        best[unsure[better]] = tried[better]
        most = np.maximum(most, shared)
    return best


def _links(
    pairs: Pairs,
    settled: Mask,
    found: Overlap,
    gone: Overlap,
    open_observed: Ints,
    open_approved: Ints,
    ground: Shapes,
    sight: Shapes,
) -> Ints:
    """Rows (observed, approved) that stand for each other, each pair once, ordered."""
    plain = np.column_stack([pairs.observed[settled], pairs.approved[settled]])
    one = linked(found, sight.area_m2[open_observed], ground.area_m2)
    other = linked(gone, ground.area_m2[open_approved], sight.area_m2)
    both = [
        plain,
        np.column_stack([open_observed[found.mine[one]], found.theirs[one]]),
        np.column_stack([gone.theirs[other], open_approved[gone.mine[other]]]),
    ]
    rows = np.concatenate(both).astype(np.intp)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return np.asarray(rows[fresh])


def _judge_observed(
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


def _judge_approved(
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


def _tell_reduced(observed: Observed, approved: Approved, links: Ints) -> None:
    """An outline that stands alone for a reduced one is reduced itself."""
    smaller = links[(approved.cls[links[:, 1]] == "reduced") & (observed.cls[links[:, 0]] == "unchanged"), 0]
    observed.cls[smaller] = "reduced"


def _hull(centres: Floats) -> BaseGeometry:
    """Without flight footprints: the ground between the observed outlines, and a little around."""
    if not len(centres):
        return shapely.Polygon()
    hull: BaseGeometry = shapely.MultiPoint(centres).convex_hull
    return hull.buffer(HULL_MARGIN_M)


def _width(outlines: Outlines) -> Floats:
    """Width of the rectangle with the same area and outline length."""
    half, area = shapely.length(outlines) / 2, shapely.area(outlines)
    return np.asarray((half - np.sqrt(np.maximum(half**2 - 4 * area, 0))) / 2)
