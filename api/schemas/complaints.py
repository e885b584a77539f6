"""Complaints over the wire; who complained is never part of them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from geo.tables.complaints import CHANNELS, FINDINGS, HANDLING, SATISFACTION

Short = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=5000, pattern=NO_NUL)]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Identity = Annotated[int, Field(ge=1, lt=1 << 63)]
Channel = Literal["12345", "mayor", "web", "phone", "letter", "visit", "order", "supervision", "public"]
Finding = Literal["substantiated", "partly", "unfounded"]
Satisfaction = Literal["satisfied", "fair", "dissatisfied", "no_answer"]
Handling = Literal["quick", "careful"]


class Strict(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class ComplaintForm(Strict):
    """A complaint entered by hand; ``uid`` is made by the form, so that sending it again changes nothing."""

    uid: uuid.UUID
    channel: Channel
    content: Annotated[str, Field(min_length=1, max_length=5000, pattern=NO_NUL)]
    received_at: AwareDatetime | None = None
    topic: Short = ""
    code: Annotated[str, Field(max_length=40, pattern=NO_NUL)] = ""
    place_text: Annotated[str, Field(max_length=400, pattern=NO_NUL)] = ""
    lon: Annotated[float, Field(allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(allow_inf_nan=False)] | None = None
    due_at: AwareDatetime | None = None
    caller_name: Short = ""
    caller_phone: Short = ""
    caller_address: Short = ""
    confidential: bool = False


class PublicReport(Strict):
    """What anybody may report: no name, no number."""

    uid: uuid.UUID
    content: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
    topic: Annotated[str, Field(max_length=60, pattern=NO_NUL)] = ""
    place_text: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    lon: Annotated[float, Field(allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(allow_inf_nan=False)] | None = None


class TakenView(BaseModel):
    """``unchanged``: sent before; ``different``: the number was sent before with another text, which stays."""

    complaint: int
    outcome: Literal["accepted", "unchanged", "different"]


class StepForm(Strict):
    """A step and what it needs."""

    step: Code
    note: Long = ""
    owner: Code | None = None
    unit: Code | None = None
    finding: Finding | None = None
    answer: Long | None = None
    authority: Code | None = None
    at: AwareDatetime | None = None


class MergeForm(Strict):
    """With which complaint this one is handled."""

    into: Identity
    note: Long = ""


class SplitForm(Strict):
    """Why it stands for itself again."""

    note: Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]


class SatisfactionForm(Strict):
    """What the caller thinks of the answer."""

    satisfaction: Satisfaction
    note: Long = ""


class CauseForm(Strict):
    """Why it came back, what is done about it, by whom (staff number) and until when."""

    cause: Long
    measure: Long
    owner: Code
    due_on: dt.date


class PlaceForm(Strict):
    """Where it is."""

    lon: Annotated[float, Field(allow_inf_nan=False)]
    lat: Annotated[float, Field(allow_inf_nan=False)]


class DecisionForm(Strict):
    """Whether it is so."""

    confirm: bool
    note: Long = ""


class ComplaintHead(BaseModel):
    """A complaint in a list."""

    id: int
    uid: uuid.UUID
    channel: Channel
    source: str
    external_id: str | None
    received_at: dt.datetime
    code_system: str | None
    code: str | None
    topic: str
    content: str
    place_text: str
    lon: float | None
    lat: float | None
    placed_by: str | None
    matched: str | None
    confidence: int | None
    district_code: str | None
    due_at: dt.datetime | None
    due_given: bool
    state: str
    handling: Handling
    owner_unit: str | None
    owner_staff: str | None
    problem_id: int | None
    merged_into: int | None
    repeat_of: int | None
    authority_code: str | None
    finding: Finding | None
    satisfaction: Satisfaction | None
    closed_at: dt.datetime | None


class ComplaintList(BaseModel):
    """Complaints, the newest first."""

    complaints: list[ComplaintHead]


class StepView(BaseModel):
    """Something that was done."""

    n: int
    step: str
    from_state: str | None
    to_state: str
    at: dt.datetime
    recorded_at: dt.datetime
    actor: str
    note: str
    facts: dict[str, Any]


class ReplyView(BaseModel):
    """An answer and whether it arrived."""

    id: int
    said: str
    path: str
    at: dt.datetime
    actor: str
    delivered_at: dt.datetime | None


class TieView(BaseModel):
    """That a complaint seems to say what an earlier one said; lon, lat of the complaint, null if it has no place."""

    id: int
    complaint_id: int
    earlier_id: int
    kind: Literal["duplicate", "repeat"]
    by_place: bool
    by_caller: bool
    distance_m: int | None
    state: Literal["proposed", "confirmed", "dismissed"]
    found_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str | None
    lon: float | None
    lat: float | None


class TieList(BaseModel):
    """Ties, the newest first."""

    ties: list[TieView]


class GroupView(BaseModel):
    """A complaint with all that is handled with it."""

    complaints: int
    callers: int
    first_received_at: dt.datetime
    due_at: dt.datetime | None
    members: list[int]


class CauseView(BaseModel):
    """The root-cause form."""

    cause: str
    measure: str
    owner: str
    due_on: dt.date
    filed_by: str
    filed_at: dt.datetime


class ComplaintDetail(ComplaintHead):
    """A complaint with its history, answers, what goes with it, and what can be done now."""

    group: GroupView
    history: list[StepView]
    replies: list[ReplyView]
    ties: list[TieView]
    cause: CauseView | None
    open_steps: list[str]
    suggested_authority: str | None


class CallerAsk(BaseModel):
    """Why it is needed to know who complained; ``whole``: not masked, for whoever answers them."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[str, Field(min_length=2, max_length=200, pattern=NO_NUL)]
    whole: bool = False


class CallerView(BaseModel):
    """Who complained, masked."""

    known: bool
    name: str = ""
    phone: str = ""
    address: str = ""
    confidential: bool = False


class RateView(BaseModel):
    """``count`` of ``of``, both in 件."""

    count: int
    of: int


class FiguresView(BaseModel):
    """The figures of a group; ``group`` is null for all together."""

    group: str | None
    received: int
    merged: int
    rates: dict[str, RateView]


class FiguresList(BaseModel):
    """Figures by group."""

    figures: list[FiguresView]


class CountedComplaint(BaseModel):
    """A complaint behind a rate, with the dates it is judged by."""

    id: int
    channel: str
    district_code: str | None
    code: str | None
    state: str
    received_at: dt.datetime
    due_at: dt.datetime | None
    answered_at: dt.datetime | None
    satisfaction: str | None


class CountedList(BaseModel):
    """Complaints behind a rate."""

    complaints: list[CountedComplaint]


class AuthorityView(BaseModel):
    """Who answers for what is not the bureau's."""

    code: str
    name: str
    phone: str
    remit: str
    codes: list[str]
    words: list[str]


class AuthorityList(BaseModel):
    """Authorities by code."""

    authorities: list[AuthorityView]


class ProblemLink(BaseModel):
    """The problem a complaint led to."""

    problem: int


class SourceForm(Strict):
    """How a source's fields are read: ours → theirs (dotted for nested ones), words of theirs → ours, defaults."""

    channel: Channel
    fields: dict[Code, Code]
    values: dict[Code, dict[Short, Short]] = {}
    defaults: dict[Code, Short] = {}
    offset: Literal["gcj02", "bd09"] | None = None
    active: bool = True


class SourceView(BaseModel):
    """A source as it is set."""

    name: str
    channel: Channel
    mapping: dict[str, Any]
    active: bool
    set_by: str
    set_at: dt.datetime


class SourceList(BaseModel):
    """Sources by name."""

    sources: list[SourceView]


class ReceiptView(BaseModel):
    """What became of something that was sent; without ``id`` if a file brought it, which is told with its number."""

    id: int | None
    source: str
    external_id: str | None
    outcome: Literal["accepted", "unchanged", "different", "rejected"]
    complaint_id: int | None
    reasons: list[dict[str, Any]]
    actor: str
    received_at: dt.datetime


class ReceiptList(BaseModel):
    """Receipts, the newest first."""

    receipts: list[ReceiptView]


class OutboxReply(BaseModel):
    """An answer that waits to go back."""

    id: int
    external_id: str | None
    said: str
    at: dt.datetime
    state: str


class Outbox(BaseModel):
    """Answers by id."""

    replies: list[OutboxReply]


class DeliveredForm(Strict):
    """Answers that arrived."""

    ids: Annotated[list[Identity], Field(min_length=1, max_length=1000)]


class Delivered(BaseModel):
    """How many had not been noted before."""

    delivered: int


_WORDS = {
    Channel: CHANNELS, Finding: FINDINGS, Satisfaction: SATISFACTION, Handling: HANDLING,
}  # fmt: skip
assert all(words.__args__ == known for words, known in _WORDS.items()), "the wire knows what the table knows"  # type: ignore[attr-defined]
