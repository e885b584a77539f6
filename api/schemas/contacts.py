"""Contact points and their visits over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL


class ContactView(BaseModel):
    """A contact point with its visits in the days asked about: 次, and people met, 人次."""

    id: int
    name: str
    kind: str
    unit_code: str | None
    lon: float
    lat: float
    visits: int
    people: int
    last_at: dt.datetime | None


class ContactList(BaseModel):
    """Those visited longest ago, or never, first."""

    contacts: list[ContactView]


class VisitMade(BaseModel):
    """A visit; ``uid`` is made by the client, sending it again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    at: AwareDatetime
    people: Annotated[int, Field(ge=0, le=10_000)]
    topic: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]


class VisitTaken(BaseModel):
    """Number of the visit."""

    id: int


class VisitView(BaseModel):
    """A visit."""

    id: int
    uid: uuid.UUID
    at: dt.datetime
    people: int
    topic: str
    staff: str
    district_code: str | None


class ContactVisits(BaseModel):
    """The newest first."""

    visits: list[VisitView]
