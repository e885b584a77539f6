"""Statistics over a million events: ours against one plain GROUP BY over the same rows, in turn.

``./pianqu bench statistics [--events N] [--asks N] [--kept 1]``. The county is made from a seed: so many events over
six years in twelve 片区; ``--kept 1`` takes it as it was counted last. Every question has a period of its own, few of
whole months. ``p50_ms`` and ``p95_ms`` are by the clock and one caller; ``cpu_ms`` is what a question costs on the mean
in all processes of the database and the server, which a busy machine does not change.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geo.db.engine import Database
from geo.settings import Settings
from tests.benchmarks.bench_tiles import say

TENANT = "990198"
WEST, SOUTH, SIDE = 118.0, 28.2, 0.12
FROM, DAYS = dt.date(2020, 1, 1), 2_192
EVENTS, ASKS = 1_000_000, 60
PLAIN_ASKS = 12


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure.

    Returns
    -------
    dict
        ``count`` (seconds of counting all anew); per question ``p50_ms p95_ms cpu_ms asks``: ``counts`` (ours) and
        ``plain`` (GROUP BY; the first twelve of the same periods), ``report`` (all figures).
    """
    rows, asks = number(arguments, "--events", EVENTS), number(arguments, "--asks", ASKS)
    database = Database.open(settings, migrate=True)
    try:
        made = fill(database, rows, bool(number(arguments, "--kept", 0)))
        figures: dict[str, Any] = {"name": "statistics", "events": rows, "count": made}
        figures |= measure(database, asks)
    finally:
        database.close()
    return figures


def measure(database: Database, asks: int) -> dict[str, Any]:
    """Ours and the plain statement on the same periods."""
    from geo.cases.statistics.events.actions import count_events, count_plainly
    from geo.cases.statistics.report import count_figures

    draw = random.Random(1)
    periods = [period(draw) for _ in range(asks)]
    by = ("district", "code")

    roots = [server_of(database)]

    def ask(work: Callable[[Any, dt.date, dt.date], Any], some: list[tuple[dt.date, dt.date]]) -> dict[str, Any]:
        taken = []
        spent = -cpu_s(roots) - time.process_time()
        for first, last in some:
            with database.begin(TENANT) as session:
                began = time.perf_counter()
                work(session, first, last)
                taken.append(time.perf_counter() - began)
        return summary(taken, spent + cpu_s(roots) + time.process_time())

    found = {
        "counts": ask(lambda s, first, last: count_events(s, TENANT, first, last, by=by), periods),
        "plain": ask(lambda s, first, last: count_plainly(s, TENANT, first, last, by=by), periods[:PLAIN_ASKS]),
        "report": ask(lambda s, first, last: count_figures(s, TENANT, first, last), periods[: asks // 2]),
    }
    for name, told in found.items():
        show(name, told)
    return found


def period(draw: random.Random) -> tuple[dt.date, dt.date]:
    """A period of its own: a week to all years."""
    first = draw.randrange(DAYS - 30)
    last = min(DAYS - 1, first + draw.choice((6, 30, 90, 364, 1_000, DAYS)))
    return FROM + dt.timedelta(days=first), FROM + dt.timedelta(days=last)


def summary(taken: list[float], spent_s: float) -> dict[str, Any]:
    """Half and 95 of 100 are no slower than this; and what each cost.

    Examples
    --------
    >>> summary([0.001, 0.002, 0.003], 0.0015)
    {'p50_ms': 2.0, 'p95_ms': 3.0, 'cpu_ms': 0.5, 'asks': 3}
    """
    ordered = sorted(taken)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {"p50_ms": at(0.5), "p95_ms": at(0.95), "cpu_ms": round(1000 * spent_s / len(ordered), 1),
            "asks": len(ordered)}  # fmt: skip


def show(name: str, told: dict[str, Any]) -> None:
    """One line of the table."""
    say(f"{name:>24} p50 {told['p50_ms']:>8.1f} ms  p95 {told['p95_ms']:>8.1f} ms  cpu {told['cpu_ms']:>8.1f} ms")


def server_of(database: Database) -> int:
    """The database server's first process."""
    with database.begin_as_owner() as session:
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return _stat(backend)[0]


def cpu_s(roots: list[int]) -> float:
    """CPU seconds of processes, their children and those of them that have ended."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid = int(path.parent.name)
            parent, own, ended = _stat(pid)
            ticks += own + ended if pid in roots else own if parent in roots else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[int, int, int]:
    """Parent, ticks of its own, ticks of its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


def fill(database: Database, rows: int, kept: bool = False) -> dict[str, Any]:
    """The county and its events, unless they are there; then all is counted anew, and timed, unless it is kept."""
    from geo.cases.statistics.events.actions import recount
    from geo.db.counties import CountyExists, create_county
    from geo.db.counts import count_of, count_step

    with contextlib.suppress(CountyExists):
        create_county(database, TENANT, "测速县", (WEST - 0.1, SOUTH - 0.1, WEST + SIDE + 0.1, SOUTH + SIDE + 0.1))
    with database.begin(TENANT) as session:
        kept = kept and count_of(session, TENANT, "event") == rows
        if count_of(session, TENANT, "event") != rows:
            say(f"making {rows} events")
            session.execute(text("DELETE FROM event WHERE tenant = :t"), {"t": TENANT})
            session.execute(text("DELETE FROM patrol_district WHERE tenant = :t"), {"t": TENANT})
            session.execute(text(DISTRICTS), {"t": TENANT, "west": WEST, "south": SOUTH, "side": SIDE})
            session.execute(text("SELECT setseed(0.5)"))
            facts = {"t": TENANT, "rows": rows, "west": WEST, "south": SOUTH, "side": SIDE, "from": FROM, "days": DAYS}
            session.execute(text(ROWS), facts)
            count_step(session, TENANT, "event", rows - count_of(session, TENANT, "event"))
        session.execute(text("DELETE FROM hotspot_zone WHERE tenant = :t"), {"t": TENANT})
        session.execute(text(SCHOOLS), {"t": TENANT, "west": WEST, "south": SOUTH, "side": SIDE})
    if kept:
        return {}
    with database.begin_as_owner() as session:
        session.execute(text("ANALYZE event"))
        session.execute(text("ANALYZE hotspot_zone"))
    roots = [server_of(database)]
    began, spent = time.perf_counter(), -cpu_s(roots) - time.process_time()
    with database.begin(TENANT) as session:
        recount(session, TENANT)
    seconds = time.perf_counter() - began
    spent += cpu_s(roots) + time.process_time()
    with database.begin_as_owner() as session:
        session.execute(text("ANALYZE event_place"))
        session.execute(text("ANALYZE event_count"))
        cells = session.execute(
            text("SELECT grain, count(*) FROM event_count WHERE tenant = :t GROUP BY 1 ORDER BY 1"), {"t": TENANT}
        )
        found = {row[0]: row[1] for row in cells}
    say(f"counted {rows} events anew in {seconds:.1f} s, {spent:.1f} CPU s: {found}")
    return {"seconds": round(seconds, 1), "cpu_s": round(spent, 1), "cells": found}


DISTRICTS = """
INSERT INTO patrol_district (tenant, source, source_key, code, name, geom)
SELECT :t, 'bench', n::text, 'D' || lpad(n::text, 2, '0'), n::text || '片区',
       ST_Multi(ST_Segmentize(ST_MakeEnvelope(:west + (n % 4) * :side / 4, :south + (n / 4) * :side / 3,
                                              :west + (n % 4 + 1) * :side / 4, :south + (n / 4 + 1) * :side / 3, 4490),
                              0.0005))
  FROM generate_series(0, 11) n"""

SCHOOLS = """
INSERT INTO hotspot_zone (tenant, source, source_key, name, kind, geom)
SELECT :t, 'bench', n::text, n::text || '小', 'school',
       ST_Multi(ST_MakeEnvelope(x, y, x + 0.002, y + 0.002, 4490))
  FROM (SELECT n, :west + :side * (n % 5) / 5 AS x, :south + :side * (n / 5) / 4 AS y
          FROM generate_series(0, 19) n) z"""

ROWS = """
INSERT INTO event (tenant, uid, source, source_key, code, code_system, origin, occurred_at, closed_at, quantity, unit,
                   duplicate_of, geom)
SELECT :t, gen_random_uuid(), 'bench', i::text,
       CASE WHEN i % 50000 = 7 THEN '09-99'
            ELSE '0' || (1 + floor(power(a, 3) * 5))::int || '-0' || (1 + floor(power(b, 2) * 8))::int END,
       'GB/T 30428.2-2013', CASE WHEN c < 0.6 THEN 'patrol' WHEN c < 0.9 THEN 'complaint' ELSE 'camera' END,
       CAST(:from AS date) + d * :days * interval '1 day',
       CAST(:from AS date) + d * :days * interval '1 day' + interval '5 hours',
       CASE WHEN e < 0.1 THEN 3 ELSE 1 END, CASE WHEN a < 0.5 THEN '处' ELSE '次' END,
       CASE WHEN c < 0.05 THEN 'void' WHEN c < 0.1 THEN (i - 1)::text END,
       ST_SetSRID(ST_Point(:west + :side * x, :south + :side * y), 4490)
  FROM (SELECT i, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS x,
               random() AS y FROM generate_series(1, :rows) i) s"""


def number(arguments: list[str], name: str, usual: int) -> int:
    """The whole number after an option."""
    return int(arguments[arguments.index(name) + 1]) if name in arguments else usual
