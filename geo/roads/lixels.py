"""Streets cut into short bits (lixels), so that what lies along them can be counted, spread and mapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.network import Floats, Ints, Network
from geo.roads.places import piece_lines, piece_vertices

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SHORTEST_M: Final = 0.01
"""A bit of no length still needs one to share in a flow; streets shorter than this are drawing errors."""


@dataclass(frozen=True)
class Lixels:
    """The bits of a network, in the order of its pieces and along each.

    Parameters
    ----------
    piece
        Shape (k,): piece of the network.
    begin_m, end_m
        Shape (k,): metres along the piece.
    xy
        Shape (k, 2): the middle of each bit, metres.
    first, last
        Shape (pieces,): first and last bit of each piece.
    """

    network: Network
    piece: Ints
    begin_m: Floats
    end_m: Floats
    xy: Floats
    first: Ints
    last: Ints

    @property
    def length_m(self) -> Floats:
        """Metres of each bit."""
        return np.maximum(self.end_m - self.begin_m, SHORTEST_M)

    @property
    def road_id(self) -> Ints:
        """Row id of the street each bit belongs to."""
        return self.network.road_ids[self.network.road[self.piece]]

    def at(self, piece: Ints, offset_m: Floats) -> Ints:
        """The bit at a distance along each piece; shape as ``piece``."""
        count = self.last[piece] - self.first[piece] + 1
        share = offset_m / np.maximum(self.network.length_m[piece], SHORTEST_M)
        return np.asarray(self.first[piece] + np.clip((share * count).astype(np.int64), 0, count - 1))


def cut_lixels(network: Network, step_m: float) -> Lixels:
    """Cut every piece of street into equal bits of at most ``step_m`` metres.

    Parameters
    ----------
    step_m
        Metres, > 0.

    Examples
    --------
    See ``tests/unit/test_lixels.py``.
    """
    import shapely

    length = network.length_m
    count = np.maximum(np.ceil(length / step_m), 1).astype(np.int64)
    last = np.cumsum(count) - 1
    first = last - count + 1
    piece = np.repeat(np.arange(len(length)), count)
    number = np.arange(len(piece)) - first[piece]
    width = (length / count)[piece]
    begin = number * width
    middle = shapely.line_interpolate_point(piece_lines(network)[piece], begin + width / 2)
    return Lixels(network, piece, begin, begin + width, shapely.get_coordinates(middle), first, last)


def nearest_lixels(lixels: Lixels, x: Floats, y: Floats, within_m: float) -> Ints:
    """The bit of street nearest to each point; shape (m,), −1 where none lies within ``within_m``.

    Ties go to the piece that comes first in the network.
    """
    import shapely

    found = np.full(len(x), -1, dtype=np.int64)
    lines = piece_lines(lixels.network)
    if len(x) == 0 or len(lines) == 0:
        return found
    points: NDArray[np.object_] = np.asarray(shapely.points(np.asarray(x, dtype=float), np.asarray(y, dtype=float)))
    which, piece = shapely.STRtree(lines).query_nearest(points, max_distance=within_m, all_matches=True)
    order = np.lexsort((piece, which))
    firsts = order[np.diff(which[order], prepend=-1) != 0]
    which, piece = which[firsts], piece[firsts].astype(np.int64)
    found[which] = lixels.at(piece, np.asarray(shapely.line_locate_point(lines[piece], points[which])))
    return found


def joined(lixels: Lixels, chosen: NDArray[np.bool_]) -> Ints:
    """Number the stretches that chosen bits form: bits touch along a street, or at a crossing of like-named streets.

    Parameters
    ----------
    chosen
        Shape (k,).

    Returns
    -------
    Ints
        Shape (k,): 0, 1, … by first bit; −1 for bits not chosen.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    network = lixels.network
    k = len(lixels.piece)
    inner = np.flatnonzero((lixels.piece[1:] == lixels.piece[:-1]) & chosen[1:] & chosen[:-1])
    tail, head = [inner], [inner + 1]
    names = {name: i for i, name in enumerate(dict.fromkeys(network.names))}
    street = np.array([names[name] if name else -1 - i for i, name in enumerate(network.names)], dtype=np.int64)
    ends = np.concatenate([lixels.first, lixels.last])
    node = np.concatenate([network.start, network.end])
    key = np.concatenate([street[network.road], street[network.road]])
    kept = chosen[ends]
    ends, node, key = ends[kept], node[kept], key[kept]
    order = np.lexsort((key, node))
    same = (node[order][1:] == node[order][:-1]) & (key[order][1:] == key[order][:-1])
    tail.append(ends[order][:-1][same])
    head.append(ends[order][1:][same])
    here, there = np.concatenate(tail), np.concatenate(head)
    _, label = connected_components(csr_matrix((np.ones(len(here)), (here, there)), shape=(k, k)), directed=False)
    number = np.full(k, -1, dtype=np.int64)
    number[chosen] = label[chosen]
    names_of = {one: i for i, one in enumerate(dict.fromkeys(number[chosen].tolist()))}
    number[chosen] = [names_of[one] for one in number[chosen].tolist()]
    return number


def lixel_lines(lixels: Lixels, bits: Ints) -> BaseGeometry:
    """The bits as lines in EPSG:4490, neighbouring bits of a piece in one; a LineString or MultiLineString."""
    import shapely

    bits = np.sort(bits)
    breaks = np.flatnonzero((np.diff(bits) != 1) | (np.diff(lixels.piece[bits]) != 0)) + 1
    runs = np.split(bits, breaks)
    lines = [
        shapely.LineString(
            piece_vertices(
                lixels.network,
                int(lixels.piece[run[0]]),
                float(lixels.begin_m[run[0]]),
                float(lixels.end_m[run[-1]]),
            )
        )
        for run in runs
    ]
    return shapely.line_merge(shapely.MultiLineString(lines)) if len(lines) > 1 else lines[0]
