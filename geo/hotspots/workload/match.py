"""Demand held against supply, and which people on which shifts would cover more of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.workload.supply import WEEK_H, Shift, Turn, turn_minutes, unit_supply, week_of

Floats = NDArray[np.float64]
People = Mapping[tuple[str, int, Turn], tuple[float, float]]
"""(all, movable) people by unit, weekday and turn."""

MOST_MOVES: Final = 5
LEAST_GAIN_MIN: Final = 15.0
"""Minutes of demand a week that a move must newly cover to be worth a person's changed habits."""

PAIR: Final = 2.0
"""A turn that has people keeps at least a pair."""


@dataclass(frozen=True, slots=True)
class Move:
    """One person a week on another turn.

    ``gain_min`` is the demand newly covered a week, after the moves before it; ``covered_min`` what is covered with
    it in the whole county; ``gained`` and ``lost`` are (168,) minutes of the unit's demand newly covered and given up.
    """

    unit: str
    from_weekday: int
    from_turn: Turn
    to_weekday: int
    to_turn: Turn
    gain_min: float
    covered_min: float
    gained: Floats
    lost: Floats


@dataclass(frozen=True)
class Ground:
    """Who works where, and what a minute on duty is worth.

    Parameters
    ----------
    districts
        Codes of the 片区.
    units
        Units by code, each with the positions of its 片区 in ``districts``. A unit shares its people among its 片区.
    shifts
        Kinds of shift by code.
    worth
        Minutes of work done per person-minute of duty: share of time on the spot over people to a visit.
    """

    districts: tuple[str, ...]
    units: Mapping[str, tuple[int, ...]]
    shifts: Mapping[str, Shift]
    worth: float


def share_supply(demand: Floats, supply: Mapping[str, Floats], ground: Ground) -> Floats:
    """Minutes of work each 片区 can be given in each hour of the week.

    Parameters
    ----------
    demand
        Shape (districts, 168), minutes.
    supply
        Person-minutes by unit, shape (168,) each.

    Returns
    -------
    Floats
        Shape (districts, 168): a unit's minutes go where its work is in that hour, equally where there is none.
    """
    given = np.zeros_like(demand)
    for unit, minutes in supply.items():
        mine = list(ground.units[unit])
        if mine:
            work = demand[mine]
            total = work.sum(axis=0)
            part = np.where(total > 0, work / np.where(total > 0, total, 1.0), 1 / len(mine))
            given[mine] += part * minutes * ground.worth
    return given


def covered(demand: Floats, given: Floats) -> float:
    """Minutes of demand a week that somebody is there for."""
    return float(np.minimum(demand, given).sum())


def suggest_moves(
    demand: Floats,
    people: People,
    ground: Ground,
    *,
    most: int = MOST_MOVES,
    least_gain_min: float = LEAST_GAIN_MIN,
) -> list[Move]:
    """The moves of one person each that cover most more, one after the other.

    Parameters
    ----------
    demand
        Shape (districts, 168), minutes a week.
    people
        Who is on which turn now.
    most
        How many moves at most.
    least_gain_min
        No move that covers less than this more.

    Returns
    -------
    list of Move
        Best first, each on top of those before it. Nobody works longer than before, only turns that the unit works
        already are used, and a turn that has people keeps two. Empty when nothing helps.

    Notes
    -----
    Greedy; gains are recomputed from the whole matrix after every move, so the sum is what the week would gain.
    Ties go to the first unit, weekday and turn in order.
    """
    now: dict[tuple[str, int, Turn], tuple[float, float]] = dict(people)
    moves: list[Move] = []
    while len(moves) < most:
        found = _best(demand, now, ground)
        if found is None or found.gain_min < least_gain_min:
            break
        moves.append(found)
        now = after(now, found)
    return moves


def after(people: People, move: Move) -> dict[tuple[str, int, Turn], tuple[float, float]]:
    """Who is on which turn once a move is made."""
    then = dict(people)
    for key, step in (
        ((move.unit, move.from_weekday, move.from_turn), -1.0),
        ((move.unit, move.to_weekday, move.to_turn), 1.0),
    ):
        every, movable = then.get(key, (0.0, 0.0))
        then[key] = (every + step, movable + step)
    return then


def matrix_of(demand: Floats, people: People, ground: Ground) -> Floats:
    """Minutes of work each 片区 can be given with these people; shape (districts, 168)."""
    everybody = {key: every for key, (every, _) in people.items()}
    return share_supply(demand, unit_supply(everybody, ground.shifts, ground.units), ground)


def _best(demand: Floats, people: People, ground: Ground) -> Move | None:
    """The best single move; found on each unit's whole ground, its gain then taken from the whole matrix."""
    given = matrix_of(demand, people, ground)
    before = covered(demand, given)
    best: tuple[float, str, int, Turn, int, Turn] | None = None
    for unit, mine in ground.units.items():
        turns = sorted({turn for (of, _, turn) in people if of == unit})
        minutes = {turn: turn_minutes(turn, ground.shifts) for turn in turns}
        effect = {(day, turn): week_of(day, minutes[turn]) * ground.worth for turn in turns for day in range(7)}
        work, have = demand[list(mine)].sum(axis=0), given[list(mine)].sum(axis=0)
        now = float(np.minimum(work, have).sum())
        for (of, day, turn), (every, movable) in people.items():
            if of != unit or movable < 1 or every - 1 < PAIR:
                continue
            rest = have - effect[day, turn]
            for (to_day, to_turn), more in effect.items():
                if (to_day, to_turn) != (day, turn) and minutes[to_turn].sum() <= minutes[turn].sum():
                    gain = float(np.minimum(work, np.maximum(rest + more, 0)).sum()) - now
                    if best is None or gain > best[0] + 1e-9:
                        best = (gain, unit, day, turn, to_day, to_turn)
    if best is None:
        return None
    _, unit, day, turn, to_day, to_turn = best
    none = np.zeros(WEEK_H)
    move = Move(unit, day, turn, to_day, to_turn, 0.0, before, none, none)
    then = matrix_of(demand, after(people, move), ground)
    change = (np.minimum(demand, then) - np.minimum(demand, given)).sum(axis=0)
    total = covered(demand, then)
    return replace(
        move, gain_min=total - before, covered_min=total, gained=np.maximum(change, 0), lost=np.maximum(-change, 0)
    )


def weeks_of(demand_min: Sequence[float] | Floats, districts: int) -> Floats:
    """A column of the demand table as (districts, 168)."""
    return np.asarray(demand_min, dtype=float).reshape(districts, WEEK_H)
