"""The web maps' offsets, there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.layers.offsets import BOX, from_bd09, from_gcj02, inside, to_bd09, to_gcj02

PAIRS = [(to_gcj02, from_gcj02), (to_bd09, from_bd09)]
# A point within 0.02 degrees of the box's edge may be shifted across it, where the offset ends.
in_china = st.tuples(st.floats(BOX[0] + 0.02, BOX[2] - 0.02), st.floats(BOX[1] + 0.02, BOX[3] - 0.02))
abroad = st.tuples(st.floats(-180, 180), st.floats(-85, 85)).filter(lambda p: not inside(*p))


@pytest.mark.parametrize(("there", "back"), PAIRS)
@given(points=st.lists(in_china, min_size=1, max_size=50))
def test_the_inverse_is_exact_to_a_millimetre_for_any_points_in_china(there, back, points) -> None:
    lon, lat = np.array(points).T
    found_lon, found_lat = back(*there(lon, lat))
    assert np.abs(found_lon - lon).max() < 1e-8 and np.abs(found_lat - lat).max() < 1e-8


@pytest.mark.parametrize("convert", [to_gcj02, from_gcj02, to_bd09, from_bd09])
@given(point=abroad)
def test_nothing_moves_for_any_point_outside_the_box(convert, point) -> None:
    assert tuple(map(float, convert(*point))) == point


@given(point=in_china)
def test_gcj02_moves_any_point_in_china_by_less_than_a_kilometre_and_a_half(point) -> None:
    lon, lat = to_gcj02(*point)
    metres = np.hypot((lon - point[0]) * np.cos(np.radians(point[1])), lat - point[1]) * 111_320
    assert metres < 1_500


@pytest.mark.parametrize(
    ("convert", "given_at", "expected"),
    [
        # Widely published example pairs of the two systems, to five decimals.
        (to_gcj02, (116.404, 39.915), (116.41024, 39.91640)),
        (from_gcj02, (116.404, 39.915), (116.39776, 39.91360)),
    ],
)
def test_published_pairs_agree(convert, given_at, expected) -> None:
    assert tuple(map(float, convert(*given_at))) == pytest.approx(expected, abs=1.5e-5)


def test_baidus_step_beyond_gcj02_agrees_with_the_published_pair() -> None:
    assert tuple(map(float, to_bd09(*from_gcj02(116.404, 39.915)))) == pytest.approx((116.41036, 39.92134), abs=1.5e-5)
