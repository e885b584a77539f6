"""Forecast models: what they may never know, what they may never do, and what they find when it is there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.hotspots.forecast import baselines, glm
from geo.hotspots.forecast.backtest import TooShort, run_backtest, validation_of
from geo.hotspots.forecast.boosting import boosting_mean, fit_boosting
from geo.hotspots.forecast.classes import list_probability, place_classes
from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.dispersion import learn_correction
from geo.hotspots.forecast.figures import figures_of
from geo.hotspots.forecast.gamma_poisson import Posterior, Recency, fit
from geo.hotspots.forecast.intervals import Held, depth_of, held_before, mid_quantiles, set_interval
from geo.hotspots.forecast.learned import Learned
from geo.hotspots.forecast.level import Level, forecast_levels
from geo.hotspots.forecast.models import (
    BLEND,
    BOOSTING,
    GAMMA_POISSON,
    GLM,
    LAST_YEAR,
    Models,
    Trial,
    choose_model,
    choose_recency,
)
from geo.hotspots.panel import Panel
from geo.hotspots.places import Places, cell_places

START = np.datetime64("2024-01-01")
few = settings(max_examples=25, deadline=None)


def town(side: int = 12) -> Places:
    """A square of side² cells of 200 m."""
    x, y = (part.ravel() * 200.0 + 100 for part in np.meshgrid(np.arange(1, side - 1), np.arange(1, side - 1)))
    return cell_places(x, y, 200, crs=4546)


def panel_of(counts: np.ndarray, exposure: np.ndarray | None = None) -> Panel:
    return Panel(START + 7 * np.arange(len(counts)), 7, counts.astype(float), exposure)


def made_up(weeks: int, n: int, seed: int = 0, busy: float = 0.3) -> tuple[Panel, np.ndarray]:
    """Counts with steady unequal rates, and the rates."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.4, busy, n)
    return panel_of(rng.poisson(rate, (weeks, n))), rate


PLACES = town()
N = len(PLACES)


@given(
    arrays(np.float64, (14, 9), elements=st.integers(0, 4).map(float)),
    arrays(np.float64, (14, 9), elements=st.integers(0, 9).map(float)),
    st.integers(1, 13),
)
@few
def test_no_model_sees_the_period_it_forecasts_or_any_later(past: np.ndarray, future: np.ndarray, before: int) -> None:
    smoothing = cell_places([100.0], [100.0], 200, crs=4546).smoothing
    other = np.vstack([past[:before], future[before:]])
    for of in (
        lambda decayed: fit(decayed, before).mean,
        lambda decayed: glm.features(decayed, before),
        lambda decayed: glm.glm_mean(decayed, before, glm.fit_glm(decayed, before)),
        lambda decayed: baselines.recent_counts(decayed.panel, before),
        lambda decayed: baselines.ewma(decayed, before, 8.0),
        lambda decayed: baselines.gi_star(decayed.panel, smoothing, before),
    ):
        here, there = (of(Decayed(panel_of(counts), smoothing)) for counts in (past, other))
        np.testing.assert_array_equal(here, there)


@given(arrays(np.float64, 30, elements=st.integers(0, 60).map(float)), st.integers(1, 29), st.floats(0, 500))
@few
def test_the_level_of_a_period_is_forecast_from_earlier_ones_only(totals: np.ndarray, at: int, other: float) -> None:
    starts = START + 7 * np.arange(30)
    changed = np.where(np.arange(30) >= at, other, totals)
    here, there = forecast_levels(totals, starts, 7), forecast_levels(changed, starts, 7)
    np.testing.assert_array_equal(here[0][: at + 1], there[0][: at + 1])
    np.testing.assert_array_equal(here[1][: at + 1], there[1][: at + 1])


@given(arrays(np.float64, (10, 9), elements=st.integers(0, 5).map(float)), st.sampled_from([1.0, 4.0, 52.0]))
@few
def test_expected_counts_add_up_to_the_level_and_are_never_negative(counts: np.ndarray, fast: float) -> None:
    smoothing = cell_places([100.0], [100.0], 200, crs=4546).smoothing
    posterior = fit(Decayed(panel_of(counts), smoothing), 10, Recency(fast=fast))
    assert (posterior.mean >= 0).all()
    assert posterior.mean.sum() == pytest.approx(posterior.level.mean, abs=1e-6)


def test_kept_sums_are_the_sums() -> None:
    panel, _ = made_up(40, N)
    exposure = np.random.default_rng(1).uniform(0, 1, panel.counts.shape)
    decayed = Decayed(replace(panel, exposure=exposure), PLACES.smoothing)
    before = decayed.sums(4.0, 33)
    decayed.path(4.0)
    for one, other in zip(before, decayed.known_sums(4.0, 33), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_steady_rates_are_found() -> None:
    panel, rate = made_up(150, N, busy=1.0)
    found = fit(Decayed(panel, PLACES.smoothing), 150, Recency(52.0, 104.0, 8.0, 8.0, 1)).mean
    assert np.corrcoef(found, rate)[0, 1] > 0.97


def test_a_gap_is_not_read_as_calm() -> None:
    panel, _ = made_up(60, N, busy=1.0)
    west = np.arange(N) < N // 2
    gap = np.ones(panel.counts.shape)
    gap[-9:, west] = 0.0
    silent = replace(panel, counts=panel.counts * gap)
    truth, told, untold = (
        fit(Decayed(one, PLACES.smoothing), 60).mean[west].sum()
        for one in (panel, replace(silent, exposure=gap), silent)
    )
    assert told == pytest.approx(truth, rel=0.15)
    assert untold < 0.7 * truth


def test_a_place_that_starts_anew_is_followed_within_two_weeks() -> None:
    panel, _ = made_up(80, N, busy=0.2)
    counts = panel.counts.copy()
    counts[78:, 17] += 5
    decayed = Decayed(panel_of(counts), PLACES.smoothing)
    before, after = fit(decayed, 78).mean, fit(decayed, 80).mean
    assert (after > after[17]).sum() < 5 <= (before > before[17]).sum()


def test_a_season_is_learned_after_a_year_and_a_half() -> None:
    weeks = np.arange(130)
    totals = np.random.default_rng(2).poisson(300 * np.exp(0.5 * np.sin(2 * np.pi * weeks / 52.18)))
    mean, sd = forecast_levels(totals.astype(float), START + 7 * weeks, 7)
    late = slice(100, 130)
    naive = np.array([totals[i - 4 : i].mean() for i in range(100, 130)])
    assert np.abs(mean[late] - totals[late]).mean() < 0.75 * np.abs(naive - totals[late]).mean()
    assert sd[-1] < 0.12


def test_nothing_seen_yet_gives_nothing_and_no_warning() -> None:
    decayed = Decayed(panel_of(np.zeros((30, N))), PLACES.smoothing)
    for model in (GAMMA_POISSON, GLM, LAST_YEAR):
        posterior = Models(decayed, Recency(), 20).posterior_of(model, 30)
        assert posterior.mean.sum() == pytest.approx(0, abs=1e-6)
        assert set_interval(posterior.mean, np.full(N, 200.0), posterior.level).upper == 0
        assert set(place_classes(list_probability(posterior, 3))) == {"not"}


def test_the_winners_curse_is_undone_and_order_kept() -> None:
    rng = np.random.default_rng(5)
    rate = rng.gamma(0.5, 0.2, 1500)
    said = rate * rng.gamma(3.0, 1 / 3, (40, 1500))
    came = rng.poisson(rate, (40, 1500)).astype(float)
    learned = learn_correction(said[:30], came[:30])
    top = np.argsort(-said[30:], axis=1)[:, :30]
    before, after, truth = (
        np.take_along_axis(part, top, 1).sum() for part in (said[30:], learned.corrected(said[30:]), came[30:])
    )
    assert before > 1.25 * truth
    assert abs(after - truth) < 0.5 * (before - truth)
    fixed = learned.corrected(said[35])
    assert (np.diff(fixed[np.argsort(said[35])]) >= -1e-12).all()


def test_bursts_are_seen_in_the_size_and_chance_is_not() -> None:
    rng = np.random.default_rng(6)
    mean = np.tile(rng.gamma(1.0, 0.5, 800), (30, 1))
    calm = learn_correction(mean, rng.poisson(mean).astype(float))
    bursty = learn_correction(mean, rng.poisson(mean * rng.gamma(0.5, 2.0, mean.shape)).astype(float))
    assert calm.size(np.array([1.0]))[0] > 10
    assert bursty.size(np.array([1.0]))[0] == pytest.approx(0.5, rel=0.25)


def test_intervals_of_sets_cover_what_they_say() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(300):
        mean, size = rng.gamma(1.0, 0.4, 90), np.full(90, 0.8)
        level = rng.normal(-0.02, 0.2)
        came = rng.poisson(mean * rng.gamma(size, 1 / size) * np.exp(level)).sum()
        interval = set_interval(mean, size, Level(1.0, 0.2))
        inside += interval.lower <= came <= interval.upper
    assert 0.75 <= inside / 300 <= 0.85


@given(st.integers(1, 30), st.integers(0, 2**16))
@few
def test_list_probabilities_add_up_to_about_the_list(length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    posterior = Posterior(rng.gamma(1.0, 3.0, 60) + 0.01, np.full(60, 4.0), Level(30.0, 0.1))
    inside = list_probability(posterior, length, seed=seed)
    assert inside.sum() == pytest.approx(length, abs=1.5, rel=0.1)
    assert ((inside >= 0) & (inside <= 1)).all()
    assert set(place_classes(inside)) <= {"firm", "maybe", "not"}


def test_list_probabilities_are_those_of_a_thousand_plain_draws() -> None:
    rng = np.random.default_rng(8)
    shape = rng.gamma(0.5, 3.0, 2000) + 0.05
    posterior = Posterior(shape, np.full(2000, 10.0), Level(1.0, 0.1))
    drawn = rng.gamma(shape, 0.1, (1000, 2000))
    inside = np.argpartition(-drawn, 40, axis=1)[:, :40]
    plain = np.bincount(inside.ravel(), minlength=2000) / 1000
    assert np.abs(list_probability(posterior, 40, seed=1) - plain).max() < 0.06


def test_few_events_leave_the_defaults() -> None:
    panel = panel_of(np.zeros((60, N)))
    panel.counts[30, 3] = 2
    assert choose_recency(Decayed(panel, PLACES.smoothing), range(40, 60)) == Recency()


def test_a_challenger_must_be_better_by_more_than_chance() -> None:
    events = np.full(20, 50.0)
    base = Trial(np.full(20, 100.0), np.full(20, 10.0), events)
    better = Trial(np.full(20, 99.0) + np.arange(20) % 2 / 9, np.full(20, 12.0) + np.arange(20) % 3, events)
    assert choose_model({GAMMA_POISSON: base, "glm": better}, bar=base) == "glm"
    noise = Trial(np.where(np.arange(20) % 2, 90.0, 109.0), np.where(np.arange(20) % 2, 30.0, -8.0), events)
    assert choose_model({GAMMA_POISSON: base, "glm": noise}, bar=base) == GAMMA_POISSON


def test_half_lives_follow_what_the_data_are_like() -> None:
    rng = np.random.default_rng(9)
    steady, _ = made_up(120, N, seed=9, busy=0.6)
    jumping = panel_of(rng.poisson(np.repeat(rng.gamma(0.15, 3.0, (20, N)), 6, axis=0)))
    lives = [choose_recency(Decayed(one, PLACES.smoothing), range(90, 120)).fast for one in (jumping, steady)]
    assert lives[0] < lives[1]


def test_lessons_survive_being_stored() -> None:
    panel, _ = made_up(60, N)
    decayed = Decayed(panel, PLACES.smoothing)
    said = np.stack([fit(decayed, i).mean for i in range(40, 60)])
    correction = learn_correction(said, panel.counts[40:])
    held = Held(np.array([0.1, 0.9]), np.array([1.0, 0.5]))
    regression = glm.fit_glm(decayed, 60)
    learned = Learned(BLEND, Recency(fast=8.0), correction, 1.5, (("street", 0.01),), held, held, held, regression)
    again = Learned.of_json(json.loads(json.dumps(learned.as_json())))
    assert again.as_json() == learned.as_json()
    one, other = (
        Models(decayed, each.recency, 60).with_fitted(each.regression, each.trees).mean(each.model, 60)
        for each in (learned, again)
    )
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(again.correction.corrected(one), learned.correction.corrected(one))


def test_trees_survive_being_stored() -> None:
    pytest.importorskip("lightgbm", reason="LightGBM is optional")
    panel, _ = made_up(40, N, busy=0.6)
    models = Models(Decayed(panel, PLACES.smoothing), Recency(), 40)
    _, trees = models.fitted(BOOSTING, 40)
    again = Models(models.decayed, Recency(), 40).with_fitted(None, trees)
    np.testing.assert_allclose(again.mean(BOOSTING, 40), models.mean(BOOSTING, 40))


def test_earlier_intervals_widen_or_narrow_the_next() -> None:
    rng = np.random.default_rng(14)
    mean, size = np.full((60, 6), 50.0), np.full((60, 6), 1e6)
    calm, stormy = (
        rng.poisson(50, (60, 6)).astype(float),
        rng.poisson(50 * rng.gamma(40, 1 / 40, (60, 6))).astype(float),
    )
    right, short = (held_before(depth_of(came, mean, size), 60).share() for came in (calm, stormy))
    assert right == pytest.approx(0.8, abs=0.06)
    assert short > 0.86
    inside = 0
    for _ in range(200):
        came = float(rng.poisson(50 * rng.gamma(40, 1 / 40)))
        lower, upper = mid_quantiles(50.0, 1e6, short)
        inside += lower <= came <= upper
    assert 0.7 <= inside / 200 <= 0.9


def test_places_alike_get_forecasts_alike_from_boosting() -> None:
    pytest.importorskip("lightgbm", reason="LightGBM is optional")
    panel, rate = made_up(70, N, busy=0.6)
    decayed = Decayed(panel, PLACES.smoothing)
    mean = boosting_mean(decayed, 70, fit_boosting(decayed, 70), glm.features(decayed, 70))
    assert mean.sum() == pytest.approx(decayed.level_mean[70])
    assert np.corrcoef(mean, rate)[0, 1] > 0.6


def test_too_little_history_is_refused() -> None:
    with pytest.raises(TooShort):
        validation_of(11)


def test_a_backtest_beats_last_years_counts_where_places_change() -> None:
    rng = np.random.default_rng(11)
    places = town(16)
    n = len(places)
    rate = rng.gamma(0.3, 0.25, n)
    counts = np.zeros((100, n))
    for week in range(100):
        anew = rng.random(n) < 0.03
        rate[anew] = rng.gamma(0.3, 0.25, int(anew.sum()))
        counts[week] = rng.poisson(rate)
    at = np.repeat(np.tile(np.arange(n), 100), counts.ravel().astype(int))
    week = np.repeat(np.repeat(np.arange(100), n), counts.ravel().astype(int))
    middle = places.geometry.centroid
    xy = middle.x.to_numpy(), middle.y.to_numpy()
    done = run_backtest(panel_of(counts), places, 80, (xy[0][at], xy[1][at], week))
    figures = figures_of(done, xy)
    assert figures["default"]["vs_last_52_weeks"]["hit_5pct"]["lower"] > 0
    assert figures["default"]["vs_last_52_weeks"]["log_loss"]["upper"] < 0
    assert figures["weeks_scored"] == 20
    assert 0.6 <= figures["set_intervals"]["coverage"] <= 0.95
