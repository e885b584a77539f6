"""A shift from the command line, as the clerk types it: planned, shown, put in force, planned again, handed out."""

import json

import pytest

from api.commands import patrol, replan
from geo.db.engine import Database
from geo.settings import Settings
from tests.commands import Line, told
from tests.postgis.test_patrol_actions import MONDAY, town

__all__ = ["town"]

DAY = ("--date", MONDAY.isoformat(), "--shift", "day")


@pytest.fixture
def run(database: Database, settings: Settings, town: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, town, patrol, replan)


def test_a_day_from_the_plan_to_the_file(run: Line, tmp_path) -> None:
    made = told(run, "plan", *DAY, "--iterations", "50")
    made = made[0] if isinstance(made, list) else made
    assert made["served"] > 0
    shown = told(run, "plan", "show", *DAY)
    assert {team["code"] for team in shown["teams"]} == {stop["team"] for stop in shown["stops"]}
    assert all(isinstance(stop["seq"], int) for stop in shown["stops"])
    bare = [stop for stop in shown["stops"] if stop["kind"] != "zone"]
    assert bare
    assert all(stop["saved"] is None for stop in bare)
    run("plan", "publish", str(made["id"]))
    team = shown["teams"][0]["code"]
    again = told(run, "plan", "again", *DAY, "--now", "10:00", "--late", f"{team}=20")
    assert again["plan"] != made["id"]
    file = tmp_path / "plan.geojson"
    run("plan", "export", str(file), *DAY)
    assert json.loads(file.read_text(), parse_constant=pytest.fail)["features"]
