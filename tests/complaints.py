"""What tests of complaints share: a mapping of a hotline, people to give work to, and the rows to compare."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo.cases.complaints.orders import FieldMap
from geo.tables.base import Base

HOTLINE = FieldMap(
    {
        "external_id": "no", "received_at": "time", "topic": "type", "content": "text", "place_text": "address",
        "lon": "lng", "lat": "lat", "due_at": "limit", "caller_name": "who", "caller_phone": "tel",
    },
)  # fmt: skip
SQUAD_OFFICER, SENIOR = "CS01", "CB01"


def staff_up(session: Session, tenant: str) -> None:
    """A bureau with somebody senior in it, and a squad with an officer."""
    tables = Base.metadata.tables
    parent = None
    for code, kind, staff in (("CB", "bureau", SENIOR), ("CS", "squadron", SQUAD_OFFICER)):
        unit = insert(tables["org_unit"]).values(tenant=tenant, code=code, name=code, kind=kind, parent_id=parent)
        parent = session.execute(unit.returning(tables["org_unit"].c.id)).scalar_one()
        person = {"tenant": tenant, "code": staff, "name": staff, "kind": "regular", "org_unit_id": parent}
        session.execute(insert(tables["staff"]).values(**person))


def table_rows(session: Session, tenant: str) -> dict[str, list[dict[str, Any]]]:
    """Complaints and callers as they stand, by id."""
    found = {}
    for table, key in (("complaint", "id"), ("complaint_caller", "complaint_id")):
        rows = session.execute(text(f"SELECT * FROM {table} WHERE tenant = :t ORDER BY {key}"), {"t": tenant})
        found[table] = [dict(row) for row in rows.mappings()]
    return found
