"""Under a storm of kill -9 nothing acknowledged is lost, nothing is doubled, and nobody has to help."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from api.supervise import answers, read_state
from geo.db.changes import write_change
from geo.db.cluster import Cluster
from geo.db.counties import create_county
from geo.db.counts import count_of, count_step
from geo.db.engine import Database
from geo.db.errors import DatabaseAway
from geo.db.sequencer import sequence_changes, verify_chain
from geo.settings import CHECKOUT, Settings
from geo.uids import uuid7
from tests.crash import Storm, up

ACCEPT = text("""
INSERT INTO receipt (tenant, uid, kind, row_id) VALUES (:t, :uid, 'lamp', :n) ON CONFLICT DO NOTHING""")
LAMP = text("""
INSERT INTO streetlight (tenant, source, source_key, geom)
VALUES (:t, 'storm', :key, ST_SetSRID(ST_MakePoint(118, 28.3), 4490))""")


@pytest.fixture
def settings():
    home = Path(tempfile.mkdtemp(prefix="pianqu-crash-"))
    home.chmod(0o711)
    yield Settings(home=home, tenant="990101", shared_buffers_mb=32)
    shutil.rmtree(home, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.long
def test_acknowledged_writes_survive_a_storm_once_each(settings):
    database = Database.open(settings, migrate=True)
    create_county(database, "990101", "示例县", (117.8, 28.1, 118.2, 28.5))
    acknowledged: list[str] = []

    def record(number: int) -> None:
        """One idempotent record, tried until it is acknowledged."""
        uid = uuid7()
        while True:
            try:
                with database.begin("990101") as session:
                    if session.execute(ACCEPT, {"t": "990101", "uid": uid, "n": number}).rowcount:
                        session.execute(LAMP, {"t": "990101", "key": str(uid)})
                        count_step(session, "990101", "streetlight", 1)
                        write_change(session, "990101", "lamp.recorded", layer="streetlight")
                acknowledged.append(str(uid))
                return
            except DatabaseAway:
                time.sleep(0.05)

    with up(settings, free_port()) as house:
        with Storm(house, seed=20261121, number=10) as storm:

            def work() -> None:
                while not storm.over:
                    record(1)
                    time.sleep(0.002)

            workers = [threading.Thread(target=work) for _ in range(4)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        print(*storm.kills, f"{len(acknowledged)} acknowledged", sep="\n")
        assert len(storm.kills) == 10
        assert all(kill.back_s is not None for kill in storm.kills), storm.kills
        while sequence_changes(database):
            pass
        with database.begin("990101") as session:
            kept = session.execute(text("SELECT source_key FROM streetlight WHERE tenant = '990101'")).scalars().all()
            assert sorted(kept) == sorted(acknowledged)
            assert len(acknowledged) > 100
            assert count_of(session, "990101", "streetlight") == len(kept)
            assert verify_chain(session, "990101").seq == len(kept) + 1
    database.close()


@pytest.mark.long
def test_ctrl_c_in_the_foreground_leaves_nothing_running(settings):
    Database.open(settings, migrate=True).close()
    port = free_port()
    script = f"""
import sys
from pathlib import Path
from api.supervise import run_foreground
from geo.settings import CHECKOUT, Settings
run_foreground(Settings(home=Path(sys.argv[1]), shared_buffers_mb=32), {port})
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)], cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
    )
    assert f"http://127.0.0.1:{port}" in process.stderr.readline()
    state = read_state(settings)
    pids = [child["pid"] for child in state["children"].values()]
    assert all(Path(f"/proc/{pid}").exists() for pid in pids if pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids if pid)
    assert Cluster(settings).postmaster() is None
    assert not answers(port)
