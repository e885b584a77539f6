"""The ledger of illegal buildings: entered once, stepped in order, corrected in the open, watched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import geopandas
import pytest
import shapely
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.cases.buildings import queries
from geo.cases.buildings.actions import (
    ActRefused,
    BadCorrection,
    BadGround,
    Draft,
    NotExisting,
    ReasonMissing,
    correct_amounts,
    enter_building,
    take_building_step,
)
from geo.cases.buildings.adoption import WAYS_TO, adopt_all
from geo.cases.buildings.books import get_building, list_overlaps, load_statement, may_demolish
from geo.cases.buildings.facts import FactMissing
from geo.cases.buildings.states import BUILDING, ESTATE
from geo.cases.buildings.stock import Amounts
from geo.cases.buildings.watch import StandsInside, UnknownPerson, answer_alarm, award_estate, set_rule
from geo.cases.buildings.watch.actions import take_estate_step
from geo.cases.buildings.watch.queries import list_alarms, list_estates
from geo.cases.history import StepOutOfOrder, load_steps
from geo.cases.workflow import StepNotOpen
from geo.crs import to_metric
from geo.db.counties import get_county
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.patrol.demand.acts import demolition_wishes, due_acts
from geo.patrol.demand.load import why_not_demolish
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.queries import load_open_buildings
from geo.tables.base import Base
from geo.tables.illegal_buildings import STATUSES
from geo.uids import uuid7
from tests.assessed import assess

SRID = 4548
WEST, SOUTH = 598_000.0, 3_132_000.0
JAN = dt.date(2026, 1, 5)


def ground(x: float = 0.0, y: float = 0.0, wide: float = 10.0, deep: float = 12.0) -> bytes:
    """A rectangle in metres from the corner of the test ground, as WKB in degrees."""
    box = shapely.box(WEST + x, SOUTH + y, WEST + x + wide, SOUTH + y + deep)
    return bytes(geopandas.GeoSeries([box], crs=SRID).to_crs(4490).to_wkb()[0])


def at(month: int, day: int, hour: int = 4) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


@pytest.fixture
def session(database: Database, county: str) -> Iterator[Session]:
    with database.begin(county) as session:
        staff = Base.metadata.tables["staff"]
        session.execute(insert(staff).values(tenant=county, code="T1", name="赵六", kind="regular"))
        yield session


def entered(session: Session, county: str, found_on: dt.date = JAN, x: float = 0.0, **more: object) -> int:
    draft = Draft(uuid7(), ground(x), found_on, households=2, **more)  # type: ignore[arg-type]
    return enter_building(session, county, draft, actor="li")[0]


def step(session: Session, county: str, number: int, name: str, when: dt.datetime, **more: object) -> str:
    return take_building_step(session, county, number, name, at=when, actor="li", **more)  # type: ignore[arg-type]


def test_the_tables_and_the_workflow_name_the_same_states() -> None:
    assert set(STATUSES) == set(BUILDING.states) == set(WAYS_TO)


def test_a_footprint_is_entered_once_with_its_ground_measured(session: Session, county: str) -> None:
    draft = Draft(uuid7(), ground(), JAN, households=2, category="加建外扩")
    number, overlaps = enter_building(session, county, draft, actor="li")
    again, _ = enter_building(session, county, draft, actor="li")
    assert (again, overlaps, count_of(session, county, "illegal_building")) == (number, [], 1)
    row = get_building(session, county, number)
    assert (row["status"], row["area_m2"], row["area_dm2"]) == ("suspected", pytest.approx(120, abs=0.01), 12_000)
    beside, overlaps = enter_building(session, county, Draft(uuid7(), ground(8.0), JAN), actor="li")
    assert [(a, b) for a, b, _ in overlaps] == [(number, beside)]
    assert list_overlaps(session, county) == [(number, beside, pytest.approx(2_400, abs=2))]
    step(session, county, beside, "dismiss", at(1, 6), note="有许可")
    assert list_overlaps(session, county) == []


def test_broken_or_far_ground_is_refused(session: Session, county: str) -> None:
    bow = shapely.to_wkb(shapely.Polygon([(118, 28.3), (118.001, 28.301), (118.001, 28.3), (118, 28.301)]))
    far = shapely.to_wkb(shapely.box(100, 20, 100.1, 20.1))
    for broken in (bow, far):
        with pytest.raises(BadGround):
            enter_building(session, county, Draft(uuid7(), broken, JAN), actor="li")
    assert count_of(session, county, "illegal_building") == 0


def test_steps_need_what_the_law_wants_of_them(session: Session, county: str) -> None:
    number = entered(session, county)
    with pytest.raises(StepNotOpen):
        step(session, county, number, "order", at(1, 6), facts={"served_on": "2026-01-06", "deadline_on": "2026-01-20"})
    step(session, county, number, "verify", at(1, 6))
    with pytest.raises(StepOutOfOrder):
        step(session, county, number, "register", at(1, 5))
    step(session, county, number, "register", at(1, 7), facts={"households": 3})
    with pytest.raises(FactMissing):
        step(session, county, number, "order", at(1, 8), facts={"served_on": "2026-01-08"})
    with pytest.raises(ReasonMissing):
        step(session, county, number, "confiscate", at(1, 8))
    order = {"served_on": "2026-01-08", "deadline_on": "2026-01-23"}
    assert step(session, county, number, "order", at(1, 8), facts=order) == "ordered"
    row = get_building(session, county, number)
    assert (row["status"], row["entered_as"], row["households"]) == ("ordered", "existing", 3)
    assert row["status_since_on"] == dt.date(2026, 1, 8)


def test_the_same_step_sent_twice_is_taken_once(session: Session, county: str) -> None:
    number, uid = entered(session, county), uuid7()
    for _ in range(2):
        assert step(session, county, number, "verify", at(1, 6), uid=uid) == "verified"
    assert [one.step for one in load_steps(session, county, BUILDING, number)] == ["open", "verify"]


def test_demolition_waits_for_papers_day_and_hour(session: Session, county: str) -> None:
    number = entered(session, county)
    step(session, county, number, "verify", at(1, 6))
    step(session, county, number, "register", at(1, 7))
    morning = at(11, 9, 1), at(11, 9, 3)  # a Monday, 09:00 to 11:00 there
    assert [one.code for one in may_demolish(session, county, number, *morning).reasons] == [
        "buildings.no_order", "buildings.no_announcement", "risks.none",
    ]  # fmt: skip
    step(session, county, number, "order", at(3, 10), facts={"served_on": "2026-03-10", "deadline_on": "2026-03-25"})
    step(session, county, number, "announce", at(3, 26), facts={"until_on": "2026-04-10"})
    assess(session, county, "CQ-1", about="building", building=number, upto="submitted")
    unassessed = may_demolish(session, county, number, *morning, urgent="有倒塌危险")
    assert [(one.code, one.facts) for one in unassessed.reasons] == [("risks.not_approved", {"number": "CQ-1"})]
    assess(session, county, "CQ-2", about="building", building=number)
    verdict = may_demolish(session, county, number, *morning)
    assert verdict.allowed and verdict.first_on == dt.date(2026, 9, 11)
    early = may_demolish(session, county, number, at(9, 10, 1), at(9, 10, 3))
    assert [one.code for one in early.reasons] == ["buildings.too_early"]
    for start, end, code in (
        (at(11, 9, 12), at(11, 9, 15), "buildings.by_night"),  # 20:00 to 23:00
        (at(11, 8, 1), at(11, 8, 3), "buildings.rest_day"),  # a Sunday
        (at(10, 2, 1), at(10, 2, 3), "buildings.rest_day"),  # National Day holiday
    ):
        assert [one.code for one in may_demolish(session, county, number, start, end).reasons] == [code]
        assert may_demolish(session, county, number, start, end, urgent="有倒塌危险").allowed
        with pytest.raises(ActRefused):
            hours = {"from_at": start.isoformat(), "to_at": end.isoformat()}
            step(session, county, number, "demolish", end, facts=hours)
    step(session, county, number, "appeal", at(4, 1), facts={"kind": "review"})
    assert not may_demolish(session, county, number, *morning).allowed
    step(session, county, number, "uphold", at(6, 1), facts={"received_on": "2026-06-01"})
    assert may_demolish(session, county, number, *morning).allowed
    with pytest.raises(StepNotOpen):
        hours = {"from_at": morning[0].isoformat(), "to_at": morning[1].isoformat()}
        step(session, county, number, "demolish", morning[1], facts=hours)
    step(session, county, number, "announce", at(9, 20), facts={"until_on": "2026-10-20"})
    assert step(session, county, number, "demolish", morning[1], facts=hours) == "demolished"
    assert step(session, county, number, "write_off", at(11, 10)) == "written_off"


def test_a_correction_is_a_line_of_its_own_and_cannot_be_taken_back(database: Database, county: str) -> None:
    with database.begin(county) as session:
        number = entered(session, county)
        step(session, county, number, "verify", at(1, 6))
        step(session, county, number, "register", at(1, 7))
        step(session, county, number, "order", at(3, 9), facts={"served_on": "2026-03-09", "deadline_on": "2026-03-20"})
        correct_amounts(
            session, county, number, at=at(2, 1), households_more=-1, area_dm2_more=550, reason="重测", actor="li"
        )
        for when, more, reason in ((at(1, 6), 1, "早于入账"), (at(2, 1), 0, "零"), (at(2, 1), -9, "过多")):
            with pytest.raises(BadCorrection):
                correct_amounts(session, county, number, at=when, households_more=more, reason=reason, actor="li")
        before = load_statement(session, county, dt.date(2026, 1, 1), dt.date(2026, 1, 31))
        after = load_statement(session, county, dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert before.closing == after.opening == Amounts(1, 2, 12_000)
    assert after.term("corrected") == Amounts(0, -1, 550) and after.closing == Amounts(1, 1, 12_550)
    assert [line.n for line in after.late] == [None] and after.difference == Amounts()
    with pytest.raises(DBAPIError, match="permission denied"), database.begin(county) as session:
        session.execute(text("UPDATE building_correction SET households_more = 0 WHERE tenant = :t"), {"t": county})


def test_stopped_buildings_stay_out_and_what_is_finished_anyway_is_new(session: Session, county: str) -> None:
    number = entered(session, county)
    step(session, county, number, "verify", at(1, 6))
    step(session, county, number, "stop", at(1, 6))
    stopped = load_statement(session, county, JAN, dt.date(2026, 12, 31))
    assert stopped.closing == Amounts() and stopped.postings == ()
    with pytest.raises(StepNotOpen):
        step(session, county, number, "register_new", at(1, 7))
    step(session, county, number, "overbuild", at(2, 1), note="夜间续建完工")
    follow = queries.list_buildings(session, county, statuses=["suspected"])
    assert [one["follows_id"] for one in follow] == [number]
    step(session, county, follow[0]["id"], "verify", at(2, 2))
    step(session, county, follow[0]["id"], "register_new", at(2, 2))
    told = load_statement(session, county, JAN, dt.date(2026, 12, 31))
    assert told.term("new") == told.closing == Amounts(1, 2, 12_000)
    assert list_overlaps(session, county) == []


def test_what_was_struck_and_entered_anew_nets_to_nothing(session: Session, county: str) -> None:
    number = entered(session, county)
    step(session, county, number, "verify", at(1, 6))
    step(session, county, number, "register", at(1, 7))
    step(session, county, number, "strike", at(2, 1), note="重复登记")
    again = entered(session, county, dt.date(2026, 2, 1), follows=number)
    step(session, county, again, "verify", at(2, 2))
    step(session, county, again, "register", at(2, 2))
    feb = load_statement(session, county, dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert (feb.opening, feb.closing) == (Amounts(1, 2, 12_000),) * 2
    assert feb.term("corrected") == Amounts() and feb.term("existing") == Amounts() and len(feb.postings) == 2


def test_what_is_newer_than_the_base_date_is_put_before_a_named_person(session: Session, county: str) -> None:
    with pytest.raises(UnknownPerson):
        set_rule(session, county, dt.date(2025, 12, 31), "nobody", "li", district=None)
    set_rule(session, county, dt.date(2025, 12, 31), "T1", "li", district=None)
    old = entered(session, county, built_on=dt.date(2019, 5, 1))
    new = entered(session, county, x=50.0)
    alarms = list_alarms(session, county)
    assert [(one["building_id"], one["staff"], one["seen_on"]) for one in alarms] == [(new, "T1", JAN)]
    later = entered(session, county, x=90.0, built_on=dt.date(2026, 1, 2))
    step(session, county, later, "verify", at(1, 6))
    with pytest.raises(NotExisting):
        step(session, county, later, "register", at(1, 6))
    step(session, county, later, "register_new", at(1, 6))
    assert [one["building_id"] for one in list_alarms(session, county)] == [later, new]
    answer_alarm(session, county, list_alarms(session, county)[0]["id"], "责成自拆", "wang")
    assert [one["building_id"] for one in list_alarms(session, county, open_only=True)] == [new]
    assert old not in {one["building_id"] for one in list_alarms(session, county)}


def test_an_estate_loses_its_standing_by_itself(database: Database, county: str) -> None:
    estate = geopandas.GeoDataFrame(
        {"name": ["安居苑"], "source_key": ["e1"]},
        geometry=[shapely.box(WEST - 5, SOUTH - 5, WEST + 80, SOUTH + 80)],
        crs=SRID,
    )
    save_frame(database, county, "estate", estate, "drawn")
    with database.begin(county) as session:
        staff = Base.metadata.tables["staff"]
        session.execute(insert(staff).values(tenant=county, code="T1", name="赵六", kind="regular"))
        (row,) = list_estates(session, county)
        award_estate(session, county, row["id"], "T1", at=at(1, 1), actor="li")
        assert [(one["status"], one["keeper"]) for one in list_estates(session, county)] == [("held", "T1")]
        number = entered(session, county)
        step(session, county, number, "verify", at(1, 6))
        assert list_estates(session, county)[0]["status"] == "held"
        step(session, county, number, "register_new", at(1, 6))
        lost = list_estates(session, county)[0]
        assert (lost["status"], lost["status_since_on"]) == ("lost", dt.date(2026, 1, 6))
        history = load_steps(session, county, ESTATE, row["id"])
        assert history[-1].facts == {"building": number}
        with pytest.raises(StepNotOpen):
            award_estate(session, county, row["id"], "nobody", at=at(2, 1), actor="li")
        take_estate_step(session, county, row["id"], "reapply", at=at(2, 1), actor="li")
        with pytest.raises(StandsInside):
            award_estate(session, county, row["id"], "T1", at=at(2, 1), actor="li")


def test_rows_of_a_layer_get_the_history_that_their_state_tells(database: Database, county: str) -> None:
    states = list(STATUSES)
    boxes = [shapely.box(WEST + 30 * n, SOUTH, WEST + 30 * n + 10, SOUTH + 10) for n in range(len(states))]
    frame = geopandas.GeoDataFrame(
        {
            "status": states, "source_key": states, "households": [1] * len(states),
            "found_on": [dt.date(2025, 3, 1)] * len(states), "status_since_on": [dt.date(2025, 6, 1)] * len(states),
        },
        geometry=boxes, crs=SRID,
    )  # fmt: skip
    assert not save_frame(database, county, "illegal_building", frame, "survey").rejected
    with database.begin(county) as session:
        assert adopt_all(session, county, "li") == len(states)
        assert adopt_all(session, county, "li") == 0
        for row in queries.list_buildings(session, county):
            log = load_steps(session, county, BUILDING, row["id"])
            assert log[-1].to_state == row["status"] and log[0].at <= log[-1].at
        told = load_statement(session, county, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    # Ten came in, one of them as new; two left by 没收 and 补办, one by 销账, one was struck.
    assert told.term("existing").plots == 10 and told.term("new").plots == 1
    assert [told.term(term).plots for term in ("demolished", "confiscated", "regularised", "corrected")] == [-1] * 4
    assert told.closing.plots == 7 and told.difference == Amounts()


def test_a_uid_of_something_else_is_refused(session: Session, county: str) -> None:
    from geo.cases.receipts.actions import UidTaken

    number, uid = entered(session, county), uuid7()
    step(session, county, number, "verify", at(1, 6), uid=uid)
    with pytest.raises(UidTaken):
        enter_building(session, county, Draft(uid, ground(60.0), JAN), actor="li")


def test_the_planner_gives_a_slot_for_demolition_by_day_after_the_papers_and_no_other(
    session: Session, county: str
) -> None:
    number = entered(session, county)
    step(session, county, number, "verify", at(1, 6))
    step(session, county, number, "register", at(1, 7))
    step(session, county, number, "order", at(3, 10), facts={"served_on": "2026-03-10", "deadline_on": "2026-03-25"})
    step(session, county, number, "announce", at(3, 26), facts={"until_on": "2026-04-10"})
    assess(session, county, "CQ-3", about="building", building=number)
    told = get_county(session, county)
    frame = to_metric(load_open_buildings(session), told.metric_srid)
    frame = frame.assign(district_code=None)

    def given(month: int, day: int, from_h: int, to_h: int) -> tuple[list[tuple[int, ...]], list[str]]:
        on = dt.date(2026, month, day)
        starts_at = dt.datetime.combine(on, dt.time(from_h), told.zone)
        span = ShiftSpan(on, from_h * 3600, to_h * 3600, starts_at)
        due = due_acts(frame.assign(status_since_on=on), span)  # its day in the round of those announced
        assert len(due) == 1
        found = demolition_wishes(due, span, lambda *slot: why_not_demolish(session, told, *slot))
        return [one.windows for one in found.wishes], [why[0] for one in found.refused for why in one["why"]]

    granted, refused = given(11, 9, 8, 16)  # a Monday, the papers complete since 11 September
    assert granted == [((0, 8 * 3600),)] and refused == []
    assert given(11, 9, 14, 22)[0] == [((0, 4 * 3600),)]  # a late shift: until 18:00, never into the night
    assert given(11, 9, 18, 23) == ([], [])  # nothing by night, and so nothing to refuse
    assert given(9, 10, 8, 16) == ([], ["buildings.too_early"])  # the last day of the period of appeal
    assert given(11, 8, 8, 16) == ([], ["buildings.rest_day"])  # a Sunday
    assert given(10, 2, 8, 16) == ([], ["buildings.rest_day"])  # National Day
    step(session, county, number, "appeal", at(4, 1), facts={"kind": "review"})
    assert given(11, 9, 8, 16) == ([], ["buildings.appeal_open"])
