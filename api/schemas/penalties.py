"""Penalty cases and referrals over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.ladder import Code, Long
from api.schemas.powers import Gravity, Review
from api.schemas.subjects import Row, Said, Strict

PenaltyState = Literal[
    "applied", "filed", "investigated", "informed", "heard", "hearing", "settled", "decided", "served", "reminded",
    "in_court", "performed", "referred", "refused", "revoked", "transferred", "archived",
]  # fmt: skip
Decision = Literal["", "fine", "warning", "confiscate", "not_punished", "other"]
Yuan = Annotated[int, Field(ge=0, le=100_000_000)]


class PenaltyOrder(Strict):
    """A case applied for. ``exemption_answer``: why the list of exemptions does not apply, where it has entries."""

    uid: uuid.UUID
    subject_id: Row
    item: Code
    body: Code
    code_system: Code
    code: Code
    district_code: Code
    party: Literal["person", "body"] = "person"
    gravity: Gravity = "ordinary"
    incident_id: Row | None = None
    problem_id: Row | None = None
    exemption_answer: Long = ""
    applied_at: AwareDatetime | None = None


class PenaltyStepOrder(Strict):
    """A step; formal ones are sent alike by both officers."""

    step: Code
    at: AwareDatetime
    note: Long = ""
    amount_yuan: Yuan = 0
    gravity: Literal["", "minor", "ordinary", "serious", "grave"] = ""
    decision: Decision = ""
    archive_term: Literal["", "permanent", "long", "short"] = ""


class ReviewOrder(Strict):
    """A review; ``members`` are staff numbers of who discussed besides."""

    kind: Review
    opinion: Said
    members: Annotated[list[Code], Field(max_length=30)] = []
    at: AwareDatetime


class CheckOrder(Strict):
    """An item of 三项制度 that is on file."""

    item: Literal["shown", "recorded", "published"]
    reference: Said
    at: AwareDatetime


class PenaltyLine(BaseModel):
    """A case as it is listed; the subject masked."""

    id: int
    uid: uuid.UUID
    number: str
    state: PenaltyState
    subject_id: int
    subject: str
    item: str
    article: str
    body: str
    district_code: str
    code_system: str
    code: str
    party: str
    gravity: Gravity
    amount_yuan: int
    decision: str | None
    incident_id: int | None
    problem_id: int | None
    filed_at: dt.datetime | None
    due_on: dt.date | None
    decided_at: dt.datetime | None
    archive_term: str | None
    archived_on: dt.date | None


class PenaltyList(BaseModel):
    """Cases, the newest first."""

    penalties: list[PenaltyLine]


class OnFile(BaseModel):
    """全过程记录: one thing on file about a case, when it happened, and where it can be found."""

    what: Literal["incident", "picture", "document", "served", "signed", "step", "review", "check"]
    at: dt.datetime
    said: str
    reference: str


class PenaltyDetail(PenaltyLine):
    """A case with all that is on file about its procedure, and what can be done now."""

    exemption_answer: str
    reviews: list[dict[str, Any]]
    reviews_needed: list[Review]
    checks: list[dict[str, Any]]
    open_items: list[str]
    referrals: list[dict[str, Any]]
    history: list[dict[str, Any]]
    timeline: list[OnFile]
    open_steps: list[str]


class OverdueLine(BaseModel):
    """A case to be decided, or a decision to be published, whose last day has passed."""

    id: int
    number: str
    state: PenaltyState
    district_code: str
    what: Literal["decide", "publish"]
    due_on: dt.date


class OverdueList(BaseModel):
    """The oldest first."""

    overdue: list[OverdueLine]


class ReferralOrder(Strict):
    """A case or problem handed to another body."""

    uid: uuid.UUID
    receiver: Said
    reason: Said
    at: AwareDatetime
    reply_due_on: dt.date
    penalty_id: Row | None = None
    problem_id: Row | None = None


class AnswerOrder(Strict):
    """What the receiver answered, and whether they take it."""

    answer: Said
    accepted: bool
    at: AwareDatetime


class ReferralLine(BaseModel):
    """A referral."""

    id: int
    uid: uuid.UUID
    penalty_id: int | None
    problem_id: int | None
    receiver: str
    reason: str
    sent_at: dt.datetime
    reply_due_on: dt.date
    reminders: int
    answered_at: dt.datetime | None
    answer: str | None


class ReferralList(BaseModel):
    """By the day an answer is due."""

    referrals: list[ReferralLine]


class Made(BaseModel):
    """The number of what was written."""

    id: int


class Reminded(BaseModel):
    """How often by now."""

    reminders: int
