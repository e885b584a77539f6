"""SQL of tracks: who is on shift when, positions in and out, check-ins, retention."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

HERE = "current_setting('pianqu.tenant')"

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
RECEIPT = text(f"SELECT kind, row_id, received_at FROM receipt WHERE tenant = {HERE} AND uid = :uid")

STAFF = text(f"SELECT id, org_unit_id FROM staff WHERE tenant = {HERE} AND code = :code AND active")
STAFF_CODES = text(f"SELECT id, code FROM staff WHERE tenant = {HERE}")
VEHICLE = text(f"SELECT id, org_unit_id FROM vehicle WHERE tenant = {HERE} AND code = :code")
UNIT_DISTRICTS = text(f"SELECT code FROM patrol_district WHERE tenant = {HERE} AND org_unit_id = :unit ORDER BY code")

DUTIES = text(f"""
SELECT d.on_date, d.shift_code, k.start_time, k.end_time
FROM duty d JOIN shift_kind k ON k.tenant = d.tenant AND k.code = d.shift_code
WHERE d.tenant = {HERE} AND d.staff_id = :staff AND d.on_date BETWEEN :first_on AND :last_on
ORDER BY d.on_date, k.start_time""")

DRIVEN = text(f"""
SELECT p.starts_at, p.ends_at FROM shift_plan p JOIN plan_vehicle v ON v.tenant = p.tenant AND v.plan_id = p.id
WHERE p.tenant = {HERE} AND v.vehicle_id = :vehicle AND p.status = 'published'
  AND p.on_date BETWEEN :first_on AND :last_on ORDER BY p.starts_at""")

KEEP = text(f"SELECT keep_days FROM track_rule WHERE tenant = {HERE}")
SET_KEEP = text(f"""
INSERT INTO track_rule (tenant, keep_days, set_by) VALUES ({HERE}, :days, :actor)
ON CONFLICT (tenant) DO UPDATE SET keep_days = excluded.keep_days, set_at = now(), set_by = excluded.set_by""")

INSERT_TRACK = text(f"""
WITH new AS (
  INSERT INTO track (tenant, uid, source, staff_id, vehicle_id, device, file_name, from_at, to_at, at_ms, lon_e7,
                     lat_e7, accuracy_dm, given, refused, made_by)
  VALUES ({HERE}, :uid, :source, :staff_id, :vehicle_id, :device, :file_name, :from_at, :to_at, :at_ms, :lon_e7,
          :lat_e7, :accuracy_dm, :given, CAST(:refused AS jsonb), :made_by)
  RETURNING id, received_at)
INSERT INTO receipt (tenant, uid, kind, row_id, received_at)
SELECT {HERE}, :uid, 'track', id, received_at FROM new RETURNING row_id""")

GET_TRACK = text(f"""
SELECT id, uid, source, cardinality(at_ms), given, refused, from_at, to_at, received_at FROM track
WHERE tenant = {HERE} AND id = :id AND received_at = :received_at""")

TRACKS = text(f"""
SELECT t.id, t.staff_id, t.vehicle_id, t.source, coalesce(t.device, ''), t.at_ms, t.lon_e7, t.lat_e7, t.accuracy_dm
FROM track t
WHERE t.tenant = {HERE} AND t.to_at >= :from_at AND t.from_at <= :to_at
  AND (t.staff_id = ANY(:staff) OR t.vehicle_id = ANY(:vehicles))
ORDER BY t.received_at, t.id""")

LAST_FIX = text(f"""
SELECT at, lon, lat FROM (
  SELECT to_timestamp(p.ms / 1000.0) AS at, p.lon / 1e7 AS lon, p.lat / 1e7 AS lat, p.accuracy
  FROM track t, unnest(t.at_ms, t.lon_e7, t.lat_e7, t.accuracy_dm) AS p(ms, lon, lat, accuracy)
  WHERE t.tenant = {HERE} AND t.to_at >= :from_at AND t.from_at <= :to_at
    AND (t.staff_id = ANY(:staff) OR t.vehicle_id = ANY(:vehicles))) AS seen
WHERE at BETWEEN :from_at AND :to_at AND accuracy <= 500 ORDER BY at DESC LIMIT 1""")

BATCHES = text(f"""
SELECT t.id, t.source, coalesce(s.code, v.code), t.device, t.file_name, t.from_at, t.to_at, cardinality(t.at_ms),
       t.given, t.refused, t.received_at
FROM track t LEFT JOIN staff s ON s.tenant = t.tenant AND s.id = t.staff_id
LEFT JOIN vehicle v ON v.tenant = t.tenant AND v.id = t.vehicle_id
WHERE t.tenant = {HERE} AND (CAST(:before AS bigint) IS NULL OR t.id < :before)
ORDER BY t.id DESC LIMIT :most""")

INSERT_CHECKIN = text(f"""
WITH new AS (
  INSERT INTO checkin (tenant, uid, on_date, shift_code, team_code, stop_key, staff_id, at, geom, accuracy_m,
                       distance_m, place, note, made_by)
  VALUES ({HERE}, :uid, :on_date, :shift_code, :team_code, :stop_key, :staff_id, :at,
          ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490), :accuracy_m, :distance_m, :place,
          :note, :made_by)
  RETURNING id, received_at)
INSERT INTO receipt (tenant, uid, kind, row_id, received_at)
SELECT {HERE}, :uid, 'checkin', id, received_at FROM new RETURNING row_id""")

CHECKIN_COLUMNS = (
    "id, uid, team_code, stop_key, staff_id, at, ST_X(geom), ST_Y(geom), accuracy_m, distance_m, place, note"
)

GET_CHECKIN = text(
    f"SELECT {CHECKIN_COLUMNS} FROM checkin WHERE tenant = {HERE} AND id = :id AND received_at = :received_at"
)

CHECKINS = text(f"""
SELECT {CHECKIN_COLUMNS} FROM checkin
WHERE tenant = {HERE} AND on_date = :on_date AND shift_code = :shift_code AND at <= :until_at ORDER BY at, id""")

POST_AREAS = text(f"""
SELECT id, buffer_m, code, effect_codes, ST_AsBinary(geom) FROM post
WHERE tenant = {HERE} AND id = ANY(CAST(:ids AS bigint[]))""")

ZONE_AREAS = text(f"SELECT id, ST_AsBinary(geom) FROM hotspot_zone WHERE tenant = {HERE} AND id = ANY(:ids)")

FIND_STOP = text(f"""
SELECT s.layer, s.feature_ids, ST_AsBinary(s.geom)
FROM plan_stop s
JOIN shift_plan p ON p.tenant = s.tenant AND p.id = s.plan_id
JOIN plan_team t ON t.tenant = s.tenant AND t.id = s.team_id
WHERE s.tenant = {HERE} AND p.on_date = :on_date AND p.shift_code = :shift_code AND p.status <> 'draft'
  AND t.code = :team AND s.key = :stop
ORDER BY p.version DESC LIMIT 1""")

IN_FORCE = text(f"""
SELECT id FROM shift_plan WHERE tenant = {HERE} AND status = 'published' AND starts_at <= :at AND ends_at > :at
ORDER BY starts_at, id""")

TEAM_PARTS = text(f"""
SELECT t.code,
       ARRAY(SELECT m.staff_id FROM plan_member m WHERE m.tenant = t.tenant AND m.team_id = t.id ORDER BY 1),
       ARRAY(SELECT v.vehicle_id FROM plan_vehicle v WHERE v.tenant = t.tenant AND v.team_id = t.id ORDER BY 1)
FROM plan_team t WHERE t.tenant = {HERE} AND t.plan_id = :plan ORDER BY t.color_index""")

PURGE = (
    text("""
WITH gone AS (
  DELETE FROM track WHERE tenant = :tenant AND coalesce(to_at, received_at) < :before
  RETURNING uid, cardinality(at_ms) AS points)
SELECT count(*), coalesce(sum(points), 0) FROM gone"""),
    text("WITH gone AS (DELETE FROM checkin WHERE tenant = :tenant AND at < :before RETURNING uid)"
         " SELECT count(*), 0 FROM gone"),
    text("""
WITH gone AS (
  DELETE FROM score_item i USING shift_score s
  WHERE i.tenant = :tenant AND s.tenant = i.tenant AND s.id = i.score_id AND i.kind = 'team'
    AND s.until_at < :before AND i.geom IS NOT NULL RETURNING i.id)
SELECT count(*), 0 FROM gone"""),
)  # fmt: skip
OLDEST = text("SELECT min(coalesce(to_at, received_at)) FROM track WHERE tenant = :tenant")


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A batch as it was taken."""

    id: int
    uid: uuid.UUID
    source: str
    kept: int
    given: int
    refused: Mapping[str, Any]
    from_at: dt.datetime | None
    to_at: dt.datetime | None
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class CheckinRow:
    """A check-in as it was taken; ``lon`` and ``lat`` are None without a position."""

    id: int
    uid: uuid.UUID
    team_code: str
    stop_key: str
    staff_id: int
    at: dt.datetime
    lon: float | None
    lat: float | None
    accuracy_m: int | None
    distance_m: int | None
    place: str
    note: str | None


def lock_uid(session: Session, uid: uuid.UUID) -> None:
    """Let one at a time take a record of this uid, until the transaction ends."""
    session.execute(LOCK, {"name": f"receipt/{uid}"})


def find_receipt(session: Session, uid: uuid.UUID) -> tuple[str, int, dt.datetime] | None:
    """Kind, row and time of what was taken under this uid; None if nothing was."""
    row = session.execute(RECEIPT, {"uid": uid}).first()
    return (str(row[0]), int(row[1]), row[2]) if row else None


def find_owner(session: Session, kind: str, code: str) -> tuple[int, int | None] | None:
    """Id and unit of a person (``staff``) or ``vehicle`` by code."""
    row = session.execute(STAFF if kind == "staff" else VEHICLE, {"code": code}).first()
    return (int(row[0]), row[1]) if row else None


def list_staff_codes(session: Session) -> dict[int, str]:
    """Staff numbers by id."""
    return {int(row[0]): str(row[1]) for row in session.execute(STAFF_CODES)}


def list_unit_districts(session: Session, unit: int | None) -> list[str]:
    """Codes of the 片区 a unit answers for."""
    return [str(row[0]) for row in session.execute(UNIT_DISTRICTS, {"unit": unit})]


def list_duties(session: Session, staff: int, first_on: dt.date, last_on: dt.date) -> list[Any]:
    """Shifts a person is on: ``on_date, shift_code, start_time, end_time``."""
    return list(session.execute(DUTIES, {"staff": staff, "first_on": first_on, "last_on": last_on}))


def list_driven(session: Session, vehicle: int, first_on: dt.date, last_on: dt.date) -> list[Any]:
    """Spans in which published plans give a vehicle to a team: ``starts_at, ends_at``."""
    return list(session.execute(DRIVEN, {"vehicle": vehicle, "first_on": first_on, "last_on": last_on}))


def find_keep_days(session: Session) -> int | None:
    """Days the county keeps positions; None where it has set none."""
    return session.execute(KEEP).scalar_one_or_none()


def save_keep_days(session: Session, days: int, actor: str) -> None:
    """Set them."""
    session.execute(SET_KEEP, {"days": days, "actor": actor})


def insert_track(session: Session, row: Mapping[str, Any]) -> int:
    """Add a batch and its receipt; returns its id."""
    return int(session.execute(INSERT_TRACK, dict(row)).scalar_one())


def get_track(session: Session, row_id: int, received_at: dt.datetime) -> TrackRow | None:
    """A batch by its receipt; None once retention has removed it."""
    row = session.execute(GET_TRACK, {"id": row_id, "received_at": received_at}).first()
    return TrackRow(*row) if row else None


def list_batches(session: Session, *, before: int | None = None, most: int = 50) -> list[dict[str, Any]]:
    """Batches, the newest first, without positions."""
    names = ("id", "source", "owner", "device", "file", "from_at", "to_at", "kept", "given", "refused", "received_at")
    rows = session.execute(BATCHES, {"before": before, "most": most})
    return [dict(zip(names, row, strict=True)) for row in rows]


def load_tracks(
    session: Session, from_at: dt.datetime, to_at: dt.datetime, staff: Iterable[int], vehicles: Iterable[int]
) -> list[Any]:
    """Batches that reach into a span: ``id, staff_id, vehicle_id, source, device`` and the four arrays."""
    facts = {"from_at": from_at, "to_at": to_at, "staff": list(staff), "vehicles": list(vehicles)}
    return list(session.execute(TRACKS, facts))


def find_last_fix(
    session: Session, from_at: dt.datetime, to_at: dt.datetime, staff: Iterable[int], vehicles: Iterable[int]
) -> tuple[dt.datetime, float, float] | None:
    """The last position of any of them in a span that is not worse than 50 m: when, longitude, latitude."""
    facts = {"from_at": from_at, "to_at": to_at, "staff": list(staff), "vehicles": list(vehicles)}
    row = session.execute(LAST_FIX, facts).first()
    return (row[0], float(row[1]), float(row[2])) if row else None


def insert_checkin(session: Session, row: Mapping[str, Any]) -> int:
    """Add a check-in and its receipt; returns its id."""
    return int(session.execute(INSERT_CHECKIN, dict(row)).scalar_one())


def get_checkin(session: Session, row_id: int, received_at: dt.datetime) -> CheckinRow | None:
    """A check-in by its receipt; None once retention has removed it."""
    row = session.execute(GET_CHECKIN, {"id": row_id, "received_at": received_at}).first()
    return CheckinRow(*row) if row else None


def list_checkins(session: Session, on_date: dt.date, shift_code: str, until_at: dt.datetime) -> list[CheckinRow]:
    """Check-ins of a shift by time."""
    facts = {"on_date": on_date, "shift_code": shift_code, "until_at": until_at}
    return [CheckinRow(*row) for row in session.execute(CHECKINS, facts)]


def list_in_force(session: Session, at: dt.datetime) -> list[int]:
    """Published plans whose shift runs at an instant."""
    return [int(row[0]) for row in session.execute(IN_FORCE, {"at": at})]


def list_team_parts(session: Session, plan_id: int) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Ids of people and vehicles by team code, in the plan's order."""
    rows = session.execute(TEAM_PARTS, {"plan": plan_id})
    return {str(row[0]): (tuple(row[1]), tuple(row[2])) for row in rows}


def load_post_areas(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, str, list[str], BaseGeometry]]:
    """Buffer, code, event codes and place (EPSG:4490) of posts by id."""
    import shapely

    rows = session.execute(POST_AREAS, {"ids": list(ids)})
    return {int(row[0]): (int(row[1]), str(row[2]), list(row[3]), shapely.from_wkb(bytes(row[4]))) for row in rows}


def load_zone_areas(session: Session, ids: Sequence[int]) -> dict[int, BaseGeometry]:
    """Places of hotspot zones by id, EPSG:4490."""
    import shapely

    return {int(row[0]): shapely.from_wkb(bytes(row[1])) for row in session.execute(ZONE_AREAS, {"ids": list(ids)})}


def find_stop(
    session: Session, on_date: dt.date, shift_code: str, team: str, stop: str
) -> tuple[str, list[int], BaseGeometry] | None:
    """Layer, features and place (EPSG:4490) of a team's stop in a published plan of a shift, the newest."""
    import shapely

    facts = {"on_date": on_date, "shift_code": shift_code, "team": team, "stop": stop}
    row = session.execute(FIND_STOP, facts).first()
    return (str(row[0]), [int(one) for one in row[1]], shapely.from_wkb(bytes(row[2]))) if row else None


def purge(owner: Session, tenant: str, before: dt.datetime) -> dict[str, int]:
    """Remove what is older: batches, positions, check-ins, and the lines teams went. Needs the owner's session."""
    facts = {"tenant": tenant, "before": before}
    batches, points = owner.execute(PURGE[0], facts).one()
    checkins, _ = owner.execute(PURGE[1], facts).one()
    lines, _ = owner.execute(PURGE[2], facts).one()
    return {"batches": int(batches), "points": int(points), "checkins": int(checkins), "lines": int(lines)}


def find_oldest(owner: Session, tenant: str) -> dt.datetime | None:
    """When the oldest position still kept was taken."""
    return owner.execute(OLDEST, {"tenant": tenant}).scalar_one_or_none()


def dump(value: object) -> str:
    """JSON text for a jsonb column."""
    return json.dumps(value, ensure_ascii=False)
