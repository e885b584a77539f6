"""The two offsets that Chinese web maps put on coordinates, undone at the door and never stored.

GCJ-02 (AMap, Tencent) shifts WGS 84 by 100-700 m inside a box around China; BD-09 (Baidu) shifts
GCJ-02 once more. Neither has an EPSG code and neither can be recognised from the numbers, so a file
must be declared to carry one. All functions take and give degrees, longitude first, element by element.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.layers.reports import Offset

Degrees = NDArray[np.float64]

BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside it GCJ-02 equals WGS 84."""

AXIS_M, ECCENTRICITY_2 = 6378245.0, 0.00669342162296594323
"""Krassovsky's ellipsoid, on which the offset is defined."""

TURN = np.pi * 3000.0 / 180.0
ROUNDS = 12
"""Each round of the inverse gains three digits; the loop ends earlier once nothing moves by 1e-11 degrees."""


def inside(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether GCJ-02 differs from WGS 84 there.

    Examples
    --------
    >>> inside([118.0, 24.94], [28.3, 60.17]).tolist()
    [True, False]
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    west, south, east, north = BOX
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """WGS 84 to GCJ-02; identity outside :data:`BOX`.

    Examples
    --------
    >>> [round(float(v), 6) for v in to_gcj02(116.397, 39.909)]
    [116.403244, 39.910403]
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    east, north = _shift(x, y)
    here = inside(x, y)
    return np.where(here, x + east, x), np.where(here, y + north, y)


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """GCJ-02 to WGS 84, the inverse of :func:`to_gcj02` to better than 1e-9 degrees inside China.

    Notes
    -----
    Fixed-point iteration; the shift changes by less than 1 % of a step, so it contracts.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    here = inside(x, y)
    guess_x, guess_y = x.copy(), y.copy()
    for _ in range(ROUNDS):
        east, north = _shift(guess_x, guess_y)
        step_x, step_y = x - east - guess_x, y - north - guess_y
        guess_x, guess_y = guess_x + step_x, guess_y + step_y
        if not here.any() or max(np.abs(step_x[here]).max(), np.abs(step_y[here]).max()) < 1e-11:
            break
    return np.where(here, guess_x, x), np.where(here, guess_y, y)


def to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """WGS 84 to BD-09; identity outside :data:`BOX`."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    there_x, there_y = _gcj02_to_bd09(*to_gcj02(x, y))
    here = inside(x, y)
    return np.where(here, there_x, x), np.where(here, there_y, y)


def from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """BD-09 to WGS 84, the inverse of :func:`to_bd09` to better than 1e-9 degrees inside China."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    here = inside(x, y)
    guess_x, guess_y = x - 0.0065, y - 0.006
    for _ in range(ROUNDS):
        there_x, there_y = _gcj02_to_bd09(guess_x, guess_y)
        step_x, step_y = x - there_x, y - there_y
        guess_x, guess_y = guess_x + step_x, guess_y + step_y
        if not here.any() or max(np.abs(step_x[here]).max(), np.abs(step_y[here]).max()) < 1e-11:
            break
    back_x, back_y = from_gcj02(guess_x, guess_y)
    return np.where(here, back_x, x), np.where(here, back_y, y)


def undo(offset: Offset | None, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Coordinates without the declared offset; unchanged when none is declared."""
    if offset is None:
        return lon, lat
    return from_gcj02(lon, lat) if offset == "gcj02" else from_bd09(lon, lat)


def _shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Degrees by which GCJ-02 moves a WGS 84 point east and north, as if all the world were inside the box."""
    x, y = lon - 105.0, lat - 35.0
    root, wave = np.sqrt(np.abs(x)), 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    curve = 1.0 - ECCENTRICITY_2 * np.sin(phi) ** 2
    north *= 180.0 / (AXIS_M * (1.0 - ECCENTRICITY_2) / (curve * np.sqrt(curve)) * np.pi)
    east *= 180.0 / (AXIS_M / np.sqrt(curve) * np.cos(phi) * np.pi)
    return east, north


def _gcj02_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * TURN)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006
