"""One list of what is due, for people and for the API: open events, notices to be looked at again, the registers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geo.cases.dues.queries import WORDS
from geo.cases.dues.queries import list_due as list_register_due
from geo.db.counties import get_county
from geo.patrol.demand.book import queries
from geo.patrol.demand.deadlines import STALE, event_names, hours_allowed
from geo.patrol.queries import tenant_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def list_due(session: Session, until: dt.datetime, now: dt.datetime) -> list[dict[str, Any]]:
    """Everything with a time by which somebody must have been there, the most pressing first.

    Parameters
    ----------
    until, now
        Aware; what is more than thirty days late is a matter for the ledger.

    Returns
    -------
    list of dict
        ``key name layer feature_id since_at due_at late district_code lon lat`` (EPSG:4490).
    """
    found = []
    since = now - STALE - dt.timedelta(days=10)
    for row in queries.run(session, queries.OPEN_EVENTS, since=since, until=until):
        due_at = row["since_at"] + dt.timedelta(hours=hours_allowed(row.pop("origin")))
        if now - STALE <= due_at < until:
            name = event_names().get(row["code"], (row["code"], 0))[0]
            facts = {"key": f"event:{row['id']}", "name": name, "layer": "event", "feature_id": row.pop("id")}
            found.append({**facts, **row, "due_at": due_at, "late": due_at < now})
    for row in queries.run(session, queries.DUE_NOTICES, since=now - STALE, until=until):
        facts = {"key": f"notice:{row['id']}", "name": f"复查{row.pop('number')}", "layer": "notice"}
        found.append({**facts, "feature_id": row.pop("id"), **row, "late": row["due_at"] < now})
    county = get_county(session, tenant_of(session))
    for row in list_register_due(session, county.code, county.metric_srid, now - STALE, until):
        register, number = row["register"], row["id"]
        facts = {"key": f"{register}:{number}", "name": f"{WORDS[register]}{row['name']}", "layer": register}
        plain = {name: row[name] for name in ("since_at", "due_at", "district_code", "lon", "lat")}
        found.append({**facts, "feature_id": number, **plain, "late": row["due_at"] < now})
    return sorted(found, key=lambda one: (one["due_at"], one["key"]))
