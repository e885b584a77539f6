"""Findings over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL


class StudyOrder(BaseModel):
    """A study to make; each kind takes its own options, the rest is refused."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
    group: Annotated[str | None, Field(max_length=40, pattern=NO_NUL)] = None
    days: Annotated[int | None, Field(ge=7, le=3660)] = None
    last_on: dt.date | None = None
    first_on: dt.date | None = None
    roster_days: Annotated[int | None, Field(ge=7, le=366)] = None
    history_days: Annotated[int | None, Field(ge=28, le=3660)] = None
    most_moves: Annotated[int | None, Field(ge=0, le=50)] = None
    seed: Annotated[int | None, Field(ge=0, lt=1 << 31)] = None


class Said(BaseModel):
    """A sentence: its code and facts, and what it reads in both languages."""

    code: str
    facts: dict[str, Any]
    zh: str
    en: str


class FindingHead(BaseModel):
    """A finding in a list. A ``description`` ranks nothing."""

    id: int
    kind: str
    label: Literal["description", "workload", "lighting"]
    asked: dict[str, Any]
    sentence: Said
    notes: list[Said]
    rows: int
    made_at: dt.datetime
    made_by: str


class FindingList(BaseModel):
    """Findings, the newest first; ``before`` the last id gives the next page."""

    findings: list[FindingHead]


class FindingRowView(BaseModel):
    """One line of a finding: what it says and the records it rests on."""

    key: str
    sentence: Said
    layer: str
    records: list[int]
    values: dict[str, Any]


class FindingDetail(BaseModel):
    """A finding with some of its lines; ``rows`` counts them all."""

    head: FindingHead
    lines: list[FindingRowView]
