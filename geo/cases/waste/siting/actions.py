"""Where waste may be brought from a spot, and whether the spot itself suits a temporary stockpile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.cases.waste.books import load_limits
from geo.cases.waste.siting import queries
from geo.cases.waste.spills.queries import list_streets
from geo.crs import degree_m, metres_between
from geo.db.counties import get_county
from geo.features.locate import check_point
from geo.roads.afoot import Street, walking_m
from geo.tables.waste import TAKES_WASTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

KEPT_CLEAR: Final = {"school": "clear_school_m", "hospital": "clear_hospital_m", "estate": "clear_estate_m"}
WIDEST_M: Final = 3_000.0
"""Ways along the streets are looked for within this; farther places are told by their straight line alone."""

AMPLE: Final = 1.3


@dataclass(frozen=True, slots=True)
class Place:
    """A place that takes waste: metres to it, and how many tonnes it has left by what was weighed in.

    ``street_m`` is None where no way was found within 3 km; ``left_t`` where no capacity is told; below 0 it is over.
    """

    code: str
    name: str
    kind: str
    straight_m: int
    street_m: int | None
    capacity_t: int | None
    received_t: int
    left_t: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a stockpile: its limit, and how far from what the spot is; None: nothing within reach."""

    name: str
    limit_m: int
    metres: int | None
    what: str | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Suited:
    """Whether every condition holds, each condition, and the places nearest."""

    suits: bool
    conditions: list[Condition]
    places: list[Place]


def suit_spot(
    session: Session, tenant: str, lon: float, lat: float, *, kinds: Sequence[str] = TAKES_WASTE, most: int = 5
) -> Suited:
    """Ask a spot: which places take waste nearest, and would it do as a temporary stockpile by the county's limits.

    Parameters
    ----------
    lon, lat
        EPSG:4490.
    kinds
        Of places.

    Raises
    ------
    Swapped, OffTheMap
        If the point is none, or the wrong way round.

    Notes
    -----
    The limits (``clear_…_m`` at least, ``near_street_m`` at most) are the bureau's own; land rights are not asked.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    limits = load_limits(session, tenant)
    east, north = degree_m(lat)
    names = [*KEPT_CLEAR.values(), "clear_water_m", "near_street_m"]
    pad = max(limits[name] for name in names) * 1.2 / min(east, north)
    around = queries.load_around(session, tenant, lon, lat, county.metric_srid, list(KEPT_CLEAR), pad)
    asked = {**KEPT_CLEAR, "water": "clear_water_m", "street": "near_street_m"}
    conditions = []
    for what, name in asked.items():
        metres, found = around.get(what, (None, None))
        limit = limits[name]
        near = metres is not None and metres <= limit
        conditions.append(Condition(name, limit, metres, found, near if what == "street" else not near))
    places = _places(session, tenant, lon, lat, kinds, most)
    return Suited(all(one.holds for one in conditions), conditions, places)


def _places(session: Session, tenant: str, lon: float, lat: float, kinds: Sequence[str], most: int) -> list[Place]:
    county = get_county(session, tenant)
    rows = queries.list_places(session, tenant, lon, lat, county.metric_srid, kinds, county.today(), most)
    straight = [metres_between((lon, lat), (row["lon"], row["lat"])) for row in rows]
    near = [n for n, metres in enumerate(straight) if metres <= WIDEST_M]
    ways: dict[int, float | None] = {}
    if near:
        reach = max(straight[n] for n in near) * AMPLE + 200
        box = (lon - reach / degree_m(lat)[0], lat - reach / degree_m(lat)[1])
        other = (lon + reach / degree_m(lat)[0], lat + reach / degree_m(lat)[1])
        streets = [
            Street(row.level, tuple(zip(row.lons, row.lats, strict=True)))
            for row in list_streets(session, tenant, (*box, *other))
        ]
        goals = [(rows[n]["lon"], rows[n]["lat"]) for n in near]
        ways = dict(zip(near, walking_m(streets, (lon, lat), goals), strict=True))
    found = []
    for n, row in enumerate(rows):
        received = row["received_kg"] // 1_000
        left = None if row["capacity_t"] is None else row["capacity_t"] - received
        way = ways.get(n)
        found.append(
            Place(row["code"], row["name"], row["kind"], round(straight[n]), None if way is None else round(way),
                  row["capacity_t"], received, left)
        )  # fmt: skip
    return found
