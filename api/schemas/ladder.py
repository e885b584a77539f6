"""The ladder over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.problems import NO_NUL
from api.schemas.powers import Gravity
from api.schemas.subjects import Row, Strict

Code = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Rung = Literal["persuade", "caution", "warn", "penalise", "exempt"]
Condition = Literal["minor", "corrected", "no_harm", "first_time", "harm_minor", "no_fault"]
WorkClass = Literal["service", "manage", "enforce"]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-85, le=85)]


class IncidentOrder(Strict):
    """A violation as it was met, degrees EPSG:4490; no subject where nobody is known."""

    uid: Annotated[uuid.UUID, Field(description="UUIDv7 made by the client; the same again changes nothing.")]
    code_system: Code
    code: Code
    at: AwareDatetime
    lon: Lon
    lat: Lat
    subject_id: Row | None = None
    conditions: Annotated[list[Condition], Field(max_length=6)] = []
    event_uid: uuid.UUID | None = None
    problem_id: Row | None = None
    permit_checked: bool = False
    """已审批? was asked: nothing in force at the place allows this. Without it such an incident is a 409."""


class IdentifyOrder(Strict):
    """Who it was, and which conditions of an exemption an officer found."""

    subject_id: Row | None
    conditions: Annotated[list[Condition], Field(max_length=6)] = []


class DecisionOrder(Strict):
    """What an officer does; item, body, party and gravity are for formal rungs. Both officers send the same."""

    step: Rung
    reason: Long = ""
    education: Long = ""
    item: Annotated[str, Field(max_length=60, pattern=NO_NUL)] = ""
    body: Annotated[str, Field(max_length=60, pattern=NO_NUL)] = ""
    party: Literal["person", "body"] = "person"
    gravity: Gravity = "ordinary"


class IncidentLine(BaseModel):
    """An incident: what the ladder proposes, what was done. Who sees no files does not see whom it is about."""

    id: int
    uid: uuid.UUID
    subject_id: int | None
    state: Literal["recorded", "waiting", "confirmed", "withdrawn"]
    code_system: str
    code: str
    at: dt.datetime
    district_code: str
    lon: float
    lat: float
    proposed: Rung
    counted: list[int]
    conditions: list[str]
    permits: list[str]
    step: Rung | None
    override_reason: str
    education: str
    work_class: WorkClass | None
    problem_id: int | None


class IncidentList(BaseModel):
    """Incidents, the newest first."""

    incidents: list[IncidentLine]


class LadderRuleLine(BaseModel):
    """How a behaviour climbs; an empty code is every other."""

    code_system: str
    code: str
    look_back_months: int
    radius_m: int
    second: Literal["caution", "warn"]
    work_class: WorkClass | None


class LadderRuleList(BaseModel):
    """Rules, and what holds where there is none."""

    rules: list[LadderRuleLine]
    default: dict[str, Any]


class ExemptionLine(BaseModel):
    """An entry of the 免罚清单."""

    code: str
    kind: Literal["minor", "first"]
    name: str
    code_system: str
    event_code: str
    conditions: list[Condition]
    correct_days: int
    article: str


class ExemptionList(BaseModel):
    """Entries in force."""

    exemptions: list[ExemptionLine]


class ShareLine(BaseModel):
    """721 of a 片区; none is the county."""

    district_code: str | None
    service: int
    manage: int
    enforce: int
    total: int


class ShareList(BaseModel):
    """By 片区, the county last."""

    shares: list[ShareLine]


class ExemptCounts(BaseModel):
    """Incidents exempted, by entry; and some of them without who and where."""

    counts: list[dict[str, Any]]
    samples: list[dict[str, Any]]


class PointLine(BaseModel):
    """Points of a person or unit; ``per_100h`` in thousandths, none for nobody on shift."""

    code: str
    points: int
    minutes: int
    per_100h: int | None


class PointTable(BaseModel):
    """The highest rate first, and what each measure is worth."""

    people: list[PointLine]
    units: list[PointLine]
    measures: dict[str, int]


class PointOrder(Strict):
    """What a measure is worth."""

    points: Annotated[int, Field(ge=-1000, le=1000)]
