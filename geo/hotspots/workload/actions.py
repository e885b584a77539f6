"""Hold a county's expected work against its roster, and suggest which shifts to move."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.db.counties import County, get_county
from geo.errors import Invalid
from geo.hotspots.history import History, load_history
from geo.hotspots.queries import load_districts, load_presence
from geo.hotspots.workload import queries
from geo.hotspots.workload.demand import expected_demand
from geo.hotspots.workload.match import Ground, Move, covered, matrix_of, suggest_moves, weeks_of
from geo.hotspots.workload.planned import planned_minutes, worth_of_duty
from geo.hotspots.workload.presence import in_sight
from geo.hotspots.workload.reporting import came_back, seen_share
from geo.hotspots.workload.sayings import say_workload
from geo.hotspots.workload.supply import headcount, turns_of

if TYPE_CHECKING:
    from pandas import DataFrame

    from geo.db.engine import Database
    from geo.hotspots.findings import Finding

HISTORY_DAYS: Final = 364
ROSTER_DAYS: Final = 28
EVERYWHERE: Final = ("bureau", "brigade")


class NoGround(Invalid):
    """There are no 片区 to hold work against; the message says how to get some."""


class NoRoster(Invalid):
    """Nobody is rostered in the time asked about."""


@dataclass(frozen=True, eq=False)
class Workload:
    """Demand against supply.

    Parameters
    ----------
    matrix
        One row a 片区, weekday (0 = Monday) and hour: what :func:`geo.hotspots.workload.demand.expected_demand` gives,
        and ``name``, ``supply_min`` (minutes of work the roster can give), ``planned_min`` (minutes plans spend on the
        spot; nan where no plan is), ``gap_min`` (demand that supply does not cover).
    moves
        Suggested moves, best first.
    units
        Units by code, for the names in moves.
    shifts
        Kinds of shift by code.
    facts
        Window, totals, and what was assumed.
    """

    county: County
    matrix: DataFrame
    moves: list[Move]
    units: dict[str, queries.Unit]
    shifts: dict[str, Any]
    history: History
    facts: dict[str, Any]

    def finding(self) -> Finding:
        """The same in sentences, with the records behind each number."""
        return say_workload(self)


def load_workload(
    database: Database,
    tenant: str,
    *,
    first_on: dt.date | None = None,
    roster_days: int = ROSTER_DAYS,
    history_days: int = HISTORY_DAYS,
    last_on: dt.date | None = None,
    most_moves: int = 5,
    history: History | None = None,
) -> Workload:
    """The matrix of demand and supply, and moves that would cover more.

    Parameters
    ----------
    first_on, roster_days
        The roster looked at; by default four weeks from today.
    last_on, history_days
        The record demand is expected from; by default a year up to yesterday, or the day of the last event if that
        is earlier.
    most_moves
        How many moves are suggested at most.
    history
        The county's events, if somebody has read them already.

    Raises
    ------
    NoGround
        If the county has no 片区.
    NoRoster
        If nobody is rostered in that time.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        districts = load_districts(session, county.metric_srid).sort_values("code")
        history = history or load_history(session, county)
        begin = first_on or county.today()
        until = begin + dt.timedelta(roster_days)
        shifts = queries.load_shifts(session, tenant)
        duties = queries.load_duties(session, tenant, begin, until)
        units = queries.load_units(session, tenant)
        stops, teams = queries.load_planned(session, tenant, begin - dt.timedelta(roster_days), until)
        presence = load_presence(session)
    if len(districts) == 0:
        raise NoGround("workload.no_districts")
    if len(duties) == 0:
        raise NoRoster("workload.no_roster", first_on=begin.isoformat(), days=roster_days)
    codes = tuple(districts["code"])
    window = _window(county, history, last_on, history_days)
    known = _located(history.events)
    sight = in_sight(presence, codes, *window, county.time_zone)
    seen = None if sight is None else seen_share(_recent(known, window), codes, sight)
    blind = _blind(history.gaps, codes, window)
    matrix = expected_demand(known, codes, *window, seen, blind)
    people, share, by_plan = worth_of_duty(
        *teams, float((stops["leave_at"] - stops["arrive_at"]).dt.total_seconds().sum())
    )
    ground = Ground(codes, _grounds(units, codes), shifts, share / people)
    turns = turns_of(duties[duties["unit"].isin(list(ground.units))], shifts)
    heads = headcount(turns, begin, roster_days)
    demand = weeks_of(matrix["demand_min"].to_numpy(), len(codes))
    given = matrix_of(demand, heads, ground)
    moves = suggest_moves(demand, heads, ground, most=most_moves)
    matrix["name"] = matrix["district"].map(dict(zip(districts["code"], districts["name"], strict=True)))
    matrix["supply_min"] = given.ravel()
    matrix["planned_min"] = planned_minutes(stops, codes, county.time_zone).ravel()
    matrix["gap_min"] = np.maximum(demand - given, 0).ravel()
    facts = {
        "first_on": window[0].isoformat(),
        "last_on": (window[0] + dt.timedelta(window[1] - 1)).isoformat(),
        "roster_from": begin.isoformat(),
        "roster_days": roster_days,
        "records": int(matrix["records"].map(len).sum()),
        "demand_min": float(demand.sum()),
        "recorded_min": float(matrix["recorded_min"].sum()),
        "supply_min": float(given.sum()),
        "covered_min": covered(demand, given),
        "people_per_visit": people,
        "on_spot": share,
        "by_plan": by_plan,
        "corrected": seen is not None,
        "nowhere": int((~duties["unit"].isin(list(ground.units))).sum()),
    }
    return Workload(county, matrix, moves, units, shifts, history, facts)


def _window(county: County, history: History, last_on: dt.date | None, days: int) -> tuple[dt.date, int]:
    yesterday = county.today() - dt.timedelta(1)
    on = history.events["local_on"].to_numpy().astype("datetime64[D]")
    until = last_on or (min(yesterday, on.max().astype(object)) if len(on) else yesterday)
    return until - dt.timedelta(days - 1), days


def _located(events: DataFrame) -> DataFrame:
    known = events[~events["default_geocode"].to_numpy(bool)]
    return known.assign(watched=came_back(known))


def _recent(events: DataFrame, window: tuple[dt.date, int]) -> DataFrame:
    on = events["local_on"].to_numpy()
    first = np.datetime64(window[0])
    return events[(on >= first) & (on < first + np.timedelta64(window[1], "D"))]


def _grounds(units: dict[str, queries.Unit], codes: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Positions of the 片区 each unit works in; a bureau or brigade without its own works in all, others in none."""
    place = {code: i for i, code in enumerate(codes)}
    found = {unit.code: tuple(place[code] for code in unit.districts if code in place) for unit in units.values()}
    everywhere = tuple(range(len(codes)))
    found |= {code: everywhere for code, mine in found.items() if not mine and units[code].kind in EVERYWHERE}
    return {code: mine for code, mine in found.items() if mine}


def _blind(gaps: DataFrame, codes: tuple[str, ...], window: tuple[dt.date, int]) -> NDArray[np.bool_]:
    """Days on which a 片区's reports are known to be missing."""
    blind = np.zeros((len(codes), window[1]), dtype=bool)
    found: list[Any] = gaps.to_dict("records")
    for gap in found:
        begin, end = ((gap[name] - window[0]).days for name in ("first_on", "last_on"))
        if end >= 0 and begin < window[1]:
            rows = [
                i for i, code in enumerate(codes) if not isinstance(gap["district"], str) or code == gap["district"]
            ]
            blind[rows, max(begin, 0) : end + 1] = True
    return blind
