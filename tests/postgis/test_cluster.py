"""The embedded PostGIS: made once by whoever comes first, attached by the rest, never half-made."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from geo.db import bootstrap, cluster, server
from geo.db.cluster import Cluster, socket_folder
from geo.db.errors import ClusterUnusable, OtherMajor, ServerMissing
from geo.db.server import find_runner, find_server
from geo.settings import CHECKOUT, Settings

START = """
import sys
from pathlib import Path
from geo.db.cluster import Cluster
from geo.settings import Settings
print(Cluster(Settings(home=Path(sys.argv[1]), shared_buffers_mb=16)).start())
"""

ASK = """
import sys
import psycopg
with psycopg.connect(host=sys.argv[1], dbname=sys.argv[2], user=sys.argv[3]) as connection:
    print(connection.info.backend_pid, flush=True)
    connection.execute("SELECT pg_sleep(300)")
"""


@pytest.fixture
def home():
    """A home folder of its own for each test; a cluster left in it is stopped, then it is removed."""
    folder = Path(tempfile.mkdtemp(prefix="pianqu-cluster-"))
    folder.chmod(0o711)
    yield folder
    one = Cluster(Settings(home=folder))
    if one.postmaster() is not None:
        one.stop("immediate")
    shutil.rmtree(one.data.resolve(), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def small(home):
    """The cluster of that home, with little memory."""
    return Cluster(Settings(home=home, shared_buffers_mb=16))


def connect(sockets, role=bootstrap.APP):
    return psycopg.connect(host=str(sockets), dbname=bootstrap.DATABASE, user=role, autocommit=True)


def run_beside(home):
    return subprocess.run(
        [sys.executable, "-c", START, str(home)], capture_output=True, text=True, cwd=CHECKOUT, timeout=120
    )


def test_a_new_cluster_has_checksums_utf8_postgis_and_the_roles(small):
    with connect(small.start(), bootstrap.ADMIN) as connection:
        settings = {
            name: connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("data_checksums", "server_encoding", "listen_addresses", "fsync", "lc_collate", "jit")
        }
        assert settings == {
            "data_checksums": "on", "server_encoding": "UTF8", "listen_addresses": "", "fsync": "on",
            "lc_collate": "C.UTF-8", "jit": "off",
        }  # fmt: skip
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'pianqu%' ORDER BY 1"
        ).fetchall()
        assert roles == [
            ("pianqu_admin", True, True), ("pianqu_app", False, False),
            ("pianqu_owner", False, True), ("pianqu_reader", False, False),
        ]  # fmt: skip
        assert connection.execute("SELECT postgis_lib_version()").fetchone()[0] >= "3.3"


def test_the_reader_cannot_write_and_does_not_run_for_ever(small):
    with connect(small.start(), bootstrap.READER) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TEMP TABLE x (y int)")
        assert connection.execute("SHOW statement_timeout").fetchone()[0] == "10s"
        assert connection.execute("SHOW max_parallel_workers_per_gather").fetchone()[0] == "0"


def test_start_attaches_when_it_runs_and_starts_when_it_does_not(small):
    sockets = small.start()
    first = small.postmaster()
    begun = time.perf_counter()
    assert small.start() == sockets
    assert time.perf_counter() - begun < 0.1
    assert small.postmaster() == first
    assert small.stop() is True
    assert small.postmaster() is None
    assert small.stop() is False
    assert small.start() == sockets
    assert small.postmaster().pid != first.pid


def test_eight_processes_racing_on_an_empty_folder_get_one_cluster(home, small):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run_beside, [home] * 8))
    assert [result.stderr for result in results] == [""] * 8
    assert {result.stdout for result in results} == {f"{small.start()}\n"}


def test_a_killed_bootstrap_leaves_nothing_that_looks_like_a_cluster(home, small):
    process = subprocess.Popen([sys.executable, "-c", START, str(home)], cwd=CHECKOUT, start_new_session=True)
    while not (home / "pg.new" / "base").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (home / "pg").exists()
    with connect(small.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not (home / "pg.new").exists()


def test_data_of_another_major_version_are_refused_by_name_of_the_upgrade(small, monkeypatch):
    small.start()
    small.stop()
    written = find_server().major
    real = server.find_server

    def without_the_old(major=None):
        if major == written:
            raise ServerMissing("cluster.no_server", major=major, tried="-")
        return server.Server(real().bin, (written + 1, 0))

    monkeypatch.setattr(cluster, "find_server", without_the_old)
    with pytest.raises(OtherMajor) as refused:
        small.start()
    assert refused.value.facts["data"] == written
    assert refused.value.facts["server"] == written + 1
    from geo.messages import say

    assert "pianqu db upgrade" in say(refused.value.code, "en", **refused.value.facts)


def test_a_machine_without_postgis_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PIANQU_PG_BIN", str(tmp_path))
    with pytest.raises(ServerMissing) as refused:
        find_server()
    from geo.messages import say

    assert "apt install" in say(refused.value.code, "zh", **refused.value.facts)


@pytest.mark.parametrize("left", ["postmaster.pid of a stranger", "postmaster.pid of nobody", "garbage"])
def test_a_stale_pid_file_does_not_lock_the_county_out(small, left):
    small.start()
    old = (small.data / "postmaster.pid").read_text().splitlines()
    small.stop("immediate")
    stranger = subprocess.Popen(["sleep", "60"])
    lines = {"postmaster.pid of a stranger": [str(stranger.pid), *old[1:]],
             "postmaster.pid of nobody": ["4194000", *old[1:]], "garbage": ["?"]}[left]  # fmt: skip
    (small.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    try:
        assert small.postmaster() is None
        small.start()
        assert small.postmaster().ready
    finally:
        stranger.kill()
        stranger.wait()


def test_after_kill_9_of_the_postmaster_under_writers_nothing_acknowledged_is_lost(small):
    sockets = small.start()
    with connect(sockets, bootstrap.OWNER) as connection:
        connection.execute("CREATE TABLE acknowledged (number bigint PRIMARY KEY)")
        connection.execute(f"GRANT INSERT, SELECT ON acknowledged TO {bootstrap.APP}")
    said: list[int] = []

    def write(first: int) -> None:
        try:
            with connect(sockets) as writer:
                for number in range(first, first + 1_000_000):
                    writer.execute("INSERT INTO acknowledged VALUES (%s)", [number])
                    said.append(number)
        except psycopg.OperationalError:
            return

    with ThreadPoolExecutor(3) as pool:
        for round_ in range(3):
            before = len(said)
            writers = [pool.submit(write, (round_ * 3 + one) * 1_000_000) for one in range(3)]
            while len(said) < before + 200:
                time.sleep(0.01)
            os.kill(small.postmaster().pid, signal.SIGKILL)
            for writer in writers:
                writer.result()
            assert small.start() == sockets
            with connect(sockets) as connection:
                kept = {number for (number,) in connection.execute("SELECT number FROM acknowledged").fetchall()}
            assert set(said) <= kept


def test_a_query_whose_asker_was_killed_does_not_run_on(small):
    sockets = small.start()
    ask = [sys.executable, "-c", ASK, str(sockets), bootstrap.DATABASE, bootstrap.APP]
    with subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) as asker:
        backend = int(asker.stdout.readline())
        asker.kill()
    runs = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    with connect(sockets, bootstrap.ADMIN) as connection:
        until = time.monotonic() + 20
        while connection.execute(runs, [backend]).fetchone() == (1,) and time.monotonic() < until:
            time.sleep(0.2)
        assert connection.execute(runs, [backend]).fetchone() == (0,)


def test_a_killed_backend_brings_the_cluster_back_by_itself(small):
    sockets = small.start()
    with connect(sockets) as victim, connect(sockets) as other:
        pid = victim.execute("SELECT pg_backend_pid()").fetchone()[0]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            for _ in range(100):
                other.execute("SELECT pg_sleep(0.05)")
    give_up = time.monotonic() + 20
    while True:
        try:
            with connect(sockets) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            break
        except psycopg.OperationalError:
            assert time.monotonic() < give_up
            time.sleep(0.1)


def test_a_socket_folder_that_somebody_squats_on_is_refused(small, tmp_path):
    runner = find_runner(small.data)
    folder = socket_folder(runner, small.data)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(ClusterUnusable) as refused:
            socket_folder(runner, small.data)
        assert refused.value.code == "cluster.socket_folder"
    finally:
        folder.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another user")
def test_a_home_the_server_cannot_enter_is_served_from_a_folder_it_can(home, small):
    home.chmod(0o700)
    sockets = small.start()
    assert small.data.is_symlink()
    assert small.data.resolve().parent == cluster.ELSEWHERE
    with connect(sockets) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    small.stop()
    shutil.rmtree(small.data.resolve())
    assert small.start() != sockets, "whose folder was removed starts afresh"


def test_an_exchange_killed_between_its_renames_is_completed_at_the_next_start(home, small):
    with connect(small.start(), bootstrap.OWNER) as connection:
        connection.execute("CREATE TABLE mark (it int)")
    small.stop()
    (small.data / cluster.COMPLETE).touch()
    small.data.rename(home / cluster.SUCCESSOR)
    with connect(small.start(), bootstrap.OWNER) as connection:
        assert connection.execute("SELECT count(*) FROM mark").fetchone() == (0,)
    assert not (home / cluster.SUCCESSOR).exists()
