"""SQL of draws: seals and mixtures, written once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class Seal(NamedTuple):
    """The seed of a shift; keep it inside the process until the shift is over."""

    id: int
    seed: bytes
    seal: str
    sealed_at: dt.datetime


ADD_SEAL = text("""
INSERT INTO shift_seal (tenant, on_date, shift_code, seed, seal)
VALUES (:tenant, :on_date, :shift_code, :seed, :seal)
ON CONFLICT (tenant, on_date, shift_code) DO NOTHING RETURNING id""")
FIND_SEAL = text("""
SELECT id, seed, seal, sealed_at FROM shift_seal
WHERE tenant = :tenant AND on_date = :on_date AND shift_code = :shift_code""")
ATTEMPTS = text("SELECT coalesce(max(attempt), 0) FROM plan_mixture WHERE tenant = :tenant AND seal_id = :seal_id")
ADD_MIXTURE = text("""
INSERT INTO plan_mixture (tenant, seal_id, attempt, why, digest, days, worths, weights_ppm, drawn, plan_id, figures,
                          made_by)
VALUES (:tenant, :seal_id, :attempt, :why, :digest, CAST(:days AS jsonb), CAST(:worths AS bigint[]),
        CAST(:weights_ppm AS integer[]), :drawn, :plan_id, CAST(:figures AS jsonb), :made_by)
RETURNING id""")
DRAWS = text("""
SELECT m.id, m.attempt, m.why, m.digest, m.worths, m.weights_ppm, m.drawn, m.plan_id, m.figures, m.made_at, m.made_by
FROM plan_mixture m WHERE m.tenant = :tenant AND m.seal_id = :seal_id ORDER BY m.attempt""")
SEALED = text("""
SELECT s.on_date, s.shift_code, s.sealed_at FROM shift_seal s
WHERE s.tenant = :tenant AND EXISTS (
  SELECT FROM plan_mixture m WHERE m.tenant = s.tenant AND m.seal_id = s.id)
ORDER BY s.on_date DESC, s.sealed_at DESC LIMIT :most""")
SHIFT_END = text("""
SELECT max(ends_at) FROM shift_plan
WHERE tenant = :tenant AND on_date = :on_date AND shift_code = :shift_code""")


def add_seal(session: Session, tenant: str, on_date: dt.date, shift_code: str, seed: bytes, seal: str) -> bool:
    """Store a shift's seal unless it has one; whether it was stored."""
    facts = {"on_date": on_date, "shift_code": shift_code, "seed": seed, "seal": seal}
    return session.execute(ADD_SEAL, {"tenant": tenant, **facts}).first() is not None


def find_seal(session: Session, tenant: str, on_date: dt.date, shift_code: str) -> Seal | None:
    """The seal of a shift; None if it has none."""
    facts = {"tenant": tenant, "on_date": on_date, "shift_code": shift_code}
    row = session.execute(FIND_SEAL, facts).first()
    return Seal(row[0], bytes(row[1]), row[2], row[3]) if row else None


def list_drawn(session: Session, tenant: str, most: int) -> list[tuple[dt.date, str, dt.datetime]]:
    """Shifts that were drawn, the newest first: day, shift, when it was sealed; nothing of the seeds."""
    return [(row[0], row[1], row[2]) for row in session.execute(SEALED, {"tenant": tenant, "most": most})]


def count_attempts(session: Session, tenant: str, seal_id: int) -> int:
    """How often the shift was drawn."""
    return int(session.execute(ATTEMPTS, {"tenant": tenant, "seal_id": seal_id}).scalar_one())


def add_mixture(session: Session, row: Mapping[str, Any]) -> int:
    """Store a draw; returns its id."""
    dumped = {name: json.dumps(row[name], ensure_ascii=False) for name in ("days", "figures")}
    return int(session.execute(ADD_MIXTURE, {**row, **dumped}).scalar_one())


def list_draws(session: Session, tenant: str, seal_id: int) -> list[dict[str, Any]]:
    """The draws of a shift in order, without their plans."""
    return [dict(row) for row in session.execute(DRAWS, {"tenant": tenant, "seal_id": seal_id}).mappings()]


def find_shift_end(session: Session, tenant: str, on_date: dt.date, shift_code: str) -> dt.datetime | None:
    """When the shift is over; None if it was never planned."""
    facts = {"tenant": tenant, "on_date": on_date, "shift_code": shift_code}
    return session.execute(SHIFT_END, facts).scalar()
