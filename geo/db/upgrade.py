"""Backups, and moving a county to another PostgreSQL: always beside the old data, never over them.

A dump is made by the cluster's superuser, since row security would silently leave rows out for anybody
else. A restore or an upgrade builds a whole new cluster in a folder of its own, checks it, and only then
exchanges folders; the old one stays until somebody removes it.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from geo.db import bootstrap
from geo.db.cluster import COMPLETE, SUCCESSOR, Cluster
from geo.db.engine import Database
from geo.db.errors import BadBackup, ClusterUnusable, OtherMajor
from geo.db.server import Server, find_runner, find_server
from geo.settings import Settings

MAGIC = b"PGDMP"
"""First bytes of pg_dump's custom format."""


def backup(settings: Settings, file: Path) -> int:
    """Write everything of the embedded database to ``file``; it appears only when complete and on disk.

    Returns
    -------
    int
        Bytes of the file.

    Raises
    ------
    BadBackup
        If the file exists already, cannot be written, or the database is external.
    """
    if settings.database_url is not None:
        raise BadBackup("backup.external")
    if file.exists():
        raise BadBackup("backup.exists", file=str(file))
    cluster = Cluster(settings)
    return dump(cluster, cluster.server(), file.absolute())


def dump(cluster: Cluster, server: Server, file: Path) -> int:
    """Dump the cluster's database with the programs of ``server``, which may be newer than the cluster's."""
    sockets = cluster.start()
    runner = find_runner(cluster.data)
    side = cluster.data.resolve() / "backup.new"  # where the server's user may write; moved out by us
    side.unlink(missing_ok=True)
    command = [
        server.bin / "pg_dump",
        "-h",
        sockets,
        "-U",
        bootstrap.ADMIN,
        "-d",
        bootstrap.DATABASE,
        "-Fc",
        "-f",
        side,
    ]
    result = runner.run(command)
    if result.returncode:
        side.unlink(missing_ok=True)
        raise BadBackup("backup.failed", reason=result.stderr[-400:].strip())
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # from its first byte nobody else's to read
        with side.open("rb") as source, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        part.replace(file)
        bootstrap.sync_folder(file.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadBackup("backup.not_writable", file=str(file), reason=error.strerror) from error
    finally:
        side.unlink(missing_ok=True)
    return file.stat().st_size


def restore(settings: Settings, file: Path) -> Path | None:
    """Put the contents of a backup in place of the embedded database; the service must be down.

    Returns
    -------
    Path or None
        Folder in which the data from before are kept; None when there were none.

    Raises
    ------
    BadBackup
        If the file is not a backup or does not restore, or the database is external; nothing was changed then.
    """
    if settings.database_url is not None:
        raise BadBackup("backup.external")
    check_dump(file)
    return _exchange(settings, file, find_server())


def upgrade(settings: Settings, from_dump: Path | None = None) -> Path | None:
    """Move the embedded database to the newest PostgreSQL of this machine, by dump and restore.

    Parameters
    ----------
    from_dump
        A backup to start from when the programs that wrote the data are no longer installed.

    Returns
    -------
    Path or None
        Folder in which the old data are kept; None when nothing had to be done.

    Raises
    ------
    OtherMajor
        If neither the old programs nor a dump are there; the message says how to get either.
    BadBackup
        If the dump does not restore, or the database is external; nothing was changed then.
    """
    if settings.database_url is not None:
        raise BadBackup("backup.external")
    newest = find_server()
    if from_dump is not None:
        check_dump(from_dump)
        return _exchange(settings, from_dump, newest)
    old = Cluster(settings)
    written = int((old.data / "PG_VERSION").read_text()) if (old.data / "PG_VERSION").exists() else newest.major
    if written == newest.major:
        return None
    try:
        old.server()
    except OtherMajor as error:
        raise OtherMajor("upgrade.no_old_server", data=written, server=newest.major) from error
    file = settings.home / f"upgrade-from-{written}.dump"
    file.unlink(missing_ok=True)
    dump(old, newest, file)
    kept = _exchange(settings, file, newest)
    file.unlink()
    return kept


def check_dump(file: Path) -> None:
    """Refuse what pg_dump did not write.

    Raises
    ------
    BadBackup
        If the file is missing or of another kind.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(len(MAGIC))
    except OSError as error:
        raise BadBackup("backup.not_readable", file=str(file), reason=error.strerror) from error
    if start != MAGIC:
        raise BadBackup("backup.not_a_dump", file=str(file))


def _exchange(settings: Settings, file: Path, server: Server) -> Path | None:
    """Build a cluster from the dump, check it, then exchange the folders."""
    new = Cluster(settings, name=SUCCESSOR, major=server.major)
    new.stop()
    _remove(new.data)
    sockets = new.start()
    inside = new.data.resolve() / "restore.dump"
    try:
        shutil.copyfile(file, inside)
        runner = find_runner(new.data)
        os.chown(inside, runner.uid, runner.gid)
        target = ["-h", sockets, "-U", bootstrap.ADMIN, "-d", bootstrap.DATABASE]
        result = runner.run([server.bin / "pg_restore", "--exit-on-error", *target, inside])
        if result.returncode:
            raise BadBackup("backup.does_not_restore", file=str(file), reason=result.stderr[-400:].strip())
        analyzed = runner.run([server.bin / "vacuumdb", "--analyze-only", *target])
        if analyzed.returncode:
            raise BadBackup("backup.does_not_restore", file=str(file), reason=analyzed.stderr[-400:].strip())
        inside.unlink()
        # Opening migrates an older schema and puts back the leak-proof marks, which no dump carries.
        checked = Database(settings, "embedded", new)
        checked.check(migrate=True)
        checked.close()
    except BaseException:
        new.stop()
        _remove(new.data)
        raise
    new.stop()
    (new.data / COMPLETE).touch()
    bootstrap.sync_folder(new.data)
    old = Cluster(settings)
    _stop_any(old)
    kept: Path | None = None
    if old.data.exists():
        kept = old.data.with_name(f"pg.old-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
        old.data.rename(kept)
    new.data.rename(old.data)  # killed before this line, the next start does it
    (old.data / COMPLETE).unlink()
    bootstrap.sync_folder(settings.home)
    return kept


def _stop_any(cluster: Cluster) -> None:
    """Stop a cluster; one whose programs are gone cannot be running."""
    try:
        cluster.stop()
    except OtherMajor:
        if cluster.postmaster() is not None:
            raise


def _remove(data: Path) -> None:
    """Remove a cluster folder, or the link to one that lies elsewhere together with it."""
    if data.is_symlink():
        shutil.rmtree(data.resolve(), ignore_errors=True)
        data.unlink()
    else:
        shutil.rmtree(data, ignore_errors=True)
    if data.exists():
        raise ClusterUnusable("cluster.cannot_remove", folder=str(data))
