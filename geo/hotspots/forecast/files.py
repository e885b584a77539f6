"""Events from anybody's table: read what is there, leave out what cannot be used, and say what and why.

Nothing here knows one city. Columns are named by the caller, coordinates are degrees, times are read as written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.crs import MAX_LATITUDE, metric_srid, transformer
from geo.errors import Invalid
from geo.hotspots.forecast.times import parse_times

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Floats = NDArray[np.float64]

FAR_SPREADS: Final = 10.0
FAR_LEAST_M: Final = 100_000.0
"""A point is far off beyond this and ``FAR_SPREADS`` times the spread of the middle half from the median."""
GAP_DAYS: Final = 6
"""Fewest days in a row without events that can be a gap; shorter ones may be holidays."""
GAP_EXPECTED: Final = 20.0
"""Events that should have come in them: below, calm is as likely."""
DEFAULT_SHARE, DEFAULT_LEAST, DEFAULT_TIMES = 0.01, 50, 5.0
TRUE_WORDS: Final = ("1", "true", "t", "yes", "y", "是", "重复")


class EventsUnreadable(Invalid):
    """The file or a column of it cannot be used; the facts say which and what there is."""


@dataclass(frozen=True, slots=True)
class Events:
    """Located, dated events, in the file's order.

    Parameters
    ----------
    x, y
        Shape (m,), metres in ``srid``.
    at
        Shape (m,), datetime64[s], local as written.
    has_clock
        Whether the hours mean anything.
    category
        Shape (m,), text, "" where missing; None without the column.
    duplicate
        Shape (m,), True where the file says the event repeats another. They are kept: who reports twice says
        something about the place.
    srid
        EPSG code, metres.
    report
        What was read, left out and noticed, JSON-ready.
    """

    x: Floats
    y: Floats
    at: NDArray[np.datetime64]
    has_clock: bool
    category: NDArray[np.str_] | None
    duplicate: NDArray[np.bool_]
    srid: int
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def on(self) -> NDArray[np.datetime64]:
        """Local dates, shape (m,)."""
        return self.at.astype("datetime64[D]")


def read_events(
    path: Path,
    *,
    lon: str,
    lat: str,
    time: str,
    category: str | None = None,
    duplicate: str | None = None,
    srid: int | None = None,
) -> Events:
    """Read events from a CSV (gzip or not) or Parquet file.

    Parameters
    ----------
    path
        UTF-8 or GB 18030; separator comma, semicolon or tab.
    lon, lat
        Columns of degrees, WGS 84 or CGCS2000.
    time
        Column of dates or times, see :func:`.times.parse_times`.
    category, duplicate
        Columns, if there are any. A duplicate is flagged by a true value or a word with "dup" in it.
    srid
        Frame in metres to measure in; the one for the median point if None.

    Raises
    ------
    EventsUnreadable
        If the file or a column is missing, or no row can be used.
    """
    frame = _read_table(path)
    wanted = {"lon": lon, "lat": lat, "time": time, "category": category, "duplicate": duplicate}
    for name in wanted.values():
        if name is not None and name not in frame.columns:
            raise EventsUnreadable("forecast.no_column", column=name, known=", ".join(map(str, frame.columns))[:400])
    return build_events(frame, lon=lon, lat=lat, time=time, category=category, duplicate=duplicate, srid=srid)


def build_events(
    frame: DataFrame,
    *,
    lon: str,
    lat: str,
    time: str,
    category: str | None = None,
    duplicate: str | None = None,
    srid: int | None = None,
) -> Events:
    """Events from a table of texts; parameters as in :func:`read_events`.

    Raises
    ------
    EventsUnreadable
        If no row can be used.

    Examples
    --------
    >>> from pandas import DataFrame
    >>> rows = {"x": ["109.7", "109.71", "", "0"], "y": ["26.5", "26,51", "26.5", "0"], "d": ["2026-01-05"] * 4}
    >>> events = build_events(DataFrame(rows), lon="x", lat="y", time="d")
    >>> len(events.x), events.report["left_out"]
    (2, {'no_coordinates': 1, 'zero_coordinates': 1})
    """
    longitude, latitude = _number(frame[lon]), _number(frame[lat])
    times = parse_times(frame[time])
    missing = ~(np.isfinite(longitude) & np.isfinite(latitude))
    zero = ~missing & (longitude == 0) & (latitude == 0)
    off_map = ~missing & ~((np.abs(longitude) <= 180) & (np.abs(latitude) <= MAX_LATITUDE))
    no_time = np.isnat(times.at)
    left = _why_left({"no_coordinates": missing, "zero_coordinates": zero, "off_the_map": off_map, "no_time": no_time})
    good = left == ""
    if not good.any():
        raise EventsUnreadable("forecast.no_events", rows=len(frame), why=_shares(left) or "-")
    frame_srid = srid or metric_srid(float(np.median(longitude[good])), float(np.median(latitude[good])))
    x, y = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    x[good], y[good] = transformer(4326, frame_srid).transform(longitude[good], latitude[good])
    far = good & ~_near(x, y, good)
    left = np.where(far, "far_off", left)
    kept = left == ""
    report: dict[str, Any] = {
        "rows": len(frame),
        "used": int(kept.sum()),
        "left_out": _shares(left),
        "examples": {why: int(np.flatnonzero(left == why)[0]) + 1 for why in _shares(left)},
        "times_read_as": list(times.formats),
        "hours": times.has_clock,
        "srid": frame_srid,
        "first": str(times.at[kept].min())[:10],
        "last": str(times.at[kept].max())[:10],
    }
    if times.ambiguous:
        report["day_and_month_may_be_exchanged"] = True
    if defaults := default_places(longitude[kept], latitude[kept]):
        report["suspected_default_places"] = defaults
    flagged = np.zeros(len(frame), dtype=bool) if duplicate is None else _flags(frame[duplicate])
    if duplicate is not None:
        report["duplicates_flagged_and_kept"] = int(flagged[kept].sum())
    kind = None if category is None else frame[category].fillna("").astype("str").to_numpy(dtype=np.str_)[kept]
    return Events(x[kept], y[kept], times.at[kept], times.has_clock, kind, flagged[kept], frame_srid, report)


def default_places(lon: Floats, lat: Floats) -> list[dict[str, Any]]:
    """Coordinates under which suspiciously many events stand: where a geocoder puts what it cannot find.

    Returns
    -------
    list
        ``lon``, ``lat``, ``events``; most first. Named, not left out: it may be a market.

    Examples
    --------
    >>> spread = np.arange(5000) / 1e4
    >>> default_places(np.append(spread, np.full(80, 0.2)), np.append(spread, np.full(80, 0.9)))
    [{'lon': 0.2, 'lat': 0.9, 'events': 80}]
    """
    spots, times = np.unique(np.round(np.stack([lon, lat], axis=1), 6), axis=0, return_counts=True)
    order = np.argsort(-times, kind="stable")
    usual = float(times[order[min(max(len(times) // 1000, 3), len(times) - 1)]])
    least = max(DEFAULT_LEAST, DEFAULT_SHARE * len(lon), DEFAULT_TIMES * usual)
    found = [i for i in order[:10] if times[i] >= least]
    return [{"lon": float(spots[i, 0]), "lat": float(spots[i, 1]), "events": int(times[i])} for i in found]


def blind_days(on: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Days on which nothing can have been recorded, rather than nothing have happened.

    Parameters
    ----------
    on
        Shape (m,), local dates of all events.

    Returns
    -------
    NDArray[np.datetime64]
        Ascending. Runs of at least ``GAP_DAYS`` days without any event, in which at least ``GAP_EXPECTED`` would have
        been usual by the 56 days with events around them.

    Examples
    --------
    >>> days = np.datetime64("2026-01-01") + np.repeat(np.arange(200), 5)
    >>> gap = (days >= np.datetime64("2026-03-01")) & (days < np.datetime64("2026-03-11"))
    >>> len(blind_days(days[~gap]))
    10
    """
    if not len(on):
        return np.zeros(0, dtype="datetime64[D]")
    first = on.min()
    counts = np.bincount((on - first).astype(np.int64)).astype(np.float64)
    edge = np.flatnonzero(np.diff(np.concatenate([[0], (counts == 0).astype(np.int64), [0]])))
    found = []
    for start, stop in edge.reshape(-1, 2):
        around = np.concatenate([counts[max(start - 28, 0) : start], counts[stop : stop + 28]])
        if stop - start >= GAP_DAYS and around.mean() * (stop - start) >= GAP_EXPECTED:
            found.append(np.arange(start, stop))
    days = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return np.asarray(first + days.astype("timedelta64[D]"), dtype="datetime64[D]")


def _read_table(path: Path) -> DataFrame:
    import pandas as pd

    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path).astype("str")
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                frame = pd.read_csv(path, dtype="str", encoding=encoding, skipinitialspace=True)
                if frame.shape[1] == 1:
                    frame = pd.read_csv(path, dtype="str", encoding=encoding, sep=None, engine="python")
                return frame.rename(columns=lambda name: str(name).strip())
            except UnicodeDecodeError:
                continue
    except (OSError, ValueError, EOFError) as error:
        raise EventsUnreadable("forecast.unreadable", file=path.name, why=str(error)[:200]) from error
    raise EventsUnreadable("forecast.unreadable", file=path.name, why="UTF-8, GB 18030?")


def _number(texts: Series) -> Floats:
    import pandas as pd

    plain = texts.astype("str").str.strip().str.replace(",", ".", regex=False)
    return np.asarray(pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan))


def _flags(texts: Series) -> NDArray[np.bool_]:
    word = texts.fillna("").astype("str").str.strip().str.casefold()
    return np.asarray(word.isin(TRUE_WORDS) | word.str.contains("dup"), dtype=bool)


def _near(x: Floats, y: Floats, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    near = np.ones(len(x), dtype=bool)
    for part in (x, y):
        low, middle, high = np.quantile(part[good], [0.25, 0.5, 0.75])
        near &= np.abs(np.where(good, part, middle) - middle) <= max(FAR_SPREADS * (high - low), FAR_LEAST_M)
    return near


def _why_left(masks: dict[str, NDArray[np.bool_]]) -> NDArray[np.str_]:
    """The first reason that holds for each row, "" for none."""
    return np.select(list(masks.values()), list(masks), default="")


def _shares(left: NDArray[np.str_]) -> dict[str, int]:
    names, times = np.unique(left[left != ""], return_counts=True)
    return {str(name): int(number) for name, number in zip(names, times, strict=True)}
