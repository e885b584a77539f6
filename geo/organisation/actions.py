"""What is done with the organisation: write it down, take it from tables, and carry the roster on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geo.crs import STORAGE
from geo.db.changes import write_change
from geo.errors import Conflict, Invalid
from geo.organisation import queries

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.organisation.files import BadRow


class UnknownCode(Invalid):
    """A row names a unit, person or shift that is not there; the facts say which."""


class DistrictTwice(Conflict):
    """Two units of a table name the same 片区; the facts say which."""


class NoStaff(Invalid):
    """The county has no staff yet; the message says how to bring them in."""


class LicenceStands(Conflict):
    """People become auxiliaries who hold a licence, and the table says nothing of licences."""


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
        unit["area"] = None if area is None else from_shape(area, srid=STORAGE)
        unit["parent_id"] = None if parent is None else _id_of(known, parent, "org_unit")
        queries.upsert_org_units(session, tenant, [unit])
        known = queries.org_unit_ids(session, tenant)
    queries.upsert_staff(session, tenant, _placed(session, tenant, staff))
    queries.upsert_vehicles(session, tenant, _placed(session, tenant, vehicles))
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


def import_units(database: Database, tenant: str, path: Path) -> tuple[int, list[BadRow]]:
    """Take a table of units, all of it or, when any row is bad, nothing. Units not in it stay.

    With a column of 片区 those of each unit become its responsibility and what its accounts may reach; a unit whose
    cell is empty keeps what it has. Without that column nothing about 片区 changes.

    Raises
    ------
    ColumnsMissing, NotATable, UnknownCode
        If the table cannot be read as units, or names a parent or 片区 that is not there.
    DistrictTwice
        If two units of the table name the same 片区.
    """
    from geo.organisation.files import read_units

    units, bad = read_units(path)
    if bad:
        return 0, bad
    with database.begin(tenant) as session:
        owners: dict[str, str] = {}
        for unit in _rows(units):
            known = queries.org_unit_ids(session, tenant)
            for district in unit.pop("districts", None) or ():
                if owners.setdefault(district, unit["code"]) != unit["code"]:
                    raise DistrictTwice(
                        "organisation.district_twice", district=district, units=f"{owners[district]}, {unit['code']}"
                    )
            if "parent" in unit:
                parent = unit.pop("parent")
                unit["parent_id"] = None if parent is None else _id_of(known, parent, "org_unit")
            queries.upsert_org_units(session, tenant, [unit])
        known = queries.org_unit_ids(session, tenant)
        given = queries.give_districts(session, tenant, {code: known[unit] for code, unit in owners.items()})
        for district in owners:
            if district not in given:
                raise UnknownCode("organisation.unknown_code", what="patrol_district", value=district)
        write_change(session, tenant, "org_unit.imported", facts={"rows": len(units), "districts": len(owners)})
    return len(units), []


def import_staff(database: Database, tenant: str, path: Path) -> tuple[int, list[BadRow]]:
    """Take a staff table, all of it or, when any row is bad, nothing; kinds of shift are added if there are none.

    Of people who are there already only what the table has columns for changes; who is in service is never among it.

    Returns
    -------
    tuple
        How many people were written, and the bad rows.

    Raises
    ------
    ColumnsMissing, NotATable, UnknownCode
        If the table cannot be read as staff, or names a unit that is not there.
    LicenceStands
        If it makes licensed people auxiliaries without taking their licences.
    """
    from geo.organisation.files import read_staff
    from geo.organisation.roster import make_shift_kinds

    staff, bad = read_staff(path)
    if bad:
        return 0, bad
    auxiliaries = [] if "licence_no" in staff else list(staff.loc[staff["kind"] == "auxiliary", "code"])
    with database.begin(tenant) as session:
        if licensed := queries.find_licensed(session, tenant, auxiliaries):
            raise LicenceStands("organisation.licence_stands", people=", ".join(licensed))
        queries.upsert_staff(session, tenant, _placed(session, tenant, staff))
        queries.add_shift_kinds(session, tenant, _rows(make_shift_kinds()))
        write_change(session, tenant, "staff.imported", facts={"rows": len(staff)})
    return len(staff), []


def import_vehicles(database: Database, tenant: str, path: Path) -> tuple[int, list[BadRow]]:
    """Take a vehicle table, all of it or nothing; without seats, new ones have the usual. As :func:`import_staff`."""
    from geo.organisation.files import USUAL_SEATS, read_vehicles

    vehicles, bad = read_vehicles(path)
    if bad:
        return 0, bad
    kept: tuple[str, ...] = ()
    if "seats" not in vehicles:
        vehicles, kept = vehicles.assign(seats=vehicles["kind"].map(USUAL_SEATS)), ("seats",)
    with database.begin(tenant) as session:
        queries.upsert_vehicles(session, tenant, _placed(session, tenant, vehicles), kept=kept)
        write_change(session, tenant, "vehicle.imported", facts={"rows": len(vehicles)})
    return len(vehicles), []


def fill_roster(database: Database, tenant: str, first_on: dt.date, days: int) -> int:
    """Roster the bureau's usual week where nobody has; how many duties were added.

    Raises
    ------
    NoStaff
        If the county has nobody in service.
    """
    from geo.organisation.roster import make_roster

    with database.begin(tenant) as session:
        staff = queries.load_staff(session, tenant)
        if not len(staff):
            raise NoStaff("organisation.no_staff")
        added = save_duties(session, tenant, make_roster(staff, first_on, days))
        write_change(
            session, tenant, "roster.filled", facts={"from": first_on.isoformat(), "days": days, "duties": added}
        )
    return added


def _placed(session: Session, tenant: str, frame: DataFrame) -> list[dict[str, Any]]:
    """Rows with the unit's id instead of its code, where the frame has units."""
    known = queries.org_unit_ids(session, tenant)
    rows = _rows(frame)
    for row in rows if "org" in frame else ():
        org = row.pop("org")
        row["org_unit_id"] = None if org is None else _id_of(known, org, "org_unit")
    return rows
