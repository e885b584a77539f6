"""移送: hand a case or problem to another body, remind it, take its answer."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.cases.formal.actions import Signer
from geo.cases.formal.links import check_links
from geo.cases.penalties import queries
from geo.cases.penalties.actions import lock_penalty, move
from geo.cases.penalties.guards import StepNeeds
from geo.cases.penalties.states import PENALTY
from geo.cases.secrets.words import refuse_numbers
from geo.cases.subjects.actions import require_officer
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownReferral(NotFound):
    """There is no such referral."""


class Answered(Conflict):
    """The referral was answered already."""


@dataclass(frozen=True, slots=True)
class ReferralDraft:
    """To whom, why, until when they answer; ``uid`` made by the client; about a penalty, a problem, or both."""

    uid: uuid.UUID
    receiver: str
    reason: str
    at: dt.datetime
    reply_due_on: dt.date
    penalty_id: int | None = None
    problem_id: int | None = None


def refer(session: Session, tenant: str, draft: ReferralDraft, signer: Signer) -> int:
    """Refer a case or a problem; a penalty waits for the answer meanwhile. The same uid again changes nothing.

    Raises
    ------
    NotAnOfficer, UnknownPenalty, StepNotOpen
        If it is no officer who refers, there is no such case, or its state does not allow it.
    StepNeeds
        If receiver, reason or what it is about is missing, or the answer is due before it is sent.
    """
    known = queries.find_referral_by_uid(session, tenant, draft.uid)
    if known is not None:
        return known
    refuse_numbers(receiver=draft.receiver, reason=draft.reason)
    officer = require_officer(session, tenant, signer.staff)
    if not draft.receiver.strip() or not draft.reason.strip():
        raise StepNeeds("penalties.needs", step="refer", field="receiver")
    if draft.penalty_id is None and draft.problem_id is None:
        raise StepNeeds("penalties.needs", step="refer", field="penalty_id")
    if draft.reply_due_on < draft.at.astimezone(get_county(session, tenant).zone).date():
        raise StepNeeds("penalties.needs", step="refer", field="reply_due_on")
    check_links(session, tenant, penalty_id=draft.penalty_id, problem_id=draft.problem_id)
    if draft.penalty_id is not None:
        row = lock_penalty(session, tenant, draft.penalty_id)
        after = PENALTY.after(row["state"], "refer")
        move(session, tenant, row, "refer", after, draft.at, signer.account, officer, draft.reason, {})
    number = queries.insert_referral(
        session, tenant, uid=draft.uid, penalty=draft.penalty_id, problem=draft.problem_id,
        receiver=draft.receiver.strip(), reason=draft.reason.strip(), at=draft.at, due=draft.reply_due_on,
        actor=signer.account,
    )  # fmt: skip
    facts = {"referral": number, "penalty": draft.penalty_id, "problem": draft.problem_id}
    write_change(session, tenant, "referral.sent", facts=facts, actor=signer.account)
    return int(number or 0)


def remind(session: Session, tenant: str, referral: int, actor: str) -> int:
    """Remind the receiver; how often that was done by now.

    Raises
    ------
    UnknownReferral, Answered
    """
    row = queries.find_referral(session, tenant, referral)
    if row is None:
        raise UnknownReferral("penalties.no_referral", referral=referral)
    if row["answered_at"] is not None:
        raise Answered("penalties.answered", referral=referral)
    count = queries.remind(session, tenant, referral)
    write_change(session, tenant, "referral.reminded", facts={"referral": referral, "count": count}, actor=actor)
    return count


def answer(
    session: Session, tenant: str, referral: int, said: str, signer: Signer, at: dt.datetime, *, accepted: bool
) -> None:
    """Write what the receiver answered: taken, and a penalty is theirs; sent back, and it goes on here.

    Raises
    ------
    UnknownReferral, Answered, NotAnOfficer
    StepNeeds
        If nothing is said.
    """
    row = queries.find_referral(session, tenant, referral)
    if row is None:
        raise UnknownReferral("penalties.no_referral", referral=referral)
    refuse_numbers(answer=said)
    officer = require_officer(session, tenant, signer.staff)
    if not said.strip():
        raise StepNeeds("penalties.needs", step="answer", field="answer")
    if not queries.answer(session, tenant, referral, at, said.strip()):
        raise Answered("penalties.answered", referral=referral)
    if row["penalty_id"] is not None:
        step = "hand_over" if accepted else "take_back"
        case = lock_penalty(session, tenant, row["penalty_id"])
        after = PENALTY.after(case["state"], step)
        move(session, tenant, case, step, after, at, signer.account, officer, said.strip(), {})
    facts = {"referral": referral, "accepted": accepted}
    write_change(session, tenant, "referral.answered", facts=facts, actor=signer.account)
