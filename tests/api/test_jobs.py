"""Work in the background: asked over HTTP, done by the real worker, seen on the map."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.jobs.actions import Run, request_job, run_job
from api.jobs.tasks import STALLED_S, retry_stalled, worker_app
from geo.db.engine import Database
from geo.db.errors import DatabaseAway
from geo.db.sequencer import sequence_changes
from geo.errors import Invalid
from geo.settings import Settings
from geo.tiles.boxes import tile_at
from tests.api.conftest import Callers, Served

SPOT = (118.0181, 28.3181)


def work(database: Database, settings: Settings) -> None:
    """Let the worker do all that waits, then stop."""

    async def run() -> None:
        async with worker_app(database).open_async() as app:
            await app.run_worker_async(
                wait=False,
                install_signal_handlers=False,
                additional_context={"database": database, "settings": settings},
            )

    asyncio.run(run())


def lamp_file(*places: tuple[float, float]) -> bytes:
    """A GeoJSON file of lamps."""
    features = [
        {
            "type": "Feature",
            "properties": {"灯杆号": f"N{number}", "状态": "故障"},
            "geometry": {"type": "Point", "coordinates": list(place)},
        }
        for number, place in enumerate(places)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def upload(client: httpx.Client, layer: str, content: bytes, **options: Any) -> dict[str, Any]:
    """Upload a file and return the job."""
    answer = client.post(
        f"/layers/{layer}/imports", files={"file": ("lamps.geojson", content)}, data={"options": json.dumps(options)}
    )
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert job["state"] == "waiting" and "path" not in job["arguments"]
    return job


def test_an_uploaded_file_ends_up_in_counts_items_and_fresh_tiles(
    served: Served, signed_in: dict[str, httpx.Client], callers: Callers, database: Database, settings: Settings
) -> None:
    place = tile_at(*SPOT, 16)
    tile = f"/collections/streetlight/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}"
    elsewhere = tile_at(117.985, 28.285, 16)
    other = f"/collections/streetlight/tiles/WebMercatorQuad/{elsewhere.z}/{elsewhere.y}/{elsewhere.x}"
    client = signed_in["planner"]
    sequence_changes(database)
    time.sleep(0.2)
    before = client.get("/collections/streetlight").json()["itemCount"]
    tag, other_tag = client.get(tile).headers["etag"], client.get(other).headers["etag"]
    job = upload(client, "streetlight", lamp_file(SPOT, (28.3, 118.0), (SPOT[0], SPOT[1] + 0.0001)), source="upload")
    work(database, settings)
    done = client.get(f"/jobs/{job['id']}").json()
    assert done["state"] == "done" and done["progress"] == 1, done
    report = done["result"]["streetlight"]
    assert (report["rows_read"], report["added"], report["rejected_count"]) == (3, 2, 1)
    assert not list((settings.home / "uploads" / served.tenant).glob("*lamps.geojson"))
    assert client.get("/collections/streetlight").json()["itemCount"] == before + 2
    assert sequence_changes(database) > 0
    began = time.monotonic()
    while client.get(tile).headers["etag"] == tag:
        assert time.monotonic() - began < 3, "the tile is still the old one"
        time.sleep(0.01)
    assert client.get(other).headers["etag"] == other_tag
    again = upload(client, "streetlight", lamp_file(SPOT, (28.3, 118.0), (SPOT[0], SPOT[1] + 0.0001)), source="upload")
    work(database, settings)
    assert client.get(f"/jobs/{again['id']}").json()["result"]["streetlight"]["added"] == 0
    assert client.get("/collections/streetlight").json()["itemCount"] == before + 2


def test_a_file_nobody_can_read_fails_its_job_with_a_sentence_in_the_callers_language(
    signed_in: dict[str, httpx.Client], database: Database, settings: Settings
) -> None:
    client = signed_in["planner"]
    job = upload(client, "streetlight", b"this is no map at all")
    work(database, settings)
    path = f"/jobs/{job['id']}"
    chinese, english = (client.get(path, headers={"Accept-Language": tag}).json() for tag in ("zh-CN", "en-GB"))
    assert chinese["state"] == english["state"] == "failed"
    assert chinese["problem"]["code"] == english["problem"]["code"] != "http.internal"
    assert chinese["problem"]["detail"] != english["problem"]["detail"]


@pytest.mark.parametrize(
    ("content", "options", "status"),
    [
        (b"", "{}", 422),
        (b"x", "not json", 422),
        (b"x", "[1]", 422),
        (b"x", '{"offset": "mars"}', 422),
        (b"x", '{"path": "/etc/passwd"}', 422),
        (b"x", '{"mapping": {"code": 3}}', 422),
        (b"x", '{"mapping": {"code": "a\\u0000b"}}', 422),
        (b"x", '{"source": "a\\u0000b"}', 422),
        (b"x", '{"values": {"code": "\\u0000"}}', 422),
        (b"x", "[" * 50_000, 422),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused_and_leaves_nothing(
    signed_in: dict[str, httpx.Client], served: Served, settings: Settings, content: bytes, options: str, status: int
) -> None:
    folder = settings.home / "uploads" / served.tenant
    before = set(folder.glob("*")) if folder.exists() else set()
    answer = signed_in["planner"].post(
        "/layers/streetlight/imports", files={"file": ("x.geojson", content)}, data={"options": options}
    )
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    assert "^" not in answer.json()["detail"]
    assert (set(folder.glob("*")) if folder.exists() else set()) == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "a\x00b", "x" * 400, "雨.geojson", "CON", ".bashrc"])
def test_an_upload_is_kept_under_a_name_of_ours_whatever_it_is_called(
    signed_in: dict[str, httpx.Client], served: Served, settings: Settings, name: str
) -> None:
    folder = settings.home / "uploads" / served.tenant
    before = set(folder.glob("*")) if folder.exists() else set()
    frame = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\nx\r\n--b--\r\n'
    )
    answer = signed_in["planner"].post(
        "/layers/streetlight/imports", content=frame, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code in (202, 400, 422), answer.text
    if answer.status_code == 202:
        (made,) = set(folder.glob("*")) - before
        assert made.parent == folder and made.read_bytes() == b"x"
        made.unlink()
        signed_in["planner"].post(f"/jobs/{answer.json()['id']}/cancel")


def test_a_body_that_is_no_form_is_refused(signed_in: dict[str, httpx.Client]) -> None:
    for content, kind in ((b"{}", "application/json"), (b"\x00\xff", "multipart/form-data"), (b"", "text/plain")):
        answer = signed_in["planner"].post(
            "/layers/streetlight/imports", content=content, headers={"Content-Type": kind}
        )
        assert answer.status_code in (400, 422), (kind, answer.text)


def test_a_body_past_the_limit_is_refused_with_and_without_its_length(signed_in: dict[str, httpx.Client]) -> None:
    client = signed_in["planner"]

    def chunks() -> Any:
        for _ in range(40):
            yield b"x" * 50_000

    big = {"Content-Type": "application/json"}
    assert client.post("/patrol/plans", content=b"x" * 2_000_000, headers=big).status_code == 413
    assert client.post("/patrol/plans", content=chunks(), headers=big).status_code == 413


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(
    signed_in: dict[str, httpx.Client], database: Database, settings: Settings
) -> None:
    client = signed_in["planner"]
    job = upload(client, "streetlight", lamp_file((118.01, 28.31)))
    assert client.post(f"/jobs/{job['id']}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/jobs/{job['id']}/cancel").status_code == 409
    work(database, settings)
    assert client.get(f"/jobs/{job['id']}").json()["state"] == "cancelled"


def test_a_job_exists_only_if_its_transaction_commits(database: Database, served: Served) -> None:
    def count() -> int:
        with database.begin(served.tenant) as session:
            queued = session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()
            rows = session.execute(
                text("SELECT count(*) FROM job WHERE tenant = :t"), {"t": served.tenant}
            ).scalar_one()
            return int(queued) + int(rows)

    before = count()
    with pytest.raises(RuntimeError), database.begin(served.tenant) as session:
        request_job(session, served.tenant, "import_file", {}, "test")
        raise RuntimeError("the business failed")
    assert count() == before


def ask(database: Database, tenant: str) -> int:
    """A job row of its own, not run by any worker."""
    with database.begin(tenant) as session:
        return request_job(session, tenant, "import_file", {}, "test").id


def state_of(database: Database, tenant: str, job_id: int) -> tuple[str, Any]:
    """State and problem of a job."""
    with database.begin(tenant) as session:
        row = session.execute(
            text("SELECT state, problem FROM job WHERE tenant = :t AND id = :id"), {"t": tenant, "id": job_id}
        ).one()
        return row[0], row[1]


def test_an_unknown_error_is_kept_without_its_text_and_a_known_one_with_its_facts(
    database: Database, neighbour: str
) -> None:
    def broken(_: Run) -> dict[str, Any]:
        raise ZeroDivisionError("secret 13800138000")

    def refused(_: Run) -> dict[str, Any]:
        raise Invalid("query.bbox", given="x")

    for wrong, wanted in (
        (broken, {"code": "http.internal", "facts": {}}),
        (refused, {"code": "query.bbox", "facts": {"given": "x"}}),
    ):
        job_id = ask(database, neighbour)
        run_job(database, neighbour, job_id, wrong)
        assert state_of(database, neighbour, job_id) == ("failed", wanted)


def test_a_job_whose_database_went_away_stays_open_and_is_finished_by_the_next_try(
    database: Database, neighbour: str
) -> None:
    def away(_: Run) -> dict[str, Any]:
        raise DatabaseAway("db.away")

    job_id = ask(database, neighbour)
    with pytest.raises(DatabaseAway):
        run_job(database, neighbour, job_id, away)
    assert state_of(database, neighbour, job_id)[0] == "running"
    ran: list[int] = []
    do: Callable[[Run], dict[str, Any]] = lambda run: {"ran": ran.append(run.job_id)}  # noqa: E731
    run_job(database, neighbour, job_id, do)
    run_job(database, neighbour, job_id, do)
    assert ran == [job_id] and state_of(database, neighbour, job_id)[0] == "done"


def test_a_job_whose_lock_is_lost_with_its_connection_is_tried_again(database: Database, neighbour: str) -> None:
    """The queue tries again only what is ``Unavailable``: a bare driver error would leave the job running for ever."""

    def cut_off(_: Run) -> dict[str, Any]:
        with database.engine("admin").begin() as connection:
            holders = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            assert connection.execute(text(holders)).scalar_one() >= 1
        raise DatabaseAway("db.away")

    job_id = ask(database, neighbour)
    with pytest.raises(DatabaseAway):
        run_job(database, neighbour, job_id, cut_off)
    run_job(database, neighbour, job_id, lambda _: {"tried": "again"})
    assert state_of(database, neighbour, job_id)[0] == "done"


def test_a_running_job_stops_at_its_next_report_once_somebody_asked(database: Database, neighbour: str) -> None:
    from api.jobs.actions import cancel_job

    def slow(run: Run) -> dict[str, Any]:
        with database.begin(neighbour) as session:
            assert cancel_job(session, neighbour, run.job_id, "test").state == "running"
        until = time.monotonic() + 5
        while time.monotonic() < until:
            run.report(0.5)
            time.sleep(0.05)
        raise AssertionError("nobody stopped it")

    job_id = ask(database, neighbour)
    run_job(database, neighbour, job_id, slow)
    assert state_of(database, neighbour, job_id)[0] == "cancelled"


def test_what_a_killed_worker_left_behind_is_queued_again(
    database: Database, settings: Settings, served: Served, signed_in: dict[str, httpx.Client]
) -> None:
    client = signed_in["planner"]
    job = upload(client, "streetlight", lamp_file((118.0112, 28.3112)), source="stalled")
    with database.begin_as_owner() as session:
        worker = session.execute(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - make_interval(secs => :s)) RETURNING id"
            ),
            {"s": 2 * STALLED_S},
        ).scalar_one()
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :w WHERE args ->> 'job_id' = :j"
                " AND args ->> 'tenant' = :t"
            ),
            {"w": worker, "j": str(job["id"]), "t": served.tenant},
        )
    work(database, settings)
    assert client.get(f"/jobs/{job['id']}").json()["state"] == "waiting"

    async def rescue() -> None:
        async with worker_app(database).open_async() as app:
            assert await retry_stalled(app) >= 1

    asyncio.run(rescue())
    work(database, settings)
    assert client.get(f"/jobs/{job['id']}").json()["state"] == "done"


def test_the_worker_command_stays_alive_does_the_work_and_numbers_what_happened(
    settings: Settings, served: Served, signed_in: dict[str, httpx.Client], database: Database
) -> None:
    client = signed_in["planner"]
    job = upload(client, "streetlight", lamp_file((118.0123, 28.3123)), source="worker")
    command = [sys.executable, "-m", "api.cli", "worker", "--home", str(settings.home), "--tenant", served.tenant]
    worker = subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2], stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 60
        while client.get(f"/jobs/{job['id']}").json()["state"] != "done" and time.monotonic() < until:
            assert worker.poll() is None, worker.stderr and worker.stderr.read()
            time.sleep(0.2)
        assert client.get(f"/jobs/{job['id']}").json()["state"] == "done"
        time.sleep(5)  # longer than anything it does at its start
        assert worker.poll() is None
        with database.begin(served.tenant) as session:
            waiting = text("SELECT count(*) FROM change WHERE tenant = :t AND seq IS NULL")
            assert session.execute(waiting, {"t": served.tenant}).scalar_one() == 0
    finally:
        worker.terminate()
        worker.communicate(timeout=20)
