"""Reading public routing instances, judging answers from the file alone, and the benchmark on a tiny folder."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrol.arcs.directions import best_directions
from geo.patrol.arcs.problem import one_depot, route_cost
from geo.settings import Settings
from tests.benchmarks.bench_routing import node_distances, run, set_of, solve_made, warm_up
from tests.benchmarks.routing_checks import (
    best_known,
    broken_rules,
    carp_broken,
    rounding_of,
    routes_cost,
    stored_routes,
)
from tests.benchmarks.routing_files import (
    BrokenFile,
    CarpFile,
    find_instances,
    kind_of,
    read_carp,
    read_solomon,
    read_solution,
    read_vrplib,
)
from tests.benchmarks.routing_made import SHAPES, lower_bound, make_network

CARP = "4\n4\n0 1 3 2\n1 2 4 2\n2 3 5 0\n0 3 6 2\n2\n4\n24\n24\n"
SOLOMON = """T1

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0  0  0  0  0  100  0
    1  3  4  4  0  50   2
    2  6  8  5  20  60  2
    3  0  5  4  0  90   2
"""
VRPLIB = """NAME : t
COMMENT : made up: by hand
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 5
DEMAND_SECTION
1 0
2 4
3 5
4 4
DEPOT_SECTION
1
-1
EOF
"""
SEVERAL = """NAME: m
TYPE: MDPCVRPTW
DIMENSION: 4
EDGE_WEIGHT_TYPE: EUC_2D
VEHICLES: 2
CAPACITY: 10
SERVICE_TIME: 1
VEHICLES_MAX_DURATION: 40
NODE_COORD_SECTION
1 0 0
2 10 0
3 1.5 0
4 9 0
DEMAND_SECTION
1 0
2 0
3 1
4 1
TIME_WINDOW_SECTION
1 0 100
2 0 100
3 30 60
4 0 10
PRIZE_SECTION
1 0
2 0
3 0
4 7
VEHICLES_DEPOT_SECTION
1 1
2 2
DEPOT_SECTION
1
2
-1
"""


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_files_are_told_apart_by_what_they_hold(file: Callable[[str, str], Path], tmp_path: Path) -> None:
    texts = {"a.dat": CARP, "b.txt": SOLOMON, "c.vrp": VRPLIB, "d.txt": CARP, "e.txt": "number-of-vertices\n"}
    for name, text in texts.items():
        file(name, text)
    file("f.sol", "Cost 5\n")
    assert [(kind, path.name) for kind, path in find_instances(tmp_path)] == [
        ("carp", "a.dat"),
        ("solomon", "b.txt"),
        ("vrplib", "c.vrp"),
        ("carp", "d.txt"),
    ]
    assert kind_of(tmp_path / "e.txt") is None
    assert set_of("solomon", tmp_path / "b.txt") == tmp_path.name


def test_carp_holds_edges_fleet_and_bounds(file: Callable[[str, str], Path]) -> None:
    read = read_carp(file("t.dat", CARP))
    assert (read.nodes, read.vehicles, read.capacity, read.lower, read.upper) == (4, 2, 4, 24, 24)
    assert read.edges.tolist() == [[0, 1, 3, 2], [1, 2, 4, 2], [2, 3, 5, 0], [0, 3, 6, 2]]
    assert node_distances(read)[0].tolist() == [0, 3, 7, 6]


def test_solomon_and_vrplib_hold_the_same_town(file: Callable[[str, str], Path]) -> None:
    one, other = read_solomon(file("t.txt", SOLOMON)), read_vrplib(file("t.vrp", VRPLIB))
    assert one.distance[0].tolist() == other.distance[0].tolist() == [0, 5, 10, 5]
    assert one.demand.tolist() == other.demand.tolist() == [0, 4, 5, 4]
    assert one.windows is not None
    assert one.windows[2].tolist() == [20, 60]
    assert (one.service[0], one.service[1], len(one.depot_of), other.windows) == (0, 2, 3, None)


def test_vrplib_holds_depots_prizes_and_durations(file: Callable[[str, str], Path]) -> None:
    read = read_vrplib(file("m.vrp", SEVERAL))
    assert (read.kind, read.depots, read.longest, read.depot_of.tolist()) == ("MDPCVRPTW", 2, 40.0, [0, 1])
    assert read.prizes.tolist() == [0, 0, 0, 7]
    assert read.service.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        ("a.dat", CARP.replace("1 2 4 2", "1 2 4"), 4, "4 numbers"),
        ("a.dat", CARP.replace("1 2 4 2", "1 9 4 2"), 4, "0 to 3"),
        ("a.dat", CARP.replace("1 2 4 2", "1 2 x 2"), 4, "'x'"),
        ("a.dat", CARP.replace("1 2 4 2", "1 2 4 9"), 4, "above the capacity 4"),
        ("a.dat", CARP.removesuffix("24\n"), 9, "lower and upper bound"),
        ("a.dat", "4 4\n", 1, "number of vertices"),
        ("b.txt", SOLOMON.replace("3  4  4  0", "3  4  0"), 11, "7 numbers"),
        ("b.txt", SOLOMON.replace("6  8", "six  8"), 12, "word"),
        ("b.txt", SOLOMON.split("    0  0")[0], 5, "no customers"),
        ("c.vrp", VRPLIB.replace("3 6 8", "3 6"), 10, "3 numbers"),
        ("c.vrp", VRPLIB.replace("4 4\nDEPOT", "DEPOT"), 15, "has 3 rows, DIMENSION says 4"),
        ("c.vrp", VRPLIB.replace("DEMAND_SECTION", "BACKHAUL_SECTION"), 12, "BACKHAUL_SECTION is not known"),
        ("c.vrp", VRPLIB.replace("EUC_2D", "EXPLICIT"), 5, "only EUC_2D"),
        ("c.vrp", VRPLIB.replace("CAPACITY : 10", "CAPACITY : many"), 6, "not a number"),
        ("c.vrp", VRPLIB.replace("COMMENT", "SPEED"), 2, "SPEED is not known"),
        ("m.vrp", SEVERAL.replace("2 2\nDEPOT", "2 5\nDEPOT"), 31, "no depot 5"),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    file: Callable[[str, str], Path], name: str, text: str, line: int, why: str
) -> None:
    readers = {"a.dat": read_carp, "b.txt": read_solomon, "c.vrp": read_vrplib, "m.vrp": read_vrplib}
    with pytest.raises(BrokenFile) as caught:
        readers[name](file(name, text))
    assert (caught.value.facts["file"], caught.value.facts["line"]) == (name, line)
    assert why in str(caught.value.facts["why"])


def test_an_edge_out_of_reach_is_named(file: Callable[[str, str], Path]) -> None:
    lonely = "4\n2\n0 1 3 2\n2 3 4 2\n1\n4\n0\n0\n"
    with pytest.raises(BrokenFile) as caught:
        node_distances(read_carp(file("t.dat", lonely)))
    assert caught.value.facts["line"] == 4


def test_the_rounding_is_the_one_a_stored_solution_was_made_with(file: Callable[[str, str], Path]) -> None:
    read = read_vrplib(file("t.vrp", VRPLIB.replace("3 6 8", "3 6 8.57").replace("2 3 4\n", "2 3 4.7\n", 1)))
    routes = [[1, 2], [3]]
    drawn = "".join(f"Route #{i + 1}: {' '.join(map(str, route))}\n" for i, route in enumerate(routes))
    for rounding in ("nearest", "tenth", "thousandth"):
        cost = routes_cost(read, stored_routes(read, routes), rounding)
        found = read_solution(file("t.sol", f"{drawn}Cost {cost}\n"))
        assert found is not None
        assert rounding_of(read, found) == rounding
        assert best_known(read, found, rounding) == cost
    tenths = routes_cost(read, stored_routes(read, routes), "tenth")
    pointed = read_solution(file("t.sol", f"{drawn}Cost {tenths / 10}\n"))
    assert pointed is not None
    assert rounding_of(read, pointed) == "tenth"
    assert best_known(read, pointed, "tenth") == tenths


def test_without_a_stored_solution_the_rounding_goes_by_the_kind(file: Callable[[str, str], Path]) -> None:
    assert read_solution(Path("nowhere.sol")) is None
    assert rounding_of(read_vrplib(file("t.vrp", VRPLIB)), None) == "nearest"
    assert rounding_of(read_solomon(file("t.txt", SOLOMON)), None) == "tenth"
    assert rounding_of(read_vrplib(file("m.vrp", SEVERAL)), None) == "thousandth"


def test_answers_are_judged_from_the_file(file: Callable[[str, str], Path]) -> None:
    read = read_solomon(file("t.txt", SOLOMON))
    assert broken_rules(read, [(0, [1, 2]), (0, [3])], "tenth") == []
    assert broken_rules(read, [(0, [1, 2])], "tenth") == ["each required client once"]
    assert broken_rules(read, [(0, [1, 2, 3])], "tenth") == ["capacity"]
    assert broken_rules(read, [(0, [1]), (0, [2]), (0, [3]), (0, [3])], "tenth") == [
        "each required client once",
        "no more vehicles than there are",
    ]
    late = read_solomon(file("t.txt", SOLOMON.replace("20  60", "0  9")))
    assert broken_rules(late, [(0, [1]), (0, [2]), (0, [3])], "tenth") == ["windows"]


def test_prizes_depots_and_durations_are_judged_from_the_file(file: Callable[[str, str], Path]) -> None:
    several = read_vrplib(file("m.vrp", SEVERAL))
    assert broken_rules(several, [(0, [2])], "thousandth") == []
    assert broken_rules(several, [(0, [2]), (1, [3])], "thousandth") == []
    assert broken_rules(several, [(0, [2]), (0, [3])], "thousandth") == ["no more vehicles than there are"]
    # Depot 2 at 9, client 3 from 10 to 11, at client 2 at 18.5, waiting until 30, home at 39.5: 30.5, or less if it
    # could start later, which client 3's window does not allow.
    assert broken_rules(several, [(1, [3, 2])], "thousandth") == []
    short = read_vrplib(file("m.vrp", SEVERAL.replace("DURATION: 40", "DURATION: 30")))
    assert broken_rules(short, [(1, [3, 2])], "thousandth") == ["duration"]
    # Alone, client 2 is reached from depot 1 just when its window opens.
    brief = read_vrplib(file("m.vrp", SEVERAL.replace("DURATION: 40", "DURATION: 4")))
    assert broken_rules(brief, [(0, [2])], "thousandth") == []
    assert routes_cost(several, [(0, [2])], "thousandth") == 3_000 + 7_000


def test_street_answers_are_judged_from_the_file(file: Callable[[str, str], Path]) -> None:
    read = read_carp(file("t.dat", CARP))
    apart = node_distances(read)
    assert carp_broken(read, apart, [[(0, False), (1, False)], [(3, False)]], 3 + 4 + 7 + 12) == []
    assert carp_broken(read, apart, [[(0, True), (1, False)], [(3, False)]], 26) == ["cost 26 is not 32"]
    assert carp_broken(read, apart, [[(0, False), (1, False)]], 14) == ["each required edge once"]
    assert "capacity" in carp_broken(read, apart, [[(0, False), (1, False), (3, False)]], 99)


def test_the_benchmark_solves_a_folder_and_says_what_it_could_not_read(
    file: Callable[[str, str], Path], tmp_path: Path
) -> None:
    file("t-s1.dat", CARP)
    file("solomon.txt", SOLOMON)
    file("solomon.sol", "Route #1: 1 2\nRoute #2: 3\nCost 30.0\n")
    file("cvrp.vrp", VRPLIB)
    file("several.vrp", SEVERAL)
    file("broken.vrp", VRPLIB.replace("EUC_2D", "EXPLICIT"))
    figures = run(Settings(tmp_path), [str(tmp_path), "--seconds", "0.05"])
    rows = {row["name"]: row for row in figures["rows"]}
    assert figures["infeasible"] == 0
    assert figures["mean_gap_pct"] == pytest.approx(np.mean([rows["t-s1"]["gap_pct"], rows["solomon"]["gap_pct"]]))
    assert (rows["t-s1"]["cost"], rows["t-s1"]["best_known"], rows["t-s1"]["vehicles"]) == (24, 24, 2)
    assert (rows["solomon"]["cost"], rows["solomon"]["gap_pct"], rows["solomon"]["clients"]) == (300, 0.0, 3)
    assert (rows["cvrp"]["cost"], rows["cvrp"]["gap_pct"]) == (30, None)
    # Client 2 must be visited and costs 3 from depot 1; client 3 costs 2 from depot 2 and its prize is 7.
    assert rows["several"]["cost"] == 5_000
    assert figures["sets"]["t-s"]["rows"] == 1
    assert [one["file"] for one in figures["unread"]] == ["broken.vrp"]


@pytest.mark.parametrize("number", range(1, 8))
def test_made_networks_hang_together_and_have_the_streets_and_vehicles_they_are_made_for(number: int) -> None:
    made = make_network(number)
    distance = node_distances(made)
    required = made.edges[made.edges[:, 3] > 0]
    assert (len(required), made.vehicles) == SHAPES[number - 1]
    assert len({tuple(sorted(ends)) for ends in made.edges[:, :2].tolist()}) == len(made.edges) == 190
    assert (distance[0, 1:] > 0).all()
    assert required[:, 3].max() <= made.capacity
    assert lower_bound(made, distance) > required[:, 2].sum()


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_no_answer_is_below_the_bound(seed: int) -> None:
    """Whatever order and split of a small town's streets, ridden in the best directions, costs no less."""
    rng = np.random.default_rng(seed)
    line = [(node, node + 1) for node in range(4)]
    ends = np.array(line + [(a, b) for a, b in rng.integers(0, 5, (3, 2)).tolist() if a != b])
    edges = np.column_stack([ends, rng.integers(1, 9, len(ends)), rng.integers(0, 4, len(ends))])
    file = CarpFile("t", 5, edges, 1, 4, 0, 0)
    required = np.flatnonzero(edges[:, 3])
    problem = one_depot(
        node_distances(file),
        edges[required, :2].tolist(),
        edges[required, 2].tolist(),
        edges[required, 3].tolist(),
        7,
        4,
    )
    best = math.inf
    for order in itertools.islice(itertools.permutations(range(len(required))), 0, None, 7):
        cost, route = 0, list[int]()
        for street in order:
            if problem.load[[*route, street]].sum() > 4:
                cost, route = cost + route_cost(problem, 0, best_directions(problem, 0, route)), []
            route.append(street)
        best = min(best, cost + route_cost(problem, 0, best_directions(problem, 0, route)))
        if problem.streets <= 1:
            break
    assert lower_bound(file, node_distances(file)) <= best


def test_a_made_network_is_held_against_longer_runs_and_the_bound() -> None:
    warm_up()
    (row,) = solve_made(make_network(1), 0.1, 1, 2.0)
    assert row["feasible"]
    assert row["lower_bound"] <= row["best_known"] <= row["cost"]
    assert row["gap_pct"] <= row["bound_gap_pct"]
