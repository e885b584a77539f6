"""Made-up trouble on real streets: zones drawn by seed, put on any road network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.patrol.demand.wish import Wish
from geo.patrol.problem import Recurrence
from geo.patrol.simulate.scenes import CAP_S, GROUND, HOUR_S, Scene, Staff, put_together
from geo.roads.network import Network
from geo.roads.speeds import MODES

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

AFTERNOON: Final = (14 * HOUR_S, 22 * HOUR_S)
MORNING: Final = (6 * HOUR_S, 14 * HOUR_S)
RADIUS_M: Final = 2_600.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of zone: how many, most violations at once, mean return and stay in minutes, when (hours, level 0–1)."""

    count: int
    most: float
    return_min: float
    stay_min: int
    day: tuple[tuple[float, float], ...]
    weekend: bool = True


KINDS: Final[dict[str, Kind]] = {
    "school": Kind(
        8, 6.0, 15.0, 12,
        ((6.9, 0), (7.0, 1), (8.2, 1), (8.3, 0), (11.4, 0), (11.5, 0.7), (12.3, 0.7), (12.4, 0), (15.7, 0),
         (15.8, 1), (17.8, 1), (17.9, 0)), weekend=False,
    ),
    "vendor": Kind(
        12, 8.0, 22.0, 12,
        ((6.4, 0), (6.5, 0.6), (9.0, 0.6), (9.2, 0), (10.8, 0), (11.0, 0.4), (13.0, 0.4), (13.1, 0), (16.4, 0),
         (17.5, 1), (24.0, 1)),
    ),
    "market": Kind(
        5, 7.0, 18.0, 10,
        ((5.4, 0), (5.5, 1), (9.3, 1), (9.8, 0.3), (16.4, 0.3), (16.6, 1), (18.4, 1), (18.8, 0.1), (20.0, 0)),
    ),
    "night": Kind(6, 8.0, 25.0, 12, ((17.4, 0), (19.0, 1), (22.5, 1), (23.5, 0))),
    "site": Kind(5, 3.0, 60.0, 8, ((5.9, 0), (6.0, 0.5), (8.0, 0.5), (8.1, 0), (19.8, 0), (20.0, 1), (24.0, 1))),
    "street": Kind(10, 4.0, 30.0, 6, ((6.9, 0), (7.0, 0.6), (21.9, 0.6), (24.0, 0.2))),
}  # fmt: skip
"""After the prototype zones of our notes: schools at their gates' hours, vendors from dusk, markets at dawn."""


def make_town(
    network: Network,
    name: str,
    seed: int,
    staff: Staff = "six",
    hours: tuple[int, int] = AFTERNOON,
    east_m: float = 0.0,
    north_m: float = 0.0,
) -> Scene:
    """Draw a shift on the middle of a road network.

    Parameters
    ----------
    network
        Real streets; the town is what lies within 2.6 km of the middle of its crossings.
    name
        Of the town, for reports.
    seed
        Of places, levels, return times and posts.
    staff
        ``six``: twelve people, five pairs on e-bikes and a licensed pair with a car; three posts, six main streets
        passed twice. ``four``: a weekend with four people, one pair with the car and one on e-bikes; no school, one
        post, four streets passed once.
    hours
        Begin and end of the shift, seconds after midnight.
    east_m, north_m
        The town's middle, from the middle of all crossings.

    Returns
    -------
    Scene
        42 to 46 zones (38 at weekends), each a promise to be seen once, with an idleness cap.
    """
    rng = np.random.default_rng([seed, 4])
    x, y = np.median(network.node_xy, axis=0)
    area = shapely.Point(x + east_m, y + north_m).buffer(RADIUS_M)
    wishes: list[Wish] = []
    kinds = [kind for kind in KINDS for _ in range(KINDS[kind].count) if staff == "six" or KINDS[kind].weekend]
    for number, (kind, spot) in enumerate(zip(kinds, _spots(network, area, len(kinds), rng), strict=True)):
        wishes.append(_zone(number, kind, spot, rng, hours, CAP_S[staff]))
    return put_together(network, name, wishes, area, staff, hours)


def level_of(kind: Kind, hours: tuple[int, int]) -> Floats:
    """Level of a kind of zone, 0 to 1, one value a minute of the shift.

    Examples
    --------
    >>> level_of(KINDS["night"], (18 * 3600, 18 * 3600 + 120)).round(3).tolist()
    [0.38, 0.391]
    """
    clock = (hours[0] + 60 * (np.arange((hours[1] - hours[0]) // 60) + 0.5)) / HOUR_S
    return np.interp(clock, [at for at, _ in kind.day], [level for _, level in kind.day])


def runs(there: Sequence[bool] | NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of true: first and past the last.

    Examples
    --------
    >>> runs([True, False, True, True])
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(there, dtype=int), [0]])))
    return [(int(low), int(high)) for low, high in edges.reshape(-1, 2)]


def _zone(
    number: int, kind: str, spot: BaseGeometry, rng: np.random.Generator, hours: tuple[int, int], cap_s: int
) -> Wish:
    habit = KINDS[kind]
    level = level_of(habit, hours) * habit.most * rng.uniform(0.6, 1.4)
    told = tuple(int(1_000 * value + 0.5) for value in level)
    rho_s = int(habit.return_min * 60 * rng.uniform(0.8, 1.25))
    return Wish(
        key=f"zone:{number}", kind="zone", name=f"{kind}-{number:02d}", layer="hotspot_zone", feature_ids=(number,),
        district_code=GROUND, duty="hotspot", weight=1.0, licences_needed=0,
        windows=tuple((60 * low, 60 * high) for low, high in runs(level > 0.02) if high - low >= habit.stay_min),
        service_s=60 * habit.stay_min, recurrence=Recurrence(told, rho_s, cap_s), required=True, geometry=spot,
    )  # fmt: skip


def _spots(network: Network, area: BaseGeometry, count: int, rng: np.random.Generator) -> list[BaseGeometry]:
    """Crossings spread over the town, by best candidate of twelve (Mitchell 1991), reachable in every mode."""
    pieces = np.arange(len(network.road))
    good = np.ones(len(pieces), dtype=bool)
    for mode in MODES:
        good &= network.graphs[mode].in_main(pieces, network.start, network.end)
    nodes = np.unique(np.concatenate([network.start[good], network.end[good]]))
    xy = network.node_xy[nodes]
    xy = xy[shapely.contains_xy(area, xy)]
    picked = [xy[int(rng.integers(len(xy)))]]
    while len(picked) < count:
        tried = xy[rng.integers(0, len(xy), 12)]
        far = np.hypot(*(tried[:, None] - np.array(picked)[None]).transpose(2, 0, 1)).min(axis=1)
        picked.append(tried[int(far.argmax())])
    return [shapely.Point(*spot) for spot in picked]
