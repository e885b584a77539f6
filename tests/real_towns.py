"""Street networks of real towns, whose extracts lie beside the project; none of them is part of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import shapely

from geo.crs import STORAGE, metric_srid
from geo.roads.network import ROADS, Network, build_network

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FILES = {
    "guixi": "osm-guixi-town/guixi-2024-11.osm",
    "shanghai": "osm-shanghai-roads/shanghai-centre-roads-2025-08-09.osm.gz",
}


@cache
def town_network(town: str) -> Network | None:
    """The streets of a town, None where its extract is not beside the project."""
    from geopandas import GeoDataFrame

    from geo.layers.readers.parent import open_osm
    from geo.layers.reports import ImportOptions

    if not (DATA / FILES[town]).exists():
        return None
    shapes: list[object] = []
    columns: dict[str, list[object]] = {name: [] for name in ROADS.columns if name != "owner_district"}
    with open_osm(DATA / FILES[town], ImportOptions(source="osm", crs="EPSG:4326", key="source_key")) as raw:
        for layer, batch in raw.layers():
            if layer == "road":
                shapes += list(batch.geometry)
                for name, values in columns.items():
                    values += batch.columns.column(name).to_pylist()
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    typed = {
        name: values if name != "level" else [int(str(value)) for value in values] for name, values in columns.items()
    }
    typed["speed_kmh"] = [float("nan") if value is None else float(str(value)) for value in columns["speed_kmh"]]
    index = range(1, len(shapes) + 1)
    roads = GeoDataFrame({**typed, "owner_district": None}, geometry=shapes, crs=STORAGE, index=index)
    return build_network(roads, metric_srid((west + east) / 2, (south + north) / 2))
