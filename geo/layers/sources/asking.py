"""Whether points look shifted as web maps shift them. Nobody can tell for certain, so it is asked, never undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import Conflict
from geo.layers.offsets import undo
from geo.layers.sources import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.layers.batches import Geometries
    from geo.layers.places import Frame
    from geo.layers.register import LayerKind
    from geo.layers.reports import ImportOptions, Offset

MOST: Final = 200
"""Points that are looked at."""

LEAST: Final = 30
NEAR_DEGREES: Final = 15 / 110_574
SHARE, TIMES = 0.5, 2.0
"""Half the points beside a street, and twice as many as without: reports, lamps and stalls do so, chance does not."""


class OffsetSuspected(Conflict):
    """Points lie beside streets only once an offset is undone that was not declared; the facts name it."""


def may_ask(kind: LayerKind, options: ImportOptions, frame: Frame) -> bool:
    """Whether a file's points are such that the question makes sense: degrees, of which nothing was said."""
    from geo.crs import same_degrees

    said = options.as_is or options.offset is not None or options.crs is not None or options.swap
    return kind.geometry_types == ("Point",) and not said and same_degrees(frame.crs)


def ask_offset(session: Session, tenant: str, geometry: Geometries, file: str) -> None:
    """Refuse points that look shifted, until somebody says what they are.

    Raises
    ------
    OffsetSuspected
        If so; the message says how to declare the offset, or that there is none.
    """
    found = suspect(session, tenant, geometry)
    if found is not None:
        offset, beside, points, plain = found
        raise OffsetSuspected(
            "layers.offset_suspected", file=file, offset=offset, beside=beside, points=points, plain=plain
        )


def suspect(session: Session, tenant: str, geometry: Geometries) -> tuple[Offset, int, int, int] | None:
    """The offset that the first points seem to carry: its name, how many lie beside a street then, of how many, and how
    many without. None if nothing speaks for one, or there are too few points or streets to tell."""
    there = geometry[~shapely.is_missing(geometry)][:MOST]
    there = there[(shapely.get_type_id(there) == 0) & ~shapely.is_empty(there)]
    xy = shapely.get_coordinates(there)
    xy = xy[(np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)]
    if len(xy) < LEAST:
        return None
    ways: tuple[Offset | None, ...] = (None, "gcj02", "bd09")
    read = [undo(way, xy[:, 0], xy[:, 1]) for way in ways]
    which = np.repeat(np.arange(len(ways)), len(xy)).tolist()
    lon, lat = (np.concatenate([pair[axis] for pair in read]).tolist() for axis in (0, 1))
    beside = queries.count_beside(session, tenant, which, lon, lat, NEAR_DEGREES)
    plain = beside.get(0, 0)
    count, way = max((beside.get(at, 0), -at) for at in (1, 2))
    offset = ways[-way]
    if offset is None or count < SHARE * len(xy) or count < TIMES * plain:
        return None
    return offset, count, len(xy), plain
