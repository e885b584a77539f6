"""The database goes away and comes back; the service says so and heals by itself."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import problems
from api.app import create_app
from api.service import ClientGone
from geo.db.cluster import Cluster
from geo.db.counties import create_county
from geo.db.engine import Database
from geo.db.errors import ClusterUnusable, DatabaseFull
from geo.settings import Settings
from geo.tiles.boxes import tile_at
from tests.api import county
from tests.api.conftest import Served, serve

TENANT = "990102"


@pytest.fixture(scope="module")
def fragile(settings: Settings) -> Iterator[tuple[Served, Settings]]:
    """A service with a cluster of its own, which the tests may kill."""
    home = Path(tempfile.mkdtemp(prefix="pianqu-fragile-"))
    home.chmod(0o711)
    own = dataclasses.replace(settings, home=home, tenant=TENANT)
    database = Database.open(own, migrate=True)
    create_county(database, TENANT, "测试县", (117.8, 28.1, 118.2, 28.5))
    county.fill(database, TENANT)
    yield from ((served, own) for served in serve(own))
    database.close(stop_cluster=True)
    shutil.rmtree(home, ignore_errors=True)


def postmaster(settings: Settings) -> int:
    """Process of the cluster's server."""
    (pidfile,) = settings.home.rglob("postmaster.pid")
    return int(pidfile.read_text().splitlines()[0])


def kill_server(settings: Settings) -> None:
    """Kill the database server so that it cannot tidy up."""
    process = postmaster(settings)
    os.kill(process, signal.SIGKILL)
    until = time.monotonic() + 10
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        time.sleep(0.01)


def start_again(settings: Settings) -> None:
    """Start the server until it runs, as the supervisor does: the killed one's children may still hold on."""
    until = time.monotonic() + 60
    while True:
        try:
            Cluster(settings).start()
        except ClusterUnusable:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            return


def test_a_killed_database_makes_every_answer_a_503_and_its_return_heals_the_service(
    fragile: tuple[Served, Settings],
) -> None:
    served, settings = fragile
    place = tile_at(118.0065, 28.2955, 15)
    tile = f"/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}?collections=building"
    asked = ("/ready", "/collections", "/collections/road/items", tile)
    with served.client() as client:
        assert all(client.get(path).status_code == 200 for path in asked)
        kill_server(settings)
        for path in asked:
            answer = client.get(path)
            assert answer.status_code == 503, (path, answer.text)
            assert int(answer.headers["retry-after"]) > 0 and answer.json()["code"] in ("db.away", "http.starting")
        sign_in = client.post("/session", json={"login": "x", "password": "y"})
        assert sign_in.status_code == 503
        assert client.get("/health").status_code == 200
        start_again(settings)
        until = time.monotonic() + 20
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < until, "the service did not come back"
            time.sleep(0.1)
        assert all(client.get(path).status_code == 200 for path in asked)
        assert client.post("/session", json={"login": "x", "password": "y"}).status_code == 401


def test_a_service_started_before_its_database_waits_for_it(fragile: tuple[Served, Settings]) -> None:
    _, settings = fragile
    away = dataclasses.replace(settings, database_url="postgresql://nobody@127.0.0.1:9/none")
    app = create_app(away)
    with serve_without_waiting(app) as served, served.client() as client:
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == client.get("/collections").status_code == 503


@contextlib.contextmanager
def serve_without_waiting(app: object) -> Iterator[Served]:
    """Run an application whose database is away, and end it: it would go on looking for it, and say so, for ever."""
    import threading

    import uvicorn

    from tests.api.conftest import free_port

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{port}", TENANT)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def test_an_error_nobody_foresaw_gets_a_fixed_sentence_and_its_text_stays_in_the_log(settings: Settings) -> None:
    from starlette.testclient import TestClient

    app = create_app(settings)

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("secret 13800138000")

    with TestClient(app, raise_server_exceptions=False) as client:
        answer: httpx.Response = client.get("/broken", headers={"Accept-Language": "en"})
    assert answer.status_code == 500 and answer.json()["code"] == "http.internal"
    assert "secret" not in answer.text and "ZeroDivision" not in answer.text
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert answer.headers["x-request-id"] == answer.json()["request_id"] and "content-security-policy" in answer.headers


def test_a_client_that_left_is_no_error_of_ours(settings: Settings) -> None:
    from starlette.testclient import TestClient

    app = create_app(settings)

    @app.get("/left")
    def left() -> None:
        raise ClientGone

    assert TestClient(app).get("/left").status_code == 499  # and no 500, whose traceback would fill the log


def test_an_error_nobody_foresaw_at_the_start_does_not_keep_the_service_away_for_ever(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def open_at_the_second_try(settings: Settings) -> Database:
        opened.append(settings)
        if len(opened) == 1:
            raise ZeroDivisionError
        return Database(settings, database.mode, database.cluster)

    monkeypatch.setattr(Database, "open", open_at_the_second_try)
    for served in serve(settings):
        with served.client() as client:
            assert client.get("/ready").status_code == 200
    assert len(opened) == 2


def test_a_full_disk_is_an_outage_and_no_fault_of_the_request() -> None:
    assert problems.STATUS[DatabaseFull.kind] == 503


def test_why_the_database_is_away_stands_in_the_log_and_not_in_the_answer(settings: Settings) -> None:
    import structlog
    from starlette.testclient import TestClient

    app = create_app(settings)
    away = Database(dataclasses.replace(settings, database_url="postgresql://nobody@127.0.0.1:9/none"), "single")

    @app.get("/away")
    def ask() -> None:
        with away.begin(TENANT):
            pass

    with structlog.testing.capture_logs() as logged:
        answer = TestClient(app).get("/away")
    assert answer.status_code == 503 and answer.json()["code"] == "db.away" and "127.0.0.1" not in answer.text
    (said,) = [entry for entry in logged if entry["event"] == "request.unavailable"]
    assert "OperationalError" in said["cause"] and "127.0.0.1" in said["cause"]
    assert said["request_id"] == answer.json()["request_id"]
