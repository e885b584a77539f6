"""What a shift asks: stops, teams and travel between them, checked once; solvers and checkers read only this.

Times are whole seconds after the shift's start; a place is the number of a position in :attr:`Problem.travel`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geo.errors import Invalid
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from geo.roads.places import OffNetwork, Place, TravelMatrix

CLOSED = "patrol.reason_closed"
"""Reason of a place that is not open in the shift: it was no demand of it."""

StopKind = Literal["zone", "pass", "lamps", "enforcement"]


class ProblemBroken(Invalid):
    """The data of a shift contradict themselves; the facts name the entry."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff on duty. ``licence_to_on`` is the last valid day; none without a licence."""

    id: int
    code: str
    kind: str
    licence_from_on: dt.date | None = None
    licence_to_on: dt.date | None = None
    squad_id: int | None = None
    leads: bool = False

    def licensed(self, on: dt.date) -> bool:
        """Whether the licence is valid on that day."""
        if self.licence_to_on is None:
            return False
        return (self.licence_from_on is None or self.licence_from_on <= on) and on <= self.licence_to_on


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A car or e-bike fit for use."""

    id: int
    code: str
    kind: str
    seats: int
    squad_id: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to do a stop in a mode: where it begins and ends (places), how long, and whether against its line."""

    entry: int
    exit: int
    service_s: int
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Something worth doing in the shift.

    ``options`` holds, by mode, the ways to do it; a mode without any cannot. ``off`` says why per mode.
    ``window`` bounds the work, begin and end; none if it is closed the whole shift, and then ``hours`` says when not.
    ``roaming_first`` keeps it from local teams while a roaming one has time for it.
    ``path`` is the line of a stretch of street, EPSG:4490, empty for a spot; ``length_m`` its length.
    """

    key: str
    kind: StopKind
    name: str
    layer: str
    feature_ids: tuple[int, ...]
    district_code: str | None
    lonlat: tuple[float, float]
    weight: float
    licences_needed: int
    window: tuple[int, int] | None
    options: Mapping[Mode, tuple[Option, ...]]
    off: Mapping[Mode, OffNetwork]
    hours: str = ""
    roaming_first: bool = False
    path: tuple[tuple[float, float], ...] = ()
    length_m: int = 0

    def shortest_s(self) -> int:
        """Seconds of work in the quickest mode; 0 if there is no way to do it."""
        return min((option.service_s for ways in self.options.values() for option in ways), default=0)


@dataclass(frozen=True, slots=True)
class Team:
    """People who go together; ``districts`` are the 片区 they may serve, empty for all."""

    code: str
    name: str
    kind: Literal["roaming", "local"]
    mode: Mode
    districts: tuple[str, ...]
    members: tuple[Person, ...]
    vehicles: tuple[Vehicle, ...]
    licences: int
    start: int
    lonlat: tuple[float, float]

    def serves(self, stop: Stop) -> bool:
        """Whether ground, licences and mode let this team do the stop."""
        return (
            (not self.districts or stop.district_code in self.districts)
            and self.licences >= stop.licences_needed
            and bool(stop.options.get(self.mode))
        )


@dataclass(frozen=True)
class Problem:
    """A shift of a county, ready to be planned.

    Raises
    ------
    ProblemBroken
        On construction, if keys repeat, a place does not exist, a weight or time is negative, or a window
        lies outside the shift.
    """

    on_date: dt.date
    starts_at: dt.datetime
    shift_s: int
    stops: tuple[Stop, ...]
    teams: tuple[Team, ...]
    places: Mapping[Mode, tuple[Place, ...]]
    travel: Mapping[Mode, TravelMatrix]

    def __post_init__(self) -> None:
        keys = [stop.key for stop in self.stops] + [team.code for team in self.teams]
        if len(set(keys)) < len(keys):
            raise ProblemBroken("patrol.problem_broken", entry=max(keys, key=keys.count), rule="unique")
        for stop in self.stops:
            low, high = stop.window or (0, 0)
            if not (0 <= low <= high <= self.shift_s) or not stop.weight >= 0:
                raise ProblemBroken("patrol.problem_broken", entry=stop.key, rule="window")
            for mode, ways in stop.options.items():
                count = len(self.places[mode])
                if any(not (0 <= o.entry < count and 0 <= o.exit < count and o.service_s >= 0) for o in ways):
                    raise ProblemBroken("patrol.problem_broken", entry=stop.key, rule="place")
        for team in self.teams:
            if not 0 <= team.start < len(self.places[team.mode]):
                raise ProblemBroken("patrol.problem_broken", entry=team.code, rule="place")
        for mode, matrix in self.travel.items():
            if matrix.duration_s.shape != (len(self.places[mode]),) * 2 or (matrix.duration_s < 0).any():
                raise ProblemBroken("patrol.problem_broken", entry=mode, rule="matrix")

    def travel_s(self, mode: Mode, start: int, end: int) -> int:
        """Seconds between two places."""
        return int(self.travel[mode].duration_s[start, end])

    def digest(self) -> str:
        """SHA-256 of everything a plan depends on, the same for the same content in any process."""
        teams = [
            [
                t.code,
                t.name,
                t.kind,
                t.mode,
                t.districts,
                [p.id for p in t.members],
                [v.id for v in t.vehicles],
                t.licences,
                t.start,
            ]
            for t in self.teams
        ]
        stops = [
            [
                s.key,
                s.kind,
                s.name,
                s.district_code,
                round(s.weight, 9),
                s.licences_needed,
                s.window,
                s.roaming_first,
                {mode: [[o.entry, o.exit, o.service_s] for o in ways] for mode, ways in sorted(s.options.items())},
                sorted(s.off),
            ]
            for s in self.stops
        ]
        text = json.dumps([self.starts_at.isoformat(), self.shift_s, teams, stops], ensure_ascii=False)
        digest = hashlib.sha256(text.encode())
        for mode in sorted(self.travel):
            for table in (self.travel[mode].duration_s, self.travel[mode].distance_m):
                digest.update(table.astype("<i8").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop in a team's day: which way it is done, when the team is there and leaves."""

    stop: int
    option: int
    arrive_s: int
    leave_s: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a stop is unserved: a message code with the facts its sentence needs."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Plan:
    """Each team's visits in order (teams in the problem's order), and why each other stop is left out."""

    days: tuple[tuple[Visit, ...], ...]
    unserved: Mapping[int, Reason]
