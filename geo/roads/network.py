"""The directed street network of a county, one graph per mode, and its separate parts.

Nodes are the ends of streets and the vertices that several streets share. A cost carries seconds and
metres in one float64 (:func:`pack`), so one shortest-path run yields the fastest way and its exact
length, and equal times are settled by the shorter way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.crs import STORAGE, to_metric
from geo.errors import Invalid
from geo.frames import FrameContract, check_frame
from geo.roads.speeds import MODES, Mode, speed_kmh

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

METRES: Final = 1 << 24
"""Decimetres live below this, milliseconds above: 149 hours and 1,677 km still sum exactly in 53 bits."""

KEY_DEGREES: Final = 1e-7
"""Vertices this close (about 1 cm) are the same vertex; it is also the precision of OSM."""


ROADS: Final = FrameContract(
    "roads",
    {
        "name": "text",
        "road_class": "text",
        "tier": "text",
        "oneway": "whole",
        "level": "whole",
        "foot": "flag",
        "ebike": "flag",
        "car": "flag",
        "speed_kmh": "number",
        "owner_district": "text",
    },
    geometry_types=("LineString",),
    srid=STORAGE,
    filled=("road_class", "tier", "oneway", "level", "foot", "ebike", "car"),
)
"""What streets must look like; checked here once, since a wrong type or a hole would only show as odd routes."""


class NoStreets(Invalid):
    """There is no street to build a network from."""


def pack(duration_s: Floats, distance_m: Floats) -> Floats:
    """Milliseconds and decimetres, each rounded half up, in one float64 that adds exactly.

    Examples
    --------
    >>> unpack(pack(np.array([1.5]), np.array([20.0])) + pack(np.array([0.25]), np.array([4.0])))
    (array([1750]), array([240]))
    """
    return np.floor(np.asarray(duration_s) * 1000 + 0.5) * METRES + np.floor(np.asarray(distance_m) * 10 + 0.5)


def unpack(packed: Floats) -> tuple[Ints, Ints]:
    """Milliseconds and decimetres of finite packed costs."""
    whole = np.asarray(packed).astype(np.int64)
    return whole >> 24, whole & (METRES - 1)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mode's network whose places all reach each other.

    ``names`` are the street names met most by length, at most five; streets without a name give none.
    """

    mode: Mode
    nodes: int
    length_m: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class ModeGraph:
    """Directed edges of one mode over the network's nodes.

    Edge ``i`` goes ``tail[i]`` → ``head[i]`` along ``piece[i]``, in its drawn direction if ``forward[i]``.
    ``label`` is the strongly connected part of each node (−1: no street of this mode), ``main`` the
    largest by street length.
    """

    mode: Mode
    tail: Ints
    head: Ints
    cost: Floats
    piece: Ints
    forward: NDArray[np.bool_]
    label: Ints
    main: int

    def in_main(self, piece: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Which pieces of the network this mode can use, both ends in the largest part."""
        usable = np.zeros(len(start), dtype=bool)
        usable[self.piece] = True
        inside = self.label == self.main
        return np.asarray(usable[piece] & inside[start[piece]] & inside[end[piece]])


@dataclass(frozen=True)
class Network:
    """Streets cut at their crossings into pieces, with one graph per mode.

    Vertices are flat arrays: piece ``p`` has the vertices ``first[p] … last[p]``, in ``lonlat``
    (EPSG:4490) and in ``xy`` (metres, ``srid``); ``along_m`` is the distance from its street's start.
    """

    srid: int
    road_ids: Ints
    names: tuple[str | None, ...]
    tiers: tuple[str, ...]
    owners: tuple[str | None, ...]
    levels: Ints
    lonlat: Floats
    xy: Floats
    along_m: Floats
    road: Ints
    first: Ints
    last: Ints
    start: Ints
    end: Ints
    node_count: int
    graphs: Mapping[Mode, ModeGraph]

    @cached_property
    def length_m(self) -> Floats:
        """Metres of each piece."""
        return np.asarray(self.along_m[self.last] - self.along_m[self.first])

    @cached_property
    def node_xy(self) -> Floats:
        """Metric coordinates of each node, shape (nodes, 2)."""
        xy = np.zeros((self.node_count, 2))
        xy[self.start] = self.xy[self.first]
        xy[self.end] = self.xy[self.last]
        return xy

    def parts(self, mode: Mode) -> list[Part]:
        """The separate parts of a mode's network, longest first; the first one is where teams move."""
        graph = self.graphs[mode]
        piece = np.unique(graph.piece)
        both = graph.label[self.start[piece]] == graph.label[self.end[piece]]
        found = []
        for label in np.unique(graph.label[graph.label >= 0]):
            mine = piece[both & (graph.label[self.start[piece]] == label)]
            if len(mine) == 0:
                mine = piece[(graph.label[self.start[piece]] == label) | (graph.label[self.end[piece]] == label)]
            metres = self.length_m[mine]
            found.append(
                Part(mode, int((graph.label == label).sum()), round(float(metres.sum())), self._loudest(mine, metres))
            )
        found.sort(key=lambda part: (-part.length_m, -part.nodes, part.names))
        return found

    def _loudest(self, pieces: Ints, metres: Floats) -> tuple[str, ...]:
        total: dict[str, float] = {}
        for piece, length in zip(pieces.tolist(), metres.tolist(), strict=True):
            name = self.names[self.road[piece]]
            if name:
                total[name] = total.get(name, 0.0) + length
        return tuple(sorted(total, key=lambda name: (-total[name], name))[:5])


def build_network(roads: GeoDataFrame, srid: int) -> Network:
    """Build the street network from the road layer.

    Parameters
    ----------
    roads
        Road layer as :data:`ROADS` says, index = row id; ``oneway`` is 1 along the line, −1 against it, 0 both.
    srid
        The county's metric CRS.

    Returns
    -------
    Network
        One-ways bind cars and e-bikes, not people on foot. Streets meet at shared vertices of the
        same level; a bridge that ends at a vertex joins the street it comes down to, one that runs
        across stays apart.

    Raises
    ------
    NoStreets
        If the frame is empty.
    FrameBroken
        If it is not as :data:`ROADS` says.
    NotMetric
        If ``srid`` is not a metric CRS.

    Notes
    -----
    All steps are array operations: 9,000 streets of a city centre take about 0.2 s.
    """
    if len(roads) == 0:
        raise NoStreets("roads.no_streets")
    check_frame(roads, ROADS)
    roads = roads.sort_index()
    metric = to_metric(roads, srid)
    lonlat, way = _coordinates(roads)
    xy, _ = _coordinates(metric)
    along = _along(xy, way)
    node, is_node = _nodes(lonlat, way, roads["level"].to_numpy(np.int64))
    cut = np.flatnonzero(is_node)
    inside = way[cut[:-1]] == way[cut[1:]]
    first, last = cut[:-1][inside], cut[1:][inside]
    _, compact = np.unique(np.concatenate([node[first], node[last]]), return_inverse=True)
    start, end = compact[: len(first)], compact[len(first) :]
    network = Network(
        srid=srid,
        road_ids=roads.index.to_numpy(np.int64),
        names=_texts(roads["name"]),
        tiers=tuple(roads["tier"].astype(str)),
        owners=_texts(roads["owner_district"]),
        levels=roads["level"].to_numpy(np.int64),
        lonlat=lonlat,
        xy=xy,
        along_m=along,
        road=way[first],
        first=first,
        last=last,
        start=start,
        end=end,
        node_count=int(compact.max()) + 1,
        graphs={},
    )
    graphs = {mode: _mode_graph(network, roads, mode) for mode in MODES}
    return Network(**{**{name: getattr(network, name) for name in Network.__dataclass_fields__}, "graphs": graphs})


def _texts(values: Sequence[object]) -> tuple[str | None, ...]:
    return tuple(value if isinstance(value, str) and value else None for value in values)


def _coordinates(frame: GeoDataFrame) -> tuple[Floats, Ints]:
    import shapely

    coordinates, way = shapely.get_coordinates(frame.geometry.array, return_index=True)
    return coordinates, way.astype(np.int64)


def _along(xy: Floats, way: Ints) -> Floats:
    """Metres from the start of each street, per vertex."""
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[np.diff(way, prepend=-1) != 0] = 0.0
    total = np.cumsum(step)
    begins = np.flatnonzero(np.diff(way, prepend=-1) != 0)
    return np.asarray(total - np.repeat(total[begins], np.bincount(way)))


def _nodes(lonlat: Floats, way: Ints, level: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Node number of every vertex, and whether the network is cut there."""
    keys = np.round(lonlat / KEY_DEGREES).astype(np.int64)
    order = np.lexsort((level[way], keys[:, 1], keys[:, 0]))
    same_spot = np.r_[False, (keys[order][1:] == keys[order][:-1]).all(axis=1)]
    sorted_level = level[way][order]
    same_group = same_spot & np.r_[False, sorted_level[1:] == sorted_level[:-1]]
    group = np.empty(len(way), dtype=np.int64)
    group[order] = np.cumsum(~same_group) - 1
    spot = np.empty(len(way), dtype=np.int64)
    spot[order] = np.cumsum(~same_spot) - 1
    is_end = np.zeros(len(way), dtype=bool)
    is_end[np.flatnonzero(np.diff(way, prepend=-1) != 0)] = True
    is_end[np.flatnonzero(np.diff(way, append=way[-1] + 1) != 0)] = True
    group = _join_ramps(group, spot, is_end, level[way])
    return group, is_end | (np.bincount(group)[group] > 1)


def _join_ramps(group: Ints, spot: Ints, is_end: NDArray[np.bool_], level: Ints) -> Ints:
    """Where streets of several levels share a spot, join a level that ends there to the nearest other level."""
    groups_at = np.unique(np.stack([spot, group]), axis=1)
    several = np.flatnonzero(np.bincount(groups_at[0]) > 1)
    if len(several) == 0:
        return group
    uses = np.bincount(group)
    ends = np.bincount(group, weights=is_end).astype(np.int64)
    level_of = np.zeros(len(uses), dtype=np.int64)
    level_of[group] = level
    target = np.arange(len(uses))
    for at in several:
        members = groups_at[1][groups_at[0] == at].tolist()
        for one in members:
            if uses[one] == 1 and ends[one] == 1:
                others = [other for other in members if other != one]
                near = min(others, key=lambda other: (abs(level_of[other] - level_of[one]), level_of[other]))
                low, high = sorted((int(target[one]), int(target[near])))
                target[target == high] = low
    return np.asarray(target[group])


def _mode_graph(network: Network, roads: GeoDataFrame, mode: Mode) -> ModeGraph:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    open_to = roads[mode].to_numpy(bool)
    oneway = np.zeros(len(roads), dtype=np.int64) if mode == "foot" else roads["oneway"].to_numpy(np.int64)
    limits = np.nan_to_num(roads["speed_kmh"].to_numpy(float, na_value=np.nan))
    kmh = np.array(
        [
            speed_kmh(mode, road_class, tier, limit)
            for road_class, tier, limit in zip(roads["road_class"], roads["tier"], limits, strict=True)
        ]
    )
    pieces = np.arange(len(network.road))
    metres = network.length_m
    cost = np.maximum(pack(metres / kmh[network.road] * 3.6, metres), 1.0)
    with_line = pieces[open_to[network.road] & (oneway[network.road] >= 0)]
    against = pieces[open_to[network.road] & (oneway[network.road] <= 0)]
    piece = np.concatenate([with_line, against])
    tail = np.concatenate([network.start[with_line], network.end[against]])
    head = np.concatenate([network.end[with_line], network.start[against]])
    count = network.node_count
    links = csr_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
    _, label = connected_components(links, connection="strong")
    label = label.astype(np.int64)
    used = np.zeros(count, dtype=bool)
    used[tail] = used[head] = True
    label[~used] = -1
    inner = label[tail] == label[head]
    weight = np.bincount(label[tail][inner], weights=metres[piece][inner], minlength=1) if inner.any() else np.ones(1)
    return ModeGraph(
        mode=mode,
        tail=tail,
        head=head,
        cost=cost[piece],
        piece=piece,
        forward=np.arange(len(piece)) < len(with_line),
        label=label,
        main=int(weight.argmax()) if len(tail) else -1,
    )
