"""已审批? asked before somebody files what a permit may have made legal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import Column, Sheet, one_of
from geo.cases.permits import queries
from geo.cases.permits.actions import Permit, find_permits
from geo.errors import Conflict
from geo.tables.permits import PERMIT_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WORDS: Final = dict(
    zip(PERMIT_KINDS, (("占道审批",), ("开挖审批",), ("门头招牌",), ("拉运备案",), ("自拌混凝土备案",)), strict=True)
)
USUAL: Final = {
    "occupation": ("01-36", "03-02", "03-06", "04-01", "04-02", "04-05", "04-06"),
    "excavation": ("01-13", "03-02", "03-03"),
    "signboard": ("02-03", "02-05", "02-06", "02-07"),
}
"""GB/T 30428.2: what may be legal by a permit to occupy, to dig or to hang a sign. A filing makes nothing legal."""

SHEET: Final = Sheet(
    "permit_codes",
    (
        Column("kind", ("许可类别",), needed=True, read=one_of(WORDS)),
        Column("code", ("代码",), needed=True),
        Column("note", ("说明",), empty=""),
    ),
    ("kind", "code"),
)
SHEETS: Final = {SHEET.name: SHEET}


class PermitStands(Conflict):
    """A permit in force may have allowed this; the facts name its number, kind and last day, and the mend."""


def ask_permit(session: Session, tenant: str, code: str, lon: float, lat: float, on: dt.date) -> list[Permit]:
    """Permits in force at a point on a local day whose kind may make a code legal; empty if nobody need ask."""
    kinds = {row["kind"] for row in list_rows(session, tenant) if row["code"] == code}
    return [one for one in find_permits(session, tenant, lon, lat, on) if one.kind in kinds] if kinds else []


def refuse_permitted(permits: Sequence[Permit]) -> None:
    """Ask instead of filing.

    Raises
    ------
    PermitStands
        If there is any permit.
    """
    if permits:
        first = permits[0]
        raise PermitStands(
            "permits.stands", number=first.number, kind=first.kind, until=first.valid_to_on.isoformat(),
            permits=", ".join(one.number for one in permits),
        )  # fmt: skip


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """The county's own table, or the usual one while it has none; ``name`` is the one table of this room."""
    del name
    own = queries.list_permit_codes(session, tenant)
    usual = [{"kind": kind, "code": code, "note": ""} for kind, codes in USUAL.items() for code in codes]
    return own or usual


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Replace the table: a code that is not in it is asked about no more."""
    del name, actor
    queries.replace_permit_codes(session, tenant, rows)
