"""SQL of sites: plans with their candidates, in and out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

HEAD = "id, purpose, status, asked, summary, made_at, made_by, adopted_at, adopted_by"

INSERT_PLAN = text("""
INSERT INTO site_plan (tenant, purpose, asked, summary, made_by)
VALUES (:tenant, :purpose, CAST(:asked AS jsonb), CAST(:summary AS jsonb), :made_by) RETURNING id""")
INSERT_CANDIDATES = text("""
INSERT INTO site_candidate (tenant, plan_id, key, name, rank, adds, alone, capacity, reasons, geom)
SELECT :tenant, :plan, c.key, c.name, c.rank, c.adds, c.alone, c.capacity, CAST(c.reasons AS jsonb),
       ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4490)
  FROM unnest(CAST(:keys AS text[]), CAST(:names AS text[]), CAST(:ranks AS int[]), CAST(:adds AS float8[]),
              CAST(:alones AS float8[]), CAST(:capacities AS float8[]), CAST(:reasons AS text[]),
              CAST(:lons AS float8[]), CAST(:lats AS float8[]))
    AS c(key, name, rank, adds, alone, capacity, reasons, lon, lat)""")
FIND = text(f"SELECT {HEAD} FROM site_plan WHERE tenant = :tenant AND id = :id")
FIND_LOCKED = text(f"SELECT {HEAD} FROM site_plan WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""
SELECT {HEAD} FROM site_plan
 WHERE tenant = :tenant AND id < coalesce(CAST(:before AS bigint), 9223372036854775807)
 ORDER BY id DESC LIMIT :most""")
CANDIDATES = text("""
SELECT key, name, rank, adds, alone, capacity, reasons, ST_X(geom), ST_Y(geom)
  FROM site_candidate WHERE tenant = :tenant AND plan_id = :id AND (NOT :chosen OR rank IS NOT NULL)
 ORDER BY rank NULLS LAST, id""")
ADOPTED = text("""
UPDATE site_plan SET status = 'adopted', adopted_at = now(), adopted_by = :actor
 WHERE tenant = :tenant AND id = :id""")


@dataclass(frozen=True, slots=True)
class SitePlanRow:
    """A choice of sites without its candidates."""

    id: int
    purpose: str
    status: str
    asked: dict[str, Any]
    summary: dict[str, Any]
    made_at: dt.datetime
    made_by: str
    adopted_at: dt.datetime | None
    adopted_by: str | None


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A place looked at; ``rank`` 1 adds most, None was not chosen; ``reasons`` say why it was ruled out."""

    key: str
    name: str | None
    rank: int | None
    adds: float | None
    alone: float | None
    capacity: float | None
    reasons: list[dict[str, Any]]
    lon: float
    lat: float


@dataclass(frozen=True)
class SiteFrames:
    """A choice of sites for maps: ``candidates`` as :class:`CandidateRow` with ``geometry`` (EPSG:4490)."""

    plan: SitePlanRow
    candidates: GeoDataFrame


def load_layer(session: Session, name: str, fields: Sequence[str]) -> GeoDataFrame:
    """A layer that a rule is about, EPSG:4490, with its name and the fields that rules name, where it has them."""
    known = {field.name for field in get_kind(name).fields}
    return load_features(session, name, columns=tuple(dict.fromkeys(f for f in ("name", *fields) if f in known)))


def load_standing(session: Session) -> GeoDataFrame:
    """Regulated vendor points that stand already, EPSG:4490."""
    table = get_kind("vendor_point").table
    return load_features(session, "vendor_point", where=table.c.kind == "regulated", columns=("name",))


def load_landuse(session: Session) -> GeoDataFrame:
    """Land by use, EPSG:4490."""
    return load_features(session, "landuse", columns=("name", "kind"))


def insert_plan(
    session: Session, tenant: str, head: Mapping[str, Any], candidates: Sequence[CandidateRow]
) -> int:  # fmt: skip
    """Store a choice with all candidates; returns its id."""
    facts = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
        for name, value in head.items()
    }
    identity = int(session.execute(INSERT_PLAN, {"tenant": tenant, **facts}).scalar_one())
    columns = {
        "keys": [row.key for row in candidates],
        "names": [row.name for row in candidates],
        "ranks": [row.rank for row in candidates],
        "adds": [row.adds for row in candidates],
        "alones": [row.alone for row in candidates],
        "capacities": [row.capacity for row in candidates],
        "reasons": [json.dumps(row.reasons, ensure_ascii=False) for row in candidates],
        "lons": [row.lon for row in candidates],
        "lats": [row.lat for row in candidates],
    }
    session.execute(INSERT_CANDIDATES, {"tenant": tenant, "plan": identity, **columns})
    return identity


def find_plan(session: Session, tenant: str, plan_id: int, *, lock: bool = False) -> SitePlanRow | None:
    """A choice of sites, or None; locked to the commit if it is to be changed."""
    row = session.execute(FIND_LOCKED if lock else FIND, {"tenant": tenant, "id": plan_id}).first()
    return None if row is None else SitePlanRow(*row)


def list_plans(session: Session, tenant: str, *, before: int | None = None, most: int = 50) -> list[SitePlanRow]:
    """Choices of sites, the newest first, with smaller ids than ``before``."""
    rows = session.execute(LIST, {"tenant": tenant, "before": before, "most": most}).all()
    return [SitePlanRow(*row) for row in rows]


def list_candidates(session: Session, tenant: str, plan_id: int, *, chosen: bool = False) -> list[CandidateRow]:
    """The candidates of a choice: the chosen by rank, then the others in their order (unless only the chosen)."""
    rows = session.execute(CANDIDATES, {"tenant": tenant, "id": plan_id, "chosen": chosen}).all()
    return [CandidateRow(*row) for row in rows]


def load_sites(session: Session, plan_id: int) -> SiteFrames | None:
    """A choice of sites of the session's county as frames for maps, or None."""
    from geopandas import GeoDataFrame, GeoSeries
    from pandas import DataFrame

    tenant = session.execute(text("SELECT current_setting('pianqu.tenant')")).scalar_one()
    plan = find_plan(session, tenant, plan_id)
    if plan is None:
        return None
    rows = list_candidates(session, tenant, plan_id)
    names = list(CandidateRow.__dataclass_fields__)
    data = DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)
    points = GeoSeries.from_xy(data["lon"].astype(float), data["lat"].astype(float), crs=4490)
    return SiteFrames(plan, GeoDataFrame(data, geometry=points))


def mark_adopted(session: Session, tenant: str, plan_id: int, actor: str) -> None:
    """Note who adopted it and when."""
    session.execute(ADOPTED, {"tenant": tenant, "id": plan_id, "actor": actor})
