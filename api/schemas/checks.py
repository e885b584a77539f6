"""Enterprises and their checks, over the wire: behind login, to the whole county's staff who plan."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
Sentence = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]


class DrawRequest(BaseModel):
    """A 双随机 draw to make."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=500)]
    power_item: Sentence
    first_on: dt.date
    last_on: dt.date
    kinds: Annotated[list[Word], Field(max_length=20)] = []
    covert: bool = False


class DrawnCheck(BaseModel):
    """An enterprise and the pair of officers drawn with it."""

    enterprise: str
    officers: list[str]


class DrawView(BaseModel):
    """A draw as it came out; the seal was in the change log before the lists were read."""

    draw: int
    seed_sha256: str
    pool: int
    checks: list[DrawnCheck]


class CheckRequest(BaseModel):
    """An entry that no draw chose."""

    model_config = ConfigDict(extra="forbid")

    enterprise: Word
    reason: Literal["planned", "complaint", "ordered"] = "planned"
    reference: Word | None = None
    power_item: Sentence
    first_on: dt.date
    last_on: dt.date
    covert: bool = False


class KitchenRequest(BaseModel):
    """Entries to be planned into restaurants, or to gas users, of the register."""

    model_config = ConfigDict(extra="forbid")

    power_item: Sentence
    first_on: dt.date
    last_on: dt.date
    most: Annotated[int, Field(ge=1, le=1000)] = 50


class KitchenAnswer(BaseModel):
    """By number in the register: the check written down; or why none was (``open``: one is to be made; ``cap``)."""

    added: dict[str, int]
    left_out: dict[str, Literal["open", "cap"]]


class CheckEnd(BaseModel):
    """The day a check was made; none cancels it."""

    model_config = ConfigDict(extra="forbid")

    done_on: dt.date | None = None


class CheckView(BaseModel):
    """An entry into an enterprise."""

    id: int
    enterprise: str
    name: str
    kind: str
    reason: str
    reference: str | None
    power_item: str
    covert: bool
    first_on: dt.date
    last_on: dt.date
    draw_id: int | None
    status: str
    done_on: dt.date | None
    first_officer: str | None
    second_officer: str | None


class CheckList(BaseModel):
    """Entries by their last day."""

    checks: list[CheckView]


class EnterpriseView(BaseModel):
    """A site or enterprise; ``entries`` are the days that count against its cap."""

    code: str
    name: str
    kind: str
    opening: str | None
    gate_every_days: int | None
    cap_per_year: int
    active: bool
    entries: list[dt.date]
    lon: float
    lat: float


class EnterpriseList(BaseModel):
    """The register by code."""

    enterprises: list[EnterpriseView]
