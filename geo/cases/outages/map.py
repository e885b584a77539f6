"""What the map shows of lamps while an outage is about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.cases.outages import queries
from geo.db.changes import write_change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def show_lamps(
    session: Session, tenant: str, lamps: Sequence[int], status: str, since: dt.datetime | None, actor: str
) -> None:
    """Draw lamps as burning or at fault."""
    spots = queries.set_lamps(session, tenant, lamps, status, since)
    if not spots:
        return
    lon, lat = zip(*spots, strict=True)
    write_change(
        session, tenant, "streetlight.changed", layer="streetlight", feature_ids=list(lamps),
        box=(min(lon), min(lat), max(lon), max(lat)), facts={"status": status}, actor=actor,
    )  # fmt: skip
