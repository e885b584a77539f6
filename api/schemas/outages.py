"""Dark lamps over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.things import Long, StepOrder, StepView, Strict, View, Word

Cause = Literal["ordinary", "cable", "vandalism"]
OutageState = Literal["open", "put_off", "mended", "closed", "voided", "merged"]


class OutageReported(Strict):
    """Dark lamps by pole number."""

    uid: uuid.UUID
    lamps: Annotated[list[Word], Field(min_length=1, max_length=500)]
    found_at: AwareDatetime
    origin: Literal["night_patrol", "public", "event"] = "night_patrol"
    cause: Cause = "ordinary"
    event_uid: uuid.UUID | None = None
    staff: Word | None = None
    note: Long = ""


class OutageStep(StepOrder):
    """A step; ``cause`` with ``find_cause``, ``look_again_on`` with ``put_off``."""

    step: Literal["find_cause", "mend", "put_off", "void", "resume", "confirm", "reopen"]
    cause: Cause | None = None
    look_again_on: dt.date | None = None


class OutageView(View):
    """An outage: of single lamps, or of the circuit named."""

    id: int
    uid: uuid.UUID
    circuit: str | None
    cause: Cause
    origin: str
    state: OutageState
    found_at: dt.datetime
    due_at: dt.datetime
    mended_at: dt.datetime | None
    look_again_on: dt.date | None
    district_code: str | None
    staff: str
    merged_into: int | None
    lamps: list[int]
    breached: bool


class OutageTaken(OutageView):
    """The outage the lamps are in now; ``known`` were in one already, ``saved`` are off by plan."""

    joined: bool
    known: list[int]
    saved: list[int]


class OutageDetail(OutageView):
    """An outage with its log."""

    history: list[StepView]
    open_steps: list[str]


class OutageList(View):
    """Outages, what is due first first."""

    outages: list[OutageView]


class Adopted(View):
    """Outages opened for events and for lamps at fault."""

    outages: list[int]


class NightView(View):
    """When the lamps of a plan burn in the night that begins on the day asked."""

    plan: str
    on_at: dt.datetime
    off_at: dt.datetime
    half_off_at: dt.datetime


class NightList(View):
    """Burning hours by plan; a plan without a season for the day is left out."""

    on: dt.date
    nights: list[NightView]
