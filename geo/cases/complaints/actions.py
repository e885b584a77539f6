"""What the desk and those in charge do with a complaint: place it, 分办, 核查, 反馈, refer, review, close."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.cases.complaints import queries
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.intake import CALLER_FIELD
from geo.cases.complaints.scrub import scrub
from geo.cases.complaints.states import COMPLAINT, NOTE_NEEDED, OWNED
from geo.cases.history import Step, load_steps, take
from geo.cases.places.actions import locate_text
from geo.cases.places.match import PLACED, Candidate
from geo.cases.queries import now as database_now
from geo.cases.secrets.actions import open_secrets
from geo.cases.secrets.masks import mask_name, mask_number
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Forbidden, Invalid, NotFound
from geo.features.locate import check_point, district_at, districts_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownComplaint(NotFound):
    """There is no such complaint, or not for this caller."""


class StepLacks(Invalid):
    """A step needs something that was not given; the facts name it."""


class Confidential(Forbidden):
    """The caller asked not to be told to those who handle the complaint (要求保密)."""


class MergedAway(Conflict):
    """The complaint is handled with another one, which the facts name; steps are taken there."""


class NotSenior(Invalid):
    """A repeat goes to somebody of the bureau or a brigade, or who leads; the facts name who does not."""


class CauseMissing(Conflict):
    """A repeat is not closed before its root cause and a measure against it are filed."""


class RepeatWaiting(Conflict):
    """Whether it repeats an earlier complaint is decided before it is given to somebody; the facts name that one."""


class StepElsewhere(Invalid):
    """Merging and splitting name the other complaint, so they are asked for by themselves."""


@dataclass(frozen=True, slots=True)
class StepOrder:
    """A step and what it needs: an owner to assign, a finding to verify, an answer to feed back, an authority to
    refer. ``owner`` and ``staff`` are staff numbers, ``unit`` and ``authority`` codes."""

    step: str
    note: str = ""
    owner: str | None = None
    unit: str | None = None
    finding: str | None = None
    answer: str | None = None
    authority: str | None = None
    at: dt.datetime | None = None
    staff: str | None = None


def get_complaint(session: Session, tenant: str, complaint_id: int) -> dict[str, Any]:
    """One complaint, without who complained.

    Raises
    ------
    UnknownComplaint
        If there is none.
    """
    found = queries.find_complaint(session, tenant, complaint_id)
    if found is None:
        raise UnknownComplaint("complaints.unknown", complaint=complaint_id)
    return found


def take_step(session: Session, tenant: str, complaint_id: int, order: StepOrder, *, actor: str) -> str:
    """Take a step; returns the new state.

    What is said of a complaint goes for all merged into it: each of their callers gets the answer.

    Raises
    ------
    UnknownComplaint, MergedAway, StepNotOpen
        If there is none, it is handled with another, or its state does not allow the step.
    StepLacks, NotSenior, CauseMissing, RepeatWaiting
        If the step needs what was not given or not decided.
    StepInFuture, StepOutOfOrder, StateChanged
        As :func:`geo.cases.history.take`.
    """
    if order.step in ("merge", "split"):
        raise StepElsewhere("complaints.step_elsewhere", step=order.step)
    queries.lock_complaints(session, tenant, [complaint_id])
    row = get_complaint(session, tenant, complaint_id)
    if row["merged_into"] is not None:
        raise MergedAway("complaints.merged_away", complaint=complaint_id, head=row["merged_into"])
    COMPLAINT.after(row["state"], order.step)
    if order.step in OWNED and (waiting := desk.find_waiting_repeat(session, tenant, complaint_id)) is not None:
        raise RepeatWaiting("complaints.repeat_waiting", complaint=complaint_id, earlier=waiting)
    at = order.at or database_now(session)
    changed = _changes(session, tenant, row, order)
    if order.step in ("close", "confirm"):
        _check_cause(session, tenant, row)
        changed["closed_at"] = at
    if order.step == "review":
        changed["closed_at"] = None
    facts = {name: value for name, value in _facts(order).items() if value is not None}
    staff_id = desk.find_staff(session, tenant, order.staff)[0] if order.staff else None
    state = take(
        session, tenant, COMPLAINT, complaint_id, row["state"], order.step, at=at, actor=actor, staff_id=staff_id,
        note=scrub(order.note), facts=facts,
    )  # fmt: skip
    desk.update_complaint(session, tenant, complaint_id, {**changed, "state": state})
    if order.step == "feed_back":
        desk.add_replies(session, tenant, complaint_id, scrub(order.answer or ""), at, actor)
    elif order.step == "refer":
        desk.add_replies(session, tenant, complaint_id, _referral(session, tenant, order), at, actor)
    return state


def record_satisfaction(
    session: Session, tenant: str, complaint_id: int, satisfaction: str, *, note: str = "", actor: str
) -> str:
    """Note what a caller thinks of the answer; dissatisfied opens a review. Returns the state then.

    A merged complaint keeps its own caller's word; the review is of the one it is handled with.

    Raises
    ------
    UnknownComplaint
        If there is none.
    StepLacks
        If there was no answer yet.
    """
    row = get_complaint(session, tenant, complaint_id)
    head_id = desk.find_head(session, tenant, complaint_id)
    queries.lock_complaints(session, tenant, sorted({complaint_id, head_id}))
    head = get_complaint(session, tenant, head_id)
    if head["state"] not in ("replied", "review", "closed", "referred"):
        raise StepLacks("complaints.no_answer_yet", complaint=complaint_id, state=head["state"])
    desk.update_complaint(session, tenant, complaint_id, {"satisfaction": satisfaction})
    facts = {"complaint": complaint_id, "satisfaction": satisfaction, "was": row["satisfaction"]}
    write_change(session, tenant, "complaint.rated", facts=facts, actor=actor)
    if satisfaction == "dissatisfied" and head["state"] in ("replied", "closed"):
        why = scrub(note) or "不满意"
        return take_step(session, tenant, head_id, StepOrder("review", why), actor=actor)
    return str(head["state"])


def file_root_cause(
    session: Session, tenant: str, complaint_id: int, *, cause: str, measure: str, owner: str, due_on: dt.date,
    actor: str,
) -> None:  # fmt: skip
    """重复信细办: say why it came back, what is done about it, by whom and until when; filed again it replaces.

    Raises
    ------
    UnknownComplaint, StepLacks
        If there is none, it is no repeat, or a part is empty or names nobody in service.
    """
    row = get_complaint(session, tenant, complaint_id)
    if row["handling"] != "careful":
        raise StepLacks("complaints.no_repeat", complaint=complaint_id)
    for name, value in (("cause", cause), ("measure", measure)):
        if not value.strip():
            raise StepLacks("complaints.step_lacks", step="root_cause", field=name)
    staff_id, _ = _staff(session, tenant, owner, "root_cause")
    desk.set_root_cause(
        session, tenant, complaint_id,
        {"cause": scrub(cause), "measure": scrub(measure), "owner": staff_id, "due_on": due_on, "actor": actor},
    )  # fmt: skip
    write_change(session, tenant, "complaint.cause_filed", facts={"complaint": complaint_id}, actor=actor)


def place_by_hand(
    session: Session, tenant: str, complaint_id: int, lon: float, lat: float, *, actor: str
) -> str | None:
    """Put a complaint of the 待上图 queue on the map, or move it; returns its 片区.

    Raises
    ------
    UnknownComplaint
        If there is none.
    Swapped, OffTheMap, StepLacks
        If the point cannot be in the county.
    """
    county = get_county(session, tenant)
    get_complaint(session, tenant, complaint_id)
    check_point(county, lon, lat)
    if not county.contains(lon, lat):
        raise StepLacks("complaints.outside", lon=lon, lat=lat)
    district = district_at(session, county, lon, lat)
    values = {"lon": lon, "lat": lat, "placed_by": "person", "matched": None, "confidence": None}
    queries.set_place(session, tenant, complaint_id, {**values, "district_code": district})
    write_change(session, tenant, "complaint.placed", facts={"complaint": complaint_id}, actor=actor)
    return district


def place_waiting(session: Session, tenant: str, after: int = 0, most: int = 500) -> tuple[int, int, int]:
    """Try again to place what waits, by names that have come since; (looked at, placed, last id)."""
    county = get_county(session, tenant)
    found: dict[int, Candidate] = {}
    waiting = queries.list_waiting(session, tenant, after, most)
    for complaint_id, text in waiting:
        best = locate_text(session, tenant, text, 1)
        if best and best[0].confidence >= PLACED:
            found[complaint_id] = best[0]
    districts = districts_at(session, county, sorted({(one.lon, one.lat) for one in found.values()}))
    for complaint_id, one in found.items():
        values = {"lon": one.lon, "lat": one.lat, "placed_by": "matched", "matched": one.name,
                  "confidence": one.confidence, "district_code": districts[one.lon, one.lat]}  # fmt: skip
        queries.set_place(session, tenant, complaint_id, values)
    if found:
        write_change(session, tenant, "complaints.placed", facts={"rows": len(found)})
    return len(waiting), len(found), waiting[-1][0] if waiting else after


def read_caller(
    session: Session, tenant: str, home: Path, complaint_id: int, *, purpose: str, actor: str, whole: bool = False,
    handles: bool = False,
) -> dict[str, Any] | None:  # fmt: skip
    """Who complained, masked unless the whole is needed; every look is written to the change log. None if not known.

    Parameters
    ----------
    handles
        Whether it is somebody who handles complaints in the street: not told whole of callers who want to stay unknown.

    Raises
    ------
    StepLacks
        If no purpose is given.
    Confidential
        If the caller wants to stay unknown to those who handle it, and the whole is asked for by one of them.
    """
    if not purpose.strip():
        raise StepLacks("complaints.step_lacks", step="read_caller", field="purpose")
    found = desk.find_caller(session, tenant, complaint_id)
    facts = {"complaint": complaint_id, "purpose": scrub(purpose)[:200], "whole": whole}
    write_change(session, tenant, "complaint.caller_read", facts=facts, actor=actor)
    if found is None or found["sealed"] is None:
        return None
    if whole and handles and found["confidential"]:
        raise Confidential("complaints.confidential", complaint=complaint_id)
    plain: dict[str, str] = json.loads(open_secrets(session, tenant, home).unseal(found["sealed"], CALLER_FIELD))
    if not whole:
        plain = {
            "name": mask_name(plain["name"]), "phone": mask_number(plain["phone"]),
            "address": "***" if plain["address"] else "",
        }  # fmt: skip
    return {**plain, "confidential": found["confidential"]}


def load_history(session: Session, tenant: str, complaint_id: int) -> list[Step]:
    """Everything that was done with it, the first first."""
    return load_steps(session, tenant, COMPLAINT, complaint_id)


def _changes(session: Session, tenant: str, row: Mapping[str, Any], order: StepOrder) -> dict[str, Any]:
    """Columns a step changes, every name looked up."""
    if order.step in NOTE_NEEDED and not order.note.strip():
        raise StepLacks("complaints.step_lacks", step=order.step, field="note")
    if order.step in OWNED:
        staff_id, senior = _staff(session, tenant, order.owner, order.step)
        if row["handling"] == "careful" and not senior:
            raise NotSenior("complaints.not_senior", owner=order.owner, complaint=row["id"])
        unit = desk.find_unit(session, tenant, order.unit, staff_id)
        if unit is None:
            raise StepLacks("complaints.step_lacks", step=order.step, field="unit")
        return {"owner_staff_id": staff_id, "owner_unit_id": unit}
    if order.step == "verify":
        if order.finding is None:
            raise StepLacks("complaints.step_lacks", step=order.step, field="finding")
        return {"finding": order.finding}
    if order.step == "feed_back" and not (order.answer or "").strip():
        raise StepLacks("complaints.step_lacks", step=order.step, field="answer")
    if order.step == "refer":
        if desk.find_authority(session, tenant, order.authority or "") is None:
            known = ", ".join(one["code"] for one in desk.list_authorities(session, tenant)) or "-"
            raise StepLacks("complaints.authority_unknown", authority=order.authority or "-", known=known)
        return {"authority_code": order.authority}
    return {"owner_staff_id": None, "owner_unit_id": None} if order.step == "send_back" else {}


def _facts(order: StepOrder) -> dict[str, Any]:
    return {"owner": order.owner, "unit": order.unit, "finding": order.finding, "authority": order.authority}


def _staff(session: Session, tenant: str, code: str | None, step: str) -> tuple[int, bool]:
    staff_id, senior = desk.find_staff(session, tenant, code or "")
    if staff_id is None:
        raise StepLacks("complaints.nobody", step=step, staff=code or "-")
    return staff_id, senior


def _check_cause(session: Session, tenant: str, row: Mapping[str, Any]) -> None:
    if row["handling"] == "careful" and desk.find_root_cause(session, tenant, row["id"]) is None:
        raise CauseMissing("complaints.cause_missing", complaint=row["id"])


def _referral(session: Session, tenant: str, order: StepOrder) -> str:
    """What is answered when something is another office's business: why, and whom to ask."""
    authority = desk.find_authority(session, tenant, order.authority or "")
    assert authority is not None
    phone = f",电话 {authority['phone']}" if authority["phone"] else ""
    said = f"您反映的事项属于{authority['name']}的职责({authority['remit']}){phone}。"
    return said + scrub(order.answer or order.note)
