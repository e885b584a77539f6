"""What people ask about the demand of a shift."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geo.crs import to_metric
from geo.db.counties import get_county
from geo.patrol.actions import NoGround, get_shift_kind, shift_span
from geo.patrol.demand.load import Demand, load_demand
from geo.patrol.queries import load_districts, load_people
from geo.roads.actions import load_network

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def demand_of_shift(session: Session, tenant: str, on_date: dt.date, shift_code: str) -> Demand:
    """What a shift is asked to do, with everybody who is rostered for it.

    Raises
    ------
    UnknownShift
        If the county has no such kind of shift.
    NoGround
        If it has no 片区 yet.
    """
    county = get_county(session, tenant)
    span = shift_span(county, get_shift_kind(session, shift_code), on_date)
    districts = to_metric(load_districts(session), county.metric_srid)
    if len(districts) == 0:
        raise NoGround("patrol.no_districts")
    network = load_network(session, county, span.starts_at, span.ends_at)
    people = load_people(session, on_date, shift_code)
    return load_demand(session, county, districts, network, span, shift_code, people)
