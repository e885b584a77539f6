"""Documents and rechecks over the wire."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, field_validator

from api.schemas.ladder import Code, Lat, Lon, Long
from api.schemas.subjects import Row, Strict

DocumentKind = Literal[
    "rectify", "deadline", "scene_record", "on_the_spot", "keep_evidence", "seize", "service_receipt"
]
DocumentState = Literal[
    "drafted", "issued", "served", "extended", "corrected", "not_corrected", "returned", "disposed", "filed", "void",
    "lapsed"
]  # fmt: skip
Service = Literal["", "direct", "left", "entrusted", "post", "electronic", "public"]
MOST_LETTERS = 50_000


class DocumentOrder(Strict):
    """A document to be drafted; its content is sealed. Degrees EPSG:4490."""

    uid: uuid.UUID
    kind: DocumentKind
    item: Code
    body: Code
    lon: Lon
    lat: Lat
    content: dict[str, Any] = {}
    subject_id: Row | None = None
    due_on: dt.date | None = None
    incident_id: Row | None = None
    penalty_id: Row | None = None
    problem_id: Row | None = None
    about_id: Row | None = None
    on_spot: bool = False
    """Goods seized on the spot: the head approves within 24 hours instead of before."""

    @field_validator("content")
    @classmethod
    def of_a_size(cls, content: dict[str, Any]) -> dict[str, Any]:
        """Refuse what is too long for a paper."""
        if len(json.dumps(content, ensure_ascii=False)) > MOST_LETTERS:
            raise ValueError(f"more than {MOST_LETTERS} letters")
        return content


class DocumentStepOrder(Strict):
    """A step; what goes out or takes something is sent alike by both officers."""

    step: Code
    at: AwareDatetime
    note: Long = ""
    service: Service = ""
    due_on: dt.date | None = None


class DocumentLine(BaseModel):
    """A document as it is listed; the subject masked."""

    id: int
    uid: uuid.UUID
    kind: DocumentKind
    state: DocumentState
    number: str | None
    body: str
    item: str
    subject_id: int | None
    subject: str | None
    district_code: str
    incident_id: int | None
    penalty_id: int | None
    problem_id: int | None
    about_id: int | None
    issued_at: dt.datetime | None
    served_at: dt.datetime | None
    service: str | None
    due_on: dt.date | None
    on_spot: bool
    lon: float
    lat: float


class DocumentList(BaseModel):
    """Documents."""

    documents: list[DocumentLine]


class DateLine(BaseModel):
    """A document without whom it is about: what is due where."""

    id: int
    kind: DocumentKind
    state: DocumentState
    number: str | None
    item: str
    district_code: str
    issued_at: dt.datetime | None
    due_on: dt.date | None
    lon: float
    lat: float


class DateList(BaseModel):
    """Documents, the newest first."""

    documents: list[DateLine]


class DocumentDetail(DocumentLine):
    """A document with what it says, its steps, and what can be done with it."""

    content: dict[str, Any]
    history: list[dict[str, Any]]
    open_steps: list[str]


About = Literal["take", "longer"]
"""What the head is asked: that goods are taken, or that seized ones are held longer."""


class SeizureReport(BaseModel):
    """扣押 or 先行登记保存, what was reported to the head and decided; empty before it was."""

    document_id: int
    kind: DocumentKind
    about: About
    number: str | None
    state: DocumentState
    on_spot: bool
    district_code: str
    taken_at: dt.datetime | None
    due_at: dt.datetime | None
    reported_at: dt.datetime | None
    officer: str | None
    head: str | None
    note: str | None
    decision: Literal["approved", "refused"] | None
    decided_at: dt.datetime | None
    reason: str | None


class SeizureDue(SeizureReport):
    """What waits: ``late``, ``warned`` (three quarters used), ``running``, ``lift`` (refused), ``before`` the act."""

    standing: Literal["late", "warned", "running", "lift", "before"]


class SeizureList(BaseModel):
    """The soonest due first; refused ones whose goods are still held before all."""

    seizures: list[SeizureDue]


class ReportOrder(Strict):
    """That an officer has reported a seizure to the head, by staff number."""

    head: Code
    at: AwareDatetime
    note: Long = ""
    about: About = "take"


class ApprovalOrder(Strict):
    """What the head decides; a refusal says why."""

    decision: Literal["approved", "refused"]
    at: AwareDatetime
    note: Long = ""
    about: About = "take"


class RecheckLine(BaseModel):
    """That somebody must look on a day; who sees no files does not see whose it is."""

    id: int
    document_id: int
    due_on: dt.date
    number: str | None
    kind: DocumentKind
    district_code: str
    subject: str | None
    lon: float
    lat: float
    done_at: dt.datetime | None
    result: str | None


class RecheckList(BaseModel):
    """By the day."""

    rechecks: list[RecheckLine]


class RecheckOrder(Strict):
    """What an officer found."""

    result: Literal["corrected", "not_corrected", "gone"]
    note: Long = ""
    at: AwareDatetime
