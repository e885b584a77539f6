"""办结率, 答复率, 满意率 and the like of a span: numerator and denominator, and what both are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.complaints.figures import queries
from geo.days import span_of
from geo.db.counties import get_county
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RATES: Final = {
    "closed": ("closed", "taken"),
    "answered": ("answered", "received"),
    "in_time": ("answered_in_time", "due"),
    "content": ("content", "rated"),
    "repeats": ("repeats", "taken"),
    "referred": ("referred", "received"),
    "placed": ("placed", "received"),
}
"""Name → numerator, denominator: 办结率 of those taken on (out of remit counted apart), 答复率 of all, 按期答复率 of
those that are due, 满意率 of those that said so, 重复率, 不属职责占比, 上图率."""


class BadSpan(Invalid):
    """A span that ends before it begins, or a group there is not."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` of ``of``, both numbers of complaints (件)."""

    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group; ``group`` is None for all together."""

    group: str | None
    received: int
    merged: int
    rates: dict[str, Rate]


def load_figures(
    session: Session, tenant: str, from_on: dt.date, to_on: dt.date, *, by: str = "none",
    area: Collection[str] | None = None, now: dt.datetime | None = None,
) -> list[Figures]:  # fmt: skip
    """Figures of complaints received on some local days, both included; void ones are in none.

    Parameters
    ----------
    by
        ``none``, ``channel``, ``district`` or ``code``.
    now
        Until when due dates count as passed; the present by default.

    Returns
    -------
    list of Figures
        By group; empty without complaints.

    Raises
    ------
    BadSpan
        If the days or the group cannot be.
    """
    if to_on < from_on or by not in queries.GROUPS:
        raise BadSpan("complaints.span", first=str(from_on), last=str(to_on), by=by, known=", ".join(queries.GROUPS))
    begin, end = span_of(from_on, to_on, get_county(session, tenant).zone)
    rows = queries.count_complaints(session, tenant, begin, end, now or dt.datetime.now(dt.UTC), by, area)
    return [
        Figures(
            row.group, row.received, row.merged,
            {name: Rate(getattr(row, count), getattr(row, of)) for name, (count, of) in RATES.items()},
        )
        for row in rows
    ]  # fmt: skip


def list_counted(
    session: Session, tenant: str, from_on: dt.date, to_on: dt.date, rate: str, *, whole: bool = False,
    by: str = "none", group: str | None = None, area: Collection[str] | None = None, now: dt.datetime | None = None,
    after: int = 0, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """The complaints behind a rate, by id: those of its numerator, or with ``whole`` of its denominator.

    Parameters
    ----------
    by, group
        Only of this group of :func:`load_figures`; None is all.
    after, most
        With a larger id, so many at most.

    Raises
    ------
    BadSpan
        If the days, the group or the rate cannot be.
    """
    known = (*queries.GROUPS, *RATES)
    if to_on < from_on or by not in queries.GROUPS or rate not in RATES:
        raise BadSpan("complaints.span", first=str(from_on), last=str(to_on), by=by, known=", ".join(known))
    begin, end = span_of(from_on, to_on, get_county(session, tenant).zone)
    which = RATES[rate][1 if whole else 0]
    until = now or dt.datetime.now(dt.UTC)
    return queries.list_counted(session, tenant, begin, end, until, which, by, group, area, after, most)
