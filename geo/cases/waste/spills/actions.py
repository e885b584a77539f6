"""Trace a spill back: candidates with reasons, in an order that is told, never a verdict (W01)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.cases.flow.actions import get_problem
from geo.cases.flow.orders import UnknownProblem
from geo.cases.permits.actions import find_permits
from geo.cases.waste.books import load_limits
from geo.cases.waste.spills import queries
from geo.crs import degree_m, metres_between
from geo.db.counties import get_county
from geo.features.locate import check_point
from geo.roads.afoot import Street, walking_m

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.permits.actions import Permit

AMPLE: Final = 1.3
"""Streets are looked at this much farther out than sites, since a way may lead around."""

MOST: Final = 12
"""Sites whose way along the streets is measured, nearest first as the crow flies."""

WINDING: Final = 1.4
"""Where no way was found, a site stands in the order as if its way were this much longer than the straight line."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A loaded trip that passed the spill before it was seen; ``off_m`` metres at its nearest."""

    trip: int
    plate: str
    at: dt.datetime
    off_m: int
    deviated: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A site the spill may have come from.

    Parameters
    ----------
    gate
        The gate nearest along the streets; None for a site without gates.
    straight_m, street_m
        To that gate; ``street_m`` is None where no way was found.
    route, along_m
        A way permitted that day that leads past the spill, and metres along it from where it begins.
    passes
        Its trips that passed, the latest first.
    reasons
        Codes in the order they count: ``passed``, ``deviated``, ``on_route``, ``near``, ``paused``.
    """

    site: str
    name: str
    site_type: str
    works: str
    builder: str | None
    gate: str | None
    straight_m: int
    street_m: int | None
    route: str | None = None
    along_m: int | None = None
    permit: str | None = None
    passes: tuple[Pass, ...] = ()
    reasons: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Traced:
    """Candidates in order, permits that hold on the spot itself, and the thresholds used."""

    candidates: list[Candidate]
    permits: list[Permit]
    limits: dict[str, int]


def trace_spill(session: Session, tenant: str, lon: float, lat: float, at: dt.datetime, most: int = 10) -> Traced:
    """Which sites a spill may have come from.

    Parameters
    ----------
    lon, lat
        EPSG:4490.
    at
        Aware; when it was seen. Trips of the hours before count (``spill_back_h``).

    Returns
    -------
    Traced
        Candidates: sites under way within ``spill_radius_m``; sites whose permitted way leads past within
        ``spill_route_m``; sites whose loaded lorries passed within ``spill_pass_m``. First those with passes, the
        latest pass first; then those with a way past it, the nearest along it first; then by metres along the streets.
        Empty where there is none.

    Raises
    ------
    Swapped, OffTheMap
        If the point is none, or the wrong way round.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    limits = {name: value for name, value in load_limits(session, tenant).items() if name.startswith("spill_")}
    on = at.astimezone(county.zone).date()
    since = at - dt.timedelta(hours=limits["spill_back_h"])
    east, north = degree_m(lat)
    pad = max(limits["spill_route_m"], limits["spill_pass_m"]) * 1.2 / min(east, north)
    routes = {
        row["site_code"]: row
        for row in reversed(
            queries.load_routes(session, tenant, lon, lat, county.metric_srid, on, limits["spill_route_m"], pad)
        )
    }
    passes: dict[str, list[Pass]] = {}
    for row in queries.load_passes(
        session, tenant, lon, lat, county.metric_srid, since, at, limits["spill_pass_m"], pad
    ):
        found = Pass(row["trip"], row["plate"], row["at"], row["off_m"], row["deviated"])
        passes.setdefault(row["site_code"], []).append(found)
    sites, gates = queries.load_sites(session, tenant, _box(lon, lat, limits["spill_radius_m"]), on)
    sites = [one for one in sites if one["near"] or one["code"] in routes or one["code"] in passes]
    spots = _spots(sites, gates, (lon, lat))
    ways = _ways(session, tenant, (lon, lat), spots, limits["spill_radius_m"])
    made = [_candidate(one, spots, ways, routes, passes, limits) for one in sites]
    kept = [one for one in made if one.reasons and set(one.reasons) != {"paused"}]
    permits = find_permits(session, tenant, lon, lat, on)
    return Traced(sorted(kept, key=_order)[:most], permits, limits)


def trace_problem(
    session: Session, tenant: str, problem: uuid.UUID, *, area: Sequence[str] | None = None, most: int = 10
) -> Traced:
    """The same for a problem that is on file, as it was when it was found.

    Parameters
    ----------
    area
        片区 the caller may reach; None for all.

    Raises
    ------
    UnknownProblem
        If there is none, or it lies outside the caller's area.
    """
    row = get_problem(session, tenant, problem)
    if area is not None and row["district_code"] not in area:
        raise UnknownProblem("flow.unknown", problem=str(problem))
    return trace_spill(session, tenant, row["lon"], row["lat"], row["found_at"], most)


Spot = tuple[str | None, float, float]


def _spots(
    sites: Sequence[Mapping[str, Any]], gates: Mapping[str, Sequence[tuple[str, float, float]]],
    here: tuple[float, float],
) -> dict[str, list[tuple[Spot, float]]]:  # fmt: skip
    """By site: its gates, or a point on its ground where it has none, with metres straight, nearest first."""
    found = {}
    for site in sites:
        own: list[Spot] = list(gates.get(site["code"], ())) or [(None, site["lon"], site["lat"])]
        found[site["code"]] = sorted(
            ((spot, metres_between(here, (spot[1], spot[2]))) for spot in own), key=lambda one: one[1]
        )
    return found


def _ways(
    session: Session, tenant: str, here: tuple[float, float], spots: Mapping[str, list[tuple[Spot, float]]],
    radius_m: int,
) -> dict[str, tuple[Spot, float, float | None]]:  # fmt: skip
    """By site: the gate nearest along the streets, metres straight, and along the streets if a way was found."""
    near = sorted(spots, key=lambda code: (spots[code][0][1], code))[:MOST]
    goals = [(code, spot, straight) for code in near for spot, straight in spots[code] if straight <= radius_m]
    best: dict[str, tuple[Spot, float, float | None]] = {
        code: (own[0][0], own[0][1], None) for code, own in spots.items()
    }
    if not goals:
        return best
    rows = queries.list_streets(session, tenant, _box(*here, radius_m * AMPLE))
    streets = [Street(row.level, tuple(zip(row.lons, row.lats, strict=True))) for row in rows]
    for (code, spot, straight), metres in zip(
        goals, walking_m(streets, here, [(spot[1], spot[2]) for _, spot, _ in goals]), strict=True
    ):
        known = best[code][2]
        if metres is not None and (known is None or metres < known):
            best[code] = (spot, straight, metres)
    return best


def _candidate(
    site: Mapping[str, Any], spots: Mapping[str, Any], ways: Mapping[str, tuple[Spot, float, float | None]],
    routes: Mapping[str, Mapping[str, Any]], passes: Mapping[str, list[Pass]], limits: Mapping[str, int],
) -> Candidate:  # fmt: skip
    code = site["code"]
    (gate, _, _), straight, street = ways[code]
    route, own = routes.get(code), tuple(passes.get(code, ()))
    said = (
        ("passed", bool(own)),
        ("deviated", any(one.deviated for one in own)),
        ("on_route", route is not None),
        ("near", spots[code][0][1] <= limits["spill_radius_m"]),
        ("paused", site["works"] == "paused"),
    )
    way = route or {}
    return Candidate(
        code, site["name"], site["site_type"], site["works"], site["builder"], gate, round(straight),
        None if street is None else round(street), way.get("code"), way.get("along_m"), way.get("permit_number"), own,
        tuple(reason for reason, holds in said if holds),
    )  # fmt: skip


def _order(one: Candidate) -> tuple[bool, float, bool, float, str]:
    latest = -one.passes[0].at.timestamp() if one.passes else 0.0
    way = one.street_m if one.street_m is not None else one.straight_m * WINDING
    along = one.along_m if one.route is not None and one.along_m is not None else way
    return not one.passes, latest, one.route is None, along if one.route else way, one.site


def _box(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    east, north = degree_m(lat)
    return lon - radius_m / east, lat - radius_m / north, lon + radius_m / east, lat + radius_m / north
