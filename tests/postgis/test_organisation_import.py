"""Tables of people and vehicles taken again and again into one county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.organisation.actions import LicenceStands, import_staff, import_vehicles

FULL = "工号,姓名,类别,单位编号,证号,发证日期,有效期至\nA1,张三,在编,B,L1,2020-01-01,2030-01-01\nA2,李四,辅助,B,,,\n"


@pytest.fixture
def county(database: Database, make_county: Callable[..., str]) -> str:
    """A county with one unit."""
    tenant = make_county()
    with database.begin(tenant) as session:
        session.execute(
            text("INSERT INTO org_unit (tenant, code, name, kind) VALUES (:t, 'B', '局', 'bureau')"), {"t": tenant}
        )
    return tenant


def rows(database: Database, tenant: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a statement that names the county ``:t``."""
    with database.begin(tenant) as session:
        return [tuple(row) for row in session.execute(text(sql), {"t": tenant})]


STAFF = """SELECT s.code, s.name, s.licence_no, s.licence_from_on, s.licence_to_on, u.code, s.active
FROM staff s LEFT JOIN org_unit u ON u.tenant = s.tenant AND u.id = s.org_unit_id WHERE s.tenant = :t ORDER BY s.code"""


def put(tmp_path: Path, table: str) -> Path:
    """The table as a file."""
    path = tmp_path / "table.csv"
    path.write_text(table, encoding="utf-8")
    return path


def test_a_staff_table_changes_only_what_it_has_columns_for(database: Database, county: str, tmp_path: Path) -> None:
    import_staff(database, county, put(tmp_path, FULL))
    with database.begin(county) as session:
        session.execute(text("UPDATE staff SET active = false WHERE tenant = :t AND code = 'A1'"), {"t": county})
    names = put(tmp_path, "工号,姓名,类别\nA1,张三三,在编\nA2,李四,辅助\nA3,王五,辅助\n")
    assert import_staff(database, county, names) == (3, [])
    assert rows(database, county, STAFF) == [
        ("A1", "张三三", "L1", dt.date(2020, 1, 1), dt.date(2030, 1, 1), "B", False),
        ("A2", "李四", None, None, None, "B", True),
        ("A3", "王五", None, None, None, None, True),
    ]
    cleared = "工号,姓名,类别,证号,有效期至\nA1,张三三,在编,,\n"
    import_staff(database, county, put(tmp_path, cleared))
    assert rows(database, county, STAFF)[0][2:5] == (None, dt.date(2020, 1, 1), None)


def test_a_licensed_person_becomes_auxiliary_only_with_the_licence_taken(
    database: Database, county: str, tmp_path: Path
) -> None:
    import_staff(database, county, put(tmp_path, FULL))
    with pytest.raises(LicenceStands) as refused:
        import_staff(database, county, put(tmp_path, "工号,姓名,类别\nA1,张三,辅助\n"))
    assert refused.value.facts == {"people": "A1"}
    import_staff(database, county, put(tmp_path, "工号,姓名,类别,证号,有效期至\nA1,张三,辅助,,\n"))
    assert rows(database, county, STAFF)[0][2] is None


def test_a_vehicle_table_changes_only_what_it_has_columns_for(database: Database, county: str, tmp_path: Path) -> None:
    import_vehicles(database, county, put(tmp_path, "车牌,类别,座位,单位编号\nV1,汽车,7,B\n"))
    with database.begin(county) as session:
        session.execute(text("UPDATE vehicle SET active = false WHERE tenant = :t"), {"t": county})
    import_vehicles(database, county, put(tmp_path, "车牌,类别\nV1,汽车\nV2,电动车\nV3,汽车\n"))
    found = rows(
        database, county,
        "SELECT code, seats, org_unit_id IS NOT NULL, active FROM vehicle WHERE tenant = :t ORDER BY code",
    )  # fmt: skip
    assert found == [("V1", 7, True, False), ("V2", 1, False, True), ("V3", 5, False, True)]
