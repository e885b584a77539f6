"""One million lamps from GeoParquet through the front door, against the same rows by COPY into a bare twin.

The twin table has the same columns, generated column, constraints and indexes, but no row security and no
checks in front of it; its COPY text is made beforehand. Both run in one process, in turn.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from geo.settings import Settings

ROWS = 1_000_000
SEED = 20261121
BOX = (117.8, 28.1, 118.2, 28.5)
ROUNDS = 1
TWIN = "bench_twin"
SAMPLE_S = 0.05


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Import ``--rows`` lamps (default 1,000,000) ``--rounds`` times and compare.

    Returns
    -------
    dict
        ``ratio`` of rates, import over COPY (1 = as fast), of the best round each; seconds of every round;
        peak memory in MB of our processes, the reading child included, alone and together with PostgreSQL's.
    """
    rows, rounds = _number(arguments, "--rows", ROWS), _number(arguments, "--rounds", ROUNDS)
    from geo.db.engine import Database

    # The rows are made by a process of their own, so that they do not count as the importer's memory.
    with tempfile.TemporaryDirectory(prefix="bench-import-") as folder:
        _in_a_child(write_rows, folder, rows)
        # A cluster of its own beside the installation's: every round begins with an empty table.
        home = settings.home / "bench"
        home.mkdir(parents=True, exist_ok=True)
        database = Database.open(dataclasses.replace(settings, home=home, database_url=None), migrate=True)
        try:
            imported, copied, watch = _measure(database, Path(folder), rows, rounds)
        finally:
            database.close(stop_cluster=True)
    ratio = min(copied) / min(imported)
    result = {
        "rows": rows,
        "ratio": round(ratio, 3),
        "import_s": [round(s, 2) for s in imported],
        "copy_s": [round(s, 2) for s in copied],
        "import_rows_per_s": round(rows / min(imported)),
        "peak_rss_mb": round(watch.ours / 2**20),
        "peak_with_postgresql_mb": round(watch.ours_and_postgresql / 2**20),
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "data": f"{rows} points, numpy seed {SEED}",
    }
    sys.stderr.write("".join(f"{name:>18}  {value}\n" for name, value in result.items()))
    return result


def write_rows(folder: str, rows: int) -> None:
    """Write the same lamps as GeoParquet and as COPY text."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    random = np.random.default_rng(SEED)
    west, south, east, north = BOX
    xy = np.round(np.column_stack([random.uniform(west, east, rows), random.uniform(south, north, rows)]), 9)
    points = shapely.points(xy)
    codes = np.char.add("L", np.arange(rows).astype(str))
    status = np.array(["on", "fault", "off_by_plan"])[random.choice(3, rows, p=[0.95, 0.04, 0.01])]
    power = random.choice([60.0, 100.0, 150.0, 250.0], rows)
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
    }
    table = pa.table(
        {
            "source_key": pa.array(codes),
            "code": pa.array(codes),
            "status": pa.array(status),
            "power_w": power,
            "geometry": pa.array(shapely.to_wkb(points), pa.binary()),
        }
    ).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, Path(folder) / "lamps.parquet")
    hexes = shapely.to_wkb(shapely.set_srid(points, 4490), hex=True, include_srid=True)
    with (Path(folder) / "lamps.copy").open("w") as file:
        for i in range(0, rows, 100_000):
            part = slice(i, i + 100_000)
            lines = zip(codes[part], status[part], power[part], hexes[part], strict=True)
            file.writelines(f"{c}\t{c}\t{s}\t{p}\t{h}\n" for c, s, p, h in lines)


def _measure(database: Any, folder: Path, rows: int, rounds: int) -> tuple[list[float], list[float], Watch]:
    import psycopg

    from geo.db.counties import create_county, find_county
    from geo.layers.actions import import_layer

    tenant = "990901"
    with database.begin_as_owner() as session:
        known = find_county(session, tenant)
    if known is None:
        create_county(database, tenant, "bench", BOX)
    imported, copied, watch = [], [], Watch(_postmaster(database))
    for _ in range(rounds):
        _forget(database, tenant)
        start = time.perf_counter()
        with watch:
            report = import_layer(database, tenant, folder / "lamps.parquet", "streetlight")
        imported.append(time.perf_counter() - start)
        assert report.added == rows and not report.rejected, report.as_json("en")
        _forget(database, tenant)
        with psycopg.connect(database.dsn("admin")) as connection:
            connection.execute(f"DROP TABLE IF EXISTS {TWIN}")
            connection.execute(f"CREATE TABLE {TWIN} (LIKE streetlight INCLUDING ALL)")
            connection.execute(
                f"ALTER TABLE {TWIN} ALTER tenant SET DEFAULT '{tenant}', ALTER source SET DEFAULT 'file'"
            )
            connection.commit()
            start = time.perf_counter()
            copy_sql = f"COPY {TWIN} (source_key, code, status, power_w, geom) FROM STDIN"
            with (
                connection.cursor() as cursor,
                cursor.copy(copy_sql) as copy,
                (folder / "lamps.copy").open("rb") as file,
            ):
                while block := file.read(io.DEFAULT_BUFFER_SIZE * 64):
                    copy.write(block)
            connection.commit()
            copied.append(time.perf_counter() - start)
            assert connection.execute(f"SELECT count(*) FROM {TWIN}").fetchone() == (rows,)
            connection.execute(f"DROP TABLE {TWIN}")
            connection.commit()
    return imported, copied, watch


def _postmaster(database: Any) -> int:
    import psycopg

    with psycopg.connect(database.dsn("admin")) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    return int(row[0].split()[0])


def _forget(database: Any, tenant: str) -> None:
    """An empty lamp table with empty indexes, so that every round starts alike."""
    import psycopg

    with psycopg.connect(database.dsn("admin"), autocommit=True) as connection:
        connection.execute("TRUNCATE streetlight")
        connection.execute("DELETE FROM layer_count WHERE tenant = %s AND layer = 'streetlight'", [tenant])
        connection.execute("DELETE FROM import_run WHERE tenant = %s", [tenant])
        connection.execute("CHECKPOINT")


class Watch:
    """Peaks of summed memory, sampled while the block runs: this process and all below it, and PostgreSQL with them."""

    def __init__(self, postmaster: int) -> None:
        self.ours = self.ours_and_postgresql = 0
        self._postmaster = postmaster

    def __enter__(self) -> Watch:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            ours = sum(map(resident, descendants(os.getpid())))
            # PostgreSQL's processes share one buffer pool: each page counts once, in shares.
            theirs = sum(map(proportional, descendants(self._postmaster)))
            self.ours = max(self.ours, ours)
            self.ours_and_postgresql = max(self.ours_and_postgresql, ours + theirs)


def descendants(pid: int) -> list[int]:
    """The process and all below it that live."""
    found = [pid]
    for known in found:
        for task in Path(f"/proc/{known}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def resident(pid: int) -> int:
    """Resident bytes of a process; 0 once it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def proportional(pid: int) -> int:
    """Bytes of a process with shared pages divided among those that map them; 0 once it is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def _in_a_child(work: Any, *arguments: Any) -> None:
    import multiprocessing

    child = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    child.start()
    child.join()
    assert child.exitcode == 0, "the rows could not be made"


def _number(arguments: list[str], name: str, usual: int) -> int:
    return int(arguments[arguments.index(name) + 1]) if name in arguments else usual
