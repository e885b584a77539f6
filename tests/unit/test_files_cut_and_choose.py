"""Files of units and of candidates, cut and chosen from without a database."""

from __future__ import annotations

import geopandas
import pytest
import shapely

from geo.hotspots.districting.files import NoColumn, NotWritable, cut_file, write_cut
from geo.hotspots.districting.ground import RecutRequest
from geo.hotspots.siting.files import choose_from_files, write_sites
from geo.hotspots.siting.plan import SiteRequest
from tests.towns import SRID, grid, spot


def test_units_of_a_file_are_cut_and_written_with_what_was_in_it(tmp_path):
    low = spot(0, 0)
    cells = [shapely.box(low.x + i * 100, low.y + j * 100, low.x + i * 100 + 100, low.y + j * 100 + 100)
             for j in range(3) for i in range(6)]  # fmt: skip
    table = {"bh": [f"U{i:02d}" for i in range(18)], "cases": [1.0] * 18, "pq": ["1"] * 12 + ["2"] * 6}
    source = tmp_path / "units.gpkg"
    geopandas.GeoDataFrame(table, geometry=cells, crs=SRID).to_file(source, driver="GPKG")
    found = cut_file(source, RecutRequest(lock_units=("U17",)), key="bh", load="cases", before="pq")
    assert found.cut.max_over_mean == pytest.approx(1.0) and found.cut.codes[17] == "2"
    sentences = ["" if reason is None else reason[0] for reason in found.reasons]
    write_cut(found, tmp_path / "out.gpkg", sentences)
    units = geopandas.read_file(tmp_path / "out.gpkg", layer="units")
    districts = geopandas.read_file(tmp_path / "out.gpkg", layer="districts")
    assert units["bh"].tolist() == table["bh"] and (units["reason"] != "").sum() == 3
    assert districts["load_pct"].tolist() == [100.0, 100.0]
    assert districts.to_crs(SRID).area.sum() == pytest.approx(18 * 1e4, rel=1e-6)
    with pytest.raises(NotWritable):
        write_cut(found, tmp_path / "out.txt", sentences)
    with pytest.raises(NoColumn):
        cut_file(source, RecutRequest(n=2), load="missing")


def test_candidates_of_a_file_are_chosen_by_walking(tmp_path):
    def save(file, points, **columns):
        frame = geopandas.GeoDataFrame(columns, geometry=[spot(*point) for point in points], crs=SRID)
        frame.to_file(tmp_path / file, driver="GeoJSON")
        return tmp_path / file

    roads = tmp_path / "roads.geojson"
    grid(6, 2)[["geometry"]].to_file(roads, driver="GeoJSON")
    candidates = save("c.geojson", [(0, 0), (400, 0), (1000, 0)], label=["a", "b", "c"])
    demand = save("d.geojson", [(50, 0), (450, 200), (950, 0)], n=[5, 3, 2])
    schools = save("s.geojson", [(0, 30)], name=["一小"])
    request = SiteRequest(p=1, walk_min=5, rules=("school<100",))
    spots, found = choose_from_files(
        candidates, demand, request, weight="n", key="label", layers={"school": schools}, roads=roads
    )
    assert [spots["key"].iloc[i] for i in found.choice.chosen] == ["b"] and found.choice.covered == 8.0
    write_sites(spots, found, tmp_path / "out.geojson", ["x" if row else "" for row in found.reasons])
    told = geopandas.read_file(tmp_path / "out.geojson")
    assert told["reason"].tolist() == ["x", "", ""] and told["rank"].notna().tolist() == [False, True, False]
