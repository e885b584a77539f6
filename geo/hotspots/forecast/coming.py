"""A county's forecast of the days to come: every place of a set, for a code group and a shift.

What is said is how many records the coming days will bring. Which places are in the list is decided by what happens
there, not by what gets noticed, so that a quarter that seldom complains is not passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.changes import Changes, find_changes, follow
from geo.hotspots.forecast.classes import list_probability
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.dispersion import Correction, learn_correction
from geo.hotspots.forecast.gamma_poisson import Posterior, Recency, fit
from geo.hotspots.forecast.intervals import NOMINAL, SetInterval, set_interval
from geo.hotspots.forecast.level import Level
from geo.hotspots.forecast.outlook import JUDGED, LEAST_WEEKS, Outlook, Shift
from geo.hotspots.forecast.scores import ranking

Floats = NDArray[np.float64]

CURSED: Final = 500
"""Fewer places than this are no lottery with winners: their forecasts are left as they are."""

COMMON_SD: Final = 0.08
COMMON_WEEKS: Final = 6.0
"""Weeks for which this error, common to all places of a class, is believed beforehand."""


@dataclass(frozen=True, slots=True, eq=False)
class Coming:
    """What is expected at the places of a set.

    Parameters
    ----------
    posterior
        Of the records at each place over the whole span, shape (n,), certainty lowered by how much counts burst.
    p_in_list, last_year
        Shape (n,): probability of being among the ``list_size`` places where most happens; records of 52 weeks.
    listed
        Shape (list_size,), indices of the list, the surest first.
    size
        Shape (n,), negative-binomial size of the records.
    interval
        Records in the whole list.
    """

    posterior: Posterior
    p_in_list: Floats
    last_year: Floats
    listed: NDArray[np.intp]
    size: Floats
    interval: SetInterval

    @property
    def mean(self) -> Floats:
        """Records expected at each place."""
        return self.posterior.mean

    def limits(self, nominal: float = NOMINAL) -> tuple[Floats, Floats]:
        """Records at each single place that come with ``nominal`` probability, shape (n,) each."""
        from scipy.stats import nbinom

        tail, mean = (1 - nominal) / 2, np.maximum(self.mean, 1e-9)
        p = self.size / (self.size + mean)
        return np.asarray(nbinom.ppf(tail, self.size, p)), np.asarray(nbinom.ppf(1 - tail, self.size, p))


def look_ahead(outlook: Outlook, kind: str, group: str, recency: Recency) -> Ahead:
    """Fit a set and group once; :meth:`Ahead.coming` then says it for the day and for each shift."""
    panel, scale, factor, noticed = outlook.panel(kind, group)
    decayed = Decayed(panel, outlook.sets[kind].places.smoothing)
    judged = range(max(outlook.weeks - JUDGED, LEAST_WEEKS), outlook.weeks)
    said = np.stack([fit(decayed, i, recency).mean for i in judged]) if len(judged) else np.zeros((0, panel.places))
    came, seen = panel.counts[judged.start :], panel.seen[judged.start :]
    correction = learn_correction(said, came, seen) if len(judged) else learn_correction(said, came)
    if panel.places < CURSED:
        correction = replace(correction, at=correction.at[:0], factor=correction.factor[:0])
    expected = correction.corrected(said) * seen
    bursts = float(((came - expected) ** 2).sum() / max(expected.sum(), 1e-9)) if came.sum() else 1.0
    bursts = max(bursts, 1.0)
    common = common_error(came, expected, outlook.mix(kind, group), bursts)
    changes = find_changes(decayed, outlook.weeks, recency, bursts)
    posterior = follow(fit(decayed, outlook.weeks, recency), changes)
    return Ahead(outlook, kind, group, posterior, correction, bursts, factor / scale, noticed, changes, common)


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
        Shape (n,), relative standard deviation by each place's mix of classes; ``COMMON_SD`` while little is known.

    Examples
    --------
    >>> weeks = np.tile([[120.0], [80.0]], (10, 1))
    >>> common_error(weeks, np.full((20, 1), 100.0), np.ones((1, 1)), 1.0).round(2).tolist()
    [0.16]
    """
    seen, said = came @ mix, expected @ mix
    beyond = np.maximum(((seen - said) ** 2 - said * bursts).sum(axis=0), 0.0)
    whole = (said**2).sum(axis=0)
    weight = COMMON_WEEKS * whole / max(len(came), 1)
    variance = (beyond + weight * COMMON_SD**2 + 1e-12) / (whole + weight + 1e-9)
    return np.asarray(np.sqrt(mix @ variance))


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """A fitted set and group.

    Parameters
    ----------
    posterior
        Of a week in which everything is seen and the calendar is at its busiest.
    correction, bursts
        What past forecasts taught: winner's curse and size, and variance over mean (>= 1).
    factor, noticed
        Shape (n,): the calendar's share of that busiest week in the span, and the chance of being noticed.
    changes
        Places that are no longer what they were.
    common
        Shape (n,), relative: how far all places of a class were off together.
    """

    outlook: Outlook
    kind: str
    group: str
    posterior: Posterior
    correction: Correction
    bursts: float
    factor: Floats
    noticed: Floats
    changes: Changes
    common: Floats

    def coming(self, shift: Shift | None = None, seed: int = 0) -> Coming:
        """What is expected in the span, or in one shift of each of its days."""
        outlook, level = self.outlook, self.posterior.level
        chosen = outlook.sets[self.kind]
        share = outlook.shift_share(self.kind, self.group, shift)
        happens = self.correction.corrected(self.posterior.mean) * self.factor * share * outlook.days / 7
        happens = np.maximum(happens, 1e-9)
        shape = 1 / (self.bursts / np.maximum(self.posterior.shape, 1e-6) + self.common**2)
        happening = Posterior(shape, shape / happens, level)
        records = happens * self.noticed
        p_in_list = list_probability(happening, chosen.list_size, seed=seed)
        order = np.lexsort((np.argsort(ranking(happens, seed)), -p_in_list))
        listed = order[: chosen.list_size]
        size = self.correction.size(records)
        said = Level(float(records.sum()), level.sd)
        interval = set_interval(records[listed], size[listed], said, NOMINAL, seed=seed)
        hours = outlook.hours_of(shift)
        last_year = outlook.last_year(self.kind, self.group, hours)
        return Coming(Posterior(shape, shape / records, said), p_in_list, last_year, listed, size, interval)
