"""One reference frame for storage, one per county for measuring.

Stored coordinates are CGCS2000 (EPSG:4490) with x = longitude. EPSG itself orders that frame and the
Gauss-Krüger zones as (north, east); everything here uses ``always_xy``, so x is east everywhere.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from geo.errors import Invalid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries
    from pyproj import CRS, Transformer

KEPT = 256
"""Systems remembered by their text, which files bring along and which may be long."""

STORAGE = 4490
"""EPSG code of the storage frame, CGCS2000 in degrees."""

MAX_LATITUDE = 85.0
"""Degrees; past it the web map ends, and a coordinate is swapped or broken rather than there."""


class NotMetric(Invalid):
    """A measure was asked of coordinates that are not in metres."""


class UnknownCrs(Invalid):
    """Coordinates came without a reference system, or with one that cannot be read."""


def metric_srid(lon: float, lat: float) -> int:
    """EPSG code of the projected frame in metres to measure in around a point.

    Parameters
    ----------
    lon, lat
        Degrees, WGS 84 or CGCS2000; longitude in [-180, 180], latitude in [-85, 85].

    Returns
    -------
    int
        The 3-degree Gauss-Krüger zone without prefix inside 73.5-136.5° E of the northern hemisphere,
        else the UTM zone on WGS 84.

    Raises
    ------
    UnknownCrs
        If the point is not on the map.

    Notes
    -----
    EPSG = 4534 + (CM - 75) / 3 with CM = 3 · round(lon / 3). Source: EPSG registry, GB/T 30428.

    Examples
    --------
    >>> metric_srid(98.7, 24.6), metric_srid(109.7, 26.6), metric_srid(121.0, 31.2)
    (4542, 4546, 4549)
    >>> metric_srid(24.94, 60.17), metric_srid(-58.4, -34.6)
    (32635, 32721)
    """
    if not (-180 <= lon <= 180 and -MAX_LATITUDE <= lat <= MAX_LATITUDE):
        raise UnknownCrs("crs.not_on_the_map", lon=lon, lat=lat)
    if 73.5 <= lon < 136.5 and lat >= 0:
        centre = 3 * int((lon + 1.5) // 3)
        return 4534 + (centre - 75) // 3
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


def require_metric(geometry: GeoSeries | GeoDataFrame) -> None:
    """Raise unless the frame's CRS is projected with axes in metres.

    Raises
    ------
    NotMetric
        If the CRS is missing, geographic, or counts in feet.
    """
    crs = geometry.crs
    if crs is None or not crs.is_projected or crs.axis_info[0].unit_conversion_factor != 1.0:
        raise NotMetric("crs.not_metric", crs=crs.to_string() if crs else "-")


def to_storage(frame: GeoDataFrame) -> GeoDataFrame:
    """The frame in EPSG:4490, x = longitude.

    Raises
    ------
    UnknownCrs
        If the frame has no CRS.
    """
    if frame.crs is None:
        raise UnknownCrs("crs.missing")
    return frame if frame.crs.to_epsg() == STORAGE else frame.to_crs(STORAGE)


def to_metric(frame: GeoDataFrame, srid: int) -> GeoDataFrame:
    """The frame in the projected frame ``srid``, metres, x = east.

    Parameters
    ----------
    frame
        Any known CRS.
    srid
        EPSG code of a projected CRS in metres, as the county's ``metric_srid``.

    Raises
    ------
    UnknownCrs
        If the frame has no CRS.
    NotMetric
        If ``srid`` does not count in metres.
    """
    if frame.crs is None:
        raise UnknownCrs("crs.missing")
    metric = frame.to_crs(srid)
    require_metric(metric)
    return metric


@lru_cache(maxsize=KEPT)
def transformer(source: str | int, target: str | int) -> Transformer:
    """The transformation between two frames, x = east or longitude on both sides.

    Parameters
    ----------
    source, target
        EPSG code, ``"EPSG:2154"``, WKT or PROJJSON text.

    Raises
    ------
    UnknownCrs
        If a side cannot be read, or no path leads from one to the other.
    """
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        return Transformer.from_crs(read_crs(source), read_crs(target), always_xy=True)
    except ProjError:
        raise UnknownCrs("crs.no_path", source=name_of(source), target=name_of(target)) from None


@lru_cache(maxsize=KEPT)
def read_crs(text: str | int) -> CRS:
    """The CRS that a code, WKT or PROJJSON text names, flattened to two dimensions.

    Raises
    ------
    UnknownCrs
        If the text names none.

    Examples
    --------
    >>> read_crs("epsg:2154").name
    'RGF93 v1 / Lambert-93'
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(text).to_2d()
    except CRSError:
        raise UnknownCrs("crs.unreadable", crs=str(text)[:120]) from None


@lru_cache(maxsize=KEPT)
def name_of(text: str | int) -> str:
    """A short name for people: the EPSG code where there is one, else the CRS's own name.

    Examples
    --------
    >>> name_of(4490)
    'EPSG:4490'
    """
    crs = read_crs(text)
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


@lru_cache(maxsize=KEPT)
def same_degrees(text: str | int) -> bool:
    """Whether coordinates of this CRS may be stored as they are: WGS 84 and CGCS2000 agree to centimetres.

    Examples
    --------
    >>> same_degrees(4326), same_degrees("OGC:CRS84"), same_degrees(4547), same_degrees(4214)
    (True, True, False, False)
    """
    crs = read_crs(text)
    return crs.is_geographic and crs.geodetic_crs.datum.name.startswith(("World Geodetic System 1984", "China 2000"))  # type: ignore[union-attr]


def degree_m(lat: float) -> tuple[float, float]:
    """Metres of a degree of longitude and of latitude (series of the GRS 80 ellipsoid, within 0.01 % below 60°).

    Examples
    --------
    >>> [round(metres) for metres in degree_m(28.3)]
    [98088, 110825]
    """
    phi = math.radians(lat)
    return 111_412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi), 111_132.92 - 559.82 * math.cos(2 * phi)


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two places of a county, straight, within 0.1 % over tens of kilometres.

    Examples
    --------
    >>> round(metres_between((117.0, 28.0), (117.0, 28.01)))
    1108
    """
    east, north = degree_m((one[1] + other[1]) / 2)
    return math.hypot((one[0] - other[0]) * east, (one[1] - other[1]) * north)
