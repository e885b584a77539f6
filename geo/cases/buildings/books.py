"""What the ledger answers: the stock of a period, whether an act may be carried out, which footprints overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.buildings import queries
from geo.cases.buildings.demolition import Reason, Verdict, judge, read_papers
from geo.cases.buildings.states import BUILDING
from geo.cases.buildings.stock import Statement, state_stock
from geo.cases.history import load_steps
from geo.cases.risks.gate import lacking
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEAST_OVERLAP_DM2: Final = 100
"""Two outlines that share less than a square metre are drawn inexactly, not built on each other."""

GONE: Final = ("demolished", "written_off", "dismissed", "struck", "overbuilt")
"""States in which nothing stands on the ground any more, or another row speaks for it."""


class UnknownBuilding(NotFound):
    """The ledger has no building of that number."""


class BadPeriod(Invalid):
    """A period that ends before it begins."""


def get_building(session: Session, tenant: str, building_id: int) -> dict[str, Any]:
    """One building of the ledger, with a point that lies on it.

    Raises
    ------
    UnknownBuilding
        If there is none.
    """
    found = queries.find_building(session, tenant, building_id)
    if found is None:
        raise UnknownBuilding("buildings.unknown", id=building_id)
    return found


def load_statement(
    session: Session,
    tenant: str,
    first_on: dt.date,
    last_on: dt.date,
    *,
    area: Sequence[str] | None = None,
    category: str | None = None,
    as_of: dt.datetime | None = None,
) -> Statement:
    """The stock equation of a period, see :func:`geo.cases.buildings.stock.state_stock`.

    Raises
    ------
    BadPeriod
        If it ends before it begins.
    """
    if last_on < first_on:
        raise BadPeriod("buildings.period", first=first_on.isoformat(), last=last_on.isoformat())
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    histories = queries.load_histories(session, tenant, area=area, category=category)
    return state_stock(histories, first_on, last_on, zone, as_of)


def may_demolish(
    session: Session, tenant: str, building_id: int, start: dt.datetime, end: dt.datetime, *, urgent: str = ""
) -> Verdict:
    """Whether a building may be pulled down by force from ``start`` to ``end``, and if not, why; D06.

    Raises
    ------
    UnknownBuilding, BadPeriod
        If there is none, or the act ends before it begins.
    """
    if end <= start:
        raise BadPeriod("buildings.period", first=start.isoformat(), last=end.isoformat())
    row = get_building(session, tenant, building_id)
    county = get_county(session, tenant)
    steps = load_steps(session, tenant, BUILDING, building_id)
    papers = read_papers(steps if row["status"] in ("ordered", "announced", "appealed") else [])
    lacks = assessment_reasons(session, tenant, building_id, start, county.zone)
    return judge(papers, start, end, county.zone, county.calendar, urgent=urgent, lacks=lacks)


def assessment_reasons(
    session: Session, tenant: str, building_id: int, start: dt.datetime, zone: ZoneInfo
) -> list[Reason]:
    """What lacks of the risk assessment that pulling a building down needs first (T04); empty if it is approved."""
    lacks = lacking(session, tenant, start.astimezone(zone).date(), building_id=building_id)
    return [Reason(one.code, one.facts) for one in lacks]


def list_overlaps(
    session: Session, tenant: str, *, area: Sequence[str] | None = None, one: int | None = None
) -> list[tuple[int, int, int]]:
    """Pairs of standing buildings that share a square metre of ground or more, with the shared dm²."""
    srid = get_county(session, tenant).metric_srid
    found = queries.find_overlaps(session, tenant, srid, GONE, area=area, one=one)
    return [pair for pair in found if pair[2] >= LEAST_OVERLAP_DM2]
