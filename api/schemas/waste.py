"""Feeds, trips, deviations, spills and stockpiles over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from api.schemas.markets import PermitView

Kind = Literal["off_route", "stopped", "wrong_dump", "no_dump", "no_permit", "out_of_hours", "silent", "no_ticket"]
State = Literal["proposed", "confirmed", "dismissed", "withdrawn"]
Cell = Annotated[str, Field(max_length=200, pattern=NO_NUL)] | int | float | None


class FeedDelivery(BaseModel):
    """Rows as the source writes them, by heading; ``uid`` of the delivery: the same again answers with its receipt."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    rows: Annotated[list[dict[str, Cell]], Field(max_length=5_000)]


class FeedReceipt(BaseModel):
    """What became of a delivery; rows = taken + known + refused + unknown."""

    uid: uuid.UUID
    source: str
    kind: Literal["fix", "ticket", "deviation"]
    rows: int
    taken: int
    known: int
    refused: int
    unknown: int
    plates: list[str]
    faults: list[dict[str, Any]]
    received_at: dt.datetime
    actor: str


class FeedReceipts(BaseModel):
    """The newest first."""

    receipts: list[FeedReceipt]


class TraceRequest(BaseModel):
    """Local days, both included."""

    model_config = ConfigDict(extra="forbid")

    first: dt.date
    last: dt.date


class TripView(BaseModel):
    """A trip as read from the positions; it stands where its site does."""

    id: int
    plate: str
    haulier_code: str
    site_code: str
    left_at: dt.datetime
    ended_at: dt.datetime
    ending: Literal["dump", "returned", "silent", "under_way"]
    dump_code: str | None
    metres: int
    fixes: int
    permit_number: str | None
    ticket: str | None
    net_kg: int | None
    lon: float | None
    lat: float | None


class TripList(BaseModel):
    """The first first."""

    trips: list[TripView]


class LooseTicket(BaseModel):
    """A weighing without a trip; it stands where its dump does."""

    id: int
    source: str
    number: str
    plate: str
    dump_code: str
    at: dt.datetime
    net_kg: int
    registered: bool
    lon: float | None
    lat: float | None


class LooseTrip(BaseModel):
    """A trip without a weighing; it stands where its dump does."""

    id: int
    plate: str
    site_code: str
    dump_code: str
    left_at: dt.datetime
    ended_at: dt.datetime
    lon: float | None
    lat: float | None


class Reconciled(BaseModel):
    """Weighings against trips."""

    counts: dict[str, int]
    tickets_alone: list[LooseTicket]
    trips_alone: list[LooseTrip]


class DeviationView(BaseModel):
    """A deviation; ``amount`` is metres off the way, else seconds; ``limits`` are the thresholds it was found by."""

    id: int
    kind: Kind
    state: State
    plate: str
    haulier: str
    site_code: str
    site_name: str | None
    left_at: dt.datetime
    from_at: dt.datetime
    to_at: dt.datetime
    amount: int
    dump_code: str | None
    limits: dict[str, int]
    district_code: str | None
    problem_id: int | None
    lon: float
    lat: float


class DeviationList(BaseModel):
    """By time."""

    deviations: list[DeviationView]


class Judgement(BaseModel):
    """A person's word; confirming with a code opens a problem, the others need a note."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["confirm", "dismiss", "reconsider"]
    note: Annotated[str, Field(max_length=2_000, pattern=NO_NUL)] = ""
    code: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    staff: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    permit_checked: bool = False
    """已审批? was asked: no permit in force there allows it."""


class Judged(BaseModel):
    """What it is now."""

    state: State
    problem_id: int | None


class DeviationsSent(BaseModel):
    """Rows under the platform's headings, each once; ``uid`` of the receipt, empty if there is nothing."""

    model_config = ConfigDict(from_attributes=True)

    uid: str
    rows: list[dict[str, Any]]


class PassView(BaseModel):
    """A loaded trip that passed before."""

    model_config = ConfigDict(from_attributes=True)

    trip: int
    plate: str
    at: dt.datetime
    off_m: int
    deviated: bool


class CandidateView(BaseModel):
    """A site a spill may have come from, with reasons."""

    model_config = ConfigDict(from_attributes=True)

    site: str
    name: str
    site_type: str
    works: str
    builder: str | None
    gate: str | None
    straight_m: int
    street_m: int | None
    route: str | None
    along_m: int | None
    permit: str | None
    passes: list[PassView]
    reasons: list[Literal["passed", "deviated", "on_route", "near", "paused"]]


class SpillTraced(BaseModel):
    """Leads in order, no verdict; the thresholds used, and what is permitted on the spot itself."""

    model_config = ConfigDict(from_attributes=True)

    candidates: list[CandidateView]
    permits: list[PermitView]
    limits: dict[str, int]


class PlaceView(BaseModel):
    """A place that takes waste."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    kind: Literal["dump", "stockpile", "concession"]
    straight_m: int
    street_m: int | None
    capacity_t: int | None
    received_t: int
    left_t: int | None


class ConditionView(BaseModel):
    """One condition of a stockpile."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    limit_m: int
    metres: int | None
    what: str | None
    holds: bool


class SpotSuited(BaseModel):
    """Whether a spot would do, and what is nearest."""

    model_config = ConfigDict(from_attributes=True)

    suits: bool
    conditions: list[ConditionView]
    places: list[PlaceView]
