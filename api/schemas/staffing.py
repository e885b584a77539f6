"""Rest rules, needs, leave, muster points and what one more buys, over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from geo.patrol.people.rules import DayKind

Code = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Whole = Annotated[int, Field(ge=0, le=100_000)]


class RestView(BaseModel):
    """Rest rules; without a first day they are the usual ones."""

    most_days_running: int
    days_off_week: int
    least_rest_min: int
    night_rest_min: int
    most_day_min: int
    most_week_min: int
    restday_people: int
    pair_gap_days: int
    valid_from_on: dt.date | None
    set_by: str | None


class NeedView(BaseModel):
    """What a shift needs on a kind of day; with no people it is not held."""

    shift_code: str
    day_kind: DayKind
    people: int
    licensed: int
    regular: int
    leader: bool
    takes_rest: bool
    valid_from_on: dt.date | None
    set_by: str | None


class PeopleRules(BaseModel):
    """What holds on a day, and from which later days something else does."""

    on: dt.date
    rest: RestView
    needs: list[NeedView]
    changes: list[dt.date]


class RestOrder(BaseModel):
    """Rest rules from a day on; those left out stay as they are on that day."""

    model_config = ConfigDict(extra="forbid")

    valid_from_on: dt.date
    most_days_running: Whole | None = None
    days_off_week: Whole | None = None
    least_rest_min: Whole | None = None
    night_rest_min: Whole | None = None
    most_day_min: Whole | None = None
    most_week_min: Whole | None = None
    restday_people: Whole | None = None
    pair_gap_days: Whole | None = None


class NeedOrder(BaseModel):
    """What a shift needs on a kind of day, from a day on."""

    model_config = ConfigDict(extra="forbid")

    shift: Code
    day_kind: DayKind
    valid_from_on: dt.date
    people: Whole
    licensed: Whole = 0
    regular: Whole = 0
    leader: bool = True
    takes_rest: bool = False


class LeaveOrder(BaseModel):
    """Days on which somebody is away, both included; a second time from the same day changes the end."""

    model_config = ConfigDict(extra="forbid")

    staff: Code
    from_on: dt.date
    to_on: dt.date
    kind: Literal["leave", "training", "detached"] = "leave"


class LeaveView(BaseModel):
    """Who is away and when; why is nobody's business here."""

    staff: str
    name: str
    from_on: dt.date
    to_on: dt.date
    kind: str


class LeaveList(BaseModel):
    """By person and first day."""

    leave: list[LeaveView]


class MusterOrder(BaseModel):
    """Where a unit's teams begin and end their day, EPSG:4490."""

    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-85, le=85)]


class MusterView(BaseModel):
    """A unit and where it musters."""

    code: str
    name: str
    lon: float
    lat: float


class MusterList(BaseModel):
    """By code."""

    musters: list[MusterView]


class WorthOrder(BaseModel):
    """A shift to weigh one more of each in."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    shift: Code
    iterations: Annotated[int, Field(ge=1, le=3000)] = 300
    seeds: Annotated[list[Annotated[int, Field(ge=0, lt=1 << 31)]], Field(min_length=1, max_length=5)] = [1, 2]
