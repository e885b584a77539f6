"""``pianqu buildings`` and ``pianqu frontages``, typed as an operator types them."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely
from sqlalchemy import text

from api.commands import building_watch, buildings, frontages
from geo.cases.buildings.books import UnknownBuilding
from geo.cases.buildings.onemap.mapping import WKT
from geo.cases.sheets import SheetUnknown, write_sheet
from geo.db.engine import Database
from geo.layers.actions import import_layer
from geo.layers.reports import ImportOptions
from geo.settings import Settings
from tests.assessed import assess
from tests.cases import prepare
from tests.commands import Line, told


@pytest.fixture(scope="module")
def tenant(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def run(settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, tenant, buildings, building_watch, frontages)


def outline(n: int) -> str:
    box = shapely.box(598_000 + 40 * n, 3_132_000, 598_010 + 40 * n, 3_132_012)
    return str(geopandas.GeoSeries([box], crs=4548).to_crs(4490).to_wkt()[0])


def test_buildings_from_delivery_to_stock(run: Line, tmp_path: Path, database: Database, tenant: str) -> None:
    rows = [[f"C{n}", "存量", "2025-03-01", "2025-06-01", 1, "加建外扩", outline(n)] for n in range(3)]
    columns = ["图斑编号", "处置状态", "发现日期", "状态日期", "涉及户数", "违建类别", WKT]
    write_sheet(tmp_path / "in.xlsx", columns, rows)
    assert told(run, "buildings", "import", str(tmp_path / "in.xlsx"))["counts"] == {"added": 3}
    assert "rule" in run("buildings", "rule", "2025-12-31", "B01").lower()
    listed = told(run, "buildings", "list", "--category", "加建外扩")["buildings"]
    number = str(listed[0]["id"])
    step = ("buildings", "step", number)
    facts = ("--fact", "served_on=2025-07-01", "--fact", "deadline_on=2025-07-16")
    assert told(run, *step, "order", "--at", "2025-07-01", *facts)["status"] == "ordered"
    run(*step, "announce", "--at", "2025-07-20", "--fact", "until_on=2025-08-01")
    with database.begin(tenant) as session:
        assess(session, tenant, "CQ-1", about="building", building=int(number))
    refused = told(run, "buildings", "may-demolish", number, "2026-11-08T09:00", "2026-11-08T11:00")
    assert not refused["allowed"] and refused["first_on"] == "2026-01-05"
    assert "may be carried out" in run("buildings", "may-demolish", number, "2026-11-09T09:00", "2026-11-09T11:00")
    run("buildings", "correct", number, "重测", "--area-m2", "1.5", "--at", "2025-09-01")
    assert "open" in run("buildings", "show", number)
    out = tmp_path / "stock.csv"
    said = run("buildings", "stock", "2025-01-01", "2025-12-31", "--out", str(out))
    assert "closing" in said and out.read_text("utf-8-sig").count("\n") == 5
    stock = told(run, "buildings", "stock", "2025-01-01", "2025-12-31")
    assert (stock["closing"]["plots"], stock["terms"]["corrected"]["area_m2"]) == (3, 1.5)
    run("buildings", "plan", "加建外扩", "demolish", "2", "2025-06-01", "2025-12-31", "B01")
    assert told(run, "buildings", "plans")[0]["late"] is True
    assert told(run, "buildings", "export", str(tmp_path / "out.geojson"))["counts"] == {"sent": 3}
    assert len(told(run, "buildings", "receipts")) == 2
    assert told(run, "buildings", "alarms") == told(run, "buildings", "estates") == []
    assert told(run, "buildings", "adopt")["count"] == 0
    with pytest.raises(UnknownBuilding):
        run("buildings", "show", "999999999")
    with pytest.raises(SheetUnknown):
        run("buildings", "list", "--out", str(tmp_path / "x.doc"))


def test_frontages_from_shop_list_to_monthly_list(run: Line, database: Database, tenant: str, tmp_path: Path) -> None:
    shops = tmp_path / "shops.csv"
    shops.write_text(
        "编号,店名,街路,经营者姓名,wkt\n"
        + "\n".join(f'K{n},店{n},横街,赵铁柱,"LINESTRING(117.99{n} 28.30504, 117.99{n}05 28.30504)"' for n in range(3)),
        "utf-8",
    )
    report = import_layer(database, tenant, shops, "frontage", ImportOptions(crs="EPSG:4490"))
    assert not report.rejected and "layers.persons_left_out" in {note.code for note in report.notes}
    with database.begin(tenant) as session:
        kept = session.execute(text("SELECT string_agg(f::text, ' ') FROM frontage f WHERE tenant = :t"), {"t": tenant})
        assert "赵铁柱" not in kept.scalar_one()
    assert told(run, "frontages", "settle")["changed"] == 3
    columns = ["编号", "版本", "商铺编号", "签订日期", "有效期至", "签订人"]
    days = ["2026-01-05", "2027-12-31"]
    rows = [["Q1", "四包", "K0", *days, "赵铁柱"], ["Q2", "四包", "?", *days, ""]]
    write_sheet(tmp_path / "signed.csv", columns, rows)
    assert told(run, "frontages", "import-agreements", str(tmp_path / "signed.csv"))["unmatched"] == 1
    whole = told(run, "frontages", "register", "--on", "2026-10-01")["whole"]
    assert whole == {"all": 3, "signed": 1, "expired": 0, "missing": 2}
    assert len(told(run, "frontages", "list", "--standing", "missing")) == 2
    (loose,) = told(run, "frontages", "unmatched")
    second = told(run, "frontages", "list", "--standing", "missing")[0]["id"]
    assert told(run, "frontages", "match", str(loose["id"]), str(second))["found"] == 1
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4")
    assert len(told(run, "frontages", "scan", str(loose["id"]), str(tmp_path / "scan.pdf"))["sha256"]) == 64
    for day in ("03", "04"):
        made = told(run, "frontages", "check", "K0", "--failed", "order", "--at", f"2026-10-{day}", "--staff", "S01")
        assert made["passed"] is False
    assert len(told(run, "frontages", "tasks")) == 2
    assert told(run, "frontages", "rates", "2026-10-01", "2026-10-31")[0]["checked"] == 2
    drawn = str(told(run, "frontages", "draw-list", "2026-10-01")["id"])
    shown = told(run, "frontages", "show-list", drawn)
    assert shown["reproduced"] and [row["code"] for row in shown["rows"]] == ["K0"]
    assert told(run, "frontages", "list-step", drawn, "notify", "--appeal-to", "2199-01-01")["state"] == "notified"
    row = str(shown["rows"][0]["id"])
    run("frontages", "appeal", row, "不是我家")
    run("frontages", "answer", row, "rejected", "照片属实")
    assert told(run, "frontages", "list-step", drawn, "withdraw", "--note", "重拟")["state"] == "withdrawn"
    assert told(run, "frontages", "agreement-step", str(loose["id"]), "end", "--at", "2026-03-01")["state"] == "ended"
