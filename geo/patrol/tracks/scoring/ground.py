"""Streets and 250 m cells covered: of every piece what was gone along, overlaps once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.patrol.demand.coverage import CELL_M, centre_pieces
from geo.roads.network import Floats, Ints, Network
from geo.roads.places import piece_lines

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

    from geo.roads.matching.match import Matched

ALONG: Final = (8, 10)
"""A street was walked, and a pass made, if so much of it was gone along: a way from fixes ends a little short."""

BIT_M: Final = 5.0
CELL_LEAST_M: Final = 50.0
"""A cell was seen if 50 m of street in it were gone along, or half of them where it has fewer than 100 m."""

ON_LINE_M: Final = 3.0
TIERS: Final = ("main", "secondary", "branch", "lane")


@dataclass(frozen=True, eq=False)
class Coverage:
    """What was gone along.

    Attributes
    ----------
    pieces
        Pieces of street that were to be covered, ascending.
    covered_m
        Metres of each that were, overlaps once.
    cells
        Column and row of each 250 m cell of the metric grid in which such streets run, shape (c, 2), ascending.
    cell_m, cell_covered_m
        Metres of street in each, and of those covered, in steps of 5 m.
    """

    pieces: Ints
    covered_m: Floats
    cells: Ints
    cell_m: Floats
    cell_covered_m: Floats


@dataclass(frozen=True, eq=False)
class Street:
    """The covered or the open part of a street: its pieces and their metres."""

    road_id: int
    name: str
    tier: str
    owner: str | None
    covered: bool
    pieces: tuple[int, ...]
    length_m: int


def target_pieces(network: Network, centre: BaseGeometry | None) -> Ints:
    """What the day is to cover: streets of 中心城区 with frontage; where the bureau drew none, those of every 片区.

    Parameters
    ----------
    centre
        In the network's metric CRS.
    """
    if centre is not None:
        return np.sort(centre_pieces(network, centre))
    beside = np.union1d(network.graphs["foot"].piece, network.graphs["ebike"].piece)
    owned = np.array([owner is not None for owner in network.owners], dtype=bool)
    return np.asarray(beside[(network.levels[network.road[beside]] >= 0) & owned[network.road[beside]]], dtype=np.int64)


def spans_of_pieces(ways: Iterable[Matched]) -> dict[int, list[tuple[float, float]]]:
    """Of each piece the stretches gone along, joined, metres from its start."""
    raw: dict[int, list[tuple[float, float]]] = {}
    for way in ways:
        for piece, a, b in zip(way.piece.tolist(), way.begin_m.tolist(), way.stop_m.tolist(), strict=True):
            raw.setdefault(piece, []).append((min(a, b), max(a, b)))
    joined: dict[int, list[tuple[float, float]]] = {}
    for piece, spans in raw.items():
        spans.sort()
        kept = joined.setdefault(piece, [])
        for a, b in spans:
            if kept and a <= kept[-1][1]:
                kept[-1] = (kept[-1][0], max(b, kept[-1][1]))
            else:
                kept.append((a, b))
    return joined


def cover(network: Network, pieces: Ints, ways: Iterable[Matched]) -> Coverage:
    """What the ways covered of ``pieces``; ways elsewhere count nothing."""
    spans = spans_of_pieces(ways)
    covered = np.array([sum(b - a for a, b in spans.get(piece, ())) for piece in pieces.tolist()], dtype=np.float64)
    of, at, xy = _bits(network, pieces)
    seen = np.zeros(len(of), dtype=bool)
    first = np.searchsorted(of, np.arange(len(pieces) + 1))
    for number, piece in enumerate(pieces.tolist()):
        for a, b in spans.get(piece, ()):
            here = slice(first[number], first[number + 1])
            seen[here] |= (at[here] >= a) & (at[here] <= b)
    metres = (network.length_m[pieces] / np.maximum(np.bincount(of, minlength=len(pieces)), 1))[of]
    cells, cell = np.unique(np.floor(xy / CELL_M).astype(np.int64), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    totals = [np.asarray(np.bincount(cell, weight, len(cells)), dtype=np.float64) for weight in (metres, metres * seen)]
    return Coverage(pieces, covered, cells, totals[0], totals[1])


def _bits(network: Network, pieces: Ints) -> tuple[Ints, Floats, Floats]:
    """The pieces in bits of about 5 m: number in ``pieces``, metre of the middle, its place."""
    import shapely

    length = network.length_m[pieces]
    count = np.maximum(np.ceil(length / BIT_M - 1e-6), 1).astype(np.int64)
    of = np.repeat(np.arange(len(pieces)), count)
    number = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    at = (number + 0.5) * (length / count)[of]
    lines = piece_lines(network)[pieces]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[of], at)) if len(of) else np.zeros((0, 2))
    return of, at, xy


def cells_seen(coverage: Coverage, checked_in: Iterable[tuple[float, float]] = ()) -> list[bool]:
    """Whether each cell was seen: enough of its streets gone along, or somebody checked in there, inside a buffer.

    Parameters
    ----------
    checked_in
        Metric places of such check-ins.
    """
    here = {(int(x // CELL_M), int(y // CELL_M)) for x, y in checked_in}
    needed = np.minimum(CELL_LEAST_M, coverage.cell_m / 2)
    return [
        bool(covered >= need > 0) or tuple(cell) in here
        for cell, covered, need in zip(
            coverage.cells.tolist(), coverage.cell_covered_m.tolist(), needed.tolist(), strict=True
        )
    ]


def is_along(covered_m: float, length_m: float) -> bool:
    """Whether enough of a street was gone along.

    Examples
    --------
    >>> is_along(80.0, 100.0), is_along(79.9, 100.0)
    (True, False)
    """
    return covered_m * ALONG[1] >= length_m * ALONG[0] - 1e-6


def streets_of(network: Network, coverage: Coverage) -> list[Street]:
    """Open parts of the streets to be covered by tier, longest first; then the covered parts likewise."""
    parts: dict[tuple[int, bool], list[int]] = {}
    for piece, covered in zip(coverage.pieces.tolist(), coverage.covered_m.tolist(), strict=True):
        key = int(network.road[piece]), is_along(covered, float(network.length_m[piece]))
        parts.setdefault(key, []).append(piece)
    found = [
        Street(
            int(network.road_ids[road]), network.names[road] or "", network.tiers[road], network.owners[road], covered,
            tuple(pieces), round(float(network.length_m[pieces].sum())),
        )
        for (road, covered), pieces in parts.items()
    ]  # fmt: skip
    found.sort(key=lambda one: (one.covered, _rank(one.tier), -one.length_m, one.road_id))
    return found


def _rank(tier: str) -> int:
    return TIERS.index(tier) if tier in TIERS else len(TIERS)


def pieces_along(tree: STRtree, line: BaseGeometry) -> list[int]:
    """Pieces that a line of a plan runs along, all of them: both ends and the middle lie on it.

    Parameters
    ----------
    tree
        Over :func:`geo.roads.places.piece_lines` of the network.
    line
        In the network's metric CRS.
    """
    import shapely

    near = np.sort(tree.query(line, predicate="dwithin", distance=ON_LINE_M))
    if len(near) == 0:
        return []
    lines = tree.geometries[near]
    on = np.ones(len(near), dtype=bool)
    for share in (0.0, 0.5, 1.0):
        on &= shapely.distance(line, shapely.line_interpolate_point(lines, share, normalized=True)) <= ON_LINE_M
    return [int(piece) for piece in near[on]]


def count_passes(way: Matched, pieces: Sequence[int], network: Network, from_s: float, to_s: float) -> int:
    """How often one device went along a stretch of street within a slot.

    Notes
    -----
    What it covers adds up in order of time; each time enough of the stretch is covered a pass is counted and adding
    begins anew, so that going up and down at once is two passes, and two half passes by two people are none.
    """
    wanted = set(pieces)
    length = sum(float(network.length_m[piece]) for piece in wanted)
    passes, spans, covered = 0, {}, 0.0  # type: int, dict[int, list[tuple[float, float]]], float
    for i in np.flatnonzero(np.isin(way.piece, list(wanted))).tolist():
        if way.to_s[i] <= from_s or way.from_s[i] >= to_s:
            continue
        a, b = sorted((float(way.begin_m[i]), float(way.stop_m[i])))
        covered += _add(spans.setdefault(int(way.piece[i]), []), a, b)
        if length > 0 and is_along(covered, length):
            passes, spans, covered = passes + 1, {}, 0.0
    return passes


def _add(spans: list[tuple[float, float]], a: float, b: float) -> float:
    """Add a stretch to joined ones; metres that are new."""
    new, low, high = b - a, a, b
    kept = []
    for c, d in spans:
        if d < a or c > b:
            kept.append((c, d))
        else:
            new -= max(0.0, min(b, d) - max(a, c))
            low, high = min(low, c), max(high, d)
    spans[:] = sorted([*kept, (low, high)])
    return new
