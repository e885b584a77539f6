"""The directed street network of a county, one graph per mode, and its separate parts.

Nodes are the ends of streets and the vertices that several streets share (:mod:`geo.roads.crossings`); what each
mode may ride is in :mod:`geo.roads.graphs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.crs import STORAGE, to_metric
from geo.errors import Invalid
from geo.frames import FrameContract, check_frame
from geo.roads.crossings import along, find_nodes, vertices
from geo.roads.graphs import METRES as METRES
from geo.roads.graphs import ModeGraph as ModeGraph
from geo.roads.graphs import mode_graph
from geo.roads.graphs import pack as pack
from geo.roads.graphs import unpack as unpack
from geo.roads.speeds import MODES, Mode
from geo.roads.turns import TurnBan

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import Series

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

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

    def streets_near(self, x: float, y: float, most: int = 2) -> tuple[str, ...]:
        """Names of the streets whose crossings or ends lie nearest, the nearest first; fewer where few have names.

        Parameters
        ----------
        x, y
            Metres, in the network's CRS.
        """
        ends = self.node_xy - (x, y)
        away = np.hypot(ends[:, 0], ends[:, 1])
        names: dict[str, None] = {}
        for piece in np.argsort(np.minimum(away[self.start], away[self.end]), kind="stable").tolist():
            if name := self.names[self.road[piece]]:
                names[name] = None
                if len(names) == most:
                    break
        return tuple(names)

    def _loudest(self, pieces: Ints, metres: Floats) -> tuple[str, ...]:
        total: dict[str, float] = {}
        for piece, length in zip(pieces.tolist(), metres.tolist(), strict=True):
            name = self.names[self.road[piece]]
            if name:
                total[name] = total.get(name, 0.0) + length
        return tuple(sorted(total, key=lambda name: (-total[name], name))[:5])


def build_network(
    roads: GeoDataFrame,
    srid: int,
    *,
    closed: Mapping[int, frozenset[Mode]] = MappingProxyType({}),
    turns: Sequence[TurnBan] = (),
) -> Network:
    """Build the street network from the road layer.

    Parameters
    ----------
    roads
        Road layer as :data:`ROADS` says, index = row id; ``oneway`` is 1 along the line, −1 against it, 0 both.
    srid
        The county's metric CRS.
    closed
        Row id of a street → the modes it is closed to; the street stays in the network, off those modes' graphs.
    turns
        Turns forbidden to cars or e-bikes; one whose streets do not meet binds nothing.

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
    All steps are array operations: 4,700 streets of a city centre take about 0.1 s for the three modes.
    """
    if len(roads) == 0:
        raise NoStreets("roads.no_streets")
    check_frame(roads, ROADS)
    roads = roads.sort_index()
    metric = to_metric(roads, srid)
    lonlat, way = vertices(roads)
    xy, _ = vertices(metric)
    node, is_node = find_nodes(lonlat, way, roads["level"].to_numpy(np.int64))
    cut = np.flatnonzero(is_node)
    inside = way[cut[:-1]] == way[cut[1:]]
    first, last = cut[:-1][inside], cut[1:][inside]
    _, compact = np.unique(np.concatenate([node[first], node[last]]), return_inverse=True)
    start, end = compact[: len(first)], compact[len(first) :]
    network = Network(
        srid=srid,
        road_ids=roads.index.to_numpy(np.int64),
        names=_texts(roads["name"]),
        tiers=tuple(str(tier) for tier in roads["tier"].tolist()),
        owners=_texts(roads["owner_district"]),
        levels=roads["level"].to_numpy(np.int64),
        lonlat=lonlat,
        xy=xy,
        along_m=along(xy, way),
        road=way[first],
        first=first,
        last=last,
        start=start,
        end=end,
        node_count=int(compact.max()) + 1,
        graphs={},
    )
    node_lonlat = np.zeros((network.node_count, 2))
    node_lonlat[start], node_lonlat[end] = lonlat[first], lonlat[last]
    shut = {mode: [road for road, modes in closed.items() if mode in modes] for mode in MODES}
    graphs = {
        mode: mode_graph(
            mode, roads, network.road, start, end, network.length_m, node_lonlat,
            np.isin(network.road_ids, shut[mode]), turns,
        )
        for mode in MODES
    }  # fmt: skip
    return replace(network, graphs=graphs)


def _texts(values: Series) -> tuple[str | None, ...]:
    return tuple(value if isinstance(value, str) and value else None for value in values.tolist())
