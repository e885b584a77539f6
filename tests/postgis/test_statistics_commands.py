"""``pianqu stats``, typed as an operator types it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from api.commands import stats
from geo.cases.statistics.export import UnknownKind
from geo.cases.statistics.figures import UnknownFigure
from geo.cases.statistics.relapse.actions import NothingStudied
from geo.db.engine import Database
from geo.settings import Settings
from tests.api import county as scene
from tests.cases import prepare
from tests.commands import Line, told

SPAN = ("2026-02-01", "2026-02-28")


@pytest.fixture(scope="module")
def tenant(database: Database) -> str:
    """A county with three events of one figure, and one under a code system that nobody has mapped."""
    code = prepare(database)
    with database.begin(code) as session:
        row = {"code": "03-04", "code_system": "GB/T 30428.2-2013", "unit": "处", "geom": scene.point(117.99, 28.29)}
        rows = [{**row, "occurred_at": f"2026-02-0{n}T04:00:00Z", "quantity": n} for n in (1, 2, 3)]
        rows.append({**row, "code_system": "某市2019", "occurred_at": "2026-02-04T04:00:00Z"})
        for number, one in enumerate(rows):
            one["uid"] = f"00000000-0000-7000-8000-57a8{number:08d}"
        scene.add(session, code, "event", rows)
    return code


@pytest.fixture
def run(settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, tenant, stats)


def test_figures_are_printed_exported_and_said_in_words(run: Line, tmp_path: Path) -> None:
    said = run("stats", "report", *SPAN, "--figure", "dust", "--prose")
    assert said.startswith("治理扬尘污染6处。") and "某市2019" in said and "1 events" in said
    answer = told(run, "stats", "report", *SPAN, "--figure", "dust")
    assert answer["figures"][0]["amount"] == 6 and answer["other_systems"] == {"某市2019": 1}
    run("stats", "report", *SPAN, "--out", str(tmp_path / "year.csv"))
    with (tmp_path / "year.csv").open(encoding="utf-8-sig", newline="") as lines:
        dust = [row for row in csv.DictReader(lines) if row["指标"] == "dust"]
    assert [(row["片区"], row["数量"], row["记录数"]) for row in dust] == [("全县", "6", "3"), ("W", "6", "3")]
    for name in ("xlsx", "json"):
        run("stats", "report", *SPAN, "--out", str(tmp_path / f"year.{name}"))
        assert (tmp_path / f"year.{name}").stat().st_size > 1_000
    with pytest.raises(UnknownKind):
        run("stats", "report", *SPAN, "--out", str(tmp_path / "year.docx"))
    with pytest.raises(UnknownFigure):
        run("stats", "report", *SPAN, "--figure", "nothing")


def test_a_figure_drills_to_its_records(run: Line, tmp_path: Path) -> None:
    rows = told(run, "stats", "records", "dust", *SPAN)
    assert sum(row["amount"] for row in rows) == 6 and {row["district_code"] for row in rows} == {"W"}
    assert told(run, "stats", "records", "dust", *SPAN, "--district", "E") == []
    run("stats", "records", "dust", *SPAN, "--out", str(tmp_path / "rows.csv"))
    run("stats", "records", "dust", *SPAN, "--out", str(tmp_path / "rows.json"))
    assert len(json.loads((tmp_path / "rows.json").read_text())) == 3
    assert "dust" in run("stats", "figures") and len(told(run, "stats", "figures")) > 80


def test_everything_else_is_told(run: Line, tmp_path: Path) -> None:
    groups = told(run, "stats", "evaluate", *SPAN, "--by", "post")["groups"]
    assert groups[-1]["whole"] and "上报数" in run("stats", "evaluate", *SPAN, "--out", str(tmp_path / "e.xlsx"))
    run("stats", "evaluate", *SPAN, "--out", str(tmp_path / "e.json"))
    assert json.loads((tmp_path / "e.json").read_text())["by"] == "area"
    base = {one["figure"]: one for one in told(run, "stats", "baseline")["figures"]}
    assert base["base_lamps"]["state"] == "empty" and "无数据" in run(
        "stats", "baseline", "--out", str(tmp_path / "b.csv")
    )
    assert told(run, "stats", "classes", *SPAN)["shares"][-1]["total"] == 0 and "全县" in run("stats", "classes", *SPAN)
    assert "anew" in run("stats", "recount") and told(run, "stats", "recount")["events"] > 0
    with pytest.raises(NothingStudied):
        run("stats", "relapse", *SPAN)
