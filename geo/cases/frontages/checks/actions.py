"""Check a front; a breach opens event 06-04 and a look-back task; the yearly check confirms or fails its agreement."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.flow.actions import get_problem, open_problem
from geo.cases.flow.orders import Draft as Report
from geo.cases.flow.orders import NobodyToName
from geo.cases.frontages.agreements import get_frontage, take_agreement_step
from geo.cases.frontages.checks import queries
from geo.cases.frontages.items import items_of, mark
from geo.cases.history import CLOCKS_APART
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.tables.frontages import CHECK_KINDS
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BREACH: Final = "06-04"
BREACH_SYSTEM: Final = "GB/T 30428.2-2013"
"""门前四包, as the code list names it."""

LOOK_BACK_DAYS: Final = 7
NEWCOMER: Final = "three"
"""By these items a front is checked that has signed nothing yet."""


class BadCheck(Invalid):
    """A check that cannot be: its kind, its time, or nobody of that staff number; the facts name the field."""


class NoAgreement(Conflict):
    """There is no agreement that a yearly check could be about."""


class UnknownCheck(NotFound):
    """There is no such check."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it was made.

    Parameters
    ----------
    uid
        Made by the client; the same again changes nothing.
    failed
        Codes of the items that were not kept; of the version signed, 三包 if none was.
    permit_checked
        已审批? was asked: no permit in force there allows the breach.
    """

    uid: uuid.UUID
    frontage_id: int
    at: dt.datetime
    kind: str = "routine"
    failed: tuple[str, ...] = ()
    note: str = ""
    staff: str | None = None
    permit_checked: bool = False


def record_check(session: Session, tenant: str, check: Check, *, actor: str) -> int:
    """Write a check down and do what follows from it; returns its id.

    Raises
    ------
    UnknownFrontage, UnknownItem
        If there is no such front or item.
    BadCheck
        If its kind, time or person cannot be.
    NoAgreement
        If a yearly check has no agreement to be about.
    UidTaken
        If the uid is that of something else.
    PermitStands
        If a permit in force may allow the breach, and nobody has looked.
    """
    if (before := find_taken(session, tenant, check.uid, "frontage_check")) is not None:
        return before
    front = get_frontage(session, tenant, check.frontage_id)
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    staff_id = _person(session, tenant, check)
    on = check.at.astimezone(zone).date()
    version = queries.version_at(session, tenant, check.frontage_id, on) or NEWCOMER
    points, passed = mark(version, check.failed)
    event = None if passed else _open_event(session, tenant, front, version, check, actor)
    number = queries.add_check(
        session, tenant, uid=check.uid, frontage_id=check.frontage_id, at=check.at, kind=check.kind, version=version,
        failed=sorted(set(check.failed)), points=points, passed=passed, event_uid=event, note=check.note.strip(),
        staff_id=staff_id, actor=actor,
    )  # fmt: skip
    keep_taken(session, tenant, check.uid, "frontage_check", number)
    if check.kind == "annual":
        _confirm(session, tenant, check, number, passed, staff_id, actor)
    if passed or check.kind == "look_back":
        queries.close_tasks(session, tenant, check.frontage_id, number)
    if not passed:
        queries.add_task(session, tenant, check.frontage_id, number, on + dt.timedelta(days=LOOK_BACK_DAYS))
    facts = {"frontage": check.frontage_id, "check": number, "passed": passed}
    write_change(session, tenant, "frontage.checked", facts=facts, actor=actor)
    return number


def get_check(session: Session, tenant: str, check_id: int) -> dict[str, Any]:
    """One check.

    Raises
    ------
    UnknownCheck
        If there is none.
    """
    found = queries.find_check(session, tenant, check_id)
    if found is None:
        raise UnknownCheck("frontages.no_check", id=check_id)
    return found


def load_rates(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """履约率 by town and street: ``town street passed checked check_ids``, passed ÷ checked, days both included.

    Raises
    ------
    BadCheck
        If the period ends before it begins.
    """
    if last_on < first_on:
        raise BadCheck("frontages.check", field="last_on", value=last_on.isoformat())
    span = span_of(first_on, last_on, get_county(session, tenant).zone)
    return queries.load_rates(session, tenant, *span, area=area)


def _person(session: Session, tenant: str, check: Check) -> int | None:
    if check.kind not in CHECK_KINDS:
        raise BadCheck("frontages.check", field="kind", value=check.kind)
    if check.at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadCheck("frontages.check", field="at", value=check.at.isoformat())
    if check.staff is None:
        return None
    found = queries.find_staff(session, tenant, check.staff)
    if found is None:
        raise BadCheck("frontages.check", field="staff", value=check.staff)
    return found


def _confirm(
    session: Session, tenant: str, check: Check, number: int, passed: bool, staff_id: int | None, actor: str
) -> None:
    """Tell the agreement how its yearly check went."""
    current = queries.find_current(session, tenant, check.frontage_id)
    step = "confirm" if passed else "fail"
    if current is None or (current[1] == "failed" and not passed):
        raise NoAgreement("frontages.no_agreement", id=check.frontage_id)
    take_agreement_step(
        session, tenant, current[0], step, at=check.at, actor=actor, staff_id=staff_id, facts={"check": number}
    )  # fmt: skip


def _open_event(
    session: Session, tenant: str, front: dict[str, Any], version: str, check: Check, actor: str
) -> uuid.UUID | None:
    """Report the breach as a problem of code 06-04; None where the county has nobody who could answer for one."""
    broken = "; ".join(item.zh for item in items_of(version) if item.code in check.failed)
    place = " ".join(part for part in (front["street"], front["number"], front["code"]) if part)
    report = Report(
        uuid7(), BREACH, "patrol", check.at, lon=front["lon"], lat=front["lat"], code_system=BREACH_SYSTEM,
        place=place, description=broken, quantity=1, staff=check.staff, actor=actor,
        permit_checked=check.permit_checked,
    )  # fmt: skip
    try:
        number = open_problem(session, tenant, report)
    except NobodyToName:
        return None
    found: uuid.UUID = get_problem(session, tenant, number)["event_uid"]
    return found
