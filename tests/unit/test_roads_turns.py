"""Forbidden turns and closed streets: kept to by matrices and ways alike, and by nobody on foot."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE, transformer
from geo.roads.network import build_network, unpack
from geo.roads.places import Place, PlacedNetwork, Snapper
from geo.roads.turns import TurnBan
from tests.towns import ORIGIN, SRID, grid, spot, streets

WHEELS = frozenset({"ebike", "car"})
CROSS = [[(-300, 0), (0, 0)], [(0, 0), (300, 0)], [(0, -300), (0, 0)], [(0, 0), (0, 300)]]
"""West, east, south, north of a crossing at the origin: streets 1, 2, 3, 4."""

ROUND = [*CROSS, [(0, 300), (300, 300), (300, 0)]]
"""And a way round from north to east: street 5."""


def degrees(x, y):
    """Longitude and latitude of a spot in metres from the origin."""
    return transformer(SRID, STORAGE).transform(ORIGIN[0] + x, ORIGIN[1] + y)


def ban(rule, from_road, to_road, at=(0, 0), modes=WHEELS):
    """A rule at a spot."""
    return TurnBan(rule, from_road, to_road, degrees(*at), frozenset(modes))


def ride(network, start, end, mode="car"):
    """The way between two spots, and the matrix's metres of it."""
    places = Snapper(network, mode).snap([spot(*start), spot(*end)])
    placed = PlacedNetwork(network, mode, places)
    way = placed.ways([(0, 1)])[0]
    assert placed.travel_matrix().distance_m[0, 1] == way.distance_m
    return [int(network.road_ids[network.road[piece]]) for piece in way.pieces]


def test_a_forbidden_left_turn_sends_wheels_round_and_lets_feet_through():
    network = build_network(streets(ROUND), SRID, turns=[ban("no_left_turn", 3, 1)])
    assert ride(network, (0, -100), (-100, 0)) == [3, 4, 4, 1], "round at the end of the next street"
    assert ride(network, (0, -100), (-100, 0), "foot") == [3, 1]
    assert ride(network, (0, -100), (100, 0)) == [3, 2], "the other turns stay"
    assert ride(network, (-100, 0), (0, -100)) == [1, 3], "and the way back"


def test_only_straight_on_forbids_every_other_turn():
    network = build_network(streets(ROUND), SRID, turns=[ban("only_straight_on", 3, 4)])
    assert ride(network, (0, -100), (0, 100)) == [3, 4]
    assert ride(network, (0, -100), (100, 0)) == [3, 4, 4, 2], "where the next street ends nothing binds"


def test_where_no_car_may_turn_left_none_may_turn_round():
    lines = [[(0, 0), (300, 0)], [(300, 0), (300, 300)], [(300, 0), (900, 0)]]
    network = build_network(streets(lines), SRID, turns=[ban("no_left_turn", 1, 2, (300, 0))])
    assert ride(network, (100, 0), (300, 100)) == [1, 3, 3, 2]
    graph = network.graphs["car"]
    (bound,) = set(np.flatnonzero(graph.links.goal != graph.head).tolist())
    onward = graph.links.arc[graph.links.tail == graph.links.goal[bound]]
    assert [int(network.road_ids[network.road[graph.piece[arc]]]) for arc in onward] == [3]
    by_bike = network.graphs["ebike"].links
    assert (by_bike.tail == network.node_count).sum() == 2


def test_no_turning_round_where_it_is_forbidden():
    lines = [[(0, 0), (300, 0)], [(300, 0), (300, 300), (600, 300), (600, 0), (300, 0)]]
    free = build_network(streets(lines), SRID)
    bound = build_network(streets(lines), SRID, turns=[ban("no_u_turn", 1, 1, (300, 0))])
    one_way = PlacedNetwork(free, "car", [Place(0, 100.0), Place(0, 90.0)])
    assert one_way.travel_matrix().distance_m[0, 1] == 10
    assert ride(bound, (100, 0), (90, 0)) == [1], "a team turns where it stands"
    assert len(bound.graphs["car"].links.crossing) == bound.node_count + 1


def test_a_rule_for_cars_alone_leaves_e_bikes_free():
    network = build_network(streets(ROUND), SRID, turns=[ban("no_right_turn", 3, 2, modes={"car"})])
    assert ride(network, (0, -100), (100, 0)) == [3, 1, 1, 2]
    assert ride(network, (0, -100), (100, 0), "ebike") == [3, 2]


@pytest.mark.parametrize("rule", [ban("no_left_turn", 1, 99), ban("no_left_turn", 3, 1, (250, 0))])
def test_a_rule_that_fits_nowhere_binds_nothing(rule):
    network = build_network(streets(CROSS), SRID, turns=[rule])
    assert all(len(graph.links.crossing) == network.node_count for graph in network.graphs.values())


def test_a_place_beyond_a_crossing_that_may_not_be_entered_is_cut_off():
    dead_end = [*CROSS[:3], [(0, 0), (0, 300)]]
    turns = [ban("no_straight_on", 3, 4), ban("no_left_turn", 1, 4), ban("no_right_turn", 2, 4), ban("no_u_turn", 4, 4)]
    network = build_network(streets(dead_end, name=["西", "东", "南", "北"]), SRID, turns=turns)
    off = Snapper(network, "car").snap([spot(0, 200)])[0]
    assert off.cut_off and off.street == "北"


def test_a_closed_street_is_off_the_network_for_the_modes_it_is_closed_to():
    ring = [[(0, 0), (300, 0)], [(300, 0), (300, 300)], [(300, 300), (0, 300)], [(0, 300), (0, 0)]]
    network = build_network(streets(ring), SRID, closed={1: frozenset({"car"})})
    assert ride(network, (0, 10), (300, 10)) == [4, 3, 2]
    assert ride(network, (0, 10), (300, 10), "foot") == [4, 1, 2]
    everything = build_network(streets(ring), SRID, closed={i: frozenset({"car"}) for i in range(1, 5)})
    assert everything.graphs["car"].main == -1 and everything.parts("foot")[0].length_m == 1200


def by_hand(network, bans, mode, places):
    """Packed costs by a textbook search over directed blocks, one state each, turns looked up one by one."""
    graph = network.graphs[mode]
    road = network.road_ids[network.road[graph.piece]]
    whole = graph.cost.astype(np.int64)
    at_spot = {}
    for one in bans:
        node = [n for n in set(graph.head.tolist()) if np.hypot(*(network.node_xy[n] - at_of[one])) < 1]
        at_spot[one] = node[0] if node else -1

    def allowed(before, after):
        for one in bans:
            if mode in one.modes and at_spot[one] == graph.head[before] and road[before] == one.from_road:
                meets = any(graph.tail[i] == graph.head[before] and road[i] == one.to_road for i in range(len(road)))
                if not meets:
                    continue
                named = road[after] == one.to_road and (
                    (graph.piece[after] == graph.piece[before]) == (one.from_road == one.to_road)
                )
                if mode == "car" and one.rule == "no_left_turn":
                    named |= graph.piece[after] == graph.piece[before]
                if named != one.only:
                    return False
        return True

    after = {
        i: [j for j in range(len(road)) if graph.tail[j] == graph.head[i] and allowed(i, j)] for i in range(len(road))
    }
    block = graph.block_of

    def mark(place, arc):
        ms, dm = unpack(np.array([graph.cost[arc]]))
        share = place.offset_m / network.length_m[place.piece]
        return (int(np.floor(ms[0] * share + 0.5)) << 24) + int(np.floor(dm[0] * share + 0.5))

    table = np.full((len(places), len(places)), np.inf)
    for i, one in enumerate(places):
        queue = []
        if (ahead := block.get((one.piece, True))) is not None:
            queue.append((int(whole[ahead]) - mark(one, ahead), ahead))
        if (back := block.get((one.piece, False))) is not None:
            queue.append((mark(one, back), back))
        heapq.heapify(queue)
        done = {}
        while queue:
            cost, arc = heapq.heappop(queue)
            if arc not in done:
                done[arc] = cost
                for nxt in after[arc]:
                    heapq.heappush(queue, (cost + int(whole[nxt]), nxt))
        for j, other in enumerate(places):
            found = []
            for forward in (True, False):
                last = block.get((other.piece, forward))
                if last is None:
                    continue
                inside = mark(other, last) if forward else int(whole[last]) - mark(other, last)
                found += [done[before] + inside for before in done if last in after[before]]
                if one.piece == other.piece and (other.offset_m >= one.offset_m) == forward:
                    found.append(abs(mark(other, last) - mark(one, last)))
            table[i, j] = 0 if i == j else min(found, default=np.inf)
    return table


at_of = {}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_any_forbidden_turns_are_kept_as_a_textbook_search_keeps_them(seed):
    rng = np.random.default_rng(seed)
    town = grid(4, 3, step_m=150.0)
    town["oneway"] = rng.choice([0, 0, 0, 1, -1], len(town))
    metric = town.to_crs(SRID).geometry
    bans = []
    at_of.clear()
    for road in rng.choice(town.index, 8, replace=False).tolist():
        corner = metric[road].coords[int(rng.integers(2))]
        meeting = [i for i in town.index if any(np.allclose(corner, end, atol=0.5) for end in metric[i].coords)]
        rule = str(rng.choice(["no_left_turn", "no_u_turn", "only_straight_on", "no_straight_on"]))
        to = road if rule == "no_u_turn" else int(rng.choice([i for i in meeting if i != road]))
        lonlat = transformer(SRID, STORAGE).transform(*corner)
        bans.append(TurnBan(rule, road, to, lonlat, WHEELS))
        at_of[bans[-1]] = np.array(corner)
    network = build_network(town, SRID, turns=bans)
    count = len(network.road)
    places = [Place(int(rng.integers(count)), round(float(rng.uniform(5, 145)), 2)) for _ in range(5)]
    placed = PlacedNetwork(network, "car", places)
    packed = placed.packed()
    assert (packed == by_hand(network, bans, "car", places)).all()
    pairs = [(i, j) for i in range(5) for j in range(5) if np.isfinite(packed[i, j])]
    milliseconds, decimetres = unpack(np.array([packed[pair] for pair in pairs]))
    ways = placed.ways(pairs)
    assert [way.duration_s for way in ways] == ((milliseconds + 500) // 1000).tolist()
    assert [way.distance_m for way in ways] == ((decimetres + 5) // 10).tolist()
