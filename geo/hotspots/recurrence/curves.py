"""Return curves: how likely what was cleared comes back within t, less what would have happened there anyway.

Observed is the time from each closing to the first new event of the same code within reach (Kaplan-Meier, censored
where the record ends). Part of that is chance: a busy market has a new stall every few hours, cleared or not. What
chance gives is measured, not assumed: the same watch is kept from moments that lie whole weeks before and after the
closing: same place, same hour, same weekday, near enough that season and rate are the same. If S is the share still
without a new one after closings and B that after such moments, the share that came back by t is 1 - S(t) / B(t).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.recurrence.gaps import Gaps, no_gaps
from geo.hotspots.recurrence.links import NEVER, OFFSETS, WEEK_S, Links, Records
from geo.hotspots.recurrence.monotone import rise
from geo.hotspots.recurrence.survival import covariance, kaplan_meier

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

GRID_MIN: Final = (15, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 4_320, 10_080, 20_160, 43_200)
"""Minutes after closing that curves are told for: a quarter of an hour to thirty days."""

TIERS: Final = ((0, 561_600, 1, 3), (561_600, 2_376_000, 4, 6), (2_376_000, 5_184_000, 9, 11))
"""From and to how many seconds after closing chance is measured at moments how many weeks away: far enough that the
watch of the one does not see the other."""

DAY_S: Final = 86_400
Z: Final = 1.959964
LEAST: Final = 100
"""A code at a class of place with fewer closings has no curve of its own."""

KNOWN: Final = 0.25
"""Once chance alone has brought a new one to three places in four, what came back can no longer be told apart."""

PASSES: Final = 3
"""How often the chances that events are returns, and the curve that they come from, are made from each other."""

ALIKE: Final = 1 / 3
"""Chance is not measured at times whose pace was less than this share of the pace then: from holidays nothing can be
learned of school days."""

CLUSTER_M: Final = 250.0
CLUSTER_S: Final = 28 * 86_400
ALL: Final = "*"
"""Stands for all codes of a class of place together."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The return curve of a code at a class of place; arrays of shape (g,), shorter than the grid if not all is known.

    Parameters
    ----------
    code, place_class
        ``ALL`` for all codes together.
    n
        Closings it rests on.
    t_min
        Minutes after closing.
    p, lower, upper
        Share that came back by then, net of chance, with its 95 % bounds.
    seen, by_chance
        Share with any new one by then, and what chance alone gives.
    """

    code: str
    place_class: str
    n: int
    t_min: Whole
    p: Floats
    lower: Floats
    upper: Floats
    seen: Floats
    by_chance: Floats


def return_curves(
    records: Records, links: Links, place_class: NDArray[np.str_], least: int = LEAST, gaps: Gaps | None = None
) -> tuple[list[Curve], Floats]:
    """Curves of every class of place, and of every code there with enough closings.

    Parameters
    ----------
    place_class
        Shape (n,), as :func:`geo.hotspots.recurrence.classes.place_classes` gives it.
    least
        Closings a code needs for a curve of its own.
    gaps
        When reports were missing: watches end where one begins, of closings and of what they are compared with.

    Returns
    -------
    tuple
        Curves by class, all codes first; and for each event, shape (n,), the chance that it is the return of its
        parent and no coincidence (0 without a parent).

    Notes
    -----
    Each episode counts once: the second and third clearing of the same trouble say nothing new about the first, so a
    closing counts with the chance that its event was no return itself: the hazard after closings less that of chance,
    as a share of the whole, at the time since the parent was closed. Curve and chances are made from each other in
    turn, beginning with all closings alike (stochastic declustering, Zhuang, Ogata and Vere-Jones 2002, JASA 97). The
    curve rises only where more came than chance would make of it (:func:`geo.hotspots.recurrence.monotone.rise`).
    Bounds are Greenwood's, summed by place (250 m) and four weeks, chance's share included, on the logarithm.
    """
    grid_s = np.array(GRID_MIN, dtype=np.int64) * 60
    closed = records.closed
    gaps = no_gaps(len(records)) if gaps is None else gaps
    first = np.ones(len(records))
    calm = np.ones(links.control_s.shape)
    curves = []
    for name in np.unique(place_class[closed]):
        mine = np.flatnonzero(place_class == name)
        ground = _Ground(records, links, grid_s, _level(records, mine), first, calm, gaps)
        rows = mine[closed[mine]]
        for _ in range(PASSES):
            net, chain, _ = _net(ground, rows)
            excess = _excess(net + chain, chain)
            first[mine] = 1.0 - _at(excess, grid_s, links.parent_s[mine])
            calm[mine] = 1.0 - _at(excess, grid_s, links.control_parent_s[mine])
        curves.append(_curve(ground, rows, ALL, str(name)))
        counts = np.bincount(records.code[rows], minlength=len(records.codes))
        curves += [
            _curve(ground, rows[records.code[rows] == code], records.codes[code], str(name))
            for code in np.flatnonzero(counts >= least)
        ]
    return curves, 1.0 - first


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What the curves of a class are made of.

    ``level``: its pace by day. ``first``, shape (n,): how likely each event is no return. ``calm``, shape (n, k): the
    same of the moments to compare with, had something occurred there.
    """

    records: Records
    links: Links
    grid_s: Whole
    level: Floats
    first: Floats
    calm: Floats
    gaps: Gaps


def _curve(ground: _Ground, rows: Whole, code: str, place_class: str) -> Curve:
    grid_s = ground.grid_s
    net, chain, pull = _net(ground, rows)
    together = covariance(pull, clusters(ground.records, rows))
    error = np.sqrt(np.diag(together))
    known = (np.exp(chain) >= KNOWN) & (grid_s <= _longest_watch(ground.records, rows))
    known = np.logical_and.accumulate(known)
    seen, chain, error = (net + chain)[known], chain[known], error[known]
    net = -rise(-net[known], together[np.ix_(known, known)])
    bounds = [np.clip(1.0 - np.exp(net + side * Z * error), 0.0, 1.0) for side in (1.0, -1.0)]
    p = 1.0 - np.exp(net)
    return Curve(
        code=code, place_class=place_class, n=len(rows), t_min=grid_s[known] // 60, p=p,
        lower=np.minimum(bounds[0], p), upper=np.maximum(bounds[1], p),
        seen=1.0 - np.exp(seen), by_chance=1.0 - np.exp(chain),
    )  # fmt: skip


def clusters(records: Records, rows: Whole) -> Whole:
    """A number for the place (250 m) and the four weeks of each row: what lies in one hangs together."""
    cells = [
        np.floor(records.x[rows] / CLUSTER_M), np.floor(records.y[rows] / CLUSTER_M), records.at_s[rows] // CLUSTER_S
    ]  # fmt: skip
    if len(rows) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.stack(cells, axis=1), axis=0, return_inverse=True)[1].astype(np.int64).ravel()


def _level(records: Records, rows: Whole) -> Floats:
    """How many of these events there were in the week around each day of the record, plus one."""
    days = max((records.end_s - records.first_s) // DAY_S + 1, 1)
    day = np.clip((records.at_s[rows] - records.first_s) // DAY_S, 0, days - 1)
    counts = np.pad(np.bincount(day, minlength=days).astype(np.float64), 3, mode="reflect" if days > 3 else "edge")
    return np.convolve(counts, np.ones(7), mode="valid") + 1.0


def _longest_watch(records: Records, rows: Whole) -> int:
    return int(records.end_s - records.closed_s[rows].min()) if len(rows) else 0


def _net(ground: _Ground, rows: Whole) -> tuple[Floats, Floats, Floats]:
    """Logarithms of S / B and of B on the grid, and what each closing pulls at the first, shape (n, g)."""
    grid_s = ground.grid_s
    closed = ground.records.closed_s[rows]
    watch = np.minimum(ground.gaps.next_from(rows, closed), ground.records.end_s) - closed
    found = ground.links.next_s[rows]
    after = kaplan_meier(np.minimum(found, watch), found < watch, ground.first[rows], grid_s)
    chain, pull = np.zeros(len(grid_s)), after.pull
    for begin, end, near, far in TIERS:
        columns = [k for k, weeks in enumerate(OFFSETS) if near <= abs(weeks) <= far]
        times = np.concatenate([[begin, end], grid_s])
        log_s, moved = _controls(ground, rows, columns, times)
        at = np.where(grid_s > end, 1, np.arange(2, len(times)))
        chain = chain + np.where(grid_s > begin, log_s[at] - log_s[0], 0.0)
        pull = pull - np.where(grid_s > begin, moved[:, at] - moved[:, :1], 0.0)
    return after.log_s - chain, chain, pull


def _controls(ground: _Ground, rows: Whole, columns: list[int], grid_s: Whole) -> tuple[Floats, Floats]:
    """Log survival after the moments to compare with, each closing's moments sharing its weight; pulls by closing."""
    records, level = ground.records, ground.level
    shift = np.array([OFFSETS[k] for k in columns]) * WEEK_S
    begin = records.closed_s[rows, None] + shift
    found = ground.links.control_s[rows[:, None], columns]
    valid = (begin >= records.first_s) & (begin < records.end_s)
    # Looking from a moment before it, the event itself ends the watch and is not counted.
    until = np.where(shift < 0, np.minimum(records.at_s[rows, None], records.end_s), records.end_s)
    until = np.minimum(until, ground.gaps.next_from(rows, begin))
    for column, weeks in enumerate(shift // WEEK_S):
        until[:, column] = np.minimum(until[:, column], _pace_lost(records, level, begin[:, column], int(weeks)))
    watch = until - begin
    valid &= watch > 0
    # What a closing is chosen by (nothing closed here just before), its moments are chosen by.
    fits = np.where(valid, ground.calm[rows[:, None], columns], 0.0)
    share = ground.first[rows, None] * fits / np.maximum(fits.sum(axis=1, keepdims=True), 1e-9)
    lasted, seen = np.minimum(found, np.maximum(watch, 0)), found < watch
    # What was seen at another time counts as the county's pace then and now differ.
    moment = (begin + lasted - records.first_s) // DAY_S
    now, then = (np.clip(day, 0, len(level) - 1) for day in (moment - shift // DAY_S, moment))
    km = kaplan_meier(lasted.ravel(), seen.ravel(), share.ravel(), grid_s, (level[now] / level[then]).ravel())
    return km.log_s, km.pull.reshape(len(rows), len(columns), len(grid_s)).sum(axis=1)


def _pace_lost(records: Records, level: Floats, begin: Whole, weeks: int) -> Whole:
    """From which moment on the county's pace was far below that of as many weeks before; the moment itself if so."""
    day = np.arange(len(level))
    then = level[np.clip(day - 7 * weeks, 0, len(level) - 1)]
    lost = np.concatenate([np.flatnonzero(level < ALIKE * then), [NEVER // DAY_S]])
    own = np.clip((begin - records.first_s) // DAY_S, 0, len(level) - 1)
    return np.asarray(np.maximum(lost[np.searchsorted(lost, own)] * DAY_S + records.first_s, begin))


def _excess(log_seen: Floats, log_chance: Floats) -> Floats:
    """Share of the hazard that is not chance's, by step of the grid, and 0 past it; shape (g + 1,)."""
    seen = -np.diff(np.concatenate([[0.0], log_seen]))
    by_chance = -np.diff(np.concatenate([[0.0], log_chance]))
    share = np.where(seen > 0, 1.0 - by_chance / np.where(seen > 0, seen, 1.0), 0.0)
    return np.concatenate([np.clip(share, 0.0, 1.0), [0.0]])


def _at(excess: Floats, grid_s: Whole, since_s: Whole) -> Floats:
    """The share at times since a closing; 0 where there was none."""
    found: Floats = excess[np.searchsorted(grid_s, since_s, side="left")]
    return np.where(since_s < NEVER, found, 0.0)
