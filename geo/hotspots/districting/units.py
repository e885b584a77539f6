"""The pieces of ground that 片区 are made of: unit grids or blocks, each with its load and the 片区 it is in now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import Invalid

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OVERLAP_SHARE: Final = 0.01
"""Two units that share more of the smaller one's ground than this are a mistake, not a drawing tolerance."""

OVERLAP_M2: Final = 25.0


class UnitsBroken(Invalid):
    """Units that cannot be cut into 片区; the facts name the unit and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Units:
    """Pieces of ground that tile an area, checked once.

    Parameters
    ----------
    keys
        Shape (n,), unique texts.
    areas
        Shape (n,), valid Polygon or MultiPolygon in a metric CRS, metres; they share borders and no ground.
    load
        Shape (n,), ≥ 0, at least one > 0: minutes of work, events, metres of street, whatever is to be balanced.
    before
        Shape (n,), code of the 片区 each is in now; None for ground that has none.
    locked
        Shape (n,), whether a unit must stay in the 片区 it is in.

    Raises
    ------
    UnitsBroken
        On the first contradiction; facts: the unit's key, and for overlaps the other one's.

    Examples
    --------
    >>> import shapely
    >>> units = Units.of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)], [3, 1])
    >>> units.keys, units.load, units.before
    (('1', '2'), array([3., 1.]), (None, None))
    >>> Units.of([shapely.box(0, 0, 100, 100)], [-1])
    Traceback (most recent call last):
    geo.hotspots.districting.units.UnitsBroken: districts.unit_load: {'unit': '1', 'load': -1.0}
    """

    keys: tuple[str, ...]
    areas: NDArray[np.object_]
    load: Floats
    before: tuple[str | None, ...]
    locked: Flags

    @classmethod
    def of(
        cls,
        areas: Sequence[object] | NDArray[np.object_],
        load: ArrayLike,
        *,
        keys: Sequence[str] | None = None,
        before: Sequence[str | None] | None = None,
        locked: ArrayLike | None = None,
    ) -> Units:
        """Units from plain sequences; keys are numbers from 1 unless given."""
        n = len(areas)
        polygons = np.empty(n, dtype=object)
        polygons[:] = areas
        return cls(
            tuple(map(str, keys)) if keys is not None else tuple(str(i + 1) for i in range(n)),
            polygons,
            np.asarray(load, dtype=np.float64),
            tuple(before) if before is not None else (None,) * n,
            np.zeros(n, dtype=bool) if locked is None else np.asarray(locked, dtype=bool),
        )

    def __post_init__(self) -> None:
        import shapely

        n = len(self.keys)
        if n == 0:
            raise UnitsBroken("districts.no_units")
        if {len(self.areas), len(self.load), len(self.before), len(self.locked)} != {n}:
            raise ValueError("columns of units differ in length")
        if len(set(self.keys)) < n:
            twice = next(key for i, key in enumerate(self.keys) if key in self.keys[:i])
            raise UnitsBroken("districts.unit_twice", unit=twice)
        for i in np.flatnonzero(~np.isin(shapely.get_type_id(self.areas), (3, 6)) | ~shapely.is_valid(self.areas)):
            raise UnitsBroken("districts.unit_no_area", unit=self.keys[i])
        for i in np.flatnonzero(shapely.area(self.areas) <= 0):
            raise UnitsBroken("districts.unit_no_area", unit=self.keys[i])
        for i in np.flatnonzero(~np.isfinite(self.load) | (self.load < 0)):
            raise UnitsBroken("districts.unit_load", unit=self.keys[i], load=float(self.load[i]))
        if self.load.sum() <= 0:
            raise UnitsBroken("districts.no_load", units=n)
        for i in np.flatnonzero(self.locked):
            if self.before[i] is None:
                raise UnitsBroken("districts.locked_nowhere", unit=self.keys[i])
        _refuse_overlaps(self.keys, self.areas)

    @property
    def centres(self) -> Floats:
        """A point inside each unit, metres, shape (n, 2)."""
        import shapely

        return shapely.get_coordinates(shapely.point_on_surface(self.areas))


def _refuse_overlaps(keys: tuple[str, ...], areas: NDArray[np.object_]) -> None:
    import shapely

    one, other = shapely.STRtree(areas).query(areas, predicate="overlaps")
    one, other = _pairs(one, other)
    inner, outer = shapely.STRtree(areas).query(areas, predicate="within")
    inside = inner != outer
    one, other = np.concatenate([one, inner[inside]]), np.concatenate([other, outer[inside]])
    shared = shapely.area(shapely.intersection(areas[one], areas[other]))
    smaller = np.minimum(shapely.area(areas[one]), shapely.area(areas[other]))
    for i in np.flatnonzero((shared > OVERLAP_SHARE * smaller) & (shared > np.minimum(OVERLAP_M2, smaller / 2))):
        raise UnitsBroken(
            "districts.units_overlap", unit=keys[one[i]], other=keys[other[i]], shared_m2=round(float(shared[i]))
        )


def _pairs(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    keep = one < other
    return one[keep], other[keep]
