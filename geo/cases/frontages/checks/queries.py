"""SQL of checks, of looking again, and of monthly lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from geo.cases.frontages.ranking import Checked, Ranked

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HERE = "(CAST(:area AS text[]) IS NULL OR f.district_code = ANY(:area))"

STAFF = text("SELECT id FROM staff WHERE tenant = :tenant AND code = :code AND active")
ADD = text("""
INSERT INTO frontage_check (tenant, uid, frontage_id, at, kind, version, failed, points, passed, event_uid, note,
                            staff_id, actor)
VALUES (:tenant, :uid, :frontage_id, :at, :kind, :version, :failed, :points, :passed, :event_uid, :note, :staff_id,
        :actor) RETURNING id""")
CHECK = """c.id, c.uid, c.frontage_id, c.at, c.kind, c.version, c.failed, c.points, c.passed, c.event_uid, c.note,
  c.actor, c.recorded_at"""
GET = text(f"SELECT {CHECK} FROM frontage_check c WHERE c.tenant = :tenant AND c.id = :id")
OF_FRONT = text(f"""
SELECT {CHECK} FROM frontage_check c WHERE c.tenant = :tenant AND c.frontage_id = :id ORDER BY c.at DESC, c.id DESC
 LIMIT :most""")
CHOSEN = text(f"""
SELECT {CHECK}, f.code, coalesce(f.outside_name, '') AS shown_name, f.street, f.number, f.district_code,
       ST_X(ST_PointOnSurface(f.geom)) AS lon, ST_Y(ST_PointOnSurface(f.geom)) AS lat
  FROM frontage_check c JOIN frontage f ON f.tenant = c.tenant AND f.id = c.frontage_id
 WHERE c.tenant = :tenant AND c.id = ANY(CAST(:ids AS bigint[])) AND {HERE} ORDER BY c.at DESC, c.id DESC""")
VERSION_AT = text("""
SELECT a.version FROM agreement a WHERE a.tenant = :tenant AND a.frontage_id = :id AND a.signed_on <= :on
 ORDER BY a.signed_on DESC, a.id DESC LIMIT 1""")
CURRENT = text("""
SELECT a.id, a.state FROM agreement a WHERE a.tenant = :tenant AND a.frontage_id = :id
   AND a.state IN ('signed', 'failed') ORDER BY a.signed_on DESC, a.id DESC LIMIT 1""")

MONTH = text("""
SELECT c.id, c.frontage_id, c.points, c.passed FROM frontage_check c
 WHERE c.tenant = :tenant AND c.at >= :from_at AND c.at < :to_at AND c.recorded_at <= :known_at
 ORDER BY c.id""")

RATES = text(f"""
SELECT coalesce(f.town, '') AS town, coalesce(f.street, '') AS street, count(*) AS checked,
       count(*) FILTER (WHERE c.passed) AS passed, array_agg(c.id ORDER BY c.id) AS check_ids
  FROM frontage_check c JOIN frontage f ON f.tenant = c.tenant AND f.id = c.frontage_id
 WHERE c.tenant = :tenant AND c.at >= :from_at AND c.at < :to_at AND {HERE}
 GROUP BY 1, 2 ORDER BY 1, 2""")

ADD_TASK = text("""
INSERT INTO look_back (tenant, frontage_id, cause_id, due_on) VALUES (:tenant, :frontage_id, :cause_id, :due_on)
ON CONFLICT (tenant, cause_id) DO NOTHING""")
CLOSE_TASKS = text("""
UPDATE look_back SET done_id = :done_id
 WHERE tenant = :tenant AND frontage_id = :frontage_id AND done_id IS NULL AND cause_id <> :done_id RETURNING id""")
TASKS = text(f"""
SELECT l.id, l.frontage_id, f.code, coalesce(f.outside_name, '') AS shown_name, f.street, f.number, f.district_code,
       l.cause_id, l.due_on, l.done_id, c.at AS cause_at, d.at AS done_at, d.passed AS done_passed,
       ST_X(ST_PointOnSurface(f.geom)) AS lon, ST_Y(ST_PointOnSurface(f.geom)) AS lat
  FROM look_back l JOIN frontage f ON f.tenant = l.tenant AND f.id = l.frontage_id
  JOIN frontage_check c ON c.tenant = l.tenant AND c.id = l.cause_id
  LEFT JOIN frontage_check d ON d.tenant = l.tenant AND d.id = l.done_id
 WHERE l.tenant = :tenant AND {HERE} AND (NOT :open_only OR l.done_id IS NULL) ORDER BY l.due_on, l.id LIMIT :most""")

NEXT_VERSION = text("""
SELECT coalesce(max(version), 0) + 1 FROM frontage_list WHERE tenant = :tenant AND month_on = :month_on""")
ADD_LIST = text("""
INSERT INTO frontage_list (tenant, month_on, version, checks_to_at, sha256, made_by)
VALUES (:tenant, :month_on, :version, :checks_to_at, :sha256, :actor) RETURNING id""")
ADD_ROW = text("""
INSERT INTO frontage_list_row (tenant, list_id, frontage_id, colour, checked, passed, points, check_ids)
VALUES (:tenant, :list_id, :frontage_id, :colour, :checked, :passed, :points, :check_ids)""")
LISTS = text("""
SELECT l.id, l.month_on, l.version, l.state, l.appeal_to_on, l.sha256, l.checks_to_at, l.made_at, l.made_by,
       (SELECT count(*) FROM frontage_list_row r WHERE r.tenant = l.tenant AND r.list_id = l.id AND r.colour = 'red')
         AS red,
       (SELECT count(*) FROM frontage_list_row r WHERE r.tenant = l.tenant AND r.list_id = l.id AND r.colour = 'black')
         AS black
  FROM frontage_list l WHERE l.tenant = :tenant AND (CAST(:id AS bigint) IS NULL OR l.id = :id)
 ORDER BY l.month_on DESC, l.version DESC LIMIT :most""")
LOCK_LIST = text("""
SELECT id, month_on, version, state, appeal_to_on, sha256, checks_to_at FROM frontage_list
 WHERE tenant = :tenant AND id = :id FOR UPDATE""")
SET_LIST = text("""
UPDATE frontage_list SET state = :state, appeal_to_on = coalesce(CAST(:appeal_to_on AS date), appeal_to_on)
 WHERE tenant = :tenant AND id = :id""")
ROWS = text(f"""
SELECT r.id, r.frontage_id, f.code, coalesce(f.outside_name, '') AS shown_name, f.street, f.number, f.town,
       f.district_code, r.colour, r.checked, r.passed, r.points, r.check_ids, r.appeal, r.appeal_said, r.appeal_answer,
       ST_X(ST_PointOnSurface(f.geom)) AS lon, ST_Y(ST_PointOnSurface(f.geom)) AS lat
  FROM frontage_list_row r JOIN frontage f ON f.tenant = r.tenant AND f.id = r.frontage_id
 WHERE r.tenant = :tenant AND r.list_id = :id AND {HERE} ORDER BY r.id""")
FIND_ROW = text("""
SELECT r.id, r.list_id, r.appeal, l.state, l.appeal_to_on FROM frontage_list_row r
  JOIN frontage_list l ON l.tenant = r.tenant AND l.id = r.list_id
 WHERE r.tenant = :tenant AND r.id = :id FOR UPDATE OF r""")
APPEAL = text("""
UPDATE frontage_list_row SET appeal = 'waiting', appealed_at = :at, appeal_said = :said
 WHERE tenant = :tenant AND id = :id""")
ANSWER = text("""
UPDATE frontage_list_row SET appeal = :verdict, appeal_answer = :answer, answered_by = :actor
 WHERE tenant = :tenant AND id = :id""")
WAITING = text("""
SELECT count(*) FROM frontage_list_row WHERE tenant = :tenant AND list_id = :id AND appeal = 'waiting'""")


def find_staff(session: Session, tenant: str, code: str) -> int | None:
    """Somebody in service by staff number."""
    return session.execute(STAFF, {"tenant": tenant, "code": code}).scalar()


def add_check(session: Session, tenant: str, **values: Any) -> int:
    """Write down a check; its id."""
    return int(session.execute(ADD, {"tenant": tenant, **values}).scalar_one())


def find_check(session: Session, tenant: str, check_id: int) -> dict[str, Any] | None:
    """One check."""
    row = session.execute(GET, {"tenant": tenant, "id": check_id}).mappings().first()
    return dict(row) if row else None


def list_checks(session: Session, tenant: str, frontage_id: int, most: int = 100) -> list[dict[str, Any]]:
    """A front's checks, the newest first."""
    facts = {"tenant": tenant, "id": frontage_id, "most": most}
    return [dict(row) for row in session.execute(OF_FRONT, facts).mappings()]


def choose_checks(
    session: Session, tenant: str, ids: Sequence[int], area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Checks by id with their front and its place, the newest first; those outside ``area`` are left out."""
    facts = {"tenant": tenant, "ids": list(ids), "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(CHOSEN, facts).mappings()]


def version_at(session: Session, tenant: str, frontage_id: int, on: dt.date) -> str | None:
    """The version of the agreement last signed by a day; None without one."""
    return session.execute(VERSION_AT, {"tenant": tenant, "id": frontage_id, "on": on}).scalar()


def find_current(session: Session, tenant: str, frontage_id: int) -> tuple[int, str] | None:
    """Id and state of the agreement that a yearly check is about; None if none is open."""
    row = session.execute(CURRENT, {"tenant": tenant, "id": frontage_id}).first()
    return (int(row[0]), row[1]) if row else None


def load_month(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, known_at: dt.datetime
) -> list[Checked]:
    """Checks made in a span of time, of those written down by a moment, by id."""
    facts = {"from_at": from_at, "to_at": to_at, "known_at": known_at}
    return [Checked(*row) for row in session.execute(MONTH, {"tenant": tenant, **facts})]


def load_rates(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, *, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Checks and checks passed by town and street."""
    facts = {"from_at": from_at, "to_at": to_at, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(RATES, {"tenant": tenant, **facts}).mappings()]


def add_task(session: Session, tenant: str, frontage_id: int, cause_id: int, due_on: dt.date) -> None:
    """Have a front looked at again by a day."""
    facts = {"frontage_id": frontage_id, "cause_id": cause_id, "due_on": due_on}
    session.execute(ADD_TASK, {"tenant": tenant, **facts})


def close_tasks(session: Session, tenant: str, frontage_id: int, done_id: int) -> int:
    """Say which check looked again; how many tasks it ended."""
    facts = {"tenant": tenant, "frontage_id": frontage_id, "done_id": done_id}
    return len(session.execute(CLOSE_TASKS, facts).all())


def list_tasks(
    session: Session, tenant: str, *, area: Sequence[str] | None = None, open_only: bool = False, most: int = 500
) -> list[dict[str, Any]]:
    """Fronts to be looked at again, the most urgent first."""
    facts = {"area": list(area) if area is not None else None, "open_only": open_only, "most": most}
    return [dict(row) for row in session.execute(TASKS, {"tenant": tenant, **facts}).mappings()]


def add_list(
    session: Session,
    tenant: str,
    month_on: dt.date,
    known_at: dt.datetime,
    sha256: str,
    rows: Sequence[Ranked],
    actor: str,
) -> int:
    """Write down a list as its month's next version; its id."""
    version = session.execute(NEXT_VERSION, {"tenant": tenant, "month_on": month_on}).scalar_one()
    head = {"month_on": month_on, "version": version, "checks_to_at": known_at, "sha256": sha256, "actor": actor}
    number = int(session.execute(ADD_LIST, {"tenant": tenant, **head}).scalar_one())
    if rows:
        session.execute(
            ADD_ROW,
            [
                {
                    "tenant": tenant, "list_id": number, "frontage_id": one.frontage_id, "colour": one.colour,
                    "checked": one.checked, "passed": one.passed, "points": one.points,
                    "check_ids": list(one.check_ids),
                }
                for one in rows
            ],
        )  # fmt: skip
    return number


def list_lists(session: Session, tenant: str, *, one: int | None = None, most: int = 60) -> list[dict[str, Any]]:
    """Lists, the newest month first."""
    facts = {"tenant": tenant, "id": one, "most": most}
    return [dict(row) for row in session.execute(LISTS, facts).mappings()]


def lock_list(session: Session, tenant: str, list_id: int) -> dict[str, Any] | None:
    """One list, held until the transaction ends; None if there is none."""
    row = session.execute(LOCK_LIST, {"tenant": tenant, "id": list_id}).mappings().first()
    return dict(row) if row else None


def set_list(session: Session, tenant: str, list_id: int, state: str, appeal_to_on: dt.date | None = None) -> None:
    """Give a list its new state."""
    facts = {"id": list_id, "state": state, "appeal_to_on": appeal_to_on}
    session.execute(SET_LIST, {"tenant": tenant, **facts})


def list_rows(
    session: Session, tenant: str, list_id: int, *, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """The shops on a list as drawn up; under the name that may leave the bureau, empty while that is not known."""
    facts = {"id": list_id, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(ROWS, {"tenant": tenant, **facts}).mappings()]


def find_row(session: Session, tenant: str, row_id: int) -> dict[str, Any] | None:
    """One row of a list with the list's state, held until the transaction ends."""
    row = session.execute(FIND_ROW, {"tenant": tenant, "id": row_id}).mappings().first()
    return dict(row) if row else None


def appeal(session: Session, tenant: str, row_id: int, at: dt.datetime, said: str) -> None:
    """Note an appeal."""
    session.execute(APPEAL, {"tenant": tenant, "id": row_id, "at": at, "said": said})


def answer(session: Session, tenant: str, row_id: int, verdict: str, said: str, actor: str) -> None:
    """Answer an appeal."""
    session.execute(ANSWER, {"tenant": tenant, "id": row_id, "verdict": verdict, "answer": said, "actor": actor})


def count_waiting(session: Session, tenant: str, list_id: int) -> int:
    """Appeals of a list that nobody has answered."""
    return int(session.execute(WAITING, {"tenant": tenant, "id": list_id}).scalar_one())
