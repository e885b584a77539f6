"""A shift put together for a comparison: given zones, with posts, passes and people of a usual kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.patrol.build import build_problem
from geo.patrol.demand.wish import Wish
from geo.patrol.problem import Person, Problem, Vehicle
from geo.patrol.stretches import Stretch, cut_stretches
from geo.roads.network import Network
from geo.roads.speeds import MODES

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Staff = Literal["six", "four"]

HOUR_S: Final = 3_600
PASS_STREETS: Final = 6
PASS_LEAST_M: Final = 250.0
PASS_GAP_S: Final = 2 * HOUR_S
POST_LATE_S: Final = 120
ON: Final = {"six": dt.date(2026, 11, 23), "four": dt.date(2026, 11, 22)}
"""A Monday and a Sunday: four on duty is a weekend's strength."""

GROUND: Final = "T01"
"""The whole town is one ground, so that every pair may go anywhere and no policy is favoured by borders."""

CAP_S: Final = {"six": 240 * 60, "four": 360 * 60}
"""No zone stays unvisited longer than this while it is open; with four on duty a bureau promises less."""


@dataclass(frozen=True)
class Scene:
    """A shift to be simulated: its problem, and its begin in seconds after local midnight."""

    name: str
    problem: Problem
    from_s: int
    network: Network


def put_together(
    network: Network, name: str, zones: Sequence[Wish], area: BaseGeometry, staff: Staff, hours: tuple[int, int]
) -> Scene:
    """A shift over given zones.

    Parameters
    ----------
    network
        The streets.
    name
        Of the town, for reports.
    zones
        Recurring wishes; the names of schools begin with ``school``, of markets with ``market``.
    area
        In which main streets are passed, metric CRS.
    staff
        ``six``: twelve people, five pairs on e-bikes and a licensed pair with a car; three posts, six main streets
        passed twice. ``four``: one pair with the car and one on e-bikes; one post, four streets passed once.
    hours
        Begin and end, seconds after midnight.
    """
    people = _people(4 if staff == "four" else 12)
    span = hours[1] - hours[0]
    wishes = [*zones, *_posts(zones, people, staff, hours), *_passes(network, area, staff, span)]
    bikes = [Vehicle(101 + i, f"E{i + 1:02d}", "ebike", 1) for i in range(len(people) - 2)]
    problem = build_problem(
        network, wishes, people, [Vehicle(1, "C1", "car", 5), *bikes], {GROUND: (area, None)}, ON[staff],
        dt.datetime.combine(ON[staff], dt.time(), dt.UTC) + dt.timedelta(seconds=hours[0]), span,
    )  # fmt: skip
    return Scene(f"{name} {staff} {hours[0] // HOUR_S:02d}-{hours[1] // HOUR_S:02d}", problem, hours[0], network)


def _people(count: int) -> list[Person]:
    valid = (dt.date(2020, 1, 1), dt.date(2035, 12, 31))
    return [
        Person(i + 1, f"A{i + 1:02d}", "regular" if i < 4 else "auxiliary", *(valid if i < 2 else (None, None)))
        for i in range(count)
    ]


def _posts(zones: Sequence[Wish], people: Sequence[Person], staff: Staff, hours: tuple[int, int]) -> list[Wish]:
    """Posts with a named person each: two at schools at their gates' hours, one at a market; with four on duty one."""
    early = hours[0] < 12 * HOUR_S
    school, market = (7.2, 6.6) if early else (15.9, 17.5)
    plan = [("school", school, 40, 2), ("school", school, 40, 3), ("market", market, 60, 6)]
    if staff == "four":
        plan = [("market", market, 60, 2)] if early else [("night", 19.0, 60, 2)]
    found: list[Wish] = []
    used: set[str] = set()
    for kind, at_h, stay_min, person in plan:
        zone = next(z for z in zones if z.name.startswith(kind) and z.key not in used)
        used.add(zone.key)
        begin = int(at_h * HOUR_S) - hours[0]
        found.append(
            Wish(
                key=f"post:{len(found)}", kind="post", name=zone.name, layer="post", feature_ids=(len(found),),
                district_code=GROUND, duty="post", weight=100.0, licences_needed=0,
                windows=((begin, begin + stay_min * 60 + POST_LATE_S),), service_s=stay_min * 60,
                person_ids=(people[person].id,), required=True, geometry=zone.geometry,
            )
        )  # fmt: skip
    return found


def _passes(network: Network, area: BaseGeometry, staff: Staff, span: int) -> list[Wish]:
    """The main streets' passes owed: the longest stretches near the middle, twice two hours apart, at weekends once."""
    near = [
        stretch
        for tier in ("main", "secondary")
        for stretch in cut_stretches(network, tier)
        if stretch.length_m >= PASS_LEAST_M
        and all(any(stretch.open_to[mode]) for mode in MODES)
        and area.contains(_line(network, stretch))
        and _in_main(network, stretch)
    ]
    near.sort(key=lambda stretch: (-round(stretch.length_m), stretch.road_ids))
    turns = 2 if staff == "six" else 1
    return [
        Wish(
            key=f"pass:{number}:{turn}", kind="pass", name=stretch.name, layer="road", feature_ids=stretch.road_ids,
            district_code=GROUND, duty="pass", weight=10.0, licences_needed=0, windows=((0, span),), service_s=0,
            required=True, after=f"pass:{number}:0" if turn else None, gap_s=PASS_GAP_S if turn else 0, stretch=stretch,
        )
        for number, stretch in enumerate(near[: PASS_STREETS if staff == "six" else 4])
        for turn in range(turns)
    ]  # fmt: skip


def _line(network: Network, stretch: Stretch) -> BaseGeometry:
    ends = [network.node_xy[node] for piece, _ in stretch.pieces for node in (network.start[piece], network.end[piece])]
    return shapely.LineString(np.array(ends))


def _in_main(network: Network, stretch: Stretch) -> bool:
    pieces = np.array([piece for piece, _ in stretch.pieces])
    return all(network.graphs[mode].in_main(pieces, network.start, network.end).all() for mode in MODES)
