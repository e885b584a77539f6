"""Every reason of any shift is true: lifting exactly what it names makes way for the stop, or for its next reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.patrol.demand.wish import Wish
from geo.patrol.evaluate import Register, score_plan
from geo.patrol.problem import DUTIES, Option, Plan, Problem, ProblemBroken, Reason, Recurrence, Stop, Team
from geo.patrol.reasons import gives_way, reason_for
from geo.patrol.schedule import Step, cheapest_insertion
from geo.patrol.solve import solve_shift
from geo.roads.speeds import Mode
from tests.towns import ORIGIN, grid, network_of, people, shift, streets, vehicles, zone

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BUDGET = 8
BEFORE_TIME = (
    "closed", "no_street", "cut_off", "person", "licences", "no_team", "mode", "window_short", "too_far", "spacing",
)  # fmt: skip
"""The order in which reasons are looked for; then come those of time."""

Days = Sequence[Sequence[Step]]


def town() -> GeoDataFrame:
    """Blocks of 200 m, an alley for walkers alone, and a street that leads nowhere."""
    blocks = grid(5, 4, owner_district="P01")
    more = streets(
        [[(800, 0), (1300, 0)], [(3000, 0), (3400, 0)]], ebike=[False, True], car=[False, True], owner_district="P02"
    )
    table = {name: [*blocks[name], *more[name]] for name in blocks.columns if name != "geometry"}
    lines = [*blocks.geometry, *more.geometry]
    return GeoDataFrame(table, geometry=lines, crs=blocks.crs, index=np.arange(1, len(lines) + 1))


TOWN = network_of(town())
GROUNDS = {
    "P01": (shapely.box(ORIGIN[0] - 100, ORIGIN[1] - 100, ORIGIN[0] + 400, ORIGIN[1] + 700), None),
    "P02": (shapely.box(ORIGIN[0] + 400, ORIGIN[1] - 100, ORIGIN[0] + 1400, ORIGIN[1] + 700), None),
}


def any_shift(seed: int) -> tuple[Problem, Register]:
    """Stops of every duty, some closed, out of reach, on nobody's ground, too long, named or spaced; few people."""
    draw = np.random.default_rng(seed)
    length_s = 60 * int(draw.integers(120, 300))
    wishes: list[Wish] = []
    for i in range(int(draw.integers(4, 22))):
        low = int(draw.integers(0, length_s - 600))
        high = min(low + int(draw.integers(600, 12_000)), length_s)
        later = ((high + 300, length_s),) if high + 900 < length_s and draw.random() < 0.3 else ()
        out_of_reach = draw.random()
        spot = (3_200.0, 0.0) if out_of_reach < 0.05 else (1_250.0, 0.0) if out_of_reach < 0.15 else None
        x, y = spot or draw.uniform(-100, 900 if out_of_reach < 0.95 else 2_400, 2)
        comes_back, once = draw.random() < 0.35, bool(wishes) and wishes[-1].recurrence is None
        told = tuple(int(one) for one in draw.integers(0, 3_000, length_s // 60))
        wishes.append(
            zone(
                i, float(x), float(y), None,
                windows=() if draw.random() < 0.06 else ((low, high), *later),
                key=f"stop:{i}", kind="zone" if comes_back else "check",
                duty="hotspot" if comes_back else DUTIES[int(draw.integers(5))],
                district_code="P09" if draw.random() < 0.06 else "P01" if x < 400 else "P02",
                recurrence=Recurrence(told, int(draw.integers(300, 4_000))) if comes_back else None,
                required=bool(draw.random() < 0.5), weight=round(float(draw.uniform(0.2, 9)), 2),
                service_s=int(draw.integers(200, 4_500)), hours="06:00-07:00",
                licences_needed=int(draw.integers(1, 3)) if draw.random() < 0.15 else 0,
                person_ids=((1, 101), (2,), (9,))[int(draw.integers(3))] if draw.random() < 0.15 else (),
                after=f"stop:{i - 1}" if once and not comes_back and draw.random() < 0.25 else None,
                gap_s=int(draw.integers(600, 7_200)),
            )
        )  # fmt: skip
    staff = people(int(draw.integers(0, 4)), int(draw.integers(1, 5)), int(draw.integers(0, 4)))
    fleet = vehicles(int(draw.integers(0, 2)), int(draw.integers(0, 6)))
    return shift(TOWN, wishes, staff, fleet, GROUNDS, length_s)


def held(problem: Problem, plan: Plan, number: int) -> Days:
    """Each team's day without what gives way to the stop."""
    return [tuple((v.stop, v.option) for v in day if not gives_way(problem, v.stop, number)) for day in plan.days]


def takers(problem: Problem, days: Days, number: int) -> list[int]:
    """Teams that can add the stop to their day."""
    return [i for i, day in enumerate(days) if cheapest_insertion(problem, i, tuple(day), number) is not None]


def lifted(problem: Problem, days: Days, number: int, reason: Reason) -> tuple[Problem, Days]:
    """The same shift but for what the reason names."""
    stop, what = problem.stops[number], reason.code.removeprefix("patrol.reason_")
    if what == "closed":
        return changed(problem, stop, windows=((0, problem.shift_s),)), days
    if what in ("no_street", "cut_off"):
        return changed(problem, stop, options=at_the_door(problem, stop, 600)), days
    if what in ("mode", "too_far"):
        return changed(problem, stop, options=at_the_door(problem, stop, stop.shortest_s())), days
    if what == "window_short":
        assert reason.facts["service_min"] > reason.facts["window_min"]
        shortest = min(o.service_s for t in problem.teams if t.serves(stop) for o in stop.options[t.mode])
        begin = max(0, min(stop.windows[0][0], problem.shift_s - shortest))
        return changed(problem, stop, windows=((begin, begin + shortest),)), days
    if what == "spacing":
        stops = tuple(replace(s, after=None) if stop.key in (s.key, s.after) else s for s in problem.stops)
        return replace(problem, stops=stops), days
    team = one_more(problem, stop, reason)
    return replace(problem, teams=(*problem.teams, team)), [*days, ()]


def changed(problem: Problem, stop: Stop, **changes: object) -> Problem:
    return replace(problem, stops=tuple(replace(s, **changes) if s.key == stop.key else s for s in problem.stops))


def at_the_door(problem: Problem, stop: Stop, service_s: int) -> dict[Mode, tuple[Option, ...]]:
    """A way to do the work where a team that may go musters, by mode."""
    may = [t for t in problem.teams if t.on_its_ground(stop) and t.holds(stop) and t.licences >= stop.licences_needed]
    return {team.mode: (Option(team.start, team.start, service_s),) for team in may or problem.teams}


def one_more(problem: Problem, stop: Stop, reason: Reason) -> Team:
    """A further team that has what the reason says is lacking, and else what a team there has."""
    what, code = reason.code.removeprefix("patrol.reason_"), f"X{len(problem.teams)}"
    if what == "person":
        at_work = {one.id: one for team in problem.teams for one in team.members}
        members = tuple(at_work.get(i) or replace(people(1, 0, 0)[0], id=i) for i in stop.person_ids)
        licences = max(team.licences for team in problem.teams)
        return replace(problem.teams[0], code=code, members=members, licences=licences)
    named = [team for team in problem.teams if team.holds(stop)]
    if what == "licences":
        assert all(t.licences <= reason.facts["most"] < stop.licences_needed for t in named if t.on_its_ground(stop))
        near = next((team for team in named if team.on_its_ground(stop)), named[0])
        return replace(near, code=code, licences=stop.licences_needed)
    if what == "no_team":
        assert not any(team.on_its_ground(stop) for team in named)
        return replace(next(t for t in named if t.licences >= stop.licences_needed), code=code, districts=())
    return replace(next(team for team in problem.teams if team.name == reason.facts["team"]), code=code)


def holds_true(problem: Problem, days: Days, number: int, reason: Reason) -> bool:
    """Whether the stop cannot be done as the reason says, before it is lifted."""
    what = reason.code.removeprefix("patrol.reason_")
    if what == "worth_less":
        return problem.stops[number].recurrence is not None and takers(problem, days, number) != []
    if what == "spacing":
        return takers(problem, days, number) != []
    if what in BEFORE_TIME:
        return not takers(problem, [()] * len(problem.teams), number)
    enough = reason.facts["needed_min"] <= reason.facts["spare_min"]
    return not takers(problem, days, number) and (what == "window_taken" or not enough)


@FEW
@given(st.integers(0, 100_000))
def test_lifting_what_a_reason_names_lets_the_stop_in_or_shows_its_next_reason(seed: int) -> None:
    problem, register = any_shift(seed)
    plan = solve_shift(problem, seed, BUDGET)
    assert score_plan(TOWN, problem, plan, register).breaches == ()
    for number, told in plan.unserved.items():
        now, days, reason, ranks = problem, held(problem, plan, number), told, [-1]
        while len(ranks) == 1 or not takers(now, days, number):
            what = reason.code.removeprefix("patrol.reason_")
            assert holds_true(now, days, number, reason), (number, reason)
            ranks.append(BEFORE_TIME.index(what) if what in BEFORE_TIME else len(BEFORE_TIME))
            assert ranks[-1] > ranks[-2], (number, told, reason)
            now, days = lifted(now, days, number, reason)
            if not takers(now, days, number):
                reason = reason_for(now, days, number)


def test_a_team_on_the_ground_without_licences_is_not_called_no_team() -> None:
    problem, _ = shift(TOWN, [zone(1, 100, 100, licences_needed=2)], people(4, 4, 0), grounds=GROUNDS)
    near, far = (next(t for t in problem.teams if t.districts == (code,)) for code in GROUNDS)
    teams = (near, replace(far, licences=2))
    reason = reason_for(replace(problem, teams=teams), [(), ()], 0)
    assert (reason.code, reason.facts) == ("patrol.reason_licences", {"needed": 2, "most": 0})


@pytest.mark.parametrize(
    ("lasting", "code"), [(600, "patrol.reason_worth_less"), (7_200, "patrol.reason_window_taken")]
)
def test_a_place_that_no_window_takes_is_not_called_possible(lasting: int, code: str) -> None:
    """A task from 08:30 to 09:30; the place opens with it, for two hours more or not."""
    task = zone(1, 100, 100, (1_800, 5_400), key="task:1", kind="check", service_s=3_600)
    flow = Recurrence((1_000,) * 480, 1_200)
    place = zone(2, 100, 200, (1_200, 9_000), key="zone:2", recurrence=flow, service_s=lasting)
    problem, _ = shift(TOWN, [task, place], people(2, 0, 0))
    assert reason_for(problem, [((0, 0),)], 1).code == code


def test_spacing_from_a_place_that_may_be_visited_again_is_no_problem_at_all() -> None:
    """What "after it has ended" would mean is not told: which visit?"""
    flow = Recurrence((1_000,) * 480, 1_200)
    place, task = zone(1, 100, 100, key="zone:1", recurrence=flow), zone(2, 300, 100, after="zone:1", gap_s=600)
    with pytest.raises(ProblemBroken):
        shift(TOWN, [place, task])
