"""A county with lamps, components, gas users and supply points, and hands for the tests of the registers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from geo.cases.evidence.actions import Given, add_picture
from geo.db.engine import Database
from geo.uids import uuid7
from tests import cases
from tests.api import county as scene

LAYERS = ("streetlight", "component", "gas_user", "supply_point")
NIGHT = dt.datetime(2026, 9, 14, 14, 0, tzinfo=dt.UTC)
"""Monday 22:00 in Shanghai: every lamp of the county should burn."""


def prepare(database: Database, **changed: list[dict[str, Any]]) -> str:
    """The county of :func:`tests.cases.prepare` with the registers' layers; ``changed`` replaces a layer's rows."""
    tenant = cases.prepare(database)
    rows = {**scene.layers(tenant), **changed}
    with database.begin(tenant) as session:
        for name in LAYERS:
            scene.add(session, tenant, name, rows[name])
    return tenant


def photograph(session: Session, tenant: str, home: Path, workflow: str, row: int, kind: str, shade: int = 0) -> None:
    """A picture of a row."""
    given = Given(uuid7(), workflow, row, kind, NIGHT)
    add_picture(session, tenant, home, given, cases.picture(shade))
