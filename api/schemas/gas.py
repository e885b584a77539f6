"""Gas inspections over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.things import Level, Long, Short, Strict, View, Word
from geo.patrol.demand.book.gas import USUAL_ITEM


class FoundHazard(Strict):
    """A hazard that an inspection found."""

    level: Level
    description: Long


class InspectionMade(Strict):
    """An inspection of a gas user; ``people`` is 出动人次."""

    uid: uuid.UUID
    gas_user: Word
    inspected_at: AwareDatetime
    people: Annotated[int, Field(ge=1, le=500)]
    found: Annotated[list[FoundHazard], Field(max_length=50)] = []
    bodies: Short = ""
    note: Long = ""
    staff: Word | None = None
    reason: Literal["planned", "complaint", "ordered"] = "planned"
    """Of an entry nobody had drawn or planned; the last two are exempt from the yearly cap and need ``reference``."""
    reference: Word | None = None
    power_item: Word = USUAL_ITEM


class InspectionTaken(View):
    """What was written: the inspection, and its hazards."""

    inspection: int
    hazards: list[int]


class InspectionView(View):
    """An inspection."""

    id: int
    gas_user: str
    inspected_at: dt.datetime
    people: int
    bodies: str
    note: str
    actor: str
    hazards: list[int]


class GasFigures(View):
    """Inspections 次, people 人次, users 户, hazards 处: never added together; ``ids`` are the records behind them."""

    inspections: int
    turnouts: int
    users: int
    general: int
    major: int
    closed: int
    ids: dict[str, list[int]]


class InspectionList(View):
    """Inspections of a span and their figures."""

    figures: GasFigures
    inspections: list[InspectionView]


class GasUserView(View):
    """A gas user whose inspection is due; none on file is due at once."""

    code: str
    name: str | None
    kind: str
    place: str | None
    last_check_on: dt.date | None
    check_due_on: dt.date | None
    lon: float
    lat: float


class GasUserList(View):
    """Gas users whose inspection is due."""

    users: list[GasUserView]
