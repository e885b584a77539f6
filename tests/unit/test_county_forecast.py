"""What was planted in the sample county comes out of its forecasts: rates, the market that moved, and no false calm."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import gamma

from geo.hotspots.forecast.audit import AuditShare, pick_attention
from geo.hotspots.forecast.coming import Ahead, Coming, look_ahead
from geo.hotspots.forecast.feedback import SLOTS, simulate_feedback
from geo.hotspots.forecast.gamma_poisson import Recency
from geo.hotspots.forecast.learned import learn
from geo.hotspots.forecast.outlook import Outlook, Shift, TooLittleHistory
from tests.planted import planted_records, sample_ground, sample_history, sample_outlook
from tests.sample import TODAY, sample_county

SLOW = Recency(52.0, 52.0, 8.0, 8.0, 4)
"""What the group's own validation weeks choose (all codes)."""


def looked(outlook: Outlook, kind: str = "zone", group: str = "") -> Ahead:
    return look_ahead(outlook, kind, group, learn(outlook, kind, group, SLOW))


def ahead(on: dt.date, kind: str = "zone", group: str = "") -> Coming:
    return looked(sample_outlook(on), kind, group).coming()


def test_planted_rates_lie_in_their_intervals() -> None:
    """Of 240 intervals at 80 %; a school's first week of term or holiday is the hardest and left to the backtest."""
    inside, ratio = [], []
    for on in (TODAY, dt.date(2026, 10, 16), dt.date(2026, 9, 18)):
        coming, planted = ahead(on), planted_records(on)
        low, high = gamma.ppf([[0.1], [0.9]], coming.posterior.shape, scale=1 / coming.posterior.rate)
        inside.append((planted >= low) & (planted <= high))
        ratio.append(coming.mean.sum() / planted.sum())
        assert np.corrcoef(planted, coming.mean)[0, 1] > 0.97
    coverage = float(np.mean(inside))
    print(f"rates of {np.size(inside)} zone-weeks within their 80 % intervals: {coverage:.3f}")
    assert 0.70 <= coverage <= 0.92
    assert max(abs(np.array(ratio) - 1)) < 0.06


def test_the_market_that_moved_is_followed_within_two_weeks() -> None:
    moved = sample_county().truth.market_move.iloc[0]
    keys = sample_county().layers["hotspot_zone"]["source_key"].tolist()
    here, there = keys.index(moved["from_zone"]), keys.index(moved["to_zone"])
    before = ahead(moved["on"])
    after = ahead(moved["on"] + dt.timedelta(14))
    planted = planted_records(moved["on"] + dt.timedelta(14))
    assert before.p_in_list[here] > 0.9 and before.p_in_list[there] < 0.1
    assert after.p_in_list[here] < 0.5 and here not in after.listed
    # Its true rate is the 19th of 80, just below a list of 16.
    assert after.p_in_list[there] > 0.25
    assert after.mean[there] > 6 * before.mean[there] and after.mean[here] < 0.5 * before.mean[here]
    later = ahead(moved["on"] + dt.timedelta(28))
    assert there in later.listed and later.p_in_list[here] < 0.1 and later.mean[here] < 0.15 * before.mean[here]
    low, high = gamma.ppf([0.025, 0.975], after.posterior.shape[there], scale=1 / after.posterior.rate[there])
    assert low <= planted[there] <= high


@pytest.mark.parametrize("logged", [True, False])
def test_a_two_month_gap_is_not_read_as_calm(logged: bool) -> None:
    """At its end the 片区 is forecast much as before it; not knowing of it, a county that learns from reports alone
    would believe in a calm that no street has."""
    gap = sample_county().truth.reporting_gap.iloc[0]
    district = sample_ground()[0]["district"].places.keys.tolist().index(gap["district"])

    def said(on: dt.date, *, known: bool) -> float:
        outlook = sample_outlook(on, logged=logged)
        if not known:
            outlook.history = replace(outlook.history, gaps=outlook.history.gaps.head(0))
        return float(looked(outlook, "district", "市容环境").coming().mean[district])

    before = said(gap["first_on"], known=True)
    at_end = gap["last_on"] - dt.timedelta(2)
    told, fooled = said(at_end, known=True), said(at_end, known=False)
    assert told > 0.8 * before
    assert told > (1.03 if logged else 2.0) * fooled


def test_what_cannot_be_located_heats_no_place() -> None:
    outlook = sample_outlook(TODAY)
    hall = outlook.history.geocodes.iloc[0]
    at = outlook.place_at("cell:200")
    cell = sample_ground()[0]["cell:200"].places
    inside = cell.geometry.contains(type(cell.geometry.iloc[0].centroid)(hall["x"], hall["y"])).to_numpy()
    located = (at == int(np.flatnonzero(inside)[0])).sum()
    assert (at[outlook.history.events["default_geocode"].to_numpy()] == -1).all()
    assert located < 0.5 * hall["events"]


def test_shifts_share_out_the_day_and_weigh_each_place_by_its_own_hours() -> None:
    fitted = looked(sample_outlook(TODAY))
    whole = fitted.coming().mean
    parts = [fitted.coming(Shift(str(h), h * 3600, (h + 6) * 3600)).mean for h in (0, 6, 12, 18)]
    assert np.sum(parts, axis=0).sum() == pytest.approx(whole.sum(), rel=0.02)
    kinds = sample_county().layers["hotspot_zone"]["kind"].to_numpy()
    evening = parts[3] / whole
    assert evening[kinds == "night_market"].mean() > 0.7 > 0.2 > evening[kinds == "market"].mean()


def test_the_calendar_is_known_beforehand() -> None:
    """Schools teach in the week after the holiday; the forecast knows it without having seen it."""
    kinds = sample_county().layers["hotspot_zone"]["kind"].to_numpy()
    holiday, term = ahead(dt.date(2026, 8, 21)), ahead(dt.date(2026, 9, 7))
    assert term.mean[kinds == "school"].sum() > 1.6 * holiday.mean[kinds == "school"].sum()
    assert term.mean[kinds == "estate"].sum() == pytest.approx(holiday.mean[kinds == "estate"].sum(), rel=0.25)


def test_too_little_history_is_refused() -> None:
    early = sample_history().events["local_on"].min().date() + dt.timedelta(30)
    with pytest.raises(TooLittleHistory):
        sample_outlook(early)


@pytest.mark.parametrize("rule", ["exposure", "complaints"])
def test_equal_places_share_attention_for_a_year(rule: str) -> None:
    """With our guards 20 of 200 equal places get at most half of the patrols and none is locked in."""
    year = simulate_feedback(rule, seed=1)  # type: ignore[arg-type]
    assert year.attended.shape == (52, 200) and (year.attended.sum(axis=1) == SLOTS).all()
    assert year.top_share <= 0.50
    assert year.locked == 0
    assert 0.10 <= year.audited.sum() / year.attended.sum() <= 0.15


def test_without_guards_the_same_simulation_runs_away() -> None:
    year = simulate_feedback("counts", seed=1)
    assert year.top_share > 0.8 and year.locked >= 10


def test_a_place_that_is_surely_in_the_list_is_always_attended_and_the_sample_is_even() -> None:
    probability = np.r_[np.ones(6), np.full(40, 0.1), np.zeros(154)]
    times, chance = np.zeros(200), np.zeros(200)
    for seed in range(400):
        chosen = pick_attention(probability, 10, seed)
        times[chosen.by_forecast] += 1
        chance[chosen.by_chance] += 1
    assert (times[:6] == 400).all() and times[46:].sum() == 0
    assert chance.sum() / 4_000 == pytest.approx(0.125, abs=0.01)
    assert chance[46:].max() < 12
    with pytest.raises(AuditShare):
        pick_attention(probability, 10, 1, audit_share=0.02)
