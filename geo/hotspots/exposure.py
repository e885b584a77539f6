"""What could be seen: patrols that were there, people who report, reports that went missing.

A record is an occurrence that somebody noticed. Dividing by the chance of being noticed keeps a forecast from sending
patrols where patrols were, and from taking a quarter that seldom complains for a calm one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

if TYPE_CHECKING:
    from pandas import DataFrame

    from geo.hotspots.history import History

Floats = NDArray[np.float64]

HOURS: Final = 24
LEAST_LOGGED: Final = 0.8
"""Share of the weeks that presence must be logged in for records to be corrected by it."""

LEAST_SEEN: Final = 0.03
"""No chance of being noticed is taken for less: one record would count for thirty and more."""

LEAST_WATCHED: Final = 0.15
"""In an hour in which hardly anybody was there, one find says little about how much happens in it."""

AGAIN_M: Final = 30.0
AGAIN: Final = np.timedelta64(24, "h")
"""The same code at the same spot within a day of closing is a return: noticed because somebody looked again."""

STEADY: Final = 30.0
"""Reports for which the county's readiness to report stands beside a 片区's own."""


class OriginsMissing(Invalid):
    """No record says who noticed it, so nothing may be learned from any; the message says how to mend it."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """The chance that an occurrence in a 片区 and week came on record.

    Parameters
    ----------
    training
        ``"exposure"``: every record of known origin, ``seen`` is the chance of being noticed. ``"complaints"``: only
        reports, ``seen`` is the share of the usual reports that were delivered.
    districts
        Codes, ascending; what lies in no 片区 follows last.
    seen
        Shape (t, d + 1), 0 to 1.
    coming
        Shape (d + 1,), 0 to 1: the same for the period to come, if patrols go where they lately went.
    readiness
        Shape (d + 1,): of what no patrol noticed, the share that somebody reports; none in ``"complaints"``.
    """

    training: str
    districts: tuple[str, ...]
    seen: Floats
    coming: Floats
    readiness: Floats | None

    def rows(self, district: NDArray[np.object_]) -> NDArray[np.intp]:
        """Column of ``seen`` for each 片区 code."""
        at = {code: n for n, code in enumerate(self.districts)}
        return np.array([at.get(code, len(self.districts)) for code in district], dtype=np.intp)


def may_learn(events: DataFrame, training: str) -> NDArray[np.bool_]:
    """Which records a forecast may learn from: of known origin, no repeat, not beyond a caller's cap.

    Examples
    --------
    >>> from pandas import DataFrame
    >>> rows = {"origin": ["complaint", "patrol", "unknown"], "duplicate": False, "weight": 1.0}
    >>> may_learn(DataFrame(rows), "exposure").tolist(), may_learn(DataFrame(rows), "complaints").tolist()
    ([True, True, False], [True, False, False])
    """
    origin = events["origin"]
    known = (origin == "complaint") if training == "complaints" else (origin != "unknown")
    return (known & ~events["duplicate"] & (events["weight"] > 0)).to_numpy(dtype=bool)


def measure_exposure(
    history: History, presence: DataFrame, time_zone: str, first: np.datetime64, weeks: int, group: str | None = None
) -> Exposure:
    """The chance of being noticed by week and 片区, from who was where and who reported.

    Parameters
    ----------
    history
        Events with their gaps.
    presence
        ``place_kind place_key from_at to_at minutes``; rows of other kinds than ``district`` are left out.
    first, weeks
        Local first day of the first week, and how many weeks.
    group
        Only events of this code group; all if none.

    Returns
    -------
    Exposure
        By complaints only where presence is not logged in four weeks of five.

    Raises
    ------
    OriginsMissing
        If no event says who noticed it.

    Notes
    -----
    What a patrol finds for itself is a sample taken with known odds: the share of each hour somebody was there. The
    hours of the day at which things happen follow from it, so does the number of occurrences, and with that how many of
    those left over are reported (as Liu, Bhandaram & Garg 2023 do from repeated reports). Returns found while looking
    again are left out of this measure: nobody came upon them by chance.
    """
    events = history.events
    if not len(events) or set(events["origin"].unique()) == {"unknown"}:
        raise OriginsMissing("forecast.origins_missing", events=len(events))
    districts = tuple(sorted(events["district"].dropna().unique().tolist()))
    delivered = _delivered(history, districts, first, weeks)
    cover = _cover(presence, districts, time_zone, first, weeks)
    known = np.isfinite(cover[:, : len(districts)]).reshape(weeks, -1, HOURS)
    logged = float(np.mean((known.sum(axis=2) == HOURS).any(axis=1))) if weeks and districts else 0.0
    if logged < LEAST_LOGGED:
        return Exposure("complaints", districts, delivered, np.ones(len(districts) + 1), None)
    usual = np.nanmean(cover, axis=0)
    cover = np.where(np.isfinite(cover), cover, usual)
    mine = events if group is None else events[(events["group"] == group).to_numpy()]
    hours, readiness = _readiness(mine[may_learn(mine, "exposure")], districts, usual)
    by_patrol = cover @ hours
    seen = by_patrol + (1 - by_patrol) * readiness * delivered
    lately = cover[-4:].mean(axis=0) @ hours
    coming = lately + (1 - lately) * readiness
    return Exposure("exposure", districts, np.clip(seen, LEAST_SEEN, 1.0), np.clip(coming, LEAST_SEEN, 1.0), readiness)


def _cover(presence: DataFrame, districts: tuple[str, ...], zone: str, first: np.datetime64, weeks: int) -> Floats:
    """Share of each local hour of the day that somebody was there, shape (weeks, d + 1, 24); NaN where not logged."""
    own = presence[(presence["place_kind"] == "district").to_numpy()]
    at = {code: n for n, code in enumerate(districts)}
    where = own["place_key"].map(at)
    begin = own["from_at"].dt.tz_convert(zone)
    week = (begin.dt.tz_localize(None).to_numpy("datetime64[D]") - first).astype(np.int64) // 7
    length = ((own["to_at"] - own["from_at"]).dt.total_seconds() / 3600).to_numpy()
    kept = where.notna().to_numpy() & (week >= 0) & (week < weeks)
    minutes, hours = np.zeros((weeks, len(districts) + 1, HOURS)), np.zeros((weeks, len(districts) + 1, HOURS))
    row, place = week[kept], where.to_numpy(np.float64)[kept].astype(np.intp)
    share = own["minutes"].to_numpy(np.float64)[kept] / 60 / length[kept]
    start = begin.dt.hour.to_numpy()[kept]
    for step in range(int(np.ceil(length[kept].max())) if kept.any() else 0):
        inside = step < length[kept]
        hour = (start[inside] + step) % HOURS
        np.add.at(minutes, (row[inside], place[inside], hour), share[inside])
        np.add.at(hours, (row[inside], place[inside], hour), 1.0)
    cover = np.where(hours > 0, np.minimum(minutes / np.maximum(hours, 1.0), 1.0), np.nan)
    known = (hours[:, :-1] > 0).sum(axis=1)
    cover[:, -1] = np.where(known > 0, np.nansum(cover[:, :-1], axis=1) / np.maximum(known, 1), np.nan)
    return cover


def _delivered(history: History, districts: tuple[str, ...], first: np.datetime64, weeks: int) -> Floats:
    """Share of each week's days on which reports were delivered, shape (weeks, d + 1)."""
    missing = np.zeros((weeks * 7, len(districts) + 1), dtype=bool)
    for gap in history.gaps.to_dict("records"):
        if gap["origin"] == "complaint":
            ends = np.array([gap["first_on"], gap["last_on"]], dtype="datetime64[D]")
            a, b = (ends - first).astype(np.int64).tolist()
            rows = slice(max(a, 0), max(b + 1, 0))
            if gap["district"] in districts:
                missing[rows, districts.index(gap["district"])] = True
            elif not isinstance(gap["district"], str):
                missing[rows] = True
    return np.asarray(1 - missing.reshape(weeks, 7, -1).mean(axis=1))


def _readiness(events: DataFrame, districts: tuple[str, ...], usual: Floats) -> tuple[Floats, Floats]:
    """Hours of the day at which things happen, shape (24,), and the share reported of what no patrol saw, (d + 1,)."""
    at = {code: n for n, code in enumerate(districts)}
    where = events["district"].map(at).fillna(len(districts)).to_numpy(np.intp)
    hour = events["local_hour"].to_numpy(np.intp)
    fresh = ~_again(events)
    chance = np.maximum(usual, LEAST_WATCHED)
    patrol = fresh & (events["origin"] == "patrol").to_numpy()
    other = fresh & ~patrol
    n = len(districts) + 1
    found = np.zeros((n, HOURS))
    np.add.at(found, (where[patrol], hour[patrol]), 1.0)
    happened = found / chance
    hours = happened.sum(axis=0) + 0.1
    reported = np.bincount(where[other], minlength=n).astype(float)
    left = ((1 - usual) * happened).sum(axis=1)
    county = reported.sum() / max(left.sum(), 1.0)
    ready = (reported + STEADY * county) / (left + STEADY)
    return hours / hours.sum(), np.clip(ready, LEAST_SEEN, 0.95)


def _again(events: DataFrame) -> NDArray[np.bool_]:
    """Events at the spot of one of the same code that was closed within the last day; ordered by time."""
    again = np.zeros(len(events), dtype=bool)
    for shift in (0.0, AGAIN_M / 2):
        column = np.floor((events["x"] + shift) / AGAIN_M)
        row = np.floor((events["y"] + shift) / AGAIN_M)
        closed = events["closed_at"].groupby([events["code"], column, row], sort=False).shift(1)
        since = events["occurred_at"] - closed
        again |= ((since >= np.timedelta64(0, "s")) & (since <= AGAIN)).to_numpy(dtype=bool)
    return again
