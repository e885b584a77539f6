"""Approved against observed: what is new, larger, gone, or only drawn otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.hotspots.footprints.classes import (
    Approved,
    Observed,
    hull_of,
    judge_approved,
    judge_observed,
    tell_reduced,
)
from geo.hotspots.footprints.overlaps import Overlap, joined, linked, overlay
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

Step = Callable[[float], None]

MIN_AREA_M2: Final = 6.0
TOLERANCE_M: Final = (0.5, 2.0)
TOLERANCE_FACTOR: Final = 1.65
"""Tolerance over the median distance at which alike outlines differ: 1 m for corners drawn 0.35 m off on each axis."""

OWN_REACH_M: Final = 5.0
"""A roof that leans out, or a lone mistake of drawing, is off from its neighbours by at most this."""

SAME_SHIFT_M: Final = 0.5


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
    200,000 outlines cost 7 to 10 s of one core and 0.55 GB. A sheet that is off by more than half the distance
    between houses is paired with the wrong neighbours.
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
    observed_side = judge_observed(
        sight, here, shift, shifts, own, found, open_observed, links, len(ground), min_area_m2
    )
    looked = seen if seen is not None else hull_of(sight.centre - shift)
    approved_side = judge_approved(ground, gone, open_approved, links, observed_side, looked, tolerance, min_area_m2)
    tell_reduced(observed_side, approved_side, links)
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
