"""Simulate a shift of a county: load what is planned from, live its days under each policy, report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from geo.errors import Invalid
from geo.patrol.load import load_shift
from geo.patrol.simulate.queries import load_zone_keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geo.db.engine import Database
    from geo.patrol.demand.span import ShiftSpan
    from geo.patrol.problem import Problem
    from geo.patrol.simulate.vendors import Crowd

    Planted = Callable[[Sequence[str], ShiftSpan], tuple[NDArray[np.float64], NDArray[np.float64]]]
    """Keys of zones and a shift → levels (zones, minutes) and mean seconds to return (zones,)."""

Progress = Callable[[str, int, int], None]

MOST_DAYS = 400
MOST_SEEDS = 100


class NothingReturns(Invalid):
    """The shift has no place where anything comes back; there is nothing to simulate."""


class UnknownPolicy(Invalid):
    """No such way of patrolling; the facts list those there are."""


def check_policies(names: str) -> list[str]:
    """The policies meant by ``all`` or by names with commas.

    Raises
    ------
    UnknownPolicy
        If one is not known.

    Examples
    --------
    >>> check_policies("ours, static_rota")
    ['static_rota', 'ours']
    >>> len(check_policies("all"))
    8
    """
    from geo.patrol.simulate.policies import POLICIES

    wanted = {name.strip() for name in names.split(",") if name.strip()}
    if wanted == {"all"}:
        return list(POLICIES)
    if not wanted or wanted - set(POLICIES):
        unknown = ", ".join(sorted(wanted - set(POLICIES))) or names
        raise UnknownPolicy("simulate.unknown_policy", name=unknown, known=", ".join(POLICIES))
    return [name for name in POLICIES if name in wanted]


def simulate_shift(
    database: Database,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    *,
    policies: Iterable[str],
    days: int,
    seed: int = 1,
    seeds: int = 1,
    iterations: int | None = None,
    error: float | None = None,
    planted: Planted | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Live a shift of the county many times under several policies; nothing is stored.

    Parameters
    ----------
    on_date, shift_code
        The shift, as for a plan.
    policies
        Names (:func:`check_policies`).
    days
        Days lived a seed, 1 to 400.
    seed, seeds
        Each policy plans once, by ``seed``; truths ``seed … seed + seeds − 1`` are drawn, 1 to 100 of them.
    iterations
        Budget of our own plans; that of an ordinary plan if not given.
    error
        How far the planner may be wrong about levels and returns, 0 ≤ it < 1; a half if not given.
    planted
        Tells what is true of zones by their key, where that is known; places without a truth are drawn as elsewhere.
    progress
        Called with (policy, seeds done, of) before a policy is planned and after each seed; what it raises stops the
        work.

    Returns
    -------
    dict
        JSON-ready: one object per policy, and ``about`` with the shift, the assumptions and the paired ratios.

    Raises
    ------
    UnknownShift, NoGround, NobodyOnDuty
        As for a plan.
    NothingReturns
        If no place of the shift has anything that comes back.
    """
    from geo.patrol.simulate import compare, vendors
    from geo.patrol.simulate.policies import ITERATIONS, Shift
    from geo.patrol.simulate.presence import LATE_SD_S, zones_of

    error = vendors.ERROR if error is None else error
    days, seeds = min(max(days, 1), MOST_DAYS), min(max(seeds, 1), MOST_SEEDS)
    with database.begin(tenant) as session:
        loaded = load_shift(session, tenant, on_date, shift_code)
        keys = load_zone_keys(session) if planted else {}
    problem = loaded.problem
    if not zones_of(problem):
        raise NothingReturns("simulate.nothing_returns", on=on_date.isoformat(), shift=shift_code)
    once = Shift(
        problem, loaded.span.from_s, seed, iterations or ITERATIONS, network=loaded.network, stretches=loaded.stretches
    )
    shifts = [replace(once, life=seed + i) for i in range(seeds)]
    crowds = [vendors.draw_crowd(problem, one.days_seed, error) for one in shifts]
    if planted is not None:
        crowds = [_with_truth(problem, crowd, keys, planted, loaded.span) for crowd in crowds]
    found = compare.compare(shifts, policies, days, crowds=crowds, progress=progress)
    return {
        **{name: compare.mean_row(outcomes) for name, outcomes in found.items()},
        "about": {
            "on_date": on_date.isoformat(),
            "shift": shift_code,
            "zones": len(zones_of(problem)),
            "teams": len(problem.teams),
            "days": days,
            "seeds": [seed, seed + seeds - 1],
            "truth": "planted" if planted is not None else "drawn",
            "error": error,
            "vendors": asdict(vendors.HABITS),
            "late_sd_s": LATE_SD_S,
            "ratios": compare.ratios(found),
        },
    }


def _with_truth(problem: Problem, crowd: Crowd, keys: dict[int, str], planted: Planted, span: ShiftSpan) -> Crowd:
    """The crowd with the planted levels and returns of the zones that have any."""
    from geo.patrol.simulate.presence import zones_of

    stops = [problem.stops[number] for number in zones_of(problem)]
    named = [
        (row, keys[stop.feature_ids[0]])
        for row, stop in enumerate(stops)
        if stop.layer == "hotspot_zone" and stop.feature_ids[0] in keys
    ]
    levels, means = planted([key for _, key in named], span)
    level, mean_s = crowd.level.copy(), crowd.mean_s.copy()
    for (row, _), told, back in zip(named, levels, means, strict=True):
        if told.any():
            level[row], mean_s[row] = told, back
    return replace(crowd, level=level, mean_s=mean_s)
