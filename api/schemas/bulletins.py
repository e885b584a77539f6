"""Bulletins and rankings over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

BulletinKind = Literal["day", "week", "month"]


class BulletinForm(BaseModel):
    """The period a local day is in; ``note`` says why it is issued again."""

    model_config = ConfigDict(extra="forbid")

    kind: BulletinKind
    on: dt.date
    note: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] = ""


class BulletinHead(BaseModel):
    """What was issued, without what it says."""

    kind: BulletinKind
    from_on: dt.date
    to_on: dt.date
    edition: int
    note: str
    sha256: str
    issued_by: str
    issued_at: dt.datetime


class BulletinView(BulletinHead):
    """As it was issued, and in sentences; ``whole``: what it says has the digest it was issued with."""

    content: dict[str, Any]
    prose: str
    whole: bool


class BulletinList(BaseModel):
    """The newest period first."""

    bulletins: list[BulletinHead]


class BulletinDraft(BaseModel):
    """What a bulletin would say now, and in sentences."""

    content: dict[str, Any]
    prose: str
    sha256: str


class PartView(BaseModel):
    """A rate with both its counts, and the hundredths of a point it brought; none: too little to judge it by."""

    indicator: str
    zh: str
    en: str
    better: Literal["high", "low"]
    points: int
    least: int
    numerator: int
    denominator: int
    earned_hundredths: int | None


class RankedView(BaseModel):
    """A team, town or 片区 in its place; ``problems`` is where the records behind are read."""

    rank: int | None
    key: str
    name: str
    score_hundredths: int | None
    judged: int
    points: int
    reported: int
    parts: list[PartView]
    problems: str


class RankingView(BaseModel):
    """From the best down; those without a rank last."""

    by: str
    first: dt.date
    last: dt.date
    ranking: list[RankedView]
