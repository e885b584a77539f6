"""Why a stop is not in the plan: the first thing that truly stands in the way, with the figures to check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from geo.patrol.problem import CLOSED, Problem, Reason, Stop
from geo.patrol.schedule import Step, detours, end_of_day, time_day
from geo.roads.places import OffNetwork
from geo.roads.speeds import Mode


def give_reasons(problem: Problem, days: Sequence[Sequence[Step]]) -> dict[int, Reason]:
    """A reason for each stop that is in no day, by the stop's number, in the problem's order."""
    served = {stop for day in days for stop, _ in day}
    return {number: reason_for(problem, days, number) for number in range(len(problem.stops)) if number not in served}


def reason_for(problem: Problem, days: Sequence[Sequence[Step]], number: int) -> Reason:
    """The reason why one stop is left out of these days.

    In this order: closed all shift; off the network; needs licences nobody free holds; reachable only by a mode its
    teams lack; window shorter than the work; too far even as a team's only stop; no time left (cheapest
    way to add it against what the team has left); time left but not in its window.
    """
    stop = problem.stops[number]
    if not stop.windows:
        return Reason(CLOSED, {"hours": stop.hours or "-"})
    if not any(stop.options.values()):
        return _off_network(stop)
    if stop.licences_needed > 1 and not any(team.licences >= stop.licences_needed for team in problem.teams):
        most = max((team.licences for team in problem.teams), default=0)
        return Reason("patrol.reason_licences", {"needed": stop.licences_needed, "most": most})
    allowed = [
        i
        for i, team in enumerate(problem.teams)
        if (not team.districts or stop.district_code in team.districts) and team.licences >= stop.licences_needed
    ]
    if not allowed:
        return Reason("patrol.reason_no_team", {"district": stop.district_code or "-"})
    able = [i for i in allowed if stop.options.get(problem.teams[i].mode)]
    if not able:
        return _wrong_mode(stop, sorted({problem.teams[i].mode for i in allowed}))
    open_s = max(high - low for low, high in stop.windows)
    shortest = min(option.service_s for i in able for option in stop.options[problem.teams[i].mode])
    if shortest > open_s:
        return Reason("patrol.reason_window_short", {"window_min": open_s // 60, "service_min": _up(shortest)})
    alone = [i for i in able if _fits_alone(problem, i, number)]
    if not alone:
        needed = min(detours(problem, problem.teams[i], (), number)[0][0] for i in able)
        return Reason("patrol.reason_too_far", {"needed_min": _up(needed), "window_min": open_s // 60})
    return _no_time(problem, days, number, alone)


MODE_WORDS: Final[Mapping[Mode, tuple[str, str]]] = {
    "foot": ("步行", "on foot"),
    "ebike": ("电动自行车", "by e-bike"),
    "car": ("汽车", "by car"),
}


def _wrong_mode(stop: Stop, modes: Sequence[Mode]) -> Reason:
    """Teams are allowed to go, but not by what they ride; one-ways that lead nowhere are the usual cause."""
    streets = sorted({off.street for mode, off in stop.off.items() if mode in modes and off.street})
    facts: dict[str, object] = {"street": streets[0] if streets else stop.name or "-"}
    for language, column in (("zh", 0), ("en", 1)):
        joint = "、" if language == "zh" else ", "
        facts[f"teams_{language}"] = joint.join(MODE_WORDS[mode][column] for mode in modes)
        facts[f"modes_{language}"] = joint.join(MODE_WORDS[mode][column] for mode in sorted(stop.options))
    return Reason("patrol.reason_mode", facts)


def _fits_alone(problem: Problem, team: int, stop: int) -> bool:
    return any(
        time_day(problem, problem.teams[team], ((stop, option),)) is not None
        for option in range(len(problem.stops[stop].options[problem.teams[team].mode]))
    )


def _no_time(problem: Problem, days: Sequence[Sequence[Step]], number: int, teams: Sequence[int]) -> Reason:
    """Cheapest way to add the stop against the time left, for the team that is short of least."""
    offers = []
    for i in teams:
        team = problem.teams[i]
        day = time_day(problem, team, days[i]) or ()
        spare = problem.shift_s - end_of_day(problem, team, day)
        needed = detours(problem, team, days[i], number)[0][0]
        offers.append((needed - spare, team.code, team.name, needed, spare))
    short, _, name, needed, spare = min(offers)
    facts = {"team": name, "needed_min": _up(needed), "spare_min": spare // 60}
    return Reason("patrol.reason_no_time" if short > 0 else "patrol.reason_window_taken", facts)


def _off_network(stop: Stop) -> Reason:
    """The reason of the mode that comes nearest: a street that is there but cut off says more than a distance."""
    offs: list[OffNetwork] = list(stop.off.values())
    apart = [off for off in offs if off.cut_off]
    if apart:
        off = min(apart, key=lambda off: (off.part_m or 0, off.street or ""))
        return Reason("patrol.reason_cut_off", {"street": off.street or "-", "part_m": off.part_m})
    return Reason("patrol.reason_no_street", {"nearest_m": min((off.nearest_m for off in offs), default=-1)})


def _up(seconds: int) -> int:
    """Whole minutes, rounded up."""
    return -(-seconds // 60)
