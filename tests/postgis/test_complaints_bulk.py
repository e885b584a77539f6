"""Complaints of a file, stored a lot at a time, are what taking them in one by one makes of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo.cases.complaints import files
from geo.cases.complaints.bulk.columns import read_columns
from geo.cases.complaints.bulk.drafts import Columns
from geo.cases.complaints.bulk.keys import Met
from geo.cases.complaints.bulk.preparing import Prepared, prepare_lot
from geo.cases.complaints.bulk.storing import store_lot
from geo.cases.complaints.files import FileReport, import_file
from geo.cases.complaints.intake import Door, open_door, take_in
from geo.cases.complaints.orders import FieldMap
from geo.cases.complaints.queries import list_receipts
from geo.db.engine import Database

FIELDS = {"external_id": "编号", "content": "内容", "received_at": "时间", "lon": "经度", "lat": "纬度",
          "caller_name": "姓名", "caller_phone": "电话"}  # fmt: skip
ROWS = [
    ("G3", "路灯不亮\n第二行\t\\n", "2026-01-03 08:00", "118.03", "28.33", "王小二", "13812345678"),
    ("G1", "占道经营", "2026-01-01 08:00", "", "", "", ""),
    ("", "没有编号的", "2026-01-02 08:00", "118.02", "28.32", "李四", ""),
    ("G1", "占道经营", "2026-01-01 08:00", "", "", "", ""),
    ("G3", "同号不同话", "2026-01-03 08:00", "", "", "", ""),
    ("", "没有编号的", "2026-01-02 08:00", "118.02", "28.32", "李四", ""),
    ("G9", " ", "2026-01-02 08:00", "", "", "", ""),
    ("G1", "后来又改了", "2026-01-01 08:00", "", "", "", ""),
]
STORED = text("""
SELECT c.external_id, c.channel, c.source, c.received_at, c.code, c.topic, c.content, ST_AsText(c.geom) AS geom,
       c.placed_by, c.district_code, c.due_at, c.own_due_at, c.due_given, c.state, c.recorded_by,
       w.caller_hash, w.confidential, w.sealed IS NOT NULL AS sealed,
       (SELECT array_agg(l.step || l.n || l.to_state || l.at || l.actor) FROM step_log l
         WHERE l.tenant = c.tenant AND l.workflow = 'complaint' AND l.row_id = c.id) AS steps,
       (SELECT count(*) FROM intake_receipt r WHERE r.tenant = c.tenant AND r.complaint_id = c.id)
       + (c.body_hash IS NOT NULL)::int AS receipts
  FROM complaint c LEFT JOIN complaint_caller w ON w.tenant = c.tenant AND w.complaint_id = c.id
 WHERE c.tenant = :tenant ORDER BY c.received_at, c.content""")


def stored(database: Database, tenant: str) -> list[dict[str, Any]]:
    with database.begin(tenant) as session:
        return [dict(row) for row in session.execute(STORED, {"tenant": tenant}).mappings()]


def columns_of(database: Database, tenant: str) -> tuple[Door, Columns]:
    with database.begin(tenant) as session:
        door = open_door(session, tenant, database.settings.home)
    cells = {name: [row[at] for row in ROWS] for at, name in enumerate(FIELDS.values())}
    rows = range(2, len(ROWS) + 2)
    return door, read_columns(rows, cells, FieldMap(FIELDS), "12345", door.county, door.now)[0]


def prepared(database: Database, tenant: str, met: Met | None = None) -> tuple[Door, Prepared]:
    door, columns = columns_of(database, tenant)
    with database.begin(tenant) as session:
        return door, prepare_lot(session, tenant, door, "old", columns, met or Met(anything=False))


def one_by_one(database: Database, tenant: str) -> list[dict[str, Any]]:
    door, columns = columns_of(database, tenant)
    for draft in columns.drafts():
        with database.begin(tenant) as session:
            take_in(session, tenant, door, "old", [draft], actor="clerk")
    return stored(database, tenant)


def of_file(database: Database, tenant: str, folder: Path) -> FileReport:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([tuple(FIELDS.values()), *ROWS])
    return import_file(database, tenant, path, "old", "12345", said=FIELDS, actor="clerk")


def alike(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what each county hashes with a key of its own."""
    return [{**row, "caller_hash": bool(row["caller_hash"])} for row in rows]


@pytest.mark.parametrize("lot", [1, 3, 100])
def test_lots_of_any_size_store_what_taking_in_one_by_one_stores(
    database: Database, make_county: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lot: int
) -> None:
    monkeypatch.setattr(files, "LOT", lot)
    county, other = make_county(), make_county()
    report = of_file(database, county, tmp_path)
    assert (report.rows, report.accepted, report.unchanged, report.different, report.rejected) == (8, 3, 2, 2, 1)
    assert alike(stored(database, county)) == alike(one_by_one(database, other))
    again = of_file(database, county, tmp_path)
    assert (again.accepted, again.unchanged, again.different, again.rejected) == (0, 5, 2, 1)
    assert [one["external_id"] for one in stored(database, county)] == ["G1", None, "G3"]


def test_what_somebody_else_stored_meanwhile_is_recognised_all_the_same(
    database: Database, make_county: Callable[[], str]
) -> None:
    county = make_county()
    door, lot = prepared(database, county)
    with database.begin(county) as session:
        take_in(session, county, door, "old", lot.columns.drafts()[:2], actor="clerk")
    with database.begin(county) as session:
        outcomes = store_lot(session, county, door, "old", lot, actor="clerk")
    assert outcomes == ["unchanged", "unchanged", "accepted", "unchanged", "different", "unchanged", "different"]
    assert len(stored(database, county)) == 3


class Colliding(Met):
    """Of which every key looks as if an earlier lot had said it."""

    def said(self, key: object) -> bool:
        return True


def test_what_only_looks_as_if_it_was_said_before_is_taken(database: Database, make_county: Callable[[], str]) -> None:
    county = make_county()
    door, lot = prepared(database, county, Colliding(anything=False))
    assert not lot.new and not lot.content
    with database.begin(county) as session:
        outcomes = store_lot(session, county, door, "old", lot, actor="clerk")
    assert outcomes == ["accepted", "accepted", "accepted", "unchanged", "different", "unchanged", "different"]


def test_what_a_file_brought_is_told_with_its_number(
    database: Database, make_county: Callable[[], str], tmp_path: Path
) -> None:
    """It is its own receipt: nothing is written twice."""
    county = make_county()
    of_file(database, county, tmp_path)
    with database.begin(county) as session:
        listed = list_receipts(session, county, external_id="G1")
        assert [(one["outcome"], one["id"] is None) for one in listed] == [("different", False), ("accepted", True)]
        assert [one["outcome"] for one in list_receipts(session, county, external_id="G1", outcome="different")] == [
            "different"
        ]
        assert [one["outcome"] for one in list_receipts(session, county)] == ["rejected", "different", "different"]


def test_foreign_keys_of_a_lot_are_looked_up_by_key(database: Database, make_county: Callable[[], str]) -> None:
    """A county that is not in the statistics is taken for empty: each look-up would go through all its rows."""
    county = make_county()
    door, lot = prepared(database, county)
    with database.begin(county) as session:
        store_lot(session, county, door, "old", lot, actor="clerk")
        assert session.execute(text("SHOW plan_cache_mode")).scalar_one() == "force_generic_plan"
    with database.begin(county) as session:
        assert session.execute(text("SHOW plan_cache_mode")).scalar_one() != "force_generic_plan"
