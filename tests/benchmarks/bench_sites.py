"""Choosing sites beside a peer: the quick choice, the proven one, seconds.

``pianqu bench sites [--demand M] [--candidates N]`` chooses on complaints of a real city where its file lies beside the
project (else on a made-up one), with and without spacing, and on the sample county by walking time. The peer is spopt's
MCLP with HiGHS, which knows no spacing; if it is not installed it is named missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from geo.hotspots.siting.choose import choose_best, choose_quickly
from geo.hotspots.siting.coverage import Siting, too_near, within_radius, within_walk
from geo.settings import Settings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RADIUS_M = 800.0
CELL_M = 500.0


def city(demand: int, candidates: int) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """Name, places of demand with weights, places of candidates; metres."""
    import pandas

    from geo.crs import transformer

    rng = np.random.default_rng(1)
    path = DATA / "chicago-sanitation-2011-2013" / "sanitation_2011_2013.csv.gz"
    if path.exists():
        rows = pandas.read_csv(path, usecols=["lat", "lon"]).dropna()
        x, y = transformer(4326, 26916).transform(rows["lon"].to_numpy(), rows["lat"].to_numpy())
        xy, name = np.column_stack([x, y]), "Chicago complaints"
    else:
        heart = rng.uniform(0, 20_000, (60, 2))
        xy, name = heart[rng.integers(0, 60, 50_000)] + rng.normal(0, 1_500, (50_000, 2)), "made up"
    cells = pandas.DataFrame(xy // CELL_M, columns=["i", "j"]).value_counts().head(demand).sort_index()
    places = np.array(cells.index.to_list()) * CELL_M + CELL_M / 2
    return name, places, cells.to_numpy(float), xy[rng.choice(len(xy), candidates, replace=False)]


def measure(name: str, siting: Siting, p: int, spacing_m: float) -> dict[str, Any]:
    """Both choices of one problem; seconds are CPU, the model's making included."""
    begun = time.process_time()
    quick = choose_quickly(siting, p)
    quick_s = time.process_time() - begun
    begun = time.process_time()
    best = choose_best(siting, p)
    best_s = time.process_time() - begun
    row = {
        "data": name, "method": "ours", "demand": len(siting.weight), "candidates": siting.covers.shape[0], "p": p,
        "spacing_m": spacing_m, "pairs": len(siting.near[0]), "quick_s": round(quick_s, 4),
        "quick_share": round(quick.covered / siting.total, 4), "cpu_s": round(best_s, 2),
        "share": round(best.covered / siting.total, 4), "proven": best.proven,
    }  # fmt: skip
    sys.stderr.write("  ".join(f"{key} {value}" for key, value in row.items()) + "\n")
    return row


def peer(name: str, siting: Siting, p: int) -> dict[str, Any]:
    """spopt's MCLP on the same cover; it has no spacing."""
    if importlib.util.find_spec("spopt") is None:
        return {"data": name, "method": "peer missing: spopt is not installed"}
    import pulp
    from spopt.locate import MCLP

    begun = time.process_time()
    cost = np.where(siting.covers.toarray().T, 0.0, 1.0)
    model = MCLP.from_cost_matrix(cost, siting.weight, service_radius=0.5, p_facilities=p)
    model.solve(pulp.HiGHS(msg=False, threads=1))
    seconds = time.process_time() - begun
    chosen = np.array([i for i, served in enumerate(model.fac2cli) if served], dtype=np.int64)
    hit = np.asarray(siting.covers[chosen].sum(axis=0)).ravel() > 0
    row = {
        "data": name, "method": "spopt MCLP, HiGHS", "p": p, "spacing_m": 0.0, "cpu_s": round(seconds, 2),
        "share": round(float(siting.weight[hit].sum()) / siting.total, 4),
    }  # fmt: skip
    sys.stderr.write("  ".join(f"{key} {value}" for key, value in row.items()) + "\n")
    return row


def sample_row() -> list[dict[str, Any]]:
    """Relief points in the sample county, eight minutes' walk along its streets, 200 m off schools."""
    from geo.hotspots.siting.county import CODES, RULES, event_demand, street_candidates
    from geo.hotspots.siting.plan import SiteRequest, find_sites
    from geo.roads.network import build_network
    from tests.sample import sample_county

    layers = {name: frame.to_crs(4548) for name, frame in sample_county().layers.items() if len(frame)}
    stored = sample_county().layers["road"].reset_index(drop=True)
    events = layers["event"].assign(x=layers["event"].geometry.x, y=layers["event"].geometry.y)
    events = events.assign(duplicate=events["duplicate_of"].notna(), default_geocode=False, weight=1.0)
    demand = event_demand(events, CODES["vendor_relief"], 365, 4548)
    candidates = street_candidates(layers["road"])
    network = build_network(stored, 4548)
    begun = time.process_time()
    reach, _ = within_walk(
        network, *(np.column_stack([f.geometry.x, f.geometry.y]) for f in (candidates, demand)), 480.0
    )
    walk_s = time.process_time() - begun
    request = SiteRequest(p=10, spacing_m=300.0, rules=RULES["vendor_relief"], seconds=120.0)
    begun = time.process_time()
    found = find_sites(candidates, demand, request, layers=layers, network=network)
    row = {
        "data": "sample county, 8 min walk", "method": "ours", "demand": len(demand), "candidates": len(candidates),
        "left": found.left, "p": 10, "spacing_m": 300.0, "walk_cpu_s": round(walk_s, 2), "reached": int(reach.nnz),
        "quick_s": round(found.quick.seconds, 3), "cpu_s": round(time.process_time() - begun, 2),
        "proof_s": round(found.choice.seconds, 2), "quick_share": found.summary()["quick_share"],
        "share": found.summary()["share"], "proven": found.choice.proven,
    }  # fmt: skip
    sys.stderr.write("  ".join(f"{key} {value}" for key, value in row.items()) + "\n")
    return [row]


def town_rows() -> list[dict[str, Any]]:
    """Real towns, ten minutes' walk to every building, where their extracts lie beside the project."""
    from geopandas import GeoDataFrame

    from geo.crs import STORAGE, metric_srid
    from geo.hotspots.siting.county import street_candidates
    from geo.hotspots.siting.files import STREET
    from geo.layers.readers.parent import open_osm
    from geo.layers.reports import ImportOptions
    from geo.roads.network import build_network

    rows: list[dict[str, Any]] = []
    files = {"guixi": "osm-guixi-town/guixi-2024-11.osm", "nanjing": "osm-nanjing-centre/nanjing-centre-2021-06-12.osm"}
    for town, file in files.items():
        if not (DATA / file).exists():
            rows.append({"data": town, "method": "no data"})
            continue
        shapes: dict[str, list[Any]] = {"road": [], "building": []}
        with open_osm(DATA / file, ImportOptions(source="osm", crs="EPSG:4326", key="source_key")) as raw:
            for layer, batch in raw.layers():
                if layer in shapes:
                    shapes[layer] += list(batch.geometry)
        roads = GeoDataFrame(geometry=shapes["road"], crs=STORAGE).assign(**STREET)
        srid = metric_srid(*roads.total_bounds[:2])
        network = build_network(roads, srid)
        candidates = street_candidates(roads.to_crs(srid))
        homes = GeoDataFrame(geometry=shapes["building"], crs=STORAGE).to_crs(srid).geometry.centroid
        spots, places = (np.column_stack([f.x, f.y]) for f in (candidates.geometry, homes))
        begun = time.process_time()
        reach, off = within_walk(network, spots, places, 600.0)
        walk_s = time.process_time() - begun
        siting = Siting(np.ones(len(places)), reach, too_near(spots, 300.0), np.zeros(len(places), dtype=bool))
        row = measure(f"{town}, 10 min walk", siting, 3, 300.0)
        rows.append({**row, "walk_cpu_s": round(walk_s, 2), "off_street": round(float(off.mean()), 4)})
    return rows


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Choose, and let the peer choose; CPU seconds of one thread, since the machine may be shared."""
    del settings
    parser = argparse.ArgumentParser(prog="bench sites")
    parser.add_argument("--demand", type=int, default=1_700)
    parser.add_argument("--candidates", type=int, default=700)
    options = parser.parse_args(arguments)
    name, places, weight, spots = city(options.demand, options.candidates)
    covers, served = within_radius(spots, places, RADIUS_M), np.zeros(len(weight), dtype=bool)
    rows = []
    for p in (5, 10, 20):
        for spacing_m in (0.0, 500.0, 1_500.0):
            siting = Siting(weight, covers, too_near(spots, spacing_m), served)
            rows.append(measure(name, siting, p, spacing_m))
        rows.append(peer(name, Siting(weight, covers, too_near(spots, 0.0), served), p))
    ours = [row for row in rows if row["method"] == "ours"]
    return {
        "name": "sites",
        "rows": rows + sample_row() + town_rows(),
        "quick_s": max(row["quick_s"] for row in ours),
        "cpu_s": max(row["cpu_s"] for row in ours),
        "proven": all(row["proven"] for row in ours),
    }
