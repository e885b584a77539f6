"""What a street's class says about it before the bureau has said anything: tier, and the regime pre-filled from it."""

from __future__ import annotations

TIER_OF_CLASS: dict[str, str] = {
    "motorway": "main",
    "trunk": "main",
    "primary": "main",
    "secondary": "secondary",
    "tertiary": "branch",
    "unclassified": "branch",
    "road": "branch",
    "residential": "lane",
    "living_street": "lane",
    "service": "lane",
    "pedestrian": "lane",
    "track": "lane",
    "footway": "lane",
    "path": "lane",
    "cycleway": "lane",
    "steps": "lane",
    "bridleway": "lane",
    "快速路": "main",
    "主干道": "main",
    "主干路": "main",
    "次干道": "secondary",
    "次干路": "secondary",
    "支路": "branch",
    "小街巷": "lane",
    "街巷": "lane",
}

REGIME_OF_TIER = {"main": "strict", "secondary": "controlled", "branch": "standard", "lane": "standard"}
"""D10: pre-filled once for a street without a regime; from then on the bureau's."""


def tier_of(road_class: str) -> str | None:
    """The tier of an OSM highway value or a Chinese class name; None for a class that says nothing.

    Examples
    --------
    >>> tier_of("trunk_link"), tier_of("支路"), tier_of("runway")
    ('main', 'branch', None)
    """
    return TIER_OF_CLASS.get(road_class.strip().casefold().removesuffix("_link"))
