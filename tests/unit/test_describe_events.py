"""ST-DBSCAN and Knox: planted bursts and repeats are found, chance is called chance."""

from __future__ import annotations

import numpy as np
import pytest

from geo.hotspots.describe import clusters
from geo.hotspots.describe.clusters import TooManyPairs, st_dbscan
from geo.hotspots.describe.knox import knox


def poisson(rng, n, side_m=3000.0, days=365.0):
    """Events strewn evenly over a square and a year."""
    return rng.uniform(0, side_m, n), rng.uniform(0, side_m, n), rng.uniform(0, days, n)


def test_planted_bursts_are_found_and_the_rest_left_alone():
    rng = np.random.default_rng(1)
    x, y, day = poisson(rng, 800)
    planted = np.repeat([0, 1, 2], 15)
    spot = rng.uniform(300, 2700, (3, 2))
    begin = np.array([50.0, 150.0, 250.0])
    x = np.r_[x, spot[planted, 0] + rng.normal(0, 30, 45)]
    y = np.r_[y, spot[planted, 1] + rng.normal(0, 30, 45)]
    day = np.r_[day, begin[planted] + rng.uniform(0, 6, 45)]
    found = st_dbscan(x, y, day)
    assert found.label.max() == 2
    for number in range(3):
        mine = found.label[800:][planted == number]
        assert (mine == number).mean() > 0.9, "numbered by first event"
    assert (found.label[:800] >= 0).mean() < 0.02
    assert found.by_chance < 0.5
    assert (np.bincount(found.label[found.label >= 0]) > found.largest_by_chance).all(), "outbreaks, not busy places"


def test_a_place_busy_all_year_is_no_outbreak_beyond_chance():
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 20, (2, 400))
    found = st_dbscan(x, y, rng.uniform(0, 365, 400))
    count = found.label.max() + 1
    assert count > 0, "dense enough to be called clusters"
    assert found.by_chance == pytest.approx(count, rel=0.35), "and as many come about by chance"
    assert (np.bincount(found.label[found.label >= 0]) <= found.largest_by_chance).all()


def test_events_at_one_spot_are_neighbours_and_both_reaches_bind():
    still = np.zeros(8)
    assert st_dbscan(still, still, still, shuffles=0).label.tolist() == [0] * 8
    assert st_dbscan(still, still, np.arange(8) * 10.0, shuffles=0).label.tolist() == [-1] * 8
    assert st_dbscan(np.arange(8) * 160.0, still, still, shuffles=0).label.tolist() == [-1] * 8
    nothing = st_dbscan(np.zeros(0), np.zeros(0), np.zeros(0))
    assert len(nothing.label) == 0 and nothing.by_chance == 0


@pytest.mark.parametrize("seed", range(5))
def test_clusters_are_those_of_scikit_learn(seed):
    from sklearn.cluster import DBSCAN

    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 1000, (12, 2))
    x, y = (spots[rng.integers(0, 12, 300)] + rng.normal(0, 60, (300, 2))).T
    day = np.round(rng.uniform(0, 60, 300))
    apart = np.hypot(x[:, None] - x, y[:, None] - y) / clusters.WITHIN_M
    apart = np.maximum(apart, np.abs(day[:, None] - day) / clusters.WITHIN_DAYS)
    peer = DBSCAN(eps=1.0, min_samples=clusters.LEAST, metric="precomputed").fit_predict(apart)
    ours = st_dbscan(x, y, day, shuffles=0).label
    assert ours.max() > 0
    pairs = set(zip(ours.tolist(), peer.tolist(), strict=True))
    assert len(pairs) == len(set(ours.tolist())) == len(set(peer.tolist())), "the same but for the numbers"


def test_more_pairs_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(clusters, "MOST_PAIRS", 10)
    with pytest.raises(TooManyPairs):
        st_dbscan(np.zeros(6), np.zeros(6), np.zeros(6))


def test_knox_gives_one_on_a_homogeneous_process():
    ratios, small = [], 0
    for seed in range(20):
        found = knox(*poisson(np.random.default_rng(seed), 600), seed=seed)
        ratios.append(found.ratio[1:])
        small += int((found.p[1:] <= 0.05).sum())
    mean = np.nanmean(ratios, axis=0)
    assert np.abs(mean - 1).max() < 0.12
    assert small / (20 * 16) == pytest.approx(0.05, abs=0.04)


def test_knox_finds_planted_near_repeats_and_nothing_farther_out():
    rng = np.random.default_rng(4)
    x, y, day = poisson(rng, 700)
    bred = rng.random(700) < 0.25
    n = int(bred.sum())
    x = np.r_[x, x[bred] + rng.normal(0, 30, n)]
    y = np.r_[y, y[bred] + rng.normal(0, 30, n)]
    day = np.r_[day, day[bred] + rng.exponential(3, n)]
    found = knox(x, y, day, seed=4)
    assert found.ratio[1, 0] > 3
    assert found.p[1, 0] == 0.01
    assert found.ratio[4, 3] == pytest.approx(1, abs=0.15)
    assert (found.low[4] < found.ratio[4]).all() and (found.ratio[4] < found.high[4]).all()


def test_knox_is_silent_where_too_few_pairs_are_expected():
    found = knox(*poisson(np.random.default_rng(5), 40))
    assert np.isnan(found.ratio[0]).all()
    assert (found.expected[0] < 5).all()
    nothing = knox(np.zeros(0), np.zeros(0), np.zeros(0))
    assert nothing.observed.sum() == 0 and np.isnan(nothing.ratio).all()


def test_knox_bands_hold_their_upper_bound():
    found = knox([0.0, 50.0], [0.0, 0.0], [0.0, 7.0])
    assert found.observed.tolist() == [[0] * 4, [1, 0, 0, 0], [0] * 4, [0] * 4, [0] * 4]
