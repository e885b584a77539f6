"""SQL of exports: the shifts one person is planned for."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.patrol.export.ical import PersonShift, PlannedPost

SHIFTS = text("""
SELECT p.on_date, p.shift_code, k.name, p.starts_at, p.ends_at, p.version, t.id, t.name, t.mode,
       ST_X(t.start), ST_Y(t.start),
       ARRAY(SELECT o.name FROM plan_member x JOIN staff o ON o.tenant = x.tenant AND o.id = x.staff_id
             WHERE x.tenant = t.tenant AND x.team_id = t.id AND o.id <> s.id ORDER BY o.code),
       ARRAY(SELECT v.code FROM plan_vehicle x JOIN vehicle v ON v.tenant = x.tenant AND v.id = x.vehicle_id
             WHERE x.tenant = t.tenant AND x.team_id = t.id ORDER BY v.code)
FROM staff s
JOIN plan_member m ON m.tenant = s.tenant AND m.staff_id = s.id
JOIN plan_team t ON t.tenant = m.tenant AND t.id = m.team_id
JOIN shift_plan p ON p.tenant = t.tenant AND p.id = t.plan_id AND p.status = 'published'
JOIN shift_kind k ON k.tenant = p.tenant AND k.code = p.shift_code
WHERE s.tenant = :tenant AND s.code = :staff AND p.on_date BETWEEN :first AND :last
ORDER BY p.starts_at""")

POSTS = text("""
SELECT s.name, s.arrive_at, s.leave_at, ST_X(s.geom), ST_Y(s.geom)
FROM plan_stop s WHERE s.tenant = :tenant AND s.team_id = :team AND s.kind = 'post' ORDER BY s.seq""")

KNOWN = text("SELECT 1 FROM staff WHERE tenant = :tenant AND code = :staff")


def is_staff(session: Session, tenant: str, staff_code: str) -> bool:
    """Whether somebody has this staff number."""
    return session.execute(KNOWN, {"tenant": tenant, "staff": staff_code}).first() is not None


def load_person_shifts(
    session: Session, tenant: str, staff_code: str, first: dt.date, last: dt.date
) -> list[PersonShift]:
    """The published shifts a person is in, by start; empty if there are none in those local days, both included."""
    facts = {"tenant": tenant, "staff": staff_code, "first": first, "last": last}
    found = []
    for row in session.execute(SHIFTS, facts).all():
        on, code, name, starts, ends, version, team, team_name, mode, lon, lat, mates, vehicles = row
        posts = [PlannedPost(*one) for one in session.execute(POSTS, {"tenant": tenant, "team": team})]
        found.append(
            PersonShift(
                on, code, name, starts, ends, version, team_name, mode, (lon, lat), tuple(mates), tuple(vehicles),
                tuple(posts),
            )
        )  # fmt: skip
    return found
