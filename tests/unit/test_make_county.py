"""The sample county holds together: it is made alike every time, tiles, connects, and keeps houses off the streets."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from data.make_county import LOADING_ORDER, SampleCounty, fingerprint, make_county
from geo.calendars import open_intervals
from geo.layers.register import KINDS, get_kind
from tests.sample import TODAY, sample_county

METRIC = 4548


@pytest.fixture(scope="module")
def county() -> SampleCounty:
    return sample_county()


@pytest.fixture(scope="module")
def metric(county: SampleCounty) -> dict[str, gpd.GeoDataFrame]:
    return {name: frame.to_crs(METRIC) for name, frame in county.layers.items()}


def test_the_same_arguments_make_the_same_bytes(county: SampleCounty) -> None:
    assert make_county(today=TODAY).digest() == county.digest()


@pytest.mark.parametrize(
    ("layer", "low", "high"),
    [
        ("patrol_district", 12, 12),
        ("hotspot_zone", 80, 80),
        ("building", 14_000, 15_000),
        ("streetlight", 6_000, 6_000),
        ("vendor_point", 850, 1_000),
        ("illegal_building", 290, 300),
        ("frontage", 300, 360),
        ("estate", 10, 30),
        ("component", 1_000, 6_000),
        ("gas_user", 60, 200),
        ("road", 3_000, 6_000),
        ("event", 50_000, 80_000),
        ("responsibility_grid", 40, 84),
        ("unit_grid", 900, 2_000),
    ],
)
def test_there_are_as_many_things_as_a_county_town_has(county: SampleCounty, layer: str, low: int, high: int) -> None:
    assert low <= len(county.layers[layer]) <= high


FOUND = {"suspicion", "flight", "turn_restriction", "open_problem", "hazard", "posture"}
"""Layers that a survey, cases and approvals fill, and signs that no street of the sample has."""


def test_every_layer_of_the_register_is_made_with_columns_it_knows(county: SampleCounty) -> None:
    assert set(county.layers) == {kind.name for kind in KINDS} - FOUND == set(LOADING_ORDER)
    for name, frame in county.layers.items():
        kind = get_kind(name)
        beside = {"geometry", "source_key", "org_code", "reporter"}
        assert set(frame.columns) - beside <= {field.name for field in kind.fields}, name
        assert set(frame.geom_type) <= set(kind.geometry_types), name
        assert frame["source_key"].is_unique, name
        assert frame.geometry.is_valid.all(), name
        for field in kind.fields:
            if field.about.choices and field.name in frame:
                assert set(frame[field.name].dropna()) <= set(field.about.choices), (name, field.name)


def test_everything_lies_inside_the_extent(county: SampleCounty) -> None:
    box = shapely.box(*county.extent)
    for name, frame in county.layers.items():
        assert box.contains(shapely.box(*frame.total_bounds)), name


@pytest.mark.parametrize("layer", ["patrol_district", "responsibility_grid", "unit_grid"])
def test_areas_of_a_level_tile_the_centre_without_gap_or_overlap(
    metric: dict[str, gpd.GeoDataFrame], layer: str
) -> None:
    parts = metric[layer].geometry
    together = shapely.union_all(parts.to_numpy(), grid_size=0.001)
    assert parts.area.sum() == pytest.approx(together.area, abs=1.0)
    assert len(shapely.get_parts(together)) == 1
    assert not shapely.get_parts(together)[0].interiors
    centre = shapely.union_all(metric["patrol_district"].geometry.to_numpy(), grid_size=0.001)
    assert shapely.symmetric_difference(centre, together).area < 1.0


def test_every_patrol_district_is_of_one_piece_and_has_a_goal_and_a_squad(county: SampleCounty) -> None:
    districts = county.layers["patrol_district"]
    assert (shapely.get_num_geometries(districts.geometry.to_numpy()) == 1).all()
    assert districts["goal"].is_unique
    assert set(districts["org_code"]) <= set(county.org_units["code"])


def test_grids_nest_by_code_and_place(metric: dict[str, gpd.GeoDataFrame]) -> None:
    units, grids, districts = metric["unit_grid"], metric["responsibility_grid"], metric["patrol_district"]
    assert units["code"].str.fullmatch(r"990101\d{9}").all() and units["code"].is_unique
    assert set(units["grid_code"]) == set(grids["code"])
    assert set(grids["district_code"]) == set(districts["code"])
    for lower, upper, key in ((units, grids, "grid_code"), (grids, districts, "district_code")):
        shape = upper.set_index("code").geometry.reindex(lower[key]).to_numpy()
        outside = shapely.area(shapely.difference(lower.geometry.to_numpy(), shape))
        assert outside.max() < 0.5, key


def test_towns_tile_the_county(metric: dict[str, gpd.GeoDataFrame]) -> None:
    areas = metric["admin_area"]
    whole = areas[areas["level"] == "county"].geometry.area.sum()
    for level in ("town", "village"):
        assert areas[areas["level"] == level].geometry.area.sum() == pytest.approx(whole, rel=1e-6)


def test_every_street_of_the_centre_has_one_owner_beside_it(metric: dict[str, gpd.GeoDataFrame]) -> None:
    roads, districts = metric["road"], metric["patrol_district"].set_index("code").geometry
    centre = shapely.union_all(districts.to_numpy(), grid_size=0.001)
    middle = roads.geometry.interpolate(0.5, normalized=True)
    inside = shapely.dwithin(centre, middle.to_numpy(), 0.5)
    assert roads.loc[inside, "owner_district"].notna().all()
    assert roads.loc[~inside, "owner_district"].isna().all()
    owner = districts.reindex(roads.loc[inside, "owner_district"]).to_numpy()
    assert shapely.dwithin(owner, middle[inside].to_numpy(), 0.5).all()


def ends_of(roads: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray, int]:
    """Node numbers of both ends by exact coordinates, as a network reader finds them."""
    points = np.vstack([shapely.get_coordinates(shapely.get_point(roads.geometry.to_numpy(), i)) for i in (0, -1)])
    nodes, number = np.unique(points, axis=0, return_inverse=True)
    number = number.reshape(2, -1)
    return number[0], number[1], len(nodes)


def test_nearly_all_streets_can_be_reached_and_left_by_car(county: SampleCounty) -> None:
    roads = county.layers["road"]
    begin, end, n = ends_of(roads)
    ahead, back = (roads["oneway"] >= 0).to_numpy(), (roads["oneway"] <= 0).to_numpy()
    rows, columns = np.concatenate([begin[ahead], end[back]]), np.concatenate([end[ahead], begin[back]])
    _, part = connected_components(coo_matrix((np.ones(len(rows)), (rows, columns)), (n, n)), connection="strong")
    assert np.bincount(part).max() / n >= 0.99
    assert (roads["oneway"] != 0).sum() > 50


def test_streets_cross_at_shared_vertices_only(metric: dict[str, gpd.GeoDataFrame]) -> None:
    lines = metric["road"].geometry.to_numpy()
    left, right = shapely.STRtree(lines).query(lines, predicate="crosses")
    deep = shapely.length(shapely.intersection(lines[left], lines[right])) > 0.1
    assert not deep.any()
    assert len(left) == 0


def test_the_river_is_crossed_by_exactly_three_bridges(metric: dict[str, gpd.GeoDataFrame]) -> None:
    roads, water = metric["road"], metric["water"]
    river = water[water["kind"] == "river"].geometry.iloc[0]
    wet = roads.geometry.intersection(river).length > 30
    assert wet.sum() == 3
    assert (roads.loc[wet, "level"] == 1).all() and (roads.loc[~wet, "level"] == 0).all()


def test_houses_stand_clear_of_streets_water_and_each_other(metric: dict[str, gpd.GeoDataFrame]) -> None:
    houses = metric["building"].geometry.to_numpy()
    tree = shapely.STRtree(houses)
    assert tree.query(metric["road"].geometry.to_numpy(), predicate="dwithin", distance=1.5).size == 0
    assert tree.query(metric["water"].geometry.to_numpy(), predicate="intersects").size == 0
    first, second = tree.query(houses, predicate="overlaps")
    assert shapely.area(shapely.intersection(houses[first], houses[second])).sum() < 0.1


def test_illegal_buildings_lean_on_a_house_without_covering_it(metric: dict[str, gpd.GeoDataFrame]) -> None:
    sheds, houses = metric["illegal_building"], metric["building"].geometry.to_numpy()
    shed, house = shapely.STRtree(houses).query(sheds.geometry.to_numpy(), predicate="dwithin", distance=0.2)
    assert set(shed) == set(range(len(sheds)))
    assert shapely.area(shapely.intersection(sheds.geometry.to_numpy()[shed], houses[house])).max() < 0.5
    assert np.allclose(sheds.geometry.area, sheds["area_m2"], rtol=0.03, atol=0.2)
    assert (sheds["status_since_on"] >= sheds["found_on"]).all()


def test_lamps_stand_beside_their_street_and_two_or_three_in_a_hundred_are_out(
    metric: dict[str, gpd.GeoDataFrame],
) -> None:
    lamps = metric["streetlight"]
    roads = metric["road"].geometry.to_numpy()
    (_, _), distance = shapely.STRtree(roads).query_nearest(
        lamps.geometry.to_numpy(), return_distance=True, all_matches=False
    )
    assert distance.max() < 20 and distance.min() > 0.5
    assert 0.018 < (lamps["status"] == "fault").mean() < 0.036
    assert lamps.loc[lamps["status"] != "on", "status_since_at"].notna().all()
    assert lamps["circuit"].nunique() > 50 and lamps.groupby("circuit").size().max() <= 60


def test_fronts_lie_at_the_edge_of_their_street_and_most_have_signed(
    county: SampleCounty, metric: dict[str, gpd.GeoDataFrame]
) -> None:
    shops, roads = metric["frontage"], metric["road"]
    for name, own in shops.groupby("street"):
        way = roads[roads["name"] == name].geometry.union_all()
        assert own.geometry.distance(way).between(1.5, 16).all(), name
    papers = county.agreements
    known = papers["shop_code"].isin(shops["code"])
    assert papers["number"].is_unique and 0.9 < known.mean() < 1
    assert 0.7 < papers.loc[known, "shop_code"].nunique() / len(shops) < 0.9
    assert (papers["signed_on"] < papers["valid_to_on"]).all() and (papers["signed_on"] < county.today).all()


def test_opening_hours_of_zones_and_stalls_can_all_be_read(county: SampleCounty) -> None:
    workday = dt.date(2026, 11, 23)
    for layer in ("hotspot_zone", "vendor_point"):
        for text in county.layers[layer]["opening"].dropna().unique():
            assert open_intervals(text, workday), (layer, text)


def test_another_seed_and_scale_give_another_county_with_the_counts_asked_for(county: SampleCounty) -> None:
    usual, scale = county, {"buildings": 24_000, "lamps": 20_000}
    county = make_county(7, scale, today=TODAY)
    assert county.digest() != usual.digest()
    assert county.fingerprint == fingerprint(7, scale) != usual.fingerprint
    assert 22_000 <= len(county.layers["building"]) <= 24_000
    assert len(county.layers["streetlight"]) == 20_000
    assert len(county.layers["patrol_district"]) == 12
