"""Emergency supplies and who is on call over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.things import Id, Short, Strict, View, Word

MoveKind = Literal["receive", "hand_out", "give_back", "write_off", "count_up", "count_down"]


class MoveMade(Strict):
    """A movement of supplies; ``of_move`` with ``give_back``, ``expires_on`` when a lot is first received."""

    uid: uuid.UUID
    point: Word
    item: Word
    kind: MoveKind
    quantity: Annotated[int, Field(ge=1, le=10_000_000)]
    moved_at: AwareDatetime
    lot: Short | None = None
    expires_on: dt.date | None = None
    of_move: Id | None = None
    staff: Word | None = None
    note: Short = ""


class MoveTaken(View):
    """The movement, its lot, and what is left in it."""

    move: int
    lot: str
    left: int


class MoveView(View):
    """A movement."""

    id: int
    point: str
    point_name: str | None
    item: str
    name: str
    unit: str
    lot: str
    expires_on: dt.date | None
    kind: MoveKind
    quantity: int
    moved_at: dt.datetime
    of_move: int | None
    staff: str | None
    note: str
    actor: str
    lon: float
    lat: float


class MoveList(View):
    """Movements in order of time."""

    moves: list[MoveView]


class StockView(View):
    """What is there of one lot at one point; ``key`` names it in lists."""

    key: str
    point: str
    point_name: str | None
    item: str
    name: str
    unit: str
    lot: str
    expires_on: dt.date | None
    quantity: int
    lon: float
    lat: float


class LowView(View):
    """An item of which there is less in date than is wanted."""

    item: str
    name: str
    unit: str
    least: int
    quantity: int


class StockList(View):
    """The stock, what of it ends soon, and what is short."""

    stock: list[StockView]
    expiring: list[StockView]
    low: list[LowView]


class EquationView(View):
    """期末 = 期初 + 入库 + 归还 + 盘盈 − 领用 − 报废 − 盘亏 of one lot at one point."""

    point: str
    item: str
    lot: str
    opening: int
    receive: int
    give_back: int
    hand_out: int
    write_off: int
    count_up: int
    count_down: int
    closing: int
    holds: bool


class EquationList(View):
    """Equations of a span."""

    equations: list[EquationView]


class NearbyPoint(View):
    """A point with enough in date; ``road_m`` is empty where no way by road was found."""

    point: str
    name: str | None
    quantity: int
    unit: str
    straight_m: float
    road_m: float | None


class NearbyPoints(View):
    """Nearest by road first."""

    points: list[NearbyPoint]


class OnCallView(View):
    """Somebody on call."""

    on_date: dt.date
    role: Literal["leader", "officer", "driver"]
    staff: str
    name: str


class OnCallList(View):
    """Who is on call."""

    on_call: list[OnCallView]
