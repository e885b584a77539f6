"""Plans over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL


class PlanRequest(BaseModel):
    """A shift to plan."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    shift: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1
    draws: Annotated[
        int | None, Field(ge=2, le=40, description="Draw one of so many plans by the sealed seed of the shift.")
    ] = None
    why: Annotated[str, Field(max_length=400, pattern=NO_NUL, description="Why it is drawn again.")] = ""


class HorizonRequest(BaseModel):
    """Some days to plan in a row."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    days: Annotated[int, Field(ge=1, le=42)] = 7
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1


class PersonTurnsView(BaseModel):
    """What somebody does over the days."""

    staff: str
    shifts: int
    minutes: int
    weekend_shifts: int
    most_with: str
    together: int


class ZoneTurnsView(BaseModel):
    """How often, in how many hours of the day and on how many days a hotspot zone is visited."""

    zone: int
    name: str
    visits: int
    hours: int
    days: int


class HorizonView(BaseModel):
    """The plans of some days, and how people and visits turn."""

    first_on: dt.date
    last_on: dt.date
    plans: list[dict[str, Any]]
    empty: list[dict[str, Any]]
    people: list[PersonTurnsView]
    zones: list[ZoneTurnsView]


class PlanHead(BaseModel):
    """A plan in a list."""

    id: int
    on_date: dt.date
    shift_code: str
    shift_name: str
    version: int
    status: Literal["draft", "published", "superseded"]
    starts_at: dt.datetime
    ends_at: dt.datetime
    seed: int
    iterations: int
    weight_served: float
    weight_total: float
    made_at: dt.datetime
    made_by: str
    published_at: dt.datetime | None


class PlanList(BaseModel):
    """Plans, the newest first; ``before`` the last id gives the next page."""

    plans: list[PlanHead]


class Member(BaseModel):
    """Somebody in a team."""

    code: str
    name: str | None


class Team(BaseModel):
    """A team; names only for people who signed in."""

    code: str
    kind: str
    mode: str
    district_code: str | None
    licences: int
    color_index: int
    duration_s: int
    distance_m: int
    start_lon: float
    start_lat: float
    members: list[Member]
    vehicles: list[str]


class Stop(BaseModel):
    """A stop at its time, or unserved (no team) with the reason.

    Between ``arrive_at`` and ``begin_at`` the team waits. ``saved`` is what a visit of a place that fills up again
    saves, ``earlier`` and ``later`` what ten minutes would change, in thousandths of a violation-minute.
    """

    team: str | None
    seq: int | None
    key: str
    kind: str
    name: str
    district_code: str | None
    weight: float
    service_s: int
    arrive_at: dt.datetime | None
    begin_at: dt.datetime | None
    leave_at: dt.datetime | None
    window_from_at: dt.datetime | None
    window_to_at: dt.datetime | None
    reason_code: str | None
    reason_facts: dict[str, Any]
    lon: float
    lat: float
    duty: str | None
    required: bool
    saved: int | None
    earlier: int | None
    later: int | None


class PlanDetail(PlanHead):
    """A plan with its teams and stops."""

    teams: list[Team]
    stops: list[Stop]
