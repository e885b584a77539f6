"""Nobody is the first: what a process makes once is there when it begins to serve."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import _IncludedRouter
from starlette.testclient import TestClient

from api.app import create_app
from api.warm import describing
from geo.settings import Settings


def test_no_request_builds_a_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none"))
    with TestClient(app) as client:
        built: list[object] = []
        monkeypatch.setattr(_IncludedRouter, "_build_effective_context", lambda _, route: built.append(route))
        assert client.get("/health").status_code == 200
        assert client.get("/no/such/place").status_code == 404  # every route was looked at
        assert built == []
        assert app.openapi_schema is None  # described later, by nobody who waits


def test_the_description_is_made_while_nobody_asks() -> None:
    app = FastAPI()
    with describing(app, after_s=0):
        give_up = time.monotonic() + 10
        while app.openapi_schema is None and time.monotonic() < give_up:
            time.sleep(0.01)
    assert app.openapi_schema is not None
