"""Counts per period and place, with what could be seen of each: the one thing every forecast model is fitted to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import Invalid


class PanelBroken(Invalid):
    """A panel contradicts itself; the facts say where."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Counts of events in ``t`` periods of equal length at ``n`` places.

    Parameters
    ----------
    starts
        Shape (t,), datetime64[D], local first day of each period, ``days`` apart, ascending.
    days
        Length of a period, >= 1; 7 for weeks.
    counts
        Shape (t, n), >= 0; weighted, so not always whole.
    exposure
        Shape (t, n), 0 to 1, or None for fully observed throughout. 1 = what happened was recorded as usual,
        0 = nothing could have been recorded: a period without records there is a gap, not a calm.
    """

    starts: NDArray[np.datetime64]
    days: int
    counts: NDArray[np.float64]
    exposure: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        t = len(self.starts)
        if self.days < 1 or (t > 1 and (np.diff(self.starts).astype(np.int64) != self.days).any()):
            raise PanelBroken("panel.periods", days=self.days)
        if self.counts.ndim != 2 or len(self.counts) != t:
            raise PanelBroken("panel.shape", field="counts", expected=f"({t}, n)", found=str(self.counts.shape))
        if self.exposure is not None and self.exposure.shape != self.counts.shape:
            expected, found = str(self.counts.shape), str(self.exposure.shape)
            raise PanelBroken("panel.shape", field="exposure", expected=expected, found=found)
        if self.counts.size and not self.counts.min() >= 0:
            raise PanelBroken("panel.negative", field="counts", expected=">= 0")
        if (
            self.exposure is not None
            and self.exposure.size
            and not 0 <= self.exposure.min() <= self.exposure.max() <= 1
        ):
            raise PanelBroken("panel.negative", field="exposure", expected="0 … 1")

    @property
    def periods(self) -> int:
        """How many periods."""
        return len(self.starts)

    @property
    def places(self) -> int:
        """How many places."""
        return int(self.counts.shape[1])

    @property
    def seen(self) -> NDArray[np.float64]:
        """Exposure, shape (t, n); ones (a view of a single one) if everything was observed."""
        return np.broadcast_to(np.float64(1.0), self.counts.shape) if self.exposure is None else self.exposure

    def first(self, periods: int) -> Self:
        """The first ``periods`` periods: what was known at the start of the next."""
        exposure = None if self.exposure is None else self.exposure[:periods]
        return replace(self, starts=self.starts[:periods], counts=self.counts[:periods], exposure=exposure)

    def last(self, periods: int) -> Self:
        """The last ``periods`` periods, or all if there are fewer."""
        at = max(self.periods - periods, 0)
        exposure = None if self.exposure is None else self.exposure[at:]
        return replace(self, starts=self.starts[at:], counts=self.counts[at:], exposure=exposure)


def count_panel(
    place: ArrayLike, on: ArrayLike, weight: ArrayLike | None, n: int, first: object, periods: int, days: int = 7
) -> Panel:
    """Count events into periods and places.

    Parameters
    ----------
    place
        Shape (m,), 0 to n - 1; -1 (in no place) is left out.
    on
        Shape (m,), local dates, datetime64; not-a-time is left out, and so is what falls outside the periods.
    weight
        Shape (m,), >= 0, or None for 1 each.
    n
        Number of places.
    first
        First day of the first period, anything numpy.datetime64 takes.
    periods, days
        How many periods of how many days.

    Returns
    -------
    Panel
        Shape (periods, n), fully observed; add exposure with ``dataclasses.replace``.

    Examples
    --------
    >>> days = ["2026-01-01", "2026-01-07", "2026-01-08", "2026-01-08"]
    >>> panel = count_panel([0, 1, 1, -1], days, None, 2, "2026-01-01", 2)
    >>> panel.counts.tolist(), [str(day) for day in panel.starts]
    ([[1.0, 1.0], [0.0, 1.0]], ['2026-01-01', '2026-01-08'])
    """
    start = np.datetime64(first, "D")  # type: ignore[call-overload]
    where = np.asarray(place, dtype=np.int64)
    day = np.asarray(on, dtype="datetime64[D]")
    when = (day - start).astype(np.int64) // days
    kept = (where >= 0) & ~np.isnat(day) & (when >= 0) & (when < periods)
    heavy = None if weight is None else np.asarray(weight, dtype=np.float64)[kept]
    flat = np.bincount(when[kept] * n + where[kept], weights=heavy, minlength=periods * n)
    starts = start + np.arange(periods) * np.timedelta64(days, "D")
    return Panel(starts, days, flat.astype(np.float64).reshape(periods, n))
