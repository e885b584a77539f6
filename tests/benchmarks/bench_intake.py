"""Events and complaints as bureaus send them, dirty, through the front door, against COPY of the same rows as text.

The events go through the layer importer, the complaints through the desk's intake with geocoding, sealing, dates,
receipts and steps. The other side is ``COPY`` of the file's cells into a bare table of text columns: no checks, no
index, no row security. Then complaints are compared for duplicates. All in one run, one after the other.
"""

from __future__ import annotations

import csv
import dataclasses
import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from geo.settings import Settings
from tests.benchmarks import intake_files

ROWS = 1_000_000
SPIN = 5_000_000


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Import ``--rows`` events (default 1,000,000) and ``--complaints`` (default a tenth as many).

    ``--excel`` writes them as workbooks instead of CSV; without complaints (0) there is nothing to compare.

    Returns
    -------
    dict
        For ``events`` and ``complaints``: rows, seconds, rows a second, CPU seconds of our process, of the reading
        child and of PostgreSQL, those of COPY and the rate beside COPY's, refused rows by reason, and whether those are
        the ones that were made to be; for ``together`` the rates of both, one after the other. ``compare_s`` for the
        duplicates. ``spin_s``: CPU seconds of five million empty steps of Python, by which machines, and hours of one
        machine, can be compared.
    """
    rows = _number(arguments, "--rows", ROWS)
    complained = _number(arguments, "--complaints", max(1, rows // 10))
    excel = "--excel" in arguments
    from geo.db.counties import create_county
    from geo.db.engine import Database

    home = settings.home / "bench"
    home.mkdir(parents=True, exist_ok=True)
    database = Database.open(dataclasses.replace(settings, home=home, database_url=None), migrate=True)
    tenant = f"9{secrets.randbelow(100_000):05d}"
    try:
        create_county(database, tenant, "bench", intake_files.BOX)
        _name_places(database, tenant)
        with tempfile.TemporaryDirectory(prefix="bench-intake-") as folder:
            events = _events(database, tenant, Path(folder), rows, excel)
            complaints = _complaints(database, tenant, Path(folder), complained, excel) if complained else {}
        from geo.cases.complaints.ties.actions import find_all_ties

        start, cpu = time.perf_counter(), time.process_time() + _postgres_cpu(database)
        found = find_all_ties(database, tenant)
        compared = {
            "compare_s": round(time.perf_counter() - start, 2),
            "compare_cpu_s": round(time.process_time() + _postgres_cpu(database) - cpu, 2),
            "ties": found,
        }
    finally:
        database.close(stop_cluster=True)
    together = _together([part for part in (events, complaints) if part])
    result = {
        "events": events, "complaints": complaints, "together": together, **compared,
        "format": "xlsx" if excel else "csv",
        "spin_s": _spin(), "data": f"seed {intake_files.SEED}",
    }  # fmt: skip
    sys.stderr.write("".join(f"{name:>12}  {value}\n" for name, value in result.items()))
    return result


def _events(database: Any, tenant: str, folder: Path, rows: int, excel: bool) -> dict[str, Any]:
    from geo.layers.actions import import_layer
    from geo.layers.reports import ImportOptions

    made, bad = intake_files.event_rows(rows)
    path = _write(folder, "events", intake_files.EVENT_HEADER, made, excel, merge=(8, 100))
    options = ImportOptions(
        mapping={"occurred_at": "发现时间", "code": "问题代码", "origin": "问题来源"}, key="事件编号", offset="gcj02",
        values={"code_system": "GB/T 30428.2-2013"},
    )  # fmt: skip
    said: Counter[str] = Counter()

    def work() -> int:
        report = import_layer(database, tenant, path, "event", options)
        said.update(report.reasons)
        assert all(reject.say("zh") for reject in report.rejected)
        return report.rows_read

    measured = _measure(database, work)
    copied = _copied(database, intake_files.EVENT_HEADER, intake_files.event_rows(rows)[0], measured)
    return {**measured, **copied, "refused": dict(said), "as_made": said == bad}


def _complaints(database: Any, tenant: str, folder: Path, rows: int, excel: bool) -> dict[str, Any]:
    from geo.cases.complaints.files import import_file

    made, bad = intake_files.complaint_rows(rows)
    path = _write(folder, "complaints", intake_files.COMPLAINT_HEADER, made, excel, merge=(9, 100))
    said: Counter[str] = Counter()

    def work() -> int:
        report = import_file(database, tenant, path, "bench", "12345", offset="gcj02")
        said.update(fault.code for fault in report.faults)
        said["different"] = report.different
        return report.rows

    measured = _measure(database, work)
    copied = _copied(database, intake_files.COMPLAINT_HEADER, intake_files.complaint_rows(rows)[0], measured)
    return {**measured, **copied, "refused": dict(said), "as_made": said == bad}


def _name_places(database: Any, tenant: str) -> None:
    from geo.cases.places.actions import OwnName, import_names

    names = [OwnName("road", name, lon, lat, 20_000) for name, lon, lat in intake_files.streets()]
    names += [OwnName("house", name, lon, lat) for name, lon, lat in intake_files.houses()]
    with database.begin(tenant) as session:
        import_names(session, tenant, names)


def _write(
    folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[str]], excel: bool, merge: tuple[int, int]
) -> Path:
    path = folder / f"{name}.{'xlsx' if excel else 'csv'}"
    if excel:
        intake_files.write_workbook(path, header, rows, merge)
    else:
        intake_files.write_csv(path, header, rows)
    return path


def _measure(database: Any, work: Callable[[], int]) -> dict[str, Any]:
    children, cpu, theirs = _children_cpu(), time.process_time(), _postgres_cpu(database)
    start = time.perf_counter()
    rows = work()
    seconds = time.perf_counter() - start
    return {
        "rows": rows, "seconds": round(seconds, 2), "rows_per_s": round(rows / seconds),
        "our_cpu_s": round(time.process_time() - cpu, 2), "reader_cpu_s": round(_children_cpu() - children, 2),
        "postgresql_cpu_s": round(_postgres_cpu(database) - theirs, 2),
    }  # fmt: skip


def _copied(
    database: Any, header: Sequence[str], rows: Iterable[Sequence[str]], measured: dict[str, Any]
) -> dict[str, Any]:
    """Seconds of COPY of the same cells, made ready beforehand, into a table of text, and what we reach beside it."""
    import io

    import psycopg

    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode()
    columns = ", ".join(f"c{at} text" for at in range(len(header)))
    with psycopg.connect(database.dsn("admin")) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({columns})")
        theirs, start = _postgres_cpu(database), time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv)") as copy:
            for at in range(0, len(content), 1 << 20):
                copy.write(content[at : at + (1 << 20)])
        connection.commit()
        seconds = time.perf_counter() - start
        told = {
            "seconds": round(seconds, 2), "rows_per_s": round(measured["rows"] / seconds),
            "postgresql_cpu_s": round(_postgres_cpu(database) - theirs, 2),
        }  # fmt: skip
        return {"copy": told, "share_of_copy": round(seconds / measured["seconds"], 3)}


def _together(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Both kinds one after the other: rows a second, those of COPY, and the share."""
    rows, seconds = sum(part["rows"] for part in parts), sum(part["seconds"] for part in parts)
    copied = sum(part["copy"]["seconds"] for part in parts)
    return {
        "rows": rows, "seconds": round(seconds, 2), "rows_per_s": round(rows / seconds),
        "copy_rows_per_s": round(rows / copied), "share_of_copy": round(copied / seconds, 3),
    }  # fmt: skip


def _number(arguments: list[str], name: str, default: int) -> int:
    return int(arguments[arguments.index(name) + 1]) if name in arguments else default


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _postgres_cpu(database: Any) -> float:
    """CPU seconds of PostgreSQL's processes, those that have ended included."""
    import psycopg

    from tests.benchmarks.bench_import import descendants

    with psycopg.connect(database.dsn("admin")) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert row is not None
        ticks = os.sysconf("SC_CLK_TCK")
        master, *others = descendants(int(row[0].split()[0]))
        fields = [_stat(pid) for pid in (master, *others)]
    own = sum(one[11] + one[12] for one in fields if one)
    return float(own + (fields[0][13] + fields[0][14] if fields[0] else 0)) / ticks


def _stat(pid: int) -> list[int]:
    """Numbers of /proc/PID/stat behind the name; empty once it is gone. Of its letters only the state is none."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [0, *map(int, parts[1:])]


def _spin() -> float:
    start = time.process_time()
    for _ in range(SPIN):
        pass
    return round(time.process_time() - start, 3)
