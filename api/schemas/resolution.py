"""The list over any source, bulletins and audits over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.problems import NO_NUL
from api.schemas.complaints import Code, Identity, Long, Strict

SourceName = Literal["complaint", "problem", "hazard"]


class MarkView(BaseModel):
    """When and by whom."""

    at: dt.datetime
    by: str


class MarksView(BaseModel):
    """交办, 反馈, 销号."""

    assigned: MarkView | None
    fed_back: MarkView | None
    written_off: MarkView | None


class ItemView(BaseModel):
    """One row of the list."""

    source: SourceName
    row: int
    found_at: dt.datetime
    title: str
    place: str
    district_code: str | None
    state: str
    due_at: dt.datetime | None
    owner_unit: str | None
    owner: str | None
    measure: str | None
    measure_owner: str | None
    measure_due_on: dt.date | None
    marks: MarksView
    bulletin: str | None
    told: MarkView | None


class ItemList(BaseModel):
    """The list by the time things were found."""

    items: list[ItemView]


class MeasureForm(Strict):
    """责任 (staff number), 措施, 时限."""

    measure: Long
    owner: Code
    due_on: dt.date


class IssueForm(Strict):
    """Which days, which sources (none: all), under which number."""

    number: Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
    from_on: dt.date
    to_on: dt.date
    sources: Annotated[list[SourceName], Field(max_length=10)] = []


class IssueHead(BaseModel):
    """A bulletin."""

    number: str
    from_on: dt.date
    to_on: dt.date
    sha256: str
    issued_by: str
    issued_at: dt.datetime


class IssueView(IssueHead):
    """A bulletin as it was issued."""

    items: list[dict[str, Any]]


class IssueList(BaseModel):
    """Bulletins, the newest first."""

    issues: list[IssueHead]


class AuditForm(Strict):
    """So many of what was written off on these days."""

    source: SourceName
    from_on: dt.date
    to_on: dt.date
    size: Annotated[int, Field(ge=1, le=1000)]
    seed: Annotated[str, Field(min_length=1, max_length=100, pattern=NO_NUL)] | None = None


class AuditItemView(BaseModel):
    """A row of the sample."""

    row_id: int
    place: int
    result: Literal["passed", "failed"] | None
    note: str
    checked_by: str | None
    checked_at: dt.datetime | None


class AuditView(BaseModel):
    """A draw that anybody can draw again from its seed."""

    id: int
    workflow: SourceName
    from_at: dt.datetime
    to_at: dt.datetime
    seed: str
    size: int
    population: int
    drawn_by: str
    drawn_at: dt.datetime
    items: list[AuditItemView] = []


class AuditList(BaseModel):
    """Draws, the newest first."""

    audits: list[AuditView]


class CheckForm(Strict):
    """What was found."""

    row: Identity
    passed: bool
    note: Long = ""


class CheckView(BaseModel):
    """Whether the row was opened again."""

    reopened: bool
