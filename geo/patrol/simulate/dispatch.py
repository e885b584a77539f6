"""A shift as it unfolds under a rule: whoever is free goes next; appointments (posts, rests, duties) are kept."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from geo.patrol.problem import HERE, Plan, Problem, Stop, Team, Visit
from geo.patrol.schedule import onward
from geo.patrol.simulate.presence import APPOINTED, zones_of
from geo.roads.speeds import Mode

EARLY_S: Final = 120
"""For a post one leaves early enough to be there this long before."""

PATIENCE_S: Final = 900
"""Nobody goes to a place that opens later than this after he gets there."""

WAIT_S: Final = 300
"""Who finds nothing to do looks again after this."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Somewhere a team could go next, with its times."""

    stop: int
    option: int
    arrive_s: int
    begin_s: int
    leave_s: int


@dataclass
class Field:
    """What is known in the middle of a shift.

    ``left_s``: when each stop was last left (or will be, by a team on its way); −inf if nobody has been there.
    ``claimed_s``: until when somebody is there or on the way. ``visits``: of each team so far.
    """

    problem: Problem
    left_s: list[float]
    claimed_s: list[float]
    visits: list[list[Visit]]
    at: list[int]
    now_s: list[int]
    zones: tuple[int, ...]
    rides: Mapping[Mode, list[list[int]]]


class Rule(Protocol):
    """Chooses where a team goes next; None if it has had enough."""

    def __call__(self, known: Field, team: int, chances: Sequence[Chance]) -> Chance | None: ...


Heed = Callable[[Stop], bool]
"""Whether a rule looks at such stops at all."""


def roll_out(problem: Problem, rule: Rule, heed: Heed, regardless: bool = False) -> Plan:
    """Let a shift unfold.

    Parameters
    ----------
    problem
        Teams, hours, matrices and posts are the same for every rule.
    rule
        Chooses among what the team can reach and still keep its next appointment and be home in time.
    heed
        Which stops beside the appointments are looked at.
    regardless
        Zones are gone to whether or not they are open: the sheet says so.

    Returns
    -------
    Plan
        Without reasons for what is left out. Appointments that nobody can keep are left out.
    """
    teams = range(len(problem.teams))
    diary = appointments(problem)
    known = Field(
        problem,
        [-np.inf] * len(problem.stops),
        [-np.inf] * len(problem.stops),
        [[] for _ in teams],
        [team.start for team in problem.teams],
        [0] * len(problem.teams),
        tuple(zones_of(problem)),
        {mode: matrix.duration_s.tolist() for mode, matrix in problem.travel.items()},
    )
    taken = {chance.stop for day in diary for chance in day}
    open_to = [
        [
            number
            for number, stop in enumerate(problem.stops)
            if number not in taken and heed(stop) and stop.windows and team.serves(stop)
        ]
        for team in problem.teams
    ]
    free = [(0, number) for number in teams]
    heapq.heapify(free)
    while free:
        _, number = heapq.heappop(free)
        chances = _chances(known, number, open_to[number], diary[number], regardless)
        soon = [one for one in chances if one.begin_s - one.arrive_s <= PATIENCE_S]
        chosen = rule(known, number, soon) if soon else None
        if chosen is None and chances and _may_wait(known, number, diary[number]):
            known.now_s[number] += WAIT_S
        elif chosen is None and diary[number]:
            chosen = _keep(known, number, diary[number].pop(0))
        elif chosen is None:
            continue
        if chosen is not None:
            _go(known, number, chosen)
        heapq.heappush(free, (known.now_s[number], number))
    return Plan(tuple(tuple(day) for day in known.visits), {})


def appointments(problem: Problem) -> list[list[Chance]]:
    """Each team's diary in order of time: law, posts and deadlines to the team that has least to do, rests last.

    A window that is wider than the work is met as early as the diary allows; a rest in the middle of its window.
    """
    diary: list[list[Chance]] = [[] for _ in problem.teams]
    due = [
        (stop.kind == "break", -len(stop.person_ids), stop.windows[0], number)
        for number, stop in enumerate(problem.stops)
        if stop.windows and stop.recurrence is None and (stop.duty in APPOINTED or stop.kind == "break")
    ]
    for rest, _, _, number in sorted(due):
        able = [i for i, team in enumerate(problem.teams) if team.serves(problem.stops[number])]
        for team in sorted(able, key=lambda i: (len(diary[i]), i)):
            if (slot := _slot(problem, team, number, diary[team], rest)) is not None:
                diary[team].append(slot)
                diary[team].sort(key=lambda one: one.begin_s)
                break
    return diary


def _slot(problem: Problem, number: int, stop: int, booked: Sequence[Chance], rest: bool) -> Chance | None:
    """A time for an appointment that leaves the others reachable; none if there is no such time."""
    team, one = problem.teams[number], problem.stops[stop]
    option = one.options[team.mode][0]
    for low, high in one.windows:
        latest = high - option.service_s
        begins = list(range(low, latest + 1, 300)) or ([low] if low <= latest else [])
        if rest:
            begins.sort(key=lambda begin: (abs(begin - (low + latest) // 2), begin))
        for begin in begins:
            slot = Chance(stop, 0, begin, begin, begin + option.service_s)
            if _fits(problem, team, slot, booked):
                return slot
    return None


def _fits(problem: Problem, team: Team, slot: Chance, booked: Sequence[Chance]) -> bool:
    """Whether the diary with one more appointment can be kept from start to end."""
    now, here = 0, team.start
    for one in sorted([*booked, slot], key=lambda chance: chance.begin_s):
        option = problem.stops[one.stop].options[team.mode][one.option]
        if now + problem.travel_s(team.mode, here, option.entry) + EARLY_S > one.begin_s > 0:
            return False
        now, here = one.leave_s, onward(here, option)
    return now + problem.travel_s(team.mode, here, team.start) <= problem.shift_s


def _chances(
    known: Field, number: int, stops: Sequence[int], diary: Sequence[Chance], regardless: bool
) -> list[Chance]:
    """Where the team can go and still be on time for its next appointment, or home."""
    problem, team = known.problem, known.problem.teams[number]
    now, here = known.now_s[number], known.at[number]
    ride = known.rides[team.mode]
    goal, limit = team.start, problem.shift_s
    if diary:
        goal = problem.stops[diary[0].stop].options[team.mode][diary[0].option].entry
        limit = max(diary[0].begin_s - EARLY_S, 0)
    found = []
    for stop in stops:
        one = problem.stops[stop]
        if one.recurrence is None and known.left_s[stop] > -np.inf:
            continue
        if one.after is not None and not _after(known, one, now):
            continue
        for way, option in enumerate(one.options[team.mode]):
            then = onward(here, option)
            home = 0 if goal == HERE else ride[then][goal]
            arrive = now if option.entry == HERE else now + ride[here][option.entry]
            if arrive + option.service_s + home > limit:
                continue
            begin = arrive if regardless and one.recurrence else one.begin_from(arrive, option.service_s)
            if begin is not None and begin + option.service_s + home <= limit:
                found.append(Chance(stop, way, arrive, begin, begin + option.service_s))
    return found


def _may_wait(known: Field, number: int, diary: Sequence[Chance]) -> bool:
    """Whether the next appointment can still be kept after waiting a little."""
    if not diary:
        return known.now_s[number] + WAIT_S < known.problem.shift_s
    team = known.problem.teams[number]
    goal = known.problem.stops[diary[0].stop].options[team.mode][diary[0].option].entry
    ride = known.problem.travel_s(team.mode, known.at[number], goal)
    return known.now_s[number] + WAIT_S + ride <= diary[0].begin_s - EARLY_S


def _after(known: Field, stop: Stop, now: int) -> bool:
    """Whether what must come before is done long enough ago; a pass asked for twice is ridden twice, apart."""
    before = next(i for i, one in enumerate(known.problem.stops) if one.key == stop.after)
    return known.left_s[before] + stop.gap_s <= now


def _keep(known: Field, number: int, slot: Chance) -> Chance | None:
    """The appointment with the times at which the team really gets there; None if it comes too late after all."""
    problem, team = known.problem, known.problem.teams[number]
    option = problem.stops[slot.stop].options[team.mode][slot.option]
    arrive = known.now_s[number] + problem.travel_s(team.mode, known.at[number], option.entry)
    begin = problem.stops[slot.stop].begin_from(max(arrive, slot.begin_s), option.service_s)
    return None if begin is None else Chance(slot.stop, slot.option, arrive, begin, begin + option.service_s)


def _go(known: Field, number: int, chosen: Chance) -> None:
    """Write the visit down."""
    team = known.problem.teams[number]
    option = known.problem.stops[chosen.stop].options[team.mode][chosen.option]
    visit = Visit(chosen.stop, chosen.option, chosen.arrive_s, chosen.begin_s, chosen.leave_s)
    known.visits[number].append(visit)
    known.left_s[chosen.stop] = known.claimed_s[chosen.stop] = chosen.leave_s
    known.now_s[number], known.at[number] = chosen.leave_s, onward(known.at[number], option)
