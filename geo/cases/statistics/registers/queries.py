"""The one statement that counts a figure, and the one that lists its records; made from its row of the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Table,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from geo.cases.statistics.figures import ANY, EVENTS, HAND, STANDARD, Column, Figure, Term
from geo.tables import Base

Pairs = Mapping[str, Sequence[tuple[str, str]]]
"""By standard code: system and code of everything the county's crosswalk says is the same."""

LABELS: Final = ("number", "code", "site_code", "class_code")
"""What a record is called; never what names a person."""

CROSSWALK = text("""
SELECT to_code, from_system, from_code FROM code_crosswalk
 WHERE tenant = :tenant AND to_system = :standard ORDER BY 1, 2, 3""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a figure is asked for.

    Parameters
    ----------
    first, last
        Local days, both included.
    zone
        IANA name of the county's time zone.
    area
        Codes of the 片区; None for the county.
    """

    tenant: str
    first: dt.date
    last: dt.date
    zone: str
    area: tuple[str, ...] | None = None


def load_pairs(session: Session, tenant: str) -> dict[str, list[tuple[str, str]]]:
    """What is the same as each standard code."""
    found: dict[str, list[tuple[str, str]]] = {}
    for to_code, system, code in session.execute(CROSSWALK, {"tenant": tenant, "standard": STANDARD}):
        found.setdefault(to_code, []).append((system, code))
    return found


class Statement:
    """A figure's tables joined as its row names them, and its conditions."""

    def __init__(self, figure: Figure, asked: Asked, pairs: Pairs) -> None:
        assert figure.table is not None
        self.figure, self.asked, self.pairs = figure, asked, pairs
        self.table: Table = Base.metadata.tables[figure.table]
        self.joined: dict[tuple[str, str], Any] = {}
        self.where: list[ColumnElement[bool]] = [self.table.c.tenant == asked.tenant]
        for term in figure.where:
            self.where.append(self._condition(term))
        self.place = Base.metadata.tables["event_place"].alias("placed") if figure.table == EVENTS else None
        if self.place is not None:
            # As events are counted: by the local day and the 片区 that were worked out for each.
            days = self.place.c.on_date.between(asked.first, asked.last)
            self.where += [self.table.c.duplicate_of.is_(None), self.place.c.outside.is_(False), days]
        self.where += self._period()
        self.key = next(column for column in self.table.primary_key if column.name != "tenant")
        self.unit: ColumnElement[str] = (
            self.table.c.unit
            if "unit" in self.table.c and figure.how == "sum" and figure.what == Column("quantity")
            else literal(figure.unit)
        )
        self.district = self._district()

    def column(self, path: Column) -> Any:
        """A column of the table, or of one that is joined for it."""
        if path.key is None or path.table is None:
            return self.table.c[path.column]
        return self._join(path.key, path.table).c[path.column]

    def source(self) -> Any:
        """The tables, joined."""
        found: Any = self.table
        if self.place is not None:
            mine = and_(self.place.c.tenant == self.table.c.tenant, self.place.c.event_id == self.table.c.id)
            found = found.join(self.place, mine)
        for (key, _), other in self.joined.items():
            found = found.outerjoin(other, and_(other.c.tenant == self.table.c.tenant, other.c.id == self.table.c[key]))
        return found

    def amount(self) -> Any:
        """What is added up or told apart."""
        return literal(1) if self.figure.what is None else self.column(self.figure.what)

    def _join(self, key: str, table: str) -> Any:
        if (key, table) not in self.joined:
            self.joined[key, table] = Base.metadata.tables[table].alias(f"{key}_{table}")
        return self.joined[key, table]

    def _condition(self, term: Term) -> Any:
        column = self.column(term.path)
        if term.op == "filled":
            return column.is_not(None)
        if term.op == "empty":
            return column.is_(None)
        if term.op == "has":
            return literal(term.values[0]) == any_(column)
        if term.op == "until":
            assert term.other is not None
            return column <= self.column(term.other)
        if term.op == "inside":
            assert term.other is not None and term.other.table is not None
            # From the few areas to the records in them: the other way round every record is looked at.
            layer = Base.metadata.tables[term.other.table].alias("within")
            there = Base.metadata.tables[self.table.name].alias("there")
            place = there.c[term.path.column]
            touching = and_(
                layer.c.geom.op("&&")(place), func.ST_Intersects(layer.c.geom, place),
                layer.c.tenant == self.asked.tenant, layer.c[term.other.column].in_(term.values),
            )  # fmt: skip
            inner = select(there.c.id).select_from(layer.join(there, touching)).where(
                there.c.tenant == self.asked.tenant)  # fmt: skip
            # As an array: nobody can tell beforehand how few records are inside, and all would be gone through.
            return self.table.c.id == any_(func.array(inner.scalar_subquery(), type_=ARRAY(BigInteger)))
        if term.path.column == "code" and term.op == "in":
            return self._coded(term)
        values = [_typed(column, value) for value in term.values]
        return column.in_(values) if term.op == "in" else column.not_in(values)

    def _coded(self, term: Term) -> Any:
        """The code or what the crosswalk says is the same; under any system where it says so."""
        code = self.column(term.path)
        system = self.column(Column("code_system", term.path.key, term.path.table))
        anywhere = [value.removeprefix(ANY) for value in term.values if value.startswith(ANY)]
        exact = sorted(coded(term.values, self.pairs))
        parts = [tuple_(system, code).in_(exact)] if exact else []
        return or_(*parts, code.in_(anywhere)) if anywhere else or_(*parts)

    def _period(self) -> list[ColumnElement[bool]]:
        asked = self.asked
        columns: list[Any] = [None if path is None else self.column(path) for path in self.figure.dates]
        if self.figure.period in ("at", "on"):
            return self._within(columns[0])
        if self.figure.period in ("stock", "valid", "during"):
            begin, end = columns
            least = asked.first if self.figure.period == "during" else asked.last
            if isinstance(end.type, DateTime):
                # Instants: what ended during the last day stands no more at its end.
                after = self._midnight(asked.last + dt.timedelta(days=1))
                return [or_(begin.is_(None), begin < after), or_(end.is_(None), end >= after)]
            still = end >= least if self.figure.period == "valid" else end > least
            return [or_(begin.is_(None), begin <= asked.last), or_(end.is_(None), still)]
        return []

    def _within(self, column: Any) -> list[ColumnElement[bool]]:
        """In the local days asked for; instants are compared as instants, so that an index can be walked."""
        asked = self.asked
        if isinstance(column.type, DateTime):
            return [column >= self._midnight(asked.first), column < self._midnight(asked.last + dt.timedelta(days=1))]
        return [column >= cast(literal(asked.first), Date), column <= cast(literal(asked.last), Date)]

    def _midnight(self, on: dt.date) -> Any:
        """The instant a local day begins."""
        return func.timezone(literal(self.asked.zone), cast(literal(on), DateTime(timezone=False)))

    def _district(self) -> Any:
        """Code of the 片区; a geometry where that has to be asked for; None where there is none."""
        if self.place is not None:
            return self.place.c.district_code
        if self.table.name == HAND:
            return func.nullif(self.table.c.district_code, "")
        return None if self.figure.district is None else self.column(self.figure.district)

    @property
    def by_place(self) -> bool:
        """Whether the 片区 of a record has to be asked for by its geometry."""
        return self.figure.district is not None and self.figure.district.column == "geom"


def coded(values: Sequence[str], pairs: Pairs) -> set[tuple[str, str]]:
    """System and code of everything that counts as one of the standard codes.

    Examples
    --------
    >>> sorted(coded(["04-01", "*/06-97"], {"04-01": [("CJ/T 214-2007", "05-01")]}))
    [('CJ/T 214-2007', '05-01'), ('GB/T 30428.2-2013', '04-01')]
    """
    found: set[tuple[str, str]] = set()
    for value in values:
        if not value.startswith(ANY):
            found |= {(STANDARD, value), *pairs.get(value, ())}
    return found


def count(session: Session, statement: Statement, by: Any = None) -> list[tuple[Any, ...]]:
    """``district unit whole rows amount`` of a figure: the whole and each 片区 by unit (``whole`` tells them apart).

    Parameters
    ----------
    by
        A column to tell records apart by instead of the 片区.
    """
    district = None if statement.by_place else statement.district
    known = district if by is None else by
    named = literal(None, Text) if known is None else known
    inner = select(named.label("district"), statement.unit.label("unit"), statement.amount().label("amount"))
    inner = inner.select_from(statement.source()).where(*statement.where)
    if statement.asked.area is not None and district is not None:
        inner = inner.where(district.in_(statement.asked.area))
    one = inner.subquery("one").c
    added: Any = {
        "rows": func.count(),
        "distinct": func.count(one.amount.distinct()),
        "sum": func.coalesce(func.sum(one.amount), 0),
    }[statement.figure.how]
    sets = [tuple_(one.unit)] if known is None else [tuple_(one.unit), tuple_(one.unit, one.district)]
    whole = func.grouping(one.district) if known is not None else literal(1)
    query = select(literal(None) if known is None else one.district, one.unit, whole, func.count(), added)
    order = (text("3"), text("1"), one.unit)
    return _rows(session, query.group_by(func.grouping_sets(*sets)).order_by(*order))


def spots(session: Session, statement: Statement) -> list[tuple[Any, ...]]:
    """``id unit amount lon lat`` of each record of a figure whose 片区 is asked for by place, by id."""
    point = func.ST_PointOnSurface(statement.district)
    query = select(
        statement.key, statement.unit.label("unit"), statement.amount(), func.ST_X(point), func.ST_Y(point)
    ).select_from(statement.source())
    return _rows(session, query.where(*statement.where).order_by(statement.key))


def street_rows(session: Session, statement: Statement, places: Sequence[Column]) -> list[tuple[Any, ...]]:
    """``id unit amount lon lat on`` of each record of a figure, by id; its place is the first that is filled."""
    point = func.ST_PointOnSurface(func.coalesce(*(statement.column(path) for path in places)))
    period = statement.figure.period
    on: Any = literal(statement.asked.last, Date)
    if period in ("at", "on"):
        on = statement.column(statement.figure.dates[0])  # type: ignore[arg-type]
        if isinstance(on.type, DateTime):
            on = cast(func.timezone(literal(statement.asked.zone), on), Date)
    query = select(statement.key, statement.unit, statement.amount(), func.ST_X(point), func.ST_Y(point), on)
    query = query.select_from(statement.source()).where(*statement.where)
    if statement.asked.area is not None and statement.district is not None and not statement.by_place:
        query = query.where(statement.district.in_(statement.asked.area))
    return _rows(session, query.order_by(statement.key))


def records(
    session: Session, statement: Statement, after: int, most: int, ids: Sequence[int] | None, district: str | None,
    where: Any = None,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """``id label at district unit amount lon lat`` of records, by id; of ids, and of a 片区 (empty: outside all)."""
    table, figure = statement.table, statement.figure
    label = next((table.c[name] for name in LABELS if name in table.c), literal(None))
    at = statement.column(figure.dates[0]) if figure.dates and figure.dates[0] is not None else literal(None)
    if statement.place is not None:
        at = table.c.occurred_at
    known = None if statement.by_place else statement.district
    lon: Any = literal(None)
    lat: Any = literal(None)
    if "geom" in table.c:
        point = func.ST_PointOnSurface(table.c.geom)
        lon, lat = func.ST_X(point), func.ST_Y(point)
    query = select(statement.key, label, at, literal(None) if known is None else known, statement.unit,
                   statement.amount(), lon, lat)  # fmt: skip
    query = query.select_from(statement.source()).where(*statement.where, statement.key > after)
    if where is not None:
        query = query.where(where)
    if ids is not None:
        query = query.where(statement.key.in_(ids))
    if known is not None:
        if statement.asked.area is not None:
            query = query.where(known.in_(statement.asked.area))
        if district is not None:
            query = query.where(known == district if district else known.is_(None))
    return _rows(session, query.order_by(statement.key).limit(most))


def _rows(session: Session, query: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(query)]


def _typed(column: Any, value: str) -> Any:
    """A value of the list in the column's type.

    Examples
    --------
    >>> from sqlalchemy import Boolean, Column, Text
    >>> _typed(Column("x", Boolean), "true"), _typed(Column("x", Text), "true")
    (True, 'true')
    """
    return value == "true" if column.type.python_type is bool else value
