"""Components and their repairs over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.things import Lat, Lon, Proof, Short, StepOrder, StepView, Strict, View, Word

Amount = Annotated[Decimal, Field(gt=0, le=10_000_000, max_digits=12, decimal_places=2)]
Fen = Annotated[int, Field(ge=0, lt=1 << 53)]
Work = Literal["repair", "replace", "add", "remove"]
RepairState = Literal["ordered", "working", "put_off", "finished", "accepted", "cancelled"]


class ComponentCount(View):
    """How many components of a class are in a state."""

    class_code: str
    status: Literal["intact", "broken", "absent", "abandoned", "removed"]
    components: int


class ComponentFigures(View):
    """Components by class and state."""

    figures: list[ComponentCount]


class RepairOrdered(Strict):
    """An order: a component by its 16-digit code, or a class and a point."""

    uid: uuid.UUID
    work: Work
    quantity: Amount
    unit: Short = ""
    component: Annotated[str, Field(pattern="^[0-9]{16}$")] | None = None
    class_code: Annotated[str, Field(pattern="^C[0-9]{2}-[0-9]{2}$")] | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    place: Short = ""
    contractor: Short = ""
    staff: Word | None = None
    problem: uuid.UUID | None = None
    due_at: AwareDatetime | None = None
    cost_fen: Fen | None = None
    ordered_at: AwareDatetime | None = None


class RepairStep(StepOrder):
    """A step; what was really done and what it cost are told with ``finish``."""

    step: Literal["start", "put_off", "cancel", "finish", "resume", "accept", "rework"]
    quantity: Amount | None = None
    cost_fen: Fen | None = None


class RepairView(View):
    """An order."""

    id: int
    uid: uuid.UUID
    number: str
    component: str | None
    class_code: str
    work: Work
    quantity: Decimal
    unit: str
    cost_fen: int | None
    state: RepairState
    place: str
    district_code: str | None
    contractor: str
    staff: str
    ordered_at: dt.datetime
    due_at: dt.datetime
    accepted_at: dt.datetime | None
    overdue: bool
    lon: float
    lat: float


class RepairDetail(RepairView):
    """An order with its log and pictures."""

    history: list[StepView]
    pictures: list[Proof]
    open_steps: list[str]


class RepairList(View):
    """Orders, what is due first first."""

    repairs: list[RepairView]


class TotalView(View):
    """Work of one class accepted in a year, in one unit; ``cost_fen`` is of the ``costed`` orders only."""

    class_code: str
    work: Work
    unit: str
    quantity: Decimal
    orders: int
    cost_fen: int | None
    costed: int
    ids: list[int]


class TotalList(View):
    """Totals of a year; units are never added together."""

    year: int
    totals: list[TotalView]
