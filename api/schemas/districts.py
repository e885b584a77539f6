"""Proposals of 片区 over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
Strength = Literal["hard", "soft", "off"]


class Walls(BaseModel):
    """How much rivers, town borders and main roads bind; what is left out is as usual."""

    model_config = ConfigDict(extra="forbid")

    river: Strength | None = None
    town: Strength | None = None
    main_road: Strength | None = None


class RecutOrder(BaseModel):
    """A cut to be proposed."""

    model_config = ConfigDict(extra="forbid")

    n: Annotated[int | None, Field(ge=1, le=200)] = None
    units: Literal["unit_grid", "street_block"] | None = None
    load: Literal["minutes", "events", "streets"] | None = None
    days: Annotated[int, Field(ge=7, le=3660)] = 365
    walls: Walls = Walls()
    lock_districts: Annotated[list[Code], Field(max_length=200)] = []
    lock_units: Annotated[list[Code], Field(max_length=20_000)] = []
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1
    goal: Annotated[float, Field(ge=1.0, le=2.0)] = 1.03
    fresh: bool = False


class MoveOrder(BaseModel):
    """Units to put into a 片区 of the proposal; ``revision`` is the one the caller looked at."""

    model_config = ConfigDict(extra="forbid")

    units: Annotated[list[Code], Field(min_length=1, max_length=5_000)]
    to: Code
    revision: Annotated[int | None, Field(ge=1, lt=1 << 31)] = None


class NameOrder(BaseModel):
    """The name of a 片区 that the proposal founds."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]


class ProposalHead(BaseModel):
    """A proposal in a list; ``summary`` is what the machine's cut came to."""

    id: int
    status: Literal["draft", "adopted"]
    unit_kind: Literal["unit_grid", "street_block"]
    load_kind: Literal["minutes", "events", "streets"]
    asked: dict[str, Any]
    summary: dict[str, Any]
    revision: int
    made_at: dt.datetime
    made_by: str
    adopted_at: dt.datetime | None
    adopted_by: str | None


class ProposalList(BaseModel):
    """Proposals, the newest first; ``before`` the last id gives the next page."""

    proposals: list[ProposalHead]


class DistrictLoad(BaseModel):
    """A 片区 of a proposal as edited so far; per cents are of the mean load."""

    code: str
    name: str
    existed: bool
    units: int
    load: float
    load_pct: float
    load_before: float | None
    load_before_pct: float | None
    moved_in: int
    moved_out: int
    pieces: int


class ProposalDetail(ProposalHead):
    """A proposal with its loads; ``whole`` tells that it can be adopted."""

    districts: list[DistrictLoad]
    max_over_mean: float
    moved_units: int
    moved_load: float
    edited_units: int
    whole: bool
