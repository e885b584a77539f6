"""What a forecast has to beat: last year's counts, an exponential average, a kernel density, and Gi*.

Each gives a score per place, higher for more; none is a probability before :mod:`.backtest` makes it one by the same
recalibration for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.decay import Decayed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from geo.hotspots.panel import Panel
    from geo.hotspots.places import Places

Floats = NDArray[np.float64]

EWMA_HALF_LIVES: Final = (4.0, 8.0, 12.0, 16.0, 26.0)
KDE_BANDWIDTHS_M: Final = (100.0, 200.0, 400.0)
GI_STAR_PERIODS: Final = 26
FINEST_M: Final = 50.0
MOST_PIXELS: Final = 4_000_000


def recent_counts(panel: Panel, before: int, periods: int = 52) -> Floats:
    """Events of the last ``periods`` periods at each place, shape (n,): the naive bar.

    Examples
    --------
    >>> from geo.hotspots.panel import count_panel
    >>> panel = count_panel([0, 1, 1], ["2026-01-01", "2026-01-08", "2026-01-15"], None, 2, "2026-01-01", 3)
    >>> recent_counts(panel, before=2).tolist()
    [1.0, 1.0]
    """
    return np.asarray(panel.counts[max(before - periods, 0) : before].sum(axis=0))


def ewma(decayed: Decayed, before: int, half_life: float) -> Floats:
    """Exponentially weighted mean count per period, shape (n,)."""
    counts, _ = decayed.known_sums(half_life, before)
    return counts


def gi_star(panel: Panel, smoothing: csr_matrix, before: int, periods: int = GI_STAR_PERIODS) -> Floats:
    """Getis-Ord Gi* z-scores of recent counts, each place with its neighbours, shape (n,).

    Notes
    -----
    Binary weights, the place itself included. Source: Ord & Getis 1995. Here a rival in the benchmark only: it
    describes clusters and never ranks patrols.
    """
    x = recent_counts(panel, before, periods)
    n = len(x)
    spread = float(x.std())
    if n < 2 or spread <= 0:
        return np.zeros(n)
    weights = smoothing.copy()
    weights.data = np.ones_like(weights.data)
    number = np.asarray(weights.sum(axis=1)).ravel()
    below = spread * np.sqrt(np.maximum(n * number - number**2, 1e-12) / (n - 1))
    return np.asarray((weights @ x - x.mean() * number) / below)


class Kernel:
    """Gaussian kernel density of points, read at the middle of each place.

    Parameters
    ----------
    places
        n places, metres.
    x, y, period
        Shape (m,): where events were, metres, and the index of their period.

    Notes
    -----
    Points are put on a raster of ``FINEST_M`` (coarser where that would exceed ``MOST_PIXELS``), which is filtered:
    far cheaper than pairs, and within 1 % of them for bandwidths of two pixels and more.
    """

    def __init__(self, places: Places, x: Floats, y: Floats, period: NDArray[np.int64]) -> None:
        bounds = np.asarray(places.geometry.total_bounds, dtype=np.float64)
        wide, high = bounds[2] - bounds[0], bounds[3] - bounds[1]
        self.pixel_m = max(FINEST_M, float(np.sqrt(wide * high / MOST_PIXELS)))
        self._shape = (int(wide // self.pixel_m) + 1, int(high // self.pixel_m) + 1)
        centre = places.geometry.centroid
        self._at = self._pixel(centre.x.to_numpy() - bounds[0], centre.y.to_numpy() - bounds[1])
        inside = (x >= bounds[0]) & (x <= bounds[2]) & (y >= bounds[1]) & (y <= bounds[3])
        self._event = self._pixel(x[inside] - bounds[0], y[inside] - bounds[1])
        self._period = period[inside]

    def _pixel(self, x: Floats, y: Floats) -> NDArray[np.int64]:
        column, row = (np.asarray(part // self.pixel_m, dtype=np.int64) for part in (x, y))
        return column * self._shape[1] + row

    def density(self, before: int, bandwidth_m: float, periods: int = 52) -> Floats:
        """Relative density from the last ``periods`` periods, shape (n,)."""
        from scipy.ndimage import gaussian_filter

        recent = (self._period < before) & (self._period >= before - periods)
        raster = np.bincount(self._event[recent], minlength=self._shape[0] * self._shape[1]).astype(np.float64)
        sigma = bandwidth_m / self.pixel_m
        smooth = gaussian_filter(raster.reshape(self._shape), sigma, mode="constant", truncate=3.0)
        return np.asarray(smooth.ravel()[self._at])
