"""What people ask about the demand of a shift, and of the price of a focus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from geo.crs import to_metric
from geo.db.counties import get_county
from geo.patrol.demand import queries
from geo.patrol.demand.book.rules import UnknownFocus
from geo.patrol.demand.factors import factors_of
from geo.patrol.demand.load import Demand, load_demand
from geo.patrol.demand.price import FocusPrice, price_of_focus
from geo.patrol.load import NoGround, get_shift_kind, load_shift, shift_span
from geo.patrol.queries import load_districts, load_people, load_zones
from geo.roads.actions import load_network

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.problem import Plan, Problem

PLANS_OF_A_PRICE: Final = 3


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


def focus_factors(session: Session, tenant: str, code: str, on_date: dt.date, shift_code: str) -> dict[str, float]:
    """What a focus multiplies which stops of a shift by.

    Returns
    -------
    dict
        Key of the stop → factor; only zones that lie on the focus's ground.

    Raises
    ------
    UnknownFocus
        If the focus is not in force in that shift.
    """
    county = get_county(session, tenant)
    span = shift_span(county, get_shift_kind(session, shift_code), on_date)
    found = [
        one
        for one in queries.load_emphases(session, span, shift_code, county.metric_srid)
        if one.key == f"focus:{code}"
    ]
    if not found:
        raise UnknownFocus("demand.focus_not_in_force", focus=code, on=on_date.isoformat(), shift=shift_code)
    zones = to_metric(load_zones(session, county.metric_srid, span.starts_at), county.metric_srid)
    return {f"zone:{zone}": factor for zone, factor in factors_of(zones, found).items()}


def price_focus(
    database: Database,
    tenant: str,
    code: str,
    on_date: dt.date,
    shift_code: str,
    *,
    seed: int = 1,
    iterations: int = 300,
    progress: Callable[[int, int], None] | None = None,
) -> FocusPrice:
    """What a focus in force costs a shift: it is planned with it and without it; no plan is stored.

    Parameters
    ----------
    progress
        Called with (plans made, of) before each of three plans and while it is sought; what it raises stops the work.

    Raises
    ------
    UnknownFocus
        If the focus is not in force in that shift.
    """
    from geo.patrol.solve.shift import solve_shift

    with database.begin(tenant) as session:
        factors = focus_factors(session, tenant, code, on_date, shift_code)
        problem = load_shift(session, tenant, on_date, shift_code).problem
    made = 0

    def tell(*_: object) -> None:
        if progress is not None:
            progress(made, PLANS_OF_A_PRICE)

    def solve(given: Problem, start: Plan | None) -> Plan:
        nonlocal made
        tell()
        plan = solve_shift(given, seed, iterations, start=start, progress=tell)
        made += 1
        return plan

    return price_of_focus(problem, factors, solve)
