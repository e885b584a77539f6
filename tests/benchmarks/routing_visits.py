"""Public instances with clients to visit, as the model that a shift's skeleton fills too."""

from __future__ import annotations

import numpy as np

from geo.patrol.arcs.budget import Budget
from geo.patrol.solve.engine import NEVER, Crew, Model, Work
from geo.patrol.solve.parts import find_rounds_by_parts
from tests.benchmarks.routing_checks import whole
from tests.benchmarks.routing_files import VisitFile


def solve_visits(file: VisitFile, rounding: str, seed: int, budget: Budget) -> list[tuple[int, tuple[int, ...]]] | None:
    """Depot and rows of clients of each route; None if no feasible answer was found in time."""
    distance = whole(file.distance, rounding)
    service, prizes = whole(file.service, rounding), whole(file.prizes, rounding)
    windows = np.tile([0, NEVER], (len(distance), 1)) if file.windows is None else whole(file.windows, rounding)
    longest = NEVER if file.longest is None else int(whole(np.array([file.longest]), rounding)[0])
    works = tuple(
        Work(
            location=client,
            low=int(windows[client, 0]),
            high=int(windows[client, 1]),
            service=int(service[client]),
            load=(int(file.demand[client]),),
            prize=int(prizes[client]),
            required=int(prizes[client]) == 0,
        )
        for client in range(file.depots, len(distance))
    )
    crews = tuple(
        Crew(
            start=depot,
            end=depot,
            low=int(windows[depot, 0]),
            high=int(windows[depot, 1]),
            longest=longest,
            count=int((file.depot_of == depot).sum()),
            capacity=(file.capacity,),
            distance_cost=1,
            duration_cost=0,
        )
        for depot in np.unique(file.depot_of).tolist()
    )
    rounds = find_rounds_by_parts(Model(works, crews, (distance,), (distance,)), seed, budget)
    if rounds is None:
        return None
    return [(crews[crew].start, tuple(work + file.depots for work in route)) for crew, route in rounds]
