"""Story 6: an officer uses the ladder: first, second, third within the window; exemption; two licences; overrides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo.cases.formal.pair import MayNotSign
from geo.cases.frontages.checks.actions import Check, get_check, record_check
from geo.cases.ladder.actions import (
    AlreadyDecided,
    Decision,
    IncidentDraft,
    NeverClimbs,
    NotExempt,
    ReasonMissing,
    decide,
    get_incident,
    identify,
    record_incident,
    withdraw_incident,
)
from geo.cases.ladder.rules import import_exemptions, import_rules
from geo.cases.ladder.samples import list_samples
from geo.cases.penalties.queries import list_penalties
from geo.cases.permits.asking import PermitStands
from geo.cases.points.actions import class_shares
from geo.cases.powers.actions import NoPowerItem
from geo.cases.secrets.actions import open_secrets
from geo.cases.secrets.words import NumberInText
from geo.cases.subjects.actions import NotAnOfficer, confirm_subject, merge_subjects, note_subject, split_subjects
from geo.cases.subjects.identity import Identity
from geo.uids import uuid7
from tests.api.county import add
from tests.lawful import SYSTEM, Bureau, found, local, yesterday

DAYS = (400, 200, 100, 40, 12, 3, 2, 1)
RULES = "代码体系,事件代码,回溯期,范围,二违\n,,12,50,警示\n{system},04-06,12,50,警告\n"
EXEMPTIONS = """清单编号,类别,事项,事件代码,适用条件,改正期限,依据
免-1,轻微免罚,店外经营,04-05,违法行为轻微;及时改正;没有造成危害后果,1,行政处罚法第三十三条
"""
MINOR = ("minor", "corrected", "no_harm")
M = 1 / 111_195
"""A metre north, in degrees."""


class Street:
    """A squad at work in one county."""

    def __init__(self, session: Any, bureau: Bureau, home: Path) -> None:
        self.session, self.bureau, self.t = session, bureau, bureau.tenant
        self.keys = open_secrets(session, self.t, home)

    def shop(self, name: str = "便民小吃", *, confirmed: bool = True) -> int:
        number = note_subject(self.session, self.t, self.keys, uuid7(), Identity("shop", name), "W", "aux")
        if confirmed:
            confirm_subject(self.session, self.t, number, "L1", "l1")
        return number

    def met(
        self, subject: int | None, days: int, code: str = "04-05", metres: float = 0.0, **more: Any
    ) -> dict[str, Any]:
        at = local(yesterday(days), more.pop("hour", 10))
        draft = IncidentDraft(uuid7(), SYSTEM, code, at, 117.99, 28.30 + metres * M, subject, **more)
        return record_incident(self.session, self.t, draft, "AUX", "aux")

    def does(self, row: dict[str, Any], step: str, staff: str = "L1", **more: Any) -> dict[str, Any]:
        formal = {"item": "P-001", "body": "B1"} if step in ("warn", "penalise") else {}
        return decide(self.session, self.t, row["id"], Decision(step, **{**formal, **more}), self.bureau(staff))


@pytest.fixture
def street(database, county, tmp_path) -> Callable[[], Any]:
    with database.begin(county) as session:
        bureau = found(session, county, [yesterday(days) for days in DAYS])
        import_rules(session, county, RULES.format(system=SYSTEM).encode(), "test")
        yield Street(session, bureau, tmp_path)


def changes(street: Street, kind: str) -> list[dict[str, Any]]:
    sql = "SELECT facts FROM change WHERE tenant = :t AND kind = :k ORDER BY id"
    return [facts for (facts,) in street.session.execute(text(sql), {"t": street.t, "k": kind})]


def test_story_06_first_second_third_within_the_window(street):
    shop = street.shop()
    first = street.met(shop, 40)
    assert first["proposed"] == "persuade" and first["state"] == "recorded"
    assert street.does(first, "persuade")["state"] == "confirmed"
    second = street.met(shop, 12, metres=49)
    assert (second["proposed"], second["counted"]) == ("caution", [first["id"]])
    assert street.does(second, "caution")["work_class"] == "manage"
    third = street.met(shop, 3)
    assert (third["proposed"], third["counted"]) == ("penalise", [first["id"], second["id"]])
    assert list_penalties(street.session, street.t, None, None, None, 9) == []
    half = street.does(third, "penalise", "L1")
    assert half["state"] == "waiting" and list_penalties(street.session, street.t, None, None, None, 9) == []
    whole = street.does(third, "penalise", "L2")
    assert whole["state"] == "confirmed"
    (case,) = list_penalties(street.session, street.t, None, None, None, 9)
    assert (case["state"], case["incident_id"], case["decision"]) == ("applied", third["id"], None)
    assert changes(street, "ladder.overridden") == []
    (shares, county_shares) = class_shares(street.session, street.t, local(yesterday(60)), local(yesterday(0), 23))
    assert (shares["service"], shares["manage"], shares["enforce"], shares["total"]) == (1, 1, 1, 3)
    assert county_shares["district_code"] is None and county_shares["total"] == 3


def test_story_06_expired_far_and_other_incidents_are_ignored(street):
    shop, other = street.shop(), street.shop("老王早点")
    for row in (
        street.met(shop, 400),
        street.met(shop, 40, metres=51),
        street.met(shop, 40, "04-06"),
        street.met(other, 40),
    ):
        street.does(row, row["proposed"], reason="-")
    street.met(shop, 12)  # recorded and never confirmed
    assert street.met(shop, 3)["proposed"] == "persuade"


def test_story_06_two_records_of_one_occasion_are_one(street):
    shop = street.shop()
    for row in [street.met(shop, 12) for _ in range(3)]:
        street.does(row, "persuade", reason="同一次")
    assert street.met(shop, 12)["proposed"] == "persuade"
    assert street.met(shop, 3)["proposed"] == "caution"


def test_story_06_an_exemption_stops_at_not_punishing_with_an_education_note(street):
    import_exemptions(street.session, street.t, EXEMPTIONS.encode(), "test")
    shop = street.shop()
    for days, step in ((40, "persuade"), (12, "caution")):
        street.does(street.met(shop, days), step)
    third = street.met(shop, 3, conditions=MINOR)
    assert third["proposed"] == "exempt"
    with pytest.raises(ReasonMissing, match="no_education"):
        street.does(third, "exempt")
    with pytest.raises(NumberInText):
        street.does(third, "exempt", education="已电话13812345678告知")
    done = street.does(third, "exempt", education="已告知便民小吃条例第三十四条,当场改正")
    assert (done["step"], done["state"], done["work_class"]) == ("exempt", "confirmed", "service")
    assert list_penalties(street.session, street.t, None, None, None, 9) == []
    (sample,) = list_samples(street.session, street.t, street.keys, local(yesterday(9)), local(yesterday(0), 23), 9)
    assert (sample["code"], sample["education"]) == ("免-1", "已告知便***条例第三十四条,当场改正")
    assert not {"at", "lon", "lat", "subject_id", "name_sealed", "district_code"} & set(sample)
    again = street.met(shop, 1, conditions=("minor",))
    assert again["proposed"] == "penalise" and len(again["counted"]) == 3
    with pytest.raises(NotExempt):
        street.does(again, "exempt", education="x", reason="y")


def test_story_06_formal_steps_are_blocked_without_two_valid_licences(street):
    shop = street.shop()
    street.does(street.met(shop, 40, "04-06"), "persuade")
    second = street.met(shop, 3, "04-06")
    assert second["proposed"] == "warn"
    for staff in ("AUX", "NEW", "OLD", "L5"):
        with pytest.raises(MayNotSign):
            street.does(second, "warn", staff)
    assert street.does(second, "warn", "L1")["state"] == "waiting"
    for staff in ("OLD", "AUX", "L3"):
        with pytest.raises(MayNotSign):
            street.does(second, "warn", staff)
    assert street.does(second, "warn", "L1")["state"] == "waiting"
    with pytest.raises(AlreadyDecided):
        street.does(second, "penalise", "L2", reason="改主意")
    with pytest.raises(NoPowerItem):
        street.does(street.met(shop, 2, "04-06"), "penalise", item="P-002", reason="-")
    assert street.does(second, "warn", "L2")["state"] == "confirmed"


def test_story_06_an_override_needs_a_reason_and_is_logged(street):
    shop = street.shop()
    first = street.met(shop, 12)
    with pytest.raises(ReasonMissing, match="no_override"):
        street.does(first, "caution")
    assert street.does(first, "caution", reason="严重堵塞消防通道")["override_reason"] == "严重堵塞消防通道"
    (logged,) = changes(street, "ladder.overridden")
    assert (logged["proposed"], logged["step"]) == ("persuade", "caution")
    with pytest.raises(AlreadyDecided):
        street.does(first, "persuade")


def test_story_06_nobody_unknown_or_unconfirmed_ever_climbs(street):
    for _ in range(3):
        row = street.met(None, 12)
        assert row["proposed"] == "persuade"
        for step in ("warn", "penalise", "exempt"):
            with pytest.raises(NeverClimbs):
                street.does(row, step, reason="r", education="e")
        street.does(row, "persuade")
    noted = street.shop(confirmed=False)
    for days in (40, 12):
        street.does(street.met(noted, days), "persuade")
    row = street.met(noted, 3)
    assert row["proposed"] == "persuade"
    with pytest.raises(NeverClimbs):
        street.does(row, "penalise", reason="r")
    confirm_subject(street.session, street.t, noted, "L1", "l1")
    assert identify(street.session, street.t, row["id"], noted, (), "L1", "l1")["proposed"] == "penalise"


def test_story_06_an_auxiliary_records_and_an_officer_decides(street):
    row = street.met(street.shop(), 3)
    with pytest.raises(NotAnOfficer):
        street.does(row, "persuade", "AUX")
    assert street.does(row, "persuade", "NEW")["state"] == "confirmed"


def test_what_was_confirmed_meanwhile_counts_when_it_is_decided(street):
    shop = street.shop()
    late = street.met(shop, 3)
    street.does(street.met(shop, 40), "persuade")
    with pytest.raises(ReasonMissing):
        street.does(late, "persuade")
    assert street.does(late, "caution")["proposed"] == "caution"


def test_files_that_are_joined_climb_together_and_split_again(street):
    one, two = street.shop("小王烧烤"), street.shop("王记烧烤")
    street.does(street.met(one, 40), "persuade")
    street.does(street.met(two, 12), "persuade")
    merge = merge_subjects(street.session, street.t, one, two, "同一摊主", "L1", "l1")
    row = street.met(two, 3)  # an old paper still names the file that is gone
    assert (row["subject_id"], row["proposed"]) == (one, "penalise")
    split_subjects(street.session, street.t, merge, "不是同一人", "L1", "l1")
    assert street.met(one, 2)["proposed"] == "caution" and street.met(two, 2)["proposed"] == "caution"


def test_the_same_uid_again_changes_nothing(street):
    shop = street.shop()
    draft = IncidentDraft(uuid7(), SYSTEM, "04-05", local(yesterday(3)), 117.99, 28.30, shop)
    first = record_incident(street.session, street.t, draft, "AUX", "aux")
    assert record_incident(street.session, street.t, draft, "L1", "l1") == first
    withdraw_incident(street.session, street.t, first["id"], "重复登记", "L1", "l1")
    assert get_incident(street.session, street.t, first["id"])["state"] == "withdrawn"


def test_a_strict_street_begins_with_a_caution(street):
    from sqlalchemy import insert

    from geo.tables.base import Base

    known = Base.metadata.tables
    road = street.session.execute(
        insert(known["road"]).values(
            tenant=street.t, source="test", source_key="r", name="严管街", road_class="primary", tier="main",
            geom="SRID=4490;LINESTRING(117.9899 28.2999, 117.9901 28.3001)",
        ).returning(known["road"].c.id)
    ).scalar_one()  # fmt: skip
    since = dt.date(2020, 1, 1)
    street.session.execute(
        insert(known["road_regime"]).values(
            tenant=street.t, road_id=road, regime="strict", valid_from_on=since, set_by="test"
        )
    )
    street.session.execute(
        insert(known["regime_rule"]).values(
            tenant=street.t, regime="strict", valid_from_on=since, tolerance_min=0, clock_permille=500,
            first_step="warn", passes_per_shift=2,
        )
    )  # fmt: skip
    assert street.met(None, 3)["proposed"] == "caution"
    assert street.met(None, 3, metres=200)["proposed"] == "persuade"


def _allow(street: Any, table: str, **values: Any) -> None:
    from sqlalchemy import insert

    from geo.tables.base import Base

    where = {"tenant": street.t, "source": "test", "source_key": str(uuid7()), "geom": "SRID=4490;POINT(117.99 28.30)"}
    street.session.execute(insert(Base.metadata.tables[table]).values(**where, **values))


def test_what_may_be_permitted_is_asked_before_an_incident_is_written(street):
    on = yesterday(3)
    span = {"valid_from_on": on - dt.timedelta(days=5), "valid_to_on": on}
    _allow(street, "permit", number="占2026-9", kind="occupation", **span)
    with pytest.raises(PermitStands) as asked:
        street.met(None, 3)
    assert asked.value.facts["number"] == "占2026-9"
    assert street.met(None, 3, permit_checked=True)["permits"] == ["占2026-9"]
    assert street.met(None, 2)["permits"] == []  # its last day is over
    assert street.met(None, 3, "01-14")["permits"] == []  # no permit makes a spill legal
    _allow(street, "vendor_point", name="疏导点", kind="regulated", opening="08:00-12:00")
    with pytest.raises(PermitStands) as told:
        street.met(None, 2, "04-01")
    assert (told.value.facts["kind"], told.value.facts["number"]) == ("vendor_point", "疏导点")
    assert street.met(None, 2, "04-01", hour=13)["permits"] == []  # trade is over for the day


def test_a_breach_in_front_of_a_shop_is_a_problem_and_climbs_the_ladder(street):
    """M04: 违约 → event 06-04 → 首违、二违."""
    front = {"code": "MQ1", "name": "便民小吃", "geom": "SRID=4490;LINESTRING(117.99 28.30, 117.9901 28.30)"}
    (frontage,) = add(street.session, street.t, "frontage", [front])
    shop, proposed = street.shop(), []
    for days in (12, 3):
        at = local(yesterday(days))
        check = record_check(street.session, street.t, Check(uuid7(), frontage, at, failed=("order",)), actor="aux")
        event = get_check(street.session, street.t, check)["event_uid"]
        found_problem = street.session.execute(
            text("SELECT id FROM problem_case WHERE tenant = :t AND event_uid = :e"), {"t": street.t, "e": event}
        )
        row = street.met(shop, days, code="06-04", problem_id=found_problem.scalar_one())
        assert row["problem_id"] is not None
        proposed.append(street.does(row, row["proposed"])["step"])
    assert proposed == ["persuade", "caution"]
