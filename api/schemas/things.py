"""What the registers of things and dangers have in common over the wire: steps, logs, pictures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Id = Annotated[int, Field(ge=1, lt=1 << 63)]
Word = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
Short = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]

Level = Literal["major", "general"]


class Strict(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """Read from rows and records alike."""

    model_config = ConfigDict(from_attributes=True)


class StepView(View):
    """One line of a row's log."""

    n: int
    step: str
    from_state: str | None
    to_state: str
    at: dt.datetime
    actor: str
    note: str
    facts: dict[str, Any]


class Proof(View):
    """A picture that belongs to a row."""

    uid: uuid.UUID
    kind: Literal["before", "after", "scene", "document"]
    sha256: str
    taken_at: dt.datetime


class StepOrder(Strict):
    """What every step of a register is told; ``uid`` is the client's, so that a retry changes nothing."""

    uid: uuid.UUID | None = None
    at: AwareDatetime | None = None
    note: Long = ""
