"""The models that may be the default of a group, under one roof, and the rule by which one becomes it.

Chosen on validation periods only. The choice is careful in one direction: the gamma-Poisson forecast stays unless a
challenger is better by more than chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast import boosting, glm
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.gamma_poisson import DEFAULT, HALF_LIVES, SLOW, Posterior, Recency, fit, neighbours_of
from geo.hotspots.forecast.scores import list_length, where_loss

Floats = NDArray[np.float64]

GAMMA_POISSON: Final = "gamma_poisson"
GLM: Final = "glm"
BLEND: Final = "blend"
BOOSTING: Final = "boosting"

LAST_YEAR: Final = "last_year"
COUNTY_MODELS: Final = (GAMMA_POISSON, GLM, BLEND, BOOSTING, LAST_YEAR)

YEAR: Final = 52
STEADY: Final = 0.25
"""Events that every place is given beside its counts of a year."""

REFIT: Final = 13
"""Periods for which a fitted regression is used before it is fitted again."""
LIST_SHARES: Final = tuple(np.linspace(0.005, 0.05, 10).tolist())
"""Lengths of list over which hits are averaged when models are compared: one length alone is mostly luck."""
ROUNDS: Final = 15
SURE: Final = 2.0
"""Standard errors of a paired difference that are taken for more than chance."""
FEW: Final = 60.0
"""Events in the validation periods below which nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as LightGBM writes them down."""

    text: str


@dataclass(slots=True)
class Models:
    """Forecasts of every model for any period of a panel, each made from the periods before it only.

    Parameters
    ----------
    decayed
        The panel.
    recency
        Of the gamma-Poisson forecast.
    first
        Index of the first period that is ever asked for: regressions are fitted there and every ``REFIT`` after it.
    """

    decayed: Decayed
    recency: Recency
    first: int
    seed: int = 0
    _fitted: Any = None
    _given: dict[str, Any] | None = None

    def posterior(self, before: int) -> Posterior:
        """Of the gamma-Poisson model."""
        return fit(self.decayed, before, self.recency)

    def mean(self, model: str, before: int) -> Floats:
        """Expected count of each place in period ``before``, shape (n,)."""
        if model == GAMMA_POISSON:
            return self.posterior(before).mean
        if model == GLM:
            return glm.glm_mean(self.decayed, before, self._regression(GLM, before))
        if model == BOOSTING:
            trees = self._regression(BOOSTING, before)
            return boosting.boosting_mean(self.decayed, before, trees, glm.features(self.decayed, before))
        if model == LAST_YEAR:
            return self._last_year(before)
        return (self.mean(GAMMA_POISSON, before) + self.mean(GLM, before)) / 2

    def posterior_of(self, model: str, before: int) -> Posterior:
        """A posterior with the model's mean and the certainty of the gamma-Poisson's: both saw the same events."""
        base = self.posterior(before)
        mean = np.maximum(self.mean(model, before), 1e-12)
        return base if model == GAMMA_POISSON else Posterior(base.shape, base.shape / mean, base.level)

    def with_fitted(self, regression: glm.Regression | None, trees: Trees | None) -> Models:
        """These models with what was fitted earlier: it is used for every period, and nothing is fitted."""
        self._given = {GLM: regression, BOOSTING: boosting.of_text(trees.text) if trees else None}
        return self

    def fitted(self, model: str, before: int) -> tuple[glm.Regression | None, Trees | None]:
        """What a model would use for period ``before``, fitted to everything before it; None where it uses nothing."""
        regression = glm.fit_glm(self.decayed, before, seed=self.seed) if model in (GLM, BLEND) else None
        booster = boosting.fit_boosting(self.decayed, before, seed=self.seed) if model == BOOSTING else None
        return regression, None if booster is None else Trees(booster.model_to_string())

    def _last_year(self, before: int) -> Floats:
        """Counts of the last 52 periods, per what could be seen in them; the places add up to the forecast level."""
        panel, level = self.decayed.panel, float(self.decayed.level_mean[before])
        year = slice(max(before - YEAR, 0), before)
        counts, seen = panel.counts[year].sum(axis=0) + STEADY, np.asarray(panel.seen[year]).sum(axis=0) + STEADY
        rate = np.asarray(counts / seen)
        return rate * (level / max(float(rate.sum()), 1e-12))

    def _regression(self, model: str, before: int) -> Any:
        """The regression in use for a period: fitted at the last refit at or before it."""
        if self._given is not None and self._given.get(model) is not None:
            return self._given[model]
        at = before if before < self.first else before - (before - self.first) % REFIT
        if self._fitted is None:
            self._fitted = {}
        if (model, at) not in self._fitted:
            learn = glm.fit_glm if model == GLM else boosting.fit_boosting
            self._fitted[model, at] = learn(self.decayed, at, seed=self.seed)
        return self._fitted[model, at]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model did on the validation periods: shape (t,) each, losses in nats, events caught averaged over lists."""

    loss: Floats
    caught: Floats
    events: Floats

    @property
    def hit(self) -> float:
        """Mean share of events caught by lists of 0.5 to 5 % of places."""
        whole = float(self.events.sum())
        return float(self.caught.sum()) / whole if whole else 0.0


def try_out(means: Floats, counts: Floats) -> Trial:
    """Score forecasts of some periods.

    Parameters
    ----------
    means, counts
        Shape (t, n).
    """
    t, n = counts.shape
    lengths = np.array([list_length(n, share) for share in LIST_SHARES])
    deepest = int(lengths.max()) if n else 0
    caught = np.zeros(t)
    for i in range(t):
        top = np.argpartition(-means[i], deepest - 1)[:deepest] if deepest else np.zeros(0, dtype=np.intp)
        top = top[np.argsort(-means[i, top], kind="stable")]
        caught[i] = np.cumsum(counts[i, top])[lengths - 1].mean() if deepest else 0.0
    return Trial(where_loss(means, counts), caught, counts.sum(axis=1))


def choose(trials: Mapping[Any, Trial]) -> Any:
    """The trial that catches most, among those whose loss is not worse than the best's by more than chance.

    Parameters
    ----------
    trials
        At least one, by whatever names them; the earlier wins a tie.

    Notes
    -----
    The proper score is the gate, hits are the purpose. "By more than chance" is a paired difference over periods of
    more than ``SURE`` standard errors.

    Examples
    --------
    >>> even = np.full(8, 10.0)
    >>> good, lucky = Trial(even, even / 4, even), Trial(even + 3 + np.arange(8) % 2, even / 2, even)
    >>> choose({"good": good, "lucky": lucky})
    'good'
    """
    best = min(trials.values(), key=lambda trial: float(trial.loss.sum()))
    fair = {name: trial for name, trial in trials.items() if not clearly_more(trial.loss, best.loss)}
    return max(fair, key=lambda name: fair[name].hit)


def clearly_more(left: Floats, right: Floats) -> bool:
    """Whether ``left`` exceeds ``right`` by more than chance, period by period.

    Examples
    --------
    >>> clearly_more(np.array([2.0, 3.0, 2.5]), np.array([1.0, 2.0, 1.4])), clearly_more(np.ones(3), np.ones(3))
    (True, False)
    """
    difference = left - right
    if len(difference) < 2:
        return False
    error = float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return bool(difference.mean() > SURE * error and difference.mean() > 0)


def choose_recency(decayed: Decayed, periods: Sequence[int], start: Recency = DEFAULT) -> Recency:
    """The half-lives and weights of a group, found on validation periods.

    Parameters
    ----------
    decayed
        The panel.
    periods
        Indices of the validation periods; each is forecast from those before it.
    start
        Where the search sets out, and the answer where fewer than ``FEW`` events came.

    Notes
    -----
    Moves to the best neighbour by loss until none is better, at most ``ROUNDS`` times, and then takes by
    :func:`choose` from all that were tried. Deterministic.
    """
    counts = decayed.panel.counts[list(periods)]
    if counts.sum() < FEW:
        return start

    def trial(recency: Recency) -> Trial:
        return try_out(np.stack([fit(decayed, i, recency).mean for i in periods]), counts)

    for half_life in {*HALF_LIVES, *SLOW}:
        decayed.path(half_life)
    tried = {start: trial(start)}
    here = start
    for _ in range(ROUNDS):
        for near in neighbours_of(here):
            if near not in tried:
                tried[near] = trial(near)
        best = min(tried, key=lambda recency: float(tried[recency].loss.sum()))
        if best == here:
            break
        here = best
    found: Recency = choose(tried)
    return found


def choose_model(trials: Mapping[str, Trial], bar: Trial) -> str:
    """The default of a group among models tried on validation periods.

    Parameters
    ----------
    trials
        By model name; ``gamma_poisson`` among them.
    bar
        The tuned EWMA: a challenger that catches less is out.

    Returns
    -------
    str
        The gamma-Poisson, unless a challenger loses less and is better by more than chance: it loses clearly less
        than the gamma-Poisson, or catches clearly more than ``bar``.
    """
    base = trials[GAMMA_POISSON]
    if base.events.sum() < FEW:
        return GAMMA_POISSON

    def earns_it(trial: Trial) -> bool:
        better = clearly_more(base.loss, trial.loss) or clearly_more(trial.caught, bar.caught)
        return better and trial.loss.sum() <= base.loss.sum() and trial.hit >= bar.hit

    allowed = {name: trial for name, trial in trials.items() if name == GAMMA_POISSON or earns_it(trial)}
    found: str = choose(allowed)
    return found
