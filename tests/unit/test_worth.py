"""What one more buys is a plan's own figure, and a post is advised where standing beats moving."""

from __future__ import annotations

import shapely

from geo.patrol.build import build_problem
from geo.patrol.passing.found import Passed
from geo.patrol.people.worth import advise_posts, figures_of, worth_of_one_more
from geo.patrol.problem import Plan, Recurrence, Visit
from tests.towns import ON, SPAN, grid, network_of, people, vehicles, zone

LENGTH_S = 4 * 3600
NETWORK = network_of(grid(5, 4))
BUSY = Recurrence((3000,) * (LENGTH_S // 60), 600)
QUIET = Recurrence((100,) * (LENGTH_S // 60), 600)


def build(staff, fleet):
    """Two places, one act that takes two licences, whoever is there."""
    wishes = [
        zone(1, 200, 200, (0, LENGTH_S), recurrence=BUSY),
        zone(2, 600, 400, (0, LENGTH_S), recurrence=QUIET),
        zone(3, 400, 200, (0, LENGTH_S), kind="enforcement", licences_needed=2, key="act:3"),
    ]
    box = shapely.box(*(NETWORK.node_xy.min(axis=0) - 100), *(NETWORK.node_xy.max(axis=0) + 100))
    return build_problem(NETWORK, wishes, staff, fleet, {"P01": (box, None)}, ON, SPAN.starts_at, LENGTH_S)


def stand(problem, seed):
    """The plan of :func:`stood`; nothing is passed on the way."""
    return Passed(problem, stood(problem))


def stood(problem):
    """A plan by hand: each team stands half an hour at the next recurring stop; one with two licences acts first."""
    zones = [i for i, stop in enumerate(problem.stops) if stop.recurrence]
    days, left = [], [i for i, stop in enumerate(problem.stops) if not stop.recurrence]
    for number, team in enumerate(problem.teams):
        acts = [i for i in left if team.serves(problem.stops[i])]
        left = [i for i in left if i not in acts]
        day = [Visit(i, 0, 0, 0, 600) for i in acts]
        if zones and problem.stops[zones[number % len(zones)]].options.get(team.mode):
            day.append(Visit(zones[number % len(zones)], 0, 1800, 1800, 3600))
        days.append(tuple(day))
    return Plan(tuple(days), {})


def test_a_second_licence_buys_the_act_and_a_second_pair_the_second_place():
    staff = people(2, 0, licensed=1)
    gains = {gain.what: gain for gain in worth_of_one_more(staff, vehicles(1, 4), ON, build, stand, seeds=(1, 2))}
    assert gains["licence"].served == 1 and gains["licence"].value == 0
    assert gains["regular"].served == 0 and gains["licensed"].served == 2, (
        "the act, and a second team at the other place"
    )
    assert gains["car"].value == 0 and {gain.spread for gain in gains.values()} == {0}
    more = worth_of_one_more(people(2, 1, licensed=2), vehicles(), ON, build, stand, more=("auxiliary", "licence"))
    assert [gain.what for gain in more] == ["auxiliary"], "every regular has a licence"


def test_a_post_is_worth_a_person_where_much_is_active_and_nobody_comes():
    problem = build(people(2, 2, licensed=2), vehicles())
    nobody = Plan(tuple(() for _ in problem.teams), {})
    best, other = advise_posts(problem, nobody, staff=4)
    assert (best.key, best.visited, best.given_up) == ("zone:1:0", 0, 0)
    assert (best.from_s, best.to_s, best.gain) == (0, LENGTH_S, sum(BUSY.per_minute))
    assert best.gain > other.gain > 0
    walked = stood(problem)
    told = {one.key: one for one in advise_posts(problem, walked, staff=4)}
    assert told["zone:1:0"].gain < best.gain, "what visits do there already, and what moving less costs, is taken off"
    assert figures_of(Passed(problem, walked)).value > 0
