"""What people do with problems: open one, take a step. Other rooms call these two and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.codes.actions import get_code
from geo.cases.flow import queries
from geo.cases.flow.dates.actions import reread_dates
from geo.cases.flow.ground.actions import Ground, find_ground, get_desk, get_person, limit_of
from geo.cases.flow.orders import BadDraft, Draft, EventTaken, Order, Tolerated, UnknownProblem
from geo.cases.flow.states import MAP_STAGE, PROBLEM, SPLIT
from geo.cases.flow.steps import plan_step
from geo.cases.history import CLOCKS_APART, begin, load_steps, take
from geo.cases.permits.asking import ask_before_filing
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.db.counts import count_step
from geo.tables.cases import PROBLEM_ORIGINS
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.flow.steps import Plan

EVENT_ORIGIN: Final = {"order": "transfer", "public": "complaint"}
"""Who noticed, in the words of the event layer; the rest is called alike in both."""

VOID: Final = "void"
"""Stands as what the event of a voided problem repeats, so that nothing counts it."""


def open_problem(session: Session, tenant: str, draft: Draft) -> int:
    """Take a report once; returns the problem's id. Sent again, it changes nothing.

    Raises
    ------
    BadDraft
        If origin, time, place or quantity cannot be; or the event is not known.
    UnknownCode, UnknownPerson, NobodyToName
        If the code or a person is not known, or nobody can answer for it.
    Tolerated
        If it had not stood long enough for the regime of its street.
    EventTaken
        If another problem is about the event.
    UidTaken
        If the uid names another kind of record.
    PermitStands
        If a permit in force, or a place of trade, may have allowed it and nobody has looked.
    """
    if (before := find_taken(session, tenant, draft.uid, PROBLEM.name)) is not None:
        return before
    county = get_county(session, tenant)
    now = dt.datetime.now(dt.UTC)
    values, ground = _read_draft(session, county, draft, now)
    day = draft.found_at.astimezone(ZoneInfo(county.time_zone)).date()
    permits = ask_before_filing(
        session, tenant, values["code"], values["lon"], values["lat"], draft.found_at, checked=draft.permit_checked
    )
    event = _event(session, county.code, draft, values)
    holder = get_desk(session, tenant) if draft.holder is None else get_person(session, tenant, draft.holder)
    values |= {"staff_id": holder, "state": PROBLEM.start, **event}
    row_id = queries.add_problem(session, values, day)
    keep_taken(session, tenant, draft.uid, PROBLEM.name, row_id)
    facts = {
        "limit": limit_of(session, tenant, values, "register", ground.rule),
        "found_at": draft.found_at.isoformat(), "code": draft.code, "origin": draft.origin,
    }  # fmt: skip
    if draft.ordered_due_at is not None:
        facts["ordered_due_at"] = draft.ordered_due_at.isoformat()
    if permits:
        facts["permits"] = permits
    found_by = None if draft.staff is None else get_person(session, tenant, draft.staff)
    begin(session, tenant, PROBLEM, row_id, at=min(draft.found_at, now), actor=draft.actor, staff_id=found_by,
          facts=facts)  # fmt: skip
    reread_dates(session, tenant, now, [row_id])
    _tell_map(session, tenant, {**values, "id": row_id}, PROBLEM.start, draft.actor)
    return row_id


def take_step(session: Session, tenant: str, problem: uuid.UUID | int, order: Order) -> str:
    """Take a step; returns the problem's state then. An order with a uid that was taken before changes nothing.

    Raises
    ------
    UnknownProblem
        If there is none.
    StepNotOpen, StepOutOfOrder, StepInFuture
        If the step cannot be taken now, or its time cannot be.
    StepIncomplete, PhotosMissing, SamePerson, CannotMerge, NoOwner, UnknownUnit, UnknownPerson, NobodyToName
        If the step lacks what it needs; see :mod:`geo.cases.flow.steps`.
    """
    found = get_problem(session, tenant, problem)
    if order.uid is not None and find_taken(session, tenant, order.uid, "problem_step", found["id"]) is not None:
        return str(get_problem(session, tenant, found["id"])["state"])
    into = None if order.into is None else get_problem(session, tenant, order.into)
    held = queries.lock_problems(session, tenant, [found["id"], *([into["id"]] if into else [])])
    row = held[found["id"]]
    step = order.step
    if step == SPLIT and row["state"] == "merged":
        step = f"{SPLIT}_{queries.find_state_before_merge(session, tenant, row['id'])}"
    after = PROBLEM.after(row["state"], step)
    plan = plan_step(session, tenant, row, order, after, held[into["id"]] if into else None)
    staff_id = None if order.staff is None else get_person(session, tenant, order.staff)
    take(session, tenant, PROBLEM, row["id"], row["state"], step, at=order.at, actor=order.actor, staff_id=staff_id,
         note=order.note, facts=plan.facts)  # fmt: skip
    if order.uid is not None:
        keep_taken(session, tenant, order.uid, "problem_step", row["id"])
    queries.set_problem(session, tenant, row["id"], {**plan.values, "state": after})
    _follow(session, tenant, row, plan, order)
    reread_dates(session, tenant, dt.datetime.now(dt.UTC), [row["id"]])
    _tell_map(session, tenant, row, after, order.actor)
    if plan.then is not None:
        return take_step(session, tenant, row["id"], plan.then)
    return after


def get_problem(session: Session, tenant: str, problem: uuid.UUID | int) -> dict[str, Any]:
    """A problem with the names of who answers for it.

    Raises
    ------
    UnknownProblem
        If there is none.
    """
    key: dict[str, Any] = {"row_id": problem} if isinstance(problem, int) else {"uid": problem}
    found = queries.find_problem(session, tenant, **key)
    if found is None:
        raise UnknownProblem("flow.unknown", problem=str(problem))
    return found


def open_steps(state: str) -> list[str]:
    """What a person may ask for in a state, in the order of the table.

    Examples
    --------
    >>> open_steps("checking"), open_steps("merged"), open_steps("voided")
    (['check_before_closing', 'rework'], ['split'], [])
    """
    return list(dict.fromkeys(SPLIT if step.startswith(f"{SPLIT}_") else step for step in PROBLEM.open_steps(state)))


def show_history(session: Session, tenant: str, row_id: int) -> list[dict[str, Any]]:
    """What was done with a problem, the first step first."""
    return [
        {name: getattr(step, name) for name in step.__slots__} for step in load_steps(session, tenant, PROBLEM, row_id)
    ]


def _read_draft(session: Session, county: County, draft: Draft, now: dt.datetime) -> tuple[dict[str, Any], Ground]:
    """What is stored of a report, every name looked up."""
    event = None if draft.event_uid is None else queries.find_event(session, county.code, draft.event_uid)
    if draft.event_uid is not None and event is None:
        raise BadDraft("flow.unknown_event", event=str(draft.event_uid))
    if event is not None and event["problem"] is not None:
        raise EventTaken("flow.event_taken", event=str(draft.event_uid), problem=event["problem"])
    if draft.found_at.tzinfo is None:
        raise BadDraft("flow.found_at", at=draft.found_at.isoformat())
    lon, lat = (draft.lon, draft.lat) if event is None else (event["lon"], event["lat"])
    if draft.origin not in PROBLEM_ORIGINS:
        raise BadDraft("flow.origin", origin=draft.origin, known=", ".join(PROBLEM_ORIGINS))
    if lon is None or lat is None or not county.contains(lon, lat):
        raise BadDraft("flow.outside", lon=lon, lat=lat)
    early = event is not None and draft.found_at < event["occurred_at"]
    if draft.found_at > now + CLOCKS_APART or early:
        raise BadDraft("flow.found_at", at=draft.found_at.isoformat())
    if not 0 <= draft.quantity < 1e9:
        raise BadDraft("flow.quantity", quantity=draft.quantity)
    code = get_code(session, county.code, draft.code, draft.code_system)
    ground = find_ground(session, county.code, lon, lat, draft.found_at, code["code"])
    if draft.stood_min is not None and draft.stood_min < ground.rule.tolerance_min:
        raise Tolerated(
            "flow.tolerated", regime=ground.regime, minutes=draft.stood_min, tolerance=ground.rule.tolerance_min
        )
    values = {
        "tenant": county.code, "uid": draft.uid, "key": str(draft.uid), "code": code["code"],
        "code_system": code["code_system"], "code_version": code["version"], "grade": draft.grade,
        "origin": draft.origin, "district_code": ground.district_code, "town": ground.town, "road": ground.road,
        "regime": ground.regime, "quantity": draft.quantity, "unit": draft.unit or code["unit"],
        "found_at": draft.found_at, "place": draft.place, "description": draft.description,
        "ordered_due_at": draft.ordered_due_at, "actor": draft.actor, "lon": lon, "lat": lat,
    }  # fmt: skip
    return values, ground


def _event(session: Session, tenant: str, draft: Draft, values: dict[str, Any]) -> dict[str, Any]:
    """What the problem is about: the event that is there, or a new one."""
    if draft.event_uid is not None:
        event = queries.find_event(session, tenant, draft.event_uid)
        assert event is not None
        return {"event_uid": event["uid"], "event_id": event["id"], "event_received_at": event["received_at"]}
    uid = uuid7()
    origin = EVENT_ORIGIN.get(draft.origin, draft.origin)
    row_id, received_at = queries.add_event(session, {**values, "uid": uid, "origin": origin})
    count_step(session, tenant, "event", 1)
    box = (values["lon"], values["lat"], values["lon"], values["lat"])
    write_change(session, tenant, "event.recorded", layer="event", feature_ids=[row_id], box=box, actor=draft.actor)
    return {"event_uid": uid, "event_id": row_id, "event_received_at": received_at}


def _follow(session: Session, tenant: str, row: dict[str, Any], plan: Plan, order: Order) -> None:
    """What a step changes outside its own row: the event it is about, the record of a meeting."""
    if plan.closes:
        queries.close_event(session, tenant, row, order.at)
    if plan.repeats is not None:
        queries.mark_repeat(session, tenant, row, queries.event_key(session, tenant, plan.repeats))
    elif order.step == SPLIT:
        queries.mark_repeat(session, tenant, row, None)
    elif order.step == "void":
        queries.mark_repeat(session, tenant, row, VOID)
    if plan.meeting is not None:
        queries.add_decision(session, tenant, {**plan.meeting, "problem_id": row["id"], "made_by": order.actor})
    if plan.closes or plan.repeats is not None or order.step in (SPLIT, "void"):
        box = (row["lon"], row["lat"], row["lon"], row["lat"])
        write_change(session, tenant, "event.changed", layer="event", feature_ids=[row["event_id"]], box=box,
                     actor=order.actor)  # fmt: skip


def _tell_map(session: Session, tenant: str, row: Mapping[str, Any], state: str, actor: str) -> None:
    """Draw the problem as it stands now, or no more."""
    stage = MAP_STAGE.get(state)
    if stage is None:
        drawn, step = queries.take_off_map(session, tenant, row["id"])
    else:
        drawn, step = queries.show_on_map(session, tenant, row["id"], stage)
    if drawn is None:
        return
    count_step(session, tenant, "open_problem", step)
    box = (row["lon"], row["lat"], row["lon"], row["lat"])
    write_change(session, tenant, "problem.changed", layer="open_problem", feature_ids=[drawn], box=box, actor=actor)
