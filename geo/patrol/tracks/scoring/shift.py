"""A whole shift scored: tracks matched, stops judged, streets, cells and places summed up, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.patrol.tracks.scoring.campaigns import Ground, time_on
from geo.patrol.tracks.scoring.ground import Coverage, cells_seen, count_passes, cover, streets_of
from geo.patrol.tracks.scoring.spans import Span, clip_spans, join_spans, total_s
from geo.patrol.tracks.scoring.stops import (
    Here,
    Outcome,
    Planned,
    Seen,
    give_reasons,
    judge_pass,
    judge_stop,
    presence,
)
from geo.patrol.tracks.scoring.zones import Idleness, idleness
from geo.roads.matching.fixes import COUNTED, Fixes, judge_fixes
from geo.roads.matching.match import Matched, Matcher

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.roads.network import Ints, Network
    from geo.roads.speeds import Mode


@dataclass(frozen=True, eq=False)
class TeamDay:
    """A team as planned, and what its devices saw.

    ``days`` are its stops in order; ``until_s`` when its planned day ends; ``home`` the 片区 it is of; ``people`` how
    many it is.
    """

    code: str
    name: str
    mode: Mode
    district: str | None
    begin_s: int
    until_s: int
    stops: tuple[Planned, ...]
    devices: tuple[Fixes, ...]
    people: int = 1


@dataclass(frozen=True, eq=False)
class ZoneOpen:
    """A place that comes back: where (metric, 50 m around it in it), when open, its promise."""

    key: str
    name: str
    district: str | None
    area: BaseGeometry
    windows: tuple[Span, ...]
    cap_s: int | None


@dataclass(frozen=True, eq=False)
class Material:
    """All a shift is scored from; times are whole seconds of the Unix epoch, geometry metric.

    Attributes
    ----------
    open_passes
        Required passes that the plan itself left out, ``(planned, pieces)``: somebody may have made them all the same.
    heres
        Check-ins by team and stop key.
    checked_in_at
        Places of check-ins inside their buffers.
    grounds
        Of campaigns that ran in the shift.
    """

    network: Network
    begin_s: int
    end_s: int
    until_s: int
    teams: tuple[TeamDay, ...]
    target: Ints
    zones: tuple[ZoneOpen, ...] = ()
    open_passes: tuple[Planned, ...] = ()
    heres: Mapping[tuple[str, str], Sequence[Here]] = field(default_factory=dict)
    checked_in_at: tuple[tuple[float, float], ...] = ()
    grounds: tuple[Ground, ...] = ()


@dataclass(eq=False)
class TeamScore:
    """What a team did: its ways, one a device, when it could be seen, and its stops."""

    day: TeamDay
    ways: list[Matched]
    observed: list[Span]
    outcomes: list[Outcome]

    @property
    def best(self) -> Matched | None:
        """The way of the device that saw most."""
        return max(self.ways, key=lambda way: (way.matched, way.length_m), default=None)


@dataclass(eq=False)
class ShiftScored:
    """A shift as it came out."""

    teams: list[TeamScore]
    passes: list[tuple[Planned, int]]
    coverage: Coverage
    cells: list[bool]
    zones: list[tuple[ZoneOpen, Idleness]]
    figures: dict[str, Any]


def score_shift(material: Material, matchers: dict[Mode, Matcher] | None = None) -> ShiftScored:
    """Score a shift.

    Parameters
    ----------
    matchers
        Kept by mode from call to call on one network; made here otherwise.

    Returns
    -------
    ShiftScored
        The same for the same material in any process. Every figure is a whole number; a share is two of them.
    """
    ways = match_teams(material, matchers)
    teams = [_team(material, day, ways[day.code]) for day in material.teams]
    passes = _passes(material, teams)
    coverage = cover(material.network, material.target, [way for team in teams for way in team.ways])
    cells = cells_seen(coverage, material.checked_in_at)
    devices = [_counted(fixes, day.mode) for day in material.teams for fixes in day.devices]
    zones = [
        (zone, idleness(presence(devices, zone.area), _until(zone.windows, material.until_s), zone.cap_s))
        for zone in material.zones
    ]
    scored = ShiftScored(teams, passes, coverage, cells, zones, {})
    scored.figures = _figures(material, scored)
    if material.grounds:
        seen = [(day.people, [_counted(fixes, day.mode) for fixes in day.devices]) for day in material.teams]
        shift = (material.begin_s, material.until_s)
        scored.figures["campaigns"] = {one.code: time_on(one, seen, shift) for one in material.grounds}
    return scored


def match_teams(material: Material, matchers: dict[Mode, Matcher] | None = None) -> dict[str, list[Matched]]:
    """The ways of every team, one a device, by team code."""
    matchers = {} if matchers is None else matchers
    ways: dict[str, list[Matched]] = {}
    for day in material.teams:
        if day.mode not in matchers:
            matchers[day.mode] = Matcher(material.network, day.mode)
        ways[day.code] = [matchers[day.mode].match(fixes) for fixes in day.devices]
    return ways


def _until(windows: Sequence[Span], until_s: int) -> list[Span]:
    return [(low, min(high, until_s)) for low, high in windows if low < until_s]


def _counted(fixes: Fixes, mode: Mode) -> Seen:
    state, _ = judge_fixes(fixes, mode)
    return Seen(fixes.at_s[state == COUNTED], fixes.xy[state == COUNTED])


def _team(material: Material, day: TeamDay, ways: list[Matched]) -> TeamScore:
    observed = join_spans((int(a), int(b)) for way in ways for a, b in way.observed)
    seen = [_counted(fixes, day.mode) for fixes in day.devices]
    outcomes = []
    for stop in day.stops:
        if stop.pieces:
            low, high = stop.window
            made = max((count_passes(way, stop.pieces, material.network, low, high) for way in ways), default=0)
            outcomes.append(judge_pass(stop, observed, made, material.until_s))
        else:
            assert stop.area is not None
            here = material.heres.get((day.code, stop.key), ())
            outcomes.append(judge_stop(stop, observed, presence(seen, stop.area), here, material.until_s))
    give_reasons(outcomes)
    return TeamScore(day, ways, observed, outcomes)


def _passes(material: Material, teams: Sequence[TeamScore]) -> list[tuple[Planned, int]]:
    """Required passes with how often any team made each in its slot: of one team the device that saw most."""
    planned = [stop for day in material.teams for stop in day.stops if stop.kind == "pass" and stop.pieces]
    found = []
    for stop in [*planned, *material.open_passes]:
        low, high = stop.window
        made = sum(
            max((count_passes(way, stop.pieces, material.network, low, high) for way in team.ways), default=0)
            for team in teams
        )
        found.append((stop, made))
    return found


def share(n: int, of: int) -> dict[str, int]:
    """A share as two whole numbers.

    Examples
    --------
    >>> share(3, 4)
    {'n': 3, 'of': 4}
    """
    return {"n": int(n), "of": int(of)}


def _figures(material: Material, scored: ShiftScored) -> dict[str, Any]:
    outcomes = [one for team in scored.teams for one in team.outcomes]
    due = [one for one in outcomes if one.state != "not_yet"]
    posts = [one for one in due if one.planned.kind == "post"]
    streets = streets_of(material.network, scored.coverage)
    planned_s = sum(team_planned_s(material, team.day) for team in scored.teams)
    observed_s = sum(team_observed_s(material, team) for team in scored.teams)
    best = [way for team in scored.teams if (way := team.best) is not None]
    ways = [way for team in scored.teams for way in team.ways]
    promised = [idle for _, idle in scored.zones if idle.cap_s is not None]
    due_passes = [(stop, made) for stop, made in scored.passes if stop.window[1] <= material.until_s or made]
    return {
        "posts_on_time": share(sum(one.state in ("on_time", "short") for one in posts), len(posts)),
        "posts_unseen": sum(one.state == "unseen" for one in posts),
        "post_s": share(sum(one.inside_s for one in posts), sum(one.planned_s for one in posts)),
        "stops": share(sum(one.done is True for one in due), len(due)),
        "stops_unseen": sum(one.state == "unseen" for one in due),
        "stops_to_come": len(outcomes) - len(due),
        "passes": share(sum(min(made, 1) for _, made in due_passes), len(due_passes)),
        "streets": share(len({s.road_id for s in streets if s.covered} - {s.road_id for s in streets if not s.covered}),
                         len({s.road_id for s in streets})),
        "street_m": share(round(float(scored.coverage.covered_m.sum())),
                          round(float(material.network.length_m[scored.coverage.pieces].sum()))),
        "cells": share(sum(scored.cells), len(scored.cells)),
        "zones_visited": share(sum(idle.visits > 0 for _, idle in scored.zones), len(scored.zones)),
        "zones_within_cap": share(sum(idle.kept is True for idle in promised), len(promised)),
        "longest_idle_s": max((idle.longest_s for _, idle in scored.zones), default=0),
        "observed_s": share(observed_s, planned_s),
        "positions": share(sum(way.matched for way in ways), sum(way.counted for way in ways)),
        "inaccurate": sum(way.inaccurate for way in ways),
        "outliers": sum(way.outliers for way in ways),
        "gone_m": round(sum(way.length_m for way in best)),
        "teams": share(sum(bool(team.ways) for team in scored.teams), len(scored.teams)),
        "deviations": sum(bool(one.reason) for one in outcomes),
    }  # fmt: skip


def team_planned_s(material: Material, day: TeamDay) -> int:
    """Seconds of a team's planned day up to now."""
    return max(0, min(day.until_s, material.until_s) - day.begin_s)


def team_observed_s(material: Material, team: TeamScore) -> int:
    """Seconds of a team's planned day up to now in which it could be seen."""
    return total_s(clip_spans(team.observed, team.day.begin_s, min(team.day.until_s, material.until_s)))


def way_lines(network: Network, way: Matched) -> list[Any]:
    """The way as LineStrings in EPSG:4490, one a run; a run that only stands has none."""
    import shapely

    from geo.roads.places import piece_vertices

    lines = []
    for run in np.unique(way.run).tolist():
        bits = [
            piece_vertices(network, int(way.piece[i]), float(way.begin_m[i]), float(way.stop_m[i]))
            for i in np.flatnonzero(way.run == run).tolist()
        ]
        line = np.concatenate(bits)
        moved = np.r_[True, (np.abs(np.diff(line, axis=0)) > 1e-9).any(axis=1)]
        if moved.sum() > 1:
            lines.append(shapely.LineString(line[moved]))
    return lines
