"""Places of trade and permits over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class MarketView(BaseModel):
    """A vendor point or seasonal market; the last day of its season is the day before ``valid_to_on``."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str | None
    kind: Literal["regulated", "seasonal_market"]
    goods: str | None
    slots: int | None
    opening: str | None
    valid_from_on: dt.date | None
    valid_to_on: dt.date | None


class PermitView(BaseModel):
    """A permit or filing in force; ``valid_to_on`` is its last day."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: str
    kind: str
    holder: str | None
    purpose: str | None
    place: str | None
    area_m2: float | None
    valid_from_on: dt.date
    valid_to_on: dt.date


class StallJudged(BaseModel):
    """Whether a stall at a point is legal, and what else was allowed there; only ``open`` is.

    ``posture``: code of the posture in force that suspends trade there, or lets it be beyond season and hours.
    """

    verdict: Literal["open", "closed", "before_season", "after_season", "suspended", "outside"]
    market: MarketView | None
    posture: str | None
    permits: list[PermitView]


class NearbyView(BaseModel):
    """A place of trade that is open; ``walk_m`` is empty where no way on foot was found.

    ``free``: room for so many stalls when it was last counted, in the twelve hours before; empty if not known.
    """

    model_config = ConfigDict(from_attributes=True)

    market: MarketView
    lon: float
    lat: float
    straight_m: float
    walk_m: float | None
    free: int | None


class NearbyList(BaseModel):
    """Nearest on foot first."""

    places: list[NearbyView]


class StallCounted(BaseModel):
    """A count of stalls; ``uid`` is made by the client, so that sending it again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    stalls: Annotated[int, Field(ge=0, le=100_000)]
    counted_at: AwareDatetime


class OverCapacity(BaseModel):
    """How many stalls more than are allowed; 0 if there is room or nobody has said how many are."""

    over: int


class FullnessView(BaseModel):
    """The last count of a place."""

    model_config = ConfigDict(from_attributes=True)

    market: int
    name: str | None
    counted_at: dt.datetime
    stalls: int
    slots: int | None
    over: int


class FullnessList(BaseModel):
    """The fullest over its slots first."""

    counts: list[FullnessView]


class PermitList(BaseModel):
    """The soonest to end first."""

    permits: list[PermitView]
