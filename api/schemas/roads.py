"""Closed streets over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(min_length=1, max_length=300, pattern=NO_NUL)]


class ClosureOrder(BaseModel):
    """Streets to close, by row id or name; a repeat with the same ``uid`` changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    road_ids: Annotated[list[Annotated[int, Field(ge=1, lt=1 << 63)]], Field(max_length=500)] = []
    names: Annotated[list[Text], Field(max_length=50)] = []
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    modes: Annotated[list[Literal["foot", "ebike", "car"]], Field(min_length=1, max_length=3)] = ["ebike", "car"]
    reason: Text


class ClosureView(BaseModel):
    """A street closed to some modes for a time; without an end, until it is opened."""

    id: int
    road_id: int
    road_name: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    modes: list[str]
    reason: str
    set_by: str


class ClosureList(BaseModel):
    """Closures by their start."""

    closures: list[ClosureView]


class Closed(BaseModel):
    """Ids of the new closures; none for a repeat."""

    closures: list[int]
