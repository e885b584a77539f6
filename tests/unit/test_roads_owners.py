"""Every street has one owner, also on a border."""

from __future__ import annotations

import geopandas
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE
from geo.roads.owners import assign_owners
from tests.towns import ORIGIN, SRID, streets


def districts(*boxes):
    """片区 from boxes in metres: code → (west, south, east, north)."""
    areas = [shapely.box(b[0] + ORIGIN[0], b[1] + ORIGIN[1], b[2] + ORIGIN[0], b[3] + ORIGIN[1]) for _, b in boxes]
    frame = geopandas.GeoDataFrame({"code": [code for code, _ in boxes]}, geometry=areas, crs=SRID)
    return frame.to_crs(STORAGE)


TWO = (("B", (0, 0, 1000, 1000)), ("A", (1000, 0, 2000, 1000)))


def test_a_street_goes_where_most_of_it_runs():
    roads = streets([[(900, 500), (1300, 500)], [(500, 500), (1100, 500)]])
    assert assign_owners(roads, districts(*TWO), SRID) == {1: "A", 2: "B"}


def test_a_street_drawn_beside_the_border_goes_to_the_side_it_is_drawn_on():
    assert assign_owners(streets([[(1005, 0), (1005, 1000)]]), districts(*TWO), SRID) == {1: "A"}


def test_a_street_in_the_gap_between_two_goes_to_the_lower_code():
    gap = (("B", (0, 0, 990, 1000)), ("A", (1010, 0, 2000, 1000)))
    assert assign_owners(streets([[(1000, 0), (1000, 1000)]]), districts(*gap), SRID) == {1: "A"}


def test_a_street_far_from_every_district_has_no_owner():
    assert assign_owners(streets([[(5000, 0), (6000, 0)]]), districts(*TWO), SRID) == {1: None}


def test_without_districts_nobody_owns_a_street():
    assert assign_owners(streets([[(0, 0), (10, 0)]]), districts(*TWO).iloc[:0], SRID) == {1: None}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2000), st.integers(0, 1000), st.integers(0, 2000), st.integers(0, 1000)).filter(
            lambda four: four[:2] != four[2:]
        ),
        min_size=1,
        max_size=12,
    ),
    st.randoms(),
)
def test_every_street_inside_has_exactly_one_owner_whatever_the_order_of_rows(lines, random):
    roads = streets([[(a, b), (c, d)] for a, b, c, d in lines])
    ground = districts(*TWO)
    owners = assign_owners(roads, ground, SRID)
    assert sorted(owners) == roads.index.tolist()
    assert set(owners.values()) <= {"A", "B"}
    shuffled = ground.iloc[random.sample(range(2), 2)]
    assert assign_owners(roads.sample(frac=1, random_state=1), shuffled, SRID) == owners
