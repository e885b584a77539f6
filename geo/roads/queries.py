"""SQL of the road room."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text, update
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind
from geo.roads.speeds import MODES, Mode
from geo.roads.turns import TurnBan

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


@dataclass(frozen=True, slots=True)
class Closure:
    """A street closed to some modes for a time; ``ends_at`` None: until it is opened."""

    id: int
    road_id: int
    road_name: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    modes: tuple[Mode, ...]
    reason: str
    set_by: str


CLOSURES = text("""
SELECT c.id, c.road_id, r.name AS road_name, c.starts_at, c.ends_at, c.foot, c.ebike, c.car, c.reason, c.set_by
FROM road_closure c JOIN road r ON r.tenant = c.tenant AND r.id = c.road_id
WHERE c.tenant = current_setting('pianqu.tenant')
  AND c.starts_at < :to_at AND (c.ends_at IS NULL OR c.ends_at > :from_at)
ORDER BY c.starts_at, c.id""")

TURNS = text("""
SELECT DISTINCT t.rule, a.id AS from_id, b.id AS to_id, ST_X(t.geom) AS lon, ST_Y(t.geom) AS lat, t.ebike, t.car
FROM turn_restriction t
JOIN road a ON a.tenant = t.tenant AND a.source = t.source AND a.source_key = t.from_road
JOIN road b ON b.tenant = t.tenant AND b.source = t.source AND b.source_key = t.to_road
WHERE t.tenant = current_setting('pianqu.tenant')
  AND (t.valid_from_on IS NULL OR t.valid_from_on <= :on) AND (t.valid_to_on IS NULL OR t.valid_to_on > :on)
ORDER BY from_id, to_id, lon, lat, t.rule""")

STREETS = text("""
SELECT id FROM road
WHERE tenant = :tenant AND (id = ANY(CAST(:ids AS bigint[])) OR name = ANY(CAST(:names AS text[])))
ORDER BY id""")

CLOSE = text("""
INSERT INTO road_closure (tenant, uid, road_id, starts_at, ends_at, foot, ebike, car, reason, set_by)
VALUES (:tenant, :uid, :road, :starts_at, :ends_at, :foot, :ebike, :car, :reason, :set_by)
ON CONFLICT (tenant, uid) DO NOTHING
RETURNING id""")

OPEN = text("""
UPDATE road_closure SET ends_at = GREATEST(CAST(:at AS timestamptz), starts_at + interval '1 second')
WHERE tenant = :tenant AND id = :id AND (ends_at IS NULL OR ends_at > :at)
RETURNING road_id""")


def find_closures(session: Session, from_at: dt.datetime, to_at: dt.datetime) -> list[Closure]:
    """Closures that hold at any time of a span, by their start."""
    return [
        Closure(
            row.id, row.road_id, row.road_name, row.starts_at, row.ends_at,
            tuple(mode for mode in MODES if getattr(row, mode)), row.reason, row.set_by,
        )
        for row in session.execute(CLOSURES, {"from_at": from_at, "to_at": to_at})
    ]  # fmt: skip


def find_turns(session: Session, on: dt.date) -> list[TurnBan]:
    """Turn rules of a day between streets that are in the layer, in a fixed order."""
    return [
        TurnBan(
            row.rule, row.from_id, row.to_id, (row.lon, row.lat),
            frozenset(mode for mode in ("ebike", "car") if getattr(row, mode)),
        )
        for row in session.execute(TURNS, {"on": on})
    ]  # fmt: skip


def find_streets(session: Session, tenant: str, ids: Sequence[int], names: Sequence[str]) -> list[int]:
    """Row ids of the streets with these ids or names."""
    found = session.execute(STREETS, {"tenant": tenant, "ids": list(ids), "names": list(names)})
    return [int(row.id) for row in found]


def insert_closure(
    session: Session,
    tenant: str,
    uid: uuid.UUID,
    road: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime | None,
    modes: Iterable[Mode],
    reason: str,
    set_by: str,
) -> int | None:
    """Close a street; its closure's id, or None if ``uid`` closed it already."""
    told = {"tenant": tenant, "uid": uid, "road": road, "starts_at": starts_at, "ends_at": ends_at, "reason": reason}
    shut = set(modes)
    told |= {"set_by": set_by} | {mode: mode in shut for mode in MODES}
    found = session.execute(CLOSE, told).scalar_one_or_none()
    return int(found) if found is not None else None


def end_closure(session: Session, tenant: str, closure: int, at: dt.datetime) -> int | None:
    """End a closure that still holds at ``at`` or later; the street's id, or None."""
    found = session.execute(OPEN, {"tenant": tenant, "id": closure, "at": at}).scalar_one_or_none()
    return int(found) if found is not None else None
