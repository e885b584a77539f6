"""The bureau's own lists of this room: what is looked at on a type of site, and how often a gate is looked at."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import OpeningUnreadable, read_opening
from geo.cases.codes.files import Column, Sheet, one_of, whole
from geo.cases.worksites import queries
from geo.tables.worksites import SITE_TYPES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FILE: Final = Path(__file__).resolve().parents[3] / "data" / "codes" / "site_items.csv"
TYPE_WORDS: Final = {
    "site": ("在建工地", "在建"), "demolition": ("拆迁工地", "拆迁"), "idle_land": ("闲置地块", "闲置"),
    "batching": ("自拌混凝土",),
}  # fmt: skip


def _hours(text: str) -> str:
    """Opening hours that can be read."""
    try:
        read_opening(text)
    except OpeningUnreadable:
        raise ValueError(text) from None
    return text


ITEMS: Final = Sheet(
    "site_items",
    (
        Column("site_type", ("工地类型",), needed=True, read=one_of(TYPE_WORDS)),
        Column("code", ("条目",), needed=True),
        Column("zh", ("中文",), needed=True),
        Column("en", ("英文",), needed=True),
        Column("event_code", ("事件代码",), needed=True),
        Column("seq", ("次序",), needed=True, read=whole(1, 99)),
    ),
    ("site_type", "code"),
)
GATES: Final = Sheet(
    "gate_rules",
    (
        Column("kind", ("类别",), needed=True, read=one_of({**TYPE_WORDS, "dump": ("消纳点",)})),
        Column("every_days", ("间隔天数",), needed=True, read=whole(1, 366)),
        Column("hours", ("巡查时段",), needed=True, read=_hours),
        Column("cap_per_year", ("年度入企检查上限",), needed=True, read=whole(0, 366)),
    ),
    ("kind",),
)
SHEETS: Final = {sheet.name: sheet for sheet in (ITEMS, GATES)}
TABLES: Final = {"site_items": "site_item", "gate_rules": "gate_rule"}

DAWN_AND_DARK: Final = "05:30-07:30,20:00-23:00"
USUAL_GATES: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "site", "every_days": 1, "hours": f"{DAWN_AND_DARK},10:00-17:00", "cap_per_year": 4},
    {"kind": "demolition", "every_days": 1, "hours": f"{DAWN_AND_DARK},10:00-17:00", "cap_per_year": 4},
    {"kind": "idle_land", "every_days": 7, "hours": "08:00-18:00", "cap_per_year": 4},
    {"kind": "batching", "every_days": 3, "hours": "08:00-18:00", "cap_per_year": 4},
    {"kind": "dump", "every_days": 2, "hours": DAWN_AND_DARK, "cap_per_year": 6},
)
"""Ours, until the bureau sets its own: gates of sites daily, with a look before work begins and one after dark."""


@cache
def usual_items() -> tuple[dict[str, Any], ...]:
    """The checklists of ``data/codes/site_items.csv``.

    Examples
    --------
    >>> [row["code"] for row in usual_items() if row["site_type"] == "idle_land"]
    ['dust', 'hoarding', 'dumping']
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple({**row, "seq": int(row["seq"])} for row in csv.DictReader(file))


def load_items(session: Session, tenant: str, site_type: str) -> list[dict[str, Any]]:
    """The checklist of a type of site in its order: the county's own if it has one for that type, else ours."""
    return [row for row in list_rows(session, tenant, "site_items") if row["site_type"] == site_type]


def load_gate_rules(session: Session, tenant: str) -> dict[str, dict[str, Any]]:
    """How often gates of each kind are looked at, and when."""
    return {row["kind"]: row for row in list_rows(session, tenant, "gate_rules")}


def list_rows(session: Session, tenant: str, name: str) -> list[dict[str, Any]]:
    """Rows of ``site_items`` or ``gate_rules``, what is usual standing in where the county has set nothing."""
    own = queries.load_rules(session, tenant, TABLES[name])
    if name == "gate_rules":
        set_ = {row["kind"] for row in own}
        return sorted([*own, *(row for row in USUAL_GATES if row["kind"] not in set_)], key=lambda row: row["kind"])
    types = {row["site_type"] for row in own}
    rows = [*own, *(row for row in usual_items() if row["site_type"] not in types)]
    return sorted(rows, key=lambda row: (SITE_TYPES.index(row["site_type"]), row["seq"], row["code"]))


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save a table; a checklist replaces those of the types it names."""
    queries.save_rules(session, tenant, TABLES[name], rows, actor)
