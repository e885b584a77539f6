"""What a year of following the forecast does to the forecast: places that are all alike, watched by our own rules.

Every place has the same true rate, so any place that gets more than its share of patrols gets it because it was
patrolled before. The simulation runs the code that forecasts and picks attention, not a copy of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.audit import AUDIT_SHARE, concentration, locked_in, pick_attention
from geo.hotspots.forecast.classes import list_probability
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.gamma_poisson import fit
from geo.hotspots.panel import Panel

Rule = Literal["exposure", "complaints", "counts"]
"""How attention follows the record: as our forecasts do, in either training, or by plain counts of all records."""

PLACES: Final = 200
SLOTS: Final = 20
RATE: Final = 2.0
"""Occurrences a week at each place."""

REPORTED: Final = 0.3
FOUND: Final = 0.7
"""Share of occurrences that people report, and share of the others that a patrol in place finds."""

WEEKS: Final = 52
BEFORE: Final = 8
"""Weeks of record before patrols begin to follow it."""


@dataclass(frozen=True, slots=True, eq=False)
class Feedback:
    """Where attention went: shape (weeks, places), and what of it came by chance."""

    attended: NDArray[np.bool_]
    audited: NDArray[np.bool_]

    @property
    def top_share(self) -> float:
        """Share of patrols at the 20 most-patrolled places; 0.10 would be even."""
        return concentration(self.attended, SLOTS)

    @property
    def locked(self) -> int:
        """Places patrolled in nine weeks of ten."""
        return len(locked_in(self.attended))


def simulate_feedback(rule: Rule, seed: int = 1, weeks: int = WEEKS) -> Feedback:
    """Let patrols follow the forecast for ``weeks`` weeks at places that are all alike.

    Parameters
    ----------
    rule
        ``counts`` is what happens without our guards: the places with most records, whoever made them.

    Notes
    -----
    Setting of Ensign et al. 2018 as in the project's own study: 200 places, 20 patrolled a week.
    """
    from scipy.sparse import identity

    rng = np.random.default_rng(seed)
    total = BEFORE + weeks
    reports, finds = np.zeros((total, PLACES)), np.zeros((total, PLACES))
    attended, audited = np.zeros((total, PLACES), dtype=bool), np.zeros((total, PLACES), dtype=bool)
    starts = np.datetime64("2026-01-05") + 7 * np.arange(total)
    alone = identity(PLACES, format="csr")
    for week in range(total):
        if week < BEFORE:
            attended[week, rng.choice(PLACES, SLOTS, replace=False)] = True
        elif rule == "counts":
            score = (reports + finds)[:week].sum(axis=0) + rng.random(PLACES) * 1e-6
            attended[week, np.argsort(-score)[:SLOTS]] = True
        else:
            seen = REPORTED + (1 - REPORTED) * FOUND * attended[:week]
            counts = reports[:week] if rule == "complaints" else reports[:week] + finds[:week]
            panel = Panel(starts[:week], 7, counts)
            panel = panel if rule == "complaints" else replace(panel, exposure=seen)
            probability = list_probability(fit(Decayed(panel, alone), week), SLOTS, seed=seed)
            chosen = pick_attention(probability, SLOTS, seed * 1_000 + week, AUDIT_SHARE)
            attended[week, chosen.places] = True
            audited[week, chosen.by_chance] = True
        happened = rng.poisson(RATE, PLACES)
        reports[week] = rng.binomial(happened, REPORTED)
        left = happened - reports[week].astype(np.int64)
        finds[week] = np.where(attended[week], rng.binomial(left, FOUND), 0)
    return Feedback(attended[BEFORE:], audited[BEFORE:])
