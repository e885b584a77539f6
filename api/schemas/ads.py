"""Ads, signs and their ledger over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
AdKind = Literal["billboard", "rooftop", "pole", "screen", "signboard", "light_box", "banner"]
Fault = Literal["unpermitted", "revoked", "expired", "oversize", "uninspected", "hazard"]
Measure = Literal["guide", "remove"]
Step = Literal["conform", "remove_self", "remove", "extend", "withdraw"]
State = Literal["ordered", "conformed", "removed_by_owner", "removed_by_bureau", "withdrawn"]


class AdView(BaseModel):
    """An ad with what is wrong with it today; ``area_dm2`` in square decimetres."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    kind: AdKind
    status: Literal["standing", "removed"]
    name: str | None
    owner: str | None
    place: str | None
    street: str | None
    district_code: str | None
    area_dm2: int | None
    permit_number: str | None
    permitted_to_on: dt.date | None
    inspected_on: dt.date | None
    registered_on: dt.date | None
    removed_on: dt.date | None
    faults: list[str]
    hazard_level: Literal["major", "general"] | None
    hazards: int
    hazard_due_at: dt.datetime | None
    lon: float
    lat: float


class AdList(BaseModel):
    """By number, or the likeliest to come down first."""

    ads: list[AdView]


class FigureView(BaseModel):
    """A count, its unit, and what it is counted from: ids of ads or of lines of the ledger."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    quantity: float
    unit: str
    of: Literal["ad", "ad_order"]
    ids: list[int]


class FigureList(BaseModel):
    """Figures of a span; units are never summed together."""

    figures: list[FigureView]


class HazardLink(BaseModel):
    """A hazard of the register of hazards."""

    model_config = ConfigDict(extra="forbid")

    hazard: Annotated[int, Field(ge=1, lt=1 << 63)]


class ShownName(BaseModel):
    """What an ad says as it may be told outside."""

    model_config = ConfigDict(extra="forbid")

    shown: Text


class OrderDraftBody(BaseModel):
    """An order about an ad of the register (``ad``), or of a ``kind`` at a place. ``uid`` is made by the client."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    measure: Measure
    ordered_on: dt.date
    ad: Text | None = None
    kind: AdKind | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    quantity: Annotated[float, Field(gt=0, lt=1e9)] = 1
    unit: Text = "处"
    due_on: dt.date | None = None
    reason: Long = ""
    notice: Text | None = None
    place: Long = ""


class StepBody(BaseModel):
    """A step with an order. ``urgent``: why a removal by the bureau cannot wait; ``paper``: where the proof lies."""

    model_config = ConfigDict(extra="forbid")

    step: Step
    at: AwareDatetime | None = None
    note: Long = ""
    due_on: dt.date | None = None
    urgent: Long = ""
    paper: Long = ""


class OrderView(BaseModel):
    """A line of the ledger."""

    id: int
    uid: uuid.UUID
    ad_id: int | None
    ad_code: str | None
    kind: AdKind
    measure: Measure
    state: State
    quantity: float
    unit: str
    ordered_on: dt.date
    due_on: dt.date | None
    done_on: dt.date | None
    reason: str
    notice: str | None
    place: str
    district_code: str | None
    lon: float
    lat: float
    overdue: bool = False


class OrderDetail(OrderView):
    """With its steps, and what can be done with it now."""

    history: list[dict[str, Any]]
    open_steps: list[Step]


class OrderList(BaseModel):
    """The newest first."""

    orders: list[OrderView]
