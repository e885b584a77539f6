"""Postures over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Sentence = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Kind = Literal["exam", "festival", "inspection", "storm", "snow", "fire", "event"]
RuleKind = Literal["limit", "allow", "regime", "clock", "first_step", "zone", "passes", "post", "roster", "trade"]


class Area(BaseModel):
    """A GeoJSON Polygon or MultiPolygon, EPSG:4490, longitude first."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class RuleView(BaseModel):
    """One rule; docs/campaigns.md says what each takes."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    kind: RuleKind
    target: Word
    word: Sentence = ""
    value: Annotated[int | None, Field(ge=0, le=10_000)] = None


Rules = Annotated[list[RuleView], Field(max_length=100)]


class PostureRequest(BaseModel):
    """A posture to be; without rules it has those of its template."""

    model_config = ConfigDict(extra="forbid")

    code: Word
    name: Word
    kind: Kind
    first_on: dt.date
    last_on: dt.date
    geometry: Area
    opening: Annotated[str | None, Field(max_length=500, pattern=NO_NUL)] = None
    basis: Annotated[str | None, Field(max_length=500, pattern=NO_NUL)] = None
    rules: Rules | None = None


class RulesRequest(BaseModel):
    """Other rules for a draft, all of them."""

    model_config = ConfigDict(extra="forbid")

    rules: Rules


class PostureStep(BaseModel):
    """``approve`` (with a note: although it contradicts another) or ``withdraw`` (with the reason)."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["approve", "withdraw"]
    at: AwareDatetime
    note: Sentence = ""


class PostureView(BaseModel):
    """A posture and whether it is in force now, by the clock."""

    code: str
    name: str
    kind: Kind
    status: Literal["draft", "approved", "withdrawn"]
    first_on: dt.date
    last_on: dt.date
    opening: str | None
    basis: str | None
    approved_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    in_force: bool
    open_steps: list[str]
    rules: list[RuleView]


class PostureList(BaseModel):
    """By first day."""

    postures: list[PostureView]


class CheckView(BaseModel):
    """A thing to look at before, and what was found."""

    code: str
    words: str
    result: Literal["fine", "hazard"] | None
    hazards: int
    note: str
    checked_at: dt.datetime | None
    staff: str | None


class CheckList(BaseModel):
    """In the order of the template."""

    checks: list[CheckView]


class ClashView(BaseModel):
    """A contradiction with another posture, in words."""

    other: str
    other_status: str
    rule: RuleView
    other_rule: RuleView
    districts: list[str]
    lon: float
    lat: float
    area_m2: int
    on: dt.date
    from_s: int
    to_s: int
    said: str


class PostureDetail(PostureView):
    """With its ground, what is looked at before, and whom it contradicts."""

    area_m2: int
    geometry: dict[str, Any]
    checks: list[CheckView]
    clashes: list[ClashView]


class CheckRequest(BaseModel):
    """What was found of one thing to look at."""

    model_config = ConfigDict(extra="forbid")

    item: Word
    result: Literal["fine", "hazard"]
    at: AwareDatetime
    hazards: Annotated[int, Field(ge=0, le=10_000)] = 0
    note: Sentence = ""


class StandingView(BaseModel):
    """A posture in force at a place and time."""

    code: str
    name: str
    kind: Kind
    rules: list[RuleView]


class HereView(BaseModel):
    """What holds at a place and time for an event code: the regime, tolerance, clock, first step."""

    postures: list[StandingView]
    regime: str | None
    tolerance_min: int
    clock_permille: int
    first_step: Literal["persuade", "warn"]


class Suggestion(BaseModel):
    """Days known beforehand for which no posture of that kind is approved."""

    name: str
    kind: Kind
    first_on: dt.date
    last_on: dt.date


class SuggestionList(BaseModel):
    """By first day."""

    suggestions: list[Suggestion]
