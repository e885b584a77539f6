"""Hotspot zones in their hours."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from geo.patrol.demand.span import ShiftSpan, windows_of
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

ROUND_S: Final = 2 * 3600 + 1800
"""A zone open longer than twice this is visited again, at most three times, each time in its own part of the day."""

ROUND_WORTH: Final = (1.0, 0.5, 0.3)
"""What the first, second and third visit of a zone are worth: nobody gets a third before all had a first."""

ZONE_WEIGHT_MAX: Final = 9.0


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
                    duty="hotspot",
                    weight=round(weight * worth, 6),
                    licences_needed=0,
                    windows=(window,) if window else (),
                    service_s=int(row.service_min) * 60,
                    hours=opening,
                    geometry=row.geometry,
                )
            )
    return wishes
