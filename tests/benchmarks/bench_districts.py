"""A redistrict beside a peer's regionalisation: evenness, pieces, distance, seconds.

``pianqu bench districts [--units N] [--n K] [--seeds S]`` cuts made-up grids with skewed loads, complaints of a real
city where its file lies beside the project, the sample county's unit grids, and blocks of real towns. The peer is
spopt (Ward, RegionKMeans) if it is installed; else it is named missing, and the bound stands alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.hotspots.districting.links import Links, check_strengths, find_links
from geo.hotspots.districting.pieces import count_pieces
from geo.hotspots.districting.redistrict import redistrict
from geo.hotspots.districting.units import Units
from geo.settings import Settings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SIDE_M = 1_100.0


def made_up(units: int, seed: int) -> Units:
    """Squares of 300 m with gamma loads: a few units carry most."""
    rng = np.random.default_rng(seed)
    columns = int(np.ceil(units**0.5))
    areas = [
        shapely.box(300 * (i % columns), 300 * (i // columns), 300 * (i % columns) + 300, 300 * (i // columns) + 300)
        for i in range(units)
    ]
    return Units.of(areas, rng.gamma(0.7, 50.0, units))


def chicago() -> Units | None:
    """Complaints of 2011-2013 in squares of 1.1 km, if the file is there."""
    import pandas

    from geo.crs import transformer

    path = DATA / "chicago-sanitation-2011-2013" / "sanitation_2011_2013.csv.gz"
    if not path.exists():
        return None
    rows = pandas.read_csv(path, usecols=["lat", "lon"]).dropna()
    x, y = transformer(4326, 26916).transform(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    cells = pandas.DataFrame({"i": x // SIDE_M, "j": y // SIDE_M}).value_counts().sort_index()
    areas = [shapely.box(i * SIDE_M, j * SIDE_M, (i + 1) * SIDE_M, (j + 1) * SIDE_M) for i, j in cells.index.to_list()]
    return Units.of(areas, cells.to_numpy(float))


def measure(name: str, units: Units, links: Links, k: int, seeds: int, strength: Any = None) -> dict[str, Any]:
    """One cut; seconds are CPU, borders between units included."""
    begun = time.process_time()
    cut = redistrict(units, links, k, strength=strength or check_strengths({}), seeds=seeds)
    seconds = time.process_time() - begun
    share = np.searchsorted(sorted(cut.names), np.array(cut.codes))
    row = {
        "data": name, "units": len(units.keys), "n": k, "method": "ours", "cpu_s": round(seconds, 2),
        "max_over_mean": round(cut.max_over_mean, 4), "bound": round(cut.bound, 4),
        "in_pieces": int((count_pieces(share, len(cut.names), cut.links) != 1).sum()),
        "distance_m": round(distance(units, share)),
    }  # fmt: skip
    if cut.max_over_mean_before is not None:
        row |= {"before": round(cut.max_over_mean_before, 4), "moved_load": round(cut.moved_load, 4)}
    sys.stderr.write("  ".join(f"{key} {value}" for key, value in row.items()) + "\n")
    return row


def distance(units: Units, share: np.ndarray) -> float:
    """Mean metres of load from the middle of the load it is put with."""
    xy, load, k = units.centres, units.load, int(share.max()) + 1
    total = np.bincount(share, load, k)
    middle = np.column_stack([np.bincount(share, load * xy[:, axis], k) / total for axis in (0, 1)])
    return float(np.average(np.hypot(*(xy - middle[share]).T), weights=load))


def peers(name: str, units: Units, links: Links, k: int) -> list[dict[str, Any]]:
    """spopt's regionalisations on the same rook graph; each in a row of its own."""
    if importlib.util.find_spec("spopt") is None:
        return [{"data": name, "method": "peer missing: spopt is not installed"}]
    import geopandas
    from libpysal.weights import W
    from spopt.region import RegionKMeansHeuristic, WardSpatial

    n = len(units.keys)
    beside: dict[int, list[int]] = {i: [] for i in range(n)}
    for i, j in zip(links.one.tolist(), links.other.tolist(), strict=True):
        beside[i].append(j)
        beside[j].append(i)
    weights = W(beside, silence_warnings=True)
    xy = units.centres
    frame = geopandas.GeoDataFrame({"load": units.load, "x": xy[:, 0], "y": xy[:, 1]}, geometry=list(units.areas))
    made = {
        "spopt Ward": lambda: WardSpatial(frame, weights, ["x", "y"], n_clusters=k),
        "spopt RegionKMeans": lambda: RegionKMeansHeuristic(frame[["x", "y"]].to_numpy(), k, weights),
    }
    rows = []
    for method, make in made.items():
        begun = time.process_time()
        model = make()
        model.solve()
        seconds = time.process_time() - begun
        share = np.unique(np.asarray(model.labels_), return_inverse=True)[1]
        held = np.bincount(share, units.load)
        row = {
            "data": name, "units": n, "n": int(share.max()) + 1, "method": method, "cpu_s": round(seconds, 2),
            "max_over_mean": round(float(held.max() / held.mean()), 4),
            "in_pieces": int((count_pieces(share, len(held), links) != 1).sum()),
            "distance_m": round(distance(units, share)),
        }  # fmt: skip
        sys.stderr.write("  ".join(f"{key} {value}" for key, value in row.items()) + "\n")
        rows.append(row)
    return rows


def sample_rows(seeds: int) -> list[dict[str, Any]]:
    """The sample county's 片区 re-cut from its unit grids, rivers hard and soft."""
    from geo.hotspots.districting.ground import find_walls
    from geo.hotspots.districting.loads import minutes_of, sum_events
    from tests.sample import sample_county

    layers = {name: frame.to_crs(4548) for name, frame in sample_county().layers.items() if len(frame)}
    grids, events = layers["unit_grid"], layers["event"]
    areas = np.asarray(grids.geometry.array, dtype=object)
    xy = np.column_stack([events.geometry.x, events.geometry.y])
    load, _ = sum_events(areas, xy, minutes_of(events["code"].to_numpy(object)))
    units = Units.of(areas, load, keys=grids["code"].tolist(), before=grids["district_code"].tolist())
    admin = layers["admin_area"]
    towns = np.asarray(admin[admin["level"] == "town"].geometry.array, dtype=object)
    walls = find_walls(layers["water"], layers["waterway"], layers["road"])
    rows = []
    for river in ("hard", "soft"):
        strength = check_strengths({"river": river})
        links = find_links(units, walls=walls, towns=towns, strength=strength)
        rows.append(measure(f"sample county, river {river}", units, links, 12, seeds, strength))
    return rows


def town_rows(seeds: int) -> list[dict[str, Any]]:
    """Blocks of real towns by metres of street, where their extracts lie beside the project."""
    from geopandas import GeoDataFrame

    from geo.crs import STORAGE, metric_srid
    from geo.hotspots.districting.ground import block_units, find_walls
    from geo.hotspots.districting.loads import sum_streets
    from geo.layers.readers.parent import open_osm
    from geo.layers.reports import ImportOptions

    rows: list[dict[str, Any]] = []
    files = {"guixi": "osm-guixi-town/guixi-2024-11.osm", "nanjing": "osm-nanjing-centre/nanjing-centre-2021-06-12.osm"}
    for town, file in files.items():
        if not (DATA / file).exists():
            rows.append({"data": town, "method": "no data"})
            continue
        shapes: dict[str, list[Any]] = {"road": [], "water": [], "waterway": []}
        tiers: list[str] = []
        with open_osm(DATA / file, ImportOptions(source="osm", crs="EPSG:4326", key="source_key")) as raw:
            for layer, batch in raw.layers():
                if layer in shapes:
                    shapes[layer] += list(batch.geometry)
                if layer == "road":
                    tiers += batch.columns.column("tier").to_pylist()
        west, south, east, north = shapely.total_bounds(np.array(shapes["road"], dtype=object))
        srid = metric_srid((west + east) / 2, (south + north) / 2)
        frames = {
            name: GeoDataFrame({"tier": tiers} if name == "road" else {}, geometry=found, crs=STORAGE).to_crs(srid)
            for name, found in shapes.items()
        }
        streets = np.asarray(frames["road"].geometry.array, dtype=object)
        ground = shapely.box(*shapely.total_bounds(streets))
        begun = time.process_time()
        areas = block_units(ground, frames["road"], frames["waterway"])
        units = Units.of(areas, sum_streets(areas, streets))
        links = find_links(units, walls=find_walls(frames["water"], frames["waterway"], frames["road"]))
        blocks_s = time.process_time() - begun
        row = measure(town, units, links, 6, seeds)
        gap = abs(float(shapely.area(areas).sum()) - ground.area)
        rows.append({**row, "blocks_cpu_s": round(blocks_s, 2), "gap_or_overlap_m2": round(gap, 2)})
    return rows


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Cut, and let the peer cut; CPU seconds of one thread, since the machine may be shared."""
    del settings
    parser = argparse.ArgumentParser(prog="bench districts")
    parser.add_argument("--units", type=int, default=500)
    parser.add_argument("--n", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=8)
    options = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    sets: dict[str, Units | None] = {f"made up, seed {seed}": made_up(options.units, seed) for seed in (1, 2, 3)}
    sets["Chicago complaints, 1.1 km"] = chicago()
    for name, units in sets.items():
        if units is None:
            rows.append({"data": name, "method": "no data"})
            continue
        links = find_links(units)
        rows.append(measure(name, units, links, options.n, options.seeds))
        if name != "made up, seed 2" and name != "made up, seed 3":
            rows += peers(name, units, links, options.n)
    rows += sample_rows(options.seeds) + town_rows(options.seeds)
    ours = [row for row in rows if row.get("method") == "ours" and row["data"].startswith(("made up", "Chicago"))]
    return {
        "name": "districts",
        "rows": rows,
        "max_over_mean": max(row["max_over_mean"] for row in ours),
        "in_pieces": sum(row["in_pieces"] for row in ours),
        "cpu_s": max(row["cpu_s"] for row in ours),
    }
