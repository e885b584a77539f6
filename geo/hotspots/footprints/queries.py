"""SQL of suspicions: what is approved, what was found before, what was flown over, and decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, text
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

SOURCE = "footprints"
"""Data set of rows that a comparison writes."""

CLEAR = "footprints.but_clear"
"""Reason of a waiting suspicion whose ground a later flight saw clear."""

TORN_DOWN = ("demolished", "written_off")
"""States of the ledger in which the ground is clear again."""

COLUMNS = """id, source_key AS key, status, change, survey, observed_on, area_m2, outline_m2, width_m, confidence,
  building_key, district_code, reason, reasons, grew_from, decided_at, decided_by, decision"""

INSERT = text(f"""
WITH new AS (
  INSERT INTO suspicion (tenant, source, source_key, change, survey, observed_on, area_m2, outline_m2, width_m,
                         confidence, building_key, reason, reasons, grew_from, geom, district_code)
  SELECT :tenant, '{SOURCE}', r.key, r.change, :survey, CAST(:observed_on AS date), r.area_m2, r.outline_m2, r.width_m,
         r.confidence, r.building_key, r.reason, CAST(r.reasons AS jsonb), r.grew_from, r.geom,
         (SELECT d.code FROM patrol_district d
           WHERE d.tenant = :tenant AND d.geom && r.geom AND ST_Intersects(d.geom, ST_PointOnSurface(r.geom))
           ORDER BY d.code LIMIT 1)
    FROM (SELECT u.*, ST_Multi(ST_GeomFromWKB(u.shape, 4490)) AS geom
            FROM unnest(CAST(:keys AS text[]), CAST(:changes AS text[]), CAST(:areas AS float8[]),
                        CAST(:outlines AS float8[]), CAST(:widths AS float8[]), CAST(:confidences AS float8[]),
                        CAST(:buildings AS text[]), CAST(:said AS text[]), CAST(:reasons AS text[]),
                        CAST(:grew AS text[]), CAST(:shapes AS bytea[]))
              AS u(key, change, area_m2, outline_m2, width_m, confidence, building_key, reason, reasons, grew_from,
                   shape)) r
  ON CONFLICT (tenant, source, source_key) DO NOTHING
  RETURNING id)
SELECT array_agg(id) FROM new""")

GROW = text("""
WITH now_larger AS (
  UPDATE suspicion s
     SET geom = ST_Multi(ST_GeomFromWKB(u.shape, 4490)), area_m2 = u.area_m2, outline_m2 = u.outline_m2,
         width_m = u.width_m, confidence = u.confidence, reason = u.reason, reasons = CAST(u.reasons AS jsonb),
         survey = :survey, observed_on = CAST(:observed_on AS date), updated_at = now()
    FROM unnest(CAST(:ids AS bigint[]), CAST(:areas AS float8[]), CAST(:outlines AS float8[]),
                CAST(:widths AS float8[]), CAST(:confidences AS float8[]), CAST(:said AS text[]),
                CAST(:reasons AS text[]), CAST(:shapes AS bytea[]))
      AS u(id, area_m2, outline_m2, width_m, confidence, reason, reasons, shape)
   WHERE s.tenant = :tenant AND s.id = u.id AND s.status = 'waiting'
  RETURNING s.id)
SELECT array_agg(id) FROM now_larger""")

REASONS = text("""
UPDATE suspicion SET reasons = CAST(:reasons AS jsonb), reason = :reason, updated_at = now()
 WHERE tenant = :tenant AND id = :id AND status = 'waiting'""")

HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant || '/suspicion', 0))")

FIND = text(f"SELECT {COLUMNS} FROM suspicion WHERE tenant = :tenant AND id = :id")
FIND_LOCKED = text(f"SELECT {COLUMNS} FROM suspicion WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""
SELECT {COLUMNS}, ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat FROM suspicion
 WHERE tenant = :tenant AND id < coalesce(CAST(:before AS bigint), 9223372036854775807)
   AND (CAST(:status AS text) IS NULL OR status = :status)
   AND (CAST(:district AS text) IS NULL OR district_code = :district)
 ORDER BY id DESC LIMIT :most""")
COUNTS = text("SELECT status, count(*) FROM suspicion WHERE tenant = :tenant GROUP BY status")

DECIDE = text("""
UPDATE suspicion SET status = :status, decided_at = now(), decided_by = :actor, decision = :decision, updated_at = now()
 WHERE tenant = :tenant AND id = :id AND status = 'waiting'
RETURNING ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)""")

HAND_OVER = text(f"""
INSERT INTO illegal_building (tenant, source, source_key, status, status_since_on, found_on, area_m2, extra, geom)
SELECT :tenant, '{SOURCE}', source_key, 'suspected', CAST(:today AS date), coalesce(observed_on, CAST(:today AS date)),
       area_m2, jsonb_build_object('suspicion', id, 'change', change, 'survey', survey), geom
  FROM suspicion WHERE tenant = :tenant AND id = :id
ON CONFLICT (tenant, source, source_key) DO NOTHING
RETURNING id""")


def load_approved(session: Session) -> GeoDataFrame:
    """Approved outlines, EPSG:4490: buildings, and illegal ones whose papers were put in order; column ``key``."""
    import pandas

    buildings = load_features(session, "building", columns=("source_key",))
    status = get_kind("illegal_building").table.c.status
    mended = load_features(session, "illegal_building", where=status == "regularised", columns=("source_key",))
    both = pandas.concat([buildings, mended], ignore_index=True) if len(mended) else buildings
    return both.rename(columns={"source_key": "key"})


def load_ledger(session: Session) -> GeoDataFrame:
    """Illegal buildings in the ledger, EPSG:4490, but regularised and demolished ones: what stands again is new."""
    status = get_kind("illegal_building").table.c.status
    where = status.not_in(("regularised", *TORN_DOWN))
    return load_features(session, "illegal_building", where=where, columns=("source_key", "status"))


def load_earlier(session: Session) -> GeoDataFrame:
    """Suspicions there are, EPSG:4490: ``status source_key observed_on reasons``; index ``id``.

    Without those whose ledger row was demolished since.
    """
    suspicion, ledger = get_kind("suspicion").table.c, get_kind("illegal_building").table.c
    torn_down = exists().where(
        ledger.tenant == suspicion.tenant,
        ledger.source == suspicion.source,
        ledger.source_key == suspicion.source_key,
        ledger.status.in_(TORN_DOWN),
    )
    return load_features(
        session, "suspicion", where=~torn_down, columns=("status", "source_key", "observed_on", "reasons")
    )


def load_flights(session: Session, survey: str | None = None) -> GeoDataFrame:
    """Flight footprints, EPSG:4490: ``name``, ``survey``, ``flown_on``; of one survey or all."""
    where = None if survey is None else get_kind("flight").table.c.survey == survey
    return load_features(session, "flight", where=where, columns=("name", "survey", "flown_on"))


def load_queue(session: Session) -> GeoDataFrame:
    """The suspicions that wait for a decision, surest first, those seen clear since last, EPSG:4490.

    Columns ``key, name, cls, area_m2, changed_m2, confidence, reasons, district_code, seen_on, building_key``;
    index ``id``; ``name`` is the number as it is written down, ``reasons`` pairs of message code and facts.
    """
    status = get_kind("suspicion").table.c.status
    names = (
        "source_key", "change", "outline_m2", "area_m2", "confidence", "reasons", "district_code", "observed_on",
        "building_key",
    )  # fmt: skip
    frame = load_features(session, "suspicion", where=status == "waiting", columns=names)
    frame = frame.rename(
        columns={
            "source_key": "key", "change": "cls", "outline_m2": "area_m2", "area_m2": "changed_m2",
            "observed_on": "seen_on",
        }
    )  # fmt: skip
    frame["name"] = [f"YS{number:05d}" for number in frame.index]
    clear = frame["reasons"].map(lambda parts: any(code == CLEAR for code, _ in parts)).astype(bool)
    order = frame.assign(standing=~clear).sort_values(
        ["standing", "confidence", "changed_m2"], ascending=False, kind="stable"
    )
    return order.drop(columns="standing")


def count_by_status(session: Session, tenant: str) -> dict[str, int]:
    """How many suspicions there are of each status."""
    return {str(status): int(count) for status, count in session.execute(COUNTS, {"tenant": tenant})}


def hold_queue(session: Session, tenant: str) -> None:
    """Let one comparison at a time write the county's queue, until this transaction ends."""
    session.execute(HOLD, {"tenant": tenant})


def insert_suspicions(
    session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], survey: str | None, observed_on: str | None
) -> list[int]:
    """Add suspicions; their ids, without those whose key is there already."""
    facts = _columns(rows) | {
        "keys": [row["key"] for row in rows],
        "changes": [row["change"] for row in rows],
        "buildings": [row["building_key"] for row in rows],
        "grew": [row["grew_from"] for row in rows],
    }
    return session.execute(INSERT, facts | _where(tenant, survey, observed_on)).scalar_one() or []


def grow_suspicions(
    session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], survey: str | None, observed_on: str | None
) -> list[int]:
    """Give waiting suspicions, by ``id``, their larger ground; the ids of those that still waited."""
    facts = _columns(rows) | {"ids": [row["id"] for row in rows]}
    return session.execute(GROW, facts | _where(tenant, survey, observed_on)).scalar_one() or []


def save_reasons(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give waiting suspicions, by ``id``, other ``reasons`` and their sentence ``reason``."""
    facts = [{**row, "tenant": tenant, "reasons": json.dumps(row["reasons"], ensure_ascii=False)} for row in rows]
    session.execute(REASONS, facts)


def find_suspicion(session: Session, tenant: str, suspicion_id: int, *, lock: bool = False) -> dict[str, Any] | None:
    """One suspicion, held until the transaction ends if asked; None if there is none."""
    found = session.execute(FIND_LOCKED if lock else FIND, {"tenant": tenant, "id": suspicion_id}).mappings().first()
    return dict(found) if found else None


def list_suspicions(
    session: Session, tenant: str, *, status: str | None, district: str | None, before: int | None, most: int
) -> list[dict[str, Any]]:
    """Suspicions, the newest first, each with a point that lies on it."""
    facts = {"tenant": tenant, "status": status, "district": district, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def decide(
    session: Session, tenant: str, suspicion_id: int, status: str, decision: str | None, actor: str
) -> tuple[float, float, float, float]:
    """Mark a waiting suspicion as decided; its box."""
    facts = {"tenant": tenant, "id": suspicion_id, "status": status, "decision": decision, "actor": actor}
    west, south, east, north = session.execute(DECIDE, facts).one()
    return west, south, east, north


def hand_over(session: Session, tenant: str, suspicion_id: int, today: str) -> int | None:
    """Enter a suspicion into the ledger of illegal buildings as suspected; the row's id, None if it was there."""
    facts = {"tenant": tenant, "id": suspicion_id, "today": today}
    found: int | None = session.execute(HAND_OVER, facts).scalar()
    return found


def _where(tenant: str, survey: str | None, observed_on: str | None) -> dict[str, Any]:
    return {"tenant": tenant, "survey": survey, "observed_on": observed_on}


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {
        "areas": [row["area_m2"] for row in rows],
        "outlines": [row["outline_m2"] for row in rows],
        "widths": [row["width_m"] for row in rows],
        "confidences": [row["confidence"] for row in rows],
        "said": [row["reason"] for row in rows],
        "reasons": [json.dumps(row["reasons"], ensure_ascii=False) for row in rows],
        "shapes": [row["shape"] for row in rows],
    }
