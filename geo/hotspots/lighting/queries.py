"""What the lighting room reads: lamps, the places of the night, streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from geo.crs import to_metric
from geo.layers.queries import load_features

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def load_lamps(session: Session, srid: int) -> GeoDataFrame:
    """Every lamp in metres of ``srid``, index = row id: ``code status status_since_at circuit``."""
    columns = ("code", "status", "status_since_at", "circuit")
    return to_metric(load_features(session, "streetlight", columns=columns), srid)


def load_zones(session: Session, srid: int) -> GeoDataFrame:
    """Hotspot zones in metres of ``srid``, index = row id: ``name kind``."""
    return to_metric(load_features(session, "hotspot_zone", columns=("name", "kind")), srid)
