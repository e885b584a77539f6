"""The ground on which somebody counts as being at a stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import STORAGE, transformer
from geo.patrol.tracks import queries

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.db.counties import County

AROUND_M: Final = 50
"""Who is this close to a place that is not a post is there."""

Posts = Mapping[int, tuple[int, str, list[str], "BaseGeometry"]]
Zones = Mapping[int, "BaseGeometry"]


def to_metres(geometry: BaseGeometry, srid: int) -> BaseGeometry:
    """A geometry in EPSG:4490 in the county's metric frame."""
    import shapely

    change = transformer(STORAGE, srid)

    def moved(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack(change.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(geometry, moved)


def to_degrees(geometry: BaseGeometry, srid: int) -> BaseGeometry:
    """A geometry in the county's metric frame in EPSG:4490."""
    import shapely

    change = transformer(srid, STORAGE)

    def moved(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack(change.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(geometry, moved)


def area_of(
    layer: str,
    feature_ids: Sequence[int],
    stop: BaseGeometry,
    posts: Posts,
    zones: Mapping[int, BaseGeometry],
    srid: int,
) -> tuple[BaseGeometry, int]:
    """A post's own buffer, 50 m around a zone, else 50 m around the stop itself; metric, with the metres.

    Parameters
    ----------
    stop
        Where the plan says, EPSG:4490.
    posts, zones
        Places by id, as :mod:`geo.patrol.tracks.queries` loads them.
    """
    first = int(feature_ids[0]) if len(feature_ids) else 0
    if layer == "post" and first in posts:
        buffer_m, _, _, geometry = posts[first]
        # A point without a buffer has no inside.
        return to_metres(geometry, srid).buffer(max(buffer_m, 1)), buffer_m
    geometry = zones.get(first, stop) if layer == "hotspot_zone" else stop
    return to_metres(geometry, srid).buffer(AROUND_M), AROUND_M


def stop_area(
    session: Session, county: County, layer: str, feature_ids: Sequence[int], stop: BaseGeometry
) -> tuple[BaseGeometry, int]:
    """The ground of one stop, as :func:`area_of` tells it."""
    ids = [int(one) for one in feature_ids]
    posts = queries.load_post_areas(session, ids) if layer == "post" else {}
    zones = queries.load_zone_areas(session, ids) if layer == "hotspot_zone" else {}
    return area_of(layer, feature_ids, stop, posts, zones, county.metric_srid)
