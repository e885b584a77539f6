"""The ledger of illegal buildings over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Short = Annotated[str, Field(min_length=1, max_length=100, pattern=NO_NUL)]
Fact = Annotated[str, Field(max_length=200, pattern=NO_NUL)] | bool | int


class Building(BaseModel):
    """One footprint in the ledger, with a point that lies on it; its outline is in the layer ``illegal_building``."""

    id: int
    code: str | None
    status: str
    status_since_on: dt.date | None
    found_on: dt.date | None
    built_on: dt.date | None
    area_m2: float | None
    households: int | None
    category: str | None
    entered_as: str | None
    district_code: str | None
    follows_id: int | None
    lon: float
    lat: float


class BuildingList(BaseModel):
    """Buildings, the newest first; ``before`` the last id gives the next page."""

    buildings: list[Building]


class Step(BaseModel):
    """One line of the history: when it happened, when it was written down, by whom."""

    n: int
    step: str
    from_state: str | None
    to_state: str
    at: dt.datetime
    recorded_at: dt.datetime
    actor: str
    note: str
    facts: dict[str, Any]


class Correction(BaseModel):
    """More or fewer households, more or less ground, from a day on."""

    at: dt.datetime
    recorded_at: dt.datetime
    households_more: int
    area_m2_more: float
    reason: str
    actor: str


class BuildingDetail(Building):
    """With its history, its corrections, and what can be done now."""

    history: list[Step]
    corrections: list[Correction]
    open_steps: list[str]
    overlaps: list[Overlap]


class Overlap(BaseModel):
    """Two footprints on the same ground."""

    one: int
    other: int
    area_m2: float


class BuildingDraft(BaseModel):
    """A footprint as it is entered; ``uid`` is made by the client, sending it again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    geometry: dict[str, Any]
    """GeoJSON Polygon or MultiPolygon, EPSG:4490, longitude first."""
    found_on: dt.date
    built_on: dt.date | None = None
    code: Short | None = None
    category: Short | None = None
    households: Annotated[int | None, Field(ge=0, le=10_000)] = None
    note: Text = ""
    follows: Annotated[int | None, Field(ge=1, lt=1 << 63)] = None


class StepOrder(BaseModel):
    """A step to be taken; ``at`` is when it happened, which may be before now."""

    model_config = ConfigDict(extra="forbid")

    step: Short
    at: AwareDatetime
    note: Text = ""
    facts: Annotated[dict[str, Fact], Field(max_length=10)] = {}
    uid: uuid.UUID | None = None


class CorrectionOrder(BaseModel):
    """From ``at`` on there is so much more, or less with a minus."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    households_more: Annotated[int, Field(ge=-10_000, le=10_000)] = 0
    area_m2_more: Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)] = 0
    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]


class Amounts(BaseModel):
    """Three equations side by side: 处, 户, m². They are never added up."""

    plots: int
    households: int
    area_m2: float


class Line(BaseModel):
    """One line of the ledger: what one step or correction did to the stock."""

    building_id: int
    n: int | None
    term: str
    at: dt.datetime
    recorded_at: dt.datetime
    amounts: Amounts
    actor: str
    note: str
    late: bool


class StockStatement(BaseModel):
    """opening + existing + new + corrected + demolished + confiscated + regularised = closing, in each unit."""

    first_on: dt.date
    last_on: dt.date
    as_of: dt.datetime | None
    opening: Amounts
    opening_ids: list[int]
    terms: dict[str, Amounts]
    closing: Amounts
    closing_ids: list[int]
    difference: Amounts
    """Zeros: opening and closing are counted from states, terms from steps."""
    lines: list[Line]
    without_history: int
    """Rows of the layer that nobody has taken into the ledger; they are in no figure."""


class Verdict(BaseModel):
    """Whether a building may be pulled down by force then; reasons in words."""

    allowed: bool
    reasons: list[str]
    first_on: dt.date | None


class Alarm(BaseModel):
    """A footprint newer than the base date, and who was told."""

    id: int
    building_id: int
    code: str | None
    status: str
    district_code: str | None
    seen_on: dt.date
    base_on: dt.date
    staff: str
    name: str
    raised_at: dt.datetime
    answered_at: dt.datetime | None
    answered_by: str | None
    answer: str | None
    lon: float
    lat: float


class AlarmList(BaseModel):
    """Alarms, the newest first."""

    alarms: list[Alarm]


class Answer(BaseModel):
    """What is done about an alarm."""

    model_config = ConfigDict(extra="forbid")

    answer: Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]


class Rule(BaseModel):
    """The base date of a 片区 (none: of the county) and the staff number of who is told."""

    model_config = ConfigDict(extra="forbid")

    base_on: dt.date
    staff: Short
    district: Short | None = None


class PlanDraft(BaseModel):
    """Of a category, so many are to be written off in one way until a day, and who answers for it."""

    model_config = ConfigDict(extra="forbid")

    category: Short
    way: Literal["demolish", "confiscate", "regularise"]
    goal: Annotated[int, Field(ge=1, le=1_000_000)]
    from_on: dt.date
    to_on: dt.date
    owner: Short
    note: Text = ""


class Plan(BaseModel):
    """A plan and how far it has come, in 处."""

    id: int
    category: str
    way: str
    goal: int
    from_on: dt.date
    to_on: dt.date
    owner: str
    owner_name: str
    note: str
    done: int
    done_ids: list[int]
    other: int
    standing: int
    standing_ids: list[int]
    late: bool


class PlanList(BaseModel):
    """Plans by their last day."""

    plans: list[Plan]


class Estate(BaseModel):
    """小区 with its standing and keeper."""

    id: int
    code: str | None
    name: str
    status: str
    status_since_on: dt.date | None
    keeper: str | None
    keeper_name: str | None
    lon: float
    lat: float


class EstateList(BaseModel):
    """Estates by name."""

    estates: list[Estate]


class EstateOrder(BaseModel):
    """A step with an estate; an award names its keeper's staff number. None is lost by hand: that happens by itself."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["award", "withdraw", "reapply"]
    at: AwareDatetime
    keeper: Short | None = None
    note: Text = ""
