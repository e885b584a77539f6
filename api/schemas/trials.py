"""Trials of a shift over the wire: a focus's price, ways of patrolling side by side."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
Seed = Annotated[int, Field(ge=0, lt=1 << 31)]
Policy = Literal[
    "static_rota", "practised_rota", "nearest_neighbour", "uniform_random", "idleness_greedy", "myopic_greedy",
    "ours", "ours_mixture",
]  # fmt: skip


class PriceOrder(BaseModel):
    """The shift in which a focus is to be priced; the budget is that of each of three plans."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    shift: Code
    seed: Seed = 1
    iterations: Annotated[int, Field(ge=1, le=3000)] = 300


class SimulationOrder(BaseModel):
    """A shift to live ``days`` times with each of ``seeds`` truths under each policy.

    ``error`` is how far the planner may be wrong about levels and returns; ``planted`` takes the truth of the sample
    county, where that is loaded.
    """

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    shift: Code
    policies: Annotated[list[Policy], Field(min_length=1, max_length=8)] = [
        "static_rota", "practised_rota", "myopic_greedy", "ours",
    ]  # fmt: skip
    days: Annotated[int, Field(ge=1, le=400)] = 20
    seed: Seed = 1
    seeds: Annotated[int, Field(ge=1, le=100)] = 1
    iterations: Annotated[int | None, Field(ge=1, le=3000)] = None
    error: Annotated[float, Field(ge=0, le=0.9)] = 0.5
    planted: bool = False
