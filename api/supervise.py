"""Keeping the house running: the embedded PostGIS, the web server, the worker.

One supervisor per home folder, proven by a lock it holds. It starts its children again after **any**
exit, since a worker that lost its database ends with code 0, waits longer after each quick death, and
starts the cluster again when it is gone. Its children die with it, so nothing is ever left half-running.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import structlog

from api.logs import configure_logs
from geo.db.cluster import Cluster
from geo.errors import Conflict, PianquError, Unavailable
from geo.settings import CHECKOUT, Settings

TICK_S = 0.1
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 15.0
SETTLED_S = 20.0
"""A child that lived this long is well again: its next restart does not wait."""

GRACE_S = 15.0
"""How long a child may take to end after being asked."""

READY_S = 60.0
PROBED_S = 0.5
PR_SET_PDEATHSIG = 1

log = structlog.get_logger()


class PortTaken(Conflict):
    """Another program listens on the port."""


class NotUp(Unavailable):
    """The service did not come up; the facts name the log to read."""


@dataclass
class Child:
    """A program that must run, and how that is going."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    quick_deaths: int = 0
    started: float = 0.0
    not_before: float = 0.0


@dataclass
class Supervisor:
    """Keeps the cluster and the children of one home running until told to stop."""

    settings: Settings
    port: int
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def __post_init__(self) -> None:
        if not self.children:
            serve = command_line(self.settings, "serve", "--port", str(self.port))
            self.children = [Child("serve", serve), Child("worker", command_line(self.settings, "worker"))]
        self.cluster = Cluster(self.settings) if self.settings.database_url is None else None
        self._cluster_not_before = 0.0

    def run(self, *, tell: Callable[[], None] = lambda: None) -> None:
        """Run until SIGTERM or SIGINT, then stop the children and the embedded cluster.

        Parameters
        ----------
        tell
            Called once, when the port first answers.

        Raises
        ------
        AlreadyUp
            If another supervisor holds this home.
        """
        with holding_lock(self.settings, PROBED_S), self._asked_to_stop():
            told = False
            try:
                self.write_state()  # at once: the note of one that was killed names a process that is another's by now
                while not self.stopping:
                    self._tend_cluster()
                    changed = [self._tend(child) for child in self.children]
                    if any(changed):
                        self.write_state()
                    if not told and answers(self.port):
                        told = True
                        tell()
                    time.sleep(TICK_S)
            finally:
                self._end_children()
                if self.cluster:
                    self.cluster.stop()
                state_file(self.settings).unlink(missing_ok=True)

    def write_state(self) -> None:
        """Note for ``status`` and ``down`` who runs; replaced whole, so it is never half-written."""
        state = {
            "pid": os.getpid(),
            "port": self.port,
            "children": {
                child.name: {"pid": child.process.pid if child.process else None, "restarts": child.restarts}
                for child in self.children
            },
        }
        file = state_file(self.settings)
        side = file.with_suffix(".new")
        side.write_text(json.dumps(state), encoding="utf-8")
        side.replace(file)

    def _tend_cluster(self) -> None:
        now = time.monotonic()
        if self.cluster is None or now < self._cluster_not_before or self.cluster.postmaster() is not None:
            return
        log.warning("cluster.gone")
        try:
            self.cluster.start()
            log.info("cluster.restarted", duration_s=round(time.monotonic() - now, 2))
        except PianquError as error:
            self._cluster_not_before = time.monotonic() + LONGEST_WAIT_S
            log.error("cluster.not_restarted", code=error.code)

    def _tend(self, child: Child) -> bool:
        """Start the child if it must run and may; whether something changed."""
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return False
            child.quick_deaths = 0 if now - child.started > SETTLED_S else child.quick_deaths + 1
            wait_s = min(FIRST_WAIT_S * 2 ** max(child.quick_deaths - 1, 0), LONGEST_WAIT_S)
            log.warning("child.exited", child=child.name, exit_code=code, wait_s=wait_s)
            child.process, child.not_before = None, now + wait_s
            child.restarts += 1
            return True
        if now < child.not_before:
            return False
        child.process, child.started = start_child(self.settings, child.name, child.command), now
        log.info("child.started", child=child.name, pid=child.process.pid)
        return True

    def _end_children(self) -> None:
        living = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in living:
            process.terminate()
        give_up = time.monotonic() + GRACE_S
        for process in living:
            try:
                process.wait(max(give_up - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextlib.contextmanager
    def _asked_to_stop(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as the wish to stop; only the main thread of a process hears them."""

        def stop(_: int, __: FrameType | None) -> None:
            self.stopping = True

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class AlreadyUp(Conflict):
    """Another supervisor runs this home."""


def run_foreground(settings: Settings, port: int, *, tell: Callable[[str], None] | None = None) -> None:
    """Serve until Ctrl-C; the embedded database is started if need be and stopped at the end.

    Parameters
    ----------
    tell
        Called with the URL once the service answers; by default it is printed on stderr.

    Raises
    ------
    AlreadyUp
        If this home is served already.
    PortTaken
        If another program listens on the port.
    """
    check_port(settings, port)
    configure_logs(settings, "supervisor")
    say_url = tell or (lambda url: print(f"Pianqu 片区  {url}   (Ctrl-C)", file=sys.stderr, flush=True))  # noqa: T201
    Supervisor(settings, port).run(tell=lambda: say_url(url_of(port)))


def start_detached(settings: Settings, port: int) -> None:
    """Start a supervisor that outlives this process; returns when the service answers.

    Raises
    ------
    AlreadyUp, PortTaken
        If it runs already, or another program has the port.
    NotUp
        If the service does not answer in a minute; the message names the log.
    """
    check_port(settings, port)
    command = [sys.executable, "-m", "api.supervise", *(_where(settings)), "--port", str(port)]
    errors = log_file(settings, "supervisor")
    with errors.open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=CHECKOUT
        )
    give_up = time.monotonic() + READY_S
    while time.monotonic() < give_up:
        if answers(port):
            return
        if process.poll() is not None:
            break
        time.sleep(TICK_S)
    raise NotUp("supervise.not_up", port=port, log=str(errors), serve=str(log_file(settings, "serve")))


def stop_detached(settings: Settings) -> bool:
    """Stop the supervisor of this home, its children, and the embedded cluster; whether anything ran."""
    state = read_state(settings)
    ran = state is not None
    if state is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(state["pid"], signal.SIGTERM)
        give_up = time.monotonic() + 2 * GRACE_S + 30
        while is_up(settings):
            if time.monotonic() > give_up:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(state["pid"], signal.SIGKILL)
            time.sleep(TICK_S)
    if settings.database_url is None:
        ran = Cluster(settings).stop() or ran
    return ran


def read_state(settings: Settings) -> dict[str, Any] | None:
    """What the running supervisor noted about itself; None when none runs."""
    if not is_up(settings):
        return None
    give_up = time.monotonic() + 5
    while time.monotonic() < give_up:  # it writes the note a moment after it takes the lock
        with contextlib.suppress(FileNotFoundError):
            state: dict[str, Any] = json.loads(state_file(settings).read_text(encoding="utf-8"))
            return state
        time.sleep(TICK_S)
    return None


def is_up(settings: Settings) -> bool:
    """Whether a supervisor holds this home; true only while it lives, whatever files say."""
    try:
        with holding_lock(settings):
            return False
    except AlreadyUp:
        return True


@contextlib.contextmanager
def holding_lock(settings: Settings, patience_s: float = 0.0) -> Iterator[None]:
    """Be the one supervisor of this home.

    Parameters
    ----------
    patience_s
        Seconds to try again: whoever only asks (:func:`is_up`) holds the lock for a moment.

    Raises
    ------
    AlreadyUp
        If another is.
    """
    folder = settings.home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    give_up = time.monotonic() + patience_s
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up:
                    raise AlreadyUp("supervise.already_up", home=str(settings.home)) from None
                time.sleep(0.01)
        yield
    finally:
        os.close(handle)


def check_port(settings: Settings, port: int) -> None:
    """Refuse to start when this home is served already or somebody else has the port."""
    if is_up(settings):
        raise AlreadyUp("supervise.already_up", home=str(settings.home))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken("supervise.port_taken", port=port, other=port + 1) from error


def answers(port: int) -> bool:
    """Whether something accepts connections on the port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def url_of(port: int) -> str:
    """Where a browser on this machine finds the service."""
    return f"http://127.0.0.1:{port}"


def command_line(settings: Settings, *arguments: str) -> list[str]:
    """A command of our own command line, for this home and county."""
    return [sys.executable, "-m", "api.cli", *_where(settings), *arguments]


def start_child(settings: Settings, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own that ends when we end; what it prints goes to a file."""
    with log_file(settings, name).open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=CHECKOUT,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )


def log_file(settings: Settings, name: str) -> Path:
    """The file for what a program prints outside its log; begun anew when it has grown long."""
    folder = settings.home / "logs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{name}.out"
    if file.exists() and file.stat().st_size > 10 << 20:
        file.replace(file.with_suffix(".out.1"))
    return file


def state_file(settings: Settings) -> Path:
    """Where the supervisor notes who runs."""
    return settings.home / "run" / "supervisor.json"


def _where(settings: Settings) -> list[str]:
    return ["--home", str(settings.home), "--tenant", settings.tenant]


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    """The detached supervisor: ``python -m api.supervise --home DIR --tenant CODE --port N``."""
    values = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    settings = Settings.load(home=values["--home"], tenant=values["--tenant"])
    configure_logs(settings, "supervisor")
    Supervisor(settings, int(values["--port"])).run()


if __name__ == "__main__":
    main()
