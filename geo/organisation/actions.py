"""What is done with the organisation: write it down whole, and carry the roster on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geo.errors import Invalid
from geo.organisation import queries
from geo.tables.base import STORAGE_SRID

if TYPE_CHECKING:
    from pandas import DataFrame
    from sqlalchemy.orm import Session


class UnknownCode(Invalid):
    """A row names a unit, person or shift that is not there; the facts say which."""


def save_organisation(
    session: Session, tenant: str, org_units: DataFrame, staff: DataFrame, vehicles: DataFrame, shift_kinds: DataFrame
) -> None:
    """Write units, people, vehicles and kinds of shift; rows are recognised by code, so a second time changes nothing.

    Parameters
    ----------
    org_units
        Columns ``code name kind parent area``; ``parent`` is a code or none, ``area`` a MultiPolygon in EPSG:4490
        (x = longitude) or none for the whole county. Parents before children.
    staff
        Columns ``code name kind org licence_no licence_from_on licence_to_on active``; ``org`` is a unit's code.
    vehicles
        Columns ``code kind seats org active``.
    shift_kinds
        Columns ``code name start_time end_time``, local wall-clock times.

    Raises
    ------
    UnknownCode
        If a parent or unit is not among the codes.
    """
    from geoalchemy2.shape import from_shape

    known = queries.org_unit_ids(session, tenant)
    for unit in _rows(org_units):
        area, parent = unit.pop("area"), unit.pop("parent")
        unit["area"] = None if area is None else from_shape(area, srid=STORAGE_SRID)
        unit["parent_id"] = None if parent is None else _id_of(known, parent, "org_unit")
        queries.upsert_org_units(session, tenant, [unit])
        known = queries.org_unit_ids(session, tenant)
    for frame, upsert in ((staff, queries.upsert_staff), (vehicles, queries.upsert_vehicles)):
        rows = _rows(frame)
        for row in rows:
            org = row.pop("org")
            row["org_unit_id"] = None if org is None else _id_of(known, org, "org_unit")
        upsert(session, tenant, rows)
    queries.upsert_shift_kinds(session, tenant, _rows(shift_kinds))


def save_duties(session: Session, tenant: str, duties: DataFrame) -> int:
    """Add a roster; days that already have duties are left as the bureau has them.

    Parameters
    ----------
    duties
        Columns ``on_date shift_code staff role``; ``staff`` is a staff number.

    Returns
    -------
    int
        How many duties were added.

    Raises
    ------
    UnknownCode
        If a staff number is not known.
    """
    if not len(duties):
        return 0
    days: list[dt.date] = list(duties["on_date"])
    kept = queries.rostered_days(session, tenant, min(days), max(days))
    people = queries.staff_ids(session, tenant)
    rows = [
        {
            "on_date": row["on_date"],
            "shift_code": row["shift_code"],
            "staff_id": _id_of(people, row["staff"], "staff"),
            "role": row["role"],
        }
        for row in _rows(duties)
        if row["on_date"] not in kept
    ]
    return queries.add_duties(session, tenant, rows)


def _id_of(known: dict[str, int], code: str, what: str) -> int:
    try:
        return known[code]
    except KeyError:
        raise UnknownCode("organisation.unknown_code", what=what, value=code) from None


def _rows(frame: DataFrame) -> list[dict[str, Any]]:
    """The frame's rows as plain Python values; anything missing becomes none."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]
