"""Footprint difference on made-up towns whose changes are known, and on a real pair of layers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geo.hotspots.footprints.difference import Difference, find_difference
from geo.hotspots.footprints.files import DiffReport, diff_files
from geo.hotspots.footprints.findings import find_findings
from geo.hotspots.footprints.layers import LayersApart, NoFootprints
from geo.hotspots.footprints.write import NotGeoPackage
from geo.layers.offsets import to_bd09
from geo.layers.reports import ImportOptions
from tests.footprints import CRS, ORIGIN, Town, make_town

FRENCH = Path(__file__).resolve().parents[3] / "shared" / "data" / "buildings-fr-95430"


@cache
def town() -> Town:
    return make_town(2_500, seed=3, redrawn=0.04, enlarged=0.06)


@cache
def found() -> Difference:
    return find_difference(town().approved, town().observed)


def f1(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (found & true).sum() / (found.sum() + true.sum()))


@pytest.mark.parametrize("cls", ["new", "enlarged", "split", "merged"])
def test_planted_changes_are_found_through_the_seams_of_the_mosaic(cls: str) -> None:
    assert f1(found().observed.cls == cls, town().truth == cls) >= 0.98


def test_what_was_demolished_is_told_and_nothing_else() -> None:
    assert f1(found().approved.cls == "demolished", town().gone) >= 0.99


def test_the_added_ground_is_measured() -> None:
    both = (found().observed.cls == "enlarged") & (town().truth == "enlarged")
    error = found().observed.added_m2[both] / town().added_m2[both] - 1
    assert abs(float(np.median(error))) < 0.1 and float(np.quantile(np.abs(error), 0.9)) < 0.45


def test_houses_drawn_otherwise_are_not_flagged() -> None:
    findings = find_findings(found(), town().approved, shapely.area(town().approved))
    drawn = np.isin(town().truth, ("split", "merged"))
    assert findings.flagged[: len(drawn)][drawn].mean() < 0.01
    assert found().links[np.isin(found().links[:, 0], np.flatnonzero(town().truth == "merged"))].shape[0] == 2 * int(
        (town().truth == "merged").sum()
    )


def test_the_order_of_rows_and_the_place_on_the_map_do_not_matter() -> None:
    order = np.random.default_rng(1).permutation(len(town().observed))
    away = shapely.transform(town().approved, lambda xy: xy + 1000.0)
    there = shapely.transform(town().observed[order], lambda xy: xy + 1000.0)
    again = find_difference(away, there).observed.cls
    assert (again == found().observed.cls[order]).mean() > 0.999


def test_what_was_not_flown_over_is_never_demolished() -> None:
    west = shapely.box(*(ORIGIN - 100), ORIGIN[0] + 400, ORIGIN[1] + 5_000)
    seen_from_above = shapely.intersects(west, town().observed)
    result = find_difference(town().approved, town().observed[seen_from_above], seen=west)
    inside = shapely.contains(west, town().approved)
    assert set(result.approved.cls[~shapely.intersects(west, town().approved)]) == {"not_seen"}
    assert f1(result.approved.cls[inside] == "demolished", town().gone[inside]) >= 0.98


def test_without_flights_the_hull_of_what_was_drawn_is_taken_for_seen() -> None:
    west = town().observed[shapely.get_x(shapely.centroid(town().observed)) < ORIGIN[0] + 400]
    result = find_difference(town().approved, west)
    east = shapely.get_x(shapely.centroid(town().approved)) > ORIGIN[0] + 480
    assert set(result.approved.cls[east]) == {"not_seen"}


def test_empty_layers_are_fine() -> None:
    none, some = town().approved[:0], town().approved[:5]
    assert find_difference(none, some).observed.cls.tolist() == ["new"] * 5
    assert (
        find_difference(some, none, seen=shapely.box(*shapely.total_bounds(some))).approved.cls.tolist()
        == ["demolished"] * 5
    )
    assert len(find_difference(none, none).links) == 0


def test_a_layer_that_is_off_as_a_whole_is_moved_back_first() -> None:
    off = shapely.transform(town().observed, lambda xy: xy + np.array([14.0, -9.0]))
    result = find_difference(town().approved, off)
    assert np.abs(result.coarse_m - [14.0, -9.0]).max() < 2.0
    assert f1(result.observed.cls == "enlarged", town().truth == "enlarged") >= 0.97


def test_a_leaning_roof_is_neither_new_nor_enlarged() -> None:
    houses = shapely.box(*(np.indices((8, 8)).reshape(2, -1) * 30.0), *(np.indices((8, 8)).reshape(2, -1) * 30.0 + 12))
    seen = houses.copy()
    seen[20] = shapely.transform(seen[20], lambda xy: xy + np.array([3.0, 2.0]))
    result = find_difference(houses, seen)
    assert set(result.observed.cls) == {"unchanged"}
    assert np.flatnonzero(result.observed.own).tolist() == [20]


def test_what_one_part_of_a_house_has_more_and_another_less_is_no_addition() -> None:
    """Roofs lean and houses are drawn in parts: before parts were weighed together, F1 was .95 over 20,000."""
    hard = make_town(4_000, seed=2, lean_sd_m=1.5, redrawn=0.04)
    told = find_difference(hard.approved, hard.observed).observed.cls
    assert (told[hard.truth == "split"] == "enlarged").mean() < 0.02
    assert f1(told == "enlarged", hard.truth == "enlarged") > 0.96


def write(folder: Path, name: str, outlines: NDArray[np.object_], truth: NDArray[np.str_] | None = None) -> Path:
    frame = geopandas.GeoDataFrame({"编号": [f"甲{n}" for n in range(len(outlines))]}, geometry=list(outlines), crs=CRS)
    if truth is not None:
        frame["truth"] = truth
    path = folder / name
    if name.endswith(".shp"):
        frame.to_file(path, encoding="gbk")
    elif name.endswith(".parquet"):
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


def diff(approved: Path, observed: Path, out: Path, **options: object) -> DiffReport:
    return diff_files(approved, observed, out, **options)  # type: ignore[arg-type]


def test_files_of_other_formats_frames_and_offsets_give_the_same_findings(tmp_path: Path) -> None:
    approved = write(tmp_path, "approved.shp", town().approved)
    plain = diff(approved, write(tmp_path, "seen.gpkg", town().observed, town().truth), tmp_path / "plain.gpkg")
    degrees = geopandas.GeoDataFrame(geometry=list(town().observed), crs=CRS).to_crs(4326)
    shifted = shapely.transform(degrees.geometry.to_numpy(), lambda xy: np.column_stack(to_bd09(*xy.T)))
    degrees.set_geometry(list(shifted), crs=4326).to_parquet(tmp_path / "bd09.parquet")
    options = ImportOptions(offset="bd09")
    other = diff(approved, tmp_path / "bd09.parquet", tmp_path / "bd09.gpkg", observed_options=options)
    for cls in ("new", "enlarged", "demolished", "split", "merged"):
        assert abs(other.counts[cls]["all"] - plain.counts[cls]["all"]) <= 1, cls


def test_the_geopackage_says_everything_about_every_outline(tmp_path: Path) -> None:
    approved = write(tmp_path, "approved.shp", town().approved)
    observed = write(tmp_path, "seen.gpkg", town().observed, town().truth)
    keys = ImportOptions(key="编号")
    report = diff(approved, observed, tmp_path / "out.gpkg", approved_options=keys, observed_options=keys)
    rows = geopandas.read_file(tmp_path / "out.gpkg", layer="footprints")
    assert rows.crs.to_epsg() == CRS
    assert len(rows) == len(town().observed) + report.approved.get("demolished", 0) + report.approved.get("not_seen", 0)
    seen = rows[rows["observed_key"].notna()]
    assert f1((seen["class"] == "enlarged").to_numpy(), (seen["truth"] == "enlarged").to_numpy()) >= 0.98
    assert rows.loc[rows["class"] == "enlarged", "reason"].str.contains("多出").all()
    assert rows["reason"].str.len().min() > 5 and rows["confidence"].between(0, 1).all()
    assert (rows["flagged"] == rows["class"].isin(["new", "enlarged"])).all()
    merged = rows[rows["class"] == "merged"].iloc[0]
    assert merged["approved_keys"].count(";") == 1 and merged["approved_keys"].startswith("甲")
    changes = geopandas.read_file(tmp_path / "out.gpkg", layer="changes")
    assert len(changes) == int(rows["class"].isin(["new", "enlarged", "demolished"]).sum())
    assert abs(changes.geometry.area.sum() / changes["changed_m2"].sum() - 1) < 0.01
    assert len(geopandas.read_file(tmp_path / "out.gpkg", layer="approved")) == len(town().approved)
    assert json.loads(json.dumps(report.as_json()))["flagged"] == int(rows["flagged"].sum())


def test_files_that_cannot_be_compared_say_why(tmp_path: Path) -> None:
    approved = write(tmp_path, "approved.gpkg", town().approved[:30])
    far = write(tmp_path, "far.gpkg", shapely.transform(town().observed[:30], lambda xy: xy + 200_000.0))
    with pytest.raises(LayersApart):
        diff(approved, far, tmp_path / "out.gpkg")
    points = write(tmp_path, "points.gpkg", shapely.centroid(town().observed[:30]))
    with pytest.raises(NoFootprints):
        diff(points, approved, tmp_path / "out.gpkg")
    with pytest.raises(NotGeoPackage):
        diff(approved, approved, tmp_path / "out.shp")


@pytest.mark.skipif(not FRENCH.exists(), reason="the French pair of building layers is not here")
def test_two_surveys_that_draw_houses_otherwise_are_not_all_flagged(tmp_path: Path) -> None:
    cadastre, seen = FRENCH / "cadastre_bati_95430.shp", FRENCH / "bati_95430.shp"
    report = diff(cadastre, seen, tmp_path / "out.gpkg")
    assert report.approved["enlarged"] <= 0.15 * 1921
    drawn = report.approved.get("merged", 0) + report.approved.get("split", 0)
    assert drawn > 600
