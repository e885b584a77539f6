"""The queue of suspicions over HTTP: read by staff, filled and decided on by planners."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import geopandas
import httpx
import pytest
import shapely
from sqlalchemy import text

from api.jobs.footprints import check_footprints
from geo.db.engine import Database
from tests.api.conftest import Callers, Served


@pytest.fixture
def waiting(database: Database, served: Served) -> int:
    """A suspicion that waits, in 片区 E, fresh for every test."""
    with database.begin(served.tenant) as session:
        return int(
            session.execute(
                text(
                    "INSERT INTO suspicion (tenant, source, source_key, change, area_m2, confidence, reasons,"
                    " district_code, geom) VALUES (:tenant, 'footprints', gen_random_uuid()::text, 'enlarged', 40, 0.9,"
                    """ '[["footprints.reason_enlarged", {"area": 40, "width": 4.0, "partners": 1}]]', 'E',"""
                    " ST_Multi(ST_MakeEnvelope(118.013, 28.30, 118.0131, 28.3001, 4490))) RETURNING id"
                ),
                {"tenant": served.tenant},
            ).scalar_one()
        )


def test_the_queue_says_why_in_the_callers_language(signed_in: dict[str, httpx.Client], waiting: int) -> None:
    for language, word in (("zh-CN", "多出 40 m²"), ("en", "Larger than approved by 40 m²")):
        answer = signed_in["officer"].get(
            "/suspicions", params={"status": "waiting", "district": "E"}, headers={"Accept-Language": language}
        )
        [row] = [one for one in answer.json()["suspicions"] if one["id"] == waiting]
        assert word in row["reason"] and 118.0129 < row["lon"] < 118.0132
    assert answer.json()["counts"]["waiting"] >= 1
    assert signed_in["officer"].get(f"/suspicions/{waiting}").json()["change"] == "enlarged"


def test_only_planners_decide_and_only_once(signed_in: dict[str, httpx.Client], waiting: int) -> None:
    body = {"verdict": "confirmed"}
    assert signed_in["officer"].post(f"/suspicions/{waiting}/decision", json=body).status_code == 403
    no_reason = signed_in["planner"].post(f"/suspicions/{waiting}/decision", json={"verdict": "dismissed"})
    assert no_reason.status_code == 422 and "理由" in no_reason.json()["detail"]
    done = signed_in["planner"].post(f"/suspicions/{waiting}/decision", json=body)
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "confirmed" and done.json()["decided_by"] == "planner"
    ledger = signed_in["desk"].get(f"/collections/illegal_building/items/{done.json()['illegal_building']}").json()
    assert ledger["properties"]["status"] == "suspected"
    assert signed_in["planner"].post(f"/suspicions/{waiting}/decision", json=body).status_code == 409


def test_strangers_and_neighbours_see_nothing(served: Served, callers: Callers, waiting: int) -> None:
    with served.client() as nobody:
        assert nobody.get("/suspicions").status_code == 401
        assert nobody.get("/collections/suspicion/items").status_code == 404
    with served.client(callers.neighbour) as neighbour:
        assert neighbour.get(f"/suspicions/{waiting}").status_code in (403, 404)


def test_a_survey_is_checked_by_a_job(
    signed_in: dict[str, httpx.Client], served: Served, database: Database, tmp_path: Path
) -> None:
    survey = geopandas.GeoDataFrame(geometry=[shapely.box(118.016, 28.31, 118.0162, 28.3101)], crs=4490)
    survey.to_parquet(tmp_path / "seen.parquet")
    files = {"file": ("seen.parquet", (tmp_path / "seen.parquet").read_bytes())}
    asked = {"survey": "三月", "observed_on": "2026-03-02"}
    assert signed_in["officer"].post("/suspicions/checks", params=asked, files=files).status_code == 403
    answer = signed_in["planner"].post("/suspicions/checks", params=asked, files=files)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert job["kind"] == "check_footprints" and "path" not in job["arguments"]
    assert job["arguments"]["survey"] == "三月"
    check_footprints(SimpleNamespace(additional_context={"database": database}), served.tenant, job["id"])  # type: ignore[arg-type]
    done = signed_in["planner"].get(f"/jobs/{job['id']}").json()
    assert done["state"] == "done" and done["result"]["added"] == 1 and done["result"]["looked_at"] == "hull"
    assert signed_in["planner"].post("/suspicions/checks", params=asked, data={"options": "{}"}).status_code == 422


@pytest.mark.parametrize(
    ("where", "status"),
    [("?status=perhaps", 422), ("?limit=0", 422), ("?colour=red", 422), ("/0", 422), ("/999999999", 404)],
)
def test_questions_that_make_no_sense_are_refused(signed_in: dict[str, httpx.Client], where: str, status: int) -> None:
    assert signed_in["planner"].get(f"/suspicions{where}").status_code in (status, 400)
