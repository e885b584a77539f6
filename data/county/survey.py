"""A made-up look from above at part of the county: outlines as a drone's mosaic shows them, and what was flown over.

Sheets of the mosaic are off by a metre or so each. Houses and the standing entries of the ledger of illegal buildings
are seen as one outline where they touch; some additions are in no ledger, and some houses are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.county.buildings import clear, polygons

SEED: Final = 20261120
SHEET_M: Final = 260.0
SLANT: Final = 0.23
SHIFT_SD_M: Final = 1.0
NOISE_M: Final = 0.2
TOUCH_M: Final = 0.3
NEW, ENLARGED, GONE = 10, 14, 6


@dataclass(frozen=True, slots=True)
class Survey:
    """What a flight brought home, and what is true.

    Parameters
    ----------
    observed
        Outlines, in the CRS of the buildings, with ``source_key``.
    flown
        The ground looked at.
    truth
        ``kind`` (``new``, ``enlarged``, ``demolished``) and ``source_key`` of the outline, or of the house that is
        gone; the ground concerned, without the mosaic's shift.
    """

    observed: gpd.GeoDataFrame
    flown: shapely.Polygon
    truth: gpd.GeoDataFrame


def make_survey(
    buildings: gpd.GeoDataFrame, ledger: gpd.GeoDataFrame, flown: shapely.Polygon, seed: int = SEED
) -> Survey:
    """Fly over part of a county.

    Parameters
    ----------
    buildings
        Approved houses, a metric CRS, column ``key``.
    ledger
        Illegal buildings that stand, same CRS.
    flown
        Ground looked at, same CRS; houses that touch it are seen.
    """
    rng = np.random.default_rng(seed)
    all_houses = np.asarray(buildings.geometry.array, object)
    inside = shapely.intersects(flown, all_houses)
    houses, keys = all_houses[inside], buildings["key"].to_numpy()[inside]
    seen = _with_sheds(houses, np.asarray(ledger.geometry.array, object))
    chosen = rng.permutation(np.flatnonzero((seen == houses) & (shapely.area(houses) > 60)))
    gone, host = chosen[:GONE], chosen[GONE:]
    taken = shapely.STRtree(np.concatenate([houses, np.asarray(ledger.geometry.array, object)]))
    host, added = _lean_tos(rng, houses, host, taken)
    seen = seen.copy()
    seen[host] = _fused(seen[host], added)
    fresh = _sheds(rng, flown, taken)
    stays = np.setdiff1d(np.arange(len(houses)), gone)
    outlines = np.concatenate([seen[stays], fresh])
    names = np.concatenate([keys[stays], [f"new-{n}" for n in range(len(fresh))]])
    truth = gpd.GeoDataFrame(
        {
            "kind": ["new"] * len(fresh) + ["enlarged"] * len(host) + ["demolished"] * len(gone),
            "source_key": [*names[len(stays) :], *keys[host], *keys[gone]],
        },
        geometry=[*fresh, *added, *houses[gone]],
        crs=buildings.crs,
    )
    observed = gpd.GeoDataFrame({"source_key": names}, geometry=list(_mosaic(rng, outlines)), crs=buildings.crs)
    return Survey(observed, flown, truth)


def _with_sheds(houses: NDArray[np.object_], sheds: NDArray[np.object_]) -> NDArray[np.object_]:
    """Each house with the sheds that touch it, as one outline; houses without any are the very same."""
    seen = houses.copy()
    house, shed = shapely.STRtree(sheds).query(houses, predicate="dwithin", distance=TOUCH_M)
    for i, j in zip(house.tolist(), shed.tolist(), strict=True):
        [seen[i]] = _fused(seen[[i]], sheds[[j]])
    return seen


def _fused(first: NDArray[np.object_], second: NDArray[np.object_]) -> NDArray[np.object_]:
    """Two areas that all but touch, as one."""
    wide = shapely.buffer(shapely.union(first, second), TOUCH_M, join_style="mitre")
    return np.asarray(shapely.buffer(wide, -TOUCH_M, join_style="mitre"))


def _lean_tos(
    rng: np.random.Generator, houses: NDArray[np.object_], host: NDArray[np.intp], taken: shapely.STRtree
) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Rows of houses, and ground 2.5 to 5 m deep along a wall of each that nothing else stands on."""
    ring = shapely.get_coordinates(shapely.oriented_envelope(houses[host])).reshape(len(host), 5, 2)
    side, row = rng.integers(0, 4, len(host)), np.arange(len(host))
    a, b = ring[row, side], ring[row, side + 1]
    run = b - a
    length = np.hypot(*run.T)
    depth = rng.uniform(2.5, 5.0, len(host))
    turned = np.where(shapely.is_ccw(shapely.linearrings(ring)), 1.0, -1.0)
    outward = np.column_stack([run[:, 1], -run[:, 0]]) * (turned / length)[:, None]
    centre = (a + b) / 2 + outward * (depth / 2)[:, None]
    strips = polygons(np.column_stack([centre, 0.8 * length, depth, np.arctan2(run[:, 1], run[:, 0])]))
    met = np.bincount(taken.query(strips, predicate="dwithin", distance=1.5)[0], minlength=len(strips))
    free = np.flatnonzero((met == 1) & clear(shapely.buffer(strips, 2.0)))[:ENLARGED]
    return host[free], strips[free]


def _sheds(rng: np.random.Generator, flown: shapely.Polygon, taken: shapely.STRtree) -> NDArray[np.object_]:
    """Houses on ground where nothing stands."""
    west, south, east, north = flown.bounds
    n = 60 * NEW
    place = rng.uniform((west, south), (east, north), (n, 2))
    size = rng.uniform((5.0, 4.0), (12.0, 9.0), (n, 2))
    sheds = polygons(np.column_stack([place, size, rng.uniform(0, np.pi, n)]))
    near = np.zeros(n, bool)
    near[taken.query(sheds, predicate="dwithin", distance=4.0)[0]] = True
    fits = ~near & shapely.contains_properly(flown, sheds) & clear(shapely.buffer(sheds, 3.0))
    return np.asarray(sheds[fits][:NEW])


def _mosaic(rng: np.random.Generator, outlines: NDArray[np.object_]) -> NDArray[np.object_]:
    """The outlines as a mosaic shows them: each sheet off by its own, every vertex a little."""
    centre = shapely.get_coordinates(shapely.centroid(outlines))
    turn = np.array([[np.cos(SLANT), -np.sin(SLANT)], [np.sin(SLANT), np.cos(SLANT)]])
    cell = np.floor((centre @ turn) / SHEET_M).astype(np.int64)
    _, sheet = np.unique(cell, axis=0, return_inverse=True)
    shift = rng.normal(0, SHIFT_SD_M, (int(sheet.max(initial=0)) + 1, 2))[sheet]
    xy, owner = shapely.get_coordinates(outlines, return_index=True)
    corners, corner = np.unique(xy, axis=0, return_inverse=True)  # a ring's first point is its last
    moved = xy + shift[owner] + rng.normal(0, NOISE_M, corners.shape)[corner]
    shown = shapely.set_coordinates(outlines.copy(), moved)
    broken = ~shapely.is_valid(shown)
    shown[broken] = shapely.set_coordinates(outlines.copy(), xy + shift[owner])[broken]
    return np.asarray(shown)
