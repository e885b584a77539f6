"""Files for 上级平台 over HTTP: how they are mapped, handed over, handed over again, and receipted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from geo.db.engine import Database
from geo.tables.base import Base
from tests.api.conftest import Served

FORM = [{"heading": "案件编号", "field": "number"}, {"heading": "县", "text": "云县"}]
DAYS = {"from_on": "2026-03-01", "to_on": "2026-03-31"}
SHEET = "/exchange/forms/city-platform/activity"


@pytest.fixture
def planner(signed_in: dict[str, httpx.Client]) -> httpx.Client:
    """Who plans, with the form of activities set."""
    client = signed_in["planner"]
    answer = client.put(SHEET, json={"columns": [{"heading": "日期", "field": "on_date"}, FORM[1]]})
    assert answer.status_code == 200, answer.text
    return client


def test_a_form_is_said_once_and_another_takes_its_place(planner: httpx.Client) -> None:
    for columns in (FORM[:1], FORM):
        told = planner.put("/exchange/forms/省平台/case", json={"columns": columns}).json()["forms"]
    [mine] = [one for one in told if one["platform"] == "省平台"]
    assert (mine["subject"], mine["columns"], mine["set_by"]) == ("case", FORM, "planner")
    assert planner.get("/exchange/forms").json()["forms"] == told


def test_a_file_sent_for_twice_is_one_delivery_until_the_platform_has_answered(planner: httpx.Client) -> None:
    first, again = (planner.post(f"{SHEET}/files", json=DAYS) for _ in range(2))
    assert first.status_code == 200 and first.headers["content-type"].startswith("text/csv")
    assert first.content.decode("utf-8-sig").splitlines() == ["日期,县"]
    assert (first.content, first.headers["X-Delivery"]) == (again.content, again.headers["X-Delivery"])
    number = first.headers["X-Delivery"]
    receipt = {"receipt": "R-1", "accepted": 0, "refused": 0, "note": "无数据"}
    for _ in range(2):
        assert planner.post(f"/exchange/deliveries/{number}/receipt", json=receipt).status_code == 204
    [row] = [one for one in planner.get("/exchange/deliveries").json()["deliveries"] if one["id"] == int(number)]
    assert (row["receipt"], row["note"], row["received_by"], row["rows"]) == ("R-1", "无数据", "planner", 0)
    other = planner.post(f"/exchange/deliveries/{number}/receipt", json={**receipt, "receipt": "R-2"})
    assert (other.status_code, other.json()["facts"]["receipt"]) == (409, "R-1")
    assert int(planner.post(f"{SHEET}/files", json=DAYS).headers["X-Delivery"]) > int(number)
    assert planner.get("/exchange/deliveries", params={"platform": "nobody"}).json() == {"deliveries": []}
    assert len(planner.get("/exchange/deliveries", params={"limit": 1}).json()["deliveries"]) == 1


@pytest.mark.parametrize(
    ("column", "zh", "en"),
    [
        ({"heading": "x", "field": "phone"}, "可用字段", "Fields there are"),
        ({"heading": "x"}, "须有 heading", "needs a heading"),
        ({"heading": "x", "field": "code", "text": "y"}, "须有 heading", "needs a heading"),
        ({"heading": " ", "field": "code"}, "须有 heading", "needs a heading"),
        ({"heading": "x", "field": "code", "format": "%Q"}, "format", "format"),
        ({"heading": "x", "field": "code", "words": {"a": 3}}, "words", "words"),
    ],
)
def test_a_bad_column_is_told_in_both_languages(
    planner: httpx.Client, column: dict[str, Any], zh: str, en: str
) -> None:
    for language, said in (("zh-CN", zh), ("en", en)):
        answer = planner.put(
            "/exchange/forms/p/staff", json={"columns": [column]}, headers={"Accept-Language": language}
        )
        assert answer.status_code == 422 and said in answer.text, answer.text
    assert "p" not in {one["platform"] for one in planner.get("/exchange/forms").json()["forms"]}


@pytest.mark.parametrize(
    ("path", "body", "status", "zh", "en"),
    [
        ("/exchange/forms/nobody/case/files", DAYS, 404, "没有“case”的字段配置", "Nothing was said of the columns"),
        (f"{SHEET}/files", {"from_on": "2026-03-02", "to_on": "2026-03-01"}, 422, "晚于截止日期", "is after the last"),
        (f"{SHEET}/files", {"from_on": "x", "to_on": "2026-03-01"}, 422, "from_on", "from_on"),
        ("/exchange/deliveries/999999/receipt", {"receipt": "R", "accepted": 0}, 404, "没有编号为", "no delivery"),
        ("/exchange/deliveries/1/receipt", {"receipt": "", "accepted": 0}, 422, "receipt", "receipt"),
        ("/exchange/deliveries/1/receipt", {"receipt": "R", "accepted": -1}, 422, "accepted", "accepted"),
    ],
)
def test_what_cannot_be_done_is_told_in_both_languages(
    planner: httpx.Client, path: str, body: dict[str, Any], status: int, zh: str, en: str
) -> None:
    for language, said in (("zh-CN", zh), ("en", en)):
        answer = planner.post(path, json=body, headers={"Accept-Language": language})
        assert answer.status_code == status and said in answer.text, answer.text


def test_a_receipt_counts_no_more_rows_than_went_and_a_word_that_lacks_stops_the_file(
    planner: httpx.Client, database: Database, served: Served
) -> None:
    with database.begin(served.tenant) as session:
        person = {"tenant": served.tenant, "code": "X1", "name": "张三", "kind": "regular"}
        session.execute(insert(Base.metadata.tables["staff"]).values(**person))
    path = "/exchange/forms/city-platform/staff"
    column = {"heading": "身份", "field": "kind", "words": {"auxiliary": "辅助人员"}}
    assert planner.put(path, json={"columns": [column]}).status_code == 200
    before = planner.get("/exchange/deliveries").json()
    refused = planner.post(f"{path}/files", json=DAYS)
    assert (refused.status_code, refused.json()["facts"]["value"]) == (422, "regular")
    assert planner.get("/exchange/deliveries").json() == before
    column["words"] = {"regular": "执法人员", "auxiliary": "辅助人员"}
    planner.put(path, json={"columns": [column]})
    made = planner.post(f"{path}/files", json=DAYS)
    rows = len(made.content.decode("utf-8-sig").splitlines()) - 1
    assert rows > 0
    told = planner.post(
        f"/exchange/deliveries/{made.headers['X-Delivery']}/receipt", json={"receipt": "R", "accepted": rows + 1}
    )
    assert (told.status_code, told.json()["facts"]["rows"]) == (422, rows)


def test_names_of_staff_go_to_who_plans_only_and_to_no_key(
    served: Served, signed_in: dict[str, httpx.Client], planner: httpx.Client
) -> None:
    for role in ("leader", "officer", "auxiliary", "desk"):
        for answer in (
            signed_in[role].get("/exchange/deliveries"),
            signed_in[role].post(f"{SHEET}/files", json=DAYS),
            signed_in[role].put(SHEET, json={"columns": FORM}),
        ):
            assert answer.status_code == 403, (role, answer.text)
    assert served.client().get("/exchange/forms").status_code == 401
