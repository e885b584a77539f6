"""``pianqu ads``, ``restaurants``, ``parking``, ``noise``, ``fireworks`` and ``markets``, typed as an operator does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from api.commands import ads, checks, contacts, markets, street
from geo.cases.contacts.actions import BadVisit, UnknownContact
from geo.cases.secrets.words import NumberInText
from geo.db.engine import Database
from geo.settings import Settings
from geo.uids import uuid7
from tests.api import county as scene
from tests.cases import prepare
from tests.commands import Line, told

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
WEST = (117.99, 28.29)


@pytest.fixture(scope="module")
def tenant(database: Database) -> str:
    code = prepare(database)
    spot = scene.point(*WEST)
    with database.begin(code) as session:
        scene.add(session, code, "ad", [{"code": "A1", "kind": "rooftop", "name": "老王面馆", "geom": spot}])
        scene.add(session, code, "restaurant", [{"code": "R1", "name": "面馆", "device": "none", "geom": spot}])
        scene.add(session, code, "parking", [{"code": "P1", "kind": "bike_bay", "capacity": 8, "geom": spot}])
        zone = scene.box(117.985, 28.285, 117.995, 28.295, "MULTI")
        scene.add(session, code, "firework_zone", [{"name": "老城", "rule": "banned", "geom": zone}])
        scene.add(session, code, "contact_point", [{"name": "东湖社区", "kind": "community", "geom": spot}])
        stand = {"kind": "regulated", "name": "早点", "slots": 3, "geom": spot}
        scene.add(session, code, "vendor_point", [stand])
    return code


@pytest.fixture
def run(settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, tenant, ads, checks, contacts, markets, street)


def test_ads_from_hazard_to_removal(run: Line, tmp_path: Path) -> None:
    assert "unpermitted" in run("ads", "list", "--fault", "unpermitted", "--out", str(tmp_path / "ads.xlsx"))
    assert (tmp_path / "ads.xlsx").stat().st_size > 1_000
    hazard = told(run, "ads", "raise", "A1", "major", "螺栓松动")["hazard"]
    run("ads", "hazard", "A1", str(hazard))
    assert [one["code"] for one in told(run, "ads", "storm")["ads"]] == ["A1"]
    run("ads", "show-as", "A1", "面馆")
    order = told(run, "ads", "order", "remove", "--ad", "A1", "--due", str(TODAY), "--notice", "责1")
    assert (order["state"], order["quantity"]) == ("ordered", 1.0)
    assert [one["id"] for one in told(run, "ads", "orders", "--open")["orders"]] == [order["id"]]
    done = told(run, "ads", "step", str(order["id"]), "remove", "--urgent", "台风", "--paper", "案卷7")
    assert done["state"] == "removed_by_bureau" and told(run, "ads", "list")["ads"] == []
    assert "remove/rooftop/removed_by_bureau\t1.0\t处" in run("ads", "figures")
    (tmp_path / "old.csv").write_text("措施,类别,责令日期,经度,纬度\n指导,灯箱,2025-01-02,117.99,28.29\n")
    assert told(run, "ads", "import-orders", str(tmp_path / "old.csv"))["added"] == 1


def test_kitchens_from_survey_to_entry(run: Line) -> None:
    assert told(run, "restaurants", "survey", "R1", "none", "--flue", "--device")["verdict"] == "fit"
    assert told(run, "restaurants", "clean", "R1")["new"] is True
    assert told(run, "restaurants", "names") == {"changed": 0}
    assert len(told(run, "restaurants", "show", "R1")["surveys"]) == 1
    assert "no_device" in run("restaurants", "list", "--fault", "no_device")
    span = ("--item", "对餐饮油烟排放的检查", "--from", str(TODAY), "--to", str(TODAY))
    assert list(told(run, "checks", "kitchens", *span)["added"]) == ["R1"]
    assert "1 have one" in run("checks", "kitchens", *span)


def test_bays_stalls_noise_and_feasts(run: Line) -> None:
    assert told(run, "parking", "count", "P1", "8", "--strays", "3") == {"lacking": 3}
    assert [one["code"] for one in told(run, "parking", "list", "--lacking")["bays"]] == ["P1"]
    assert told(run, "parking", "gaps")["districts"][0]["lacking"] == 3
    assert told(run, "parking", "ticket", "car", "4", *map(str, WEST))["new"] is True
    assert "\tcar\t4\t1" in run("parking", "tickets")
    assert told(run, "noise", "places") == {"places": []}
    assert told(run, "fireworks", "ask", *map(str, WEST))["allowed"] is False
    day = str(TODAY + dt.timedelta(2))
    assert told(run, "fireworks", "note", "wedding", day, *map(str, WEST), "村口")["zones"] == ["老城"]
    (visit,) = told(run, "fireworks", "visits")["visits"]
    run("fireworks", "visit", str(visit["id"]))
    assert told(run, "fireworks", "visits") == {"visits": []}


def test_a_place_with_too_many_stalls_is_warned_of(run: Line) -> None:
    (place,) = told(run, "markets", "near", *map(str, WEST))
    number = str(place["market"]["id"])
    assert "2 stalls more than allowed" in run("markets", "count", number, "5")
    assert [one["over"] for one in told(run, "markets", "counts", "--over")["counts"]] == [2]


def test_contact_points_have_a_log_of_visits(run: Line) -> None:
    (before,) = told(run, "contacts", "list")["contacts"]
    assert (before["name"], before["visits"], before["last_at"]) == ("东湖社区", 0, None)
    visit = ("contacts", "visit", str(before["id"]), "35", "垃圾分类宣传", "--staff", "A01", "--uid", str(uuid7()))
    assert told(run, *visit) == told(run, *visit)
    (after,) = told(run, "contacts", "list")["contacts"]
    assert (after["visits"], after["people"]) == (1, 35)
    assert [one["topic"] for one in told(run, "contacts", "visits", str(before["id"]))["visits"]] == ["垃圾分类宣传"]
    for wrong in (("--staff", "nobody"), ("--staff", "A01", "--at", "2090-01-01T08:00")):
        with pytest.raises(BadVisit):
            run("contacts", "visit", str(before["id"]), "1", "x", *wrong)
    with pytest.raises(UnknownContact):
        run("contacts", "visits", "999999")
    with pytest.raises(NumberInText):
        run("contacts", "visit", str(before["id"]), "1", "联系 13987654321", "--staff", "A01")
