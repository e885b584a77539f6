"""Choices of sites over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]


class Place(BaseModel):
    """A candidate that somebody names."""

    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-85, le=85)]
    name: Text | None = None
    capacity: Annotated[float | None, Field(gt=0, le=1e9)] = None


class SiteOrder(BaseModel):
    """A choice of sites; what is left out is as usual for the purpose. ``radius_m`` takes the place of the walk."""

    model_config = ConfigDict(extra="forbid")

    purpose: Literal["vendor_relief", "stockpile"]
    p: Annotated[int, Field(ge=1, le=500)]
    walk_min: Annotated[float | None, Field(gt=0, le=120)] = None
    radius_m: Annotated[float | None, Field(gt=0, le=50_000)] = None
    spacing_m: Annotated[float | None, Field(ge=0, le=50_000)] = None
    rules: Annotated[list[Text] | None, Field(max_length=50)] = None
    codes: Annotated[list[Text] | None, Field(min_length=1, max_length=200)] = None
    days: Annotated[int, Field(ge=7, le=3660)] = 365
    preview: bool = False
    candidates: Annotated[list[Place], Field(max_length=5_000)] = []


class SitePlanHead(BaseModel):
    """A choice of sites in a list."""

    id: int
    purpose: Literal["vendor_relief", "stockpile"]
    status: Literal["draft", "adopted"]
    asked: dict[str, Any]
    summary: dict[str, Any]
    made_at: dt.datetime
    made_by: str
    adopted_at: dt.datetime | None
    adopted_by: str | None


class SitePlanList(BaseModel):
    """Choices of sites, the newest first; ``before`` the last id gives the next page."""

    plans: list[SitePlanHead]


class Site(BaseModel):
    """A site chosen: 1 adds most; ``alone`` is the demand within its reach."""

    key: str
    name: str | None
    rank: int
    adds: float
    alone: float | None
    capacity: float | None
    reasons: list[dict[str, Any]]
    lon: float
    lat: float


class SitePlanDetail(SitePlanHead):
    """A choice of sites and what it says in a sentence."""

    sentence: str
    sites: list[Site]
