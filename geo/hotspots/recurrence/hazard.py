"""What a planner needs of a zone: how many new ones an hour of the week brings, and how soon they come back.

λ(t): events on record per hour of the local week, lately. ρ: mean minutes from clearing to return, of those that do
return. A visit that ends at f suppresses exp(-(t - f) / ρ) of what would be there at t.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.recurrence.curves import Curve
from geo.hotspots.recurrence.gaps import Gaps, no_gaps
from geo.hotspots.recurrence.links import NEVER, Links, Records

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

HOURS: Final = 168
HALF_LIFE_DAYS: Final = 56.0
PRIOR_WEEKS: Final = 4.0
"""λ of an hour is drawn towards the zone's own level spread as its class spreads the week, as if four weeks of that
had been seen besides."""

PRIOR_RETURNS: Final = 5.0
"""ρ of a zone is drawn towards its class as if five returns of the class's mean had been seen besides."""

WITHIN: Final = 0.9
DAY_S: Final = 86_400
HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True, eq=False)
class ZoneHazards:
    """Hazards of zones, with 90 % intervals; arrays by zone.

    Parameters
    ----------
    per_hour, per_hour_lower, per_hour_upper
        Shape (z, 168): events per hour, Monday 00:00 first, local time.
    rho_min, rho_lower_min, rho_upper_min
        Shape (z,): mean minutes from clearing to return; nan where neither the zone nor its class ever saw one.
    p_return
        Shape (z,): share of closings that came back; nan where the class has no curve.
    active_min
        Shape (z,): median minutes from occurrence to closing; nan without closings.
    events, returns
        Shape (z,): events of the zone; returns among them, weighted by how likely each is one.
    """

    per_hour: Floats
    per_hour_lower: Floats
    per_hour_upper: Floats
    rho_min: Floats
    rho_lower_min: Floats
    rho_upper_min: Floats
    p_return: Floats
    active_min: Floats
    events: Whole
    returns: Floats


@dataclass(frozen=True, slots=True)
class ClassReturn:
    """How a class of place comes back: share ``p``, mean ``rho_min``, and ``settled_min`` by which nearly all has."""

    p: float
    rho_min: float
    settled_min: float


def class_return(curve: Curve) -> ClassReturn | None:
    """Share and mean minutes of return from a curve: the closest ``p * (1 - exp(-t / rho))``; None for no return.

    Notes
    -----
    Least squares weighted by the curve's bounds, over a fine grid of rho; p follows for each in closed form.

    Examples
    --------
    >>> t = np.array([15, 30, 60, 120, 240])
    >>> p = 0.4 * (1 - np.exp(-t / 30.0))
    >>> told = class_return(Curve("*", "market", 999, t, p, p - 0.02, p + 0.02, p, 0 * p))
    >>> round(told.p, 2), round(told.rho_min), round(told.settled_min)
    (0.4, 30, 90)
    """
    if len(curve.p) == 0 or not curve.p.max() > 0:
        return None
    rho = np.geomspace(1.0, 60 * 24 * 60, 600)
    rises = 1 - np.exp(-curve.t_min[None, :] / rho[:, None])
    weight = 1.0 / ((curve.upper - curve.lower) ** 2 + 1e-4)
    p = np.clip((rises * curve.p * weight).sum(axis=1) / (rises**2 * weight).sum(axis=1), 0.0, 1.0)
    best = int((((p[:, None] * rises - curve.p) ** 2) * weight).sum(axis=1).argmin())
    return ClassReturn(float(p[best]), float(rho[best]), float(3 * rho[best]))


def zone_hazards(
    records: Records, links: Links, zone: Whole, kinds: NDArray[np.str_], chance: Floats, local_s: Whole,
    classes: Mapping[str, ClassReturn], gaps: Gaps | None = None,
) -> ZoneHazards:  # fmt: skip
    """Hazards of every zone.

    Parameters
    ----------
    zone
        Shape (n,): which zone each event belongs to; -1 for none.
    kinds
        Shape (z,): class of each zone.
    chance
        Shape (n,): how likely each event is the return of its parent (``return_curves``).
    local_s
        Shape (n,): occurrence in local seconds of the epoch.
    classes
        By class of place, from its curve. What comes later than three times the class's mean is told from coincidence
        too badly to say when returns happen, and is left out of a zone's own times.
    gaps
        When reports were missing: neither those hours nor what was seen in them counts for λ.

    Returns
    -------
    ZoneHazards
        A zone without events has its class's week at the class's lowest likely level, with a wide interval.

    Notes
    -----
    λ: gamma-Poisson on counts that lose half their weight in eight weeks (primary events and returns alike). ρ: mean
    of an exponential that is cut off, inverse-gamma with five pseudo-returns of the class; each event weighs as much
    as it is likely to be a return. What zones of a class are together off the class's curve (an unrelated event in
    between hides the true parent) is put right by one factor for all of them.
    """
    from scipy.stats import gamma

    zones = len(kinds)
    inside = np.flatnonzero(zone >= 0)
    where = zone[inside]
    end = local_s.max(initial=0) + 1
    gaps = no_gaps(len(records)) if gaps is None else gaps
    fade = np.exp2(-(end - local_s[inside]) / (HALF_LIFE_DAYS * DAY_S))
    fade = np.where(gaps.next_from(inside, records.at_s[inside]) > records.at_s[inside], fade, 0.0)
    hour = (local_s[inside] // HOUR_S + 3 * 24) % HOURS
    counts = _sum(where * HOURS + hour, fade, zones * HOURS).reshape(zones, HOURS)
    weeks = _faded_weeks(int(local_s.min(initial=0)), int(end)) - _blind_weeks(records, inside, where, local_s, gaps,
                                                                              zones, int(end))  # fmt: skip
    share = np.zeros((zones, HOURS))
    level = np.zeros(zones)
    for kind in np.unique(kinds):
        same = kinds == kind
        together = counts[same].sum(axis=0)
        smooth = together + 0.5 * np.roll(together, 1) + 0.5 * np.roll(together, -1) + 0.01
        share[same] = smooth / smooth.sum()
        mean = together.sum() / weeks[same].mean(axis=1).sum()
        # One week of the class's mean keeps a zone without events from a rate of nothing at all.
        level[same] = (counts[same].sum(axis=1) + mean) / (weeks[same].mean(axis=1) + 1.0)
    shape = PRIOR_WEEKS * level[:, None] * share + counts
    scale = 1.0 / (PRIOR_WEEKS + weeks)
    low, high = (1 - WITHIN) / 2, (1 + WITHIN) / 2
    rho = _return_times(links, inside, where, kinds, chance, classes)
    closed = inside[records.closed[inside]]
    back = _sum(where, chance[inside], zones)
    closings = np.bincount(zone[closed], minlength=zones)
    return ZoneHazards(
        per_hour=shape * scale,
        # Of a class that was never seen nothing is the least there may be.
        per_hour_lower=np.where(shape > 0, gamma.ppf(low, np.where(shape > 0, shape, 1.0)), 0.0) * scale,
        # Half an event more: an hour without any is not known to have none.
        per_hour_upper=gamma.ppf(high, shape + 0.5) * scale,
        rho_min=rho[0],
        rho_lower_min=rho[1],
        rho_upper_min=rho[2],
        p_return=_share_back(back, closings, kinds, classes),
        active_min=_medians((records.closed_s - records.at_s)[closed] / 60, zone[closed], zones),
        events=np.bincount(where, minlength=zones),
        returns=back,
    )


def _sum(group: Whole, weight: Floats, groups: int) -> Floats:
    return np.asarray(np.bincount(group, weights=weight, minlength=groups), dtype=np.float64)


def _blind_weeks(
    records: Records, inside: Whole, where: Whole, local_s: Whole, gaps: Gaps, zones: int, end: int
) -> Floats:
    """Shape (z, 168): how many of each hour of the week lie in gaps of the area most of a zone's events are in."""
    blind = np.zeros((zones, HOURS))
    if not gaps:
        return blind
    areas = len(gaps.spans)
    area = np.bincount(where * areas + gaps.area[inside], minlength=zones * areas).reshape(zones, areas).argmax(axis=1)
    first = int(local_s.min(initial=0))
    ahead = first - int(records.first_s)
    for number, spans in enumerate(gaps.spans):
        for begin, until in zip(*(edge.tolist() for edge in spans), strict=True):
            begin, until = max(begin + ahead, first), min(until + ahead, end)
            if begin < until:
                blind[area == number] += _faded_weeks(begin, until - 1, end)
    return blind


def _faded_weeks(first: int, last: int, end: int | None = None) -> Floats:
    """Shape (168,): how many of each hour of the week there were from first to last, faded like events at ``end``."""
    end = last if end is None else end
    hours = np.arange(first // HOUR_S, last // HOUR_S + 1)
    fade = np.exp2(-np.maximum(end - hours * HOUR_S, 0) / (HALF_LIFE_DAYS * DAY_S))
    return _sum((hours + 3 * 24) % HOURS, fade, HOURS)


def _return_times(
    links: Links, inside: Whole, where: Whole, kinds: NDArray[np.str_], chance: Floats,
    classes: Mapping[str, ClassReturn],
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Mean minutes to return of each zone, with the bounds."""
    from scipy.stats import gamma

    zones = len(kinds)
    until = np.array([classes[str(kind)].settled_min if str(kind) in classes else np.nan for kind in kinds])
    gap = np.where(links.parent_s[inside] < NEVER, links.parent_s[inside] / 60.0, np.inf)
    weight = np.where(gap <= until[where], chance[inside], 0.0)
    seen = _sum(where, weight, zones)
    total = _sum(where, weight * np.minimum(gap, 1e9), zones)
    mean = np.full(zones, np.nan)
    for kind in np.unique(kinds):
        same = kinds == kind
        if (returns := seen[same].sum()) > 0:
            mean[same] = total[same].sum() / returns
    shape, rate = PRIOR_RETURNS + seen, PRIOR_RETURNS * mean + total
    low, high = (1 - WITHIN) / 2, (1 + WITHIN) / 2
    bounds = rate / shape, rate / gamma.ppf(high, shape), rate / gamma.ppf(low, shape)
    put_right = np.ones(zones)
    for kind in np.unique(kinds):
        if str(kind) in classes and mean[kinds == kind].any():
            together = untruncated(mean[kinds == kind][:1], until[kinds == kind][:1])
            put_right[kinds == kind] = classes[str(kind)].rho_min / together
    low_min, mean_min, high_min = (put_right * untruncated(b, until) for b in (bounds[1], bounds[0], bounds[2]))
    return mean_min, low_min, high_min


def _share_back(back: Floats, closings: Whole, kinds: NDArray[np.str_], classes: Mapping[str, ClassReturn]) -> Floats:
    """Share of each zone's closings that came back, drawn towards its class as if twenty closings had been seen."""
    found = np.full(len(kinds), np.nan)
    for kind in np.unique(kinds):
        same = kinds == kind
        if str(kind) in classes and back[same].sum() > 0:
            p = classes[str(kind)].p
            factor = p * closings[same].sum() / back[same].sum()
            found[same] = (back[same] * factor + 20 * p) / (closings[same] + 20)
    return np.asarray(np.minimum(found, 1.0), dtype=np.float64)


def untruncated(mean: Floats, until: Floats) -> Floats:
    """Mean of an exponential of which only what lies below ``until`` was seen, with this mean.

    Parameters
    ----------
    mean, until
        Shape (n,), > 0, or nan. A mean of half of ``until`` or more fits no exponential and gives ``until``.

    Examples
    --------
    >>> untruncated(np.array([1.0, 10.0]), np.array([100.0, 40.0])).round(2).tolist()
    [1.0, 11.13]
    """
    low, high = np.zeros(len(mean)), np.asarray(until, dtype=np.float64) * 1.0
    for _ in range(60):
        rho = (low + high) / 2
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            seen = rho - until / np.expm1(until / rho)
        low, high = np.where(seen < mean, rho, low), np.where(seen < mean, high, rho)
    return np.asarray(np.where(np.isnan(mean), np.nan, (low + high) / 2), dtype=np.float64)


def _medians(values: Floats, group: Whole, groups: int) -> Floats:
    """Median of each group; nan for an empty one."""
    order = np.lexsort((values, group))
    values = values[order]
    start = np.searchsorted(group[order], np.arange(groups + 1))
    count = np.diff(start)
    if len(values) == 0:
        return np.full(groups, np.nan)
    middle = (
        np.minimum(start[:-1] + (count - 1) // 2, len(values) - 1),
        np.minimum(start[:-1] + count // 2, len(values) - 1),
    )
    return np.where(count > 0, (values[middle[0]] + values[middle[1]]) / 2, np.nan)
