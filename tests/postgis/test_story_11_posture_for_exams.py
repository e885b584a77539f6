"""Story 11: a posture for 两考 turns on and off by the clock, changes rules only inside, and clashes are reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from sqlalchemy import text

from geo.cases.books import export_table, import_table
from geo.cases.campaigns.actions import draft_campaign
from geo.cases.campaigns.orders import CampaignDraft, Team
from geo.cases.codes.files import TableRefused
from geo.cases.flow.orders import Tolerated
from geo.cases.postures.actions import (
    BadPosture,
    CampaignNotAssessed,
    Contradicts,
    PostureDraft,
    PostureSettled,
    PostureTaken,
    approve_posture,
    draft_posture,
    get_posture,
    list_postures,
    note_check,
    set_rules,
    withdraw_posture,
)
from geo.cases.postures.conflicts import list_clashes
from geo.cases.postures.preview import preview_route
from geo.cases.postures.report import NotBegun, as_bytes, report_posture
from geo.cases.postures.rules import BadRule, Rule
from geo.cases.postures.standing import Held, held_at
from geo.cases.workflow import StepNotOpen
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.messages import say
from tests.assessed import assess
from tests.cases import Clerk, clerk_of, prepare

SHANGHAI = ZoneInfo("Asia/Shanghai")
LON, LAT = 117.99, 28.29
METRE_EAST, METRE_NORTH = 1 / 98_098, 1 / 110_825
HALF_M = 200.0
DRAWN_UP = dt.datetime(2026, 9, 1, 2, tzinfo=dt.UTC)


def square(lon: float = LON, lat: float = LAT, half_m: float = HALF_M) -> bytes:
    aside, up = half_m * METRE_EAST, half_m * METRE_NORTH
    return bytes(shapely.box(lon - aside, lat - up, lon + aside, lat + up).wkb)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def clerk(database: Database, town: str) -> Iterator[Clerk]:
    with clerk_of(database, town) as one:
        yield one


def draft(clerk: Clerk, code: str = "LK1", **changed: Any) -> None:
    values: dict[str, Any] = {
        "name": "两考保障", "kind": "exam", "first_on": dt.date(2026, 9, 14), "last_on": dt.date(2026, 9, 15),
        "ground": square(), "opening": "07:00-18:30",
    }  # fmt: skip
    draft_posture(clerk.session, clerk.tenant, PostureDraft(code, **{**values, **changed}), actor="p", at=DRAWN_UP)


def approve(clerk: Clerk, code: str = "LK1", despite: str = "") -> str:
    return approve_posture(clerk.session, clerk.tenant, code, at=DRAWN_UP, actor="chief", despite=despite)


def held(clerk: Clerk, when: dt.datetime, x_m: float = 0.0, code: str = "04-05", regime: str | None = None) -> Held:
    county = get_county(clerk.session, clerk.tenant)
    return held_at(clerk.session, county, LON + x_m * METRE_EAST, LAT, when, code, regime)


def test_story_11_it_turns_on_and_off_by_the_clock(clerk: Clerk) -> None:
    draft(clerk)
    assert held(clerk, at(14, 9)).postures == ()  # a draft holds nowhere
    assert approve(clerk) == "approved"
    told = [held(clerk, when).postures for when in (at(14, 6, 59), at(14, 7), at(15, 18, 29), at(15, 18, 30))]
    assert told == [(), ("LK1",), ("LK1",), ()]
    assert held(clerk, at(13, 9)).postures == held(clerk, at(16, 9)).postures == ()
    inside, outside = held(clerk, at(14, 9), HALF_M - 1), held(clerk, at(14, 9), HALF_M + 1)
    assert (inside.postures, outside.postures) == (("LK1",), ())
    row = get_posture(clerk.session, clerk.tenant, "LK1")
    assert row["status"] == "approved" and not row["in_force"]  # its days are over: nobody had to switch it off
    with pytest.raises(PostureSettled):
        set_rules(clerk.session, clerk.tenant, "LK1", [], actor="p")


def test_story_11_rules_change_only_inside_its_area_and_hours(clerk: Clerk) -> None:
    draft(clerk, rules=(Rule("limit", "04-06"), Rule("clock", "*", value=250), Rule("regime", "*", "strict"),
                        Rule("first_step", "04", "warn")))  # fmt: skip
    approve(clerk)
    street = held(clerk, at(14, 9), regime="standard", code="04-06")
    assert (street.regime, street.rule.tolerance_min, street.rule.clock_permille) == ("strict", 0, 250)
    assert street.rule.first_step == "warn" and held(clerk, at(14, 9), code="01-10").rule.first_step == "persuade"
    assert held(clerk, at(14, 19), regime="standard", code="04-06").rule.tolerance_min == 30
    assert held(clerk, at(14, 9), 300.0, regime="standard", code="04-06").rule.tolerance_min == 30

    def dispatched(when: dt.datetime, lon: float) -> dict[str, Any]:
        clerk.at = when.astimezone(dt.UTC)
        uid = clerk.open(code="04-06", lon=lon)
        clerk.step(uid, "register")
        clerk.step(uid, "dispatch")
        return clerk.row(uid)

    within, beyond = dispatched(at(14, 8), LON), dispatched(at(14, 8), LON + 0.006)
    times = [row["handle_due_at"] - row["dispatched_at"] for row in (within, beyond)]
    assert times[0] * 4 == times[1]
    evening = dispatched(at(14, 19), LON)
    assert evening["regime"] == beyond["regime"]


def test_story_11_what_a_posture_allows_is_no_problem_for_so_long(clerk: Clerk) -> None:
    draft(clerk, "JR1", name="节日夜市", kind="festival", opening="08:00-22:00", rules=(Rule("allow", "04", value=90),))
    approve(clerk, "JR1")
    clerk.at = at(14, 10).astimezone(dt.UTC)
    with pytest.raises(Tolerated) as refused:
        clerk.open(code="04-06", stood_min=60)
    assert refused.value.facts["tolerance"] == 90
    clerk.open(code="04-06", stood_min=95)
    clerk.open(code="04-06", lon=LON + 0.006, stood_min=60)


def test_story_11_two_postures_that_contradict_are_reported_with_place_and_mend(clerk: Clerk) -> None:
    draft(clerk)
    approve(clerk)
    near = square(LON + 200 * METRE_EAST)
    fair = {"name": "中秋集市", "kind": "festival", "last_on": dt.date(2026, 9, 30), "ground": near}
    draft(clerk, "ZQ1", **fair, opening="17:00-22:00", rules=(Rule("allow", "04-05", value=120),))
    clashes = list_clashes(clerk.session, get_county(clerk.session, clerk.tenant), "ZQ1")
    assert [(one.other_code, one.rule.kind, one.other_rule.kind) for one in clashes] == [("LK1", "allow", "limit")]
    clash = clashes[0]
    assert clash.districts == ("西片区",) and clash.area_m2 == pytest.approx(200 * 400, rel=0.01)
    assert (clash.on, clash.from_s, clash.to_s) == (dt.date(2026, 9, 14), 17 * 3600, 18 * 3600 + 1800)
    with pytest.raises(Contradicts) as refused:
        approve(clerk, "ZQ1")
    for language in ("zh", "en"):
        said = say(refused.value.code, language, **refused.value.facts)
        assert "两考保障" in said and "中秋集市" in said and "西片区" in said and "17:00–18:30" in said
    assert approve(clerk, "ZQ1", "考点在路口另一侧") == "approved"
    shared = held(clerk, at(14, 17, 30), 100.0, regime="standard")
    assert shared.postures == ("LK1", "ZQ1") and shared.rule.tolerance_min == 0  # the stricter holds
    alone = held(clerk, at(14, 17, 30), 300.0, regime="standard")
    assert alone.postures == ("ZQ1",) and alone.rule.tolerance_min == 120
    for code, changed in (
        ("ZQ2", {"opening": "19:00-22:00"}), ("ZQ3", {"ground": square(LON + 500 * METRE_EAST)}),
        ("ZQ4", {"first_on": dt.date(2026, 9, 16)}), ("ZQ5", {"rules": (Rule("allow", "02-01", value=120),)}),
    ):  # fmt: skip
        draft(clerk, code, **{**fair, "opening": "17:00-22:00", "rules": (Rule("allow", "04-05", value=9),), **changed})
        county = get_county(clerk.session, clerk.tenant)
        assert [one for one in list_clashes(clerk.session, county, code) if one.other_code == "LK1"] == []


def test_story_11_one_that_includes_a_campaign_needs_its_approved_risk_sheet(clerk: Clerk) -> None:
    draft(clerk)
    campaign = CampaignDraft(
        "ZX1", "考点周边整治", "清理占道", ("04-05",), dt.date(2026, 9, 14), dt.date(2026, 9, 15), square(),
        (Team("S1", "S01", 4),), posture="LK1",
    )  # fmt: skip
    draft_campaign(clerk.session, clerk.tenant, campaign, actor="p", at=DRAWN_UP)
    with pytest.raises(CampaignNotAssessed) as refused:
        approve(clerk)
    assert (refused.value.facts["campaign"], refused.value.facts["why"]) == ("ZX1", "none")
    assess(clerk.session, clerk.tenant, "FX1", about="campaign", campaign="ZX1", upto="submitted")
    with pytest.raises(CampaignNotAssessed) as refused:
        approve(clerk)
    assert refused.value.facts["why"] == "not_approved"
    assess(clerk.session, clerk.tenant, "FX2", about="campaign", campaign="ZX1")
    assert approve(clerk) == "approved"


def test_one_called_off_held_until_then_and_what_was_noted_ends_with_it(clerk: Clerk) -> None:
    draft(clerk)
    approve(clerk)
    with pytest.raises(BadPosture):
        withdraw_posture(clerk.session, clerk.tenant, "LK1", at=at(14, 12), actor="chief", reason=" ")
    withdraw_posture(clerk.session, clerk.tenant, "LK1", at=at(14, 12), actor="chief", reason="考试改期")
    assert [held(clerk, when).postures for when in (at(14, 11), at(14, 13))] == [("LK1",), ()]
    query = text("SELECT to_at FROM operation WHERE tenant = :t AND key = 'posture:LK1'")
    assert clerk.session.execute(query, {"t": clerk.tenant}).scalar_one() == at(14, 12)
    with pytest.raises(StepNotOpen):
        approve(clerk)


def test_hazards_are_swept_before_and_the_report_is_the_same_bytes(clerk: Clerk) -> None:
    draft(clerk)
    with pytest.raises(NotBegun):
        report_posture(clerk.session, clerk.tenant, "LK1")
    approve(clerk)
    found = note_check(clerk.session, clerk.tenant, "LK1", "noise", result="hazard", hazards=2, at=at(13, 9), actor="a",
                       staff="A01", note="工地夜间施工")  # fmt: skip
    assert [(one["code"], one["result"]) for one in found] == [("noise", "hazard"), ("stalls", None), ("parking", None)]
    with pytest.raises(BadPosture):
        note_check(clerk.session, clerk.tenant, "LK1", "stalls", result="fine", hazards=1, at=at(13, 9), actor="a")
    for day in (14, 14, 15):
        clerk.at = at(day, 10).astimezone(dt.UTC)
        clerk.open(code="04-05")
    clerk.at = at(8, 10).astimezone(dt.UTC)  # a Tuesday before
    clerk.open(code="04-05")
    clerk.at = at(8, 20).astimezone(dt.UTC)  # after the posture's hours
    clerk.open(code="04-05")
    report = report_posture(clerk.session, clerk.tenant, "LK1")
    limited = report["limited"]
    assert (limited["during"]["events"], limited["before"]["events"]) == (3, 1)
    assert limited["before"]["seconds"] == 4 * limited["during"]["seconds"] == 4 * 2 * 41_400
    assert limited["change"]["verdict"] == "insufficient" and report["complete"]
    assert report["checks"] == {"items": 3, "looked_at": 1, "hazards": 2}
    assert as_bytes(report) == as_bytes(report_posture(clerk.session, clerk.tenant, "LK1"))


def test_the_streets_of_an_inspection_are_shown_in_walking_order(clerk: Clerk) -> None:
    draft(clerk, "YJ1", name="文明测评", kind="inspection", ground=square(118.0, 28.305, 600.0))
    clerk.at = at(14, 10).astimezone(dt.UTC)
    clerk.open(code="04-06", lon=118.0, lat=28.304)
    route = preview_route(clerk.session, clerk.tenant, "YJ1", ("main", "lane"))
    told = [(one["properties"]["seq"], one["properties"]["name"]) for one in route["features"]]
    assert told == [(1, "横街"), (2, "界路")]
    lengths = [one["properties"]["length_m"] for one in route["features"]]
    assert lengths[1] == pytest.approx(1200, abs=5) and route["length_m"] == sum(lengths)
    assert [one["properties"]["problems"] for one in route["features"]] == [0, 1]
    assert preview_route(clerk.session, clerk.tenant, "YJ1", ("main",))["features"][0]["properties"]["name"] == "界路"


def test_templates_are_the_bureaus_own_once_it_sets_them(clerk: Clerk) -> None:
    told = export_table(clerk.session, clerk.tenant, "postures")
    assert "exam,limit,04-05" in told and "snow,check,supplies" in told
    own = "模板,规则,对象,取值,数值\n两考,限制,04,,5\n两考,排查,noise,工地停工,\n"
    assert import_table(clerk.session, clerk.tenant, "postures", own.encode()) == 2
    draft(clerk)
    row = get_posture(clerk.session, clerk.tenant, "LK1")
    assert row["rules"] == [{"kind": "limit", "target": "04", "word": "", "value": 5}]
    assert "storm,limit,05-06" in export_table(clerk.session, clerk.tenant, "postures")
    with pytest.raises(TableRefused):
        import_table(
            clerk.session, clerk.tenant, "postures", "模板,规则,对象,取值,数值\n两考,管控级别,*,松,\n".encode()
        )


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": " "}, BadPosture), ({"kind": "war"}, BadPosture), ({"last_on": dt.date(2026, 9, 13)}, BadPosture),
        ({"opening": "off"}, BadPosture), ({"ground": square(100.0)}, BadPosture),
        ({"ground": bytes(shapely.Point(LON, LAT).wkb)}, BadPosture),
        ({"rules": (Rule("clock", "*"),)}, BadRule), ({"rules": (Rule("zone", "shop", "on"),)}, BadRule),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(clerk: Clerk, changed: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        draft(clerk, **changed)


def test_a_code_is_given_once_and_lists_go_by_days(clerk: Clerk) -> None:
    draft(clerk)
    with pytest.raises(PostureTaken):
        draft(clerk)
    days = dt.date(2026, 9, 15), dt.date(2026, 9, 20)
    assert [one["code"] for one in list_postures(clerk.session, clerk.tenant, *days)] == ["LK1"]
    assert list_postures(clerk.session, clerk.tenant, *days, area=["E"]) == []
    assert list_postures(clerk.session, clerk.tenant, dt.date(2026, 9, 16), dt.date(2026, 9, 20)) == []
