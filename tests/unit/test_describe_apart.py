"""A description never becomes a ranking: marks have no order, and the rooms that plan cannot reach them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from geo.hotspots.describe.marks import Mark, NotARanking, describe
from geo.hotspots.findings import Sentence
from geo.patrol.demand.zones import zone_weights
from tests.contracts import ROOT

APART = ("geo.hotspots.describe", "geo.hotspots.findings", "geo.hotspots.studies", "geo.tables.findings")
"""What forecasts and plans may not read: descriptions, and the table in which they are kept."""

FREE = {"describe", "findings", "workload", "lighting", "studies.py"}
"""Parts of the hotspot room that make findings; everything else of it forecasts, cuts or chooses."""


def imported(path: Path) -> set[str]:
    """Modules a file imports, wherever in it; ``from a import b`` counts as both ``a`` and ``a.b``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def readers_of_descriptions(geo: Path) -> list[str]:
    """Files of the rooms that forecast and plan which import what only describes."""
    rooms = [geo / "patrol", geo / "cards", geo / "roads", geo / "features"]
    rooms += [one for one in (geo / "hotspots").iterdir() if one.name not in FREE]
    files = [path for room in rooms for path in ([room] if room.is_file() else sorted(room.rglob("*.py")))]
    return [str(p) for p in files if p.suffix == ".py" and any(m.startswith(APART) for m in imported(p))]


def test_no_room_that_forecasts_or_plans_imports_a_description():
    assert readers_of_descriptions(ROOT / "geo") == []


def test_an_import_of_a_description_is_seen(tmp_path):
    for room in ("patrol", "cards", "roads", "features", "hotspots/forecast", "hotspots/describe"):
        (tmp_path / room).mkdir(parents=True)
    (tmp_path / "patrol" / "demand.py").write_text("def f():\n    from geo.hotspots import describe\n")
    (tmp_path / "hotspots" / "forecast" / "score.py").write_text("from geo.tables.findings import FindingRow\n")
    (tmp_path / "hotspots" / "describe" / "knox.py").write_text("from geo.hotspots.findings import FEW\n")
    assert [Path(p).name for p in readers_of_descriptions(tmp_path)] == ["demand.py", "score.py"]


def mark(key: str, **values: object) -> Mark:
    """A mark that says where it is hot."""
    return Mark(key, Sentence("describe.mark_hot", {"around": 9, "expected": 1.5}), "event", (1, 2), None, values)


def test_marks_cannot_be_put_in_order_or_turned_into_weights():
    one, other = mark("a"), mark("b")
    with pytest.raises(NotARanking):
        sorted([one, other])
    with pytest.raises(NotARanking):
        max(one, other)
    with pytest.raises(NotARanking):
        float(one)
    with pytest.raises((NotARanking, TypeError)):
        zone_weights([1.0, 1.0], [one, other])


def test_a_mark_takes_no_number_to_sort_by():
    with pytest.raises(NotARanking):
        mark("a", z=3.2)
    assert mark("a", **{"class": "hot"}).values == {"class": "hot"}


def test_a_description_says_so_and_lists_its_marks_by_key():
    found = describe("gi_star", Sentence("describe.all_groups"), [], [mark("b"), mark("a")], {})
    assert found.label == "description"
    assert found.notes[0].code == "describe.label"
    assert [row.key for row in found.rows] == ["a", "b"]
