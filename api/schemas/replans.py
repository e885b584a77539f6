"""What came up during a shift, over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]


class UrgentCase(BaseModel):
    """A case that came up: where (degrees), minutes of work, minutes until it is to be done."""

    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    work_min: Annotated[int, Field(ge=1, le=1440)]
    due_min: Annotated[int, Field(ge=1, le=1440)]
    licences: Annotated[int, Field(ge=0, le=10)] = 0


class AgainRequest(BaseModel):
    """News about a shift; ``now`` is this instant unless given."""

    model_config = ConfigDict(extra="forbid")

    now: AwareDatetime | None = None
    urgent: Annotated[list[UrgentCase], Field(max_length=50)] = []
    absent: Annotated[list[Code], Field(max_length=500, description="Staff numbers.")] = []
    out: Annotated[list[Code], Field(max_length=500, description="Vehicle numbers.")] = []
    late: Annotated[
        dict[Code, Annotated[int, Field(ge=1, le=1440)]],
        Field(max_length=200, description="Team code → minutes behind."),
    ] = {}
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1

    def at(self) -> dt.datetime:
        """The instant from which to plan."""
        return self.now or dt.datetime.now(dt.UTC)
