"""Imports as bureaus have them: local frames, saved readings, shifted points, waiting rows, units, platforms."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import math
from pathlib import Path

import openpyxl
import pytest
from shapely import LineString
from sqlalchemy import text

from geo.cases.exchange import actions as exchange
from geo.cases.exchange.forms import FormBroken, WordMissing
from geo.cases.exchange.queries import list_deliveries
from geo.cases.places.actions import OwnName, import_names
from geo.cases.placing import actions as placing
from geo.crs import transformer
from geo.db.counties import get_county
from geo.layers.actions import import_layer, save_frame
from geo.layers.control.actions import UnknownControl, set_control
from geo.layers.control.solving import ControlRefused
from geo.layers.offsets import to_gcj02
from geo.layers.reports import ImportOptions
from geo.layers.sources.actions import look, save_source
from geo.layers.sources.asking import OffsetSuspected
from geo.layers.waiting.queries import list_waiting
from geo.messages import say
from geo.organisation.actions import UnknownCode, import_units


def table(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def lamps(database, county) -> dict[str, tuple[float, float]]:
    with database.begin(county) as session:
        rows = session.execute(
            text("SELECT code, ST_X(geom), ST_Y(geom) FROM streetlight WHERE tenant = :t"), {"t": county}
        )  # fmt: skip
        return {code: (x, y) for code, x, y in rows}


SPOTS = ((118.0, 28.3), (118.02, 28.3), (118.02, 28.32), (118.0, 28.32), (118.01, 28.31))


def local_frame(session, county):
    """A frame of the town's own: turned by 3 degrees, with an origin of its own."""
    to_plane = transformer(4490, get_county(session, county).metric_srid)
    turn = math.radians(3)

    def local(lon: float, lat: float) -> tuple[float, float]:
        x, y = to_plane.transform(lon, lat)
        x, y = x - 500_000, y - 3_130_000
        return x * math.cos(turn) - y * math.sin(turn) + 1000, x * math.sin(turn) + y * math.cos(turn) + 2000

    return local


def test_a_local_frame_is_solved_from_control_points_and_kept_with_the_import(database, county, tmp_path):
    with database.begin(county) as session:
        local = local_frame(session, county)
        pairs = [("点名", "独立东坐标", "独立北坐标", "经度", "纬度")]
        pairs += [(f"K{at}", *local(*spot), *spot) for at, spot in enumerate(SPOTS)]
        for method in ("helmert", "affine"):
            found = set_control(session, county, "城关", table(tmp_path / "k.csv", *pairs), method)
            assert found["rms_m"] < 0.001 and found["spare"] == (6 if method == "helmert" else 4)
        bad = [*pairs[:3], ("K2", local(*SPOTS[2])[0] + 5, local(*SPOTS[2])[1], *SPOTS[2]), *pairs[4:]]
        with pytest.raises(ControlRefused) as refused:
            set_control(session, county, "城关", table(tmp_path / "bad.csv", *bad))
        assert "K2" in refused.value.facts["points"]
        line = [pairs[0], *[(f"L{n}", *local(118 + n / 100, 28.3), 118 + n / 100, 28.3) for n in range(4)]]
        with pytest.raises(ControlRefused, match=r"control\.one_line"):
            set_control(session, county, "线", table(tmp_path / "line.csv", *line), "affine")
    place = 118.0123, 28.3145
    file = table(tmp_path / "灯.csv", ("灯杆号", "x", "y"), ("L1", *local(*place)))
    report = import_layer(database, county, file, "streetlight", ImportOptions(control="城关"))
    assert report.added == 1 and "layers.control_used" in [note.code for note in report.notes]
    assert lamps(database, county)["L1"] == pytest.approx(place, abs=1e-8)
    with pytest.raises(UnknownControl):
        import_layer(database, county, file, "streetlight", ImportOptions(control="没有"))


def test_how_a_data_set_is_read_is_said_once(database, county, tmp_path):
    first = table(tmp_path / "a.csv", ("杆子", "jd", "wd", "功率", "备注"), ("L1", 118.0, 28.3, "６０", "x"))
    options = ImportOptions(mapping={"code": "杆子", "lon": "jd", "lat": "wd"}, source="电力")
    seen = look(database, county, "streetlight", first, options)
    told = {one["column"]: one["field"] for one in seen.columns}
    assert (told["杆子"], told["功率"], told["备注"], seen.missing) == ("code", "power_w", None, [])
    with database.begin(county) as session:
        save_source(session, county, "streetlight", "电力", options, [one["column"] for one in seen.columns])
    second = table(tmp_path / "b.csv", ("杆子", "jd", "wd", "功率", "厂家"), ("L2", 118.001, 28.3, 100, "y"))
    report = import_layer(database, county, second, "streetlight", ImportOptions(source="电力"))
    notes = {note.code: note.facts.get("columns") for note in report.notes}
    assert report.added == 1 and notes["layers.columns_new"] == "厂家" and notes["layers.columns_gone"] == "备注"
    assert notes["layers.columns_kept"] == "厂家"


def test_points_that_lie_on_streets_only_once_an_offset_is_undone_are_asked_about(database, county, tmp_path):
    import geopandas

    lines = [LineString([(118 + n / 50, 28.30), (118 + n / 50, 28.32)]) for n in range(3)]
    roads = geopandas.GeoDataFrame(
        {"source_key": [f"r{n}" for n in range(3)], "road_class": ["residential"] * 3}, geometry=lines, crs=4490
    )
    save_frame(database, county, "road", roads, "test")
    true = [(118 + n % 3 / 50, 28.30 + n / 3000) for n in range(48)]
    shifted = [tuple(map(float, to_gcj02(*spot))) for spot in true]
    rows = [("灯杆号", "经度", "纬度"), *[(f"L{n}", *spot) for n, spot in enumerate(shifted)]]
    file = table(tmp_path / "灯.csv", *rows)
    assert look(database, county, "streetlight", file).suspected == "gcj02"
    with pytest.raises(OffsetSuspected) as asked:
        import_layer(database, county, file, "streetlight")
    assert asked.value.facts["offset"] == "gcj02" and not lamps(database, county)
    assert import_layer(database, county, file, "streetlight", ImportOptions(offset="gcj02")).added == 48
    assert lamps(database, county)["L5"] == pytest.approx(true[5], abs=1e-8)
    assert import_layer(database, county, file, "streetlight", ImportOptions(as_is=True, source="b")).rows_read == 48


def test_rows_that_say_their_place_in_words_wait_for_a_person(database, county, tmp_path):
    with database.begin(county) as session:
        import_names(session, county, [OwnName("shop", "老王烧烤", 118.001, 28.301, 15)])
    rows = [("灯杆号", "经度", "纬度", "地址", "功率", "联系电话"), ("L1", 118, 28.3, "路口", 60, "13800000000"),
            ("L2", "", "", "老王烧烤门口", 60, "13800000000"), ("L3", 0, 0, "不知道哪里", "很亮", ""),
            ("L4", "", "", "", 60, "")]  # fmt: skip
    file, options = table(tmp_path / "灯.csv", *rows), ImportOptions(mapping={"address": "地址"}, key="灯杆号")
    report = import_layer(database, county, file, "streetlight", options)
    assert (report.rows_read, report.added, report.waiting, report.rejected_count) == (4, 1, 2, 1)
    again = import_layer(database, county, file, "streetlight", options)
    assert (again.unchanged, again.waiting) == (1, 2)
    with database.begin(county) as session:
        second, third = list_waiting(session, county)
        assert (second["row_key"], second["place_text"]) == ("L2", "老王烧烤门口")
        (best,) = placing.propose(session, county, second["id"], 1)
        assert best.name == "老王烧烤" and placing.propose(session, county, third["id"]) == []
    placing.place(database, county, second["id"], best.lon, best.lat, actor="li")
    assert lamps(database, county)["L2"] == (118.001, 28.301)
    with pytest.raises(placing.RowDecided):
        placing.place(database, county, second["id"], best.lon, best.lat, actor="li")
    with pytest.raises(placing.RowUnfit) as unfit:
        placing.place(database, county, third["id"], 118.002, 28.302, actor="li")
    for spoken in ("zh", "en"):
        why = say(unfit.value.code, spoken, **unfit.value.facts)  # type: ignore[arg-type]
        assert "很亮" in why and ("无法" in why or "不" in why) == (spoken == "zh"), why
    assert unfit.value.facts["waiting"] == third["id"]
    with database.begin(county) as session:
        with pytest.raises(placing.NoteMissing):
            placing.refuse(session, county, third["id"], " ", actor="li")
        placing.refuse(session, county, third["id"], "现场无此灯", actor="li")
    done = import_layer(database, county, file, "streetlight", options)
    assert (done.waiting, done.unchanged, done.rejected_count) == (0, 3, 1)
    with database.begin(county) as session:
        assert list_waiting(session, county) == []


def test_units_come_in_with_their_tree_and_their_districts(database, county, tmp_path):
    with database.begin(county) as session:
        session.execute(
            text(
                "INSERT INTO patrol_district (tenant, source, source_key, code, name, geom) SELECT :t, 'x', c, c, c, "
                "ST_Multi(ST_MakeEnvelope(118, 28.3, 118.01, 28.31, 4490)) FROM unnest(ARRAY['PQ01', 'PQ02']) c"
            ),
            {"t": county},
        )
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["城管局机构表"], ["单位编号", "单位名称", "层级", "上级编号", "片区"],
                ["Z1", "一中队", "中队", "D1", "PQ01、PQ02"], ["D1", "大队", "大队", "J", None],
                ["J", "局", "局", None, None]):  # fmt: skip
        page.append(row)
    page.merge_cells("A1:E1")
    book.save(tmp_path / "机构.xlsx")
    assert import_units(database, county, tmp_path / "机构.xlsx") == (3, [])
    assert import_units(database, county, tmp_path / "机构.xlsx") == (3, [])
    with database.begin(county) as session:
        tree = session.execute(
            text(
                "SELECT u.code, p.code, count(d.id) FROM org_unit u LEFT JOIN org_unit p ON p.tenant = u.tenant AND "
                "p.id = u.parent_id LEFT JOIN patrol_district d ON d.tenant = u.tenant AND d.org_unit_id = u.id "
                "WHERE u.tenant = :t GROUP BY 1, 2 ORDER BY 1"
            ),
            {"t": county},
        )
        assert [tuple(row) for row in tree] == [("D1", "J", 0), ("J", None, 0), ("Z1", "D1", 2)]
    head = ("单位编号", "单位名称", "层级", "上级编号", "片区")
    _, bad = import_units(
        database, county, table(tmp_path / "a.csv", head, ("A", "a", "局", "B", ""), ("B", "b", "局", "A", ""))
    )
    assert {row.code for row in bad} == {"organisation.row_circle"}
    with pytest.raises(UnknownCode):
        import_units(database, county, table(tmp_path / "b.csv", head, ("A", "a", "局", "", "PQ09")))


def test_what_a_platform_gets_is_mapped_logged_and_receipted(database, county, tmp_path):
    day = dt.date(2026, 3, 1)
    with database.begin(county) as session:
        session.execute(
            text(
                "INSERT INTO staff (tenant, code, name, kind, licence_no, licence_to_on) VALUES "
                "(:t, 'A1', '张三', 'regular', 'L1', '2030-01-01'), (:t, 'A2', '=cmd()', 'auxiliary', NULL, NULL)"
            ),
            {"t": county},
        )
        form = [{"heading": "工号", "field": "code"}, {"heading": "姓名", "field": "name"},
                {"heading": "证件有效期", "field": "licence_to_on", "format": "%Y%m%d"},
                {"heading": "身份", "field": "kind", "words": {"regular": "执法人员"}},
                {"heading": "县", "text": "云县"}]  # fmt: skip
        with pytest.raises(FormBroken):
            exchange.set_form(session, county, "省平台", "staff", [{"heading": "x", "field": "phone"}], actor="li")
        exchange.set_form(session, county, "省平台", "staff", form, actor="li")
        with pytest.raises(WordMissing):
            exchange.make_delivery(session, county, "省平台", "staff", day, day, tmp_path / "a.csv", actor="li")
        form[3]["words"]["auxiliary"] = "辅助人员"
        exchange.set_form(session, county, "省平台", "staff", form, actor="li")
        made = exchange.make_delivery(session, county, "省平台", "staff", day, day, tmp_path / "a.csv", actor="li")
        content = (tmp_path / "a.csv").read_bytes()
        assert content.decode("utf-8-sig").splitlines()[1:] == [
            "A1,张三,20300101,执法人员,云县", "A2,'=cmd(),,辅助人员,云县",
        ]  # fmt: skip
        assert made["sha256"] == hashlib.sha256(content).hexdigest() and made["rows"] == 2
        for accepted, refused in ((2, 1), (-1, 1), (2, -1)):
            with pytest.raises(exchange.DeliveryBroken):
                exchange.note_receipt(session, county, made["delivery"], "R1", accepted, refused, actor="li")
        for _ in range(2):
            exchange.note_receipt(session, county, made["delivery"], "R1", 1, 1, note="缺证", actor="li")
        with pytest.raises(exchange.Received):
            exchange.note_receipt(session, county, made["delivery"], "R2", 2, 0, actor="li")
        (row,) = list_deliveries(session, county)
        assert (row["receipt"], row["accepted"], row["refused"], row["note"]) == ("R1", 1, 1, "缺证")
        logged = text("SELECT kind, actor FROM change WHERE tenant = :t AND kind LIKE 'exchange.%' ORDER BY id")
        assert [tuple(one) for one in session.execute(logged, {"t": county})] == [
            (f"exchange.{what}", "li") for what in ("form_set", "form_set", "made", "received")
        ]  # fmt: skip
        for subject in ("case", "penalty", "activity"):
            exchange.set_form(session, county, "市平台", subject, [{"heading": "县", "text": "云县"}], actor="li")
            empty = exchange.make_delivery(
                session, county, "市平台", subject, day, day, tmp_path / "b.xlsx", actor="li"
            )
            assert empty["rows"] == 0
