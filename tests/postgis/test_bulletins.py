"""日巡查, 周小结, 月通报 and 亮绩赛绩 on a small record whose every count is known."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.commands import bulletins, stats
from geo.cases.appraisal.actions import rank_groups
from geo.cases.appraisal.rules import usual
from geo.cases.books import export_table, import_table
from geo.cases.bulletins.actions import (
    BadBulletin,
    Issued,
    NotOver,
    UnknownBulletin,
    get_bulletin,
    issue_bulletin,
    issue_due,
    list_bulletins,
)
from geo.cases.bulletins.content import build_content, digest_of
from geo.cases.bulletins.periods import UnknownKind
from geo.cases.bulletins.prose import to_prose
from geo.cases.codes.files import TableRefused
from geo.cases.statistics.indicators.actions import UnknownGrouping, list_problems
from geo.db.engine import Database
from geo.messages import say
from geo.settings import Settings
from tests.cases import Clerk, clerk_of, prepare
from tests.commands import Line, told

MONDAY = dt.date(2026, 9, 14)
LATER = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SHIFT = (
    "INSERT INTO shift_kind (tenant, code, name, start_time, end_time) VALUES (:t, :s, :s, '08:00', '16:00')",
    (
        "INSERT INTO duty (tenant, on_date, shift_code, staff_id, role)"
        " SELECT :t, :on, :s, id, :role FROM staff WHERE tenant = :t AND code = 'B01'"
    ),
    (
        "INSERT INTO shift_plan (tenant, on_date, shift_code, version, status, starts_at, ends_at, seed, iterations,"
        " input_digest, weight_served, weight_total, published_at)"
        " VALUES (:t, :on, :s, 1, 'published', :on, CAST(:on AS date) + 1, 1, 1, 'x', 1, 1, :on)"
    ),
)
RULES = "指标,方向,分值,最少件数\n结案率,越高越好,60,1\n返工率,越低越好,40,1\n"


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


def work(clerk: Clerk) -> None:
    """Monday: one of W closed, one of E (the bureau's) sent back once and closed; one more of W is found on Tuesday."""
    kept, again = clerk.open("04-06"), clerk.open("03-04", lon=118.01, origin="complaint")
    clerk.close(kept)
    for step in ("register", "dispatch", "feed_back"):
        clerk.step(again, step, hours=0.1)
    clerk.step(again, "rework", hours=0.1, note="未改")
    for step in ("feed_back", "check_before_closing", "close"):
        clerk.step(again, step, hours=0.1)
    clerk.at += dt.timedelta(days=1)
    clerk.open("04-06")
    clerk.step(clerk.open("04-06"), "void", hours=0.1, note="误报")


@pytest.fixture
def clerk(database: Database, town: str) -> Iterator[Clerk]:
    with clerk_of(database, town) as one:
        work(one)
        yield one


def build(clerk: Clerk, kind: str, on: dt.date = MONDAY) -> dict[str, Any]:
    return build_content(clerk.session, clerk.tenant, kind, on)


def test_a_day_a_week_and_a_month_count_what_was_found_closed_and_left(clerk: Clerk) -> None:
    day, week, month = (build(clerk, kind) for kind in ("day", "week", "month"))
    assert day["problems"] == {"found": 2, "by_patrol": 1, "closed": 2, "open": 0, "overdue": 0}
    tuesday = build(clerk, "day", MONDAY + dt.timedelta(days=1))
    assert tuesday["problems"] == {"found": 1, "by_patrol": 1, "closed": 0, "open": 1, "overdue": 0}
    assert week["problems"] == {"found": 3, "by_patrol": 2, "closed": 2, "open": 1, "overdue": 0}
    assert [(one["found"], one["closed"]) for one in week["days"]] == [(2, 2), (1, 0)] + [(0, 0)] * 5
    assert week["previous"] == {
        "from_on": "2026-09-07", "to_on": "2026-09-13",
        "found": 0, "by_patrol": 0, "closed": 0, "open": 0, "overdue": 0,
    }  # fmt: skip
    places = {one["key"]: (one["found"], one["open"]) for one in month["districts"]}
    assert places == {"W": (2, 1), "E": (1, 0)}
    assert [(one["key"][-5:], one["found"]) for one in month["codes"]] == [("04-06", 2), ("03-04", 1)]
    assert [one["state"] for one in month["list"]] == ["reported"] and len(month["days"]) == 30
    assert set(month["ranking"]) == {"department", "town", "area"}


def test_a_bulletin_is_prose_and_tells_who_led_its_shifts(clerk: Clerk) -> None:
    for shift, role in (("d", "leader"), ("n", "member")):
        facts = {"t": clerk.tenant, "s": shift, "on": MONDAY, "role": role}
        for statement in SHIFT:
            clerk.session.execute(text(statement), facts)
    week = build(clerk, "week")
    assert (week["shifts"]["planned"], week["shifts"]["led"]) == (2, 1)
    assert [one["led"] for one in build(clerk, "day")["shifts"]["each"]] == [True, False]
    told = to_prose(week).splitlines()
    assert told[0] == ("测试县2026-09-14至2026-09-20共发现问题3件,其中巡查发现2件;办结2件;期末未办结1件,其中超期0件。")
    assert told[1:3] == [
        "上期(2026-09-07至2026-09-13)发现0件,办结0件,期末未办结0件。", "按类别:占道经营2件、工地扬尘1件。",
    ]  # fmt: skip
    assert told[-1] == "安排班次2个,其中领导带班1个,已核对轨迹0个。"
    month = to_prose(build(clerk, "month"), "en").splitlines()
    assert month[-1] == "1 problems are not written off; see the list." and "By 片区: " in month[3]


def test_what_is_issued_stays_and_a_correction_is_another_edition(clerk: Clerk) -> None:
    session, tenant = clerk.session, clerk.tenant

    def issue(kind: str = "week", note: str = "", now: dt.datetime = LATER) -> dict[str, Any]:
        return issue_bulletin(session, tenant, kind, MONDAY + dt.timedelta(days=3), actor="p", note=note, now=now)

    zone = dt.timezone(dt.timedelta(hours=8))
    for early in (dt.datetime(2026, 9, 20, 23, tzinfo=zone), dt.datetime(2026, 9, 21, 8, 59, tzinfo=zone)):
        with pytest.raises(NotOver) as refused:
            issue(now=early)
        assert refused.value.facts["ready"] == "2026-09-21T09:00:00+08:00"
    with pytest.raises(UnknownBulletin):
        get_bulletin(session, tenant, "week", MONDAY)
    with pytest.raises(BadBulletin):
        issue(note="更正")
    first = issue(now=dt.datetime(2026, 9, 21, 9, tzinfo=zone))
    assert first["whole"] and first["sha256"] == digest_of(build(clerk, "week")) and first["edition"] == 1
    with pytest.raises(Issued) as twice:
        issue()
    assert say(twice.value.code, "zh", **twice.value.facts) and say(twice.value.code, "en", **twice.value.facts)
    clerk.at = dt.datetime(2026, 9, 16, 2, tzinfo=dt.UTC)
    clerk.open("04-06")  # brought in late
    assert get_bulletin(session, tenant, "week", MONDAY)["content"] == first["content"] != build(clerk, "week")
    second = issue(note="补录一件")
    assert (second["edition"], second["content"]["problems"]["found"]) == (2, 4)
    assert get_bulletin(session, tenant, "week", MONDAY, 1)["content"] == first["content"]
    assert [(one["kind"], one["edition"]) for one in list_bulletins(session, tenant, "week")] == [
        ("week", 2), ("week", 1),
    ]  # fmt: skip
    session.execute(
        text('UPDATE bulletin SET content = content || \'{"kind": "x"}\' WHERE tenant = :t AND edition = 1'),
        {"t": tenant},
    )
    assert not get_bulletin(session, tenant, "week", MONDAY, 1)["whole"], "what was tampered with is told"
    with pytest.raises(UnknownKind):
        issue("year")


def test_the_worker_issues_the_log_of_yesterday_and_the_summary_of_last_week_once(clerk: Clerk) -> None:
    session, tenant, hour = clerk.session, clerk.tenant, dt.timedelta(hours=1)
    nine = dt.datetime(2026, 9, 15, 1, tzinfo=dt.UTC)
    assert issue_due(session, tenant, nine - hour) == 0, "the night shift is out"
    assert [issue_due(session, tenant, at) for at in (nine, nine + hour)] == [1, 0]
    assert [issue_due(session, tenant, nine + dt.timedelta(days=n)) for n in (1, 2, 6)] == [1, 1, 2]
    kinds = [(one["kind"], one["from_on"].day) for one in list_bulletins(session, tenant)]
    assert kinds == [("day", 20), ("day", 16), ("day", 15), ("day", 14), ("week", 14)]


def test_teams_and_places_are_ranked_by_the_bureaus_own_table(clerk: Clerk) -> None:
    session, tenant, (first, last) = clerk.session, clerk.tenant, (MONDAY, MONDAY + dt.timedelta(days=6))

    def ranked(by: str) -> list[tuple[int | None, str, int | None]]:
        rows = rank_groups(session, tenant, first, last, by, now=LATER)
        return [(one["rank"], one["key"], one["score_hundredths"]) for one in rows]

    assert ranked("department") == [(None, "B", None), (None, "S1", None)], "too few to judge by our usual table"
    assert import_table(session, tenant, "appraisal", RULES.encode()) == 2
    # S1 of W: closed of those registered 1/1, no rework; the bureau's in E: closed 1/1, sent back 1/1.
    assert ranked("department") == [(1, "S1", 10_000), (2, "B", 6_000)]
    assert ranked("area") == [(1, "W", 10_000), (2, "E", 6_000)]
    session.execute(text("UPDATE problem_case SET town = '城关镇' WHERE tenant = :t"), {"t": tenant})
    assert ranked("town") == [(1, "城关镇", 8_000)]
    (best, _) = rank_groups(session, tenant, first, last, "area", now=LATER)
    closing = next(one for one in best["parts"] if one["indicator"] == "closed")
    rows = list_problems(session, tenant, first, last, "area", key=best["key"])
    assert closing["numerator"] == sum(one["closed_at"] is not None for one in rows) == closing["denominator"] == 1
    for bad in (RULES.replace("返工率", "同比"), RULES.replace("40", "4000")):
        with pytest.raises(TableRefused):
            import_table(session, tenant, "appraisal", bad.encode())
    assert "返工率" in export_table(session, tenant, "appraisal") or "rework" in export_table(
        session, tenant, "appraisal"
    )
    assert import_table(session, tenant, "appraisal", "指标,方向,分值,最少件数\n".encode()) == 0
    assert export_table(session, tenant, "appraisal").count("\n") == 1 + len(usual())
    with pytest.raises(UnknownGrouping):
        rank_groups(session, tenant, first, last, "post")


def test_they_are_built_issued_and_ranked_by_command(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIANQU_LANG", "en")
    tenant = prepare(database)
    with database.begin(tenant) as session:
        work(Clerk(session, tenant))
        import_table(session, tenant, "appraisal", RULES.encode())
    run = Line(settings, tenant, bulletins, stats)
    out = tmp_path / "month.json"
    assert "3 problems found (2 by patrols), 2 closed" in run(
        "bulletin", "build", "month", "2026-09-20", "--out", str(out)
    )
    assert told(run, "bulletin", "issue", "month", "2026-09-20")["edition"] == 1
    assert told(run, "bulletin", "show", "month", "2026-09-01") == json.loads(out.read_text())
    assert run("bulletin", "show", "month", "2026-09-01", "--prose").endswith("see the list.\n")
    assert "edition 1" in run("bulletin", "list") and "edition 2" in run(
        "bulletin", "issue", "month", "2026-09-20", "--note", "x"
    )
    span = ("2026-09-14", "2026-09-20")
    assert run("stats", "rank", *span).startswith("1 ") and "60.00" in run("stats", "rank", *span)
    (best, _) = told(run, "stats", "rank", *span, "--by", "area", "--out", str(tmp_path / "r.csv"))["ranking"]
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 1 + 2 * 2
    rows = told(run, "stats", "problems", *span, "--by", "area", "--key", best["key"])["problems"]
    assert len(rows) == 3 and all(one["district_code"] == "W" for one in rows)
    run("stats", "problems", *span, "--out", str(tmp_path / "p.xlsx"))
