"""Complaints in the database: the queue for the map, repeats, causes, referral, satisfaction, ties."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from geo.cases.complaints import actions, queries
from geo.cases.complaints.actions import StepOrder, get_complaint, take_step
from geo.cases.complaints.authorities import AuthorityBroken, import_authorities, suggest_authority
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.figures.actions import load_figures
from geo.cases.complaints.files import import_file
from geo.cases.complaints.intake import OrderRejected, SourceTaken, UnknownSource, set_source
from geo.cases.complaints.receiving import receive_order
from geo.cases.complaints.ties import actions as ties
from geo.cases.complaints.ties.queries import list_ties
from geo.cases.places.actions import OwnName, import_names
from geo.cases.retention.actions import expire_files
from geo.cases.workflow import StepNotOpen
from tests.complaints import HOTLINE, SENIOR, SQUAD_OFFICER, staff_up


@pytest.fixture
def desk_up(database, county, settings):
    """A county with staff, a hotline and one name."""
    with database.begin(county) as session:
        staff_up(session, county)
        set_source(session, county, "12345", "12345", HOTLINE, actor="test")
        import_names(session, county, [OwnName("shop", "老王烧烤", 118.001, 28.301, 15)])

    def push(session, number, **changed):
        body = {"no": number, "time": "2026-03-02 08:00", "text": "占道经营", "tel": "13800000001", **changed}
        return receive_order(session, county, settings.home, "12345", body, actor="key").complaint_id

    return county, push


HERE = {"lng": 118.003, "lat": 28.303}


def answer(session, county, number, *, owner=SQUAD_OFFICER, close=True):
    steps = [StepOrder("assign", owner=owner), StepOrder("verify", finding="substantiated"),
             StepOrder("feed_back", answer="已整改")]  # fmt: skip
    for order in [*steps, *([StepOrder("close")] if close else [])]:
        take_step(session, county, number, order, actor="desk")


def test_what_says_no_sure_place_waits_until_a_name_comes_or_somebody_places_it(database, desk_up):
    county, push = desk_up
    with database.begin(county) as session:
        placed = get_complaint(session, county, push(session, "1", address="老王烧烤门口"))
        assert (placed["placed_by"], placed["matched"], placed["lon"]) == ("matched", "老王烧烤", 118.001)
        first, second = (push(session, number, address="大福酒楼旁") for number in "23")
        waiting = queries.list_complaints(session, county, waiting=True)
        assert [row["id"] for row in waiting] == [second, first]
        assert actions.place_waiting(session, county) == (2, 0, second)
        import_names(session, county, [OwnName("shop", "大福酒楼", 118.002, 28.302, 15)])
        actions.place_by_hand(session, county, first, 118.01, 28.31, actor="desk")
        assert actions.place_waiting(session, county) == (1, 1, second)
        assert get_complaint(session, county, first)["placed_by"] == "person"
        assert get_complaint(session, county, second)["matched"] == "大福酒楼"
        for wrong in ((28.3, 118.0), (120.0, 28.3)):
            with pytest.raises(Exception, match=r"locate\.swapped|complaints\.outside"):
                actions.place_by_hand(session, county, first, *wrong, actor="desk")


def test_a_repeat_goes_to_somebody_senior_and_is_not_closed_without_its_cause(database, desk_up):
    county, push = desk_up
    with database.begin(county) as session:
        first = push(session, "1", **HERE)
        answer(session, county, first)
        again = push(session, "2", time="2026-11-20 09:00", **HERE)
        assert list_ties(session, county) == []  # answered only now, months after the second came: still one matter
        session.execute(text("UPDATE complaint SET closed_at = '2026-03-05T00:00Z' WHERE tenant = :t AND id = :id"),
                        {"t": county, "id": first})  # fmt: skip
        third = push(session, "3", time="2026-06-20 09:00", **HERE)
        (tie,) = list_ties(session, county, complaint=third, kind="repeat")
        assert (tie["earlier_id"], tie["by_place"], tie["by_caller"], tie["distance_m"]) == (first, True, True, 0)
        with pytest.raises(actions.RepeatWaiting):
            take_step(session, county, third, StepOrder("assign", owner=SENIOR), actor="desk")
        quick = get_complaint(session, county, third)["due_at"]
        ties.decide_tie(session, county, tie["id"], confirm=True, actor="desk")
        with pytest.raises(ties.Decided):
            ties.decide_tie(session, county, tie["id"], confirm=False, actor="desk")
        row = get_complaint(session, county, third)
        assert (row["handling"], row["repeat_of"]) == ("careful", first) and row["due_at"] > quick
        with pytest.raises(actions.NotSenior):
            take_step(session, county, third, StepOrder("assign", owner=SQUAD_OFFICER), actor="desk")
        answer(session, county, third, owner=SENIOR, close=False)
        with pytest.raises(actions.CauseMissing):
            take_step(session, county, third, StepOrder("close"), actor="desk")
        cause = {"cause": "无处可去", "measure": "设疏导点", "owner": SENIOR, "due_on": dt.date(2026, 12, 1)}
        actions.file_root_cause(session, county, third, **cause, actor="desk")
        actions.file_root_cause(session, county, third, **{**cause, "measure": "设早市"}, actor="desk")
        assert desk.find_root_cause(session, county, third)["measure"] == "设早市"
        assert take_step(session, county, third, StepOrder("close"), actor="desk") == "closed"
        with pytest.raises(actions.StepLacks):
            actions.file_root_cause(session, county, again, **cause, actor="desk")


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (StepOrder("close"), StepNotOpen),
        (StepOrder("void"), actions.StepLacks),
        (StepOrder("assign", owner="nobody"), actions.StepLacks),
        (StepOrder("assign", owner=SQUAD_OFFICER, unit="X"), actions.StepLacks),
        (StepOrder("refer", authority="X"), actions.StepLacks),
        (StepOrder("merge"), actions.StepElsewhere),
    ],
)
def test_a_step_that_cannot_be_is_refused_and_changes_nothing(database, desk_up, order, error):
    county, push = desk_up
    with database.begin(county) as session:
        number = push(session, "1")
        with pytest.raises(error):
            take_step(session, county, number, order, actor="desk")
        assert get_complaint(session, county, number)["state"] == "received"
        assert len(actions.load_history(session, county, number)) == 1


def test_what_is_not_ours_is_referred_with_the_right_authority_and_counted_apart(database, desk_up, tmp_path):
    county, push = desk_up
    path = tmp_path / "offices.csv"
    path.write_text(
        "编号,单位,电话,职责,代码,关键词\nGA,公安局,110,治安,,斗殴、赌博\nHB,环保局,,排污,03-04,\n", encoding="utf-8"
    )
    with database.begin(county) as session:
        assert import_authorities(session, county, path) == 2
        known = desk.list_authorities(session, county)
        numbers = [push(session, str(number), text=said) for number, said in enumerate(("半夜斗殴", "占道"))]
        assert [suggest_authority(known, None, said) for said in ("半夜斗殴", "占道")] == ["GA", None]
        take_step(session, county, numbers[0], StepOrder("refer", authority="GA"), actor="desk")
        (reply,) = desk.list_replies(session, county, numbers[0])
        assert reply["said"] == "您反映的事项属于公安局的职责(治安),电话 110。"
        answer(session, county, numbers[1])
        (found,) = load_figures(session, county, dt.date(2026, 3, 2), dt.date(2026, 3, 2))
        assert (found.received, found.rates["closed"].count, found.rates["closed"].of) == (2, 1, 1)
        assert (found.rates["referred"].count, found.rates["answered"].count, found.rates["answered"].of) == (1, 2, 2)
        assert (found.rates["in_time"].count, found.rates["in_time"].of) == (0, 1)
        take_step(session, county, numbers[0], StepOrder("take_back", "公安局退回"), actor="desk")
        (found,) = load_figures(session, county, dt.date(2026, 3, 2), dt.date(2026, 3, 2))
        assert found.rates["referred"].count == 0 and found.rates["closed"].of == 2
        path.write_text("编号,单位,职责\nGA,公安局,治安\nGA,公安局,治安\n", encoding="utf-8")
        with pytest.raises(AuthorityBroken) as refused:
            import_authorities(session, county, path)
        assert refused.value.facts == {"row": 3, "authority": "GA"}


def test_dissatisfied_opens_a_review_and_satisfied_does_not(database, desk_up):
    county, push = desk_up
    with database.begin(county) as session:
        content, cross = (push(session, number, lng=118.0 + at / 10, lat=28.3) for at, number in enumerate("12"))
        with pytest.raises(actions.StepLacks):
            actions.record_satisfaction(session, county, content, "satisfied", actor="desk")
        for number in (content, cross):
            answer(session, county, number)
        assert actions.record_satisfaction(session, county, content, "satisfied", actor="desk") == "closed"
        assert actions.record_satisfaction(session, county, cross, "dissatisfied", actor="desk") == "review"
        assert take_step(session, county, cross, StepOrder("confirm", "现场复查已整改"), actor="desk") == "closed"
        (found,) = load_figures(session, county, dt.date(2026, 3, 2), dt.date(2026, 3, 2), now=dt.datetime.now(dt.UTC))
        assert (found.rates["content"].count, found.rates["content"].of) == (1, 2)


def test_comparing_all_finds_what_comparing_each_found_and_keeps_what_people_decided(database, desk_up):
    county, push = desk_up
    with database.begin(county) as session:
        for number in range(12):
            push(session, str(number), time=f"2026-03-{28 - 2 * number:02d} 08:00", tel=f"1380000000{number % 5}",
                 lng=118.003 + (number % 4) * 4e-4, lat=28.303)  # fmt: skip
        each = {(tie["complaint_id"], tie["earlier_id"], tie["kind"]) for tie in list_ties(session, county)}
    found = ties.find_all_ties(database, county)
    assert found["complaints"] == 12 and found["duplicates"] + found["repeats"] == len(each)
    with database.begin(county) as session:
        bulk = list_ties(session, county)
        assert {(tie["complaint_id"], tie["earlier_id"], tie["kind"]) for tie in bulk} == each
        ties.decide_tie(session, county, bulk[0]["id"], confirm=False, actor="desk")
    again = ties.find_all_ties(database, county)
    with database.begin(county) as session:
        assert {tie["id"] for tie in list_ties(session, county, state="dismissed")} == {bulk[0]["id"]}
        proposed = list_ties(session, county, state="proposed")
        assert bulk[0]["complaint_id"] not in {tie["complaint_id"] for tie in proposed}
    assert again["proposed"] == len(bulk) - 1


def test_merging_in_a_circle_into_an_answered_one_or_twice_is_refused(database, desk_up):
    county, push = desk_up
    with database.begin(county) as session:
        one, two, three = (push(session, number) for number in "123")
        ties.merge(session, county, two, one, actor="desk")
        for wrong, into, error in (
            (one, one, ties.MergeCircle),
            (one, two, ties.MergeCircle),
            (two, three, actions.MergedAway),
        ):
            with pytest.raises(error):
                ties.merge(session, county, wrong, into, actor="desk")
        assert ties.merge(session, county, three, two, actor="desk") == one
        with pytest.raises(ties.NotMerged):
            ties.split(session, county, one, note="x", actor="desk")
        answer(session, county, one)
        with pytest.raises(ties.HeadEnded):
            ties.merge(session, county, push(session, "4"), one, actor="desk")
        ties.split(session, county, two, note="另一处", actor="desk")
        assert get_complaint(session, county, two)["state"] == "received"
        assert desk.list_members(session, county, one) == [one, three]


def test_a_file_is_taken_once_and_every_refused_row_has_its_receipt(database, desk_up, tmp_path):
    county, _ = desk_up
    path = tmp_path / "a.csv"
    lines = [
        "编号,时间,内容,地址",
        *(f"{n},2026-03-02 08:00,占道,老王烧烤" for n in range(3)),
        "4,坏,占道,",
        ",2026-03-02,无号,",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    first = import_file(database, county, path, "old", "phone")
    assert (first.rows, first.accepted, first.rejected, first.waiting) == (5, 4, 1, 1)
    second = import_file(database, county, path, "old", "phone")
    assert (second.accepted, second.unchanged, second.rejected) == (0, 4, 1)
    with database.begin(county) as session:
        receipts = queries.list_receipts(session, county, source="old", outcome="rejected")
        assert [one["reasons"][0]["row"] for one in receipts] == [5, 5]
        assert len(queries.list_complaints(session, county)) == 4


def test_a_source_that_is_not_set_up_takes_nothing(database, desk_up, settings):
    county, push = desk_up
    with database.begin(county) as session:
        with pytest.raises(UnknownSource):
            receive_order(session, county, settings.home, "elsewhere", {}, actor="key")
        with pytest.raises(SourceTaken):
            set_source(session, county, "desk", "phone", HOTLINE, actor="test")
        with pytest.raises(OrderRejected):
            push(session, "")


def test_a_complaint_of_another_county_does_not_exist(database, desk_up, make_county):
    county, push = desk_up
    with database.begin(county) as session:
        number = push(session, "1")
    other = make_county()
    with database.begin(other) as session, pytest.raises(actions.UnknownComplaint):
        get_complaint(session, other, number)


def test_who_complained_is_forgotten_when_the_answer_is_old_and_not_before(database, desk_up):
    county, push = desk_up
    with database.begin(county) as session:
        old, fresh, waiting = push(session, "r1", **HERE), push(session, "r2"), push(session, "r3")
        for one, closed in ((old, "2025-03-10T15:59Z"), (fresh, "2025-03-10T16:01Z")):  # 23:59 and 00:01 in the county
            session.execute(
                text("UPDATE complaint SET state = 'closed', closed_at = :at, received_at = '2025-01-01T00:00Z'"
                     " WHERE tenant = :t AND id = :id"),
                {"t": county, "id": one, "at": closed},
            )  # fmt: skip
        session.execute(
            text("UPDATE complaint SET received_at = '2020-01-01T00:00Z' WHERE tenant = :t AND id = :id"),
            {"t": county, "id": waiting},
        )

        def known() -> set[int]:
            rows = text("SELECT complaint_id FROM complaint_caller WHERE tenant = :t AND sealed IS NOT NULL"
                        " AND caller_hash IS NOT NULL AND complaint_id = ANY(:ids)")  # fmt: skip
            return set(session.execute(rows, {"t": county, "ids": [old, fresh, waiting]}).scalars())

        assert known() == {old, fresh, waiting}
        assert [one.what for one in expire_files(session, county, dt.date(2026, 3, 10))] == []
        (gone,) = expire_files(session, county, dt.date(2026, 3, 11))
        assert (gone.what, gone.gone, known()) == ("complaint_caller", 1, {fresh, waiting})
        assert gone.kept_for["open"] >= 1
        assert expire_files(session, county, dt.date(2026, 3, 11)) == []
        session.rollback()
