"""Set which step counts as what, and count a period's actions by class."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import BadRow, Column, Sheet, one_of, refuse
from geo.cases.statistics.classes import queries
from geo.cases.statistics.periods import check_period
from geo.days import span_of
from geo.db.counties import get_county
from geo.tables.ladder import WORK_CLASSES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FILE: Final = Path(__file__).resolve().parents[4] / "data" / "codes" / "work_classes.csv"
WORDS: Final = {"service": ("服务",), "manage": ("管理",), "enforce": ("执法",)}
SHEET: Final = Sheet(
    "work_classes",
    (
        Column("workflow", ("流程",), needed=True),
        Column("step", ("步骤",), needed=True),
        Column("work_class", ("721类别",), needed=True, read=one_of(WORDS)),
    ),
    ("workflow", "step"),
)
SHEETS: Final = {SHEET.name: SHEET}


@cache
def usual() -> dict[tuple[str, str], str]:
    """Class by workflow and step, until the bureau sets its own.

    Examples
    --------
    >>> usual()["problem", "settle_on_spot"]
    'manage'
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {(row["workflow"], row["step"]): row["work_class"] for row in csv.DictReader(lines)}


def load_classes(session: Session, tenant: str) -> dict[tuple[str, str], str]:
    """Class by workflow and step, the county's own before the usual."""
    own = {(row["workflow"], row["step"]): row["work_class"] for row in queries.load_rules(session, tenant)}
    return dict(sorted((usual() | own).items()))


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """The table as it holds; ``name`` is the one table of this room."""
    del name
    found = load_classes(session, tenant).items()
    return [{"workflow": flow, "step": step, "work_class": kind} for (flow, step), kind in found]


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save rows of the table.

    Raises
    ------
    TableRefused
        If a workflow has no such step.
    """
    from geo.cases.workflows import WORKFLOWS

    known = {(flow.name, step) for flow in WORKFLOWS for _, step in flow.next}
    refuse(name, [
        BadRow(row["row"], "step", "statistics.unknown_step", f"{row['workflow']}.{row['step']}")
        for row in rows if (row["workflow"], row["step"]) not in known
    ])  # fmt: skip
    queries.upsert(session, tenant, [{**row, "set_by": actor} for row in rows])


def count_classes(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """721 per 片区, from the local day ``first`` to ``last``, both included.

    Returns
    -------
    list[dict]
        ``district_code`` (None for actions that belong to none), ``whole``, the count of each class, ``total``,
        ``permille`` of each class and the ``actions`` it is made of; the whole last.

    Raises
    ------
    PeriodBackwards
        If ``last`` comes before ``first``.
    """
    check_period(first, last)
    begin, end = span_of(first, last, get_county(session, tenant).zone)
    rows = queries.count_actions(session, tenant, begin, end, load_classes(session, tenant), area)
    keys = list(dict.fromkeys(row[0] for row in rows))
    return [
        *(_share(key, False, [row for row in rows if row[0] == key]) for key in keys),
        _share(None, True, rows),
    ]


def list_actions(
    session: Session, tenant: str, first: dt.date, last: dt.date, work_class: str, *, district: str | None = None,
    area: Sequence[str] | None = None, after: int = 0, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """The actions behind a class of 721: which step of which row of which workflow, when, and in which 片区.

    Parameters
    ----------
    district
        Only of this 片区; the empty code is those that belong to none.
    after, most
        With a larger id, so many at most.

    Raises
    ------
    PeriodBackwards
        If ``last`` comes before ``first``.
    """
    check_period(first, last)
    begin, end = span_of(first, last, get_county(session, tenant).zone)
    rules = load_classes(session, tenant)
    return queries.list_actions(session, tenant, begin, end, rules, area, work_class, district, after, most)


def _share(key: str | None, whole: bool, rows: Sequence[tuple[str | None, str, str, str, int]]) -> dict[str, Any]:
    counts = {name: sum(row[4] for row in rows if row[1] == name) for name in WORK_CLASSES}
    total = sum(counts.values())
    actions: dict[str, int] = {}
    for _, _, flow, step, count in rows:
        actions[f"{flow}.{step}"] = actions.get(f"{flow}.{step}", 0) + count
    shares = {name: (2000 * count + total) // (2 * total) if total else None for name, count in counts.items()}
    return {
        "district_code": key, "whole": whole, "counts": counts, "total": total, "permille": shares,
        "actions": dict(sorted(actions.items())),
    }  # fmt: skip
