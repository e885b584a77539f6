"""渣土: who keeps to the way is left alone, who does not is proposed to a person, and nothing is told twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text

from geo.cases.books import import_table
from geo.cases.codes.files import TableRefused
from geo.cases.history import load_steps
from geo.cases.waste.deviations.actions import (
    BadJudgement,
    UnknownDeviation,
    judge_deviation,
    list_deviations,
    send_deviations,
)
from geo.cases.waste.deviations.states import DEVIATION
from geo.cases.waste.feeds.actions import TooManyRows, forget_fixes, list_receipts, take_feed
from geo.cases.waste.siting.actions import suit_spot
from geo.cases.waste.spills.actions import trace_spill
from geo.cases.waste.trips.actions import list_trips, reconcile, trace_day, trace_days
from geo.cases.workflow import StepNotOpen
from geo.db.engine import Database
from geo.features.locate import Swapped
from geo.uids import uuid7
from tests import haulage
from tests.haulage import DAY, PLATES, clock, drive, send, spot

CLEAN = ((0, 0), (4000, 0))
ASIDE = ((0, 0), (2000, 0), (2000, 1200), (2000, 0), (4000, 0))


@pytest.fixture
def town(database: Database, county: str) -> str:
    """The town of :mod:`tests.haulage`, its feeds empty."""
    haulage.fill(database, county)
    return county


def trace(database: Database, tenant: str) -> Any:
    with database.begin(tenant) as session:
        return trace_day(session, tenant, DAY)


def kinds(database: Database, tenant: str, state: str | None = None) -> list[str]:
    with database.begin(tenant) as session:
        return [row["kind"] for row in list_deviations(session, tenant, DAY, DAY, state=state)]


def ticket(number: str, plate: str, at: dt.datetime, dump: str = "X1", gross: int = 31_000) -> dict[str, Any]:
    return {"number": number, "plate": plate, "dump": dump, "at": at.isoformat(), "gross": gross, "tare": 13_000}


def test_a_trip_on_its_way_with_its_weighing_shows_nothing(database: Database, town: str) -> None:
    send(database, town, drive(PLATES["A"], clock(8), CLEAN))
    send(database, town, iter([ticket("1", PLATES["A"], clock(8, 16))]), feed="ticket")
    told = trace(database, town)
    assert (told.trips, told.deviations, told.new) == (1, 0, 0)
    with database.begin(town) as session:
        [trip] = list_trips(session, town, DAY, DAY)
    assert (trip["site_code"], trip["ending"], trip["dump_code"]) == ("G1", "dump", "X1")
    assert trip["permit_number"] == "渣2026-1" and trip["ticket"] == "1" and trip["net_kg"] == 18_000
    assert trip["metres"] == pytest.approx(4000, abs=100)


@pytest.mark.parametrize(
    ("plate", "at", "way", "pauses", "wanted"),
    [
        ("A", clock(8), ASIDE, {}, ["off_route"]),
        ("A", clock(8), ((0, 0), (1000, 0), (4000, 0)), {1: 900}, ["stopped"]),
        ("A", clock(8), ((0, 0), (2000, 0), (2000, 1500)), {}, ["wrong_dump", "off_route"]),
        ("A", clock(8), ((0, 0), (3000, 0), (0, 0)), {}, ["no_dump"]),
        ("C", clock(8), CLEAN, {}, ["no_permit"]),
        ("A", clock(5), CLEAN, {}, ["out_of_hours"]),
    ],
)
def test_each_kind_of_deviation_is_found_and_no_other(
    database: Database, town: str, plate: str, at: dt.datetime, way: Any, pauses: dict[int, int], wanted: list[str]
) -> None:
    send(database, town, drive(PLATES[plate], at, way, pauses=pauses))
    assert trace(database, town).new == len(wanted)
    assert sorted(kinds(database, town)) == sorted(wanted)
    again = trace(database, town)
    assert (again.new, again.withdrawn) == (0, 0)


def test_a_terminal_that_falls_silent_is_told(database: Database, town: str) -> None:
    rows = list(drive(PLATES["A"], clock(8), ((0, 0), (2000, 0), (4000, 0)), pauses={1: 900}))
    gap = [row for row in rows if not clock(8, 10) <= dt.datetime.fromisoformat(row["at"]) < clock(8, 22)]
    send(database, town, iter(gap))
    trace(database, town)
    assert "silent" in kinds(database, town)


def test_later_positions_withdraw_what_no_longer_holds_but_not_what_a_person_said(
    database: Database, town: str
) -> None:
    back = list(drive(PLATES["A"], clock(8), ((0, 0), (3000, 0), (0, 0))))
    send(database, town, iter(back))
    trace(database, town)
    assert kinds(database, town) == ["no_dump"]
    # The terminal sends the missing hour at night: it had been at the dump before it came back.
    at = clock(8, 12)
    send(database, town, iter([
        {"plate": PLATES["A"], "at": (at + dt.timedelta(seconds=5 + n * 3)).isoformat(),
         "lon": spot(4000, 0)[0], "lat": spot(4000, 0)[1]} for n in range(60)
    ]))  # fmt: skip
    with database.begin(town) as session:
        session.execute(
            text("DELETE FROM haul_fix WHERE tenant = :t AND at > :a AND at < :b AND lon < :lon"),
            {"t": town, "a": at, "b": at + dt.timedelta(minutes=4), "lon": spot(3900, 0)[0]},
        )
    told = trace(database, town)
    assert told.withdrawn == 1
    assert kinds(database, town, "withdrawn") == ["no_dump"]
    with database.begin(town) as session:
        session.execute(text("DELETE FROM haul_fix WHERE tenant = :t AND lon > :lon"),
                        {"t": town, "lon": spot(3900, 0)[0]})  # fmt: skip
    send(database, town, iter(back))
    trace(database, town)
    with database.begin(town) as session:
        [row] = list_deviations(session, town, DAY, DAY, kind="no_dump")
        assert row["state"] == "proposed"
        assert [step.step for step in load_steps(session, town, DEVIATION, row["id"])] == [
            "open",
            "withdraw",
            "find_again",
        ]
        judge_deviation(session, town, row["id"], "dismiss", note="空车", actor="li")
        session.execute(text("DELETE FROM haul_fix WHERE tenant = :t"), {"t": town})
    assert trace(database, town).withdrawn == 0
    assert kinds(database, town, "dismissed") == ["no_dump"]


def test_weighings_and_trips_are_compared_one_to_one(database: Database, town: str) -> None:
    send(database, town, drive(PLATES["A"], clock(8), CLEAN), drive(PLATES["B"], clock(8), CLEAN))
    send(
        database, town, iter([ticket("1", PLATES["A"], clock(8, 16)), ticket("2", PLATES["A"], clock(8, 18)),
                              ticket("3", "云C99999", clock(9))]), feed="ticket",
    )  # fmt: skip
    trace(database, town)
    with database.begin(town) as session:
        found = reconcile(session, town, DAY, DAY)
    assert found["counts"] == {"tickets": 3, "trips": 2, "matched": 1}
    assert [(one["number"], one["registered"]) for one in found["tickets_alone"]] == [("2", True), ("3", False)]
    assert [one["plate"] for one in found["trips_alone"]] == [PLATES["B"]]
    assert kinds(database, town) == ["no_ticket"]


def test_a_delivery_is_taken_once_and_its_receipt_adds_up(database: Database, town: str) -> None:
    rows = [*drive(PLATES["A"], clock(8), CLEAN), *drive("云Z00000", clock(8), ((0, 0), (500, 0)), wait_s=0)]
    bad = [{**rows[0], "at": "sometime"}, {**rows[0], "lon": 28.3, "lat": 118.0}, {**rows[0], "lon": 10.0},
           {**rows[0], "at": (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()}]  # fmt: skip
    uid = uuid7()
    receipts = []
    for _ in range(2):
        with database.begin(town) as session:
            receipts.append(take_feed(session, town, "box", "fix", [*rows, *bad], uid=uid, actor="key:box"))
    assert receipts[0] == receipts[1]
    first = receipts[0]
    assert first["rows"] == first["taken"] + first["known"] + first["refused"] + first["unknown"]
    assert first["plates"] == ["云Z00000"] and first["refused"] == 4 and first["known"] == 0
    assert [fault["field"] for fault in first["faults"]] == ["at", "lat", "lon", "at"]
    again = send(database, town, iter(rows))
    assert again["taken"] == 0 and again["known"] == first["taken"]
    with database.begin(town) as session:
        assert [one["uid"] for one in list_receipts(session, town, "fix")] == [again["uid"], uid]
        with pytest.raises(TooManyRows):
            take_feed(session, town, "box", "fix", [{}] * 50_001, uid=uuid7(), actor="x")
        facts = session.execute(text("SELECT facts::text FROM change WHERE tenant = :t"), {"t": town}).scalars()
        assert not any(plate in fact for fact in facts for plate in (*PLATES.values(), "云Z00000"))


def test_a_source_is_read_by_its_own_mapping(database: Database, town: str) -> None:
    from geo.layers.offsets import to_gcj02

    csv = "来源,数据,字段,对方写法\n" + "".join(
        f"city,{kind},{name},{said}\n"
        for kind, name, said in (
            ("fix", "plate", "CPH"), ("fix", "at", "SJ"), ("fix", "lon", "JD"), ("fix", "lat", "WD"),
            ("fix", "offset", "gcj02"), ("ticket", "mass", "t"), ("ticket", "dump_is", "X1"),
        )
    )  # fmt: skip
    lon, lat = (float(one) for one in to_gcj02(*spot(0, 0)))
    weighed = {"磅单号": "7", "车牌": PLATES["A"], "时间": "2026/3/2 8:16", "毛重": "31.5", "皮重": "13.2"}
    with database.begin(town) as session:
        import_table(session, town, "feed_columns", csv.encode())
        row = {"CPH": PLATES["A"], "SJ": "2026-03-02 08:00:00", "JD": f"{lon:.7f}", "WD": f"{lat:.7f}"}
        assert take_feed(session, town, "city", "fix", [row], uid=uuid7(), actor="x")["taken"] == 1
        assert take_feed(session, town, "city", "ticket", [weighed], uid=uuid7(), actor="x")["taken"] == 1
        at, x, y = session.execute(text("SELECT at, lon, lat FROM haul_fix WHERE tenant = :t"), {"t": town}).one()
        net = session.execute(
            text("SELECT gross_kg - tare_kg, dump_code FROM weigh_ticket WHERE tenant = :t"), {"t": town}
        )
        assert tuple(net.one()) == (18_300, "X1")
    assert at == clock(8) and (x, y) == pytest.approx(spot(0, 0), abs=2e-7)


def test_a_person_judges_and_only_what_is_confirmed_leaves_once(database: Database, town: str) -> None:
    send(database, town, drive(PLATES["A"], clock(8), ASIDE), drive(PLATES["C"], clock(8), CLEAN))
    trace(database, town)
    with database.begin(town) as session:
        rows = {row["kind"]: row["id"] for row in list_deviations(session, town, DAY, DAY)}
        assert send_deviations(session, town, "city", actor="x").rows == []
        with pytest.raises(BadJudgement):
            judge_deviation(session, town, rows["off_route"], "dismiss", actor="li")
        with pytest.raises(BadJudgement):
            judge_deviation(session, town, rows["off_route"], "withdraw", actor="li")
        with pytest.raises(UnknownDeviation):
            judge_deviation(session, town, rows["off_route"], "confirm", area=["elsewhere"], actor="li")
        judge_deviation(session, town, rows["no_permit"], "confirm", actor="li")
        with pytest.raises(StepNotOpen):
            judge_deviation(session, town, rows["no_permit"], "confirm", actor="li")
        import_table(
            session,
            town,
            "feed_columns",
            "来源,数据,字段,对方写法\ncity,偏差,kind,PCLX\ncity,偏差,kind_no_permit,04\n".encode(),
        )
        sent = send_deviations(session, town, "city", actor="x")
        assert [(row["PCLX"], row["状态"], row["车牌号"]) for row in sent.rows] == [("04", "属实", PLATES["C"])]
        assert send_deviations(session, town, "city", actor="x").rows == []
        judge_deviation(session, town, rows["no_permit"], "reconsider", note="补证", actor="li")
        assert [row["状态"] for row in send_deviations(session, town, "city", actor="x").rows] == ["待核实"]
        assert [one["rows"] for one in list_receipts(session, town, "deviation")] == [1, 1]


def test_a_spill_names_who_passed_before_who_is_only_near_and_judges_nobody(database: Database, town: str) -> None:
    send(database, town, drive(PLATES["A"], clock(8), CLEAN))
    trace(database, town)
    place = spot(2500, 10)
    with database.begin(town) as session:
        after = trace_spill(session, town, *place, clock(9))
        before = trace_spill(session, town, *place, clock(8, 1))
        beside = trace_spill(session, town, *spot(1500, 850), clock(9))
        with pytest.raises(Swapped):
            trace_spill(session, town, place[1], place[0], clock(9))
    assert [(one.site, one.reasons) for one in after.candidates] == [
        ("G1", ("passed", "on_route", "near")), ("G2", ("near",)),
    ]  # fmt: skip
    first, second = after.candidates
    assert (first.route, first.permit, first.gate) == ("R1", "渣2026-1", "G1-1")
    assert first.along_m == pytest.approx(2500, abs=5) and first.street_m == pytest.approx(2510, abs=15)
    assert first.passes[0].plate == PLATES["A"] and first.passes[0].off_m <= 12
    assert second.street_m == pytest.approx(10 + 500 + 900 + 500, abs=20) and second.straight_m < 1400
    assert before.candidates[0].reasons == ("on_route", "near")
    assert [one.site for one in beside.candidates] == ["G2", "G1"]


def test_a_stockpile_is_asked_for_room_and_distance(database: Database, town: str) -> None:
    send(database, town, iter([ticket("1", PLATES["A"], clock(8), gross=93_000)]), feed="ticket")
    with database.begin(town) as session:
        haulage.add(session, town, "hotspot_zone", name="实验小学", kind="school", geom=haulage.square(2100, 1500, 50))
        near, far = (suit_spot(session, town, *spot(*one)) for one in ((2010, 1400), (3000, 100)))
    assert not near.suits and far.suits
    assert [one.name for one in near.conditions if not one.holds] == ["clear_school_m"]
    assert [(one.code, one.left_t) for one in far.places] == [("X1", 20), ("X2", None)]
    assert far.places[0].street_m == pytest.approx(1100, abs=15)
    assert near.places[0].code == "X2" and near.places[0].street_m == pytest.approx(110, abs=15)


def test_thresholds_are_the_countys_and_positions_expire(database: Database, town: str) -> None:
    send(database, town, drive(PLATES["A"], clock(8), ASIDE))
    with database.begin(town) as session:
        import_table(session, town, "waste_limits", "名称,数值,依据\noff_route_m,2000,本局〔2026〕3号\n".encode())
        with pytest.raises(TableRefused):
            import_table(session, town, "waste_limits", "名称,数值\nno_such,1\n".encode())
        with pytest.raises(TableRefused):
            import_table(session, town, "haul_vehicles", "车牌号,企业编号\n云A10009,H9\n".encode())
    [told] = trace_days(database, town, DAY, DAY)
    assert told.trips == 1 and kinds(database, town) == []
    with database.begin(town) as session:
        import_table(session, town, "waste_limits", "名称,数值\nkeep_fixes_d,1\n".encode())
        forget_fixes(session, town)
        assert session.execute(text("SELECT count(*) FROM haul_fix WHERE tenant = :t"), {"t": town}).scalar_one() == 0
        assert len(list_trips(session, town, DAY, DAY)) == 1
