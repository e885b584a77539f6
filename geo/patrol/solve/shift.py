"""Plan a shift: what is promised first, in the bureau's order; then what the free time is worth most for.

The budget is iterations, so the same problem, seed and budget give the same plan on any run and in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from geo.patrol.baseline import nearest_neighbour
from geo.patrol.problem import HERE, Plan, Problem, Visit
from geo.patrol.reasons import explain
from geo.patrol.schedule import Step
from geo.patrol.solve.anneal import anneal, empty_best, key_of, remember
from geo.patrol.solve.construct import drop_worthless, fill_in
from geo.patrol.solve.desk import Desk, Turns
from geo.patrol.solve.skeleton import route
from geo.patrol.solve.tables import ACTIVE, FIRST, NOT, PAST, SERVICE, SUMMED, TAIL, N
from geo.patrol.value import PPM

Progress = Callable[[str, int, int], None]
Cancelled = Callable[[], bool]
Keep = Mapping[str, int | Sequence[Visit]]

STEPS: Final = 800
"""Steps of the annealer for each iteration of the budget."""

CHUNK: Final = 40_000
"""Steps between two words of progress, and two looks whether to stop."""

ROUTED: Final = 400
"""Most iterations given to the router: the annealer moves what it placed."""

HOT, WARM, COLD = 0.25, 0.1, 0.012
"""Temperature at the beginning, at the beginning of a warm start, and at the end, in what an average visit is worth."""


def solve_shift(
    problem: Problem,
    seed: int,
    iterations: int,
    *,
    start: Plan | None = None,
    keep: Keep | None = None,
    lambda_noise: float = 0.0,
    now_s: int = 0,
    mend_only: bool = False,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Plan:
    """Plan the shift.

    Parameters
    ----------
    problem
        The whole shift, all 片区.
    seed
        Of everything drawn, ≥ 0.
    iterations
        Budget: of the router at most 400 a problem, of the annealer 800 steps each; with 0 free time is only filled.
    start
        A plan to go on from, for the same teams and stops; what of it no longer holds is left out.
    keep
        By the code of a team: its first visits that stay as they are, given as such or as a number of the start's.
    lambda_noise
        Sigma of the lognormal factor that each place's violations are multiplied by while the plan is sought (its
        figures are told without): other seeds then give other good plans.
    now_s
        Nobody leaves for a visit that is not kept before this second.
    mend_only
        Of the start what no longer holds goes, what it lacks comes where it costs least or in the place of one visit
        that gives way; only a promise may turn a day round. Free time stays free.
    progress
        Called with (``"skeleton"`` or ``"places"``, done, of).
    cancelled
        Asked now and then; when it says so, the best plan met is returned.

    Returns
    -------
    Plan
        Keeps every rule, and says of each stop left out, and each promise kept only in part, the reason. What is
        higher in the bureau's order is never left out for what is lower; then most violation-minutes are suppressed;
        then least is ridden.
    """
    tell = progress or _silent
    stop_now = cancelled or _never
    desk = Desk.open(problem, _factors(problem, seed, lambda_noise), kept_visits(problem, start, keep), now_s)
    if start is not None:
        desk.load_all(_turns_of(desk, start))
        desk.place(desk.once())
    else:
        _lay_out(desk, seed, min(iterations, ROUTED), tell)
    _give_way(desk, gently=mend_only)
    if len(desk.g.zone) and not mend_only and not stop_now():
        _fill_places(desk, seed, iterations * STEPS, WARM if start is not None else HOT, tell, stop_now)
    desk.place(desk.once(below=True))
    return explain(problem, desk.days())


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of


def _never() -> bool:
    return False


def _factors(problem: Problem, seed: int, sigma: float) -> dict[int, float]:
    if sigma <= 0:
        return {}
    drawn = np.random.default_rng(seed).lognormal(0.0, sigma, len(problem.stops))
    return {s: float(factor) for s, factor in enumerate(drawn)}


def kept_visits(problem: Problem, start: Plan | None, keep: Keep | None) -> dict[int, tuple[Visit, ...]]:
    """The visits that stay, by number of the team; empty for teams that keep none."""
    found = {}
    for number, team in enumerate(problem.teams):
        given = (keep or {}).get(team.code, 0)
        visits = (start.days[number][:given] if start else ()) if isinstance(given, int) else tuple(given)
        if visits:
            found[number] = tuple(visits)
    return found


def _turns_of(desk: Desk, plan: Plan) -> Turns:
    """The visits to come of a plan; those that waited begin no sooner than they did."""
    return [
        [(v.stop, v.option, v.begin_s if v.begin_s > v.arrive_s else 0) for v in day[len(desk.kept.get(team, ())) :]]
        for team, day in enumerate(plan.days)
    ]


def _lay_out(desk: Desk, seed: int, iterations: int, tell: Progress) -> None:
    """Put in what is done once, duty by duty, and have it routed with little riding."""
    stops = desk.once()
    desk.place(stops)
    duties = list(dict.fromkeys(desk.problem.stops[s].duty for s in stops))
    for number, duty in enumerate(duties):
        left = [s for s in stops if desk.st.done[s, 0] < 0 and desk.problem.stops[s].duty == duty]
        if left:
            rank = duties.index(duty)
            higher = [s for s in stops if duties.index(desk.problem.stops[s].duty) < rank and desk.st.done[s, 0] >= 0]
            same = [s for s in stops if desk.problem.stops[s].duty == duty]
            _route(desk, higher, same, seed, iterations)
        tell("skeleton", number + 1, len(duties) + 1)
    _route(desk, [s for s in stops if desk.st.done[s, 0] >= 0], [], seed, iterations)
    if not desk.kept and any(desk.st.done[s, 0] < 0 for s in stops):
        _try(desk, nearest_neighbour(desk.problem, stops))
    tell("skeleton", len(duties) + 1, len(duties) + 1)


def _route(desk: Desk, required: Sequence[int], wanted: Sequence[int], seed: int, iterations: int) -> None:
    """Have the router look for better days; they are taken if nothing higher is lost and something is won."""
    kept = {visit.stop for visits in desk.kept.values() for visit in visits}
    asked = [[s for s in some if s not in kept and not _on_the_spot(desk.problem, s)] for some in (required, wanted)]
    if sum(map(len, asked)) < 2:
        return
    starts = {
        team: (int(desk.st.day[team, len(visits) - 1, 4]), max(visits[-1].leave_s, int(desk.g.team[team, 2])))
        for team, visits in desk.kept.items()
    }
    named = {*asked[0], *asked[1]}
    days = [[(s, way) for s, way, _ in day if s in named] for day in desk.turns()]
    found = route(desk.problem, asked[0], asked[1], days, seed, iterations, starts)
    if found is not None:
        _try(desk, found)


def _on_the_spot(problem: Problem, stop: int) -> bool:
    return any(option.entry == HERE for ways in problem.stops[stop].options.values() for option in ways)


def _try(desk: Desk, days: Sequence[Sequence[Step]]) -> None:
    """Take other days if nothing higher is lost and something is won."""
    before, turns = (desk.standing(), -desk.effort()), desk.turns()
    desk.load_all([[(s, way, 0) for s, way in day if desk.problem.stops[s].after is None] for day in days])
    desk.place(desk.once())
    if (desk.standing(), -desk.effort()) <= before:
        desk.load_all(turns)


def _give_way(desk: Desk, *, gently: bool = False) -> bool:
    """See to it that nothing is left out of a day in which lower duties are done instead; whether anything changed.

    ``gently``: one visit at a time gives way, and only for a promise more than that.
    """
    changed, again = False, True
    while again:
        again = False
        for stop in desk.once():
            if desk.st.done[stop, 0] >= 0:
                continue
            turned = not gently or desk.problem.stops[stop].required
            if (gently and _take_place(desk, stop)) or (turned and _make_room(desk, stop)):
                again = changed = True
    return changed


def _take_place(desk: Desk, stop: int) -> bool:
    """Put a stop where one visit was that gives way to it, the lowest first; all others stay as they are."""
    turns, before, lower = desk.turns(), desk.standing(), desk.rank(stop)[:2]
    places = sorted(
        (
            (desk.rank(turn[0]), team, at)
            for team in np.flatnonzero(desk.g.may[:, stop] != NOT).tolist()
            for at, turn in enumerate(turns[team])
            if desk.rank(turn[0])[:2] > lower
        ),
        key=lambda one: (one[0][:3], one[1:]),
        reverse=True,
    )
    for _, team, at in places:
        day = turns[team]
        for way in range(int(desk.g.stop[stop, PAST] - desk.g.stop[stop, FIRST])):
            if desk.load(team, [*day[:at], (stop, way, 0), *day[at + 1 :]]):
                if desk.standing() > before:
                    return True
                desk.load(team, day)
    return False


def _make_room(desk: Desk, stop: int) -> bool:
    """Put a stop into a day in the place of what gives way to it; what still fits beside it comes back."""
    turns, before = desk.turns(), desk.standing()
    one, lower = desk.problem.stops[stop], desk.rank(stop)[:2]
    apart = {s for s in desk.once() if one.key == desk.problem.stops[s].after or one.after == desk.problem.stops[s].key}
    apart = {s for s in apart if desk.rank(s)[:2] > lower}
    for team in np.flatnonzero(desk.g.may[:, stop] != NOT).tolist():
        held = [desk.at_once(turn) for turn in turns[team] if desk.rank(turn[0])[:2] <= lower]
        if held == turns[team] and not any(turn[0] in apart for day in turns for turn in day):
            continue
        desk.load_all(
            [held if k == team else [turn for turn in day if turn[0] not in apart] for k, day in enumerate(turns)]
        )
        desk.place([stop])
        if desk.st.done[stop, 0] < 0:
            continue
        desk.place(desk.once())
        if desk.standing() > before:
            desk.bring_back(team, [turn for turn in turns[team] if desk.problem.stops[turn[0]].recurrence])
            return True
    desk.load_all(turns)
    return False


def _fill_places(desk: Desk, seed: int, steps: int, hot: float, tell: Progress, stop_now: Cancelled) -> None:
    """Visit the places that fill up again, in what time is left and by moving what may be moved.

    What was moved may leave room that only such visits take, for something of a higher duty: then once more, colder.
    """
    _anneal(desk, seed, steps, hot, tell, stop_now)
    while _give_way(desk) and not stop_now():
        hot /= 2
        _anneal(desk, seed, steps // 8, hot, tell, stop_now)


def _anneal(desk: Desk, seed: int, steps: int, hot: float, tell: Progress, stop_now: Cancelled) -> None:
    g, d, by = desk.g, desk.d, desk.by
    one = _usual_worth(desk)
    fill_in(g, desk.st, d, 2.0 * one, one / 3600, by, np.zeros(len(desk.st.size), dtype=np.int64))
    key = key_of(g, desk.st)
    best = empty_best(g)
    remember(desk.st, best, key)
    visits = max(int(desk.st.size[:, N].sum()), 1)
    one = max(float(key[2]) / PPM / visits, 1.0)
    least = np.array([one / 3600, 2.0 * one])
    fines = np.concatenate([least, least])
    rng = np.array([np.random.SeedSequence([seed, 7]).generate_state(1, np.uint64)[0] | np.uint64(1)], dtype=np.uint64)
    for begun in range(0, steps, CHUNK):
        if stop_now():
            break
        chunk = min(CHUNK, steps - begun)
        anneal(g, desk.st, d, best, rng, key, fines, begun, chunk, steps, hot * one, COLD * one, desk.by)
        tell("places", begun + chunk, steps)
    desk.load_all(desk.turns_of(best.day, best.n))
    drop_worthless(desk.g, desk.st, desk.d, desk.by)


def _usual_worth(desk: Desk) -> float:
    """What a first visit is worth at its best minute, on average over the places; thousandths of a violation-minute."""
    worths = []
    for z, (stop, _, _) in enumerate(desk.g.zone):
        stay = int(desk.g.node[:, desk.g.stop[stop, FIRST] : desk.g.stop[stop, PAST], SERVICE].max()) // 60
        flow = desk.g.flow[z]
        begin = flow[SUMMED, : len(flow[ACTIVE]) - stay]
        worths.append(float((PPM * (flow[SUMMED, stay:] - begin) + flow[TAIL, stay:]).max()) / PPM)
    return max(float(np.mean(worths)), 1.0)
