"""Codes, limits, responsibilities, working time and regimes over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from geo.cases.books import NAMES

TableName = Annotated[str, Field(pattern="^(" + "|".join(NAMES) + ")$")]
"""Any of the tables of :data:`geo.cases.books.NAMES`."""

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]


class CaseTable(BaseModel):
    """A table as CSV text, with Chinese or English headings."""

    model_config = ConfigDict(extra="forbid")

    csv: Annotated[str, Field(min_length=1, max_length=900_000, pattern=NO_NUL)]


class RowsTaken(BaseModel):
    """How many rows a table had."""

    rows: int


class CaseCodeView(BaseModel):
    """A code of the county's lists."""

    code_system: str
    standard: str
    version: str
    extends: str | None
    code: str
    kind: Literal["event", "component"]
    group_zh: str
    group_en: str
    zh: str
    en: str
    unit: str
    service_min: int | None


class CaseCodeList(BaseModel):
    """Codes by system, events first."""

    codes: list[CaseCodeView]


class MatrixReport(BaseModel):
    """Where the matrix names nobody, or two; empty lists when all is well."""

    overlaps: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    gap_count: int


class OwnerView(BaseModel):
    """Who answers for a code at a point, how long handling may take there, and under which regime."""

    district_code: str | None
    town: str | None
    road: str | None
    regime: str | None
    tolerance_min: int
    first_step: Literal["persuade", "warn"]
    unit: str | None
    staff: str | None
    amount: int
    unit_kind: str
    counts_from: str
    permille: int


class StreetRegime(BaseModel):
    """A street with its regime on the day asked for."""

    name: str | None
    regime: Literal["strict", "controlled", "standard"]
    stretches: int
    length_m: int
    since_on: dt.date
    set_by: str


class StreetRegimes(BaseModel):
    """Streets by name."""

    streets: list[StreetRegime]


class RegimeOrder(BaseModel):
    """A street, by name or by its rows, is kept otherwise from a day on."""

    model_config = ConfigDict(extra="forbid")

    regime: Literal["strict", "controlled", "standard"]
    from_on: dt.date
    street: Text | None = None
    road_ids: Annotated[list[Annotated[int, Field(ge=1, lt=1 << 63)]], Field(max_length=2000)] = []


class DeskOrder(BaseModel):
    """Staff number of who answers for what no unit has."""

    model_config = ConfigDict(extra="forbid")

    staff: Text


class DatesRead(BaseModel):
    """Open problems whose dates were worked out anew, and how many of them changed."""

    problems: int
    changed: int
