"""How a forecast came out: what its list caught, whether its interval held, what last year's counts had caught."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.scores import log_loss, ranking

Floats = NDArray[np.float64]

YEAR_DAYS = 364.0
BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0)
"""Edges between which said probabilities of "at least one" are counted together."""
STEADY = 0.25
"""Records a year that last year's counts grant every place, so that a zero is no certainty."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A forecast's score; hits are none where nothing at all was recorded."""

    observed: float
    observed_in_list: float
    in_interval: bool
    hit: float | None
    base_hit: float | None
    best_hit: float | None
    log_loss: float
    base_log_loss: float
    audit_observed: float
    calibration: list[list[float]]


def bins_of(said: Floats, counts: Floats) -> list[list[float]]:
    """How often places with about the same said probability of "at least one" saw one.

    Returns
    -------
    list
        One ``[lower edge, sum of said, places with one, places]`` for every step of ``BINS`` that holds a place.

    Examples
    --------
    >>> bins_of(np.array([0.01, 0.3, 0.3]), np.array([0.0, 2.0, 0.0]))
    [[0.0, 0.01, 0.0, 1.0], [0.2, 0.6, 1.0, 2.0]]
    """
    step = np.clip(np.searchsorted(BINS, said, side="right") - 1, 0, len(BINS) - 2)
    places = np.bincount(step, minlength=len(BINS) - 1)
    expected = np.bincount(step, weights=said, minlength=len(BINS) - 1)
    came = np.bincount(step, weights=counts > 0, minlength=len(BINS) - 1)
    return [[BINS[n], round(float(expected[n]), 4), float(came[n]), float(places[n])] for n in np.flatnonzero(places)]


def score_forecast(
    shape: Floats,
    rate: Floats,
    listed: NDArray[np.intp],
    audit: NDArray[np.intp],
    last_year: Floats,
    interval: tuple[float, float],
    counts: Floats,
    days: int,
    seed: int,
) -> Outcome:
    """Score a forecast against what was recorded.

    Parameters
    ----------
    shape, rate, last_year, counts
        Shape (n,): posterior of the records, records of the 52 weeks before, and the records that came.
    listed, audit
        Ordinals of the list and of the random sample.
    interval
        Records said to come in the list, both ends inside.
    days
        Length of the span.
    seed
        Breaks ties of the lists that are compared with.

    Examples
    --------
    >>> two = np.array([2.0, 2.0])
    >>> nobody = np.zeros(0, dtype=np.intp)
    >>> came = score_forecast(
    ...     two, two, np.array([0]), nobody, np.array([0.0, 9.0]), (0, 2), np.array([3.0, 1.0]), 7, 1
    ... )
    >>> came.hit, came.base_hit, came.best_hit, came.in_interval
    (0.75, 0.25, 0.75, False)
    """
    total, caught, length = float(counts.sum()), float(counts[listed].sum()), len(listed)
    base = float(counts[ranking(last_year, seed)[:length]].sum())
    best = float(np.sort(counts)[::-1][:length].sum())
    mixed = -np.expm1(shape * np.log(rate / (1 + rate)))
    plain = -np.expm1(-(last_year + STEADY) * days / YEAR_DAYS)
    return Outcome(
        observed=total,
        observed_in_list=caught,
        in_interval=interval[0] <= caught <= interval[1],
        hit=caught / total if total else None,
        base_hit=base / total if total else None,
        best_hit=best / total if total else None,
        log_loss=float(log_loss(mixed[None], counts[None])[0]),
        base_log_loss=float(log_loss(plain[None], counts[None])[0]),
        audit_observed=float(counts[audit].sum()),
        calibration=bins_of(mixed, counts),
    )
