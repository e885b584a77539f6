"""Rolling origins: what every model would have said before each period, scored against what came.

Three stretches follow one another: history, validation, test. Everything that is chosen (half-lives, weights, the
default model, bandwidths, corrections) is chosen on validation; test periods are only scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.forecast import baselines
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.dispersion import Correction, learn_correction
from geo.hotspots.forecast.gamma_poisson import Recency
from geo.hotspots.forecast.models import (
    BLEND,
    BOOSTING,
    GAMMA_POISSON,
    GLM,
    Models,
    Trial,
    choose_model,
    choose_recency,
    try_out,
)
from geo.hotspots.forecast.probability import Steps, learn_steps

if TYPE_CHECKING:
    from geo.hotspots.panel import Panel
    from geo.hotspots.places import Places

Floats = NDArray[np.float64]
Say = Callable[[str], None]

LAST_52: Final = "last_52_weeks"
EWMA: Final = "ewma"
KDE: Final = "kde"
GI_STAR: Final = "gi_star"
BASELINES: Final = (LAST_52, EWMA, KDE, GI_STAR)

VALIDATION: Final = 52
"""Most periods to choose on; a third of what lies before the test, if that is less."""
LEAST_HISTORY: Final = 12
"""Periods before the test without which nothing is forecast."""


class TooShort(Invalid):
    """There is too little history before the first origin."""


@dataclass(frozen=True, slots=True)
class Run:
    """Forecasts of one model over validation and test.

    Parameters
    ----------
    score
        Shape (v + t, n): what places are ranked by.
    probability
        Shape (t, n): of at least one event, test periods only.
    mean
        Shape (v + t, n), expected events; the score itself for a baseline.
    """

    score: Floats
    probability: Floats
    mean: Floats


@dataclass(frozen=True, slots=True)
class Backtest:
    """A finished backtest.

    Parameters
    ----------
    runs
        By model: ours and the baselines.
    default
        Which of ours is the default of this group.
    recency, correction
        What was chosen for it, and learned.
    validation, test
        Indices of the panel's periods.
    counts, seen
        Shape (v + t, n): what came, and exposure.
    level_mean, level_sd
        Shape (v + t,): forecasts of the whole.
    settings
        Half-life and bandwidth the baselines were given.
    """

    runs: Mapping[str, Run]
    default: str
    recency: Recency
    correction: Correction
    validation: range
    test: range
    counts: Floats
    seen: Floats
    level_mean: Floats
    level_sd: Floats
    settings: Mapping[str, float]

    @property
    def tested(self) -> slice:
        """The test periods within the arrays."""
        return slice(len(self.validation), None)


def validation_of(first_test: int) -> range:
    """The periods to choose on, before the first test period.

    Raises
    ------
    TooShort
        Below ``LEAST_HISTORY`` periods of history.

    Examples
    --------
    >>> validation_of(130), validation_of(300)
    (range(87, 130), range(248, 300))
    """
    if first_test < LEAST_HISTORY:
        raise TooShort("forecast.too_short", periods=first_test, least=LEAST_HISTORY)
    return range(first_test - min(VALIDATION, first_test // 3), first_test)


def run_backtest(
    panel: Panel,
    places: Places,
    first_test: int,
    events: tuple[Floats, Floats, NDArray[np.int64]],
    *,
    boosting: bool = False,
    seed: int = 0,
    say: Say | None = None,
) -> Backtest:
    """Choose on validation, forecast every test period from the periods before it.

    Parameters
    ----------
    panel
        Counts of history, validation and test, one after another.
    places
        Its places.
    first_test
        Index of the first test period.
    events
        x, y (metres) and index of the period of every event, for the kernel density.
    boosting
        Whether LightGBM is tried too.
    seed
        Of every draw.
    say
        Told what is being done.

    Raises
    ------
    TooShort
        If there is too little before ``first_test``.
    """
    told = say or (lambda _: None)
    validation, test = validation_of(first_test), range(first_test, panel.periods)
    both = range(validation.start, panel.periods)
    decayed = Decayed(panel, places.smoothing)
    v = len(validation)
    counts, seen = panel.counts[both.start :], np.asarray(panel.seen[both.start :])

    told("baselines")
    rivals, settings = _baselines(decayed, places, events, both, v)
    told("half-lives and weights")
    recency = choose_recency(decayed, [i for i in validation if counts[i - both.start].sum() > 0])
    models = Models(decayed, recency, validation.start, seed)
    means: dict[str, Floats] = {}
    for name in (GAMMA_POISSON, GLM, *([BOOSTING] if boosting else [])):
        told(name)
        means[name] = np.stack([models.mean(name, i) for i in both])
    means[BLEND] = (means[GAMMA_POISSON] + means[GLM]) / 2
    if boosting:
        means[f"{BLEND}_3"] = (means[GAMMA_POISSON] + means[GLM] + means[BOOSTING]) / 3
    trials = {name: try_out(mean[:v] * seen[:v], counts[:v]) for name, mean in means.items()}
    default = choose_model(trials, try_out(rivals[EWMA][:v], counts[:v]))

    told("corrections")
    level, sd = decayed.level_mean[both.start : both.stop], decayed.level_sd[both.start : both.stop]
    corrections = {name: learn_correction(mean[:v], counts[:v], seen[:v]) for name, mean in means.items()}
    runs = {name: _ours(mean, corrections[name], v) for name, mean in means.items()}
    for name, score in rivals.items():
        steps: Steps = learn_steps(score[:v], counts[:v], seen[:v])
        probability = steps.probability(score[v:], level[v:])
        runs[name] = Run(score, probability, score)
    return Backtest(runs, default, recency, corrections[default], validation, test, counts, seen, level, sd, settings)


def _ours(mean: Floats, correction: Correction, v: int) -> Run:
    fixed = correction.corrected(mean)
    return Run(fixed, correction.probability_of_any(fixed[v:]), fixed)


def _baselines(
    decayed: Decayed, places: Places, events: tuple[Floats, Floats, NDArray[np.int64]], both: range, v: int
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Scores (v + t, n) of every baseline, tuned on the first v periods."""
    panel = decayed.panel
    counts = panel.counts[both.start : both.start + v]

    def best(candidates: dict[float, Floats]) -> float:
        trials: dict[float, Trial] = {value: try_out(score[:v] + 1e-9, counts) for value, score in candidates.items()}
        return max(trials, key=lambda value: trials[value].hit)

    by_half_life = {h: np.stack([baselines.ewma(decayed, i, h) for i in both]) for h in baselines.EWMA_HALF_LIVES}
    kernel = baselines.Kernel(places, *events)
    by_bandwidth = {b: np.stack([kernel.density(i, b) for i in both]) for b in baselines.KDE_BANDWIDTHS_M}
    half_life, bandwidth = best(by_half_life), best(by_bandwidth)
    scores = {
        LAST_52: np.stack([baselines.recent_counts(panel, i) for i in both]),
        EWMA: by_half_life[half_life],
        KDE: by_bandwidth[bandwidth],
        GI_STAR: np.stack([baselines.gi_star(panel, places.smoothing, i) for i in both]),
    }
    return scores, {"ewma_half_life": half_life, "kde_bandwidth_m": bandwidth}
