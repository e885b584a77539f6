"""What a shift asks: stops, teams and travel between them, checked once; solvers and checkers read only this.

Times are whole seconds after the shift's start; a place is the number of a position in :attr:`Problem.travel`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from geo.errors import Invalid
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from geo.roads.places import OffNetwork, Place, TravelMatrix

CLOSED = "patrol.reason_closed"
"""Reason of a place that is not open in the shift: it was no demand of it."""

PASSED = "patrol.passed"
"""Stands where the reason would, for a stop that is done on the way to others."""

StopKind = Literal["zone", "pass", "lamps", "enforcement", "post", "deadline", "check", "coverage", "break"]

Duty = Literal["law", "post", "deadline", "pass", "coverage", "hotspot"]

DUTIES: Final[tuple[Duty, ...]] = ("law", "post", "deadline", "pass", "coverage", "hotspot")
"""The bureau's order when not everything fits (D14): the last gives way first."""

HERE: Final = -1
"""Entry and exit of work that is done wherever the team happens to be, such as a rest."""


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
    """One way to do a stop in a mode: where it begins and ends (places), how long, and whether against its line.

    Both places are :data:`HERE` for work done wherever the team is.
    """

    entry: int
    exit: int
    service_s: int
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What comes back at a place, and how soon.

    Parameters
    ----------
    per_minute
        Thousandths of violations expected to be active if nobody comes, one a minute of the shift.
    rho_s
        Mean seconds until one is back after a patrol has left.
    cap_s
        Longest time it may stay unvisited while it is open; none if there is no such promise.
    """

    per_minute: tuple[int, ...]
    rho_s: int
    cap_s: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Something worth doing in the shift.

    ``options`` holds, by mode, the ways to do it; a mode without any cannot. ``off`` says why per mode.
    ``windows`` are when the work may be done, seconds after the shift's start, in order and apart; none if it is
    closed the whole shift, and then ``hours`` says when not.
    ``duty`` is its place in the bureau's order of giving way; ``required`` makes it a promise: left out only with a
    true reason, and a recurring one must be visited once at least.
    ``recurrence`` lets it be visited any number of times, by any team that serves it, ``service_s`` being one stay;
    without it at most once. ``person_ids`` must all be in the team that does it. It begins at least ``gap_s`` after
    the stop with the key ``after`` has ended, if that one is done.
    ``roaming_first`` asks for a team that roams where that costs nothing else.
    ``focus`` is the director's factor that ``weight`` and ``recurrence`` already hold.
    ``path`` is the line of a stretch of street, EPSG:4490, empty for a spot; ``length_m`` its length.
    ``ride_kmh``: it also counts as done where teams ride along it, in its windows and no faster on average, on the way
    to something else; 0 if that never counts. ``cells`` are what a stretch is gone along for, where it is not the
    street itself: column and row of the metric grid, and how many metres there see the cell.
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
    windows: tuple[tuple[int, int], ...]
    options: Mapping[Mode, tuple[Option, ...]]
    off: Mapping[Mode, OffNetwork]
    duty: Duty = "hotspot"
    required: bool = False
    recurrence: Recurrence | None = None
    person_ids: tuple[int, ...] = ()
    after: str | None = None
    gap_s: int = 0
    focus: float = 1.0
    hours: str = ""
    roaming_first: bool = False
    path: tuple[tuple[float, float], ...] = ()
    length_m: int = 0
    ride_kmh: int = 0
    cells: tuple[tuple[int, int, int], ...] = ()

    def shortest_s(self) -> int:
        """Seconds of work in the quickest mode; 0 if there is no way to do it."""
        return min((option.service_s for ways in self.options.values() for option in ways), default=0)

    def begin_from(self, ready_s: int, service_s: int) -> int | None:
        """When work of that length can begin at the earliest, ready at ``ready_s``; None if no window takes it."""
        for low, high in self.windows:
            begin = max(low, ready_s)
            if begin + service_s <= high:
                return begin
        return None


@dataclass(frozen=True, slots=True)
class Crew:
    """People who go together; ``districts`` are the 片区 they may serve, empty for all."""

    code: str
    kind: Literal["roaming", "local"]
    mode: Mode
    districts: tuple[str, ...]
    members: tuple[Person, ...]
    vehicles: tuple[Vehicle, ...]
    licences: int


@dataclass(frozen=True, slots=True)
class Team(Crew):
    """A crew with its name and the place where its day begins and ends."""

    name: str
    start: int
    lonlat: tuple[float, float]

    def holds(self, stop: Stop) -> bool:
        """Whether all people the stop names are in the team."""
        return not stop.person_ids or set(stop.person_ids) <= {person.id for person in self.members}

    def on_its_ground(self, stop: Stop) -> bool:
        """Whether the stop is on the team's ground; one that names people is theirs wherever it is."""
        return not self.districts or bool(stop.person_ids) or stop.district_code in self.districts

    def serves(self, stop: Stop) -> bool:
        """Whether people, ground, licences and mode let this team do the stop."""
        return (
            self.on_its_ground(stop)
            and self.licences >= stop.licences_needed
            and bool(stop.options.get(self.mode))
            and self.holds(stop)
        )


@dataclass(frozen=True)
class Problem:
    """A shift of a county, ready to be planned.

    Raises
    ------
    ProblemBroken
        On construction, if keys repeat, a place does not exist, a weight or time is negative, windows overlap or lie
        outside the shift, a recurrence is not told for every minute, or a stop comes after one that does not exist, or
        one of the two may be visited more than once.
    """

    on_date: dt.date
    starts_at: dt.datetime
    shift_s: int
    stops: tuple[Stop, ...]
    teams: tuple[Team, ...]
    places: Mapping[Mode, tuple[Place, ...]]
    travel: Mapping[Mode, TravelMatrix]
    order: tuple[Duty, ...] = DUTIES
    """Who gives way when not everything fits: the last first."""

    def __post_init__(self) -> None:
        keys = [stop.key for stop in self.stops] + [team.code for team in self.teams]
        if len(set(keys)) < len(keys):
            raise ProblemBroken("patrol.problem_broken", entry=max(keys, key=keys.count), rule="unique")
        once = {stop.key for stop in self.stops if stop.recurrence is None}
        if sorted(self.order) != sorted(DUTIES):
            raise ProblemBroken("patrol.problem_broken", entry="order", rule="duties")
        for stop in self.stops:
            edges = [edge for window in stop.windows for edge in window]
            if (
                edges != sorted(edges)
                or not stop.weight >= 0
                or (edges and not 0 <= edges[0] <= edges[-1] <= self.shift_s)
            ):
                raise ProblemBroken("patrol.problem_broken", entry=stop.key, rule="window")
            if stop.after is not None and (not {stop.key, stop.after} <= once or stop.gap_s < 0):
                raise ProblemBroken("patrol.problem_broken", entry=stop.key, rule="after")
            self._check_recurrence(stop)
            for mode, ways in stop.options.items():
                count = len(self.places[mode])
                if any(not _placed(option, count) for option in ways):
                    raise ProblemBroken("patrol.problem_broken", entry=stop.key, rule="place")
        for team in self.teams:
            if not 0 <= team.start < len(self.places[team.mode]):
                raise ProblemBroken("patrol.problem_broken", entry=team.code, rule="place")
        for mode, matrix in self.travel.items():
            if matrix.duration_s.shape != (len(self.places[mode]),) * 2 or (matrix.duration_s < 0).any():
                raise ProblemBroken("patrol.problem_broken", entry=mode, rule="matrix")

    def _check_recurrence(self, stop: Stop) -> None:
        told = stop.recurrence
        if told is None:
            return
        whole = len(told.per_minute) == self.shift_s // 60 and min(told.per_minute, default=0) >= 0
        if not whole or told.rho_s <= 0 or (told.cap_s is not None and told.cap_s <= 0):
            raise ProblemBroken("patrol.problem_broken", entry=stop.key, rule="recurrence")

    def travel_s(self, mode: Mode, start: int, end: int) -> int:
        """Seconds between two places; none to :data:`HERE`."""
        return 0 if end == HERE else int(self.travel[mode].duration_s[start, end])

    def digest(self) -> str:
        """SHA-256 of everything a plan depends on, the same for the same content in any process."""
        head = [self.starts_at.isoformat(), self.shift_s, self.order, [_team_words(team) for team in self.teams]]
        text = json.dumps([*head, [_stop_words(stop) for stop in self.stops]], ensure_ascii=False)
        digest = hashlib.sha256(text.encode())
        for mode in sorted(self.travel):
            for table in (self.travel[mode].duration_s, self.travel[mode].distance_m):
                digest.update(table.astype("<i8").tobytes())
        return digest.hexdigest()


def _placed(option: Option, count: int) -> bool:
    here = option.entry == option.exit == HERE
    return (here or (0 <= option.entry < count and 0 <= option.exit < count)) and option.service_s >= 0


def _team_words(team: Team) -> list[object]:
    people, vehicles = [person.id for person in team.members], [vehicle.id for vehicle in team.vehicles]
    return [team.code, team.name, team.kind, team.mode, team.districts, people, vehicles, team.licences, team.start]


def _stop_words(stop: Stop) -> list[object]:
    told = stop.recurrence
    return [
        stop.key,
        stop.kind,
        stop.name,
        stop.district_code,
        round(stop.weight, 9),
        stop.licences_needed,
        stop.windows,
        stop.duty,
        stop.required,
        [told.per_minute, told.rho_s, told.cap_s] if told else None,
        [stop.person_ids, stop.after, stop.gap_s, round(stop.focus, 9), stop.ride_kmh, stop.cells],
        stop.roaming_first,
        {mode: [[o.entry, o.exit, o.service_s] for o in ways] for mode, ways in sorted(stop.options.items())},
        sorted(stop.off),
    ]


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop in a team's day: which way it is done, when the team is there, begins and leaves.

    A team that is there before it begins waits; a stop with recurrence may have several visits.
    """

    stop: int
    option: int
    arrive_s: int
    begin_s: int
    leave_s: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a stop is unserved: a message code with the facts its sentence needs."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Passing:
    """A team on its way to its visit of that number (one more than it has: home), between two seconds."""

    team: int
    visit: int
    begin_s: int
    end_s: int


@dataclass(frozen=True)
class Plan:
    """Each team's visits in order (teams in the problem's order), and why each other stop is left out.

    ``broken`` says of places that are visited, but not as often as promised, why not. ``passed`` are stops in no day
    that are done on the way to others, and on which ways.
    """

    days: tuple[tuple[Visit, ...], ...]
    unserved: Mapping[int, Reason]
    broken: Mapping[int, Reason] = field(default_factory=dict)
    passed: Mapping[int, tuple[Passing, ...]] = field(default_factory=dict)
