"""``pianqu worksites`` and ``pianqu waste``, typed as an operator types them: a day from the gate to the platform."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from api.commands import cases, waste, worksites
from api.commands.waste import NotRows
from api.commands.worksites import BadCheckFile
from geo.cases.flow.actions import get_problem
from geo.db.engine import Database
from geo.settings import Settings
from geo.uids import uuid7
from tests import cases as ground
from tests import haulage
from tests.commands import Line
from tests.haulage import DAY, PLATES, clock, drive, spot

ON = DAY.isoformat()


@pytest.fixture
def tenant(database: Database) -> str:
    """The town of :mod:`tests.haulage`, with people who can answer."""
    code = ground.prepare(database)
    haulage.fill(database, code)
    return code


@pytest.fixture
def run(settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, tenant, cases, worksites, waste)


def test_a_day_of_waste_from_the_terminals_to_the_platform(
    run: Line, database: Database, tenant: str, tmp_path: Path
) -> None:
    rows = [*drive(PLATES["A"], clock(8), ((0, 0), (2000, 0), (2000, 1200), (2000, 0), (4000, 0))),
            *drive("云Z00001", clock(8), ((0, 0), (100, 0)))]  # fmt: skip
    delivery = tmp_path / "fixes.csv"
    with delivery.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["车牌号", "定位时间", "经度", "纬度"])
        writer.writeheader()
        writer.writerows({"车牌号": r["plate"], "定位时间": r["at"], "经度": r["lon"], "纬度": r["lat"]} for r in rows)
    first = run("waste", "import", "box", "fix", str(delivery))
    assert f"{len(rows)} rows" in first and "云Z00001" in first
    assert " 0 taken" in run("waste", "import", "box", "fix", str(delivery))
    ticket = tmp_path / "tickets.json"
    ticket.write_text(json.dumps([
        {"number": "1", "plate": PLATES["A"], "dump": "X1", "at": clock(11).isoformat(), "gross": 30_000, "tare": 1}
    ]), encoding="utf-8")  # fmt: skip
    assert json.loads(run("waste", "import", "scale", "ticket", str(ticket), "--json"))[0]["taken"] == 1
    assert "1 trips" in run("waste", "trace", ON, ON)
    assert json.loads(run("waste", "trips", ON, ON))[0]["site_code"] == "G1"
    assert "Off the route" in run("waste", "deviations", ON, ON, "--kind", "off_route")
    [found] = json.loads(run("waste", "deviations", ON, ON, "--kind", "off_route", "--json"))
    assert "1 weighings without a trip" in run("waste", "reconcile", ON, ON)
    assert "Confirmed" in run("waste", "judge", str(found["id"]), "confirm", "--code", "01-14", "--note", "绕行")
    out = tmp_path / "out.csv"
    assert "1 deviations given out" in run("waste", "send", "city", str(out))
    assert out.read_text(encoding="utf-8-sig").splitlines()[0].startswith("偏差编号,偏差类别,状态,车牌号")
    assert "nothing to send" in run("waste", "send", "city", str(out))
    assert len(json.loads(run("waste", "receipts", "--json"))) == 4
    lon, lat = (str(one) for one in spot(2500, 10))
    told = run("waste", "spill", lon, lat, "--at", f"{ON}T10:00")
    assert "锦龙城二期(G1)" in told.replace(" ", "") and "not a verdict" in told
    judged = json.loads(run("waste", "deviations", ON, ON, "--state", "confirmed", "--json"))[0]["problem_id"]
    with database.begin(tenant) as session:
        uid = get_problem(session, tenant, judged)["uid"]
    assert json.loads(run("waste", "problem", str(uid), "--json"))["candidates"][0]["site"] == "G1"
    assert "Every condition holds." in run("waste", "places", lon, lat)
    assert "positions deleted" in run("waste", "forget")


def test_a_day_at_the_gates(run: Line, tmp_path: Path) -> None:
    assert "5 gates changed" in run("worksites", "settle")
    made = tmp_path / "check.json"
    made.write_text(json.dumps({
        "uid": str(uuid7()), "site": "G1", "gate": "G1-1", "at": clock(6).isoformat(),
        "findings": [{"item": "wash", "outcome": "source_fixed", "quantity": 4}],
    }), encoding="utf-8")  # fmt: skip
    assert run("worksites", "check", str(made)) == run("worksites", "check", str(made))
    assert [one["site_code"] for one in json.loads(run("worksites", "checks", ON, ON))] == ["G1"]
    assert "G2" in run("worksites", "list", "--on", ON).splitlines()[0]
    assert "working without a filing" in run("worksites", "filings", "--on", ON)
    assert run("worksites", "ended", "--on", ON) == ""
    out = tmp_path / "counts.xlsx"
    told = run("worksites", "counts", ON, ON, "--out", str(out))
    assert "Put right at the source: 4 次" in told and out.stat().st_size > 1_000
    lists = tmp_path / "limits.csv"
    run("cases", "export", "waste_limits", str(lists))
    assert "off_route_m,120" in lists.read_text(encoding="utf-8-sig")
    assert json.loads(run("cases", "import", "waste_limits", str(lists), "--json"))["rows"] > 20


def test_files_that_are_none_are_refused(run: Line, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    with pytest.raises(NotRows):
        run("waste", "import", "box", "fix", str(bad))
    with pytest.raises(BadCheckFile) as caught:
        run("worksites", "check", str(bad))
    assert caught.value.facts["field"] == "uid"
