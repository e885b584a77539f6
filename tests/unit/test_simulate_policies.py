"""Ways of patrolling side by side: same teams, streets and posts; what they keep, and what they are measured by."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from geo.patrol.problem import Plan, Problem, Visit
from geo.patrol.schedule import end_of_day, places_of
from geo.patrol.simulate import compare, rotas, rules
from geo.patrol.simulate.bound import most_suppressed
from geo.patrol.simulate.dispatch import appointments
from geo.patrol.simulate.figures import Practice, entropy_bits, learned, promises
from geo.patrol.simulate.policies import POLICIES, Shift, ours
from geo.patrol.simulate.presence import halts_of, seen_from, zones_of
from geo.patrol.simulate.scenes import Scene
from geo.patrol.simulate.towns import MORNING, make_town
from geo.patrol.simulate.vendors import draw_crowd
from geo.patrol.simulate.worth import Worth
from geo.patrol.value import demand_value, plan_value
from tests.towns import grid, network_of

RULES = ("static_rota", "practised_rota", "nearest_neighbour", "uniform_random", "idleness_greedy", "myopic_greedy")


@cache
def scene(staff: str = "six", early: bool = False) -> Scene:
    """A chequerboard of 5 × 4 km with a main street every kilometre."""
    tiers = ["main" if row % 5 == 0 else "lane" for row in range(20) for _ in range(25)] + ["lane"] * (19 * 26)
    names = [f"大街{row}" if row % 5 == 0 else None for row in range(20) for _ in range(25)] + [None] * (19 * 26)
    network = network_of(grid(26, 20, tier=tiers, name=names))
    hours = {"hours": MORNING} if early else {}
    return make_town(network, "grid", 1, staff, **hours)  # type: ignore[arg-type]


def shift(staff: str = "six") -> Shift:
    return Shift(scene(staff).problem, scene(staff).from_s, 1, tries=6, random_days=3)


@cache
def practice(name: str, staff: str = "six") -> Practice:
    return POLICIES[name](shift(staff))


def check_times(problem: Problem, plan: Plan) -> None:
    """Every leg takes as long as its street, nobody is at two places, everybody is home in time."""
    for team, day in zip(problem.teams, plan.days, strict=True):
        places = places_of(problem, team, [(visit.stop, visit.option) for visit in day])
        free = 0
        for here, visit in zip(places, day, strict=False):
            option = problem.stops[visit.stop].options[team.mode][visit.option]
            assert team.serves(problem.stops[visit.stop])
            assert visit.arrive_s >= free + problem.travel_s(team.mode, here, option.entry)
            assert visit.arrive_s <= visit.begin_s == visit.leave_s - option.service_s
            free = visit.leave_s
        assert end_of_day(problem, team, day) <= problem.shift_s


@pytest.mark.parametrize("staff", ["six", "four"])
@pytest.mark.parametrize("name", RULES)
def test_every_rule_rides_real_streets_and_keeps_its_posts(name: str, staff: str) -> None:
    problem = scene(staff).problem
    for plan in practice(name, staff).plans:
        check_times(problem, plan)
    kept = promises(problem, practice(name, staff))
    assert kept.posts_on_time == 1.0
    assert kept.balance_cv < 0.3
    assert kept.km > 20


@pytest.mark.parametrize("name", RULES)
def test_zones_are_visited_in_their_hours_except_by_the_sheet(name: str) -> None:
    problem = scene().problem
    outside = [
        visit
        for plan in practice(name).plans
        for day in plan.days
        for visit in day
        if not any(a <= visit.begin_s and visit.leave_s <= b for a, b in problem.stops[visit.stop].windows)
    ]
    assert bool(outside) == (name == "static_rota")
    once = [visit.stop for plan in practice(name).plans[:1] for day in plan.days for visit in day]
    assert all(once.count(i) <= 1 for i, stop in enumerate(problem.stops) if stop.recurrence is None)


def test_who_knows_more_saves_more() -> None:
    problem = scene().problem
    saved = {name: plan_value(problem, practice(name).plans[0]) / demand_value(problem) for name in RULES}
    assert saved["myopic_greedy"] == max(saved.values())
    assert saved["practised_rota"] > saved["static_rota"] * 1.2
    assert promises(problem, practice("myopic_greedy")).passes == 0.0
    assert promises(problem, practice("idleness_greedy")).coverage > 0.9


def test_the_dispatchers_yardstick_agrees_with_the_planners() -> None:
    problem, worth = scene().problem, Worth(scene().problem)
    seen = [(zones_of(problem).index(i),) if i in zones_of(problem) else () for i in range(len(problem.stops))]
    for name in ("static_rota", "myopic_greedy"):
        plan = practice(name).plans[0]
        ours = worth.saved(halts_of(problem, plan, seen).stays()) / worth.whole
        assert ours == pytest.approx(plan_value(problem, plan) / demand_value(problem), rel=0.02)


def test_a_practised_rota_goes_to_dawn_markets_first_and_stays_with_the_night_markets() -> None:
    early, late = scene(early=True), scene()
    rota = rotas.Rota(2, 9 * 3_600, 12 * 3_600, 0, 18 * 3_600, 3, 900, 0.1)

    def kinds(one: Scene, low_h: float, high_h: float) -> list[str]:
        plan = rotas.follow(one.problem, one.from_s, rota)
        begin, end = low_h * 3_600 - one.from_s, high_h * 3_600 - one.from_s
        inside = [visit for day in plan.days for visit in day if begin <= visit.begin_s < end]
        return [one.problem.stops[visit.stop].name.split("-")[0] for visit in inside]

    assert kinds(early, 6, 7).count("market") >= 2
    assert kinds(late, 18.5, 22).count("night") > 2 * kinds(late, 14, 18).count("night")


def test_a_post_beside_a_zone_is_seen_there() -> None:
    problem = scene().problem
    seen = seen_from(problem)
    for number, stop in enumerate(problem.stops):
        if stop.kind == "post":
            assert [problem.stops[zones_of(problem)[zone]].name for zone in seen[number]] == [stop.name]
        if stop.kind == "pass":
            assert seen[number] == ()


def test_diaries_hold_every_post_with_its_named_person() -> None:
    problem = scene().problem
    diary = appointments(problem)
    posts = {i for i, stop in enumerate(problem.stops) if stop.duty == "post"}
    assert {one.stop for day in diary for one in day} == posts
    for team, day in zip(problem.teams, diary, strict=True):
        people = {person.id for person in team.members}
        assert all(set(problem.stops[one.stop].person_ids) <= people for one in day)


def test_figures_of_a_plan_worked_out_by_hand() -> None:
    problem = scene("four").problem
    post = next(i for i, stop in enumerate(problem.stops) if stop.duty == "post")
    zone = zones_of(problem)[-1]
    window, team = problem.stops[post].windows[0], problem.teams[0]
    on_time = Visit(post, 0, window[0], window[0], window[0] + 3_600)
    too_late = Visit(post, 0, window[0], window[0] + 600, window[0] + 4_200)
    for visit, kept in ((on_time, 1.0), (too_late, 0.0)):
        days = [(visit,) if person_in(team_, problem, post) else () for team_ in problem.teams]
        assert promises(problem, Practice.of([Plan(tuple(days), {})])).posts_on_time == kept
    begin = problem.stops[zone].windows[0][0] + 3_600
    plan = Plan(((Visit(zone, 0, begin, begin, begin + 600),), ()), {})
    kept_ = promises(problem, Practice.of([plan]))
    assert kept_.coverage == round(1 / len(zones_of(problem)), 4)
    assert kept_.worst_gap_min == 480.0
    option = problem.stops[zone].options[team.mode][0]
    there = problem.travel[team.mode].distance_m
    assert kept_.km == round((there[team.start, option.entry] + there[option.exit, team.start]) / 1000, 1)
    assert kept_.balance_cv == 1.0


def person_in(team: object, problem: Problem, post: int) -> bool:
    people = {person.id for person in team.members}  # type: ignore[attr-defined]
    return set(problem.stops[post].person_ids) <= people


def test_entropy_is_nothing_for_one_plan_and_half_of_the_slots_for_two() -> None:
    problem = scene().problem
    zone = zones_of(problem)[0]
    low = problem.stops[zone].windows[0][0]
    one = Plan(((Visit(zone, 0, low, low, low + 720),), *((),) * 5), {})
    none = Plan(((),) * 6, {})
    assert entropy_bits(problem, Practice.of([one])) == 0.0
    assert entropy_bits(problem, Practice.of([one, none])) == round(1 / len(zones_of(problem)), 3)
    _, known = learned(problem, Practice.of([one, none], [0.25, 0.75]), 15.0)
    assert known[0].max() == pytest.approx(0.25, abs=0.01)


def test_the_same_days_come_for_every_policy_and_again() -> None:
    names = ["static_rota", "myopic_greedy"]
    found = compare.compare([shift()], names, 3)
    again = compare.compare([shift()], names, 3)
    assert [one.row for name in names for one in found[name]] == [one.row for name in names for one in again[name]]
    assert (found["static_rota"][0].nobody == found["myopic_greedy"][0].nobody).all()
    assert found["myopic_greedy"][0].suppressed > found["static_rota"][0].suppressed
    wanted = "suppressed suppressed_learning posts_on_time coverage worst_gap_min km balance_cv entropy_bits".split()
    assert set(wanted) <= set(compare.mean_row(found["static_rota"]))


def test_a_shift_with_several_truths_is_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[int] = []

    def plan(one: Shift) -> Practice:
        planned.append(one.days_seed)
        return practice("myopic_greedy")

    monkeypatch.setitem(POLICIES, "myopic_greedy", plan)
    shifts = [replace(shift(), life=life) for life in (1, 2, 3)]
    found = compare.compare(shifts, ["myopic_greedy"], 2)["myopic_greedy"]
    assert planned == [1]
    assert len({one.suppressed for one in found}) == 3
    assert found[0].row == compare.compare([shift()], ["myopic_greedy"], 2)["myopic_greedy"][0].row


def test_what_never_patrols_suppresses_nothing_and_what_knows_the_truth_is_told_the_truth() -> None:
    problem = scene().problem
    nothing = Practice.of([Plan(((),) * len(problem.teams), {})])
    found = compare.simulate(shift(), nothing, draw_crowd(problem, 1), 2)
    assert found.suppressed == 0.0
    assert found.row["coverage"] == 0.0
    exact = draw_crowd(problem, 1, error=0.0)
    told = np.array([problem.stops[i].recurrence.per_minute for i in zones_of(problem)]) / 1000  # type: ignore[union-attr]
    assert np.allclose(exact.level, told)
    wrong = draw_crowd(problem, 1).level.sum(axis=1) / told.sum(axis=1)
    assert 0.5 <= wrong.min() < 0.7
    assert 1.3 < wrong.max() <= 1.5


def test_the_worst_case_is_no_better_than_half_learning_under_a_daily_plan() -> None:
    found = compare.compare([shift()], ["myopic_greedy"], 4)["myopic_greedy"][0]
    assert 0 < found.worst < found.suppressed


def test_sectors_share_out_every_stop_once() -> None:
    problem = scene().problem
    shares = rules.sectors(problem)
    assert sorted(stop for share in shares for stop in share if problem.stops[stop].kind != "post") == [
        i for i, stop in enumerate(problem.stops) if stop.kind != "post" and stop.windows
    ]


@pytest.mark.parametrize("staff", ["six", "four"])
def test_no_policy_exceeds_what_is_proven(staff: str) -> None:
    problem = shift(staff).problem
    most = most_suppressed(problem)
    # A rule may stay away from what is required: it is held against a shift that requires nothing.
    free = most_suppressed(without_duties(problem))
    for name in RULES:
        for plan in practice(name, staff).plans:
            assert plan_value(problem, plan) <= free
    (best,) = ours(replace(shift(staff), iterations=50)).plans
    assert plan_value(problem, best) <= most < demand_value(problem)


def without_duties(problem: Problem) -> Problem:
    return replace(problem, stops=tuple(replace(stop, required=False) for stop in problem.stops))


def test_one_who_may_stay_at_the_only_place_suppresses_it_all() -> None:
    problem = shift().problem
    zone = zones_of(problem)[0]
    stop = replace(problem.stops[zone], windows=((0, problem.shift_s),), after=None)
    alone = replace(problem, stops=(stop,))
    assert most_suppressed(alone) == sum(stop.recurrence.per_minute)  # type: ignore[union-attr]
    assert most_suppressed(replace(problem, stops=())) == 0
