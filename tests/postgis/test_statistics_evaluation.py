"""Evaluation and 721 on a small record whose every count is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from geo.cases.books import export_table, import_table
from geo.cases.codes.files import TableRefused
from geo.cases.statistics.classes.actions import count_classes, list_actions
from geo.cases.statistics.indicators.actions import UnknownGrouping, evaluate, list_problems
from geo.cases.statistics.periods import PeriodBackwards
from geo.db.engine import Database
from geo.tables.base import Base
from tests.cases import Clerk, clerk_of, prepare

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 9, 30)
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def clerk(database: Database, town: str) -> Iterator[Clerk]:
    """One closed in time, one sent back for rework and late, one void, one merged, one still open; all but one in W."""
    with clerk_of(database, town) as one:
        kept = one.open("04-06")
        one.close(kept)
        late = one.open("04-06")
        for step in ("register", "dispatch"):
            one.step(late, step)
        one.step(late, "feed_back", hours=30)
        one.step(late, "rework", note="未改")
        one.step(late, "feed_back", hours=30)
        void = one.open("04-06")
        one.step(void, "void", note="误报")
        into = one.open("03-04", lon=118.01)
        again = one.open("03-04", lon=118.01, origin="complaint")
        one.step(again, "merge", into=into, note="同一处")
        yield one


def told(clerk: Clerk, by: str, key: str | None = None) -> dict[str, tuple[int, int | None, float | None]]:
    groups = evaluate(clerk.session, clerk.tenant, FIRST, LAST, by, now=NOW)
    group = groups[-1] if key is None else next(one for one in groups if one.key == key)
    rows = group.as_json()["indicators"]
    return {row["name"]: (row["numerator"], row["denominator"], row["value"]) for row in rows}


def test_each_rate_is_told_with_both_its_counts(clerk: Clerk) -> None:
    whole = told(clerk, "area")
    assert whole["reported"] == (5, None, 5)
    assert whole["valid"] == (4, 5, 800)
    assert whole["repeated"] == (1, 4, 250)
    assert whole["registered"] == (2, 3, round(2000 / 3, 3))
    assert whole["dispatched_right"] == (2, 2, 1000) and whole["handled"] == (2, 2, 1000)
    assert whole["rework"] == (1, 2, 500) and whole["overdue"][0] == 1
    assert whole["handled_in_time"] == (1, 2, 500)
    assert whole["closed"] == (1, 2, 500) and whole["closed_in_time"] == (1, 2, 500)
    assert whole["registered_in_time"][1] == 2 and whole["dispatched_in_time"][1] == 2
    assert whole["previous"] == (3, 0, None)
    assert told(clerk, "area", "W")["share"] == (2, 3, round(2000 / 3, 3))
    assert told(clerk, "area", "E")["share"] == (1, 3, round(1000 / 3, 3))


def test_a_problem_that_still_waits_to_be_dispatched_is_not_judged_yet(clerk: Clerk) -> None:
    clerk.step(clerk.open("04-06"), "register")
    whole = told(clerk, "area")
    assert whole["reported"] == (6, None, 6)
    assert whole["dispatched_in_time"][1] == 2


def test_the_parts_of_every_grouping_make_the_whole(clerk: Clerk) -> None:
    for by in ("area", "department", "post", "regime"):
        *parts, whole = evaluate(clerk.session, clerk.tenant, FIRST, LAST, by, now=NOW)
        for name in ("reported", "counted", "handled", "rework", "handling_min"):
            assert sum(part.counts.get(name, 0) for part in parts) == whole.counts[name], (by, name)
        for part in parts:
            rows = list_problems(clerk.session, clerk.tenant, FIRST, LAST, by, key=part.key)
            assert len(rows) == part.counts.get("reported", 0), (by, part.key)
        rows = list_problems(clerk.session, clerk.tenant, FIRST, LAST, by, whole=True)
        assert len(rows) == whole.counts["reported"]


def test_what_was_found_is_set_against_the_effort(clerk: Clerk) -> None:
    known = Base.metadata.tables
    mine = {"tenant": clerk.tenant}

    def add(table: str, **values: object) -> int:
        made = insert(known[table]).values(**mine, **values).returning(known[table].c.id)
        return int(clerk.session.execute(made).scalar_one())

    add("shift_kind", code="x1", name="班", start_time=dt.time(8), end_time=dt.time(16))
    at = dt.datetime(2026, 9, 14, tzinfo=dt.UTC)
    plan = add("shift_plan", on_date=at.date(), shift_code="x1", version=1, status="published", starts_at=at,
               ends_at=at + dt.timedelta(hours=8), seed=1, iterations=1, input_digest="x", weight_served=0,
               weight_total=0, published_at=at)  # fmt: skip
    team = add("plan_team", plan_id=plan, code="T1", name="一队", kind="local", mode="foot", district_code="W",
               licences=0, color_index=0, start="SRID=4490;POINT(118 28.3)", duration_s=7_200,
               distance_m=4_000)  # fmt: skip
    staff = clerk.session.execute(known["staff"].select().where(known["staff"].c.tenant == clerk.tenant)).all()
    for person in staff[:2]:
        add("plan_member", plan_id=plan, team_id=team, staff_id=person.id)
    score = add("shift_score", plan_id=plan, on_date=at.date(), shift_code="x1", until_at=at, input_digest="x",
                figures={})  # fmt: skip
    add("score_item", score_id=score, kind="team", seq=1, key="T1", name="一队", team_code="T1", district_code="W",
        figures={"observed_s": {"n": 3_600, "of": 7_200}, "gone_m": 2_000})  # fmt: skip
    for seq, done in enumerate((True, True, False, None)):
        add("score_item", score_id=score, kind="cell", seq=seq, key=f"c{seq}", name="格", district_code="W", done=done,
            figures={})  # fmt: skip
    west = told(clerk, "area", "W")
    assert west["per_planned_hour"] == (2, 14_400, 0.5) and west["per_planned_km"] == (2, 4_000, 0.5)
    assert west["per_hour"] == (2, 7_200, 1.0) and west["per_km"] == (2, 2_000, 1.0)
    assert west["coverage"] == (2, 3, round(2000 / 3, 3))
    assert told(clerk, "area", "E")["per_hour"] == (1, 0, None)
    *posts, whole = evaluate(clerk.session, clerk.tenant, FIRST, LAST, "post", now=NOW)
    assert sum(post.counts.get("planned_s", 0) for post in posts) == whole.counts["planned_s"] == 14_400


def test_an_unreasonable_question_is_refused(clerk: Clerk) -> None:
    with pytest.raises(UnknownGrouping):
        evaluate(clerk.session, clerk.tenant, FIRST, LAST, "weather")
    with pytest.raises(PeriodBackwards):
        evaluate(clerk.session, clerk.tenant, LAST, FIRST, "area")


def test_721_counts_each_action_by_the_bureaus_own_table(clerk: Clerk) -> None:
    def shares() -> dict[str, int]:
        return dict(count_classes(clerk.session, clerk.tenant, FIRST, LAST)[-1]["counts"])

    assert shares() == {"service": 0, "manage": 3, "enforce": 0}
    table = "流程,步骤,721类别\nproblem,feed_back,服务\nproblem,check_before_closing,管理\n"
    import_table(clerk.session, clerk.tenant, "work_classes", table.encode())
    *parts, whole = count_classes(clerk.session, clerk.tenant, FIRST, LAST)
    assert whole["counts"] == {"service": 3, "manage": 1, "enforce": 0} and whole["total"] == 4
    assert whole["permille"] == {"service": 750, "manage": 250, "enforce": 0}
    assert [part["district_code"] for part in parts] == ["W"]
    for name, count in whole["counts"].items():
        rows = list_actions(clerk.session, clerk.tenant, FIRST, LAST, name)
        assert len(rows) == count and {row["work_class"] for row in rows} <= {name}
        assert len(list_actions(clerk.session, clerk.tenant, FIRST, LAST, name, district="W")) == count
        assert list_actions(clerk.session, clerk.tenant, FIRST, LAST, name, district="E") == []
    assert "problem,feed_back,service" in export_table(clerk.session, clerk.tenant, "work_classes")
    with pytest.raises(TableRefused) as refused:
        import_table(clerk.session, clerk.tenant, "work_classes", "流程,步骤,721类别\nproblem,fly,服务\n".encode())
    assert refused.value.facts["rows"][0]["code"] == "statistics.unknown_step"
