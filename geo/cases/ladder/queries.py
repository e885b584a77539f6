"""SQL of the ladder: rules, the list of exemptions, incidents and what came before them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.ladder.exemptions import Exemption
from geo.cases.ladder.rungs import Earlier

CLEAR_RULES = text("DELETE FROM ladder_rule WHERE tenant = :tenant")
ADD_RULE = text("""
INSERT INTO ladder_rule (tenant, code_system, code, look_back_months, radius_m, second, work_class, set_by)
VALUES (:tenant, :code_system, :code, :look_back_months, :radius_m, :second, :work_class, :actor)""")
RULES = text("""
SELECT code_system, code, look_back_months, radius_m, second, work_class, set_at, set_by FROM ladder_rule
WHERE tenant = :tenant ORDER BY code_system, code""")
FIND_RULE = text("""
SELECT look_back_months, radius_m, second, work_class FROM ladder_rule
WHERE tenant = :tenant AND ((code_system = :code_system AND code = :code) OR code = '') ORDER BY code DESC LIMIT 1""")
RETIRE = text("UPDATE exemption_rule SET active = false WHERE tenant = :tenant AND NOT code = ANY(:codes)")
UPSERT_EXEMPTION = text("""
INSERT INTO exemption_rule (tenant, code, kind, name, code_system, event_code, conditions, correct_days, article)
VALUES (:tenant, :code, :kind, :name, :code_system, :event_code, :conditions, :correct_days, :article)
ON CONFLICT (tenant, code) DO UPDATE SET kind = excluded.kind, name = excluded.name,
  code_system = excluded.code_system, event_code = excluded.event_code, conditions = excluded.conditions,
  correct_days = excluded.correct_days, article = excluded.article, active = true""")
EXEMPTIONS = text("""
SELECT id, code, kind, name, code_system, event_code, conditions, correct_days, article FROM exemption_rule
WHERE tenant = :tenant AND active AND (CAST(:code AS text) IS NULL OR (code_system = :code_system
  AND event_code = :code)) ORDER BY code""")

REGIME = text("""
WITH here AS MATERIALIZED (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) AS p),
near AS (
  SELECT g.regime FROM here, road r
  JOIN road_regime g ON g.tenant = r.tenant AND g.road_id = r.id AND g.valid_from_on <= :on
   AND (g.valid_to_on IS NULL OR g.valid_to_on > :on)
  WHERE r.tenant = :tenant AND r.geom && ST_Expand(here.p, 0.0005)
    AND ST_Distance(ST_Transform(r.geom, CAST(:srid AS integer)), ST_Transform(here.p, CAST(:srid AS integer))) <= 30
  ORDER BY ST_Distance(ST_Transform(r.geom, CAST(:srid AS integer)), ST_Transform(here.p, CAST(:srid AS integer))),
           r.id LIMIT 1)
SELECT regime FROM near""")

HEAD = """i.id, i.uid, i.subject_id, i.state, i.code_system, i.code, i.at, i.district_code, i.event_uid, i.problem_id,
  i.proposed, i.counted, i.conditions, i.exemption_id, i.permits, i.step, i.override_reason, i.education, i.work_class,
  i.officer_id, ST_X(i.geom) AS lon, ST_Y(i.geom) AS lat"""
EARLIER = text("""
SELECT i.id, i.at, ST_Distance(ST_Transform(i.geom, CAST(:srid AS integer)),
  ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), CAST(:srid AS integer))) AS distance_m
FROM ladder_incident i JOIN subject s ON s.tenant = i.tenant AND s.id = i.subject_id AND s.state = 'confirmed'
WHERE i.tenant = :tenant AND i.subject_id = :subject AND i.code_system = :code_system AND i.code = :code
  AND i.state = 'confirmed' AND i.at < :at AND i.id <> :id ORDER BY i.at, i.id""")
INSERT = text("""
INSERT INTO ladder_incident (tenant, uid, subject_id, code_system, code, at, district_code, event_uid, problem_id,
                             proposed, counted, conditions, exemption_id, officer_id, made_by, permits, geom)
VALUES (:tenant, :uid, :subject, :code_system, :code, :at, :district, :event_uid, :problem, :proposed, :counted,
        :conditions, :exemption, :officer, :actor, :permits, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")
BY_UID = text("SELECT id FROM ladder_incident WHERE tenant = :tenant AND uid = :uid")
FIND = text(f"""
SELECT {HEAD} FROM ladder_incident i
WHERE i.tenant = :tenant AND i.id = :id AND (CAST(:area AS text[]) IS NULL OR i.district_code = ANY(:area))""")
LOCK = text(f"SELECT {HEAD} FROM ladder_incident i WHERE i.tenant = :tenant AND i.id = :id FOR UPDATE")
LIST = text(f"""
SELECT {HEAD} FROM ladder_incident i
WHERE i.tenant = :tenant AND (CAST(:area AS text[]) IS NULL OR i.district_code = ANY(:area))
  AND (CAST(:state AS text) IS NULL OR i.state = :state) AND (CAST(:before AS bigint) IS NULL OR i.id < :before)
ORDER BY i.id DESC LIMIT :most""")
PROPOSE = text("""
UPDATE ladder_incident SET subject_id = :subject, proposed = :proposed, counted = :counted, conditions = :conditions,
  exemption_id = :exemption WHERE tenant = :tenant AND id = :id""")
DECIDE = text("""
UPDATE ladder_incident SET state = :state, step = :step, override_reason = :reason, education = :education,
  work_class = :work_class, officer_id = :officer WHERE tenant = :tenant AND id = :id""")
WITHDRAW = text("UPDATE ladder_incident SET state = 'withdrawn' WHERE tenant = :tenant AND id = :id")
HAS_DOCUMENT = text("SELECT EXISTS (SELECT FROM legal_document WHERE tenant = :tenant AND incident_id = :id)")
SUBJECT_STATE = text("SELECT state, merged_into_id FROM subject WHERE tenant = :tenant AND id = :id FOR UPDATE")
CLASSES = text("""
SELECT i.district_code, i.work_class, count(*) FROM ladder_incident i
WHERE i.tenant = :tenant AND i.state = 'confirmed' AND i.at >= :from_at AND i.at < :to_at
  AND (CAST(:area AS text[]) IS NULL OR i.district_code = ANY(:area))
GROUP BY 1, 2 ORDER BY 1, 2""")
EXEMPT = text("""
SELECT e.code, e.name, e.kind, e.article, count(*) FROM ladder_incident i
JOIN exemption_rule e ON e.tenant = i.tenant AND e.id = i.exemption_id
WHERE i.tenant = :tenant AND i.state = 'confirmed' AND i.step = 'exempt' AND i.at >= :from_at AND i.at < :to_at
  AND (CAST(:area AS text[]) IS NULL OR i.district_code = ANY(:area))
GROUP BY 1, 2, 3, 4 ORDER BY 1""")
SAMPLES = text("""
SELECT e.code, e.name, e.article, i.code AS event_code, to_char(i.at AT TIME ZONE c.time_zone, 'YYYY-MM') AS month,
  i.conditions, i.education, s.kind, s.name_sealed, s.owner_sealed, s.phone_sealed, s.number_sealed
FROM ladder_incident i JOIN subject s ON s.tenant = i.tenant AND s.id = i.subject_id
JOIN exemption_rule e ON e.tenant = i.tenant AND e.id = i.exemption_id
JOIN county c ON c.tenant = i.tenant
WHERE i.tenant = :tenant AND i.state = 'confirmed' AND i.step = 'exempt' AND i.at >= :from_at AND i.at < :to_at
ORDER BY e.code, i.uid LIMIT :most""")


def save_rules(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write all rules anew."""
    session.execute(CLEAR_RULES, {"tenant": tenant})
    names = ("code_system", "code", "look_back_months", "radius_m", "second", "work_class")
    for row in rows:
        session.execute(ADD_RULE, {"tenant": tenant, "actor": actor, **{name: row[name] for name in names}})


def list_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Rules by code; the one without a code is for all others."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def find_rule(session: Session, tenant: str, code_system: str, code: str) -> dict[str, Any] | None:
    """The rule of a behaviour, or the one for all others; None if the county has neither."""
    facts = {"tenant": tenant, "code_system": code_system, "code": code}
    row = session.execute(FIND_RULE, facts).mappings().first()
    return dict(row) if row else None


def save_exemptions(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the list; entries it no longer has go out of force."""
    names = ("code", "kind", "name", "code_system", "event_code", "correct_days", "article")
    for row in rows:
        facts = {**{name: row[name] for name in names}, "conditions": list(row["conditions"])}
        session.execute(UPSERT_EXEMPTION, {"tenant": tenant, **facts})
    session.execute(RETIRE, {"tenant": tenant, "codes": [row["code"] for row in rows]})


def list_exemptions(
    session: Session, tenant: str, code_system: str | None = None, code: str | None = None
) -> list[dict[str, Any]]:
    """Entries in force by number; for one behaviour or all."""
    facts = {"tenant": tenant, "code_system": code_system, "code": code}
    return [dict(row) for row in session.execute(EXEMPTIONS, facts).mappings()]


def load_exemptions(session: Session, tenant: str, code_system: str, code: str) -> list[Exemption]:
    """Entries in force for a behaviour, by number."""
    return [
        Exemption(row["id"], row["code"], row["kind"], frozenset(row["conditions"]), row["correct_days"])
        for row in list_exemptions(session, tenant, code_system, code)
    ]


def find_regime(session: Session, tenant: str, lon: float, lat: float, on: dt.date, srid: int) -> str | None:
    """The regime of the nearest street within 30 m on a local day; None off all streets that have one."""
    facts = {"tenant": tenant, "lon": lon, "lat": lat, "on": on, "srid": srid}
    found: str | None = session.execute(REGIME, facts).scalar()
    return found


def load_earlier(session: Session, tenant: str, incident: Mapping[str, Any], srid: int) -> list[Earlier]:
    """Confirmed incidents of the same confirmed subject and behaviour before this one, the earliest first."""
    names = ("subject", "code_system", "code", "at", "lon", "lat")
    facts = {"tenant": tenant, "srid": srid, "id": incident.get("id") or 0, **{n: incident[n] for n in names}}
    return [Earlier(int(one), at, float(metres)) for one, at, metres in session.execute(EARLIER, facts)]


def insert_incident(session: Session, tenant: str, **values: Any) -> int | None:
    """Add an incident; None if there is one of this uid already."""
    return session.execute(INSERT, {"tenant": tenant, **values}).scalar()


def find_by_uid(session: Session, tenant: str, uid: Any) -> int | None:
    """Row of an incident by its public id."""
    return session.execute(BY_UID, {"tenant": tenant, "uid": uid}).scalar()


def find_incident(
    session: Session, tenant: str, incident: int, area: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """One incident; None if there is none in those 片区."""
    facts = {"tenant": tenant, "id": incident, "area": list(area) if area is not None else None}
    row = session.execute(FIND, facts).mappings().first()
    return dict(row) if row else None


def lock_incident(session: Session, tenant: str, incident: int) -> dict[str, Any] | None:
    """One incident, nobody else's until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "id": incident}).mappings().first()
    return dict(row) if row else None


def list_incidents(
    session: Session, tenant: str, area: Sequence[str] | None, state: str | None, before: int | None, most: int
) -> list[dict[str, Any]]:
    """Incidents, the newest first."""
    facts = {"area": list(area) if area is not None else None, "state": state, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, **facts}).mappings()]


def set_proposal(session: Session, tenant: str, incident: int, **values: Any) -> None:
    """Write what the ladder proposes now."""
    session.execute(PROPOSE, {"tenant": tenant, "id": incident, **values})


def set_decision(session: Session, tenant: str, incident: int, **values: Any) -> None:
    """Write what was done."""
    session.execute(DECIDE, {"tenant": tenant, "id": incident, **values})


def withdraw(session: Session, tenant: str, incident: int) -> None:
    """Take an incident back."""
    session.execute(WITHDRAW, {"tenant": tenant, "id": incident})


def has_document(session: Session, tenant: str, incident: int) -> bool:
    """Whether a document is about an incident."""
    return bool(session.execute(HAS_DOCUMENT, {"tenant": tenant, "id": incident}).scalar_one())


def find_subject_state(session: Session, tenant: str, subject: int) -> tuple[str, int | None] | None:
    """State of a file and what it was merged into; None if there is none. Locked, so that no merge comes between."""
    row = session.execute(SUBJECT_STATE, {"tenant": tenant, "id": subject}).first()
    return (str(row[0]), row[1]) if row else None


def count_classes(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None
) -> list[tuple[str, str, int]]:
    """(片区, class, confirmed actions) of a span."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "area": list(area) if area is not None else None}
    return [(district, name, int(count)) for district, name, count in session.execute(CLASSES, facts)]


def count_exempt(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Exempted incidents of a span by entry of the list."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(EXEMPT, facts).mappings()]


def list_exempted(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, most: int
) -> list[dict[str, Any]]:
    """Exempted incidents with entry, behaviour, month, conditions, what was explained, and whom it is about, sealed."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "most": most}
    return [dict(row) for row in session.execute(SAMPLES, facts).mappings()]
