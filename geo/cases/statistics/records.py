"""The records a figure counts: what its amount is the number or the sum of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.statistics.events import actions as events
from geo.cases.statistics.figures import Figure, get_figure
from geo.cases.statistics.places import districts_of
from geo.cases.statistics.registers import queries
from geo.cases.statistics.registers.queries import Statement
from geo.cases.statistics.report import OUTSIDE, amount_of, ask, whole_number
from geo.cases.statistics.streets import OFF, can_tell, check_regime, find_rows, noted
from geo.layers.register import KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County

MOST_RECORDS: Final = 1_000
LAYERS: Final = frozenset(kind.name for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Record:
    """A record behind a figure; ``href`` is where it can be read, lon and lat where it lies if its table says so."""

    id: int
    label: str | None
    at: str | None
    district_code: str | None
    unit: str
    amount: Any
    href: str | None
    lon: float | None = None
    lat: float | None = None


def list_records(
    session: Session, tenant: str, name: str, first: dt.date, last: dt.date, *, area: Sequence[str] | None = None,
    district: str | None = None, regime: str | None = None, after: int = 0, most: int = MOST_RECORDS,
) -> list[Record]:  # fmt: skip
    """The records a figure counts, by id; what a figure's amount is the sum or the number of.

    Parameters
    ----------
    district
        Only of this 片区; the empty code is outside all 片区.
    regime
        Only on streets under this regime; ``off`` is off all of them.
    after, most
        Records with a larger id, so many at most.

    Raises
    ------
    UnknownFigure, PeriodBackwards
        As :func:`count_figures`.
    UnknownRegime
        If there is no such regime.
    """
    asked, county = ask(session, tenant, first, last, area)
    figure = get_figure(name)
    check_regime(regime)
    if figure.table is None or (regime is not None and not can_tell(figure)):
        return []
    events.follow(session, tenant)
    statement = Statement(figure, asked, queries.load_pairs(session, tenant))
    placed: dict[int, str | None] | None = None
    if statement.by_place:
        placed = _placed(session, statement, county)
    chosen = None
    if placed is not None and (district is not None or area is not None):
        chosen = [row for row, code in placed.items() if _within(code, area, district)]
    where = None
    if regime is not None and (column := noted(statement)) is not None:
        where = column.is_(None) if regime == OFF else column == regime
    elif regime is not None:
        on_it = [row[0] for row in find_rows(session, statement, county) if row[3] == regime]
        chosen = on_it if chosen is None else sorted({*chosen} & {*on_it})
    rows = queries.records(session, statement, after, most, ids=chosen, district=district, where=where)
    return [_record(figure, row, placed) for row in rows]


def _placed(session: Session, statement: Statement, county: County) -> dict[int, str | None]:
    rows = queries.spots(session, statement)
    placed = districts_of(session, county, [(row[3], row[4]) for row in rows if row[3] is not None])
    return {row[0]: placed.get((row[3], row[4])) for row in rows}


def _within(code: str | None, area: Sequence[str] | None, district: str | None) -> bool:
    return (area is None or code in area) and (district is None or (code or OUTSIDE) == district)


def _record(figure: Figure, row: Sequence[Any], placed: Mapping[int, str | None] | None) -> Record:
    row_id, label, at, district, unit, amount, lon, lat = row
    if isinstance(at, (dt.date, dt.datetime)):
        at = at.astimezone(dt.UTC).isoformat() if isinstance(at, dt.datetime) else at.isoformat()
    if placed is not None:
        district = placed.get(row_id)
    amount = amount if isinstance(amount, str) or amount is None else whole_number(amount)
    href = f"/collections/{figure.table}/items/{row_id}" if figure.table in LAYERS else None
    return Record(row_id, label, at, district, unit, amount, href, lon, lat)


def total_of(figure: Figure, records: Iterable[Record]) -> float:
    """What a figure's records come to: their number, how many differ, or their sum in the figure's unit.

    Examples
    --------
    >>> rows = [Record(1, None, None, None, "处", 2, None), Record(2, None, None, None, "次", 9, None)]
    >>> total_of(get_figure("dust"), rows)
    2
    """
    return amount_of(figure, [one.amount for one in records if one.unit == figure.unit])
