"""A county's forecast of the days to come: every place of a set, for a code group and a shift.

What is said is how many records the coming days will bring. Which places are in the list is decided by what happens
there, not by what gets noticed, so that a quarter that seldom complains is not passed over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.changes import Changes, find_changes, follow
from geo.hotspots.forecast.classes import list_probability
from geo.hotspots.forecast.gamma_poisson import Posterior
from geo.hotspots.forecast.intervals import NOMINAL, Held, SetInterval, set_interval
from geo.hotspots.forecast.learned import Learned
from geo.hotspots.forecast.level import Level
from geo.hotspots.forecast.models import Models
from geo.hotspots.forecast.outlook import Outlook, Shift
from geo.hotspots.forecast.scores import ranking

Floats = NDArray[np.float64]


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
    calendar
        Shape (n,): relative error of the calendar's factor for the span, the same at all places of a class.
    learned
        How earlier intervals held.
    """

    posterior: Posterior
    p_in_list: Floats
    last_year: Floats
    listed: NDArray[np.intp]
    size: Floats
    calendar: Floats
    learned: Learned

    @property
    def mean(self) -> Floats:
        """Records expected at each place."""
        return self.posterior.mean

    @property
    def interval(self) -> SetInterval:
        """Records in the whole list."""
        return self.interval_of(self.listed, held=self.learned.lists)

    def interval_of(self, places: NDArray[np.intp], nominal: float = NOMINAL, held: Held | None = None) -> SetInterval:
        """Records at some of the places together; ``held`` says how such intervals held, if not like any part's."""
        mean, whole = self.mean[places], len(places) == len(self.mean)
        calendar = float(mean @ self.calendar[places]) / max(float(mean.sum()), 1e-9)
        own = 0.0 if whole else self.learned.correction.set_sd
        level = self.posterior.level.of_part(float(np.hypot(own, calendar)))
        usual = self.learned.whole if whole else self.learned.parts
        return set_interval(mean, self.size[places], level, nominal, held or usual)

    def limits(self, nominal: float = NOMINAL) -> tuple[Floats, Floats]:
        """Records at each single place that come with ``nominal`` probability, shape (n,) each."""
        from scipy.stats import nbinom

        tail, mean = (1 - nominal) / 2, np.maximum(self.mean, 1e-9)
        p = self.size / (self.size + mean)
        return np.asarray(nbinom.ppf(tail, self.size, p)), np.asarray(nbinom.ppf(1 - tail, self.size, p))


def look_ahead(outlook: Outlook, kind: str, group: str, learned: Learned) -> Ahead:
    """Fit a set and group once; :meth:`Ahead.coming` then says it for the day and for each shift."""
    _, scale, factor, noticed = outlook.panel(kind, group)
    decayed = outlook.decayed(kind, group)
    models = Models(decayed, learned.recency, outlook.weeks).with_fitted(learned.regression, learned.trees)
    changes = find_changes(decayed, outlook.weeks, learned.recency, learned.bursts)
    posterior = follow(models.posterior_of(learned.model, outlook.weeks), changes)
    mix = outlook.mix(kind, group)
    calendar = mix @ outlook.day_factors(group)[2]
    common = learned.common_sd(outlook.class_names, mix)
    return Ahead(outlook, kind, group, learned, posterior, factor / scale, noticed, changes, common, calendar)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """A fitted set and group.

    Parameters
    ----------
    learned
        What past forecasts taught.
    posterior
        Of a week in which everything is seen and the calendar is at its busiest.
    factor, noticed
        Shape (n,): the calendar's share of that busiest week in the span, and the chance of being noticed.
    changes
        Places that are no longer what they were.
    common, calendar
        Shape (n,), relative: how far all places of a class were off together, and how far the calendar may be off.
    """

    outlook: Outlook
    kind: str
    group: str
    learned: Learned
    posterior: Posterior
    factor: Floats
    noticed: Floats
    changes: Changes
    common: Floats
    calendar: Floats

    def coming(self, shift: Shift | None = None, seed: int = 0) -> Coming:
        """What is expected in the span, or in one shift of each of its days."""
        outlook, level = self.outlook, self.posterior.level
        chosen = outlook.sets[self.kind]
        share = outlook.shift_share(self.kind, self.group, shift)
        happens = self.learned.correction.corrected(self.posterior.mean) * self.factor * share * outlook.days / 7
        happens = np.maximum(happens, 1e-9)
        shape = 1 / (self.learned.bursts / np.maximum(self.posterior.shape, 1e-6) + self.common**2)
        happening = Posterior(shape, shape / happens, level)
        records = happens * self.noticed
        p_in_list = list_probability(happening, chosen.list_size, seed=seed)
        order = np.lexsort((np.argsort(ranking(happens, seed)), -p_in_list))
        listed = order[: chosen.list_size]
        size = self.learned.correction.size(records)
        said = Level(float(records.sum()), level.sd)
        hours = outlook.hours_of(shift)
        last_year = outlook.last_year(self.kind, self.group, hours)
        return Coming(
            Posterior(shape, shape / records, said), p_in_list, last_year, listed, size, self.calendar, self.learned
        )
