"""What is known of a county on the morning of a day: counts corrected for who was looking and what day it was.

Counts of every week and place, the chance that each came on record, the calendar of each class of place, the share of
each shift. Nothing that happened from that day on is looked at.
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
from geo.hotspots.forecast.county import Classes, PlaceSet
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.gamma_poisson import Recency
from geo.hotspots.forecast.profiles import local_share
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
"""Events for which the county's mix of classes, and its share of a shift, stand beside a place's or a class's own."""

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
        self.after_the_fact = False
        self._classes = classes
        self._known = known & (self._on >= self.first)
        self._at: dict[str, NDArray[np.intp]] = {}
        self._masks: dict[str, NDArray[np.bool_]] = {}
        self._exposures: dict[str, Exposure] = {}
        self._factors: dict[str, tuple[Floats, Floats, Floats]] = {}
        self._recency: dict[str, Recency] = {}
        self._panels: dict[tuple[str, str], tuple[Panel, Floats, Floats, Floats]] = {}
        self._decayed: dict[tuple[str, str], Decayed] = {}
        self._groups: dict[str, int] | None = None

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
        if self._groups is None:
            recent = self._learnable(EVERYTHING) & (self._on >= self.origin - np.timedelta64(7 * YEAR, "D"))
            times = self.history.events["group"][recent].value_counts()
            self._groups = {str(group): int(n) for group, n in times.items()}
        return [EVERYTHING, *sorted(group for group, n in self._groups.items() if n >= least)]

    def place_at(self, kind: str) -> NDArray[np.intp]:
        """Place of every event of the history in a set, -1 where it is not known."""
        if kind not in self._at:
            events = self.history.events
            at = place_of(self.sets[kind].places, events["x"].to_numpy(), events["y"].to_numpy())
            self._at[kind] = np.where(events["default_geocode"].to_numpy(dtype=bool), -1, at)
        return self._at[kind]

    def _learnable(self, group: str) -> NDArray[np.bool_]:
        if group not in self._masks:
            if group == EVERYTHING:
                mine = may_learn(self.history.events, self.exposure(EVERYTHING).training) & self._known
            else:
                of_group = (self.history.events["group"] == group).to_numpy(dtype=bool)
                mine = self._learnable(EVERYTHING) & of_group
            self._masks[group] = mine
        return self._masks[group]

    def day_factors(self, group: str) -> tuple[Floats, Floats, Floats]:
        """Factor of each class: mean of every past week, shape (weeks, c), and of the span to come, shape (c,).

        The third, shape (c,), is the relative error of the second.
        """
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
            learned = learn_day_factors(counts, daily, past, closed[: self.weeks * 7])
            factor = learned.of(days, closed)
            self._factors[group] = (
                factor[: self.weeks * 7].reshape(self.weeks, 7, c).mean(axis=1),
                factor[self.weeks * 7 :].mean(axis=0),
                learned.error(days.last(self.days), closed[self.weeks * 7 :]),
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
            calendar's factor for the span, and the chance of being noticed in it. Kept for whoever asks next.
        """
        if (kind, group) not in self._panels:
            self._panels = {(kind, group): self._panel(kind, group)}
        return self._panels[kind, group]

    def _panel(self, kind: str, group: str) -> tuple[Panel, Floats, Floats, Floats]:
        mine = self._learnable(group)
        n = len(self.sets[kind].places)
        panel = count_panel(self.place_at(kind)[mine], self._on[mine], None, n, self.first, self.weeks)
        exposure, (past, coming, _) = self.exposure(group), self.day_factors(group)
        row, mix = exposure.rows(self.sets[kind].district), self.mix(kind, group)
        seen = exposure.seen[:, row] * (past @ mix.T)
        scale = np.array([max(float(seen.max()), 1e-9)]) if seen.size else np.ones(1)
        return replace(panel, exposure=seen / scale), scale, coming @ mix.T, exposure.coming[row]

    def decayed(self, kind: str, group: str) -> Decayed:
        """The panel's recency-weighted sums, kept for whoever asks next."""
        if (kind, group) not in self._decayed:
            self._decayed = {(kind, group): Decayed(self.panel(kind, group)[0], self.sets[kind].places.smoothing)}
        return self._decayed[kind, group]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes of place."""
        return self._classes.names

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
        """Share of each place's records that falls into a shift, shape (n,).

        Its class's, its neighbourhood's or its own: whichever, and mixed how, foretells the last third of them best.
        """
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
        return local_share(self.place_at(kind)[placed], inside[placed], usual, self.sets[kind].places.smoothing)

    def tuned_on(self, kinds: Sequence[str]) -> str:
        """The kind of place half-lives are chosen on: the first of ``kinds`` there is, else any."""
        return next((kind for kind in kinds if kind in self.sets), next(iter(self.sets)))

    def earlier(self, from_on: dt.date) -> Outlook | None:
        """The outlook of an earlier day on the same history, of which only what was before that day is looked at.

        Returns
        -------
        Outlook or None
            None if too little had happened before that day. Half-lives are those of this outlook.
        """
        try:
            made = Outlook(self.history, self.presence, self.sets, self._classes, self.county, from_on, self.days)
        except TooLittleHistory:
            return None
        made.after_the_fact = True
        made._at, made._recency = self._at, self._recency
        return made

    def recency(self, group: str, kinds: Sequence[str]) -> Recency:
        """Half-lives and weights of a group, chosen on the last weeks of one kind of place."""
        if group not in self._recency:
            from geo.hotspots.forecast.models import choose_recency

            kind = self.tuned_on(kinds)
            periods = range(max(self.weeks - JUDGED // 2, LEAST_WEEKS), self.weeks)
            self._recency[group] = choose_recency(self.decayed(kind, group), list(periods))
        return self._recency[group]
