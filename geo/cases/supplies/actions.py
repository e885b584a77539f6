"""What people do with supplies: move them, see what is there, find the nearest point with enough."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.flow.ground.actions import get_person
from geo.cases.history import CLOCKS_APART
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.cases.supplies import queries
from geo.cases.supplies.stock import Equation, Move, equation, first_fault, stock_at
from geo.crs import degree_m, metres_between
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import check_point
from geo.roads.afoot import Street, walking_m
from geo.tables.supplies import MOVE_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND: Final = "supply_move"
MOST: Final = 10_000_000
CANDIDATES: Final = 8
"""Points whose way by road is looked at, nearest first as the crow flies."""

AMPLE: Final = 1.5
"""Streets are looked at this much farther out than the points, since a way may lead around."""


class UnknownPoint(NotFound):
    """There is no such supply point."""


class UnknownItem(NotFound):
    """There is no such item; the table of items is taken first."""


class BadMove(Invalid):
    """What is said of a movement cannot be; the facts name the field."""


class NotEnough(Conflict):
    """There is not so much; the facts say what is there, and from when it would be short."""


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """A movement as somebody writes it down.

    Parameters
    ----------
    quantity
        Whole units of the item, ≥ 1.
    lot
        Of what is handed out, the lot that ends soonest if none is named.
    expires_on
        Last day of use, told when a lot is first received.
    of_move
        Of what is given back: the handing-out it comes from.
    staff
        Staff number of who takes or brings it.
    """

    uid: uuid.UUID
    point: str
    item: str
    kind: str
    quantity: int
    moved_at: dt.datetime
    lot: str | None = None
    expires_on: dt.date | None = None
    of_move: int | None = None
    staff: str | None = None
    note: str = ""
    actor: str = "system"


@dataclass(frozen=True, slots=True)
class Moved:
    """The movement's id, the lot it was of, and what is left of the item in that lot."""

    move: int
    lot: str
    left: int


@dataclass(frozen=True, slots=True)
class Nearby:
    """A point with enough of an item in date; ``road_m`` is empty where no way by road was found."""

    point: str
    name: str | None
    quantity: int
    unit: str
    straight_m: float
    road_m: float | None


def record_move(session: Session, tenant: str, draft: MoveDraft) -> Moved:
    """Write a movement once; sent again, it changes nothing.

    Raises
    ------
    UnknownPoint, UnknownItem, UnknownPerson
        If one of them is not there.
    BadMove
        If kind, quantity, time or lot cannot be, or what is given back belongs to no handing-out of this point.
    NotEnough
        If the book would be short, now or at any later time; or more came back than was handed out.
    UidTaken
        If the uid names another kind of record.
    """
    before = find_taken(session, tenant, draft.uid, KIND)
    point = queries.lock_point(session, tenant, draft.point)
    if point is None:
        raise UnknownPoint("supplies.unknown_point", point=draft.point)
    if before is not None:
        row = queries.find_move(session, tenant, before)
        assert row is not None
        return Moved(before, row["lot"], _left(session, tenant, row["supply_point_id"], row["item"], row["lot"]))
    item = queries.find_item(session, tenant, draft.item)
    if item is None:
        raise UnknownItem("supplies.unknown_item", item=draft.item)
    _check(draft)
    book = queries.list_moves(session, tenant, point["id"], draft.item)
    today = draft.moved_at.astimezone(get_county(session, tenant).zone).date()
    lot, expires_on = _lot(draft, book, today)
    moves = [_move(row) for row in book if row["lot"] == lot]
    late = max((one.id for one in moves), default=0) + 1
    fault = first_fault([*moves, Move(late, draft.kind, draft.quantity, draft.moved_at, draft.of_move)])
    if fault is not None:
        one, why, short = fault
        raise NotEnough(
            f"supplies.{why}", point=draft.point, item=draft.item, lot=lot or "-", quantity=draft.quantity,
            there=stock_at(moves), short=short, at=one.moved_at.isoformat(), unit=item["unit"],
        )  # fmt: skip
    row_id = queries.add_move(
        session, tenant, uid=draft.uid, point=point["id"], item=draft.item, lot=lot, expires_on=expires_on,
        kind=draft.kind, quantity=draft.quantity, moved_at=draft.moved_at, of_move=draft.of_move,
        staff_id=None if draft.staff is None else get_person(session, tenant, draft.staff), note=draft.note,
        actor=draft.actor,
    )  # fmt: skip
    keep_taken(session, tenant, draft.uid, KIND, row_id)
    facts = {"kind": draft.kind, "item": draft.item, "quantity": draft.quantity, "point": draft.point}
    write_change(session, tenant, "supplies.moved", facts=facts, actor=draft.actor)
    return Moved(row_id, lot, _left(session, tenant, point["id"], draft.item, lot))


def load_equations(
    session: Session, tenant: str, first: dt.date, last: dt.date, point: str | None = None
) -> dict[tuple[str, str, str], Equation]:
    """The stock equation of each point, item and lot between two local days, both included.

    Returns
    -------
    dict
        By (point, item, lot), in that order; each holds, since its end is counted on its own from all movements.
    """
    begin, end = span_of(first, last, get_county(session, tenant).zone)
    books: dict[tuple[str, str, str], list[Move]] = defaultdict(list)
    for row in queries.list_book(session, tenant, point, most=1_000_000):
        books[row["point"], row["item"], row["lot"]].append(_move(row))
    return {key: equation(books[key], begin, end) for key in sorted(books)}


def find_nearest(
    session: Session, tenant: str, lon: float, lat: float, item: str, quantity: int, most: int = 3
) -> list[Nearby]:
    """Points that have so much of an item in date, nearest by road first.

    Parameters
    ----------
    lon, lat
        Degrees.

    Returns
    -------
    list
        Those without a way by road last; empty if no single point has enough. One-way streets count both ways.

    Raises
    ------
    UnknownItem
        If there is no such item.
    Swapped, OffTheMap
        If the point is none, or the wrong way round.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    if queries.find_item(session, tenant, item) is None:
        raise UnknownItem("supplies.unknown_item", item=item)
    today = county.today()
    there: dict[str, dict[str, Any]] = {}
    for row in queries.list_stock(session, tenant, item=item):
        if row["expires_on"] is None or row["expires_on"] >= today:
            one = there.setdefault(row["point"], {**row, "quantity": 0})
            one["quantity"] += row["quantity"]
    enough = [one for one in there.values() if one["quantity"] >= quantity]
    straight = sorted((metres_between((lon, lat), (one["lon"], one["lat"])), one["point"]) for one in enough)
    near = straight[:CANDIDATES]
    if not near:
        return []
    roads = _roads(session, county, lon, lat, near[-1][0])
    ways = walking_m(roads, (lon, lat), [(there[code]["lon"], there[code]["lat"]) for _, code in near])
    found = [
        Nearby(code, there[code]["point_name"], there[code]["quantity"], there[code]["unit"], round(metres, 1),
               None if way is None else round(way, 1))
        for (metres, code), way in zip(near, ways, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.road_m is None, one.road_m or one.straight_m, one.point))[:most]


def _roads(session: Session, county: County, lon: float, lat: float, metres: float) -> list[Street]:
    east, north = degree_m(lat)
    wide = AMPLE * max(500.0, metres)
    box = (lon - wide / east, lat - wide / north, lon + wide / east, lat + wide / north)
    rows = queries.list_streets(session, county.code, box)
    return [Street(row.level, tuple(zip(row.lons, row.lats, strict=True))) for row in rows]


def _check(draft: MoveDraft) -> None:
    if draft.kind not in MOVE_KINDS:
        raise BadMove("supplies.kind", kind=draft.kind, known=", ".join(MOVE_KINDS))
    if not 1 <= draft.quantity <= MOST:
        raise BadMove("supplies.quantity", quantity=draft.quantity, most=MOST)
    if draft.moved_at.tzinfo is None or draft.moved_at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadMove("supplies.moved_at", at=draft.moved_at.isoformat())
    if (draft.kind == "give_back") != (draft.of_move is not None):
        raise BadMove("supplies.of_move", move=draft.of_move)
    if draft.expires_on is not None and draft.kind not in ("receive", "count_up"):
        raise BadMove("supplies.expires_on", kind=draft.kind)


def _lot(draft: MoveDraft, book: list[dict[str, Any]], today: dt.date) -> tuple[str, dt.date | None]:
    """Which lot a movement is of, and until when that may be used."""
    ends = {row["lot"]: row["expires_on"] for row in book}
    if draft.kind == "give_back":
        taken = next((row for row in book if row["id"] == draft.of_move and row["kind"] == "hand_out"), None)
        if taken is None or draft.lot not in (None, taken["lot"]) or draft.moved_at < taken["moved_at"]:
            raise BadMove("supplies.of_move", move=draft.of_move)
        return taken["lot"], taken["expires_on"]
    if draft.kind in ("receive", "count_up"):
        lot = draft.lot or ""
        if lot in ends and draft.expires_on not in (None, ends[lot]):
            raise BadMove("supplies.lot_ends", lot=lot or "-", expires_on=str(ends[lot]))
        return lot, ends.get(lot, draft.expires_on)
    left = {lot: stock_at([_move(row) for row in book if row["lot"] == lot]) for lot in ends}
    lot = draft.lot if draft.lot is not None else _soonest(left, ends, draft.quantity, today)
    if draft.kind == "hand_out" and (end := ends.get(lot)) is not None and end < today:
        raise BadMove("supplies.expired", lot=lot or "-", expires_on=end.isoformat())
    return lot, ends.get(lot)


def _soonest(left: dict[str, int], ends: dict[str, dt.date | None], quantity: int, today: dt.date) -> str:
    """Of the lots in date that have enough the one that ends first; else the fullest, so that the refusal names it."""
    usable = [lot for lot, end in ends.items() if end is None or end >= today]
    enough = [lot for lot in usable if left[lot] >= quantity]
    if enough:
        return min(enough, key=lambda lot: (ends[lot] or dt.date.max, lot))
    return max(usable, key=lambda lot: (left[lot], lot), default="")


def _left(session: Session, tenant: str, point: int, item: str, lot: str) -> int:
    return stock_at([_move(row) for row in queries.list_moves(session, tenant, point, item) if row["lot"] == lot])


def _move(row: dict[str, Any]) -> Move:
    return Move(row["id"], row["kind"], row["quantity"], row["moved_at"], row["of_move"])
