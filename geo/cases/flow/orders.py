"""What comes in: a problem as somebody reports it, and a step as somebody orders it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownProblem(NotFound):
    """There is no such problem."""


class UnknownPerson(NotFound):
    """Nobody in service has that staff number."""


class UnknownUnit(NotFound):
    """There is no unit of that code."""


class NobodyToName(Conflict):
    """Nobody can be named, and no problem stays without a person: the unit, or the county, has nobody in service."""


class NoOwner(Conflict):
    """The matrix names nobody for this code and place; name a unit with a reason, or begin a dispute."""


class BadDraft(Invalid):
    """A report that cannot be a problem; the facts name the field."""


class Tolerated(Invalid):
    """The regime of the street lets this stand a while; the facts say how long."""


class EventTaken(Conflict):
    """Another problem is about this event; the facts name it."""


class StepIncomplete(Invalid):
    """A step lacks something it cannot do without; the facts name it."""


class PhotosMissing(Conflict):
    """自行处置 needs two different pictures: before and after."""


class SamePerson(Forbidden):
    """Whoever handled a problem does not check the result."""


class CannotMerge(Conflict):
    """A problem is merged into one that is open and was found no later; the facts say which is wrong."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report.

    Parameters
    ----------
    uid
        Made by the client; sending the same again changes nothing.
    lon, lat
        EPSG:4490; none where the event says it.
    code, code_system
        Of the county's lists; another vintage's code is translated. Without a system the newest national list's.
    origin
        patrol, complaint, order (上级交办), camera, transfer or public.
    found_at
        Aware; when it was seen.
    event_uid
        Of the event it is about, where that is recorded already; else one is made.
    stood_min
        How long it had been standing, where the regime's tolerance is to be asked.
    ordered_due_at
        The day a higher office has set (D07).
    staff, holder
        Staff numbers: who found it; who answers for it at first (the desk else).
    permit_checked
        已审批? was asked: somebody has looked at what is allowed there, and this goes beyond it.
    """

    uid: uuid.UUID
    code: str
    origin: str
    found_at: dt.datetime
    lon: float | None = None
    lat: float | None = None
    code_system: str | None = None
    grade: str = "*"
    place: str = ""
    description: str = ""
    quantity: float = 1.0
    unit: str | None = None
    event_uid: uuid.UUID | None = None
    stood_min: int | None = None
    ordered_due_at: dt.datetime | None = None
    staff: str | None = None
    holder: str | None = None
    actor: str = "system"
    permit_checked: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """现场办公 (``on_site``) or 联席会议 (``joint_meeting``): when, which bodies, what was decided."""

    kind: str
    held_on: dt.date
    decision: str
    bodies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A step to be taken.

    Parameters
    ----------
    step
        As in :data:`geo.cases.flow.states.PROBLEM`, or ``split``.
    at
        Aware; when it happened.
    uid
        Made by the client; the same again changes nothing.
    staff
        Staff number of who does it.
    holder
        Staff number of who answers next; the usual one else.
    unit
        Code of the unit it is dispatched to or that a meeting fixed; the matrix's else.
    amount
        Of an extension, in the limit's unit; of a suspension or review, natural days until it is looked at again.
    into
        The problem it is merged into.
    rating
        1 to 5.
    grade
        Set when it is registered or dispatched: which row of the limits holds.
    """

    step: str
    at: dt.datetime
    actor: str
    uid: uuid.UUID | None = None
    staff: str | None = None
    note: str = ""
    holder: str | None = None
    unit: str | None = None
    amount: int | None = None
    into: uuid.UUID | None = None
    meeting: Meeting | None = None
    rating: int | None = None
    grade: str | None = None
