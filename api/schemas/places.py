"""Answers about a point."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel


class DistrictHere(BaseModel):
    """The one 片区; ``by`` says whether the point lies in its area or on a border street it owns."""

    code: str
    name: str
    by: Literal["area", "border_street"]
    street: str | None


class UnitHere(BaseModel):
    """The organisation unit in charge."""

    code: str
    name: str
    kind: str


class GridHere(BaseModel):
    """A grid."""

    code: str
    name: str | None = None


class ZoneHere(BaseModel):
    """A hotspot zone; 0 metres inside it."""

    id: int
    name: str
    kind: str
    distance_m: float


class PermitHere(BaseModel):
    """A permit or filing in force today: 已审批? is asked before anything is filed here."""

    number: str
    kind: str
    purpose: str | None
    valid_to_on: dt.date


class Located(BaseModel):
    """What a point belongs to."""

    lon: float
    lat: float
    in_county: bool
    district: DistrictHere | None
    squad: UnitHere | None
    responsibility_grid: GridHere | None
    unit_grid: GridHere | None
    zones: list[ZoneHere]
    permits: list[PermitHere]
