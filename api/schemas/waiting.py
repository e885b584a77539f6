"""Rows that wait to be put on the map, and how data sets are read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.problems import NO_NUL

WaitingState = Literal["waiting", "placed", "refused"]


class WaitingRow(BaseModel):
    """A row of a file that says its place in words; ``row`` is its number in the file."""

    id: int
    layer: str
    source: str
    file_name: str
    row: int
    place_text: str
    cells: dict[str, Any]
    state: WaitingState
    lon: float | None
    lat: float | None
    note: str
    came_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None


class WaitingList(BaseModel):
    """Rows by id."""

    rows: list[WaitingRow]


class PlaceProposal(BaseModel):
    """A place the words may mean; ``confidence`` in thousandths, ``radius_m`` how far the named place reaches."""

    kind: str
    name: str
    lon: float
    lat: float
    radius_m: int
    confidence: int
    district: str | None
    matched: list[str]


class ProposalList(BaseModel):
    """The surest first; empty if no name of the county is recognised."""

    proposals: list[PlaceProposal]


class PlaceOrder(BaseModel):
    """Where a row is: degrees, EPSG:4490."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class RefusalOrder(BaseModel):
    """Why a row gets no place."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=NO_NUL)]


class ImportSourceView(BaseModel):
    """How a data set's files are read."""

    layer: str
    name: str
    options: dict[str, Any]
    columns: list[str]
    set_by: str
    set_at: dt.datetime


class ImportSourceList(BaseModel):
    """By layer and name."""

    sources: list[ImportSourceView]


class ControlSetView(BaseModel):
    """A local frame as solved; ``spare`` equations more than unknowns: without any the residuals prove nothing."""

    name: str
    method: Literal["helmert", "affine"]
    points: int
    spare: int
    rms_m: float
    worst_m: float
    limit_m: float
    made_by: str
    made_at: dt.datetime


class ControlPointView(BaseModel):
    """A control point: local x (east) and y (north), metres; how far the solution is off, east, north and together."""

    key: str
    control: str
    name: str
    local_x: float
    local_y: float
    off_x_m: float
    off_y_m: float
    off_m: float
    standing: Literal["near", "far", "unproved"]
    lon: float
    lat: float


class ControlList(BaseModel):
    """Sets by name, points in the order of their tables; ``far`` is beyond half of what a point may be off."""

    sets: list[ControlSetView]
    points: list[ControlPointView]
