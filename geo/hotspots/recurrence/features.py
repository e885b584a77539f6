"""What is known of a place at the moment something there is closed; nothing of what came after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.recurrence.links import NEVER, RADIUS_M, Links, Records, neighbours

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

HALF_LIVES: Final = (0.5, 2.0, 8.0, 32.0)
"""Of earlier events, as multiples of the time asked about: with fourteen days a week, a month, four months, a year."""

SAME_SPOT_M: Final = 10.0
CELL_M: Final = 150.0
AROUND_H: Final = (2.0, 26.0)
SHARE_PRIOR: Final = 4.0
DAY_S: Final = 86_400
YEAR_S: Final = 365.25 * 86_400
SEASONS_S: Final = 4 * YEAR_S
"""With less than four years a season cannot be told from a trend."""

FAMILIES: Final = ("here", "last", "history", "open", "around", "handling", "time", "code", "place", "origin")
"""Reasons a person can read; every feature belongs to one."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One row a closing.

    Parameters
    ----------
    values
        Shape (n, f).
    names, family
        Of each column; the family as a number into ``FAMILIES``.
    facts
        What the reasons are told with, arrays of shape (n,): ``here`` events within reach in the last year, ``last_h``
        hours since the last one before (nan: none), ``closings`` and ``returned`` of those whose time was up,
        ``open`` still open within reach, ``around`` events in the blocks around in the last weeks, ``handling_h``
        hours from occurrence to closing.
    """

    values: Floats
    names: tuple[str, ...]
    family: Whole
    facts: dict[str, Floats]

    def take(self, rows: Whole) -> Features:
        """The same of some rows."""
        facts = {name: values[rows] for name, values in self.facts.items()}
        return replace(self, values=self.values[rows], facts=facts)


def closing_features(
    records: Records,
    links: Links,
    within_s: int,
    *,
    place_class: NDArray[np.str_] | None = None,
    origin: NDArray[np.str_] | None = None,
    radius_m: float = RADIUS_M,
    utc_offset_s: int = 0,
) -> Features:
    """Features of every event as of its closing; rows of what is open hold zeros.

    Parameters
    ----------
    within_s
        The time asked about; whether earlier closings here were followed is known once it had passed.
    place_class, origin
        Shape (n,), or None to do without.
    utc_offset_s
        Of local time, for hours and weekdays.

    Notes
    -----
    Counts of neighbours (any code) in one pass over the pairs within ``radius_m``; the wider surroundings by square
    cells of 150 m, three by three, with two binary searches each. Only what occurred before the closing counts, and
    of earlier closings only what was known by then.
    """
    n = len(records)
    closed = np.where(records.closed, records.closed_s, records.end_s)
    columns: dict[str, tuple[str, Floats]] = {}
    facts = _near(records, links, closed, within_s, radius_m, columns)
    _around(records, closed, within_s, columns, facts)
    handling = np.where(records.closed, closed - records.at_s, 0).astype(np.float64)
    facts["handling_h"] = handling / 3600
    columns["handling"] = ("handling", np.log1p(handling / 3600))
    columns["came_back"] = ("last", np.where(links.parent_s < NEVER, 1.0 / (1.0 + links.parent_s / within_s), 0.0))
    _clock(closed + utc_offset_s, records, columns)
    for family, labels in (("code", np.array(records.codes, dtype=str)[records.code] if n else None),
                           ("place", place_class), ("origin", origin)):  # fmt: skip
        if labels is not None:
            _dummies(family, labels, columns)
    return Features(
        values=np.column_stack([column for _, column in columns.values()]) if n else np.zeros((0, len(columns))),
        names=tuple(columns),
        family=np.array([FAMILIES.index(family) for family, _ in columns.values()], dtype=np.int64),
        facts=facts,
    )


def _near(
    records: Records, links: Links, closed: Whole, within_s: int, radius_m: float,
    columns: dict[str, tuple[str, Floats]],
) -> dict[str, Floats]:  # fmt: skip
    """Sums over earlier neighbours; one stretch of the pairs at a time."""
    n = len(records)
    names = [f"{ring}_{life:g}" for ring in ("spot", "near") for life in HALF_LIVES] + ["same_2", "same_8"]
    sums = {name: np.zeros(n) for name in [*names, "year", "open", "between", "closings", "returned"]}
    last = np.full(n, np.inf)
    followed = links.next_s <= within_s
    for rows, here, there in neighbours(records.x, records.y, radius_m):
        kept = (records.at_s[there] <= closed[here]) & (here != there)
        here, there = here[kept], there[kept]
        own = here - rows[0]

        def add(name: str, weight: Floats | NDArray[np.bool_], own: Whole = own, rows: Whole = rows) -> None:
            sums[name][rows] = np.bincount(own, weights=weight, minlength=len(rows))

        age = (closed[here] - records.at_s[there]).astype(np.float64)
        spot = np.hypot(records.x[here] - records.x[there], records.y[here] - records.y[there]) <= SAME_SPOT_M
        same = records.code[here] == records.code[there]
        for life in HALF_LIVES:
            faded = np.exp2(-age / (life * within_s))
            add(f"spot_{life:g}", faded * spot)
            add(f"near_{life:g}", faded * ~spot)
            if life in (2.0, 8.0):
                add(f"same_{life:g}", faded * same)
        add("year", age <= YEAR_S)
        add("open", records.closed_s[there] > closed[here])
        add("between", records.at_s[there] > records.at_s[here])
        told = same & (records.closed_s[there] + within_s <= closed[here])
        add("closings", told)
        add("returned", told & followed[there])
        np.minimum.at(last, here, age)
    for name in names:
        columns[name] = ("here", np.log1p(sums[name]))
        columns[f"{name}_squared"] = ("here", np.log1p(sums[name]) ** 2)
    columns["last"] = ("last", -np.log1p(np.minimum(last, YEAR_S) / within_s))
    columns["last_squared"] = ("last", columns["last"][1] ** 2)
    base = (sums["returned"].sum() + 1) / (sums["closings"].sum() + 2)
    share = (sums["returned"] + SHARE_PRIOR * base) / (sums["closings"] + SHARE_PRIOR)
    columns["share"] = ("history", np.log(share / (1 - share)))
    columns["open"] = ("open", np.log1p(sums["open"]))
    columns["between"] = ("open", np.log1p(sums["between"]))
    told_of = {name: sums[name] for name in ("closings", "returned", "open")}
    return {"here": sums["year"], "last_h": np.where(np.isfinite(last), last / 3600, np.nan), **told_of}


def _around(
    records: Records, closed: Whole, within_s: int, columns: dict[str, tuple[str, Floats]], facts: dict[str, Floats]
) -> None:
    """Events in the 3 × 3 cells around, lately and over a longer time, and in the whole county."""
    column, row = np.floor(records.x / CELL_M).astype(np.int64), np.floor(records.y / CELL_M).astype(np.int64)
    first = records.at_s.min(initial=0)
    span = np.int64(records.end_s - first + 2)
    column, row = column - column.min(initial=0) + 1, row - row.min(initial=0) + 1
    wide = np.int64(row.max(initial=0) + 2)
    busy = np.sort((column * wide + row) * span + (records.at_s - first))
    for number, life in enumerate(AROUND_H):
        since = np.maximum(closed - int(life * within_s), first) - first
        until = closed - first
        count = np.zeros(len(records))
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                cell = ((column + i) * wide + row + j) * span
                count += np.searchsorted(busy, cell + until, "right") - np.searchsorted(busy, cell + since, "left")
        columns[f"around_{life:g}"] = ("around", np.log1p(count))
        if number == 0:
            facts["around"] = count
    recent = np.searchsorted(records.at_s, closed, "right") - np.searchsorted(records.at_s, closed - 2 * within_s)
    columns["county"] = ("time", np.log1p(recent.astype(np.float64)))


def _clock(local: Whole, records: Records, columns: dict[str, tuple[str, Floats]]) -> None:
    """Weekday, the hour if the record knows hours, and the season if it saw enough of them to tell it from a trend."""
    day = (local // DAY_S + 3) % 7
    if records.end_s - records.first_s > SEASONS_S:
        year = 2 * np.pi * local / YEAR_S
        columns["season_sin"], columns["season_cos"] = ("time", np.sin(year)), ("time", np.cos(year))
    for number in range(6):
        columns[f"weekday_{number}"] = ("time", (day == number).astype(np.float64))
    if len(records) and (records.at_s % DAY_S != records.at_s[0] % DAY_S).any():
        hour = 2 * np.pi * (local % DAY_S) / DAY_S
        for times in (1, 2, 3):
            columns[f"hour_sin{times}"] = ("time", np.sin(times * hour))
            columns[f"hour_cos{times}"] = ("time", np.cos(times * hour))


def _dummies(family: str, labels: NDArray[np.str_], columns: dict[str, tuple[str, Floats]], least: int = 50) -> None:
    """A column for each label with enough rows, but the commonest."""
    names, counts = np.unique(labels, return_counts=True)
    for name in names[(counts >= least) & (np.arange(len(names)) != counts.argmax())]:
        columns[f"{family}={name}"] = (family, (labels == name).astype(np.float64))
