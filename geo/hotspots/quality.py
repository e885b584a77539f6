"""What is wrong with a record of events: callers without end, addresses that mean "unknown", reports that are missing.

Each is recognised by a rule a person can check, and named; none deletes a row.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import DataFrame

CAP: Final = 2
CAP_RADIUS_M: Final = 150.0
CAP_DAYS: Final = 28
"""One caller counts at most ``CAP`` times in ``CAP_DAYS`` days with one group of codes around one spot."""

GEOCODE_LEAST: Final = 20
GEOCODE_CODES: Final = 3.0
GEOCODE_LIKE: Final = 0.5
GEOCODE_REPORTED: Final = 0.9
"""An address means "unknown" if it has this many events of at least three codes (inverse Simpson), mixed as reports of
the whole county are mixed (overlap of the two shares), and nearly all of them reported, hardly any seen there."""

REPORTED: Final = ("complaint", "transfer", "unknown")
GAP_LEFT: Final = 0.2
GAP_WEEKS: Final = 2
GAP_CHANCE: Final = 1e-6
GAP_AROUND_WEEKS: Final = 26
GAP_RATE: Final = 0.1
"""Weeks with under a fifth of what the half-years around and the other 片区 lead to expect are a gap, if at least two
stand together and chance would do it less than once in a million."""


def cap_reporters(events: DataFrame) -> tuple[NDArray[np.float64], int]:
    """Weight of each event after capping callers, and how many callers were capped.

    Parameters
    ----------
    events
        Columns ``reporter_hash`` (none where nobody is known), ``group``, ``occurred_at``, ``x``, ``y``; by time.

    Returns
    -------
    tuple
        Shape (n,): 1, or 0 for what its caller had reported ``CAP`` times before, within ``CAP_RADIUS_M`` and
        ``CAP_DAYS``; and the number of callers with any such event.

    Examples
    --------
    >>> from pandas import DataFrame, to_datetime
    >>> day = to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-03-01"], utc=True)
    >>> calls = DataFrame({"reporter_hash": "h", "group": "g", "occurred_at": day, "x": 0.0, "y": 0.0})
    >>> cap_reporters(calls)[0].tolist()
    [1.0, 1.0, 0.0, 1.0]
    """
    weight = np.ones(len(events))
    known = np.flatnonzero(events["reporter_hash"].notna().to_numpy())
    if not len(known):
        return weight, 0
    frame = events.iloc[known]
    number = frame.groupby(["reporter_hash", "group"], observed=True, sort=False).ngroup().to_numpy()
    seconds = frame["occurred_at"].to_numpy("datetime64[s]").astype(np.int64)
    xy = frame[["x", "y"]].to_numpy(np.float64)
    order = np.lexsort((seconds, number))
    edges = np.flatnonzero(np.diff(number[order], prepend=-1, append=-1))
    for begin, end in itertools.pairwise(edges):
        if end - begin > CAP:
            mine = order[begin:end]
            weight[known[mine]] = _within_cap(seconds[mine], xy[mine])
    capped = frame["reporter_hash"].to_numpy()[weight[known] == 0]
    return weight, len(set(capped.tolist()))


def _within_cap(seconds: NDArray[np.int64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for what counts, 0 for what was counted ``CAP`` times lately; one caller and group, by time."""
    counts = np.ones(len(seconds))
    for i in range(CAP, len(seconds)):
        late = (seconds[:i] > seconds[i] - CAP_DAYS * 86_400) & (counts[:i] > 0)
        near = np.hypot(*(xy[:i][late] - xy[i]).T) <= CAP_RADIUS_M
        counts[i] = float(near.sum() < CAP)
    return counts


def find_default_geocodes(events: DataFrame) -> DataFrame:
    """Addresses at which events of all sorts come to stand because nobody found their own.

    Parameters
    ----------
    events
        Columns ``code``, ``origin``, ``x``, ``y``, ``lon``, ``lat``.

    Returns
    -------
    DataFrame
        ``x y lon lat events codes share``: where, how many events, of how many codes (inverse Simpson), and the
        overlap of their codes with those of all reports; most events first, empty if there is none.

    Notes
    -----
    A place at which much happens has its own few kinds of trouble; a draw from the whole county's reports is what
    lands on an address that stands for any address.
    """
    from pandas import DataFrame, factorize

    columns = ["x", "y", "lon", "lat", "events", "codes", "share"]
    reported = events["origin"].isin(REPORTED).to_numpy()
    if reported.sum() < GEOCODE_LEAST:
        return DataFrame(columns=columns)
    spot, spots = factorize(events["x"].round(1).astype(str) + "/" + events["y"].round(1).astype(str))
    code, codes = factorize(events["code"])
    total = np.bincount(spot, minlength=len(spots))
    whole = np.bincount(code[reported], minlength=len(codes)) / reported.sum()
    found = []
    for one in np.flatnonzero(total >= GEOCODE_LEAST):
        here = spot == one
        share = np.bincount(code[here], minlength=len(codes)) / total[one]
        variety, overlap = 1 / (share**2).sum(), np.minimum(share, whole).sum()
        if variety >= GEOCODE_CODES and overlap >= GEOCODE_LIKE and reported[here].mean() >= GEOCODE_REPORTED:
            row = events.iloc[int(np.argmax(here))]
            place = [float(row[name]) for name in ("x", "y", "lon", "lat")]
            found.append((*place, int(total[one]), round(float(variety), 1), round(float(overlap), 2)))
    return DataFrame(found, columns=columns).sort_values("events", ascending=False, ignore_index=True)


def find_gaps(events: DataFrame) -> DataFrame:
    """Stretches of time in which reports of one origin are missing, in one 片区 or in the whole county.

    Parameters
    ----------
    events
        Columns ``local_on``, ``origin``, ``district``.

    Returns
    -------
    DataFrame
        ``district`` (none = the whole county) ``origin first_on last_on expected found``: local dates, both included,
        records expected and found between them; by origin, then date.

    Notes
    -----
    Whole weeks from the first event's day on. Expected is the median week of the half-years around, in a 片区 times
    what the others had that week against theirs. The last week, which may be under way, is left out.
    """
    from pandas import DataFrame

    columns = ["district", "origin", "first_on", "last_on", "expected", "found"]
    if len(events) == 0:
        return DataFrame(columns=columns)
    first = events["local_on"].min()
    day = ((events["local_on"] - first).dt.days).to_numpy()
    weeks = int(day.max()) // 7
    found: list[tuple[object, ...]] = []
    for origin in sorted(set(events["origin"].astype(str))):
        mine = (events["origin"] == origin).to_numpy()
        areas = [None, *sorted({code for code in events["district"][mine] if code is not None and code == code})]
        daily = {area: day[mine & ((events["district"] == area).to_numpy() if area else True)] for area in areas}
        weekly = {area: np.bincount(days // 7, minlength=weeks)[:weeks].astype(float) for area, days in daily.items()}
        whole = np.zeros(weeks, dtype=bool)
        for area in areas:
            expected = _usual(weekly[area])
            if area is not None:
                others = weekly[None] - weekly[area]
                expected = expected * np.where(whole, 1.0, np.minimum(others / np.maximum(_usual(others), 1e-9), 3.0))
            low = (weekly[area] <= GAP_LEFT * expected) & (expected > 0) & ~whole
            for begin, end in _runs(low):
                if _is_gap(expected[begin:end].sum(), weekly[area][begin:end].sum(), end - begin):
                    mean = float(expected[begin:end].sum() / ((end - begin) * 7))
                    a, b = _edges(daily[area], begin * 7, end * 7, mean)
                    on = [(first + np.timedelta64(n, "D")).date() for n in (a, b - 1)]
                    inside = int(((daily[area] >= a) & (daily[area] < b)).sum())
                    found.append((area, origin, *on, mean * (b - a), inside))
                    whole[begin:end] |= area is None
    return DataFrame(found, columns=columns)


def _usual(weekly: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of the weeks around each."""
    n = len(weekly)
    around = (np.maximum(np.arange(n) - GAP_AROUND_WEEKS, 0), np.minimum(np.arange(n) + GAP_AROUND_WEEKS + 1, n))
    return np.array([np.median(weekly[a:b]) for a, b in zip(*around, strict=True)])


def _runs(low: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(low.astype(int), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _is_gap(expected: float, found: float, weeks: int) -> bool:
    from scipy.stats import poisson

    # Weekly counts spread more than Poisson: half as many effective events.
    return weeks >= GAP_WEEKS and bool(poisson.cdf(found / 2, expected / 2) < GAP_CHANCE)


def _edges(days: NDArray[np.int64], begin: int, end: int, mean: float) -> tuple[int, int]:
    """First day of a gap and first day after it: where a tenth of the usual ``mean`` a day fits best against all."""
    low, high = max(begin - 7, 0), end + 7
    gain = (1 - GAP_RATE) * mean + np.log(GAP_RATE) * np.bincount(days[(days >= low) & (days < high)] - low,
                                                                 minlength=high - low)  # fmt: skip
    before, after = gain[: begin - low + 7][::-1].cumsum(), gain[end - low - 7 :].cumsum()
    return begin + 6 - int(before.argmax()), end - 6 + int(after.argmax())
