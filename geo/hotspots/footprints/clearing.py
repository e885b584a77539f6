"""Suspicions that still wait though a later flight saw the ground clear: they say so, and stop when it is built on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import to_metric
from geo.hotspots.footprints import queries
from geo.hotspots.footprints.overlaps import joined
from geo.hotspots.footprints.shapes import Mask, Outlines
from geo.hotspots.footprints.words import sentence

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.db.counties import County

CLEAR: Final = queries.CLEAR
LOOKED_AT: Final = 0.9
"""Share of a suspicion's ground that must have been looked at."""

BUILT: Final = 0.25
"""Share of it that outlines may still lie on, by noise of drawing."""


def clear_ground(overlays: Outlines, outlines: Outlines, seen: BaseGeometry) -> Mask:
    """Which of the overlays were looked at and hold no outline any more.

    Parameters
    ----------
    overlays, outlines
        Shapes (n,) and (k,), in one metric frame: what was suspected, and what is observed now.
    seen
        What was looked at.

    Examples
    --------
    >>> sheds = np.array([shapely.box(0, 0, 4, 10), shapely.box(50, 0, 54, 10), shapely.box(500, 0, 504, 10)])
    >>> clear_ground(sheds, np.array([shapely.box(-10, 0, 5, 10)]), shapely.box(-100, -100, 100, 100)).tolist()
    [False, True, False]
    """
    if not len(overlays):
        return np.zeros(0, bool)
    area = shapely.area(overlays)
    looked = shapely.area(shapely.intersection(overlays, seen)) >= LOOKED_AT * area
    mine, theirs = shapely.STRtree(outlines).query(overlays, predicate="intersects")
    order = np.argsort(mine, kind="stable")
    built = joined(outlines[theirs[order]], mine[order], len(overlays))
    left = np.zeros(len(overlays))
    some = np.flatnonzero(built != None)  # noqa: E711
    left[some] = shapely.area(shapely.intersection(overlays[some], built[some]))
    return np.asarray(looked & (left <= BUILT * area))


def note_clear(
    session: Session,
    tenant: str,
    county: County,
    earlier: GeoDataFrame,
    again: NDArray[np.intp],
    outlines: Outlines,
    seen: BaseGeometry | None,
    observed_on: dt.date | None,
) -> list[int]:
    """Mark waiting suspicions whose ground a later flight saw clear, and unmark those it saw again.

    Parameters
    ----------
    earlier
        As :func:`geo.hotspots.footprints.queries.load_earlier` gives them.
    again
        Rows of ``earlier`` that the look found again.
    outlines
        Observed outlines as moved onto the approved layer, metric frame of the county.
    seen
        The flights' ground in the same frame; without flights, or without a day, nothing is marked.

    Returns
    -------
    list of int
        Ids of the suspicions marked.
    """
    waits = (earlier["status"] == "waiting").to_numpy()
    found = np.zeros(len(earlier), bool)
    found[again] = True
    marked = np.array([any(code == CLEAR for code, _ in parts) for parts in earlier["reasons"]], dtype=bool)
    rows = [_row(earlier, at, None) for at in np.flatnonzero(waits & found & marked).tolist()]
    told: list[int] = []
    if seen is not None and observed_on is not None:
        before = np.array([on is None or on != on or on < observed_on for on in earlier["observed_on"]], dtype=bool)
        at = np.flatnonzero(waits & ~found & ~marked & before)
        overlays = np.asarray(to_metric(earlier.iloc[at], county.metric_srid).geometry.array, object)
        gone = at[clear_ground(overlays, outlines, seen)]
        rows += [_row(earlier, row, observed_on) for row in gone.tolist()]
        told = [int(earlier.index[row]) for row in gone]
    if rows:
        queries.save_reasons(session, tenant, rows)
    return told


def _row(earlier: GeoDataFrame, at: int, clear_on: dt.date | None) -> dict[str, Any]:
    parts = [(code, facts) for code, facts in earlier["reasons"].iloc[at] if code != CLEAR]
    if clear_on is not None:
        parts.append((CLEAR, {"on": clear_on.isoformat()}))
    return {"id": int(earlier.index[at]), "reasons": parts, "reason": sentence(parts)}
