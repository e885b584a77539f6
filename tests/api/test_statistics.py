"""Statistics over HTTP: figures that drill to records within the caller's 片区, evaluation, files, 底数表, 721."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from geo.cases.statistics.events.actions import recount
from geo.db.engine import Database
from tests.api import county as scene
from tests.api.conftest import Served

SPAN = {"first": "2026-02-01", "last": "2026-02-28"}
SYSTEM = "GB/T 30428.2-2013"


@pytest.fixture(scope="module", autouse=True)
def events(database: Database, served: Served) -> None:
    """Seven events that count in W, five in E, two repeats and one of another unit."""
    with database.begin(served.tenant) as session:
        rows = []
        for number in range(15):
            row = {
                "uid": f"00000000-0000-7000-8000-57a7{number:08d}", "code": "04-06", "code_system": SYSTEM,
                "occurred_at": f"2026-02-{1 + number:02d}T04:00:00Z", "unit": "次",
                "geom": scene.point(117.99 if number < 9 else 118.01, 28.29),
            }  # fmt: skip
            row |= {"duplicate_of": "x"} if number in (0, 1) else {}
            row |= {"unit": "处"} if number == 14 else {}
            rows.append(row)
        scene.add(session, served.tenant, "event", rows)
        recount(session, served.tenant)


def test_a_figure_is_told_with_its_unit_and_drills_to_its_records(signed_in: dict[str, httpx.Client]) -> None:
    desk = signed_in["desk"]
    (told,) = desk.get("/statistics", params={**SPAN, "figure": "occupation"}).json()["figures"]
    assert (told["amount"], told["unit"], told["state"]) == (12, "次", "counted")
    assert [(one["unit"], one["amount"]) for one in told["amounts"]] == [("次", 12), ("处", 1)]
    assert {code: found[0]["amount"] for code, found in told["districts"].items()} == {"W": 7, "E": 5}
    address = "/statistics/figures/occupation/records"
    first = desk.get(address, params={**SPAN, "limit": 10}).json()
    rest = desk.get(first["next"]).json()
    rows = first["records"] + rest["records"]
    assert len(rows) == 13 and rest["next"] is None
    assert sum(row["amount"] for row in rows if row["unit"] == "次") == 12
    assert desk.get(rows[0]["href"]).status_code == 200
    (streets,) = desk.get("/statistics", params={**SPAN, "figure": "occupation", "regimes": True}).json()["figures"]
    parts = {name: sum(one["rows"] for one in found) for name, found in streets["regimes"].items()}
    assert sum(parts.values()) == 13 and told["regimes"] is None
    for name, rows_there in parts.items():
        one = desk.get(address, params={**SPAN, "regime": name}).json()["records"]
        assert len(one) == rows_there, name
    assert desk.get(address, params={**SPAN, "regime": "lenient"}).status_code == 400
    east = desk.get(address, params={**SPAN, "district": "E"}).json()["records"]
    assert {row["district_code"] for row in east} == {"E"} and len(east) == 6


def test_a_squad_sees_the_figures_of_its_own_ground(signed_in: dict[str, httpx.Client]) -> None:
    leader = signed_in["leader"]
    told = leader.get("/statistics", params={**SPAN, "figure": ["occupation", "licensed"]}).json()
    assert told["area"] == ["W"]
    assert [(one["state"], one["amount"]) for one in told["figures"]] == [("counted", 7), ("county_only", None)]
    rows = leader.get("/statistics/figures/occupation/records", params=SPAN).json()["records"]
    assert {row["district_code"] for row in rows} == {"W"} and len(rows) == 7
    counts = leader.get("/statistics/events", params={**SPAN, "by": ["district", "code"]}).json()["counts"]
    assert [(one["key"]["district"], one["key"]["code"], one["rows"]) for one in counts] == [("W", "04-06", 7)]


def test_records_of_files_are_for_who_may_open_files(signed_in: dict[str, httpx.Client]) -> None:
    address = "/statistics/figures/penalties_filed/records"
    assert signed_in["leader"].get(address, params=SPAN).status_code == 200
    assert signed_in["auxiliary"].get(address, params=SPAN).status_code == 403
    assert signed_in["auxiliary"].get("/statistics", params={**SPAN, "figure": "penalties_filed"}).status_code == 200
    assert signed_in["desk"].get("/statistics/figures/nothing/records", params=SPAN).status_code == 404


def test_repeats_are_told_apart_and_never_counted(signed_in: dict[str, httpx.Client]) -> None:
    told = signed_in["desk"].get("/statistics/events", params={**SPAN, "by": ["standing"]}).json()
    assert told["events"] == {"complete": True, "waiting": 0}
    found = {(one["key"]["standing"], one["unit"]): one["rows"] for one in told["counts"]}
    assert found == {("counted", "次"): 12, ("counted", "处"): 1, ("duplicate", "次"): 2}


def test_the_same_report_is_given_as_a_file_of_the_same_bytes(signed_in: dict[str, httpx.Client]) -> None:
    desk = signed_in["desk"]
    for kind in ("csv", "json", "xlsx"):
        once, again = (desk.get(f"/statistics/files/{kind}", params=SPAN) for _ in range(2))
        assert once.status_code == 200 and once.content == again.content
    rows = list(csv.DictReader(io.StringIO(desk.get("/statistics/files/csv", params=SPAN).text.lstrip("\ufeff"))))
    whole = [row for row in rows if row["指标"] == "occupation" and row["片区"] == "全县"]
    assert [(row["单位"], row["数量"]) for row in whole] == [("次", "12"), ("处", "1")]


def test_an_unreasonable_question_is_refused(signed_in: dict[str, httpx.Client]) -> None:
    desk = signed_in["desk"]
    backwards = {"first": "2026-03-02", "last": "2026-03-01"}
    for path in ("/statistics", "/statistics/events", "/statistics/evaluation", "/statistics/classes"):
        assert desk.get(path, params=backwards).status_code == 422, path
    assert desk.get("/statistics", params={**SPAN, "figure": "nothing"}).status_code == 404
    assert desk.get("/statistics/evaluation", params={**SPAN, "by": "weather"}).status_code == 400


def test_what_there_is_says_how_old_it_is(signed_in: dict[str, httpx.Client]) -> None:
    told = {one["figure"]: one for one in signed_in["desk"].get("/statistics/baseline").json()["figures"]}
    lamps = told["base_lamps"]
    assert lamps["state"] == "counted" and lamps["newest"] and sum(
        found[0]["amount"] for found in lamps["districts"].values()) == lamps["amount"] >= scene.LAMPS  # fmt: skip
    assert set(lamps["districts"]) <= {"W", "E", ""}
    evaluated = signed_in["desk"].get("/statistics/evaluation", params=SPAN).json()["groups"]
    assert evaluated[-1]["whole"] and {one["name"] for one in evaluated[-1]["indicators"]} >= {"reported", "rework"}
    assert signed_in["desk"].get("/statistics/classes", params=SPAN).json()["shares"][-1]["whole"]
    assert signed_in["desk"].get("/statistics/evaluation/problems", params=SPAN).status_code == 200
