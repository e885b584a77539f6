"""Findings over HTTP: who asks for a study, what an answer holds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import shapely

from geo.db.engine import Database
from geo.hotspots.findings import Finding, Row, Sentence
from geo.hotspots.findings.actions import save_finding
from tests.api.conftest import Callers, Served


@pytest.fixture(scope="module")
def kept(database: Database, served: Served) -> int:
    """A kept study of light: one dark stretch with a line, one without a place."""
    facts = {"circuit": "HL-1", "lamps": 20, "out": 6, "expected": 0.5, "pairs": 5}
    rows = tuple(
        Row(key, Sentence("lighting.circuit_both", facts), "streetlight", (3, 5), shape, {"out": 6})
        for key, shape in (("HL-1", shapely.Point(118.0, 28.3)), ("HL-2", None))
    )
    finding = Finding("outages", "lighting", Sentence("lighting.no_circuit", {"lamps": 2}), (), rows, {})
    return save_finding(database, served.tenant, finding, "planner").id


def test_staff_read_findings_in_sentences_with_their_records(signed_in: dict[str, httpx.Client], kept: int) -> None:
    for role in ("planner", "leader", "auxiliary", "desk"):
        heads = signed_in[role].get("/findings?kind=outages").json()["findings"]
        assert [head["rows"] for head in heads if head["id"] == kept] == [2], role
    detail = signed_in["desk"].get(f"/findings/{kept}?limit=1").json()
    (line,) = detail["lines"]
    assert detail["head"]["sentence"]["zh"].startswith("2 盏灯")
    assert line["records"] == [3, 5] and "HL-1" in line["sentence"]["en"]
    features = signed_in["desk"].get(f"/findings/{kept}/features", headers={"Accept-Language": "en"}).json()["features"]
    assert [(f["id"], f["geometry"]["type"]) for f in features] == [("HL-1", "Point")]
    assert features[0]["properties"]["sentence"].startswith("Circuit HL-1")


def test_planners_ask_for_studies_and_others_do_not(signed_in: dict[str, httpx.Client]) -> None:
    order = {"kind": "knox", "group": "街面秩序", "days": 90, "last_on": "2026-03-10"}
    answer = signed_in["planner"].post("/findings", json=order)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert (job["kind"], job["arguments"]) == ("make_study", order)
    assert signed_in["officer"].post("/findings", json=order).status_code == 403
    signed_in["planner"].post(f"/jobs/{job['id']}/cancel")


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "heatmap"}, {"kind": "outages", "days": 30}, {"kind": "knox", "days": 1}, {"kind": "knox", "x": 1}],
)
def test_studies_that_make_no_sense_are_refused(signed_in: dict[str, httpx.Client], body: Any) -> None:
    answer = signed_in["planner"].post("/findings", json=body)
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json", answer.text


def test_a_neighbour_and_the_public_find_nothing(served: Served, callers: Callers, kept: int) -> None:
    with served.client() as public:
        assert public.get("/findings").status_code == 401
        assert public.get(f"/findings/{kept}").status_code == 401
    with served.client(callers.neighbour) as neighbour:
        assert neighbour.get(f"/findings/{kept}").status_code in (403, 404)
