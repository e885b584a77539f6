"""What makes a place count more for a while: a director's dated focus, postures (节点保障) and campaigns in force.

Each multiplies weight and λ of the zones it covers; several at once multiply each other, at most to ten. What a
focus costs elsewhere is told by :mod:`geo.patrol.demand.price`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.cases.postures.suggest import exam_days

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

FACTOR_MOST: Final = 10.0

OPERATION_FACTOR: Final = {"posture": 2.0, "campaign": 1.5, "raid": 1.5}
"""Our default for what the bureau has noted as an operation; a focus says its own factor."""

EXAM_FACTOR: Final = 2.0
EXAM_HOURS: Final = "07:00-18:30"
"""During 高考 and 中考 schools are watched all day: noise and stalls disturb whoever sits inside."""


@dataclass(frozen=True)
class Emphasis:
    """A place that counts more or less for a while.

    Parameters
    ----------
    key
        ``focus:<code>``, ``posture:<key>`` or ``exam:<name>``.
    area
        Metric CRS; None for the zones of ``kinds`` wherever they are.
    kinds
        Classes of place it is about; empty for all.
    """

    key: str
    name: str
    factor: float
    area: BaseGeometry | None = None
    kinds: tuple[str, ...] = ()


def exams_on(on: dt.date, calendar: str = "cn") -> list[Emphasis]:
    """The exams of a day, from ``data/postures``; empty on other days. A posture that the bureau approved stands first.

    Examples
    --------
    >>> [one.name for one in exams_on(dt.date(2026, 6, 8))], exams_on(dt.date(2026, 6, 1))
    (['高考'], [])
    """
    return [
        Emphasis(f"exam:{one.name}", one.name, EXAM_FACTOR, None, ("school",))
        for one in exam_days(calendar)
        if one.first_on <= on <= one.last_on
    ]


def factors_of(zones: GeoDataFrame, emphases: Sequence[Emphasis]) -> dict[int, float]:
    """What weight and λ of each zone are multiplied by; zones nothing covers are missing.

    Parameters
    ----------
    zones
        Metric CRS, index = row id, ``kind``.

    Examples
    --------
    >>> from geopandas import GeoDataFrame
    >>> from shapely import Point, box
    >>> zones = GeoDataFrame({"kind": ["school", "market"]}, geometry=[Point(0, 0), Point(9, 9)], crs=4548)
    >>> factors_of(zones, [Emphasis("exam:x", "x", 2.0, None, ("school",)), Emphasis("f", "f", 1.5, box(-1, -1, 1, 1))])
    {0: 3.0}
    """
    found: dict[int, float] = {}
    for one in emphases:
        covered = zones if not one.kinds else zones[zones["kind"].isin(one.kinds)]
        if one.area is not None:
            covered = covered[covered.geometry.intersects(one.area)]
        for zone in covered.index:
            found[int(zone)] = round(min(found.get(int(zone), 1.0) * one.factor, FACTOR_MOST), 6)
    return found


def with_exam_hours(zones: GeoDataFrame, emphases: Sequence[Emphasis]) -> GeoDataFrame:
    """The zones, those of the kinds an exam is about watched all day while it lasts."""
    kinds = {kind for one in emphases if one.key.startswith("exam:") for kind in one.kinds}
    if not kinds:
        return zones
    return zones.assign(opening=zones["opening"].mask(zones["kind"].isin(kinds), EXAM_HOURS))
