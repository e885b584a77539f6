"""Rotas written on a sheet: the plain one in fixed order, and the practised one of a real county, tuned to its town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Plan, Problem
from geo.patrol.simulate.dispatch import Chance, Field, roll_out
from geo.patrol.simulate.presence import halts_of, metres_between, seen_from, zones_of
from geo.patrol.simulate.rules import BUSY, busy_minutes, everything, sectors
from geo.patrol.simulate.worth import Worth

HOUR_S: Final = 3_600
NIGHT_UNTIL_S: Final = 22 * HOUR_S
NIGHT_SHARE: Final = 0.6
"""A night market is a zone with this much of its trouble between 18:00 and 22:00; a dawn market before 09:00."""

TRIES: Final = 48
"""Rotas that a bureau would try before it keeps one."""


@dataclass(frozen=True, slots=True)
class Rota:
    """How a practised rota is set up; times of day in seconds after midnight.

    ``dawn_until_s``: some pairs stand at the dawn markets until then. ``loop_at_s``, ``loop_s``: everybody's loop
    through the whole town, none if 0 long. ``night_at_s``, ``night_pairs``: so many pairs share the night markets
    from then until 22:00. ``again_s``: nobody returns to a place sooner. ``busy``: places with less than this share of
    their busiest minute are passed over.
    """

    dawn_pairs: int
    dawn_until_s: int
    loop_at_s: int
    loop_s: int
    night_at_s: int
    night_pairs: int
    again_s: int
    busy: float


def static_rota(problem: Problem) -> Plan:
    """Sectors in a fixed order, round and round, whether or not a place is open: what stands on the sheet is done."""
    order = sectors(problem)
    place = [0] * len(order)

    def rule(known: Field, team: int, chances: Sequence[Chance]) -> Chance | None:
        del known
        at_hand = {one.stop: one for one in reversed(chances)}
        for step in range(len(order[team])):
            stop = order[team][(place[team] + step) % len(order[team])]
            if stop in at_hand:
                place[team] += step + 1
                return at_hand[stop]
        return None

    return roll_out(problem, rule, everything, regardless=True)


def practised_rota(problem: Problem, from_s: int, seed: int, tries: int = TRIES) -> Plan:
    """The rota of a real county, its times found by trying.

    Pairs keep to their road sections and go round them in a sensible order; dawn markets first, a loop through the
    whole town at midday, night markets from about 18:00 to 22:00. The best of ``tries`` rotas is kept, as valued
    by what the planner was told, the yardstick our own plans are made with.

    Parameters
    ----------
    problem, from_s
        The shift, and its begin in seconds after local midnight.
    seed
        Of the search.
    """
    rng = np.random.default_rng([seed, 3])
    worth, seen, town = Worth(problem), seen_from(problem), _Town(problem, from_s)
    best: tuple[float, int, Plan] | None = None
    for number in range(tries):
        plan = follow(problem, from_s, draw_rota(rng, len(problem.teams)), town)
        found = (worth.saved(halts_of(problem, plan, seen).stays()), -number, plan)
        if best is None or found[:2] > best[:2]:
            best = found
    assert best is not None
    return best[2]


def draw_rota(rng: np.random.Generator, pairs: int) -> Rota:
    """A rota with times as bureaus set them: on the half hour, near those of the real one."""
    return Rota(
        dawn_pairs=int(rng.integers(0, pairs + 1)),
        dawn_until_s=int(rng.choice([14, 15, 16, 17, 18])) * HOUR_S // 2,
        loop_at_s=int(rng.choice([22, 23, 24, 25, 26, 28, 29, 30])) * HOUR_S // 2,
        loop_s=int(rng.choice([0, 1, 2, 3])) * HOUR_S // 2,
        night_at_s=int(rng.choice([34, 35, 36, 37, 38])) * HOUR_S // 2,
        night_pairs=int(rng.integers(0, pairs + 1)),
        again_s=int(rng.choice([10, 15, 20, 25, 30, 40, 60])) * 60,
        busy=float(rng.choice([BUSY, 0.2, 0.3, 0.5])),
    )


class _Town:
    """Sections, tours and markets of a town, found once for all the rotas that are tried."""

    def __init__(self, problem: Problem, from_s: int) -> None:
        self.metres = metres_between([stop.lonlat for stop in problem.stops])
        self.sections = [tour(self.metres, share) for share in sectors(problem)]
        zones = zones_of(problem)
        self.whole = tour(self.metres, zones)
        self.dawn = [z for z in zones if _share(problem, z, from_s, 0, 9 * HOUR_S) >= NIGHT_SHARE]
        self.night = [z for z in zones if _share(problem, z, from_s, 18 * HOUR_S, NIGHT_UNTIL_S) >= NIGHT_SHARE]
        middle = [team.lonlat for team in problem.teams]
        self.middles = [
            tuple(np.mean([problem.stops[i].lonlat for i in section], axis=0)) if section else middle[number]
            for number, section in enumerate(self.sections)
        ]

    def closest(self, problem: Problem, stops: Sequence[int], pairs: Sequence[int]) -> list[list[int]]:
        """Stops shared out to the pair whose section lies nearest, the pairs filled evenly; a tour for each."""
        shares: list[list[int]] = [[] for _ in self.sections]
        if pairs:
            spots = [problem.stops[stop].lonlat for stop in stops]
            far = metres_between([*spots, *(self.middles[pair] for pair in pairs)])[: len(stops), len(stops) :]
            room = -(-len(stops) // len(pairs))
            for at in np.argsort(far.min(axis=1), kind="stable"):
                for pair in np.argsort(far[at], kind="stable"):
                    if len(shares[pairs[pair]]) < room:
                        shares[pairs[pair]].append(stops[at])
                        break
        return [tour(self.metres, share) for share in shares]


def _share(problem: Problem, zone: int, from_s: int, low_s: int, high_s: int) -> float:
    """How much of a zone's trouble in the shift falls between two times of day."""
    told = problem.stops[zone].recurrence
    assert told is not None
    clock = from_s + 60 * np.arange(len(told.per_minute))
    inside = (clock >= low_s) & (clock < high_s)
    return float(np.array(told.per_minute)[inside].sum() / sum(told.per_minute))


def tour(metres: NDArray[np.float64], stops: Sequence[int]) -> list[int]:
    """A round through stops: nearest neighbour from the first, then crossings undone (2-opt), as one draws by hand.

    Examples
    --------
    >>> line = np.abs(np.arange(4.0)[:, None] - np.arange(4.0))
    >>> tour(line, [0, 2, 1, 3])
    [0, 1, 2, 3]
    >>> tour(line, [])
    []
    """
    left, order = list(stops[1:]), list(stops[:1])
    while left:
        order.append(left.pop(int(np.argmin(metres[order[-1], left]))))
    better = True
    while better:
        better = False
        for i in range(1, len(order) - 1):
            for j in range(i + 1, len(order)):
                after = order[(j + 1) % len(order)]
                old = metres[order[i - 1], order[i]] + metres[order[j], after]
                if metres[order[i - 1], order[j]] + metres[order[i], after] < old - 1e-6:
                    order[i : j + 1] = order[i : j + 1][::-1]
                    better = True
    return order


def _is_busy(minutes: NDArray[np.bool_] | None, at_s: int) -> bool:
    return minutes is None or bool(minutes[min(at_s // 60, len(minutes) - 1)])


def follow(problem: Problem, from_s: int, rota: Rota, town: _Town | None = None) -> Plan:
    """A shift by a practised rota."""
    town = town or _Town(problem, from_s)
    pairs = range(len(problem.teams))
    by_market = sorted(pairs, key=lambda i: -sum(z in town.night for z in town.sections[i]))
    night_pairs = by_market[: rota.night_pairs] if town.night else []
    day_pairs = [i for i in pairs if i not in night_pairs]
    dawn = town.closest(problem, town.dawn, sorted(pairs, key=lambda i: i)[: rota.dawn_pairs])
    night = town.closest(problem, town.night, night_pairs)
    handed_over = [stop for i in night_pairs for stop in town.sections[i] if stop not in town.night]
    rest = town.closest(problem, handed_over, day_pairs)
    busy = busy_minutes(problem, rota.busy)
    place = {name: [0] * len(problem.teams) for name in ("dawn", "loop", "night", "day")}
    for i in pairs:
        if town.whole and town.sections[i]:
            near = town.metres[np.ix_(town.sections[i], town.whole)].min(axis=0)
            place["loop"][i] = int(near.argmin())

    def phase(team: int, clock: int) -> tuple[str, list[int]]:
        if clock < rota.dawn_until_s and dawn[team]:
            return "dawn", dawn[team]
        if rota.loop_at_s <= clock < rota.loop_at_s + rota.loop_s:
            return "loop", town.whole
        if rota.night_at_s <= clock < NIGHT_UNTIL_S and team in night_pairs:
            return "night", night[team] or town.sections[team]
        if rota.night_at_s <= clock < NIGHT_UNTIL_S:
            return "day", town.sections[team] + rest[team]
        return "day", town.sections[team]

    def rule(known: Field, team: int, chances: Sequence[Chance]) -> Chance | None:
        now = known.now_s[team]
        at_hand = {
            one.stop: one
            for one in sorted(chances, key=lambda one: -one.begin_s)
            if known.claimed_s[one.stop] < now
            and one.begin_s - known.left_s[one.stop] >= rota.again_s
            and _is_busy(busy[one.stop], one.begin_s)
        }
        name, order = phase(team, from_s + now)
        for way in (order, town.sections[team]):
            for step in range(len(way)):
                stop = way[(place[name][team] + step) % len(way)]
                if stop in at_hand:
                    place[name][team] += step + 1
                    return at_hand[stop]
        return None

    return roll_out(problem, rule, everything)
