"""A running service for the tests: the real one on a real port, its database, callers of every role."""

from __future__ import annotations

import dataclasses
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.auth.actions import add_account, create_key
from geo.db.counties import CountyExists, create_county
from geo.db.engine import Database
from geo.settings import Settings
from tests.api import county


@dataclass(frozen=True)
class Served:
    """A service that answers ``url`` for ``tenant``."""

    url: str
    tenant: str

    def client(self, key: str | None = None, **headers: str) -> httpx.Client:
        """An HTTP client, with a key if one is given; it reads no proxy settings."""
        given = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers={**given, **headers}, trust_env=False, timeout=30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(settings: Settings) -> Iterator[Served]:
    """Run the application in a thread with uvicorn until the generator is closed."""
    port = free_port()
    config = uvicorn.Config(create_app(settings), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    served = Served(f"http://127.0.0.1:{port}", settings.tenant)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if httpx.get(f"{served.url}/ready", trust_env=False, timeout=5).status_code == 200:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    yield served
    server.should_exit = True
    thread.join(timeout=10)


PASSWORD = "not-a-secret-in-tests"
ROLES = ("planner", "leader", "officer", "auxiliary", "desk", "administrator")


@dataclass(frozen=True)
class Callers:
    """Keys by scope of the served county, and one of its neighbour with every scope."""

    reader: str
    everything: str
    nothing: str
    neighbour: str


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    """The code of the county of :mod:`tests.api.county`, fresh for every file: none meets what another left."""
    return _new_county(database)


@pytest.fixture(scope="module")
def neighbour(database: Database) -> str:
    """Another county with the same rows: whatever a caller sees of it is a leak."""
    return _new_county(database)


@pytest.fixture(scope="module")
def served(settings: Settings, database: Database, town: str) -> Iterator[Served]:
    """The service, answering callers without a key for ``town``."""
    yield from serve(dataclasses.replace(settings, tenant=town))


@pytest.fixture(scope="module")
def callers(database: Database, town: str, neighbour: str) -> Callers:
    """Keys to ask with."""

    def key(tenant: str, name: str, *scopes: str) -> str:
        with database.begin(tenant) as session:
            return str(create_key(session, tenant, name, scopes))

    every = ("layers:read", "layers:write", "plans:read", "jobs:read", "tracks:write", "intake:write")
    return Callers(
        key(town, "reader", "layers:read"), key(town, "everything", *every), key(town, "nothing"),
        key(neighbour, "everything", *every),
    )  # fmt: skip


@pytest.fixture(scope="module")
def signed_in(served: Served, database: Database) -> dict[str, httpx.Client]:
    """A signed-in client of every role; those of the street belong to the squad of 片区 ``W``."""
    clients = {}
    for role in ROLES:
        unit = "S1" if role in ("leader", "officer", "auxiliary") else None
        with database.begin(served.tenant) as session:
            add_account(session, served.tenant, role, PASSWORD, role, unit)
        client = served.client()
        answer = client.post("/session", json={"login": role, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        clients[role] = client
    return clients


def _bare_county(database: Database) -> str:
    for _ in range(100):
        code = f"8{secrets.randbelow(100_000):05d}"
        try:
            create_county(database, code, "测试县", (117.8, 28.1, 118.2, 28.5))
        except CountyExists:
            continue
        return code
    raise AssertionError("no free county code in the test database")


def _new_county(database: Database) -> str:
    code = _bare_county(database)
    county.fill(database, code)
    return code


@pytest.fixture(scope="module")
def make_module_county(database: Database) -> str:
    """An empty county for a module's tests."""
    return _bare_county(database)
