"""Files for other platforms and their receipts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.problems import NO_NUL

SubjectWord = Literal["case", "penalty", "staff", "activity"]
Plain = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]


class FormColumn(BaseModel):
    """A column: heading, our field or a fixed text, how moments are written (strftime), words of ours made theirs."""

    model_config = ConfigDict(extra="forbid")

    heading: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    field: Plain | None = None
    text: Plain | None = None
    format: Annotated[str, StringConstraints(max_length=40, pattern=r"^[%YmdHMS/: 年月日时分秒.-]*$")] | None = None
    words: dict[Plain, Plain] = Field(default_factory=dict, max_length=500)


class FormOrder(BaseModel):
    """The columns in order."""

    model_config = ConfigDict(extra="forbid")

    columns: list[FormColumn] = Field(min_length=1, max_length=200)


class FormView(BaseModel):
    """In which columns a platform wants something."""

    platform: str
    subject: SubjectWord
    columns: list[dict[str, Any]]
    set_by: str
    set_at: dt.datetime


class FormList(BaseModel):
    """By platform and subject."""

    forms: list[FormView]


class DeliveryOrder(BaseModel):
    """Local days, both included."""

    model_config = ConfigDict(extra="forbid")

    from_on: dt.date = Field(ge=dt.date(1990, 1, 1), le=dt.date(2199, 12, 31))
    to_on: dt.date = Field(ge=dt.date(1990, 1, 1), le=dt.date(2199, 12, 31))


class DeliveryView(BaseModel):
    """A file that was handed over, and the platform's receipt."""

    id: int
    platform: str
    subject: SubjectWord
    from_on: dt.date
    to_on: dt.date
    rows: int
    file_sha256: str
    made_by: str
    made_at: dt.datetime
    receipt: str | None
    accepted: int
    refused: int
    note: str
    received_at: dt.datetime | None
    received_by: str | None


class DeliveryList(BaseModel):
    """The newest first."""

    deliveries: list[DeliveryView]


class ReceiptOrder(BaseModel):
    """What a platform said of a file."""

    model_config = ConfigDict(extra="forbid")

    receipt: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    accepted: int = Field(ge=0, lt=1 << 31)
    refused: int = Field(0, ge=0, lt=1 << 31)
    note: Annotated[str, StringConstraints(max_length=400, pattern=NO_NUL)] = ""
