"""From layers to units: what is cut, how much work lies in each piece, what runs along the borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.districting.links import Strength, Wall, check_strengths
from geo.hotspots.districting.redistrict import GOAL

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from shapely.geometry.base import BaseGeometry

    from geo.hotspots.districting.links import Links
    from geo.hotspots.districting.units import Floats, Units

UnitKind = Literal["unit_grid", "street_block"]
LoadKind = Literal["minutes", "events", "streets"]

DAYS = 365
"""A year of events, so that no season weighs more than another."""


class UnknownLock(Invalid):
    """A lock names a 片区 or unit that is not there; the facts list it."""


@dataclass(frozen=True, slots=True)
class RecutRequest:
    """What is asked of a cut.

    Parameters
    ----------
    n
        How many 片区; as many as there are unless given.
    units, load
        What to cut and what to balance; the best the county has unless given.
    days
        How many days of events count, up to the last one.
    walls
        Strength of ``river``, ``town``, ``main_road``, where it is not the usual one.
    lock_districts, lock_units
        Codes of 片区 whose ground, and keys of units, that stay as they are.
    seed, goal, fresh
        As :func:`geo.hotspots.districting.redistrict.redistrict` takes them.
    """

    n: int | None = None
    units: UnitKind | None = None
    load: LoadKind | None = None
    days: int = DAYS
    walls: Mapping[str, str] = field(default_factory=dict)
    lock_districts: tuple[str, ...] = ()
    lock_units: tuple[str, ...] = ()
    seed: int = 1
    goal: float = GOAL
    fresh: bool = False

    def strength(self) -> dict[Wall, Strength]:
        """All walls with their strength."""
        return check_strengths(self.walls)

    def as_json(self) -> dict[str, Any]:
        """The request as it is kept with the proposal."""
        return {
            "n": self.n, "units": self.units, "load": self.load, "days": self.days, "walls": dict(self.strength()),
            "lock_districts": list(self.lock_districts), "lock_units": list(self.lock_units), "seed": self.seed,
            "goal": self.goal, "fresh": self.fresh,
        }  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Units with everything that a cut of them needs and a map of them shows.

    Parameters
    ----------
    kind, load_kind
        What they are, and what their load counts.
    units, links
        Metric CRS.
    stored
        Shape (n,), the same areas in EPSG:4490, corner for corner as their neighbours have them.
    notes
        (message code, facts).
    """

    kind: UnitKind
    load_kind: LoadKind
    units: Units
    links: Links
    stored: NDArray[np.object_]
    notes: tuple[tuple[str, Mapping[str, Any]], ...]


def find_walls(water: GeoDataFrame, waterways: GeoDataFrame, roads: GeoDataFrame) -> dict[Wall, NDArray[np.object_]]:
    """Shapes along which borders are drawn: water and waterways, main streets with a ``tier``; all in one CRS."""
    rivers = [np.asarray(frame.geometry.array, dtype=object) for frame in (water, waterways)]
    main = roads[roads["tier"] == "main"] if "tier" in roads.columns else roads
    return {"river": np.concatenate(rivers), "main_road": np.asarray(main.geometry.array, dtype=object)}


def block_units(ground: BaseGeometry, roads: GeoDataFrame, waterways: GeoDataFrame) -> NDArray[np.object_]:
    """Blocks between streets and waterways inside the ground; all in one metric CRS."""
    from geo.hotspots.districting.blocks import street_blocks

    lines = [np.asarray(frame.geometry.array, dtype=object) for frame in (roads, waterways)]
    return street_blocks(np.concatenate(lines), ground)


def majority(areas: NDArray[np.object_], districts: GeoDataFrame) -> list[str | None]:
    """The 片区 that holds most of each unit, the lower code if equal; None outside all. Same metric CRS."""
    import shapely

    order = districts.sort_values("code")
    codes = order["code"].tolist()
    unit, district = shapely.STRtree(np.asarray(order.geometry.array)).query(areas, predicate="intersects")
    shared = shapely.area(shapely.intersection(areas[unit], np.asarray(order.geometry.array)[district]))
    found: list[str | None] = [None] * len(areas)
    for i in np.lexsort((-district, shared)):
        if shared[i] > 0:
            found[unit[i]] = codes[district[i]]
    return found


def find_locked(
    keys: Sequence[str], before: Sequence[str | None], districts: Sequence[str], units: Sequence[str]
) -> NDArray[np.bool_]:
    """Which units are locked, by themselves or with their 片区.

    Raises
    ------
    UnknownLock
        If a name is none of those there are.

    Examples
    --------
    >>> find_locked(["1", "2"], ["A", "B"], ["B"], [])
    array([False,  True])
    """
    for name in [*(set(districts) - {code for code in before if code}), *(set(units) - set(keys))]:
        raise UnknownLock("districts.unknown_lock", name=name)
    pairs = zip(keys, before, strict=True)
    return np.array([key in set(units) or code in set(districts) for key, code in pairs], dtype=bool)


def event_load(areas: NDArray[np.object_], events: DataFrame, load: LoadKind, days: int) -> tuple[Floats, int, int]:
    """Load of each unit from the county's events.

    Parameters
    ----------
    areas
        Shape (n,), metric CRS.
    events
        As :class:`geo.hotspots.history.History` has them, same CRS.
    load
        ``minutes`` or ``events``.
    days
        How many days up to the last event count.

    Returns
    -------
    tuple
        Shape (n,); how many events counted, and how many lay in no unit. Repeats count once, what one caller reports
        beyond the cap counts for nothing, nor does an address that stands for "unknown".
    """
    import pandas

    from geo.hotspots.districting.loads import minutes_of, sum_events

    if len(events) == 0:
        return np.zeros(len(areas)), 0, 0
    since = events["occurred_at"].max() - pandas.Timedelta(days=days)
    used = events[(events["occurred_at"] > since) & ~events["duplicate"] & ~events["default_geocode"]]
    weight = used["weight"].to_numpy(np.float64)
    if load == "minutes":
        weight = weight * minutes_of(used["code"].to_numpy(object))
    held, outside = sum_events(areas, used[["x", "y"]].to_numpy(np.float64), weight)
    return held, len(used), outside
