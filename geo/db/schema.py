"""Whether the schema fits this version, and bringing it there.

The check at every start is two short queries and imports nothing; alembic is loaded only to migrate.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from geo.db import isolation
from geo.db.errors import DatabaseAway, IsolationBroken, SchemaBehind, SchemaLocked

if TYPE_CHECKING:
    from geo.db.engine import Role
    from geo.db.external import Mode

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_TIMEOUT = "5s"
QUEUE_TIMEOUT = "30min"
STATEMENT_TIMEOUT = "30min"
TRIES = 6
ADVISORY_LOCK = 0x7069616E7175  # "pianqu"
LOCK_NOT_AVAILABLE = "55P03"


class Openable(Protocol):
    """What this module needs of :class:`geo.db.engine.Database`."""

    mode: Mode

    def engine(self, role: Role) -> Engine:
        """The engine of a role."""


def head() -> str:
    """The newest revision: migrations are numbered files in one line, ``0001_first.py``.

    Examples
    --------
    >>> head() >= "0001"
    True
    """
    return max(path.name[:4] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def revision(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    if connection.execute(text("SELECT to_regclass('public.alembic_version')")).scalar() is None:
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def ensure(database: Openable, *, migrate: bool) -> None:
    """Check schema, isolation and leak-proof marks; mend what may be mended.

    Raises
    ------
    SchemaBehind
        If the schema is older and ``migrate`` is false, or newer than this version.
    IsolationBroken
        If a table is open to other counties.
    SchemaLocked
        If a migration cannot get its locks.
    """
    admin = database.engine("admin" if database.mode == "embedded" else "owner")
    try:
        with admin.connect() as connection:
            now, wanted = revision(connection), head()
    except OperationalError as error:
        raise DatabaseAway("db.away") from error
    if now is not None and now > wanted:
        raise SchemaBehind("db.schema_newer", now=now, wanted=wanted)
    if now != wanted:
        if not migrate:
            raise SchemaBehind("db.schema_behind", now=now or "-", wanted=wanted)
        upgrade(database)
    if database.mode == "single":
        return
    with admin.begin() as connection:
        if found := isolation.open_tables(connection):
            raise IsolationBroken("db.open_tables", tables=", ".join(found))
        if database.mode == "embedded":
            isolation.mark(connection)


def upgrade(database: Openable) -> None:
    """Run all missing migrations and close the tables, in one transaction; several callers queue up.

    Raises
    ------
    SchemaLocked
        If another session keeps a lock for half a minute; nothing was changed.
    """
    owner = database.engine("owner")
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        # A connection of its own, closed and not returned to the pool: its end, even by a kill, frees the lock.
        # In no transaction, or the server would end it, and the lock with it, a quarter of an hour into a migration.
        guard.detach()
        guard.execute(text(f"SET lock_timeout = '{QUEUE_TIMEOUT}'"))
        try:
            guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            _retry(database, owner)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            raise SchemaLocked("db.schema_locked") from error


def _retry(database: Openable, owner: Engine) -> None:
    """Migrate in one transaction, again after a pause while somebody holds a table."""
    for pause_s in (*range(TRIES - 1), None):
        try:
            with owner.begin() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
                run_migrations(connection)
                if database.mode != "single":
                    isolation.close(connection)
            return
        except DBAPIError as error:
            if pause_s is None or getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            time.sleep(pause_s)


def run_migrations(connection: Connection) -> None:
    """Bring the connection's database to :func:`head` inside the caller's transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(config, scripts, fn=lambda now, _: scripts._upgrade_revs("head", now))
    environment.configure(connection=connection)
    with environment:
        environment.run_migrations()
