"""A planted effect is found, a planted move is named, and nothing is made of small counts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from geopandas import GeoDataFrame
from shapely import box

from geo.hotspots.displacement.assess import Comparison, Measure, assess
from geo.hotspots.displacement.effects import WEEK_S, Window, effect, manned_window, windows_of
from geo.hotspots.recurrence.gaps import Gaps
from geo.hotspots.recurrence.links import DAY_S, Records, read_records

WEEKS = 40
FROM, TO = 20 * WEEK_S, 24 * WEEK_S


def town(
    seed: int, *, effect: float = 0.0, ring: float = 1.0, fade_days: float | None = None, rate: float = 3.0
) -> Records:
    """Three markets, a street by the first, 200 far away; a campaign on the first market in weeks 20 to 23.

    ``effect`` is suppressed at the first market; it moves to the second. ``ring`` multiplies the ring meanwhile.
    """
    rng = np.random.default_rng(seed)
    places = {
        "one": (0.0, 0.0, rate),
        "two": (9_000.0, 0.0, rate),
        "three": (0.0, 9_000.0, rate),
        "ring": (150.0, 0.0, rate),
    }
    rows = []
    day = np.arange(WEEKS * 7)
    during = (day * DAY_S >= FROM) & (day * DAY_S < TO)
    after = np.where(day * DAY_S >= TO, np.exp2(-(day - TO / DAY_S) / fade_days) if fade_days else 0.0, 0.0)
    for name, (x, y, level) in places.items():
        factor = np.ones(len(day))
        if name == "one":
            factor -= effect * (during + after)
        elif name == "two":
            factor += effect * during
        elif name == "ring":
            factor = np.where(during, ring, 1.0)
        rows += [(x, y, one) for one in np.repeat(day, rng.poisson(level * factor))]
    rows += [(4_000 + 20.0 * k, 4_000.0, one) for one in day for k in rng.integers(0, 200, rng.poisson(10))]
    x, y, on = (np.array(column) for column in zip(*rows, strict=True))
    at = pd.to_datetime(on * DAY_S + rng.integers(0, DAY_S, len(on)), unit="s", utc=True)
    frame = pd.DataFrame({"code": "04-06", "occurred_at": at, "closed_at": at, "x": x, "y": y, "duplicate": False})
    return read_records(frame, end_s=WEEKS * WEEK_S)


def zones() -> GeoDataFrame:
    """The three markets."""
    boxes = [box(x - 20, y - 20, x + 20, y + 20) for x, y in ((0, 0), (9_000, 0), (0, 9_000))]
    return GeoDataFrame({"name": ["一", "二", "三"], "kind": "market"}, geometry=boxes, crs=4546)


def assessed(records: Records, codes: tuple[str, ...] = ()) -> dict[tuple[str, str], Comparison]:
    found = assess(records, Measure(zones().geometry.iloc[0].buffer(50), FROM, TO, codes), zones())
    return {(one.place, one.phase): one for one in found}


def test_a_planted_effect_and_its_move_are_found() -> None:
    found = assessed(town(1, effect=0.8, ring=2.0), ("04-06",))
    target = found["target", "during"].effect
    assert target.verdict == "less" and target.ratio == pytest.approx(0.2, abs=0.1)
    assert found["ring", "during"].effect.verdict == "more"
    assert [row["name"] for row in found["lookalike", "during"].facts["risen"]] == ["二"]
    assert found["target", "after"].effect.verdict == "none"


def test_the_half_life_of_a_fading_effect_lies_in_its_bounds() -> None:
    """In 60 towns each, 93, 92 and 88 % of the 90 % bounds held."""
    told = [assessed(town(seed, effect=0.9, fade_days=21, rate=8.0))["target", "after"].facts for seed in range(20)]
    assert np.median([facts["half_life_days"] for facts in told]) == pytest.approx(21, rel=0.2)
    assert sum(facts["half_life_lower"] <= 21 <= (facts["half_life_upper"] or np.inf) for facts in told) >= 16
    weak = [assessed(town(seed, effect=0.6, fade_days=10))["target", "after"].facts for seed in range(20)]
    weak = [facts for facts in weak if "half_life_lower" in facts]
    held = [facts["half_life_lower"] <= 10 <= (facts["half_life_upper"] or np.inf) for facts in weak]
    assert len(held) >= 18 and np.mean(held) >= 0.75


def test_weeks_without_reports_are_compared_with_nothing() -> None:
    """Six of the eight weeks before were not delivered: read as calm they make a rise of what was none."""
    whole = town(5)
    lost = (whole.x < 1_000) & (whole.y < 1_000) & (whole.at_s >= FROM - 6 * WEEK_S) & (whole.at_s < FROM)
    kept = np.flatnonzero(~lost)
    columns = {name: getattr(whole, name)[kept] for name in ("ids", "x", "y", "at_s", "closed_s", "code")}
    records = dataclasses.replace(whole, **columns)
    area = ((records.x < 1_000) & (records.y < 1_000)).astype(np.int64)
    none = np.zeros(0, dtype=np.int64)
    gap = Gaps(area, ((none, none), (np.array([FROM - 6 * WEEK_S]), np.array([FROM]))))
    measure = Measure(zones().geometry.iloc[0].buffer(50), FROM, TO)

    def during(gaps: Gaps | None) -> Comparison:
        return next(one for one in assess(records, measure, zones(), gaps) if one.phase == "during")

    whole_one = next(one for one in assess(whole, measure, zones()) if one.phase == "during").effect
    told = during(gap)
    assert during(None).effect.expected < 0.8 * whole_one.expected
    assert told.effect.expected == pytest.approx(whole_one.expected, rel=0.12)
    assert told.effect.verdict == "none" and told.facts["windows"] == 2
    blind = Gaps(area, ((none, none), (np.array([FROM + WEEK_S]), np.array([TO]))))
    assert during(blind).effect.verdict == "insufficient" and during(blind).facts["gap"]


def test_without_an_effect_nothing_is_claimed_more_often_than_one_time_in_twenty() -> None:
    claims = [
        one.effect.verdict in ("less", "more") for seed in range(20) for one in assessed(town(100 + seed)).values()
    ]
    assert len(claims) == 120 and sum(claims) <= 11


def test_small_counts_are_insufficient_and_no_ratio_is_given() -> None:
    found = assessed(town(3, effect=0.8, rate=0.02))["target", "during"].effect
    assert (found.verdict, found.ratio, found.lower) == ("insufficient", None, None)


def test_the_countys_pace_explains_what_all_places_share() -> None:
    window = Window(8 * WEEK_S, 9 * WEEK_S, tuple((k * WEEK_S, (k + 1) * WEEK_S) for k in range(8)))
    before = np.repeat(np.arange(8) * WEEK_S, 20)
    rest = np.repeat(np.arange(8) * WEEK_S, 200)
    place, county = np.r_[before, np.full(5, 8 * WEEK_S)], np.r_[rest, np.full(50, 8 * WEEK_S)]
    assert effect(place, county, window).verdict == "none"
    assert effect(place, np.r_[rest, np.full(200, 8 * WEEK_S)], window).verdict == "less"


def test_windows_before_keep_weekday_and_hour_and_end_before_the_operation() -> None:
    during, after = windows_of(20 * WEEK_S + 3_600, 20 * WEEK_S + 7_200, 0, 30 * WEEK_S)
    assert during is not None and after is not None
    for window in (during, after):
        for begin, end in window.before:
            assert (window.from_s - begin) % WEEK_S == 0 and end <= 20 * WEEK_S + 3_600
    assert windows_of(40 * WEEK_S, 41 * WEEK_S, 0, 30 * WEEK_S) == (None, None)
    assert windows_of(100, 200, 0, 30 * WEEK_S)[0] is None


def test_a_post_is_held_against_unmanned_hours_of_its_weekday_only() -> None:
    """Twenty events in the hour every Monday, four when somebody stands there; the rest of the week is wild."""
    hour = 3_600
    manned = {8, 10, 11}
    mondays = [(week * WEEK_S + 9 * hour, week * WEEK_S + 10 * hour) for week in range(12)]
    moments = [
        begin + step * (hour // 25)
        for week, (begin, _) in enumerate(mondays)
        for step in range(4 if week in manned else 20)
    ]
    wild = [begin + 2 * 86_400 + step * 60 for begin, _ in mondays for step in range(200)]
    at_s = np.sort(np.array(moments + wild))
    there = [mondays[week] for week in sorted(manned)]
    window = manned_window([mondays[10], mondays[11]], there, 0, 12 * WEEK_S)
    assert window is not None
    told = effect(at_s, np.zeros(0, dtype=np.int64), window)
    assert (told.found, told.expected, told.ratio, told.verdict) == (8, 40.0, 0.2, "less")
    # Eight of the ten Mondays before, without the one that was manned; each round has one hour for each of the two.
    weeks = [[begin // WEEK_S for begin, _ in hours] for hours in window.rounds]
    assert weeks == [[week, week] for week in (9, 7, 6, 5, 4, 3, 2, 1)]
    blind = manned_window([mondays[10], mondays[11]], there[1:], 0, 12 * WEEK_S)
    assert blind is not None and effect(at_s, np.zeros(0, dtype=np.int64), blind).expected < 40
    assert manned_window([mondays[0]], [], 0, 12 * WEEK_S) is None, "nothing before the record"
    assert manned_window([mondays[11]], mondays, 0, 12 * WEEK_S) is None, "never unmanned"
    assert [begin for begin, _ in window.only([False] * 7 + [True]).before] == [mondays[1][0]]
