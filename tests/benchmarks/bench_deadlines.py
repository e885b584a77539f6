"""Deadlines of 100,000 open problems worked out anew from their step log, against reading that log alone.

``./pianqu bench deadlines [--problems N]``. Each problem has four to six steps with limits in working hours, working
days and days of the ledger; a third are suspended. ``first`` stores every date, ``again`` finds them all as they are,
``moved`` follows hours of work that the county changed, so that dates of all clocks of working time move, ``holiday`` a
day off that it named. ``log`` is what the database takes to read the same rows of the log; ``ratio`` is of seconds.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.clocks.actions import save_rows
from geo.cases.flow.dates.actions import reread_dates
from geo.db.counties import CountyExists, create_county
from geo.db.engine import Database
from geo.settings import Settings
from tests.benchmarks.bench_statistics import cpu_s, number, server_of
from tests.benchmarks.bench_tiles import say

TENANT = "990197"
PROBLEMS = 100_000
NOW = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)

OFF = dt.date(2026, 11, 4)
HOURS = "09:00-12:00,13:00-17:00"

STAFF = "INSERT INTO staff (tenant, code, name, kind) VALUES (:t, 'B01', '员', 'regular') RETURNING id"

OPEN = """
INSERT INTO problem_case (tenant, uid, number, event_uid, event_id, event_received_at, code, code_system, state, origin,
                          found_at, due_at, staff_id, geom)
SELECT :t, gen_random_uuid(), 'N' || i, gen_random_uuid(), i, :now, '04-06', 'GB/T 30428.2-2013',
       CASE i % 3 WHEN 0 THEN 'dispatched' WHEN 1 THEN 'suspended' ELSE 'handled' END, 'patrol',
       :now - i * interval '17 seconds', :now, :staff,
       ST_SetSRID(ST_Point(118.0 + i % 1000 * 1e-4, 28.2 + i / 1000 * 1e-4), 4490)
  FROM generate_series(1, :rows) i"""

SHOWN = """
INSERT INTO open_problem (tenant, source, source_key, number, code, stage, found_at, due_at, geom)
SELECT tenant, 'problem', uid::text, number, code, 'handling', found_at, due_at, geom FROM problem_case
 WHERE tenant = :t"""

STEPS = """
INSERT INTO step_log (tenant, workflow, row_id, n, step, from_state, to_state, at, actor, facts)
SELECT :t, 'problem', p.id, k.n, k.step, CASE WHEN k.n > 1 THEN 'x' END, 'y',
       p.found_at + k.n * interval '37 minutes', 'bench',
       CASE WHEN k.unit IS NULL THEN '{}' ELSE jsonb_build_object('limit', jsonb_build_object(
         'amount', k.amount, 'unit', k.unit, 'from', 'stage', 'permille', 1000)) END
  FROM problem_case p CROSS JOIN (VALUES
       (1, 'open', 1, 'working_hours'), (2, 'register', 1, 'working_hours'), (3, 'dispatch', 5, 'working_days'),
       (4, 'feed_back', 4, 'working_hours'), (5, 'rework', 0, NULL), (6, 'suspend', 30, 'ledger_days')
       ) AS k (n, step, amount, unit)
 WHERE p.tenant = :t AND (k.n <= 5 OR p.state = 'suspended') AND NOT (p.state = 'handled' AND k.n = 5)"""

LOG = """
SELECT count(*), max(at), sum(length(facts::text)) FROM step_log WHERE tenant = :t AND workflow = 'problem'"""


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure.

    Returns
    -------
    dict
        ``first``, ``again``, ``moved``, ``holiday``, ``log``: ``seconds`` by the clock and ``cpu_s`` of ours and the
        database's processes; ``problems``, ``changed`` dates and ``ratio`` to ``log`` of each.
    """
    rows = number(arguments, "--problems", PROBLEMS)
    database = Database.open(settings, migrate=True)
    figures: dict[str, Any] = {"name": "deadlines", "problems": rows}
    try:
        fill(database, rows)
        roots = [server_of(database)]

        def take(name: str, work: Callable[[Session], dict[str, Any]]) -> None:
            with database.begin(TENANT) as session:
                began, spent = time.perf_counter(), -cpu_s(roots) - time.process_time()
                told = work(session)
                seconds, spent = time.perf_counter() - began, spent + cpu_s(roots) + time.process_time()
            figures[name] = {"seconds": round(seconds, 2), "cpu_s": round(spent, 2), **told}
            say(f"{name:>8} {seconds:>6.2f} s  cpu {spent:>6.2f} s  {told}")

        def reread(session: Session) -> dict[str, Any]:
            read = reread_dates(session, TENANT, NOW)
            return {"problems": read.problems, "changed": read.changed}

        take("first", reread)
        take("again", reread)
        with database.begin(TENANT) as session:
            save_rows(session, TENANT, "hours", [{"valid_from_on": dt.date(1900, 1, 1), "hours": HOURS}], "bench")
        take("moved", reread)
        with database.begin(TENANT) as session:
            save_rows(session, TENANT, "days", [{"on_date": OFF, "kind": "holiday", "name": "停电"}], "bench")
        take("holiday", reread)
        take("log", lambda session: {"rows": session.execute(text(LOG), {"t": TENANT}).scalar_one()})
    finally:
        database.close()
    for name in ("first", "again", "moved", "holiday"):
        figures[name]["ratio"] = round(figures[name]["seconds"] / figures["log"]["seconds"], 2)
    return figures


def fill(database: Database, rows: int) -> None:
    """A county with so many open problems, their steps and what the map shows of them, made anew."""
    with contextlib.suppress(CountyExists):
        create_county(database, TENANT, "测速县", (117.9, 28.1, 118.2, 28.4))
    say(f"making {rows} open problems")
    with database.begin_as_owner() as session:
        for table in ("open_problem", "step_log", "problem_case", "work_hours", "work_day", "staff"):
            session.execute(text(f"DELETE FROM {table} WHERE tenant = :t"), {"t": TENANT})
    with database.begin(TENANT) as session:
        staff = session.execute(text(STAFF), {"t": TENANT}).scalar_one()
        session.execute(text(OPEN), {"t": TENANT, "rows": rows, "now": NOW, "staff": staff})
        session.execute(text(SHOWN), {"t": TENANT})
        session.execute(text(STEPS), {"t": TENANT})
    with database.begin_as_owner() as session:
        for table in ("open_problem", "step_log", "problem_case"):
            session.execute(text(f"ANALYZE {table}"))
