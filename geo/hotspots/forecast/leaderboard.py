"""Every model against last year's counts, on the county's own past: who does not beat them is not used.

Each week of the last half-year is forecast from what was known before it. A model is admitted if the lower bound of
its gain in records caught, by a bootstrap over weeks in which both are resampled together, is above zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.db.counties import get_county
from geo.hotspots.forecast import queries
from geo.hotspots.forecast.actions import LEAST_RECORDS, load_outlook
from geo.hotspots.forecast.baselines import ewma, recent_counts
from geo.hotspots.forecast.county import CELL, LIST_SHARE
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.models import BLEND, GAMMA_POISSON, GLM, Models
from geo.hotspots.forecast.outlook import LEAST_WEEKS, YEAR, Outlook
from geo.hotspots.forecast.scores import hits, log_loss, paired_bound
from geo.hotspots.panel import Panel

if TYPE_CHECKING:
    from geo.db.engine import Database

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

WEEKS: Final = 26
STEADY: Final = 0.25
MODELS: Final = (GAMMA_POISSON, GLM, BLEND, "ewma")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model did against last year's counts at the places of one kind and the records of one group."""

    place_kind: str
    code_group: str
    model: str
    weeks: int
    share: float
    hit: float
    base_hit: float
    gain: float
    gain_lower: float
    gain_upper: float
    log_loss: float
    base_log_loss: float

    @property
    def admitted(self) -> bool:
        """Whether it may be used: better by more than chance."""
        return self.gain_lower > 0


def rank_models(said: dict[str, Floats], base: Floats, counts: Floats, share: float, seed: int = 0) -> list[Standing]:
    """Hold models against a baseline, week by week.

    Parameters
    ----------
    said
        By model, shape (t, n): expected records.
    base, counts
        Shape (t, n): what the baseline expected, and what came.
    share
        Share of the places in the list.

    Returns
    -------
    list of Standing
        Best gain first, kind and group left empty.

    Examples
    --------
    >>> counts = np.tile([4.0, 2.0, 0.0, 0.0], (8, 1))
    >>> wrong = np.tile([0.0, 1.0, 2.0, 3.0], (8, 1))
    >>> [(one.model, one.gain, one.admitted) for one in rank_models({"m": counts, "w": wrong}, wrong, counts, 0.25)]
    [('m', 0.6666666666666666, True), ('w', 0.0, False)]
    """
    bar = hits(base, counts, share, seed)
    bar_loss = float(log_loss(-np.expm1(-np.maximum(base, 1e-9)), counts).mean())
    found = []
    for model, mean in said.items():
        ours = hits(mean, counts, share, seed)
        gain = paired_bound(ours.caught, bar.caught, ours.events, seed)
        loss = float(log_loss(-np.expm1(-np.maximum(mean, 1e-9)), counts).mean())
        bounds = (gain.mean, gain.lower, gain.upper)
        found.append(Standing("", "", model, len(counts), share, ours.hit, bar.hit, *bounds, loss, bar_loss))
    return sorted(found, key=lambda one: -one.gain)


def stand(outlook: Outlook, kind: str, group: str, weeks: int = WEEKS, seed: int = 0) -> list[Standing]:
    """Standings of all models for a kind of place and a group over the last ``weeks`` weeks of an outlook.

    Notes
    -----
    ``gamma_poisson`` is the default as it forecasts, corrected for who was looking and for the calendar; the others
    learn from plain counts, as a newcomer would. Everybody is judged by what was recorded.
    """
    panel, _, _, _ = outlook.panel(kind, group)
    chosen = outlook.sets[kind]
    recency = outlook.recency(group, (CELL, "unit_grid"))
    first = max(outlook.weeks - weeks, LEAST_WEEKS)
    judged = range(first, outlook.weeks)
    ours = Models(Decayed(panel, chosen.places.smoothing), recency, first)
    plain: Panel = replace(panel, exposure=None)
    decayed = Decayed(plain, chosen.places.smoothing)
    others = Models(decayed, recency, first)
    said = {
        GAMMA_POISSON: np.stack([ours.mean(GAMMA_POISSON, i) * panel.seen[i] for i in judged]),
        GLM: np.stack([others.mean(GLM, i) for i in judged]),
        BLEND: np.stack([others.mean(BLEND, i) for i in judged]),
        "ewma": np.stack([_per_week(ewma(decayed, i, 12.0), decayed.level_mean[i]) for i in judged]),
    }
    base = np.stack([(recent_counts(plain, i, YEAR) + STEADY) / min(YEAR, i) for i in judged])
    standings = rank_models(said, base, panel.counts[first:], LIST_SHARE[kind], seed)
    return [replace(one, place_kind=kind, code_group=group) for one in standings]


def _per_week(score: Floats, level: float) -> Floats:
    return score * (level / max(float(score.sum()), 1e-9))


def hold_models(
    database: Database,
    tenant: str,
    origin_on: dt.date | None = None,
    *,
    kinds: Sequence[str] = (CELL, "zone"),
    weeks: int = WEEKS,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Hold all models against last year's counts and write the standings down; the same origin is not judged twice.

    Parameters
    ----------
    origin_on
        Local day; the weeks before it are judged. By default today.

    Returns
    -------
    list of dict
        Rows of the leaderboard: ``place_kind code_group model hit base_hit gain gain_lower gain_upper admitted …``.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        on = origin_on or county.today()
        outlook, _ = load_outlook(session, county, on, 7, tuple(kinds))
    rows: list[dict[str, Any]] = []
    pairs = [(kind, group) for kind in outlook.sets for group in outlook.groups(LEAST_RECORDS)]
    for done, (kind, group) in enumerate(pairs):
        if progress:
            progress(kind, done, len(pairs))
        for one in stand(outlook, kind, group, weeks, seed):
            facts = {name: getattr(one, name) for name in one.__dataclass_fields__}
            rows.append({**facts, "origin_on": on, "admitted": one.admitted})
    with database.begin(tenant) as session:
        queries.insert_standings(session, rows)
    return rows
