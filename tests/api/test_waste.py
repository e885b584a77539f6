"""Sites and construction waste over HTTP: what is noted at a gate, what a terminal sends, what the desk reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from geo.uids import uuid7
from tests.api.conftest import Callers, Served

AT = "2026-03-02T09:00:00+08:00"
DAYS = {"first": "2026-03-02", "last": "2026-03-02"}


def check(**given: Any) -> dict[str, Any]:
    return {"uid": str(uuid7()), "site": "Q001", "gate": "Q001-1", "at": AT, "findings": [], **given}


def test_a_check_is_noted_once_and_only_in_ones_own_area(signed_in: dict[str, httpx.Client]) -> None:
    body = check(findings=[{"item": "wash", "outcome": "corrected", "quantity": 2}])
    first, again = (signed_in["desk"].post("/worksites/checks", json=body) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    # Site Q001 lies in 片区 E; the squad of W can neither check it nor read of it.
    assert signed_in["officer"].post("/worksites/checks", json=check()).status_code == 404
    mine = signed_in["officer"].get("/worksites/checks", params=DAYS).json()["checks"]
    every = signed_in["planner"].get("/worksites/checks", params=DAYS).json()["checks"]
    assert first.json()["id"] not in [one["id"] for one in mine]
    [told] = [one for one in every if one["id"] == first.json()["id"]]
    assert [(one["item"], one["event_code"], one["outcome"]) for one in told["findings"]] == [
        ("wash", "03-12", "corrected")
    ]
    counts = signed_in["planner"].get("/worksites/counts", params=DAYS).json()["counts"]
    assert {"name": "corrected", "count": 2, "unit": "次"}.items() <= counts[0].items()


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"gate": "nowhere"}, 422, "Q001-1"),
        ({"findings": [{"item": "smoke"}]}, 422, "dust"),
        ({"findings": [{"item": "dust", "outcome": "punished"}]}, 422, "outcome"),
        ({"at": "2999-01-01T00:00:00Z"}, 422, "2999"),
        ({"site": "no such"}, 404, "no such"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_a_bad_check_is_answered_with_what_is_wrong(
    signed_in: dict[str, httpx.Client], changed: dict[str, Any], status: int, said: str
) -> None:
    answer = signed_in["desk"].post("/worksites/checks", json=check(**changed))
    assert answer.status_code == status and said in answer.text, answer.text


def test_sites_at_work_and_their_filings_are_listed(signed_in: dict[str, httpx.Client]) -> None:
    assert signed_in["planner"].post("/worksites/settle").status_code == 200
    rows = signed_in["desk"].get("/worksites/filings", params={"on": "2026-03-02"}).json()["filings"]
    assert {(one["code"], one["standing"]) for one in rows} >= {("Q001", "unfiled"), ("Q002", "unfiled")}
    own = signed_in["leader"].get("/worksites/filings", params={"on": "2026-03-02"}).json()["filings"]
    assert [one["code"] for one in own] == ["Q002"]
    day = signed_in["desk"].get("/worksites/day", params={"on": "2020-01-01"}).json()["sites"]
    assert {"Q001", "Q002"} <= {one["code"] for one in day if one["checks"] == 0}
    items = signed_in["auxiliary"].get("/worksites/items").json()["items"]
    assert {"扬尘" in one["zh"] for one in items if one["code"] == "dust"} == {True, False}


def test_a_terminal_delivers_with_a_key_and_reads_its_receipt(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client]
) -> None:
    lists = {
        "hauliers": "企业编号,企业名称\nH1,顺达\n",
        "haul_vehicles": "车牌号,企业编号\n云A10001,H1\n",
    }
    for name, csv in lists.items():
        assert signed_in["planner"].put(f"/cases/tables/{name}", json={"csv": csv}).status_code == 200
    start = dt.datetime.fromisoformat(AT)
    rows = [
        {
            "plate": plate,
            "at": (start + dt.timedelta(seconds=20 * n)).isoformat(),
            "lon": 118.006 + n / 1e4,
            "lat": 28.305,
        }
        for n in range(30)
        for plate in ("云A10001", "云Z99999")
    ]
    body = {"uid": str(uuid7()), "rows": [*rows, {"plate": "?"}]}
    with served.client(callers.everything) as box:
        first, again = (box.post("/waste/feeds/box/fix", json=body) for _ in range(2))
        assert first.status_code == 200 and first.json() == again.json()
        assert box.post("/waste/feeds/box/song", json=body).status_code == 400
    told = first.json()
    assert (told["rows"], told["taken"], told["unknown"], told["refused"]) == (61, 30, 30, 1)
    assert told["plates"] == ["云Z99999"] and told["faults"][0]["row"] == 61
    receipts = signed_in["desk"].get("/waste/feeds", params={"kind": "fix"}).json()["receipts"]
    assert told["uid"] in [one["uid"] for one in receipts]
    job = signed_in["planner"].post("/waste/traces", json=DAYS)
    assert job.status_code == 202 and job.json()["kind"] == "trace_trips"
    assert signed_in["desk"].get("/waste/reconciliation", params=DAYS).json()["counts"]["tickets"] == 0


def test_a_spill_and_a_stockpile_are_asked_on_the_pavement(signed_in: dict[str, httpx.Client]) -> None:
    asked = {"lon": 118.0061, "lat": 28.3049, "at": AT}
    told = signed_in["auxiliary"].get("/waste/spills", params=asked).json()
    assert told["candidates"][0]["site"] == "Q001"
    assert told["candidates"][0]["reasons"] == ["near"] and told["limits"]["spill_radius_m"] == 3000
    places = signed_in["officer"].get("/waste/places", params={"lon": 118.014, "lat": 28.314}).json()
    assert places["places"][0]["code"] == "X01" and places["places"][0]["left_t"] == 1000
    assert {one["name"] for one in places["conditions"]} >= {"clear_school_m", "near_street_m"}
    swapped = signed_in["desk"].get("/waste/spills", params={"lon": 28.3, "lat": 118.0})
    assert swapped.status_code == 422
