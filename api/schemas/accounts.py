"""Accounts, and what is somebody's own, over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from api.schemas.patrol import PlanHead, Stop, Team


class AccountView(BaseModel):
    """An account, and who is behind it."""

    login: str
    role: str
    unit: str | None
    active: bool
    staff: str | None
    name: str | None
    last_login_at: dt.datetime | None


class AccountList(BaseModel):
    """By login."""

    accounts: list[AccountView]


class LinkOrder(BaseModel):
    """The staff number of the person an account is."""

    model_config = ConfigDict(extra="forbid")

    staff: Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]


class OwnDuty(BaseModel):
    """A shift somebody is on, by local time; an end that is not after the start is on the next day."""

    shift_code: str
    shift_name: str
    start_time: dt.time
    end_time: dt.time
    role: str


class OwnShift(PlanHead):
    """A published shift: one's own team, its stops in order, its line (GeoJSON geometry in degrees)."""

    team: Team
    stops: list[Stop]
    route: dict[str, Any] | None


class OwnDay(BaseModel):
    """A person's day; ``away`` is the kind of leave."""

    staff: str
    name: str
    on_date: dt.date
    away: str | None
    duties: list[OwnDuty]
    shifts: list[OwnShift]
