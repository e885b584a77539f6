"""What was planted can be found again in the events, within the bounds of chance."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from data.codes import load_codes
from data.make_county import SampleCounty
from geo.calendars import is_term_day
from tests.sample import TODAY, sample_county


@pytest.fixture(scope="module")
def county() -> SampleCounty:
    return sample_county()


@pytest.fixture(scope="module")
def events(county: SampleCounty) -> pd.DataFrame:
    """Events beside what the truth says of each, with local times."""
    frame = county.layers["event"].drop(columns="geometry").merge(county.truth.events, on="source_key")
    frame = frame.merge(county.truth.places[["key", "group", "kind", "district"]], left_on="place", right_on="key")
    frame["local"] = frame["occurred_at"].dt.tz_convert("Asia/Shanghai")
    return frame


def expected_by_group(county: SampleCounty) -> pd.Series:
    """Primary events expected on record per zone: rate × days × hours × chance of being noticed."""
    truth = county.truth
    noticed = truth.detection.assign(p=lambda t: t["patrol"] + t["complaint"] + t["camera"])[["district", "hour", "p"]]
    share = truth.hours.merge(noticed, on="hour")
    share = share.assign(p=share["share"] * share["p"]).groupby(["kind", "district"], as_index=False)["p"].sum()
    days = truth.day_factors.drop(columns="on").sum()
    zones = truth.places.dropna(subset="district").merge(share, on=["kind", "district"])
    return (zones["rate_per_day"] * zones["kind"].map(days) * zones["p"]).groupby(zones["group"]).sum()


def test_events_per_zone_are_what_the_planted_rates_give(county: SampleCounty, events: pd.DataFrame) -> None:
    """Zones of the exam weeks and of the moving market are tested apart; here the rest must be Poisson."""
    expected = expected_by_group(county)
    found = events[events["born"] == "primary"].groupby("group").size().reindex(expected.index).fillna(0)
    quiet = [g for g in expected.index if g.startswith(("hospital", "estate", "construction", "transit"))]
    z = (found[quiet] - expected[quiet]) / np.sqrt(expected[quiet])
    assert abs(z).max() < 5.5
    assert (z**2).mean() == pytest.approx(1.0, abs=0.8)


@pytest.mark.parametrize("kind", ["market", "school", "night_market", "hospital", "street", "transit"])
def test_what_was_cleared_comes_back_with_the_planted_probability(
    county: SampleCounty, events: pd.DataFrame, kind: str
) -> None:
    planted = county.truth.returns.set_index("kind").loc[kind]
    first = events[
        (events["born"] == "primary") & (events["kind"] == kind) & (events["local"].dt.date < TODAY - dt.timedelta(30))
    ]
    back = events[(events["born"] == "return") & events["parent_key"].isin(first["source_key"])]
    rate = len(back) / len(first)
    sigma = np.sqrt(planted["p_return"] * (1 - planted["p_return"]) / len(first))
    assert abs(rate - planted["p_return"]) < 5 * sigma
    delay = back.set_index("parent_key")["occurred_at"] - first.set_index("source_key")["closed_at"].reindex(
        back["parent_key"]
    )
    mean_min = delay.dt.total_seconds().mean() / 60
    assert (delay > pd.Timedelta(0)).all()
    assert mean_min == pytest.approx(planted["mean_delay_min"], rel=6 / np.sqrt(len(back)) + 0.03)


def test_hours_follow_the_planted_profile_once_chance_of_notice_is_undone(
    county: SampleCounty, events: pd.DataFrame
) -> None:
    truth = county.truth
    district = truth.places.set_index("group")["district"]["hospital-01"].iloc[0]
    noticed = (
        truth.detection[truth.detection["district"] == district]
        .set_index("hour")[["patrol", "complaint", "camera"]]
        .sum(axis=1)
    )
    mine = events[(events["group"] == "hospital-01") & (events["born"] == "primary")]
    raw = mine["local"].dt.hour.value_counts().reindex(range(24), fill_value=0) / noticed
    planted = truth.hours[truth.hours["kind"] == "hospital"].set_index("hour")["share"]
    assert np.corrcoef(raw, planted)[0, 1] > 0.9
    assert raw[planted == 0].sum() == 0


def test_the_market_moved_on_its_day(county: SampleCounty, events: pd.DataFrame) -> None:
    move = county.truth.market_move.iloc[0]
    primary = events[events["born"] == "primary"]
    before = primary["local"].dt.date < move["on"]
    for zone, busy in ((move["from_zone"], before), (move["to_zone"], ~before)):
        here = primary["group"] == zone
        days_busy = (move["on"] - (TODAY - dt.timedelta(731))).days if busy is before else (TODAY - move["on"]).days
        rate_busy, rate_rest = busy[here].sum() / days_busy, (~busy)[here].sum() / (731 - days_busy)
        assert rate_rest < 0.2 * rate_busy, zone


def test_stalls_and_noise_keep_quiet_in_exam_weeks(county: SampleCounty, events: pd.DataFrame) -> None:
    exam = {day for row in county.truth.exams.itertuples() for day in pd.date_range(row.first_on, row.last_on).date}
    june = events[(events["local"].dt.month == 6) & (events["born"] == "primary") & (events["code"] == "04-02")]
    inside = june["local"].dt.date.isin(exam)
    years = june["local"].dt.year.nunique()
    per_exam_day, per_other_day = inside.sum() / len(exam), (~inside).sum() / (30 * years - len(exam))
    assert per_exam_day < 0.55 * per_other_day


def test_schools_are_quiet_when_nobody_teaches(events: pd.DataFrame) -> None:
    schools = events[(events["kind"] == "school") & (events["born"] == "primary")]
    assert len(schools) > 3_000
    assert all(is_term_day(day) for day in schools["local"].dt.date.unique())


def test_new_quarters_complain_more_than_the_planted_troubles_there(events: pd.DataFrame) -> None:
    estates = events[(events["kind"] == "estate") & (events["born"] == "primary")]
    share = (estates["origin"] == "complaint").groupby(estates["district"]).mean()
    assert share["99010107"] > 1.8 * share["99010111"]


def test_duplicates_are_second_calls_linked_to_the_first(county: SampleCounty, events: pd.DataFrame) -> None:
    twice = events[events["duplicate_of"].notna()]
    calls = events[(events["origin"] == "complaint") & (events["born"] != "duplicate")]
    assert len(twice) / len(calls) == pytest.approx(0.07, abs=0.01)
    assert set(twice["duplicate_of"]) <= set(county.layers["event"]["source_key"])
    assert (twice["duplicate_of"] == twice["parent_key"]).all() and (twice["origin"] == "complaint").all()


def test_times_run_forward_and_end_before_today(events: pd.DataFrame) -> None:
    assert (events["occurred_at"] <= events["found_at"]).all()
    assert (events["closed_at"].dropna() >= events["found_at"][events["closed_at"].notna()]).all()
    assert events["local"].dt.date.max() < TODAY
    assert events["local"].dt.date.min() == TODAY - dt.timedelta(731)
    assert events["occurred_at"].is_monotonic_increasing
    assert events["closed_at"].isna().sum() > 0


def test_every_event_code_and_unit_is_in_the_code_list(events: pd.DataFrame) -> None:
    codes = load_codes()
    known = {(row["code_system"], row["code"]): row["unit"] for row in codes}
    pairs = events[["code_system", "code", "unit"]].drop_duplicates().itertuples(index=False)
    assert all(known[(system, code)] == unit for system, code, unit in pairs)
