"""A storm of kill -9 over a running installation, for any test that claims to lose nothing.

::

    with up(settings, port) as house, Storm(house, seed=7, kills=20) as storm:
        ...            # do acknowledged work, trying again on DatabaseAway and refused connections
    print(storm.kills)

Whatever is killed, nobody restarts anything by hand: the supervisor has to.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

import psycopg

from api.supervise import answers, read_state, stop_detached
from geo.db.bootstrap import ADMIN, DATABASE
from geo.db.cluster import Cluster
from geo.settings import CHECKOUT, Settings

Target = Literal["serve", "worker", "postmaster", "backend", "everything"]
TARGETS: tuple[Target, ...] = ("serve", "worker", "postmaster", "backend", "everything")
BACK_S = 60.0


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: what, which process, and how long until the house answered again (None: not in a minute)."""

    target: Target
    pids: tuple[int, ...]
    back_s: float | None


@dataclass(frozen=True, slots=True)
class House:
    """A running installation."""

    settings: Settings
    port: int

    def pids(self, target: Target) -> tuple[int, ...]:
        """The processes of a target now; empty when it is down just now."""
        if target == "everything":
            return tuple(pid for one in ("serve", "worker", "postmaster") for pid in self.pids(one))
        if target == "postmaster":
            found = Cluster(self.settings).postmaster()
            return (found.pid,) if found else ()
        if target == "backend":
            return self._backends()[:1]
        state = read_state(self.settings)
        pid = state["children"][target]["pid"] if state else None
        return (pid,) if pid else ()

    def is_back(self) -> bool:
        """Whether the port answers and the database takes a statement."""
        if not answers(self.port) or not self.pids("worker"):
            return False
        try:
            with self._connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def kill(self, target: Target) -> tuple[int, ...]:
        """kill -9; returns the processes that were hit."""
        hit = []
        for pid in self.pids(target):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                hit.append(pid)
        return tuple(hit)

    def wait_until_back(self, seconds: float = BACK_S) -> float | None:
        """Seconds until :meth:`is_back`; None when it is not in time."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if self.is_back():
                return round(time.monotonic() - begun, 2)
            time.sleep(0.05)
        return None

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        found = Cluster(self.settings).postmaster()
        if found is None or not found.ready:
            raise psycopg.OperationalError("no postmaster")
        return psycopg.connect(
            host=str(found.socket_folder), dbname=DATABASE, user=ADMIN, autocommit=True, connect_timeout=5
        )

    def _backends(self) -> tuple[int, ...]:
        query = """
            SELECT pid FROM pg_stat_activity
             WHERE usename LIKE 'pianqu%' AND pid <> pg_backend_pid() ORDER BY random()"""
        try:
            with self._connect() as connection:
                return tuple(int(str(row[0])) for row in connection.execute(query).fetchall())
        except psycopg.OperationalError:
            return ()


@dataclass
class Storm:
    """Kills at random moments while the body of ``with`` works; ends after ``number`` kills or with the body.

    Parameters
    ----------
    house
        What to hit.
    seed
        Of targets and moments.
    number
        Kills at most.
    pause_s
        Least and most seconds between the house being back and the next kill.
    targets
        What is hit, drawn evenly.
    """

    house: House
    seed: int
    number: int = 20
    pause_s: tuple[float, float] = (0.2, 3.0)
    targets: Sequence[Target] = TARGETS
    kills: list[Kill] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._rage, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._done.set()
        self._thread.join(2 * BACK_S)

    @property
    def over(self) -> bool:
        """Whether all kills are done, so that the body may stop working."""
        return not self._thread.is_alive()

    def _rage(self) -> None:
        dice = random.Random(self.seed)
        while len(self.kills) < self.number and not self._done.wait(dice.uniform(*self.pause_s)):
            target = dice.choice(self.targets)
            pids = self.house.kill(target)
            if not pids:
                continue
            time.sleep(0.15)  # so that the dead are not taken for the living
            back = self.house.wait_until_back()
            self.kills.append(Kill(target, pids, back))
            if back is None:
                return


@contextlib.contextmanager
def up(settings: Settings, port: int) -> Iterator[House]:
    """``pianqu up`` on a home, and ``down`` at the end."""
    command = [sys.executable, "-m", "api.cli", "--home", str(settings.home), "--tenant", settings.tenant]
    started = subprocess.run([*command, "up", "--port", str(port)], cwd=CHECKOUT, capture_output=True, text=True)
    assert started.returncode == 0, started.stdout + started.stderr
    house = House(settings, port)
    try:
        assert house.wait_until_back() is not None, "the house did not come up"
        yield house
    finally:
        stop_detached(settings)
