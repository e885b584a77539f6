"""The supervisor brings back whatever ends, and leaves nothing behind."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from api.logs import configure_logs
from api.supervise import (
    AlreadyUp,
    Child,
    PortTaken,
    Supervisor,
    check_port,
    holding_lock,
    is_up,
    read_state,
    start_child,
    state_file,
)
from geo.settings import CHECKOUT, Settings

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def settings(tmp_path):
    """A home without a database: what is supervised here are plain programs."""
    return Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture
def running(settings):
    """Run a supervisor with the given children in this process; stop it at the end."""
    threads = []

    def run(*children):
        supervisor = Supervisor(settings, 1, list(children))
        thread = threading.Thread(target=supervisor.run)
        thread.start()
        threads.append((supervisor, thread))
        return supervisor

    yield run
    for supervisor, thread in threads:
        supervisor.stopping = True
        thread.join(30)
        assert not thread.is_alive()


def wait_for(condition, seconds=20):
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("code", [0, 1])
def test_a_child_is_started_again_on_any_exit_and_waits_longer_each_time(running, tmp_path, code):
    begun = tmp_path / "begun"
    script = f"import time; open({str(begun)!r}, 'a').write(f'{{time.time()}}\\n'); raise SystemExit({code})"
    supervisor = running(Child("quick", [sys.executable, "-c", script]))
    wait_for(lambda: supervisor.children[0].restarts >= 4)
    times = [float(line) for line in begun.read_text().split()]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[2] > gaps[0]
    assert read_state(supervisor.settings)["children"]["quick"]["restarts"] >= 3


def test_a_child_killed_with_9_comes_back_with_another_pid(running):
    supervisor = running(Child("long", SLEEP))
    wait_for(lambda: supervisor.children[0].process is not None)
    first = supervisor.children[0].process.pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: supervisor.children[0].process is not None and supervisor.children[0].process.pid != first)


def test_children_end_with_the_supervisor_even_when_it_is_killed_with_9(settings):
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from api.supervise import start_child\n"
        "from geo.settings import Settings\n"
        "print(start_child(Settings(home=Path(sys.argv[1])), 'long', sys.argv[2:]).pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home), *SLEEP], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    wait_for(lambda: not alive(child), 10)


def test_one_home_has_one_supervisor(settings):
    assert not is_up(settings)
    with holding_lock(settings):
        assert is_up(settings)
        with pytest.raises(AlreadyUp), holding_lock(settings):
            pass
        with pytest.raises(AlreadyUp):
            check_port(settings, 1)
    assert not is_up(settings)


def test_a_taken_port_is_refused_with_another_offered(settings):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as refused:
            check_port(settings, port)
    assert refused.value.facts == {"port": port, "other": port + 1}


def test_what_a_child_prints_goes_to_its_file(settings):
    process = start_child(settings, "printer", [sys.executable, "-c", "print('hello')"])
    process.wait()
    assert (settings.home / "logs" / "printer.out").read_text() == "hello\n"


def test_logs_are_json_lines_without_personal_data(settings, capsys):
    import logging

    import structlog

    before = logging.getLogger().handlers, logging.getLogger().level
    try:
        configure_logs(settings, "test")
        structlog.contextvars.bind_contextvars(request_id="r1")
        structlog.get_logger().info("case.filed", rows=3, phone="13812345678", told="call 13812345678 now")
        logging.getLogger("library").warning("id %s", "36068119900101123X")
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.reset_defaults()
        logging.getLogger().handlers, level = before[0], before[1]
        logging.getLogger().setLevel(level)
    lines = [json.loads(line) for line in (settings.home / "logs" / "test.jsonl").read_text().splitlines()]
    assert lines[0] | {"at": ""} == {
        "event": "case.filed", "rows": 3, "phone": "[withheld]", "told": "call [withheld] now",
        "request_id": "r1", "level": "info", "at": "",
    }  # fmt: skip
    assert lines[1]["event"] == "id [withheld]"
    assert lines[1]["level"] == "warning"


def test_the_note_of_a_supervisor_that_was_killed_is_replaced_before_anything_else(settings, running, monkeypatch):
    state_file(settings).parent.mkdir(parents=True)
    state_file(settings).write_text(json.dumps({"pid": 1, "port": 1, "children": {}}))
    recovering = threading.Event()
    monkeypatch.setattr(Supervisor, "_tend_cluster", lambda _: recovering.wait(20))
    running()
    wait_for(lambda: is_up(settings))
    wait_for(lambda: read_state(settings)["pid"] == os.getpid())
    recovering.set()
