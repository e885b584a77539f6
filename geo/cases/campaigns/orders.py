"""What people say of campaigns, and how they are refused."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from geo.errors import Conflict, Invalid, NotFound


class UnknownCampaign(NotFound):
    """There is no such campaign, posture, unit or person."""


class BadCampaign(Invalid):
    """A campaign that cannot be; the facts name the field."""


class CampaignTaken(Conflict):
    """The code is another's, or what it says is settled."""


class NotStarted(Conflict):
    """A campaign that has not started has no figures."""


class TooEarly(Conflict):
    """A step whose day has not come; the facts name it."""


@dataclass(frozen=True, slots=True)
class Team:
    """A unit and its leader by code and staff number, with how many it sends."""

    unit: str
    leader: str
    people: int
    vehicles: int = 0


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign as somebody enters it; ``ground`` is WKB of a polygon, EPSG:4490, x = lon."""

    code: str
    name: str
    goal: str
    codes: tuple[str, ...]
    first_on: dt.date
    last_on: dt.date
    ground: bytes
    teams: tuple[Team, ...]
    code_system: str | None = None
    posture: str | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """出动 of a day: people and vehicles that went out, and minutes of people; ``uid`` is made by the client."""

    uid: uuid.UUID
    on_date: dt.date
    people: int
    vehicles: int
    person_minutes: int
    note: str = ""
