"""Give a county without 片区 its first ones."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.crs import STORAGE, to_metric
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid
from geo.hotspots.districting import queries
from geo.roads.queries import load_roads, save_owners

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from geo.db.engine import Database

SOURCE: Final = "first-cut"
MARGIN_M: Final = 100.0
"""Without a county boundary the ground ends this far beyond the outermost streets."""


class DistrictsExist(Conflict):
    """The county has 片区; nobody's borders are redrawn by a machine."""


class SquadsUnreadable(Invalid):
    """The list of squad points cannot be read."""


@dataclass(frozen=True, slots=True)
class SavedCut:
    """The 片区 as stored: code, name and metres of street of each, and how many streets got an owner."""

    districts: list[dict[str, Any]]
    streets: int


def cut_county(
    database: Database, tenant: str, *, n: int | None = None, squads: list[tuple[float, float]] | None = None
) -> SavedCut:
    """Cut the county into 片区 and give every street its owner.

    Parameters
    ----------
    n
        How many; suggested from the length of street if neither this nor ``squads`` is given.
    squads
        (lon, lat) of each squad, EPSG:4490; one 片区 each.

    Raises
    ------
    DistrictsExist
        If there are 片区 already.
    NoStreets, TooFewStreets
        If there are no streets, or too few.
    """
    from geo.hotspots.districting.first_cut import cut_districts
    from geo.layers.actions import save_frame
    from geo.roads.network import build_network

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        if (count := len(queries.load_districts(session))) > 0:
            raise DistrictsExist("hotspots.districts_exist", count=count)
        roads = load_roads(session)
        area = queries.load_boundary(session)
    network = build_network(roads, county.metric_srid)
    boundary = ground_of(area, roads, county.metric_srid)
    points = _metric_points(squads, county.metric_srid) if squads else None
    cut = cut_districts(network, boundary, squads=points, n=n)
    frame = cut.districts[["code", "name", "geometry"]].assign(source_key=cut.districts["code"])
    # Owners first: interrupted between the two, the county still has no 片区 and the cut is simply made again.
    with database.begin(tenant) as session:
        save_owners(session, tenant, cut.owners)
        facts = {"districts": len(frame), "streets": len(cut.owners)}
        write_change(session, tenant, "districts.cut", layer="road", facts=facts)
    save_frame(database, tenant, "patrol_district", frame, SOURCE)
    said = cut.districts[["code", "name", "street_m"]].to_dict("records")
    return SavedCut([{**row, "street_m": int(row["street_m"])} for row in said], len(cut.owners))


def read_squads(path: Path) -> list[tuple[float, float]]:
    """Squad points from a CSV with the columns ``lon`` and ``lat`` (EPSG:4490), in the file's order.

    Raises
    ------
    SquadsUnreadable
        If the file, a column or a number is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            points = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SquadsUnreadable("hotspots.squads_unreadable", file=path.name) from error
    if not points:
        raise SquadsUnreadable("hotspots.squads_unreadable", file=path.name)
    return points


def ground_of(area: GeoDataFrame, roads: GeoDataFrame, srid: int) -> BaseGeometry:
    """The county's area where streets are; around the streets if it is not known."""
    import shapely

    streets = to_metric(roads, srid).geometry.array
    hull = shapely.buffer(shapely.convex_hull(shapely.union_all(shapely.envelope(streets))), MARGIN_M)
    if len(area) == 0:
        return hull
    inside = shapely.intersection(to_metric(area, srid).geometry.union_all(), hull)
    return inside if shapely.area(inside) > 0 else hull


def _metric_points(lonlat: list[tuple[float, float]], srid: int) -> list[Any]:
    from geopandas import GeoSeries

    lon, lat = zip(*lonlat, strict=True)
    return list(GeoSeries.from_xy(lon, lat, crs=STORAGE).to_crs(srid))
