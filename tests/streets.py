"""Streets of real towns as networks, where their OSM extracts lie beside the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import geopandas
import pandas as pd

from geo.crs import STORAGE, metric_srid
from geo.layers.readers.parent import open_osm
from geo.layers.reports import ImportOptions
from geo.roads.network import ROADS, Network, build_network

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
TOWNS: Final = {
    "guixi": "osm-guixi-town/guixi-2024-11.osm",
    "nanjing": "osm-nanjing-centre/nanjing-centre-2021-06-12.osm",
    "helsinki": "osm-helsinki-centre/Helsinki.osm.pbf",
    "shanghai": "osm-shanghai-roads/shanghai-centre-roads-2025-08-09.osm.gz",
}


def there(town: str) -> bool:
    """Whether the town's extract lies beside the project."""
    return (DATA / TOWNS[town]).exists()


@cache
def real_network(town: str) -> Network:
    """The town's streets as the importer reads them; nobody's ground."""
    tables, lines = [], []
    with open_osm(DATA / TOWNS[town], ImportOptions(source="osm", crs="EPSG:4326", key="source_key")) as raw:
        for layer, batch in raw.layers():
            if layer == "road":
                tables.append(batch.columns.to_pandas())
                lines += list(batch.geometry)
    rows = pd.concat(tables, ignore_index=True).assign(owner_district=None)
    rows["level"] = pd.to_numeric(rows["level"]).fillna(0).astype("int64")
    roads = geopandas.GeoDataFrame(rows[list(ROADS.columns)], geometry=lines, crs=STORAGE)
    roads.index = pd.RangeIndex(1, len(roads) + 1)
    roads["oneway"] = pd.to_numeric(roads["oneway"]).fillna(0).astype("int64")
    roads["speed_kmh"] = pd.to_numeric(roads["speed_kmh"])
    for mode in ("foot", "ebike", "car"):
        roads[mode] = roads[mode].astype(bool)
    for text in ("name", "owner_district"):
        roads[text] = roads[text].astype(object)
    return build_network(roads, metric_srid(*roads.total_bounds[:2]))
