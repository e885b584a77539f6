"""Rounds through places, as whole numbers, and the engine that finds them. Alone in importing pyvrp.

A shift's skeleton and the public instances of the benchmarks fill the same model, so what is measured is what plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxIterations, MultipleCriteria, NoImprovement

if TYPE_CHECKING:
    from pyvrp.stop import StoppingCriterion

Ints = NDArray[np.int64]

Round = tuple[int, tuple[int, ...]]
"""A crew, and its works in order."""

NEVER: Final = (1 << 63) - 1
"""No bound: exactly the engine's own, by which it knows that it need not look after durations at all."""


@dataclass(frozen=True, slots=True)
class Work:
    """One way of doing something at a location.

    ``low`` and ``high`` bound when it begins. Works of one ``group`` exclude each other. A ``prize`` is lost if it is
    not done; ``required`` work must be, and is neither in a group nor has a prize.
    """

    location: int
    low: int = 0
    high: int = NEVER
    service: int = 0
    load: tuple[int, ...] = ()
    prize: int = 0
    required: bool = False
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """``count`` like teams, from location ``start`` to ``end`` between ``low`` and ``high``, at most ``longest`` long.

    A day may be ``fair`` long for nothing more than its costs; every unit past that costs ``over`` more.
    """

    start: int
    end: int
    low: int = 0
    high: int = NEVER
    longest: int = NEVER
    count: int = 1
    profile: int = 0
    capacity: tuple[int, ...] = ()
    fair: int | None = None
    over: int = 0
    distance_cost: int = 0
    duration_cost: int = 1


@dataclass(frozen=True)
class Model:
    """Works, crews and the rides between locations by profile, shapes (locations, locations).

    ``groups`` says of each group whether one of its works must be done.
    """

    works: tuple[Work, ...]
    crews: tuple[Crew, ...]
    distance: tuple[Ints, ...]
    duration: tuple[Ints, ...]
    groups: tuple[bool, ...] = ()


def settled(iterations: int, patience: int) -> StoppingCriterion:
    """Ends a search after so many iterations, or earlier after so many without a better answer."""
    return MultipleCriteria([MaxIterations(iterations), NoImprovement(patience)])


def find_rounds(
    model: Model,
    seed: int,
    stop: StoppingCriterion,
    start: Sequence[tuple[int, Sequence[int]]] | None = None,
) -> list[Round] | None:
    """Rounds of the least cost found.

    Parameters
    ----------
    model
        What to do and who may.
    seed
        Seed of the search, ≥ 0.
    stop
        Asked once an iteration, with the best cost so far; ends the search by saying yes.
    start
        Rounds to begin with (crew, works in order).

    Returns
    -------
    list or None
        Crew and works in order of each round that has any; None if no feasible answer was found.
    """
    if not model.works or not model.crews:
        return None if any(model.groups) or any(work.required for work in model.works) else []
    data = _data(model)
    first = None
    if start is not None:
        first = pyvrp.Solution(data, [pyvrp.Route(data, list(works), crew) for crew, works in start if works])
    result = pyvrp.solve(data, stop, seed=seed, collect_stats=False, display=False, initial_solution=first)
    if not result.is_feasible():
        return None
    return [
        (route.vehicle_type(), tuple(activity.idx for activity in route if activity.is_client()))
        for route in result.best.routes()
    ]


def rounds_cost(model: Model, rounds: Sequence[Round]) -> int:
    """What rounds cost, the prizes they leave included; no rule is looked at.

    Examples
    --------
    >>> line = np.array([[0, 4], [4, 0]])
    >>> one = Model((Work(1, prize=5),), (Crew(0, 0, distance_cost=1, duration_cost=0),), (line,), (line,))
    >>> rounds_cost(one, [(0, (0,))]), rounds_cost(one, [])
    (8, 5)
    """
    data = _data(model)
    answer = pyvrp.Solution(data, [pyvrp.Route(data, list(works), crew) for crew, works in rounds if works])
    return int(pyvrp.CostEvaluator([0] * data.num_load_dimensions, 0, 0).penalised_cost(answer))


def _data(model: Model) -> pyvrp.ProblemData:
    depots = sorted({place for crew in model.crews for place in (crew.start, crew.end)})
    groups = [pyvrp.ClientGroup(required=required) for required in model.groups]
    for number, work in enumerate(model.works):
        if work.group is not None:
            groups[work.group].add_client(number)
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(model.distance[0]))],
        clients=[
            pyvrp.Client(
                location=work.location,
                delivery=list(work.load),
                service_duration=work.service,
                tw_early=work.low,
                tw_late=work.high,
                prize=work.prize,
                required=work.required,
                group=work.group,
            )
            for work in model.works
        ],
        depots=[pyvrp.Depot(location=place) for place in depots],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=crew.count,
                capacity=list(crew.capacity),
                start_depot=depots.index(crew.start),
                end_depot=depots.index(crew.end),
                tw_early=crew.low,
                tw_late=crew.high,
                shift_duration=min(crew.longest, crew.longest if crew.fair is None else crew.fair),
                max_overtime=0 if crew.fair is None else max(0, crew.longest - crew.fair),
                unit_overtime_cost=crew.over,
                unit_distance_cost=crew.distance_cost,
                unit_duration_cost=crew.duration_cost,
                profile=crew.profile,
            )
            for crew in model.crews
        ],
        distance_matrices=list(model.distance),  # type: ignore[arg-type]  # its stubs predate NumPy 2
        duration_matrices=list(model.duration),  # type: ignore[arg-type]
        groups=groups,
    )
