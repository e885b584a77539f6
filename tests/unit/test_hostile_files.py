"""Files that are broken, mislabelled or mean harm: each is refused or read by what it is, and harms nobody."""

from __future__ import annotations

import gzip
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from geo.crs import UnknownCrs
from geo.errors import PianquError
from geo.layers.batches import RawBatch
from geo.layers.readers import extent_of
from geo.layers.readers.parent import open_file, open_osm
from geo.layers.readers.sniff import Format, sniff
from geo.layers.reports import FileTooHeavy, ImportOptions
from geo.organisation.files import read_staff

POINT = shapely.Point(118, 28.3)
OSM = '<osm version="0.6"><node id="1" lon="118" lat="28.3" version="1"><tag k="highway" v="street_lamp"/></node></osm>'


def read(path: Path, **options: object) -> tuple[list[RawBatch], str, list[str]]:
    with open_file(path, ImportOptions(**options)) as raw:
        crs = raw.crs
        return list(raw.batches()), crs, [note.code for note in raw.notes]


def refusal(path: Path, reader: Callable[..., object] = read, **options: object) -> str:
    with pytest.raises(PianquError) as caught:
        reader(path, **options)
    assert caught.value.code in {"crs.missing"} or "{" not in caught.value.code
    return caught.value.code


def lamps(n: int = 3, crs: int | None = 4490, **columns: list[object]) -> geopandas.GeoDataFrame:
    points = [shapely.Point(118 + i / 1000, 28.3) for i in range(n)]
    return geopandas.GeoDataFrame({"code": [f"灯{i}" for i in range(n)], **columns}, geometry=points, crs=crs)


def zipped(path: Path, members: dict[str, bytes], mode: int = 0o644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def shapefile(folder: Path, name: str = "lamp", encoding: str = "GBK") -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    lamps().to_file(folder / f"{name}.shp", encoding=encoding, engine="pyogrio")
    return {file.name: file.read_bytes() for file in folder.glob(f"{name}.*")}


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://127.0.0.1/a.geojson", "PG:dbname=postgres", "GPKG:/etc/passwd", "/etc", "/nowhere.csv"]
)
def test_names_that_are_no_ordinary_file_are_refused(name: str) -> None:
    assert refusal(Path(name)) == "layers.file_missing"


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 100,
        b"<OGRVRTDataSource><OGRVRTLayer><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><osm>&b;</osm>',
        b"SQLite format 3\0" + b"\0" * 200,
        b"%PDF-1.4\0",
        b'{"no": "geo"}',
    ],
)
def test_what_we_do_not_read_is_refused_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    for name in ("innocent.geojson", "map.osm", "a.gpkg", "a.csv"):
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name) == "layers.file_unknown"


def test_a_file_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    lamps().to_file(tmp_path / "a.gpkg")
    lamps().to_parquet(tmp_path / "b.parquet")
    for source, found in (("a.gpkg", Format.GPKG), ("b.parquet", Format.PARQUET)):
        wrong = tmp_path / f"{source}.csv"
        wrong.write_bytes((tmp_path / source).read_bytes())
        assert sniff(wrong) is found and len(read(wrong)[0][0].rows) == 3


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson", "shp"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_file_cut_anywhere_is_refused_or_gives_whole_rows(tmp_path: Path, suffix: str, share: float) -> None:
    frame, path = lamps(200, 4490), tmp_path / f"a.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    try:
        batches, _, _ = read(path)
    except PianquError as error:
        assert error.code.startswith("layers.file_broken")
    else:
        assert sum(len(batch.rows) for batch in batches) <= 200


def test_cut_and_empty_osm_files_are_refused(tmp_path: Path) -> None:
    def harvest(path: Path) -> object:
        with open_osm(path, ImportOptions()) as raw:
            return list(raw.layers())

    whole, cut = tmp_path / "whole.osm", tmp_path / "cut.osm"
    whole.write_text(OSM)
    cut.write_text(OSM[:-20])
    assert [layer for layer, _ in harvest(whole)] == ["streetlight"]
    assert refusal(cut, harvest) == "layers.file_broken"
    assert refusal(whole) == "layers.use_import_osm"
    lamps().to_file(tmp_path / "a.gpkg")
    assert refusal(tmp_path / "a.gpkg", harvest) == "layers.not_osm"
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(OSM.encode()))
    assert len(harvest(tmp_path / "a.osm.gz")) == 1
    assert extent_of(tmp_path / "a.osm.gz") == (118, 28.3, 118, 28.3)


@pytest.mark.parametrize("name", ["../a.shp", "/etc/a.shp", "a/../../a.shp", "C:/a.shp", "..\\a.shp"])
def test_archives_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(zipped(tmp_path / "a.zip", {name: b"x"})) == "layers.zip_path"


def test_archives_with_links_archives_bombs_or_nothing_are_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path / "a.zip", {"a.shp": b"/etc/passwd"}, stat.S_IFLNK | 0o777)) == "layers.zip_path"
    assert refusal(zipped(tmp_path / "b.zip", {"b.zip": b"PK\3\4"})) == "layers.zip_nested"
    assert refusal(zipped(tmp_path / "c.zip", {"c.csv": b"PK\3\4" + b"0" * 99})) == "layers.zip_nested"
    assert refusal(zipped(tmp_path / "d.zip", {"d.csv": b" " * (60 << 20)})) == "layers.zip_too_big"
    assert refusal(zipped(tmp_path / "e.zip", {f"{i}.txt": b"" for i in range(1_001)})) == "layers.zip_too_big"
    assert refusal(zipped(tmp_path / "f.zip", {"readme.doc": b"x"})) == "layers.zip_nothing"
    broken = zipped(tmp_path / "g.zip", {"g.csv": b"lon,lat\n118,28\n" * 99})
    data = bytearray(broken.read_bytes())
    data[60:70] = b"\xff" * 10
    broken.write_bytes(data)
    assert refusal(broken) == "layers.zip_broken"


def test_a_gzip_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(b"lon,lat\n")
        for _ in range(80):
            file.write(b"118,28.3\n" * (1 << 17))
    path.write_bytes(packed.getvalue())
    assert refusal(path) == "layers.zip_too_big"


def test_two_shapefiles_in_an_archive_are_asked_about_and_chinese_names_are_read(tmp_path: Path) -> None:
    both = shapefile(tmp_path / "one") | {k.replace("lamp", "路灯"): v for k, v in shapefile(tmp_path / "two").items()}
    path = zipped(tmp_path / "a.zip", both)
    with pytest.raises(PianquError) as caught:
        read(path)
    assert caught.value.code == "layers.choose_layer" and "路灯" in caught.value.facts["layers"]
    assert len(read(path, layer="路灯")[0][0].rows) == 3


@pytest.mark.parametrize(
    ("encoding", "label"), [("GBK", None), ("GBK", "UTF-8"), ("UTF-8", None), ("UTF-8", "GBK"), ("GBK", "936")]
)
def test_attribute_tables_are_read_whatever_their_label_says(tmp_path: Path, encoding: str, label: str | None) -> None:
    members = shapefile(tmp_path / "in", encoding=encoding)
    members.pop("lamp.cpg")
    if label:
        members["lamp.cpg"] = label.encode()
    table = bytearray(members["lamp.dbf"])
    table[29] = 0
    members["lamp.dbf"] = bytes(table)
    batches, _, notes = read(zipped(tmp_path / "a.zip", members))
    assert batches[0].columns["code"].to_pylist() == ["灯0", "灯1", "灯2"]
    assert ("layers.encoding_used" in notes) == (encoding == "GBK")


def test_french_tables_without_a_label_keep_their_accents(tmp_path: Path) -> None:
    frame = lamps(2)
    frame["code"] = ["Bâtiment léger", "Hôtel de Béthune"]
    frame.to_file(tmp_path / "a.shp", encoding="cp1252", engine="pyogrio")
    (tmp_path / "a.cpg").unlink()
    table = bytearray((tmp_path / "a.dbf").read_bytes())
    table[29] = 0
    (tmp_path / "a.dbf").write_bytes(table)
    assert read(tmp_path / "a.shp")[0][0].columns["code"].to_pylist() == ["Bâtiment léger", "Hôtel de Béthune"]


def test_a_geopackage_of_several_layers_is_asked_about(tmp_path: Path) -> None:
    for name in ("lamps", "灯"):
        lamps().to_file(tmp_path / "a.gpkg", layer=name)
    assert refusal(tmp_path / "a.gpkg") == "layers.choose_layer"
    assert refusal(tmp_path / "a.gpkg", layer="nothing") == "layers.choose_layer"
    assert len(read(tmp_path / "a.gpkg", layer="灯")[0][0].rows) == 3


def test_coordinates_without_a_frame_are_refused_until_one_is_said(tmp_path: Path) -> None:
    lamps(crs=None).to_file(tmp_path / "a.gpkg")
    with pytest.raises(UnknownCrs):
        read(tmp_path / "a.gpkg")
    assert read(tmp_path / "a.gpkg", crs="EPSG:4548")[1] == "EPSG:4548"
    with pytest.raises(UnknownCrs):
        read(tmp_path / "a.gpkg", crs="EPSG:999999")
    (tmp_path / "a.csv").write_text("x,y\n500000,3130000\n")
    with pytest.raises(UnknownCrs):
        read(tmp_path / "a.csv")


def test_an_old_datum_is_taken_with_a_warning(tmp_path: Path) -> None:
    lamps(crs=4214).to_file(tmp_path / "a.gpkg")
    assert "layers.coarse_datum" in read(tmp_path / "a.gpkg")[2]


@pytest.mark.parametrize(
    "text",
    [
        "编号;经度;纬度\n灯1;118,5;28,25\n".encode("gbk"),
        "\ufeff编号,lon,lat\r\n灯1,118.5,28.25\r\n".encode(),
        "编号\tLNG\tLAT\n灯1\t118.5\t28.25\n".encode("utf-16"),
        "编号|WKT\n灯1|SRID=4326;POINT(118.5 28.25)\n".encode(),
        '编号,备注,lon,lat\n灯1,"a,\n""b""",118.5,28.25,,\n\n'.encode(),
    ],
)
def test_tables_are_read_whatever_their_encoding_separator_and_comma(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(text)
    batches, _, _ = read(tmp_path / "a.txt")
    assert batches[0].geometry.tolist() == [shapely.Point(118.5, 28.25)]
    assert batches[0].columns["编号"].to_pylist() == ["灯1"]


def test_rows_of_a_table_that_cannot_be_placed_keep_their_number_and_say_why(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,lon,lat\n1,118,28\n2,118\n3,,28\n4,one,28\n5,nan,28\n6,118,28,9\n7,118,28\n")
    batch = read(tmp_path / "a.csv")[0][0]
    assert batch.rows.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert batch.flaws.tolist() == [
        None, "reject.columns:2 / 3", None, "reject.coordinate:one", "reject.not_finite", "reject.columns:4 / 3", None,
    ]  # fmt: skip
    assert [g is None for g in batch.geometry] == [False, True, True, True, True, True, False]


@pytest.mark.parametrize(("text", "code"), [("a,b\n1,2\n", "layers.no_place"), ("lon,lat\n118,28\n\xff\xfe", "")])
def test_tables_without_a_place_are_refused_and_stray_bytes_survive(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
    if code:
        assert refusal(tmp_path / "a.csv") == code
    else:
        assert len(read(tmp_path / "a.csv")[0][0].rows) == 2


def test_areas_are_mended_where_that_is_cheap_and_refused_where_it_is_not(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    tangle = shapely.Polygon(draw.uniform((118, 28.3), (118.1, 28.4), (20_000, 2)))
    bow = shapely.Polygon([(118, 28.3), (118.1, 28.4), (118.1, 28.3), (118, 28.4)])
    flat = shapely.Polygon([(118, 28.3), (118.1, 28.4), (118, 28.3), (118, 28.3)])
    good = shapely.box(118, 28.3, 118.1, 28.4)
    geopandas.GeoDataFrame(geometry=[bow, tangle, flat, good], crs=4490).to_parquet(tmp_path / "a.parquet")
    batch = read(tmp_path / "a.parquet")[0][0]
    assert batch.flaws.tolist() == [None, "reject.too_tangled", "reject.invalid", None] and batch.repaired == 1
    assert shapely.is_valid(batch.geometry[[0, 3]]).all() and batch.geometry[0].area == pytest.approx(0.005)


def test_wkb_that_is_none_is_refused_row_by_row(tmp_path: Path) -> None:
    frame = lamps(3).to_wkb()
    frame = pandas.DataFrame(frame)
    frame.loc[1, "geometry"] = b"\x01\x02nonsense"
    import pyarrow as pa
    import pyarrow.parquet as pq

    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}, "version": "1.0.0"}
    pq.write_table(
        pa.Table.from_pandas(frame).replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet"
    )
    assert read(tmp_path / "a.parquet")[0][0].flaws.tolist() == [None, "reject.unreadable", None]


def test_a_reader_that_is_killed_harms_nobody_else(tmp_path: Path) -> None:
    lamps(5_000).to_parquet(tmp_path / "a.parquet")
    with open_file(tmp_path / "a.parquet", ImportOptions(batch_rows=10)) as raw:
        batches = raw.batches()
        next(batches)
        raw._child._process.kill()
        with pytest.raises(FileTooHeavy):
            list(batches)


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from geo.layers.readers.parent import _environment

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    told = _environment("/tmp")
    assert not any("secret" in value for value in told.values()) and "OGR_VRT" in told["OGR_SKIP"].split(",")
    assert {"GPKG", "GeoJSON", "ESRI Shapefile"}.isdisjoint(told["OGR_SKIP"].split(","))


@pytest.mark.parametrize("name", ["lamps.csv", "lamps.xlsx"])
@pytest.mark.parametrize("old", [False, True])
def test_what_only_looks_like_a_workbook_is_refused_whatever_its_name(tmp_path: Path, name: str, old: bool) -> None:
    path = zipped(tmp_path / name, {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    if old:
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    assert refusal(path) == "spreadsheets.not_a_table"
    with pytest.raises(PianquError, match=r"spreadsheets\.not_a_table"):
        read_staff(path)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    assert refusal(tmp_path / "a.csv") == "layers.file_empty"


def test_an_encoding_that_does_not_exist_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lon,lat\n118,28.3\n")
    assert refusal(tmp_path / "a.csv", encoding="klingon") == "layers.encoding_unknown"
