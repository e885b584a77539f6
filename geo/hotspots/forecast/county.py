"""The places of a county that forecasts are made for: street blocks, cells, unit grids, 片区, named zones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.places import Places, area_places, cell_places, place_of, street_places

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries

    from geo.hotspots.history import History

CELL_M: Final = 200.0
CELL: Final = f"cell:{CELL_M:g}"
KINDS: Final = ("street_block", CELL, "unit_grid", "district", "zone")
LIST_SHARE: Final = {"street_block": 0.02, CELL: 0.05, "unit_grid": 0.05, "district": 0.25, "zone": 0.2}
"""Share of the places of each kind that a list to patrol holds."""

ZONE_REACH_M: Final = 50.0
"""What happens this close to a zone is the zone's."""

NEAR_M: Final = 300.0
"""Streets this close may give a place its name."""

STREET: Final = "street"
"""Class of what happens near no zone."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceSet:
    """Places with what people call them.

    Parameters
    ----------
    places
        Shape (n,), metres.
    names
        Shape (n,), text or none.
    district
        Shape (n,), code of the 片区 each lies in by a point inside it, or none.
    """

    places: Places
    names: NDArray[np.object_]
    district: NDArray[np.object_]

    @property
    def list_size(self) -> int:
        """How many places its list to patrol holds; at least one where there is any."""
        n = len(self.places)
        return min(max(round(n * LIST_SHARE[self.places.kind]), 1), n)

    def digest(self) -> str:
        """SHA-256 of kind, keys and geometry: other ground, other digest."""
        total = hashlib.sha256(self.places.kind.encode())
        total.update("\x1f".join(self.places.keys.tolist()).encode())
        for wkb in self.places.geometry.to_wkb():
            total.update(wkb)
        return total.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Layers of a county in metres: ``roads`` (name, owner_district), ``units`` (code), ``districts`` (code, name,
    population) and ``zones`` (name, kind, opening), each indexed by row id.
    """

    roads: GeoDataFrame
    units: GeoDataFrame
    districts: GeoDataFrame
    zones: GeoDataFrame


def build_place_sets(ground: Ground, history: History, kinds: tuple[str, ...] = KINDS) -> dict[str, PlaceSet]:
    """The county's place sets by kind; a kind without any place is left out.

    Parameters
    ----------
    ground, history
        Cells lie where anything ever happened, one cell around included.
    kinds
        Which of :data:`KINDS`.
    """
    import shapely

    districts = ground.districts
    crs = districts.crs
    known = history.events[~history.events["default_geocode"]]
    made: dict[str, tuple[Places, list[str | None]]] = {}
    for kind in kinds:
        if kind == CELL:
            cells = cell_places(known["x"].to_numpy(), known["y"].to_numpy(), CELL_M, crs=crs)
            made[kind] = cells, name_by_streets(cells.geometry.centroid, ground.roads)
        elif kind == "street_block":
            roads = ground.roads[ground.roads["owner_district"].notna().to_numpy()]
            made[kind] = (
                street_places([str(i) for i in roads.index], roads.geometry.reset_index(drop=True)),
                name_by_streets(roads.geometry.interpolate(0.5, normalized=True), ground.roads),
            )
        elif kind == "unit_grid":
            codes = ground.units["code"].tolist()
            made[kind] = area_places(kind, codes, ground.units.geometry.reset_index(drop=True)), list(codes)
        elif kind == "district":
            geometry = districts.geometry.reset_index(drop=True)
            made[kind] = area_places(kind, districts["code"].tolist(), geometry), districts["name"].tolist()
        else:
            around = ground.zones.geometry.reset_index(drop=True).buffer(ZONE_REACH_M)
            keys = [str(i) for i in ground.zones.index]
            made[kind] = area_places(kind, keys, around), ground.zones["name"].tolist()
    found = {}
    for kind, (places, said) in made.items():
        if len(places):
            inside = shapely.get_coordinates(shapely.point_on_surface(places.geometry.array))
            found[kind] = PlaceSet(places, np.array(said, dtype=object), _codes_at(districts, inside))
    return found


def name_by_streets(points: GeoSeries, roads: GeoDataFrame) -> list[str | None]:
    """What people would call each place: the nearest named street, and the next one of another name.

    Parameters
    ----------
    points
        Shape (n,), metres.
    roads
        Column ``name``, metres, in the same CRS.

    Returns
    -------
    list
        ``street(近street)``, ``street`` where no other is within ``NEAR_M``, or none where no named street is.

    Examples
    --------
    >>> from geopandas import GeoDataFrame, GeoSeries
    >>> roads = GeoDataFrame({"name": ["解放路", "人民路", None]}, geometry=GeoSeries.from_wkt(
    ...     ["LINESTRING (0 0, 100 0)", "LINESTRING (100 0, 100 90)", "LINESTRING (0 5, 9 5)"]))
    >>> name_by_streets(GeoSeries.from_xy([20, 9000], [10, 0]), roads)
    ['解放路(近人民路)', None]
    """
    import shapely

    named = roads[roads["name"].notna().to_numpy()]
    near: list[dict[str, float]] = [{} for _ in range(len(points))]
    if len(named):
        names, lines = named["name"].to_numpy(object), named.geometry.to_numpy()
        spots = points.to_numpy()
        point, road = shapely.STRtree(lines).query(spots, predicate="dwithin", distance=NEAR_M)
        for at, name, far in zip(point, names[road], shapely.distance(spots[point], lines[road]), strict=True):
            near[at][name] = min(far, near[at].get(name, NEAR_M))
    found: list[str | None] = []
    for streets in near:
        first = sorted(streets, key=lambda name: (streets[name], name))[:2]
        found.append(f"{first[0]}(近{first[1]})" if len(first) > 1 else first[0] if first else None)
    return found


def _codes_at(districts: GeoDataFrame, xy: NDArray[np.float64]) -> NDArray[np.object_]:
    codes = np.full(len(xy), None, dtype=object)
    if len(districts):
        areas = area_places("district", districts["code"].tolist(), districts.geometry.reset_index(drop=True))
        at = place_of(areas, xy[:, 0], xy[:, 1])
        codes[at >= 0] = areas.keys.astype(object)[at[at >= 0]]
    return codes


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Classes of place that share a calendar, and which class each event belongs to.

    Parameters
    ----------
    names
        ``street``, and ``kind`` or ``kind/n`` for zones of one kind that are open on the same days.
    openings
        Opening text that stands for each class's open days; none for always.
    of_event
        Shape (m,), in the order of the history's events.
    """

    names: tuple[str, ...]
    openings: tuple[str | None, ...]
    of_event: NDArray[np.intp]


def classify_events(ground: Ground, history: History) -> Classes:
    """Class of every event by the nearest zone within ``ZONE_REACH_M``; zones of a kind open alike are one class."""
    import shapely

    events, zones = history.events, ground.zones
    names: dict[tuple[str, str | None], int] = {}
    number = []
    for kind, opening in zip(zones["kind"], zones["opening"], strict=True):
        number.append(names.setdefault((kind, opening if isinstance(opening, str) else None), len(names) + 1))
    of_event = np.zeros(len(events), dtype=np.intp)
    if len(zones):
        points = shapely.points(events["x"].to_numpy(), events["y"].to_numpy())
        tree = shapely.STRtree(zones.geometry.array)
        event, zone = tree.query_nearest(points, max_distance=ZONE_REACH_M, all_matches=False)
        of_event[event] = np.array(number)[zone]
    kinds = [kind for kind, _ in names]
    said = [kind if kinds.count(kind) == 1 else f"{kind}/{n}" for n, kind in enumerate(kinds)]
    return Classes((STREET, *said), (None, *(opening for _, opening in names)), of_event)
