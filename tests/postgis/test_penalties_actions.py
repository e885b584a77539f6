"""A penalty case from application to archive: reviewed in tiers, never by who handled it, closed with nothing open."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from geo.cases.evidence.actions import Given, add_picture
from geo.cases.flow.actions import open_problem
from geo.cases.flow.orders import Draft
from geo.cases.formal.pair import MayNotSign
from geo.cases.ladder.rules import import_exemptions
from geo.cases.notices.actions import DocumentDraft, DocumentStep, draft_document
from geo.cases.notices.actions import take_step as issue_step
from geo.cases.penalties.actions import (
    ExemptionAsked,
    NotIdentified,
    PenaltyDraft,
    apply_penalty,
    get_penalty,
    list_overdue,
    review,
    take_step,
    tick,
)
from geo.cases.penalties.guards import (
    ItemsOpen,
    NotByHandler,
    OutOfBounds,
    ReviewsMissing,
    StepNeeds,
    StepOrder,
    TooEarly,
    TooLate,
)
from geo.cases.penalties.queries import list_referrals
from geo.cases.penalties.referrals import Answered, ReferralDraft, answer, refer, remind
from geo.cases.powers.actions import NoBand
from geo.cases.secrets.actions import open_secrets
from geo.cases.subjects.actions import confirm_subject, note_subject
from geo.cases.subjects.identity import Identity
from geo.cases.workflow import StepNotOpen
from geo.uids import uuid7
from tests.cases import picture
from tests.lawful import SYSTEM, found, local, on_shift, yesterday
from tests.postgis.test_story_06_the_ladder import EXEMPTIONS

ON = yesterday()


class Office:
    """A bureau with one case."""

    def __init__(self, session, bureau, home):
        self.session, self.bureau, self.t = session, bureau, bureau.tenant
        self.keys = open_secrets(session, self.t, home)
        self.subject = note_subject(session, self.t, self.keys, uuid7(), Identity("shop", "便民小吃"), "W", "aux")
        self.minute, self.on = 0, ON

    def applies(self, **changed):
        given = {"uid": uuid7(), "subject_id": self.subject, "item": "P-001", "body": "B1", "code_system": SYSTEM}
        given |= {"code": "04-05", "district_code": "W", "applied_at": self.now()} | changed
        return apply_penalty(self.session, self.t, PenaltyDraft(**given), self.bureau("L1"))

    def confirmed(self):
        confirm_subject(self.session, self.t, self.subject, "L1", "l1")
        return self.applies()

    def now(self):
        self.minute += 1
        return local(self.on, 8, 0) + dt.timedelta(minutes=self.minute)

    def does(self, case, step, staff="BOSS", at=None, **said):
        order = StepOrder(step, at or self.now(), **said)
        return take_step(self.session, self.t, case, order, self.bureau(staff))

    def both(self, case, step, **said):
        at = self.now()
        self.does(case, step, "L1", at, **said)
        return self.does(case, step, "L2", at, **said)

    def reviews(self, case, kind, staff="LAW", members=()):
        review(self.session, self.t, case, kind, "同意", members, self.bureau(staff), self.now())

    def ticks(self, case, item, reference="存储 1-23"):
        tick(self.session, self.t, case, item, reference, self.bureau("L1"), self.now())

    def told(self, case, amount=500, **more):
        self.does(case, "file")
        self.both(case, "finish_evidence")
        self.both(case, "inform", amount_yuan=amount, **more)
        return self.both(case, "hear", note="当事人无异议")


@pytest.fixture
def office(database, county, tmp_path):
    with database.begin(county) as session:
        yield Office(session, found(session, county, [ON]), tmp_path)


def test_a_case_goes_its_whole_way_and_closes_with_nothing_open(office):
    case = office.confirmed()
    told = office.told(case)
    assert (told["state"], told["amount_yuan"], told["reviews_needed"]) == ("heard", 500, ["leader"])
    with pytest.raises(ReviewsMissing, match="leader"):
        office.does(case, "settle")
    office.reviews(case, "leader", "BOSS")
    office.does(case, "settle")
    with pytest.raises(OutOfBounds):
        office.does(case, "decide", decision="fine", amount_yuan=501)
    with pytest.raises(StepNeeds):  # there is nothing to publish yet
        office.ticks(case, "published")
    for decision, yuan in (("fine", 0), ("warning", 100), ("nonsense", 0)):
        with pytest.raises(StepNeeds):
            office.does(case, "decide", decision=decision, amount_yuan=yuan)
    decided = office.does(case, "decide", decision="fine", amount_yuan=400)
    assert (decided["decision"], decided["amount_yuan"]) == ("fine", 400)
    office.both(case, "serve")
    office.does(case, "perform")
    for item, left in (("shown", "recorded, published"), ("recorded", "published"), ("published", None)):
        with pytest.raises(ItemsOpen) as refused:
            office.does(case, "archive", archive_term="long")
        assert item in refused.value.facts["items"]
        office.ticks(case, item)
        assert ", ".join(get_penalty(office.session, office.t, case)["open_items"]) == (left or "")
    with pytest.raises(StepNeeds):
        office.does(case, "archive")
    done = office.does(case, "archive", archive_term="long")
    assert (done["state"], done["open_steps"], done["archived_on"]) == ("archived", [], ON)
    steps = "open file finish_evidence inform hear settle decide serve perform archive".split()
    assert [one["step"] for one in done["history"]] == steps


@pytest.mark.parametrize(("served", "reminded"), [(300, 5), (60, 59)])
def test_a_court_is_asked_after_appeal_and_reminder_only(office, served, reminded):
    """行政强制法 arts. 53, 54: five days after the reminder, or two months after the decision, is too early."""
    for days in (served, reminded):
        on_shift(office.session, office.t, yesterday(days))
    office.on = yesterday(served)
    case = office.confirmed()
    office.told(case)
    office.reviews(case, "leader", "BOSS")
    office.does(case, "settle")
    office.does(case, "decide", decision="fine", amount_yuan=400)
    office.both(case, "serve")
    office.on = yesterday(reminded)
    office.both(case, "remind")
    office.on = ON
    with pytest.raises(TooEarly):
        office.does(case, "apply_court")


def test_who_does_not_pay_is_reminded_taken_to_court_and_filed(office):
    on_shift(office.session, office.t, yesterday(300))
    office.on = yesterday(300)
    case = office.confirmed()
    office.told(case)
    office.reviews(case, "leader", "BOSS")
    office.does(case, "settle")
    office.does(case, "decide", decision="fine", amount_yuan=400)
    office.both(case, "serve")
    assert office.both(case, "remind")["open_steps"] == ["perform", "apply_court"]
    office.on = ON
    assert office.does(case, "apply_court")["state"] == "in_court"
    office.does(case, "end_enforcement")
    for item in ("shown", "recorded", "published"):
        office.ticks(case, item)
    assert office.does(case, "archive", archive_term="long")["state"] == "archived"


def test_what_is_on_file_about_a_case_stands_in_its_order(office, tmp_path):
    """V06 全过程记录: from the picture and the paper to the step that rests on them."""
    uid, session, t = uuid7(), office.session, office.t
    confirm_subject(session, t, office.subject, "L1", "l1")
    problem = open_problem(session, t, Draft(uid, "04-05", "patrol", local(ON, 5), lon=117.99, lat=28.3))
    given = Given(uuid7(), "problem", problem, "scene", local(ON, 6), 117.99, 28.3)
    add_picture(session, t, tmp_path, given, picture())
    case = office.applies(problem_id=problem)
    office.does(case, "file")
    paper = DocumentDraft(uuid7(), "scene_record", "P-001", "B1", 117.99, 28.3, penalty_id=case)
    document = draft_document(session, t, office.keys, paper, office.bureau("L1"))
    at = office.now()
    for staff in ("L1", "L2"):
        issue_step(session, t, document, DocumentStep("issue", at), office.bureau(staff))
    office.both(case, "finish_evidence")
    office.ticks(case, "recorded")
    told = get_penalty(session, t, case)["timeline"]
    assert [(one["what"], one["said"]) for one in told if one["what"] != "signed"] == [
        ("picture", "scene"), ("step", "open"), ("step", "file"), ("document", "scene_record"),
        ("step", "finish_evidence"), ("check", "recorded"),
    ]  # fmt: skip
    assert len(told[0]["reference"]) == 64 and told[3]["reference"].startswith("某城管笔录字")
    assert [(one["said"], one["reference"]) for one in told if one["what"] == "signed"] == [
        ("finish_evidence", "l1, l2")
    ]
    other = office.applies()
    assert [one["said"] for one in get_penalty(session, t, other)["timeline"]] == ["open"]


def test_a_step_that_is_not_open_names_those_that_are(office):
    case = office.confirmed()
    with pytest.raises(StepNotOpen) as refused:
        office.does(case, "decide", decision="fine", amount_yuan=1)
    assert refused.value.facts["open"] == "file, refuse, decide_on_spot"


def test_who_handled_a_case_neither_reviews_nor_decides_it(office):
    case = office.confirmed()
    office.told(case)
    with pytest.raises(NotByHandler):
        office.reviews(case, "leader", "L1")
    office.reviews(case, "leader", "BOSS")
    office.does(case, "settle")
    with pytest.raises(NotByHandler):
        office.does(case, "decide", "L2", decision="warning")
    assert office.does(case, "decide", decision="warning")["state"] == "decided"


def test_more_money_asks_for_more_reviews(office):
    case = office.confirmed()
    office.told(case, amount=1500, gravity="ordinary")
    office.reviews(case, "leader", "BOSS")
    with pytest.raises(ReviewsMissing, match="legal"):
        office.does(case, "settle")
    office.reviews(case, "legal")
    assert office.does(case, "settle")["state"] == "settled"
    sent_back = office.does(case, "send_back", note="证据不足")
    assert (sent_back["state"], sent_back["reviews"]) == ("investigated", [])


def test_a_collective_discussion_is_three(office):
    office.confirmed()
    case = office.applies(party="body", gravity="serious")
    office.told(case, amount=3000, gravity="serious")
    with pytest.raises(StepNeeds):
        office.reviews(case, "collective", "BOSS", ["LAW"])
    for kind, members in (("collective", ["LAW", "L3"]), ("legal", ()), ("leader", ())):
        office.reviews(case, kind, "BOSS", members)
    assert office.does(case, "settle")["state"] == "settled"
    with pytest.raises(NoBand):
        office.does(case, "decide", decision="fine", amount_yuan=1999)


def test_nobody_alone_and_nobody_unlicensed_takes_a_formal_step(office):
    case = office.confirmed()
    office.does(case, "file")
    at = office.now()
    assert office.does(case, "finish_evidence", "L1", at)["state"] == "filed"
    for staff in ("OLD", "NEW", "L3", "L5"):
        with pytest.raises(MayNotSign):
            office.does(case, "finish_evidence", staff, at)
    assert office.does(case, "finish_evidence", "L2", at)["state"] == "investigated"


def test_a_case_needs_somebody_known_and_an_answer_to_the_list_of_exemptions(office):
    with pytest.raises(NotIdentified):
        office.applies()
    office.confirmed()
    import_exemptions(office.session, office.t, EXEMPTIONS.encode(), "test")
    with pytest.raises(ExemptionAsked, match="免-1"):
        office.applies()
    assert office.applies(exemption_answer="未及时改正")


def test_on_the_spot_is_for_small_fines_of_two_officers(office):
    case = office.confirmed()
    at = office.now()
    with pytest.raises(OutOfBounds):
        office.does(case, "decide_on_spot", "L1", at, decision="fine", amount_yuan=201)
    assert office.both(case, "decide_on_spot", decision="fine", amount_yuan=100)["state"] == "decided"


def test_after_two_years_nothing_is_filed(office):
    case = office.confirmed()
    incident = office.session.execute(
        text("""INSERT INTO ladder_incident (tenant, uid, code_system, code, at, district_code, proposed, officer_id,
                 made_by, geom) SELECT :t, :u, 'x', 'y', :at, 'W', 'persuade', id, 'test', 'SRID=4490;POINT(118 28.3)'
                 FROM staff WHERE tenant = :t AND code = 'L1' RETURNING id"""),
        {"t": office.t, "u": uuid7(), "at": local(yesterday(740))},
    ).scalar_one()
    office.session.execute(text("UPDATE penalty SET incident_id = :i WHERE id = :p"), {"i": incident, "p": case})
    with pytest.raises(TooLate):
        office.does(case, "file")


def test_ninety_days_and_seven_workdays_run_and_are_listed_when_they_are_over(office):
    case = office.confirmed()
    filed = office.does(case, "file")
    assert filed["due_on"] == ON + dt.timedelta(days=90)
    last = filed["due_on"]
    assert list_overdue(office.session, office.t, last) == []
    (late,) = list_overdue(office.session, office.t, last + dt.timedelta(days=1))
    assert (late["id"], late["what"], late["due_on"]) == (case, "decide", last)
    other = office.applies()
    office.both(other, "decide_on_spot", decision="warning")
    late = list_overdue(office.session, office.t, ON + dt.timedelta(days=30), ["W"])
    assert [(one["id"], one["what"]) for one in late] == [(other, "publish")]
    office.ticks(other, "published", "公示网 2026-11")
    assert list_overdue(office.session, office.t, ON + dt.timedelta(days=30)) == []
    assert list_overdue(office.session, office.t, last + dt.timedelta(days=1), ["E"]) == []


def test_a_referral_waits_is_reminded_and_comes_back_or_is_taken(office):
    case = office.confirmed()
    office.does(case, "file")
    with pytest.raises(StepNeeds, match="by_referral"):
        office.does(case, "refer")
    seven = local(ON, 7)  # the day before at Greenwich
    early = ReferralDraft(uuid7(), "县公安局", "涉嫌犯罪", seven, ON - dt.timedelta(days=1), penalty_id=case)
    with pytest.raises(StepNeeds, match="reply_due_on"):
        refer(office.session, office.t, early, office.bureau("L1"))
    draft = ReferralDraft(uuid7(), "县公安局", "涉嫌犯罪", office.now(), ON + dt.timedelta(days=10), penalty_id=case)
    sent = refer(office.session, office.t, draft, office.bureau("L1"))
    assert refer(office.session, office.t, draft, office.bureau("L1")) == sent
    assert get_penalty(office.session, office.t, case)["state"] == "referred"
    after = ON + dt.timedelta(days=11)
    assert list_referrals(office.session, office.t, ON, overdue=True) == []
    assert [one["id"] for one in list_referrals(office.session, office.t, after, overdue=True)] == [sent]
    assert remind(office.session, office.t, sent, "l1") == 1
    answer(office.session, office.t, sent, "不予受理", office.bureau("L1"), office.now(), accepted=False)
    with pytest.raises(Answered):
        remind(office.session, office.t, sent, "l1")
    back = get_penalty(office.session, office.t, case)
    assert (back["state"], back["referrals"][0]["answer"]) == ("filed", "不予受理")
    again = ReferralDraft(uuid7(), "县公安局", "补充证据", office.now(), ON + dt.timedelta(days=10), penalty_id=case)
    number = refer(office.session, office.t, again, office.bureau("L1"))
    answer(office.session, office.t, number, "已立案", office.bureau("L1"), office.now(), accepted=True)
    assert get_penalty(office.session, office.t, case)["state"] == "transferred"


def test_a_retry_of_an_application_changes_nothing_and_numbers_follow_each_other(office):
    office.confirmed()
    uid = uuid7()
    assert office.applies(uid=uid) == office.applies(uid=uid)
    numbers = [get_penalty(office.session, office.t, office.applies())["number"] for _ in range(2)]
    assert [number[-5:] for number in numbers] == ["0003号", "0004号"] and numbers[0].startswith("某城管立〔")
