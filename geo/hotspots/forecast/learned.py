"""What a kind of place and a code group taught about their forecasts: learned every few weeks, used every day.

Looking back takes seconds, looking ahead hundredths of one. What is learned here is stored with its date, so that a
forecast can be made again from the same words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.dispersion import NONE, Correction, learn_correction, part_totals
from geo.hotspots.forecast.gamma_poisson import DEFAULT, Recency
from geo.hotspots.forecast.glm import Regression
from geo.hotspots.forecast.intervals import LEAST_EXPECTED, UNKNOWN, Held, depth_of, held_before, spread_of
from geo.hotspots.forecast.models import GAMMA_POISSON, Models, Trees
from geo.hotspots.forecast.outlook import JUDGED, LEAST_WEEKS

if TYPE_CHECKING:
    from geo.hotspots.forecast.outlook import Outlook

Floats = NDArray[np.float64]

CURSED: Final = 500
"""Fewer places than this are no lottery with winners: their forecasts are left as they are."""

COMMON_SD: Final = 0.08
COMMON_WEEKS: Final = 6.0
"""Weeks for which this error, common to all places of a class, is believed beforehand."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What past forecasts taught.

    Parameters
    ----------
    model
        The model in use.
    recency
        Half-lives and weights of the gamma-Poisson.
    correction, bursts
        Winner's curse and size; variance over mean (>= 1) at one place.
    common
        By class of place: relative variance of all its places together.
    whole, lists, parts
        How earlier intervals of the whole, of lists and of other parts held.
    regression, trees
        Of a challenger; None where it is not in use.
    """

    model: str = GAMMA_POISSON
    recency: Recency = DEFAULT
    correction: Correction = NONE
    bursts: float = 1.0
    common: tuple[tuple[str, float], ...] = ()
    whole: Held = UNKNOWN
    lists: Held = UNKNOWN
    parts: Held = UNKNOWN
    regression: Regression | None = None
    trees: Trees | None = None

    def common_sd(self, names: tuple[str, ...], mix: Floats) -> Floats:
        """Relative error common to all places of a class, by each place's mix of classes (n, c); shape (n,)."""
        known = dict(self.common)
        return np.asarray(np.sqrt(mix @ np.array([known.get(name, COMMON_SD**2) for name in names])))

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, and back by :meth:`of_json`."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Learned:
        """What :meth:`as_json` wrote.

        Examples
        --------
        >>> Learned.of_json(Learned(bursts=2.0).as_json()).bursts
        2.0
        """
        made = dict(stored) | {
            "recency": Recency(**stored["recency"]),
            "correction": Correction(**_arrays(stored["correction"])),
            "common": tuple((name, float(variance)) for name, variance in stored["common"]),
            "whole": Held(**_arrays(stored["whole"])),
            "lists": Held(**_arrays(stored["lists"])),
            "parts": Held(**_arrays(stored["parts"])),
            "regression": Regression(**_arrays(stored["regression"])) if stored["regression"] else None,
            "trees": Trees(**stored["trees"]) if stored["trees"] else None,
        }
        return cls(**made)


def _plain(part: Any) -> Any:
    if not hasattr(part, "__dataclass_fields__"):
        return part
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in asdict(part).items()}


def _arrays(part: dict[str, Any]) -> dict[str, Any]:
    return {k: np.array(v, dtype=np.float64) if isinstance(v, list) else v for k, v in part.items()}


def learn(
    outlook: Outlook, kind: str, group: str, recency: Recency, model: str = GAMMA_POISSON, seed: int = 0
) -> Learned:
    """Learn from the forecasts that would have been made in the last half-year.

    Parameters
    ----------
    recency
        Of the group.
    model
        One of :data:`geo.hotspots.forecast.models.COUNTY_MODELS`.
    """
    models = Models(outlook.decayed(kind, group), recency, max(outlook.weeks - JUDGED, LEAST_WEEKS), seed)
    panel = models.decayed.panel
    judged = range(models.first, outlook.weeks)
    if not len(judged):
        return Learned(recency=recency)
    said = np.stack([models.mean(model, i) for i in judged])
    came, seen = panel.counts[judged.start :], np.asarray(panel.seen[judged.start :])
    correction = learn_correction(said, came, seen)
    if panel.places < CURSED:
        correction = replace(correction, at=correction.at[:0], factor=correction.factor[:0])
    expected = correction.corrected(said) * seen
    bursts = float(((came - expected) ** 2).sum() / max(expected.sum(), 1e-9)) if came.sum() else 1.0
    bursts = max(bursts, 1.0)
    variance = common_error(came, expected, outlook.mix(kind, group), bursts)
    common = tuple(zip(outlook.class_names, variance.tolist(), strict=True))
    level_sd = models.decayed.level_sd[judged.start : judged.stop]
    held = how_they_held(expected, came, correction, level_sd, outlook.sets[kind].list_size)
    regression, trees = models.fitted(model, outlook.weeks)
    return Learned(model, recency, correction, bursts, common, *held, regression, trees)


def common_error(came: Floats, expected: Floats, mix: Floats, bursts: float) -> Floats:
    """How far past forecasts were off for all places of a class together, beyond chance.

    Parameters
    ----------
    came, expected
        Shape (t, n).
    mix
        Shape (n, c), rows sum to 1.
    bursts
        Variance over mean that is chance at one place.

    Returns
    -------
    NDArray[np.float64]
        Shape (c,), relative variance of each class; that of ``COMMON_SD`` while little is known.

    Examples
    --------
    >>> weeks = np.tile([[120.0], [80.0]], (10, 1))
    >>> common_error(weeks, np.full((20, 1), 100.0), np.ones((1, 1)), 1.0).round(3).tolist()
    [0.025]
    """
    seen, said = came @ mix, expected @ mix
    beyond = np.maximum(((seen - said) ** 2 - said * bursts).sum(axis=0), 0.0)
    whole = (said**2).sum(axis=0)
    weight = COMMON_WEEKS * whole / max(len(came), 1)
    return np.asarray((beyond + weight * COMMON_SD**2 + 1e-12) / (whole + weight + 1e-9))


def how_they_held(
    expected: Floats, came: Floats, correction: Correction, level_sd: Floats, length: int
) -> tuple[Held, Held, Held]:
    """How intervals of the whole, of lists and of other parts of past periods would have held.

    Parameters
    ----------
    expected, came
        Shape (t, n): corrected forecasts of past periods, and the outcome.
    level_sd
        Shape (t,): error of the level, as it was believed then.
    length
        Places in a list.
    """
    if not expected.sum() > 0:
        return UNKNOWN, UNKNOWN, UNKNOWN
    said, seen, burst = part_totals(expected, came, correction, [length])
    sd = np.hypot(level_sd, correction.set_sd)[:, None]
    parts = np.where(said >= LEAST_EXPECTED, depth_of(seen, said, spread_of(said, burst, sd)), np.nan)
    all_said, all_burst = expected.sum(axis=1), (expected**2 / correction.size(expected)).sum(axis=1)
    whole = depth_of(came.sum(axis=1), all_said, spread_of(all_said, all_burst, level_sd))
    t, last = len(expected), parts.shape[1] - 1
    return held_before(whole[:, None], t, 0), held_before(parts, t, last), held_before(parts[:, :last], t)
