"""Plans of a 片区 over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from geo.patrol.treatment import content as written

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Codes = Annotated[list[Text], Field(max_length=100)]
Status = Literal["draft", "approved", "running", "ended", "evaluated", "withdrawn"]
Identity = Annotated[int, Field(ge=1, lt=1 << 63)]


class Strict(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class TreatmentProblem(Strict):
    """What is wrong."""

    name: Text
    codes: Codes = []
    place: Long = ""
    note: Long = ""


class TreatmentTarget(Strict):
    """What is to become of it: events a week at most, or a share in thousandths."""

    measure: Literal["events", "returns", "posts_on_time", "passes", "streets"]
    goal: Annotated[int, Field(ge=0, le=1_000_000)]
    codes: Codes = []


class TreatmentStreet(Strict):
    """Streets passed so many times in each shift."""

    name: Text
    road_ids: Annotated[list[Identity], Field(min_length=1, max_length=2000)]
    passes: Annotated[int, Field(ge=1, le=12)]


class TreatmentFrequency(Strict):
    """On which weekdays a kind of shift serves the plan."""

    shift_code: Text
    weekdays: Annotated[list[Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]], Field(min_length=1, max_length=7)]


class TreatmentContent(Strict):
    """A plan as written; ``owner`` is a staff number, ``posts`` codes of fixed posts."""

    title: Text
    goal: Long
    owner: Text
    from_on: dt.date
    to_on: dt.date
    problems: Annotated[list[TreatmentProblem], Field(max_length=50)] = []
    targets: Annotated[list[TreatmentTarget], Field(max_length=50)] = []
    posts: Codes = []
    streets: Annotated[list[TreatmentStreet], Field(max_length=500)] = []
    frequency: Annotated[list[TreatmentFrequency], Field(max_length=20)] = []

    def as_written(self) -> written.Content:
        """The same for the domain."""
        return written.read_content(self.model_dump())

    @classmethod
    def of(cls, content: written.Content) -> TreatmentContent:
        """From the domain."""
        plain = {name: getattr(content, name) for name in ("title", "goal", "owner", "from_on", "to_on", "posts")}
        return cls.model_validate({**plain, "posts": list(content.posts), **content.lists()})


class TreatmentDraft(TreatmentContent):
    """A new draft for a 片区."""

    district_code: Text


class TreatmentRevision(TreatmentContent):
    """A draft written anew; ``revision`` is the one the writer has seen."""

    revision: Annotated[int, Field(ge=1)]


class TreatmentStepOrder(Strict):
    """What is to be done with a plan."""

    step: Literal["approve", "start", "end", "evaluate", "withdraw"]
    note: Long = ""


class TreatmentHead(BaseModel):
    """A plan in a list."""

    id: int
    district_code: str
    version: int
    status: Status
    title: str
    owner: str
    from_on: dt.date
    to_on: dt.date


class TreatmentList(BaseModel):
    """Plans, the newest first."""

    treatments: list[TreatmentHead]


class TreatmentNote(BaseModel):
    """Something that was done with a plan."""

    step: str
    status: Status
    note: str
    at: dt.datetime
    actor: str


class TreatmentDetail(TreatmentHead):
    """A plan with everything it says, what was measured, what was done, and what can be done now."""

    revision: int
    goal: str
    problems: list[TreatmentProblem]
    targets: list[TreatmentTarget]
    posts: list[str]
    streets: list[TreatmentStreet]
    frequency: list[TreatmentFrequency]
    baseline: dict[str, Any] | None
    evaluation: dict[str, Any] | None
    history: list[TreatmentNote]
    open_steps: list[str]
