"""Told beforehand, looked at afterwards: chances of return from a model that is learned anew every few weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.recurrence.chance import fit_returns, one_count_chance
from geo.hotspots.recurrence.features import Features, closing_features
from geo.hotspots.recurrence.gaps import Gaps, no_gaps
from geo.hotspots.recurrence.links import DAY_S, NEVER, RADIUS_M, Links, Records, link_events, read_records
from geo.hotspots.recurrence.scores import ChanceScores, score_chances

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

REFIT_DAYS: Final = 28


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Chances told for the closings ``rows``, and what happened.

    Parameters
    ----------
    rows
        Shape (m,), rows of the records.
    p, one_count, base
        Shape (m,): the model, the logit on one count, and the share so far.
    followed
        Shape (m,): whether a new one came.
    """

    rows: Whole
    p: Floats
    one_count: Floats
    base: Floats
    followed: NDArray[np.bool_]

    def scores(self) -> dict[str, ChanceScores]:
        """``model``, ``one_count`` and ``base_rate``."""
        told = {"model": self.p, "one_count": self.one_count, "base_rate": self.base}
        return {name: score_chances(p, self.followed) for name, p in told.items()}


def prepare(
    events: DataFrame, within_s: int, *, radius_m: float = RADIUS_M, utc_offset_s: int = 0,
    place_class: NDArray[np.str_] | None = None, records: Records | None = None,
) -> tuple[Records, Links, Features]:  # fmt: skip
    """Records without repeats, their links, and features that repeats take part in.

    Parameters
    ----------
    events
        As :func:`geo.hotspots.recurrence.links.read_records` takes them; ``origin`` is used if it is there.
    place_class
        Shape (n,), of the records.
    records
        The records, if they were read before.

    Returns
    -------
    tuple
        All in the order of the records.
    """
    records = read_records(events) if records is None else records
    links = link_events(records, radius_m=radius_m)
    every = read_records(events, end_s=records.end_s, repeats=True)
    where = _rows_of(records, every)
    places = None
    if place_class is not None:
        places = np.full(len(every), "", dtype=place_class.dtype)
        places[where] = place_class
    origin = None
    if "origin" in events:
        origin = events["origin"].astype(str).reindex(every.ids).to_numpy(str)
    all_links = links if len(every) == len(records) else link_events(every, radius_m=radius_m, offsets=())
    features = closing_features(
        every, all_links, within_s, place_class=places, origin=origin, radius_m=radius_m, utc_offset_s=utc_offset_s
    )
    return records, links, features.take(where)


def _rows_of(records: Records, every: Records) -> Whole:
    """Where each record stands among all; both are in the same order."""
    at = {identity: row for row, identity in enumerate(every.ids.tolist())}
    return np.fromiter((at[identity] for identity in records.ids.tolist()), dtype=np.int64, count=len(records))


def watched_through(records: Records, within_s: int, gaps: Gaps | None = None) -> NDArray[np.bool_]:
    """Whether no report was missing in the time after each closing, shape (n,); True for what is open."""
    gaps = no_gaps(len(records)) if gaps is None else gaps
    rows = np.arange(len(records))
    return np.asarray(gaps.next_from(rows, records.closed_s) >= np.minimum(records.closed_s + within_s, NEVER))


def tell_beforehand(
    records: Records, links: Links, features: Features, within_s: int, *, days: int, refit_days: int = REFIT_DAYS,
    gaps: Gaps | None = None,
) -> Told:  # fmt: skip
    """Chances of the closings of the last ``days`` days whose time had passed when the record ended.

    Parameters
    ----------
    days
        How far back; counted from the end of the record.
    refit_days
        The model is learned anew this often, from closings whose time had passed by then.
    gaps
        When reports were missing; closings whose time had part in one are neither learned from nor scored.

    Raises
    ------
    TooFewClosings
        If there is not enough before the first day.
    """
    followed = links.next_s <= within_s
    whole = watched_through(records, within_s, gaps)
    done = records.closed & (records.closed_s + within_s < records.end_s) & whole
    parts: list[tuple[Whole, Floats, Floats, Floats]] = []
    for begin in range(records.end_s - days * DAY_S, records.end_s, refit_days * DAY_S):
        rows = np.flatnonzero(done & (records.closed_s >= begin) & (records.closed_s < begin + refit_days * DAY_S))
        known = np.flatnonzero(records.closed & (records.closed_s + within_s < begin) & whole)
        known = known[np.argsort(records.closed_s[known], kind="stable")]
        if len(rows) == 0:
            continue
        model = fit_returns(features, followed, known)
        one = one_count_chance(features, followed, known)
        parts.append((rows, model.predict(features.take(rows)), one[rows], np.full(len(rows), followed[known].mean())))
    if not parts:
        empty = np.zeros(0)
        return Told(np.zeros(0, dtype=np.int64), empty, empty, empty, np.zeros(0, dtype=bool))
    rows, p, one, base = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Told(rows, p, one, base, followed[rows])
