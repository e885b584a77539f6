"""A finished backtest in figures: hits and losses of every model, ours against each rival, whether intervals held."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.backtest import BASELINES, Backtest
from geo.hotspots.forecast.intervals import LEAST_EXPECTED, NOMINAL, depth_of, held_before, mid_quantiles, spread_of
from geo.hotspots.forecast.scores import (
    SHARES,
    Bound,
    Hits,
    binomial_band,
    calibrate,
    hits,
    list_length,
    log_loss,
    paired_bound,
    ranking,
)

Floats = NDArray[np.float64]

COLUMNS: Final = 2
ROWS: Final = 4
DIGITS: Final = 5


def figures_of(result: Backtest, xy: tuple[Floats, Floats], seed: int = 0) -> dict[str, Any]:
    """All figures of the test periods, JSON-ready.

    Parameters
    ----------
    result
        A finished backtest of n places.
    xy
        Shape (n,) each, middles of the places, metres.
    seed
        Of ties and bootstraps.

    Returns
    -------
    dict
        One entry a model with ``hit_1pct``, ``pai_1pct``, ``pei_1pct`` (2 and 5 alike), ``log_loss``,
        ``calibration_error``; ``default`` repeats the group's default with ``vs_<baseline>``, each figure's difference
        as ``{mean, lower, upper}`` (hits: positive is better for us; log loss: negative is); ``set_intervals``;
        ``choices``. Periods that could not be observed are left out and named.
    """
    test = result.tested
    counts, seen = result.counts[test], result.seen[test]
    open_ = seen.mean(axis=1) >= 0.5
    counts, seen = counts[open_], seen[open_]
    caught: dict[str, dict[float, Hits]] = {}
    losses: dict[str, Floats] = {}
    figures: dict[str, Any] = {}
    for name, run in result.runs.items():
        caught[name] = {share: hits(run.score[test][open_], counts, share, seed) for share in SHARES}
        losses[name] = log_loss(run.probability[open_], counts, seen >= 0.5)
        figures[name] = _model(caught[name], losses[name], run.probability[open_], counts)
    ours = result.default
    figures["default"] = {"model": ours, **figures[ours]} | {
        f"vs_{rival}": _against(caught[ours], caught[rival], losses[ours], losses[rival], seed) for rival in BASELINES
    }
    figures["gamma_poisson"]["vs_ewma"] = _against(
        caught["gamma_poisson"], caught["ewma"], losses["gamma_poisson"], losses["ewma"], seed
    )
    probability = result.runs[ours].probability[open_]
    table = calibrate(probability, counts)
    figures["calibration"] = [
        {"said": _round(said), "seen": _round(came), "place_weeks": int(size)}
        for said, came, size in zip(table.said, table.seen, table.size, strict=True)
    ]
    figures["set_intervals"] = coverage_of(result, xy, seed)
    figures["choices"] = {
        "default": ours,
        "recency": asdict(result.recency),
        **{name: float(value) for name, value in result.settings.items()},
    }
    figures["events"] = int(counts.sum())
    figures["places"] = int(counts.shape[1])
    figures["weeks_scored"] = int(open_.sum())
    figures["weeks_not_observed"] = int((~open_).sum())
    return figures


def coverage_of(result: Backtest, xy: tuple[Floats, Floats], seed: int = 0) -> dict[str, Any]:
    """How often the totals of sets fell inside their intervals, over all test periods.

    Notes
    -----
    Sets are the three lists, the whole, and ``COLUMNS`` × ``ROWS`` areas of about equal load before the test. Each
    period's intervals know how those of the periods before it held, nothing later. A set expected to see fewer than
    ``LEAST_EXPECTED`` events in a period is not scored then. The band is that of independent scores; weeks and sets
    are not quite independent, so it is on the narrow side.
    """
    run = result.runs[result.default]
    v, t = len(result.validation), len(result.counts)
    areas = equal_areas(xy, result.counts[:v].sum(axis=0))
    names = [f"first_{share:.0%}" for share in SHARES] + [f"area_{number + 1}" for number in range(len(areas))]
    mean, burst, came = (np.full((t, len(names) + 1), np.nan) for _ in range(3))
    for i in (i for i in range(t) if result.seen[i].mean() >= 0.5):
        said = run.mean[i] * result.seen[i]
        each = said**2 / result.correction.size(said)
        order = ranking(run.score[i], seed + i)
        sets = [order, *(order[: list_length(len(order), share)] for share in SHARES), *areas]
        for part, of in ((mean, said), (burst, each), (came, result.counts[i])):
            part[i] = [of[places].sum() for places in sets]
    mean[mean < LEAST_EXPECTED] = np.nan
    sd = np.hypot(result.level_sd[:, None], np.r_[0.0, np.full(len(names), result.correction.set_sd)])
    size = spread_of(mean, burst, sd)
    depth = depth_of(came, mean, size)
    inside: dict[str, list[bool]] = {}
    for i, number in zip(*np.nonzero(np.isfinite(depth[v:])), strict=True):
        own = held_before(depth[:, :1], v + i, 0) if number == 0 else held_before(depth[:, 1:], v + i, int(number) - 1)
        lower, upper = mid_quantiles(mean[v + i, number], size[v + i, number], own.share(NOMINAL))
        inside.setdefault(["whole", *names][number], []).append(bool(lower <= came[v + i, number] <= upper))
    every = [one for part in inside.values() for one in part]
    band = binomial_band(len(every), NOMINAL) if every else (0.0, 1.0)
    return {
        "nominal": NOMINAL,
        "coverage": _round(np.mean(every)) if every else None,
        "scores": len(every),
        "band": [_round(edge) for edge in band],
        "by_set": {name: _round(np.mean(part)) for name, part in inside.items()},
    }


def equal_areas(xy: tuple[Floats, Floats], load: Floats) -> list[NDArray[np.intp]]:
    """Places in ``COLUMNS`` × ``ROWS`` blocks with about as much load each; empty blocks are left out.

    Examples
    --------
    >>> x, y = np.meshgrid(np.arange(4.0), np.arange(8.0))
    >>> [len(area) for area in equal_areas((x.ravel(), y.ravel()), np.ones(32))]
    [4, 4, 4, 4, 4, 4, 4, 4]
    """
    every = np.arange(len(load))
    blocks = [b for column in _cut(xy[0], every, load, COLUMNS) for b in _cut(xy[1], column, load, ROWS)]
    return [block for block in blocks if len(block)]


def _cut(along: Floats, places: NDArray[np.intp], load: Floats, parts: int) -> list[NDArray[np.intp]]:
    order = places[np.argsort(along[places], kind="stable")]
    mass = np.cumsum(load[order] + 1e-9)
    part = np.minimum((mass * parts / mass[-1] - 1e-9).astype(np.int64), parts - 1) if len(order) else mass
    return [order[part == number] for number in range(parts)]


def _model(caught: dict[float, Hits], loss: Floats, probability: Floats, counts: Floats) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for share, one in caught.items():
        name = f"{share * 100:g}pct"
        figures |= {f"hit_{name}": _round(one.hit), f"pai_{name}": _round(one.pai), f"pei_{name}": _round(one.pei)}
    figures["log_loss"] = _round(loss.mean()) if len(loss) else None
    figures["calibration_error"] = _round(calibrate(probability, counts).error)
    return figures


def _against(
    ours: dict[float, Hits], theirs: dict[float, Hits], loss: Floats, their_loss: Floats, seed: int
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for share, one in ours.items():
        bound = paired_bound(one.caught, theirs[share].caught, one.events, seed)
        found[f"hit_{share * 100:g}pct"] = _bound(bound)
        scale = one.all_places / one.places if one.places else 0.0
        found[f"pai_{share * 100:g}pct"] = _bound(Bound(bound.mean * scale, bound.lower * scale, bound.upper * scale))
        best = paired_bound(one.caught, theirs[share].caught, one.best, seed)
        found[f"pei_{share * 100:g}pct"] = _bound(best)
    found["log_loss"] = _bound(paired_bound(loss, their_loss, np.ones(len(loss)), seed))
    return found


def _bound(bound: Bound) -> dict[str, float]:
    return {name: _round(value) for name, value in asdict(bound).items()}


def _round(value: Any) -> float:
    return round(float(value), DIGITS)
