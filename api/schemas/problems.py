"""Problems over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Origin = Literal["patrol", "complaint", "order", "camera", "transfer", "public"]
State = Literal[
    "reported", "verifying", "verified", "registered", "dispatched", "extension_asked", "suspended", "disputed",
    "handled", "checking", "checked", "appealed", "closed", "rated", "voided", "merged",
]  # fmt: skip
Step = Literal[
    "register", "ask_verification", "settle_on_spot", "merge", "void", "verify_before_registration", "dispatch",
    "dispute", "feed_back", "hand_over", "ask_extension", "suspend", "send_back", "grant_extension",
    "refuse_extension", "resume", "review", "settle", "check_before_closing", "ask_check", "rework", "close", "rate",
    "appeal", "accept_appeal", "dismiss_appeal", "split",
]  # fmt: skip
PictureKind = Literal["before", "after", "scene", "document"]


class Strict(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class ProblemDraft(Strict):
    """A report. ``uid`` is made by the client (UUID version 7): sending the same again changes nothing."""

    uid: uuid.UUID
    code: Text
    origin: Origin
    found_at: AwareDatetime
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    code_system: Text | None = None
    grade: Text = "*"
    place: Long = ""
    description: Long = ""
    quantity: Annotated[float, Field(ge=0, lt=1e9)] = 1.0
    unit: Text | None = None
    event_uid: uuid.UUID | None = None
    stood_min: Annotated[int, Field(ge=0, le=100_000)] | None = None
    ordered_due_at: AwareDatetime | None = None
    staff: Text | None = None
    holder: Text | None = None
    permit_checked: bool = False
    """已审批? was asked: a permit in force at the place does not allow this. Without it such a report is a 409."""


class MeetingRecord(Strict):
    """现场办公 (``on_site``) or 联席会议 (``joint_meeting``)."""

    kind: Literal["on_site", "joint_meeting"]
    held_on: dt.date
    decision: Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]
    bodies: Annotated[list[Text], Field(max_length=50)] = []


class ProblemStepOrder(Strict):
    """A step. With a ``uid`` of the client's making, sending the same again changes nothing."""

    step: Step
    at: AwareDatetime | None = None
    uid: uuid.UUID | None = None
    staff: Text | None = None
    note: Long = ""
    holder: Text | None = None
    unit: Text | None = None
    amount: Annotated[int, Field(ge=1, le=1000)] | None = None
    into: uuid.UUID | None = None
    meeting: MeetingRecord | None = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    grade: Text | None = None


class ProblemHead(BaseModel):
    """A problem in a list."""

    uid: uuid.UUID
    number: str
    state: State
    code: str
    code_zh: str | None
    code_en: str | None
    code_system: str
    code_version: str
    grade: str
    origin: Origin
    district_code: str | None
    town: str | None
    road: str | None
    regime: str | None
    quantity: float
    unit: str
    found_at: dt.datetime
    due_at: dt.datetime | None
    warn_at: dt.datetime | None = Field(description="From when it is warned of: three quarters of its time.")
    handle_due_at: dt.datetime | None
    closed_at: dt.datetime | None
    unit_code: str | None
    unit_name: str | None
    staff_code: str | None
    staff_name: str | None
    lon: float
    lat: float
    id: int = Field(description="For paging: ask for problems ``before`` the last one.")


class ProblemList(BaseModel):
    """Problems, the newest first."""

    problems: list[ProblemHead]


class ProblemStep(BaseModel):
    """What was done: when it happened, when it was written down, and by whom."""

    n: int
    step: str
    from_state: str | None
    to_state: str
    at: dt.datetime
    recorded_at: dt.datetime
    actor: str
    note: str
    facts: dict[str, Any]


class ProblemPicture(BaseModel):
    """A picture; ``sha256`` is that of the original."""

    uid: uuid.UUID
    kind: PictureKind
    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    taken_at: dt.datetime
    device: str
    lon: float | None
    lat: float | None
    staff: str | None
    made_by: str


class OwnerMeeting(BaseModel):
    """A meeting that fixed the owner."""

    kind: str
    held_on: dt.date
    bodies: list[str]
    decision: str
    unit: str
    made_by: str
    made_at: dt.datetime


class HandlingClock(BaseModel):
    """The clock of handling: ``none``, ``running`` or ``held``; seconds allowed and used in the limit's own time."""

    state: Literal["none", "running", "held"]
    budget_s: int
    used_s: int


class ProblemDetail(ProblemHead):
    """One problem with its history, pictures, meetings, clock, and what can be done with it now."""

    place: str
    description: str
    registered_at: dt.datetime | None
    dispatched_at: dt.datetime | None
    handled_at: dt.datetime | None
    ordered_due_at: dt.datetime | None
    merged_into_uid: uuid.UUID | None
    event_uid: uuid.UUID
    made_by: str
    history: list[ProblemStep]
    pictures: list[ProblemPicture]
    meetings: list[OwnerMeeting]
    clock: HandlingClock
    open_steps: list[str]


class OpenCount(BaseModel):
    """Open problems of a state, 片区 and regime."""

    state: State
    district_code: str | None
    regime: str | None
    problems: int
    overdue: int
    warned: int


class OpenCounts(BaseModel):
    """How many problems are open, overdue, or past three quarters of their time."""

    at: dt.datetime
    counts: list[OpenCount]
