"""The network: where streets meet, which way they run, what is cut off."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.frames import FrameBroken
from geo.messages import say
from geo.roads.network import NoStreets, pack, unpack
from geo.roads.places import Place, PlacedNetwork, Snapper
from tests.towns import grid, network_of, spot, streets

CROSS = [[(0, 0), (200, 0)], [(100, -100), (100, 0), (100, 100)]]


def way(network, mode, start, end):
    """The fastest way between two metric points."""
    places = Snapper(network, mode).snap([spot(*start), spot(*end)])
    return PlacedNetwork(network, mode, places).ways([(0, 1)])[0]


def test_streets_meet_where_they_share_a_vertex():
    shared = network_of(streets([[(0, 0), (100, 0), (200, 0)], CROSS[1]]))
    assert shared.node_count == 5
    assert len(shared.parts("car")) == 1
    assert shared.parts("car")[0].length_m == 400


def test_streets_that_only_cross_on_paper_do_not_meet():
    apart = network_of(streets(CROSS))
    assert [part.length_m for part in apart.parts("car")] == [200, 200]


def test_a_bridge_over_a_shared_vertex_stays_apart():
    network = network_of(streets([[(0, 0), (100, 0), (200, 0)], CROSS[1]], level=[0, 1]))
    assert len(network.parts("foot")) == 2


def test_a_bridge_cut_at_the_crossing_below_stays_apart():
    halves = [[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, -100), (100, 0)], [(100, 0), (100, 100)]]
    assert len(network_of(streets(halves, level=[0, 0, 1, 1])).parts("foot")) == 2
    assert len(network_of(streets(halves, level=[0, 0, 0, 0])).parts("foot")) == 1


def test_a_bridge_joins_the_street_it_comes_down_to():
    network = network_of(streets([[(0, 0), (100, 0)], [(100, 0), (300, 0)], [(300, 0), (400, 0)]], level=[0, 1, 0]))
    assert [part.length_m for part in network.parts("car")] == [400]


def test_one_ways_bind_wheels_but_not_feet():
    ring = [[(0, 0), (400, 0)], [(400, 0), (400, 400)], [(400, 400), (0, 400)], [(0, 400), (0, 0)]]
    network = network_of(streets(ring, oneway=1))
    assert way(network, "foot", (300, 0), (100, 0)).distance_m == 200
    assert way(network, "car", (300, 0), (100, 0)).distance_m == 1400
    assert way(network, "ebike", (300, 0), (100, 0)).distance_m == 1400
    assert way(network, "car", (100, 0), (300, 0)).distance_m == 200


def test_a_one_way_against_its_line_runs_the_other_way():
    ring = [[(0, 0), (400, 0)], [(400, 400), (400, 0)], [(400, 400), (0, 400)], [(0, 400), (0, 0)]]
    network = network_of(streets(ring, oneway=[1, -1, 1, 1]))
    assert way(network, "car", (100, 0), (300, 0)).distance_m == 200


def test_the_largest_part_is_named_and_the_rest_reported_by_street():
    lines = [[(0, 0), (500, 0)], [(500, 0), (500, 500)], [(5000, 0), (5000, 90)]]
    parts = network_of(streets(lines, name=["人民路", "人民路", "断头巷"])).parts("foot")
    assert [(part.length_m, part.names) for part in parts] == [(1000, ("人民路",)), (90, ("断头巷",))]


def test_a_street_one_can_enter_but_not_leave_is_a_part_of_its_own():
    network = network_of(streets([[(0, 0), (500, 0)], [(500, 0), (900, 0)]], oneway=[0, 1], name=["甲路", "乙路"]))
    assert network.parts("car")[0].names == ("甲路",)
    assert network.parts("car")[1].names == ("乙路",)
    assert len(network.parts("foot")) == 1


def test_no_streets_are_refused():
    with pytest.raises(NoStreets):
        network_of(streets([[(0, 0), (1, 0)]]).iloc[:0])


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 3e4)), min_size=1, max_size=50))
def test_packed_costs_add_up_exactly_for_any_legs_of_a_day(costs):
    seconds, metres = np.array(costs).T
    milliseconds, decimetres = unpack(pack(seconds, metres).cumsum())
    assert milliseconds[-1] == sum(int(np.floor(s * 1000 + 0.5)) for s in seconds)
    assert decimetres[-1] == sum(int(np.floor(m * 10 + 0.5)) for m in metres)


def by_hand(network, mode, places):
    """Seconds between places by a textbook search without splitting: out of a block at either end, in at either."""
    graph = network.graphs[mode]
    seconds = unpack(graph.cost)[0] / 1000
    out = {}
    for edge, (tail, head) in enumerate(zip(graph.tail.tolist(), graph.head.tolist(), strict=True)):
        out.setdefault(tail, []).append((head, seconds[edge]))
    block = {(p, ahead): s for p, ahead, s in zip(graph.piece.tolist(), graph.forward.tolist(), seconds, strict=True)}

    def search(begin):
        best, queue = {}, [(0.0, begin)]
        while queue:
            cost, node = heapq.heappop(queue)
            if node not in best:
                best[node] = cost
                for head, more in out.get(node, ()):
                    heapq.heappush(queue, (cost + more, head))
        return best

    def ends(place):
        share = place.offset_m / network.length_m[place.piece]
        start, end = int(network.start[place.piece]), int(network.end[place.piece])
        ahead, back = block.get((place.piece, True)), block.get((place.piece, False))
        leave = [(end, (1 - share) * ahead)] if ahead is not None else []
        leave += [(start, share * back)] if back is not None else []
        enter = [(start, share * ahead)] if ahead is not None else []
        enter += [(end, (1 - share) * back)] if back is not None else []
        return share, ahead, back, leave, enter

    table = np.full((len(places), len(places)), np.inf)
    for i, one in enumerate(places):
        share, ahead, back, leave, _ = ends(one)
        reach = {node: search(node) for node, _ in leave}
        for j, other in enumerate(places):
            there, _, _, _, enter = ends(other)
            found = [c + reach[n][m] + d for n, c in leave for m, d in enter if m in reach[n]]
            if one.piece == other.piece and ahead is not None and there >= share:
                found.append((there - share) * ahead)
            if one.piece == other.piece and back is not None and there <= share:
                found.append((share - there) * back)
            table[i, j] = min(found)
    return table


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_travel_matrices_agree_with_a_textbook_search_for_any_streets(seed):
    rng = np.random.default_rng(seed)
    town = grid(5, 4, step_m=150.0)
    town = town[rng.random(len(town)) < 0.85]
    town["oneway"] = rng.choice([0, 0, 1, -1], len(town))
    town["speed_kmh"] = rng.integers(5, 40, len(town)).astype(float)
    network = network_of(town)
    graph = network.graphs["car"]
    pieces = np.flatnonzero(graph.in_main(np.arange(len(network.road)), network.start, network.end))
    if len(pieces) < 2:
        return
    places = [Place(int(p), float(rng.uniform(0, network.length_m[p]))) for p in rng.choice(pieces, 6)]
    placed = PlacedNetwork(network, "car", places)
    packed = placed.packed()
    milliseconds, decimetres = unpack(packed)
    assert np.allclose(milliseconds / 1000, by_hand(network, "car", places), atol=0.003)
    assert (packed[:, None, :] <= packed[:, :, None] + packed[None, :, :]).all(), "by a third place is never faster"
    assert (np.diag(packed) == 0).all()
    matrix = placed.travel_matrix()
    assert (np.abs(matrix.duration_s * 1000 - milliseconds) <= 500).all()
    assert (np.abs(matrix.distance_m * 10 - decimetres) <= 5).all()
    assert matrix.duration_s.dtype == np.int64 and matrix.distance_m.dtype == np.int64


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 800), st.integers(0, 600)), min_size=2, max_size=8))
def test_walking_is_the_same_both_ways_for_any_places(spots):
    network = network_of(grid(5, 4, oneway=1))
    places = Snapper(network, "foot").snap([spot(x, y) for x, y in spots])
    matrix = PlacedNetwork(network, "foot", places).travel_matrix()
    assert (matrix.distance_m == matrix.distance_m.T).all()
    assert (matrix.duration_s == matrix.duration_s.T).all()


@pytest.mark.parametrize(
    ("breach", "code", "fact"),
    [
        (lambda roads: roads.drop(columns="oneway"), "frames.column_missing", "oneway"),
        (lambda roads: roads.assign(level="0"), "frames.column_kind", "level"),
        (lambda roads: roads.assign(tier=None), "frames.value_missing", "tier"),
        (lambda roads: roads.to_crs(4326), "frames.crs", 4326),
        (lambda roads: roads.set_geometry(roads.representative_point()), "frames.geometry", "Point"),
    ],
)
def test_streets_that_are_not_as_agreed_are_refused_at_the_door(breach, code, fact):
    with pytest.raises(FrameBroken) as refused:
        network_of(breach(grid(2, 2)))
    assert refused.value.code == code and fact in refused.value.facts.values()
    assert all(say(code, language, **refused.value.facts) for language in ("zh", "en"))
