"""Pages of a shift planned anew and of drawn plans: old beside new, sealed before and told after."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
from markupsafe import escape
from shapely import LineString, Point

from api.commands.plan_topics import changes_of
from geo.messages import Language
from geo.patrol.mixture.seal import draw, seal_of
from maps.dashboards.again import Again, AgainView, render_again
from maps.dashboards.draws import DrawnShift, DrawsView, render_draws
from maps.findings.page import Head
from maps.texts import Texts

STARTS = dt.datetime(2026, 11, 23, 0, tzinfo=dt.UTC)
ON = dt.date(2026, 11, 23)
HEAD = Head("测试县", ON, STARTS, (118.0, 28.2, 118.1, 28.3))
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ROUTES = gpd.GeoDataFrame(
    {"team": ["A"]}, geometry=[LineString([(118.01, 28.21), (118.03, 28.22)])], crs=4490
)  # fmt: skip


def at(minutes: float) -> dt.datetime:
    return STARTS + dt.timedelta(minutes=minutes)


def frames(*rows: tuple[str, str, str, str, float, float], passed: tuple[str, ...] = ()) -> Any:
    """A plan's stops: team, key, kind, name, minutes of begin and end; and keys of what is passed on the way."""
    columns = ["team", "key", "kind", "name", "begin", "end"]
    stops = gpd.GeoDataFrame(
        [dict(zip(columns, row, strict=True)) for row in rows],
        geometry=[Point(118.01 + 0.001 * n, 28.21) for n in range(len(rows))], crs=4490,
    )  # fmt: skip
    stops["begin_at"], stops["leave_at"] = stops["begin"].map(at), stops["end"].map(at)
    return SimpleNamespace(stops=stops, passed={"key": passed}, plan=SimpleNamespace(starts_at=STARTS))


BEFORE = frames(
    ("A", "zone:1:1", "zone", "菜场", 10, 20), ("A", "zone:1:2", "zone", "菜场", 100, 110),
    ("A", "post:7:0", "post", "校门", 130, 160), ("B", "due:3", "deadline", "复查<b>", 120, 130),
    ("B", "late:B", "break", "B队", 60, 90), ("B", "pass:4:0:0", "pass", "后街", 140, 145),
)  # fmt: skip
AFTER = frames(
    ("A", "zone:1:1", "zone", "菜场", 10, 20), ("A", "zone:1:2", "zone", "菜场", 108, 118),
    ("B", "post:7:0", "post", "校门", 130, 160), ("A", "urgent:1", "deadline", "井盖塌陷", 80, 95),
    passed=("pass:4:0:0",),
)  # fmt: skip
TOLD: dict[str, Any] = {
    "of": {"plan": 1, "version": 1}, "now": at(60).isoformat(), "teams_gone": ["C"], "done_by_them": [], "same": 1,
    "moved": [{"key": "post:7:0", "name": "校门"}],
    "gone": [{"key": "due:3", "name": "复查<b>", "visits": 1, "reason_code": "patrol.again_no_longer",
              "reason_facts": {}}],
    "new": [{"key": "urgent:1", "name": "井盖塌陷"}], "moved_permille": 666, "value": 90_000, "value_before": 100_400,
    "lost": [{"code": "P1", "name": "城西片", "value": 10_400}],
    "urgent": [{"key": "urgent:1", "name": "井盖塌陷", "team": "A", "team_name": "一队",
                "arrive_at": at(79).isoformat(), "minutes": 19}],
    "teams": [{"team": "A", "by": "tracks", "seen_at": at(58).isoformat(),
               "missed": [{"key": "pass:1:0:0", "name": "人民路"}]},
              {"team": "B", "by": "clock", "seen_at": None, "missed": []}],
}  # fmt: skip


def test_visits_to_come_stand_side_by_side_and_waiting_is_none_of_them() -> None:
    found = {one.key: one for one in changes_of(BEFORE, AFTER, 3600)}
    assert {key: one.what for key, one in found.items()} == {
        "zone:1": "same", "post:7:0": "moved", "due:3": "gone", "urgent:1": "new", "pass:4:0:0": "passed",
    }  # fmt: skip
    moved = found["post:7:0"]
    assert moved.before and moved.after and (moved.before.team, moved.after.team) == ("A", "B")
    assert found["due:3"].after is None and found["urgent:1"].before is None
    assert found["zone:1"].after and found["zone:1"].after.begin_at == at(108)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_re_plan_tells_what_moved_what_is_gone_and_why(language: Language) -> None:
    changes = changes_of(BEFORE, AFTER, 3600)
    again = Again("again", ON, "日班", 2, "draft", TOLD, {"A": "一队", "B": "二队"}, changes, ROUTES, ROUTES)
    texts = Texts(language)
    page = render_again(AgainView(HEAD, again, (("again", ON, "日班", 2),)), texts)
    data = json.loads(page.data)
    sets = {one["name"]: one["shapes"] for one in data["finding"]["sets"]}
    assert {name: len(shapes) for name, shapes in sets.items()} == {
        "before": 1, "after": 1, "same": 1, "new": 1, "moved": 1, "gone": 1, "passed": 1,
    }  # fmt: skip
    html = page.html
    assert "复查<b>" not in html and "复查&lt;b&gt;" in html
    assert texts("again_draft") in html and texts("again_lost_sum", minutes="10") in html
    assert texts.reason("patrol.again_no_longer", {}) in html
    assert escape(texts("again_by_clock")) in html and "人民路" in html and "井盖塌陷" in html
    assert html.index(f'"gone:{changes.index(next(c for c in changes if c.what == "gone"))}"') < html.index('"same:')


def drawn(*, over: bool) -> DrawnShift:
    """A shift drawn twice, of three plans."""
    seed, label = bytes(range(32)), "990101/2026-11-23/day"
    weights = [500_000, 300_000, 200_000]
    figures = {"entropy_millibits": 1485, "usual_permille": 410, "known_permille": 300, "same_daily_permille": 200}
    draws = [
        {"attempt": n, "why": "人员有变" if n > 1 else "", "digest": "d" * 64, "worths": [30_000, 29_500, 29_000],
         "weights_ppm": weights, "drawn": draw(seed, "d" * 64, n, weights), "plan_id": n, "figures": figures,
         "made_at": STARTS, "made_by": "planner", **({"fair": True} if over else {})}
        for n in (1, 2)
    ]  # fmt: skip
    told, fair = (seed.hex(), True) if over else (None, None)
    return DrawnShift(
        "draws", ON, "day", "日班", STARTS, seal_of(seed, label), label, draws, told, fair, ROUTES, {"A": "一队"}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_seed_is_told_once_the_shift_is_over_and_not_before(language: Language) -> None:
    texts = Texts(language)
    before = render_draws(DrawsView(HEAD, drawn(over=False), (("draws", ON, "日班"),)), texts)
    after = render_draws(DrawsView(HEAD, drawn(over=True), (("draws", ON, "日班"),)), texts)
    seed = bytes(range(32)).hex()
    for page in (before, after):
        assert seal_of(bytes(range(32)), "990101/2026-11-23/day") in page.html.replace("<wbr>", "")
        assert "pianqu plan check-draw --date 2026-11-23 --shift day" in page.html
        assert "500,000–800,000" in page.html and "98.3 %" in page.html
    assert seed not in (before.html + before.script + before.data).replace("<wbr>", "") and seed in after.html.replace(
        "<wbr>", ""
    )
    assert texts("draws_secret") in before.html and texts("draws_fair") in after.html
    broken = replace(drawn(over=True), fair=False)
    assert texts("draws_unfair") in render_draws(DrawsView(HEAD, broken, ()), texts).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_anything_the_pages_say_how_to_get_it(language: Language) -> None:
    texts = Texts(language)
    assert "pianqu plan again" in render_again(AgainView(HEAD, None, ()), texts).html
    assert "pianqu plan draw" in render_draws(DrawsView(HEAD, None, ()), texts).html
