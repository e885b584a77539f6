"""SQL of the organisation room: rows are recognised by their code, so writing them again changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.tables.organisation import OrgUnit, Staff, Vehicle
from geo.tables.shifts import Duty, ShiftKind

if TYPE_CHECKING:
    from pandas import DataFrame

Rows = Sequence[Mapping[str, Any]]

GIVE_DISTRICTS = text("""
UPDATE patrol_district d SET org_unit_id = g.unit
  FROM unnest(CAST(:codes AS text[]), CAST(:units AS bigint[])) AS g (code, unit)
 WHERE d.tenant = :tenant AND d.code = g.code RETURNING d.code""")


def org_unit_ids(session: Session, tenant: str) -> dict[str, int]:
    """Row ids of the organisation's units by code."""
    return _ids(session, tenant, _table(OrgUnit))


def staff_ids(session: Session, tenant: str) -> dict[str, int]:
    """Row ids of the staff by staff number."""
    return _ids(session, tenant, _table(Staff))


def upsert_org_units(session: Session, tenant: str, rows: Rows) -> None:
    """Write units; a parent must stand before its children."""
    for row in rows:
        _upsert(session, tenant, _table(OrgUnit), [row])


def give_districts(session: Session, tenant: str, owners: Mapping[str, int]) -> set[str]:
    """Make units (by row id) responsible for 片区 (by code); the codes that were found."""
    facts = {"tenant": tenant, "codes": list(owners), "units": list(owners.values())}
    return set(session.scalars(GIVE_DISTRICTS, facts))


def upsert_staff(session: Session, tenant: str, rows: Rows) -> None:
    """Write members of staff, recognised by staff number; what the rows do not name stays."""
    _upsert(session, tenant, _table(Staff), rows)


def upsert_vehicles(session: Session, tenant: str, rows: Rows, *, kept: Sequence[str] = ()) -> None:
    """Write vehicles, recognised by number; what the rows do not name stays, and what they say only of new ones.

    Parameters
    ----------
    kept
        Names that are written for new vehicles alone.
    """
    _upsert(session, tenant, _table(Vehicle), rows, kept)


def find_licensed(session: Session, tenant: str, codes: Sequence[str]) -> list[str]:
    """Which of these staff numbers have a licence, in order."""
    wanted = select(Staff.code).where(Staff.tenant == tenant, Staff.code.in_(codes), Staff.licence_no.is_not(None))
    return list(session.scalars(wanted.order_by(Staff.code)))


def upsert_shift_kinds(session: Session, tenant: str, rows: Rows) -> None:
    """Write kinds of shift, recognised by code."""
    _upsert(session, tenant, _table(ShiftKind), rows)


def add_shift_kinds(session: Session, tenant: str, rows: Rows) -> None:
    """Add kinds of shift to a county that has none; one that has any keeps its own."""
    if session.scalar(select(ShiftKind.id).where(ShiftKind.tenant == tenant).limit(1)) is None:
        upsert_shift_kinds(session, tenant, rows)


def add_duties(session: Session, tenant: str, rows: Rows) -> int:
    """Add duties that are not there yet; how many were added. Existing ones keep their role."""
    added = 0
    for chunk in _chunks(rows):
        statement = insert(Duty).values([{**row, "tenant": tenant} for row in chunk])
        added += len(session.execute(statement.on_conflict_do_nothing().returning(Duty.id)).all())
    return added


def rostered_days(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> set[dt.date]:
    """Dates from ``first_on`` to ``last_on``, both included, that have any duty."""
    found = select(Duty.on_date).where(Duty.tenant == tenant, Duty.on_date.between(first_on, last_on)).distinct()
    return set(session.scalars(found))


def load_staff(session: Session, tenant: str) -> DataFrame:
    """All staff by staff number: ``code name kind licence_no licence_from_on licence_to_on active``."""
    import pandas

    columns = [
        Staff.code,
        Staff.name,
        Staff.kind,
        Staff.licence_no,
        Staff.licence_from_on,
        Staff.licence_to_on,
        Staff.active,
    ]
    found = session.execute(select(*columns).where(Staff.tenant == tenant).order_by(Staff.code))
    return pandas.DataFrame(found.all(), columns=[column.key for column in columns], dtype=object)


FIND_LOADED = text("""
SELECT facts ->> 'fingerprint' FROM change
 WHERE tenant = :tenant AND kind = 'sample.loaded' ORDER BY id DESC LIMIT 1""")


def find_loaded_sample(session: Session, tenant: str) -> str | None:
    """Fingerprint of the sample county that was loaded last, or none."""
    found: str | None = session.execute(FIND_LOADED, {"tenant": tenant}).scalar()
    return found


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _ids(session: Session, tenant: str, table: Table) -> dict[str, int]:
    found = session.execute(select(table.c.code, table.c.id).where(table.c.tenant == tenant))
    return {code: int(row) for code, row in found}


def _upsert(session: Session, tenant: str, table: Table, rows: Rows, kept: Sequence[str] = ()) -> None:
    for chunk in _chunks(rows):
        statement = insert(table).values([{**row, "tenant": tenant} for row in chunk])
        changed = {name: statement.excluded[name] for name in chunk[0] if name not in ("code", *kept)}
        session.execute(statement.on_conflict_do_update(index_elements=["tenant", "code"], set_=changed))


def _chunks(rows: Rows, size: int = 500) -> Iterable[Rows]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
