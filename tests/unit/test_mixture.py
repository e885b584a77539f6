"""Weights of a mixture, its worst case, and the draw from a sealed seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrol.mixture.adaptive import worst_case
from geo.patrol.mixture.seal import draw, new_seed, seal_of
from geo.patrol.mixture.weights import PPM, WORTH_SHARE, blend, visit_entropy_bits


def made_up(seed: int, plans: int = 12, least: int = 70_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(least, 100_000, plans), rng.random((plans, 9, 16)) < 0.15


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 14))
def test_weights_meet_the_floor_and_are_whole(seed: int, plans: int) -> None:
    values, visits = made_up(seed, plans)
    weights = blend(values, visits)
    assert weights.sum() == PPM and (weights >= 0).all()
    assert int(weights @ values) >= (WORTH_SHARE - 2e-6) * PPM * int(values.max())


@pytest.mark.parametrize("seed", range(4))
def test_no_other_weights_above_the_floor_are_less_predictable(seed: int) -> None:
    values, visits = made_up(seed, least=90_000)
    ours = visit_entropy_bits(visits, blend(values, visits) / PPM)
    rng = np.random.default_rng(seed)
    others = rng.dirichlet(np.full(len(values), 0.7), 4000)
    others = others[others @ values >= WORTH_SHARE * values.max()]
    assert len(others) > 20
    assert ours >= max(visit_entropy_bits(visits, one) for one in others[:300]) - 1e-4


def test_a_plan_that_is_always_the_same_hides_nothing() -> None:
    visits = np.repeat(made_up(1)[1][:1], 5, axis=0)
    weights = blend(np.full(5, 10), visits)
    assert visit_entropy_bits(visits, weights / PPM) == 0.0


def test_no_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="no plan"):
        blend(np.zeros(0, dtype=np.int64), np.zeros((0, 1, 1), dtype=bool))


@pytest.mark.parametrize("seed", range(3))
def test_the_worst_case_is_between_nothing_and_the_value_of_the_game(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand, held = rng.random((6, 240)), rng.random((8, 6, 240)).round()
    held = np.repeat(held[:, :, ::20], 20, axis=2)
    weights = rng.dirichlet(np.ones(8))
    case = worst_case(demand, held, weights, 0)
    assert 0 <= case.known <= case.best + 1e-9
    assert case.same_daily <= case.best + 1e-9
    assert case.known <= case.usual
    by_hand = sum(
        demand[z].sum() * min((weights @ held[:, z, t : t + 60]).mean() for t in range(181)) for z in range(6)
    )
    assert case.known == pytest.approx(by_hand / demand.sum())


def test_zones_without_demand_do_not_count() -> None:
    case = worst_case(np.zeros((2, 10)), np.ones((1, 2, 10)), np.ones(1), 0)
    assert (case.usual, case.known, case.same_daily, case.best) == (0.0, 0.0, 0.0, 0.0)


def test_draws_follow_the_weights_and_can_be_checked() -> None:
    weights = [700_000, 0, 250_000, 50_000]
    picks = [draw(bytes([n % 256, n // 256]) + bytes(30), "digest", 1, weights) for n in range(4000)]
    assert np.bincount(picks, minlength=4) / 4000 == pytest.approx([0.7, 0.0, 0.25, 0.05], abs=0.03)
    seed = new_seed()
    assert draw(seed, "digest", 1, weights) == draw(seed, "digest", 1, weights)
    assert seal_of(seed, "a") != seal_of(seed, "b") != seal_of(new_seed(), "b")


def test_weights_that_do_not_sum_up_are_refused() -> None:
    with pytest.raises(ValueError, match="million"):
        draw(bytes(32), "digest", 1, [0, 0])
