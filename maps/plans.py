"""A shift's plan as pages show it: teams with colours, lines and stops, and what stayed out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from maps.symbols import team_line
from maps.texts import Texts

Line = tuple[tuple[float, float], ...]
"""``((lon, lat), …)`` in degrees, EPSG:4490."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of a team's day: a place, or ``stretches`` of one street passed one after another; times are aware."""

    seq: int
    kind: str
    name: str
    district_code: str | None
    lon: float
    lat: float
    arrive_at: dt.datetime
    leave_at: dt.datetime
    stretches: int = 1

    def describe(self, texts: Texts) -> str:
        """What is done there, in words."""
        kind = texts(f"stop_{self.kind}")
        return kind if self.stretches == 1 else f"{kind} {texts('stretches', count=self.stretches)}"


@dataclass(frozen=True, slots=True)
class Unserved:
    """A place no team comes to, with the reason as a message code and its facts."""

    kind: str
    name: str
    district_code: str | None
    weight: float
    lon: float
    lat: float
    reason_code: str
    reason_facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Team:
    """A team of a shift: ``members`` are names, ``licences`` how many of them hold a valid one."""

    code: str
    name: str
    kind: str
    mode: str
    district_code: str | None
    vehicle: str | None
    members: tuple[str, ...]
    licences: int
    color_index: int
    start: tuple[float, float] | None
    duration_s: int
    distance_m: int
    lines: tuple[Line, ...]
    stops: tuple[Stop, ...]

    @property
    def color(self) -> str:
        """Colour of its route."""
        return team_line(self.color_index)[0]

    @property
    def dash(self) -> str:
        """Dash pattern of its route, empty for a full line."""
        return team_line(self.color_index)[1]

    def serves(self, district_code: str) -> bool:
        """Whether it belongs to a 片区 or stops there."""
        return self.district_code == district_code or any(s.district_code == district_code for s in self.stops)


@dataclass(frozen=True, slots=True)
class Shift:
    """One version of a shift's plan. Teams by code, unserved stops from the heaviest."""

    code: str
    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    version: int
    status: str
    served_share: float
    teams: tuple[Team, ...]
    unserved: tuple[Unserved, ...]

    def teams_in(self, district_code: str) -> list[Team]:
        """Teams that belong to a 片区 or stop there."""
        return [team for team in self.teams if team.serves(district_code)]

    def people(self, district_code: str) -> int:
        """People of those teams."""
        return sum(len(team.members) for team in self.teams_in(district_code))

    def unserved_in(self, district_code: str) -> list[Unserved]:
        """What of a 片区 stayed out."""
        return [stop for stop in self.unserved if stop.district_code == district_code]

    def within(self, district_code: str) -> Shift:
        """The part of the shift that concerns a 片区; a roaming team keeps its whole route."""
        return replace(self, teams=tuple(self.teams_in(district_code)), unserved=tuple(self.unserved_in(district_code)))


def simplify(line: Line, tolerance: float = 0.00002) -> Line:
    """A line with fewer points (Douglas–Peucker), for drawing.

    Parameters
    ----------
    tolerance
        Degrees; 0.00002 is about 2 m.

    Examples
    --------
    >>> simplify(((0, 0), (1, 0.000001), (2, 0)))
    ((0.0, 0.0), (2.0, 0.0))
    """
    from shapely import LineString

    if len(line) < 3:
        return line
    return tuple((x, y) for x, y in LineString(line).simplify(tolerance).coords)


def join_passes(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Stops with passes of the same street that follow each other as one row, numbered anew from 1.

    Parameters
    ----------
    stops
        In the order of the day.

    Returns
    -------
    tuple of Stop
        A joined row arrives with its first stretch, leaves with its last, and stands at its middle one.
    """
    runs: list[list[Stop]] = []
    for stop in stops:
        if runs and stop.kind == "pass" == runs[-1][-1].kind and stop.name == runs[-1][-1].name:
            runs[-1].append(stop)
        else:
            runs.append([stop])
    return tuple(
        replace(
            run[len(run) // 2],
            seq=number,
            arrive_at=run[0].arrive_at,
            leave_at=run[-1].leave_at,
            stretches=len(run),
        )
        for number, run in enumerate(runs, 1)
    )


def plan_data(shifts: tuple[Shift, ...], texts: Texts) -> dict[str, Any]:
    """The data file of a page: all the script draws and lists, in words of its language, coordinates to 1 m."""
    return {"shifts": [_shift_data(shift, texts) for shift in shifts]}


def _shift_data(shift: Shift, texts: Texts) -> dict[str, Any]:
    about = [
        texts("plan_version", version=shift.version),
        texts(f"plan_{shift.status}"),
        texts("served_share", share=f"{shift.served_share:.0%}"),
    ]
    return {
        "code": shift.code,
        "about": " · ".join(about),
        "teams": [_team_data(team, shift, texts) for team in shift.teams],
        "unserved": [
            {
                "name": stop.name or texts(f"stop_{stop.kind}"),
                "kind": texts(f"stop_{stop.kind}"),
                "district": stop.district_code,
                "at": _at(stop.lon, stop.lat),
                "reason": texts.reason(stop.reason_code, stop.reason_facts),
            }
            for stop in shift.unserved
        ],
    }


def _team_data(team: Team, shift: Shift, texts: Texts) -> dict[str, Any]:
    facts = [texts("members_count", count=len(team.members))]
    if team.licences >= 2:
        facts.append(texts("licensed_count", count=team.licences))
    facts.append(texts("stops_count", count=len(team.stops)))
    facts.append(texts("route_length", distance=texts.distance(team.distance_m), time=texts.minutes(team.duration_s)))
    return {
        "code": team.code,
        "name": team.name,
        "kind": texts(f"team_{team.kind}"),
        "mode": texts(f"mode_{team.mode}"),
        "vehicle": team.vehicle,
        "facts": " · ".join(facts),
        "sheet": f"/dashboards/sheets/{quote(shift.code)}/{quote(team.code)}?lang={texts.language}",
        "color": team.color,
        "dash": team.dash,
        "start": _at(*team.start) if team.start else None,
        "lines": [[_at(*point) for point in simplify(line)] for line in team.lines],
        "stops": [
            {
                "seq": stop.seq,
                "name": stop.name or texts(f"stop_{stop.kind}"),
                "kind": stop.describe(texts),
                "at": _at(stop.lon, stop.lat),
                "arrive": texts.time(stop.arrive_at),
                "leave": texts.time(stop.leave_at),
            }
            for stop in team.stops
        ],
    }


def _at(lon: float, lat: float) -> list[float]:
    return [round(lon, 5), round(lat, 5)]


def read_shift(frames: Any, name: str) -> Shift:
    """A stored plan, as the patrol room loads it, in the shape pages show.

    Parameters
    ----------
    frames
        :class:`geo.patrol.queries.PlanFrames`: routes, stops, unserved and teams of one plan.
    name
        What people call the shift.
    """
    plan = frames.plan
    lines = _lines_by_team(frames.routes)
    stops: dict[str, list[Stop]] = {}
    for row in frames.stops.itertuples():
        stop = Stop(
            int(row.seq),
            row.kind,
            row.name,
            _text(row.district_code),
            row.geometry.x,
            row.geometry.y,
            row.arrive_at,
            row.leave_at,
        )
        stops.setdefault(row.team, []).append(stop)
    teams = tuple(
        Team(
            row.code,
            row.name,
            row.kind,
            row.mode,
            _text(row.district_code),
            _text(row.vehicle),
            tuple(row.members),
            int(row.licences),
            int(row.color_index),
            (float(row.lon), float(row.lat)),
            int(row.duration_s),
            int(row.distance_m),
            lines.get(row.code, ()),
            join_passes(sorted(stops.get(row.code, []), key=lambda stop: stop.seq)),
        )
        for row in frames.teams.itertuples()
    )
    unserved = [
        Unserved(
            row.kind,
            row.name,
            _text(row.district_code),
            float(row.weight),
            float(row.lon),
            float(row.lat),
            row.reason_code,
            dict(row.reason_facts),
        )
        for row in frames.unserved.itertuples()
    ]
    return Shift(
        plan.shift_code,
        name,
        plan.starts_at,
        plan.ends_at,
        plan.version,
        plan.status,
        plan.weight_served / plan.weight_total if plan.weight_total else 1.0,
        tuple(sorted(teams, key=lambda team: team.code)),
        tuple(sorted(unserved, key=lambda stop: (-stop.weight, stop.name))),
    )


def _lines_by_team(routes: Any) -> dict[str, tuple[Line, ...]]:
    from shapely import get_coordinates, get_parts

    found: dict[str, tuple[Line, ...]] = {}
    for team, geometry in zip(routes["team"], routes.geometry.values, strict=True):
        parts = [tuple((float(x), float(y)) for x, y in get_coordinates(part)) for part in get_parts(geometry)]
        found[team] = (*found.get(team, ()), *parts)
    return found


def _text(value: object) -> str | None:
    """Text of a frame's cell; None for what stands there when nothing does."""
    return value if isinstance(value, str) and value else None
