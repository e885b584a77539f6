"""Cut a file of units into 片区, without a database: bureaus send such files to each other."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import metric_srid, to_metric
from geo.errors import Invalid
from geo.hotspots.districting.ground import RecutRequest, find_locked, find_walls
from geo.hotspots.districting.reasons import Reason, find_reasons

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.hotspots.districting.redistrict import Recut
    from geo.hotspots.districting.units import Units

YES = ("1", "true", "yes", "y", "是")
ADDED = ("district_before", "district", "load", "reason")


class NoColumn(Invalid):
    """The file lacks a column that is named; the facts list those it has."""


class NotWritable(Invalid):
    """The result is written as .gpkg (units and districts) or .geojson (units)."""


@dataclass(frozen=True)
class FileCut:
    """A file's units cut: the frame in EPSG:4490 with the file's columns, the units, the cut, and why units moved."""

    frame: GeoDataFrame
    units: Units
    cut: Recut
    reasons: list[Reason | None]


def cut_file(
    path: Path,
    request: RecutRequest,
    *,
    key: str | None = None,
    load: str | None = None,
    before: str | None = None,
    locked: str | None = None,
    rivers: Path | None = None,
    roads: Path | None = None,
    towns: Path | None = None,
) -> FileCut:
    """Cut the areas of a file.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON, GeoParquet or CSV with WKT; only its areas are used.
    request
        Number, walls, locks, seed, goal; ``units``, ``load`` and ``days`` are for the database.
    key, load, before, locked
        Columns: name of a unit (else its record number), what is balanced (else the area), the 片区 it is in, and
        whether it is locked (1, true, yes, 是).
    rivers, roads, towns
        Files of walls: areas or lines of water, streets (those with ``tier`` main if they say), areas of towns.

    Raises
    ------
    NoColumn
        If a column is missing.
    geo.layers.reports.FileRefused, UnitsBroken, UnknownLock, TooFewUnits, LockedApart
        If the file cannot be read or cut.
    """
    import shapely

    from geo.hotspots.districting.links import find_links
    from geo.hotspots.districting.redistrict import redistrict
    from geo.hotspots.districting.units import Units
    from geo.layers.readers.whole import read_whole

    frame, _ = read_whole(path)
    frame = frame[np.isin(shapely.get_type_id(np.asarray(frame.geometry.array)), (3, 6))]
    west, south, east, north = frame.total_bounds
    srid = metric_srid((west + east) / 2, (south + north) / 2)
    areas = np.asarray(to_metric(frame, srid).geometry.array, dtype=object)
    keys = _texts(frame, key, path) if key else [str(row) for row in frame.index]
    had = [text or None for text in _texts(frame, before, path)] if before else [None] * len(frame)
    lock = find_locked([str(k) for k in keys], had, request.lock_districts, request.lock_units)
    if locked:
        lock |= np.array([text.lower() in YES for text in _texts(frame, locked, path)])
    held = _numbers(frame, load, path) if load else shapely.area(areas)
    units = Units.of(areas, held, keys=[str(k) for k in keys], before=had, locked=lock)
    walls = {}
    if rivers or roads:
        nothing = frame.iloc[:0]
        water = to_metric(read_whole(rivers)[0], srid) if rivers else nothing
        streets = to_metric(read_whole(roads)[0], srid) if roads else nothing
        walls = find_walls(water, water.iloc[:0], streets)
    ground = np.asarray(to_metric(read_whole(towns)[0], srid).geometry.array, dtype=object) if towns else None
    strength = request.strength()
    links = find_links(units, walls=walls, towns=ground, strength=strength)
    cut = redistrict(
        units, links, request.n, strength=strength, seed=request.seed, goal=request.goal, fresh=request.fresh
    )
    return FileCut(frame, units, cut, find_reasons(units, cut))


def write_cut(found: FileCut, path: Path, sentences: list[str]) -> None:
    """Write the units with ``district_before district load reason``, in a GeoPackage also the ``districts``.

    Parameters
    ----------
    sentences
        Why each unit moves, empty where it stays.

    Raises
    ------
    NotWritable
        If the suffix is neither ``.gpkg`` nor ``.geojson``.
    """
    suffix = path.suffix.lower()
    if suffix not in (".gpkg", ".geojson"):
        raise NotWritable("districts.not_writable", file=path.name)
    units = found.frame.drop(columns=[name for name in ("fid", *ADDED) if name in found.frame.columns])
    units = units.assign(
        district_before=list(found.units.before),
        district=list(found.cut.codes),
        load=found.units.load,
        reason=sentences,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / path.name
        if suffix == ".geojson":
            units.to_file(whole, driver="GeoJSON")
        else:
            units.to_file(whole, layer="units", driver="GPKG")
            merged_districts(found).to_file(whole, layer="districts", driver="GPKG")
        whole.replace(path)


def merged_districts(found: FileCut) -> GeoDataFrame:
    """One row a 片区, EPSG:4490: ``code units load load_pct``, in the order of the cut's names."""
    import shapely
    from geopandas import GeoDataFrame

    code = np.array(found.cut.codes, dtype=object)
    shapes = np.asarray(found.frame.geometry.array, dtype=object)
    mean = float(found.units.load.sum()) / len(found.cut.names)
    rows = []
    for name in found.cut.names:
        held = float(found.units.load[code == name].sum())
        rows.append(
            {"code": name, "units": int((code == name).sum()), "load": held, "load_pct": round(100 * held / mean, 1)}
        )
    areas = [shapely.union_all(shapes[code == name]) for name in found.cut.names]
    return GeoDataFrame(rows, geometry=areas, crs=found.frame.crs)


def _texts(frame: GeoDataFrame, column: str, path: Path) -> list[str]:
    _demand(frame, column, path)
    return ["" if value is None or value != value else _plain(value) for value in frame[column]]


def _plain(value: Any) -> str:
    """Codes that a file holds as numbers lose no digit and gain no ``.0``."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _numbers(frame: GeoDataFrame, column: str, path: Path) -> NDArray[np.float64]:
    import pandas

    _demand(frame, column, path)
    return np.asarray(pandas.to_numeric(frame[column], errors="coerce"), dtype=np.float64)


def _demand(frame: GeoDataFrame, column: str, path: Path) -> None:
    if column not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns if name != frame.geometry.name)
        raise NoColumn("districts.no_column", file=path.name, column=column, known=known or "-")
