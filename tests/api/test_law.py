"""The law over HTTP: who may see and sign, what the ladder answers, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from api.auth.actions import add_account, link_account
from geo.cases.notices.actions import make_rechecks
from geo.db.engine import Database
from geo.uids import uuid7
from tests.api.conftest import PASSWORD, Callers, Served
from tests.api.county import BORDER, add, point
from tests.assessed import assess
from tests.lawful import SYSTEM, found, local, yesterday

ON = yesterday()
WHY = {"purpose": "ladder", "reference": "现场 1"}
ROLES = {
    "l1": ("officer", "SQ1"), "l2": ("officer", "SQ1"), "l3": ("officer", "SQ2"), "boss": ("leader", None),
    "law": ("administrator", None), "aux": ("auxiliary", "SQ1"), "plan": ("planner", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def people(served: Served, database: Database, make_module_county: str) -> dict[str, httpx.Client]:
    """Signed-in people of a bureau of their own; ``plan`` is nobody's account."""
    tenant = make_module_county
    with database.begin(tenant) as session:
        found(session, tenant, [ON])
        for login, (role, unit) in ROLES.items():
            add_account(session, tenant, login, PASSWORD, role, unit)
            if login != "plan":
                link_account(session, tenant, login, login.upper())
    clients = {}
    for login in ROLES:
        client = served.client()
        answer = client.post("/session", json={"login": login, "password": PASSWORD, "tenant": tenant})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        clients[login] = client
    return clients


def made(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json()) if answer.content else {}


def shop(people: dict[str, httpx.Client], name: str = "便民小吃", who: str = "l1") -> int:
    body = {"uid": str(uuid7()), "district_code": "W", "identity": {"kind": "shop", "name": name, "owner": "王小二"}}
    number = made(people[who].post("/subjects", json=body))["id"]
    made(people[who].post(f"/subjects/{number}/confirmation"), 204)
    return int(number)


def met(people: dict[str, httpx.Client], subject: int | None, hour: int, who: str = "l1", lon: float = 117.99) -> Any:
    body = {"uid": str(uuid7()), "code_system": SYSTEM, "code": "04-05", "at": local(ON, hour).isoformat()}
    body |= {"lon": lon, "lat": 28.3, "subject_id": subject}
    return people[who].post("/ladder/incidents", json=body)


def test_a_violation_on_a_border_street_belongs_to_the_one_who_answers_for_it(people):
    ten_metres = 1e-4
    assert made(met(people, None, 3, "boss", BORDER - ten_metres))["district_code"] == "E"
    assert made(met(people, None, 3, "boss", BORDER - 4 * ten_metres))["district_code"] == "W"


def test_a_third_violation_becomes_a_case_when_both_officers_have_signed(people):
    subject = shop(people)
    for hour, step in ((1, "persuade"), (2, "caution")):
        row = made(met(people, subject, hour))
        assert row["proposed"] == step
        done = made(people["l1"].post(f"/ladder/incidents/{row['id']}/rung", json={"step": step}), 200)
        assert done["state"] == "confirmed"
    third = made(met(people, subject, 3))
    body = {"step": "penalise", "item": "P-001", "body": "B1"}
    path = f"/ladder/incidents/{third['id']}/rung"
    assert made(people["l1"].post(path, json=body), 200)["state"] == "waiting"
    for login, status in (("aux", 403), ("l3", 404), ("plan", 403)):
        assert people[login].post(path, json=body).status_code == status
    assert made(people["l2"].post(path, json=body), 200)["state"] == "confirmed"
    (case,) = people["boss"].get("/penalties").json()["penalties"]
    assert (case["state"], case["subject"], case["incident_id"]) == ("applied", "便民小吃", third["id"])
    steps = f"/penalties/{case['id']}/steps"
    order = {"step": "file", "at": local(ON, 9).isoformat()}
    assert people["l2"].post(steps, json=order).status_code == 403
    filed = made(people["boss"].post(steps, json=order), 200)
    assert (filed["state"], filed["due_on"]) == ("filed", str(ON + dt.timedelta(days=90)))
    refused = people["boss"].post(steps, json={**order, "step": "decide"})
    assert refused.status_code == 409 and "finish_evidence" in refused.json()["facts"]["open"]
    for login in ("l3", "aux", "plan"):
        assert people[login].get(f"/penalties/{case['id']}").status_code in (403, 404)
    shares = people["plan"].get(f"/ladder/shares?first={ON}&last={ON}").json()["shares"]
    assert shares[-1]["district_code"] is None and shares[-1]["enforce"] >= 1
    points = people["plan"].get(f"/ladder/points?first={ON}&last={ON}").json()
    assert {"archived", "exempt"} <= set(points["measures"]) and points["people"]


def test_a_file_is_for_officers_of_its_district_with_a_purpose_and_leaves_a_trace(people):
    number = shop(people, "王小二烧烤")
    path = f"/subjects/{number}"
    assert people["l1"].get(path).status_code == 400
    seen = made(people["l1"].get(path, params=WHY), 200)
    assert (seen["name"], seen["owner"]) == ("王**烧烤", "王**")
    assert made(people["boss"].get(path, params={**WHY, "whole": True}), 200)["owner"] == "王小二"
    for login, status in (("l3", 404), ("aux", 403), ("plan", 403)):
        assert people[login].get(path, params=WHY).status_code == status
        assert people[login].get("/subjects", params=WHY).status_code == (200 if login == "l3" else 403)
    assert people["l3"].get("/subjects", params=WHY).json()["subjects"] == []
    asked = {**WHY, "identity": {"kind": "shop", "name": "王小二 烧烤"}}
    (mine,) = made(people["l2"].post("/subjects/matches", json=asked), 200)["matches"]
    (theirs,) = made(people["l3"].post("/subjects/matches", json=asked), 200)["matches"]
    assert (mine["id"], theirs["id"], theirs["mask"]) == (number, None, "***")
    assert people["l1"].get(f"{path}/looks").status_code == 403
    looks = made(people["law"].get(f"{path}/looks"), 200)["looks"]
    assert [one["actor"] for one in looks] == ["l3", "l2", "boss", "l1"]
    assert made(people["law"].get("/subjects/deletions"), 200)["deletions"] == []
    early = {**WHY, "identity": {"kind": "person", "name": "王小二", "number": "533023199001011234"}}
    refused = people["l1"].put(f"{path}/identity", json=early)
    assert (refused.status_code, refused.json()["code"]) == (422, "subjects.number_too_early")


def test_an_auxiliary_records_without_naming_anybody_and_sees_no_names(people):
    row = made(met(people, None, 4, "aux"))
    assert (row["proposed"], row["subject_id"]) == ("persuade", None)
    assert met(people, shop(people), 4, "aux").status_code == 403
    assert met(people, None, 4, "aux", lon=118.01).status_code == 403
    assert met(people, None, 4, "aux", lon=117.5).status_code == 422
    assert met(people, None, 4, "plan").status_code == 404
    subject = shop(people)
    mine = made(met(people, subject, 5))
    hidden = made(people["aux"].get(f"/ladder/incidents/{mine['id']}"), 200)
    assert (hidden["subject_id"], mine["subject_id"]) == (None, subject)
    assert all(one["subject_id"] is None for one in people["plan"].get("/ladder/incidents").json()["incidents"])


def test_a_notice_is_signed_numbered_served_and_looked_at_again(people, database, make_module_county):
    subject = shop(people)
    body = {"uid": str(uuid7()), "kind": "rectify", "item": "P-001", "body": "B1", "lon": 117.99, "lat": 28.3}
    body |= {"subject_id": subject, "due_on": str(ON), "content": {"facts": "门前堆物"}}
    document = made(people["l1"].post("/documents", json=body))["id"]
    assert made(people["l1"].post("/documents", json=body))["id"] == document
    for step, service in (("issue", ""), ("serve", "direct")):
        order = {"step": step, "service": service, "at": local(ON, 9 if step == "issue" else 10).isoformat()}
        made(people["l1"].post(f"/documents/{document}/steps", json=order), 200)
        last = made(people["l2"].post(f"/documents/{document}/steps", json=order), 200)
    assert last["state"] == "served" and last["number"].startswith("某城管责改字〔")
    assert document in [one["id"] for one in people["l1"].get("/documents/overdue").json()["documents"]]
    assert people["l1"].get(f"/documents/{document}").json()["content"] == {"facts": "门前堆物"}
    assert people["l3"].get(f"/documents/{document}").status_code == 404
    (dated,) = [one for one in people["plan"].get("/documents/dates").json()["documents"] if one["id"] == document]
    assert (dated["state"], dated["due_on"]) == ("served", str(ON)) and not {"subject", "subject_id"} & set(dated)
    assert document not in [one["id"] for one in people["l3"].get("/documents/dates").json()["documents"]]
    with database.begin(make_module_county) as session:
        make_rechecks(session, make_module_county, ON)
    (task,) = people["plan"].get("/documents/rechecks").json()["rechecks"]
    assert (task["document_id"], task["subject"]) == (document, None)
    assert people["l1"].get("/documents/rechecks").json()["rechecks"][0]["subject"] == "便民小吃"
    found = {"result": "corrected", "at": local(ON, 12).isoformat()}
    assert people["aux"].post(f"/documents/rechecks/{task['id']}", json=found).status_code == 403
    assert made(people["l1"].post(f"/documents/rechecks/{task['id']}", json=found), 200)["state"] == "corrected"
    assert people["l1"].post(f"/documents/rechecks/{task['id']}", json=found).status_code == 409


def test_files_are_joined_and_split_by_officers_of_their_district(people):
    one, two = shop(people, "甲店"), shop(people, "乙店")
    order = {"gone": two, "reason": "同一经营者"}
    assert people["l3"].post(f"/subjects/{one}/merges", json=order).status_code == 404
    merge = made(people["l1"].post(f"/subjects/{one}/merges", json=order))["merge"]
    assert made(people["l1"].get(f"/subjects/{two}", params=WHY), 200)["merged_into_id"] == one
    assert people["l3"].post(f"/subjects/merges/{merge}/split", json={"reason": "x"}).status_code == 404
    made(people["l1"].post(f"/subjects/merges/{merge}/split", json={"reason": "不是"}), 204)
    assert made(people["l1"].get(f"/subjects/{two}", params=WHY), 200)["state"] == "confirmed"


def test_powers_rules_and_figures_are_the_planners_and_everybody_reads_them(people):
    listed = people["aux"].get("/powers/items", params={"event_code": "04-05"}).json()["items"]
    assert [one["code"] for one in listed] == ["P-001", "Q-001"]
    assert people["l1"].get("/powers/items/P-001").json()["bands"][0]["gravity"] == "minor"
    assert [one["may_coerce"] for one in people["l1"].get("/powers/bodies").json()["bodies"]] == [True, False]
    rules = {"csv": "代码体系,事件代码,回溯期,范围,二违\n,,6,100,警示\n"}
    assert people["l1"].put("/ladder/tables/rules", json=rules).status_code == 403
    assert made(people["plan"].put("/ladder/tables/rules", json=rules), 200)["counts"] == {"rows": 1}
    assert people["aux"].get("/ladder/rules").json()["rules"][0]["look_back_months"] == 6
    bad = people["plan"].put("/powers/tables/items", json={"csv": "事项编码,事项类型\nA,处罚\n"})
    assert (bad.status_code, bad.json()["code"]) == (422, "codes.columns_missing")
    figure = {"value": 201, "basis": "x"}
    assert people["plan"].put("/powers/figures/spot_person_yuan", json=figure).status_code == 422
    assert people["plan"].put("/powers/figures/nonsense", json=figure).status_code == 404
    assert people["plan"].put("/ladder/points/fine", json={"points": 5}).status_code == 422
    made(people["plan"].put("/ladder/points/exempt", json={"points": 4}), 204)
    assert people["aux"].get("/ladder/exemptions").json() == {"exemptions": []}
    assert people["plan"].get(f"/ladder/exempted?first={ON}&last={ON}").json()["samples"] == []


def test_a_referral_is_sent_reminded_and_answered(people):
    subject = shop(people)
    body = {"uid": str(uuid7()), "subject_id": subject, "item": "P-001", "body": "B1", "code_system": SYSTEM}
    body |= {"code": "04-05", "district_code": "W", "applied_at": local(ON, 1).isoformat()}
    assert people["l3"].post("/penalties", json=body).status_code == 403
    case = made(people["l1"].post("/penalties", json=body))["id"]
    order = {"step": "file", "at": local(ON, 2).isoformat()}
    made(people["boss"].post(f"/penalties/{case}/steps", json=order), 200)
    sent = {"uid": str(uuid7()), "receiver": "县公安局", "reason": "涉嫌犯罪", "at": local(ON, 3).isoformat()}
    sent |= {"reply_due_on": str(ON), "penalty_id": case}
    number = made(people["l1"].post("/referrals", json=sent))["id"]
    assert number in [one["id"] for one in people["boss"].get("/referrals?overdue=true").json()["referrals"]]
    assert people["l3"].get("/referrals").json()["referrals"] == []
    assert people["l3"].post(f"/referrals/{number}/reminder").status_code == 404
    assert made(people["l1"].post(f"/referrals/{number}/reminder"), 200) == {"reminders": 1}
    said = {"answer": "已立案", "accepted": True, "at": local(ON, 4).isoformat()}
    made(people["l1"].post(f"/referrals/{number}/answer", json=said), 204)
    assert people["l1"].get(f"/penalties/{case}").json()["state"] == "transferred"
    missing = {**sent, "uid": str(uuid7()), "penalty_id": None, "problem_id": 10**9}
    assert people["l1"].post("/referrals", json=missing).json()["code"] == "formal.no_row"
    seen = {"uid": str(uuid7()), "code": "04-05", "origin": "patrol", "found_at": local(ON, 1).isoformat()}
    made(people["law"].post("/problems", json={**seen, "lon": 118.01, "lat": 28.3, "permit_checked": True}))
    problem = made(people["law"].get(f"/problems/{seen['uid']}"), 200)["id"]
    east = {**missing, "problem_id": problem}
    assert people["l1"].post("/referrals", json=east).status_code == 403
    made(people["l3"].post("/referrals", json=east))


def test_nobody_and_keys_see_none_of_it(served: Served, callers: Callers):
    for path in ("/subjects?purpose=ladder&reference=x", "/ladder/incidents", "/penalties", "/documents", "/referrals"):
        assert served.client().get(path).status_code == 401
        assert served.client(callers.everything).get(path).status_code == 403


def make_and_hold_longer(people, document, report, approval):
    """Serve what was seized, ask the head to hold it longer, and do."""
    path = f"/documents/{document}"
    serve = {"step": "serve", "service": "direct", "at": local(ON, 11).isoformat()}
    longer = {"step": "extend", "at": local(ON, 13).isoformat()}
    for login in ("l1", "l2"):
        made(people[login].post(f"{path}/steps", json=serve), 200)
    assert people["l1"].post(f"{path}/steps", json=longer).json()["code"] == "seizures.not_approved_longer"
    asked = {**report, "about": "longer", "at": local(ON, 12).isoformat()}
    assert made(people["l1"].put(f"{path}/report", json=asked), 200)["decision"] is None
    (due,) = people["l1"].get("/documents/seizures").json()["seizures"]
    assert (due["about"], due["standing"]) == ("longer", "before")
    said = {**approval, "about": "longer", "at": local(ON, 12).isoformat()}
    made(people["boss"].put(f"{path}/approval", json=said), 200)
    assert people["l1"].get("/documents/seizures").json()["seizures"] == []
    for login in ("l1", "l2"):
        last = made(people[login].post(f"{path}/steps", json=longer), 200)
    assert last["state"] == "extended"


def test_evidence_waits_for_the_head_too(people):
    body = {"uid": str(uuid7()), "kind": "keep_evidence", "item": "Q-001", "body": "B1", "lon": 117.99, "lat": 28.3}
    document = made(people["l1"].post("/documents", json=body))["id"]
    path, order = f"/documents/{document}", {"step": "issue", "at": local(ON, 9).isoformat()}
    assert people["l1"].post(f"{path}/steps", json=order).json()["code"] == "seizures.not_approved_keep"
    made(people["l1"].put(f"{path}/report", json={"head": "BOSS", "at": local(ON, 8).isoformat()}), 200)
    (due,) = people["l2"].get("/documents/seizures").json()["seizures"]
    assert (due["kind"], due["standing"]) == ("keep_evidence", "before")
    approval = {"decision": "approved", "at": local(ON, 8).isoformat()}
    made(people["boss"].put(f"{path}/approval", json=approval), 200)
    for login in ("l1", "l2"):
        last = made(people[login].post(f"{path}/steps", json=order), 200)
    assert last["state"] == "issued"
    sent = people["l1"].post(f"{path}/steps", json={**order, "step": "lapse"})
    assert (sent.status_code, sent.json()["code"]) == (422, "notices.by_clock")


def test_goods_on_the_spot_wait_for_the_head_and_are_listed(people, database):
    tenant = people["law"].get("/session").json()["tenant"]
    with database.begin(tenant) as session:
        assess(session, tenant, "KY-SPOT", acts=("seize",))
    body = {"uid": str(uuid7()), "kind": "seize", "item": "Q-001", "body": "B1", "lon": 117.99, "lat": 28.3}
    document = made(people["l1"].post("/documents", json={**body, "on_spot": True}))["id"]
    order = {"step": "issue", "at": local(ON, 0).isoformat()}
    for login in ("l1", "l2"):
        made(people[login].post(f"/documents/{document}/steps", json=order), 200)
    (due,) = made(people["l1"].get("/documents/seizures"), 200)["seizures"]
    assert (due["document_id"], due["standing"], due["on_spot"]) == (document, "late", True)
    assert people["l3"].get("/documents/seizures").json()["seizures"] == []
    for login in ("aux", "plan"):
        assert people[login].get("/documents/seizures").status_code == 403
    report = {"head": "BOSS", "at": local(ON, 9).isoformat(), "note": "烧烤炉一台"}
    approval = {"decision": "approved", "at": local(ON, 10).isoformat()}
    assert people["boss"].put(f"/documents/{document}/approval", json=approval).status_code == 422
    assert people["l3"].put(f"/documents/{document}/report", json=report).status_code == 404
    assert people["l1"].put(f"/documents/{document}/report", json={**report, "head": "L2"}).status_code == 403
    assert made(people["l1"].put(f"/documents/{document}/report", json=report), 200)["head"] == "BOSS"
    assert people["law"].put(f"/documents/{document}/approval", json=approval).status_code == 403
    decided = made(people["boss"].put(f"/documents/{document}/approval", json=approval), 200)
    assert decided["decision"] == "approved"
    assert people["boss"].put(f"/documents/{document}/approval", json=approval).status_code == 409
    assert people["l1"].get("/documents/seizures").json()["seizures"] == []
    make_and_hold_longer(people, document, report, approval)
    later = made(people["l1"].post("/documents", json={**body, "uid": str(uuid7())}))["id"]
    assert people["l1"].post(f"/documents/{later}/steps", json=order).status_code == 409  # nobody has approved it


def test_a_permit_is_asked_about_before_an_incident_is_written(people, database):
    tenant = people["law"].get("/session").json()["tenant"]
    with database.begin(tenant) as session:
        permit = {"number": "占道K05", "kind": "occupation", "valid_from_on": ON, "valid_to_on": ON}
        add(session, tenant, "permit", [{**permit, "geom": point(117.985, 28.295)}])
    body = {"uid": str(uuid7()), "code_system": SYSTEM, "code": "04-06", "at": local(ON, 6).isoformat()}
    body |= {"lon": 117.985, "lat": 28.295}
    asked = people["aux"].post("/ladder/incidents", json=body)
    assert (asked.status_code, asked.json()["facts"]["number"]) == (409, "占道K05"), asked.text
    written = made(people["aux"].post("/ladder/incidents", json={**body, "permit_checked": True}))
    assert written["permits"] == ["占道K05"]
    assert made(people["aux"].post("/ladder/incidents", json=body))["id"] == written["id"]  # sent again: taken already
