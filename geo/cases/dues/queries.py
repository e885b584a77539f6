"""SQL of what falls due in the registers: one statement a register, all with the same columns."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

SOURCES: Final = {
    "hazard": """
SELECT h.id, h.number AS name, h.found_at AS since_at, h.due_at, h.district_code, 0 AS licences, 10 AS minutes, h.geom
  FROM hazard h WHERE h.tenant = :tenant AND h.status IN ('open', 'fixed')
   AND h.due_at >= :since AND h.due_at < :until""",
    "repair": """
SELECT r.id, r.number AS name, r.ordered_at AS since_at, r.due_at, r.district_code, 0, 10, r.geom
  FROM repair_order r WHERE r.tenant = :tenant AND r.state IN ('ordered', 'working', 'finished')
   AND r.due_at >= :since AND r.due_at < :until""",
    "gas_user": """
SELECT u.id, u.code AS name, u.last_check_on::timestamp AT TIME ZONE c.time_zone AS since_at,
       (u.last_check_on + u.check_every_days)::timestamp AT TIME ZONE c.time_zone AS due_at, NULL, 2, 40, u.geom
  FROM gas_user u JOIN county c ON c.tenant = u.tenant
  LEFT JOIN enterprise e ON e.tenant = u.tenant AND e.code = 'RQ-' || u.code
 WHERE u.tenant = :tenant AND (e.id IS NULL OR NOT EXISTS (
         SELECT 1 FROM enterprise_check k
          WHERE k.tenant = e.tenant AND k.enterprise_id = e.id AND k.status = 'open'))
   AND (e.id IS NULL OR e.cap_per_year > (
         SELECT count(*) FROM enterprise_check k
          WHERE k.tenant = e.tenant AND k.enterprise_id = e.id AND k.status = 'done'
            AND k.reason NOT IN ('complaint', 'ordered') AND extract(year FROM k.done_on)
              = extract(year FROM CAST(:until AS timestamptz) AT TIME ZONE c.time_zone - interval '1 second')))
   AND u.check_every_days IS NOT NULL AND u.last_check_on IS NOT NULL
   AND (u.last_check_on + u.check_every_days)::timestamp AT TIME ZONE c.time_zone >= :since
   AND (u.last_check_on + u.check_every_days)::timestamp AT TIME ZONE c.time_zone < :until""",
    "supply_point": """
SELECT p.id, p.code AS name, min(l.received_at) AS since_at,
       min(l.expires_on)::timestamp AT TIME ZONE c.time_zone AS due_at, NULL, 0, 15, p.geom
  FROM (SELECT m.supply_point_id, m.item, m.lot, max(m.expires_on) AS expires_on, min(m.moved_at) AS received_at
          FROM supply_move m WHERE m.tenant = :tenant GROUP BY 1, 2, 3
        HAVING sum(CASE WHEN m.kind IN ('receive', 'give_back', 'count_up') THEN m.quantity ELSE -m.quantity END) > 0) l
  JOIN supply_point p ON p.tenant = :tenant AND p.id = l.supply_point_id
  JOIN county c ON c.tenant = p.tenant
 WHERE l.expires_on::timestamp AT TIME ZONE c.time_zone >= :since
   AND l.expires_on::timestamp AT TIME ZONE c.time_zone < :until
 GROUP BY p.id, p.code, p.geom, c.time_zone""",
    "feast": """
SELECT f.id, f.place AS name, f.made_at AS since_at, f.held_on::timestamp AT TIME ZONE c.time_zone AS due_at,
       f.district_code, 0, 10, f.geom
  FROM feast f JOIN county c ON c.tenant = f.tenant
 WHERE f.tenant = :tenant AND f.visited_at IS NULL
   AND f.held_on::timestamp AT TIME ZONE c.time_zone >= :since
   AND f.held_on::timestamp AT TIME ZONE c.time_zone < :until
   AND EXISTS (SELECT 1 FROM firework_zone z WHERE z.tenant = :tenant AND z.geom && f.geom
                  AND ST_Intersects(z.geom, f.geom) AND (z.valid_from_on IS NULL OR z.valid_from_on <= f.held_on)
                  AND (z.valid_to_on IS NULL OR z.valid_to_on >= f.held_on))""",
    "ad_order": """
SELECT o.id, coalesce(o.notice, o.id::text) AS name, o.ordered_on::timestamp AT TIME ZONE c.time_zone AS since_at,
       (o.due_on + 1)::timestamp AT TIME ZONE c.time_zone AS due_at, o.district_code, 0, 10, o.geom
  FROM ad_order o JOIN county c ON c.tenant = o.tenant
 WHERE o.tenant = :tenant AND o.state = 'ordered' AND o.due_on IS NOT NULL
   AND (o.due_on + 1)::timestamp AT TIME ZONE c.time_zone >= :since
   AND (o.due_on + 1)::timestamp AT TIME ZONE c.time_zone < :until""",
}
"""Hazards and repairs by their date; gas users whose inspection is due (an entry: two licences, under the
cap, and not one that is drawn or planned already, D15); supplies on the
last day of their use; feasts inside a firework zone before their day; ads on the last day of their owner. Whoever adds
a register adds its statement here."""

WORDS: Final = {"hazard": "复查", "repair": "验收", "gas_user": "燃气检查", "supply_point": "物资到期",
                "feast": "上门告知", "ad_order": "广告复查"}  # fmt: skip
"""What somebody does there, said before the record's number."""

DUE = "\nUNION ALL\n".join(
    f"""SELECT '{name}' AS register, id, name, since_at, due_at, district_code, licences, minutes,
       ST_X(geom) AS lon, ST_Y(geom) AS lat, ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer))) AS shape
  FROM ({source}) {name}(id, name, since_at, due_at, district_code, licences, minutes, geom)"""
    for name, source in SOURCES.items()
)
LIST = text(f"{DUE}\nORDER BY due_at, register, id")


def list_due(session: Session, tenant: str, srid: int, since: dt.datetime, until: dt.datetime) -> list[dict[str, Any]]:
    """What is due from one instant to before another, the first first; ``shape`` as WKB in the metric CRS."""
    facts = {"tenant": tenant, "srid": srid, "since": since, "until": until}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]
