"""The checker: re-adds a plan from the network and the registers, and refuses what breaks a rule.

It knows no solver. Every leg is searched again on the streets; nothing stored in the plan is believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geo.errors import Invalid
from geo.patrol.build import pass_seconds
from geo.patrol.demand.rests import Rest
from geo.patrol.legs import Breach, Leg
from geo.patrol.passing.checker import passed_breaches
from geo.patrol.problem import HERE, Option, Person, Plan, Problem, Stop, Team, Vehicle, Visit
from geo.patrol.schedule import places_of
from geo.patrol.value import demand_value, longest_gap, plan_value, stays_of
from geo.roads.network import Network
from geo.roads.places import PlacedNetwork, Way, way_line
from geo.roads.speeds import Mode

NEEDS_VEHICLE: Mapping[Mode, str] = {"car": "car", "ebike": "ebike"}


class PlanRefused(Invalid):
    """A plan breaks rules; the facts list each with the team and stop concerned."""


@dataclass(frozen=True, slots=True)
class Register:
    """Who and what may be used in the shift: people on duty and vehicles fit for use, by id.

    ``taken_people`` and ``taken_vehicles`` are held by plans of other shifts at the same hours. ``rests`` are what
    every team of the shift takes.
    """

    people: Mapping[int, Person]
    vehicles: Mapping[int, Vehicle]
    taken_people: frozenset[int] = frozenset()
    taken_vehicles: frozenset[int] = frozenset()
    rests: tuple[Rest, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptDay:
    """What of a team's day is done or under way: its first visits, and the legs that were checked before.

    Streets, hours and people may have changed since: none of it is held against what was done.
    """

    visits: tuple[Visit, ...]
    legs: tuple[Leg, ...]


@dataclass(frozen=True)
class PlanScore:
    """What a plan is worth, re-added.

    ``legs`` are per team: to each stop in order, the stretch itself where a stop is one, and back. ``value`` is what
    the plan suppresses of ``value_total``, in thousandths of a violation-minute (:mod:`geo.patrol.value`).
    """

    weight_served: float
    weight_total: float
    travel_s: int
    work_s: int
    wait_s: int
    distance_m: int
    legs: tuple[tuple[Leg, ...], ...]
    breaches: tuple[Breach, ...]
    value: int = 0
    value_total: int = 0


def score_plan(
    network: Network, problem: Problem, plan: Plan, register: Register, kept: Mapping[str, KeptDay] | None = None
) -> PlanScore:
    """Re-add a plan and list every rule it breaks.

    Parameters
    ----------
    network
        The streets the problem was built on.
    problem, plan
        What was asked and what was answered.
    register
        People and vehicles as they are on file, not as the plan claims.
    kept
        By the code of a team, how its day must begin; a day that begins otherwise is a breach.

    Returns
    -------
    PlanScore
        ``breaches`` is empty for a plan that holds. ``weight_total`` counts the stops that are open in the shift.
    """
    held = {number: day for number, team in enumerate(problem.teams) if (day := (kept or {}).get(team.code))}
    done = {visit.stop for day in held.values() for visit in day.visits}
    breaches = [
        *_team_breaches(problem, register),
        *_stop_breaches(problem, plan),
        *_spacing_breaches(problem, plan, done),
        *_rest_breaches(problem, plan, register.rests, held),
    ]
    legs: list[tuple[Leg, ...]] = []
    travel = work = wait = metres = 0
    placed = {mode: PlacedNetwork(network, mode, problem.places[mode]) for mode in {t.mode for t in problem.teams}}
    if len(plan.days) != len(problem.teams):
        breaches.append(Breach("days"))
    for number, (team, visits) in enumerate(zip(problem.teams, plan.days, strict=False)):
        known = [v for v in visits if 0 <= v.stop < len(problem.stops) and _option(problem, team, v) is not None]
        if len(known) < len(visits):
            breaches.append(Breach("unknown_stop", team.code))
        before = held.get(number, KeptDay((), ()))
        if tuple(known[: len(before.visits)]) != before.visits:
            breaches.append(Breach("kept", team.code))
            before = KeptDay((), ())
        to_come = known[len(before.visits) :]
        ways = _search(placed[team.mode], problem, team, known, len(before.visits))
        breaches += _time_breaches(problem, team, to_come, ways, before.visits[-1].leave_s if before.visits else 0)
        legs.append((*before.legs, *_legs(problem, team, to_come, ways)))
        rides = [leg.duration_s for leg in legs[-1] if leg.kind == "travel"]
        travel += sum(rides)
        metres += sum(leg.distance_m for leg in legs[-1])
        begun = 0
        for visit, ride in zip(known, rides, strict=False):
            work += _must(problem, team, visit).service_s
            wait += visit.begin_s - begun - ride
            begun = visit.leave_s
    served = {visit.stop for visits in plan.days for visit in visits if 0 <= visit.stop < len(problem.stops)}
    served |= plan.passed.keys()
    breaches += passed_breaches(network.srid, problem, plan, legs)
    return PlanScore(
        weight_served=round(sum(problem.stops[i].weight for i in sorted(served)), 6),
        weight_total=round(sum(stop.weight for stop in problem.stops if stop.windows), 6),
        travel_s=travel,
        work_s=work,
        wait_s=wait,
        distance_m=metres,
        legs=tuple(legs),
        breaches=(*breaches, *_cap_breaches(problem, plan)),
        value=plan_value(problem, _known(problem, plan)),
        value_total=demand_value(problem),
    )


def check_plan(
    network: Network, problem: Problem, plan: Plan, register: Register, kept: Mapping[str, KeptDay] | None = None
) -> PlanScore:
    """The score of a plan that holds; parameters as :func:`score_plan`.

    Raises
    ------
    PlanRefused
        If it breaks any rule; facts: ``breaches``, each ``rule team stop``.
    """
    score = score_plan(network, problem, plan, register, kept)
    if score.breaches:
        said = [" ".join(word for word in (b.rule, b.team, b.stop) if word) for b in score.breaches]
        raise PlanRefused("patrol.plan_refused", breaches="; ".join(said[:20]), count=len(said))
    return score


def _team_breaches(problem: Problem, register: Register) -> Iterator[Breach]:
    """People and vehicles: real, on duty, free, once, licensed as claimed, seated, of the right kind."""
    people = Counter(person.id for team in problem.teams for person in team.members)
    vehicles = Counter(vehicle.id for team in problem.teams for vehicle in team.vehicles)
    for team in problem.teams:
        if not team.members:
            yield Breach("team_empty", team.code)
        for person in team.members:
            if people[person.id] > 1:
                yield Breach("person_twice", team.code)
            if person.id not in register.people:
                yield Breach("person_off_duty", team.code)
            if person.id in register.taken_people:
                yield Breach("person_taken", team.code)
        on_file = [register.people[person.id] for person in team.members if person.id in register.people]
        if team.licences > sum(person.licensed(problem.on_date) for person in on_file):
            yield Breach("licence", team.code)
        for vehicle in team.vehicles:
            real = register.vehicles.get(vehicle.id)
            if vehicles[vehicle.id] > 1:
                yield Breach("vehicle_twice", team.code)
            if real is None or vehicle.id in register.taken_vehicles:
                yield Breach("vehicle_taken", team.code)
            elif real.kind != NEEDS_VEHICLE.get(team.mode):
                yield Breach("vehicle_kind", team.code)
        seats = sum(register.vehicles[v.id].seats for v in team.vehicles if v.id in register.vehicles)
        if team.mode in NEEDS_VEHICLE and seats < len(team.members):
            yield Breach("seats", team.code)


def _stop_breaches(problem: Problem, plan: Plan) -> Iterator[Breach]:
    """Every stop once, a place that fills up again at least once: in a day, or unserved with a reason."""
    visits = Counter(visit.stop for day in plan.days for visit in day)
    for number, stop in enumerate(problem.stops):
        if visits[number] > 1 and stop.recurrence is None:
            yield Breach("stop_twice", stop=stop.key)
        if (visits[number] > 0) + (number in plan.unserved) + (number in plan.passed) > 1:
            yield Breach("served_and_not", stop=stop.key)
        if not visits[number] and number not in plan.unserved and number not in plan.passed:
            yield Breach("no_reason", stop=stop.key)


def _spacing_breaches(problem: Problem, plan: Plan, kept: Collection[int]) -> Iterator[Breach]:
    """Whether stops begin long enough after those they follow, where both are done and not both kept."""
    done = {visit.stop: visit for day in plan.days for visit in day if 0 <= visit.stop < len(problem.stops)}
    for number, ways in plan.passed.items():
        if ways:
            done[number] = Visit(number, 0, ways[0].begin_s, ways[0].begin_s, ways[-1].end_s)
    numbers = {stop.key: number for number, stop in enumerate(problem.stops)}
    for number, visit in sorted(done.items()):
        stop = problem.stops[number]
        before = done.get(numbers[stop.after]) if stop.after is not None else None
        if before is None or (number in kept and before.stop in kept):
            continue
        if visit.begin_s < before.leave_s + stop.gap_s:
            yield Breach("spacing", stop=stop.key)


def _rest_breaches(
    problem: Problem, plan: Plan, rests: Collection[Rest], kept: Mapping[int, KeptDay]
) -> Iterator[Breach]:
    """Whether each team has each rest in its hours, or it is said that it has not."""
    numbers = {stop.key: number for number, stop in enumerate(problem.stops)}
    for number, (team, day) in enumerate(zip(problem.teams, plan.days, strict=False)):
        before = {visit.stop for visit in kept[number].visits} if number in kept else set()
        for rest in rests:
            stop = numbers.get(rest.key(team.code), -1)
            taken = any(
                visit.stop == stop
                and visit.leave_s - visit.begin_s >= rest.service_s
                and any(low <= visit.begin_s and visit.leave_s <= high for low, high in rest.windows)
                for visit in day
            )
            if not taken and stop not in before and stop not in plan.unserved:
                yield Breach("rest", team.code, rest.name)


def _cap_breaches(problem: Problem, plan: Plan) -> Iterator[Breach]:
    """Places left alone for longer than promised without a word; and words about those that are not."""
    stays = {number: found for number, found in _stays(problem, plan).items() if found}
    for number in plan.broken:
        if number not in stays:
            yield Breach("broken_unvisited", stop=problem.stops[number].key)
    for number, found in stays.items():
        stop = problem.stops[number]
        assert stop.recurrence is not None
        cap = stop.recurrence.cap_s
        kept = cap is None or longest_gap(stop.windows, found) <= cap
        if kept == (number in plan.broken):
            yield Breach("cap_kept" if kept else "cap", stop=stop.key)


def _stays(problem: Problem, plan: Plan) -> dict[int, list[tuple[int, int]]]:
    return stays_of(problem, _known(problem, plan))


def _known(problem: Problem, plan: Plan) -> Plan:
    """The plan without visits of stops that do not exist."""
    return Plan(tuple(tuple(v for v in day if 0 <= v.stop < len(problem.stops)) for day in plan.days), {})


def _time_breaches(
    problem: Problem, team: Team, visits: Collection[Visit], ways: list[Way], free: int
) -> Iterator[Breach]:
    """Legs, windows, work, ground, licences and the end of the shift, in the order of the day from second ``free``."""
    for visit, way in zip(visits, ways, strict=False):
        stop = problem.stops[visit.stop]
        option = _must(problem, team, visit)
        if visit.arrive_s < free + way.duration_s or visit.begin_s < visit.arrive_s:
            yield Breach("overlap", team.code, stop.key)
        if visit.leave_s - visit.begin_s < option.service_s:
            yield Breach("work_too_short", team.code, stop.key)
        if not any(low <= visit.begin_s and visit.leave_s <= high for low, high in stop.windows):
            yield Breach("window", team.code, stop.key)
        if stop.path and stop.kind in ("pass", "coverage") and option.service_s < _least_s(team, stop):
            yield Breach("work_too_short", team.code, stop.key)
        if team.licences < stop.licences_needed:
            yield Breach("stop_licence", team.code, stop.key)
        if not team.on_its_ground(stop):
            yield Breach("ground", team.code, stop.key)
        if not team.holds(stop):
            yield Breach("person", team.code, stop.key)
        free = visit.leave_s
    if visits and free + ways[-1].duration_s > problem.shift_s:
        yield Breach("shift_end", team.code)


def _least_s(team: Team, stop: Stop) -> int:
    """Seconds a stretch takes at least: at the pace of a patrol, or as fast as riding along it counts."""
    at_patrol = pass_seconds(team.mode, stop.length_m)
    return min(at_patrol, int(stop.length_m * 3.6 / stop.ride_kmh)) if stop.ride_kmh else at_patrol


def _option(problem: Problem, team: Team, visit: Visit) -> Option | None:
    ways = problem.stops[visit.stop].options.get(team.mode, ())
    return ways[visit.option] if 0 <= visit.option < len(ways) else None


def _must(problem: Problem, team: Team, visit: Visit) -> Option:
    option = _option(problem, team, visit)
    assert option is not None
    return option


def _search(placed: PlacedNetwork, problem: Problem, team: Team, visits: Sequence[Visit], first: int) -> list[Way]:
    """The way to each stop in order from the one numbered ``first``, and back."""
    if not visits:
        return []
    leave = places_of(problem, team, [(visit.stop, visit.option) for visit in visits])[first:]
    entries = [_must(problem, team, visit).entry for visit in visits[first:]]
    reach = [*(here if entry == HERE else entry for here, entry in zip(leave, entries, strict=False)), team.start]
    return placed.ways(zip(leave, reach, strict=True))


def _legs(problem: Problem, team: Team, visits: Collection[Visit], ways: list[Way]) -> tuple[Leg, ...]:
    from shapely import LineString

    legs = []
    for way, visit in zip(ways, [*visits, None], strict=True) if ways else ():
        legs.append(Leg("travel", way.duration_s, way.distance_m, way_line(way)))
        if visit is not None and problem.stops[visit.stop].path:
            option = _must(problem, team, visit)
            path = problem.stops[visit.stop].path
            line = LineString(path[::-1] if option.backward else path)
            legs.append(Leg("pass", option.service_s, problem.stops[visit.stop].length_m, line))
    return tuple(legs)
