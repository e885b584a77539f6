"""SQL of when registers were last written to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table, func, literal, select
from sqlalchemy.orm import Session

from geo.cases.statistics.figures import KINDS_IN, Column, Figure
from geo.tables import Base

WRITTEN: Final = ("updated_at", "recorded_at", "made_at", "set_at", "at", "found_at", "ordered_at", "received_at")
"""Columns that say when a register was last written to, the best first."""

ORDERED: Final = ("found_at", "received_at", "at", "on_date", "left_at")
"""The same among columns that an index is ordered by."""

Source = tuple[str, tuple[str, ...]]
"""A table, and which kinds of record in it are meant (none: all)."""


def source_of(figure: Figure) -> Source:
    """Where a figure's records are.

    Examples
    --------
    >>> from geo.cases.statistics.figures import get_figure
    >>> source_of(get_figure("buildings_stopped"))
    ('step_log', ('building',))
    """
    assert figure.table is not None
    kind = Column(KINDS_IN.get(figure.table, ""))
    return figure.table, tuple(value for term in figure.where if term.path == kind for value in term.values)


def load_newest(session: Session, tenant: str, sources: Sequence[Source]) -> dict[Source, Any]:
    """When each source was last written to: a day, an instant, 1 for rows without a date; None for an empty one."""
    if not sources:
        return {}
    asked = []
    for name, kinds in sources:
        table = Base.metadata.tables[name]
        column = written_column(table)
        mine = [table.c.tenant == tenant, *([table.c[KINDS_IN[name]].in_(kinds)] if kinds else [])]
        one = select(func.max(column) if column is not None else literal(1)).where(*mine)
        asked.append((one if column is not None else one.limit(1)).scalar_subquery())
    return dict(zip(sources, session.execute(select(*asked)).one(), strict=True))


def written_column(table: Table) -> Any:
    """The column that says when a register was last written to: one an index is ordered by, where there is one.

    Examples
    --------
    >>> tables = Base.metadata.tables
    >>> [written_column(tables[name]).name for name in ("complaint", "problem_case", "permit", "site_check")]
    ['received_at', 'found_at', 'updated_at', 'at']
    """
    ordered = [list(index.columns)[1].name for index in table.indexes if len(index.columns) > 1]
    names = [*(name for name in ORDERED if name in ordered), *(name for name in WRITTEN if name in table.c)]
    return table.c[names[0]] if names else None
