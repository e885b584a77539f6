"""P(return in t) on every closing: a logit whose reasons a person can read.

Asked is whether a new event of the same code comes within reach and within t of the closing, for whatever reason; how
much of that is chance is told beside it (:mod:`geo.hotspots.recurrence.rates`). Learned from closings whose t was over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.recurrence.features import FAMILIES, Features

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

PENALTY: Final = 0.05
"""Inverse strength of the ridge; features are standardised."""

LEAST: Final = 200
"""Closings, and a tenth of them followed, below which nothing is learned."""

HELD_BACK: Final = 0.25
"""The newest quarter of what is learned from sets level and sharpness of the probabilities."""

CLIP: Final = 4.0
"""A feature farther than this many deviations from ordinary counts as this far."""

REASONS: Final = 3
REASON_LEAST: Final = 0.1


class TooFewClosings(Invalid):
    """Nothing can be learned yet; the facts say how many closings there are and how many it takes."""


@dataclass(frozen=True, slots=True, eq=False)
class ReturnModel:
    """A fitted logit.

    Parameters
    ----------
    names
        Of the features it reads.
    mean, deviation, weights
        Shape (f,): what is subtracted, divided by and multiplied with.
    level, slope
        log-odds = ``level + slope * (features - mean) / deviation @ weights``.
    closings, returned
        How many it was learned from.
    """

    names: tuple[str, ...]
    mean: Floats
    deviation: Floats
    weights: Floats
    level: float
    slope: float
    closings: int
    returned: int

    def parts(self, features: Features) -> Floats:
        """What each feature adds to the log-odds, shape (n, f)."""
        return np.asarray(self.slope * self.weights * _standard(features.values, self.mean, self.deviation))

    def predict(self, features: Features) -> Floats:
        """Probability of a return, shape (n,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self.level + self.parts(features).sum(axis=1)))))

    def as_json(self) -> dict[str, Any]:
        """Everything needed to compute it by hand."""
        return {
            "level": round(self.level, 6), "slope": round(self.slope, 6),
            "closings": self.closings, "returned": self.returned,
            "features": [
                {"name": name, "mean": round(m, 6), "deviation": round(d, 6), "weight": round(w, 6)}
                for name, m, d, w in zip(
                    self.names, self.mean.tolist(), self.deviation.tolist(), self.weights.tolist(), strict=True
                )
            ],
        }  # fmt: skip


def fit_returns(features: Features, returned: Flags, rows: Whole) -> ReturnModel:
    """Learn from the closings ``rows``, oldest first.

    Parameters
    ----------
    returned
        Shape (n,): whether a new one came within the time.
    rows
        Closings whose time had passed, in the order they were closed.

    Raises
    ------
    TooFewClosings
        If there are fewer than 200, or fewer than 20 of either kind.

    Notes
    -----
    Ridge logit (scikit-learn, Newton) on standardised features. A first fit on the older three quarters tells the
    newest quarter beforehand; a second logit of what happened on what was told gives level and slope, so that drift
    and over-fitting do not make the final fit too sure. Source: Platt (1999); Cox (1958).
    """
    y = returned[rows]
    if len(rows) < LEAST or min(y.sum(), (~y).sum()) < LEAST // 10:
        raise TooFewClosings("returns.too_few", closings=len(rows), needed=LEAST, returned=int(y.sum()))
    values = features.values[rows]
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    deviation = np.where(deviation > 1e-9, deviation, 1.0)
    standard = _standard(values, mean, deviation)
    cut = int(len(rows) * (1 - HELD_BACK))
    level, slope = 0.0, 1.0
    if min(y[:cut].sum(), (~y[:cut]).sum(), y[cut:].sum(), (~y[cut:]).sum()) >= LEAST // 10:
        first = _logit(standard[:cut], y[:cut])
        told = first[0] + standard[cut:] @ first[1]
        shift, stretch = _logit(told[:, None], y[cut:], penalty=1e3)
        level, slope = shift, float(stretch[0])
    intercept, weights = _logit(standard, y)
    return ReturnModel(
        features.names, mean, deviation, weights, level + slope * intercept, slope, len(rows), int(y.sum())
    )


def _standard(values: Floats, mean: Floats, deviation: Floats) -> Floats:
    return np.clip((values - mean) / deviation, -CLIP, CLIP)


def _logit(values: Floats, y: Flags, penalty: float = PENALTY) -> tuple[float, Floats]:
    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-3, max_iter=200).fit(values, y)
    return float(fit.intercept_[0]), np.asarray(fit.coef_[0], dtype=np.float64)


def one_count_chance(features: Features, returned: Flags, rows: Whole) -> Floats:
    """The bar to beat, shape (n,): a logit on the one number "events here in the last year"."""
    count = np.log1p(features.facts["here"])[:, None]
    level, weight = _logit(count[rows], returned[rows], penalty=1e3)
    return np.asarray(1.0 / (1.0 + np.exp(-(level + count[:, 0] * weight[0]))))


def reasons_of(model: ReturnModel, features: Features) -> tuple[NDArray[np.str_], Floats]:
    """The families of features that move each closing's chance most, the strongest first.

    Returns
    -------
    tuple
        Names, shape (n, 3), empty where nothing more moves it by a tenth; what each adds to the log-odds, shape (n, 3).
    """
    parts = model.parts(features)
    together = np.stack([parts[:, features.family == k].sum(axis=1) for k in range(len(FAMILIES))], axis=1)
    order = np.argsort(-np.abs(together), axis=1, kind="stable")[:, :REASONS]
    effect = np.take_along_axis(together, order, axis=1)
    names = np.array(FAMILIES)[order]
    weak = np.abs(effect) < REASON_LEAST
    return np.where(weak, "", names), np.where(weak, 0.0, effect)
