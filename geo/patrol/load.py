"""What a shift is planned from: its day, people, vehicles, streets and demand, read and put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.crs import to_metric
from geo.db.counties import County, get_county
from geo.errors import Invalid
from geo.patrol import queries

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

    from geo.patrol.build import Bureau, Standing
    from geo.patrol.demand.load import Demand
    from geo.patrol.demand.span import ShiftSpan
    from geo.patrol.demand.wish import Wish
    from geo.patrol.evaluate import Register
    from geo.patrol.problem import Person, Problem, Vehicle
    from geo.patrol.queries import ShiftKindRow
    from geo.patrol.stretches import Stretch
    from geo.roads.network import Network

A_YEAR = dt.timedelta(days=366)


class UnknownShift(Invalid):
    """The county has no such kind of shift; the facts list those it has."""


class DayTooFar(Invalid):
    """A day so far back or ahead that it is a slip; the facts say which are taken."""


class NoGround(Invalid):
    """The county has no 片区 or no streets yet; the message says how to get them."""


def get_shift_kind(session: Session, code: str) -> ShiftKindRow:
    """The county's kind of shift with that code.

    Raises
    ------
    UnknownShift
        If there is none; the facts list those there are.
    """
    kinds = {kind.code: kind for kind in queries.list_shift_kinds(session)}
    if code not in kinds:
        raise UnknownShift("patrol.unknown_shift", shift=code, known=", ".join(kinds) or "-")
    return kinds[code]


def check_day(on_date: dt.date, today: dt.date) -> None:
    """Refuse to plan a day that nobody means.

    Parameters
    ----------
    on_date
        Local day on which the shift starts.
    today
        The county's.

    Raises
    ------
    DayTooFar
        If it is more than a year before or after ``today``.

    Examples
    --------
    >>> check_day(dt.date(2027, 11, 22), dt.date(2026, 11, 22))
    >>> check_day(dt.date(9999, 12, 31), dt.date(2026, 11, 22))
    Traceback (most recent call last):
    geo.patrol.load.DayTooFar: ...
    """
    first, last = today - A_YEAR, today + A_YEAR
    if not first <= on_date <= last:
        raise DayTooFar("patrol.day_too_far", on=on_date.isoformat(), first=first.isoformat(), last=last.isoformat())


@dataclass(frozen=True)
class Inputs:
    """What a shift's problem is put together from; ``districts`` are the 片区 in the metric CRS."""

    county: County
    shift: ShiftKindRow
    span: ShiftSpan
    network: Network
    districts: GeoDataFrame
    demand: Demand
    register: Register
    people: Sequence[Person]
    vehicles: Sequence[Vehicle]

    @property
    def names(self) -> dict[str, str]:
        """Names of the 片区 by code."""
        return dict(zip(self.districts["code"], self.districts["name"], strict=True))

    @property
    def stretches(self) -> dict[str, Stretch]:
        """Of each wish that is a stretch of street, by key."""
        return {wish.key: wish.stretch for wish in self.demand.wishes if wish.stretch is not None}

    def put_together(
        self, wishes: Sequence[Wish], bureau: Bureau | None = None, teams: Sequence[Standing] | None = None
    ) -> Problem:
        """The problem of these wishes, for teams that stand already or, without, such as are formed."""
        from geo.patrol.build import USUAL, build_problem
        from geo.patrol.demand.rests import rests_of

        return build_problem(
            self.network,
            wishes,
            self.people,
            self.vehicles,
            {row.code: (row.geometry, _whole(row.org_unit_id)) for row in self.districts.itertuples()},
            self.span.on_date,
            self.span.starts_at,
            self.span.length_s,
            self.names,
            self.demand.rules.order,
            bureau or USUAL,
            teams,
            rests_of(self.demand.rules.breaks, self.span),
        )


@dataclass(frozen=True)
class Loaded:
    """Everything a plan is computed from; ``stretches`` of the problem's stops by key."""

    county: County
    shift: ShiftKindRow
    span: ShiftSpan
    network: Network
    problem: Problem
    register: Register
    district_names: Mapping[str, str]
    facts: Mapping[str, Any]
    stretches: Mapping[str, Stretch] = field(default_factory=dict)


def load_shift(
    session: Session,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    staffed: tuple[Sequence[Person], Sequence[Vehicle]] | None = None,
) -> Loaded:
    """Read everything a shift is planned from and put the problem together.

    Parameters
    ----------
    staffed
        People and vehicles to plan with in place of those who are on duty and free.

    Raises
    ------
    UnknownShift, NoGround, NobodyOnDuty
        If there is nothing to plan with.
    """
    from geo.patrol.people.actions import load_bureau

    inputs = load_inputs(session, tenant, on_date, shift_code, staffed)
    problem = inputs.put_together(inputs.demand.wishes, load_bureau(session, inputs.county, on_date))
    return Loaded(
        inputs.county, inputs.shift, inputs.span, inputs.network, problem, inputs.register, inputs.names,
        inputs.demand.facts, inputs.stretches,
    )  # fmt: skip


def load_inputs(
    session: Session,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    staffed: tuple[Sequence[Person], Sequence[Vehicle]] | None = None,
    now: dt.datetime | None = None,
) -> Inputs:
    """Read everything a shift is planned from; parameters and errors as :func:`load_shift`.

    With ``now``, within the shift, streets that were closed before and are open again are open.
    """
    from geo.patrol.build import NobodyOnDuty
    from geo.patrol.demand.load import load_demand
    from geo.patrol.demand.rests import rests_of
    from geo.patrol.evaluate import Register
    from geo.roads.actions import load_network

    county = get_county(session, tenant)
    shift = get_shift_kind(session, shift_code)
    span = shift_span(county, shift, on_date)
    ends_at = span.starts_at + dt.timedelta(seconds=span.length_s)
    taken = queries.load_taken(session, on_date, shift_code, span.starts_at, ends_at)
    people = {person.id: person for person in queries.load_people(session, on_date, shift_code)}
    vehicles = {vehicle.id: vehicle for vehicle in queries.load_vehicles(session)}
    register = Register(people, vehicles, *taken)
    free = [person for person in people.values() if person.id not in register.taken_people]
    fleet = [vehicle for vehicle in vehicles.values() if vehicle.id not in register.taken_vehicles]
    if staffed is not None:
        free, fleet = list(staffed[0]), list(staffed[1])
    if not free:
        raise NobodyOnDuty("patrol.nobody_on_duty", on=on_date.isoformat(), people=0)
    districts = to_metric(queries.load_districts(session), county.metric_srid)
    if len(districts) == 0:
        raise NoGround("patrol.no_districts")
    network = load_network(session, county, max(span.starts_at, now or span.starts_at), ends_at)
    demand = load_demand(session, county, districts, network, span, shift_code, free)
    register = replace(register, rests=rests_of(demand.rules.breaks, span))
    return Inputs(county, shift, span, network, districts, demand, register, free, fleet)


def shift_span(county: County, kind: ShiftKindRow, on_date: dt.date) -> ShiftSpan:
    """The shift of a day in the county's local time; an end before its start is on the next day."""
    from geo.patrol.demand.span import ShiftSpan

    begin = kind.start_time.hour * 3600 + kind.start_time.minute * 60 + kind.start_time.second
    end = kind.end_time.hour * 3600 + kind.end_time.minute * 60 + kind.end_time.second
    end += 86_400 if end <= begin else 0
    starts_at = dt.datetime.combine(on_date, kind.start_time, ZoneInfo(county.time_zone)).astimezone(dt.UTC)
    return ShiftSpan(on_date, begin, end, starts_at, county.calendar)


def _whole(value: Any) -> int | None:
    import pandas

    return None if pandas.isna(value) else int(value)
