"""SQL of the ledger of illegal buildings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from geo.cases.buildings.stock import Correction, History, Moment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

SOURCE = "ledger"
"""Data set of rows that were entered here, by hand or from the city's map."""

COLUMNS = """b.id, b.code, b.status, b.status_since_on, b.found_on, b.built_on, b.area_m2, b.area_dm2, b.households,
  b.category, b.entered_as, b.district_code, b.follows_id, b.source, b.source_key"""
PLACED = "ST_X(ST_PointOnSurface(b.geom)) AS lon, ST_Y(ST_PointOnSurface(b.geom)) AS lat"
HERE = "b.tenant = :tenant AND (CAST(:area AS text[]) IS NULL OR b.district_code = ANY(:area))"


GROUND_OK = text("""
SELECT ST_IsValid(g.geom) AND ST_NPoints(g.geom) <= :most AND ST_Area(g.geom) > 0,
       ST_XMin(g.geom), ST_YMin(g.geom), ST_XMax(g.geom), ST_YMax(g.geom)
  FROM (SELECT ST_Multi(ST_GeomFromWKB(:ground, 4490)) AS geom) g""")

DISTRICT_OF = """(SELECT d.code FROM patrol_district d
   WHERE d.tenant = :tenant AND d.geom && {geom} AND ST_Intersects(d.geom, ST_PointOnSurface({geom}))
   ORDER BY d.code LIMIT 1)"""

INSERT = text(f"""
INSERT INTO illegal_building (tenant, source, source_key, code, status, status_since_on, found_on, built_on, households,
                              category, district_code, follows_id, extra, area_dm2, area_m2, geom)
SELECT :tenant, '{SOURCE}', :key, :code, 'suspected', :since, :found_on, :built_on, :households, :category,
       {DISTRICT_OF.format(geom="g.geom")}, :follows_id, CAST(:extra AS jsonb),
       round(ST_Area(ST_Transform(g.geom, CAST(:srid AS integer))) * 100),
       round(ST_Area(ST_Transform(g.geom, CAST(:srid AS integer)))::numeric, 2), g.geom
  FROM (SELECT ST_Multi(ST_GeomFromWKB(:ground, 4490)) AS geom) g
RETURNING id, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)""")

COPY = text(f"""
INSERT INTO illegal_building (tenant, source, source_key, status, status_since_on, found_on, households, category,
                              district_code, follows_id, area_dm2, area_m2, geom)
SELECT tenant, '{SOURCE}', :key, 'suspected', :since, :since, households, category, district_code, id, area_dm2,
       area_m2, geom
  FROM illegal_building WHERE tenant = :tenant AND id = :id RETURNING id""")

SETTLE = text(f"""
UPDATE illegal_building b
   SET area_dm2 = coalesce(b.area_dm2, round(ST_Area(ST_Transform(b.geom, CAST(:srid AS integer))) * 100)),
       area_m2 = coalesce(b.area_m2, round(ST_Area(ST_Transform(b.geom, CAST(:srid AS integer)))::numeric, 2)),
       district_code = coalesce(b.district_code, {DISTRICT_OF.format(geom="b.geom")}),
       entered_as = coalesce(b.entered_as, :entered_as)
 WHERE b.tenant = :tenant AND b.id = :id
RETURNING b.area_dm2""")
"""What a row that came with a layer lacks: its ground as the stock counts it, its 片区, and its kind of entry."""

FIND = text(f"SELECT {COLUMNS}, {PLACED} FROM illegal_building b WHERE b.tenant = :tenant AND b.id = :id")
LOCK = text(f"""
SELECT {COLUMNS}, ST_XMin(b.geom), ST_YMin(b.geom), ST_XMax(b.geom), ST_YMax(b.geom)
  FROM illegal_building b WHERE b.tenant = :tenant AND b.id = :id FOR UPDATE""")
MOVE = text("""
UPDATE illegal_building SET status = :status, status_since_on = :since, updated_at = now(),
       entered_as = coalesce(:entered_as, entered_as), households = coalesce(CAST(:households AS integer), households)
 WHERE tenant = :tenant AND id = :id""")

LIST = text(f"""
SELECT {COLUMNS}, {PLACED} FROM illegal_building b
 WHERE {HERE} AND b.id < coalesce(CAST(:before AS bigint), 9223372036854775807)
   AND (CAST(:statuses AS text[]) IS NULL OR b.status = ANY(:statuses))
   AND (CAST(:district AS text) IS NULL OR b.district_code = :district)
   AND (CAST(:category AS text) IS NULL OR b.category = :category)
   AND (CAST(:ids AS bigint[]) IS NULL OR b.id = ANY(:ids))
   AND (CAST(:stood_before AS date) IS NULL OR coalesce(b.built_on, b.found_on) < :stood_before)
   AND (CAST(:least_m2 AS numeric) IS NULL OR b.area_m2 >= :least_m2)
   AND (CAST(:most_m2 AS numeric) IS NULL OR b.area_m2 < :most_m2)
 ORDER BY b.id DESC LIMIT :most""")

WITHOUT_LOG = text("""
SELECT b.id FROM illegal_building b
 WHERE b.tenant = :tenant AND NOT EXISTS (
   SELECT FROM step_log s WHERE s.tenant = b.tenant AND s.workflow = 'building' AND s.row_id = b.id)
 ORDER BY b.id""")

STEPS = text(f"""
SELECT s.row_id, s.n, s.step, s.to_state, s.at, s.recorded_at, coalesce((s.facts->>'households')::int, 0),
       coalesce((s.facts->>'area_dm2')::bigint, 0), s.facts ? 'corrects', s.actor, s.note
  FROM step_log s JOIN illegal_building b ON b.tenant = s.tenant AND b.id = s.row_id
 WHERE s.tenant = :tenant AND s.workflow = 'building' AND {HERE}
   AND (CAST(:category AS text) IS NULL OR b.category = :category)
   AND (CAST(:one AS bigint) IS NULL OR b.id = :one)
 ORDER BY s.row_id, s.n""")
CORRECTIONS = text(f"""
SELECT c.building_id, c.at, c.recorded_at, c.households_more, c.area_dm2_more, c.actor, c.reason
  FROM building_correction c JOIN illegal_building b ON b.tenant = c.tenant AND b.id = c.building_id
 WHERE c.tenant = :tenant AND {HERE} AND (CAST(:category AS text) IS NULL OR b.category = :category)
   AND (CAST(:one AS bigint) IS NULL OR b.id = :one)
 ORDER BY c.building_id, c.id""")
ADD_CORRECTION = text("""
INSERT INTO building_correction (tenant, building_id, at, households_more, area_dm2_more, reason, actor, staff_id)
VALUES (:tenant, :id, :at, :households_more, :area_dm2_more, :reason, :actor, :staff_id) RETURNING id""")

OVERLAPS = text(f"""
SELECT least(b.id, o.id), greatest(b.id, o.id),
       round(ST_Area(ST_Transform(ST_Intersection(b.geom, o.geom), CAST(:srid AS integer))) * 100)::bigint AS dm2
  FROM illegal_building b
  JOIN illegal_building o ON o.tenant = b.tenant AND o.geom && b.geom AND ST_Intersects(o.geom, b.geom) AND o.id <> b.id
 WHERE {HERE} AND b.status <> ALL(:gone) AND o.status <> ALL(:gone)
   AND (b.id < o.id OR CAST(:one AS bigint) IS NOT NULL) AND (CAST(:one AS bigint) IS NULL OR b.id = :one)
   AND b.follows_id IS DISTINCT FROM o.id AND o.follows_id IS DISTINCT FROM b.id
 ORDER BY 1, 2""")

ADD_PLAN = text("""
INSERT INTO building_plan (tenant, category, way, goal, from_on, to_on, owner_id, note, made_by)
VALUES (:tenant, :category, :way, :goal, :from_on, :to_on, :owner_id, :note, :actor)
ON CONFLICT (tenant, category, way, from_on) DO NOTHING RETURNING id""")
PLANS = text("""
SELECT p.id, p.category, p.way, p.goal, p.from_on, p.to_on, s.code AS owner, s.name AS owner_name, p.note
  FROM building_plan p JOIN staff s ON s.tenant = p.tenant AND s.id = p.owner_id
 WHERE p.tenant = :tenant ORDER BY p.to_on, p.category, p.way""")


def look_at_ground(session: Session, ground: bytes, most: int) -> tuple[bool, Box]:
    """Whether WKB in EPSG:4490 is a sound outline of at most so many points, and its box."""
    ok, *box = session.execute(GROUND_OK, {"ground": ground, "most": most}).one()
    return bool(ok), (box[0], box[1], box[2], box[3])


def insert_building(session: Session, tenant: str, **values: Any) -> tuple[int, Box]:
    """Add a suspected building; its id and box."""
    found, *box = session.execute(INSERT, {"tenant": tenant, **values}).one()
    return int(found), (box[0], box[1], box[2], box[3])


def copy_building(session: Session, tenant: str, building_id: int, key: str, since: dt.date) -> int:
    """The same ground once more, as suspected; the new row's id."""
    facts = {"tenant": tenant, "id": building_id, "key": key, "since": since}
    return int(session.execute(COPY, facts).scalar_one())


def settle_building(session: Session, tenant: str, building_id: int, srid: int, entered_as: str | None) -> int:
    """Fill in what a row that came with a layer lacks; its ground in dm²."""
    facts = {"tenant": tenant, "id": building_id, "srid": srid, "entered_as": entered_as}
    return int(session.execute(SETTLE, facts).scalar_one())


def find_building(session: Session, tenant: str, building_id: int) -> dict[str, Any] | None:
    """One building with a point that lies on it; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": building_id}).mappings().first()
    return dict(row) if row else None


def lock_building(session: Session, tenant: str, building_id: int) -> tuple[dict[str, Any], Box] | None:
    """One building, held until the transaction ends, and its box; None if there is none."""
    row = session.execute(LOCK, {"tenant": tenant, "id": building_id}).first()
    if row is None:
        return None
    west, south, east, north = row[-4:]
    return dict(zip(row._fields[:-4], row[:-4], strict=True)), (west, south, east, north)


def move_building(session: Session, tenant: str, building_id: int, **values: Any) -> None:
    """Give a building its new state."""
    session.execute(MOVE, {"tenant": tenant, "id": building_id, **values})


def list_buildings(
    session: Session,
    tenant: str,
    *,
    area: Sequence[str] | None = None,
    statuses: Sequence[str] | None = None,
    district: str | None = None,
    category: str | None = None,
    ids: Sequence[int] | None = None,
    stood_before: dt.date | None = None,
    least_m2: float | None = None,
    most_m2: float | None = None,
    before: int | None = None,
    most: int = 100,
) -> list[dict[str, Any]]:
    """Buildings, the newest first, each with a point that lies on it; ``area`` confines to those 片区.

    ``stood_before``: built, or else found, before that day; ground from ``least_m2`` to below ``most_m2``.
    """
    facts = {
        "area": list(area) if area is not None else None,
        "statuses": list(statuses) if statuses is not None else None,
        "ids": list(ids) if ids is not None else None,
        "stood_before": stood_before, "least_m2": least_m2, "most_m2": most_m2,
    }  # fmt: skip
    given = {"tenant": tenant, "district": district, "category": category, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, {**given, **facts}).mappings()]


def list_without_log(session: Session, tenant: str) -> list[int]:
    """Rows that came with a layer and that nobody has taken into the ledger yet."""
    return [int(one) for one in session.scalars(WITHOUT_LOG, {"tenant": tenant})]


def load_histories(
    session: Session,
    tenant: str,
    *,
    area: Sequence[str] | None = None,
    category: str | None = None,
    one: int | None = None,
) -> list[History]:
    """The dated history of every building in the ledger, by id."""
    facts = {
        "tenant": tenant, "area": list(area) if area is not None else None, "category": category, "one": one,
    }  # fmt: skip
    steps: dict[int, list[Moment]] = {}
    for row_id, *rest in session.execute(STEPS, facts):
        n, step, to_state, at, recorded_at, households, area_dm2, mends, actor, note = rest
        moment = Moment(n, step, to_state, at, recorded_at, households, area_dm2, mends, actor, note)
        steps.setdefault(row_id, []).append(moment)
    mended: dict[int, list[Correction]] = {}
    for row_id, *values in session.execute(CORRECTIONS, facts):
        mended.setdefault(row_id, []).append(Correction(*values))
    return [History(one, tuple(steps[one]), tuple(mended.get(one, ()))) for one in steps]


def add_correction(session: Session, tenant: str, building_id: int, **values: Any) -> int:
    """Write down a correction; its id."""
    return int(session.execute(ADD_CORRECTION, {"tenant": tenant, "id": building_id, **values}).scalar_one())


def find_overlaps(
    session: Session,
    tenant: str,
    srid: int,
    gone: Sequence[str],
    *,
    area: Sequence[str] | None = None,
    one: int | None = None,
) -> list[tuple[int, int, int]]:
    """Pairs of buildings that stand on the same ground, the smaller id first, and how much of it in dm²."""
    facts = {"tenant": tenant, "srid": srid, "gone": list(gone), "one": one}
    facts["area"] = list(area) if area is not None else None
    return [(int(a), int(b), int(dm2)) for a, b, dm2 in session.execute(OVERLAPS, facts)]


def add_plan(session: Session, tenant: str, **values: Any) -> int | None:
    """Write down a plan; its id, None if there is one of that category and way from that day on."""
    return session.execute(ADD_PLAN, {"tenant": tenant, **values}).scalar()


def list_plans(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Plans by their last day."""
    return [dict(row) for row in session.execute(PLANS, {"tenant": tenant}).mappings()]
