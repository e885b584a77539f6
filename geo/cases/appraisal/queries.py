"""SQL of appraisal: its rules, and what the groups that are scored are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

RULES = text("SELECT indicator, better, points, least FROM appraisal_rule WHERE tenant = :tenant ORDER BY 1")
DROP = text("DELETE FROM appraisal_rule WHERE tenant = :tenant")
ADD = text("""
INSERT INTO appraisal_rule (tenant, indicator, better, points, least, set_by)
VALUES (:tenant, :indicator, :better, :points, :least, :actor)""")
NAMES: Final = {
    "area": text("SELECT code, name FROM patrol_district WHERE tenant = :tenant"),
    "department": text("SELECT code, name FROM org_unit WHERE tenant = :tenant"),
    "town": text("SELECT name AS code, name FROM admin_area WHERE tenant = :tenant AND level = 'town'"),
}


def load_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """What the county has set."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def replace_rules(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Rules instead of earlier ones."""
    session.execute(DROP, {"tenant": tenant})
    if rows:
        session.execute(ADD, [{**row, "tenant": tenant, "actor": actor} for row in rows])


def load_names(session: Session, tenant: str, by: str) -> dict[str, str]:
    """Code → name of 片区, units or towns."""
    return {row[0]: row[1] for row in session.execute(NAMES[by], {"tenant": tenant})}
