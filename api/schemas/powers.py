"""The 权责清单 over the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

PowerKind = Literal["penalty", "permit", "measure", "inspection"]
Gravity = Literal["minor", "ordinary", "serious", "grave"]
Party = Literal["person", "body", "any"]
Review = Literal["leader", "legal", "collective"]
BodyKind = Literal["agency", "institution", "entrusted"]


class PowerItemLine(BaseModel):
    """An item in force with the event codes it is about."""

    code: str
    kind: PowerKind
    name: str
    article: str
    event_codes: list[str]


class PowerItemList(BaseModel):
    """Items in force, by code."""

    items: list[PowerItemLine]


class BandLine(BaseModel):
    """裁量档次: a fine in yuan from least to most, both included."""

    model_config = ConfigDict(from_attributes=True)

    gravity: Gravity
    party: Party
    least_yuan: int
    most_yuan: int
    reviewers: list[Review]
    condition: str


class PowerItemDetail(BaseModel):
    """An item with its bands."""

    code: str
    kind: PowerKind
    name: str
    article: str
    active: bool
    bands: list[BandLine]


class EnforcementBodyLine(BaseModel):
    """执法主体; ``may_coerce`` is false for a 事业单位 and a 受委托组织."""

    code: str
    name: str
    kind: BodyKind
    head: str
    may_coerce: bool


class EnforcementBodyList(BaseModel):
    """Bodies in use, by code."""

    bodies: list[EnforcementBodyLine]


class LawFigure(BaseModel):
    """A figure of law or custom as it holds here."""

    name: str
    value: int
    default: int
    basis: str


class LawFigureList(BaseModel):
    """All of them, by name."""

    figures: list[LawFigure]


class LawFigureChange(BaseModel):
    """A figure said anew, with what it rests on."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[int, Field(ge=0, le=1_000_000)]
    basis: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]


class TableText(BaseModel):
    """A table as CSV text, with Chinese or English headings."""

    model_config = ConfigDict(extra="forbid")

    csv: Annotated[str, Field(min_length=1, max_length=900_000, pattern=NO_NUL)]


class Taken(BaseModel):
    """How many rows of what were taken."""

    counts: dict[str, int]
