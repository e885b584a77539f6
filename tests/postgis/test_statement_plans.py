"""Statements of requests that read are planned for the values at hand, however often they were sent."""

from __future__ import annotations

from sqlalchemy import text

from geo.db.engine import Database

ASKED = text("SELECT count(*) FROM county WHERE tenant = :tenant AND (CAST(:name AS text) IS NULL OR name = :name)")
GENERIC = text("SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements WHERE statement LIKE :like")


def test_a_statement_sent_often_keeps_no_plan_for_any_values(database: Database, county: str) -> None:
    for _ in range(2):  # a second transaction may take the first one's connection
        with database.begin(county, reading=True) as session:
            for _ in range(14):
                session.execute(ASKED, {"tenant": county, "name": "测试县"})
            generic, custom = session.execute(GENERIC, {"like": "SELECT count(*) FROM county%"}).one()
    assert generic == 0
    assert custom >= 9


def test_what_writes_may_keep_its_plans(database: Database, county: str) -> None:
    with database.begin(county) as session:
        assert session.execute(text("SHOW plan_cache_mode")).scalar_one() == "auto"
