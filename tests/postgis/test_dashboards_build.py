"""Pages built by the command line and by the worker at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import api.pages
from api.commands.dashboards import build_dashboards, ensure_dashboards
from geo.db.engine import Database
from geo.settings import Settings

MONDAY = dt.date(2026, 11, 23)


def test_a_second_build_of_a_countys_pages_waits_for_the_first(
    database: Database,
    settings: Settings,
    make_county: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = dataclasses.replace(settings, home=tmp_path, tenant=make_county())
    fingerprint = api.pages.code_fingerprint
    writing, go_on = threading.Event(), threading.Event()
    built: list[list[Path]] = []

    def pause() -> str:  # all files are written, the index and what is removed are still to come
        if not writing.is_set():
            writing.set()
            assert go_on.wait(120)
        return fingerprint()

    monkeypatch.setattr(api.pages, "code_fingerprint", pause)
    builds = [
        threading.Thread(target=lambda: built.append(build_dashboards(database, own, own.tenant, MONDAY)))
        for _ in range(2)
    ]
    builds[0].start()
    assert writing.wait(120)
    builds[1].start()
    builds[1].join(8)
    waited = builds[1].is_alive()
    go_on.set()
    for build in builds:
        build.join(120)
    assert waited, "two builds wrote at once"
    assert len(built) == 2 and set(built[0]) == set(built[1]) == set(api.pages.folder_of(own, own.tenant).iterdir())
    assert ensure_dashboards(database, own, own.tenant, MONDAY) == []
