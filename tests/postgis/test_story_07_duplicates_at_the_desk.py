"""Story 7: sending a work order again changes nothing; merging keeps all callers and the earliest clock; splitting
restores."""

from __future__ import annotations

import pytest

from geo.cases.complaints.actions import MergedAway, StepOrder, get_complaint, take_step
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.intake import set_source
from geo.cases.complaints.receiving import receive_order
from geo.cases.complaints.ties.actions import decide_tie, split
from geo.cases.complaints.ties.queries import list_ties
from tests.complaints import HOTLINE, SQUAD_OFFICER, staff_up, table_rows

NOISE = {"address": "烧烤店", "type": "商业噪声", "lng": 118.001, "lat": 28.301}


@pytest.fixture
def morning(database, county, settings):
    """Ten work orders at the desk, four of them the same noise: from different callers, metres and days apart."""
    with database.begin(county) as session:
        staff_up(session, county)
        set_source(session, county, "12345", "12345", HOTLINE, actor="test")
        for number in range(10):
            receive_order(session, county, settings.home, "12345", order(number), actor="key:12345")
    return county


def order(number):
    same = number in (1, 4, 6, 9)
    place = (
        {**NOISE, "lng": 118.001 + number * 2e-5}
        if same
        else {**NOISE, "type": "占道经营", "lng": 118.0 + number / 200}
    )
    return {
        "no": f"W{number}", "time": f"2026-03-02 08:{20 - number:02d}:00", "text": "太吵", "tel": f"1380000000{number}",
        "limit": "2026-03-03 12:00" if number == 6 else "2026-03-06 12:00", **place,
    }  # fmt: skip


def test_story_07_sending_an_order_again_changes_nothing(database, morning, settings):
    with database.begin(morning) as session:
        before = table_rows(session, morning)
    for number in (3, 3, 6):
        with database.begin(morning) as session:
            assert receive_order(session, morning, settings.home, "12345", order(number), actor="again").outcome == (
                "unchanged"
            )
    with database.begin(morning) as session:
        changed = receive_order(session, morning, settings.home, "12345", {**order(3), "text": "改口了"}, actor="again")
        assert changed.outcome == "different"
        assert table_rows(session, morning) == before


def test_story_07_four_tickets_of_one_noise_become_one_problem_with_four_callers(database, morning):
    with database.begin(morning) as session:
        ties = list_ties(session, morning, state="proposed")
        assert len(ties) == 3 and {tie["kind"] for tie in ties} == {"duplicate"}
        for tie in ties:
            decide_tie(session, morning, tie["id"], confirm=True, actor="desk")
        (head,) = {desk.find_head(session, morning, tie["complaint_id"]) for tie in ties}
        group = desk.load_group(session, morning, head)
        assert (group.complaints, group.callers) == (4, 4)
        # The order with the earliest date is not the one that stands for all, but its date holds.
        row = get_complaint(session, morning, head)
        assert row["external_id"] != "W6" and row["due_at"].isoformat() == "2026-03-03T04:00:00+00:00"
        assert group.first_received_at.isoformat() == "2026-03-02T00:11:00+00:00"
        take_step(session, morning, head, StepOrder("assign", owner=SQUAD_OFFICER), actor="desk")
        with pytest.raises(MergedAway):
            take_step(session, morning, ties[0]["complaint_id"], StepOrder("void", "x"), actor="desk")
        take_step(session, morning, head, StepOrder("verify", finding="substantiated"), actor="desk")
        take_step(session, morning, head, StepOrder("feed_back", answer="已责令停用音响"), actor="desk")
        for member in desk.list_members(session, morning, head):
            (reply,) = desk.list_replies(session, morning, member)
            assert reply["said"] == "已责令停用音响" and reply["path"] == "12345"


def test_story_07_splitting_restores_what_was_before(database, morning):
    with database.begin(morning) as session:
        before = table_rows(session, morning)
        ties = list_ties(session, morning, state="proposed")
        for tie in ties:
            decide_tie(session, morning, tie["id"], confirm=True, actor="desk")
        assert table_rows(session, morning) != before
        for tie in reversed(ties):
            split(session, morning, tie["complaint_id"], note="两家店", actor="desk")
        assert table_rows(session, morning) == before
