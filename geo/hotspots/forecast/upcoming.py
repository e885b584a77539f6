"""The forecast of the coming period for one group: choose rarely, refresh every period.

:func:`choose_settings` looks back over validation periods and takes seconds; its answer is stored with the forecast.
:func:`forecast_upcoming` refreshes with it in hundredths of a second.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast import baselines, glm
from geo.hotspots.forecast.backtest import LEAST_HISTORY, validation_of
from geo.hotspots.forecast.classes import list_probability, place_classes
from geo.hotspots.forecast.decay import LONG_RUN, Decayed
from geo.hotspots.forecast.dispersion import NONE, Correction, learn_correction
from geo.hotspots.forecast.gamma_poisson import DEFAULT, Posterior, Recency, fit
from geo.hotspots.forecast.intervals import NOMINAL, SetInterval, set_interval
from geo.hotspots.forecast.level import Level
from geo.hotspots.forecast.models import BLEND, GAMMA_POISSON, GLM, Models, choose_model, choose_recency, try_out
from geo.hotspots.forecast.scores import list_length

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from geo.hotspots.panel import Panel

Floats = NDArray[np.float64]

LIST_SHARE: Final = 0.02
EWMA_HALF_LIFE: Final = 12.0
"""The exponential average a challenger has to beat before it may replace the gamma-Poisson."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen for a group on validation periods.

    Parameters
    ----------
    model
        ``gamma_poisson``, ``glm`` or ``blend`` (their mean).
    recency
        Half-lives and weights of the gamma-Poisson.
    correction
        Winner's curse and bursts.
    regression
        Of the challenger; None where it is not in use.
    """

    model: str = GAMMA_POISSON
    recency: Recency = DEFAULT
    correction: Correction = NONE
    regression: glm.Regression | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, and back by :meth:`of_json`."""

        def plain(part: Any) -> Any:
            return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in asdict(part).items()}

        return {
            "model": self.model,
            "recency": plain(self.recency),
            "correction": plain(self.correction),
            "regression": plain(self.regression) if self.regression else None,
        }

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Settings:
        """The settings that :meth:`as_json` wrote.

        Examples
        --------
        >>> Settings.of_json(Settings().as_json()).recency == Recency()
        True
        """

        def arrays(part: dict[str, Any]) -> dict[str, Any]:
            return {k: np.array(v, dtype=np.float64) if isinstance(v, list) else v for k, v in part.items()}

        regression = stored["regression"]
        return cls(
            stored["model"],
            Recency(**stored["recency"]),
            Correction(**arrays(stored["correction"])),
            glm.Regression(**arrays(regression)) if regression else None,
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the coming period is expected to bring.

    Parameters
    ----------
    mean, lower, upper
        Shape (n,): expected events at each place, and the whole numbers between which they fall 8 times in 10.
    probability
        Shape (n,): of at least one event.
    in_list, classes
        Shape (n,): probability of being among the first ``length`` places, and ``firm``, ``maybe`` or ``not``.
    length
        Places in the list.
    posterior
        Of the expected counts, before the correction at the top.
    size
        Shape (n,), negative-binomial size.
    set_sd
        Relative error of parts, see :class:`.dispersion.Correction`.
    """

    mean: Floats
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    probability: Floats
    in_list: Floats
    classes: NDArray[np.str_]
    length: int
    posterior: Posterior
    size: Floats
    set_sd: float = 0.0

    @property
    def level(self) -> Level:
        """The whole."""
        return self.posterior.level

    def interval_of(self, places: NDArray[np.intp] | NDArray[np.bool_], seed: int = 0) -> SetInterval:
        """Expected events of a set of places, with its interval."""
        mean = self.mean[places]
        level = self.level if len(mean) == len(self.mean) else self.level.of_part(self.set_sd)
        return set_interval(mean, self.size[places], level, seed=seed)


def choose_settings(panel: Panel, smoothing: csr_matrix, known: Floats | None = None, seed: int = 0) -> Settings:
    """Choose half-lives, weights and model for a group on the last third of its periods, at most a year.

    Parameters
    ----------
    panel
        Everything known, at least one period.
    smoothing
        ``Places.smoothing``.
    known
        Shape (t + 1,), calendar factors of the level; None for 1.

    Returns
    -------
    Settings
        The defaults below ``LEAST_HISTORY`` periods.

    Notes
    -----
    10,000 places × 156 weeks: about 6 CPU s a group. The regression is fitted to the last 52 periods.
    """
    if panel.periods < LEAST_HISTORY:
        return Settings()
    decayed = Decayed(panel, smoothing, known)
    validation = validation_of(panel.periods)
    counts, seen = panel.counts[validation.start :], np.asarray(panel.seen[validation.start :])
    recency = choose_recency(decayed, [i for i in validation if panel.counts[i].sum() > 0])
    models = Models(decayed, recency, validation.start, seed)
    means = {name: np.stack([models.mean(name, i) for i in validation]) for name in (GAMMA_POISSON, GLM)}
    means[BLEND] = (means[GAMMA_POISSON] + means[GLM]) / 2
    trials = {name: try_out(mean * seen, counts) for name, mean in means.items()}
    bar = np.stack([baselines.ewma(decayed, i, EWMA_HALF_LIFE) for i in validation])
    model = choose_model(trials, try_out(bar, counts))
    regression = None if model == GAMMA_POISSON else glm.fit_glm(decayed, panel.periods, seed=seed)
    return Settings(model, recency, learn_correction(means[model], counts, seen), regression)


def forecast_upcoming(
    panel: Panel,
    smoothing: csr_matrix,
    settings: Settings = Settings(),
    *,
    known: Floats | None = None,
    factor: Floats | None = None,
    share: float = LIST_SHARE,
    seed: int = 0,
) -> Forecast:
    """Forecast the period after the panel.

    Parameters
    ----------
    panel
        Everything known; the forecast is for the ``panel.days`` days after it.
    smoothing
        ``Places.smoothing``.
    settings
        From :func:`choose_settings`; the defaults need no looking back.
    known
        Shape (t + 1,), calendar factors of the level, the last for the period to come; None for 1.
    factor
        Shape (n,), >= 0: what a calendar says of single places in the coming period (a market day); None for 1.
        The whole moves with it.
    share
        Length of the list as a share of places.
    seed
        Of the draws.

    Returns
    -------
    Forecast
        Shape (n,), in the panel's order.
    """
    from scipy.stats import nbinom

    decayed = Decayed(panel, smoothing, known)
    before = panel.periods
    lives = {LONG_RUN, settings.recency.fast, settings.recency.slow}
    decayed.prepare(lives if settings.regression is None else lives | {*glm.HALF_LIVES}, before)
    base = fit(decayed, before, settings.recency)
    mean = base.mean
    if settings.regression is not None:
        challenger = glm.glm_mean(decayed, before, settings.regression)
        mean = challenger if settings.model == GLM else (mean + challenger) / 2
    if factor is not None:
        mean = mean * factor
    level = Level(float(mean.sum()), base.level.sd)
    posterior = Posterior(base.shape, base.shape / np.maximum(mean, 1e-12), level)
    fixed = settings.correction.corrected(mean)
    size = settings.correction.size(fixed)
    length = list_length(panel.places, share)
    in_list = list_probability(posterior, length, seed=seed)
    chance = size / (size + fixed)
    tail = (1 - NOMINAL) / 2
    lower, upper = (np.asarray(nbinom.ppf(q, size, chance), dtype=np.int64) for q in (tail, 1 - tail))
    probability = settings.correction.probability_of_any(fixed)
    classes = place_classes(in_list)
    set_sd = settings.correction.set_sd
    return Forecast(fixed, lower, upper, probability, in_list, classes, length, posterior, size, set_sd)
