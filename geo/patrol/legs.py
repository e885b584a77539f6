"""A plan's legs as the checker searches them, and what it finds broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely import LineString


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken rule: its word, and the team and stop it concerns ('' where none)."""

    rule: str
    team: str = ""
    stop: str = ""


@dataclass(frozen=True)
class Leg:
    """A stretch of a team's day as searched again on the streets; no line where nothing is ridden."""

    kind: Literal["travel", "pass"]
    duration_s: int
    distance_m: int
    line: LineString | None
