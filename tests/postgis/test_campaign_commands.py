"""``pianqu posture``, ``campaign`` and ``risk``, typed as an operator types them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from api.commands import campaigns, postures
from api.commands.campaigns import BadFile, UnknownPerson
from api.commands.postures import BadRuleText
from geo.cases.areas import BadArea
from geo.cases.risks.actions import OwnAssessment
from geo.cases.risks.gate import NotAssessed
from geo.db.engine import Database
from geo.errors import PianquError
from geo.settings import Settings
from tests import clock
from tests.cases import prepare
from tests.commands import Line, told

RING = [[117.985, 28.285], [117.995, 28.285], [117.995, 28.308], [117.985, 28.308], [117.985, 28.285]]
AREA = {"type": "Polygon", "coordinates": [RING]}
FIRST = clock.today() - dt.timedelta(days=5)


@pytest.fixture(scope="module")
def tenant(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def run(settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, tenant, postures, campaigns)


def test_a_posture_from_draft_to_report(run: Line, tmp_path: Path) -> None:
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": AREA}))
    days = (FIRST.isoformat(), (FIRST + dt.timedelta(days=3)).isoformat())
    assert "is drafted" in run("posture", "draft", "LK1", "两考", "exam", *days, str(area), "--hours", "07:00-18:30")
    fair = ("posture", "draft", "JS1", "集市", "festival", *days, str(area))
    assert told(run, *fair, "--rule", "allow:04-05::60")["rules"] == 1
    with pytest.raises(BadRuleText):
        run(*fair, "--rule", "allow")
    at = ("--at", (FIRST - dt.timedelta(days=9)).isoformat())
    drawn_up = told(run, "posture", "list", "--first", days[0])["postures"]
    assert [one["code"] for one in drawn_up] == ["JS1", "LK1"]
    with pytest.raises(PianquError):
        run("posture", "approve", "LK1", *at)  # before it was drafted
    assert told(run, "posture", "approve", "LK1")["status"] == "approved"
    shown = run("posture", "show", "JS1")
    assert "contradicts" in shown and "两考" in shown and "allowed for 60 min" in shown
    assert "hazards" in run("posture", "check", "LK1", "noise", "hazard", "--hazards", "2", "--staff", "A01")
    assert "横街" in run("posture", "route", "LK1", "--tier", "lane", "--out", str(tmp_path / "route.geojson"))
    assert json.loads((tmp_path / "route.geojson").read_text())["features"]
    out = tmp_path / "report.json"
    said = run("posture", "report", "LK1", "--out", str(out))
    assert "too little to say" in said and json.loads(out.read_text())["checks"]["hazards"] == 2
    before = out.read_bytes()
    run("posture", "report", "LK1", "--out", str(out))
    assert out.read_bytes() == before
    assert told(run, "posture", "withdraw", "JS1", "不办了")["status"] == "withdrawn"
    assert {one["kind"] for one in told(run, "posture", "suggest", "--days", "400")["suggestions"]} == {
        "exam", "festival",
    }  # fmt: skip
    area.write_text("no area")
    with pytest.raises(BadArea):
        run("posture", "draft", "X", "x", "exam", *days, str(area))


def test_a_campaign_from_draft_to_figures(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "campaign.json"
    body = {
        "code": "ZX1", "name": "占道整治", "goal": "主街不占道", "codes": ["04-05"], "first_on": FIRST.isoformat(),
        "last_on": FIRST.isoformat(), "geometry": AREA, "teams": [{"unit": "S1", "leader": "S01", "people": 4}],
    }  # fmt: skip
    file.write_text(json.dumps(body))
    run("campaign", "draft", str(file))
    with pytest.raises(NotAssessed):
        run("campaign", "step", "ZX1", "assess")
    assert "no risk assessment" in run("campaign", "show", "ZX1")
    risk, content = tmp_path / "risk.json", tmp_path / "content.json"
    spans = {"valid_from_on": "2026-01-01", "valid_to_on": "2099-12-31"}
    risk.write_text(json.dumps({"number": "FX1", "about": "campaign", "title": "评估", "campaign": "ZX1", **spans}))
    run("risk", "draft", str(risk), "--by", "A01")
    point = {"point": "聚集", "source": "商户多", "measure": "分批", "level": "low"}
    parts = {"points": [point], "level": "low", "plan": "预案", "budget_yuan": 0, "conclusion": "go_ahead"}
    content.write_text(json.dumps(parts))
    run("risk", "write", "FX1", str(content), "--by", "A01")
    assert told(run, "risk", "step", "FX1", "submit", "--by", "A01")["state"] == "submitted"
    for staff, error in (("A01", OwnAssessment), ("nobody", UnknownPerson)):
        with pytest.raises(error):
            run("risk", "step", "FX1", "approve", "--by", staff)
    assert told(run, "risk", "step", "FX1", "approve", "--by", "B01")["state"] == "approved"
    assert "FX1" in run("risk", "list") and told(run, "risk", "list", "--state", "draft") == {"risks": []}
    for step, state in (("assess", "assessed"), ("approve", "approved"), ("start", "running")):
        assert told(run, "campaign", "step", "ZX1", step)["state"] == state
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat()
    assert "5 turnouts of people" in run("campaign", "effort", "ZX1", today, "5", "--vehicles", "1", "--hours", "12.5")
    figures = told(run, "campaign", "figures", "ZX1", "--test")
    assert figures["effort"] == {"people": 5, "vehicles": 1, "person_minutes": 750}
    assert "too little to say" in run("campaign", "figures", "ZX1")
    assert told(run, "campaign", "list")["campaigns"][0]["late"] and "overdue" in run("campaign", "list")
    assert len(told(run, "campaign", "weeks", "2026-03-02", "--weeks", "2")["weeks"]) == 2
    file.write_text(json.dumps({**body, "teams": []}))
    with pytest.raises(BadFile):
        run("campaign", "draft", str(file))
