"""Gi*, trends: what is planted is found, noise is left alone, and the peer agrees."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.stats import binom

from geo.hotspots.describe.emerging import TooFewSlices, emerging, mann_kendall
from geo.hotspots.describe.gi_star import CountsBroken, gi_star


def lattice(side: int) -> csr_matrix:
    """Queen neighbours of a square of cells, each its own neighbour."""
    row, column = np.divmod(np.arange(side * side), side)
    near = (np.abs(row[:, None] - row) <= 1) & (np.abs(column[:, None] - column) <= 1)
    return csr_matrix(near.astype(float))


def block(side: int, size: int = 3) -> np.ndarray:
    """Cells of a square block in the middle."""
    at = np.arange(side // 2, side // 2 + size)
    return (at[:, None] * side + at).ravel()


def test_the_statistic_is_that_of_esda():
    esda = pytest.importorskip("esda")
    from libpysal.weights import WSP

    rng = np.random.default_rng(3)
    counts = rng.poisson(2, 144)
    links = lattice(12)
    off = links - csr_matrix(np.eye(144))
    off.eliminate_zeros()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = esda.G_Local(counts.astype(float), WSP(off).to_W(), transform="B", star=True, permutations=0)
    assert gi_star(counts, links).z == pytest.approx(np.asarray(peer.Zs), abs=1e-9)


@pytest.mark.parametrize("rate", [0.05, 0.5, 5.0])
def test_noise_gives_false_discoveries_no_more_often_than_promised(rate):
    links, runs = lattice(20), 200
    rng = np.random.default_rng(11)
    false = 0
    for _ in range(runs):
        found = gi_star(rng.poisson(rate, 400), links)
        false += bool((found.hot | found.cold).any())
    assert false <= binom.ppf(0.999, runs, 0.05), f"{false} of {runs} maps of noise show a hot spot"


def test_the_normal_law_would_have_called_sparse_noise_hot():
    from scipy.stats import false_discovery_control, norm

    links, rng = lattice(20), np.random.default_rng(11)
    false = 0
    for _ in range(100):
        z = gi_star(rng.poisson(0.05, 400), links).z
        false += bool((false_discovery_control(2 * norm.sf(np.abs(z))) <= 0.05).any())
    assert false > 20


def test_a_planted_cluster_is_found_and_most_of_what_is_found_touches_it():
    links, side = lattice(20), 20
    hits, stray, found = 0, 0, 0
    planted = block(side)
    touching = np.asarray(links[planted].sum(axis=0)).ravel() > 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rate = np.full(side * side, 1.0)
        rate[planted] = 6.0
        hot = gi_star(rng.poisson(rate), links).hot
        hits += int(hot[planted].sum())
        found += int(hot.sum())
        stray += int((hot & ~touching).sum())
    assert hits >= 0.75 * 20 * len(planted), "corners of the block share only four of their nine cells with it"
    assert stray <= 0.05 * found


def test_counts_that_are_none_are_refused_and_no_places_give_nothing():
    with pytest.raises(CountsBroken):
        gi_star(np.array([0.5, 1.0]), csr_matrix(np.eye(2)))
    with pytest.raises(CountsBroken):
        gi_star(np.array([1, 2, 3]), csr_matrix(np.eye(2)))
    assert len(gi_star(np.zeros(0, dtype=int), csr_matrix((0, 0))).z) == 0
    alike = gi_star(np.full(9, 4), lattice(3))
    assert not alike.hot.any() and np.isnan(alike.z).all()


def test_mann_kendall_is_the_rank_correlation_with_time():
    from scipy.stats import kendalltau

    rng = np.random.default_rng(5)
    series = rng.poisson(1.5, (30, 50)).astype(float)
    s, p = mann_kendall(series)
    tau = [kendalltau(np.arange(30), column, method="asymptotic") for column in series.T]
    assert np.sign(s).tolist() == np.sign(np.round([one.statistic for one in tau], 9)).tolist()
    assert np.abs(p - [one.pvalue for one in tau]).max() < 0.03  # theirs has no continuity correction


def test_mann_kendall_calls_noise_a_trend_as_often_as_promised():
    rng = np.random.default_rng(6)
    _, p = mann_kendall(rng.poisson(2.0, (26, 4000)).astype(float))
    assert 0.03 < (p < 0.05).mean() < 0.055


def test_planted_trends_are_found_and_named():
    side, slices = 15, 26
    links = lattice(side)
    grows, fades = block(side), np.array([0, 1, 2, side, side + 1, side + 2])
    rate = np.full((slices, side * side), 1.0)
    rate[:, grows] = np.linspace(0.5, 8, slices)[:, None]
    rate[:, fades] = np.linspace(6, 0.2, slices)[:, None]
    found = emerging(np.random.default_rng(7).poisson(rate), links)
    assert set(found.trend[grows]) <= {"new", "intensifying", "persistent"}
    assert (found.trend[grows] == "intensifying").mean() + (found.trend[grows] == "new").mean() > 0.8
    assert (found.trend[fades] == "fading").mean() + (found.trend[fades] == "falling").mean() > 0.8


def test_noise_seldom_shows_a_trend():
    links, rng = lattice(15), np.random.default_rng(8)
    false = sum(bool((emerging(rng.poisson(1.0, (26, 225)), links).trend != "none").any()) for _ in range(60))
    assert false <= binom.ppf(0.999, 60, 0.15), "three questions are asked at 5 % each"


def test_a_silent_place_gets_no_trend_when_the_county_calms_down():
    links = csr_matrix(np.eye(50))
    rate = np.full((26, 50), 1.0) * np.linspace(10, 1, 26)[:, None]
    rate[:, 0] = 0
    found = emerging(np.random.default_rng(9).poisson(rate), links)
    assert found.trend[0] == "none" and not found.judged[0] and found.s[0] == 0


def test_too_few_slices_are_refused():
    with pytest.raises(TooFewSlices):
        emerging(np.ones((7, 4), dtype=int), csr_matrix(np.eye(4)))
