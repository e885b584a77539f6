"""All comparisons of one operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.displacement.effects import (
    WEEK_S,
    Effect,
    Window,
    Z,
    count_in,
    dispersion,
    effect,
    manned_window,
    windows_of,
)
from geo.hotspots.displacement.halflife import half_life
from geo.hotspots.displacement.lookalikes import MOST, REACH_M, cell_lookalikes, zone_lookalikes
from geo.hotspots.displacement.rings import AWAY_M, RING_M, inside, within
from geo.hotspots.displacement.seen import Sight
from geo.hotspots.recurrence.gaps import Gaps, no_gaps

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from geo.hotspots.recurrence.links import Records

FADE_WEEKS: Final = 12
CAMPAIGN_S: Final = WEEK_S
"""What lasts less than a week is a post or a raid: it has no effect that could fade by halves."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """An operation as it is compared: area in metres, times in seconds of the Unix epoch, codes (empty = all).

    ``hours`` are those in which somebody was there, if not all the time; ``manned`` those in which somebody was there
    by any operation: they are compared with nothing.
    """

    area: BaseGeometry
    from_s: int
    to_s: int
    codes: tuple[str, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    manned: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one place had in one phase; ``facts`` name the places alike and the half-life."""

    place: str
    phase: str
    window: Window
    effect: Effect
    facts: dict[str, Any] = field(default_factory=dict)


def assess(records: Records, measure: Measure, zones: GeoDataFrame, gaps: Gaps | None = None) -> list[Comparison]:
    """Target, ring and places alike, during and after.

    Parameters
    ----------
    zones
        ``kind``, ``name``, metres; may be empty, then cells stand in for places alike.
    gaps
        When reports were missing. Earlier windows with part in one are not compared with; a place that was not seen
        in the window itself is insufficient, and its facts say ``gap``.

    Returns
    -------
    list of Comparison
        By place and phase; empty if the record has nothing before the operation or nothing of it.

    Notes
    -----
    The county's pace is that of all events of the same codes farther than 1 km from the target and not at a place
    alike. Places alike are judged together; each that rose is named, at 5 % shared among all of them (Bonferroni).
    """
    if measure.codes:
        known = {code: k for k, code in enumerate(records.codes)}
        wanted = [known[code] for code in measure.codes if code in known]
        kept = np.flatnonzero(np.isin(records.code, wanted))
    else:
        kept = np.arange(len(records))
    x, y, at = records.x[kept], records.y[kept], records.at_s[kept]
    target = inside(measure.area, x, y)
    ring = within(measure.area, x, y, RING_M) & ~target
    far = ~within(measure.area, x, y, AWAY_M)
    names, members = _alike(records, kept, measure, zones, x, y, at, target, ~(target | ring))
    sight = Sight(no_gaps(len(records)) if gaps is None else gaps, kept)
    found: list[Comparison] = []
    spans = windows_of(measure.from_s, measure.to_s, records.first_s, records.end_s)
    if measure.hours:
        spans = manned_window(measure.hours, measure.manned, records.first_s, records.end_s), spans[1]
    for phase, window in zip(("during", "after"), spans, strict=True):
        if window is None:
            continue
        whole = sight.whole(window)
        near = [k for k, mask in enumerate(members) if whole[mask].all()]
        shown = [members[k] for k in near]
        alike = np.logical_or.reduce(shown) if shown else np.zeros(len(kept), dtype=bool)
        rest = at[far & whole & ~np.logical_or.reduce([alike, *members])]
        for place, mask in (("target", target), ("ring", ring), ("lookalike", alike)):
            seen = sight.window(mask, window)
            facts: dict[str, Any] = {"windows": 0 if seen is None else len(seen.before)}
            if place == "lookalike":
                risen = _risen([names[k] for k in near], shown, at, rest, window)
                facts |= {"places": len(near), "risen": risen}
            if seen is None:
                facts["gap"] = True
            told = effect(at[mask], rest, replace(window, before=(), rounds=()) if seen is None else seen)
            found.append(Comparison(place, phase, window, told, facts))
    _add_half_life(found, at, target, far & ~np.logical_or.reduce([target, *members]), measure, records, sight)
    return found


def _alike(
    records: Records, kept: NDArray[np.int64], measure: Measure, zones: GeoDataFrame, x: NDArray[np.float64],
    y: NDArray[np.float64], at: NDArray[np.int64], target: NDArray[np.bool_], away: NDArray[np.bool_],
) -> tuple[list[str], list[NDArray[np.bool_]]]:  # fmt: skip
    """Places alike: their names, and which events belong to each."""
    rows = zone_lookalikes(measure.area, zones, RING_M)[:MOST]
    if len(rows):
        shapes = zones.geometry.array
        return zones["name"].iloc[rows].tolist(), [within(shapes[k], x, y, REACH_M) & away for k in rows]
    before = at < measure.from_s
    cells = cell_lookalikes(x, y, records.code[kept], before, target, away, float(np.sqrt(measure.area.area)))
    return [f"#{k + 1}" for k in range(len(cells))], cells


def _risen(
    names: Sequence[str], members: Sequence[NDArray[np.bool_]], at: NDArray[np.int64], rest: NDArray[np.int64],
    window: Window,
) -> list[dict[str, Any]]:  # fmt: skip
    """Places that had more than expected even if all of them are looked at."""
    from scipy.stats import nbinom

    risen = []
    scatter = [dispersion(window.then(at[mask]), window.then(rest)) for mask in members]
    usual = float(np.median(scatter)) if scatter else 1.0
    for name, mask in zip(names, members, strict=True):
        told = effect(at[mask], rest, window)
        # What is expected is itself an estimate from `before` events: predictive law of a gamma-Poisson, of counts
        # that come in bunches as large as those of the places alike usually are.
        shape = (told.before + 0.5) / usual
        scale = max(told.expected, 1e-9) / max(told.before, 0.5)
        if nbinom.sf(np.ceil(told.found / usual) - 1, shape, 1 / (1 + scale)) * len(members) < 0.05:
            risen.append({"name": name, "found": told.found, "expected": round(told.expected, 1)})
    return sorted(risen, key=lambda row: row["expected"] - row["found"])


def _add_half_life(
    found: list[Comparison], at: NDArray[np.int64], target: NDArray[np.bool_], others: NDArray[np.bool_],
    measure: Measure, records: Records, sight: Sight,
) -> None:  # fmt: skip
    """Put the half-life of the effect on the target's comparison after the end."""
    told = {(one.place, one.phase): one for one in found}
    if measure.to_s - measure.from_s < CAMPAIGN_S:
        return
    during, after = told.get(("target", "during")), told.get(("target", "after"))
    if during is None or after is None or during.effect.verdict != "less" or during.effect.ratio is None:
        return
    weeks = min(FADE_WEEKS, (records.end_s - measure.to_s) // WEEK_S)
    spans = sight.seen(target, tuple((measure.to_s + k * WEEK_S, measure.to_s + (k + 1) * WEEK_S)
                                     for k in range(weeks)))  # fmt: skip
    before = tuple((measure.from_s - (k + 1) * WEEK_S, measure.from_s - k * WEEK_S) for k in range(8))
    before = sight.seen(target, tuple(span for span in before if span[0] >= records.first_s))
    if not spans or not before:
        return
    rest = at[others & sight.whole(Window(*spans[-1], (*spans[:-1], *before)))]
    earlier, now, then = count_in(at[target], before), count_in(rest, spans), count_in(rest, before)
    paced = now.sum() > 0 and then.sum() > 0
    # One pace for all the weeks after: week by week it would add more noise than it takes away.
    pace = float(now.mean() / then.mean()) if paced else 1.0
    scatter = dispersion(earlier)
    noise = scatter / max(int(earlier.sum()), 1) + (1 / now.sum() + 1 / then.sum() if paced else 0.0)
    day = np.array([((begin + end) / 2 - measure.to_s) / 86_400 for begin, end in spans])
    effect_ = during.effect
    assert effect_.ratio is not None and effect_.lower is not None and effect_.upper is not None
    life = half_life(
        day, count_in(at[target], spans).astype(np.float64), np.full(len(spans), earlier.mean() * pace),
        1 - effect_.ratio, error=float(np.sqrt(noise)),
        effect_error=float(np.log(effect_.upper / effect_.lower) / (2 * Z)), scatter=scatter,
    )  # fmt: skip
    if life is not None:
        after.facts["half_life_days"] = None if life.days is None else round(life.days, 1)
        after.facts["half_life_lower"] = round(life.lower_days, 1)
        after.facts["half_life_upper"] = None if life.upper_days is None else round(life.upper_days, 1)
