"""Why a stop is not in the plan: the first thing that truly stands in the way, with the figures to check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geo.patrol.problem import CLOSED, Plan, Problem, Reason, Stop, Team, Visit
from geo.patrol.schedule import Step, cheapest_insertion, detours, end_of_day, time_day
from geo.patrol.value import longest_gap, stays_of
from geo.roads.places import OffNetwork
from geo.roads.speeds import Mode

HOUR_S: Final = 3_600


def explain(problem: Problem, days: Sequence[Sequence[Visit]]) -> Plan:
    """The plan of these days: with a reason for each stop that is in none, and for each promise kept only in part."""
    steps = [tuple((visit.stop, visit.option) for visit in day) for day in days]
    plan = Plan(tuple(tuple(day) for day in days), give_reasons(problem, steps))
    return Plan(plan.days, plan.unserved, _broken(problem, plan, steps))


def give_reasons(problem: Problem, days: Sequence[Sequence[Step]]) -> dict[int, Reason]:
    """A reason for each stop that is in no day, by the stop's number, in the problem's order."""
    served = {stop for day in days for stop, _ in day}
    return {number: reason_for(problem, days, number) for number in range(len(problem.stops)) if number not in served}


def _broken(problem: Problem, plan: Plan, days: Sequence[Sequence[Step]]) -> dict[int, Reason]:
    """Why places that are visited stay unvisited for longer than was promised, by number."""
    found = {}
    for number, stays in stays_of(problem, plan).items():
        stop = problem.stops[number]
        assert stop.recurrence is not None
        longest, cap = longest_gap(stop.windows, stays), stop.recurrence.cap_s
        if stays and cap is not None and longest > cap:
            able = [i for i, team in enumerate(problem.teams) if team.serves(stop)]
            best = _shortest_of_time(problem, days, number, able)
            facts = {"longest_min": _up(longest), "cap_min": cap // 60, **best.facts()}
            found[number] = Reason("patrol.reason_cap", facts)
    return found


def gives_way(problem: Problem, stop: int, to: int) -> bool:
    """Whether a stop gives way to another: lower in the bureau's order, or no promise where that one is."""

    def rank(number: int) -> tuple[int, bool]:
        return problem.order.index(problem.stops[number].duty), not problem.stops[number].required

    return problem.stops[to].recurrence is None and rank(stop) > rank(to)


def reason_for(problem: Problem, days: Sequence[Sequence[Step]], number: int) -> Reason:
    """The reason why one stop is left out of these days.

    In this order: closed all shift; off the network; the people it names are in no team together; needs licences that
    no team which could go holds; on no team's ground; reachable only by a mode its teams lack; window shorter than the
    work; too far even as a team's only stop; too near in time to a stop it must keep its distance from; no time left
    beside what does not give way to it (cheapest way to add it against what the team has left); time left but not in
    its window; of a rest, what its team cannot leave in those hours; of a place that fills up again and could be
    added, time is worth more elsewhere.
    """
    stop = problem.stops[number]
    if not stop.windows:
        return Reason(CLOSED, {"hours": stop.hours or "-"})
    if not any(stop.options.values()):
        return _off_network(stop)
    named = [team for team in problem.teams if team.holds(stop)]
    if not named:
        return Reason("patrol.reason_person", {"people": len(stop.person_ids), "missing": _missing(problem, stop)})
    if not any(team.licences >= stop.licences_needed for team in named):
        return _licences(stop, named)
    allowed = [
        i
        for i, team in enumerate(problem.teams)
        if team.on_its_ground(stop) and team.licences >= stop.licences_needed and team.holds(stop)
    ]
    if not allowed:
        if near := [team for team in named if team.on_its_ground(stop)]:
            return _licences(stop, near)
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
    if (other := _kept_apart(problem, days, number, alone)) is not None:
        return Reason("patrol.reason_spacing", {"other": other.name or other.key, "gap_min": _gap(stop, other) // 60})
    if stop.kind == "break" and (found := _no_rest(problem, days, number, alone[0])) is not None:
        return found
    return _no_time(problem, days, number, alone)


def _no_rest(problem: Problem, days: Sequence[Sequence[Step]], number: int, team: int) -> Reason | None:
    """What keeps a team from its rest: stops that do not give way and without which it would fit, each of them needed.

    None if it fits beside all of them.
    """
    stop, crew = problem.stops[number], problem.teams[team]
    held = [step for step in days[team] if not gives_way(problem, step[0], number)]

    def fits(without: Sequence[Step]) -> bool:
        return cheapest_insertion(problem, team, [step for step in held if step not in without], number) is not None

    low, high = stop.windows[0][0], stop.windows[-1][1]
    visits = time_day(problem, crew, held) or ()
    away = {(v.stop, v.option): max(low - v.leave_s, v.begin_s - high, 0) for v in visits}
    in_the_way: list[Step] = []
    for step in sorted(held, key=lambda step: (away.get(step, 0), held.index(step))):
        if fits(in_the_way):
            break
        in_the_way.append(step)
    for step in list(in_the_way):
        if fits(rest := [one for one in in_the_way if one != step]):
            in_the_way = rest
    if not in_the_way:
        return None
    named = [problem.stops[s].name or problem.stops[s].key for s, _ in in_the_way]
    facts = {"team": crew.name, "minutes": _up(stop.shortest_s()), "hours": stop.hours or "-"}
    return Reason("patrol.reason_rest", {**facts, "stops_zh": "、".join(named), "stops_en": ", ".join(named)})


def _kept_apart(problem: Problem, days: Sequence[Sequence[Step]], number: int, teams: Sequence[int]) -> Stop | None:
    """The stop that is done and from which this one must keep its distance, if but for that it would fit."""
    stop = problem.stops[number]
    done = {problem.stops[s].key: problem.stops[s] for day in days for s, _ in day}
    apart = [one for key, one in sorted(done.items()) if key == stop.after or one.after == stop.key]
    if not apart:
        return None
    for i in teams:
        held = tuple(step for step in days[i] if not gives_way(problem, step[0], number))
        if cheapest_insertion(problem, i, held, number) is not None:
            return apart[0]
    return None


def _gap(stop: Stop, other: Stop) -> int:
    return stop.gap_s if stop.after == other.key else other.gap_s


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


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a team lacks to take a stop: seconds needed and left, and whether an hour more would do."""

    short_s: int
    code: str
    name: str
    needed_s: int
    spare_s: int
    hour: bool

    def facts(self) -> dict[str, object]:
        """For the sentence; a further pair of the team's kind could always go, since the stop fits alone."""
        facts: dict[str, object] = {
            "team": self.name,
            "needed_min": _up(self.needed_s),
            "spare_min": max(self.spare_s, 0) // 60,
        }
        facts["help_zh"] = "再加一小时或多派一队即可" if self.hour else "需多派一队"
        facts["help_en"] = "one hour more or one more pair would do" if self.hour else "it takes one more pair"
        return facts


def _shortest_of_time(problem: Problem, days: Sequence[Sequence[Step]], number: int, teams: Sequence[int]) -> _Offer:
    """The team that lacks least for a stop, its day being what does not give way to it."""
    offers = []
    for i in teams:
        team = problem.teams[i]
        held = tuple(step for step in days[i] if not gives_way(problem, step[0], number))
        day = time_day(problem, team, held) or ()
        spare = problem.shift_s - end_of_day(problem, team, day)
        needed = detours(problem, team, held, number)[0][0]
        later = cheapest_insertion(problem, i, held, number, HOUR_S) is not None
        offers.append(_Offer(needed - spare, team.code, team.name, needed, spare, later))
    return min(offers, key=lambda offer: (offer.short_s, offer.code))


def _no_time(problem: Problem, days: Sequence[Sequence[Step]], number: int, teams: Sequence[int]) -> Reason:
    """Cheapest way to add the stop against the time left, for the team that is short of least.

    A place that fills up again and could be added as the days are is left out only since time is worth more elsewhere,
    be it spent waiting for a crowd; where a window forbids it, that is the reason.
    """
    if problem.stops[number].recurrence is not None:
        takers = [i for i in teams if cheapest_insertion(problem, i, tuple(days[i]), number) is not None]
        if takers:
            return Reason("patrol.reason_worth_less", _shortest_of_time(problem, days, number, takers).facts())
    offer = _shortest_of_time(problem, days, number, teams)
    return Reason("patrol.reason_no_time" if offer.short_s > 0 else "patrol.reason_window_taken", offer.facts())


def _licences(stop: Stop, teams: Sequence[Team]) -> Reason:
    """That the teams which could go hold too few licences."""
    most = max(team.licences for team in teams)
    return Reason("patrol.reason_licences", {"needed": stop.licences_needed, "most": most})


def _missing(problem: Problem, stop: Stop) -> str:
    """Codes of the named people who are in no team; those in different teams if all are in some."""
    there = {person.id: person.code for team in problem.teams for person in team.members}
    away = [str(person) for person in stop.person_ids if person not in there]
    return ", ".join(away or [there[person] for person in stop.person_ids])


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
