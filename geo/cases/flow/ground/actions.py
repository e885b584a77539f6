"""Where a problem is, who answers for it there, and how long each stage may take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.cases.codes.actions import load_limits, load_matrix
from geo.cases.codes.limits import Limit
from geo.cases.codes.matrix import Place
from geo.cases.flow.ground import queries
from geo.cases.flow.orders import NobodyToName, NoOwner, UnknownPerson, UnknownUnit
from geo.cases.postures.standing import held_at
from geo.cases.regimes.actions import Rule
from geo.db.changes import write_change
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Ground:
    """片区, town, street and regime of a point at a time, what the regime sets, and the postures that change it."""

    district_code: str | None
    town: str | None
    road: str | None
    regime: str | None
    rule: Rule
    postures: tuple[str, ...] = ()


def find_ground(session: Session, tenant: str, lon: float, lat: float, at: dt.datetime, code: str = "") -> Ground:
    """What a point belongs to at an instant: one 片区 or none, one street within 30 m or none.

    Parameters
    ----------
    code
        Event code that rules of postures in force are asked for; empty: none in particular.
    """
    county = get_county(session, tenant)
    on = at.astimezone(ZoneInfo(county.time_zone)).date()
    found = queries.find_ground(session, county, lon, lat, on)
    held = held_at(session, county, lon, lat, at, code, found["regime"])
    return Ground(**{**found, "regime": held.regime}, rule=held.rule, postures=held.postures)


def find_owner(session: Session, tenant: str, problem: Mapping[str, Any], unit: str | None) -> tuple[int, str | None]:
    """The one unit that answers for a problem, and the staff number its matrix names.

    Parameters
    ----------
    unit
        Code of a unit somebody names; the matrix decides else.

    Raises
    ------
    UnknownUnit
        If there is no such unit.
    NoOwner
        If nobody is named and the matrix names nobody.
    """
    duty = load_matrix(session, tenant).owner(
        problem["code_system"], problem["code"], Place(problem["road"], problem["district_code"], problem["town"])
    )
    code = unit or (None if duty is None else duty.org)
    if code is None:
        raise NoOwner("flow.no_owner", problem=problem["number"], district=problem["district_code"] or "-")
    found = queries.find_unit(session, tenant, code)
    if found is None:
        raise UnknownUnit("flow.unknown_unit", unit=code)
    return found, duty.staff if duty is not None and duty.org == code else None


def differs_from_matrix(session: Session, tenant: str, problem: Mapping[str, Any], unit: str) -> bool:
    """Whether the matrix names another unit than the one that somebody wants."""
    place = Place(problem["road"], problem["district_code"], problem["town"])
    duty = load_matrix(session, tenant).owner(problem["code_system"], problem["code"], place)
    return duty is not None and duty.org != unit


def get_person(session: Session, tenant: str, code: str) -> int:
    """Somebody in service.

    Raises
    ------
    UnknownPerson
        If nobody has that number.
    """
    found = queries.find_staff(session, tenant, code)
    if found is None:
        raise UnknownPerson("flow.unknown_person", staff=code)
    return found


def get_desk(session: Session, tenant: str) -> int:
    """Who answers for what no unit has.

    Raises
    ------
    NobodyToName
        If the county has nobody in service.
    """
    found = queries.find_desk(session, tenant)
    if found is None:
        raise NobodyToName("flow.nobody", unit="-")
    return found


def set_desk(session: Session, tenant: str, staff: str, actor: str) -> None:
    """Name who answers for what no unit has.

    Raises
    ------
    UnknownPerson
        If nobody in service has that number.
    """
    queries.set_desk(session, tenant, get_person(session, tenant, staff), actor)
    write_change(session, tenant, "case_desk.set", facts={"staff": staff}, actor=actor)


def get_handler(session: Session, tenant: str, unit: int, unit_code: str, named: str | None) -> int:
    """Who of a unit handles a problem: whoever is named, else its first by number.

    Raises
    ------
    UnknownPerson, NobodyToName
        If nobody has that number, or the unit has nobody in service.
    """
    if named is not None:
        return get_person(session, tenant, named)
    found = queries.find_first_of_unit(session, tenant, unit)
    if found is None:
        raise NobodyToName("flow.nobody", unit=unit_code)
    return found


def limit_of(session: Session, tenant: str, problem: Mapping[str, Any], stage: str, rule: Rule) -> dict[str, Any]:
    """The limit of a stage as a step notes it; the regime scales only how long an event may be handled.

    Raises
    ------
    NoLimit
        If no row fits.
    """
    limit: Limit = load_limits(session, tenant).of(problem["code_system"], problem["code"], problem["grade"], stage)
    scaled = stage == "handle" and limit.counts_from == "stage" and not problem["code"].startswith("C")
    return {**limit.plain(), "permille": rule.clock_permille if scaled else 1000}
