"""A real PostGIS for every test that wants one, a county of its own for each.

``PIANQU_TEST_HOME`` keeps one cluster between runs; without it each session makes and removes its own. Several
worker processes have a cluster each; a file is never divided among them, nor are the pages' tests, which
share one running service.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

from geo.db.bootstrap import CREATE_DATABASE, DATABASE, FILL_DATABASE
from geo.db.cluster import Cluster
from geo.db.counties import create_county
from geo.db.engine import Database
from geo.db.schema import MIGRATIONS
from geo.settings import Settings

MOST_BYTES = 1 << 30
PAGES = "tests/browser/"

# Neither Greenwich nor the county: a test that takes the machine's day for the county's fails for everybody.
os.environ["TZ"] = "America/Chicago"
time.tzset()

# A machine that is busy with something else is no failure; a failing example can be run again from the report.
hypothesis.settings.register_profile("pianqu", deadline=None, print_blob=True)
hypothesis.settings.load_profile("pianqu")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``./pianqu test --long``: the slow ones too."""
    parser.addoption("--long", action="store_true", help="also run tests marked long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the long ones unless they were asked for."""
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="long; run ./pianqu test --long")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)


class FilesTogether(LoadFileScheduling):
    """One worker runs a file from its first test to its last, and all tests of pages."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return PAGES if file.startswith(PAGES) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Groups by mark are lost between pytest 9.2 and pytest-xdist 3.8 (its issue 1386), so files are kept here."""
    return FilesTogether(config, log)


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings of the test installation: its own home, little memory, no external database."""
    kept = os.environ.get("PIANQU_TEST_HOME")
    home = Path(kept or tempfile.mkdtemp(prefix="pianqu-test-")) / os.environ.get("PYTEST_XDIST_WORKER", "")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    yield Settings(home=home.absolute(), tenant="990101", database_url=None, port=8000, shared_buffers_mb=64)
    if not kept:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """The migrated database of the session; made anew when the migrations changed or it grew too big."""
    database = Database(settings, "embedded", Cluster(settings))
    _renew_if_stale(database, settings.home / "schema.sha256")
    database.close()
    database = Database.open(settings, migrate=True)
    yield database
    database.close(stop_cluster="PIANQU_TEST_HOME" not in os.environ)


@pytest.fixture
def make_county(database: Database) -> Callable[..., str]:
    """A function that adds a county and returns its code, wherever the extent is wanted."""

    def make(extent: tuple[float, float, float, float] = (117.8, 28.1, 118.2, 28.5), name: str = "测试县") -> str:
        code = f"9{secrets.randbelow(100_000):05d}"
        with database.begin_as_owner() as session:
            taken = session.connection().exec_driver_sql("SELECT 1 FROM county WHERE tenant = %s", (code,)).first()
        return make(extent, name) if taken else create_county(database, code, name, extent).code

    return make


@pytest.fixture
def county(make_county: Callable[..., str]) -> str:
    """The code of a fresh county around 118.0° E, 28.3° N."""
    return make_county()


def _renew_if_stale(database: Database, note: Path) -> None:
    """Drop a database left by an earlier run whose migrations were others."""
    files = sorted(MIGRATIONS.rglob("*.py"))
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    admin = database.dsn("admin").replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        size = connection.execute("SELECT pg_database_size(datname) FROM pg_database WHERE datname = %s", [DATABASE])
        (found,) = size.fetchone() or (0,)
        if note.exists() and note.read_text() == wanted and 0 < found < MOST_BYTES:
            return
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        for statement in CREATE_DATABASE:
            connection.execute(statement)
    with psycopg.connect(database.dsn("admin"), autocommit=True) as connection:
        for statement in FILL_DATABASE:
            connection.execute(statement)
    note.write_text(wanted)
