"""What one more of each would buy in a shift of the county: loaded, planned again, told; nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.patrol.load import Loaded
    from geo.patrol.passing.found import Passed
    from geo.patrol.problem import Person, Problem, Vehicle

ITERATIONS = 300
"""Of a plan: enough to tell gains above the spread of seeds, not the best plan there is."""


def weigh_staff(
    database: Database,
    tenant: str,
    on_date: dt.date,
    shift: str,
    *,
    iterations: int = ITERATIONS,
    seeds: Sequence[int] = (1, 2),
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """What one more officer, licence or vehicle would buy in a shift, and which zones had better have a fixed post.

    Parameters
    ----------
    on_date, shift
        Local day and code of the kind of shift.
    iterations, seeds
        Budget and seeds of each plan; the same give the same figures.
    progress
        Called with (plans made, of) before each plan and while it is sought; what it raises stops the work.

    Returns
    -------
    dict
        ``now``: the figures of the plan as it is (``value`` in thousandths of a violation-minute, ``promises`` kept,
        ``served`` stops), means over the seeds; ``gains`` and ``posts`` as :mod:`geo.patrol.people.worth` gives them;
        ``people``, ``vehicles`` and ``licences`` on duty and free, ``iterations`` and ``seeds``.

    Raises
    ------
    UnknownShift, NoGround, NobodyOnDuty
        If there is nothing to plan with.
    """
    from geo.patrol.load import load_shift
    from geo.patrol.passing.plan import solve_passing
    from geo.patrol.people.worth import MORE, advise_posts, mean_figures, worth_of_one_more

    made: dict[tuple[str, int], Passed] = {}
    streets: dict[str, Loaded] = {}
    most = len(seeds) * (1 + len(MORE))

    def tell(*_: object) -> None:
        if progress is not None:
            progress(min(len(made), most), most)

    def load(people: Sequence[Person] | None = None, vehicles: Sequence[Vehicle] = ()) -> Loaded:
        tell()
        with database.begin(tenant) as session:
            found = load_shift(session, tenant, on_date, shift, None if people is None else (people, vehicles))
        streets[found.problem.digest()] = found
        return found

    def solve(problem: Problem, seed: int) -> Passed:
        key = problem.digest(), seed
        if key not in made:
            tell()
            on = streets[key[0]]
            made[key] = solve_passing(on.network, problem, on.stretches, seed, iterations, progress=tell)
        return made[key]

    loaded = load()
    register = loaded.register
    people = [person for person in register.people.values() if person.id not in register.taken_people]
    vehicles = [vehicle for vehicle in register.vehicles.values() if vehicle.id not in register.taken_vehicles]
    now = mean_figures([solve(loaded.problem, seed) for seed in seeds])
    gains = worth_of_one_more(
        people, vehicles, on_date, lambda more, fleet: load(more, fleet).problem, solve, seeds=seeds
    )
    first = solve(loaded.problem, seeds[0])
    posts = advise_posts(first.problem, first.plan, len(people))
    return {
        "people": len(people),
        "vehicles": len(vehicles),
        "licences": sum(person.licensed(on_date) for person in people),
        "iterations": iterations,
        "seeds": list(seeds),
        "now": asdict(now),
        "gains": [asdict(one) for one in gains],
        "posts": [{**asdict(one), "gain": one.gain} for one in posts[: max(1, len(people) // 4)]],
    }
