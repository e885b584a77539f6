"""Tracks, check-ins and scored shifts over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.problems import NO_NUL

Code = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]


class TrackPoint(BaseModel):
    """One position; what cannot be read is refused by itself, with its row, and the rest is taken."""

    model_config = ConfigDict(extra="ignore")

    at: JsonValue = Field(None, description="ISO 8601, or seconds or milliseconds since 1970.")
    lon: JsonValue = Field(None, description="Degrees, WGS 84 or CGCS2000 unless an offset is declared.")
    lat: JsonValue = None
    accuracy_m: JsonValue = Field(None, description="Radius that holds 68 % of positions.")


class TrackBatch(BaseModel):
    """Positions of one person or vehicle."""

    model_config = ConfigDict(extra="forbid")

    uid: Annotated[uuid.UUID, Field(description="UUIDv7 made by the client; the same again changes nothing.")]
    source: Literal["phone", "recorder", "vehicle"]
    staff: Code | None = None
    vehicle: Code | None = None
    device: Code | None = None
    offset: Literal["gcj02", "bd09"] | None = None
    points: Annotated[list[TrackPoint], Field(min_length=1, max_length=5_000)]

    @model_validator(mode="after")
    def one_owner(self) -> TrackBatch:
        """A batch is of one person or one vehicle."""
        if (self.staff is None) == (self.vehicle is None):
            raise ValueError("give either staff or vehicle")
        return self


class RefusedRows(BaseModel):
    """A run of rows not taken for one reason."""

    first: int
    last: int
    reason: str
    sentence: str


class TrackTaken(BaseModel):
    """What became of a batch; positions off shift are only counted."""

    uid: uuid.UUID
    given: int
    kept: int
    refused: dict[str, int]
    rows: list[RefusedRows]
    again: bool


class TrackHead(BaseModel):
    """A batch in a list, without its positions."""

    id: int
    source: str
    owner: str | None
    device: str | None
    file: str | None
    from_at: dt.datetime | None
    to_at: dt.datetime | None
    kept: int
    given: int
    refused: dict[str, int]
    received_at: dt.datetime


class TrackList(BaseModel):
    """Batches, the newest first; ``before`` the last id gives the next page."""

    tracks: list[TrackHead]


class CheckinRequest(BaseModel):
    """Somebody says "here"."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    on_date: dt.date
    shift: Code
    team: Code
    stop: Code
    staff: Code
    at: dt.datetime
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-85, le=85)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    note: Annotated[str, Field(max_length=500, pattern=NO_NUL)] | None = None

    @model_validator(mode="after")
    def whole(self) -> CheckinRequest:
        """An instant without an offset would be read differently on every machine; half a position is none."""
        if self.at.tzinfo is None:
            raise ValueError("at needs an offset, as 2026-05-01T08:00:00+08:00")
        if (self.lon is None) != (self.lat is None):
            raise ValueError("give both lon and lat, or neither")
        return self


class CheckinView(BaseModel):
    """A check-in as it was kept."""

    uid: uuid.UUID
    team: str
    stop: str
    at: dt.datetime
    place: Literal["inside", "outside", "no_position"]
    distance_m: int | None
    again: bool


class ScoreRequest(BaseModel):
    """A shift to hold against its plan."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    shift: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]


class ScoreView(BaseModel):
    """How a shift came out: whole numbers, each share as ``n`` and ``of``."""

    id: int
    plan_id: int
    on_date: dt.date
    shift_code: str
    until_at: dt.datetime
    figures: dict[str, Any]
    made_at: dt.datetime


class ScoreList(BaseModel):
    """The newest score of each plan, the newest plan first."""

    scores: list[ScoreView]


class DelayView(BaseModel):
    """A coming stop that would be later, or lost."""

    key: str
    kind: str
    name: str
    planned_at: dt.datetime
    later_s: int
    lost: bool


class PairView(BaseModel):
    """A team with two licences that could come; where it is only for those who may see positions."""

    plan_id: int
    team: str
    name: str
    mode: str
    licences: int
    eta_s: int
    eta_low_s: int
    eta_high_s: int
    eta_by: Literal["streets", "legs"]
    distance_m: int
    seen_at: dt.datetime | None
    lon: float | None
    lat: float | None
    delays: list[DelayView]


class PairList(BaseModel):
    """Soonest first."""

    pairs: list[PairView]
