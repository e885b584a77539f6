"""Returns over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel


class ReturnView(BaseModel):
    """``event_id`` came back at ``back_at``, ``gap_h`` hours after ``parent_id`` was closed there."""

    event_id: int
    parent_id: int
    code: str
    district_code: str | None
    closed_at: dt.datetime
    back_at: dt.datetime
    gap_h: float
    speed: Literal["day", "week", "later"]
    distance_m: float
    lon: float
    lat: float


class ReturnList(BaseModel):
    """In order of closing."""

    returns: list[ReturnView]
