"""Read an area that somebody drew: GeoJSON to the bytes that rooms take."""

from __future__ import annotations

from geo.errors import Invalid


class BadArea(Invalid):
    """It is no GeoJSON, or holds no polygon."""


def read_area(text: str, name: str = "-") -> bytes:
    """The polygons of a GeoJSON geometry, feature or collection as one multipolygon, WKB, EPSG:4490, x = lon.

    Parameters
    ----------
    name
        Of the file, for the refusal.

    Raises
    ------
    BadArea

    Examples
    --------
    >>> len(read_area('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'))
    86
    >>> read_area('{"type": "Point", "coordinates": [0, 0]}')
    Traceback (most recent call last):
    geo.cases.areas.BadArea: areas.unreadable: {'file': '-'}
    """
    import shapely

    try:
        shape = shapely.from_geojson(text)
        parts = shapely.get_parts(shapely.get_parts([shape])).tolist()
        whole = shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        raise BadArea("areas.unreadable", file=name) from error
    if whole.is_empty:
        raise BadArea("areas.unreadable", file=name)
    return bytes(shapely.to_wkb(shapely.MultiPolygon(shapely.get_parts(whole).tolist())))
