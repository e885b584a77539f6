"""What people do about gas: write an inspection down, see who is due, count a period."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.gas import queries
from geo.cases.hazards.actions import HazardDraft, report_hazard
from geo.cases.history import CLOCKS_APART
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound
from geo.tables.hazards import HAZARD_LEVELS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_PEOPLE: Final = 500
KIND: Final = "gas_inspection"
HAZARD_NAMESPACE: Final = uuid.UUID("0f8a1c8e-9d5b-5b0e-9a44-0b7f4f6f7f21")
"""Name space of the uids of an inspection's hazards, made from the inspection's own."""


class UnknownGasUser(NotFound):
    """There is no gas user of that number."""


class BadInspection(Invalid):
    """What is said of an inspection cannot be; the facts name the field."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard that an inspection found."""

    level: str
    description: str


@dataclass(frozen=True, slots=True)
class InspectionDraft:
    """An inspection as somebody writes it down.

    Parameters
    ----------
    gas_user
        Its number.
    people
        How many went: 出动人次.
    bodies
        Who took part, in words.
    staff
        Staff number of who answers for what was found; the desk if nobody is named.
    """

    uid: uuid.UUID
    gas_user: str
    inspected_at: dt.datetime
    people: int
    found: tuple[Found, ...] = ()
    bodies: str = ""
    note: str = ""
    staff: str | None = None
    actor: str = "system"


@dataclass(frozen=True, slots=True)
class Figures:
    """Gas safety in a period, each figure with its unit: 次, 人次, 户, 处; ``ids`` are the records behind each."""

    inspections: int
    turnouts: int
    users: int
    general: int
    major: int
    closed: int
    ids: dict[str, tuple[int, ...]]


def record_inspection(session: Session, tenant: str, draft: InspectionDraft) -> tuple[int, tuple[int, ...]]:
    """Write an inspection down with the hazards it found; sent again, it changes nothing.

    Returns
    -------
    tuple
        Ids of the inspection and of its hazards, each with a date and a named person.

    Raises
    ------
    UnknownGasUser
        If there is no such user.
    BadInspection
        If time, people or a level cannot be.
    UidTaken
        If the uid names another kind of record.
    """
    if (before := find_taken(session, tenant, draft.uid, KIND)) is not None:
        return before, _hazards(session, tenant, draft, before)
    user = queries.find_user(session, tenant, draft.gas_user)
    if user is None:
        raise UnknownGasUser("gas.unknown_user", user=draft.gas_user)
    now = dt.datetime.now(dt.UTC)
    if draft.inspected_at.tzinfo is None or draft.inspected_at > now + CLOCKS_APART:
        raise BadInspection("gas.inspected_at", at=draft.inspected_at.isoformat())
    if not 1 <= draft.people <= MOST_PEOPLE:
        raise BadInspection("gas.people", people=draft.people, most=MOST_PEOPLE)
    if bad := sorted({one.level for one in draft.found} - set(HAZARD_LEVELS)):
        raise BadInspection("gas.level", level=", ".join(bad), known=", ".join(HAZARD_LEVELS))
    row_id = queries.add_inspection(
        session, tenant, uid=draft.uid, gas_user_id=user["id"], inspected_at=draft.inspected_at, people=draft.people,
        bodies=draft.bodies, note=draft.note, actor=draft.actor,
    )  # fmt: skip
    keep_taken(session, tenant, draft.uid, KIND, row_id)
    day = draft.inspected_at.astimezone(ZoneInfo(get_county(session, tenant).time_zone)).date()
    if (spot := queries.set_checked(session, tenant, user["id"], day)) is not None:
        write_change(
            session, tenant, "gas_user.inspected", layer="gas_user", feature_ids=[user["id"]], box=(*spot, *spot),
            actor=draft.actor,
        )  # fmt: skip
    return row_id, _hazards(session, tenant, draft, row_id)


def find_inspection(session: Session, tenant: str, uid: uuid.UUID) -> int | None:
    """The inspection that was written down under a uid; None if there is none.

    Raises
    ------
    UidTaken
        If the uid names another kind of record.
    """
    return find_taken(session, tenant, uid, KIND)


def load_figures(session: Session, tenant: str, first: dt.date, last: dt.date) -> Figures:
    """What was done between two local days, both included; the units are kept apart.

    ``closed`` are those of the period's hazards that are closed now.
    """
    span = _span(session, tenant, first, last)
    made = queries.list_inspections(session, tenant, *span)
    hazards = queries.list_gas_hazards(session, tenant, *span)

    def ids(rows: Sequence[dict[str, object]]) -> tuple[int, ...]:
        return tuple(int(str(row["id"])) for row in rows)

    by_level = {level: ids([one for one in hazards if one["level"] == level]) for level in HAZARD_LEVELS}
    closed = ids([one for one in hazards if one["status"] == "closed"])
    return Figures(
        inspections=len(made),
        turnouts=sum(one["people"] for one in made),
        users=len({one["gas_user"] for one in made}),
        general=len(by_level["general"]),
        major=len(by_level["major"]),
        closed=len(closed),
        ids={"inspections": ids(made), **by_level, "closed": closed},
    )


def list_made(session: Session, tenant: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Inspections between two local days, both included, with the hazards each found."""
    return queries.list_inspections(session, tenant, *_span(session, tenant, first, last))


def _span(session: Session, tenant: str, first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    return span_of(first, last, get_county(session, tenant).zone)


def _hazards(session: Session, tenant: str, draft: InspectionDraft, inspection: int) -> tuple[int, ...]:
    """The hazards of an inspection, each once."""
    user = queries.find_user(session, tenant, draft.gas_user)
    if user is None:
        raise UnknownGasUser("gas.unknown_user", user=draft.gas_user)
    return tuple(
        report_hazard(
            session,
            tenant,
            HazardDraft(
                uuid.uuid5(HAZARD_NAMESPACE, f"{draft.uid}/{number}"), "gas", one.level, user["lon"], user["lat"],
                draft.inspected_at, description=one.description, place=user["place"] or "", body=user["name"] or "",
                staff=draft.staff, inspection=inspection, actor=draft.actor,
            ),
        )
        for number, one in enumerate(draft.found)
    )  # fmt: skip
