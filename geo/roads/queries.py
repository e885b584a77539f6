"""SQL of the road room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

COLUMNS = ("name", "road_class", "tier", "oneway", "level", "foot", "ebike", "car", "speed_kmh", "owner_district")


def load_roads(session: Session) -> GeoDataFrame:
    """Every street of the county, EPSG:4490, index = row id, with what a network needs."""
    return load_features(session, "road", columns=COLUMNS)


def save_owners(session: Session, tenant: str, owners: Mapping[int, str | None]) -> None:
    """Write the one 片区 each street answers to."""
    if owners:
        table = get_kind("road").table
        statement = (
            update(table)
            .where(table.c.tenant == bindparam("of_tenant"), table.c.id == bindparam("of_id"))
            .values(owner_district=bindparam("owner"))
        )
        rows = [{"of_tenant": tenant, "of_id": road, "owner": owner} for road, owner in owners.items()]
        session.connection().execute(statement, rows)


def settle_owners_of(session: Session, tenant: str, owners: Mapping[int, tuple[str | None, str | None]]) -> int:
    """Give streets another owner where they still have the one they had; how many were changed.

    Parameters
    ----------
    owners
        Row id → (owner it had, owner it gets).
    """
    table = get_kind("road").table
    statement = (
        update(table)
        .where(
            table.c.tenant == bindparam("of_tenant"),
            table.c.id == bindparam("of_id"),
            table.c.owner_district.is_not_distinct_from(bindparam("had")),
        )
        .values(owner_district=bindparam("owner"))
    )
    rows = [{"of_tenant": tenant, "of_id": road, "had": had, "owner": owner} for road, (had, owner) in owners.items()]
    return session.connection().execute(statement, rows).rowcount if rows else 0
