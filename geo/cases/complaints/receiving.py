"""Take one complaint in and say at once what it seems to repeat."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.cases.complaints.intake import DESK, Taken, enter, push_order
from geo.cases.complaints.orders import Draft
from geo.cases.complaints.ties.actions import propose_ties

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def receive_order(
    session: Session, tenant: str, home: Path, source: str, body: Mapping[str, Any], *, actor: str
) -> Taken:
    """As :func:`geo.cases.complaints.intake.push_order`."""
    return _compared(session, tenant, push_order(session, tenant, home, source, body, actor=actor))


def receive_draft(
    session: Session, tenant: str, home: Path, draft: Draft, uid: uuid.UUID, *, source: str = DESK, actor: str
) -> Taken:
    """As :func:`geo.cases.complaints.intake.enter`."""
    return _compared(session, tenant, enter(session, tenant, home, draft, uid, source=source, actor=actor))


def _compared(session: Session, tenant: str, taken: Taken) -> Taken:
    if taken.outcome == "accepted":
        propose_ties(session, tenant, [taken.complaint_id])
    return taken
