"""``pianqu doctor``: what could stop this installation, and for each finding what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from api.supervise import answers, read_state
from geo.db import isolation, schema
from geo.db.cluster import Cluster
from geo.db.counties import list_counties
from geo.db.engine import Database
from geo.db.health import look_at
from geo.db.sequencer import verify_chain
from geo.db.server import find_runner
from geo.errors import PianquError
from geo.settings import Settings, memory_mb

Grade = Literal["ok", "warning", "bad"]
LITTLE_BYTES, FULL_BYTES = 5 << 30, 1 << 30
LITTLE_MB = 2_000
LONG_WAIT_S = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    grade
        ``ok``; ``warning``: works, but; ``bad``: does not work.
    code, facts
        The sentence in the message catalogue; for what is not ok it names the mend.
    """

    grade: Grade
    code: str
    facts: dict[str, object]


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at machine, home, database, schema, isolation, counties, chains and service, in that order.

    A check that cannot be made because an earlier one failed is left out.
    """
    yield from _machine(settings)
    try:
        if settings.database_url is None:
            cluster = Cluster(settings)
            server = cluster.server()
            yield Finding(
                "ok", "doctor.server", {"version": ".".join(map(str, server.version)), "bin": str(server.bin)}
            )
            if cluster.data.is_symlink():
                folder = str(cluster.data.resolve())
                yield Finding("warning", "doctor.elsewhere", {"folder": folder, "user": find_runner(cluster.data).name})
        database = Database.open(settings)
    except PianquError as error:
        yield Finding("bad", error.code, error.facts)
        return
    try:
        for check in CHECKS:
            yield from check(database)
    except PianquError as error:
        yield Finding("bad", error.code, error.facts)
    finally:
        database.close()
    yield from _service(settings)


def _machine(settings: Settings) -> Iterator[Finding]:
    memory = memory_mb()
    memory_facts: dict[str, object] = {"memory_mb": memory, "least_mb": LITTLE_MB}
    if memory < LITTLE_MB:
        yield Finding("warning", "doctor.little_memory", memory_facts)
    else:
        yield Finding("ok", "doctor.memory", memory_facts)
    there = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    if not os.access(there, os.W_OK):
        yield Finding("bad", "cluster.home_not_writable", {"folder": str(settings.home), "reason": "EACCES"})
        return
    data = Cluster(settings).data.resolve()
    free = shutil.disk_usage(data if data.exists() else there).free
    facts: dict[str, object] = {"free_gb": round(free / (1 << 30), 1), "folder": str(settings.home)}
    if free < LITTLE_BYTES:
        yield Finding("bad" if free < FULL_BYTES else "warning", "doctor.little_space", facts)
    else:
        yield Finding("ok", "doctor.space", facts)


def _database(database: Database) -> Iterator[Finding]:
    if database.mode == "single":
        yield Finding("warning", "doctor.single", {})
    with database.begin_as_owner() as session:
        health = look_at(session)
    facts = {"mode": database.mode, "version": health.version, "postgis": health.postgis, "mb": health.size_mb}
    yield Finding("ok", "doctor.database", facts)
    if health.damaged_pages:
        yield Finding("bad", "doctor.checksum_failures", {"pages": health.damaged_pages})
    elif not health.checksums:
        yield Finding("warning", "doctor.no_checksums", {})
    if health.waiting_s > LONG_WAIT_S:
        yield Finding("warning", "doctor.changes_wait", {"minutes": round(health.waiting_s / 60)})


def _isolation(database: Database) -> Iterator[Finding]:
    with database.begin_as_owner() as session:
        connection = session.connection()
        yield Finding("ok", "doctor.schema", {"revision": schema.revision(connection) or "-"})
        if database.mode == "single":
            return
        if missing := isolation.unmarked(connection):
            yield Finding("warning", "doctor.not_leakproof", {"functions": ", ".join(missing)})
        yield Finding("ok", "doctor.isolation", {})


def _counties(database: Database) -> Iterator[Finding]:
    counties = list_counties(database)
    if not counties:
        yield Finding("warning", "doctor.no_county", {})
    for county in counties:
        try:
            with database.begin(county.code) as session:
                head = verify_chain(session, county.code)
        except PianquError as error:
            yield Finding("bad", error.code, error.facts)
        else:
            facts: dict[str, object] = {"county": county.code, "title": county.name, "changes": head.seq if head else 0}
            yield Finding("ok", "doctor.county", facts)


def _service(settings: Settings) -> Iterator[Finding]:
    state = read_state(settings)
    if state is None:
        yield Finding("ok", "doctor.service_down", {})
        return
    for name, child in state["children"].items():
        if child["restarts"] > 10:
            log = str(settings.home / "logs" / f"{name}.out")
            yield Finding("warning", "doctor.restarts", {"process": name, "restarts": child["restarts"], "log": log})
    facts: dict[str, object] = {"port": state["port"], "log": str(settings.home / "logs" / "serve.jsonl")}
    if answers(state["port"]):
        yield Finding("ok", "doctor.service_up", facts)
    else:
        yield Finding("bad", "doctor.service_silent", facts)


CHECKS: tuple[Callable[[Database], Iterator[Finding]], ...] = (_database, _isolation, _counties)
