"""When a team is where: times of a sequence of stops, and the cheapest place to put one more in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.patrol.problem import Option, Problem, Team, Visit

Step = tuple[int, int]
"""A stop of the problem and the option by which it is done."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """One more stop put into a day: the sequence it makes, and the seconds of riding and work it adds."""

    team: int
    sequence: tuple[Step, ...]
    added_s: int
    work_s: int


def option_of(problem: Problem, team: Team, step: Step) -> Option:
    """How the team does the step."""
    return problem.stops[step[0]].options[team.mode][step[1]]


def time_day(problem: Problem, team: Team, sequence: Sequence[Step]) -> tuple[Visit, ...] | None:
    """Times of a day: leave the start at once, wait where a window is not open yet, be back before the end.

    Returns
    -------
    tuple of Visit or None
        None if a window or the end of the shift is missed. ``leave_s − service`` is when the work begins; the
        time between arrival and that is waiting. An empty sequence gives an empty day.
    """
    travel = problem.travel[team.mode].duration_s
    now, here, visits = 0, team.start, []
    for stop, number in sequence:
        one = problem.stops[stop]
        option = one.options[team.mode][number]
        if one.window is None:
            return None
        arrive = now + int(travel[here, option.entry])
        leave = max(arrive, one.window[0]) + option.service_s
        if leave > one.window[1]:
            return None
        visits.append(Visit(stop, number, arrive, leave))
        now, here = leave, option.exit
    return tuple(visits) if now + int(travel[here, team.start]) <= problem.shift_s else None


def end_of_day(problem: Problem, team: Team, visits: Sequence[Visit]) -> int:
    """Second at which the team is back at its start."""
    if not visits:
        return 0
    last = option_of(problem, team, (visits[-1].stop, visits[-1].option))
    return visits[-1].leave_s + problem.travel_s(team.mode, last.exit, team.start)


def detours(problem: Problem, team: Team, sequence: Sequence[Step], stop: int) -> list[tuple[int, int, int]]:
    """Every way to put ``stop`` in: (seconds of riding and work added, position, option), cheapest first."""
    travel = problem.travel[team.mode].duration_s
    found = []
    for number, option in enumerate(problem.stops[stop].options.get(team.mode, ())):
        for position in range(len(sequence) + 1):
            before = option_of(problem, team, sequence[position - 1]).exit if position else team.start
            after = option_of(problem, team, sequence[position]).entry if position < len(sequence) else team.start
            added = int(travel[before, option.entry]) + int(travel[option.exit, after]) + option.service_s
            found.append((added - (int(travel[before, after]) if sequence else 0), position, number))
    found.sort()
    return found


def cheapest_insertion(problem: Problem, team_number: int, sequence: Sequence[Step], stop: int) -> Insertion | None:
    """The cheapest way to add ``stop`` that keeps every window and the end of the shift; None if there is none."""
    team = problem.teams[team_number]
    if not team.serves(problem.stops[stop]) or problem.stops[stop].window is None:
        return None
    day = time_day(problem, team, sequence)
    if day is None:
        return None
    # Riding and work alone, without waiting, must fit; what is left over bounds every detour.
    spare = problem.shift_s - _busy(problem, team, sequence)
    for added, position, number in detours(problem, team, sequence, stop):
        if added > spare:
            return None
        if _still_fits(problem, team, day, position, (stop, number)):
            tried = (*sequence[:position], (stop, number), *sequence[position:])
            return Insertion(team_number, tried, added, problem.stops[stop].options[team.mode][number].service_s)
    return None


def _busy(problem: Problem, team: Team, sequence: Sequence[Step]) -> int:
    """Seconds of riding and work of a day."""
    travel = problem.travel[team.mode].duration_s
    here, total = team.start, 0
    for step in sequence:
        option = option_of(problem, team, step)
        total += int(travel[here, option.entry]) + option.service_s
        here = option.exit
    return total + int(travel[here, team.start])


def _still_fits(problem: Problem, team: Team, day: Sequence[Visit], position: int, step: Step) -> bool:
    """Whether a timed day takes one more step; stops looking where the old times are met again."""
    travel = problem.travel[team.mode].duration_s
    now = day[position - 1].leave_s if position else 0
    here = option_of(problem, team, (day[position - 1].stop, day[position - 1].option)).exit if position else team.start
    for visit in (None, *day[position:]):
        stop, number = step if visit is None else (visit.stop, visit.option)
        option = option_of(problem, team, (stop, number))
        window = problem.stops[stop].window
        assert window is not None
        now = max(now + int(travel[here, option.entry]), window[0]) + option.service_s
        if now > window[1]:
            return False
        if visit is not None and now == visit.leave_s:
            return True
        here = option.exit
    return now + int(travel[here, team.start]) <= problem.shift_s
