"""A campaign begins on an approved risk assessment, and is measured against before, the county and its own effort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.campaigns.actions import draft_campaign, get_campaign, list_campaigns, note_effort, take_campaign_step
from geo.cases.campaigns.figures import list_weeks, measure_campaign
from geo.cases.campaigns.orders import (
    BadCampaign,
    CampaignDraft,
    CampaignTaken,
    Effort,
    NotStarted,
    Team,
    TooEarly,
    UnknownCampaign,
)
from geo.cases.codes.actions import UnknownCode
from geo.cases.postures.actions import PostureDraft, draft_posture
from geo.cases.risks.actions import (
    AssessmentDraft,
    AssessmentTaken,
    BadAssessment,
    Content,
    OwnAssessment,
    Person,
    RiskPoint,
    UnknownAssessment,
    get_assessment,
    list_assessments,
    open_assessment,
    take_assessment_step,
    write_assessment,
)
from geo.cases.risks.gate import NotAssessed, lacking_act
from geo.cases.workflow import StepNotOpen
from geo.db.engine import Database
from geo.messages import say
from geo.uids import uuid7
from tests.assessed import AUTHOR, CHIEF, LONG_AGO, assess
from tests.cases import prepare

SHANGHAI = ZoneInfo("Asia/Shanghai")
LON, LAT = 117.99, 28.29
AREA = bytes(shapely.box(LON - 0.002, LAT - 0.002, LON + 0.002, LAT + 0.002).wkb)
FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 15)


def at(month: int, day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI)


FIRST_AT = at(3, 2)
VALID: dict[str, Any] = {"valid_from_on": dt.date(2026, 1, 1), "valid_to_on": dt.date(2026, 12, 31)}


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def session(database: Database, town: str) -> Iterator[Session]:
    with database.begin(town) as held:
        yield held
        held.rollback()


def draft(session: Session, town: str, code: str = "ZX1", **changed: Any) -> None:
    values: dict[str, Any] = {
        "name": "占道经营整治", "goal": "主街不占道", "codes": ("04-05", "04-06"), "first_on": FIRST, "last_on": LAST,
        "ground": AREA, "teams": (Team("S1", "S01", 6, 1),),
    }  # fmt: skip
    draft_campaign(session, town, CampaignDraft(code, **{**values, **changed}), actor="p", at=LONG_AGO)


def step(session: Session, town: str, name: str, when: dt.datetime, note: str = "", code: str = "ZX1") -> str:
    return take_campaign_step(session, town, code, name, at=when, actor="chief", note=note)


def run(session: Session, town: str, code: str = "ZX1", **more: Any) -> None:
    draft(session, town, code)
    assess(session, town, f"FX-{code}", about="campaign", campaign=code, **more)
    for name, when in (("assess", at(2, 20)), ("approve", at(2, 25)), ("start", at(3, 2))):
        step(session, town, name, when, code=code)


def add_events(session: Session, town: str, on: dt.date, days: int, each: int, lon: float = LON) -> None:
    insert = """INSERT INTO event (tenant, source, source_key, uid, code, code_system, origin, occurred_at, geom)
        SELECT :t, 'test', gen_random_uuid()::text, gen_random_uuid(),
               CASE WHEN k % 5 = 0 THEN '01-10' ELSE '04-05' END, 'GB/T 30428.2-2013', 'patrol',
               (CAST(:on AS date) + d)::timestamp AT TIME ZONE 'Asia/Shanghai' + make_interval(hours => 8, mins => k),
               ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)
          FROM generate_series(0, :days - 1) d, generate_series(1, :each) k"""
    session.execute(text(insert), {"t": town, "on": on, "days": days, "each": each, "lon": lon, "lat": LAT})


def test_a_campaign_starts_only_on_an_approved_assessment_and_the_refusal_says_what_lacks(
    session: Session, town: str
) -> None:
    draft(session, town)

    def refused(name: str, when: dt.datetime) -> tuple[str, dict[str, Any]]:
        with pytest.raises(NotAssessed) as error:
            step(session, town, name, when)
        assert say(error.value.code, "zh", **error.value.facts) and say(error.value.code, "en", **error.value.facts)
        return error.value.code, dict(error.value.facts)

    assert refused("assess", at(2, 20)) == ("risks.none", {})
    given = AssessmentDraft("FX1", "campaign", "整治评估", FIRST, LAST, campaign="ZX1")
    open_assessment(session, town, given, AUTHOR, at=LONG_AGO)
    everything = "points, level, plan, budget_yuan, conclusion"
    assert refused("assess", FIRST_AT) == ("risks.not_submitted", {"number": "FX1", "missing": everything})
    with pytest.raises(BadAssessment) as lacking:
        take_assessment_step(session, town, "FX1", "submit", AUTHOR, at=LONG_AGO)
    assert lacking.value.facts["missing"] == everything
    points = (RiskPoint("聚集", "商户多", "分批", "high"),)
    write_assessment(session, town, "FX1", Content(points, "high", "预案", 0, "postpone"), AUTHOR)
    take_assessment_step(session, town, "FX1", "submit", AUTHOR, at=LONG_AGO)
    assert refused("assess", FIRST_AT)[0] == "risks.not_approved"
    for author in (AUTHOR, Person("another account", "A01")):
        with pytest.raises(OwnAssessment):
            take_assessment_step(session, town, "FX1", "approve", author, at=LONG_AGO)
    take_assessment_step(session, town, "FX1", "approve", CHIEF, at=LONG_AGO)
    assert refused("assess", FIRST_AT)[0] == "risks.against"
    assess(session, town, "FX2", about="campaign", campaign="ZX1", valid=(FIRST, LAST))
    assert refused("assess", at(2, 20))[0] == "risks.expired"
    assert step(session, town, "assess", at(3, 2, 8)) == "assessed"
    assert step(session, town, "approve", at(3, 2, 9)) == "approved"
    take_assessment_step(session, town, "FX2", "revoke", CHIEF, at=LONG_AGO, note="情况有变")
    assert refused("start", at(3, 2, 10))[0] == "risks.revoked"
    assert get_campaign(session, town, "ZX1")["lacks"][0].code == "risks.revoked"


def test_steps_have_their_days_and_reasons_and_the_planner_learns_of_it(session: Session, town: str) -> None:
    draft(session, town)
    assess(session, town, "FX1", about="campaign", campaign="ZX1")
    step(session, town, "assess", at(2, 20))
    with pytest.raises(BadCampaign):
        step(session, town, "revise", at(2, 21))
    step(session, town, "approve", at(2, 21))
    with pytest.raises(CampaignTaken):
        draft(session, town)
    with pytest.raises(TooEarly) as early:
        step(session, town, "start", at(3, 1))
    assert early.value.facts["first"] == "2026-03-02"
    with pytest.raises(NotStarted):
        measure_campaign(session, town, "ZX1", now=at(3, 2))
    assert step(session, town, "start", at(3, 2)) == "running"
    query = text("SELECT kind, codes, from_at, to_at FROM operation WHERE tenant = :t AND key = 'campaign:ZX1'")
    told = session.execute(query, {"t": town}).one()
    assert tuple(told) == ("campaign", ["04-05", "04-06"], at(3, 2), at(3, 16, 0))
    with pytest.raises(StepNotOpen):
        step(session, town, "cancel", at(3, 3), "不做了")
    assert step(session, town, "end", at(3, 10)) == "ended"
    assert session.execute(query, {"t": town}).one()[3] == at(3, 10)
    with pytest.raises(TooEarly) as early:
        step(session, town, "evaluate", at(4, 1))
    assert early.value.facts["first"] == "2026-04-10"
    assert step(session, town, "evaluate", at(4, 10)) == "evaluated"
    row = get_campaign(session, town, "ZX1")
    assert row["evaluation"]["after"]["change"]["verdict"] == "insufficient" and row["open_steps"] == []


def test_before_during_and_after_are_counted_at_the_countys_pace(session: Session, town: str) -> None:
    before = FIRST - dt.timedelta(days=28)
    add_events(session, town, before, 28, 5)  # four a day of its codes
    add_events(session, town, FIRST, 14, 1)  # one
    add_events(session, town, LAST + dt.timedelta(days=1), 30, 2)  # two
    add_events(session, town, before - dt.timedelta(days=9), 9, 5)  # too early
    add_events(session, town, LAST + dt.timedelta(days=31), 9, 5)  # too late
    add_events(session, town, before, 72, 10, lon=LON + 0.01)  # the county goes on as before
    run(session, town)
    step(session, town, "end", at(3, 15, 18))
    for on, people in ((dt.date(2026, 3, 2), 6), (dt.date(2026, 3, 9), 4)):
        uid = uuid7()
        for _ in range(2):
            note_effort(session, town, "ZX1", Effort(uid, on, people, 1, people * 240), actor="s1", area=["W"])
    told = measure_campaign(session, town, "ZX1", now=at(6, 1))
    counts = {name: (told[name]["events"], told[name]["seconds"] // 86_400) for name in ("baseline", "during", "after")}
    assert counts == {"baseline": (112, 28), "during": (14, 14), "after": (60, 30)}
    assert told["baseline"]["elsewhere"] == 8 * 28 and told["complete"]
    during, after = told["during"]["change"], told["after"]["change"]
    assert (during["expected_permille"], during["ratio_permille"], during["verdict"]) == (56_000, 250, "less")
    assert (after["ratio_permille"], after["verdict"]) == (500, "less")
    assert during["lower_permille"] < 250 < during["upper_permille"] < 1000
    assert told["effort"] == {"people": 10, "vehicles": 2, "person_minutes": 2400}
    weeks = told["weeks"]
    assert [one["events"] for one in weeks[:7]] == [28, 28, 28, 28, 7, 7, 14]
    assert [one["person_minutes"] for one in weeks[:7]] == [0, 0, 0, 0, 1440, 960, 0]
    assert sum(one["days"] for one in weeks) == 28 + 14 + 30
    assert told["half_life"]["verdict"] == "not_tested"
    assert told == measure_campaign(session, town, "ZX1", now=at(9, 1))
    over_time = list_weeks(session, town, before, 8)
    assert [one["campaigns"] for one in over_time] == [0, 0, 0, 0, 1, 1, 0, 0]
    assert [one["person_minutes"] for one in over_time][4:6] == [1440, 960] and over_time[0]["events"] == 7 * 15


def test_few_events_say_nothing_and_a_running_one_is_measured_until_now(session: Session, town: str) -> None:
    add_events(session, town, FIRST - dt.timedelta(days=5), 5, 2)
    run(session, town)
    told = measure_campaign(session, town, "ZX1", now=at(3, 4, 12))
    assert told["baseline"]["events"] == 10 and not told["complete"]
    assert told["during"]["seconds"] == 2 * 86_400 + 12 * 3600 and told["after"]["seconds"] == 0
    assert told["during"]["change"]["verdict"] == told["after"]["change"]["verdict"] == "insufficient"


def test_effort_is_noted_on_its_days_and_in_ones_own_area(session: Session, town: str) -> None:
    run(session, town)
    day = dt.date(2026, 3, 3)
    for effort, area, error in (
        (Effort(uuid7(), day, 3, 0, 60), ["E"], UnknownCampaign), (Effort(uuid7(), day, 0, 0, 60), None, BadCampaign),
        (Effort(uuid7(), dt.date(2026, 3, 1), 3, 0, 60), None, BadCampaign),
    ):  # fmt: skip
        with pytest.raises(error):
            note_effort(session, town, "ZX1", effort, actor="s1", area=area)
    assert [one["code"] for one in list_campaigns(session, town, "running", ["W"])] == ["ZX1"]
    assert list_campaigns(session, town, None, ["E"]) == []
    assert list_campaigns(session, town)[0]["late"]


def test_a_running_campaign_covers_the_acts_its_assessment_names_on_its_own_ground(session: Session, town: str) -> None:
    run(session, town, acts=("seize",))
    on = dt.date(2026, 3, 3)
    assert lacking_act(session, town, "seize", LON, LAT, "W", on) == []
    for act, lon in (("demolish", LON), ("seize", LON + 0.01)):
        assert [one.code for one in lacking_act(session, town, act, lon, LAT, "W", on)] == ["risks.none"]
    step(session, town, "end", at(3, 10))
    assert [one.code for one in lacking_act(session, town, "seize", LON, LAT, "W", on)] == ["risks.none"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"goal": " "}, BadCampaign), ({"last_on": dt.date(2026, 3, 1)}, BadCampaign), ({"codes": ()}, BadCampaign),
        ({"codes": ("99-99",)}, UnknownCode), ({"teams": ()}, BadCampaign),
        ({"teams": (Team("nowhere", "S01", 2),)}, UnknownCampaign), ({"posture": "no such"}, UnknownCampaign),
        ({"teams": (Team("S1", "S01", 0),)}, BadCampaign),
        ({"ground": bytes(shapely.Point(LON, LAT).wkb)}, BadCampaign),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    session: Session, town: str, changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        draft(session, town, **changed)


def test_a_draft_is_written_anew_and_may_belong_to_a_posture(session: Session, town: str) -> None:
    exam = PostureDraft("LK1", "两考", "exam", FIRST, LAST, AREA)
    draft_posture(session, town, exam, actor="p", at=LONG_AGO)
    draft(session, town)
    draft(session, town, name="改名", posture="LK1", teams=(Team("S1", "S02", 2), Team("B", "B01", 1)))
    row = get_campaign(session, town, "ZX1")
    assert (row["name"], row["posture"], row["districts"]) == ("改名", "LK1", ["W"])
    assert [(one["unit"], one["leader"], one["people"]) for one in row["teams"]] == [("S1", "S02", 2), ("B", "B01", 1)]
    assert [one["step"] for one in row["history"]] == ["open"]


def test_an_assessment_is_about_one_thing_that_there_is(session: Session, town: str) -> None:
    def begin(number: str = "FX1", **given: Any) -> None:
        draft = AssessmentDraft(number, **{"about": "acts", "title": "评估", **VALID, **given})
        open_assessment(session, town, draft, AUTHOR, at=LONG_AGO)

    for given, error in (
        ({}, BadAssessment), ({"about": "campaign"}, BadAssessment), ({"acts": ("burn",)}, BadAssessment),
        ({"about": "campaign", "campaign": "no such"}, UnknownAssessment),
        ({"about": "building", "building": 999_999_999}, UnknownAssessment),
        ({"acts": ("seize",), "districts": ("no such",)}, UnknownAssessment),
        ({"acts": ("seize",), "title": " "}, BadAssessment),
        ({"acts": ("seize",), "valid_to_on": dt.date(2019, 1, 1)}, BadAssessment),
    ):  # fmt: skip
        with pytest.raises(error):
            begin(**given)
    begin(acts=("seize",), districts=("W",))
    with pytest.raises(AssessmentTaken):
        begin(acts=("seize",))
    for content, field in (
        (Content((RiskPoint("点", "", "措施", "low"),)), "points.1.source"), (Content(level="huge"), "level"),
        (Content(budget_yuan=-1), "budget_yuan"), (Content(conclusion="maybe"), "conclusion"),
    ):  # fmt: skip
        with pytest.raises(BadAssessment) as refused:
            write_assessment(session, town, "FX1", content, AUTHOR)
        assert refused.value.facts["field"] == field
    take_assessment_step(session, town, "FX1", "drop", AUTHOR, at=LONG_AGO)
    with pytest.raises(AssessmentTaken):
        write_assessment(session, town, "FX1", Content(), AUTHOR)
    told = get_assessment(session, town, "FX1")
    assert (told["state"], told["open_steps"], [one["step"] for one in told["history"]]) == (
        "revoked", [], ["open", "drop"],
    )  # fmt: skip
    assert [one["number"] for one in list_assessments(session, town, "revoked")] == ["FX1"]
