"""What was done about dust and construction waste in a period: figures, units, and the rows behind them (W02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.cases.worksites import queries
from geo.cases.worksites.checks import SYSTEM
from geo.days import span_of
from geo.db.counties import get_county
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CODES: Final = ("01-11", "01-14", "03-04", "03-05", "03-07", "03-08", "03-11", "03-12")
DUMPING: Final = ("01-11", "03-05")
DUST: Final = "03-04"


class BadPeriod(Invalid):
    """A period that ends before it begins."""


@dataclass(frozen=True, slots=True)
class Count:
    """A figure: how many of which unit, from which rows of which table, smallest id first."""

    name: str
    count: int
    unit: str
    table: str
    ids: tuple[int, ...]


def count_period(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, area: Sequence[str] | None = None
) -> list[Count]:
    """Figures of some local days, both included.

    Returns
    -------
    list of Count
        当场规范 and 源头整治 (findings, by their quantity), 扬尘 (findings), 湿法作业 (of that item, put right),
        清乱倒 (problems of dumping closed), notices served on such problems, penalty cases filed and fines decided.

    Raises
    ------
    BadPeriod
        If it ends before it begins.
    """
    if last_on < first_on:
        raise BadPeriod("worksites.period", first=first_on.isoformat(), last=last_on.isoformat())
    begin, end = span_of(first_on, last_on, get_county(session, tenant).zone)
    found = queries.load_found(session, tenant, begin, end, area)
    after = queries.load_followed(session, tenant, begin, end, area, SYSTEM, CODES, DUMPING)

    def findings(name: str, unit: str, chosen: list[dict[str, object]]) -> Count:
        total = sum(int(str(one["quantity"])) for one in chosen)
        return Count(name, total, unit, "site_finding", tuple(int(str(one["id"])) for one in chosen))

    righted = ("corrected", "source_fixed")
    filed = [one for one in after["penalties"] if one["filed"]]
    fined = [one for one in after["penalties"] if one["decided"] and one["decision"] == "fine"]
    return [
        findings("corrected", "次", [one for one in found if one["outcome"] == "corrected"]),
        findings("source_fixed", "次", [one for one in found if one["outcome"] == "source_fixed"]),
        findings("dust", "处", [one for one in found if one["event_code"] == DUST and one["item"] != "wet"]),
        findings("wet_working", "次", [one for one in found if one["item"] == "wet" and one["outcome"] in righted]),
        Count("dumping_cleared", len(after["cleared"]), "次", "problem_case", _ids(after["cleared"])),
        Count("notices", len(after["notices"]), "份", "legal_document", _ids(after["notices"])),
        Count("penalties", len(filed), "起", "penalty", _ids(filed)),
        Count("fines", sum(one["amount_yuan"] for one in fined), "元", "penalty", _ids(fined)),
    ]


def _ids(rows: Sequence[dict[str, int]]) -> tuple[int, ...]:
    return tuple(int(row["id"]) for row in rows)
