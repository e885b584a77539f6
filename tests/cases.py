"""A county ready for cases: ground, people, a matrix; and a clerk who opens problems and takes steps."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.books import import_table
from geo.cases.evidence.actions import Given, add_picture
from geo.cases.flow.actions import get_problem, open_problem, take_step
from geo.cases.flow.orders import Draft, Order
from geo.db.counties import CountyExists, create_county
from geo.db.engine import Database
from geo.uids import uuid7
from tests.api import county as scene

START = dt.datetime(2026, 9, 14, 1, 0, tzinfo=dt.UTC)
"""Monday 09:00 in Shanghai, a working day."""

MATRIX = "代码,地点类别,地点,责任单位\n,片区,W,S1\n,全县,,B\n"
STAFF = {"B01": "B", "B02": "B", "S01": "S1", "S02": "S1", "A01": "S1"}


GROUND = ("admin_area", "patrol_district", "road", "event")


def prepare(database: Database) -> str:
    """A county of two 片区, two streets, two units with people, and who answers where; returns its code."""
    while True:
        tenant = f"7{secrets.randbelow(100_000):05d}"
        with contextlib.suppress(CountyExists):
            create_county(database, tenant, "测试县", (117.8, 28.1, 118.2, 28.5))
            break
    rows = scene.layers(tenant)
    with database.begin(tenant) as session:
        squad = scene.squad(session, tenant)
        for row in rows["patrol_district"]:
            row["org_unit_id"] = squad if row["code"] == "W" else None
        for name in GROUND:
            scene.add(session, tenant, name, rows[name])
        people(session, tenant)
        import_table(session, tenant, "matrix", MATRIX.encode())
    return tenant


def people(session: Session, tenant: str) -> None:
    """Two of the bureau, two of the squad, an auxiliary."""
    for code, unit in STAFF.items():
        session.execute(
            text(
                "INSERT INTO staff (tenant, code, name, kind, org_unit_id) SELECT :t, :code, :code, :kind, id"
                " FROM org_unit WHERE tenant = :t AND code = :unit"
            ),
            {"t": tenant, "code": code, "unit": unit, "kind": "auxiliary" if code[0] == "A" else "regular"},
        )


def picture(shade: int = 0) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 90)).save(out, "JPEG")
    return out.getvalue()


@contextlib.contextmanager
def clerk_of(database: Database, tenant: str) -> Iterator[Clerk]:
    """A clerk whose work is taken back afterwards, so that a county serves many tests."""
    with database.begin(tenant) as session:
        yield Clerk(session, tenant)
        session.rollback()


@dataclass
class Clerk:
    """Opens problems and takes steps, an hour after each other unless told otherwise."""

    session: Session
    tenant: str
    at: dt.datetime = START
    step_h: int = 1
    opened: list[uuid.UUID] = field(default_factory=list)

    def open(self, code: str = "04-06", lon: float = 117.99, lat: float = 28.29, **more: Any) -> uuid.UUID:
        """A report of the patrol; returns its uid."""
        uid = uuid7()
        values = {"origin": "patrol", "found_at": self.at, "lon": lon, "lat": lat, **more}
        open_problem(self.session, self.tenant, Draft(uid, code, **values))
        self.opened.append(uid)
        return uid

    def step(self, uid: uuid.UUID, step: str, *, hours: float | None = None, **more: Any) -> str:
        """Take a step so many hours later."""
        self.at += dt.timedelta(hours=self.step_h if hours is None else hours)
        more.setdefault("actor", "clerk")
        if step == "check_before_closing":
            more.setdefault("staff", "B02")
        return take_step(self.session, self.tenant, uid, Order(step, self.at, **more))

    def row(self, uid: uuid.UUID) -> dict[str, Any]:
        """The problem as it stands."""
        return get_problem(self.session, self.tenant, uid)

    def close(self, uid: uuid.UUID) -> str:
        """From report to the end."""
        for step in ("register", "dispatch", "feed_back", "check_before_closing", "close"):
            self.step(uid, step)
        return str(self.row(uid)["state"])

    def photograph(self, home: Path, uid: uuid.UUID, kind: str, shade: int) -> None:
        """A picture of it."""
        row = self.row(uid)
        given = Given(uuid7(), "problem", row["id"], kind, self.at, 117.99, 28.29, label=row["number"])
        add_picture(self.session, self.tenant, home, given, picture(shade))
