"""Names of places over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from typer.testing import CliRunner

from api.cli import app
from api.commands import places
from geo.db.engine import Database
from geo.settings import Settings


def test_a_crossing_is_found_by_the_countys_names(signed_in: dict[str, httpx.Client]) -> None:
    built = signed_in["planner"].post("/places/names")
    assert built.status_code == 200, built.text
    assert {(row["source"], row["kind"]) for row in built.json()["counts"]} >= {("road", "road"), ("landuse", "estate")}
    answer = signed_in["auxiliary"].get("/places", params={"text": "实验小学大门对面烧烤"}).json()
    assert answer["places"][0]["name"] == "实验小学" and answer["places"][0]["district"] == "E"
    assert answer["places"][0]["confidence"] >= answer["sure_from"]
    assert signed_in["auxiliary"].get("/places", params={"text": "没有这个地方"}).json()["places"] == []
    assert signed_in["auxiliary"].post("/places/names").status_code == 403


def test_the_command_line_builds_imports_and_finds(
    settings: Settings, database: Database, county: str, tmp_path: Path
) -> None:
    places.mount(app)
    run = CliRunner().invoke
    front = ["--home", str(settings.home), "--tenant", county]
    path = tmp_path / "names.csv"
    path.write_text(
        "类别,名称,经度,纬度,范围\n店铺,老王烧烤,118.0,28.3,15\n门牌,朝阳路12号,118.001,28.3,\n", encoding="gb18030"
    )
    taken = run(app, [*front, "places", "import", str(path), "--json"])
    assert taken.exit_code == 0 and json.loads(taken.stdout) == {"names": {"shop": 1, "house": 1}}, taken.output
    assert run(app, [*front, "places", "build", "--json"]).exit_code == 0
    found = run(app, [*front, "places", "find", "老王烧考店", "--json"])
    assert json.loads(found.stdout)["places"][0]["name"] == "老王烧烤"
    assert "老王烧烤" in run(app, [*front, "places", "find", "老王烧烤"]).stdout
    path.write_text("类别,名称,经度,纬度\n店铺,一家店,118.0,28.3\n\n店铺,另一家,东,28.3\n", encoding="utf-8")
    refused = run(app, [*front, "places", "import", str(path)])
    assert refused.exception is not None and "geocoding.number" in str(refused.exception)
    assert refused.exception.facts["row"] == 4  # type: ignore[attr-defined]
