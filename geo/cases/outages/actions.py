"""What people do with outages: report dark lamps, take a step, list breaches."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.flow.ground.actions import get_desk, get_person
from geo.cases.history import CLOCKS_APART, begin, take
from geo.cases.outages import queries
from geo.cases.outages.circuits import join_circuit, standings_of
from geo.cases.outages.limits import limit_of
from geo.cases.outages.map import show_lamps
from geo.cases.outages.states import NEEDS_REASON, OUTAGE
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import district_at
from geo.tables.lighting import OUTAGE_CAUSES, OUTAGE_ORIGINS
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_LAMPS: Final = 500
EVENT_REACH_M: Final = 25.0
"""An event about a lamp means the nearest one within so many metres."""


class UnknownOutage(NotFound):
    """There is no such outage, or not where the caller may look."""


class UnknownLamps(NotFound):
    """There are no such lamps; the facts list those that are not there."""


class BadOutage(Invalid):
    """What is said of an outage cannot be; the facts name the field."""


class OffByPlan(Conflict):
    """The lamps are off because their plan says so: that is no fault; the facts name lamps and plan."""


class NotCable(Conflict):
    """Only cable faults are put aside; an ordinary fault is mended within its hours."""


@dataclass(frozen=True, slots=True)
class OutageDraft:
    """Dark lamps as somebody reports them.

    Parameters
    ----------
    lamps
        Pole numbers.
    found_at
        Aware; the clock runs from here.
    lamp_ids
        Rows of the layer, where lamps have no number.
    event_uid
        The event in which it was reported.
    """

    uid: uuid.UUID
    lamps: tuple[str, ...]
    found_at: dt.datetime
    origin: str = "night_patrol"
    cause: str = "ordinary"
    lamp_ids: tuple[int, ...] = ()
    event_uid: uuid.UUID | None = None
    staff: str | None = None
    note: str = ""
    actor: str = "system"


@dataclass(frozen=True, slots=True)
class Reported:
    """The outage the lamps are in now; ``joined`` if that is a fault of their whole circuit.

    ``known`` are lamps that were in an open outage already, ``saved`` those that are off by plan.
    """

    outage: int
    joined: bool
    known: tuple[int, ...]
    saved: tuple[int, ...]


def report_outage(session: Session, tenant: str, draft: OutageDraft) -> Reported:
    """Take a report of dark lamps once. Sent again, it changes nothing.

    Lamps in an open outage stay in it, with the earlier discovery; lamps that are off by plan are no fault.

    Raises
    ------
    UnknownLamps
        If a lamp is not there.
    BadOutage
        If cause, origin or time cannot be, or no lamp is named.
    OffByPlan
        If all of them are off by plan, or were seen from the street before lighting time.
    UnknownPerson, NobodyToName
        If nobody can answer for it.
    UidTaken
        If the uid names another kind of record.
    """
    if (before := find_taken(session, tenant, draft.uid, OUTAGE.name)) is not None:
        row = get_outage(session, tenant, before)
        return Reported(row["merged_into"] or before, row["merged_into"] is not None, (), ())
    _check(draft)
    lamps = _lamps(session, tenant, draft)
    told = standings_of(session, tenant, lamps, draft.found_at)
    idle = {"saved", "day"} if draft.origin == "night_patrol" else {"saved"}
    saved = [lamp for lamp in lamps if told[lamp["id"]] in idle]
    dark = [lamp for lamp in lamps if told[lamp["id"]] not in idle]
    if not dark:
        raise OffByPlan(
            "outages.off_by_plan", lamps=", ".join(str(one["code"] or one["id"]) for one in saved[:10]),
            plan=", ".join(sorted({str(one["plan"]) for one in saved})), at=draft.found_at.isoformat(),
        )  # fmt: skip
    new = [lamp for lamp in dark if lamp["outage"] is None]
    known = [lamp for lamp in dark if lamp["outage"] is not None]
    limit, due_at = limit_of(session, tenant, "ordinary", draft.found_at)
    for outage in sorted({lamp["outage"] for lamp in known}):
        queries.set_found(session, tenant, outage, draft.found_at, due_at)
    if not new:
        keep_taken(session, tenant, draft.uid, OUTAGE.name, known[0]["outage"])
        return Reported(known[0]["outage"], False, tuple(one["id"] for one in known), tuple(one["id"] for one in saved))
    row_id = queries.add_outage(
        session, tenant, [one["id"] for one in new], uid=draft.uid, circuit=None, cause=draft.cause,
        origin=draft.origin, event_uid=draft.event_uid, found_at=draft.found_at, due_at=due_at,
        district_code=district_at(session, get_county(session, tenant), new[0]["lon"], new[0]["lat"]),
        staff_id=get_desk(session, tenant) if draft.staff is None else get_person(session, tenant, draft.staff),
    )  # fmt: skip
    keep_taken(session, tenant, draft.uid, OUTAGE.name, row_id)
    facts = {"limit": limit, "cause": draft.cause, "lamps": len(new)}
    begin(session, tenant, OUTAGE, row_id, at=draft.found_at, actor=draft.actor, note=draft.note, facts=facts)
    show_lamps(session, tenant, [one["id"] for one in new], "fault", draft.found_at, draft.actor)
    joined = [
        join_circuit(session, tenant, circuit, draft.found_at, draft.actor)
        for circuit in sorted({one["circuit"] for one in new if one["circuit"]})
    ]
    into = next((outage for outage in joined if outage is not None), None)
    now_in = row_id if into is None else get_outage(session, tenant, row_id)["merged_into"] or row_id
    return Reported(now_in, now_in != row_id, tuple(one["id"] for one in known), tuple(one["id"] for one in saved))


def take_outage_step(
    session: Session,
    tenant: str,
    outage: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    note: str = "",
    cause: str | None = None,
    look_again_on: dt.date | None = None,
    uid: uuid.UUID | None = None,
) -> str:
    """Take a step with an outage; returns its state then. A step with a uid that was taken before changes nothing.

    Parameters
    ----------
    cause
        With ``find_cause``.
    look_again_on
        With ``put_off``, the day the fault is looked at again; by the table of limits if not told.

    Raises
    ------
    UnknownOutage, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now, or then.
    BadOutage
        If it lacks its reason or its cause.
    NotCable
        If a fault that is none of the cable is to be put aside.
    """
    if uid is not None and find_taken(session, tenant, uid, "outage_step", outage) is not None:
        return str(get_outage(session, tenant, outage)["state"])
    row = queries.lock_outage(session, tenant, outage)
    if row is None:
        raise UnknownOutage("outages.unknown", outage=outage)
    after = OUTAGE.after(row["state"], step)
    if step == "merge":
        raise BadOutage("outages.merge")
    if step in NEEDS_REASON and not note.strip():
        raise BadOutage("outages.reason", step=step)
    if (step == "find_cause") != (cause is not None) or cause not in (None, *OUTAGE_CAUSES):
        raise BadOutage("outages.cause", cause=cause, known=", ".join(OUTAGE_CAUSES))
    values: dict[str, Any] = {"cause": cause, "at": at}
    facts: dict[str, Any] = (
        {"late": at > row["due_at"]} if step in ("mend", "put_off") and row["state"] == "open" else {}
    )
    if step == "put_off":
        if row["cause"] != "cable":
            raise NotCable("outages.not_cable", outage=outage, cause=row["cause"])
        again = limit_of(session, tenant, "cable", at)[1]
        zone = get_county(session, tenant).zone
        values["look_again_on"] = look_again_on or again.astimezone(zone).date()
        facts["look_again_on"] = values["look_again_on"].isoformat()
    elif step == "resume":
        facts["limit"], values["due_at"] = limit_of(session, tenant, "ordinary", at)
    if cause is not None:
        facts["cause"] = cause
    take(session, tenant, OUTAGE, outage, row["state"], step, at=at, actor=actor, note=note.strip(), facts=facts)
    queries.move_outage(session, tenant, outage, state=after, **values)
    if uid is not None:
        keep_taken(session, tenant, uid, "outage_step", outage)
    if after in OUTAGE.ends:
        lamps = get_outage(session, tenant, outage)["lamps"]
        show_lamps(session, tenant, lamps, "on", None, actor)
    if after == "closed":
        for event, lon, lat in queries.close_events(session, tenant, outage, at):
            box = (lon, lat, lon, lat)
            write_change(session, tenant, "event.changed", layer="event", feature_ids=[event], box=box, actor=actor)
    return after


def get_outage(
    session: Session, tenant: str, outage: int, area: Sequence[str] | None = None, now: dt.datetime | None = None
) -> dict[str, Any]:
    """An outage with its lamps, and whether its clock was broken.

    Raises
    ------
    UnknownOutage
        If there is none, or it lies outside ``area``.
    """
    found = queries.find_outage(session, tenant, outage, now or dt.datetime.now(dt.UTC))
    if found is None or not (area is None or found["district_code"] in area):
        raise UnknownOutage("outages.unknown", outage=outage)
    return found


def adopt_outages(
    session: Session, tenant: str, *, events: bool = True, most: int = 500, actor: str = "system"
) -> tuple[int, ...]:
    """Open an outage for open events about lamps and for lamps at fault that have none, the oldest first.

    Parameters
    ----------
    events
        Whether those of events are opened too.
    most
        At most so many of each.

    Returns
    -------
    tuple
        Ids of the outages opened; what has one already is not touched.
    """
    county = get_county(session, tenant)
    drafts = [
        OutageDraft(uuid7(), (), one["found_at"], "event", lamp_ids=(one["lamp"],), event_uid=one["uid"], actor=actor)
        for one in queries.list_loose_events(session, tenant, county.metric_srid, EVENT_REACH_M, most if events else 0)
    ]
    made = [_report_if_fault(session, tenant, draft) for draft in drafts]
    for lamp, since in queries.list_loose_lamps(session, tenant, most):
        draft = OutageDraft(uuid7(), (), since, "public", lamp_ids=(lamp,), actor=actor)
        made.append(_report_if_fault(session, tenant, draft))
    return tuple(dict.fromkeys(one for one in made if one is not None))


def _report_if_fault(session: Session, tenant: str, draft: OutageDraft) -> int | None:
    """Report an outage; None where the lamps are off by plan."""
    try:
        return report_outage(session, tenant, draft).outage
    except OffByPlan:
        return None


def _check(draft: OutageDraft) -> None:
    if draft.cause not in OUTAGE_CAUSES:
        raise BadOutage("outages.cause", cause=draft.cause, known=", ".join(OUTAGE_CAUSES))
    if draft.origin not in OUTAGE_ORIGINS:
        raise BadOutage("outages.origin", origin=draft.origin, known=", ".join(OUTAGE_ORIGINS))
    if draft.found_at.tzinfo is None or draft.found_at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadOutage("outages.found_at", at=draft.found_at.isoformat())
    if not 1 <= len(draft.lamps) + len(draft.lamp_ids) <= MOST_LAMPS:
        raise BadOutage("outages.lamps", most=MOST_LAMPS)


def _lamps(session: Session, tenant: str, draft: OutageDraft) -> list[dict[str, Any]]:
    lamps = queries.list_lamps(session, tenant, codes=draft.lamps, ids=draft.lamp_ids)
    missing = [*sorted(set(draft.lamps) - {one["code"] for one in lamps})]
    missing += [str(one) for one in sorted(set(draft.lamp_ids) - {one["id"] for one in lamps})]
    if missing:
        raise UnknownLamps("outages.unknown_lamps", lamps=", ".join(missing[:20]))
    return lamps
