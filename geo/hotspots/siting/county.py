"""Candidates and demand that nobody has listed: corners of a county's streets and land, and what happened there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from geo.hotspots.siting.plan import Purpose

CODES: Final[Mapping[Purpose, tuple[str, ...]]] = {
    "vendor_relief": ("04-01", "04-02", "04-05", "04-06"),
    "stockpile": ("01-11", "01-14", "03-05", "03-06", "03-11"),
}
"""Events that sites would take off the street: hawkers and stalls; building waste."""

RULES: Final[Mapping[Purpose, tuple[str, ...]]] = {
    "vendor_relief": ("hotspot_zone:kind=school<200", "hotspot_zone:kind=hospital<100", "road:tier=main<30"),
    "stockpile": ("hotspot_zone:kind=school<300", "hotspot_zone:kind=hospital<300", "water<50", "waterway<50"),
}
"""What rules candidates out unless somebody says otherwise."""

SPACING_M: Final[Mapping[Purpose, float]] = {"vendor_relief": 300.0, "stockpile": 800.0}
RADIUS_M: Final[Mapping[Purpose, float | None]] = {"vendor_relief": None, "stockpile": 1_500.0}
"""Vendors and buyers walk; lorries are not asked for minutes on foot."""

TIERS: Final = ("secondary", "branch", "lane")
STEP_M: Final = 80.0
LAND: Final = ("industrial", "brownfield", "greenfield", "landfill", "construction", "farmland", "quarry")
LAND_STEP_M: Final = 250.0
CELL_M: Final = 60.0


def street_candidates(roads: GeoDataFrame, *, step_m: float = STEP_M) -> GeoDataFrame:
    """A candidate every ``step_m`` along streets that are not main ones, at least one a street.

    Parameters
    ----------
    roads
        LineString, metric CRS, ``name tier``, index = row id.

    Returns
    -------
    GeoDataFrame
        Point, same CRS: ``key`` (street and metres from its start), ``name``; in the order of the streets.

    Examples
    --------
    >>> import shapely
    >>> from geopandas import GeoDataFrame
    >>> line = shapely.LineString([(0, 0), (200, 0)])
    >>> roads = GeoDataFrame({"name": ["小街"], "tier": ["lane"]}, geometry=[line], crs=4548, index=[7])
    >>> street_candidates(roads)["key"].tolist()
    ['7@33', '7@100', '7@167']
    """
    import shapely
    from geopandas import GeoDataFrame

    used = roads[roads["tier"].isin(TIERS)]
    lines = np.asarray(used.geometry.array, dtype=object)
    count = np.maximum(np.ceil(shapely.length(lines) / step_m).astype(np.int64), 1)
    at = np.repeat(np.arange(len(lines)), count)
    step = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    share = (step + 0.5) / count[at]
    metres = np.round(share * shapely.length(lines)[at]).astype(np.int64)
    ids, names = used.index.to_numpy()[at], used["name"].tolist()
    frame = {
        "key": [f"{road}@{metre}" for road, metre in zip(ids.tolist(), metres.tolist(), strict=True)],
        "name": [names[i] if isinstance(names[i], str) else None for i in at.tolist()],
    }
    points = shapely.line_interpolate_point(lines[at], share, normalized=True)
    return GeoDataFrame(frame, geometry=list(points), crs=roads.crs)


def land_candidates(landuse: GeoDataFrame, *, step_m: float = LAND_STEP_M) -> GeoDataFrame:
    """A candidate every ``step_m`` on land that can take a stockpile, at least one a plot.

    Parameters
    ----------
    landuse
        Areas, metric CRS, ``name kind``, index = row id.

    Returns
    -------
    GeoDataFrame
        Point, same CRS: ``key``, ``name``; by row id, then west to east and south to north.

    Examples
    --------
    >>> import shapely
    >>> from geopandas import GeoDataFrame
    >>> plots = [shapely.box(0, 0, 500, 250), shapely.box(0, 900, 90, 990)]
    >>> land = GeoDataFrame({"name": [None] * 2, "kind": ["industrial", "park"]}, geometry=plots, crs=4548)
    >>> land_candidates(land)["key"].tolist()
    ['0#1', '0#2']
    """
    import shapely
    from geopandas import GeoDataFrame

    rows: list[tuple[str, str | None, shapely.Point]] = []
    used = landuse[landuse["kind"].isin(LAND)]
    for row, name, area in zip(used.index, used["name"], used.geometry, strict=True):
        west, south, east, north = area.bounds
        xs, ys = (np.arange(low + step_m / 2, high, step_m) for low, high in ((west, east), (south, north)))
        spots = [shapely.Point(x, y) for x in xs for y in ys]
        inside = [spot for spot in spots if area.contains(spot)] or [area.representative_point()]
        rows += [(f"{row}#{i + 1}", name if isinstance(name, str) else None, spot) for i, spot in enumerate(inside)]
    frame = {"key": [row[0] for row in rows], "name": [row[1] for row in rows]}
    return GeoDataFrame(frame, geometry=[row[2] for row in rows], crs=landuse.crs)


def event_demand(
    events: DataFrame, codes: Sequence[str], days: int, srid: int, *, cell_m: float = CELL_M
) -> GeoDataFrame:
    """Demand where events of some codes happened, gathered in cells.

    Parameters
    ----------
    events
        As :class:`geo.hotspots.history.History` has them.
    codes
        Which events count.
    days
        How many days up to the last event of any code count.

    Returns
    -------
    GeoDataFrame
        Point (the middle of a cell's events), CRS ``srid``: ``weight``; by cell. Repeats count once, a caller beyond
        the cap and addresses that stand for "unknown" for nothing. Empty if nothing counts.

    Examples
    --------
    See ``tests/unit/test_siting.py``.
    """
    import pandas
    import shapely
    from geopandas import GeoDataFrame

    used = events.iloc[:0]
    if len(events):
        since = events["occurred_at"].max() - pandas.Timedelta(days=days)
        wanted = (events["occurred_at"] > since) & events["code"].isin(list(codes))
        used = events[wanted & ~events["duplicate"] & ~events["default_geocode"] & (events["weight"] > 0)]
    cells = pandas.DataFrame(
        {"i": used["x"] // cell_m, "j": used["y"] // cell_m, "w": used["weight"].astype(float), "x": used["x"],
         "y": used["y"]}
    )  # fmt: skip
    found = cells.groupby(["i", "j"]).agg(weight=("w", "sum"), x=("x", "mean"), y=("y", "mean"))
    points = shapely.points(found["x"].to_numpy(float), found["y"].to_numpy(float))
    return GeoDataFrame(
        {"weight": found["weight"].to_numpy(float)}, geometry=np.asarray(points, dtype=object), crs=srid
    )
