"""``pianqu import look … refuse``, ``units`` and ``exchange``, typed as the clerk who keeps the machine types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.commands import exchange, layers, organisation
from geo.cases.exchange.actions import DeliveryBroken, Received, UnknownDelivery, UnknownForm
from geo.cases.exchange.forms import FormBroken
from geo.cases.places.actions import OwnName, import_names
from geo.cases.placing.actions import NoteMissing, RowDecided, RowUnfit, UnknownRow
from geo.cases.sheets import SheetUnknown
from geo.db.engine import Database
from geo.features.locate import Swapped
from geo.layers.control.solving import ControlRefused
from geo.organisation.actions import UnknownCode
from geo.settings import Settings
from tests.commands import Line, told

LAMPS = "灯杆号,经度,纬度,地址,功率\nL1,118,28.3,路口,60\nL2,,,老王烧烤门口,60\nL3,,,不知道哪里,很亮\nL4,,,,60\n"


@pytest.fixture
def run(settings: Settings, county: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "zh-CN")
    return Line(settings, county, layers, organisation, exchange)


def written(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_rows_without_a_place_from_the_file_to_the_map(
    run: Line, database: Database, county: str, tmp_path: Path
) -> None:
    with database.begin(county) as session:
        import_names(session, county, [OwnName("shop", "老王烧烤", 118.001, 28.301, 15)])
    assert "是空的" in run("import", "waiting")
    file = written(tmp_path / "灯.csv", LAMPS)
    seen = run("import", "look", "streetlight", file, "--key", "灯杆号")
    assert "灯杆号 → code" in seen and "--map address=地址" in seen
    say = ("--map", "address=地址", "--key", "灯杆号")
    asked = run("import", "look", "streetlight", file, *say)
    assert "3 行没有坐标" in asked and "--map address" not in asked
    assert told(run, "import", "look", "streetlight", file, *say, "--save", "夜巡")["saved"] == "夜巡"
    assert "夜巡" in run("import", "sources")
    assert "2 行只有文字地址" in run("import", "layer", "streetlight", file, "--source", "夜巡")
    second, third = told(run, "import", "waiting")["waiting"]
    assert "老王烧烤" in run("import", "waiting", str(second["id"]))
    assert "没有认得的地名" in run("import", "waiting", str(third["id"]))
    with pytest.raises(Swapped):
        run("import", "place", str(second["id"]), "28.301", "118.001")
    assert "已上图" in run("import", "place", str(second["id"]), "118.001", "28.301")
    with pytest.raises(RowDecided):
        run("import", "place", str(second["id"]), "118.001", "28.301")
    with pytest.raises(RowUnfit):
        run("import", "place", str(third["id"]), "118.001", "28.301")
    with pytest.raises(NoteMissing):
        run("import", "refuse", str(third["id"]), "--note", " ")
    with pytest.raises(UnknownRow):
        run("import", "waiting", "999999")
    assert "不予上图" in run("import", "refuse", str(third["id"]), "--note", "现场无此灯")
    assert told(run, "import", "waiting") == {"waiting": []}


def test_control_points_say_how_far_each_is_off(run: Line, tmp_path: Path) -> None:
    spots = [(1000 + x, 2000 + y, 598_000 + x, 3_132_000 + y) for x, y in ((0, 0), (900, 0), (900, 800), (0, 800))]
    head = "点名,独立东坐标,独立北坐标,东坐标,北坐标\n"
    lines = [f"K{n},{','.join(map(str, row))}" for n, row in enumerate(spots)]
    good = written(tmp_path / "k.csv", head + "\n".join(lines))
    assert "K3  东" in run("import", "control", "城关", good, "--crs", "EPSG:4548")
    assert told(run, "import", "control", "城关", good, "--crs", "EPSG:4548")["rms_m"] < 0.001
    bad = written(tmp_path / "b.csv", head + "\n".join([*lines[:3], "K3,1005,2800,598000,3132800"]))
    with pytest.raises(ControlRefused) as refused:
        run("import", "control", "城关", bad, "--crs", "EPSG:4548")
    assert "K3" in str(refused.value.facts)


def test_units_come_from_a_file_and_a_wrong_one_changes_nothing(run: Line, tmp_path: Path) -> None:
    head = "单位编号,单位名称,层级,上级编号,片区\n"
    good = written(tmp_path / "u.csv", f"{head}J,局,局,,\nD1,大队,大队,J,\n")
    for _ in range(2):
        assert "2" in run("units", "import", good)
    with pytest.raises(UnknownCode):
        run("units", "import", written(tmp_path / "b.csv", f"{head}D2,二队,大队,J,PQ09\n"))


def test_a_platform_gets_its_file_once_and_its_receipt_is_noted(run: Line, tmp_path: Path) -> None:
    assert "还没有报送" in run("exchange", "list")
    form = written(tmp_path / "form.json", json.dumps([{"heading": "日期", "field": "on_date"}]))
    assert "共 1 列" in run("exchange", "form", "市平台", "activity", form)
    make = ("exchange", "make", "市平台", "activity", "2026-03-01", "2026-03-31")
    first, again = (told(run, *make, str(tmp_path / f"{n}.csv")) for n in range(2))
    assert first == again and (tmp_path / "1.csv").read_text("utf-8-sig") == "日期\n"
    number = str(first["delivery"])
    for _ in range(2):
        assert "已登记" in run("exchange", "receipt", number, "R-1", "--accepted", "0")
    assert "R-1" in run("exchange", "list", "--platform", "市平台")
    assert told(run, *make, str(tmp_path / "2.csv"))["delivery"] > first["delivery"]
    for wrong, error in (
        (("receipt", number, "R-2", "--accepted", "0"), Received),
        (("receipt", "999999", "R", "--accepted", "0"), UnknownDelivery),
        (("make", "省平台", "activity", "2026-03-01", "2026-03-31", str(tmp_path / "x.csv")), UnknownForm),
        ((*make[1:4], "2026-03-31", "2026-03-01", str(tmp_path / "x.csv")), DeliveryBroken),
        ((*make[1:], str(tmp_path / "x.pdf")), SheetUnknown),
    ):
        with pytest.raises(error):
            run("exchange", *wrong)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[不是 JSON", "exchange.form_file"),
        ('{"heading": "工号"}', "exchange.form_file"),
        ("[]", "exchange.form_broken"),
        ('[{"heading": "电话", "field": "phone"}]', "exchange.form_broken"),
        ('[{"heading": "证件", "field": "licence_to_on", "format": 7}]', "exchange.form_broken"),
        ('[{"heading": "身份", "field": "kind", "words": {"regular": 1}}]', "exchange.form_broken"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_before_it_is_kept(
    run: Line, tmp_path: Path, content: str, code: str
) -> None:
    with pytest.raises(FormBroken) as refused:
        run("exchange", "form", "省平台", "staff", written(tmp_path / "form.json", content))
    assert refused.value.code == code
    with pytest.raises(UnknownForm):
        run("exchange", "make", "省平台", "staff", "2026-03-01", "2026-03-31", str(tmp_path / "x.csv"))
