"""A stored plan on a problem as it is now: its visits by stop and way, and what was done where no stop is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from geo.patrol.problem import HERE, Option, Problem, Stop, Team
from geo.patrol.replan.carry import Planned, under_way
from geo.patrol.replan.queries import StopRow
from geo.patrol.replan.seen import Seen

if TYPE_CHECKING:
    from geo.roads.speeds import Mode


LATE: Final = "late:"
"""Keys of waiting because a team is late begin so."""

SEEN: Final = "seen:"
"""Keys of where a team was by its tracks when the shift was planned anew begin so: the nearest known place."""


def stop_of(problem: Problem, key: str) -> Stop | None:
    """The stop a stored visit is of: ``zone:17:2`` is the second visit of the recurring ``zone:17``; None if gone."""
    stops = {stop.key: stop for stop in problem.stops}
    if key in stops:
        return stops[key]
    place, _, number = key.rpartition(":")
    stop = stops.get(place)
    return stop if stop is not None and stop.recurrence is not None and number.isdigit() else None


def way_of(stop: Stop, mode: Mode, lonlat: tuple[float, float]) -> int | None:
    """Which way a stored visit is done: the stored point is the far end of a stretch that is passed backward.

    Returns
    -------
    int or None
        Number of the option in that mode; None if it cannot be done so any more.
    """
    ways = stop.options.get(mode, ())
    if not stop.path:
        return 0 if ways else None
    ends = [_apart(lonlat, stop.path[0]), _apart(lonlat, stop.path[-1])]
    backward = ends[1] < ends[0]
    return next((number for number, option in enumerate(ways) if option.backward == backward), None)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def put_on(
    problem: Problem, rows: Sequence[StopRow], now_s: int | None, seen: Mapping[str, Seen] | None = None
) -> tuple[Problem, dict[str, tuple[Planned, ...]], dict[str, int]]:
    """A stored plan's days on a problem.

    Parameters
    ----------
    rows
        Stops of the plan, day by day in order.
    now_s
        Second of the shift; None if it has not begun.
    seen
        By team: what its tracks say it did and where it is; of other teams the plan's clock says so.

    Returns
    -------
    tuple
        The problem, with a stand-in for what is begun or done but no stop of it any more, where the nearest place
        that can still be reached stands for the spot; each team's day; and how many of its first visits are done or
        under way. A visit to come that can no longer be made is left out; days of teams that are gone keep the keys
        of their stops and the way 0.
    """
    teams = {team.code: team for team in problem.teams}
    stored: dict[str, list[tuple[StopRow, Planned]]] = {}
    for row in rows:
        if row.team is not None and row.arrive_s is not None and row.begin_s is not None and row.leave_s is not None:
            visit = Planned(row.key, 0, row.arrive_s, row.begin_s, row.leave_s)
            stored.setdefault(row.team, []).append((row, visit))
    days, counts = {}, {}
    for code, day in stored.items():
        fixed = under_way([visit for _, visit in day], now_s) if now_s is not None else 0
        here = (seen or {}).get(code) if code in teams else None
        if here is not None and now_s is not None:
            day, fixed = _really(day, here, now_s)
        found: list[Planned] = []
        for at, (row, visit) in enumerate(day):
            stop, team = stop_of(problem, row.key), teams.get(code)
            if team is None:
                found.append(replace(visit, key=stop.key if stop else row.key))
            elif stop is not None and (way := way_of(stop, team.mode, (row.lon, row.lat))) is not None:
                found.append(replace(visit, key=stop.key, option=way))
            elif at < fixed and now_s is not None and visit.begin_s <= now_s:
                problem, key, way = _stand_in(problem, team, row, visit, stop)
                found.append(replace(visit, key=key, option=way))
            else:
                fixed -= at < fixed
        if here is not None and now_s is not None and here.at_work is None:
            problem, visit = _standing(problem, teams[code], here, now_s)
            found.insert(fixed, visit)
            fixed += 1
        days[code], counts[code] = tuple(found), fixed
    return problem, days, counts


def _really(
    day: Sequence[tuple[StopRow, Planned]], here: Seen, now_s: int
) -> tuple[list[tuple[StopRow, Planned]], int]:
    """A day as it was: what was done in that order, one after another, then what is to come; and how many were done.

    What was missed is in neither: it is asked for again if it still is in demand. Rests go by the plan's clock.
    """
    done, coming = [], []
    for row, visit in day:
        if row.key in here.did:
            begin, leave = here.did[row.key]
            done.append((row, replace(visit, arrive_s=begin, begin_s=begin, leave_s=leave)))
        elif row.kind == "break" and visit.leave_s <= now_s:
            done.append((row, visit))
        elif row.key not in here.missed:
            coming.append((row, visit))
    done.sort(key=lambda one: (one[0].key == here.at_work, one[1].begin_s))
    free = 0
    for at, (row, visit) in enumerate(done):
        begin = max(visit.begin_s, free)
        free = max(visit.leave_s, begin)
        done[at] = row, replace(visit, arrive_s=begin, begin_s=begin, leave_s=free)
    return [*done, *coming], len(done)


def _standing(problem: Problem, team: Team, here: Seen, now_s: int) -> tuple[Problem, Planned]:
    """A stop at the known place nearest to a team's position, at which it is now."""
    place = _nearest(problem, team, (here.lon, here.lat))
    spot = next(
        (
            stop.lonlat
            for stop in problem.stops
            if any(option.entry == place for option in stop.options.get(team.mode, ()))
        ),
        team.lonlat,
    )
    stop = Stop(
        key=f"{SEEN}{team.code}:{now_s}",
        kind="break",
        name=team.name,
        layer="",
        feature_ids=(),
        district_code=team.districts[0] if team.districts else None,
        lonlat=spot,
        weight=0.0,
        licences_needed=0,
        windows=((now_s, now_s + 1),),
        options={team.mode: (Option(place, place, 0),)},
        off={},
    )
    return replace(problem, stops=(*problem.stops, stop)), Planned(stop.key, 0, now_s, now_s, now_s)


def _stand_in(
    problem: Problem, team: Team, row: StopRow, visit: Planned, stop: Stop | None
) -> tuple[Problem, str, int]:
    """A way to have done a stop that has none left, or a stop for one that is gone: with its key and the way."""
    place = _nearest(problem, team, (row.lon, row.lat))
    option = Option(place, place, visit.leave_s - visit.begin_s)
    if stop is not None and stop.recurrence is None:
        ways = (*stop.options.get(team.mode, ()), option)
        more = replace(stop, options={**stop.options, team.mode: ways})
        stops = tuple(more if one is stop else one for one in problem.stops)
        return replace(problem, stops=stops), stop.key, len(ways) - 1
    made = Stop(
        key=row.key,
        kind=row.kind,  # type: ignore[arg-type]
        name=row.name,
        layer=row.layer,
        feature_ids=(),
        district_code=row.district_code,
        lonlat=(row.lon, row.lat),
        weight=row.weight,
        licences_needed=row.licences_needed,
        windows=((visit.begin_s, visit.leave_s),),
        options={team.mode: (option,)},
        off={},
    )
    return replace(problem, stops=(*problem.stops, made)), row.key, 0


def passed_by(passed: Sequence[Mapping[str, Any]], now: dt.datetime) -> list[Mapping[str, Any]]:
    """Of what a plan's summary says is passed on the way, what was so by now.

    Examples
    --------
    >>> noon = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    >>> ways = [{"to_at": "2026-11-23T11:00:00+00:00"}, {"to_at": "2026-11-23T13:00:00+00:00"}]
    >>> told = [{"key": key, "reason_facts": {"ways": some}} for key, some in (("a", ways[:1]), ("b", ways))]
    >>> [row["key"] for row in passed_by(told, noon)]
    ['a']
    """
    return [
        row
        for row in passed
        if all(dt.datetime.fromisoformat(way["to_at"]) <= now for way in row["reason_facts"]["ways"])
    ]


def on_the_way(
    problem: Problem, days: Mapping[str, Sequence[Planned]], counts: Mapping[str, int],
    passed: Sequence[Mapping[str, Any]],
) -> dict[str, tuple[Planned, ...]]:  # fmt: skip
    """Each team's day with what it was to pass on its way as visits, where one team was to pass it in one go.

    Stored days are without those; a search that began from them would seek room for each anew.

    Parameters
    ----------
    days, counts
        As :func:`put_on` gives them.
    passed
        Rows of the plan's summary: streets to be passed on the way from now on.
    """
    stops = {stop.key: stop for stop in problem.stops}
    modes = {team.code: team.mode for team in problem.teams}
    found = {code: list(day) for code, day in days.items()}
    for row in passed:
        ways = row["reason_facts"]["ways"]
        code, stop = ways[0]["team"], stops.get(str(row["key"]))
        if stop is None or code not in modes or len({(way["team"], way["seq"]) for way in ways}) > 1:
            continue
        day = found.setdefault(code, [])
        begin, end = (
            int((dt.datetime.fromisoformat(at) - problem.starts_at).total_seconds())
            for at in (min(way["from_at"] for way in ways), max(way["to_at"] for way in ways))
        )
        at = max(next((n for n, visit in enumerate(day) if visit.begin_s >= begin), len(day)), counts.get(code, 0))
        before = stops.get(day[at - 1].key) if at else None
        option = way_of(stop, modes[code], _nearer_end(stop, before.lonlat if before else stop.lonlat))
        if option is not None:
            day.insert(at, Planned(stop.key, option, begin, begin, end))
    return {code: tuple(day) for code, day in found.items()}


def _nearer_end(stop: Stop, lonlat: tuple[float, float]) -> tuple[float, float]:
    """The end of a stop's street nearer to a spot."""
    return min((stop.path[0], stop.path[-1]), key=lambda end: _apart(end, lonlat)) if stop.path else stop.lonlat


def with_delay(problem: Problem, code: str, at_s: int, late_s: int) -> tuple[Problem, Planned]:
    """A team that has nothing under way to be late with begins with waiting, as a stop of its own."""
    team = next(team for team in problem.teams if team.code == code)
    end = min(at_s + late_s, problem.shift_s)
    stop = Stop(
        key=f"{LATE}{code}",
        kind="break",
        name=team.name,
        layer="",
        feature_ids=(),
        district_code=team.districts[0] if team.districts else None,
        lonlat=team.lonlat,
        weight=0.0,
        licences_needed=0,
        windows=((at_s, end),),
        options={team.mode: (Option(HERE, HERE, end - at_s),)},
        off={},
    )
    return replace(problem, stops=(*problem.stops, stop)), Planned(stop.key, 0, at_s, at_s, end)


def _nearest(problem: Problem, team: Team, lonlat: tuple[float, float]) -> int:
    """The known place of the team's mode nearest to a spot: of a stop, else where the team starts."""
    spots = [
        (_apart(lonlat, stop.lonlat), stop.options[team.mode][0].entry)
        for stop in problem.stops
        if stop.options.get(team.mode) and stop.options[team.mode][0].entry != HERE
    ]
    return min(spots, default=(0.0, team.start))[1]


def without_done(problem: Problem, before: Mapping[str, Sequence[Planned]], now_s: int) -> tuple[Problem, list[str]]:
    """The problem without what teams that are gone have finished, and the keys of that.

    What keeps its distance from such a stop keeps it still.
    """
    here = {team.code for team in problem.teams}
    once = {stop.key for stop in problem.stops if stop.recurrence is None}
    ended = {
        visit.key: visit.leave_s
        for code, day in before.items()
        if code not in here
        for visit in day
        if visit.leave_s <= now_s and visit.key in once
    }
    stops = []
    for stop in problem.stops:
        if stop.key in ended:
            continue
        if stop.after in ended:
            ready = ended[stop.after] + stop.gap_s
            windows = tuple((max(low, ready), high) for low, high in stop.windows if high > ready)
            stop = replace(stop, after=None, gap_s=0, windows=windows or stop.windows[-1:])
        stops.append(stop)
    return replace(problem, stops=tuple(stops)), sorted(ended)
