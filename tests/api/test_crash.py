"""The whole house under kill -9: what was acknowledged is there, once, and nobody restarted anything by hand."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas
import httpx
import numpy as np
import pytest
from sqlalchemy import text

from api.auth.actions import add_account
from data.make_county import TENANT, load_county
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes, verify_chain
from geo.organisation.actions import fill_roster
from geo.settings import Settings
from tests import clock
from tests.api.conftest import PASSWORD, free_port
from tests.crash import House, Storm, up
from tests.sample import sample_county

LAMPS = 20_000
TODAY = clock.today()
ON_DATE, SHIFT = TODAY + dt.timedelta(7 - TODAY.weekday()), "morning"
"""The Monday to come: on Sundays nobody is on in the morning."""

PATIENCE_S = 300.0


@pytest.fixture
def house() -> Iterator[House]:
    """A running installation of its own that holds the sample county, and a planner who may sign in."""
    home = Path(tempfile.mkdtemp(prefix="pianqu-crash-"))
    home.chmod(0o711)
    settings = Settings(home=home, tenant=TENANT, shared_buffers_mb=64)
    database = Database.open(settings, migrate=True)
    load_county(database, TENANT, sample_county())
    fill_roster(database, TENANT, ON_DATE, 1)
    with database.begin(TENANT) as session:
        add_account(session, TENANT, "planner", PASSWORD, "planner")
    database.close()
    with up(settings, free_port()) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


def keep_asking(ask: Callable[[], httpx.Response]) -> dict[str, Any]:
    """Ask until there is an answer below 500, as a patient client does; the answer must be a success."""
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        with suppress(httpx.TransportError):
            answer = ask()
            if answer.status_code < 500:
                assert answer.is_success, answer.text
                found: dict[str, Any] = answer.json()
                return found
            assert answer.status_code == 503, answer.text
        time.sleep(0.2)
    raise AssertionError("no answer in time")


def write_lamps(path: Path, round_: int) -> Path:
    """New lamps for a round, as GeoParquet with the pole number as key."""
    random = np.random.default_rng(round_)
    west, south, east, north = sample_county().extent
    points = geopandas.points_from_xy(random.uniform(west, east, LAMPS), random.uniform(south, north, LAMPS))
    codes = [f"R{round_}-{number}" for number in range(LAMPS)]
    geopandas.GeoDataFrame({"code": codes, "status": "on"}, geometry=points, crs=4490).to_parquet(path)
    return path


def ended(client: httpx.Client, job: int) -> dict[str, Any]:
    """The job once it has ended, however often the server goes away meanwhile."""
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        found = keep_asking(lambda: client.get(f"/jobs/{job}"))
        if found["state"] not in ("waiting", "running"):
            return found
        time.sleep(0.3)
    raise AssertionError(f"job {job} never ended: {found}")


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.long)])
def test_imports_and_plans_survive_kills_of_server_worker_and_database(
    house: House, tmp_path: Path, kills: int
) -> None:
    jobs: list[dict[str, Any]] = []
    rounds = 0
    with httpx.Client(base_url=f"http://127.0.0.1:{house.port}", trust_env=False, timeout=20) as client:
        given = keep_asking(lambda: client.post("/session", json={"login": "planner", "password": PASSWORD}))
        client.headers["X-CSRF-Token"] = given["csrf"]
        with Storm(house, seed=20261121, number=kills, pause_s=(0.2, 2.0)) as storm:
            while not storm.over:
                file = write_lamps(tmp_path / f"lamps-{rounds}.parquet", rounds)

                def upload(file: Path = file) -> httpx.Response:
                    files = {"file": (file.name, file.read_bytes())}
                    options = {"options": '{"key": "code", "source": "storm"}'}
                    return client.post("/layers/streetlight/imports", files=files, data=options)

                def plan(seed: int = rounds) -> httpx.Response:
                    return client.post(
                        "/patrol/plans", json={"date": ON_DATE.isoformat(), "shift": SHIFT, "seed": seed}
                    )

                asked = [keep_asking(upload), keep_asking(plan)]
                jobs += [ended(client, job["id"]) for job in asked]
                rounds += 1
    assert len(storm.kills) == kills
    assert all(kill.back_s is not None for kill in storm.kills), storm.kills
    assert [job for job in jobs if job["state"] != "done"] == []
    check_books(house.settings, rounds)


def check_books(settings: Settings, rounds: int) -> None:
    """Every lamp once, every counter right, every plan there once, every change in the chain."""
    database = Database.open(settings)
    sequence_changes(database)
    with database.begin(TENANT) as session:
        lamps = session.execute(
            text("SELECT count(*), count(DISTINCT source_key) FROM streetlight WHERE source = 'storm'")
        )
        assert lamps.one() == (rounds * LAMPS, rounds * LAMPS)
        everything = session.execute(text("SELECT count(*) FROM streetlight")).scalar_one()
        assert count_of(session, TENANT, "streetlight") == everything
        seeds = session.execute(text("SELECT array_agg(seed ORDER BY seed) FROM shift_plan")).scalar_one()
        assert seeds == list(range(rounds))
        verify_chain(session, TENANT)
    database.close()
