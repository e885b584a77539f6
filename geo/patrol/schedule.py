"""When a team is where: times of a sequence of stops, and the cheapest place to put one more in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.patrol.problem import HERE, Option, Problem, Team, Visit

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
        None if a window or the end of the shift is missed. Time between arriving and beginning is waiting. An empty
        sequence gives an empty day.
    """
    now, here, visits = 0, team.start, []
    for stop, number in sequence:
        option = problem.stops[stop].options[team.mode][number]
        arrive = now + problem.travel_s(team.mode, here, option.entry)
        begin = problem.stops[stop].begin_from(arrive, option.service_s)
        if begin is None:
            return None
        visits.append(Visit(stop, number, arrive, begin, begin + option.service_s))
        now, here = begin + option.service_s, onward(here, option)
    return tuple(visits) if now + problem.travel_s(team.mode, here, team.start) <= problem.shift_s else None


def onward(here: int, option: Option) -> int:
    """Where a team is after the work: its exit, or where it was."""
    return here if option.exit == HERE else option.exit


def places_of(problem: Problem, team: Team, sequence: Sequence[Step]) -> list[int]:
    """Where the team is before the first step and after each."""
    places = [team.start]
    for step in sequence:
        places.append(onward(places[-1], option_of(problem, team, step)))
    return places


def end_of_day(problem: Problem, team: Team, visits: Sequence[Visit]) -> int:
    """Second at which the team is back at its start."""
    if not visits:
        return 0
    last = places_of(problem, team, [(visit.stop, visit.option) for visit in visits])[-1]
    return visits[-1].leave_s + problem.travel_s(team.mode, last, team.start)


def detours(problem: Problem, team: Team, sequence: Sequence[Step], stop: int) -> list[tuple[int, int, int]]:
    """Every way to put ``stop`` in: (seconds of riding and work added, position, option), cheapest first."""
    ride = problem.travel_s
    places = places_of(problem, team, sequence)
    entries = [option_of(problem, team, step).entry for step in sequence]
    # A rest is taken on the spot: the ride goes on to the first place after it.
    reach = [next((e for e in entries[i:] if e != HERE), team.start) for i in range(len(sequence) + 1)]
    found = []
    for number, option in enumerate(problem.stops[stop].options.get(team.mode, ())):
        for position in range(len(sequence) + 1):
            before, after = places[position], reach[position]
            gone = onward(before, option)
            added = ride(team.mode, before, option.entry) + ride(team.mode, gone, after) + option.service_s
            found.append((added - (ride(team.mode, before, after) if sequence else 0), position, number))
    found.sort()
    return found


def cheapest_insertion(
    problem: Problem, team_number: int, sequence: Sequence[Step], stop: int, longer_s: int = 0
) -> Insertion | None:
    """The cheapest way to add ``stop`` that keeps every window and the end of the shift; None if there is none.

    ``longer_s`` is how much longer than the shift the team may be out; windows stay as they are.
    """
    team = problem.teams[team_number]
    if not team.serves(problem.stops[stop]) or not problem.stops[stop].windows:
        return None
    day = time_day(problem, team, sequence)
    if day is None:
        return None
    # Riding and work alone, without waiting, must fit; what is left over bounds every detour.
    spare = problem.shift_s + longer_s - _busy(problem, team, sequence)
    for added, position, number in detours(problem, team, sequence, stop):
        if added > spare:
            return None
        if _still_fits(problem, team, day, position, (stop, number), longer_s):
            tried = (*sequence[:position], (stop, number), *sequence[position:])
            return Insertion(team_number, tried, added, problem.stops[stop].options[team.mode][number].service_s)
    return None


def _busy(problem: Problem, team: Team, sequence: Sequence[Step]) -> int:
    """Seconds of riding and work of a day."""
    here, total = team.start, 0
    for step in sequence:
        option = option_of(problem, team, step)
        total += problem.travel_s(team.mode, here, option.entry) + option.service_s
        here = onward(here, option)
    return total + problem.travel_s(team.mode, here, team.start)


def _still_fits(problem: Problem, team: Team, day: Sequence[Visit], position: int, step: Step, longer_s: int) -> bool:
    """Whether a timed day takes one more step; stops looking where the old times are met again."""
    now = day[position - 1].leave_s if position else 0
    here = places_of(problem, team, [(visit.stop, visit.option) for visit in day[:position]])[-1]
    for visit in (None, *day[position:]):
        stop, number = step if visit is None else (visit.stop, visit.option)
        option = option_of(problem, team, (stop, number))
        begin = problem.stops[stop].begin_from(now + problem.travel_s(team.mode, here, option.entry), option.service_s)
        if begin is None:
            return False
        now = begin + option.service_s
        if visit is not None and begin == visit.begin_s and option.entry != HERE:
            return True
        here = onward(here, option)
    return now + problem.travel_s(team.mode, here, team.start) <= problem.shift_s + longer_s
