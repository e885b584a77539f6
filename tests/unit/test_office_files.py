"""Files as offices have them: workbooks with titles and merged cells, KML, drawings, and those that mean harm."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import shapely

from geo.cases.complaints.times import Unreadable, read_time
from geo.errors import PianquError
from geo.layers.convert import to_instant
from geo.layers.readers.parent import open_file
from geo.layers.readers.sniff import Format, sniff
from geo.layers.reports import FileTooHeavy, ImportOptions
from tests.benchmarks.intake_files import event_rows, write_workbook
from tests.drawings import drawing

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Style id="a"/>
<Folder><name>路灯</name><Folder><name>城东</name>
<Placemark><name>灯1</name><description><![CDATA[<table><tr><td>功率</td><td>60</td></tr></table>]]></description>
<ExtendedData><Data name="灯杆号"><value>L1</value></Data></ExtendedData>
<Point><coordinates>118.0,28.3,12</coordinates></Point></Placemark></Folder></Folder>
<Folder><name>小区</name><Placemark><name>园</name><LineString><coordinates>
118.0,28.3,0 118.001,28.3,0 118.001, 28.301,0 118.0,28.3,0</coordinates></LineString></Placemark>
<Placemark><name>坏</name><Point><coordinates>看不清</coordinates></Point></Placemark>
<Placemark><name>无</name></Placemark></Folder></Document></kml>"""


def read(path: Path, **options: object) -> tuple[list[dict[str, object]], list[object], list[object], list[int]]:
    """Cells, geometries, flaws and numbers of a file's rows."""
    cells: list[dict[str, object]] = []
    shapes: list[object] = []
    flaws: list[object] = []
    numbers: list[int] = []
    with open_file(path, ImportOptions(**options)) as raw:
        assert raw.crs
        for batch in raw.batches():
            cells += batch.columns.to_pylist()
            shapes += list(batch.geometry)
            flaws += list(batch.flaws)
            numbers += batch.rows.tolist()
    return cells, shapes, flaws, numbers


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(PianquError) as caught:
        read(path, **options)
    return caught.value.code


def test_a_workbook_has_a_title_merged_cells_empty_rows_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["B1"] = "城区路灯台账"
    page.merge_cells("B1:F1")
    for row in (["", "灯杆号", "经度", "纬度", "道路", "功率"], ["", "L1", "１１８.０", " 28.3 ", "朝阳路", 60.0],
                ["", "L2", 118.001, 28.3, None, 100], [], ["", "L3", "看不清", 28.3, "文昌路", None]):  # fmt: skip
        page.append(row)
    page.merge_cells("E3:E4")
    book.create_sheet("别的").append(["空"])
    book.save(tmp_path / "灯.xlsx")
    cells, shapes, flaws, numbers = read(tmp_path / "灯.xlsx")
    assert [row["道路"] for row in cells] == ["朝阳路", "朝阳路", "文昌路"] and numbers == [1, 2, 4]
    assert [row["功率"] for row in cells] == ["60", "100", ""]
    assert shapes[0] == shapely.Point(118, 28.3) and flaws == [None, None, "reject.coordinate:看不清"]
    assert refusal(tmp_path / "灯.xlsx", layer="没有") == "spreadsheets.no_sheet"


def test_a_kml_gives_folders_tables_and_data_of_every_placemark(tmp_path: Path) -> None:
    plain = tmp_path / "a.kml"
    plain.write_text(KML, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", KML)
        archive.writestr("files/icon.png", b"\x89PNG")
    for path in (plain, tmp_path / "a.kmz"):
        cells, shapes, flaws, _ = read(path)
        assert cells[0] == {"folder": "路灯/城东", "name": "灯1", "功率": "60", "灯杆号": "L1"}
        assert shapes[0] == shapely.Point(118, 28.3) and shapely.is_closed(shapes[1])
        assert (shapes[2], flaws[2]) == (None, "reject.unreadable") and (shapes[3], flaws[3]) == (None, None)
    cells, *_ = read(plain, layer="小区")
    assert [row["name"] for row in cells] == ["园", "坏", "无"]
    assert refusal(plain, layer="桥") == "layers.choose_layer"


def test_a_drawing_gives_blocks_with_attributes_lines_and_text_by_layer(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(drawing().encode("gbk"))
    cells, shapes, _, _ = read(path, crs="EPSG:4548")
    assert [row["layer"] for row in cells] == ["路灯", "宗地", "注记"]
    assert (cells[0]["block"], cells[0]["编号"], cells[2]["text"]) == ("LAMP", "L-001", "朝阳小区")
    assert [shape.geom_type for shape in shapes] == ["Point", "LineString", "Point"]
    assert len(read(path, crs="EPSG:4548", layer="宗地")[0]) == 1
    assert refusal(path, layer="没有") == "layers.choose_layer" and refusal(path) == "crs.missing"


LAUGHS = '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE k [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("far", [0, 100_000])
def test_a_kml_with_a_document_type_is_refused_wherever_it_stands(tmp_path: Path, prolog: str, far: int) -> None:
    root = KML.replace("<?xml version", "<?xml version").replace("<kml", f"<!--{' ' * far}-->{prolog}<kml", 1)
    path = tmp_path / "a.kml"
    path.write_text(root.replace("灯1", "&b;" if prolog is LAUGHS else "&f;"), encoding="utf-8")
    assert refusal(path) in {"layers.file_unknown", "layers.file_broken"}


@pytest.mark.parametrize("name", ["../doc.kml", "/etc/doc.kml", "C:\\doc.kml", "a/../../doc.kml"])
def test_a_kmz_whose_members_lead_outside_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr(name, KML)
    assert refusal(tmp_path / "a.kmz") == "layers.zip_path"


def test_a_workbook_with_entities_or_a_bomb_harms_nobody(tmp_path: Path) -> None:
    header, rows = ("编号", "经度", "纬度"), [("L1", "118", "28.3")]
    write_workbook(tmp_path / "plain.xlsx", header, rows)
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    laughing = parts[sheet].replace(
        b"<worksheet", LAUGHS.replace("DOCTYPE k", "DOCTYPE worksheet").encode() + b"<worksheet"
    )
    outside = parts[sheet].replace(b"<worksheet", OUTSIDE.encode() + b"<worksheet")
    for evil in (laughing.replace(b"L1", b"&b;"), outside.replace(b"L1", b"&f;")):
        with zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, evil if name == sheet else data)
        try:
            cells, *_ = read(tmp_path / "evil.xlsx")
        except PianquError as refused:
            assert refused.code == "spreadsheets.not_a_table"
        else:
            assert "ha" not in str(cells[0]["编号"]) and len(str(cells[0]["编号"])) < 4
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            if name != sheet:
                archive.writestr(name, data)
        row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c></row>"
        with archive.open(sheet, "w") as part:
            part.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for number in range(1, 4_000):
                part.write(row % (number, number))
            part.write(b"</sheetData></worksheet>")
    with pytest.raises(FileTooHeavy) as caught:
        read(tmp_path / "bomb.xlsx")
    assert caught.value.code == "layers.zip_too_big"


def test_what_a_file_is_follows_from_its_content(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(drawing().encode())
    (tmp_path / "y.txt").write_text(KML, encoding="utf-8")
    write_workbook(tmp_path / "z.dat", ("a", "b"), [("1", "2")])
    found = [sniff(tmp_path / name) for name in ("x.csv", "y.txt", "z.dat")]
    assert found == [Format.DXF, Format.KML, Format.WORKBOOK]


def test_files_and_complaints_read_the_same_moments_from_all_ways_of_writing_them() -> None:
    words = [row[2] for row in event_rows(3_000)[0]]
    words += [
        "2026-02-30 08:00",
        "2026年3月1日",
        "2026.3.1 8:5",
        "２０２６/３/１",
        "20260301",
        "46082",
        "24:00",
        "1772323500",
    ]
    at, bad, days = to_instant(pa.array(words), "Asia/Shanghai")
    for word, found, wrong in zip(words, at.to_pylist(), bad.tolist(), strict=True):
        try:
            wanted = read_time(word, "Asia/Shanghai")
        except Unreadable:
            assert wrong and found is None, word
        else:
            assert found is not None and abs(found - wanted) <= dt.timedelta(seconds=1), word
    assert np.flatnonzero(days).tolist() == [3_001, 3_003, 3_004, 3_005]
