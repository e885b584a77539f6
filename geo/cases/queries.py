"""SQL of the step log."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

NOW = text("SELECT now()")

LAST = text("""
SELECT n, to_state, at FROM step_log
 WHERE tenant = :tenant AND workflow = :workflow AND row_id = :row_id
 ORDER BY n DESC LIMIT 1""")

ADD = text("""
INSERT INTO step_log (tenant, workflow, row_id, n, step, from_state, to_state, at, actor, staff_id, note, facts)
VALUES (:tenant, :workflow, :row_id, :n, :step, :from_state, :to_state, :at, :actor, :staff_id, :note,
        CAST(:facts AS jsonb))""")

STEPS = text("""
SELECT n, step, from_state, to_state, at, recorded_at, actor, staff_id, note, facts FROM step_log
 WHERE tenant = :tenant AND workflow = :workflow AND row_id = :row_id
 ORDER BY n""")


def now(session: Session) -> dt.datetime:
    """The database's clock."""
    found: dt.datetime = session.execute(NOW).scalar_one()
    return found


def find_last(session: Session, tenant: str, workflow: str, row_id: int) -> Row[Any] | None:
    """Number, state and time of the last step of a row; None if it has none."""
    return session.execute(LAST, {"tenant": tenant, "workflow": workflow, "row_id": row_id}).one_or_none()


def add_step(session: Session, tenant: str, **values: Any) -> None:
    """Write one step."""
    facts: Mapping[str, Any] = values.pop("facts")
    session.execute(ADD, {"tenant": tenant, "facts": json.dumps(dict(facts), ensure_ascii=False), **values})


def list_steps(session: Session, tenant: str, workflow: str, row_id: int) -> Sequence[Row[Any]]:
    """The steps of a row from the first on."""
    return session.execute(STEPS, {"tenant": tenant, "workflow": workflow, "row_id": row_id}).all()
