"""一单四制 and 化解台账 over complaints and problems; bulletins for good; audits that reopen; one file a matter."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geo.cases.complaints.actions import StepOrder, get_complaint, take_step
from geo.cases.complaints.intake import set_source
from geo.cases.complaints.problems import open_its_problem
from geo.cases.complaints.receiving import receive_order
from geo.cases.complaints.ties.actions import merge
from geo.cases.resolution import actions
from geo.cases.resolution.dossier import build_dossier, render_dossier
from geo.cases.resolution.sampling import draw
from tests import clock
from tests.complaints import HOTLINE, SENIOR, SQUAD_OFFICER, staff_up

DAY = dt.date(2026, 3, 2)
STEPS = (
    StepOrder("assign", owner=SQUAD_OFFICER), StepOrder("verify", finding="substantiated"),
    StepOrder("feed_back", answer="已整改"), StepOrder("close"),
)  # fmt: skip


@pytest.fixture
def street(database, county, settings):
    """Six complaints of a day: three closed, one answered, one given to somebody, one new."""
    with database.begin(county) as session:
        staff_up(session, county)
        set_source(session, county, "12345", "12345", HOTLINE, actor="test")
        numbers = []
        for at, steps in enumerate((4, 4, 4, 3, 1, 0)):
            body = {"no": str(at), "time": "2026-03-02 08:00", "type": "占道经营", "text": "占道",
                    "lng": 118.0 + at / 100, "lat": 28.3}  # fmt: skip
            number = receive_order(session, county, settings.home, "12345", body, actor="key").complaint_id
            for order in STEPS[:steps]:
                take_step(session, county, number, order, actor="desk")
            numbers.append(number)
    return county, numbers


def test_the_list_says_of_each_row_who_did_which_of_the_four_and_when(database, street):
    county, numbers = street
    with database.begin(county) as session:
        problem = open_its_problem(session, county, numbers[5], actor="desk")
        items = actions.list_items(session, county, DAY, DAY)
        assert [(one.source, one.row) for one in items] == [
            *(("complaint", one) for one in numbers),
            ("problem", problem),
        ]
        marks = [(one.marks.assigned, one.marks.fed_back, one.marks.written_off) for one in items]
        assert [sum(map(bool, one)) for one in marks] == [3, 3, 3, 2, 1, 0, 0]
        assert [bool(one[1]) for one in marks] == [True] * 4 + [False] * 3
        assert items[0].marks.written_off.by == "desk" and items[0].owner == SQUAD_OFFICER and items[0].due_at
        left = actions.list_items(session, county, DAY, DAY, sources=["complaint"], open_only=True)
        assert [one.row for one in left] == numbers[3:]
        assert actions.list_items(session, county, DAY, DAY, area=frozenset({"W"})) == []
        with pytest.raises(actions.UnknownSource):
            actions.list_items(session, county, DAY, DAY, sources=["palace"])


def test_a_measure_names_somebody_and_the_newest_holds(database, street):
    county, numbers = street
    with database.begin(county) as session:
        words = {"measure": "每晚定点值守", "owner": SENIOR, "due_on": dt.date(2026, 4, 1), "actor": "desk"}
        actions.set_measure(session, county, "complaint", numbers[4], **words)
        actions.set_measure(session, county, "complaint", numbers[4], **{**words, "measure": "设疏导点"})
        (item,) = [one for one in actions.list_items(session, county, DAY, DAY) if one.row == numbers[4]]
        assert (item.measure, item.measure_owner, item.measure_due_on) == ("设疏导点", SENIOR, dt.date(2026, 4, 1))
        for wrong, error in (
            ({"measure": " "}, actions.MeasureBroken), ({"owner": "nobody"}, actions.MeasureBroken),
        ):  # fmt: skip
            with pytest.raises(error):
                actions.set_measure(session, county, "complaint", numbers[4], **{**words, **wrong})
        merge(session, county, numbers[5], numbers[4], actor="desk")
        with pytest.raises(actions.UnknownRow):
            actions.set_measure(session, county, "complaint", numbers[5], **words)


def test_what_is_issued_is_never_changed(database, street):
    county, numbers = street
    with database.begin(county) as session:
        issued = actions.issue_list(session, county, "2026-3", DAY, DAY, actor="planner")
        assert len(issued["items"]) == 6 and actions.list_digest(issued["items"]) == issued["sha256"]
        take_step(session, county, numbers[3], StepOrder("close"), actor="desk")
        assert actions.get_issue(session, county, "2026-3") == issued
        assert {one.bulletin for one in actions.list_items(session, county, DAY, DAY)} == {"2026-3"}
        with pytest.raises(actions.NumberTaken):
            actions.issue_list(session, county, "2026-3", DAY, DAY, actor="planner")
        with pytest.raises(actions.NothingToIssue):
            actions.issue_list(session, county, "2026-4", dt.date(2025, 1, 1), dt.date(2025, 1, 2), actor="planner")
    with database.begin(county) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE resolution_issue SET items = '[]'"))


def test_an_audit_is_drawn_by_a_seed_and_what_fails_is_opened_again(database, street):
    county, numbers = street
    with database.begin(county) as session:
        on = clock.today()
        audit = actions.draw_audit(session, county, "complaint", on, on, 2, seed="2026-03", actor="inspector")
        assert [one["row_id"] for one in audit["items"]] == draw(numbers[:3], "2026-03", 2)
        assert (audit["population"], audit["size"], audit["seed"]) == (3, 2, "2026-03")
        failed, passed = (one["row_id"] for one in audit["items"])
        assert (
            actions.record_check(session, county, audit["id"], failed, passed=False, note="仍在占道", actor="i") is True
        )
        assert actions.record_check(session, county, audit["id"], passed, passed=True, note="", actor="i") is False
        assert (get_complaint(session, county, failed)["state"], get_complaint(session, county, passed)["state"]) == (
            "review", "closed",
        )  # fmt: skip
        with pytest.raises(actions.Checked):
            actions.record_check(session, county, audit["id"], passed, passed=False, note="x", actor="i")
        with pytest.raises(actions.UnknownAudit):
            actions.record_check(session, county, audit["id"], numbers[5], passed=True, note="", actor="i")
        again = actions.draw_audit(session, county, "complaint", on, on, 9, actor="inspector")
        assert again["population"] == 2 and len(again["seed"]) == 32
        with pytest.raises(actions.NothingToIssue):
            actions.draw_audit(session, county, "problem", on, on, 1, actor="inspector")


def test_one_file_holds_everything_but_who_complained_and_has_the_same_bytes_twice(database, street):
    county, numbers = street
    with database.begin(county) as session:
        open_its_problem(session, county, numbers[4], actor="desk")
        merge(session, county, numbers[5], numbers[4], note="同一处", actor="desk")
        first = render_dossier(build_dossier(session, county, numbers[4]))
        assert first == render_dossier(build_dossier(session, county, numbers[4]))
    found = json.loads(first)
    assert [step["step"] for step in found["history"]] == ["open", "assign"]
    assert [one["id"] for one in found["merged"]] == [numbers[5]]
    assert found["receipts"][0]["outcome"] == "accepted" and found["problem"]["history"]
    assert "sealed" not in first.decode() and "caller_hash" not in first.decode()
