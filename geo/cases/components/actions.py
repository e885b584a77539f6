"""What people do with repairs: order one, take a step, add up a year."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.codes.actions import ensure_codes
from geo.cases.components import queries
from geo.cases.components.states import NEEDS_REASON, REPAIR, STATUS_AFTER
from geo.cases.evidence.actions import list_evidence
from geo.cases.flow.ground.actions import get_desk, get_person
from geo.cases.history import begin, load_steps, take
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import check_point, district_at
from geo.layers.component_codes import class_of
from geo.tables.components import REPAIR_WORKS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DUE_DAYS: Final = 5
"""An order without a date of its own is due after so many natural days; our default."""

MOST_QUANTITY: Final = Decimal(10_000_000)


class UnknownComponent(NotFound):
    """There is no component of that code."""


class UnknownRepair(NotFound):
    """There is no such order, or not where the caller may look."""


class BadRepair(Invalid):
    """What is ordered or reported cannot be; the facts name the field."""


class ProofMissing(Conflict):
    """A repair is finished when a picture from before and one from after are there; the facts say which is missing."""


class SameHand(Conflict):
    """Who finished the work does not accept it."""


@dataclass(frozen=True, slots=True)
class RepairDraft:
    """An order as somebody writes it.

    Parameters
    ----------
    component
        Its 16-digit code; else ``class_code`` and a point say what is to be repaired and where.
    quantity
        > 0, at most two decimals, in ``unit``; without a unit in that of the class.
    staff
        Staff number of who answers for it; the desk if nobody is named.
    problem
        The uid of the problem it came from.
    """

    uid: uuid.UUID
    work: str
    quantity: Decimal
    unit: str = ""
    component: str | None = None
    class_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    contractor: str = ""
    staff: str | None = None
    problem: uuid.UUID | None = None
    due_at: dt.datetime | None = None
    cost_fen: int | None = None
    ordered_at: dt.datetime | None = None
    actor: str = "system"


@dataclass(frozen=True, slots=True)
class Total:
    """Work of one class done in a span, in one unit; ``cost_fen`` is of the ``costed`` orders only."""

    class_code: str
    work: str
    unit: str
    quantity: Decimal
    orders: int
    cost_fen: int | None
    costed: int
    ids: tuple[int, ...]


def order_repair(session: Session, tenant: str, draft: RepairDraft) -> int:
    """Write an order; returns its id. Sent again, it changes nothing.

    Raises
    ------
    UnknownComponent
        If there is no component of that code.
    BadRepair
        If work, class, quantity, unit, place or date cannot be.
    UnknownPerson, NobodyToName
        If nobody can answer for it.
    UidTaken
        If the uid names another kind of record.
    """
    if (before := find_taken(session, tenant, draft.uid, REPAIR.name)) is not None:
        return before
    county = get_county(session, tenant)
    now = dt.datetime.now(dt.UTC)
    values = _read(session, tenant, draft, now)
    check_point(county, values["lon"], values["lat"])
    if not county.contains(values["lon"], values["lat"]):
        raise BadRepair("components.outside", lon=values["lon"], lat=values["lat"])
    values["district_code"] = district_at(session, county, values["lon"], values["lat"])
    values["staff_id"] = get_desk(session, tenant) if draft.staff is None else get_person(session, tenant, draft.staff)
    day = values["ordered_at"].astimezone(ZoneInfo(county.time_zone)).date()
    row_id = queries.add_order(session, {**values, "tenant": tenant, "uid": draft.uid, "state": REPAIR.start}, day)
    keep_taken(session, tenant, draft.uid, REPAIR.name, row_id)
    facts = {"due_at": values["due_at"].isoformat(), "quantity": str(draft.quantity), "unit": values["unit"]}
    begin(session, tenant, REPAIR, row_id, at=values["ordered_at"], actor=draft.actor, facts=facts)
    if values["component_id"] is not None and draft.work in ("repair", "replace"):
        _set_status(session, tenant, values["component_id"], "broken", draft.actor, only_from=values["status"])
    return row_id


def take_repair_step(
    session: Session,
    tenant: str,
    order: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    note: str = "",
    quantity: Decimal | None = None,
    cost_fen: int | None = None,
    uid: uuid.UUID | None = None,
) -> str:
    """Take a step with an order; returns its state then. A step with a uid that was taken before changes nothing.

    Parameters
    ----------
    quantity, cost_fen
        What was really done and what it cost, told with ``finish``.

    Raises
    ------
    UnknownRepair, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now, or then.
    BadRepair
        If it lacks its reason, or quantity or cost cannot be.
    ProofMissing
        If work is finished without pictures from before and after.
    SameHand
        If whoever finished the work would accept it.
    """
    if uid is not None and find_taken(session, tenant, uid, "repair_step", order) is not None:
        return str(get_order(session, tenant, order)["state"])
    state = queries.lock_order(session, tenant, order)
    if state is None:
        raise UnknownRepair("components.unknown_repair", repair=order)
    after = REPAIR.after(state, step)
    if step in NEEDS_REASON and not note.strip():
        raise BadRepair("components.reason", step=step)
    if (quantity is not None or cost_fen is not None) and step != "finish":
        raise BadRepair("components.amount_step", step=step)
    if quantity is not None and not _is_quantity(quantity):
        raise BadRepair("components.quantity", quantity=str(quantity))
    shown = {one["kind"] for one in list_evidence(session, tenant, REPAIR.name, order)}
    if step == "finish" and (missing := {"before", "after"} - shown):
        raise ProofMissing("components.proof", repair=order, missing=", ".join(sorted(missing)))
    if step == "accept":
        done = next(one for one in reversed(load_steps(session, tenant, REPAIR, order)) if one.step == "finish")
        if done.actor == actor:
            raise SameHand("components.same_hand", repair=order, actor=actor)
    facts = {} if quantity is None else {"quantity": str(quantity)}
    take(session, tenant, REPAIR, order, state, step, at=at, actor=actor, note=note.strip(), facts=facts)
    queries.move_order(
        session, tenant, order, state=after, quantity=quantity, cost_fen=cost_fen,
        accepted_at=at if after == "accepted" else None,
    )  # fmt: skip
    if uid is not None:
        keep_taken(session, tenant, uid, "repair_step", order)
    if after == "accepted":
        row = get_order(session, tenant, order)
        if row["component_id"] is not None:
            _set_status(session, tenant, row["component_id"], STATUS_AFTER[row["work"]], actor)
    return after


def get_order(session: Session, tenant: str, order: int, area: Sequence[str] | None = None) -> dict[str, Any]:
    """An order.

    Parameters
    ----------
    area
        Codes of the 片区 whoever asks is confined to; None: the whole county.

    Raises
    ------
    UnknownRepair
        If there is none, or it lies outside ``area``.
    """
    found = queries.find_order(session, tenant, order)
    if found is None or not (area is None or found["district_code"] in area):
        raise UnknownRepair("components.unknown_repair", repair=order)
    return found


def load_totals(session: Session, tenant: str, year: int, area: Sequence[str] | None = None) -> list[Total]:
    """What was accepted in a local year, by class, work and unit; units are never added together."""
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    first, last = (dt.datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
    rows = queries.list_totals(session, tenant, first, last, area)
    return [Total(**{**row, "ids": tuple(row["ids"])}) for row in rows]


def _read(session: Session, tenant: str, draft: RepairDraft, now: dt.datetime) -> dict[str, Any]:
    """What is stored of an order, every name looked up."""
    ensure_codes(session, tenant)
    if draft.work not in REPAIR_WORKS:
        raise BadRepair("components.work", work=draft.work, known=", ".join(REPAIR_WORKS))
    if not _is_quantity(draft.quantity):
        raise BadRepair("components.quantity", quantity=str(draft.quantity))
    found = None if draft.component is None else queries.find_component(session, tenant, draft.component)
    if draft.component is not None and found is None:
        raise UnknownComponent("components.unknown", component=draft.component)
    class_code = class_of(found["code"]) if found else draft.class_code or ""
    usual = queries.find_unit_of(session, tenant, class_code)
    if usual is None and found is None:
        raise BadRepair("components.class", class_code=class_code)
    lon, lat = (found["lon"], found["lat"]) if found else (draft.lon, draft.lat)
    if lon is None or lat is None:
        raise BadRepair("components.where")
    unit = draft.unit.strip() or usual
    if not unit:
        raise BadRepair("components.unit", class_code=class_code)
    at = draft.ordered_at or now
    due_at = draft.due_at or at + dt.timedelta(days=DUE_DAYS)
    if at.tzinfo is None or due_at.tzinfo is None or due_at < at:
        raise BadRepair("components.due", at=at.isoformat(), due=due_at.isoformat())
    problem = None if draft.problem is None else queries.find_problem_id(session, tenant, draft.problem)
    if draft.problem is not None and problem is None:
        raise BadRepair("components.problem", problem=str(draft.problem))
    return {
        "component_id": found["id"] if found else None, "status": found["status"] if found else None,
        "problem_id": problem, "class_code": class_code, "work": draft.work, "quantity": draft.quantity, "unit": unit,
        "cost_fen": draft.cost_fen, "place": draft.place, "contractor": draft.contractor, "ordered_at": at,
        "due_at": due_at, "lon": lon, "lat": lat,
    }  # fmt: skip


def _is_quantity(value: Decimal) -> bool:
    return value.is_finite() and 0 < value <= MOST_QUANTITY and value == value.quantize(Decimal("0.01"))


def _set_status(
    session: Session, tenant: str, component: int, status: str, actor: str, only_from: str | None = None
) -> None:
    """Say on the map what the component is like; ``only_from`` keeps what is worse than broken."""
    if only_from not in (None, "intact"):
        return
    box = queries.set_status(session, tenant, component, status)
    if box is not None:
        write_change(
            session, tenant, "component.changed", layer="component", feature_ids=[component], box=box,
            facts={"status": status}, actor=actor,
        )  # fmt: skip
