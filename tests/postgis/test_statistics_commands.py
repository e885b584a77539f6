"""``pianqu stats``, typed as an operator types it."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.commands import stats
from geo.cases.statistics.export import UnknownKind
from geo.cases.statistics.figures import UnknownFigure
from geo.cases.statistics.relapse.actions import NothingStudied
from geo.db.engine import Database
from geo.errors import PianquError
from geo.settings import Settings
from tests.api import county as scene
from tests.cases import prepare

SPAN = ("2026-02-01", "2026-02-28")
Run = Callable[..., str]


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
def run(database: Database, settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in the county; returns what it printed, warnings included."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    app = typer.Typer()
    stats.mount(app)

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(app, ("stats", *arguments), obj=dataclasses.replace(settings, tenant=tenant))
        if isinstance(found.exception, PianquError):
            raise found.exception
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found.output if "--json" not in arguments else found.stdout

    return run


def test_figures_are_printed_exported_and_said_in_words(run: Run, tmp_path: Path) -> None:
    said = run("report", *SPAN, "--figure", "dust", "--prose")
    assert said.startswith("治理扬尘污染6处。") and "某市2019" in said and "1 events" in said
    told = json.loads(run("report", *SPAN, "--figure", "dust", "--json"))
    assert told["figures"][0]["amount"] == 6 and told["other_systems"] == {"某市2019": 1}
    run("report", *SPAN, "--out", str(tmp_path / "year.csv"))
    with (tmp_path / "year.csv").open(encoding="utf-8-sig", newline="") as lines:
        dust = [row for row in csv.DictReader(lines) if row["指标"] == "dust"]
    assert [(row["片区"], row["数量"], row["记录数"]) for row in dust] == [("全县", "6", "3"), ("W", "6", "3")]
    for name in ("xlsx", "json"):
        run("report", *SPAN, "--out", str(tmp_path / f"year.{name}"))
        assert (tmp_path / f"year.{name}").stat().st_size > 1_000
    with pytest.raises(UnknownKind):
        run("report", *SPAN, "--out", str(tmp_path / "year.docx"))
    with pytest.raises(UnknownFigure):
        run("report", *SPAN, "--figure", "nothing")


def test_a_figure_drills_to_its_records(run: Run, tmp_path: Path) -> None:
    rows = json.loads(run("records", "dust", *SPAN, "--json"))
    assert sum(row["amount"] for row in rows) == 6 and {row["district_code"] for row in rows} == {"W"}
    assert json.loads(run("records", "dust", *SPAN, "--district", "E", "--json")) == []
    run("records", "dust", *SPAN, "--out", str(tmp_path / "rows.csv"))
    run("records", "dust", *SPAN, "--out", str(tmp_path / "rows.json"))
    assert len(json.loads((tmp_path / "rows.json").read_text())) == 3
    assert "dust" in run("figures") and len(json.loads(run("figures", "--json"))) > 80


def test_everything_else_is_told(run: Run, tmp_path: Path) -> None:
    groups = json.loads(run("evaluate", *SPAN, "--by", "post", "--json"))["groups"]
    assert groups[-1]["whole"] and "上报数" in run("evaluate", *SPAN, "--out", str(tmp_path / "e.xlsx"))
    run("evaluate", *SPAN, "--out", str(tmp_path / "e.json"))
    assert json.loads((tmp_path / "e.json").read_text())["by"] == "area"
    base = {one["figure"]: one for one in json.loads(run("baseline", "--json"))["figures"]}
    assert base["base_lamps"]["state"] == "empty" and "无数据" in run("baseline", "--out", str(tmp_path / "b.csv"))
    assert json.loads(run("classes", *SPAN, "--json"))["shares"][-1]["total"] == 0 and "全县" in run("classes", *SPAN)
    assert "anew" in run("recount") and json.loads(run("recount", "--json"))["events"] > 0
    with pytest.raises(NothingStudied):
        run("relapse", *SPAN)
