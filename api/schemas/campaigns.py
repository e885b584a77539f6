"""Campaigns and risk assessments over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from api.schemas.postures import Area

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Sentence = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Level = Literal["low", "medium", "high"]
Conclusion = Literal["go_ahead", "with_measures", "postpone", "stop"]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class TeamView(BaseModel):
    """A unit, the staff number of its leader, people and vehicles it sends."""

    model_config = ConfigDict(extra="ignore")

    unit: Word
    leader: Word
    people: Annotated[int, Field(ge=1, le=10_000)]
    vehicles: Annotated[int, Field(ge=0, le=10_000)] = 0


class CampaignRequest(BaseModel):
    """A campaign to be; a draft of the same code is written anew."""

    model_config = ConfigDict(extra="forbid")

    code: Word
    name: Word
    goal: Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]
    codes: Annotated[list[Word], Field(min_length=1, max_length=50)]
    first_on: dt.date
    last_on: dt.date
    geometry: Area
    teams: Annotated[list[TeamView], Field(min_length=1, max_length=50)]
    code_system: Annotated[str | None, Field(max_length=80, pattern=NO_NUL)] = None
    posture: Word | None = None


class LackView(BaseModel):
    """What the risk assessment lacks."""

    code: str
    said: str


class CampaignHead(BaseModel):
    """A campaign; ``late``: its last day is over and it was not ended."""

    code: str
    name: str
    goal: str
    codes: list[str]
    first_on: dt.date
    last_on: dt.date
    state: Literal["draft", "assessed", "approved", "running", "ended", "evaluated", "cancelled"]
    districts: list[str]
    posture: str | None
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    late: bool


class CampaignList(BaseModel):
    """The newest first."""

    campaigns: list[CampaignHead]


class StepView(BaseModel):
    """One line of the history."""

    step: str
    to: str
    at: dt.datetime
    actor: str
    note: str


class CampaignDetail(CampaignHead):
    """With ground, teams, what its assessment lacks, history, and its evaluation once made."""

    geometry: dict[str, Any]
    teams: list[TeamView]
    lacks: list[LackView]
    history: list[StepView]
    open_steps: list[str]
    evaluation: dict[str, Any] | None


class CampaignStep(BaseModel):
    """A step; ``revise`` and ``cancel`` say why."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["assess", "approve", "revise", "start", "end", "evaluate", "cancel"]
    at: AwareDatetime
    note: Sentence = ""


class EffortRequest(BaseModel):
    """出动 of a day; ``uid`` is made by the client, the same again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    on_date: dt.date
    people: Count
    vehicles: Count = 0
    person_minutes: Count = 0
    note: Sentence = ""


class WeekView(BaseModel):
    """Effort against order in a week."""

    from_on: dt.date
    events: int
    campaigns: int
    person_minutes: int
    tracked_minutes: int


class WeekList(BaseModel):
    """In order of time."""

    weeks: list[WeekView]


class RiskRequest(BaseModel):
    """What is to be assessed: a campaign by code, a building by id, or a kind of compulsory act."""

    model_config = ConfigDict(extra="forbid")

    number: Word
    about: Literal["campaign", "building", "acts"]
    title: Word
    valid_from_on: dt.date
    valid_to_on: dt.date
    campaign: Word | None = None
    building: Annotated[int | None, Field(ge=1, lt=1 << 63)] = None
    acts: Annotated[list[Literal["demolish", "seize"]], Field(max_length=2)] = []
    districts: Annotated[list[Word], Field(max_length=200)] = []


class PointView(BaseModel):
    """风险点."""

    model_config = ConfigDict(extra="forbid")

    point: Sentence
    source: Sentence
    measure: Sentence
    level: Level


class RiskContent(BaseModel):
    """All parts, written anew; they may be empty until it is submitted."""

    model_config = ConfigDict(extra="forbid")

    points: Annotated[list[PointView], Field(max_length=100)] = []
    level: Level | None = None
    plan: Annotated[str, Field(max_length=20_000, pattern=NO_NUL)] = ""
    budget_yuan: Annotated[int | None, Field(ge=0, lt=2_000_000_000)] = None
    conclusion: Conclusion | None = None


class RiskStep(BaseModel):
    """A step; who wrote an assessment neither approves nor refuses it."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["submit", "approve", "refuse", "send_back", "rewrite", "revoke", "drop"]
    at: AwareDatetime
    note: Sentence = ""


class RiskHead(BaseModel):
    """An assessment and what it still lacks."""

    number: str
    about: str
    campaign: str | None
    building_id: int | None
    acts: list[str]
    districts: list[str]
    valid_from_on: dt.date
    valid_to_on: dt.date
    title: str
    level: Level | None
    budget_yuan: int | None
    conclusion: Conclusion | None
    state: Literal["draft", "submitted", "approved", "refused", "revoked"]
    author: str
    approver: str | None
    missing: list[str]


class RiskList(BaseModel):
    """The newest first."""

    risks: list[RiskHead]


class RiskDetail(RiskHead):
    """With everything it says."""

    points: list[PointView]
    plan: str
    history: list[StepView]
    open_steps: list[str]
