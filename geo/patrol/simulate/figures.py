"""What a practice keeps of its promises, and what it costs: read off its plans, without vendors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.passing.found import Passed
from geo.patrol.problem import HERE, Plan, Problem, Stop
from geo.patrol.simulate.presence import Halts, Stays, halts_of, zones_of
from geo.patrol.value import longest_gap

Floats = NDArray[np.float64]

SLOT_MIN: Final = 30


@dataclass(frozen=True)
class Practice:
    """A way of patrolling in the long run: plans, and how often each is walked (shares that sum to 1).

    ``cut`` holds the plans with their problems where what is ridden along anyway is passed; none otherwise.
    """

    plans: tuple[Plan, ...]
    weights: Floats
    cut: tuple[Passed, ...] = ()

    @classmethod
    def of(cls, plans: Sequence[Plan | Passed], weights: Sequence[float] | None = None) -> Practice:
        """Of plans with weights; all alike likely without any. Those that come with it have a problem of their own.

        Examples
        --------
        >>> Practice.of([Plan((), {}), Plan((), {})]).weights.tolist()
        [0.5, 0.5]
        """
        share = np.full(len(plans), 1 / len(plans)) if weights is None else np.asarray(weights, dtype=float)
        cut = tuple(one for one in plans if isinstance(one, Passed))
        return cls(tuple(one.plan if isinstance(one, Passed) else one for one in plans), share / share.sum(), cut)

    def on(self, problem: Problem) -> tuple[Passed, ...]:
        """Each plan with the problem it is of: its own, or the given one."""
        return self.cut or tuple(Passed(problem, plan) for plan in self.plans)


@dataclass(frozen=True, slots=True)
class Promises:
    """Means over a practice's plans, by weight; ``worst_gap_min`` and ``caps`` over the plans at their worst.

    Parameters
    ----------
    posts_on_time
        Share of posts begun and ended within their window, by a team that may.
    passes
        Share of required passes ridden, with their spacing.
    coverage
        Share of zones that were visited while they were open, and of coverage stops done.
    caps
        Share of zones with a cap that never waited longer than it, in the worst plan.
    worst_gap_min
        The longest a zone was open and unvisited, in the worst plan.
    km, balance_cv
        Ridden and walked in all; spread of the teams' riding and work (coefficient of variation).
    """

    posts_on_time: float
    passes: float
    coverage: float
    caps: float
    worst_gap_min: float
    km: float
    balance_cv: float


def promises(problem: Problem, practice: Practice) -> Promises:
    """What a practice keeps and costs."""
    rows = []
    for one in practice.on(problem):
        problem, plan = one.problem, one.plan
        zones = zones_of(problem)
        stays = halts_of(problem, plan).stays()
        gaps = [longest_gap(problem.stops[zone].windows, stays.at(number)) for number, zone in enumerate(zones)]
        caps = [
            gap <= cap
            for zone, gap in zip(zones, gaps, strict=True)
            if (told := problem.stops[zone].recurrence) and (cap := told.cap_s) is not None
        ]
        rows.append(
            [
                _share(_done(problem, plan, [i for i, s in enumerate(problem.stops) if _is_post(s)])),
                _share(_done(problem, plan, [i for i, s in enumerate(problem.stops) if s.duty == "pass"])),
                _share(_covered(one, stays, zones)),
                _share(caps),
                max(gaps, default=0) / 60,
                _metres(problem, plan) / 1000,
                _spread(problem, plan),
            ]
        )
    table = np.array(rows)
    mean = practice.weights @ table
    return Promises(
        posts_on_time=round(float(mean[0]), 4),
        passes=round(float(mean[1]), 4),
        coverage=round(float(mean[2]), 4),
        caps=round(float(table[:, 3].min()), 4),
        worst_gap_min=round(float(table[:, 4].max()), 1),
        km=round(float(mean[5]), 1),
        balance_cv=round(float(mean[6]), 4),
    )


def entropy_bits(problem: Problem, practice: Practice) -> float:
    """How little can be foretold: bits of surprise of whether a zone is visited in a half hour, summed over the shift.

    Mean over zones; 0 if every day is the same.
    """
    minutes = problem.shift_s // 60
    slots = -(-minutes // SLOT_MIN)
    zones = zones_of(problem)
    share = np.zeros((len(zones), slots))
    for one, weight in zip(practice.on(problem), practice.weights, strict=True):
        stays = halts_of(one.problem, one.plan).stays()
        hit = np.zeros_like(share, dtype=bool)
        for zone in range(len(zones)):
            begins = stays.begin[stays.first[zone] : stays.first[zone + 1]]
            hit[zone, np.minimum((begins // (60 * SLOT_MIN)).astype(int), slots - 1)] = True
        share += weight * hit
    p = np.clip(share, 1e-12, 1 - 1e-12)
    bits = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return round(float(np.where((share > 1e-9) & (share < 1 - 1e-9), bits, 0.0).sum(axis=1).mean()), 3)


def learned(problem: Problem, practice: Practice, notice_min: float) -> tuple[list[Halts], Floats]:
    """Halts of each plan, and what vendors learn in the long run: shape (zones, minutes), the chance of a patrol there
    within the notice."""
    halts = [halts_of(one.problem, one.plan) for one in practice.on(problem)]
    known = np.zeros((len(zones_of(problem)), problem.shift_s // 60))
    for one, weight in zip(halts, practice.weights, strict=True):
        known += weight * one.risk(known.shape[1], notice_min)
    return halts, known


def _share(kept: Sequence[bool]) -> float:
    """Share of the kept; 1 if nothing was promised."""
    return sum(kept) / len(kept) if kept else 1.0


def _done(problem: Problem, plan: Plan, wanted: Sequence[int]) -> list[bool]:
    """Of each wanted stop, whether a team that may does it in one of its windows, late enough after the one before.

    What is passed on the way to other stops is done.
    """
    visits = {
        visit.stop: (team, visit)
        for team, day in zip(problem.teams, plan.days, strict=True)
        for visit in day
        if problem.stops[visit.stop].recurrence is None
    }
    ends = {problem.stops[stop].key: visit.leave_s for stop, (_, visit) in visits.items()}
    ends |= {problem.stops[stop].key: ways[-1].end_s for stop, ways in plan.passed.items()}
    kept = []
    for number in wanted:
        stop = problem.stops[number]
        if not stop.windows:
            continue
        found = visits.get(number)
        kept.append(
            number in plan.passed
            or (
                found is not None
                and found[0].serves(stop)
                and any(low <= found[1].begin_s and found[1].leave_s <= high for low, high in stop.windows)
                and (stop.after is None or found[1].begin_s >= ends.get(stop.after, -stop.gap_s) + stop.gap_s)
            )
        )
    return kept


def _is_post(stop: Stop) -> bool:
    """Rests rank with posts, but nobody waits for them."""
    return stop.duty == "post" and stop.kind != "break"


def _covered(found: Passed, stays: Stays, zones: Sequence[int]) -> list[bool]:
    """Of each place, whether it was visited while it was open; of each street to be covered, whether all of it was."""
    problem, kept = found.problem, []
    for number, zone in enumerate(zones):
        windows, visits = problem.stops[zone].windows, stays.at(number)
        kept.append(any(begin < high and end > low for begin, end in visits for low, high in windows))
    trails: dict[str, bool] = {}
    asked = [i for i, s in enumerate(problem.stops) if s.kind == "coverage" and s.windows]
    for number, done in zip(asked, _done(problem, found.plan, asked), strict=True):
        trails[found.whole(number)] = trails.get(found.whole(number), True) and done
    return kept + list(trails.values())


def _legs(problem: Problem, plan: Plan) -> list[list[tuple[int, int]]]:
    """Per team, the rides from place to place, back to the start at the end."""
    legs = []
    for team, day in zip(problem.teams, plan.days, strict=True):
        here, rides = team.start, []
        for visit in day:
            option = problem.stops[visit.stop].options[team.mode][visit.option]
            if option.entry != HERE:
                rides.append((here, option.entry))
                here = option.exit
        legs.append([*rides, (here, team.start)] if day else [])
    return legs


def _metres(problem: Problem, plan: Plan) -> int:
    ridden = 0
    for team, rides in zip(problem.teams, _legs(problem, plan), strict=True):
        ridden += sum(int(problem.travel[team.mode].distance_m[leg]) for leg in rides)
    return ridden + sum(problem.stops[visit.stop].length_m for day in plan.days for visit in day)


def _spread(problem: Problem, plan: Plan) -> float:
    busy = []
    for team, day, rides in zip(problem.teams, plan.days, _legs(problem, plan), strict=True):
        work = sum(visit.leave_s - visit.begin_s for visit in day if problem.stops[visit.stop].kind != "break")
        busy.append(work + sum(int(problem.travel[team.mode].duration_s[leg]) for leg in rides))
    return float(np.std(busy) / np.mean(busy)) if sum(busy) else 0.0
