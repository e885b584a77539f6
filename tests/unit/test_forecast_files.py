"""Events from other people's files: whatever way they write, what cannot be used is left out and said."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from geo.hotspots.forecast.files import EventsUnreadable, blind_days, build_events, read_events
from geo.hotspots.forecast.profiles import local_profiles, profile_log_loss
from geo.hotspots.forecast.scores import binomial_band, calibrate, hits, list_length, log_loss, paired_bound
from geo.hotspots.forecast.times import CLOCK_FORMATS, DAY_FORMATS, parse_times
from geo.hotspots.places import cell_places, place_of
from geo.settings import Settings
from tests.benchmarks import bench_forecast
from tests.contracts import ROOT

SETTINGS = Settings(home=ROOT / ".pianqu")
"""Of no account here: the benchmark reads a file."""

CHICAGO = ROOT.parent / "shared/data/chicago-sanitation-2011-2013/sanitation_2011_2013.csv.gz"


WAYS = [*DAY_FORMATS, *(DAY_FORMATS[i % len(DAY_FORMATS)] + clock for i, clock in enumerate(CLOCK_FORMATS))]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_a_time_is_read_back(way: str) -> None:
    written = Series(np.datetime64("2013-01-05T20:15:30") + np.arange(40) * np.timedelta64(97, "h")).dt
    at = parse_times(Series(written.strftime(way))).at
    assert at.astype("datetime64[D]").astype(str).tolist() == written.strftime("%Y-%m-%d").tolist()
    if way not in DAY_FORMATS:
        assert at[0].astype(str)[11:16] == "20:15"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2013-07-04T23:30:00Z", "2013-07-04T23:30:00"),
        ("2013-07-04 23:30:00+08:00", "2013-07-04T23:30:00"),
        ("1372980600", "2013-07-04T23:30:00"),
        ("1372980600000", "2013-07-04T23:30:00"),
        ("41459.5", "2013-07-04T12:00:00"),
        ("0204-01-01", "NaT"),
        ("yesterday", "NaT"),
        ("", "NaT"),
        (None, "NaT"),
    ],
)
def test_times_of_machines_are_read_and_nonsense_is_not(text: str | None, read: str) -> None:
    assert parse_times(Series([text], dtype="object")).at.astype(str).tolist() == [read]


def test_day_and_month_are_told_apart_by_all_rows_together() -> None:
    assert str(parse_times(Series(["03/04/2020", "25/04/2020"])).at[0]) == "2020-04-03T00:00:00"
    assert str(parse_times(Series(["03/04/2020", "03/25/2020"])).at[0]) == "2020-03-04T00:00:00"
    assert parse_times(Series(["03/04/2020", "05/06/2020"])).ambiguous


def table(n: int = 400) -> DataFrame:
    rng = np.random.default_rng(0)
    days = np.datetime64("2024-01-01") + np.sort(rng.integers(0, 365, n))
    return DataFrame(
        {
            "lon": rng.normal(109.7, 0.02, n).astype(str),
            "lat": rng.normal(26.5, 0.02, n).astype(str),
            "t": days.astype(str),
        }
    )


def test_what_is_left_out_is_counted_by_reason_with_a_row_to_look_at() -> None:
    rows = table()
    rows.loc[1, "lat"] = None
    rows.loc[2, "lon"] = "n/a"
    rows.loc[3, ["lon", "lat"]] = "0"
    rows.loc[4, "lon"] = "309.7"
    rows.loc[5, "lon"] = "101.2"
    rows.loc[6, "t"] = "unknown"
    report = build_events(rows, lon="lon", lat="lat", time="t").report
    assert report["left_out"] == {
        "far_off": 1,
        "no_coordinates": 2,
        "no_time": 1,
        "off_the_map": 1,
        "zero_coordinates": 1,
    }
    assert report["examples"]["far_off"] == 6
    assert report["used"] == 394


def test_duplicates_are_flagged_and_kept() -> None:
    rows = table().assign(status=["Completed - Dup" if i % 4 == 0 else "Completed" for i in range(400)])
    events = build_events(rows, lon="lon", lat="lat", time="t", duplicate="status")
    assert events.report["duplicates_flagged_and_kept"] == events.duplicate.sum() == 100
    assert len(events.x) == 400


def test_a_spot_with_too_many_events_is_named_and_kept() -> None:
    rows = table()
    rows.loc[:59, ["lon", "lat"]] = ["109.71", "26.52"]
    report = build_events(rows, lon="lon", lat="lat", time="t").report
    assert report["suspected_default_places"] == [{"lon": 109.71, "lat": 26.52, "events": 60}]
    assert report["used"] == 400


def test_nothing_usable_is_refused_with_the_reason() -> None:
    with pytest.raises(EventsUnreadable) as refused:
        build_events(table().assign(t="?"), lon="lon", lat="lat", time="t")
    assert refused.value.facts["why"] == {"no_time": 400}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_either_encoding_and_any_separator_are_read(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "events.csv.gz"
    named = table(50).rename(columns={"lon": "经度", "lat": "纬度", "t": "上报时间"}).assign(类型="占道经营")
    path.write_bytes(gzip.compress(named.to_csv(index=False, sep=separator).encode(encoding)))
    events = read_events(path, lon="经度", lat="纬度", time="上报时间", category="类型")
    assert len(events.x) == 50
    assert events.category is not None and set(events.category) == {"占道经营"}


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    table(5).to_csv(path, index=False)
    with pytest.raises(EventsUnreadable) as refused:
        read_events(path, lon="x", lat="lat", time="t")
    assert refused.value.facts == {"column": "x", "known": "lon, lat, t"}


@given(st.integers(0, 20), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_a_gap_is_blind_if_it_is_long_and_much_was_to_be_expected(length: int, per_day: int) -> None:
    days = np.datetime64("2024-01-01") + np.repeat(np.arange(150), per_day)
    start = np.datetime64("2024-03-01")
    kept = days[(days < start) | (days >= start + length)]
    blind = blind_days(kept)
    expected = length if length >= 6 and per_day * length >= 20 else 0
    assert len(blind) == expected


@given(
    st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 5000)), min_size=1, max_size=30), st.sampled_from([100, 250])
)
@settings(max_examples=40, deadline=None)
def test_every_point_lies_in_its_cell_and_smoothing_keeps_an_even_rate(
    points: list[tuple[float, float]], size: int
) -> None:
    x, y = np.array(points).T
    places = cell_places(x, y, size, crs=4546)
    found = place_of(places, x, y)
    assert (found >= 0).all()
    west, south, east, north = places.geometry.bounds.to_numpy()[found].T
    assert ((west <= x) & (x < east) & (south <= y) & (y < north)).all()
    np.testing.assert_allclose(places.smoothing @ np.ones(len(places)), 1.0)


scores_and_counts = st.integers(2, 40).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 5), min_size=n, max_size=n), st.lists(st.integers(0, 4), min_size=n, max_size=n)
    )
)


@given(scores_and_counts, st.floats(0.01, 1.0))
@settings(max_examples=60, deadline=None)
def test_no_list_catches_more_than_the_best_and_the_whole_catches_all(
    pair: tuple[list[int], list[int]], share: float
) -> None:
    score, counts = np.array([pair[0]], float), np.array([pair[1]], float)
    some, every = hits(score, counts, share), hits(score, counts, 1.0)
    assert 0 <= some.hit <= 1 and 0 <= some.pei <= 1
    assert every.hit == (1.0 if counts.sum() else 0.0)
    assert hits(counts, counts, share).pei == (1.0 if some.best.sum() else 0.0)
    assert some.places == list_length(counts.shape[1], share)


def test_ties_are_broken_by_lot_but_always_alike() -> None:
    counts = np.arange(100.0)[None]
    flat = np.zeros((1, 100))
    assert hits(flat, counts, 0.1, 1).hit == hits(flat, counts, 0.1, 1).hit != hits(flat, counts, 0.1, 2).hit


def test_truth_is_calibrated_and_loses_least() -> None:
    rng = np.random.default_rng(4)
    truth = rng.uniform(0, 0.6, (20, 400))
    came = (rng.random((20, 400)) < truth).astype(float)
    assert calibrate(truth, came).error < 0.03 < calibrate(np.full_like(truth, 0.6), came).error
    assert log_loss(truth, came).mean() < log_loss(np.clip(truth * 1.3, 0, 1), came).mean()


def test_a_bound_holds_the_truth_and_noise_is_no_gain() -> None:
    rng = np.random.default_rng(5)
    events = rng.poisson(300, 26).astype(float)
    caught = rng.binomial(300, 0.2, 26).astype(float)
    bound = paired_bound(caught + rng.normal(0, 4, 26), caught, events)
    assert bound.lower < 0 < bound.upper
    assert paired_bound(caught + 6, caught, events).lower > 0
    low, high = binomial_band(1000)
    assert low < 0.8 < high < 0.83


def test_a_night_market_has_its_hours_and_lends_them_to_its_neighbours() -> None:
    rng = np.random.default_rng(6)
    places = cell_places([500.0, 5000.0], [500.0, 5000.0], 200, crs=4546)
    at = rng.integers(0, len(places), 6000)
    north = places.geometry.centroid.y.to_numpy() > 2000
    hour = np.where(north[at], rng.normal(20, 1.5, 6000), rng.normal(9, 1.5, 6000)) % 24
    day = rng.integers(0, 7, 6000)
    first, last = slice(None, 4000), slice(4000, None)
    local, shared = (
        profile_log_loss(
            local_profiles(at[first], day[first], hour[first], places.smoothing, weight=w),
            at[last],
            day[last],
            hour[last],
        )
        for w in (60.0, np.inf)
    )
    assert local < shared - 0.3


def small_city(path: Path, *, clock: bool = True) -> None:
    """Fourteen months of events with hours, a gap of three weeks, far-off and missing places, and three kinds."""
    rng = np.random.default_rng(12)
    spots = rng.normal([-71.06, 42.35], 0.02, (50, 2))
    rate = rng.gamma(0.5, 2.0, 50)
    n = 3000
    at = rng.choice(50, n, p=rate / rate.sum())
    days = rng.integers(0, 420, n)
    days = days[(days < 300) | (days > 321)]
    at = at[: len(days)]
    place = spots[at] + rng.normal(0, 0.0002, (len(days), 2))
    place[::97] = [-122.4, 37.8]
    when = np.datetime64("2021-01-01T00:00:00") + days * np.timedelta64(1, "D") + rng.integers(0, 86400, len(days))
    text = Series(when).dt.strftime("%m/%d/%Y %I:%M:%S %p" if clock else "%m/%d/%Y")
    frame = DataFrame({"LONG": place[:, 0].astype(str), "LAT": place[:, 1].astype(str), "open_dt": text})
    frame["kind"] = rng.choice(["parking", "lamp", "waste"], len(days), p=[0.8, 0.1, 0.1])
    frame.loc[5, "LAT"] = None
    frame.to_csv(path, index=False)


def test_another_citys_file_runs_through_and_says_what_was_left_out(tmp_path: Path) -> None:
    small_city(tmp_path / "city.csv.gz")
    arguments = [
        str(tmp_path / "city.csv.gz"),
        "--lon",
        "LONG",
        "--lat",
        "LAT",
        "--time",
        "open_dt",
        "--unit",
        "cell:200",
    ]
    result = bench_forecast.run(SETTINGS, [*arguments, "--category", "kind", "--weeks", "8"])
    assert result["data"]["left_out"] == {"far_off": 30, "no_coordinates": 1}
    assert len(result["blind_weeks"]) == 3
    assert result["week_profile"]["shared"] < result["week_profile"]["flat"] + 0.02
    assert set(result["groups"]) == {"parking"}
    assert result["default"]["log_loss"] < result["last_52_weeks"]["log_loss"] + 0.01
    assert {"mean", "lower", "upper"} == set(result["default"]["vs_last_52_weeks"]["hit_2pct"])
    assert result["set_intervals_of_all_groups"]["scores"] >= 80
    assert "Infinity" not in json.dumps(result)


@pytest.mark.long
@pytest.mark.skipif(not CHICAGO.exists(), reason=f"{CHICAGO.name} is not here")
@pytest.mark.parametrize("side", [250, 150])
def test_chicagos_sanitation_complaints_are_forecast_better_than_by_any_baseline(side: int) -> None:
    arguments = [str(CHICAGO), "--time", "created", "--duplicate", "status", "--unit", f"cell:{side}"]
    result = bench_forecast.run(SETTINGS, [*arguments, "--origin", "2013-07-03", "--weeks", "26"])
    default = result["default"]
    for share in (2, 5):
        assert default["vs_last_52_weeks"][f"hit_{share}pct"]["lower"] > 0
    assert default["log_loss"] < min(result[name]["log_loss"] for name in ("last_52_weeks", "ewma", "kde", "gi_star"))
    held = result["set_intervals"]
    assert held["scores"] >= 260
    assert held["band"][0] <= held["coverage"] <= held["band"][1]
