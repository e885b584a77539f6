"""A new, complete cluster in a side folder, renamed into place only when nothing is missing.

Everything is done by ``initdb`` and the single-user server, so there is never a half-made cluster
with a port, a role too few, or a database without PostGIS: a killed bootstrap leaves only rubbish
under another name, which the next one sweeps away.
"""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from pathlib import Path

from geo.db.errors import ClusterUnusable
from geo.db.server import Runner, Server

DATABASE = "pianqu"
ADMIN, OWNER, APP, READER = "pianqu_admin", "pianqu_owner", "pianqu_app", "pianqu_reader"

READER_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
"""Of every connection of the hot path: it can neither write nor run away with the machine."""

ROLES = (
    f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS",
    f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    f"CREATE ROLE {READER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    *(f"ALTER ROLE {READER} SET {name} = '{value}'" for name, value in READER_SETTINGS.items()),
)

CREATE_DATABASE = (
    f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
    f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP}",
    f"GRANT CONNECT ON DATABASE {DATABASE} TO {READER}",
)

FILL_DATABASE = ("CREATE EXTENSION postgis", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")

CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "max_connections": "80",
    "jit": "off",
    "restart_after_crash": "on",
    "random_page_cost": "1.1",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%u.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    # A failing row or statement can hold a name or a phone number: say what failed, never with which values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
"""Written anew at every start; an operator's ``ALTER SYSTEM`` wins over it."""


def initialise(server: Server, runner: Runner, data: Path) -> None:
    """Make a cluster with roles, database and PostGIS at ``data``, which must not exist.

    Raises
    ------
    ClusterUnusable
        If a step fails; nothing is left at ``data``.
    """
    side = data.with_name(data.name + ".new")
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(side, runner.uid, runner.gid)
    initdb = [server.bin / "initdb", "-D", side, "-U", ADMIN, "-E", "UTF8", "-k", "-A", "reject", "--no-instructions"]
    _done(runner.run([*initdb, *_locale(server), "--no-sync"]))
    with (side / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("include_if_exists 'pianqu.conf'\n")
    _single(server, runner, side, "postgres", (*ROLES, *CREATE_DATABASE))
    _single(server, runner, side, DATABASE, FILL_DATABASE)
    _done(runner.run([server.bin / "initdb", "-D", side, "--sync-only"]))
    side.rename(data)
    sync_folder(data.parent)


def write_configuration(
    server: Server, runner: Runner, data: Path, socket_folder: Path, shared_buffers_mb: int
) -> None:
    """Write our settings and who may connect as whom; durable before the server reads them."""
    settings = {
        **CONFIGURATION,
        "wal_compression": wal_compression(server, runner, data),
        "unix_socket_directories": str(socket_folder),
        "shared_buffers": f"{shared_buffers_mb}MB",
        "effective_cache_size": f"{shared_buffers_mb * 4}MB",
    }
    if sys.platform == "linux":
        settings["recovery_init_sync_method"] = "syncfs"  # half the time back after kill -9
        settings["client_connection_check_interval"] = "2s"  # a query whose asker was killed does not run on
    users = sorted({runner.name, "root", pwd.getpwuid(os.geteuid()).pw_name})
    roles = (ADMIN, OWNER, APP, READER)
    _write(runner, data / "pianqu.conf", "".join(f"{name} = '{value}'\n" for name, value in settings.items()))
    _write(runner, data / "pg_hba.conf", "local all all peer map=pianqu\nlocal replication all peer map=pianqu\n")
    _write(runner, data / "pg_ident.conf", "".join(f"pianqu {user} {role}\n" for user in users for role in roles))


def wal_compression(server: Server, runner: Runner, data: Path) -> str:
    """How the server packs whole pages for its log: ``lz4`` where it was built with it, else its own way.

    Notes
    -----
    The first change of each page after a checkpoint writes that page. Of 100,000 rewritten rows this took 0.1 s of CPU
    with lz4, 0.6 with the server's own way. Only the server knows what it was built with; it is asked without starting.
    """
    ask = [server.bin / "postgres", "-D", data, "-c", "wal_compression=lz4", "-C", "wal_compression"]
    return "lz4" if runner.run(ask).returncode == 0 else CONFIGURATION["wal_compression"]


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locale(server: Server) -> list[str]:
    """Byte order and UTF-8 classes that no update of the C library can change."""
    if server.major >= 17:
        return ["--locale-provider=builtin", "--locale=C.UTF-8"]
    return ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C"]


def _single(server: Server, runner: Runner, data: Path, database: str, statements: tuple[str, ...]) -> None:
    """Run statements in the single-user server, which has no socket and needs no running cluster."""
    feed = "".join(f"{statement};\n\n" for statement in statements)
    command = [server.bin / "postgres", "--single", "-j", "-F", "-D", data, database]
    result = _done(runner.run(command, feed=feed))
    if "ERROR:" in result or "FATAL:" in result:
        raise ClusterUnusable("cluster.init_failed", reason=result[-800:])


def _done(result: object) -> str:
    returncode, output = result.returncode, f"{result.stdout}{result.stderr}"  # type: ignore[attr-defined]
    if returncode:
        raise ClusterUnusable("cluster.init_failed", reason=output[-800:].strip())
    return output


def _write(runner: Runner, path: Path, text: str) -> None:
    side = path.with_name(path.name + ".new")
    with side.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    side.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(side, runner.uid, runner.gid)
    side.replace(path)
