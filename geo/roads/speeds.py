"""How fast a team moves, by mode and class of street. Local knowledge belongs in the road layer's own speed column."""

from __future__ import annotations

from typing import Final, Literal

Mode = Literal["foot", "ebike", "car"]
MODES: Final[tuple[Mode, ...]] = ("foot", "ebike", "car")

FOOT_KMH: Final = 4.8

EBIKE_KMH: Final = 16.0
"""The national standard (GB 17761) caps e-bikes at 25 km/h; 16 is that with crossings and parked cars."""

EBIKE_SLOW_KMH: Final = 10.0

CAR_KMH: Final[dict[str, float]] = {
    "motorway": 80.0,
    "trunk": 50.0,
    "primary": 40.0,
    "secondary": 35.0,
    "tertiary": 30.0,
    "unclassified": 25.0,
    "residential": 20.0,
    "living_street": 12.0,
    "service": 12.0,
    "track": 10.0,
}
"""Free-flow speeds in town, junctions included; a ``_link`` runs as its class."""

CAR_KMH_BY_TIER: Final[dict[str, float]] = {"main": 40.0, "secondary": 35.0, "branch": 25.0, "lane": 12.0}

SLOW_CLASSES: Final = frozenset({"living_street", "service", "track", "path", "footway", "pedestrian", "steps"})

PATROL_KMH: Final[dict[Mode, float]] = {"foot": 3.6, "ebike": 9.0, "car": 15.0}
"""Pace along a street that is being looked at, with short halts."""


def speed_kmh(mode: Mode, road_class: str, tier: str, limit_kmh: float | None = None) -> float:
    """Speed of a mode on a street.

    Parameters
    ----------
    mode
        ``foot``, ``ebike`` or ``car``.
    road_class
        OSM ``highway`` word, or whatever the bureau's own layer says; unknown words go by tier.
    tier
        ``main``, ``secondary``, ``branch`` or ``lane``.
    limit_kmh
        The posted limit; never exceeded, ignored when not above 0.

    Returns
    -------
    float
        km/h, > 0.

    Examples
    --------
    >>> speed_kmh("car", "primary_link", "main")
    40.0
    >>> speed_kmh("car", "主干道", "main", limit_kmh=30)
    30.0
    >>> speed_kmh("foot", "steps", "lane", limit_kmh=60)
    4.8
    """
    if mode == "foot":
        free = FOOT_KMH
    elif mode == "ebike":
        free = EBIKE_SLOW_KMH if road_class in SLOW_CLASSES else EBIKE_KMH
    else:
        free = CAR_KMH.get(road_class.removesuffix("_link"), CAR_KMH_BY_TIER.get(tier, 12.0))
    return min(free, float(limit_kmh)) if limit_kmh is not None and limit_kmh > 0 else free
