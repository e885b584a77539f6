"""The embedded PostGIS: a private cluster of the system's own binaries, reached over a socket only.

``Cluster(settings).start()`` makes it when missing, starts it when stopped, and otherwise attaches;
any number of processes may do so at once. The cluster outlives the process that started it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geo.db import bootstrap
from geo.db.errors import ClusterUnusable, OtherMajor, ServerMissing
from geo.db.server import Runner, Server, find_runner, find_server
from geo.settings import Settings

WAIT_S = 600
"""Longest wait for the lock or for crash recovery; a county's WAL replays in seconds to minutes."""

ORPHANS_S = 30
"""How long backends of a killed postmaster may hold its shared memory before we give up."""

TRIES = 3
"""Starts before a failure of another kind is believed; nobody is there to try a second time."""

SOCKET_PATH_BYTES = 107
"""``sun_path`` of Linux less its end mark; a longer path cannot be connected to."""

SUCCESSOR, COMPLETE = "pg.next", "complete"
"""Folder of the cluster that will take over, and the mark in it that says it may."""

ELSEWHERE = Path("/var/lib/pianqu")
"""Where root keeps the data when the server's user cannot enter the home (a checkout under /root)."""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server as its pid file tells it."""

    pid: int
    socket_folder: Path
    ready: bool


class Cluster:
    """The cluster in ``settings.home``.

    Parameters
    ----------
    settings
        Home folder and memory of the server.
    name
        Folder inside the home; another name is another cluster (an upgrade builds one beside the old).
    major
        Run this major version of PostgreSQL; by default the one the data were written by, else the newest.
    """

    def __init__(self, settings: Settings, name: str = "pg", major: int | None = None) -> None:
        self.settings = settings
        self.home = settings.home
        self.data = settings.home / name
        self.major = major

    def start(self) -> Path:
        """Make or start the cluster if need be.

        Returns
        -------
        Path
            Folder of its socket.

        Raises
        ------
        OtherMajor
            If no server here reads the data; the message names ``pianqu db upgrade``.
        ServerMissing, ClusterUnusable
            If it cannot be made or started; the message says why and what to do.
        """
        found = self.postmaster()
        if found and found.ready:
            return found.socket_folder
        with self._locked():
            found = self.postmaster()
            if found and found.ready:
                return found.socket_folder
            if not (self.data / "PG_VERSION").exists() and not self._finish_exchange():
                self._make()
            return self._start()

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> bool:
        """Stop the cluster; whether it was running. Acknowledged work is safe in every mode."""
        with self._locked():
            found = self.postmaster()
            if found is None:
                return False
            server, runner = self.server(), find_runner(self.data)
            stop = [server.bin / "pg_ctl", "-D", self.data.resolve(), "-w", "-t", "60", "-m", mode, "stop"]
            result = runner.run(stop)
            if result.returncode and self.postmaster() is not None:
                raise ClusterUnusable("cluster.stop_failed", reason=(result.stdout + result.stderr)[-400:].strip())
            with contextlib.suppress(OSError):
                found.socket_folder.rmdir()
            return True

    def postmaster(self) -> Postmaster | None:
        """The running server, or None; a pid file left by a kill or by another boot does not count.

        Raises
        ------
        ClusterUnusable
            If the data belong to another user.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError:
            find_runner(self.data)
            raise
        if len(lines) < 6 or not lines[0].strip("-").isdigit():
            return None
        pid = abs(int(lines[0]))
        if not _runs_in(pid, self.data):
            return None
        folder = Path(lines[4])
        ready = len(lines) >= 8 and lines[7].strip() == "ready" and (folder / f".s.PGSQL.{lines[3]}").exists()
        return Postmaster(pid, folder, ready)

    def server(self) -> Server:
        """The programs that fit the data.

        Raises
        ------
        OtherMajor
            If the data need a version that is not installed.
        """
        try:
            written = int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return find_server(self.major)
        try:
            return find_server(written)
        except ServerMissing as missing:
            newest = find_server()
            raise OtherMajor(
                "cluster.other_major", folder=str(self.data), data=written, server=newest.major
            ) from missing

    def _finish_exchange(self) -> bool:
        """Complete an exchange of folders (:mod:`geo.db.upgrade`) that was killed between its two renames."""
        successor = self.home / SUCCESSOR
        if self.data.name == SUCCESSOR or not (successor / COMPLETE).exists():
            return False
        successor.rename(self.data)
        return True

    def _make(self) -> None:
        server = self.server()
        runner = find_runner(self.data)
        place = self.data
        if self.data.is_symlink():  # its target was removed: start afresh
            self.data.unlink()
        if not runner.may_enter(self.home):
            place = self._place_elsewhere(runner)
        bootstrap.initialise(server, runner, place)
        if place != self.data:
            self.data.symlink_to(place)

    def _place_elsewhere(self, runner: Runner) -> Path:
        """A folder the server's user can enter; only root gets here, since others run the server themselves."""
        if os.geteuid() != 0:
            raise ClusterUnusable("cluster.cannot_enter", folder=str(self.home), user=runner.name)
        try:
            ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError:
            raise ClusterUnusable("cluster.cannot_enter", folder=str(self.home), user=runner.name) from None
        return ELSEWHERE / f"{self.home.parent.name}-{secrets.token_hex(4)}"

    def _start(self) -> Path:
        server, runner = self.server(), find_runner(self.data)
        data = self.data.resolve()
        sockets = socket_folder(runner, data)
        log = data / "start.log"
        bootstrap.write_configuration(server, runner, data, sockets, self.settings.shared_buffers_mb)
        give_up = time.monotonic() + ORPHANS_S
        for attempt in itertools.count(1):
            self._forget_stale_pid()
            log.unlink(missing_ok=True)
            start = [server.bin / "pg_ctl", "-D", data, "-w", "-t", str(WAIT_S), "-l", log, "start"]
            result = runner.run(start)
            if result.returncode == 0:
                return sockets
            said = _tail(log) + _tail(newest_log(data)) + result.stderr
            held = "pre-existing shared memory" in said or "lock file" in said
            if time.monotonic() > give_up or (attempt >= TRIES and not held):
                raise ClusterUnusable("cluster.start_failed", reason=said.strip(), log=str(data / "log"))
            time.sleep(0.2 if held else 1.0)
        raise AssertionError("unreachable")

    def _forget_stale_pid(self) -> None:
        """Remove a pid file whose process is gone, a zombie, or somebody else's after a reboot.

        PostgreSQL takes any living process of that number for its old self and would refuse to start
        for ever; that no backend still holds the shared memory it checks by itself.
        """
        if sys.platform == "linux" and self.postmaster() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            handle = os.open(self.home / "cluster.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ClusterUnusable("cluster.home_not_writable", folder=str(self.home), reason=error.strerror) from error
        try:
            give_up = time.monotonic() + WAIT_S
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > give_up:
                        raise ClusterUnusable("cluster.locked", folder=str(self.home), seconds=WAIT_S) from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(handle)


def newest_log(data: Path) -> Path:
    """The server log written last; a name that need not exist when there is none."""
    logs = list((data / "log").glob("postgresql-*.log"))
    return max(logs, key=lambda path: path.stat().st_mtime, default=data / "log" / "none")


def _tail(path: Path) -> str:
    """The last lines of a log; empty when there is none."""
    return path.read_text(encoding="utf-8", errors="replace")[-600:] if path.exists() else ""


def socket_folder(runner: Runner, data: Path) -> Path:
    """A short private folder for the socket, named after the data; made if missing.

    Raises
    ------
    ClusterUnusable
        If the folder exists and is a link or not the server's own: somebody squats on it.
    """
    base = Path("/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp")  # noqa: S108
    folder = base / f"pianqu-{runner.uid}-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    assert len(str(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES
    try:
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, runner.uid, runner.gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != runner.uid or found.st_mode & 0o077:
            raise ClusterUnusable("cluster.socket_folder", folder=str(folder), user=runner.name) from None
    return folder


def _runs_in(pid: int, data: Path) -> bool:
    """Whether ``pid`` is a living server of the data folder (a postmaster stands in its data folder)."""
    if sys.platform == "linux":
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state != "Z" and os.path.realpath(f"/proc/{pid}/cwd") == str(data.resolve())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
