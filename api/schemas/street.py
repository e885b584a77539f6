"""Restaurants, bays, noise and fireworks over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
RestaurantFault = Literal["no_device", "never", "overdue", "unsurveyed", "unfit"]
Verdict = Literal["fit", "conditions", "unfit"]
ParkingKind = Literal["bike_bay", "car_bay", "shared_bike"]
FeastKind = Literal["wedding", "funeral", "opening", "other"]


class Strict(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class RestaurantView(BaseModel):
    """A restaurant with what is wrong with it today."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    name: str
    trade: str | None
    device: str
    street: str | None
    district_code: str | None
    opened_on: dt.date | None
    cleaned_on: dt.date | None
    cleaning_due_on: dt.date | None
    surveyed_on: dt.date | None
    verdict: Verdict | None
    faults: list[str]
    lon: float
    lat: float


class RestaurantList(BaseModel):
    """By number."""

    restaurants: list[RestaurantView]


class RestaurantDetail(BaseModel):
    """A restaurant with its cleanings and surveys; what was said within 50 m in the last 365 days."""

    id: int
    code: str
    name: str
    trade: str | None
    device: str
    cleaned_on: dt.date | None
    cleanings: list[dict[str, Any]]
    surveys: list[dict[str, Any]]
    events_near: int
    complaints_near: int
    near_codes: list[str]


class CleaningBody(Strict):
    """A cleaning; ``uid`` is made by the client. ``seen``: an officer saw the clean device."""

    uid: uuid.UUID
    cleaned_on: dt.date
    cleaner: Long = ""
    seen: bool = False


class SurveyBody(Strict):
    """新增餐饮现场勘查; without a ``verdict`` the law's proposal is taken."""

    uid: uuid.UUID
    surveyed_on: dt.date
    flue: bool
    housing: Literal["none", "dwelling", "mixed", "beside"]
    device_planned: bool
    verdict: Verdict | None = None
    note: Long = ""


class SurveyAnswer(BaseModel):
    """The verdict as it was kept."""

    verdict: Verdict


class Kept(BaseModel):
    """Whether it is new; sent again it is not."""

    new: bool


class BayView(BaseModel):
    """A bay or zone against the counts of a span; ``gap`` is how many places it lacks, negative: to spare."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    name: str | None
    kind: ParkingKind
    street: str | None
    district_code: str | None
    capacity: int | None
    counts: int
    peak: int | None
    gap: int | None
    full_permille: int | None
    lon: float
    lat: float


class DistrictGapView(BaseModel):
    """Bays of a kind in a 片区; ``lacking`` sums over the bays counted that were too small."""

    model_config = ConfigDict(from_attributes=True)

    district_code: str | None
    kind: ParkingKind
    bays: int
    capacity: int
    counted: int
    lacking: int


class BayList(BaseModel):
    """What lacks most first; uncounted last."""

    bays: list[BayView]
    districts: list[DistrictGapView]


class BayCounted(Strict):
    """What stood in a bay, and astray around it; ``uid`` is made by the client."""

    uid: uuid.UUID
    parked: Count
    strays: Count = 0
    counted_at: AwareDatetime


class TooFew(BaseModel):
    """How many places were too few; empty while nobody has said how many there are."""

    lacking: int | None


class TicketsBody(Strict):
    """Vehicles ticketed at a place on a day; ``uid`` is made by the client. No plates."""

    uid: uuid.UUID
    on: dt.date
    vehicle: Literal["car", "truck", "ebike", "other"]
    tickets: Annotated[int, Field(ge=1, lt=1_000_000)]
    lon: Lon
    lat: Lat
    place: Long = ""


class TicketSum(BaseModel):
    """台次 of a 片区 and kind of vehicle, with the records they are counted from."""

    district_code: str | None
    vehicle: str
    tickets: int
    records: int
    ids: list[int]


class TicketSums(BaseModel):
    """By 片区 and vehicle."""

    tickets: list[TicketSum]


class NoiseView(BaseModel):
    """A place of noise; ``hours``: 7 rows, Monday first, of 24 counts on the county's clock."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    lon: float
    lat: float
    district_code: str | None
    kinds: dict[str, int]
    events: int
    complaints: int
    callers: int
    hours: list[list[int]]
    event_ids: list[int]
    complaint_ids: list[int]


class NoiseList(BaseModel):
    """Places with most callers first."""

    places: list[NoiseView]


class ZoneView(BaseModel):
    """A firework zone at a place on a day; ``allowed``: OSM opening_hours of a limited one."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str | None
    rule: Literal["banned", "limited"]
    allowed: str | None
    basis: str | None
    always_banned: bool


class FireworkAnswer(BaseModel):
    """Whether fireworks may be lit there then, and by which zones not."""

    allowed: bool
    zones: list[ZoneView]


class FeastBody(Strict):
    """A feast the bureau was told of: a place and a day, never whose."""

    uid: uuid.UUID
    kind: FeastKind
    held_on: dt.date
    lon: Lon
    lat: Lat
    place: Text


class FeastZones(BaseModel):
    """The zones it falls in; empty: no visit is needed."""

    zones: list[ZoneView]


class VisitView(BaseModel):
    """A feast inside a zone that nobody has visited; ``due_on`` is the last day for the visit."""

    id: int
    kind: FeastKind
    held_on: dt.date
    place: str
    district_code: str | None
    lon: float
    lat: float
    zones: list[str]
    due_on: dt.date
    late: bool


class VisitList(BaseModel):
    """The soonest first."""

    visits: list[VisitView]


class VisitBody(Strict):
    """When somebody was there; now if not given."""

    at: AwareDatetime | None = None
