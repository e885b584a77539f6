"""Returns and displacement over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.problems import NO_NUL


class StudyRequest(BaseModel):
    """A study to make."""

    model_config = ConfigDict(extra="forbid")

    within_hours: Annotated[float | None, Field(ge=0.25, le=1440)] = None
    radius_m: Annotated[float, Field(ge=1, le=500)] = 30


class StudyView(BaseModel):
    """The study in force."""

    id: int
    record_from_at: dt.datetime
    record_to_at: dt.datetime
    radius_m: float
    within_s: int
    events: int
    closings: int
    links: int
    scores: dict[str, Any]
    made_at: dt.datetime
    made_by: str


class CurvePoint(BaseModel):
    """Share come back by ``t_min`` minutes after closing, net of chance; code ``*`` is all together."""

    code: str
    place_class: str
    t_min: int
    p: float
    lower: float
    upper: float
    n: int
    seen: float
    by_chance: float


class CurveList(BaseModel):
    """Points by class of place, code and time."""

    points: list[CurvePoint]


class RateView(BaseModel):
    """Share of closings followed by a new one, against the places' own constant rate."""

    level: str
    key: str
    name: str
    closed: int
    returned: int
    rate: float
    lower: float | None
    upper: float | None
    expected: float
    ratio: float | None
    verdict: Literal["more", "as_expected", "less", "insufficient"]


class RateList(BaseModel):
    """Rates by level and key."""

    rates: list[RateView]


class Reason(BaseModel):
    """What moves a chance: a family of features, what it adds to the log-odds, the sentence."""

    family: str
    effect: float
    sentence: str


class ChanceView(BaseModel):
    """The chance of a new one after a closing, and why."""

    event: int
    code: str
    place_class: str
    district_code: str | None
    closed_at: dt.datetime
    within_s: int
    p: float
    expected: float | None
    listed: bool
    followed: bool | None
    reasons: list[Reason]


class HazardView(BaseModel):
    """λ by hour of the local week (168 values from Monday 00:00) and mean minutes to return of a zone."""

    zone_id: int
    key: str
    name: str
    kind: str
    events: int
    per_hour: list[float]
    per_hour_lower: list[float]
    per_hour_upper: list[float]
    rho_min: float | None
    rho_lower_min: float | None
    rho_upper_min: float | None
    p_return: float | None
    active_min: float | None


class HazardList(BaseModel):
    """Zones by id."""

    zones: list[HazardView]


Degrees = Annotated[float, Field(ge=-180, le=180)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
Latitude = Annotated[float, Field(ge=-85, le=85)]


class OperationRequest(BaseModel):
    """A post, raid, posture or campaign: an area, or a point with a radius; the whole county if neither."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
    kind: Literal["post", "raid", "posture", "campaign"]
    from_at: dt.datetime
    to_at: dt.datetime
    codes: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]], Field(max_length=50)
    ] = []
    point: tuple[Degrees, Latitude] | None = None
    radius_m: Annotated[float, Field(ge=1, le=20_000)] = 50
    ring: Annotated[list[tuple[Degrees, Latitude]], Field(min_length=4, max_length=5_000)] | None = None

    @model_validator(mode="after")
    def times_are_aware(self) -> OperationRequest:
        """An instant without an offset would be read differently on every machine."""
        if self.from_at.tzinfo is None or self.to_at.tzinfo is None:
            raise ValueError("from_at and to_at need an offset, as 2026-05-01T08:00:00+08:00")
        return self


class TestView(BaseModel):
    """One comparison of an operation."""

    operation_id: int
    key: str
    name: str
    kind: str
    place: Literal["target", "ring", "lookalike"]
    phase: Literal["during", "after"]
    from_on: dt.date
    to_on: dt.date
    found: int
    expected: float
    ratio: float | None
    lower: float | None
    upper: float | None
    verdict: Literal["less", "more", "none", "insufficient"]
    facts: dict[str, Any]


class TestList(BaseModel):
    """Comparisons, the newest operation first."""

    tests: list[TestView]
