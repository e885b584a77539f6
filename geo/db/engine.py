"""One way to open the database and one way to begin a transaction, whoever asks.

Requests, jobs and commands begin as role ``pianqu_app`` inside one county; migrations, the sequencer
and the list of counties begin as the owner. The read-only hot path has its own door (:mod:`geo.db.reader`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Literal, Self
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.db import bootstrap, external, schema
from geo.db.cluster import Cluster
from geo.db.errors import DatabaseAway, DatabaseBusy, DatabaseFull
from geo.db.packed import teach_driver
from geo.settings import Settings, check_tenant

Role = Literal["app", "reader", "owner", "admin"]
NAMES: dict[Role, str] = {
    "app": bootstrap.APP,
    "reader": bootstrap.READER,
    "owner": bootstrap.OWNER,
    "admin": bootstrap.ADMIN,
}
DISK_FULL = "53100"
LOCK_NOT_HAD = "55P03"
PLAN_FOR_VALUES = "SET LOCAL plan_cache_mode = force_custom_plan"
"""What was sent ten times on a connection may else get a plan for any values, kept for good: one that walks a million
rows in order of id to find the hundred of a small 片区 (0.1 CPU s became 4). Only for what reads: foreign keys of rows
that are written would be planned again for each row, and badly in a county that the statistics do not know yet."""

GONE = ("08", "57P0")
"""SQLSTATEs of a connection that is lost, or of a server going down or coming up."""


class Database:
    """An open database of which every promise was checked: schema, isolation, leak-proof list.

    Parameters
    ----------
    settings
        Where it is.
    mode
        ``embedded``: our own cluster; ``prepared``: external with roles and row security;
        ``single``: external without them, one county only.
    cluster
        The embedded cluster, None when external.
    """

    def __init__(self, settings: Settings, mode: external.Mode, cluster: Cluster | None = None) -> None:
        self.settings = settings
        self.mode: external.Mode = mode
        self.cluster = cluster
        self._host = str(cluster.start()) if cluster else None
        self._engines: dict[Role, Engine] = {}

    @classmethod
    def open(cls, settings: Settings, *, migrate: bool = False) -> Self:
        """Start the embedded cluster if need be, or probe the external database; then check the schema.

        Parameters
        ----------
        settings
            Home and, for an external database, its URL.
        migrate
            Bring a schema that is missing or behind to the newest; otherwise such a schema is refused.

        Raises
        ------
        SchemaBehind
            If the schema does not fit this version; the message names the command that mends it.
        IsolationBroken
            If a table of a county is open to other counties.
        DatabaseAway, NotPrepared, ClusterUnusable, ServerMissing, OtherMajor
            If there is no database to speak to; the message says what to do.
        """
        database = cls.unchecked(settings)
        database.check(migrate=migrate)
        return database

    @classmethod
    def unchecked(cls, settings: Settings) -> Self:
        """The database as it is, for what mends it; everybody else opens it by :meth:`open`."""
        if settings.database_url is None:
            return cls(settings, "embedded", Cluster(settings))
        return cls(settings, external.probe(settings.database_url))

    def check(self, *, migrate: bool = False) -> None:
        """Check schema, isolation and leak-proof marks, as :meth:`open` does; put back the marks."""
        schema.ensure(self, migrate=migrate)

    @contextlib.contextmanager
    def begin(self, tenant: str, *, reading: bool = False) -> Iterator[Session]:
        """A transaction of one county: commits at the end, rolls back on any error.

        Parameters
        ----------
        reading
            Whether it is there to read, so that each statement is planned for the values at hand.

        Raises
        ------
        BadSetting
            If ``tenant`` is not six digits.
        DatabaseAway
            If the database cannot be reached or went away; after a lost commit the outcome is unknown
            and the caller may try the same idempotent action again.
        DatabaseFull
            If the disk is full.
        DatabaseBusy
            If another transaction held what this one needs for too long.
        """
        with self._transaction("app") as session:
            # A literal, never set_config: Citus hands on the one and not the other.
            session.execute(text(f"SET LOCAL pianqu.tenant = '{check_tenant(tenant)}'"))
            if reading:
                session.execute(text(PLAN_FOR_VALUES))
            yield session

    @contextlib.contextmanager
    def begin_as_owner(self) -> Iterator[Session]:
        """A transaction past row security, for migrations, the sequencer and the list of counties."""
        with self._transaction("owner") as session:
            yield session

    def dsn(self, role: Role) -> str:
        """URL of a role, understood by libpq, psycopg, asyncpg and SQLAlchemy alike."""
        if self._host is not None:
            return f"postgresql://{NAMES[role]}@/{bootstrap.DATABASE}?host={quote(self._host, safe='')}"
        assert self.settings.database_url is not None
        return external.url(self.settings.database_url, self.mode, NAMES[role])

    def reader_dsn(self) -> str:
        """URL of the read-only role, for asyncpg."""
        return self.dsn("reader")

    def engine(self, role: Role) -> Engine:
        """The pooled engine of a role, made when first asked for."""
        if role not in self._engines:
            teach_driver()
            self._engines[role] = create_engine(
                self.dsn(role),
                pool_size=5,
                max_overflow=15,
                pool_pre_ping=True,
                pool_recycle=3600,
                hide_parameters=True,
            )
        return self._engines[role]

    def close(self, *, stop_cluster: bool = False) -> None:
        """Return all connections; the embedded cluster keeps running unless ``stop_cluster``."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        if stop_cluster and self.cluster:
            self.cluster.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close, as :meth:`close` does."""
        self.close()

    @contextlib.contextmanager
    def _transaction(self, role: Role) -> Iterator[Session]:
        try:
            with Session(self.engine(role), expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            raise plainly(error) from error


def plainly(error: DBAPIError) -> Exception:
    """What a driver's error means to people, or the error itself when it means a bug."""
    state = getattr(error.orig, "sqlstate", None)
    if state == DISK_FULL:
        return DatabaseFull("db.full")
    if state == LOCK_NOT_HAD:
        return DatabaseBusy("db.busy")
    lost = error.connection_invalidated or (type(error.orig).__name__ == "OperationalError" and state is None)
    if lost or (state is not None and state.startswith(GONE)):
        return DatabaseAway("db.away")
    return error
