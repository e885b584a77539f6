"""Documents: numbered when signed by two, due, looked at again by the clock, held no longer than the law lets."""

from __future__ import annotations

import datetime as dt

import geopandas
import pytest
from shapely import box
from sqlalchemy import text

from geo.calendars import add_workdays
from geo.cases.formal.pair import MayNotSign
from geo.cases.notices.actions import (
    DocumentDraft,
    DocumentNeeds,
    DocumentStep,
    ExtendedAlready,
    HeldTooLong,
    RecheckDone,
    TooMuchOnTheSpot,
    UnknownDocument,
    draft_document,
    end_kept,
    end_recheck,
    get_line,
    make_rechecks,
    open_document,
    take_step,
)
from geo.cases.notices.queries import list_overdue, list_rechecks
from geo.cases.powers.actions import BodyMayNot
from geo.cases.risks.gate import NotAssessed
from geo.cases.secrets.actions import open_secrets
from geo.cases.secrets.words import NumberInText
from geo.cases.seizures.actions import (
    BadReport,
    Due,
    NotApproved,
    NotSeized,
    NotTheHead,
    ReportSettled,
    decide_report,
    list_reports,
    remind,
    report_seizure,
)
from geo.cases.subjects.actions import NotAnOfficer, Reader, confirm_subject, note_subject
from geo.cases.subjects.identity import Identity
from geo.cases.subjects.queries import list_accesses
from geo.cases.workflow import StepNotOpen
from geo.db.counties import get_county
from geo.patrol.demand.book.due import list_due
from geo.patrol.demand.deadlines import due_wishes
from geo.patrol.demand.load import load_due
from geo.patrol.demand.span import ShiftSpan
from geo.uids import uuid7
from tests.assessed import assess
from tests.lawful import found, local, on_shift, yesterday

ON = yesterday()
OLD = yesterday(20)
DUE = ON + dt.timedelta(days=5)
HERE = Reader("l1", "L1", ("W",))


class Desk:
    """A bureau that writes documents."""

    def __init__(self, session, bureau, home):
        self.session, self.bureau, self.t = session, bureau, bureau.tenant
        self.keys = open_secrets(session, self.t, home)
        self.subject = note_subject(session, self.t, self.keys, uuid7(), Identity("shop", "便民小吃"), "W", "aux")
        confirm_subject(session, self.t, self.subject, "L1", "l1")
        self.minute = 0

    def drafts(self, kind="rectify", **changed):
        given = {"uid": uuid7(), "kind": kind, "item": "P-001", "body": "B1", "lon": 117.99, "lat": 28.3}
        given |= {"subject_id": self.subject, "due_on": DUE if kind in ("rectify", "deadline") else None} | changed
        return draft_document(self.session, self.t, self.keys, DocumentDraft(**given), self.bureau("L1"))

    def does(self, document, step, staff="L1", on=ON, **said):
        self.minute += 1
        at = local(on, 8) + dt.timedelta(minutes=self.minute)
        take_step(self.session, self.t, document, DocumentStep(step, at, **said), self.bureau(staff))
        return take_step(self.session, self.t, document, DocumentStep(step, at, **said), self.bureau("L2"))

    def approved(self, document, about="take", at=None):
        at = at or local(ON, 7)
        report_seizure(self.session, self.t, document, "BOSS", "", self.bureau("L1"), at, about=about)
        decide_report(self.session, self.t, document, "approved", "", self.bureau("BOSS"), at, about=about)

    def served(self, kind="rectify", **changed):
        document = self.drafts(kind, **changed)
        if kind == "keep_evidence":
            self.approved(document)
        self.does(document, "issue")
        self.does(document, "serve", service="direct")
        return document


@pytest.fixture
def desk(database, county, tmp_path):
    with database.begin(county) as session:
        yield Desk(session, found(session, county, [ON]), tmp_path)


def test_a_notice_gets_its_number_when_two_have_signed_it_and_numbers_have_no_gaps(desk):
    first, second = desk.drafts(), desk.drafts()
    at = local(ON, 9)
    half = take_step(desk.session, desk.t, second, DocumentStep("issue", at), desk.bureau("L1"))
    assert (half["state"], half["number"]) == ("drafted", None)
    with pytest.raises(MayNotSign):
        take_step(desk.session, desk.t, second, DocumentStep("issue", at), desk.bureau("L3"))
    done = take_step(desk.session, desk.t, second, DocumentStep("issue", at), desk.bureau("L2"))
    assert done["number"] == f"某城管责改字〔{ON.year}〕第0001号"
    assert desk.does(first, "issue")["number"] == f"某城管责改字〔{ON.year}〕第0002号"
    other = desk.drafts("deadline")
    assert desk.does(other, "issue")["number"] == f"某城管限改字〔{ON.year}〕第0001号"


def test_the_clock_makes_one_recheck_on_the_due_day_and_its_result_moves_the_notice(desk):
    document = desk.served()
    assert make_rechecks(desk.session, desk.t, DUE - dt.timedelta(days=1)) == 0
    assert make_rechecks(desk.session, desk.t, DUE) == 1
    assert make_rechecks(desk.session, desk.t, DUE + dt.timedelta(days=1)) == 0
    (task,) = list_rechecks(desk.session, desk.t)
    assert (task["document_id"], task["due_on"], task["subject"]) == (document, DUE, "便民小吃")
    assert list_rechecks(desk.session, desk.t, area=["E"]) == []
    with pytest.raises(DocumentNeeds):
        end_recheck(desk.session, desk.t, task["id"], "fine", "", desk.bureau("L1"), local(ON, 12))
    with pytest.raises(UnknownDocument):
        end_recheck(desk.session, desk.t, task["id"], "corrected", "", desk.bureau("L1"), local(ON, 12), ["E"])
    done = end_recheck(desk.session, desk.t, task["id"], "not_corrected", "仍占道", desk.bureau("L3"), local(ON, 12))
    assert done["state"] == "not_corrected" and list_rechecks(desk.session, desk.t) == []
    with pytest.raises(RecheckDone):
        end_recheck(desk.session, desk.t, task["id"], "corrected", "", desk.bureau("L1"), local(ON, 13))
    logged = session_kinds(desk)
    assert logged.count("recheck.due") == 1


def session_kinds(desk):
    return list(desk.session.execute(text("SELECT kind FROM change WHERE tenant = :t"), {"t": desk.t}).scalars())


def test_what_is_overdue_is_listed_until_somebody_has_looked(desk):
    document = desk.served()
    assert list_overdue(desk.session, desk.t, DUE, None) == []
    assert [row["id"] for row in list_overdue(desk.session, desk.t, DUE + dt.timedelta(days=1), None)] == [document]
    make_rechecks(desk.session, desk.t, DUE)
    (task,) = list_rechecks(desk.session, desk.t)
    end_recheck(desk.session, desk.t, task["id"], "corrected", "", desk.bureau("L1"), local(ON, 12))
    assert list_overdue(desk.session, desk.t, DUE + dt.timedelta(days=1), None) == []


def test_a_notice_is_put_off_once_and_its_recheck_with_it(desk):
    document = desk.served()
    make_rechecks(desk.session, desk.t, DUE)
    with pytest.raises(DocumentNeeds):
        desk.does(document, "extend", due_on=DUE)
    later = DUE + dt.timedelta(days=3)
    assert desk.does(document, "extend", due_on=later)["due_on"] == later
    assert list_rechecks(desk.session, desk.t) == []
    assert make_rechecks(desk.session, desk.t, later) == 1
    with pytest.raises(StepNotOpen):
        desk.does(document, "extend", due_on=later + dt.timedelta(days=1))


def test_goods_are_seized_only_on_an_approved_risk_assessment(desk):
    document = desk.drafts("seize", item="Q-001", on_spot=True)
    with pytest.raises(NotAssessed) as refused:
        desk.does(document, "issue")
    assert refused.value.code == "risks.none"
    assess(desk.session, desk.t, "KY-E", acts=("seize",), districts=("E",))
    assess(desk.session, desk.t, "KY-W", acts=("seize",), districts=("W",), upto="draft")
    with pytest.raises(NotAssessed) as refused:
        desk.does(document, "issue")
    assert (refused.value.code, refused.value.facts) == ("risks.not_submitted", {"number": "KY-W", "missing": "-"})
    assess(desk.session, desk.t, "KY-OLD", acts=("seize",), valid=(dt.date(2020, 1, 1), ON - dt.timedelta(days=1)))
    with pytest.raises(NotAssessed) as refused:
        desk.does(document, "issue")
    assert refused.value.code == "risks.expired"
    assess(desk.session, desk.t, "KY-NOW", acts=("seize",))
    assert desk.does(document, "issue")["state"] == "issued"
    kept = desk.drafts("keep_evidence", item="Q-001")
    desk.approved(kept)
    assert desk.does(kept, "issue")["state"] == "issued"


def test_seized_goods_are_held_thirty_days_and_thirty_more_with_the_heads_word(desk):
    assess(desk.session, desk.t, "KY-1", acts=("seize",))
    document = desk.served("seize", item="Q-001", on_spot=True)
    assert get_line(desk.session, desk.t, document)["due_on"] == ON + dt.timedelta(days=30)
    with pytest.raises(NotApproved) as refused:
        desk.does(document, "extend")
    assert refused.value.code == "seizures.not_approved_longer"
    report_seizure(desk.session, desk.t, document, "BOSS", "", desk.bureau("L1"), local(ON, 8, 30), about="longer")
    with pytest.raises(NotApproved):
        desk.does(document, "extend")
    waiting = list_reports(desk.session, desk.t, local(ON, 9), ["W"])
    assert [(one["about"], one["standing"]) for one in waiting] == [("take", "running"), ("longer", "before")]
    boss = desk.bureau("BOSS")
    decide_report(desk.session, desk.t, document, "approved", "", boss, local(ON, 8, 30), about="longer")
    assert desk.does(document, "extend")["due_on"] == ON + dt.timedelta(days=60)
    with pytest.raises(ReportSettled):
        desk.approved(document, "longer", local(ON, 9))
    late = list_overdue(desk.session, desk.t, ON + dt.timedelta(days=61), ["W"])
    assert [one["id"] for one in late] == [document]
    assert desk.does(document, "give_back")["state"] == "returned"
    assert make_rechecks(desk.session, desk.t, ON + dt.timedelta(days=90)) == 0


def test_evidence_is_kept_once_the_head_has_approved_who_does_not_sign(desk):
    document = desk.drafts("keep_evidence", item="Q-001")
    with pytest.raises(NotApproved) as refused:
        desk.does(document, "issue")
    assert refused.value.code == "seizures.not_approved_keep"
    at = local(ON, 7)
    with pytest.raises(NotTheHead):
        report_seizure(desk.session, desk.t, document, "L1", "", desk.bureau("L1"), at)
    report_seizure(desk.session, desk.t, document, "L3", "账册一本", desk.bureau("L1"), at)
    with pytest.raises(NotApproved):
        desk.does(document, "issue")
    decide_report(desk.session, desk.t, document, "approved", "", desk.bureau("L3"), at)
    with pytest.raises(NotTheHead):
        desk.does(document, "issue", staff="L3")
    assert desk.does(document, "issue")["due_on"] == add_workdays(ON, 7)
    desk.does(document, "serve", service="direct")
    with pytest.raises(ExtendedAlready):
        desk.does(document, "extend")
    assert [one["id"] for one in list_overdue(desk.session, desk.t, add_workdays(ON, 8), ["W"])] == [document]


def test_evidence_on_which_nothing_is_decided_in_seven_workdays_is_free(desk):
    on_shift(desk.session, desk.t, OLD, ["L1", "L2"])

    def kept(served=True):
        document = desk.drafts("keep_evidence", item="Q-001")
        desk.approved(document, at=local(OLD, 7))
        desk.does(document, "issue", on=OLD)
        if served:
            desk.does(document, "serve", on=OLD, service="direct")
        return document

    document, disposed, waiting = kept(), kept(), kept(served=False)
    last = get_line(desk.session, desk.t, document)["due_on"]
    on_shift(desk.session, desk.t, last, ["L1", "L2"])
    desk.does(disposed, "dispose", on=last)
    for late, step in ((document, "dispose"), (waiting, "serve")):
        with pytest.raises(HeldTooLong):
            desk.does(late, step, service="direct")
    desk.does(waiting, "give_back")
    with pytest.raises(DocumentNeeds):
        desk.does(document, "lapse")
    assert end_kept(desk.session, desk.t, last) == 0
    assert [end_kept(desk.session, desk.t, last + dt.timedelta(days=1)) for _ in range(2)] == [1, 0]
    free = open_document(desk.session, desk.t, desk.keys, document, HERE)
    assert (free["state"], free["open_steps"]) == ("lapsed", ["give_back"])
    assert (free["history"][-1]["actor"], free["history"][-1]["at"]) == ("clock", local(last + dt.timedelta(days=1), 0))
    assert get_line(desk.session, desk.t, disposed)["state"] == "disposed"
    assert desk.does(document, "give_back")["state"] == "returned"


def test_an_institution_seizes_nothing_and_a_spot_fine_has_its_limit(desk):
    with pytest.raises(BodyMayNot):
        desk.drafts("seize", item="Q-001", body="B2")
    assert desk.drafts("rectify", body="B2")
    for party, most in (("person", 200), ("body", 3000)):
        assert desk.drafts("on_the_spot", content={"party": party, "amount_yuan": most})
        with pytest.raises(TooMuchOnTheSpot):
            desk.drafts("on_the_spot", content={"party": party, "amount_yuan": most + 1})


def test_what_a_document_lacks_is_named(desk):
    noted = note_subject(desk.session, desk.t, desk.keys, uuid7(), Identity("shop", "新店"), "W", "aux")
    for changed, field in (
        ({"due_on": None}, "due_on"), ({"subject_id": None}, "subject_id"), ({"subject_id": noted}, "subject_id"),
        ({"lon": 117.5}, "lon"),
    ):  # fmt: skip
        with pytest.raises(DocumentNeeds) as refused:
            desk.drafts(**changed)
        assert field in (refused.value.facts.get("field"), *refused.value.facts)
    with pytest.raises(DocumentNeeds):
        desk.drafts("service_receipt")
    document = desk.served()
    receipt = desk.drafts("service_receipt", about_id=document)
    assert desk.does(receipt, "issue")["about_id"] == document
    with pytest.raises(DocumentNeeds):
        desk.does(document, "correct")
    uid = uuid7()
    assert desk.drafts(uid=uid) == desk.drafts(uid=uid)


def test_what_a_document_says_is_sealed(desk):
    said = {"facts": "张三丰在门前摆摊", "items": ["三轮车一辆"]}
    document = desk.drafts("scene_record", content=said)
    assert open_document(desk.session, desk.t, desk.keys, document, HERE)["content"] == said
    looks = list_accesses(desk.session, desk.t, desk.subject)
    assert [(one["actor"], one["purpose"], one["whole"]) for one in looks] == [("l1", "penalty", True)]
    row = desk.session.execute(text("SELECT t::text FROM legal_document t WHERE id = :i"), {"i": document}).scalar_one()
    assert "张三丰" not in row and "张三丰".encode().hex() not in row
    assert open_document(desk.session, desk.t, desk.keys, document, HERE)["open_steps"] == ["issue", "void"]
    with pytest.raises(UnknownDocument):
        open_document(desk.session, desk.t, desk.keys, document, Reader("l3", "L3", ("E",)))


def test_a_notice_is_demand_of_the_patrol_on_its_day_and_names_nobody(desk):
    document = desk.served()
    county = get_county(desk.session, desk.t)
    districts = geopandas.GeoDataFrame({"code": ["W"]}, geometry=[box(0, 0, 1, 1)], crs=county.metric_srid)
    start, end = local(DUE, 8), local(DUE, 16)
    (due,) = load_due(desk.session, county, districts, end, start)
    assert (due.key, due.due_at, due.district_code) == (f"notice:{document}", local(DUE, 0), "W")
    assert due.name == f"复查某城管责改字〔{ON.year}〕第0001号"
    (wish,) = due_wishes([due], ShiftSpan(DUE, 8 * 3600, 16 * 3600, start))
    assert wish.windows == ((0, 8 * 3600),) and wish.required
    (told,) = list_due(desk.session, end, start)
    assert (told["key"], told["late"], told["district_code"]) == (due.key, True, "W")
    assert load_due(desk.session, county, districts, local(DUE, 0), local(ON, 8)) == []
    make_rechecks(desk.session, desk.t, DUE)
    (task,) = list_rechecks(desk.session, desk.t)
    end_recheck(desk.session, desk.t, task["id"], "gone", "摊已撤", desk.bureau("L1"), local(ON, 12))
    assert load_due(desk.session, county, districts, end, start) == [] == list_due(desk.session, end, start)


def test_goods_taken_on_the_spot_are_approved_within_24_hours_or_given_back(desk):
    assess(desk.session, desk.t, "KY-1", acts=("seize",))
    document = desk.served("seize", item="Q-001", on_spot=True)  # issued at 08:01
    taken = local(ON, 8) + dt.timedelta(minutes=1)

    def standing(hours):
        return [one["standing"] for one in list_reports(desk.session, desk.t, taken + dt.timedelta(hours=hours), ["W"])]

    assert (standing(17), standing(18), standing(24), standing(24.1)) == (["running"], ["warned"], ["warned"], ["late"])
    assert list_reports(desk.session, desk.t, taken, ["E"]) == []
    assert remind(desk.session, desk.t, taken + dt.timedelta(hours=17)) == Due(0, 0)
    assert remind(desk.session, desk.t, taken + dt.timedelta(hours=20)) == Due(1, 0)
    assert remind(desk.session, desk.t, taken + dt.timedelta(hours=25)) == Due(0, 1)
    assert remind(desk.session, desk.t, taken + dt.timedelta(hours=26)) == Due(0, 0)
    said = desk.session.execute(
        text("SELECT kind FROM change WHERE tenant = :t AND kind LIKE 'seizure.%' ORDER BY id"), {"t": desk.t}
    )
    assert said.scalars().all() == ["seizure.report_warned", "seizure.report_late"]
    boss, officer, at = desk.bureau("BOSS"), desk.bureau("L1"), taken + dt.timedelta(hours=2)
    with pytest.raises(BadReport):
        decide_report(desk.session, desk.t, document, "approved", "", boss, at)
    for head in ("L1", "L2"):
        with pytest.raises(NotTheHead):
            report_seizure(desk.session, desk.t, document, head, "", officer, at)
    with pytest.raises(BadReport):
        report_seizure(desk.session, desk.t, document, "BOSS", "", officer, taken - dt.timedelta(hours=1))
    with pytest.raises(NotSeized):
        report_seizure(desk.session, desk.t, document, "BOSS", "", officer, at, ["E"])
    future = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    with pytest.raises(BadReport):
        report_seizure(desk.session, desk.t, document, "BOSS", "", officer, future)
    report_seizure(desk.session, desk.t, document, "BOSS", "烧烤炉一台", officer, at)
    for wrong in (at - dt.timedelta(minutes=1), future):
        with pytest.raises(BadReport):
            decide_report(desk.session, desk.t, document, "approved", "", boss, wrong)
    with pytest.raises(NotTheHead):
        decide_report(desk.session, desk.t, document, "approved", "", desk.bureau("LAW"), at)
    with pytest.raises(BadReport):
        decide_report(desk.session, desk.t, document, "refused", " ", boss, at)
    decide_report(desk.session, desk.t, document, "refused", "不属紧急", boss, at)
    assert standing(3) == ["lift"]
    with pytest.raises(ReportSettled):
        decide_report(desk.session, desk.t, document, "approved", "", boss, at)
    desk.does(document, "give_back")
    assert standing(3) == []


def test_what_is_not_taken_on_the_spot_is_approved_before(desk):
    assess(desk.session, desk.t, "KY-1", acts=("seize",))
    document = desk.drafts("seize", item="Q-001")
    with pytest.raises(NotApproved):
        desk.does(document, "issue")
    at = local(ON, 7)
    report_seizure(desk.session, desk.t, document, "BOSS", "", desk.bureau("L1"), at)
    decide_report(desk.session, desk.t, document, "approved", "", desk.bureau("BOSS"), at)
    assert desk.does(document, "issue")["state"] == "issued"
    assert list_reports(desk.session, desk.t, local(ON, 9)) == []
    with pytest.raises(DocumentNeeds):
        desk.drafts("keep_evidence", item="Q-001", on_spot=True)


def test_who_reports_what_and_when_is_held_to(desk):
    assess(desk.session, desk.t, "KY-1", acts=("seize",))
    boss, at = desk.bureau("BOSS"), local(ON, 9)

    def report(document, staff="L1", note="", about="take"):
        return report_seizure(desk.session, desk.t, document, "BOSS", note, desk.bureau(staff), at, about=about)

    document = desk.drafts("seize", item="Q-001", on_spot=True)
    with pytest.raises(NotAnOfficer):
        report(document, "AUX")
    with pytest.raises(NumberInText):
        report(document, note="电话 13812345678")
    with pytest.raises(ReportSettled):  # nothing is held yet that could be held longer
        report(document, about="longer")
    desk.does(document, "issue")
    report(document)
    with pytest.raises(NumberInText):
        decide_report(desk.session, desk.t, document, "approved", "电话 13812345678", boss, at)
    decide_report(desk.session, desk.t, document, "refused", "不必", boss, at)
    assert [one["standing"] for one in list_reports(desk.session, desk.t, at)] == ["lift"]  # though it was never served
    gone = desk.drafts("seize", item="Q-001", on_spot=True)
    report(gone)
    take_step(desk.session, desk.t, gone, DocumentStep("void", at), desk.bureau("L1"))
    with pytest.raises(ReportSettled):
        decide_report(desk.session, desk.t, gone, "approved", "", boss, at)
    assert gone not in [one["document_id"] for one in list_reports(desk.session, desk.t, at)]


@pytest.mark.parametrize(("kind", "on_spot"), [("seize", False), ("seize", True), ("keep_evidence", False)])
def test_what_the_head_refused_does_not_go_out(desk, kind, on_spot):
    assess(desk.session, desk.t, "KY-1", acts=("seize",))
    document = desk.drafts(kind, item="Q-001", on_spot=on_spot)
    report_seizure(desk.session, desk.t, document, "BOSS", "", desk.bureau("L1"), local(ON, 7))
    decide_report(desk.session, desk.t, document, "refused", "不必", desk.bureau("BOSS"), local(ON, 7))
    with pytest.raises(NotApproved):
        desk.does(document, "issue")
