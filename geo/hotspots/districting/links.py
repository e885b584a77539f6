"""Which units border on each other, for how many metres, and what runs along the border: a river, a main road, a town.

A link whose border runs along a hard wall joins nothing: no 片区 reaches across it. A soft wall only makes the
border cheaper, so that borders of 片区 are drawn to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.districting.units import Flags, Floats, Ints, Units

Wall = Literal["river", "main_road", "town"]
Strength = Literal["hard", "soft", "off"]

WALLS: Final[tuple[Wall, ...]] = ("river", "town", "main_road")
"""In the order in which they are named as the reason for a border."""

USUAL: Final[Mapping[Wall, Strength]] = {"river": "hard", "town": "soft", "main_road": "soft"}

TOUCH_M: Final = 1.0
"""Units no farther apart than this border on each other: drawn borders seldom meet exactly."""

CORNER_M: Final = 6.0
"""Units that meet for less than this only touch at a corner."""

BESIDE_M: Final = {"river": 5.0, "main_road": 15.0}
"""A border this close to the middle of a road, or to water, runs along it."""

MOSTLY: Final = 0.5
"""Share of a border that must run along a wall for the wall to part two units."""

DRAWN_TO: Final[Mapping[Wall, float]] = {"river": 1.0, "town": 0.8, "main_road": 0.7}
"""By how much a metre of border is cheaper where it runs along a soft wall."""

JOINED_M: Final = 1.0
"""Border counted for units that are joined only because nothing else joins them."""


class UnknownWall(Invalid):
    """No such wall or strength; the facts list those there are."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of units that border on each other.

    Link ``i`` joins units ``one[i] < other[i]`` along ``border_m[i]`` metres; ``beside[kind][i]`` in [0, 1] is how
    much of it runs along a wall. ``open[i]`` tells whether a 片区 may reach across; ``joined[i]`` that the two
    share no border (or a walled one) and are neighbours only so that every part of the ground can be reached.
    """

    one: Ints
    other: Ints
    border_m: Floats
    beside: Mapping[Wall, Floats]
    open: Flags
    joined: Flags

    def cost_m(self, strength: Mapping[Wall, Strength]) -> Floats:
        """Metres a border along each link counts when short borders are wanted: less along walls that are not off."""
        ease = np.zeros(len(self.one))
        for kind, share in self.beside.items():
            if strength.get(kind, "off") != "off":
                ease = np.maximum(ease, DRAWN_TO[kind] * share)
        return np.asarray(self.border_m * (1.0 - ease))


def check_strengths(given: Mapping[str, str]) -> dict[Wall, Strength]:
    """The usual strengths with those given put over them.

    Raises
    ------
    UnknownWall
        If a name or a strength is not known.

    Examples
    --------
    >>> check_strengths({"river": "soft"})
    {'river': 'soft', 'town': 'soft', 'main_road': 'soft'}
    """
    found: dict[Wall, Strength] = {}
    for kind in WALLS:
        strength = given.get(kind, USUAL[kind])
        if strength not in ("hard", "soft", "off"):
            raise UnknownWall("districts.unknown_wall", given=f"{kind}={strength}", known="hard, soft, off")
        found[kind] = strength  # type: ignore[assignment]
    for name in given:
        if name not in WALLS:
            raise UnknownWall("districts.unknown_wall", given=name, known=", ".join(WALLS))
    return found


def find_links(
    units: Units,
    *,
    walls: Mapping[Wall, NDArray[np.object_]] | None = None,
    towns: NDArray[np.object_] | None = None,
    strength: Mapping[Wall, Strength] = USUAL,
) -> Links:
    """Borders between units.

    Parameters
    ----------
    walls
        Geometries of ``river`` (areas of water, lines of waterways) and ``main_road`` (lines), metric CRS.
    towns
        Areas of towns, metric CRS; the town of a unit is that of a point inside it.
    strength
        ``hard`` walls part units, ``soft`` ones attract borders, ``off`` ones count for nothing.

    Returns
    -------
    Links
        Ordered by (one, other). Every unit can be reached from every other over links that are open only if no hard
        wall parts them; units that touch nothing at all are joined to the nearest.

    Examples
    --------
    >>> import shapely
    >>> row = Units.of([shapely.box(x, 0, x + 100, 100) for x in (0, 100, 200)], [1, 1, 1])
    >>> links = find_links(row, walls={"river": np.array([shapely.box(190, -50, 210, 150)])})
    >>> links.one.tolist(), links.other.tolist(), links.open.tolist()
    ([0, 1], [1, 2], [True, False])
    """
    import shapely

    areas = units.areas
    one, other = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=TOUCH_M)
    keep = one < other
    order = np.lexsort((other[keep], one[keep]))
    one, other = one[keep][order].astype(np.int64), other[keep][order].astype(np.int64)
    wide = shapely.buffer(areas, TOUCH_M, quad_segs=1)
    border = shapely.intersection(shapely.boundary(areas)[one], wide[other])
    metres = shapely.length(border)
    real = metres >= CORNER_M
    one, other, border, metres = one[real], other[real], border[real], metres[real]
    beside: dict[Wall, Floats] = {}
    for kind, shapes in (walls or {}).items():
        beside[kind] = _share_beside(border, metres, shapes, BESIDE_M[kind])
    if towns is not None and len(towns):
        town = _inside(units.centres, towns)
        beside["town"] = ((town[one] != town[other]) & (town[one] >= 0) & (town[other] >= 0)).astype(np.float64)
    opened = np.ones(len(one), dtype=bool)
    for kind, share in beside.items():
        if strength.get(kind) == "hard":
            opened &= share < MOSTLY
    links = Links(one, other, metres, beside, opened, np.zeros(len(one), dtype=bool))
    return _join_lone(units, links)


def parts_of(n: int, one: Ints, other: Ints) -> Ints:
    """The part each of ``n`` units is in when only these links join; numbered from 0 by first unit.

    Examples
    --------
    >>> parts_of(4, np.array([0, 2]), np.array([1, 3]))
    array([0, 0, 1, 1])
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    graph = csr_matrix((np.ones(len(one)), (one, other)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def join(links: Links, one: int, other: int) -> Links:
    """The links with the pair open, whatever runs between the two."""
    low, high = min(one, other), max(one, other)
    there = np.flatnonzero((links.one == low) & (links.other == high))
    opened, joined = links.open.copy(), links.joined.copy()
    if len(there):
        opened[there], joined[there] = True, True
        return replace(links, open=opened, joined=joined)
    return Links(
        np.append(links.one, low),
        np.append(links.other, high),
        np.append(links.border_m, JOINED_M),
        {kind: np.append(share, 0.0) for kind, share in links.beside.items()},
        np.append(opened, True),
        np.append(joined, True),
    )


def _join_lone(units: Units, links: Links) -> Links:
    """Join parts that border on nothing to the nearest other part, smallest first, so that the ground is one."""
    import shapely

    while True:
        part = parts_of(len(units.keys), links.one, links.other)
        if part.max() == 0:
            return links
        smallest = int(np.argmin(np.bincount(part)))
        mine, rest = np.flatnonzero(part == smallest), np.flatnonzero(part != smallest)
        tree = shapely.STRtree(units.areas[rest])
        (here, there), away = tree.query_nearest(units.areas[mine], return_distance=True, all_matches=False)
        best = int(np.argmin(away))
        links = join(links, int(mine[here[best]]), int(rest[there[best]]))


def _share_beside(border: NDArray[np.object_], metres: Floats, shapes: NDArray[np.object_], beside_m: float) -> Floats:
    """How much of each border runs within ``beside_m`` of any of the shapes."""
    import shapely

    share = np.zeros(len(border))
    if len(shapes) == 0 or len(border) == 0:
        return share
    which, shape = shapely.STRtree(shapes).query(border, predicate="dwithin", distance=beside_m)
    for i in np.unique(which):
        near = shapely.buffer(shapes[shape[which == i]], beside_m, quad_segs=2)
        near = shapely.intersection(near, shapely.buffer(shapely.envelope(border[i]), 1.0))
        share[i] = shapely.length(shapely.intersection(border[i], shapely.union_all(near))) / metres[i]
    return np.minimum(share, 1.0)


def _inside(points: Floats, areas: NDArray[np.object_]) -> Ints:
    """The first area each point lies in, −1 in none."""
    import shapely

    point, area = shapely.STRtree(areas).query(shapely.points(points), predicate="intersects")
    found = np.full(len(points), -1, dtype=np.int64)
    found[point[::-1]] = area[::-1]
    return found
