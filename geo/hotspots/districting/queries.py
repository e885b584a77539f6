"""SQL of 片区: the ground they are cut from, and proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def load_boundary(session: Session) -> GeoDataFrame:
    """The county's own area, EPSG:4490; empty if it was never imported."""
    level = get_kind("admin_area").table.c.level
    return load_features(session, "admin_area", where=level == "county", columns=("name",))


def load_districts(session: Session) -> GeoDataFrame:
    """The 片区, EPSG:4490, with their codes."""
    return load_features(session, "patrol_district", columns=("code",))
