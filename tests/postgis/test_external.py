"""A database that somebody else runs: probed, prepared by its administrator, or used for one county only."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import text

from geo.db import isolation, schema
from geo.db.bootstrap import ADMIN
from geo.db.cluster import Cluster
from geo.db.counties import CountyExists, create_county
from geo.db.engine import Database
from geo.db.errors import DatabaseAway, NotPrepared, SchemaBehind
from geo.db.external import preparation
from geo.db.reader import open_reader_pool, reading
from geo.settings import Settings

EXTENT = (117.8, 28.1, 118.2, 28.5)


@pytest.fixture(scope="module")
def bureau():
    """A server with a database ``city`` owned by the ordinary login ``lee``; yields (settings, superuser URL)."""
    home = Path(tempfile.mkdtemp(prefix="pianqu-external-"))
    home.chmod(0o711)
    cluster = Cluster(Settings(home=home, shared_buffers_mb=16))
    host = quote(str(cluster.start()), safe="")
    hba = cluster.data / "pg_hba.conf"
    hba.write_text("local city lee trust\n" + hba.read_text())
    with psycopg.connect(f"postgresql://{ADMIN}@/postgres?host={host}", autocommit=True) as connection:
        connection.execute("CREATE ROLE lee LOGIN")
        connection.execute("CREATE DATABASE city OWNER lee")
        connection.execute("SELECT pg_reload_conf()")
    yield (
        Settings(home=home, database_url=f"postgresql://lee@/city?host={host}"),
        f"postgresql://{ADMIN}@/city?host={host}",
    )
    cluster.stop("immediate")
    shutil.rmtree(home)


def run(address, *statements):
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_database_goes_from_bare_to_one_county_to_prepared_for_all(bureau):
    settings, superuser = bureau
    with pytest.raises(NotPrepared) as refused:
        Database.open(settings)
    assert refused.value.code == "db.no_postgis"

    run(superuser, "CREATE EXTENSION postgis")
    with pytest.raises(SchemaBehind):
        Database.open(settings)
    alone = Database.open(settings, migrate=True)
    assert alone.mode == "single"
    create_county(alone, "990101", "示例县", EXTENT)
    with pytest.raises(CountyExists) as exists:
        create_county(alone, "990102", "邻县", EXTENT)
    assert exists.value.code == "county.single"
    with alone.begin("990101") as session:
        assert session.execute(text("SELECT count(*) FROM county")).scalar() == 1
    alone.close()

    run(superuser, *preparation("lee", "city"))
    run(superuser, *preparation("lee", "city"))
    prepared = Database.unchecked(settings)
    assert prepared.mode == "prepared"
    schema.upgrade(prepared)
    prepared.check()
    create_county(prepared, "990102", "邻县", EXTENT)
    with prepared.begin("990102") as session:
        assert session.execute(text("SELECT current_user")).scalar() == "pianqu_app"
        assert session.execute(text("SELECT tenant FROM county")).scalars().all() == ["990102"]
    with prepared.begin_as_owner() as session:
        assert isolation.unmarked(session.connection()) == []
        assert session.execute(text("SELECT count(*) FROM county")).scalar() == 2

    async def read():
        pool = await open_reader_pool(prepared, 1)
        async with reading(pool, "990101") as connection:
            row = await connection.fetchrow(
                "SELECT current_user::text, current_setting('statement_timeout'), tenant FROM county"
            )
            assert tuple(row) == ("pianqu_reader", "10s", "990101")
        await pool.close()

    asyncio.run(read())
    prepared.close()


def test_a_superusers_login_is_refused_because_it_would_pass_every_wall(bureau):
    settings, superuser = bureau
    run(superuser, "CREATE EXTENSION IF NOT EXISTS postgis", "REVOKE pianqu_owner, pianqu_app, pianqu_reader FROM lee")
    with pytest.raises(NotPrepared) as refused:
        Database.open(dataclasses.replace(settings, database_url=superuser))
    assert refused.value.code == "db.superuser"


def test_a_database_that_does_not_answer_is_said_to_be_away(tmp_path):
    settings = Settings(home=tmp_path, database_url="postgresql://lee@127.0.0.1:1/city")
    with pytest.raises(DatabaseAway):
        Database.open(settings)
