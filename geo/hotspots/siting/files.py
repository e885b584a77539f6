"""Choose sites from files, without a database."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.crs import STORAGE, metric_srid, to_metric
from geo.errors import Invalid
from geo.hotspots.siting.coverage import Floats
from geo.hotspots.siting.plan import SiteRequest, SitesFound, find_sites

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.roads.network import Network

STREET = {
    "name": None, "road_class": "residential", "tier": "lane", "oneway": 0, "level": 0, "foot": True, "ebike": True,
    "car": True, "speed_kmh": np.nan, "owner_district": None,
}  # fmt: skip
"""What a street is taken for where its file does not say."""


class NoColumn(Invalid):
    """A file lacks a column that is named; the facts list those it has."""


class NotWritable(Invalid):
    """The result is written as .gpkg or .geojson."""


def choose_from_files(
    candidates: Path,
    demand: Path,
    request: SiteRequest,
    *,
    weight: str | None = None,
    key: str | None = None,
    capacity: str | None = None,
    layers: Mapping[str, Path] | None = None,
    roads: Path | None = None,
    standing: Path | None = None,
) -> tuple[GeoDataFrame, SitesFound]:
    """Choose sites among the rows of a file.

    Parameters
    ----------
    candidates, demand
        Any file the importer reads; of lines and areas a point inside counts.
    weight
        Column of the demand (else every row counts 1).
    key, capacity
        Columns of the candidates: name (else record number), and how much demand each takes.
    layers
        Files that rules are about, by the name they use.
    roads
        Streets for walking; not needed if ``radius_m`` is asked for.
    standing
        Sites that stand already.

    Returns
    -------
    tuple
        The candidates with their own columns and ``key name`` (EPSG:4490), and what was found.

    Raises
    ------
    NoColumn
        If a column is missing.
    NoCandidates, SitesBroken, RuleUnreadable, RuleColumn, TooManySites, geo.layers.reports.FileRefused
        As :func:`geo.hotspots.siting.plan.find_sites`, or if a file cannot be read.
    """
    from geo.layers.readers.whole import read_whole

    spots = read_whole(candidates)[0].to_crs(STORAGE)
    west, south, east, north = spots.total_bounds
    srid = metric_srid((west + east) / 2, (south + north) / 2)
    taken = [name for name in ("key", "capacity") if name in spots.columns and name not in (key, capacity)]
    spots = spots.drop(columns=taken)
    spots["key"] = _column(spots, key, candidates).astype(str) if key else spots.index.astype(str)
    if "name" not in spots.columns:
        spots["name"] = None
    if capacity:
        spots["capacity"] = _numbers(spots, capacity, candidates)
    spots.geometry = spots.geometry.representative_point()
    places = to_metric(read_whole(demand)[0], srid)
    places["weight"] = _numbers(places, weight, demand) if weight else 1.0
    places.geometry = places.geometry.representative_point()
    things = {name: to_metric(read_whole(path)[0], srid) for name, path in (layers or {}).items()}
    stand = None
    if standing:
        points = to_metric(read_whole(standing)[0], srid).geometry.representative_point()
        stand = np.column_stack([points.x, points.y])
    network = _network(read_whole(roads)[0], srid) if roads and request.radius_m is None else None
    found = find_sites(to_metric(spots, srid), places, request, layers=things, network=network, standing=stand)
    return spots, found


def write_sites(spots: GeoDataFrame, found: SitesFound, path: Path, reasons: list[str]) -> None:
    """Write every candidate with ``rank adds alone reason``.

    Parameters
    ----------
    reasons
        Why each candidate is ruled out, empty where it may be chosen.

    Raises
    ------
    NotWritable
        If the suffix is neither ``.gpkg`` nor ``.geojson``.
    """
    drivers = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
    driver = drivers.get(path.suffix.lower())
    if driver is None:
        raise NotWritable("sites.not_writable", file=path.name)
    rank, adds = np.full(len(spots), np.nan), np.full(len(spots), np.nan)
    rank[found.choice.chosen] = np.arange(1, len(found.choice.chosen) + 1)
    adds[found.choice.chosen] = found.choice.adds
    own = spots.drop(columns=[name for name in ("fid", "rank", "adds", "alone", "reason") if name in spots.columns])
    told = own.assign(rank=rank, adds=adds, alone=found.alone, reason=reasons)
    told["rank"] = told["rank"].astype("Int64")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / path.name
        told.to_file(whole, driver=driver)
        whole.replace(path)


def _network(roads: GeoDataFrame, srid: int) -> Network:
    """A network of streets of which only lines are certain."""
    from geo.roads.network import build_network

    lines = roads.explode(index_parts=False).reset_index(drop=True)
    lines = lines[lines.geom_type == "LineString"]
    known = lines[["geometry"]].assign(**STREET)
    if "level" in lines.columns:
        known["level"] = _whole(lines["level"])
    return build_network(known, srid)


def _whole(values: Any) -> Any:
    import pandas

    return pandas.to_numeric(values, errors="coerce").fillna(0).astype("int64")


def _column(frame: GeoDataFrame, name: str, path: Path) -> Any:
    if name not in frame.columns:
        known = ", ".join(str(one) for one in frame.columns if one != frame.geometry.name)
        raise NoColumn("sites.no_column", file=path.name, column=name, known=known or "-")
    return frame[name]


def _numbers(frame: GeoDataFrame, name: str, path: Path) -> Floats:
    import pandas

    return np.asarray(pandas.to_numeric(_column(frame, name, path), errors="coerce"), dtype=np.float64)
