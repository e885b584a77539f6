"""The first automatic cut of a county into 片区: each street to the nearest squad along the streets.

A network Voronoi diagram around squad points (or around seeds chosen to share the streets evenly), turned
into areas that leave no gap and no overlap, each in one piece. People redraw it afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.crs import STORAGE
from geo.errors import Invalid
from geo.roads.network import Network
from geo.roads.places import Place, Snapper, piece_lines

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from scipy.sparse import csr_matrix
    from shapely import Point
    from shapely.geometry.base import BaseGeometry

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STREET_KM_EACH: Final = 12.0
"""Street a squad can answer for; sets the number of 片区 when nobody says it."""

SAMPLE_M: Final = 40.0
"""Distance between the points along streets from which areas are made."""

ROUNDS: Final = 40

FAR_M: Final = 1e7
"""Stands for 'no way', so that sums stay finite."""


class TooFewStreets(Invalid):
    """There are fewer separate street crossings than 片区 asked for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Areas (EPSG:4490; ``code``, ``name``, ``street_m``, ordered by code) and the owner of every street by row id."""

    districts: GeoDataFrame
    owners: dict[int, str]


def suggest_count(network: Network) -> int:
    """How many 片区 the streets call for, between 2 and 20."""
    total_km = float(network.length_m.sum()) / 1000
    return int(min(max(round(total_km / STREET_KM_EACH), 2), 20))


def cut_districts(
    network: Network, boundary: BaseGeometry, *, squads: Sequence[Point] | None = None, n: int | None = None
) -> Cut:
    """Cut the ground inside ``boundary`` into 片区.

    Parameters
    ----------
    network
        The county's streets.
    boundary
        Polygon or MultiPolygon in the network's metric CRS.
    squads
        Where squads are stationed, same CRS, at least one; or
    n
        How many 片区 to seed by k-medoids on the network, weighted by street length; :func:`suggest_count` if
        neither is given.

    Returns
    -------
    Cut
        Each street has one owner; areas share no ground, leave none of ``boundary`` out, and each is in one piece
        as far as ``boundary`` is. Codes run P01, P02… from north-west to south-east.

    Raises
    ------
    TooFewStreets
        If there are fewer crossings in the main part than areas asked for, or two squads stand at one spot.

    Notes
    -----
    Deterministic: the k-means start draws from a fixed seed. Seeds without squads are pushed back (additively
    weighted Voronoi) until the shares hold about as much street; squads are taken as they stand.
    """
    from geopandas import GeoDataFrame

    links = _foot_links(network)
    mass = _street_mass(network)
    main = np.flatnonzero(network.graphs["foot"].label == network.graphs["foot"].main)
    wanted = len(squads) if squads else n or suggest_count(network)
    if len(main) < wanted:
        raise TooFewStreets("hotspots.too_few_streets", wanted=wanted, crossings=len(main))
    seeds = _stations(network, squads) if squads else _medoids(links, network.node_xy, mass, main, wanted)
    back = None if squads else _head_starts(network, links, seeds)
    label = _nearest_seed(links, network.node_xy, seeds, back)
    street = _street_labels(network, label, wanted)
    areas, street = _areas(network, street, boundary, wanted)
    order = _reading_order(areas)
    rank = np.empty(wanted, dtype=np.int64)
    rank[order] = np.arange(wanted)
    codes = [f"P{i + 1:02d}" for i in range(wanted)]
    owners = {int(road): codes[rank[one]] for road, one in zip(network.road_ids, street, strict=True)}
    metres = np.bincount(rank[street[network.road]], weights=network.length_m, minlength=wanted)
    names = _names(network, rank[street], wanted)
    frame = GeoDataFrame(
        {"code": codes, "name": names, "street_m": np.round(metres).astype(np.int64)},
        geometry=[areas[i] for i in order],
        crs=network.srid,
    )
    return Cut(frame.to_crs(STORAGE), owners)


def _foot_links(network: Network) -> csr_matrix:
    """Undirected metres between crossings, shortest of parallel streets."""
    from scipy.sparse import csr_matrix

    tail = np.concatenate([network.start, network.end])
    head = np.concatenate([network.end, network.start])
    metres = np.maximum(np.tile(network.length_m, 2), 0.1)
    order = np.lexsort((metres, head, tail))
    first = np.r_[True, (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)]
    pick = order[first]
    size = network.node_count
    return csr_matrix((metres[pick], (tail[pick], head[pick])), shape=(size, size))


def _street_mass(network: Network) -> Floats:
    """Metres of street that fall to each crossing: half of every piece that ends there."""
    half = network.length_m / 2
    size = network.node_count
    return np.asarray(np.bincount(network.start, half, size) + np.bincount(network.end, half, size))


def _stations(network: Network, squads: Sequence[Point]) -> Ints:
    """The crossing nearest to where each squad stands."""
    places = Snapper(network, "foot").snap(list(squads), limit_m=5_000.0)
    seeds = []
    for place in places:
        if not isinstance(place, Place):
            raise TooFewStreets("hotspots.squad_off_network", nearest_m=place.nearest_m)
        half = network.length_m[place.piece] / 2
        seeds.append(int(network.start[place.piece] if place.offset_m <= half else network.end[place.piece]))
    if len(set(seeds)) < len(seeds):
        raise TooFewStreets("hotspots.squads_at_one_spot", squads=len(seeds), spots=len(set(seeds)))
    return np.array(seeds, dtype=np.int64)


def _medoids(links: csr_matrix, xy: Floats, mass: Floats, main: Ints, n: int) -> Ints:
    """Crossings that split the streets into ``n`` compact shares: k-means, then medoids on the network."""
    from scipy.cluster.vq import kmeans2
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import cKDTree

    repeat = np.repeat(main, np.maximum(np.round(mass[main] / np.median(mass[main])), 1).astype(np.int64))
    centres, _ = kmeans2(xy[repeat], n, minit="++", seed=np.random.default_rng(0), iter=30)
    _, near = cKDTree(xy[main]).query(centres)
    seeds = list(dict.fromkeys(main[near].tolist()))
    while len(seeds) < n:
        reach = np.where(np.isin(np.arange(len(xy)), main), dijkstra(links, indices=seeds, min_only=True), -1.0)
        seeds.append(int(np.argmax(reach)))
    for _ in range(ROUNDS):
        label = _nearest_seed(links, xy, np.array(seeds))
        moved = []
        for i, seed in enumerate(seeds):
            mine = main[label[main] == i]
            centre = np.average(xy[mine], axis=0, weights=np.maximum(mass[mine], 1e-6))
            near_centre = mine[np.argsort(((xy[mine] - centre) ** 2).sum(axis=1), kind="stable")[:12]]
            choice = np.r_[seed, near_centre]
            cost = np.minimum(dijkstra(links, directed=False, indices=choice)[:, mine], FAR_M) @ mass[mine]
            moved.append(int(choice[int(np.argmin(cost))]))
        if moved == seeds or len(set(moved)) < n:
            break
        seeds = moved
    return np.array(seeds, dtype=np.int64)


def _head_starts(network: Network, links: csr_matrix, seeds: Ints) -> Floats:
    """Metres by which each seed is pushed back so that the shares hold about as much street, whole streets counted."""
    from scipy.sparse.csgraph import dijkstra

    distance = np.minimum(dijkstra(links, directed=False, indices=seeds), FAR_M)
    length = np.bincount(network.road, network.length_m, len(network.road_ids))
    back = np.zeros(len(seeds))
    best, spread = back.copy(), np.inf
    scale = float(np.median(distance.min(axis=0)))
    for round_ in range(ROUNDS):
        label = (distance + back[:, None]).argmin(axis=0)
        share = np.bincount(_street_labels(network, label, len(seeds)), length, len(seeds))
        if share.std() < spread:
            best, spread = back.copy(), float(share.std())
        back = back + scale * (share / share.mean() - 1) / (2 + round_ / 4)
        back = np.minimum(back - back.min(), 0.9 * _apart(distance, seeds, back - back.min()))
    return best


def _apart(distance: Floats, seeds: Ints, back: Floats) -> Floats:
    """How far each seed can be pushed back and still keep its own crossing."""
    between = distance[:, seeds] + back[:, None]
    np.fill_diagonal(between, np.inf)
    return np.asarray(between.min(axis=0)) if len(seeds) > 1 else np.zeros(1)


def _nearest_seed(links: csr_matrix, xy: Floats, seeds: Ints, back: Floats | None = None) -> Ints:
    """For every crossing the number of the seed nearest along the streets; as the crow flies where none leads."""
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import cKDTree

    distance = dijkstra(links, directed=False, indices=seeds)
    if back is not None:
        distance = distance + back[:, None]
    label = np.asarray(distance.argmin(axis=0), dtype=np.int64)
    reached = np.isfinite(distance.min(axis=0))
    if not reached.all():
        _, near = cKDTree(xy[reached]).query(xy[~reached])
        label[~reached] = label[reached][near]
    return label


def _street_labels(network: Network, label: Ints, n: int) -> Ints:
    """The share each street belongs to: where most of its length is, the lower number if equal."""
    share = np.zeros((len(network.road_ids), n))
    np.add.at(share, (network.road, label[network.start]), network.length_m / 2)
    np.add.at(share, (network.road, label[network.end]), network.length_m / 2)
    return _winners(np.round(share, 3))


def _winners(share: Floats) -> Ints:
    """The column with most in each row, none left without a row: of few and long streets a share can win none."""
    winner = share.argmax(axis=1)
    for empty in np.setdiff1d(np.arange(share.shape[1]), winner):
        spare = np.bincount(winner, minlength=share.shape[1])[winner] > 1
        if not spare.any():
            raise TooFewStreets("hotspots.too_few_streets", wanted=share.shape[1], crossings=len(winner))
        winner[np.argmax(np.where(spare, share[:, empty], -1.0))] = empty
    return np.asarray(winner)


def _areas(network: Network, street: Ints, boundary: BaseGeometry, n: int) -> tuple[list[BaseGeometry], Ints]:
    """One area per share; islands go to the neighbour they share most border with, and their streets along."""
    import shapely

    xy, street_of = _samples(network)
    shapely.prepare(boundary)
    inside = shapely.contains_xy(boundary, xy[:, 0], xy[:, 1])
    if len(np.unique(street[street_of[inside]])) < n:
        raise TooFewStreets("hotspots.too_few_streets", wanted=n, crossings=int(inside.sum()))
    spots, pick = np.unique(np.round(xy[inside], 2), axis=0, return_index=True)
    owner = street[street_of[inside][pick]]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=boundary, ordered=True))
    cells = _ground_of(shapely.intersection(cells, boundary))
    owner = _without_islands(cells, owner, n)
    areas = [shapely.union_all(cells[owner == i]) for i in range(n)]
    vote = np.zeros((len(street), n))
    np.add.at(vote, (street_of[inside][pick], owner), 1.0)
    unseen = vote.sum(axis=1) == 0
    vote[unseen, street[unseen]] = 1.0
    return areas, _winners(vote)


def _ground_of(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cells without the stray points and lines that clipping at a corner leaves."""
    import shapely

    cells = cells.copy()
    for i in np.flatnonzero(shapely.get_type_id(cells) > shapely.GeometryType.POLYGON):
        parts = shapely.get_parts(cells[i])
        cells[i] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return cells


def _samples(network: Network) -> tuple[Floats, Ints]:
    """Points every 40 m along the streets, and the street of each."""
    import shapely

    lines = piece_lines(network)
    count = np.maximum(np.ceil(network.length_m / SAMPLE_M).astype(np.int64), 1)
    piece = np.repeat(np.arange(len(lines)), count)
    step = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
    points = shapely.line_interpolate_point(lines[piece], (step + 0.5) / count[piece], normalized=True)
    return shapely.get_coordinates(points), network.road[piece]


def _without_islands(cells: NDArray[np.object_], owner: Ints, n: int) -> Ints:
    """Give every separate bit but the largest of each share to the neighbour it touches most."""
    import shapely
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    tree = shapely.STRtree(cells)
    one, other = tree.query(cells, predicate="intersects")
    keep = one < other
    one, other = one[keep], other[keep]
    border = shapely.length(shapely.intersection(cells[one], cells[other]))
    one, other, border = one[border > 0.01], other[border > 0.01], border[border > 0.01]
    size = shapely.area(cells)
    owner = owner.copy()
    for _ in range(ROUNDS):
        same = owner[one] == owner[other]
        links = csr_matrix((np.ones(int(same.sum())), (one[same], other[same])), shape=(len(cells), len(cells)))
        count, bit = connected_components(links, directed=False)
        area = np.bincount(bit, size, count)
        share_of = np.zeros(count, dtype=np.int64)
        share_of[bit] = owner
        largest = {share: max(np.flatnonzero(share_of == share), key=lambda b: area[b]) for share in range(n)}
        moved = False
        for island in sorted((b for b in range(count) if b != largest[share_of[b]]), key=lambda b: (area[b], b)):
            across = (bit[one] == island) ^ (bit[other] == island)
            outside = np.where(bit[one[across]] == island, other[across], one[across])
            touch = np.bincount(owner[outside], border[across], n)
            touch[share_of[island]] = 0.0
            if touch.max() > 0:
                owner[bit == island] = int(touch.argmax())
                moved = True
        if not moved:
            break
    return owner


def _reading_order(areas: Sequence[BaseGeometry]) -> Ints:
    """North to south in three bands, west to east in each."""
    centre = np.array([(area.centroid.x, area.centroid.y) for area in areas])
    span = np.ptp(centre[:, 1]) or 1.0
    band = np.minimum(((centre[:, 1].max() - centre[:, 1]) / span * 3).astype(np.int64), 2)
    return np.asarray(np.lexsort((centre[:, 1], centre[:, 0], band)))


def _names(network: Network, owner: Ints, n: int) -> list[str]:
    """Each 片区 by its longest street of the highest tier that no other has taken, else by number."""
    rank = {"main": 3.0, "secondary": 2.0, "branch": 1.0, "lane": 0.5}
    total: list[dict[str, float]] = [{} for _ in range(n)]
    for piece, road in enumerate(network.road.tolist()):
        name = network.names[road]
        if name:
            mine = total[owner[road]]
            mine[name] = mine.get(name, 0.0) + float(network.length_m[piece]) * rank.get(network.tiers[road], 0.5)
    taken: set[str] = set()
    names = []
    for i in range(n):
        best = next((name for name in sorted(total[i], key=lambda s: (-total[i][s], s)) if name not in taken), None)
        taken.add(best or "")
        names.append(f"{best}片区" if best else f"第{i + 1}片区")
    return names
