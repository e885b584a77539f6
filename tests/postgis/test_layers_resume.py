"""Imports that are killed, stopped, doubled and run again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from api.jobs.actions import JobCancelled
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.layers.actions import import_layer
from geo.layers.reports import ImportOptions, ImportRunning
from geo.settings import Settings

ROWS, BATCH, KILLS = 12_000, 500, 6
OPTIONS = ImportOptions(batch_rows=BATCH)
ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys
from pathlib import Path
from geo.db.engine import Database
from geo.layers.actions import import_layer
from geo.layers.reports import ImportOptions
from geo.settings import Settings
home, tenant, path, batch = sys.argv[1:]
database = Database.open(Settings.load(home=home, tenant=tenant))
show = lambda layer, done, total: print(done, flush=True)
import_layer(database, tenant, path, "streetlight", ImportOptions(batch_rows=int(batch)), show)
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lamps of which every 100th repeats the one before it."""
    draw = np.random.default_rng(7)
    xy = np.round(np.column_stack([draw.uniform(117.9, 118.1, ROWS), draw.uniform(28.2, 28.4, ROWS)]), 9)
    xy[99::100] = xy[98::100]
    path = tmp_path_factory.mktemp("lamps") / "lamps.parquet"
    frame = geopandas.GeoDataFrame({"编号": [f"灯{i}" for i in range(ROWS)]}, geometry=shapely.points(xy), crs=4326)
    frame.to_parquet(path)
    return path


def fingerprint(database: Database, tenant: str) -> tuple[object, ...]:
    checksum = text(
        "SELECT count(*), md5(string_agg(concat_ws('|', source, source_key, code, status, extra, ST_AsEWKT(geom)), ',' "
        "ORDER BY source, source_key)) FROM streetlight WHERE tenant = :t"
    )
    with database.begin(tenant) as session:
        return (*session.execute(checksum, {"t": tenant}).one(), count_of(session, tenant, "streetlight"))


def test_an_import_killed_at_any_moment_and_resumed_loses_and_doubles_nothing(
    database: Database, settings: Settings, make_county, lamps: Path
) -> None:
    whole, killed = make_county(), make_county()
    report = import_layer(database, whole, lamps, "streetlight", OPTIONS)
    assert report.added == ROWS - ROWS // 100 and report.reasons == {"reject.duplicate_geometry": ROWS // 100}
    draw, resumed = random.Random(20261121), 0
    command = [sys.executable, "-c", SCRIPT, str(settings.home), killed, str(lamps), str(BATCH)]
    for _ in range(KILLS):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert process.stdout
        resumed += bool(process.stdout.readline())
        time.sleep(draw.uniform(0, 0.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    last = import_layer(database, killed, lamps, "streetlight", OPTIONS)
    assert resumed == KILLS
    # A fast machine may end the import before a kill; the next run then finds its rows unchanged.
    stored = last.added + last.unchanged
    assert (last.rows_read, stored, last.rejected_count) == (ROWS, ROWS - ROWS // 100, ROWS // 100)
    assert fingerprint(database, killed) == fingerprint(database, whole)


def test_a_stopped_import_keeps_what_it_wrote_and_goes_on_from_there(
    database: Database, make_county, lamps: Path
) -> None:
    county = make_county()

    def stop(layer: str, done: int, total: int | None) -> None:
        assert total == ROWS
        if done >= 3 * BATCH:
            raise JobCancelled("jobs.cancelled")

    with pytest.raises(JobCancelled):
        import_layer(database, county, lamps, "streetlight", OPTIONS, stop)
    assert fingerprint(database, county)[0] == 3 * BATCH - 3 * BATCH // 100
    with database.begin(county) as session:
        states = session.execute(text("SELECT state, rows_done FROM import_run WHERE tenant = :t"), {"t": county}).all()
    assert [tuple(row) for row in states] == [("cancelled", 3 * BATCH)]
    assert import_layer(database, county, lamps, "streetlight", OPTIONS).resumed_from == 3 * BATCH
    assert fingerprint(database, county)[0] == ROWS - ROWS // 100


def test_the_same_file_again_says_unchanged_and_keeps_one_list_of_rejects(
    database: Database, make_county, lamps: Path
) -> None:
    county = make_county()
    for added in (ROWS - ROWS // 100, 0):
        report = import_layer(database, county, lamps, "streetlight", OPTIONS)
        assert (report.added, report.changed) == (added, 0)
        assert report.added + report.unchanged == ROWS - ROWS // 100
    with database.begin(county) as session:
        kept = session.execute(
            text("SELECT row, field, reason FROM import_reject WHERE tenant = :t ORDER BY row"), {"t": county}
        ).all()
    assert [row[0] for row in kept] == list(range(100, ROWS + 1, 100))
    assert kept[0][1:] == ("geometry", "reject.duplicate_geometry")


def test_two_imports_of_one_file_at_once_end_with_its_rows_once(database: Database, make_county, lamps: Path) -> None:
    county = make_county()
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(import_layer(database, county, lamps, "streetlight", OPTIONS))
        except ImportRunning as error:
            ends.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 2 and sum(isinstance(end, ImportRunning) for end in ends) <= 1
    found = fingerprint(database, county)
    assert found[0] == found[2] == ROWS - ROWS // 100
