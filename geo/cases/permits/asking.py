"""已审批? asked before anything is filed that a permit, or a place of trade, may have made legal.

There is one question, :func:`ask_before_filing`, and everything that files an event asks it: problems (reported, from
complaints, checks of sites and fronts, deviations of lorries, events of files and phones) and incidents of the ladder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import Column, Sheet, one_of
from geo.cases.markets.actions import judge_stall
from geo.cases.permits import queries
from geo.cases.permits.actions import find_permits
from geo.db.counties import get_county
from geo.errors import Conflict
from geo.tables.permits import PERMIT_KINDS
from geo.tables.street_rules import PLACE_OF_TRADE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WORDS: Final = {
    **dict(
        zip(
            PERMIT_KINDS,
            (("占道审批",), ("开挖审批",), ("门头招牌",), ("拉运备案",), ("自拌混凝土备案",)),
            strict=True,
        )
    ),
    PLACE_OF_TRADE: ("规范经营点",),
}
USUAL: Final = {
    "occupation": ("01-36", "03-02", "03-06", "04-01", "04-02", "04-05", "04-06"),
    "excavation": ("01-13", "03-02", "03-03"),
    "signboard": ("02-03", "02-05", "02-06", "02-07"),
    PLACE_OF_TRADE: ("04-01", "04-06"),
}
"""GB/T 30428.2: what may be legal by a permit to occupy, to dig or to hang a sign, or in a vendor point while trade is
open there. A filing makes nothing legal."""

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
    """Something in force may have allowed this; the facts name its number, kind and last day, and the mend."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may have made it legal: number of a permit or name of a place of trade; its last day, None all year."""

    number: str
    kind: str
    until: dt.date | None


def find_allowed(session: Session, tenant: str, code: str, lon: float, lat: float, at: dt.datetime) -> list[Allowed]:
    """What may make a code legal at a point and instant: permits of the local day first; empty if nobody need ask.

    Parameters
    ----------
    code
        Of the national list, as the county's codes have it.
    at
        Aware; when it was seen.

    Raises
    ------
    Swapped, OffTheMap
        If the point is none, or the wrong way round.
    """
    kinds = {row["kind"] for row in list_rows(session, tenant) if row["code"] == code}
    if not kinds:
        return []
    on = at.astimezone(get_county(session, tenant).zone).date()
    found = [
        Allowed(one.number, one.kind, one.valid_to_on)
        for one in find_permits(session, tenant, lon, lat, on)
        if one.kind in kinds
    ]
    here = judge_stall(session, tenant, lon, lat, at) if PLACE_OF_TRADE in kinds else None
    if here is not None and here.verdict == "open" and here.market is not None:
        ends = here.market.valid_to_on
        last = ends and ends - dt.timedelta(days=1)
        found.append(Allowed(here.market.name or str(here.market.id), PLACE_OF_TRADE, last))
    return found


def ask_before_filing(
    session: Session, tenant: str, code: str, lon: float, lat: float, at: dt.datetime, *, checked: bool
) -> list[str]:
    """Ask instead of filing; once somebody has looked, the numbers to be kept with what is filed.

    Parameters
    ----------
    checked
        Whether somebody has looked at what is allowed there, and this goes beyond it.

    Raises
    ------
    PermitStands
        If anything may allow it and nobody has looked.
    """
    found = find_allowed(session, tenant, code, lon, lat, at)
    if found and not checked:
        first = found[0]
        raise PermitStands(
            "permits.trade" if first.kind == PLACE_OF_TRADE else "permits.stands", number=first.number,
            kind=first.kind, until=first.until.isoformat() if first.until else "-",
            permits=", ".join(one.number for one in found),
        )  # fmt: skip
    return [one.number for one in found]


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
