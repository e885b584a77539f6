"""每天全覆盖: streets of the urban centre that nobody has been along today and no required pass will do.

What the day's earlier published plans and the tracks of earlier shifts went along is credited. A shift is asked for the
share of the rest that its people have of the day's remaining hours; which 片区 come first changes with the date.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.demand.rules import RIDE_KMH
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.trails import string_trails
from geo.patrol.demand.wish import Wish
from geo.roads.network import Network

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.patrol.stretches import Stretch

CELL_M: Final = 250.0
SEEN_M: Final = 50
"""A cell is seen from so many metres of street, or from half of what it has where that is less."""

LIGHT: Final = (6 * 3600, 22 * 3600)
"""Coverage is looked for from 06:00 to 22:00: later nobody is there to be seen."""

NEAR_M: Final = 3.0
"""A line of an earlier plan or a matched track lies on its street; this only takes up rounding."""

ALONG: Final = 0.9
"""A piece was covered if so much of it was."""

STUB_M: Final = 15.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a shift is asked to cover.

    Parameters
    ----------
    wishes
        One a trail.
    facts
        Metres: ``total_m`` of streets in the centre, ``credited_m`` by today's earlier plans and tracks, ``passes_m``
        done by required passes, ``asked_m`` of this shift, ``later_m`` left to later ones, ``unreachable_m``; and
        ``cells``, ``cells_without_street`` of 250 m.
    """

    wishes: tuple[Wish, ...]
    facts: Mapping[str, int]


def centre_pieces(network: Network, centre: BaseGeometry) -> NDArray[np.int64]:
    """Pieces of streets with frontage whose middle lies in the centre; tunnels and motor roads have none.

    Parameters
    ----------
    centre
        Polygon or MultiPolygon in the network's metric CRS.
    """
    import shapely

    beside = np.union1d(network.graphs["foot"].piece, network.graphs["ebike"].piece)
    beside = beside[(network.levels[network.road[beside]] >= 0) & (network.length_m[beside] >= STUB_M)]
    lines = _lines(network, beside)
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    shapely.prepare(centre)
    return np.asarray(beside[shapely.intersects(centre, middle)], dtype=np.int64)


def covered_pieces(network: Network, pieces: NDArray[np.int64], walked: Iterable[BaseGeometry]) -> set[int]:
    """Those of ``pieces`` that lines in the metric CRS went along for nine tenths of their length."""
    import shapely

    lines = [line for line in walked if line is not None and not line.is_empty]
    if not lines or not len(pieces):
        return set()
    tree = shapely.STRtree(lines)
    shapes = _lines(network, pieces)
    found = set()
    for number, shape in enumerate(shapes):
        near = tree.query(shape, predicate="dwithin", distance=NEAR_M)
        if len(near):
            band = shapely.union_all([lines[at] for at in near]).buffer(NEAR_M)
            if shapely.length(shapely.intersection(shape, band)) >= ALONG * shape.length:
                found.add(int(pieces[number]))
    return found


def _lines(network: Network, pieces: NDArray[np.int64]) -> NDArray[Any]:
    import shapely

    return np.array(
        [shapely.LineString(network.xy[network.first[piece] : network.last[piece] + 1]) for piece in pieces.tolist()],
        dtype=object,
    )


def coverage_wishes(
    network: Network,
    centre: BaseGeometry | None,
    span: ShiftSpan,
    *,
    covers: str = "streets",
    ride_kmh: int = RIDE_KMH,
    passed: Collection[int] = (),
    walked: Iterable[BaseGeometry] = (),
    share: tuple[float, float] = (0.0, 1.0),
) -> Coverage:
    """Trails over the streets of the centre that this shift is asked to cover.

    Parameters
    ----------
    centre
        中心城区 in the metric CRS; None asks for nothing.
    covers
        ``streets``: every street; ``cells``: of each 250 m cell that has streets at least one.
    ride_kmh
        How fast who rides along a street on the way to something else may be and still cover it; 0: never.
    passed
        Pieces that this shift's required passes do.
    walked
        Lines gone along today, metric CRS.
    share
        Of what is left, this shift's part by metres: from which share to which.
    """
    light = span.overlap(*LIGHT)
    if centre is None or light is None or light[1] - light[0] < 3600:
        return Coverage((), {})
    pieces = centre_pieces(network, centre)
    done = covered_pieces(network, pieces, walked)
    by_pass = {int(piece) for piece in pieces if int(piece) in set(passed)} - done
    rest = [int(piece) for piece in pieces if int(piece) not in done and int(piece) not in by_pass]
    trails = string_trails(network, rest)
    reached = {piece for trail in trails for piece, _ in trail.pieces}
    cells = _cells_of(network, pieces)
    seen_by: dict[tuple[tuple[int, bool], ...], tuple[tuple[int, int, int], ...]] = {}
    if covers == "cells":
        seen = {cell for piece in done | by_pass for cell in cells[piece]}
        picked, streets_m = pick_for_cells(trails, cells, seen), _metres_in(network, pieces)
        trails = [trail for trail, _ in picked]
        for trail, new in picked:
            seen_by[trail.pieces] = tuple((*cell, min(SEEN_M, round(streets_m[cell] / 2))) for cell in sorted(new))
    asked = _share(trails, share, span)
    wishes = tuple(trail_wish(trail, light, ride_kmh, seen_by.get(trail.pieces, ())) for trail in asked)
    now, strung = ({piece for trail in some for piece, _ in trail.pieces} for some in (asked, trails))
    metres = {piece: float(network.length_m[piece]) for piece in pieces.tolist()}
    facts = {
        "total_m": round(sum(metres.values())),
        "credited_m": round(sum(metres[piece] for piece in done)),
        "passes_m": round(sum(metres[piece] for piece in by_pass)),
        "asked_m": round(sum(metres[piece] for piece in now)),
        "later_m": round(sum(metres[piece] for piece in strung - now)),
        "unreachable_m": round(sum(metres[piece] for piece in rest if piece not in reached)),
        "cells": len({cell for here in cells.values() for cell in here}),
        "cells_without_street": _empty_cells(centre, cells),
    }
    return Coverage(wishes, facts)


def _share(trails: list[Stretch], share: tuple[float, float], span: ShiftSpan) -> list[Stretch]:
    """The trails of a shift: 片区 by 片区 in an order that changes with the date; ``trails`` is put into that order."""

    def turn(trail: Stretch) -> tuple[str, str]:
        owner = trail.owner or ""
        return hashlib.sha256(f"{span.on_date.isoformat()}|{owner}".encode()).hexdigest(), owner

    trails.sort(key=turn)  # stable: within a 片区 as they were strung
    total = sum(trail.length_m for trail in trails)
    low, high = share[0] * total, share[1] * total
    asked, length = [], 0.0
    for trail in trails:
        if low - 1e-6 <= length < high - 1e-6:
            asked.append(trail)
        length += trail.length_m
    return asked


def trail_wish(
    trail: Stretch, light: tuple[int, int], ride_kmh: int, cells: tuple[tuple[int, int, int], ...] = ()
) -> Wish:
    """That somebody goes along a trail by daylight, to see it or the cells it was picked for."""
    return Wish(
        key=f"cover:{trail.road_ids[0]}:{trail.pieces[0][0]}",
        kind="coverage",
        name=trail.name,
        layer="road",
        feature_ids=trail.road_ids,
        district_code=trail.owner,
        duty="coverage",
        weight=round(max(trail.length_m / 300, 0.2), 3),
        licences_needed=0,
        windows=(light,),
        service_s=0,
        stretch=trail,
        ride_kmh=ride_kmh,
        cells=cells,
    )


def pick_for_cells(
    trails: Sequence[Stretch], cells: Mapping[int, Collection[tuple[int, int]]], seen: Collection[tuple[int, int]] = ()
) -> list[tuple[Stretch, set[tuple[int, int]]]]:
    """The trails that see every cell at least once: again and again the one with most new cells a metre, with those.

    Parameters
    ----------
    cells
        By piece, the cells it runs through.
    seen
        Cells seen already.
    """
    reach = [{cell for piece, _ in trail.pieces for cell in cells[piece]} for trail in trails]
    left = set().union(*reach) - set(seen) if reach else set()
    chosen: dict[int, set[tuple[int, int]]] = {}
    while left:
        best = max(range(len(trails)), key=lambda at: (len(reach[at] & left) / max(trails[at].length_m, 1.0), -at))
        chosen[best] = reach[best] & left
        left -= reach[best]
    return [(trails[at], chosen[at]) for at in sorted(chosen)]


def _metres_in(network: Network, pieces: NDArray[np.int64]) -> Counter[tuple[int, int]]:
    """Metres of streets in each 250 m cell, to some 5 m."""
    import shapely

    found: Counter[tuple[int, int]] = Counter()
    for line in _lines(network, pieces):
        at = np.arange(2.5, line.length, 5.0)
        xy = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
        found.update(map(tuple, np.floor(xy / CELL_M).astype(int).tolist()))
    return Counter({cell: 5 * count for cell, count in found.items()})


def _cells_of(network: Network, pieces: NDArray[np.int64]) -> dict[int, frozenset[tuple[int, int]]]:
    """The 250 m cells (column, row of the metric grid) each piece runs through, looked at every 25 m."""
    import shapely

    found = {}
    for piece, line in zip(pieces.tolist(), _lines(network, pieces), strict=True):
        at = np.arange(0.0, line.length + 12.5, 25.0)
        xy = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
        found[piece] = frozenset(map(tuple, np.floor(xy / CELL_M).astype(int).tolist()))
    return found


def _empty_cells(centre: BaseGeometry, cells: Mapping[int, Collection[tuple[int, int]]]) -> int:
    """Cells whose middle lies in the centre and through which no street runs."""
    import shapely

    west, south, east, north = (round(edge // CELL_M) for edge in centre.bounds)
    columns, rows = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    middle = shapely.points((columns.ravel() + 0.5) * CELL_M, (rows.ravel() + 0.5) * CELL_M)
    inside = shapely.intersects(centre, middle)
    seen = {cell for here in cells.values() for cell in here}
    every = zip(columns.ravel()[inside].tolist(), rows.ravel()[inside].tolist(), strict=True)
    return sum(cell not in seen for cell in every)
