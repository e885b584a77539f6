"""全时段: when the work is, and when the people are, by hour and weekday; and which hour should give to which (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOURS: Final = 168
LEAST_DEMAND: Final = 0.001
"""An hour with less of the week's work than this needs nobody for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """Work and people by hour of the local week, Monday 00:00 first.

    Parameters
    ----------
    demand
        Shape (168,): share of the week's violations that come in that hour, sum 1 (all 0 without any).
    people
        Shape (168,): people on duty on average.
    wanted
        Shape (168,): people if the same hours of duty followed the work.
    """

    demand: Floats
    people: Floats
    wanted: Floats


@dataclass(frozen=True, slots=True)
class Move:
    """A person's hour that would do more elsewhere: from an hour with more people than its work wants to one with less.

    ``gain`` is the share of the week's work that then has one more person by it, per person-hour.
    """

    from_hour: int
    to_hour: int
    people: int
    gain: float


def supply_of(per_hour: Floats, people: Floats) -> Supply:
    """Hold the people of a week against its work.

    Parameters
    ----------
    per_hour
        Shape (z, 168): new ones an hour in each zone.
    people
        Shape (168,): people on duty on average.

    Notes
    -----
    Minutes are worth most where they go by the square root of the work, as patrols over places do (notes of patrol
    practice): the wanted number follows the square root of an hour's share.

    Examples
    --------
    >>> work = np.zeros((1, 168)); work[0, [8, 20]] = 1.0, 3.0
    >>> duty = np.zeros(168); duty[8] = 4.0
    >>> supply_of(work, duty).wanted[[8, 20]].round(2)
    array([1.46, 2.54])
    """
    total = per_hour.sum(axis=0)
    demand = total / total.sum() if total.sum() > 0 else np.zeros(HOURS)
    root = np.sqrt(np.where(demand >= LEAST_DEMAND, demand, 0.0))
    wanted = root / root.sum() * people.sum() if root.sum() > 0 else np.zeros(HOURS)
    return Supply(demand, people, wanted)


def suggest_moves(supply: Supply, most: int = 5) -> list[Move]:
    """Which hours should give a person to which, the most telling first; none where all is as the work wants.

    Examples
    --------
    >>> work = np.zeros((1, 168)); work[0, [8, 20]] = 1.0, 3.0
    >>> duty = np.zeros(168); duty[8] = 4.0
    >>> [(move.from_hour, move.to_hour, move.people) for move in suggest_moves(supply_of(work, duty))]
    [(8, 20, 2)]
    """
    left = supply.people - supply.wanted
    moves = []
    for _ in range(most):
        giver, taker = int(np.argmax(left)), int(np.argmin(left))
        people = int(min(left[giver], -left[taker]))
        if people < 1:
            break
        moves.append(Move(giver, taker, people, round(float(supply.demand[taker]), 4)))
        left[giver] -= people
        left[taker] += people
    return moves
