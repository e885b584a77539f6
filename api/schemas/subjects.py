"""Files of offenders over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL
from geo.cases.subjects import identity as kept
from geo.cases.subjects.actions import Purpose

Short = Annotated[str, Field(max_length=120, pattern=NO_NUL)]
Said = Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
Row = Annotated[int, Field(ge=1, lt=1 << 63)]
PurposeWord = Literal["ladder", "recheck", "penalty", "complaint", "inspection", "own_request"]


class Strict(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class WhatFor(Strict):
    """What a look is for, and the number of the case, notice or complaint."""

    purpose: PurposeWord
    reference: Said

    def as_purpose(self) -> Purpose:
        """The same for the domain."""
        return Purpose(self.purpose, self.reference)


class IdentityBody(Strict):
    """Who a file is about; a person's identity number only within a penalty."""

    kind: Literal["person", "shop"]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
    owner: Short = ""
    phone: Short = ""
    number: Short = ""

    def as_identity(self) -> kept.Identity:
        """The same for the domain."""
        return kept.Identity(self.kind, self.name, self.owner, self.phone, self.number)


class SubjectDraft(Strict):
    """A file to be written down as somebody's note."""

    uid: Annotated[uuid.UUID, Field(description="UUIDv7 made by the client; the same again changes nothing.")]
    district_code: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
    identity: IdentityBody


class SubjectMade(BaseModel):
    """The file's number."""

    id: int


class SubjectSearch(WhatFor):
    """Who is looked for."""

    identity: IdentityBody


class SubjectRewrite(WhatFor):
    """A file's identity, corrected or completed."""

    identity: IdentityBody


class SubjectMatch(BaseModel):
    """A file that may be the same; of another squad's only where it is."""

    id: int | None
    mask: str
    kind: str
    state: str
    district_code: str
    shared: list[str]


class SubjectMatches(BaseModel):
    """The surest first."""

    matches: list[SubjectMatch]


class SubjectLine(BaseModel):
    """A file as it is listed, masked."""

    id: int
    uid: uuid.UUID
    kind: str
    state: str
    district_code: str
    mask: str


class SubjectList(BaseModel):
    """Files, the newest first."""

    subjects: list[SubjectLine]


class SubjectFile(BaseModel):
    """A file that was looked into: masked, unless the whole was asked for."""

    id: int
    uid: uuid.UUID
    kind: str
    state: str
    district_code: str
    name: str
    owner: str
    phone: str
    number: str
    merged_into_id: int | None
    incidents: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    penalties: list[dict[str, Any]]
    merges: list[dict[str, Any]]


class MergeOrder(Strict):
    """The file that joins this one, and why."""

    gone: Row
    reason: Said


class MergeMade(BaseModel):
    """The merge's number, by which it can be split."""

    merge: int


class Reason(Strict):
    """Why."""

    reason: Said


class Look(BaseModel):
    """A look into a file."""

    at: dt.datetime
    actor: str
    purpose: str
    reference: str
    whole: bool


class LookList(BaseModel):
    """Looks, the newest first."""

    looks: list[Look]


class DeletionLine(BaseModel):
    """That expired rows are gone: of what, how many, the digest of their uids, and what was kept for which duty."""

    id: int
    what: str
    before_on: dt.date
    gone: int
    left_over: int
    ids_sha256: str
    kept_for: dict[str, int]
    at: dt.datetime
    actor: str


class DeletionList(BaseModel):
    """Deletions, the newest first."""

    deletions: list[DeletionLine]
