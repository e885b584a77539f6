"""Where the observed layer lies beside the approved one, from the buildings that did not change.

Orthophotos are mosaics: every sheet of one is off by a metre or two of its own, and where two sheets meet
the offset jumps. Nobody says where the seams are, so each building gets its own shift from its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.footprints.shapes import Floats, Ints, Mask, Shapes

COARSE_REACH_M: Final = 30.0
"""A whole layer further off than this lies in another frame; that is declared, not guessed."""

COARSE_SAMPLE: Final = 20_000
PAIR_REACH_M: Final = 12.0
"""A building and its counterpart have their centres within this distance once the whole layer is moved."""

NEIGHBOURS: Final = 9
"""Mutual pairs whose median is the local shift."""

SHEET_NEIGHBOURS: Final = 16
"""Of these a pair's sheet is told."""

CHOICES: Final = 4
"""Beside a seam the median is of both sheets; this many nearest neighbours' own shifts are tried as well."""

SAME_SHEET_M: Final = 1.0
"""Pairs whose shifts differ by less, on each axis, are taken to lie on one sheet."""

FAR_M: Final = 600.0
"""Pairs further away say nothing of a building's shift."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Buildings that are each other's best counterpart: rows of approved and observed, and how far the second is off.

    ``alike`` marks those of the same size, which are the ones that registration learns from.
    """

    approved: Ints
    observed: Ints
    shift_m: Floats
    alike: Mask


@dataclass(frozen=True, slots=True)
class Shifts:
    """Metres by which each observed outline is off.

    Parameters
    ----------
    best
        Shape (n, 2), the median of the nearest pairs.
    choices
        Shape (n, CHOICES, 2), shifts of the sheets that the nearest pairs lie on.
    pairs
        Shape (n,), how many alike pairs stood behind it, at most NEIGHBOURS; 0 where none is near.
    torn
        Shape (n,), whether the neighbours disagree, as they do beside a seam.
    """

    best: Floats
    choices: Floats
    pairs: NDArray[np.int64]
    torn: Mask


def coarse_shift(approved: Shapes, observed: Shapes) -> Floats:
    """Metres by which the observed layer as a whole is off, shape (2,); zero when nothing speaks for a shift.

    Notes
    -----
    Every pair of near buildings of about the same size votes for its displacement; the fullest square of
    five metres wins, and only if it holds half as many votes again as the square around zero.
    """
    from scipy.spatial import cKDTree

    none = np.zeros(2)
    if not len(approved) or not len(observed):
        return none
    step = max(1, len(observed) // COARSE_SAMPLE)
    mine = np.arange(0, len(observed), step)
    distance, near = cKDTree(approved.centre).query(
        observed.centre[mine], k=min(8, len(approved)), distance_upper_bound=COARSE_REACH_M
    )
    row, column = np.nonzero(np.isfinite(distance.reshape(len(mine), -1)))
    theirs, own = near.reshape(len(mine), -1)[row, column], mine[row]
    same = _alike(approved, observed, theirs, own)
    votes = observed.centre[own[same]] - approved.centre[theirs[same]]
    if len(votes) < 5:
        return none
    edges = np.arange(-COARSE_REACH_M - 0.5, COARSE_REACH_M + 1.5)
    count, _, _ = np.histogram2d(votes[:, 0], votes[:, 1], bins=(edges, edges))
    window = sum(np.roll(count, (i, j), (0, 1)) for i in range(-2, 3) for j in range(-2, 3))
    peak = np.unravel_index(int(np.argmax(window)), window.shape)
    zero = len(edges) // 2 - 1
    if window[peak] < 1.5 * window[zero, zero] or window[peak] < 5:
        return none
    at = np.array([edges[peak[0]] + 0.5, edges[peak[1]] + 0.5])
    inside = np.abs(votes - at).max(axis=1) <= 2.5
    return np.asarray(np.median(votes[inside], axis=0))


def pair_mutually(approved: Shapes, observed: Shapes, coarse: Floats) -> Pairs:
    """The pairs of buildings that are each other's nearest in place and size.

    Parameters
    ----------
    coarse
        Shape (2,), metres by which the observed layer as a whole is off.

    Returns
    -------
    Pairs
        Ordered by observed row; empty if a side is.

    Notes
    -----
    The cost of a pair is the distance of the centres plus what the sides' lengths differ by, so a house
    whose neighbour is nearer than its shifted self still finds itself.
    """
    nothing = np.empty(0, np.intp)
    if not len(approved) or not len(observed):
        return Pairs(nothing, nothing, np.empty((0, 2)), np.empty(0, bool))
    here = observed.centre - coarse
    of_observed = _cheapest(observed, here, approved, approved.centre)
    of_approved = _cheapest(approved, approved.centre, observed, here)
    io = np.flatnonzero(of_observed >= 0)
    io = io[of_approved[of_observed[io]] == io]
    ia = of_observed[io]
    return Pairs(ia, io, observed.centre[io] - approved.centre[ia], _alike(approved, observed, ia, io))


def local_shifts(pairs: Pairs, observed: Shapes, coarse: Floats) -> Shifts:
    """How far each observed outline is off, from the alike pairs around it.

    Parameters
    ----------
    pairs
        From :func:`pair_mutually`.
    coarse
        Taken where no alike pair lies within :data:`FAR_M`.

    Notes
    -----
    ``best`` is the median of the nearest pairs. A pair's sheet is told from the mean of those of its 16 nearest
    that agree with it within :data:`SAME_SHEET_M`, which is free of the other sheet right up to the seam.
    """
    from scipy.spatial import cKDTree

    n, known = len(observed), np.flatnonzero(pairs.alike)
    if not len(known) or not n:
        alone = np.tile(coarse, (n, 1)).reshape(n, 2)
        return Shifts(alone, np.repeat(alone[:, None], CHOICES, 1), np.zeros(n, np.int64), np.zeros(n, bool))
    at, shift = observed.centre[pairs.observed[known]], pairs.shift_m[known]
    tree = cKDTree(at)
    far, around = (found.reshape(len(at), -1) for found in tree.query(at, k=min(SHEET_NEIGHBOURS, len(known))))
    sheet, trusted = _sheet_shifts(around, shift)
    # A pair's own neighbours are known by now; only the outlines without a pair are asked for.
    k = min(NEIGHBOURS, len(known))
    distance, near = np.empty((n, k)), np.empty((n, k), np.intp)
    distance[pairs.observed[known]], near[pairs.observed[known]] = far[:, :k], around[:, :k]
    alone_rows = np.setdiff1d(np.arange(n), pairs.observed[known])
    if len(alone_rows):
        asked = tree.query(observed.centre[alone_rows], k=k)
        distance[alone_rows], near[alone_rows] = (found.reshape(len(alone_rows), -1) for found in asked)
    best = np.median(shift[near], axis=1)
    agreed = sheet[near]
    order = np.argsort(~trusted[near], axis=1, kind="stable")[:, :CHOICES]
    choices = np.take_along_axis(agreed, order[:, :, None], axis=1)
    if choices.shape[1] < CHOICES:
        choices = np.concatenate([choices, np.repeat(choices[:, :1], CHOICES - choices.shape[1], 1)], axis=1)
    torn = (np.ptp(np.where(trusted[near][:, :, None], agreed, best[:, None]), axis=1) > SAME_SHEET_M).any(axis=1)
    pairs_near = (distance <= FAR_M).sum(axis=1)
    lonely = pairs_near == 0
    best[lonely], choices[lonely] = coarse, coarse
    return Shifts(best, choices, pairs_near.astype(np.int64), torn & ~lonely)


def _sheet_shifts(near: Ints, shift: Floats) -> tuple[Floats, Mask]:
    """Each pair's shift cleared of noise by those of its ``near`` ones that agree with it, and whether any three do."""
    around = shift[near]
    agrees: Mask = np.asarray((np.abs(around - shift[:, None]) <= SAME_SHEET_M).all(axis=2))
    count = agrees.sum(axis=1)
    mean = (around * agrees[:, :, None]).sum(axis=1) / count[:, None]
    return mean, count >= 4


def _cheapest(shapes: Shapes, here: Floats, others: Shapes, there: Floats) -> Ints:
    """For each shape the row of the other that costs least, -1 where none is in reach."""
    from scipy.spatial import cKDTree

    k = min(4, len(others))
    distance, near = cKDTree(there).query(here, k=k, distance_upper_bound=PAIR_REACH_M)
    distance, near = distance.reshape(len(here), k), near.reshape(len(here), k)
    held = np.minimum(near, len(others) - 1)
    cost = distance + np.abs(others.size_m[held] - shapes.size_m[:, None]).sum(axis=2)
    best = cost.argmin(axis=1)
    row = np.arange(len(here))
    return np.where(np.isfinite(distance[row, best]), held[row, best], -1)


def _alike(approved: Shapes, observed: Shapes, ia: Ints, io: Ints) -> Mask:
    """Pairs whose area differs by less than an eighth and whose boxes by less than 1.5 m a side."""
    ratio = np.abs(np.log(observed.area_m2[io] / approved.area_m2[ia]))
    return np.asarray((ratio < 0.12) & (np.abs(observed.size_m[io] - approved.size_m[ia]) < 1.5).all(axis=1))
