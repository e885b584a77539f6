"""SQL of risk assessments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS: Final = """a.id, a.number, a.about, a.acts, a.districts, a.valid_from_on, a.valid_to_on, a.title, a.level,
  a.plan, a.budget_yuan, a.conclusion, a.state, a.author, a.approver, a.made_at, c.code AS campaign, a.building_id,
  (SELECT count(*) FROM risk_point k WHERE k.tenant = a.tenant AND k.assessment_id = a.id) AS points"""
FROM: Final = "risk_assessment a LEFT JOIN campaign c ON c.tenant = a.tenant AND c.id = a.campaign_id"

INSERT = text("""
INSERT INTO risk_assessment (tenant, number, about, campaign_id, building_id, acts, districts, valid_from_on,
                             valid_to_on, title, author)
VALUES (:tenant, :number, :about, :campaign_id, :building_id, :acts, :districts, :valid_from_on, :valid_to_on, :title,
        :author)
ON CONFLICT (tenant, number) DO NOTHING RETURNING id""")
WRITE = text("""
UPDATE risk_assessment SET level = :level, plan = :plan, budget_yuan = :budget_yuan, conclusion = :conclusion,
       author = :author WHERE tenant = :tenant AND id = :id""")
DROP_POINTS = text("DELETE FROM risk_point WHERE tenant = :tenant AND assessment_id = :id")
ADD_POINT = text("""
INSERT INTO risk_point (tenant, assessment_id, seq, point, source, measure, level)
VALUES (:tenant, :id, :seq, :point, :source, :measure, :level)""")
POINTS = text("""
SELECT point, source, measure, level FROM risk_point WHERE tenant = :tenant AND assessment_id = :id ORDER BY seq""")
FIND = text(f"SELECT {COLUMNS} FROM {FROM} WHERE a.tenant = :tenant AND a.number = :number")
LOCK = text("SELECT id FROM risk_assessment WHERE tenant = :tenant AND number = :number FOR UPDATE")
LIST = text(f"""
SELECT {COLUMNS} FROM {FROM} WHERE a.tenant = :tenant AND (CAST(:state AS text) IS NULL OR a.state = :state)
 ORDER BY a.id DESC LIMIT :most""")
MOVE = text("""
UPDATE risk_assessment SET state = :state, approver = CAST(:approver AS text)
 WHERE tenant = :tenant AND id = :id""")
ABOUT_CAMPAIGN = text(f"""
SELECT {COLUMNS} FROM {FROM} WHERE a.tenant = :tenant AND a.campaign_id = :campaign ORDER BY a.id DESC""")
ABOUT_BUILDING = text(f"""
SELECT {COLUMNS} FROM {FROM}
 WHERE a.tenant = :tenant
   AND (a.building_id = :building OR (c.state = 'running' AND 'demolish' = ANY(a.acts) AND EXISTS (
        SELECT 1 FROM illegal_building b WHERE b.tenant = a.tenant AND b.id = :building
           AND b.geom && c.geom AND ST_Intersects(b.geom, c.geom))))
 ORDER BY a.id DESC""")
ABOUT_ACT = text(f"""
SELECT {COLUMNS} FROM {FROM}
 WHERE a.tenant = :tenant AND CAST(:act AS text) = ANY(a.acts)
   AND ((a.about = 'acts' AND (cardinality(a.districts) = 0 OR CAST(:district AS text) = ANY(a.districts)))
        OR (c.state = 'running' AND c.geom && ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)
            AND ST_Intersects(c.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))))
 ORDER BY a.id DESC""")
CAMPAIGN = text("SELECT id FROM campaign WHERE tenant = :tenant AND code = :code AND state <> 'cancelled'")
BUILDING = text("SELECT id FROM illegal_building WHERE tenant = :tenant AND id = :id")
DISTRICTS = text("SELECT code FROM patrol_district WHERE tenant = :tenant AND code = ANY(:codes)")


def insert_assessment(session: Session, tenant: str, **values: Any) -> int | None:
    """Begin an assessment; None if its number is taken."""
    return session.execute(INSERT, {"tenant": tenant, **values}).scalar()


def write_assessment(
    session: Session, tenant: str, assessment: int, points: Sequence[Mapping[str, str]], **values: Any
) -> None:
    """Write all parts anew."""
    session.execute(WRITE, {"tenant": tenant, "id": assessment, **values})
    session.execute(DROP_POINTS, {"tenant": tenant, "id": assessment})
    rows = [{**point, "tenant": tenant, "id": assessment, "seq": seq} for seq, point in enumerate(points, 1)]
    if rows:
        session.execute(ADD_POINT, rows)


def find_assessment(session: Session, tenant: str, number: str) -> dict[str, Any] | None:
    """An assessment by number; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "number": number}).mappings().first()
    return None if row is None else dict(row)


def lock_assessment(session: Session, tenant: str, number: str) -> dict[str, Any] | None:
    """The same, held until the transaction ends."""
    session.execute(LOCK, {"tenant": tenant, "number": number})
    return find_assessment(session, tenant, number)


def list_points(session: Session, tenant: str, assessment: int) -> list[dict[str, Any]]:
    """Its risk points in order."""
    return [dict(row) for row in session.execute(POINTS, {"tenant": tenant, "id": assessment}).mappings()]


def list_assessments(session: Session, tenant: str, state: str | None, most: int) -> list[dict[str, Any]]:
    """Assessments, the newest first."""
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, "state": state, "most": most}).mappings()]


def move_assessment(session: Session, tenant: str, assessment: int, state: str, approver: str | None) -> None:
    """Write a new state, and who approved."""
    session.execute(MOVE, {"tenant": tenant, "id": assessment, "state": state, "approver": approver})


def load_about(
    session: Session, tenant: str, *, campaign_id: int | None = None, building_id: int | None = None
) -> list[dict[str, Any]]:
    """Assessments about a campaign or a building, the newest first."""
    if campaign_id is not None:
        found = session.execute(ABOUT_CAMPAIGN, {"tenant": tenant, "campaign": campaign_id})
    else:
        found = session.execute(ABOUT_BUILDING, {"tenant": tenant, "building": building_id})
    return [dict(row) for row in found.mappings()]


def load_acts(
    session: Session, tenant: str, act: str, lon: float, lat: float, district: str | None
) -> list[dict[str, Any]]:
    """Assessments about a kind of act at a point, the newest first."""
    facts = {"tenant": tenant, "act": act, "lon": lon, "lat": lat, "district": district}
    return [dict(row) for row in session.execute(ABOUT_ACT, facts).mappings()]


def find_campaign(session: Session, tenant: str, code: str) -> int | None:
    """Row of a campaign that is not cancelled."""
    return session.execute(CAMPAIGN, {"tenant": tenant, "code": code}).scalar()


def find_building(session: Session, tenant: str, building: int) -> int | None:
    """A building's own id if there is one."""
    return session.execute(BUILDING, {"tenant": tenant, "id": building}).scalar()


def known_districts(session: Session, tenant: str, codes: Sequence[str]) -> set[str]:
    """Those of the codes that are 片区."""
    return set(session.execute(DISTRICTS, {"tenant": tenant, "codes": list(codes)}).scalars())
