"""Surveys of streets as a table that a bureau takes and gives as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import Column, Sheet, day, whole
from geo.cases.surveys import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SURVEYS: Final = Sheet(
    "street_surveys",
    (
        Column("street", ("街路",), needed=True),
        Column("stretch", ("路段",), empty=""),
        Column("on_date", ("普查日期", "日期"), needed=True, read=day),
        Column("cabinets", ("待整治箱体", "箱体"), empty=0, read=whole(0, 100_000)),
        Column("facades", ("待整治立面", "立面"), empty=0, read=whole(0, 100_000)),
        Column("furniture", ("待整治城市家具", "城市家具"), empty=0, read=whole(0, 100_000)),
        Column("note", ("备注",), empty=""),
    ),
    ("street", "stretch", "on_date"),
)
SHEETS: Final = {SURVEYS.name: SURVEYS}


def save_rows(session: Session, tenant: str, _name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save surveys."""
    queries.save_surveys(session, tenant, rows, actor)


def list_rows(session: Session, tenant: str, _name: str) -> list[dict[str, Any]]:
    """All surveys."""
    return queries.list_surveys(session, tenant)
