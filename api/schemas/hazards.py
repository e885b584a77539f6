"""Hazards over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from pydantic import AwareDatetime

from api.schemas.things import Lat, Level, Lon, Long, Proof, Short, StepOrder, StepView, Strict, View, Word

Category = Literal[
    "advertising", "sanitation", "works", "bike_charging", "waste", "construction_waste", "illegal_building", "gas",
    "bridge", "river_rail", "tree", "low_point",
]  # fmt: skip
HazardState = Literal["reported", "open", "fixed", "checked", "closed", "unfounded"]


class HazardReported(Strict):
    """A hazard; its date follows from category and level if none is told."""

    uid: uuid.UUID
    category: Category
    level: Level
    lon: Lon
    lat: Lat
    found_at: AwareDatetime
    description: Long = ""
    place: Short = ""
    body: Short = ""
    staff: Word | None = None
    due_at: AwareDatetime | None = None
    note: Long = ""


class HazardStep(StepOrder):
    """A step; ``level`` with ``regrade``, ``due_at`` with ``extend`` or ``regrade``, ``holder`` with any."""

    step: Literal["confirm", "dismiss", "fix", "regrade", "extend", "check", "send_back", "close", "reopen"]
    level: Level | None = None
    due_at: AwareDatetime | None = None
    holder: Word | None = None


class HazardView(View):
    """A hazard with its date and who answers for it."""

    id: int
    uid: uuid.UUID | None
    number: str | None
    category: Category
    level: Level
    status: HazardState
    description: str
    place: str
    body: str
    district_code: str | None
    found_at: dt.datetime
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    staff: str | None
    inspection_id: int | None
    overdue: bool
    lon: float
    lat: float


class HazardDetail(HazardView):
    """A hazard with its log and pictures."""

    history: list[StepView]
    pictures: list[Proof]
    open_steps: list[str]


class HazardList(View):
    """Hazards, major ones first."""

    hazards: list[HazardView]
