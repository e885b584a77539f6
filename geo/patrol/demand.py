"""What a shift should visit: zones in their hours, passes of main streets, dark lamps, acts that need two licences."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.calendars import DAY_S, join_intervals, open_intervals
from geo.patrol.problem import StopKind
from geo.patrol.stretches import Stretch, cut_stretches
from geo.roads.network import Network

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

PASS_ROUNDS_S: Final = 6 * 3600
"""A shift this long owes two passes of main streets, one in each half; the second is the licensed pairs' to do, since
on a strictly kept street (严管) somebody must be able to penalise. Local teams take it when those have no time."""

ROUND_S: Final = 2 * 3600 + 1800
"""A zone open longer than twice this is visited again, at most three times, each time in its own part of the day."""

ROUND_WORTH: Final = (1.0, 0.5, 0.3)
"""What the first, second and third visit of a zone are worth: nobody gets a third before all had a first."""

PASS_WEIGHT: Final = 10.0
"""When not everything fits: law and deadlines before passes of main streets, passes before hotspots (D14)."""

ZONE_WEIGHT_MAX: Final = 9.0

SECOND_PASS_WEIGHT: Final = 4.0
"""Once a street was passed, first visits to busy places come before passing it again."""

ORDERED_WEIGHT: Final = 120.0
"""A building ordered to come down has a legal deadline. Weights are won by the minute: an act takes as long as five
passes and must still come before them; one only verified (40) comes after the passes."""

VERIFIED_WEIGHT: Final = 40.0

ACT_EVERY_DAYS: Final = {"ordered": 7, "verified": 14}
"""An open building is gone to again after so many days, counted from the day its status began (from its number
where that day is not on file), so that a backlog is spread over the days instead of filling every one."""

LAMP_LATE_WEIGHT: Final = 15.0
"""Lamps past the 24 hours in which a fault must be mended; those still within them weigh 5."""

LAMP_WEIGHT: Final = 5.0

LAMP_CLOCK: Final = dt.timedelta(hours=24)
LAMPS_NEAR_M: Final = 120.0
LAMPS_TOGETHER: Final = 12
DARK: Final = (19 * 3600, 29 * 3600 + 1800)
"""Lamps are looked at from 19:00 to 05:30."""

ACT_HOURS: Final = (8 * 3600, 18 * 3600)
"""Enforcement is not carried out at night (行政强制法 art. 43); we keep to 08:00–18:00."""

ACT_S: Final = 20 * 60

ACT_LEAST_S: Final = 2 * 3600
"""A shift with less daylight than this is not asked for enforcement."""


@dataclass(frozen=True)
class Wish:
    """A stop before it is put on the network; ``geometry`` in the metric CRS, or a ``stretch`` of street instead."""

    key: str
    kind: StopKind
    name: str
    layer: str
    feature_ids: tuple[int, ...]
    district_code: str | None
    weight: float
    licences_needed: int
    window: tuple[int, int] | None
    service_s: int
    hours: str = ""
    roaming_first: bool = False
    geometry: BaseGeometry | None = None
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """A shift in a county's local time: seconds after midnight of ``on_date``; an end past midnight is over 86,400."""

    on_date: dt.date
    from_s: int
    to_s: int
    starts_at: dt.datetime
    calendar: str = "cn"

    @property
    def length_s(self) -> int:
        """Seconds of the shift."""
        return self.to_s - self.from_s

    def overlap(self, from_s: int, to_s: int) -> tuple[int, int] | None:
        """A stretch of the day as seconds after the shift's start, clipped to it; None if outside.

        Examples
        --------
        >>> ShiftSpan(dt.date(2026, 5, 1), 28800, 57600, dt.datetime(2026, 5, 1)).overlap(25200, 30600)
        (0, 1800)
        """
        low, high = max(from_s, self.from_s) - self.from_s, min(to_s, self.to_s) - self.from_s
        return (low, high) if high > low else None


def windows_of(opening: str | None, span: ShiftSpan) -> list[tuple[int, int]]:
    """When a place is open during the shift, in order; yesterday's late and tomorrow's early hours count."""
    found = [
        (begin + days * DAY_S, end + days * DAY_S)
        for days in (-1, 0, 1)
        for begin, end in open_intervals(opening, span.on_date + dt.timedelta(days=days), span.calendar)
    ]
    return [window for begin, end in join_intervals(found) if (window := span.overlap(begin, end))]


def zone_weights(weight: Sequence[float], recent: Sequence[float]) -> list[float]:
    """Zone weight × how busy it has lately been against the average zone, at most 9.

    Parameters
    ----------
    weight
        The bureau's weight, 1 = ordinary.
    recent
        Events near the zone, each counted half for every 8 weeks of age.

    Examples
    --------
    >>> zone_weights([1.0, 1.0, 2.0], [0.0, 2.0, 1.0])
    [0.5, 1.5, 2.0]
    >>> zone_weights([], [])
    []
    """
    if not len(weight):
        return []
    mean = 1 + sum(recent) / len(recent)
    return [round(min(w * (1 + r) / mean, ZONE_WEIGHT_MAX), 6) for w, r in zip(weight, recent, strict=True)]


def rounds_of(window: tuple[int, int]) -> list[tuple[int, int]]:
    """A long window cut into equal parts, one visit each; a short one is itself.

    Examples
    --------
    >>> rounds_of((0, 3600))
    [(0, 3600)]
    >>> rounds_of((0, 21600))
    [(0, 10800), (10800, 21600)]
    """
    low, high = window
    count = min(max((high - low) // ROUND_S, 1), len(ROUND_WORTH))
    edges = [low + (high - low) * i // count for i in range(count + 1)]
    return list(itertools.pairwise(edges))


def zone_wishes(zones: GeoDataFrame, span: ShiftSpan) -> list[Wish]:
    """The visits each zone asks for in the shift; a zone closed all shift is kept, without a window.

    Parameters
    ----------
    zones
        Metric CRS, index = row id; ``name``, ``kind``, ``opening``, ``weight``, ``service_min``, ``recent`` and
        ``district_code``.

    Returns
    -------
    list of Wish
        One per opening, up to three for a long one; key ``zone:<id>:<number in the shift>``.
    """
    wishes = []
    weights = zone_weights(zones["weight"].tolist(), zones["recent"].tolist())
    for row, weight in zip(zones.itertuples(), weights, strict=True):
        opening = row.opening if isinstance(row.opening, str) else ""
        visits: list[tuple[tuple[int, int] | None, float]] = [
            (part, worth)
            for window in windows_of(opening, span)
            for part, worth in zip(rounds_of(window), ROUND_WORTH, strict=False)
        ]
        for number, (window, worth) in enumerate(visits or [(None, 1.0)]):
            wishes.append(
                Wish(
                    key=f"zone:{row.Index}:{number}",
                    kind="zone",
                    name=row.name,
                    layer="hotspot_zone",
                    feature_ids=(int(row.Index),),
                    district_code=row.district_code,
                    weight=round(weight * worth, 6),
                    licences_needed=0,
                    window=window,
                    service_s=int(row.service_min) * 60,
                    hours=opening,
                    geometry=row.geometry,
                )
            )
    return wishes


def pass_wishes(network: Network, span: ShiftSpan) -> list[Wish]:
    """The passes owed to every stretch of main street: one, in a long shift one in each half."""
    half = span.length_s // 2
    windows = [(0, half), (half, span.length_s)] if span.length_s >= PASS_ROUNDS_S else [(0, span.length_s)]
    return [
        Wish(
            key=f"pass:{stretch.road_ids[0]}:{number}:{round_}",
            kind="pass",
            name="" if stretch.name.startswith("#") else stretch.name,
            layer="road",
            feature_ids=stretch.road_ids,
            district_code=stretch.owner,
            weight=SECOND_PASS_WEIGHT if round_ else PASS_WEIGHT,
            licences_needed=0,
            window=window,
            service_s=0,
            roaming_first=round_ > 0,
            stretch=stretch,
        )
        for number, stretch in enumerate(cut_stretches(network))
        for round_, window in enumerate(windows)
    ]


def lamp_wishes(lamps: GeoDataFrame, span: ShiftSpan) -> list[Wish]:
    """Dark lamps that stand together, for shifts that reach into the night; none in a day shift.

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
    wishes = []
    for together in _near_each_other(lamps):
        some = lamps.iloc[together]
        since = some["status_since_at"].dropna()
        late = bool((since <= late_before).any()) if len(since) else False
        ids = tuple(int(i) for i in some.index)
        wishes.append(
            Wish(
                key=f"lamps:{ids[0]}",
                kind="lamps",
                name="",
                layer="streetlight",
                feature_ids=ids,
                district_code=some["district_code"].iloc[0],
                weight=LAMP_LATE_WEIGHT if late else LAMP_WEIGHT,
                licences_needed=0,
                window=window,
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


def enforcement_wishes(buildings: GeoDataFrame, span: ShiftSpan) -> list[Wish]:
    """Illegal buildings verified or ordered to come down whose day it is: acts for two licensed officers, by daylight.

    Parameters
    ----------
    buildings
        Metric CRS, index = row id; ``code``, ``status`` (``ordered`` or ``verified``), ``status_since_on`` (date),
        ``district_code``.
    """
    window = span.overlap(*ACT_HOURS)
    if window is None or window[1] - window[0] < ACT_LEAST_S:
        return []
    return [
        Wish(
            key=f"enforcement:{row.Index}",
            kind="enforcement",
            name=row.code if isinstance(row.code, str) else f"#{row.Index}",
            layer="illegal_building",
            feature_ids=(int(row.Index),),
            district_code=row.district_code,
            weight=ORDERED_WEIGHT if row.status == "ordered" else VERIFIED_WEIGHT,
            licences_needed=2,
            window=window,
            service_s=ACT_S,
            hours="08:00-18:00",
            geometry=row.geometry,
        )
        for row in buildings.itertuples()
        if _due(row, span.on_date)
    ]


def _due(row: Any, on: dt.date) -> bool:
    since = row.status_since_on
    begun = since.toordinal() if isinstance(since, dt.date) else int(row.Index)
    return (on.toordinal() - begun) % ACT_EVERY_DAYS[row.status] == 0
