"""Components under their 16-digit codes, and repair orders with quantity, unit and proof."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import geopandas
import pytest
import shapely

from geo.cases.components import queries
from geo.cases.components.actions import (
    BadRepair,
    ProofMissing,
    RepairDraft,
    SameHand,
    UnknownComponent,
    UnknownRepair,
    get_order,
    load_totals,
    order_repair,
    take_repair_step,
)
from geo.cases.receipts.actions import UidTaken
from geo.cases.workflow import StepNotOpen
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.uids import uuid7
from tests.registers import NIGHT, photograph, prepare

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


def test_codes_that_cannot_be_are_refused_by_row_and_no_code_stands_twice(database: Database, town: str) -> None:
    codes = [
        f"{town}0101000007", "990199010100001", f"{town}0101000007", "1101010101000008", f"{town}0902000001",
        f"{town}0101000000", f"{town}0199000001", f"{town}0101000001",
    ]  # fmt: skip
    frame = geopandas.GeoDataFrame(
        {"code": codes, "status": ["完好"] * 8, "accuracy": ["A"] * 8},
        geometry=[shapely.Point(118.001 + n / 10_000, 28.301) for n in range(8)], crs=4490,
    )  # fmt: skip
    report = save_frame(database, town, "component", frame, "survey")
    assert report.added == 2
    assert [(one.row, one.reason) for one in report.rejected] == [
        (2, "reject.component_shape"), (3, "reject.duplicate_key"), (4, "reject.component_county"),
        (5, "reject.component_class"), (6, "reject.component_serial"), (8, "reject.code_taken"),
    ]  # fmt: skip
    again = save_frame(database, town, "component", frame, "survey")
    assert (again.added, again.changed) == (0, 0)


def test_a_repair_needs_proof_and_another_hand_and_mends_the_component(
    database: Database, town: str, tmp_path: Path
) -> None:
    with database.begin(town) as session:
        draft = RepairDraft(uuid7(), "replace", Decimal("12.50"), component=f"{town}0217000001", ordered_at=NIGHT)
        order = order_repair(session, town, draft)
        assert order_repair(session, town, draft) == order
        row = get_order(session, town, order)
        assert (row["unit"], row["class_code"], row["state"]) == ("米", "C02-17", "ordered")
        assert row["number"] == f"WX20260914-{order}" and row["due_at"] == NIGHT + 5 * DAY
        with pytest.raises(UidTaken):
            take_repair_step(session, town, order, "start", at=NIGHT, actor="x", uid=draft.uid)
        uid = uuid7()
        for _ in range(2):
            assert take_repair_step(session, town, order, "start", at=NIGHT, actor="li", uid=uid) == "working"
        with pytest.raises(ProofMissing) as refused:
            take_repair_step(session, town, order, "finish", at=NIGHT + DAY, actor="li")
        assert refused.value.facts["missing"] == "after, before"
        photograph(session, town, tmp_path, "repair", order, "before", 1)
        photograph(session, town, tmp_path, "repair", order, "after", 2)
        done = Decimal("14.25")
        assert take_repair_step(session, town, order, "finish", at=NIGHT + DAY, actor="li", quantity=done) == "finished"
        with pytest.raises(SameHand):
            take_repair_step(session, town, order, "accept", at=NIGHT + 2 * DAY, actor="li")
        assert take_repair_step(session, town, order, "accept", at=NIGHT + 2 * DAY, actor="wang") == "accepted"
        with pytest.raises(StepNotOpen):
            take_repair_step(session, town, order, "start", at=NIGHT + 3 * DAY, actor="li")
        mended = queries.find_component(session, town, f"{town}0217000001")
        assert mended is not None and mended["status"] == "intact"
        assert get_order(session, town, order)["quantity"] == done


def test_totals_of_a_year_keep_units_apart_and_drill_to_orders(database: Database, tmp_path: Path) -> None:
    tenant = prepare(database)
    new_year = dt.datetime(2025, 12, 31, 15, 30, tzinfo=dt.UTC)  # 23:30 in Shanghai
    with database.begin(tenant) as session:
        for work, quantity, unit, cost, at in (
            ("replace", "200", "米", 30_000, NIGHT), ("replace", "23", "根", None, NIGHT),
            ("replace", "1.5", "米", None, NIGHT), ("replace", "9", "米", None, new_year),
        ):  # fmt: skip
            draft = RepairDraft(
                uuid7(), work, Decimal(quantity), unit, class_code="C02-17", lon=117.99, lat=28.29, ordered_at=at - DAY
            )
            order = order_repair(session, tenant, draft)
            photograph(session, tenant, tmp_path, "repair", order, "before", 1)
            photograph(session, tenant, tmp_path, "repair", order, "after", 2)
            take_repair_step(session, tenant, order, "start", at=at - DAY, actor="li")
            take_repair_step(session, tenant, order, "finish", at=at, actor="li", cost_fen=cost)
            take_repair_step(session, tenant, order, "accept", at=at, actor="wang")
        totals = {(one.class_code, one.unit): one for one in load_totals(session, tenant, 2026)}
        assert {key: one.quantity for key, one in totals.items()} == {
            ("C02-17", "根"): Decimal(23), ("C02-17", "米"): Decimal("201.50"),
        }  # fmt: skip
        metres = totals["C02-17", "米"]
        assert (metres.orders, len(metres.ids), metres.cost_fen, metres.costed) == (2, 2, 30_000, 1)
        assert [one.quantity for one in load_totals(session, tenant, 2025)] == [Decimal(9)]
        assert load_totals(session, tenant, 2026, area=["E"]) == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"component": "1"}, UnknownComponent),
        ({"quantity": Decimal(0)}, BadRepair),
        ({"quantity": Decimal("1.005")}, BadRepair),
        ({"quantity": Decimal("NaN")}, BadRepair),
        ({"work": "paint"}, BadRepair),
        ({"component": None, "class_code": "C99-01"}, BadRepair),
        ({"component": None, "class_code": "C01-01"}, BadRepair),
        ({"due_at": NIGHT - DAY}, BadRepair),
        ({"problem": uuid7()}, BadRepair),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    database: Database, town: str, changed: dict[str, object], error: type[Exception]
) -> None:
    given = {"component": f"{town}0217000001", "quantity": Decimal(1), "work": "repair", "ordered_at": NIGHT, **changed}
    with database.begin(town) as session, pytest.raises(error):
        order_repair(session, town, RepairDraft(uid=uuid7(), **given))  # type: ignore[arg-type]
    with database.begin(town) as session, pytest.raises(UnknownRepair):
        get_order(session, town, 10**9)
