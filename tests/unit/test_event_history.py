"""What is wrong with a record is recognised and named; nothing is deleted, and calm is told from missing reports."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data.county import reports
from geo.hotspots.exposure import OriginsMissing, may_learn, measure_exposure
from geo.hotspots.history import COLUMNS, History
from geo.hotspots.quality import find_default_geocodes, find_gaps
from geo.layers.reporters import KEY_FILE, ReporterKeyLost, find_reporters
from tests.planted import FIRST, sample_history
from tests.sample import TODAY, sample_county


@pytest.fixture(scope="module")
def history() -> History:
    return sample_history()


def born() -> pd.Series:
    """Where each event of the sample came from, by its position."""
    county = sample_county()
    return county.truth.events.set_index("source_key")["born"].reindex(county.layers["event"]["source_key"])


def test_the_frame_has_the_agreed_columns_and_every_event(history: History) -> None:
    assert tuple(history.events.columns) == COLUMNS
    assert len(history.events) == len(sample_county().layers["event"])
    assert history.events["occurred_at"].is_monotonic_increasing


def test_the_serial_complainer_is_recognised_and_weighs_little(history: History) -> None:
    serial = (born() == "serial").to_numpy()
    weight = history.events["weight"].to_numpy()
    four_weeks = reports.SERIAL_DAYS / 28
    most = 2 * len(reports.SERIAL_CODES) * (four_weeks + 1)
    assert serial.sum() == reports.SERIAL_CALLS
    assert weight[serial].sum() <= most
    assert (weight[~serial] == 0).mean() < 0.001
    assert 1 <= history.callers_capped <= 5


def test_a_cap_moves_neither_clock_nor_owner(history: History) -> None:
    """Whether anybody knew who called changes the weight and nothing else: times, code, place, 片区 stay."""
    unknown = sample_history(anonymous=True).events
    assert (history.events["weight"] == 0).any() and (unknown["weight"] > 0).all()
    pd.testing.assert_frame_equal(history.events.drop(columns="weight"), unknown.drop(columns="weight"))


def test_no_reporter_can_be_told_from_what_a_forecast_says_of_its_history(history: History) -> None:
    assert "reporter_hash" not in history.events
    assert "来电人" not in str(history.facts())


def test_the_default_geocode_is_named_and_only_that(history: History) -> None:
    unlocated = (born() == "unlocated").to_numpy()
    assert len(history.geocodes) == 1
    assert history.geocodes["events"].iloc[0] == unlocated.sum()
    assert (history.events["default_geocode"].to_numpy() == unlocated).all()
    assert history.events.loc[unlocated, "district"].isna().all()


def test_a_busy_address_with_its_own_kinds_of_trouble_is_no_default_geocode() -> None:
    rng = np.random.default_rng(1)
    n = 2_000
    spread = pd.DataFrame({"x": rng.uniform(0, 9e3, n), "y": rng.uniform(0, 9e3, n)})
    spread["code"] = rng.choice(list("abcdefgh"), n)
    spread["origin"] = "complaint"
    busy = pd.DataFrame({"x": 50.0, "y": 50.0, "code": rng.choice(list("ab"), 300), "origin": "complaint"})
    unknown = pd.DataFrame({"x": 70.0, "y": 70.0, "code": rng.choice(list("abcdefgh"), 60), "origin": "complaint"})
    found = find_default_geocodes(pd.concat([spread, busy, unknown]).assign(lon=118.0, lat=28.3))
    assert found[["x", "y", "events"]].to_numpy().tolist() == [[70.0, 70.0, 60.0]]


def test_the_gap_in_reports_is_found_to_the_day_and_no_other_is(history: History) -> None:
    planted = sample_county().truth.reporting_gap.iloc[0]
    assert len(history.gaps) == 1
    found = history.gaps.iloc[0]
    assert (found["district"], found["origin"]) == (planted["district"], "complaint")
    assert abs((found["first_on"] - planted["first_on"]).days) <= 2
    assert abs((found["last_on"] - planted["last_on"]).days) <= 2


def test_a_county_that_nobody_recorded_for_months_is_a_gap_and_a_quiet_season_is_none() -> None:
    rng = np.random.default_rng(2)
    days = np.arange(700)
    usual = 6 + 3 * np.sin(2 * np.pi * days / 365)
    usual[400:460] = 0
    on = np.repeat(np.datetime64("2024-01-01") + days, rng.poisson(usual))
    events = pd.DataFrame({"local_on": on.astype("datetime64[s]"), "origin": "complaint", "district": None})
    gaps = find_gaps(events)
    assert len(gaps) == 1 and gaps["district"].isna().all()
    assert abs((gaps["first_on"].iloc[0] - (dt.date(2024, 1, 1) + dt.timedelta(400))).days) <= 2


def test_chances_of_being_noticed_are_those_planted(history: History) -> None:
    county = sample_county()
    found = measure_exposure(history, county.presence, "Asia/Shanghai", FIRST, 104)
    truth = county.truth.detection.set_index(["district", "hour"])
    street = county.truth.hours[county.truth.hours["kind"] == "street"].set_index("hour")["share"]
    planted = np.array(
        [(truth.loc[code].sum(axis=1) * street).sum() for code in found.districts]  # patrol, complaint, camera
    )
    assert np.corrcoef(found.coming[:-1], planted)[0, 1] > 0.97
    assert np.abs(found.coming[:-1] / planted - 1).max() < 0.2
    ready = [code[-2:] == reports.GAP_DISTRICT for code in found.districts]
    week = int((np.datetime64(county.truth.reporting_gap["first_on"].iloc[0]) - FIRST).astype(int)) // 7 + 2
    seen = found.seen[week, :-1] / found.seen[:60, :-1].mean(axis=0)
    assert seen[ready] < 0.75 and (seen[~np.array(ready)] > 0.9).all()


def test_without_a_log_of_presence_only_complaints_are_learned_from(history: History) -> None:
    nobody = sample_county().presence.head(0)
    found = measure_exposure(history, nobody, "Asia/Shanghai", FIRST, 104)
    assert found.training == "complaints" and found.readiness is None
    mine = may_learn(history.events, found.training)
    assert set(history.events["origin"][mine].astype(str)) == {"complaint"}
    assert found.seen.min() == 0 and (found.seen == 1).mean() > 0.98


def test_records_without_a_source_teach_nothing(history: History) -> None:
    unknown = history.events.assign(origin="unknown")
    empty = History(unknown, history.geocodes, history.gaps, 0)
    with pytest.raises(OriginsMissing):
        measure_exposure(empty, sample_county().presence, "Asia/Shanghai", FIRST, 104)


def test_the_key_of_reporters_is_private_and_the_hash_is_the_countys_own(tmp_path: Path) -> None:
    calls = pa.array(["199 0000 0001", "+86 19900000001", "王某", None])
    ours = find_reporters(["电话", "代码"], {}, tmp_path, "990101")
    theirs = find_reporters(["电话", "代码"], {}, tmp_path, "990102")
    again = find_reporters(["电话", "代码"], {}, tmp_path, "990101")
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    first, second, third, none = ours.hashes(calls).to_pylist()
    assert first == second != third and none is None
    assert ours.hashes(calls).to_pylist() == again.hashes(calls).to_pylist()
    assert set(ours.hashes(calls).to_pylist()[:3]).isdisjoint(theirs.hashes(calls).to_pylist()[:3])
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ReporterKeyLost):
        find_reporters(["电话"], {}, tmp_path, "990101")


def test_a_file_without_callers_makes_no_key(tmp_path: Path) -> None:
    assert find_reporters(["代码", "时间"], {}, tmp_path, "990101").columns == ()
    assert not (tmp_path / KEY_FILE).exists()


def test_the_last_day_of_the_sample_is_yesterday(history: History) -> None:
    assert history.events["local_on"].max().date() == TODAY - dt.timedelta(1)
