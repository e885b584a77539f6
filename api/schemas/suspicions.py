"""Suspicions over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL


class Suspicion(BaseModel):
    """Ground that was added, as a look from above says: a lead to check, never a verdict."""

    id: int
    key: str
    status: Literal["waiting", "confirmed", "dismissed"]
    change: Literal["new", "enlarged"]
    survey: str | None
    observed_on: dt.date | None
    area_m2: float | None
    outline_m2: float | None
    width_m: float | None
    confidence: float | None
    building_key: str | None
    district_code: str | None
    reason: str
    grew_from: str | None
    decided_at: dt.datetime | None
    decided_by: str | None
    decision: str | None


class Listed(Suspicion):
    """A suspicion in a list, with a point that lies on it; its ground is in the layer ``suspicion``."""

    lon: float
    lat: float


class SuspicionList(BaseModel):
    """Suspicions, the newest first; ``before`` the last id gives the next page."""

    suspicions: list[Listed]
    counts: dict[str, int]
    """How many there are of each status in the whole county."""


class Decision(BaseModel):
    """What a person decided."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["confirmed", "dismissed"]
    reason: Annotated[str | None, Field(max_length=2000, pattern=NO_NUL)] = None


class Decided(Suspicion):
    """The suspicion as it is now, and the ledger row that a confirmed one began."""

    illegal_building: int | None
