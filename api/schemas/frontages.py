"""Shop fronts over the wire: fronts, agreements, checks, lists."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Short = Annotated[str, Field(min_length=1, max_length=100, pattern=NO_NUL)]
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]
Id = Annotated[int, Field(ge=1, lt=1 << 63)]


class Tally(BaseModel):
    """Fronts by how they stand: signed + expired + missing = all."""

    town: str | None = None
    street: str | None = None
    all: int
    signed: int
    expired: int
    missing: int


class Register(BaseModel):
    """How every front of the shop list stood at the end of a day."""

    on: dt.date
    streets: list[Tally]
    towns: list[Tally]
    whole: Tally


class Frontage(BaseModel):
    """One front; ``standing`` on the day asked about, ``why`` of an expired one."""

    id: int
    code: str
    name: str
    shown_name: str
    trade: str | None
    street: str | None
    number: str | None
    town: str | None
    district_code: str | None
    width_dm: int | None
    opened_on: dt.date | None
    closed_on: dt.date | None
    lon: float
    lat: float
    standing: str | None = None
    why: str | None = None
    check_due_on: dt.date | None = None


class FrontageList(BaseModel):
    """Fronts by id; ``after`` the last id gives the next page."""

    frontages: list[Frontage]


class Agreement(BaseModel):
    """One agreement, without its signatory, whose name stays sealed."""

    id: int
    number: str
    version: str
    frontage_id: int | None
    matched_by: str | None
    shop_code: str | None
    street: str | None
    licence: str | None
    has_signatory: bool
    signed_on: dt.date
    valid_to_on: dt.date
    scan_sha256: str | None
    state: str


class Unmatched(Agreement):
    """An agreement that no shop was found for, and shops of a like name."""

    shop_name: str | None
    suggested: list[int]


class UnmatchedLists(BaseModel):
    """Both sides: agreements without a shop, and shops without an agreement."""

    agreements: list[Unmatched]
    frontages: list[Frontage]


class AgreementDraft(BaseModel):
    """An agreement as it was signed; the signatory's name is sealed before it is stored."""

    model_config = ConfigDict(extra="forbid")

    number: Short
    version: Literal["three", "four"]
    signed_on: dt.date
    valid_to_on: dt.date
    signatory: Annotated[str, Field(max_length=100, pattern=NO_NUL)] = ""
    shop_code: Short | None = None
    shop_name: Short | None = None
    street: Short | None = None
    licence: Short | None = None


class Match(BaseModel):
    """Which shop an agreement belongs to."""

    model_config = ConfigDict(extra="forbid")

    frontage_id: Id


class AgreementOrder(BaseModel):
    """A step with an agreement; the yearly check comes by a check of kind ``annual``, or on paper by these."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["confirm", "fail", "end"]
    at: AwareDatetime
    note: Text = ""


class CheckDraft(BaseModel):
    """A check as it was made; ``uid`` is made by the client, sending it again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    frontage_id: Id
    at: AwareDatetime
    kind: Literal["routine", "annual", "look_back", "joint"] = "routine"
    failed: Annotated[list[Short], Field(max_length=20)] = []
    note: Text = ""
    staff: Short | None = None
    permit_checked: bool = False
    """已审批? was asked: no permit in force there allows the breach."""


class Check(BaseModel):
    """One check; ``event_uid`` the event 06-04 that a breach opened."""

    id: int
    uid: uuid.UUID
    frontage_id: int
    at: dt.datetime
    kind: str
    version: str
    failed: list[str]
    points: int
    passed: bool
    event_uid: uuid.UUID | None
    note: str
    actor: str
    recorded_at: dt.datetime


class CheckAt(Check):
    """A check, and which front it was made at."""

    code: str
    shown_name: str
    street: str | None
    number: str | None
    district_code: str | None
    lon: float
    lat: float


class CheckList(BaseModel):
    """Checks, the newest first."""

    checks: list[CheckAt]


class FrontageDetail(Frontage):
    """With its agreements and checks, the newest first."""

    agreements: list[Agreement]
    checks: list[Check]


class Rate(BaseModel):
    """履约率 of a street: passed ÷ checked, with the checks counted."""

    town: str
    street: str
    passed: int
    checked: int
    check_ids: list[int]


class RateList(BaseModel):
    """By town and street."""

    first_on: dt.date
    last_on: dt.date
    rates: list[Rate]


class Task(BaseModel):
    """回头看: a front to be looked at again."""

    id: int
    frontage_id: int
    code: str
    shown_name: str
    street: str | None
    number: str | None
    district_code: str | None
    cause_id: int
    due_on: dt.date
    done_id: int | None
    done_at: dt.datetime | None
    done_passed: bool | None
    lon: float
    lat: float


class TaskList(BaseModel):
    """The most urgent first."""

    tasks: list[Task]


class MonthlyList(BaseModel):
    """红黑榜 of one month, internal."""

    id: int
    month_on: dt.date
    version: int
    state: str
    appeal_to_on: dt.date | None
    sha256: str
    made_at: dt.datetime
    made_by: str
    red: int
    black: int


class Lists(BaseModel):
    """The newest month first."""

    lists: list[MonthlyList]


class Row(BaseModel):
    """A shop on a list, under a name that holds no person's."""

    id: int
    frontage_id: int
    code: str
    shown_name: str
    street: str | None
    number: str | None
    town: str | None
    district_code: str | None
    colour: str
    checked: int
    passed: int
    points: int
    check_ids: list[int]
    appeal: str
    appeal_said: str
    appeal_answer: str
    lon: float
    lat: float


class ListDetail(MonthlyList):
    """With its rows, and whether drawing it up again gives the same."""

    rows: list[Row]
    reproduced: bool


class ListDraft(BaseModel):
    """Any day of the month that a list is drawn up of."""

    model_config = ConfigDict(extra="forbid")

    month_on: dt.date


class ListOrder(BaseModel):
    """``notify`` names the last day of appeal, ``withdraw`` says why."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["notify", "issue", "withdraw"]
    appeal_to_on: dt.date | None = None
    note: Text = ""


class Appeal(BaseModel):
    """What a shop says against its row."""

    model_config = ConfigDict(extra="forbid")

    said: Words


class AppealAnswer(BaseModel):
    """What became of it, and why."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["upheld", "rejected"]
    answer: Words
