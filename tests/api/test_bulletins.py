"""Daily logs, weekly summaries, monthly bulletins and rankings over HTTP: who issues, who reads, what stays."""

from __future__ import annotations

import httpx

WEEK = {"kind": "week", "on": "2026-02-11"}
SPAN = {"first": "2026-02-01", "last": "2026-02-28"}


def test_a_planner_issues_once_and_the_desk_reads_what_was_issued(signed_in: dict[str, httpx.Client]) -> None:
    planner, desk = signed_in["planner"], signed_in["desk"]
    draft = desk.get("/bulletins/draft", params=WEEK).json()
    assert (draft["content"]["from_on"], draft["content"]["to_on"]) == ("2026-02-09", "2026-02-15")
    assert "共发现问题" in draft["prose"]
    assert desk.post("/bulletins", json=WEEK).status_code == 403
    issued = planner.post("/bulletins", json=WEEK)
    assert issued.status_code == 201 and issued.json()["sha256"] == draft["sha256"]
    again = planner.post("/bulletins", json=WEEK)
    assert again.status_code == 409 and "第 1 版" in again.json()["detail"]
    assert desk.get("/bulletins/week/2026-02-15").json() == issued.json()
    assert planner.post("/bulletins", json={**WEEK, "note": "补录"}).json()["edition"] == 2
    first = desk.get("/bulletins/week/2026-02-15", params={"edition": 1}).json()
    assert first["whole"] and first["content"] == issued.json()["content"]
    assert [one["edition"] for one in desk.get("/bulletins", params={"kind": "week"}).json()["bulletins"]] == [2, 1]
    assert desk.get("/bulletins/month/2026-02-15").status_code == 404
    assert planner.post("/bulletins", json={"kind": "day", "on": "2199-01-01"}).status_code == 409
    assert signed_in["leader"].get("/bulletins").status_code == 403


def test_a_ranking_is_of_the_ground_the_caller_sees(signed_in: dict[str, httpx.Client]) -> None:
    for by in ("department", "town", "area"):
        told = signed_in["desk"].get("/statistics/ranking", params={**SPAN, "by": by}).json()
        assert told["by"] == by and isinstance(told["ranking"], list)
        for row in told["ranking"]:
            rows = signed_in["desk"].get(row["problems"]).json()["problems"]
            assert len(rows) == row["reported"] and sum(part["points"] for part in row["parts"]) == row["points"]
    mine = signed_in["leader"].get("/statistics/ranking", params={**SPAN, "by": "area"}).json()["ranking"]
    assert {row["key"] for row in mine} <= {"W"}
    assert signed_in["desk"].get("/statistics/ranking", params={**SPAN, "by": "post"}).status_code in (400, 422)
