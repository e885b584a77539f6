"""A county's forecast of the days to come: every place of a set, for a code group and a shift.

What is learned from is the record corrected for who was looking and for what day it was; what is said is how many
records the coming days will bring. Which places are in the list is decided by what happens there, not by what gets
noticed, so that a quarter that seldom complains is not passed over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.exposure import Exposure, may_learn, measure_exposure
from geo.hotspots.forecast.calendar_factors import describe_days, learn_day_factors, open_days
from geo.hotspots.forecast.changes import Changes, find_changes, follow
from geo.hotspots.forecast.classes import list_probability
from geo.hotspots.forecast.county import Classes, PlaceSet
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.dispersion import Correction, learn_correction
from geo.hotspots.forecast.gamma_poisson import Posterior, Recency, fit
from geo.hotspots.forecast.intervals import NOMINAL, SetInterval, set_interval
from geo.hotspots.forecast.level import Level
from geo.hotspots.forecast.scores import ranking
from geo.hotspots.panel import Panel, count_panel
from geo.hotspots.places import place_of

if TYPE_CHECKING:
    from pandas import DataFrame

    from geo.db.counties import County
    from geo.hotspots.history import History

Floats = NDArray[np.float64]

MOST_WEEKS: Final = 104
LEAST_WEEKS: Final = 8
JUDGED: Final = 26
"""Past forecasts from which the winner's curse and bursts are learned."""

YEAR: Final = 52
STEADY_MIX: Final = 3.0
STEADY_SHARE: Final = 25.0
"""Events for which the county's mix of classes, and its share of a shift, stand beside a place's own."""

CURSED: Final = 500
"""Fewer places than this are no lottery with winners: their forecasts are left as they are."""

COMMON_SD: Final = 0.08
COMMON_WEEKS: Final = 6.0
"""Weeks for which this error, common to all places of a class, is believed beforehand."""

EVERYTHING: Final = ""
"""Code group that stands for all codes."""


class TooLittleHistory(Invalid):
    """There are too few weeks of events before the origin to say anything."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Local hours of a shift, as seconds after midnight of its day; the end may pass 86,400."""

    code: str
    from_s: int
    to_s: int

    def holds(self, hour: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the middle of each hour of the day lies in the shift.

        Examples
        --------
        >>> Shift("N", 22 * 3600, 30 * 3600).holds(np.array([5, 6, 21, 22])).tolist()
        [True, False, False, True]
        """
        middle = hour * 3600 + 1800
        return ((middle >= self.from_s) & (middle < self.to_s)) | (middle + 86_400 < self.to_s)


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


class Outlook:
    """Everything forecasts of one origin are made from; parts are computed when first asked for and kept.

    Parameters
    ----------
    history
        Events before the origin; later ones are not looked at.
    presence
        Where patrols were.
    sets
        Place sets by kind.
    classes
        Classes of place, and each event's.
    county
        Its time zone and calendar.
    from_on, days
        The span: first local day, and how many days.
    """

    def __init__(
        self,
        history: History,
        presence: DataFrame,
        sets: Mapping[str, PlaceSet],
        classes: Classes,
        county: County,
        from_on: dt.date,
        days: int = 7,
    ) -> None:
        self.history, self.presence, self.sets, self.county = history, presence, sets, county
        self.origin, self.days = np.datetime64(from_on, "D"), days
        self._on = history.events["local_on"].to_numpy("datetime64[D]")
        known = self._on < self.origin
        reach = int((self.origin - self._on[known].min()).astype(np.int64)) // 7 if known.any() else 0
        self.weeks = min(reach, MOST_WEEKS)
        if self.weeks < LEAST_WEEKS:
            raise TooLittleHistory("forecast.too_little_history", weeks=self.weeks, least=LEAST_WEEKS)
        self.first = self.origin - np.timedelta64(7 * self.weeks, "D")
        self._classes = classes
        self._known = known & (self._on >= self.first)
        self._at: dict[str, NDArray[np.intp]] = {}
        self._exposures: dict[str, Exposure] = {}
        self._factors: dict[str, tuple[Floats, Floats]] = {}
        self._recency: dict[str, Recency] = {}

    @cached_property
    def training(self) -> str:
        """``exposure`` where presence was logged, else ``complaints``."""
        return self.exposure(EVERYTHING).training

    def exposure(self, group: str) -> Exposure:
        """The chance of being noticed, of a group's events."""
        if group not in self._exposures:
            self._exposures[group] = measure_exposure(
                self.history, self.presence, self.county.time_zone, self.first, self.weeks, group or None
            )
        return self._exposures[group]

    def groups(self, least: int) -> list[str]:
        """All codes together, and every group with at least ``least`` learnable records in the last year, by name."""
        recent = self._learnable(EVERYTHING) & (self._on >= self.origin - np.timedelta64(7 * YEAR, "D"))
        times = self.history.events["group"][recent].value_counts()
        return [EVERYTHING, *sorted(str(group) for group, n in times.items() if n >= least)]

    def place_at(self, kind: str) -> NDArray[np.intp]:
        """Place of every event of the history in a set, -1 where it is not known."""
        if kind not in self._at:
            events = self.history.events
            at = place_of(self.sets[kind].places, events["x"].to_numpy(), events["y"].to_numpy())
            self._at[kind] = np.where(events["default_geocode"].to_numpy(dtype=bool), -1, at)
        return self._at[kind]

    def _learnable(self, group: str) -> NDArray[np.bool_]:
        mine = may_learn(self.history.events, self.exposure(EVERYTHING).training) & self._known
        return mine if group == EVERYTHING else mine & (self.history.events["group"] == group).to_numpy(dtype=bool)

    def day_factors(self, group: str) -> tuple[Floats, Floats]:
        """Factor of each class: mean of every past week, shape (weeks, c), and of the span to come, shape (c,)."""
        if group not in self._factors:
            days = describe_days(self.first, self.weeks * 7 + self.days, self.county.calendar)
            closed = ~open_days(self._classes.openings, days, self.county.calendar)
            past = days.first(self.weeks * 7)
            c = len(self._classes.names)
            mine = self._learnable(group)
            day = (self._on[mine] - self.first).astype(np.int64)
            counts = np.zeros((self.weeks * 7, c))
            np.add.at(counts, (day, self._classes.of_event[mine]), 1.0)
            seen = self.exposure(group).seen.mean(axis=1)
            daily = np.repeat(seen / seen.max(), 7)[:, None] * np.ones((1, c))
            factor = learn_day_factors(counts, daily, past, closed[: self.weeks * 7]).of(days, closed)
            self._factors[group] = (
                factor[: self.weeks * 7].reshape(self.weeks, 7, c).mean(axis=1),
                factor[self.weeks * 7 :].mean(axis=0),
            )
        return self._factors[group]

    def mix(self, kind: str, group: str) -> Floats:
        """Share of each class in what happens at each place, shape (n, c), rows sum to 1."""
        mine = self._learnable(group) & (self.place_at(kind) >= 0)
        n, c = len(self.sets[kind].places), len(self._classes.names)
        times = np.zeros((n, c))
        np.add.at(times, (self.place_at(kind)[mine], self._classes.of_event[mine]), 1.0)
        whole = times.sum(axis=0) + 1e-9
        times += STEADY_MIX * whole / whole.sum()
        return np.asarray(times / times.sum(axis=1, keepdims=True))

    def panel(self, kind: str, group: str) -> tuple[Panel, Floats, Floats, Floats]:
        """Weekly counts of a set with what could be seen of each, and what the span to come will let see.

        Returns
        -------
        tuple
            The panel (weeks, n), exposure scaled to at most 1; the scale, shape (1,); for each place, shape (n,): the
            calendar's factor for the span, and the chance of being noticed in it.
        """
        mine = self._learnable(group)
        n = len(self.sets[kind].places)
        panel = count_panel(self.place_at(kind)[mine], self._on[mine], None, n, self.first, self.weeks)
        exposure, (past, coming) = self.exposure(group), self.day_factors(group)
        row, mix = exposure.rows(self.sets[kind].district), self.mix(kind, group)
        seen = exposure.seen[:, row] * (past @ mix.T)
        scale = np.array([max(float(seen.max()), 1e-9)]) if seen.size else np.ones(1)
        return replace(panel, exposure=seen / scale), scale, coming @ mix.T, exposure.coming[row]

    def last_year(self, kind: str, group: str, hours: NDArray[np.bool_] | None = None) -> Floats:
        """Records of the last 52 weeks at each place, shape (n,): all that a plain count would see."""
        mine = self._learnable(group) & (self._on >= self.origin - np.timedelta64(7 * YEAR, "D"))
        mine &= self.place_at(kind) >= 0
        mine = mine if hours is None else mine & hours
        return np.bincount(self.place_at(kind)[mine], minlength=len(self.sets[kind].places)).astype(float)

    def hours_of(self, shift: Shift | None) -> NDArray[np.bool_] | None:
        """Which events fall into a shift's hours; none for the whole day."""
        return None if shift is None else shift.holds(self.history.events["local_hour"].to_numpy(np.int64))

    def shift_share(self, kind: str, group: str, shift: Shift | None) -> Floats:
        """Share of each place's records that falls into a shift, shape (n,), drawn towards its class's share."""
        inside = self.hours_of(shift)
        n = len(self.sets[kind].places)
        if inside is None:
            return np.ones(n)
        mine = self._learnable(group)
        c = len(self._classes.names)
        of_class = self._classes.of_event
        whole = np.bincount(of_class[mine], minlength=c).astype(float)
        share = (np.bincount(of_class[mine & inside], minlength=c) + STEADY_SHARE * inside[mine].mean()) / (
            whole + STEADY_SHARE
        )
        usual = self.mix(kind, group) @ share
        placed = mine & (self.place_at(kind) >= 0)
        own = np.bincount(self.place_at(kind)[placed], minlength=n).astype(float)
        there = np.bincount(self.place_at(kind)[placed & inside], minlength=n)
        return np.asarray((there + STEADY_SHARE * usual) / (own + STEADY_SHARE))

    def recency(self, group: str, kinds: Sequence[str]) -> Recency:
        """Half-lives and weights of a group, chosen on the last weeks of one kind of place."""
        if group not in self._recency:
            from geo.hotspots.forecast.models import choose_recency

            kind = next((kind for kind in kinds if kind in self.sets), next(iter(self.sets)))
            panel, *_ = self.panel(kind, group)
            periods = range(max(self.weeks - JUDGED // 2, LEAST_WEEKS), self.weeks)
            decayed = Decayed(panel, self.sets[kind].places.smoothing)
            self._recency[group] = choose_recency(decayed, list(periods))
        return self._recency[group]


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
