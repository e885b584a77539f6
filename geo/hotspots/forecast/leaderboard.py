"""Every model against last year's counts, on the county's own past: who does not beat them is not used.

Each week of the last half-year is forecast from what was known before it. A model is admitted if the lower bound of
its gain in records caught, by a bootstrap over weeks in which both are resampled together, is above zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.baselines import ewma, recent_counts
from geo.hotspots.forecast.boosting import is_installed
from geo.hotspots.forecast.county import CELL, LIST_SHARE
from geo.hotspots.forecast.models import BLEND, BOOSTING, GAMMA_POISSON, GLM, LAST_YEAR, STEADY, Models
from geo.hotspots.forecast.outlook import LEAST_WEEKS, YEAR, Outlook
from geo.hotspots.forecast.scores import hits, log_loss, paired_bound

Floats = NDArray[np.float64]

WEEKS: Final = 26
EWMA: Final = "ewma"
HALF_LIFE: Final = 12.0
CHALLENGERS: Final = (GLM, BLEND, BOOSTING)
FEWEST: Final = 200
"""Places below which a regression over places has too few to learn from."""
HELD_ON: Final = (CELL, "zone")
"""Kinds of place on which models are held against last year's counts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model did against last year's counts at the places of one kind and the records of one group."""

    place_kind: str
    code_group: str
    model: str
    weeks: int
    share: float
    hit: float
    base_hit: float
    gain: float
    gain_lower: float
    gain_upper: float
    log_loss: float
    base_log_loss: float
    ewma_lower: float = 0.0

    @property
    def admitted(self) -> bool:
        """Whether it may be used: better by more than chance."""
        return self.gain_lower > 0


def rank_models(said: dict[str, Floats], base: Floats, counts: Floats, share: float, seed: int = 0) -> list[Standing]:
    """Hold models against a baseline, week by week.

    Parameters
    ----------
    said
        By model, shape (t, n): expected records.
    base, counts
        Shape (t, n): what the baseline expected, and what came.
    share
        Share of the places in the list.

    Returns
    -------
    list of Standing
        Best gain first, kind and group left empty.

    Examples
    --------
    >>> counts = np.tile([4.0, 2.0, 0.0, 0.0], (8, 1))
    >>> wrong = np.tile([0.0, 1.0, 2.0, 3.0], (8, 1))
    >>> [(one.model, one.gain, one.admitted) for one in rank_models({"m": counts, "w": wrong}, wrong, counts, 0.25)]
    [('m', 0.6666666666666666, True), ('w', 0.0, False)]
    """
    bar = hits(base, counts, share, seed)
    bar_loss = float(log_loss(-np.expm1(-np.maximum(base, 1e-9)), counts).mean())
    found = []
    for model, mean in said.items():
        ours = hits(mean, counts, share, seed)
        gain = paired_bound(ours.caught, bar.caught, ours.events, seed)
        loss = float(log_loss(-np.expm1(-np.maximum(mean, 1e-9)), counts).mean())
        bounds = (gain.mean, gain.lower, gain.upper)
        found.append(Standing("", "", model, len(counts), share, ours.hit, bar.hit, *bounds, loss, bar_loss))
    return sorted(found, key=lambda one: -one.gain)


def pick_model(standings: Sequence[Standing]) -> str:
    """The model that forecasts, by how all did at one kind of place and group.

    Returns
    -------
    str
        The gamma-Poisson. In its place a challenger, if it is admitted, beats the exponential average by more than
        chance too, and neither catches less nor loses more than the gamma-Poisson; of several the one that catches
        most. Last year's counts, if even the gamma-Poisson is worse than they are by more than chance.

    Examples
    --------
    >>> ours = Standing("", "", GAMMA_POISSON, 26, 0.05, 0.30, 0.25, 0.05, 0.02, 0.08, 0.11, 0.12)
    >>> glm = replace(ours, model=GLM, hit=0.33, gain=0.08, gain_lower=0.05, log_loss=0.10, ewma_lower=0.01)
    >>> pick_model([ours, glm]), pick_model([ours, replace(glm, gain_lower=-0.01)])
    ('glm', 'gamma_poisson')
    >>> pick_model([replace(ours, gain_lower=-0.06, gain_upper=-0.02)])
    'last_year'
    """
    ours = next((one for one in standings if one.model == GAMMA_POISSON), None)
    if ours is None:
        return GAMMA_POISSON
    better = [
        one
        for one in standings
        if one.model in CHALLENGERS and one.admitted and one.ewma_lower > 0
        if one.hit >= ours.hit and one.log_loss <= ours.log_loss
    ]
    if better:
        return max(better, key=lambda one: one.hit).model
    return LAST_YEAR if ours.gain_upper < 0 else GAMMA_POISSON


def stand(
    outlook: Outlook, kind: str, group: str, weeks: int = WEEKS, seed: int = 0, *, boosting: bool = True
) -> list[Standing]:
    """Standings of all models for a kind of place and a group over the last ``weeks`` weeks of an outlook.

    Notes
    -----
    All learn from counts corrected for who was looking and for the calendar, and say what will come on record; last
    year's counts are plain. Everybody is judged by what was recorded. Boosted trees take part, unless told otherwise,
    where LightGBM is installed.
    """
    decayed = outlook.decayed(kind, group)
    panel, n = decayed.panel, len(outlook.sets[kind].places)
    first = max(outlook.weeks - weeks, LEAST_WEEKS)
    judged = range(first, outlook.weeks)
    models = Models(decayed, outlook.recency(group, HELD_ON), first)
    names = (
        (GAMMA_POISSON,) if n < FEWEST else (GAMMA_POISSON, GLM, *((BOOSTING,) if boosting and is_installed() else ()))
    )
    seen = np.asarray(panel.seen[first:])
    said = {name: np.stack([models.mean(name, i) for i in judged]) * seen for name in names}
    if GLM in said:
        said[BLEND] = (said[GAMMA_POISSON] + said[GLM]) / 2
    said[EWMA] = np.stack([_per_week(ewma(decayed, i, HALF_LIFE), decayed.level_mean[i]) for i in judged])
    base = np.stack([(recent_counts(panel, i, YEAR) + STEADY) / min(YEAR, i) for i in judged])
    counts, share = panel.counts[first:], LIST_SHARE[kind]
    bar = hits(said[EWMA], counts, share, seed).caught
    found = []
    for one in rank_models(said, base, counts, share, seed):
        ours = hits(said[one.model], counts, share, seed)
        over = paired_bound(ours.caught, bar, ours.events, seed)
        found.append(replace(one, place_kind=kind, code_group=group, ewma_lower=over.lower))
    return found


def as_row(one: Standing, on: dt.date) -> dict[str, Any]:
    """A row of the leaderboard of a day."""
    return {
        **{name: getattr(one, name) for name in one.__dataclass_fields__},
        "origin_on": on,
        "admitted": one.admitted,
    }


def _per_week(score: Floats, level: float) -> Floats:
    return score * (level / max(float(score.sum()), 1e-9))
