"""What forbids a step of a penalty case, and what the step writes beside the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.calendars import add_workdays
from geo.cases.buildings.demolition import appeal_ends_on
from geo.cases.formal.queries import find_staff_code
from geo.cases.history import load_steps
from geo.cases.ladder.rungs import months_before
from geo.cases.penalties import queries
from geo.cases.penalties.checklist import open_items
from geo.cases.penalties.states import HEAD_STEPS, PENALTY
from geo.cases.powers.actions import get_figure, require_band
from geo.cases.powers.queries import load_bands, load_tiers
from geo.cases.powers.reviews import find_band, reviews_needed
from geo.db.counties import get_county
from geo.errors import Conflict, Forbidden, Invalid
from geo.tables.penalties import ARCHIVE_TERMS, DECISIONS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class TooLate(Conflict):
    """The violation is older than the law lets it be punished; the facts name both days."""


class TooEarly(Conflict):
    """A court is asked once the periods of appeal and of the reminder are over; the facts name the first day."""


class NotByHandler(Forbidden):
    """Who handled a case neither files nor reviews nor decides it; the facts name the staff number."""


class ReviewsMissing(Conflict):
    """The tier of this case asks for reviews that are not on file; the facts name them."""


class ItemsOpen(Conflict):
    """三项制度: the case is not closed while an item is open; the facts name them."""


class OutOfBounds(Invalid):
    """A decision heavier than what was told, or too much for the spot; the facts name the most."""


class StepNeeds(Invalid):
    """The step needs a field; the facts name it."""


@dataclass(frozen=True, slots=True)
class StepOrder:
    """A step to be taken; ``at`` aware. ``amount_yuan``, ``gravity`` and ``decision`` where the step says them."""

    step: str
    at: dt.datetime
    note: str = ""
    amount_yuan: int = 0
    gravity: str = ""
    decision: str = ""
    archive_term: str = ""


def zone_of(session: Session, tenant: str) -> ZoneInfo:
    """The county's time zone."""
    return ZoneInfo(get_county(session, tenant).time_zone)


def done_items(session: Session, tenant: str, penalty: int) -> set[str]:
    """Items of 三项制度 that are on file; 法制审核 by its review."""
    ticked = {row["item"] for row in queries.list_checks(session, tenant, penalty)}
    legal = any(row["kind"] == "legal" for row in queries.list_reviews(session, tenant, penalty))
    return ticked | ({"legal_review"} if legal else set())


def needed_reviews(session: Session, tenant: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Reviews the case needs as it stands; without a band, those of the head and of law."""
    band = find_band(load_bands(session, tenant, row["item_id"]), row["party"], row["gravity"])
    if band is None:
        return ("leader", "legal")
    return reviews_needed(band, load_tiers(session, tenant), row["party"], row["amount_yuan"])


def prepare(session: Session, tenant: str, row: Mapping[str, Any], order: StepOrder, officer: int) -> dict[str, Any]:
    """What a step writes beside the state, after everything that forbids it was looked at."""
    step = order.step
    if step in HEAD_STEPS and officer in queries.load_handlers(session, tenant, row["id"], row["incident_id"]):
        raise NotByHandler("penalties.handler", staff=find_staff_code(session, tenant, officer), step=step)
    if step == "file":
        return _filing(session, tenant, row, order)
    if step == "inform":
        return _told(session, tenant, row, order)
    if step == "settle":
        missing = set(needed_reviews(session, tenant, row)) - {
            one["kind"] for one in queries.list_reviews(session, tenant, row["id"])
        }
        if missing:
            raise ReviewsMissing("penalties.reviews_missing", reviews=", ".join(sorted(missing)))
    if step == "apply_court":
        _check_court(session, tenant, row, order)
    if step in ("decide", "decide_on_spot"):
        return _decision(session, tenant, row, order)
    if step == "archive":
        left = open_items(row["state"], done_items(session, tenant, row["id"]), needed_reviews(session, tenant, row))
        if left:
            raise ItemsOpen("penalties.items_open", number=row["number"], items=", ".join(left))
        if order.archive_term not in ARCHIVE_TERMS:
            raise StepNeeds("penalties.needs", step=step, field="archive_term")
        return {"archive_term": order.archive_term, "archived_on": order.at.astimezone(zone_of(session, tenant)).date()}
    return {}


def _filing(session: Session, tenant: str, row: Mapping[str, Any], order: StepOrder) -> dict[str, Any]:
    violated = queries.find_incident_at(session, tenant, row["incident_id"]) if row["incident_id"] else None
    if violated is not None and violated < months_before(order.at, get_figure(session, tenant, "limit_months")):
        raise TooLate("penalties.too_late", violated=violated.isoformat(), at=order.at.isoformat())
    return {"filed_at": order.at}


def _check_court(session: Session, tenant: str, row: Mapping[str, Any], order: StepOrder) -> None:
    """行政强制法 arts. 53, 54: nobody appealed in time, and the reminder was served ten workdays ago."""
    county = get_county(session, tenant)
    on = {one.step: one.at.astimezone(county.zone).date() for one in load_steps(session, tenant, PENALTY, row["id"])}
    workdays = get_figure(session, tenant, "court_workdays")
    over = max(appeal_ends_on(on["serve"], county.calendar), add_workdays(on["remind"], workdays, county.calendar))
    if order.at.astimezone(county.zone).date() <= over:
        raise TooEarly("penalties.too_early", number=row["number"], first=(over + dt.timedelta(days=1)).isoformat())


def _told(session: Session, tenant: str, row: Mapping[str, Any], order: StepOrder) -> dict[str, Any]:
    gravity = order.gravity or row["gravity"]
    require_band(session, tenant, {"id": row["item_id"], "code": row["item"]}, row["party"], gravity, order.amount_yuan)
    return {"gravity": gravity, "amount": order.amount_yuan}


def _decision(session: Session, tenant: str, row: Mapping[str, Any], order: StepOrder) -> dict[str, Any]:
    if order.decision not in DECISIONS or (order.decision == "fine") != (order.amount_yuan > 0):
        raise StepNeeds("penalties.needs", step=order.step, field="decision")
    item = {"id": row["item_id"], "code": row["item"]}
    require_band(session, tenant, item, row["party"], row["gravity"], order.amount_yuan)
    if order.step == "decide":
        most = row["amount_yuan"]  # what was told; saying one's side makes nothing heavier (行政处罚法 art. 45 [忆])
    else:
        most = get_figure(session, tenant, "spot_body_yuan" if row["party"] == "body" else "spot_person_yuan")
    if order.amount_yuan > most:
        raise OutOfBounds("penalties.too_much", amount=order.amount_yuan, most=most, step=order.step)
    return {"decision": order.decision, "amount": order.amount_yuan, "decided_at": order.at}
