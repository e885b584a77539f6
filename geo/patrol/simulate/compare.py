"""Ways of patrolling side by side, on the same days with the same people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.simulate.figures import Practice, entropy_bits, learned, promises
from geo.patrol.simulate.policies import POLICIES, Shift
from geo.patrol.simulate.presence import Stays, zones_of
from geo.patrol.simulate.vendors import ERROR, HABITS, Crowd, Habits, draw_crowd

Floats = NDArray[np.float64]

HALF: Final = 0.5
LIMITS: Final = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0)
"""Risks from which vendors may hide when each zone's choose what costs us most; at 1 only from what is certain."""

WORST_DAYS: Final = 4
RESAMPLED: Final = 2_000


@dataclass(frozen=True)
class Outcome:
    """Violation-seconds per day, shape (days,): if nobody came, under the policy, and with half of them learning."""

    nobody: Floats
    usual: Floats
    learning: Floats
    worst: float
    row: Mapping[str, float]

    @property
    def suppressed(self) -> float:
        """Share of the violation-minutes that the policy prevents."""
        return 1 - float(self.usual.sum() / self.nobody.sum())

    @property
    def suppressed_learning(self) -> float:
        """The same when half the vendors know when patrols use to come."""
        return 1 - float(self.learning.sum() / self.nobody.sum())


def simulate(
    shift: Shift,
    practice: Practice,
    crowd: Crowd,
    days: int,
    habits: Habits = HABITS,
    worst: bool = True,
) -> Outcome:
    """Live some days under a practice.

    Parameters
    ----------
    shift
        Its ``days_seed`` draws the days: the same people come whatever the practice.
    practice
        Each day one of its plans is drawn by weight.
    crowd
        The truth.
    days
        How many, > 0.
    worst
        Also look for the worst that vendors who know everything can do.

    Returns
    -------
    Outcome
        ``row`` holds the figures of the report.
    """
    problem = shift.problem
    halts, known = learned(problem, practice, habits.notice_min)
    nowhere = Stays.of([[] for _ in zones_of(problem)])
    found = np.zeros((3, days))
    adaptive = np.zeros((len(LIMITS), len(crowd.level)))
    for day in range(days):
        key = (shift.days_seed << 20) + day
        rng = np.random.default_rng([shift.days_seed, day, 5])
        stays = halts[int(rng.choice(len(halts), p=practice.weights))].stays(rng)
        found[0, day] = crowd.day(key, nowhere, habits=habits).sum()
        found[1, day] = crowd.day(key, stays, habits=habits).sum()
        found[2, day] = crowd.day(key, stays, known, HALF, habits=habits).sum()
        if worst and day < WORST_DAYS:
            for number, limit in enumerate(LIMITS):
                adaptive[number] += crowd.day(key, stays, known, 1.0, limit, habits)
    least = 1 - float(adaptive.max(axis=0).sum() / found[0, :WORST_DAYS].sum()) if worst else 0.0
    row = {
        "suppressed": 1 - float(found[1].sum() / found[0].sum()),
        "suppressed_learning": 1 - float(found[2].sum() / found[0].sum()),
        **({"suppressed_worst": least} if worst else {}),
        **asdict(promises(problem, practice)),
        "entropy_bits": entropy_bits(problem, practice),
    }
    return Outcome(found[0], found[1], found[2], least, row)


def compare(
    shifts: Sequence[Shift],
    names: Iterable[str],
    days: int,
    *,
    error: float = ERROR,
    crowds: Sequence[Crowd] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, list[Outcome]]:
    """Live the same days under several policies.

    Parameters
    ----------
    shifts
        One a truth; those of the same problem and seed are planned once.
    names
        Of :data:`~geo.patrol.simulate.policies.POLICIES`.
    days
        A seed.
    error
        How far the planner is wrong (:func:`~geo.patrol.simulate.vendors.draw_crowd`).
    crowds
        The truth of each shift where it is known; else drawn by the shift's seed.
    progress
        Called with (policy, seeds done, of) before a policy is planned and after each seed; what it raises stops the
        work.

    Returns
    -------
    dict
        Outcomes per policy, in the order of the shifts.
    """
    found: dict[str, list[Outcome]] = {}
    truth = list(crowds) if crowds else [draw_crowd(shift.problem, shift.days_seed, error) for shift in shifts]
    for name in names:
        found[name] = []
        known: dict[tuple[int, int], Practice] = {}
        if progress:
            progress(name, 0, len(shifts))
        for number, (shift, crowd) in enumerate(zip(shifts, truth, strict=True)):
            key = id(shift.problem), shift.seed
            known[key] = known.get(key) or POLICIES[name](shift)
            found[name].append(simulate(shift, known[key], crowd, days))
            if progress:
                progress(name, number + 1, len(shifts))
    return found


def mean_row(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The figures of a policy: means over seeds; the longest gap and the caps at their worst."""
    rows = [outcome.row for outcome in outcomes]
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    mean["worst_gap_min"] = max(row["worst_gap_min"] for row in rows)
    mean["caps"] = min(row["caps"] for row in rows)
    return {name: round(value, 4) for name, value in mean.items()}


def ratio(ours: Sequence[float], theirs: Sequence[float], seed: int = 1) -> dict[str, float]:
    """Mean of the paired ratios, with a bootstrap interval of 95 % over the pairs.

    Examples
    --------
    >>> ratio([0.4, 0.44], [0.2, 0.2])
    {'mean': 2.1, 'lower': 2.0, 'upper': 2.2}
    """
    paired = np.asarray(ours) / np.asarray(theirs)
    rng = np.random.default_rng([seed, 6])
    means = paired[rng.integers(0, len(paired), (RESAMPLED, len(paired)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {"mean": round(float(paired.mean()), 4), "lower": round(float(low), 4), "upper": round(float(high), 4)}


def ratios(found: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    """What ours is against the others, seed by seed; only of the policies there are."""
    wanted = [
        ("ours", "static_rota", "suppressed"),
        ("ours", "practised_rota", "suppressed"),
        ("ours", "myopic_greedy", "suppressed"),
        ("ours_mixture", "ours", "suppressed"),
        ("ours_mixture", "ours", "suppressed_learning"),
        ("ours_mixture", "static_rota", "suppressed_learning"),
    ]
    return {
        f"{one}/{other} {what}": ratio(
            [outcome.row[what] for outcome in found[one]], [outcome.row[what] for outcome in found[other]]
        )
        for one, other, what in wanted
        if one in found and other in found
    }
