"""The tables, one file a subject; importing this package registers them all in ``Base.metadata``."""

from geo.tables import (  # noqa: F401
    accounts,
    basemap,
    districts,
    enterprise_checks,
    events,
    findings,
    forecasts,
    hotspot_zones,
    illegal_buildings,
    imports,
    jobs,
    mixtures,
    organisation,
    patrol,
    patrol_rules,
    people,
    platform,
    posts,
    proposals,
    returns,
    roads,
    secrets,
    shifts,
    steps,
    streetlights,
    suspicions,
    tracks,
    treatments,
    vendor_points,
)
from geo.tables.base import Base

__all__ = ["Base"]
