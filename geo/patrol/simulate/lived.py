"""One day of single vendors at their zones, to the second. Compiled; it knows no plan, only when a patrol is where."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from geo.compiling import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
BY_30, BY_27, BY_31, BY_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)

OF_ZONE, OF_SPILLS, OF_VENDORS = 1, 2, 1_000
"""Streams of draws, so that the same seed gives the same people whatever the patrol does."""

NEVER = 1e18


@njit(cache=True)
def mix(key: Any) -> Any:
    """Scramble a 64-bit number (the finaliser of SplitMix64, Steele, Lea & Flood 2014)."""
    key = (key ^ (key >> BY_30)) * FIRST
    key = (key ^ (key >> BY_27)) * SECOND
    return key ^ (key >> BY_31)


@njit(cache=True)
def stream(key: Any, number: int) -> Any:
    """The key of a stream of draws below another."""
    return mix(key + np.uint64(number + 1) * GOLDEN)


@njit(cache=True)
def uniform(key: Any, number: int) -> float:
    """The draw of that number, in (0, 1)."""
    return (float(stream(key, number) >> BY_11) + 0.5) * 2.0**-53


@njit(cache=True)
def normal(key: Any, number: int) -> float:
    """A standard normal draw; takes the numbers ``number`` and ``number + 1``."""
    return math.sqrt(-2.0 * math.log(uniform(key, number))) * math.cos(2.0 * math.pi * uniform(key, number + 1))


@njit(cache=True)
def poisson(key: Any, number: int, mean: float) -> int:
    """A Poisson draw, by products of uniforms (Knuth); takes the numbers from ``number`` on."""
    floor, product, count = math.exp(-mean), uniform(key, number), 0
    while product > floor:
        count += 1
        product *= uniform(key, number + count)
    return count


@njit(cache=True)
def delay(key: Any, number: int, mean_s: float, weibull: bool, spread: float) -> float:
    """Seconds until one comes back: Weibull with shape ``spread``, or log-normal with that sigma; of that mean."""
    if weibull:
        scale: float = mean_s / math.gamma(1.0 + 1.0 / spread)
        return max(1.0, scale * math.pow(-math.log(uniform(key, number)), 1.0 / spread))
    return max(1.0, mean_s * math.exp(spread * normal(key, number) - spread * spread / 2.0))


@njit(cache=True)
def next_minute(risky: Any, limit: float, at_s: float, safe: bool) -> float:
    """Second from which the risk is below the limit (``safe``) or not below it; ``at_s`` itself if it is so already."""
    minute = int(at_s // 60)
    for later in range(minute, len(risky)):
        if (risky[later] < limit) == safe:
            return max(at_s, later * 60.0)
    return NEVER


@njit(cache=True)
def clearing(begin: Any, end: Any, low: int, high: int, at_s: float, pack_s: float) -> int:
    """The first patrol after ``at_s`` that stays long enough to see one packed; ``high`` if none."""
    for one in range(low, high):
        if begin[one] >= at_s and end[one] - begin[one] >= pack_s:
            return one
    return high


@njit(cache=True)
def there(begin: Any, end: Any, low: int, high: int, at_s: float) -> int:
    """The patrol that stands there at a second; −1 if none."""
    for one in range(low, high):
        if begin[one] <= at_s < end[one]:
            return one
    return -1


@njit(cache=True)
def gone(end: Any, low: int, high: int, at_s: float) -> int:
    """The last patrol that had left by a second; −1 if none."""
    found = -1
    for one in range(low, high):
        if end[one] <= at_s:
            found = one
    return found


@njit(cache=True)
def stand(
    key: Any, number: int, zone: int, from_s: float, to_s: float, mean_s: float, weibull: bool, spread: float,
    pack_s: float, heard: float, wander: float, near: Any, near_s: Any, first: Any, begin: Any, end: Any, risky: Any,
    limit: float, quick: float,
) -> float:  # fmt: skip
    """Seconds in which a vendor's session is a violation, at home or where he goes when he is cleared.

    ``limit`` is the risk from which he hides; above 1 he knows nothing of the patrol's habits.
    """
    low, high = first[zone], first[zone + 1]
    learns = limit <= 1.0
    mean_s = mean_s / quick if learns else mean_s
    at_s, total, draw = from_s, 0.0, number
    last = gone(end, low, high, from_s)
    if last >= 0 and uniform(key, draw) < heard:
        at_s = max(from_s, end[last] + delay(key, draw + 1, mean_s, weibull, spread))
    while at_s < to_s:
        draw += 6
        if learns and risky[zone, min(int(at_s // 60), risky.shape[1] - 1)] >= limit:
            at_s = next_minute(risky[zone], limit, at_s, True) + delay(key, draw, mean_s, weibull, spread)
            continue
        now = there(begin, end, low, high, at_s)
        if now >= 0:
            at_s = end[now] + delay(key, draw, mean_s, weibull, spread)
            continue
        until, hides = to_s, False
        patrol = clearing(begin, end, low, high, at_s, pack_s)
        if patrol < high:
            until = min(until, begin[patrol] + pack_s)
        if learns:
            flight = next_minute(risky[zone], limit, at_s, False) + pack_s
            hides = flight < until
            until = min(until, flight)
        total += until - at_s
        if until >= to_s:
            break
        if hides:
            at_s = until
            continue
        home = end[patrol] + delay(key, draw, mean_s, weibull, spread)
        if near.shape[1] and uniform(key, draw + 2) < wander:
            pick = int(uniform(key, draw + 3) * near.shape[1])
            if near[zone, pick] >= 0:
                total += away(near[zone, pick], until + near_s[zone, pick], min(home, to_s), pack_s, first, begin, end)
        at_s = home
    return total


@njit(cache=True)
def away(zone: int, from_s: float, to_s: float, pack_s: float, first: Any, begin: Any, end: Any) -> float:
    """Seconds for which one who was cleared elsewhere stands at a neighbouring zone."""
    low, high = first[zone], first[zone + 1]
    if from_s >= to_s or there(begin, end, low, high, from_s) >= 0:
        return 0.0
    patrol = clearing(begin, end, low, high, from_s, pack_s)
    return min(to_s, begin[patrol] + pack_s) - from_s if patrol < high else to_s - from_s


@njit(cache=True)
def spills(key: Any, level: Any, share: float, life_s: float, low: int, high: int, begin: Any, end: Any) -> float:
    """Seconds for which single events (a spill, a complaint) lie about until somebody passes or they are gone."""
    total, whole = 0.0, level.sum() * 60.0
    for number in range(poisson(key, 0, share * whole / life_s)):
        mark, minute = uniform(key, 10_000 + 3 * number) * whole, 0
        while minute < len(level) - 1 and mark > level[minute] * 60.0:
            mark -= level[minute] * 60.0
            minute += 1
        from_s = minute * 60.0 + 60.0 * uniform(key, 10_001 + 3 * number)
        to_s = min(len(level) * 60.0, from_s - life_s * math.log(uniform(key, 10_002 + 3 * number)))
        if there(begin, end, low, high, from_s) < 0:
            patrol = clearing(begin, end, low, high, from_s, 0.0)
            total += max(0.0, (min(to_s, begin[patrol]) if patrol < high else to_s) - from_s)
    return total


@njit(cache=True)
def live_day(
    seed: int, level: Any, mean_s: Any, weibull: Any, spread: Any, near: Any, near_s: Any, habits: Any, first: Any,
    begin: Any, end: Any, risky: Any, learning: float, limit: float,
) -> Any:  # fmt: skip
    """Violation-seconds of each zone's own people in one day.

    Parameters
    ----------
    seed
        Of the day; the same people come with the same draws whatever the patrol does.
    level
        Shape (zones, minutes): expected active violations if nobody ever comes.
    mean_s, weibull, spread
        Shape (zones,): how they come back (:func:`delay`).
    near, near_s
        Shape (zones, k): zones within walking distance (−1: none) and the seconds to walk there.
    habits
        The constants of :class:`geo.patrol.simulate.vendors.Habits`, in its order.
    first, begin, end
        Presence: of zone ``z`` the intervals ``first[z] … first[z + 1] − 1``, ordered and apart, seconds.
    risky
        Shape (zones, minutes): how likely a patrol is to be there within the notice.
    learning
        Share of vendors who know ``risky``.
    limit
        Risk from which all of them hide; negative: each by what being cleared costs him.

    Returns
    -------
    Array of shape (zones,)
    """
    patience_sd, pack_mean, pack_sd, jitter_s, heard, wander, share, life_s, day_sd, cost, cost_sd, quick = habits
    minutes = level.shape[1]
    shift_s = minutes * 60.0
    out = np.zeros(level.shape[0])
    root = mix(np.uint64(seed))
    for zone in range(level.shape[0]):
        peak = level[zone].max()
        if peak <= 0.0:
            continue
        here = stream(root, zone)
        busy = math.exp(day_sd * normal(stream(here, OF_ZONE), 0) - day_sd * day_sd / 2.0)
        for vendor in range(poisson(stream(here, OF_ZONE), 2, peak * busy)):
            key = stream(here, OF_VENDORS + vendor)
            rank = uniform(key, 0) * peak
            own = math.exp(patience_sd * normal(key, 1) - patience_sd * patience_sd / 2.0) * mean_s[zone]
            pack = pack_mean * math.exp(pack_sd * normal(key, 3) - pack_sd * pack_sd / 2.0)
            bar = 2.0
            if uniform(key, 5) < learning:
                bar = limit if limit >= 0.0 else 1.0 / (1.0 + cost * math.exp(cost_sd * normal(key, 6)))
            minute, session, after = 0, 0, 0.0
            while minute < minutes:
                if level[zone, minute] <= rank:
                    minute += 1
                    continue
                from_s = minute * 60.0
                while minute < minutes and level[zone, minute] > rank:
                    minute += 1
                to_s = minute * 60.0
                draws = 100 + 1_000 * session
                if from_s > 0.0:
                    from_s += jitter_s * (2.0 * uniform(key, draws) - 1.0)
                if to_s < shift_s:
                    to_s += jitter_s * (2.0 * uniform(key, draws + 1) - 1.0)
                from_s, to_s = max(from_s, after), min(to_s, shift_s)
                session, after = session + 1, max(after, to_s)
                if from_s < to_s:
                    out[zone] += stand(
                        key, draws + 2, zone, from_s, to_s, own, weibull[zone], spread[zone], pack, heard, wander,
                        near, near_s, first, begin, end, risky, bar, quick,
                    )  # fmt: skip
        out[zone] += spills(
            stream(here, OF_SPILLS), level[zone], share, life_s, first[zone], first[zone + 1], begin, end
        )
    return out
