"""Complaints over HTTP and on the command line: pushed, entered, handled, answered; who may what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from api.cli import app
from api.commands import complaints, resolution
from geo.db.engine import Database
from geo.messages import say
from geo.settings import Settings
from geo.uids import uuid7
from tests.api.conftest import Callers, Served
from tests.complaints import SENIOR, SQUAD_OFFICER, staff_up

SOURCE = {
    "channel": "12345",
    "fields": {
        "external_id": "no", "received_at": "at", "content": "text", "place_text": "where", "caller_phone": "tel",
    },
}  # fmt: skip
ORDER = {
    "no": "A-1",
    "at": "2026-03-02 08:00",
    "text": "实验小学门口占道经营,电话13812345678",
    "where": "实验小学",
    "tel": "13812345678",
}


@pytest.fixture(scope="module")
def hotline(signed_in: dict[str, httpx.Client], database: Database, served: Served) -> dict[str, httpx.Client]:
    """The served county with names of places, staff and a mapped hotline."""
    with database.begin(served.tenant) as session:
        staff_up(session, served.tenant)
    assert signed_in["planner"].post("/places/names").status_code == 200
    answer = signed_in["planner"].put("/intake/sources/12345", json=SOURCE)
    assert answer.status_code == 200, answer.text
    return signed_in


def push(served: Served, key: str, body: dict[str, Any]) -> httpx.Response:
    with served.client(key) as client:
        return client.post("/intake/orders/12345", json=body)


def test_a_pushed_order_is_taken_once_placed_and_answered(
    hotline: dict[str, httpx.Client], served: Served, callers: Callers
) -> None:
    first = push(served, callers.everything, ORDER)
    assert first.status_code == 201, first.text
    number = first.json()["complaint"]
    again = push(served, callers.everything, ORDER)
    assert (again.status_code, again.json()) == (200, {"complaint": number, "outcome": "unchanged"})
    other = push(served, callers.everything, {**ORDER, "text": "别的"})
    assert (other.status_code, other.json()["outcome"]) == (200, "different")

    desk = hotline["desk"]
    seen = desk.get(f"/complaints/{number}").json()
    assert (seen["matched"], seen["district_code"], seen["code"], seen["state"]) == (
        "实验小学",
        "E",
        "04-06",
        "received",
    )
    assert "138" not in json.dumps(seen)

    def step(**body: Any) -> httpx.Response:
        return desk.post(f"/complaints/{number}/steps", json=body)

    refused = step(step="close")
    assert refused.status_code == 409 and refused.json()["facts"]["open"].startswith("assign")
    assert step(step="assign").json()["code"] == "complaints.nobody"
    assert step(step="assign", owner=SQUAD_OFFICER).json()["owner_unit"] == "CS"
    assert step(step="verify", finding="substantiated").status_code == 200
    assert step(step="feed_back", answer="已劝离").json()["open_steps"] == ["close", "review"]
    with served.client(callers.everything) as client:
        (reply,) = client.get("/intake/replies/12345").json()["replies"]
        assert (reply["external_id"], reply["said"]) == ("A-1", "已劝离")
        assert client.post("/intake/replies/12345", json={"ids": [reply["id"]]}).json() == {"delivered": 1}
        assert client.post("/intake/replies/12345", json={"ids": [reply["id"]]}).json() == {"delivered": 0}
        assert client.get("/intake/replies/12345").json() == {"replies": []}
        assert client.get("/complaints").status_code == 403
    assert step(step="close").json()["closed_at"] is not None
    told = desk.post(
        f"/complaints/{number}/satisfaction", json={"satisfaction": "dissatisfied", "note": "又来了"}
    ).json()
    assert (told["state"], told["closed_at"], told["satisfaction"]) == ("review", None, "dissatisfied")
    assert [one["step"] for one in told["history"]] == [
        "open", "assign", "verify", "feed_back", "close", "review",
    ]  # fmt: skip


def test_a_refused_order_names_every_fault_and_leaves_a_receipt(
    hotline: dict[str, httpx.Client], served: Served, callers: Callers
) -> None:
    answer = push(served, callers.everything, {"at": "昨天", "text": ""})
    assert answer.status_code == 422
    faults = answer.json()["facts"]["faults"]
    told = [json.loads(one.replace("'", '"')) if isinstance(one, str) else one for one in faults]
    assert [one["field"] for one in told] == ["received_at", "content"]
    assert all(say(one["code"], "zh", **one["facts"]) for one in told)
    receipt = hotline["desk"].get("/intake/receipts?outcome=rejected").json()["receipts"][0]
    assert [one["field"] for one in receipt["reasons"]] == ["received_at", "content"]
    assert push(served, callers.everything, {**ORDER, "no": None}).status_code == 422
    with served.client(callers.everything) as client:
        assert client.post("/intake/orders/elsewhere", json=ORDER).status_code == 404


def test_an_order_of_a_higher_office_brings_its_own_day_and_becomes_a_problem_once(
    hotline: dict[str, httpx.Client],
) -> None:
    desk = hotline["desk"]
    form = {
        "uid": str(uuid7()), "channel": "supervision", "content": "主干道摊贩", "topic": "占道经营", "lon": 118.003,
        "lat": 28.3, "due_at": "2026-12-31T10:00:00+08:00",
    }  # fmt: skip
    made = desk.post("/complaints", json=form)
    assert made.status_code == 201, made.text
    assert desk.post("/complaints", json=form).json() == {**made.json(), "outcome": "unchanged"}
    number = made.json()["complaint"]
    seen = desk.get(f"/complaints/{number}").json()
    assert seen["due_at"].startswith("2026-12-31T02:00") and seen["due_given"]
    first = desk.post(f"/complaints/{number}/problem")
    assert first.status_code == 201, first.text
    assert desk.post(f"/complaints/{number}/problem").json() == first.json()
    assert desk.get(f"/complaints/{number}").json()["problem_id"] == first.json()["problem"]
    bad = desk.post("/complaints", json={**form, "uid": str(uuid7()), "lon": 28.3, "lat": 118.0})
    assert bad.status_code == 422 and bad.json()["code"] == "complaints.form_rejected"


def test_whoever_is_confined_to_an_area_sees_and_handles_that_only(hotline: dict[str, httpx.Client]) -> None:
    numbers = {}
    for district, lon in (("W", 117.985), ("E", 118.015)):
        form = {"uid": str(uuid7()), "channel": "phone", "content": "噪声", "lon": lon, "lat": 28.285}
        numbers[district] = hotline["desk"].post("/complaints", json=form).json()["complaint"]
    leader, officer = hotline["leader"], hotline["officer"]
    listed = {row["district_code"] for row in leader.get("/complaints?limit=500").json()["complaints"]}
    assert listed == {"W"}
    assert officer.get(f"/complaints/{numbers['E']}").status_code == 404
    assign = {"step": "assign", "owner": SENIOR}
    assert officer.post(f"/complaints/{numbers['W']}/steps", json=assign).status_code == 403
    assert leader.post(f"/complaints/{numbers['E']}/steps", json=assign).status_code == 404
    assert leader.post(f"/complaints/{numbers['W']}/steps", json=assign).status_code == 200
    verify = {"step": "verify", "finding": "unfounded", "note": "现场无摊"}
    assert officer.post(f"/complaints/{numbers['W']}/steps", json=verify).status_code == 200
    merged = leader.post(f"/complaints/{numbers['W']}/merge", json={"into": numbers["E"]})
    assert merged.status_code == 404


def test_who_complained_is_read_for_a_purpose_masked_and_written_down(
    hotline: dict[str, httpx.Client], database: Database, served: Served
) -> None:
    form = {
        "uid": str(uuid7()), "channel": "visit", "content": "张三丰反映油烟", "caller_name": "张三丰",
        "caller_phone": "13987654321", "caller_address": "人民路8号", "lon": 117.985, "lat": 28.286,
    }  # fmt: skip
    number = hotline["desk"].post("/complaints", json=form).json()["complaint"]
    assert hotline["desk"].get(f"/complaints/{number}").json()["content"] == "张**反映油烟"
    path = f"/complaints/{number}/caller"
    for login in ("auxiliary", "planner"):
        assert hotline[login].post(path, json={"purpose": "回访"}).status_code == 403
    assert hotline["officer"].post(path, json={}).status_code in (400, 422)
    assert hotline["desk"].post(path, json={"purpose": "回访"}).json()["phone"] == "139****4321"
    assert hotline["desk"].post(path, json={"purpose": "回访", "whole": True}).json()["phone"] == "13987654321"
    seen = hotline["officer"].post(path, json={"purpose": "上门核实"}).json()
    assert (seen["name"], seen["phone"], seen["address"]) == ("张**", "139****4321", "***")
    assert hotline["officer"].post(path, json={"purpose": " "}).status_code == 422
    east = hotline["desk"].post("/complaints", json={**form, "uid": str(uuid7()), "lon": 118.015}).json()["complaint"]
    assert hotline["officer"].post(f"/complaints/{east}/caller", json={"purpose": "上门核实"}).status_code == 404
    with database.begin(served.tenant) as session:
        session.execute(text("UPDATE complaint_caller SET confidential = true WHERE complaint_id = :n"), {"n": number})
    masked = hotline["officer"].post(
        path, json={"purpose": "回电 13987654321"}
    )  # stays unknown, and may be asked about
    assert (masked.status_code, masked.json()["confidential"]) == (200, True)
    refused = hotline["officer"].post(path, json={"purpose": "上门核实", "whole": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "complaints.confidential")
    whole = hotline["administrator"].post(path, json={"purpose": "复核", "whole": True})
    assert whole.json()["phone"] == "13987654321"
    with database.begin(served.tenant) as session:
        looks = session.execute(
            text("SELECT facts FROM change WHERE tenant = :t AND kind = 'complaint.caller_read' ORDER BY id"),
            {"t": served.tenant},
        ).scalars().all()  # fmt: skip
    assert [(one["purpose"], one["whole"]) for one in looks if one["complaint"] == number] == [
        ("回访", False), ("回访", True), ("上门核实", False), ("回电 〔已隐去〕", False), ("复核", True),
    ]  # fmt: skip


def test_the_public_form_is_off_until_the_bureau_switches_it_on(
    hotline: dict[str, httpx.Client], served: Served
) -> None:
    report = {"uid": str(uuid7()), "content": "路灯不亮", "place_text": "实验小学"}
    with served.client() as anybody:
        assert anybody.post("/intake/public", json=report).status_code == anybody.get("/report").status_code == 404
        on = {"channel": "public", "fields": {"content": "content"}}
        assert hotline["planner"].put("/intake/sources/public", json=on).status_code == 200
        page = anybody.get("/report")
        assert page.status_code == 200 and "<form" in page.text and "http" not in page.text.replace("http-equiv", "")
        assert 'fetch("/intake/public"' in anybody.get("/report.js").text
        first = anybody.post("/intake/public", json=report)
        assert first.status_code == 201 and first.json()["outcome"] == "accepted"
        assert anybody.post("/intake/public", json=report).json()["outcome"] == "unchanged"
        assert anybody.post("/intake/public", json={**report, "phone": "1"}).status_code == 422
    assert hotline["planner"].put("/intake/sources/public", json={**on, "active": False}).status_code == 200


def test_figures_of_a_day_count_out_of_remit_apart(hotline: dict[str, httpx.Client]) -> None:
    for district, lon in (("W", 117.985), ("E", 118.015)):
        form = {"uid": str(uuid7()), "channel": "phone", "content": f"{district}噪声", "lon": lon, "lat": 28.285}
        assert hotline["desk"].post("/complaints", json={**form, "received_at": "2026-02-03T10:00:00+08:00"}).is_success
    (of_day,) = hotline["desk"].get("/complaints/figures?first=2026-02-03&last=2026-02-03").json()["figures"]
    assert of_day["received"] == 2 and of_day["rates"]["closed"] == {"count": 0, "of": 2}
    grouped = hotline["desk"].get("/complaints/figures?first=2020-01-01&last=2030-01-01&by=district").json()["figures"]
    assert {one["group"] for one in grouped} >= {"W", "E"}
    for one in grouped:
        for rate, told in one["rates"].items():
            asked = {
                "first": "2020-01-01",
                "last": "2030-01-01",
                "by": "district",
                "group": one["group"],
                "limit": 1000,
            }
            behind = [hotline["desk"].get(f"/complaints/figures/{rate}", params={**asked, "whole": whole}).json()
                      for whole in (False, True)]  # fmt: skip
            assert [len(each["complaints"]) for each in behind] == [told["count"], told["of"]], (one["group"], rate)
    mine = hotline["leader"].get("/complaints/figures/placed?first=2020-01-01&last=2030-01-01").json()["complaints"]
    assert mine and {row["district_code"] for row in mine} == {"W"}
    assert hotline["desk"].get("/complaints/figures?first=2026-03-02&last=2026-03-01").status_code == 422


def test_the_command_line_imports_handles_and_counts(
    settings: Settings, database: Database, county: str, tmp_path: Path
) -> None:
    complaints.mount(app)
    run = CliRunner().invoke
    front = ["--home", str(settings.home), "--tenant", county, "complaints"]
    with database.begin(county) as session:
        staff_up(session, county)
    path = tmp_path / "orders.csv"
    path.write_text(
        "工单编号,受理时间,反映内容,地址,经度,纬度,来源\n1,2026/3/2 8:00,占道,某处,118.001,28.301,热线\n"
        "2,昨天,占道,某处,,,热线\n1,2026/3/2 8:00,占道,某处,118.001,28.301,热线\n3,2026/3/2,烧烤,别处,28.3,118.0,\n",
        encoding="gb18030",
    )  # fmt: skip
    told = json.loads(run(app, [*front, "import", str(path), "--json"]).stdout)
    assert (told["rows"], told["accepted"], told["unchanged"], told["rejected"]) == (4, 1, 1, 2)
    assert [(one["row"], one["field"]) for one in told["faults"]] == [(3, "received_at"), (5, "lon")]
    assert "第 3 行" in run(app, [*front, "import", str(path)]).output
    (row,) = json.loads(run(app, [*front, "list", "--json"]).stdout)["complaints"]
    number = str(row["id"])
    with database.begin(county) as session:
        session.execute(text("UPDATE complaint SET code = '04-06' WHERE tenant = :t"), {"t": county})
    opened = json.loads(run(app, [*front, "problem", number, "--json"]).stdout)
    assert opened["complaint"] == row["id"] and opened["problem"] > 0
    assert run(app, [*front, "problem", number]).output.split() == [number, str(opened["problem"])]
    offices = tmp_path / "offices.csv"
    offices.write_text("编号,单位,电话,职责,关键词\nGA,公安局,110,治安,斗殴;赌博\n", encoding="utf-8")
    assert json.loads(run(app, [*front, "authorities", str(offices), "--json"]).stdout) == {"authorities": 1}
    referred = run(app, [*front, "step", number, "refer", "--authority", "GA", "--json"])
    assert json.loads(referred.stdout)["state"] == "referred", referred.output
    (found,) = json.loads(run(app, [*front, "figures", "2026-03-02", "2026-03-02", "--json"]).stdout)["figures"]
    assert found["rates"]["referred"] == {"count": 1, "of": 1} and found["rates"]["closed"] == {"count": 0, "of": 0}
    assert json.loads(run(app, [*front, "compare", "--json"]).stdout)["complaints"] == 1
    assert [step["step"] for step in json.loads(run(app, [*front, "show", number, "--json"]).stdout)["history"]] == [
        "open", "refer",
    ]  # fmt: skip
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps({"channel": "12345", "fields": {"content": "text"}}), encoding="utf-8")
    assert run(app, [*front, "source", "12345", str(mapping)]).exit_code == 0
    mapping.write_text("{}", encoding="utf-8")
    assert run(app, [*front, "source", "12345", str(mapping)]).exception is not None


def test_the_list_bulletins_audits_and_files_over_http(hotline: dict[str, httpx.Client]) -> None:
    desk, planner = hotline["desk"], hotline["planner"]
    form = {"uid": str(uuid7()), "channel": "order", "content": "扬尘", "lon": 117.986, "lat": 28.287}
    number = desk.post("/complaints", json=form).json()["complaint"]
    on = desk.get(f"/complaints/{number}").json()["received_at"][:10]
    span = f"first={on[:4]}-01-01&last={int(on[:4]) + 1}-01-01"

    def item() -> dict[str, Any]:
        found = desk.get(f"/resolution/items?{span}&source=complaint").json()["items"]
        return next(one for one in found if one["row"] == number)

    measure = {"measure": "每日洒水", "owner": SENIOR, "due_on": "2026-12-31"}
    assert desk.put(f"/resolution/items/complaint/{number}", json=measure).status_code == 204
    assert item()["measure"] == "每日洒水" and item()["marks"]["assigned"] is None
    for step in (
        {"step": "assign", "owner": SQUAD_OFFICER}, {"step": "verify", "finding": "partly"},
        {"step": "feed_back", "answer": "已洒水"}, {"step": "close"},
    ):  # fmt: skip
        assert desk.post(f"/complaints/{number}/steps", json=step).status_code == 200
    assert item()["marks"]["written_off"]["by"] == "desk"
    days = {"from_on": f"{on[:4]}-01-01", "to_on": f"{int(on[:4]) + 1}-01-01"}
    assert desk.post("/resolution/issues", json={"number": "T1", **days}).status_code == 403
    issued = planner.post("/resolution/issues", json={"number": "T1", **days})
    assert issued.status_code == 201 and desk.get("/resolution/issues/T1").json() == issued.json()
    assert planner.post("/resolution/issues", json={"number": "T1", **days}).status_code == 409
    assert item()["bulletin"] == "T1"
    audit = planner.post("/audits", json={"source": "complaint", "size": 1000, **days}).json()
    assert number in {one["row_id"] for one in audit["items"]}
    checked = planner.post(f"/audits/{audit['id']}/checks", json={"row": number, "passed": False, "note": "扬尘依旧"})
    assert checked.json() == {"reopened": True}
    assert desk.get(f"/complaints/{number}").json()["state"] == "review"
    assert desk.get("/audits").json()["audits"][0]["id"] == audit["id"]
    first, second = (desk.get(f"/complaints/{number}/file") for _ in range(2))
    assert first.content == second.content and first.json()["complaint"]["id"] == number
    assert first.json()["measure"]["measure"] == "每日洒水"


def test_the_command_line_lists_issues_draws_and_files(
    settings: Settings, database: Database, county: str, tmp_path: Path
) -> None:
    resolution.mount(app)
    complaints.mount(app)
    run = CliRunner().invoke
    front = ["--home", str(settings.home), "--tenant", county]
    path = tmp_path / "a.csv"
    path.write_text("编号,时间,内容\n1,2026-03-02 08:00,占道\n", encoding="utf-8")
    assert run(app, [*front, "complaints", "import", str(path)]).exit_code == 0
    span = ["2026-03-02", "2026-03-02"]
    (item,) = json.loads(run(app, [*front, "resolution", "list", *span, "--json"]).stdout)["items"]
    out = tmp_path / "list.csv"
    assert run(app, [*front, "resolution", "list", *span, "--open", "--csv", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith(f"complaint,{item['row']},2026-03-02")
    assert json.loads(run(app, [*front, "resolution", "issue", "N1", *span, "--json"]).stdout)["rows"] == 1
    refused = run(app, [*front, "resolution", "audit", "complaint", *span, "1"])
    assert "resolution.nothing" in str(refused.exception)
    file = tmp_path / "file.json"
    assert run(app, [*front, "resolution", "file", str(item["row"]), str(file)]).exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["complaint"]["content"] == "占道"
