"""Posts, rules, focuses and what is due, over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Sentence = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-85, le=85)]


class Shape(BaseModel):
    """A GeoJSON Point, Polygon or MultiPolygon, EPSG:4490."""

    type: Literal["Point", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class PostRequest(BaseModel):
    """A post with its five parts; what is missing is named in the refusal."""

    model_config = ConfigDict(extra="forbid")

    code: Word
    name: Sentence = ""
    people: Annotated[list[Word], Field(max_length=20)] = []
    opening: Sentence = ""
    place: Shape | None = None
    duty: Sentence = ""
    effect: Sentence = ""
    district_code: Word | None = None
    effect_codes: Annotated[list[Word], Field(max_length=50)] = []
    buffer_m: Annotated[int, Field(ge=0, le=2000)] = 50
    people_needed: Annotated[int, Field(ge=1, le=20)] = 1
    valid_from_on: dt.date | None = None
    valid_to_on: dt.date | None = None


class PostView(BaseModel):
    """A post; ``people`` are staff numbers in order."""

    id: int
    code: str
    name: str
    district_code: str | None
    people: list[str]
    opening: str
    duty: str
    effect: str
    effect_codes: list[str]
    buffer_m: int
    people_needed: int
    valid_from_on: dt.date | None
    valid_to_on: dt.date | None
    active: bool
    geometry: dict[str, Any]


class PostList(BaseModel):
    """Posts by code."""

    posts: list[PostView]


class FocusRequest(BaseModel):
    """A director's focus: a zone by its key, or an area."""

    model_config = ConfigDict(extra="forbid")

    code: Word
    name: Sentence = ""
    ordered_by: Word
    first_on: dt.date
    last_on: dt.date
    factor_percent: Annotated[int, Field(ge=10, le=1000)] = 150
    zone: Word | None = None
    area: Shape | None = None
    shift_code: Word | None = None


class FocusView(BaseModel):
    """A focus with whose word it is."""

    code: str
    name: str
    ordered_by: str
    shift_code: str | None
    first_on: dt.date
    last_on: dt.date
    factor_percent: int
    made_by: str
    geometry: dict[str, Any]


class FocusList(BaseModel):
    """Focuses by first day."""

    focuses: list[FocusView]


class FocusEnd(BaseModel):
    """The last day of a focus, earlier than before."""

    model_config = ConfigDict(extra="forbid")

    last_on: dt.date


class PassRuleRequest(BaseModel):
    """Passes of a tier in a shift, from a day on."""

    model_config = ConfigDict(extra="forbid")

    tier: Literal["main", "secondary", "branch", "lane"]
    passes: Annotated[int, Field(ge=0, le=12)]
    spacing_min: Annotated[int, Field(ge=0, le=720)]
    valid_from_on: dt.date
    shift_code: Annotated[str, Field(max_length=40, pattern=NO_NUL)] = ""
    required: bool = True
    ride_kmh: Annotated[int, Field(ge=0, le=60)] = 0


class BreakRequest(BaseModel):
    """A rest that every team of a kind of shift takes, begun between two local times; 0 minutes end it."""

    model_config = ConfigDict(extra="forbid")

    shift: Word
    name: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
    minutes: Annotated[int, Field(ge=0, le=240)]
    from_time: dt.time
    to_time: dt.time
    valid_from_on: dt.date


class OrderRequest(BaseModel):
    """Who gives way when not everything fits: the first gives way last."""

    model_config = ConfigDict(extra="forbid")

    duties: list[Literal["law", "post", "deadline", "pass", "coverage", "hotspot"]]
    valid_from_on: dt.date


class RuleList(BaseModel):
    """Rules with their first days and who set them."""

    passes: list[dict[str, Any]]
    zones: list[dict[str, Any]]
    breaks: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    centres: list[dict[str, Any]]


class DueView(BaseModel):
    """Something with a time by which somebody must have been there."""

    key: str
    name: str
    layer: str
    feature_id: int
    since_at: dt.datetime
    due_at: dt.datetime
    late: bool
    district_code: str | None
    lon: float
    lat: float


class DueList(BaseModel):
    """What is due, the most pressing first."""

    due: list[DueView]
