"""Figures by the regime of the street a thing happened on: 严管, 严控, 规范, or off all streets that have one (P07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.regimes.queries import load_regimes
from geo.cases.statistics.figures import EVENTS, Column, Figure
from geo.cases.statistics.places import boxes, districts_of
from geo.cases.statistics.registers import queries
from geo.cases.statistics.registers.queries import Statement
from geo.errors import Invalid
from geo.tables import Base
from geo.tables.roads import REGIMES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County

OFF: Final = "off"
"""Stands for places off all streets, and streets without a regime."""

KNOWN: Final = (*REGIMES, OFF)
LINKS: Final = (("problem_id", "problem_case"), ("incident_id", "ladder_incident"), ("lamp_id", "streetlight"))
"""How a record without a place of its own leads to one."""


class UnknownRegime(Invalid):
    """There is no such regime; the facts list those there are."""


def check_regime(regime: str | None) -> None:
    """Refuse a regime that there is not.

    Raises
    ------
    UnknownRegime
        If there is none of that name.
    """
    if regime is not None and regime not in KNOWN:
        raise UnknownRegime("regimes.unknown", regime=regime, known=", ".join(KNOWN))


def noted(statement: Statement) -> Any:
    """The column in which a record's regime stands already: of events, and of problems; None else."""
    if statement.place is not None:
        return statement.place.c.regime
    return statement.table.c.regime if "regime" in statement.table.c else None


def places_of(figure: Figure) -> tuple[Column, ...]:
    """Where the records of a figure lie, the first that is filled; none where nobody can tell.

    Examples
    --------
    >>> from geo.cases.statistics.figures import get_figure
    >>> places_of(get_figure("complaints")), places_of(get_figure("bulletins"))
    ((Column(column='geom', key=None, table=None),), ())
    >>> [one.table for one in places_of(get_figure("penalties_filed"))]
    ['problem_case', 'ladder_incident']
    """
    assert figure.table is not None
    tables = Base.metadata.tables
    if "geom" in tables[figure.table].c:
        return (Column("geom"),)
    path = figure.district
    if path is not None and path.key is not None and path.table is not None and "geom" in tables[path.table].c:
        return (Column("geom", path.key, path.table),)
    return tuple(Column("geom", key, table) for key, table in LINKS if key in tables[figure.table].c)


def can_tell(figure: Figure) -> bool:
    """Whether a figure can be told by street.

    Examples
    --------
    >>> from geo.cases.statistics.figures import get_figure
    >>> can_tell(get_figure("dust")), can_tell(get_figure("licensed")), can_tell(get_figure("firework_leaflets"))
    (True, False, False)
    """
    return figure.table is not None and (figure.table == EVENTS or bool(places_of(figure)))


def find_rows(session: Session, statement: Statement, county: County) -> list[tuple[int, str, Any, str]]:
    """Id, unit, amount and regime (or :data:`OFF`) of each record of a figure, by id.

    The regime is that of the day the record is counted under; of what stands at the end of the period, of its last
    day.
    """
    rows = queries.street_rows(session, statement, places_of(statement.figure))
    if statement.by_place and statement.asked.area is not None:
        inside = districts_of(session, county, [(row[3], row[4]) for row in rows if row[3] is not None])
        rows = [row for row in rows if inside.get((row[3], row[4])) in statement.asked.area]
    spots = sorted({(row[3], row[4], row[5]) for row in rows if row[3] is not None})
    regimes = _regimes(session, county, spots)
    return [(row[0], row[1], row[2], regimes.get((row[3], row[4], row[5]), OFF)) for row in rows]


def _regimes(
    session: Session, county: County, spots: Sequence[tuple[float, float, dt.date]]
) -> dict[tuple[float, float, dt.date], str]:
    if not spots:
        return {}
    box = boxes(county)
    facts = {"tenant": county.code, "srid": county.metric_srid, "reach_lon": box["reach_lon"],
             "reach_lat": box["reach_lat"]}  # fmt: skip
    lon, lat, days = zip(*spots, strict=True)
    found = load_regimes(session, facts, lon, lat, days)
    return {spots[at]: regime for at, regime in found.items()}
