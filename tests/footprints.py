"""Made-up towns of footprints with known changes: approved outlines, and the same town as a mosaic shows it.

Sheets of the mosaic are slanted and of uneven size, each off by its own metres, with hard seams between;
houses are rectangles and L shapes, turned block by block. Nothing here knows how the differences are found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

CRS = 4546
ORIGIN = np.array([400_000.0, 2_950_000.0])
PITCH_M = 18.0
BLOCK = 12
"""Houses along a block's side; houses of a block are turned alike."""


@dataclass(frozen=True, slots=True)
class Town:
    """Two layers in metres (EPSG:4546) and what is true of them.

    ``truth`` of an observed outline is ``new``, ``enlarged``, ``unchanged``, ``split`` or ``merged``;
    ``gone`` marks approved outlines that were demolished; ``sheet`` is the mosaic sheet of an observed outline,
    ``added_m2`` the ground it gained.
    """

    approved: NDArray[np.object_]
    observed: NDArray[np.object_]
    truth: NDArray[np.str_]
    gone: NDArray[np.bool_]
    sheet: NDArray[np.int64]
    added_m2: NDArray[np.float64]
    counterpart: NDArray[np.int64]


def make_town(
    houses: int,
    seed: int = 1,
    *,
    noise_m: float = 0.35,
    shift_sd_m: float = 1.3,
    sheet_m: float = 410.0,
    new: float = 0.035,
    enlarged: float = 0.03,
    demolished: float = 0.02,
    lean_sd_m: float = 0.0,
    redrawn: float = 0.0,
) -> Town:
    """A town of about ``houses`` approved outlines.

    Parameters
    ----------
    noise_m
        Standard deviation of every observed vertex, each axis.
    shift_sd_m, sheet_m
        Of the sheets' shifts, each axis; mean side of a sheet.
    new, enlarged, demolished
        Shares of the houses.
    lean_sd_m
        Roofs lean away from the flight line: each outline is off by its own, larger for higher houses.
    redrawn
        Share of unchanged houses that the observer drew in two parts, and as many pairs drawn as one.
    """
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(houses / (1 - 0.9 * new))))
    row, column = (index.ravel() for index in np.indices((side, side)))
    centre = np.column_stack([column, row]) * PITCH_M + rng.normal(0, 0.6, (side * side, 2))
    turn = rng.uniform(-0.6, 0.6, ((side // BLOCK) + 1, (side // BLOCK) + 1))[row // BLOCK, column // BLOCK]
    size = rng.uniform((8.0, 7.0), (12.5, 11.0), (len(centre), 2))
    bent = rng.random(len(centre)) < 0.35
    corners = _houses(size, bent)
    fate = rng.choice(
        np.array(["same", "new", "enlarged", "demolished"]),
        len(centre),
        p=[1 - new - enlarged - demolished, new, enlarged, demolished],
    )
    grown = corners.copy()
    by = rng.uniform(2.5, 6.0, len(centre))
    _enlarge(grown, by, np.flatnonzero(fate == "enlarged"), rng)
    approved_at, observed_at = np.flatnonzero(fate != "new"), np.flatnonzero(fate != "demolished")
    approved = shapely.polygons(_placed(corners, turn, centre)[approved_at])
    sheet = _sheets(centre, sheet_m, rng)
    shifts = rng.normal(0, shift_sd_m, (sheet.max() + 1, 2))
    seen = _placed(grown, turn, centre) + shifts[sheet][:, None]
    if lean_sd_m:
        direction = np.array([0.8, 0.6])
        seen += (np.abs(rng.normal(0, lean_sd_m, len(centre)))[:, None] * direction)[:, None]
    seen[:, :-1] += rng.normal(0, noise_m, seen[:, :-1].shape)
    seen[:, -1] = seen[:, 0]
    observed = shapely.polygons(seen[observed_at])
    truth = np.where(fate == "same", "unchanged", fate)[observed_at]
    added = np.where(fate == "enlarged", _area(grown) - _area(corners), np.where(fate == "new", _area(grown), 0.0))
    counterpart = np.full(len(centre), -1)
    counterpart[approved_at] = np.arange(len(approved_at))
    town = Town(
        approved,
        observed,
        truth.astype("U9"),
        fate[approved_at] == "demolished",
        sheet[observed_at],
        added[observed_at],
        counterpart[observed_at],
    )
    return _redrawn(town, redrawn, rng) if redrawn else town


def _houses(size: NDArray[np.float64], bent: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Closed rings of seven points around the origin: rectangles (two points on a wall) and L shapes."""
    w, d = size.T / 2
    cut_x, low, high = np.where(bent, w * 0.1, w), np.where(bent, d * 0.1, -d / 3), np.where(bent, d * 0.1, d / 3)
    ring = [(-w, -d), (w, -d), (w, low), (cut_x, high), (cut_x, d), (-w, d), (-w, -d)]
    return np.stack([np.stack(point, axis=1) for point in ring], axis=1)


def _enlarge(ring: NDArray[np.float64], by: NDArray[np.float64], chosen: NDArray[np.int64], rng: object) -> None:
    """Push one of three straight walls outwards."""
    wall = rng.integers(0, 3, len(chosen))  # type: ignore[attr-defined]
    for number, points, axis, sign in ((0, (0, 1, 6), 1, -1), (1, (0, 5, 6), 0, -1), (2, (1, 2), 0, 1)):
        mine = chosen[wall == number]
        for point in points:
            ring[mine, point, axis] += sign * by[mine]


def _placed(ring: NDArray[np.float64], turn: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = ring[..., 0], ring[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1) + centre[:, None] + ORIGIN


def _area(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = ring[..., 0], ring[..., 1]
    return np.abs((x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1)) / 2


def _sheets(centre: NDArray[np.float64], side_m: float, rng: object) -> NDArray[np.int64]:
    """The sheet of each place: a slanted grid with lines at uneven distances."""
    slant = 0.29
    axes = centre @ np.array([[np.cos(slant), -np.sin(slant)], [np.sin(slant), np.cos(slant)]])
    number = []
    for along in axes.T:
        steps = rng.uniform(0.6, 1.4, int(np.ptp(along) / side_m * 2) + 3) * side_m  # type: ignore[attr-defined]
        number.append(np.searchsorted(along.min() - 1 + np.cumsum(steps), along))
    code = number[0] * (number[1].max() + 1) + number[1]
    return np.unique(code, return_inverse=True)[1]


def _redrawn(town: Town, share: float, rng: np.random.Generator) -> Town:
    """Some unchanged outlines cut in two, and some approved ones cut in two, so that the observed is a merger."""
    same = np.flatnonzero(town.truth == "unchanged")
    chosen = rng.choice(same, int(2 * share * len(same)), replace=False)
    cut, joined = chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]
    cut = np.array([i for i in cut if len(_halves(town.observed[i])) == 2], np.intp)
    joined = np.array([i for i in joined if len(_halves(town.approved[town.counterpart[i]])) == 2], np.intp)
    keep = np.setdiff1d(np.arange(len(town.observed)), cut)
    halves = np.concatenate([_halves(outline) for outline in town.observed[cut]]) if len(cut) else town.observed[:0]
    observed = np.concatenate([town.observed[keep], halves])
    truth = np.concatenate([town.truth[keep], np.full(len(halves), "split")]).astype("U9")
    truth[np.searchsorted(keep, joined)] = "merged"
    first = town.counterpart[joined]
    stay = np.setdiff1d(np.arange(len(town.approved)), first)
    pieces = np.concatenate([_halves(outline) for outline in town.approved[first]])
    rank = np.full(len(town.approved), -1)
    rank[stay] = np.arange(len(stay))

    def follow(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([values[keep], np.repeat(values[cut], 2)])

    counterpart = np.asarray(follow(town.counterpart))
    return Town(
        np.concatenate([town.approved[stay], pieces]),
        observed,
        truth,
        np.concatenate([town.gone[stay], np.zeros(len(pieces), bool)]),
        np.asarray(follow(town.sheet)),
        np.asarray(follow(town.added_m2)),
        np.where(counterpart >= 0, rank[counterpart], -1),
    )


def _halves(outline: shapely.Polygon) -> NDArray[np.object_]:
    """Two parts of a house, cut straight through its middle across its longer side."""
    west, south, east, north = outline.bounds
    x, y = outline.centroid.coords[0]
    if east - west > north - south:
        boxes = [shapely.box(west, south, x, north), shapely.box(x, south, east, north)]
    else:
        boxes = [shapely.box(west, south, east, y), shapely.box(west, y, east, north)]
    return np.array([part for part in shapely.intersection(outline, boxes) if part.geom_type == "Polygon"], object)
