"""Emergency supplies: movements, lots, the equation, the nearest point with enough, who is on call."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from geo.cases.books import export_table, import_table
from geo.cases.codes.files import TableRefused
from geo.cases.supplies import queries
from geo.cases.supplies.actions import (
    BadMove,
    MoveDraft,
    NotEnough,
    UnknownItem,
    UnknownPoint,
    find_nearest,
    load_equations,
    record_move,
)
from geo.db.engine import Database
from geo.uids import uuid7
from tests.api.county import add, point
from tests.registers import prepare

ITEMS = "物资编码,物资名称,单位,最低储备\nSALT,融雪剂,袋,100\nPUMP,水泵,台,\n".encode()
DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
POINTS = [
    {"code": "K1", "name": "一号库", "kind": "depot", "geom": point(117.99, 28.29004)},
    {"code": "K2", "name": "二号库", "kind": "depot", "geom": point(117.995, 28.296)},
    {"code": "K3", "name": "三号库", "kind": "post", "geom": point(117.985, 28.29004)},
]


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    tenant = prepare(database, supply_point=POINTS)
    with database.begin(tenant) as session:
        import_table(session, tenant, "supply_items", ITEMS)
        corner = "117.995 28.29"
        lines = (f"117.98 28.29, {corner}", f"{corner}, 117.995 28.297")
        roads = [{"road_class": "residential", "tier": "lane", "geom": f"SRID=4490;LINESTRING({one})"} for one in lines]
        add(session, tenant, "road", roads)
    return tenant


def move(session: Session, town: str, kind: str, quantity: int, at: dt.datetime = NOON, **more: Any) -> Any:
    given = {"point": "K1", "item": "SALT", "uid": uuid7(), **more}
    return record_move(session, town, MoveDraft(kind=kind, quantity=quantity, moved_at=at, **given))


def test_stock_is_the_sum_of_its_movements_and_never_short(database: Database, town: str) -> None:
    with database.begin(town) as session:
        uid = uuid7()
        late, soon = dt.date(2027, 3, 1), dt.date(2026, 4, 1)
        for _ in range(2):
            assert move(session, town, "receive", 60, lot="A", expires_on=late, uid=uid).left == 60
        assert move(session, town, "receive", 30, lot="B", expires_on=soon).left == 30
        out = move(session, town, "hand_out", 20, NOON + DAY, staff="S01")
        assert (out.lot, out.left) == ("B", 10)  # what ends first goes first
        assert move(session, town, "hand_out", 20, NOON + 40 * DAY).lot == "A"  # B has ended by then
        with pytest.raises(BadMove, match=r"supplies\.expired"):
            move(session, town, "hand_out", 1, NOON + 40 * DAY, lot="B")
        assert move(session, town, "give_back", 15, NOON + 2 * DAY, of_move=out.move).left == 25
        with pytest.raises(NotEnough, match=r"supplies\.returned"):
            move(session, town, "give_back", 6, NOON + 3 * DAY, of_move=out.move)
        with pytest.raises(NotEnough) as short:
            move(session, town, "write_off", 26, NOON + 50 * DAY, lot="B")
        assert short.value.facts["there"] == 25 and short.value.facts["short"] == 1
        with pytest.raises(NotEnough):  # back-dated: it would have been short then, though it is not now
            move(session, town, "write_off", 15, NOON + DAY, lot="B")
        move(session, town, "write_off", 25, NOON + 50 * DAY, lot="B")
        move(session, town, "count_down", 1, NOON + 50 * DAY, lot="A")
        stock = {row["lot"]: row["quantity"] for row in queries.list_stock(session, town, "K1")}
        assert stock == {"A": 39}
        sums = load_equations(session, town, dt.date(2026, 3, 2), dt.date(2026, 4, 30))
        assert all(one.holds and one.whole for one in sums.values())
        lot = sums["K1", "SALT", "B"]
        assert (lot.opening, lot.hand_out, lot.give_back, lot.write_off, lot.closing) == (30, 20, 15, 25, 0)
        assert queries.list_low(session, town, dt.date(2026, 5, 1))[0]["quantity"] == 39
        assert [row["lot"] for row in queries.list_expiring(session, town, late)] == ["A"]
        session.rollback()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["receive", "hand_out", "write_off", "give_back"]), st.integers(1, 9), st.integers(0, 5)
        ),
        max_size=8,
    )
)
def test_whatever_is_tried_the_book_that_stands_reconciles(
    database: Database, town: str, tried: list[tuple[str, int, int]]
) -> None:
    with database.begin(town) as session:
        taken: list[int] = []
        for kind, quantity, day in tried:
            more = {"of_move": taken[-1] if taken else 10**9} if kind == "give_back" else {}
            savepoint = session.begin_nested()
            try:
                done = move(session, town, kind, quantity, NOON + day * DAY, item="PUMP", lot="", **more)
            except (NotEnough, BadMove):
                savepoint.rollback()
                continue
            savepoint.commit()
            taken += [done.move] if kind == "hand_out" else []
        for equation in load_equations(session, town, dt.date(2026, 3, 2), dt.date(2026, 3, 4)).values():
            assert equation.holds and equation.whole
        assert all(row["quantity"] > 0 for row in queries.list_stock(session, town))
        session.rollback()


def test_the_nearest_point_with_enough_is_found_by_road(database: Database, town: str) -> None:
    with database.begin(town) as session:
        move(session, town, "receive", 50, point="K1")
        move(session, town, "receive", 50, point="K2")
        move(session, town, "receive", 10, point="K3")
        move(session, town, "receive", 90, point="K3", lot="old", expires_on=dt.date(2026, 3, 2))
        found = find_nearest(session, town, 117.986, 28.29004, "SALT", 20)
        assert [one.point for one in found] == ["K1", "K2"]  # K3 is nearer, but what it has in date is not enough
        assert found[0].road_m == pytest.approx(392 + 9, abs=2)  # to the street, along it, and from it
        assert found[1].road_m == pytest.approx(882 + 665 + 4, abs=5)  # around the corner of two streets
        assert found[1].straight_m == pytest.approx(1104, abs=5)
        assert find_nearest(session, town, 117.986, 28.29004, "SALT", 51) == []
        with pytest.raises(UnknownItem):
            find_nearest(session, town, 117.986, 28.29004, "BOAT", 1)
        session.rollback()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"kind": "lose"}, BadMove),
        ({"quantity": 0}, BadMove),
        ({"at": dt.datetime(2090, 1, 1, tzinfo=dt.UTC)}, BadMove),
        ({"kind": "give_back"}, BadMove),
        ({"kind": "write_off"}, NotEnough),
        ({"point": "K9"}, UnknownPoint),
        ({"item": "BOAT"}, UnknownItem),
    ],
)
def test_a_movement_that_cannot_be_is_refused(
    database: Database, town: str, changed: dict[str, Any], error: type[Exception]
) -> None:
    with database.begin(town) as session, pytest.raises(error):
        move(session, town, **{"kind": "receive", "quantity": 1, **changed})


def test_tables_of_items_and_duty_are_refused_by_row(database: Database, town: str) -> None:
    with database.begin(town) as session:
        move(session, town, "receive", 1, uid=uuid.UUID(int=7))
        for name, text, field in (
            ("supply_items", "物资编码,物资名称,单位\nSALT,融雪剂,吨\n", "unit"),
            ("on_call", "日期,岗位,工号\n2026-03-01,值班员,S01\n", "role"),
            ("on_call", "日期,岗位,工号\n2026-03-01,带班领导,X99\n", "staff"),
        ):
            with pytest.raises(TableRefused) as refused:
                import_table(session, town, name, text.encode())
            assert f"{field}=" in str(refused.value.facts["first"])
        import_table(
            session, town, "on_call", "日期,岗位,工号\n2026-03-01,带班领导,B01\n2026-03-01,司机,A01\n".encode()
        )
        told = [(row["role"], row["staff"]) for row in queries.list_on_call(session, town)]
        assert told == [("leader", "B01"), ("driver", "A01")]
        assert "2026-03-01,leader,B01" in export_table(session, town, "on_call")
        session.rollback()
