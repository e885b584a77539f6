"""What people do with hazards: report one, take a step, see what is overdue and with whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.evidence.actions import list_evidence
from geo.cases.flow.ground.actions import get_desk, get_person
from geo.cases.hazards import queries
from geo.cases.hazards.rules import days_of, list_rows
from geo.cases.hazards.states import ANOTHER_THAN, HAZARD, NEEDS_REASON
from geo.cases.history import CLOCKS_APART, begin, load_steps, take
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.db.counts import count_step
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import check_point, district_at
from geo.tables.hazards import HAZARD_CATEGORIES, HAZARD_LEVELS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LONGEST_TEXT: Final = 2_000


class UnknownHazard(NotFound):
    """There is no such hazard, or not where the caller may look."""


class BadHazard(Invalid):
    """What is said of a hazard cannot be; the facts name the field."""


class ProofMissing(Conflict):
    """A hazard is put right when a picture from after shows it."""


class SamePerson(Conflict):
    """Somebody else must take this step: who looks again is not who put it right, who signs off is neither."""


@dataclass(frozen=True, slots=True)
class HazardDraft:
    """A hazard as somebody reports it.

    Parameters
    ----------
    due_at
        By the bureau's table of days if nobody says another.
    staff
        Staff number of who answers for it; the desk if nobody is named.
    inspection
        Id of the gas inspection that found it.
    """

    uid: uuid.UUID
    category: str
    level: str
    lon: float
    lat: float
    found_at: dt.datetime
    description: str = ""
    place: str = ""
    body: str = ""
    staff: str | None = None
    due_at: dt.datetime | None = None
    inspection: int | None = None
    note: str = ""
    actor: str = "system"


def report_hazard(session: Session, tenant: str, draft: HazardDraft) -> int:
    """Take a report once; returns the hazard's id. Sent again, it changes nothing.

    Raises
    ------
    BadHazard
        If category, level, time, date or place cannot be.
    UnknownPerson, NobodyToName
        If nobody can answer for it.
    UidTaken
        If the uid names another kind of record.
    """
    if (before := find_taken(session, tenant, draft.uid, HAZARD.name)) is not None:
        return before
    county = get_county(session, tenant)
    check_point(county, draft.lon, draft.lat)
    _check(draft)
    if not county.contains(draft.lon, draft.lat):
        raise BadHazard("hazards.outside", lon=draft.lon, lat=draft.lat)
    days = days_of(list_rows(session, tenant, "hazard_rules"), draft.category, draft.level)
    due_at = draft.due_at or draft.found_at + dt.timedelta(days=days)
    if due_at.tzinfo is None or due_at < draft.found_at:
        raise BadHazard("hazards.due", due=due_at.isoformat())
    row_id = queries.add_hazard(
        session, tenant, draft.found_at.astimezone(ZoneInfo(county.time_zone)).date(), uid=draft.uid,
        category=draft.category, level=draft.level, status=HAZARD.start, description=draft.description,
        place=draft.place, body=draft.body, found_at=draft.found_at, due_at=due_at,
        district_code=district_at(session, county, draft.lon, draft.lat), inspection_id=draft.inspection,
        staff_id=get_desk(session, tenant) if draft.staff is None else get_person(session, tenant, draft.staff),
        lon=draft.lon, lat=draft.lat,
    )  # fmt: skip
    keep_taken(session, tenant, draft.uid, HAZARD.name, row_id)
    facts = {"level": draft.level, "days": days, "due_at": due_at.isoformat()}
    begin(session, tenant, HAZARD, row_id, at=draft.found_at, actor=draft.actor, note=draft.note, facts=facts)
    count_step(session, tenant, "hazard", 1)
    _tell_map(session, tenant, row_id, draft.lon, draft.lat, HAZARD.start, draft.actor)
    return row_id


def take_hazard_step(
    session: Session,
    tenant: str,
    hazard: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    note: str = "",
    level: str | None = None,
    due_at: dt.datetime | None = None,
    holder: str | None = None,
    uid: uuid.UUID | None = None,
) -> str:
    """Take a step with a hazard; returns its state then. A step with a uid that was taken before changes nothing.

    Parameters
    ----------
    level
        With ``regrade``; the date follows from the table if none is told.
    due_at
        With ``extend`` or ``regrade``.
    holder
        Staff number of who answers for it from now on.

    Raises
    ------
    UnknownHazard, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now, or then.
    BadHazard
        If it lacks its reason, level or date.
    ProofMissing
        If it is put right without a picture from after.
    SamePerson
        If the same person puts it right and looks again, or signs off a major one.
    """
    if uid is not None and find_taken(session, tenant, uid, "hazard_step", hazard) is not None:
        return str(get_hazard(session, tenant, hazard)["status"])
    row = queries.lock_hazard(session, tenant, hazard)
    if row is None:
        raise UnknownHazard("hazards.unknown", hazard=hazard)
    after = HAZARD.after(row["status"], step)
    if step in NEEDS_REASON and not note.strip():
        raise BadHazard("hazards.reason", step=step)
    values, facts = _asked(session, tenant, row, step, at, level, due_at)
    if step == "fix" and "after" not in {one["kind"] for one in list_evidence(session, tenant, HAZARD.name, hazard)}:
        raise ProofMissing("hazards.proof", hazard=hazard)
    _demand_another(session, tenant, hazard, row["level"], step, actor)
    staff_id = None if holder is None else get_person(session, tenant, holder)
    if holder is not None:
        facts["holder"] = holder
    take(session, tenant, HAZARD, hazard, row["status"], step, at=at, actor=actor, note=note.strip(), facts=facts)
    closed_at = at if after == "closed" else None
    queries.move_hazard(session, tenant, hazard, status=after, staff_id=staff_id, closed_at=closed_at, **values)
    if uid is not None:
        keep_taken(session, tenant, uid, "hazard_step", hazard)
    _tell_map(session, tenant, hazard, row["lon"], row["lat"], after, actor)
    return after


def get_hazard(
    session: Session, tenant: str, hazard: int, area: Sequence[str] | None = None, now: dt.datetime | None = None
) -> dict[str, Any]:
    """A hazard with who answers for it.

    Raises
    ------
    UnknownHazard
        If there is none, or it lies outside ``area``.
    """
    found = queries.find_hazard(session, tenant, hazard, now or dt.datetime.now(dt.UTC))
    if found is None or not (area is None or found["district_code"] in area):
        raise UnknownHazard("hazards.unknown", hazard=hazard)
    return found


def _check(draft: HazardDraft) -> None:
    if draft.category not in HAZARD_CATEGORIES:
        raise BadHazard("hazards.category", category=draft.category, known=", ".join(HAZARD_CATEGORIES))
    if draft.level not in HAZARD_LEVELS:
        raise BadHazard("hazards.level", level=draft.level, known=", ".join(HAZARD_LEVELS))
    if draft.found_at.tzinfo is None or draft.found_at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadHazard("hazards.found_at", at=draft.found_at.isoformat())


def _asked(
    session: Session, tenant: str, row: dict[str, Any], step: str, at: dt.datetime, level: str | None,
    due_at: dt.datetime | None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """What a change of level or date writes, to the row and to the log."""
    if (step == "regrade") != (level is not None) or level not in (None, *HAZARD_LEVELS):
        raise BadHazard("hazards.level", level=level, known=", ".join(HAZARD_LEVELS))
    if due_at is not None and (step not in ("extend", "regrade") or due_at.tzinfo is None or due_at < at):
        raise BadHazard("hazards.due", due=due_at.isoformat())
    if step == "extend" and due_at is None:
        raise BadHazard("hazards.due", due="-")
    if level is not None and due_at is None:
        due_at = at + dt.timedelta(days=days_of(list_rows(session, tenant, "hazard_rules"), row["category"], level))
    values = {name: value for name, value in (("level", level), ("due_at", due_at)) if value is not None}
    facts = {"late": at > row["due_at"]} if step == "fix" else {}
    return values, facts | {name: str(value) for name, value in values.items()}


def _demand_another(session: Session, tenant: str, hazard: int, level: str, step: str, actor: str) -> None:
    """Refuse who took the step before; a hazard that was major once is signed off, whatever its level was made."""
    others = ANOTHER_THAN.get(step, ())
    steps = load_steps(session, tenant, HAZARD, hazard)
    if step == "close" and level != "major" and all(one.facts.get("level") != "major" for one in steps):
        return
    begun = 0 if step == "dismiss" else max((one.n for one in steps if one.to_state == "open"), default=0)
    for one in steps:
        if one.n > begun and one.step in others and one.actor == actor:
            raise SamePerson("hazards.same_person", hazard=hazard, step=step, before=one.step, actor=actor)


def _tell_map(session: Session, tenant: str, hazard: int, lon: float, lat: float, status: str, actor: str) -> None:
    write_change(
        session, tenant, "hazard.stepped", layer="hazard", feature_ids=[hazard], box=(lon, lat, lon, lat),
        facts={"status": status}, actor=actor,
    )  # fmt: skip
