"""What is counted for each figure a bureau prints: one row of ``data/codes/figures.csv`` a figure, no code.

A row names the table, what is counted (``rows``, ``distinct:column`` or ``sum:column``), the filter, the column the
period is read from, and how a record belongs to a 片区. A column of another table is reached by ``key>table.column``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from geo.errors import Invalid, NotFound

FILE: Final = Path(__file__).resolve().parents[3] / "data" / "codes" / "figures.csv"
STANDARD: Final = "GB/T 30428.2-2013"
"""The code system of a code without another; codes of other systems are found by the county's crosswalk."""

ANY: Final = "*/"
"""Before a code: under whatever system, for local extensions that no crosswalk can know."""

EVENTS: Final = "event"
HAND: Final = "hand_figure"
"""Holds what is told by hand, a figure a row."""

KINDS_IN: Final = {"step_log": "workflow", HAND: "figure"}
"""Tables that hold several kinds of record, and the column that tells them apart."""

COUNTS: Final = ("rows", "distinct", "sum")
PERIODS: Final = ("at", "on", "stock", "valid", "during", "now")
"""An instant in the period; a day in it; standing at its end, the second day being the first on which it stands no
more; the same, the second day being its last; standing at some time in the period; as it stands today."""

TERM: Final = re.compile(r"^(?P<path>[a-z_>.]+)(?P<op>!=|<=|=|@|#)(?P<rest>.*)$")
RESTRICTED: Final = frozenset({"legal_document", "penalty", "subject", "ladder_incident", "gas_inspection", "staff"})
"""Tables whose records are opened by those who may see files of subjects; their figures are for all who see cases."""


class UnknownFigure(NotFound):
    """There is no such figure; the facts list those there are."""


class FigureUnreadable(Invalid):
    """A row of the list of figures cannot be read; the facts name the figure, the column and the words."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the figure's table, or of ``table`` whose row ``key`` names.

    Examples
    --------
    >>> read_path("check_id>site_check.at")
    Column(column='at', key='check_id', table='site_check')
    """

    column: str
    key: str | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One condition.

    Parameters
    ----------
    op
        ``in``, ``not_in``, ``filled``, ``empty``, ``has`` (an array holds the value), ``until`` (not later than the
        other column) or ``inside`` (within a row of the layer ``other`` whose column has one of the values).
    """

    path: Column
    op: str
    values: tuple[str, ...] = ()
    other: Column | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Parameters
    ----------
    source
        The report that prints it, or the row of the requirements it comes from.
    unit
        It is printed in this unit; other units are said beside it, never added.
    table
        None where no records are kept; ``note`` then says why.
    how, what
        ``rows``; or ``distinct`` or ``sum`` of a column.
    period, dates
        One of :data:`PERIODS` and its columns.
    district
        How a record belongs to a 片区; None for figures of the county only.
    over
        The figure it is divided by.
    stale_days
        A register not written to for longer is called stale; None for what has a period.
    """

    name: str
    zh: str
    en: str
    source: str
    unit: str
    table: str | None
    how: str
    what: Column | None
    where: tuple[Term, ...]
    period: str
    dates: tuple[Column | None, ...]
    district: Column | None
    over: str | None
    stale_days: int | None
    prose: str
    note: str

    @property
    def counted_beforehand(self) -> bool:
        """Whether it is read from the counts of events."""
        plain = {"code", "code_system", "origin", "unit"}
        return self.table == EVENTS and not self.dates and all(term.path.column in plain for term in self.where)


def read_path(words: str) -> Column:
    """A column as a row of the list names it.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_path("at")
    Column(column='at', key=None, table=None)
    """
    if ">" not in words:
        if not words.isidentifier():
            raise ValueError(words)
        return Column(words)
    key, _, rest = words.partition(">")
    table, _, column = rest.partition(".")
    if not (key.isidentifier() and table.isidentifier() and column.isidentifier()):
        raise ValueError(words)
    return Column(column, key, table)


def read_term(words: str) -> Term:
    """A condition as a row of the list writes it.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_term("code=01-11|03-05").values
    ('01-11', '03-05')
    >>> read_term("closed_at=*").op, read_term("merged_into=").op, read_term("items@wet").op
    ('filled', 'empty', 'has')
    >>> read_term("mended_at<=due_at").other
    Column(column='due_at', key=None, table=None)
    >>> read_term("geom#hotspot_zone.kind=school").other
    Column(column='kind', key=None, table='hotspot_zone')
    """
    found = TERM.match(words.strip())
    if found is None:
        raise ValueError(words)
    path, op, rest = read_path(found["path"]), found["op"], found["rest"]
    if op == "#":
        layer, _, said = rest.partition(".")
        column, _, values = said.partition("=")
        return Term(path, "inside", tuple(values.split("|")), Column(column, None, layer))
    if op == "<=":
        return Term(path, "until", (), read_path(rest))
    if op == "@":
        return Term(path, "has", (rest,))
    if op == "!=":
        return Term(path, "not_in", tuple(rest.split("|")))
    if rest in ("", "*"):
        return Term(path, "filled" if rest else "empty")
    return Term(path, "in", tuple(rest.split("|")))


def read_figure(row: Mapping[str, str]) -> Figure:
    """A figure from a row of the list.

    Raises
    ------
    FigureUnreadable
        If a column of it says nothing that is understood.
    """

    def refuse(column: str) -> FigureUnreadable:
        return FigureUnreadable("statistics.unreadable", figure=row["figure"], column=column, value=row[column])

    how, _, what = row["count"].partition(":")
    if row["table"] and how not in COUNTS:
        raise refuse("count")
    period, _, dates = row["period"].partition(":")
    if period and period not in PERIODS:
        raise refuse("period")

    def read(column: str, words: str) -> Column | None:
        try:
            return read_path(words) if words else None
        except ValueError as error:
            raise refuse(column) from error

    try:
        where = tuple(read_term(words) for words in row["where"].split(" & ") if words)
    except ValueError as error:
        raise refuse("where") from error
    return Figure(
        row["figure"], row["zh"], row["en"], row["source"], row["unit"], row["table"] or None, how,
        read("count", what), where, period, tuple(read("period", one) for one in dates.split(",")) if dates else (),
        read("district", row["district"]), row["over"] or None,
        int(row["stale_days"]) if row["stale_days"] else None, row["prose"], row["note"],
    )  # fmt: skip


@cache
def figures() -> Mapping[str, Figure]:
    """All figures by name, in the order of the list."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["figure"]: read_figure(row) for row in csv.DictReader(lines)}


def get_figure(name: str) -> Figure:
    """A figure by its name.

    Raises
    ------
    UnknownFigure
        If there is none.
    """
    found = figures().get(name)
    if found is None:
        raise UnknownFigure("statistics.unknown_figure", figure=name, known=", ".join(figures()))
    return found
