"""How a place's week is spread over weekday and hour, borrowed from the neighbourhood where its own says little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

BLOCK_HOURS: Final = 4
OWN_WEIGHT: Final = 300.0
"""Events for which the shared profile stands beside the neighbourhood's own, where it was not chosen."""
WEIGHTS: Final = (np.inf, 1000.0, 300.0, 100.0, 30.0)
SPREAD: Final = 4
SMALLEST: Final = 1e-9


def shared_profile(weekday: ArrayLike, hour: ArrayLike | None, block_hours: int = BLOCK_HOURS) -> Floats:
    """Share of all events in each block of the week.

    Parameters
    ----------
    weekday
        Shape (m,), 0 = Monday.
    hour
        Shape (m,), 0 to 24, local; None where only days are known.
    block_hours
        1 to 24, a divisor of 24.

    Returns
    -------
    NDArray[np.float64]
        Shape (7, 24 / block_hours), or (7, 1) without hours; sums to 1. One event is added to every block, so that
        none is impossible.

    Examples
    --------
    >>> shared_profile([0, 0, 6], None).ravel().tolist()
    [0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2]
    """
    block, blocks = _block(weekday, hour, block_hours)
    counts = np.bincount(block, minlength=7 * blocks) + 1.0
    return np.asarray(counts / counts.sum()).reshape(7, blocks)


def local_profiles(
    place: ArrayLike,
    weekday: ArrayLike,
    hour: ArrayLike | None,
    smoothing: csr_matrix,
    *,
    weight: float = OWN_WEIGHT,
    spread: int = SPREAD,
    block_hours: int = BLOCK_HOURS,
) -> Floats:
    """Share of a place's events in each block of the week.

    Parameters
    ----------
    place
        Shape (m,), 0 to n - 1; -1 counts for the shared profile only.
    weekday, hour, block_hours
        As in :func:`shared_profile`.
    smoothing
        Shape (n, n), ``Places.smoothing``.
    weight
        Events for which the shared profile stands; infinite gives every place the shared one.
    spread
        How often counts are averaged over the neighbourhood.

    Returns
    -------
    NDArray[np.float64]
        Shape (n, 7, blocks); each place sums to 1.

    Notes
    -----
    Events of the neighbourhood, summed with the weights of the smoothing, beside ``weight`` events spread as
    everywhere: a Dirichlet-multinomial posterior mean.

    Examples
    --------
    >>> from scipy.sparse import identity
    >>> local = local_profiles([0, 0, 1], [0, 0, 6], None, identity(2, format="csr"), weight=1.0, spread=0)
    >>> local[:, [0, 6], 0].round(2).tolist()
    [[0.77, 0.07], [0.15, 0.6]]
    """
    n = smoothing.shape[0]
    where = np.asarray(place, dtype=np.int64)
    shared = shared_profile(weekday, hour, block_hours)
    block, blocks = _block(weekday, hour, block_hours)
    if not np.isfinite(weight):
        return np.broadcast_to(shared, (n, 7, blocks)).copy()
    inside = where >= 0
    counts = np.bincount(where[inside] * 7 * blocks + block[inside], minlength=n * 7 * blocks).astype(np.float64)
    around = counts.reshape(n, 7 * blocks)
    reach = np.ones(n)
    for _ in range(spread):
        around = smoothing @ around
    if spread:
        # Averages become sums again: as many places as the neighbourhood has.
        reach = np.full(n, 1.0 + 2.0 * spread)
    around = around * reach[:, None] + weight * shared.ravel()
    return np.asarray((around / np.maximum(around.sum(axis=1, keepdims=True), SMALLEST)).reshape(n, 7, blocks))


def choose_weight(place: ArrayLike, weekday: ArrayLike, hour: ArrayLike | None, smoothing: csr_matrix) -> float:
    """How much the shared profile should weigh, found on the last third of the events.

    Parameters
    ----------
    place, weekday, hour, smoothing
        As in :func:`local_profiles`, events in the order of time.

    Returns
    -------
    float
        One of ``WEIGHTS``; infinite where places do not differ enough to show.

    Examples
    --------
    >>> from scipy.sparse import identity
    >>> places, days = np.tile([0, 1], 300), np.tile([0, 6], 300)
    >>> choose_weight(places, days, None, identity(2, format="csr")) <= 100
    True
    """
    where, day = np.asarray(place), np.asarray(weekday)
    clock = None if hour is None else np.asarray(hour)
    cut = len(where) * 2 // 3
    past = where[:cut], day[:cut], None if clock is None else clock[:cut], smoothing
    coming = where[cut:], day[cut:], None if clock is None else clock[cut:]
    losses = [profile_log_loss(local_profiles(*past, weight=weight), *coming) for weight in WEIGHTS]
    return WEIGHTS[int(np.argmin(losses))]


def local_share(place: NDArray[np.intp], inside: NDArray[np.bool_], usual: Floats, smoothing: csr_matrix) -> Floats:
    """Share of each place's events that falls into some hours, drawn towards what is usual for places like it.

    Parameters
    ----------
    place, inside
        Shape (m,), in the order of time: place of each event, 0 to n - 1, and whether it fell into the hours.
    usual
        Shape (n,): the share by the kinds of place that are there.
    smoothing
        Shape (n, n), ``Places.smoothing``.

    Returns
    -------
    NDArray[np.float64]
        Shape (n,), 0 to 1.

    Notes
    -----
    Whether a place's own events count, those of its neighbourhood, or neither, and for how many events the usual share
    stands beside them, is chosen on the last third of the events.

    Examples
    --------
    >>> from scipy.sparse import identity
    >>> place = np.tile([0, 1], 300)
    >>> local_share(place, place == 1, np.full(2, 0.5), identity(2, format="csr")).round(1).tolist()
    [0.0, 1.0]
    """
    cut = len(place) * 2 // 3

    def share(until: int, weight: float, spread: int) -> Floats:
        if not np.isfinite(weight):
            return usual
        n = len(usual)
        own = np.bincount(place[:until], minlength=n).astype(np.float64)
        there = np.bincount(place[:until][inside[:until]], minlength=n).astype(np.float64)
        for _ in range(spread):
            own, there = smoothing @ own, smoothing @ there
        reach = 1.0 + 2.0 * spread
        return np.asarray((there * reach + weight * usual) / (own * reach + weight))

    def loss(weight: float, spread: int) -> float:
        p = np.clip(share(cut, weight, spread)[place[cut:]], SMALLEST, 1 - SMALLEST)
        return float(-np.where(inside[cut:], np.log(p), np.log1p(-p)).sum())

    tried = [(weight, spread) for spread in (0, SPREAD) for weight in WEIGHTS]
    return share(len(place), *min(tried, key=lambda one: loss(*one)))


def profile_log_loss(profile: Floats, place: ArrayLike, weekday: ArrayLike, hour: ArrayLike | None) -> float:
    """Mean surprise in nats at the block of the week in which events fell, given their place.

    Parameters
    ----------
    profile
        Shape (n, 7, blocks) from :func:`local_profiles`.
    place, weekday, hour
        Shape (m,), events that were not used to make it; those in no place are passed over.

    Examples
    --------
    >>> profile_log_loss(np.full((1, 7, 1), 1 / 7), [0], [3], None)
    1.9459...
    """
    where = np.asarray(place, dtype=np.int64)
    block, blocks = _block(weekday, hour, 24 // profile.shape[2])
    inside = where >= 0
    if not inside.any():
        return 0.0
    share = profile.reshape(len(profile), 7 * blocks)[where[inside], block[inside]]
    return float(-np.log(np.maximum(share, SMALLEST)).mean())


def _block(weekday: ArrayLike, hour: ArrayLike | None, block_hours: int) -> tuple[NDArray[np.int64], int]:
    day = np.asarray(weekday, dtype=np.int64)
    if hour is None:
        return day, 1
    blocks = 24 // block_hours
    at = np.minimum(np.asarray(hour, dtype=np.float64) // block_hours, blocks - 1).astype(np.int64)
    return day * blocks + at, blocks
