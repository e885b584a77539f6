"""How many days there are to put a hazard right: the bureau's table, or our defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import Column, Sheet, one_of, whole
from geo.cases.hazards import queries
from geo.tables.hazards import HAZARD_CATEGORIES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEFAULT_BASIS: Final = "our default; replace by the county's own rule"
DEFAULTS: Final = ({"category": "*", "level": "general", "days": 15}, {"category": "*", "level": "major", "days": 3})

CATEGORY_WORDS: Final = {
    "advertising": ("户外广告",), "sanitation": ("环卫作业",), "works": ("市政施工",), "bike_charging": ("电动车充电",),
    "waste": ("生活垃圾",), "construction_waste": ("渣土",), "illegal_building": ("违法建设", "违建"), "gas": ("燃气",),
    "bridge": ("桥梁",), "river_rail": ("沿河护栏",), "tree": ("树木", "行道树"),
    "low_point": ("低洼积水点", "易涝点"),
}  # fmt: skip
LEVEL_WORDS: Final = {"major": ("重大", "重大隐患"), "general": ("一般", "一般隐患")}
assert set(CATEGORY_WORDS) == set(HAZARD_CATEGORIES)

RULES: Final = Sheet(
    "hazard_rules",
    (
        Column("category", ("类别",), empty="*", read=one_of({"*": ("全部",), **CATEGORY_WORDS})),
        Column("level", ("等级",), needed=True, read=one_of(LEVEL_WORDS)),
        Column("days", ("整改天数",), needed=True, read=whole(1, 366)),
        Column("basis", ("依据",), empty=""),
    ),
    ("category", "level"),
)
SHEETS: Final = {RULES.name: RULES}


def save_rows(session: Session, tenant: str, _name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save rules."""
    queries.save_rules(session, tenant, rows, actor)


def list_rows(session: Session, tenant: str, _name: str) -> list[dict[str, Any]]:
    """The rules in force: the bureau's, and the defaults where it has set none for any category."""
    rows = queries.list_rules(session, tenant)
    said = {(row["category"], row["level"]) for row in rows}
    missing = [{**one, "basis": DEFAULT_BASIS} for one in DEFAULTS if (one["category"], one["level"]) not in said]
    return sorted([*missing, *rows], key=lambda row: (row["category"], row["level"]))


def days_of(rows: Sequence[dict[str, Any]], category: str, level: str) -> int:
    """Natural days to put a hazard right; the row of its category decides before that of any.

    Examples
    --------
    >>> days_of([{"category": "*", "level": "major", "days": 3}], "gas", "major")
    3
    """
    found = {row["category"]: int(row["days"]) for row in rows if row["level"] == level}
    return found.get(category, found["*"])
