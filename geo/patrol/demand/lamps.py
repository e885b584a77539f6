"""Dark lamps, looked at by night."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.calendars import DAY_S
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

LAMP_LATE_WEIGHT: Final = 15.0
"""Lamps past the 24 hours in which a fault must be mended; those still within them weigh 5."""

LAMP_WEIGHT: Final = 5.0

LAMP_CLOCK: Final = dt.timedelta(hours=24)
LAMPS_NEAR_M: Final = 120.0
LAMPS_TOGETHER: Final = 12
DARK: Final = (19 * 3600, 29 * 3600 + 1800)
"""Lamps are looked at from 19:00 to 05:30."""


def lamp_wishes(lamps: GeoDataFrame, span: ShiftSpan) -> list[Wish]:
    """Dark lamps that stand together, for shifts that reach into the night; none in a day shift.

    A bunch with a lamp whose 24 natural hours from discovery end before the shift does is a deadline.

    Parameters
    ----------
    lamps
        Lamps at fault: Point, metric CRS, index = row id; ``status_since_at`` (aware), ``district_code``.
    """
    windows = [w for shift in (-DAY_S, 0) if (w := span.overlap(DARK[0] + shift, DARK[1] + shift))]
    if not windows or len(lamps) == 0:
        return []
    window = max(windows, key=lambda w: w[1] - w[0])
    late_before = span.starts_at - LAMP_CLOCK
    due_before = span.ends_at - LAMP_CLOCK
    wishes = []
    for together in _near_each_other(lamps):
        some = lamps.iloc[together]
        since = some["status_since_at"].dropna()
        late = bool((since <= late_before).any()) if len(since) else False
        due = bool((since <= due_before).any()) if len(since) else False
        ids = tuple(int(i) for i in some.index)
        wishes.append(
            Wish(
                key=f"lamps:{ids[0]}",
                kind="lamps",
                name="",
                layer="streetlight",
                feature_ids=ids,
                district_code=some["district_code"].iloc[0],
                duty="deadline" if due else "coverage",
                weight=LAMP_LATE_WEIGHT if late else LAMP_WEIGHT,
                licences_needed=0,
                windows=(window,),
                service_s=120 + 60 * len(ids),
                geometry=some.geometry.union_all(),
            )
        )
    return wishes


def _near_each_other(points: GeoDataFrame) -> list[list[int]]:
    """Rows in bunches of at most 12 that hang together by steps of 120 m, in the frame's order."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    xy = np.column_stack([points.geometry.x, points.geometry.y])
    pairs = cKDTree(xy).query_pairs(LAMPS_NEAR_M, output_type="ndarray")
    links = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    _, label = connected_components(links, directed=False)
    bunches = []
    for one in dict.fromkeys(label.tolist()):
        mine = np.flatnonzero(label == one)
        along = xy[mine] - xy[mine].mean(axis=0)
        axis = np.linalg.svd(along, full_matrices=False)[2][0] if len(mine) > 1 else np.array([1.0, 0.0])
        mine = mine[np.argsort(along @ axis, kind="stable")]
        bunches += [sorted(mine[i : i + LAMPS_TOGETHER].tolist()) for i in range(0, len(mine), LAMPS_TOGETHER)]
    return bunches
