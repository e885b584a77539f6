"""Which rates count for how many points: the bureau's own table, or ours until it has one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.appraisal import queries
from geo.cases.codes.files import Column, Sheet, one_of, whole
from geo.cases.statistics.indicators.definitions import INDICATORS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FILE: Final = Path(__file__).resolve().parents[3] / "data" / "codes" / "appraisal.csv"
COMPARED: Final = ("share", "previous", "year_before")
"""Rates that are no part of a whole, or say nothing of how well somebody works."""

RATES: Final = {one.name: one for one in INDICATORS if one.unit == "‰" and one.name not in COMPARED}
SHEET: Final = Sheet(
    "appraisal",
    (
        Column("indicator", ("指标",), needed=True, read=one_of({name: (one.zh,) for name, one in RATES.items()})),
        Column("better", ("方向",), needed=True, read=one_of({"high": ("越高越好",), "low": ("越低越好",)})),
        Column("points", ("分值",), needed=True, read=whole(0, 1000)),
        Column("least", ("最少件数",), needed=True, read=whole(1, 1_000_000)),
    ),
    ("indicator",),
)  # fmt: skip
SHEETS: Final = {SHEET.name: SHEET}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rate worth so many points; judged only where its denominator is ``least`` or more."""

    indicator: str
    better: str
    points: int
    least: int


def usual() -> list[Rule]:
    """The rules until the bureau sets its own.

    Examples
    --------
    >>> sum(rule.points for rule in usual())
    100
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [
            Rule(row["indicator"], row["better"], int(row["points"]), int(row["least"]))
            for row in csv.DictReader(lines)
        ]


def load_rules(session: Session, tenant: str) -> list[Rule]:
    """The county's own rules, all of them, or the usual ones; those worth nothing left out, in the order of rates."""
    found = [Rule(**row) for row in queries.load_rules(session, tenant)] or usual()
    order = list(RATES)
    return sorted((one for one in found if one.points), key=lambda one: order.index(one.indicator))


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """The table as it holds; ``name`` is the one table of this room."""
    del name
    return [
        {"indicator": one.indicator, "better": one.better, "points": one.points, "least": one.least}
        for one in load_rules(session, tenant)
    ]


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Take the table as a whole: what it does not name counts for nothing; an empty one brings ours back."""
    del name
    values = [{key: row[key] for key in ("indicator", "better", "points", "least")} for row in rows]
    queries.replace_rules(session, tenant, values, actor)
