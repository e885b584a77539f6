"""What follows a closing is found once and for all, and what was planted is told from coincidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from geopandas import GeoSeries
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.hotspots.recurrence import links as linking
from geo.hotspots.recurrence.backtest import prepare, tell_beforehand
from geo.hotspots.recurrence.chance import TooFewClosings, fit_returns, reasons_of
from geo.hotspots.recurrence.classes import place_classes, zone_of
from geo.hotspots.recurrence.curves import ALL, return_curves
from geo.hotspots.recurrence.hazard import class_return, zone_hazards
from geo.hotspots.recurrence.links import NEVER, WEEK_S, RecordsBroken, link_events, read_records
from geo.hotspots.recurrence.rates import rates_by, watch
from geo.hotspots.recurrence.reasons import reason_sentences
from geo.hotspots.recurrence.survival import covariance, kaplan_meier
from tests.comebacks import comebacks

EPOCH = pd.Timestamp("2026-01-01", tz="UTC")
event = st.tuples(
    st.sampled_from("ab"),
    st.integers(0, 120),
    st.integers(0, 40),
    st.integers(0, 90),
    st.one_of(st.none(), st.integers(0, 30)),
)


def frame_of(rows: list[tuple[str, int, int, int, int | None]]) -> pd.DataFrame:
    """Events of (code, x, y, day, days open or None)."""
    at = [EPOCH + pd.Timedelta(days=day) for *_, day, _ in rows]
    closed = [
        None if lasted is None else one + pd.Timedelta(days=lasted) for one, (*_, lasted) in zip(at, rows, strict=True)
    ]
    return pd.DataFrame(
        {
            "code": [code for code, *_ in rows],
            "occurred_at": pd.Series(pd.to_datetime(at, utc=True), dtype="datetime64[us, UTC]"),
            "closed_at": pd.Series(
                pd.to_datetime(pd.Series(closed, dtype="object"), utc=True), dtype="datetime64[us, UTC]"
            ),
            "x": [float(x) for _, x, *_ in rows],
            "y": [float(y) for _, _, y, *_ in rows],
            "duplicate": False,
        }
    )


@settings(max_examples=60)
@given(st.lists(event, min_size=1, max_size=25), st.randoms())
def test_links_are_what_a_search_by_hand_finds_in_any_order(rows, random):
    frame = frame_of(rows)
    records = read_records(frame)
    links = link_events(records)
    near = (np.hypot(records.x[:, None] - records.x, records.y[:, None] - records.y) <= linking.RADIUS_M) & (
        records.code[:, None] == records.code
    )
    for i in range(len(records)):
        later = np.flatnonzero(near[i] & (records.at_s > records.closed_s[i]))
        assert links.next_row[i] == (later[0] if len(later) else -1)
        gap = records.at_s[i] - records.closed_s
        before = np.flatnonzero(near[i] & (gap > 0) & (gap <= linking.WITHIN_S)).tolist()
        best = min(before, key=lambda j: (gap[j], records.ids[j]), default=None)
        assert links.parent_s[i] == (NEVER if best is None else gap[best])
        assert links.parent_row[i] == -1 if best is None else gap[links.parent_row[i]] == gap[best]
        start = records.closed_s[i] - WEEK_S
        first = np.flatnonzero(near[i] & (records.at_s > start))
        column = linking.OFFSETS.index(-1)
        if records.closed_s[i] < NEVER and len(first):
            assert links.control_s[i, column] == records.at_s[first[0]] - start
    shuffled = frame.iloc[random.sample(range(len(frame)), len(frame))]
    again = link_events(read_records(shuffled))
    for name in ("next_row", "next_s", "parent_row", "parent_s", "control_s", "control_parent_s"):
        assert (getattr(again, name) == getattr(links, name)).all(), name


def test_stretches_of_pairs_give_the_same_links(monkeypatch: pytest.MonkeyPatch) -> None:
    records = read_records(comebacks(spots=8, days=60))
    whole = link_events(records)
    monkeypatch.setattr(linking.neighbours, "__defaults__", (300,))
    parts = link_events(records)
    assert (whole.next_row == parts.next_row).all() and (whole.control_s == parts.control_s).all()
    assert (whole.parent_row == parts.parent_row).all()


def test_an_event_closed_before_it_occurred_is_refused_by_name() -> None:
    frame = frame_of([("a", 0, 0, 5, -1), ("a", 0, 0, 6, 1)])
    with pytest.raises(RecordsBroken) as refused:
        read_records(frame)
    assert refused.value.facts == {"row": "0", "rows": 1}


def test_kaplan_meier_is_the_textbook_one_with_greenwoods_error() -> None:
    # Freireich's trial of 6-MP, Cox and Oakes (1984), table 1.1.
    weeks = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
    seen = np.arange(21) < 9
    km = kaplan_meier(weeks, seen, np.ones(21), np.array([5, 6, 10, 23]))
    assert np.exp(km.log_s).round(3).tolist() == [1.0, 0.857, 0.753, 0.448]
    error = np.sqrt(np.diag(covariance(km.pull, np.arange(21)))) * np.exp(km.log_s)
    assert error.round(2).tolist() == [0.0, 0.08, 0.1, 0.13]


@pytest.mark.parametrize(("p", "mean_min"), [(0.4, 30.0), (0.0, 30.0), (0.25, 2_000.0)])
def test_planted_returns_are_found_net_of_coincidence(p: float, mean_min: float) -> None:
    records = read_records(comebacks(seed=3, spots=60, p=p, mean_min=mean_min))
    curves, chance = return_curves(records, link_events(records), np.full(len(records), "school"))
    (whole,) = [curve for curve in curves if curve.code == ALL]
    planted = p * (1 - np.exp(-whole.t_min / mean_min))
    assert np.abs(whole.p - planted).max() < 0.04
    assert ((whole.lower <= whole.p) & (whole.p <= whole.upper)).all()
    # Without the comparison calm places would look as if trouble came back there.
    assert whole.by_chance[-1] > 0.4 and (whole.seen >= whole.by_chance - 0.04).all()
    if p:
        told = class_return(whole)
        assert told is not None and told.rho_min == pytest.approx(mean_min, rel=0.2)
    assert (chance >= 0).all() and (chance <= 1).all()


def test_nothing_at_all_is_no_error() -> None:
    nothing = comebacks(spots=1, days=2, per_day=0.0)
    records = read_records(nothing)
    links = link_events(records)
    assert return_curves(records, links, np.array([], dtype=str)) == ([], pytest.approx(np.zeros(0)))
    assert rates_by(watch(records, links, 86_400), np.array([], dtype=object)) == []


def test_rates_of_what_comes_by_chance_are_as_expected_and_of_returns_more() -> None:
    within_s = 2 * 3600
    frames = [comebacks(seed=5, p=0.0), comebacks(seed=6, p=0.5).assign(y=lambda f: f["y"] + 5_000)]
    both = pd.concat(frames, ignore_index=True)
    records = read_records(both)
    watched = watch(records, link_events(records), within_s)
    rates = {rate.key: rate for rate in rates_by(watched, np.where(records.y < 2_500, "calm", "bad")[watched.rows])}
    assert rates["calm"].verdict == "as_expected"
    assert rates["bad"].verdict == "more" and (rates["bad"].lower or 0) > 3
    assert rates_by(watched, np.where(np.arange(len(watched.rows)) < 10, "few", None))[0].verdict == "insufficient"


def test_chances_told_beforehand_are_calibrated_and_beat_counting() -> None:
    quiet = comebacks(seed=7, spots=40, per_day=0.1, p=0.1, mean_min=600, code="a")
    busy = comebacks(seed=8, spots=40, per_day=0.1, p=0.6, mean_min=600, code="b").assign(y=lambda f: f["y"] + 5_000)
    events = pd.concat([quiet, busy], ignore_index=True)
    records, links, features = prepare(events, 86_400)
    scores = tell_beforehand(records, links, features, 86_400, days=100).scores()
    assert scores["model"].auc > scores["one_count"].auc + 0.02
    assert scores["model"].ece < 0.08 and scores["model"].brier < scores["base_rate"].brier
    model = fit_returns(features, links.next_s <= 86_400, np.flatnonzero(records.closed))
    names, effects = reasons_of(model, features)
    assert "code" in names[:, :2] and (np.abs(effects[:, 0]) >= np.abs(effects[:, 2])).all()


def test_too_few_closings_are_said_to_be_too_few() -> None:
    records, links, features = prepare(comebacks(spots=2, days=30), 86_400)
    with pytest.raises(TooFewClosings) as refused:
        fit_returns(features, links.next_s <= 86_400, np.flatnonzero(records.closed))
    assert refused.value.facts["needed"] == 200


def test_zones_get_their_own_hours_and_times_of_return() -> None:
    frame = pd.concat(
        [
            comebacks(seed=9, spots=1, per_day=2.0, p=0.4, mean_min=20),
            comebacks(seed=10, spots=1, per_day=2.0, p=0.4, mean_min=20).assign(y=lambda f: f["y"] + 3_000),
        ],
        ignore_index=True,
    )
    records = read_records(frame)
    areas = GeoSeries([box(-20, -20, 20, 20), box(-20, 2_980, 20, 3_020), box(9_000, 0, 9_040, 40)], crs=4546)
    kinds = np.full(3, "school")
    places = place_classes(records, areas, kinds)
    assert (places == "school").all()
    zone = zone_of(records, places, areas, kinds)
    assert (zone == (records.y > 1_500)).all()
    links = link_events(records)
    curves, chance = return_curves(records, links, places)
    told = class_return(curves[0])
    assert told is not None
    hazards = zone_hazards(records, links, zone, kinds, chance, records.at_s, {"school": told})
    assert hazards.per_hour[:2].sum(axis=1) == pytest.approx([2 / 0.6 * 7] * 2, rel=0.2)
    hours = hazards.per_hour[0].reshape(7, 24).sum(axis=0)
    assert hours[[8, 9, 17, 18, 19]].sum() > 0.75 * hours.sum()
    assert ((hazards.per_hour_lower <= hazards.per_hour) & (hazards.per_hour <= hazards.per_hour_upper)).all()
    assert (hazards.rho_lower_min <= 20).all() and (hazards.rho_upper_min >= 20).all()
    assert hazards.events[2] == 0 and hazards.per_hour[2].sum() < hazards.per_hour[0].sum()
    assert hazards.rho_upper_min[2] / hazards.rho_lower_min[2] > hazards.rho_upper_min[0] / hazards.rho_lower_min[0]
    kinds = np.array(["school", "school", "hospital"])
    unseen = zone_hazards(records, links, zone, kinds, chance, records.at_s, {"school": told})
    assert (unseen.per_hour[2] == 0).all() and (unseen.per_hour_lower[2] == 0).all()
    assert (unseen.per_hour_upper[2] > 0).all(), "never seen is not known to be never there"


def test_reasons_are_sentences_in_both_languages() -> None:
    told = {
        "reason_codes": ["last", "handling", "place"], "effects": [0.5, -0.2, 0.1], "code": "04-01",
        "place_class": "market", "facts": {"last_h": None, "handling_h": 0.5},
    }  # fmt: skip
    assert reason_sentences(told, "en") == [
        "▲ none here before", "▼ 0.5 hours from occurrence to closing", "▲ class of place: market",
    ]  # fmt: skip
    assert reason_sentences(told)[2] == "▲ 地点类别:农贸市场"
