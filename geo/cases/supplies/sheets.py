"""Items and who is on call as tables that a bureau takes and gives as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import BadRow, Column, Sheet, day, one_of, refuse, whole
from geo.cases.supplies import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ROLE_WORDS: Final = {"leader": ("带班领导", "带班"), "officer": ("值班员", "值班"), "driver": ("驾驶员", "司机")}

ITEMS: Final = Sheet(
    "supply_items",
    (
        Column("code", ("物资编码", "编码"), needed=True),
        Column("name", ("物资名称", "名称"), needed=True),
        Column("unit", ("单位",), needed=True),
        Column("least", ("最低储备",), empty=0, read=whole(0, 10_000_000)),
    ),
    ("code",),
)
ON_CALL: Final = Sheet(
    "on_call",
    (
        Column("on_date", ("日期",), needed=True, read=day),
        Column("role", ("岗位",), needed=True, read=one_of(ROLE_WORDS)),
        Column("staff", ("工号",), needed=True),
    ),
    ("on_date", "role", "staff"),
)
SHEETS: Final = {sheet.name: sheet for sheet in (ITEMS, ON_CALL)}


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save items, or who is on call.

    Raises
    ------
    TableRefused
        If the unit of an item that has movements would change, somebody is not in service, or a day of the table has
        nobody who leads.
    """
    if name == ITEMS.name:
        units = {row["code"]: row["unit"] for row in queries.list_items(session, tenant)}
        used = queries.list_used(session, tenant)
        bad = [
            BadRow(row["row"], "unit", "codes.row_value", row["unit"])
            for row in rows
            if row["code"] in used and row["unit"] != units[row["code"]]
        ]
        refuse(name, bad)
        queries.save_items(session, tenant, rows, actor)
        return
    staff = queries.list_staff(session, tenant)
    bad = [BadRow(row["row"], "staff", "codes.row_value", row["staff"]) for row in rows if row["staff"] not in staff]
    led = {row["on_date"] for row in (*rows, *queries.list_on_call(session, tenant)) if row["role"] == "leader"}
    bad += [
        BadRow(row["row"], "role", "codes.row_value", row["on_date"].isoformat())
        for row in rows
        if row["on_date"] not in led
    ]
    refuse(name, bad)
    queries.save_on_call(session, tenant, rows, actor)


def list_rows(session: Session, tenant: str, name: str) -> list[dict[str, Any]]:
    """Rows of a table."""
    return queries.list_items(session, tenant) if name == ITEMS.name else queries.list_on_call(session, tenant)
