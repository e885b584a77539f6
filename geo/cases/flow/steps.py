"""What a step needs and what it writes: the person named next, the limit its clock starts with, times of the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from geo.cases.clocks.clock import Op
from geo.cases.flow import queries
from geo.cases.flow.ground.actions import (
    differs_from_matrix,
    find_owner,
    get_desk,
    get_handler,
    get_person,
    limit_of,
)
from geo.cases.flow.orders import CannotMerge, Order, PhotosMissing, SamePerson, StepIncomplete
from geo.cases.flow.states import NOTE_NEEDED, SPLIT, STAGE_OF, STAGE_OPS
from geo.cases.postures.standing import held_at
from geo.cases.regimes.actions import NO_STREET
from geo.db.counties import get_county
from geo.tables.cases import DECISION_KINDS, OPEN_PROBLEM_STATES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REVIEW_DAYS: Final = 30
"""A problem that is put aside is looked at again after so many natural days, unless somebody says otherwise."""

BACK_TO_WORK: Final = frozenset({"rework", "resume", "grant_extension", "refuse_extension"})


@dataclass
class Plan:
    """What a step does.

    Attributes
    ----------
    values
        Columns of the row.
    facts
        What the log notes, the limit of a clock that starts among it.
    closes
        Whether the event is put right by it.
    repeats
        The problem whose event this one's repeats.
    meeting
        Record to be kept.
    then
        A step that follows at once.
    """

    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    closes: bool = False
    repeats: Mapping[str, Any] | None = None
    meeting: dict[str, Any] | None = None
    then: Order | None = None


def plan_step(
    session: Session, tenant: str, row: Mapping[str, Any], order: Order, after: str, into: Mapping[str, Any] | None
) -> Plan:
    """What an order comes to, with everything it names looked up.

    Parameters
    ----------
    row, into
        The problem, and the one it is merged into, both locked.
    after
        The state the step leads to.

    Raises
    ------
    StepIncomplete
        If it lacks a reason, an amount, a meeting, a rating, or what to merge into.
    PhotosMissing, SamePerson, CannotMerge, NoOwner, UnknownUnit, UnknownPerson, NobodyToName, NoLimit
        As their names say.
    """
    _check(session, tenant, row, order, into)
    plan = Plan()
    if order.grade is not None:
        row = {**row, "grade": order.grade}
        plan.values["grade"] = order.grade
    if after in ("dispatched", "extension_asked", "suspended"):
        _plan_work(session, tenant, row, order, plan)
    elif after in STAGE_OF:
        _plan_desk(session, tenant, row, order, after, plan)
    else:
        _plan_end(row, order, after, into, plan)
    if row["due_at"] is None and after in OPEN_PROBLEM_STATES:
        plan.values["due_at"] = order.at  # open again: the clocks, read next, put the right day in its place
    if order.step == SPLIT:
        plan.values["merged_into"] = None
    if order.step == "register":
        plan.values["registered_at"] = order.at
    if order.step == "feed_back":
        plan.values["handled_at"] = order.at
    return plan


def _check(session: Session, tenant: str, row: Mapping[str, Any], order: Order, into: Mapping[str, Any] | None) -> None:
    if order.step in NOTE_NEEDED and not order.note.strip():
        raise StepIncomplete("flow.incomplete", step=order.step, missing="note")
    if order.step == "ask_extension" and not 1 <= (order.amount or 0) <= 1000:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="amount")
    if order.step == "rate" and not 1 <= (order.rating or 0) <= 5:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="rating")
    if order.step == "hand_over" and order.holder is None:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="holder")
    if order.step == "settle_on_spot":
        photos = queries.photo_hashes(session, tenant, row["id"])
        kinds = {kind for kind, _ in photos}
        if len(kinds) < 2 or len({sha256 for _, sha256 in photos}) < 2:
            raise PhotosMissing("flow.photos", have=", ".join(sorted(kinds)) or "-")
    if order.step == "check_before_closing" and order.staff is None:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="staff")
    checks = order.step in ("check_before_closing", "rework") and order.staff is not None
    if checks and get_person(session, tenant, order.staff or "") == row["handler_id"]:
        raise SamePerson("flow.same_person", step=order.step, staff=order.staff)
    if order.step == "merge":
        _check_merge(row, into, order)


def _check_merge(row: Mapping[str, Any], into: Mapping[str, Any] | None, order: Order) -> None:
    if into is None:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="into")
    if into["id"] == row["id"] or into["state"] not in OPEN_PROBLEM_STATES or into["found_at"] > row["found_at"]:
        raise CannotMerge("flow.cannot_merge", problem=row["number"], into=into["number"], state=into["state"])


def _plan_work(session: Session, tenant: str, row: Mapping[str, Any], order: Order, plan: Plan) -> None:
    """Steps after which the unit has the problem, or it rests."""
    if order.step in ("dispatch", "settle"):
        _plan_dispatch(session, tenant, row, order, plan)
    elif order.step == "hand_over":
        assert order.holder is not None
        handler = get_person(session, tenant, order.holder)
        plan.values |= {"handler_id": handler, "staff_id": handler}
        plan.facts["handler"] = handler
    elif order.step in BACK_TO_WORK or order.step == SPLIT:
        plan.values["staff_id"] = row["handler_id"]
        if order.step == "grant_extension":
            _plan_extension(session, tenant, row, order, plan)
    elif order.step == "ask_extension":
        plan.facts["asked"] = order.amount
        plan.values["staff_id"] = row["handler_id"]
    else:
        days = REVIEW_DAYS if order.amount is None else order.amount
        if not 1 <= days <= 366:
            raise StepIncomplete("flow.incomplete", step=order.step, missing="amount")
        plan.facts["limit"] = {"amount": days, "unit": "ledger_days", "from": "stage", "permille": 1000}
        plan.values["staff_id"] = row["handler_id"]


def _plan_dispatch(session: Session, tenant: str, row: Mapping[str, Any], order: Order, plan: Plan) -> None:
    if order.step == "settle":
        _plan_meeting(session, tenant, row, order, plan)
    elif order.unit and not order.note.strip() and differs_from_matrix(session, tenant, row, order.unit):
        raise StepIncomplete("flow.incomplete", step=order.step, missing="note")
    unit, named = find_owner(session, tenant, row, order.unit)
    handler = get_handler(session, tenant, unit, order.unit or "-", order.holder or named)
    county = get_county(session, tenant)
    held = held_at(session, county, row["lon"], row["lat"], row["found_at"], row["code"], row["regime"])
    rule = held.rule
    if held.postures:
        plan.facts["postures"] = list(held.postures)
    limit = limit_of(session, tenant, row, "handle", rule)
    if limit["unit"] == "ledger_days":
        plan.then = replace(
            order, step="suspend", uid=None, unit=None, holder=None, grade=None, amount=limit["amount"],
            note=order.note or f"{row['code']} {row['grade']}",
        )  # fmt: skip
        limit = limit_of(session, tenant, {**row, "grade": "*"}, "handle", rule)
    plan.facts |= {"limit": limit, "unit": unit, "handler": handler}
    if limit["from"] == "found":
        plan.facts["counts_from_at"] = row["found_at"].isoformat()
    plan.values |= {
        "owner_unit_id": unit, "handler_id": handler, "staff_id": handler, "dispatched_at": order.at,
        "registered_at": row["registered_at"] or order.at,
    }  # fmt: skip


def _plan_meeting(session: Session, tenant: str, row: Mapping[str, Any], order: Order, plan: Plan) -> None:
    """C07: only the record of a meeting fixes the owner of a disputed problem."""
    said = order.meeting
    if said is None or said.kind not in DECISION_KINDS or not said.decision.strip() or order.unit is None:
        missing = "unit" if said is not None and order.unit is None else "meeting"
        raise StepIncomplete("flow.incomplete", step=order.step, missing=missing)
    today = get_county(session, tenant).today()
    if said.held_on > today:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="held_on")
    unit, _ = find_owner(session, tenant, row, order.unit)
    plan.meeting = {
        "kind": said.kind, "held_on": said.held_on, "bodies": list(said.bodies), "decision": said.decision,
        "org_unit_id": unit,
    }  # fmt: skip


def _plan_extension(session: Session, tenant: str, row: Mapping[str, Any], order: Order, plan: Plan) -> None:
    """The handling's limit is prolonged in its own unit, by what was asked unless another amount is granted."""
    noted = queries.find_handling(session, tenant, row["id"])
    amount = order.amount if order.amount is not None else noted["asked"]
    if not 1 <= amount <= 1000:
        raise StepIncomplete("flow.incomplete", step=order.step, missing="amount")
    plan.facts["limit"] = {"amount": amount, "unit": noted["unit"], "from": "stage", "permille": 1000}


def _plan_desk(session: Session, tenant: str, row: Mapping[str, Any], order: Order, after: str, plan: Plan) -> None:
    """Steps after which the desk, or whoever verifies or checks, has the problem."""
    if STAGE_OPS.get(order.step) == Op.START:
        plan.facts["limit"] = limit_of(session, tenant, row, STAGE_OF[after], NO_STREET)
    holder = get_desk(session, tenant) if order.holder is None else get_person(session, tenant, order.holder)
    plan.values["staff_id"] = holder
    plan.facts["holder"] = holder
    if order.step in ("send_back", "dispute"):
        plan.values |= {"owner_unit_id": None, "handler_id": None, "dispatched_at": None}


def _plan_end(row: Mapping[str, Any], order: Order, after: str, into: Mapping[str, Any] | None, plan: Plan) -> None:
    """Steps after which nothing is due."""
    plan.values |= {"due_at": None, "warn_at": None}
    if after == "merged":
        assert into is not None
        plan.values["merged_into"] = into["id"]
        plan.facts["into"] = into["number"]
        plan.repeats = into
    elif after == "voided" or order.step in ("accept_appeal", "dismiss_appeal", "rate"):
        plan.facts |= {"rating": order.rating} if order.step == "rate" else {}
    else:
        plan.values["closed_at"] = order.at
        plan.closes = True
        if order.step == "settle_on_spot":
            plan.values["handled_at"] = order.at
            plan.facts["settled_on_spot"] = True
    if order.step in ("accept_appeal", "dismiss_appeal"):
        plan.facts["counts"] = order.step == "dismiss_appeal"
    plan.facts.setdefault("state_before", row["state"])
