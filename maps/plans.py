"""A shift's plan as pages show it: teams with colours, lines and stops, and what stayed out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from maps.palette import team_line
from maps.texts import Texts

A_MINUTE = dt.timedelta(minutes=1)

Line = tuple[tuple[float, float], ...]
"""``((lon, lat), …)`` in degrees, EPSG:4490."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of a team's day: a place, or ``stretches`` of one street passed one after another; times are aware.

    ``begin_at`` is when the work begins; a team that is there before waits. ``saved`` is what a visit of a place that
    fills up again saves, ``earlier`` and ``later`` what ten minutes would change, in thousandths of a violation-minute.
    ``on_the_way`` are streets that are done while riding there.
    """

    seq: int
    kind: str
    name: str
    district_code: str | None
    lon: float
    lat: float
    arrive_at: dt.datetime
    leave_at: dt.datetime
    stretches: int = 1
    begin_at: dt.datetime | None = None
    saved: int | None = None
    earlier: int | None = None
    later: int | None = None
    on_the_way: tuple[str, ...] = ()

    @property
    def begins_at(self) -> dt.datetime:
        """When the work begins."""
        return self.begin_at or self.arrive_at

    @property
    def waits(self) -> bool:
        """Whether the team waits there for a minute or more."""
        return self.begins_at - self.arrive_at >= A_MINUTE

    def describe(self, texts: Texts, *, brief: bool = False) -> str:
        """What is done there, in words, and what it saves; ``brief`` for one line of a sheet of paper."""
        said = texts(f"stop_{self.kind}")
        if self.stretches > 1:
            said = f"{said} {texts('stretches', count=self.stretches)}"
        if self.saved is not None:
            said = f"{said} · {saves(texts, self.saved)}"
        if self.on_the_way:
            said = f"{said} · {self._passed(texts, brief)}"
        return said

    def _passed(self, texts: Texts, brief: bool) -> str:
        """Streets done on the way; by name only where the page speaks their language, since this is plain text."""
        count = len(self.on_the_way)
        if brief or texts.language != "zh":
            return texts("count_on_the_way", count=count)
        streets = "、".join(self.on_the_way[:2])
        return texts("more_on_the_way" if count > 2 else "passes_on_the_way", streets=streets, count=count)

    def explain(self, texts: Texts) -> str:
        """What the visit saves, and what ten minutes would change; empty for what does not fill up again."""
        if self.saved is None or self.earlier is None or self.later is None:
            return ""
        said = [saves(texts, self.saved)]
        for when, change in (("earlier", self.earlier), ("later", self.later)):
            if (minutes := whole_minutes(abs(change))) > 0:
                said.append(texts(f"ten_{when}_{'gains' if change > 0 else 'costs'}", minutes=minutes))
        return " · ".join(said)


def saves(texts: Texts, thousandths: int) -> str:
    """What a visit saves, in words; what rounds to nothing is said to be little, not nothing."""
    minutes = whole_minutes(thousandths)
    return texts("saves", minutes=minutes) if minutes > 0 else texts("saves_little")


def whole_minutes(thousandths: int) -> int:
    """Violation-minutes, rounded half up.

    Examples
    --------
    >>> whole_minutes(30_500), whole_minutes(499)
    (31, 0)
    """
    return (thousandths + 500) // 1000


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
    """A team of a shift: ``members`` are names, ``member_codes`` their staff numbers, ``licences`` how many of them
    hold a valid one."""

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
    member_codes: tuple[str, ...] = ()

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
    """Passes of one street that follow each other as one row, likewise stays at one place; numbered anew from 1.

    Parameters
    ----------
    stops
        In the order of the day.

    Returns
    -------
    tuple of Stop
        A joined row arrives with its first stretch, leaves with its last, and stands at its middle one; what stays
        at one place save is added up, and what ten minutes would change is not told.
    """
    runs: list[list[Stop]] = []
    for stop in stops:
        if runs and (_same_street(runs[-1][-1], stop) or _stays_on(runs[-1][-1], stop)):
            runs[-1].append(stop)
        else:
            runs.append([stop])
    return tuple(
        replace(
            run[len(run) // 2],
            seq=number,
            arrive_at=run[0].arrive_at,
            begin_at=run[0].begin_at,
            leave_at=run[-1].leave_at,
            stretches=len(run) if run[0].kind == "pass" else 1,
            saved=None if run[0].saved is None else sum(stop.saved or 0 for stop in run),
            earlier=run[0].earlier if len(run) == 1 else None,
            later=run[0].later if len(run) == 1 else None,
            on_the_way=tuple(dict.fromkeys(name for stop in run for name in stop.on_the_way)),
        )
        for number, run in enumerate(runs, 1)
    )


def _same_street(before: Stop, stop: Stop) -> bool:
    return stop.kind == "pass" == before.kind and stop.name == before.name


def _stays_on(before: Stop, stop: Stop) -> bool:
    """Whether the team is at the same place without a break."""
    here = (before.kind, before.name, before.lon, before.lat) == (stop.kind, stop.name, stop.lon, stop.lat)
    return here and stop.kind == "zone" and stop.begins_at == before.leave_at


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
                "arrive": texts.time(stop.begins_at),
                "wait": texts("wait_until", time=texts.time(stop.begins_at)) if stop.waits else "",
                "came": texts.time(stop.arrive_at),
                "worth": stop.explain(texts),
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
    passed = _on_the_way(frames.passed)
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
            begin_at=row.begin_at,
            saved=_number(row.saved),
            earlier=_number(row.earlier),
            later=_number(row.later),
            on_the_way=passed.get((row.team, int(row.seq)), ()),
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
            tuple(row.member_codes),
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


def _on_the_way(passed: Any) -> dict[tuple[str, int], tuple[str, ...]]:
    """Names of the streets done on the way to a team's stop, by team and number of the stop."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for row in passed.itertuples():
        for way in row.reason_facts["ways"]:
            at = way["team"], int(way["seq"])
            found[at] = tuple(dict.fromkeys((*found.get(at, ()), row.name or row.key)))
    return found


def _lines_by_team(routes: Any) -> dict[str, tuple[Line, ...]]:
    from shapely import get_coordinates, get_parts

    found: dict[str, tuple[Line, ...]] = {}
    for team, geometry in zip(routes["team"], routes.geometry.values, strict=True):
        parts = [tuple((float(x), float(y)) for x, y in get_coordinates(part)) for part in get_parts(geometry)]
        found[team] = (*found.get(team, ()), *parts)
    return found


def _number(value: Any) -> int | None:
    """A whole number of a frame's cell; None for what stands there when nothing does."""
    return int(value) if value is not None and value == value else None


def _text(value: object) -> str | None:
    """Text of a frame's cell; None for what stands there when nothing does."""
    return value if isinstance(value, str) and value else None
