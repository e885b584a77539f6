"""Statistics over the wire: figures, their records, evaluation, the 底数表 and 721."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel


class Amount(BaseModel):
    """So many records and so much of one unit."""

    unit: str
    rows: int
    amount: float


class FigureView(BaseModel):
    """A figure as counted; ``amount`` is null where nought would say too much, and ``state`` says why."""

    figure: str
    zh: str
    en: str
    source: str
    unit: str
    state: str
    amount: float | None
    amounts: list[Amount]
    districts: dict[str, list[Amount]]
    regimes: dict[str, list[Amount]] | None = None
    """By regime of the street, if asked for: strict, controlled, standard, off."""
    newest: str | None
    numerator: float | None
    denominator: float | None
    over: str | None
    permille: int | None
    note: str


class EventStanding(BaseModel):
    """Whether all events are counted; ``waiting`` is null where all have to be counted anew."""

    complete: bool
    waiting: int | None


class ReportView(BaseModel):
    """Figures of a period."""

    first: dt.date
    last: dt.date
    area: list[str] | None
    events: EventStanding
    other_systems: dict[str, int]
    figures: list[FigureView]


class FigureRow(BaseModel):
    """A figure of the list: what it counts and where."""

    figure: str
    zh: str
    en: str
    source: str
    unit: str
    table: str | None
    count: str
    over: str | None
    note: str


class FigureList(BaseModel):
    """All figures."""

    figures: list[FigureRow]


class RecordView(BaseModel):
    """A record behind a figure."""

    id: int
    label: str | None
    at: str | None
    district_code: str | None
    unit: str
    amount: Any
    href: str | None
    lon: float | None
    lat: float | None


class RecordList(BaseModel):
    """A page of records; ``next`` is the address of the next one."""

    figure: str
    records: list[RecordView]
    next: str | None


class EventCount(BaseModel):
    """Events of one kind and unit."""

    key: dict[str, Any]
    unit: str
    rows: int
    quantity: float


class EventCounts(BaseModel):
    """Events of a period; units are never added up."""

    events: EventStanding
    counts: list[EventCount]


class IndicatorView(BaseModel):
    """An indicator with its numerator and denominator; ``value`` is null without one."""

    name: str
    zh: str
    en: str
    unit: str
    numerator: int
    denominator: int | None
    value: float | None


class GroupView(BaseModel):
    """What was evaluated of one area, department, post or regime; the whole stands last."""

    key: str | None
    whole: bool
    indicators: list[IndicatorView]


class Evaluation(BaseModel):
    """A period's problems evaluated."""

    by: str
    first: dt.date
    last: dt.date
    groups: list[GroupView]


class JudgedProblem(BaseModel):
    """A problem behind an indicator, with the dates it is judged by; the next page comes after its ``id``."""

    id: int
    uid: uuid.UUID
    number: str
    state: str
    code: str
    found_at: dt.datetime
    district_code: str | None
    handle_due_at: dt.datetime | None
    handled_at: dt.datetime | None
    closed_at: dt.datetime | None
    lon: float
    lat: float


class JudgedProblems(BaseModel):
    """A page of problems."""

    problems: list[JudgedProblem]


class ClassShare(BaseModel):
    """721 of one 片区: how many actions of each class, and what they were."""

    district_code: str | None
    whole: bool
    counts: dict[str, int]
    total: int
    permille: dict[str, int | None]
    actions: dict[str, int]


class ClassShares(BaseModel):
    """721 per 片区."""

    shares: list[ClassShare]


class ActionRow(BaseModel):
    """An action: a step of a row of a workflow."""

    id: int
    workflow: str
    row_id: int
    step: str
    at: dt.datetime
    district_code: str | None
    work_class: str


class ActionList(BaseModel):
    """Actions behind 721."""

    actions: list[ActionRow]


class RelapseRate(BaseModel):
    """Of the whole, a 片区 or a code: closings watched, how many were followed, the median time of those."""

    level: str
    key: str | None
    closings: int
    followed: int
    half_s: int | None


class RelapseSpot(BaseModel):
    """A spot where the same came back; lon, lat and event of its first closing."""

    rank: int
    event_id: int
    code: str
    district_code: str | None
    lon: float
    lat: float
    closings: int
    returns: int
    soonest_s: int
    last_closed_at: str


class RelapseView(BaseModel):
    """What came back within a time and reach."""

    within_days: int
    radius_m: float
    rates: list[RelapseRate]
    spots: list[RelapseSpot]
