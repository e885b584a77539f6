"""Intervals of sets of places hold eight times in ten, in ordinary weeks and around holidays, in any county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pytest

from data.make_county import make_county
from geo.hotspots.exposure import may_learn
from geo.hotspots.forecast.coming import look_ahead
from geo.hotspots.forecast.intervals import LEAST_EXPECTED
from geo.hotspots.forecast.learned import learn
from geo.hotspots.forecast.outlook import Outlook
from geo.hotspots.forecast.scores import binomial_band
from tests.planted import COUNTY, ground_of, history_of, sample_outlook
from tests.sample import TODAY, sample_county

GROUPS = ("", "街面秩序", "市容环境")
HOLIDAYS = (dt.date(2025, 10, 1), dt.date(2026, 2, 16), dt.date(2026, 5, 1), dt.date(2026, 6, 29), dt.date(2026, 10, 1))
ORDINARY = (dt.date(2025, 7, 18), dt.date(2025, 12, 5), dt.date(2026, 3, 20), dt.date(2026, 8, 14))


def held(outlook: Outlook, latest: Outlook, kinds: Iterable[str] = ("district",)) -> dict[str, list[bool]]:
    """Whether what came in the week lay inside, for the list and the 片区 of every kind of place and group."""
    events = latest.history.events
    on = events["local_on"].to_numpy("datetime64[D]")
    inside: dict[str, list[bool]] = {"list": [], "area": []}
    for group in GROUPS:
        recency = latest.recency(group, ("cell:200",))
        mine = may_learn(events, outlook.training) & (on >= outlook.origin) & (on < outlook.origin + 7)
        if group:
            mine &= (events["group"] == group).to_numpy(dtype=bool)
        for kind in kinds:
            said = look_ahead(outlook, kind, group, learn(outlook, kind, group, recency)).coming()
            at = latest.place_at(kind)
            came = np.bincount(at[mine & (at >= 0)], minlength=len(said.mean))
            sets = [("list", said.listed, said.interval)]
            if kind == "district":
                one = (np.array([place]) for place in range(len(came)))
                sets += [("area", place, said.interval_of(place)) for place in one]
            for name, places, interval in sets:
                if interval.expected >= LEAST_EXPECTED:
                    inside[name].append(bool(interval.lower <= came[places].sum() <= interval.upper))
    return inside


def test_intervals_of_districts_hold_eight_times_in_ten_with_holidays_among_the_weeks() -> None:
    latest = sample_outlook(TODAY)
    scores: list[bool] = []
    for on in (*HOLIDAYS, *ORDINARY):
        outlook = latest.earlier(on)
        assert outlook is not None
        scores += held(outlook, latest)["area"]
    low, high = binomial_band(len(scores))
    print(f"{np.mean(scores):.3f} of {len(scores)} intervals of 片区 held; band {low:.3f} to {high:.3f}")
    assert len(scores) >= 260
    assert low <= np.mean(scores) <= high


@pytest.mark.long
@pytest.mark.parametrize("seed", [20261121, 7, 20260601])
def test_intervals_hold_in_other_counties_too(seed: int) -> None:
    """Every fifth week of 85, from 19 weeks of history on. Lists lean to the careful side, never to the other."""
    county = sample_county() if seed == 20261121 else make_county(seed=seed, today=TODAY)
    history = history_of(county)
    sets, classes = ground_of(county, history)
    latest = Outlook(history, county.presence, sets, classes, COUNTY, TODAY)
    scores: dict[str, list[bool]] = {"list": [], "area": []}
    for back in range(85, 0, -5):
        outlook = latest.earlier(TODAY - dt.timedelta(weeks=back))
        assert outlook is not None
        for name, some in held(outlook, latest, ("cell:200", "unit_grid", "zone", "district")).items():
            scores[name] += some
    for name, some in scores.items():
        low, high = binomial_band(len(some))
        print(f"{name}: {np.mean(some):.3f} of {len(some)}; band {low:.3f} to {high:.3f}")
        assert low <= np.mean(some) <= (high if name == "area" else 0.9)
