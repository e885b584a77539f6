"""Sites, their checks and filings over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from geo.cases.worksites.checks import Finding, SiteCheck

Code = Annotated[str, Field(min_length=1, max_length=80, pattern=NO_NUL)]
Outcome = Literal["corrected", "source_fixed", "open"]
Type = Literal["site", "demolition", "idle_land", "batching"]


class FindingMade(BaseModel):
    """An item out of order, and what became of it before the officer left."""

    model_config = ConfigDict(extra="forbid")

    item: Code
    outcome: Outcome = "open"
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1


class SiteCheckMade(BaseModel):
    """A check; ``uid`` is made by the client, so that sending it again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    uid: uuid.UUID
    site: Code
    at: AwareDatetime
    gate: Code | None = None
    items: Annotated[list[Code], Field(max_length=99)] = []
    findings: Annotated[list[FindingMade], Field(max_length=99)] = []
    note: Annotated[str, Field(max_length=2_000, pattern=NO_NUL)] = ""
    staff: Code | None = None
    permit_checked: bool = False
    """已审批? was asked: what is found goes beyond the permits in force there."""

    def plain(self) -> SiteCheck:
        """As the room takes it."""
        found = tuple(Finding(one.item, one.outcome, one.quantity) for one in self.findings)
        return SiteCheck(
            self.uid, self.site, self.at, found, tuple(self.items), self.gate, self.note, self.staff,
            self.permit_checked,
        )  # fmt: skip


class SiteChecked(BaseModel):
    """Number of the check."""

    id: int


class FindingView(BaseModel):
    """What was found; ``problem_id`` is empty where nobody could answer for a problem."""

    item: str
    event_code: str
    outcome: Outcome
    quantity: int
    problem_id: int | None


class SiteCheckView(BaseModel):
    """A check on file: ``found`` are the items out of order, ``result`` what had become of them; it stands where its
    site does."""

    id: int
    uid: uuid.UUID
    site_code: str
    gate_code: str | None
    site_type: Type
    district_code: str | None
    at: dt.datetime
    items: list[str]
    note: str
    actor: str
    findings: list[FindingView]
    found: list[str]
    result: Literal["in_order", "put_right", "open"]
    site_name: str | None
    lon: float | None
    lat: float | None


class SiteCheckList(BaseModel):
    """The first first."""

    checks: list[SiteCheckView]


class SiteDayView(BaseModel):
    """A site under way, and how often it was checked that day."""

    code: str
    name: str
    site_type: Type
    works: str
    district_code: str | None
    lon: float
    lat: float
    checks: int


class SiteDay(BaseModel):
    """Unchecked ones first."""

    sites: list[SiteDayView]


class FilingView(BaseModel):
    """How a site at work stands with what it must file; ``by``: the paper was found by a grant or by its ground."""

    code: str
    name: str
    site_type: Type
    district_code: str | None
    builder: str | None
    lon: float
    lat: float
    standing: Literal["unfiled", "expired", "not_yet", "revoked", "expiring", "filed"]
    kind: Literal["haulage", "batching"]
    number: str | None
    valid_to_on: dt.date | None
    by: Literal["grant", "ground"] | None


class FilingList(BaseModel):
    """What presses most first."""

    filings: list[FilingView]


class ItemView(BaseModel):
    """One line of a checklist."""

    site_type: Type
    code: str
    zh: str
    en: str
    event_code: str
    seq: int


class Checklists(BaseModel):
    """By type, in order."""

    items: list[ItemView]


class CountView(BaseModel):
    """A figure with the rows it rests on."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    count: int
    unit: str
    table: str
    ids: list[int]


class CountList(BaseModel):
    """Units are never summed."""

    counts: list[CountView]


class SettledView(BaseModel):
    """What changed."""

    model_config = ConfigDict(from_attributes=True)

    sites: int
    gates: int
