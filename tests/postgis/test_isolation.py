"""No county sees or touches another, and the walls do not slow the map down."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geo.db import isolation, schema
from geo.db.bootstrap import OWNER
from geo.db.errors import IsolationBroken
from geo.db.migrations.job_queue import statements
from geo.db.reader import open_reader_pool, reading
from geo.settings import BadSetting
from geo.tables import Base

TENANT_TABLES = sorted(name for name, table in Base.metadata.tables.items() if "tenant" in table.columns)
LAYERS = sorted(name for name, table in Base.metadata.tables.items() if "geom_3857" in table.columns)
DENIED = "permission denied|row-level security"

LAMPS = """
INSERT INTO streetlight (tenant, source, source_key, geom)
SELECT :t, 'test', n, ST_SetSRID(ST_MakePoint(117.8 + (n % 200) * 0.002, 28.1 + (n / 200) * 0.002), 4490)
  FROM generate_series(0, :n - 1) AS n"""


@pytest.fixture
def two_counties(database, make_county):
    """Two counties with forty lamps each."""
    codes = make_county(), make_county()
    for code in codes:
        with database.begin(code) as session:
            session.execute(text(LAMPS), {"t": code, "n": 40})
    return codes


def counted(session, table, tenant):
    return session.execute(text(f"SELECT count(*) FROM {table} WHERE tenant = :t"), {"t": tenant}).scalar()


def test_every_table_of_ours_is_a_tenants_table():
    assert set(TENANT_TABLES) == set(Base.metadata.tables)


def test_every_tenant_table_forces_row_security_with_the_one_policy(database):
    with database.begin_as_owner() as session:
        assert isolation.open_tables(session.connection()) == []
        forced = session.execute(
            text("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace")
        ).scalars()
        assert set(forced) == set(TENANT_TABLES)


KEYS_WITHOUT_TENANT = """
WITH ours AS (SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant')
SELECT oid::regclass || ' has no primary key' FROM ours
 WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = oid AND i.indisprimary)
UNION ALL
SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k
 WHERE k.conrelid IN (TABLE ours) AND k.contype = 'f'
   AND ('tenant', 'tenant') IS DISTINCT FROM (
        (SELECT attname::text FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]),
        (SELECT attname::text FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[1]))
UNION ALL
SELECT i.indrelid::regclass || '.' || i.indexrelid::regclass FROM pg_index i
 WHERE i.indrelid IN (TABLE ours) AND (i.indisunique OR i.indisexclusion)
   AND 'tenant' IS DISTINCT FROM (
        SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0])
ORDER BY 1"""


def test_every_key_of_a_tenant_table_begins_with_the_tenant(database):
    with database.begin_as_owner() as session:
        assert session.execute(text(KEYS_WITHOUT_TENANT)).scalars().all() == []


SCRATCH = """
CREATE TABLE scratch (tenant text, id bigint, code text, PRIMARY KEY (tenant, id), UNIQUE (tenant, code))"""


@pytest.fixture
def scratch(database):
    """A transaction of the owner that is rolled back, with a table of counties that has its keys and no more."""
    with database.engine("owner").connect() as connection:
        connection.execute(text(SCRATCH))
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE scratch NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE scratch DISABLE ROW LEVEL SECURITY",
        "DROP POLICY county_only ON scratch",
        "ALTER POLICY county_only ON scratch WITH CHECK (true)",
        "CREATE POLICY everybody ON scratch USING (true)",
    ],
)
def test_a_table_open_to_other_counties_is_seen(scratch, harm):
    assert isolation.open_tables(scratch) == ["scratch"]
    isolation.close(scratch)
    assert isolation.open_tables(scratch) == []
    scratch.execute(text(harm))
    assert isolation.open_tables(scratch) == ["scratch"]


@pytest.mark.parametrize(
    ("harm", "culprit"),
    [
        ("DROP CONSTRAINT scratch_pkey", "scratch has no primary key"),
        ("DROP CONSTRAINT scratch_pkey, ADD PRIMARY KEY (id, tenant)", "scratch.scratch_pkey"),
        ("ADD UNIQUE (code)", "scratch.scratch_code_key"),
        ("ADD EXCLUDE (code WITH =)", "scratch.scratch_code_excl"),
        ("ADD FOREIGN KEY (code, id) REFERENCES scratch", "scratch.scratch_code_id_fkey"),
    ],
)
def test_a_key_that_does_not_begin_with_the_tenant_is_seen(scratch, harm, culprit):
    assert scratch.execute(text(KEYS_WITHOUT_TENANT)).scalars().all() == []
    scratch.execute(text(f"ALTER TABLE scratch {harm}"))
    assert scratch.execute(text(KEYS_WITHOUT_TENANT)).scalars().all() == [culprit]


def test_a_unique_index_on_an_expression_without_the_tenant_is_seen(scratch):
    scratch.execute(text("CREATE UNIQUE INDEX by_expression ON scratch (lower(code), tenant)"))
    assert scratch.execute(text(KEYS_WITHOUT_TENANT)).scalars().all() == ["scratch.by_expression"]


def test_no_trigger_of_ours_and_no_set_null(database):
    with database.begin_as_owner() as session:
        triggers = session.execute(
            text("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        ).all()
        assert [row for row in triggers if not row[0].startswith(isolation.JOBS)] == []
        nulling = session.execute(
            text("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'n'")
        ).scalars()
        assert [name for name in nulling if not name.startswith(isolation.JOBS)] == []


def test_rows_of_another_county_are_invisible_and_unwritable_for_requests(database, two_counties):
    mine, other = two_counties
    with database.begin(mine) as session:
        assert counted(session, "streetlight", mine) == 40
        assert counted(session, "streetlight", other) == 0
        assert session.execute(text("SELECT count(*) FROM streetlight")).scalar() == 40
        changed = session.execute(text("UPDATE streetlight SET status = 'fault' WHERE tenant = :t"), {"t": other})
        deleted = session.execute(text("DELETE FROM streetlight WHERE tenant = :t"), {"t": other})
        assert (changed.rowcount, deleted.rowcount) == (0, 0)
    with pytest.raises(ProgrammingError, match=DENIED), database.begin(mine) as session:
        session.execute(text(LAMPS), {"t": other, "n": 1})
    with pytest.raises(ProgrammingError, match=DENIED), database.begin(mine) as session:
        session.execute(text("UPDATE streetlight SET tenant = :t"), {"t": other})


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_without_a_county_every_table_is_empty(database, county, table):
    with database.engine("app").connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        connection.execute(text("SET LOCAL pianqu.tenant = ''"))
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_the_county_of_one_transaction_does_not_leak_into_the_next_of_the_pool(database, two_counties):
    for tenant in two_counties * 3:
        with database.begin(tenant) as session:
            assert session.execute(text("SELECT DISTINCT tenant FROM streetlight")).scalars().all() == [tenant]
    with database.engine("app").connect() as connection:
        assert connection.execute(text("SELECT current_setting('pianqu.tenant', true)")).scalar() in (None, "")


@pytest.mark.parametrize("code", ["", "99010", "9901011", "990101'", "990101; DROP", "九九零一零一", "９９０１０１"])
def test_a_county_that_is_not_six_digits_never_reaches_the_database(database, code):
    with pytest.raises(BadSetting), database.begin(code):
        pass


def test_the_reader_sees_one_county_and_cannot_write(database, two_counties):
    mine, other = two_counties

    async def read():
        pool = await open_reader_pool(database, 2)
        async with reading(pool, mine) as connection:
            assert await connection.fetchval("SELECT array_agg(DISTINCT tenant) FROM streetlight") == [mine]
            assert await connection.fetchval("SELECT count(*) FROM streetlight WHERE tenant = $1", other) == 0
        for statement in ("DELETE FROM streetlight", "CREATE TABLE x (y int)", "SET ROLE pianqu_owner"):
            with pytest.raises(Exception, match=r"read-only|permission denied"):
                async with reading(pool, mine) as connection:
                    await connection.execute(statement)
        with pytest.raises(Exception, match="permission denied"):
            async with reading(pool, mine) as connection:
                await connection.execute(
                    "SET default_transaction_read_only = off; COMMIT; BEGIN; DELETE FROM streetlight"
                )
        async with reading(pool, mine) as connection:
            assert await connection.fetchval("SELECT count(*) FROM streetlight") == 40
        async with pool.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM streetlight") == 0
        await pool.close()

    asyncio.run(read())


@pytest.mark.parametrize("table", sorted(set(TENANT_TABLES) - set(LAYERS) - isolation.READER_MAY_READ))
def test_accounts_staff_and_the_like_are_closed_to_the_reader(database, table):
    with database.begin_as_owner() as session:
        may = session.execute(text("SELECT has_table_privilege('pianqu_reader', :t, 'SELECT')"), {"t": table}).scalar()
    assert may is False


def test_requests_can_add_to_the_change_log_but_not_alter_it(database, county):
    for statement in ("UPDATE change SET actor = 'x'", "DELETE FROM change", "DELETE FROM county", "TRUNCATE change"):
        with pytest.raises(ProgrammingError, match=DENIED), database.begin(county) as session:
            session.execute(text(statement))


MIGRATE = text("UPDATE county SET name = 'migrated' WHERE tenant = ANY(:t)")


def left_behind(connection, counties):
    """Counties that a data migration, :data:`MIGRATE`, was to change and did not."""
    connection.execute(text("RESET ROLE"))
    query = "SELECT tenant FROM county WHERE name <> 'migrated' AND tenant = ANY(:t) ORDER BY 1"
    return connection.execute(text(query), {"t": list(counties)}).scalars().all()


def test_a_data_migration_changes_the_rows_of_every_county(database, two_counties, monkeypatch):
    migrate = {"t": list(two_counties)}
    monkeypatch.setattr(schema, "run_migrations", lambda connection: connection.execute(MIGRATE, migrate))
    schema.upgrade(database)
    with database.engine("owner").connect() as connection:
        assert left_behind(connection, two_counties) == []


@pytest.mark.parametrize("seen", [0, 1])
def test_a_data_migration_held_back_by_row_security_is_seen(database, two_counties, seen):
    """Forced row security holds the owner back too, without a word, once its role may not pass it by."""
    with database.engine("admin").connect() as connection:
        connection.execute(text(f"ALTER ROLE {OWNER} NOBYPASSRLS"))
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
        if seen:
            connection.execute(text(f"SET LOCAL pianqu.tenant = '{two_counties[0]}'"))
        connection.execute(MIGRATE, {"t": list(two_counties)})
        assert left_behind(connection, two_counties) == sorted(two_counties[seen:])
        connection.rollback()


def plan_of(session, query, **values):
    session.execute(text("SET LOCAL enable_seqscan = on"))
    explained = session.execute(text(f"EXPLAIN (FORMAT JSON) {query}"), values).scalar()
    return json.dumps(explained)


BOX = "ST_MakeEnvelope(117.9, 28.2, 117.904, 28.204, 4490)"
IN_BOX = f"SELECT id FROM streetlight WHERE tenant = :t AND geom && {BOX} AND ST_Intersects(geom, {BOX})"


@pytest.fixture(scope="module")
def many_lamps(database):
    """A county with forty thousand lamps, analysed."""
    from geo.db.counties import create_county, list_counties

    code = "899001"
    if code not in {county.code for county in list_counties(database)}:
        create_county(database, code, "灯多县", (117.8, 28.1, 118.3, 28.6))
        with database.begin(code) as session:
            session.execute(text(LAMPS), {"t": code, "n": 40_000})
    with database.begin_as_owner() as session:
        session.execute(text("ANALYZE streetlight"))
    return code


def test_a_box_is_answered_by_the_spatial_index_under_row_security(database, many_lamps):
    with database.begin(many_lamps) as session:
        assert session.execute(text("SELECT current_user")).scalar() == "pianqu_app"
        assert "ix_streetlight_geom" in plan_of(session, IN_BOX, t=many_lamps)


def test_without_the_leakproof_mark_the_spatial_index_would_be_lost(database, many_lamps):
    """The gate above can fail: in a transaction that takes the mark away, it does."""
    with database.engine("admin").connect() as connection:
        for name in isolation.LEAKPROOF:
            connection.execute(text(f"ALTER FUNCTION {name} NOT LEAKPROOF"))
        assert isolation.unmarked(connection) == list(isolation.LEAKPROOF)
        connection.execute(text(f"SET LOCAL pianqu.tenant = '{many_lamps}'"))
        connection.execute(text("SET LOCAL ROLE pianqu_app"))
        plan = json.dumps(connection.execute(text(f"EXPLAIN (FORMAT JSON) {IN_BOX}"), {"t": many_lamps}).scalar())
        connection.rollback()
    assert "ix_streetlight_geom" not in plan


def test_only_reviewed_functions_are_leakproof(database):
    with database.begin_as_owner() as session:
        marked = session.execute(
            text("""SELECT p.oid::regprocedure::text FROM pg_proc p
                     WHERE p.proleakproof AND p.pronamespace = 'public'::regnamespace""")
        ).scalars()
        assert {f"public.{name.replace(',', ', ')}" for name in marked} == set(isolation.LEAKPROOF)


def test_a_lost_leakproof_mark_is_put_back_at_the_next_start(database):
    with database.engine("admin").begin() as connection:
        for name in isolation.LEAKPROOF:
            connection.execute(text(f"ALTER FUNCTION {name} NOT LEAKPROOF"))
    schema.ensure(database, migrate=False)
    with database.begin_as_owner() as session:
        assert isolation.unmarked(session.connection()) == []


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE vendor_point NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE vendor_point DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY everybody ON vendor_point USING (true)",
        "DROP POLICY county_only ON vendor_point",
    ],
)
def test_a_table_left_open_stops_the_start_and_migrate_repairs_it(database, harm):
    with database.begin_as_owner() as session:
        session.execute(text(harm))
    try:
        with pytest.raises(IsolationBroken) as refused:
            schema.ensure(database, migrate=False)
        assert refused.value.facts["tables"] == "vendor_point"
    finally:
        schema.upgrade(database)
    schema.ensure(database, migrate=False)


def test_statements_of_a_script_are_split_outside_bodies_only():
    assert statements("A; DO $$ x; -- y\n $$; -- z;\nB") == ["A", "DO $$ x; -- y\n $$", "B"]
