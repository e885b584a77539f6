"""Names of places over the wire."""

from __future__ import annotations

from pydantic import BaseModel


class PlaceCandidate(BaseModel):
    """A place a text may mean; ``confidence`` in thousandths, ``matched`` the county's names it was recognised by."""

    kind: str
    name: str
    lon: float
    lat: float
    radius_m: int
    confidence: int
    district: str | None
    matched: list[str]


class PlaceAnswer(BaseModel):
    """Candidates, the most certain first; from ``sure_from`` on a complaint is placed without a person."""

    places: list[PlaceCandidate]
    sure_from: int


class NameCount(BaseModel):
    """Names of one source and kind."""

    source: str
    kind: str
    names: int


class NameCounts(BaseModel):
    """How many names the county has."""

    counts: list[NameCount]
