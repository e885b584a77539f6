"""Travel matrices: 500 × 500 on the streets of central Shanghai, ours against pgRouting where it is installed.

Without the ``pgrouting`` extension in the embedded cluster only our own time is measured, and the result says so;
without ``../shared/data`` a made-up town of the same size stands in.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from geo.db.engine import Database
from geo.roads.network import ModeGraph, Network, build_network, unpack
from geo.roads.places import Place, PlacedNetwork
from geo.roads.speeds import MODES
from geo.settings import Settings
from tests.towns import SRID, grid

PLACES = 500
SHANGHAI = Path(__file__).parents[3] / "shared/data/osm-shanghai-roads/shanghai-centre-roads-2025-08-09.osm.gz"
SHANGHAI_SRID = 4549


def make_roads() -> tuple[str, Any, int]:
    """What the streets are, their frame, and the metric CRS."""
    if SHANGHAI.exists():
        return "centre of Shanghai", _read(SHANGHAI), SHANGHAI_SRID
    rng = np.random.default_rng(1)
    town = grid(68, 68)
    town = town[rng.random(len(town)) < 0.8]
    return "made-up town", town.assign(oneway=np.where(rng.random(len(town)) < 0.25, 1, 0)), SRID


def _read(path: Path) -> Any:
    """The streets of an OSM extract as the road layer has them."""
    import geopandas
    import pandas

    from geo.crs import STORAGE
    from geo.layers.readers.parent import open_osm
    from geo.layers.reports import ImportOptions

    frames = []
    with open_osm(path, ImportOptions(source="osm", crs="EPSG:4326", key="source_key")) as raw:
        for layer, batch in raw.layers():
            if layer == "road":
                frame = batch.columns.to_pandas()
                frames.append(geopandas.GeoDataFrame(frame, geometry=list(batch.geometry), crs=STORAGE))
    roads = pandas.concat(frames, ignore_index=True)
    return roads.assign(level=roads["level"].fillna(0).astype(int), owner_district=None)


def crossings(network: Network, graph: ModeGraph) -> tuple[list[Place], np.ndarray[Any, Any]]:
    """Crossings of the main part as places, and their node numbers: both sides measure the same pairs.

    A place at the end of a one-way can only go on along it, so places stand on two-way blocks.
    """
    pieces = np.arange(len(network.road))
    both_ways = np.bincount(graph.piece, minlength=len(pieces)) == 2
    inside = pieces[graph.in_main(pieces, network.start, network.end) & both_ways]
    nodes, first = np.unique(network.start[inside], return_index=True)
    pick = np.random.default_rng(2).choice(len(nodes), PLACES, replace=False)
    return [Place(int(piece), 0.0) for piece in inside[first[pick]]], nodes[pick]


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure CPU seconds of both (ours in this process, pgRouting in its backend) and how far the costs differ."""
    parser = argparse.ArgumentParser(prog="bench matrix")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    what, roads, srid = make_roads()
    build_network(roads, srid)
    begun = time.process_time()
    network = build_network(roads, srid)
    build_s = time.process_time() - begun
    graph = network.graphs["car"]
    places, nodes = crossings(network, graph)
    PlacedNetwork(build_network(grid(3, 3), SRID), "car", [Place(0, 0.0)]).packed()  # compiles, or loads what was
    begun = time.process_time()
    PlacedNetwork(network, "car", places).packed()
    first_s = time.process_time() - begun
    ours: list[float] = []
    packed = np.zeros((0, 0))
    for _ in range(options.repeats):
        begun = time.process_time()
        packed = PlacedNetwork(network, "car", places).packed()
        ours.append(time.process_time() - begun)
    network = build_network(roads, srid)
    begun = time.process_time()
    for mode in MODES:
        PlacedNetwork(network, mode, places[:300]).packed()
    modes_s = time.process_time() - begun
    result: dict[str, Any] = {
        "name": "matrix",
        "data": f"{what}: {network.node_count} crossings, {len(graph.tail)} directed blocks, {PLACES} × {PLACES}, car",
        "build_three_modes_cpu_s": round(build_s, 3),
        "first_cpu_s": round(first_s, 4),
        "ours_cpu_s": round(min(ours), 4),
        "spread_s": round(statistics.pstdev(ours), 4),
        "three_modes_300_first_cpu_s": round(modes_s, 3),
    }
    theirs = _pgrouting(settings, graph, nodes, options.repeats)
    if theirs is None:
        result["peer"] = "peer missing: pgRouting is not installed"
    else:
        seconds, table = theirs
        result |= {
            "pgrouting_cpu_s": round(seconds, 4),
            "ratio_first": round(seconds / first_s, 2),
            "ratio": round(seconds / min(ours), 2),
            "largest_difference_s": float(np.abs(unpack(packed)[0] / 1000 - table).max()),
        }
    sys.stderr.write("  ".join(f"{name} {value}" for name, value in result.items()) + "\n")
    return result


def _pgrouting(
    settings: Settings, graph: ModeGraph, nodes: np.ndarray[Any, Any], repeats: int
) -> tuple[float, np.ndarray[Any, Any]] | None:
    """CPU seconds of the backend for the same matrix, and the matrix; None without the extension."""
    import psycopg

    database = Database.open(settings)
    try:
        with psycopg.connect(database.dsn("admin")) as connection:
            offered = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pgrouting'").fetchone()
            if offered is None:
                return None
            connection.execute("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE")
            connection.execute("CREATE TEMP TABLE block (id serial, source int, target int, cost float8)")
            with connection.cursor().copy("COPY block (source, target, cost) FROM STDIN") as copy:
                milliseconds, _ = unpack(graph.cost)
                for tail, head, cost in zip(graph.tail, graph.head, milliseconds, strict=True):
                    copy.write_row((int(tail), int(head), float(cost) / 1000))
            (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
            best = float("inf")
            table = np.zeros((len(nodes), len(nodes)))
            at = {int(node): i for i, node in enumerate(nodes)}
            for _ in range(repeats):
                before = _cpu_s(backend)
                rows = connection.execute(
                    "SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCostMatrix("
                    "'SELECT id, source, target, cost, -1::float8 AS reverse_cost FROM block', %s::int[], true)",
                    [[int(node) for node in nodes]],
                ).fetchall()
                best = min(best, _cpu_s(backend) - before)
                for start, end, cost in rows:
                    table[at[start], at[end]] = cost
            connection.rollback()
            return best, table
    finally:
        database.close()


def _cpu_s(process: int) -> float:
    """User and system seconds a process has used so far."""
    import os
    from pathlib import Path

    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
