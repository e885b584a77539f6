"""Apply for a penalty case, take its steps, review it, tick what must be on file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.calendars import add_workdays
from geo.cases import history
from geo.cases.formal.actions import Signer, sign
from geo.cases.formal.links import check_links
from geo.cases.ladder.queries import list_exemptions
from geo.cases.penalties import queries
from geo.cases.penalties.checklist import open_items
from geo.cases.penalties.clock import decide_by
from geo.cases.penalties.guards import (
    NotByHandler,
    StepNeeds,
    StepOrder,
    done_items,
    needed_reviews,
    prepare,
    zone_of,
)
from geo.cases.penalties.states import FORMAL_STEPS, PENALTY, REFERRAL_STEPS
from geo.cases.powers.actions import get_figure, require_band, require_body, require_item
from geo.cases.secrets.words import refuse_numbers
from geo.cases.subjects.actions import require_officer
from geo.cases.subjects.queries import find_subject
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, NotFound
from geo.tables.penalties import CHECK_ITEMS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownPenalty(NotFound):
    """There is no such case, or it is none of the caller's 片区."""


class NotIdentified(Conflict):
    """A case needs a subject that an officer has confirmed."""


class ExemptionAsked(Conflict):
    """The list of exemptions has entries for this behaviour: say why none applies. The facts name them."""


@dataclass(frozen=True, slots=True)
class PenaltyDraft:
    """A case applied for: ``item``, ``body`` are codes, ``uid`` is the client's, ``applied_at`` now if empty."""

    uid: uuid.UUID
    subject_id: int
    item: str
    body: str
    code_system: str
    code: str
    district_code: str
    party: str = "person"
    gravity: str = "ordinary"
    incident_id: int | None = None
    problem_id: int | None = None
    exemption_answer: str = ""
    applied_at: dt.datetime | None = None


def apply_penalty(session: Session, tenant: str, draft: PenaltyDraft, signer: Signer) -> int:
    """Apply for a case; the same uid again changes nothing. Returns its id.

    Raises
    ------
    NotAnOfficer, NotIdentified
        If it is no officer who applies, or the subject is not confirmed.
    NoPowerItem, UnknownBody, NoBand
        If item or body are not in force, the item is about something else, or has no such band.
    ExemptionAsked
        If the list of exemptions has entries for the behaviour and nothing is said of them.
    """
    known = queries.find_by_uid(session, tenant, draft.uid)
    if known is not None:
        return known
    refuse_numbers(exemption_answer=draft.exemption_answer)
    officer = require_officer(session, tenant, signer.staff)
    subject = find_subject(session, tenant, draft.subject_id)
    if subject is None or subject["state"] != "confirmed":
        raise NotIdentified("penalties.not_identified", subject=draft.subject_id)
    check_links(session, tenant, incident_id=draft.incident_id, problem_id=draft.problem_id)
    item = require_item(session, tenant, draft.item, draft.code_system, draft.code)
    body = require_body(session, tenant, draft.body)
    require_band(session, tenant, item, draft.party, draft.gravity, 0)
    entries = list_exemptions(session, tenant, draft.code_system, draft.code)
    if entries and not draft.exemption_answer.strip():
        raise ExemptionAsked("penalties.exemption_asked", entries=", ".join(row["code"] for row in entries))
    at = draft.applied_at or dt.datetime.now(dt.UTC)
    year = at.astimezone(zone_of(session, tenant)).year
    number = queries.insert_penalty(
        session, tenant, uid=draft.uid, number=queries.next_number(session, tenant, body["head"], year),
        subject=draft.subject_id, item=item["id"], body=body["id"], incident=draft.incident_id,
        problem=draft.problem_id, district=draft.district_code, code_system=draft.code_system, code=draft.code,
        party=draft.party, gravity=draft.gravity, answer=draft.exemption_answer.strip(), actor=signer.account,
    )  # fmt: skip
    if number is None:
        return int(queries.find_by_uid(session, tenant, draft.uid) or 0)
    history.begin(session, tenant, PENALTY, number, at=at, actor=signer.account, staff_id=officer)
    return number


def take_step(session: Session, tenant: str, penalty: int, order: StepOrder, signer: Signer) -> dict[str, Any]:
    """Take a step; a formal one waits until the partner has signed the same. Returns the case as it is then.

    Raises
    ------
    UnknownPenalty, StepNotOpen
        If there is no such case, or its state does not allow the step; the facts name those it does.
    StepNeeds
        If decision, amount or term are missing, or the step is taken with a referral.
    NotByHandler, NotAnOfficer, MayNotSign, SignedOtherwise
        If they may not take it.
    ReviewsMissing, OutOfBounds, NoBand
        If it is decided without the reviews of its tier, heavier than told, or outside the band.
    TooLate, TooEarly
        If it is filed after the law's limit, or a court asked before the periods of appeal and reminder are over.
    ItemsOpen
        If it is archived while an item of 三项制度 is open.
    """
    if order.step in REFERRAL_STEPS:
        raise StepNeeds("penalties.by_referral", step=order.step)
    refuse_numbers(note=order.note)
    row = lock_penalty(session, tenant, penalty)
    after = PENALTY.after(row["state"], order.step)
    officer = require_officer(session, tenant, signer.staff)
    values = prepare(session, tenant, row, order, officer)
    if order.step in FORMAL_STEPS:
        content = {"step": order.step, "note": order.note, "amount": order.amount_yuan, "gravity": order.gravity}
        signed = sign(
            session, tenant, signer, "penalty", penalty, order.step, at=order.at, item_id=row["item_id"],
            body_id=row["body_id"], content={**content, "decision": order.decision, "from": row["state"]},
        )  # fmt: skip
        if not signed.complete:
            return get_penalty(session, tenant, penalty)
    move(session, tenant, row, order.step, after, order.at, signer.account, officer, order.note, values)
    return get_penalty(session, tenant, penalty)


def move(
    session: Session, tenant: str, row: Mapping[str, Any], step: str, after: str, at: dt.datetime, account: str,
    officer: int | None, note: str, values: Mapping[str, Any],
) -> None:  # fmt: skip
    """Write a step that may be taken, and the day by which the case is now to be decided."""
    facts = {name: value for name, value in values.items() if name in ("amount", "gravity", "decision")}
    history.take(
        session, tenant, PENALTY, row["id"], row["state"], step, at=at, actor=account, staff_id=officer, note=note,
        facts=facts,
    )  # fmt: skip
    if step == "send_back":
        queries.clear_reviews(session, tenant, row["id"])
    queries.set_state(session, tenant, row["id"], after, **{**values, "due_on": due_on(session, tenant, row["id"])})


def due_on(session: Session, tenant: str, penalty: int) -> dt.date | None:
    """The last local day to decide, counted from the case's steps; None before it was filed."""
    zone = zone_of(session, tenant)
    steps = [
        (one.step, one.at.astimezone(zone).date()) for one in history.load_steps(session, tenant, PENALTY, penalty)
    ]
    return decide_by(steps, get_figure(session, tenant, "decide_days"))


def review(
    session: Session, tenant: str, penalty: int, kind: str, opinion: str, members: Sequence[str], signer: Signer,
    at: dt.datetime,
) -> None:  # fmt: skip
    """Put a review on file: by somebody who did not handle the case; 集体讨论 by at least three.

    Raises
    ------
    UnknownPenalty, StepNotOpen
        If there is no such case, or it is not being settled now.
    NotByHandler, NotAnOfficer
        If a reviewer handled it, or is no regular officer in service.
    StepNeeds
        If an opinion is missing, or fewer than three discussed.
    """
    refuse_numbers(opinion=opinion)
    row = lock_penalty(session, tenant, penalty)
    PENALTY.after(row["state"], "settle")
    if not opinion.strip():
        raise StepNeeds("penalties.needs", step=kind, field="opinion")
    people = [require_officer(session, tenant, code) for code in dict.fromkeys([signer.staff, *members])]
    if kind == "collective" and len(people) < 3:
        raise StepNeeds("penalties.needs", step=kind, field="members")
    handlers = queries.load_handlers(session, tenant, penalty, row["incident_id"])
    if kind != "collective" and people[0] in handlers:
        raise NotByHandler("penalties.handler", staff=signer.staff, step=kind)
    queries.save_review(
        session, tenant, penalty=penalty, kind=kind, staff=people[0], members=people if kind == "collective" else [],
        opinion=opinion.strip(), at=at, actor=signer.account,
    )  # fmt: skip
    facts = {"penalty": penalty, "kind": kind}
    write_change(session, tenant, "penalty.reviewed", facts=facts, actor=signer.account)


def tick(
    session: Session, tenant: str, penalty: int, item: str, reference: str, signer: Signer, at: dt.datetime
) -> None:
    """Put an item of 三项制度 on file with where it can be read; 法制审核 is ticked by its review.

    Raises
    ------
    UnknownPenalty, NotAnOfficer
    StepNeeds
        If the item is none that is ticked, or there is no reference.
    """
    refuse_numbers(reference=reference)
    row = lock_penalty(session, tenant, penalty)
    officer = require_officer(session, tenant, signer.staff)
    if item not in CHECK_ITEMS or item == "legal_review" or not reference.strip():
        raise StepNeeds("penalties.needs", step=item, field="reference")
    if item == "published" and row["decided_at"] is None:
        raise StepNeeds("penalties.needs", step=item, field="decision")
    queries.save_check(
        session, tenant, penalty=penalty, item=item, staff=officer, reference=reference.strip(), at=at,
        actor=signer.account,
    )  # fmt: skip
    write_change(session, tenant, "penalty.ticked", facts={"penalty": penalty, "item": item}, actor=signer.account)


def get_penalty(session: Session, tenant: str, penalty: int, area: Sequence[str] | None = None) -> dict[str, Any]:
    """One case with its reviews, checklist, referrals, steps, what is on file by time, and what can be done now.

    Raises
    ------
    UnknownPenalty
        If there is none in those 片区.
    """
    row = queries.find_penalty(session, tenant, penalty, area)
    if row is None:
        raise UnknownPenalty("penalties.unknown", penalty=penalty)
    today = get_county(session, tenant).today()
    needed = needed_reviews(session, tenant, row)
    steps = history.load_steps(session, tenant, PENALTY, penalty)
    return {
        **row,
        "reviews": queries.list_reviews(session, tenant, penalty),
        "reviews_needed": list(needed),
        "checks": queries.list_checks(session, tenant, penalty),
        "open_items": list(open_items(row["state"], done_items(session, tenant, penalty), needed)),
        "referrals": queries.list_referrals(session, tenant, today, penalty=penalty),
        "history": [
            {"step": one.step, "to": one.to_state, "at": one.at, "actor": one.actor, "note": one.note} for one in steps
        ],
        "timeline": queries.load_timeline(session, tenant, row),
        "open_steps": list(PENALTY.open_steps(row["state"])),
    }


def list_overdue(
    session: Session, tenant: str, today: dt.date, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Cases not decided and decisions not published in time, with the day that has passed, the oldest first."""
    county = get_county(session, tenant)
    zone = ZoneInfo(county.time_zone)
    workdays = get_figure(session, tenant, "publish_workdays")
    late = []
    for row in queries.load_due(session, tenant, area):
        what, last = "decide", row["due_on"]
        if row["decided_at"] is not None:
            what = "publish"
            last = add_workdays(row["decided_at"].astimezone(zone).date(), workdays, county.calendar)
        if last is not None and last < today and not (what == "publish" and row["published"]):
            head = {name: row[name] for name in ("id", "number", "state", "district_code")}
            late.append({**head, "what": what, "due_on": last})
    return sorted(late, key=lambda one: (one["due_on"], one["id"]))


def lock_penalty(session: Session, tenant: str, penalty: int) -> dict[str, Any]:
    """A case, nobody else's until the transaction ends.

    Raises
    ------
    UnknownPenalty
        If there is none.
    """
    queries.lock_penalty(session, tenant, penalty)
    row = queries.find_penalty(session, tenant, penalty)
    if row is None:
        raise UnknownPenalty("penalties.unknown", penalty=penalty)
    return row
