"""Gas inspections are entries into enterprises: planned when due, drawn at random, counted against the cap (D15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.cases.gas.actions import InspectionDraft, UnknownGasUser, find_inspection, record_inspection
from geo.cases.gas.queries import find_user, list_due
from geo.db.counties import get_county
from geo.patrol.demand.book import queries
from geo.patrol.demand.book.checks import USUAL_CAP, Enterprise, add_check, finish_check, list_checks
from geo.patrol.demand.book.planned import Proposed, plan_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy.orm import Session

PREFIX: Final = "RQ-"
"""A gas user is on the list of enterprises under this and its own number."""

USUAL_ITEM: Final = "燃气安全检查"
"""The power item an inspection rests on where whoever writes it down names none."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """Ids of an inspection, of its hazards, and of the entry it was; no entry where it was written down before."""

    inspection: int
    hazards: tuple[int, ...]
    check: int | None


def follow_gas_users(session: Session) -> int:
    """Bring every gas user onto the list of enterprises, so that draws reach it; how many are on it.

    Name and place follow the register of gas users; a cap that somebody set is kept.
    """
    return len(queries.run(session, queries.FOLLOW_GAS_USERS, prefix=PREFIX, cap=USUAL_CAP))


def propose_gas_checks(
    session: Session, tenant: str, power_item: str, first_on: dt.date, last_on: dt.date, *, most: int = 50,
    actor: str = "system",
) -> Proposed:  # fmt: skip
    """Write down a planned entry for each gas user whose inspection is due by the last day, never inspected ones first.

    Raises
    ------
    BadCheck
        Without a power item, or with dates the wrong way round.
    """
    wanted = [(user["code"], _enterprise(user)) for user in list_due(session, tenant, last_on)]
    return plan_entries(session, tenant, wanted, power_item, first_on, last_on, most=most, actor=actor)


def inspect(
    session: Session, tenant: str, draft: InspectionDraft, *, reason: str = "planned", reference: str | None = None,
    power_item: str = USUAL_ITEM,
) -> Inspected:  # fmt: skip
    """Write an inspection down, as the entry that was drawn or planned for that day, or else as one of its own.

    Parameters
    ----------
    reason
        Of an entry nobody had planned: ``planned``, ``complaint`` or ``ordered``; the last two are exempt from the cap
        and need the number of what came in as ``reference``.

    Raises
    ------
    UnknownGasUser, BadInspection, UidTaken
        As :func:`geo.cases.gas.actions.record_inspection`.
    BadCheck
        If the reason is none, or its number is missing.
    CapReached
        If nobody had planned it and the user was entered as often as it may be this year.
    """
    if find_inspection(session, tenant, draft.uid) is not None:
        return Inspected(*record_inspection(session, tenant, draft), None)
    user = find_user(session, tenant, draft.gas_user)
    if user is None:
        raise UnknownGasUser("gas.unknown_user", user=draft.gas_user)
    code = _enterprise(user).code
    day = draft.inspected_at.astimezone(get_county(session, tenant).zone).date()
    waiting = [
        one for one in list_checks(session) if one["enterprise"] == code and one["first_on"] <= day <= one["last_on"]
    ]
    if waiting:
        check = int(waiting[0]["id"])
    else:
        follow_gas_users(session)
        check = add_check(
            session, tenant, code, reason, power_item, day, day, reference=reference, actor=draft.actor
        )  # fmt: skip
    made = record_inspection(session, tenant, draft)
    finish_check(session, tenant, check, day, actor=draft.actor)
    return Inspected(*made, check)


def _enterprise(user: Mapping[str, Any]) -> Enterprise:
    name = user["name"] or user["code"]
    return Enterprise(f"{PREFIX}{user['code']}", name, "gas_user", user["lon"], user["lat"], None, None, USUAL_CAP)
