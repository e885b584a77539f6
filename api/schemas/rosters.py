"""Rosters and the daily log over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Code = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=NO_NUL)]


class RosterOrder(BaseModel):
    """Days to be rostered; the draft changes no duty."""

    model_config = ConfigDict(extra="forbid")

    first_on: dt.date
    days: Annotated[int, Field(ge=1, le=62)] = 28
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1


class RosterHead(BaseModel):
    """A proposed roster: its days, what it lacks and why, how evenly burdens are spread."""

    id: int
    first_on: dt.date
    last_on: dt.date
    status: str
    seed: int
    effort: int
    summary: dict[str, Any]
    made_at: dt.datetime
    made_by: str
    decided_at: dt.datetime | None
    decided_by: str | None


class DutyView(BaseModel):
    """One person on one shift of one day."""

    on_date: dt.date
    shift_code: str
    staff: str
    name: str
    role: str


class RosterView(RosterHead):
    """With its duties."""

    duties: list[DutyView]


class RosterList(BaseModel):
    """The newest first."""

    rosters: list[RosterHead]


class WhyView(BaseModel):
    """Whether somebody could also be on a shift; ``rules`` are those it would break, ``sentence`` says it."""

    possible: bool
    there: bool
    rules: list[str]
    sentence: str


class LineOrder(BaseModel):
    """A line of the log; a repeat with the same ``uid`` changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    kind: Literal["roll_call", "handover", "trip", "recorder"]
    step: Literal[
        "present", "late", "absent", "excused", "handed_over", "out", "back", "issued", "returned", "uploaded"
    ]
    at: AwareDatetime
    on_date: dt.date
    shift: Code
    staff: Code
    other_staff: Code | None = None
    vehicle: Code | None = None
    odometer_km: Annotated[int | None, Field(ge=0, le=10_000_000)] = None
    device: Code | None = None
    minutes: Annotated[int | None, Field(ge=0, le=2880)] = None
    note: Text | None = None
    corrects: uuid.UUID | None = None


class LogOrder(BaseModel):
    """Lines to write, all or none."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[LineOrder], Field(min_length=1, max_length=500)]


class LineView(BaseModel):
    """A line of the log as it was written; ``corrected``: a later one takes its place."""

    id: int
    uid: uuid.UUID
    kind: str
    step: str
    at: dt.datetime
    on_date: dt.date
    shift_code: str
    staff: str
    other_staff: str | None
    vehicle: str | None
    odometer_km: int | None
    device: str | None
    minutes: int | None
    note: str | None
    corrects_uid: uuid.UUID | None
    made_by: str
    corrected: bool


class LogView(BaseModel):
    """A day's lines by time."""

    lines: list[LineView]


class Added(BaseModel):
    """How many lines were new."""

    added: int
