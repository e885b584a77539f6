"""The migrations and the tables say the same, and a schema that does not fit is refused with its mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text

from geo.db import schema
from geo.db.bootstrap import DATABASE, FILL_DATABASE
from geo.db.engine import Database
from geo.db.errors import SchemaBehind, SchemaLocked
from geo.db.isolation import JOBS
from geo.messages import say
from geo.tables import Base

COLUMNS = """
SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
       a.attgenerated, pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"""
CONSTRAINTS = """
SELECT c.relname, k.conname, k.contype, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
NOT_OURS = ("spatial_ref_sys", "alembic_version", JOBS)


def described(connection: psycopg.Connection[Any]) -> set[tuple[object, ...]]:
    """Every column, constraint and index of our tables, as PostgreSQL words them."""
    rows = [row for query in (COLUMNS, CONSTRAINTS, INDEXES) for row in connection.execute(query).fetchall()]
    return {row for row in rows if not row[0].startswith(NOT_OURS)}


def described_at(dsn: str) -> set[tuple[object, ...]]:
    """The same of the database at an address."""
    with psycopg.connect(dsn) as connection:
        return described(connection)


@pytest.fixture
def empty_database(database: Database) -> Iterator[Callable[[str], str]]:
    """Make an empty database with PostGIS in the cluster; returns the owner's URL; dropped afterwards."""
    made: list[str] = []
    server = database.dsn("admin").replace(f"/{DATABASE}?", "/postgres?")

    def make(name: str) -> str:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} OWNER pianqu_owner")
        made.append(name)
        with psycopg.connect(
            database.dsn("admin").replace(f"/{DATABASE}?", f"/{name}?"), autocommit=True
        ) as connection:
            for statement in FILL_DATABASE:
                connection.execute(statement)
        return database.dsn("owner").replace(f"/{DATABASE}?", f"/{name}?")

    yield make
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_migrations_build_exactly_the_tables(database, empty_database):
    dsn = empty_database("from_tables")
    engine = create_engine(dsn)
    Base.metadata.create_all(engine)
    engine.dispose()
    migrated, declared = described_at(database.dsn("owner")), described_at(dsn)
    assert migrated - declared == set()
    assert declared - migrated == set()
    assert {row[0] for row in declared} == set(Base.metadata.tables)


@pytest.mark.parametrize(
    ("harm", "culprit"),
    [
        ("ALTER TABLE layer_count ADD COLUMN stray text GENERATED ALWAYS AS (layer) STORED", "stray"),
        ("ALTER TABLE layer_count DROP COLUMN step", "step"),
        ("ALTER TABLE layer_count ALTER COLUMN visibility DROP DEFAULT", "visibility"),
        ("ALTER TABLE layer_count ALTER COLUMN step DROP NOT NULL", "step"),
        ("ALTER TABLE layer_count ALTER COLUMN step TYPE integer", "step"),
        ("ALTER TABLE layer_count ADD CONSTRAINT ck_stray CHECK (id > 0)", "ck_stray"),
        ("DROP INDEX ix_layer_count_tenant_layer_visibility", "ix_layer_count_tenant_layer_visibility"),
        ("CREATE TABLE stray (tenant text)", "stray"),
    ],
)
def test_a_migration_that_differs_from_the_tables_is_seen(database, harm, culprit):
    with psycopg.connect(database.dsn("owner")) as connection:
        migrated = described(connection)
        connection.execute(harm)
        differing = described(connection) ^ migrated
        connection.rollback()
    assert {row[0] for row in differing} <= {"layer_count", "stray"}
    assert any(culprit in row for row in differing)


def test_head_is_the_one_alembic_finds():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.head()]


def test_an_empty_database_is_refused_by_name_of_the_command_unless_migrated(database, empty_database, monkeypatch):
    dsn = empty_database("still_empty")
    other = Database(database.settings, "embedded", database.cluster)
    monkeypatch.setattr(other, "dsn", lambda role: dsn.replace("pianqu_owner", f"pianqu_{role}"))
    with pytest.raises(SchemaBehind) as refused:
        schema.ensure(other, migrate=False)
    assert refused.value.facts["wanted"] == schema.head()
    schema.ensure(other, migrate=True)
    schema.ensure(other, migrate=False)
    assert described_at(dsn) == described_at(database.dsn("owner"))
    other.close()


def test_a_schema_from_the_future_is_refused(database, empty_database, monkeypatch):
    dsn = empty_database("from_the_future")
    other = Database(database.settings, "embedded", database.cluster)
    monkeypatch.setattr(other, "dsn", lambda role: dsn.replace("pianqu_owner", f"pianqu_{role}"))
    schema.ensure(other, migrate=True)
    with other.begin_as_owner() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaBehind) as refused:
        schema.ensure(other, migrate=True)
    assert refused.value.code == "db.schema_newer"
    other.close()


def test_a_migration_frees_its_lock_for_the_next_process(database):
    schema.upgrade(database)
    with psycopg.connect(database.dsn("owner")) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [schema.ADVISORY_LOCK]).fetchone() == (True,)


def test_the_lock_of_a_long_migration_is_held_by_a_session_that_is_in_no_transaction(database, monkeypatch):
    states = []

    def look(connection):
        found = connection.execute(
            text(
                "SELECT a.state FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32) + l.objid::bigint = :key"
            ),
            {"key": schema.ADVISORY_LOCK},
        )
        states.extend(found.scalars())

    monkeypatch.setattr(schema, "run_migrations", look)
    schema.upgrade(database)
    assert states == ["idle"]


def test_a_migration_that_cannot_get_a_table_changes_nothing_and_says_what_to_stop(database, monkeypatch):
    monkeypatch.setattr(schema, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(schema, "TRIES", 2)
    with database.begin_as_owner() as session:
        session.execute(text("ALTER TABLE water NO FORCE ROW LEVEL SECURITY"))
    try:
        with psycopg.connect(database.dsn("owner")) as holder:
            holder.execute("LOCK TABLE water IN ACCESS SHARE MODE")
            with pytest.raises(SchemaLocked) as refused:
                schema.upgrade(database)
        assert "pianqu down" in say(refused.value.code, "en", **refused.value.facts)
    finally:
        schema.upgrade(database)
    schema.ensure(database, migrate=False)
