"""A problem has a person and a date as long as it is open, one owner, and a history that says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from geo.cases.books import import_table
from geo.cases.codes.actions import UnknownCode
from geo.cases.evidence.actions import list_evidence, read_copy, read_original
from geo.cases.flow import orders
from geo.cases.flow.actions import open_problem, show_history, take_step
from geo.cases.flow.adopt import adopt_events
from geo.cases.flow.dates.actions import remind, reread_dates, show_clock, summarise
from geo.cases.flow.ground.actions import set_desk
from geo.cases.flow.orders import Draft, Meeting, Order
from geo.cases.flow.queries import list_decisions, list_problems
from geo.cases.receipts.actions import UidTaken
from geo.cases.regimes import actions as regimes
from geo.cases.workflow import StepNotOpen
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.messages import say
from geo.uids import uuid7
from tests.cases import START, Clerk, clerk_of, prepare

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def clerk(database: Database, town: str) -> Iterator[Clerk]:
    with clerk_of(database, town) as one:
        yield one


def local(at: dt.datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def test_the_whole_way_from_report_to_evaluation(clerk: Clerk) -> None:
    uid = clerk.open()
    row = clerk.row(uid)
    assert (row["state"], row["staff_code"], row["district_code"], row["number"][:8]) == (
        "reported", "B01", "W", "20260914",
    )  # fmt: skip
    assert local(row["due_at"]) == "09-14 10:00"
    assert clerk.step(uid, "ask_verification", holder="A01") == "verifying"
    assert clerk.row(uid)["staff_code"] == "A01"
    assert clerk.step(uid, "verify_before_registration", staff="A01") == "verified"
    assert clerk.step(uid, "register") == "registered"
    assert clerk.step(uid, "dispatch") == "dispatched"
    row = clerk.row(uid)
    assert (row["unit_code"], row["staff_code"]) == ("S1", "S01")
    assert row["due_at"] == row["handle_due_at"] == row["dispatched_at"] + dt.timedelta(hours=2)
    assert clerk.step(uid, "feed_back", staff="S01") == "handled"
    assert clerk.step(uid, "check_before_closing", staff="A01") == "checked"
    assert clerk.step(uid, "close") == "closed"
    assert clerk.step(uid, "rate", rating=5) == "rated"
    history = show_history(clerk.session, clerk.tenant, row["id"])
    assert [one["step"] for one in history] == [
        "open", "ask_verification", "verify_before_registration", "register", "dispatch", "feed_back",
        "check_before_closing", "close", "rate",
    ]  # fmt: skip
    assert all(one["actor"] and one["at"] for one in history)


def test_closing_puts_the_event_right_and_opening_makes_one_with_a_receipt(clerk: Clerk) -> None:
    before = count_of(clerk.session, clerk.tenant, "event")
    uid = clerk.open()
    assert count_of(clerk.session, clerk.tenant, "event") == before + 1
    clerk.close(uid)
    row = clerk.row(uid)
    event = clerk.session.execute(
        text("SELECT e.* FROM event e JOIN receipt r ON r.row_id = e.id AND r.tenant = e.tenant"
             " WHERE r.uid = :uid AND r.kind = 'event'"), {"uid": row["event_uid"]},
    ).one()  # fmt: skip
    assert (event.closed_at, event.code, event.origin) == (row["closed_at"], "04-06", "patrol")


def test_the_map_shows_a_problem_while_it_is_open_and_counts_it(clerk: Clerk) -> None:
    def shown() -> list[tuple[str, dt.datetime]]:
        found = clerk.session.execute(
            text("SELECT stage, due_at FROM open_problem WHERE tenant = :t AND source = 'problem'"), {"t": clerk.tenant}
        )
        return [(row[0], row[1]) for row in found]

    before = count_of(clerk.session, clerk.tenant, "open_problem")
    uid = clerk.open()
    assert shown()[0][0] == "desk"
    clerk.step(uid, "register")
    clerk.step(uid, "dispatch")
    assert shown() == [("handling", clerk.row(uid)["due_at"])]
    assert count_of(clerk.session, clerk.tenant, "open_problem") == before + 1
    clerk.step(uid, "feed_back")
    clerk.step(uid, "check_before_closing")
    clerk.step(uid, "close")
    assert shown() == []
    assert count_of(clerk.session, clerk.tenant, "open_problem") == before


def test_the_same_report_and_the_same_step_sent_again_change_nothing(clerk: Clerk) -> None:
    draft = Draft(uuid7(), "04-06", "patrol", START, 117.99, 28.29)
    first = open_problem(clerk.session, clerk.tenant, draft)
    assert open_problem(clerk.session, clerk.tenant, draft) == first
    order = Order("register", START, "clerk", uid=uuid7())
    assert take_step(clerk.session, clerk.tenant, draft.uid, order) == "registered"
    assert take_step(clerk.session, clerk.tenant, draft.uid, order) == "registered"
    assert len(show_history(clerk.session, clerk.tenant, first)) == 2
    with pytest.raises(UidTaken):
        open_problem(clerk.session, clerk.tenant, Draft(order.uid or uuid7(), "04-06", "patrol", START, 117.99, 28.29))


def test_an_event_has_one_problem_at_most(clerk: Clerk) -> None:
    first = clerk.row(clerk.open())
    with pytest.raises(orders.EventTaken, match=first["number"]):
        clerk.open(event_uid=first["event_uid"])
    with pytest.raises(orders.BadDraft):
        clerk.open(event_uid=uuid7())


def test_on_the_spot_needs_two_different_pictures(clerk: Clerk, tmp_path: Path) -> None:
    uid = clerk.open()
    with pytest.raises(orders.PhotosMissing):
        clerk.step(uid, "settle_on_spot")
    clerk.photograph(tmp_path, uid, "before", 10)
    clerk.photograph(tmp_path, uid, "after", 10)
    with pytest.raises(orders.PhotosMissing):
        clerk.step(uid, "settle_on_spot")
    clerk.photograph(tmp_path, uid, "after", 200)
    assert clerk.step(uid, "settle_on_spot", staff="A01") == "closed"
    row = clerk.row(uid)
    assert row["closed_at"] == row["handled_at"] == clerk.at and row["registered_at"] is None
    found = list_evidence(clerk.session, clerk.tenant, "problem", row["id"])
    assert [one["kind"] for one in found] == ["before", "after", "after"]
    assert read_copy(clerk.session, clerk.tenant, tmp_path, found[0]["uid"])[:2] == b"\xff\xd8"
    assert read_original(clerk.session, clerk.tenant, tmp_path, found[0]["uid"], "clerk")[1] == "image/jpeg"


def test_rework_goes_on_with_the_time_that_was_left_and_checking_is_for_somebody_else(clerk: Clerk) -> None:
    uid = clerk.open(code="03-04", lon=118.015, lat=28.31)
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    clerk.step(uid, "feed_back", hours=1)
    handler = clerk.row(uid)["handler_id"]
    clerk.step(uid, "rework", hours=2, note="未清理干净")
    row = clerk.row(uid)
    assert (row["state"], row["staff_id"], local(row["due_at"])) == ("dispatched", handler, "09-14 15:00")
    clerk.step(uid, "feed_back", hours=0.25)
    with pytest.raises(orders.SamePerson):
        clerk.step(uid, "check_before_closing", staff="B01")
    with pytest.raises(orders.StepIncomplete):
        clerk.step(uid, "check_before_closing", staff=None)


def test_an_extension_is_asked_for_and_granted_or_refused(clerk: Clerk) -> None:
    uid = clerk.open()
    for step in ("register", "dispatch"):
        clerk.step(uid, step, hours=0)
    with pytest.raises(orders.StepIncomplete):
        clerk.step(uid, "ask_extension", note="等设备", hours=0)
    due = clerk.row(uid)["due_at"]
    clerk.step(uid, "ask_extension", note="等设备", amount=3, hours=0.5)
    assert clerk.row(uid)["due_at"] == due
    clerk.step(uid, "refuse_extension", note="设备在库", hours=0.1)
    assert clerk.row(uid)["due_at"] == due
    clerk.step(uid, "ask_extension", note="等设备", amount=3, hours=0)
    clerk.step(uid, "grant_extension", hours=0.1)
    assert clerk.row(uid)["due_at"] == due + dt.timedelta(hours=3)


def test_a_problem_put_aside_has_a_day_of_review_and_its_clock_rests(clerk: Clerk) -> None:
    uid = clerk.open()
    for step in ("register", "dispatch"):
        clerk.step(uid, step, hours=0)
    clerk.step(uid, "suspend", note="等预算", amount=20, hours=1)
    row = clerk.row(uid)
    assert (row["state"], row["due_at"]) == ("suspended", clerk.at + dt.timedelta(days=20))
    assert row["staff_code"] == "S01"
    clerk.step(uid, "review", note="仍等预算", amount=10, hours=24 * 20)
    assert clerk.row(uid)["due_at"] == clerk.at + dt.timedelta(days=10)
    clerk.step(uid, "resume", hours=24)
    assert clerk.row(uid)["due_at"] == clerk.at + dt.timedelta(hours=1)


def test_a_lamp_has_24_natural_hours_from_discovery_and_a_cable_fault_is_put_aside(clerk: Clerk) -> None:
    lamp = clerk.open(code="C01-37")
    found = clerk.at
    for step in ("register", "dispatch"):
        clerk.step(lamp, step, hours=5)
    assert clerk.row(lamp)["due_at"] == found + dt.timedelta(hours=24)
    cable = clerk.open(code="C01-37", grade="cable")
    clerk.step(cable, "register")
    assert clerk.step(cable, "dispatch") == "suspended"
    row = clerk.row(cable)
    assert row["due_at"] == clerk.at + dt.timedelta(days=30)
    assert [one["step"] for one in show_history(clerk.session, clerk.tenant, row["id"])][-2:] == ["dispatch", "suspend"]


def test_a_dispute_ends_with_the_record_of_a_meeting_and_one_owner(clerk: Clerk) -> None:
    uid = clerk.open()
    clerk.step(uid, "register")
    clerk.step(uid, "dispatch")
    assert clerk.step(uid, "dispute", note="应由业主单位负责") == "disputed"
    row = clerk.row(uid)
    assert (row["owner_unit_id"], row["staff_code"]) == (None, "B01") and row["due_at"] is not None
    with pytest.raises(orders.StepIncomplete):
        clerk.step(uid, "settle", unit="B")
    said = Meeting("joint_meeting", dt.date(2026, 9, 16), "由局里牵头", ("住建局", "城管局"))
    with pytest.raises(orders.StepIncomplete):
        clerk.step(uid, "settle", meeting=said)
    assert clerk.step(uid, "settle", unit="B", meeting=said, holder="B02") == "dispatched"
    row = clerk.row(uid)
    assert (row["unit_code"], row["staff_code"]) == ("B", "B02")
    (kept,) = list_decisions(clerk.session, clerk.tenant, row["id"])
    assert (kept["unit"], kept["bodies"], kept["decision"]) == ("B", ["住建局", "城管局"], "由局里牵头")


def test_sending_back_clears_the_owner_and_the_next_one_has_the_whole_time(clerk: Clerk) -> None:
    uid = clerk.open()
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    clerk.step(uid, "send_back", note="不在辖区", hours=1.5)
    row = clerk.row(uid)
    assert (row["state"], row["unit_code"], row["staff_code"]) == ("registered", None, "B01")
    with pytest.raises(orders.StepIncomplete):
        clerk.step(uid, "dispatch", unit="B")
    clerk.step(uid, "dispatch", unit="B", note="改派", hours=1)
    assert clerk.row(uid)["due_at"] == clerk.at + dt.timedelta(hours=2)


def test_where_nobody_answers_a_problem_is_not_dispatched(clerk: Clerk) -> None:
    clerk.session.execute(text("DELETE FROM responsibility WHERE tenant = :t"), {"t": clerk.tenant})
    uid = clerk.open()
    clerk.step(uid, "register")
    with pytest.raises(orders.NoOwner):
        clerk.step(uid, "dispatch")
    assert clerk.step(uid, "dispatch", unit="S1") == "dispatched"


def test_merging_keeps_the_earlier_one_and_splitting_puts_back_what_was(clerk: Clerk) -> None:
    first = clerk.open()
    clerk.at += dt.timedelta(minutes=10)
    second = clerk.open()
    for uid in (second,):
        clerk.step(uid, "register", hours=0)
        clerk.step(uid, "dispatch", hours=0)
    was = clerk.row(second)
    with pytest.raises(orders.CannotMerge):
        clerk.step(first, "merge", into=second, hours=0)
    with pytest.raises(orders.CannotMerge):
        clerk.step(second, "merge", into=second, hours=0)
    assert clerk.step(second, "merge", into=first, hours=0.5) == "merged"
    event = text("SELECT duplicate_of FROM event WHERE tenant = :t AND uid = :uid")
    repeats = clerk.session.execute(event, {"t": clerk.tenant, "uid": was["event_uid"]}).scalar()
    assert (
        repeats
        == clerk.session.execute(
            text("SELECT source_key FROM event WHERE tenant = :t AND uid = :uid"),
            {"t": clerk.tenant, "uid": clerk.row(first)["event_uid"]},
        ).scalar()
    )
    assert clerk.step(second, "split", note="不是同一件", hours=0.1) == "dispatched"
    now = clerk.row(second)
    same = ("state", "owner_unit_id", "handler_id", "staff_id", "due_at", "found_at", "merged_into")
    assert {name: now[name] for name in same} == {name: was[name] for name in same}
    assert clerk.session.execute(event, {"t": clerk.tenant, "uid": was["event_uid"]}).scalar() is None


def test_a_voided_report_counts_for_nothing_and_needs_a_reason(clerk: Clerk) -> None:
    uid = clerk.open()
    with pytest.raises(orders.StepIncomplete):
        clerk.step(uid, "void")
    assert clerk.step(uid, "void", note="核实不属实") == "voided"
    row = clerk.row(uid)
    repeats = text("SELECT duplicate_of FROM event WHERE tenant = :t AND uid = :uid")
    assert clerk.session.execute(repeats, {"t": clerk.tenant, "uid": row["event_uid"]}).scalar() == "void"
    with pytest.raises(StepNotOpen) as refused:
        clerk.step(uid, "register")
    assert refused.value.facts["open"] == "-"


def test_an_appeal_goes_back_to_closed_and_keeps_the_day_of_closing(clerk: Clerk) -> None:
    uid = clerk.open()
    clerk.close(uid)
    closed_at = clerk.row(uid)["closed_at"]
    assert clerk.step(uid, "appeal", note="超期是因为停电") == "appealed"
    assert clerk.row(uid)["due_at"] is not None and clerk.row(uid)["staff_code"] == "B01"
    assert clerk.step(uid, "accept_appeal", note="情况属实") == "closed"
    assert clerk.row(uid)["closed_at"] == closed_at
    assert show_history(clerk.session, clerk.tenant, clerk.row(uid)["id"])[-1]["facts"]["counts"] is False


def test_an_order_of_a_higher_office_brings_its_own_day(clerk: Clerk) -> None:
    day = START + dt.timedelta(minutes=90)
    uid = clerk.open(code="01-01", origin="order", ordered_due_at=day)
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    assert clerk.row(uid)["due_at"] == day


def test_the_regime_of_the_street_scales_the_time_and_says_what_may_stand(clerk: Clerk) -> None:
    on_street = {"lon": 118.0, "lat": 28.285}
    with pytest.raises(regimes.UnknownStreet):
        regimes.set_regime(clerk.session, clerk.tenant, "strict", dt.date(2026, 9, 1), street="没有路", actor="x")
    assert regimes.set_regime(clerk.session, clerk.tenant, "strict", dt.date(2026, 9, 1), street="界路", actor="x") == 1
    assert (
        regimes.set_regime(clerk.session, clerk.tenant, "standard", dt.date(2026, 9, 15), street="界路", actor="x") == 1
    )
    uid = clerk.open(**on_street)
    row = clerk.row(uid)
    assert (row["road"], row["regime"], row["district_code"]) == ("界路", "strict", "E")
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    assert clerk.row(uid)["due_at"] == clerk.at + dt.timedelta(hours=1)
    clerk.at += dt.timedelta(days=2)
    with pytest.raises(orders.Tolerated):
        clerk.open(stood_min=10, **on_street)
    later = clerk.row(clerk.open(stood_min=40, **on_street))
    assert later["regime"] == "standard"
    figures = regimes.load_figures(clerk.session, clerk.tenant, dt.date(2026, 9, 14), dt.date(2026, 9, 16))
    assert [(one["regime"], one["problems"]) for one in figures] == [("standard", 1), ("strict", 1)]
    rules = "管控级别,起始日期,容忍时长,时限系数,首步措施,每班巡查次数\n严管,2026-09-01,0,250,警示,6\n"
    import_table(clerk.session, clerk.tenant, "regimes", rules.encode())
    assert regimes.rule_of(clerk.session, clerk.tenant, "strict", dt.date(2026, 9, 2)).first_step == "warn"
    assert regimes.rule_of(clerk.session, clerk.tenant, "strict", dt.date(2026, 8, 2)).clock_permille == 500


@pytest.mark.parametrize(
    "wrong",
    [{"lon": 10.0}, {"origin": "rumour"}, {"quantity": -1.0}, {"found_at": START + dt.timedelta(days=4000)},
     {"found_at": START.replace(tzinfo=None)}, {"lon": None}],
)  # fmt: skip
def test_a_report_that_cannot_be_is_refused_in_words(clerk: Clerk, wrong: dict[str, object]) -> None:
    with pytest.raises(orders.BadDraft) as refused:
        clerk.open(**wrong)  # type: ignore[arg-type]
    assert say(refused.value.code, "zh", **refused.value.facts)


def test_unknown_codes_people_and_problems_are_named(clerk: Clerk) -> None:
    with pytest.raises(UnknownCode):
        clerk.open(code="99-99")
    uid = clerk.open()
    with pytest.raises(orders.UnknownPerson):
        clerk.step(uid, "register", holder="Z9")
    with pytest.raises(orders.UnknownProblem):
        clerk.step(uuid7(), "register")
    set_desk(clerk.session, clerk.tenant, "B02", "x")
    assert clerk.row(clerk.open())["staff_code"] == "B02"


def test_warnings_and_missed_dates_are_said_once(clerk: Clerk) -> None:
    uid = clerk.open()
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    for hours, expected in ((1.0, (0, 0)), (1.6, (1, 0)), (1.7, (0, 0)), (2.5, (0, 1)), (3.0, (0, 0))):
        said = remind(clerk.session, clerk.tenant, clerk.at + dt.timedelta(hours=hours))
        assert (said["warned"], said["overdue"]) == expected
    (row,) = summarise(clerk.session, clerk.tenant, clerk.at + dt.timedelta(hours=3))
    assert (row["problems"], row["overdue"], row["warned"]) == (1, 1, 0)


def test_new_hours_are_read_into_every_open_problem_from_the_log_alone(clerk: Clerk) -> None:
    uid = clerk.open(code="03-04", lon=118.015, lat=28.31)
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=2.5)
    was = clerk.row(uid)
    assert local(was["due_at"]) == "09-14 15:30"
    clerk.session.execute(text("UPDATE problem_case SET due_at = now(), warn_at = NULL, handle_due_at = NULL"))
    now = dt.datetime.now(dt.UTC)
    assert reread_dates(clerk.session, clerk.tenant, now).changed == 1
    same = ("due_at", "warn_at", "handle_due_at")
    assert {name: clerk.row(uid)[name] for name in same} == {name: was[name] for name in same}
    from geo.cases.books import import_table as take_hours

    take_hours(clerk.session, clerk.tenant, "hours", "起始日期,工作时间\n2026-09-01,09:00-11:00\n".encode())
    take_hours(clerk.session, clerk.tenant, "days", "日期,类别,说明\n2026-09-15,放假,停电\n".encode())
    assert reread_dates(clerk.session, clerk.tenant, now).changed == 1
    assert local(clerk.row(uid)["due_at"]) == "09-16 11:00"
    assert show_clock(clerk.session, clerk.tenant, was["id"], now)["budget_s"] == 7200


def test_a_list_shows_what_is_asked_for_and_nothing_of_other_ground(clerk: Clerk) -> None:
    west, east = clerk.open(), clerk.open(lon=118.015, lat=28.31)
    clerk.step(west, "register")

    def listed(**how: object) -> list[object]:
        return [row["uid"] for row in list_problems(clerk.session, clerk.tenant, **how)]  # type: ignore[arg-type]

    assert listed() == [east, west]
    assert listed(area=["W"]) == [west]
    assert listed(area=[]) == []
    assert listed(states=["registered"]) == [west]
    assert listed(overdue=True) == [east, west]
    assert listed(staff="B01", only_open=True, most=1) == [east]
    assert listed(before=clerk.row(east)["id"]) == [west]


def test_a_matrix_row_for_a_street_outranks_its_district(clerk: Clerk) -> None:
    text_ = "代码,地点类别,地点,责任单位,责任人\n04-*,道路,界路,S1,S02\n,全县,,B,\n"
    import_table(clerk.session, clerk.tenant, "matrix", text_.encode())
    uid = clerk.open(lon=118.0, lat=28.285)
    clerk.step(uid, "register")
    clerk.step(uid, "dispatch")
    assert (clerk.row(uid)["unit_code"], clerk.row(uid)["staff_code"]) == ("S1", "S02")
    clerk.step(uid, "hand_over", holder="A01")
    assert clerk.row(uid)["staff_code"] == "A01"


def test_open_events_that_nobody_follows_become_problems_once(clerk: Clerk) -> None:
    event = text(
        "UPDATE event SET code = CASE WHEN id % 2 = 0 THEN '04-06' ELSE '0201' END"
        " WHERE tenant = :t AND source = 'test' AND closed_at IS NULL"
    )
    clerk.session.execute(event, {"t": clerk.tenant})
    # The ground's events stand there without receipts, which every import writes.
    clerk.session.execute(
        text("INSERT INTO receipt (tenant, uid, kind, row_id, received_at)"
             " SELECT tenant, uid, 'event', id, received_at FROM event WHERE tenant = :t"),
        {"t": clerk.tenant},
    )  # fmt: skip
    found = adopt_events(clerk.session, clerk.tenant)
    assert (len(found.problems), found.left) == (5, 5)
    assert adopt_events(clerk.session, clerk.tenant).problems == ()
    assert {row["state"] for row in list_problems(clerk.session, clerk.tenant)} == {"reported"}


def test_events_that_a_permit_may_allow_are_told_and_not_opened_until_somebody_has_looked(clerk: Clerk) -> None:
    clerk.session.execute(
        text("UPDATE event SET code = '04-06' WHERE tenant = :t AND closed_at IS NULL"), {"t": clerk.tenant}
    )
    clerk.session.execute(
        text("INSERT INTO receipt (tenant, uid, kind, row_id, received_at)"
             " SELECT tenant, uid, 'event', id, received_at FROM event WHERE tenant = :t ON CONFLICT DO NOTHING"),
        {"t": clerk.tenant},
    )  # fmt: skip
    clerk.session.execute(
        text("INSERT INTO permit (tenant, source, source_key, number, kind, valid_from_on, valid_to_on, geom)"
             " SELECT tenant, 'test', 'p', '占2026-1', 'occupation', '2000-01-01', '2100-01-01', geom FROM event"
             " WHERE tenant = :t AND closed_at IS NULL ORDER BY id LIMIT 1"),
        {"t": clerk.tenant},
    )  # fmt: skip
    found = adopt_events(clerk.session, clerk.tenant)
    assert found.asked and {permits for _, permits in found.asked} == {"占2026-1"}
    again = adopt_events(clerk.session, clerk.tenant, permit_checked=True)
    assert len(again.problems) == len(found.asked) and again.asked == ()
    kept = {tuple(show_history(clerk.session, clerk.tenant, row)[0]["facts"]["permits"]) for row in again.problems}
    assert kept == {("占2026-1",)}
