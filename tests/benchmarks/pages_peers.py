"""What lists, maps and statistics are measured against: the plain statements, straight from the database.

A list is the page that any server of features makes of the table, a map the tile that servers of vector tiles make of
it, a statistic one ``GROUP BY``. None of them knows who may see what, words the answer, or sends it anywhere.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from geo.db.engine import Database
from geo.tiles.boxes import tile_at
from tests.benchmarks.bench_statistics import (
    SIDE,
    SOUTH,
    TENANT,
    WEST,
    cpu_s,
    period,
    server_of,
    show,
    summary,
)

TILE = text("""
SELECT ST_AsMVT(q, 'event', 4096, 'geom', 'id') FROM (
  SELECT t.id, t.code, t.origin, ST_AsMVTGeom(t.geom_3857, ST_TileEnvelope(:z, :x, :y), 4096, 64, true) AS geom
    FROM event t WHERE t.tenant = :tenant AND t.geom_3857 && ST_TileEnvelope(:z, :x, :y, margin => 64.0 / 4096)) q""")
"""A tile as servers of vector tiles make it of a table (Martin, pg_tileserv)."""

PAGE = """
SELECT json_agg(json_build_object('type', 'Feature', 'id', p.id, 'geometry', ST_AsGeoJSON(p.geom)::json,
                                  'properties', to_json(p)::jsonb - 'geom' - 'geom_3857'))
  FROM (SELECT * FROM event t WHERE t.tenant = :tenant AND {where} ORDER BY t.id LIMIT 100) p"""

GROUPED = text("""
SELECT p.district_code, t.code, t.unit, count(*), sum(t.quantity)
  FROM event t JOIN event_place p ON p.tenant = t.tenant AND p.event_id = t.id
 WHERE t.tenant = :tenant AND t.occurred_at >= CAST(:first AS date)
   AND t.occurred_at < CAST(:last AS date) + 1 GROUP BY 1, 2, 3""")

FEW = 4


def measure_peers(database: Database) -> dict[str, Any]:
    """Each plain statement some times on its own draws; keyed as the question of ours it stands beside."""
    found = {f"z{zoom}": _take(database, f"z{zoom}", TILE, _tile_of(zoom)) for zoom in (9, 12, 14, 15, 16)}
    pages: dict[str, tuple[str, Callable[[random.Random], dict[str, Any]]]] = {
        "first page": ("true", lambda _: {}),
        "box": ("t.geom && ST_MakeEnvelope(:west, :south, :west + 0.01, :south + 0.01, 4490)", _box),
        "one day": ("t.occurred_at >= :first AND t.occurred_at < CAST(:first AS date) + 1", _days),
        "void ones": ("t.duplicate_of = 'void'", lambda _: {}),
    }
    for name, (where, draw) in pages.items():
        found[name] = _take(database, name, text(PAGE.format(where=where)), draw)
    found["by 片区 and code"] = _take(database, "by 片区 and code", GROUPED, _days)
    return found


def _take(database: Database, name: str, statement: Any, draw: Callable[[random.Random], dict[str, Any]]) -> Any:
    chosen, taken, largest, roots = random.Random(name), [], 0, [server_of(database)]
    spent = -cpu_s(roots)
    for _ in range(1 if name == "z9" else FEW):
        with database.begin(TENANT, reading=True) as session:
            began = time.perf_counter()
            rows = session.execute(statement, {"tenant": TENANT, **draw(chosen)}).all()
            taken.append(time.perf_counter() - began)
        largest = max(largest, len(rows[0][0]) if rows and isinstance(rows[0][0], bytes | memoryview) else 0)
    told = summary(taken, spent + cpu_s(roots)) | ({"largest_bytes": largest} if largest else {})
    show(f"plain {name}", told)
    return told


def _tile_of(zoom: int) -> Callable[[random.Random], dict[str, Any]]:
    def draw(chosen: random.Random) -> dict[str, Any]:
        place = tile_at(WEST + chosen.random() * SIDE, SOUTH + chosen.random() * SIDE, zoom)
        return {"z": zoom, "x": place.x, "y": place.y}

    return draw


def _box(chosen: random.Random) -> dict[str, Any]:
    return {"west": WEST + chosen.random() * (SIDE - 0.01), "south": SOUTH + chosen.random() * (SIDE - 0.01)}


def _days(chosen: random.Random) -> dict[str, Any]:
    first, last = period(chosen)
    return {"first": first, "last": last}
