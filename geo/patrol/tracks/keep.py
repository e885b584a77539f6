"""How long positions are kept, and their removal with proof."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from geo.db.changes import write_change
from geo.errors import Invalid
from geo.patrol.tracks import queries
from geo.patrol.tracks.take import keep_days

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

LONGEST_DAYS: Final = 3650


class BadRetention(Invalid):
    """Days that positions cannot be kept."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed, and when the oldest position left was taken; none if there is none."""

    before: dt.datetime
    batches: int
    points: int
    checkins: int
    lines: int
    oldest: dt.datetime | None


def set_keep_days(session: Session, tenant: str, days: int, actor: str = "system") -> None:
    """Set for how many days the county keeps positions and check-ins.

    Raises
    ------
    BadRetention
        If it is not 1 to 3650.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise BadRetention("tracks.keep_days", days=days, most=LONGEST_DAYS)
    queries.save_keep_days(session, days, actor)
    write_change(session, tenant, "track.retention_set", facts={"days": days}, actor=actor)


def purge_tracks(database: Database, tenant: str, *, now: dt.datetime | None = None, actor: str = "system") -> Purged:
    """Remove positions, check-ins and the lines drawn from them that are older than the county keeps them.

    Returns
    -------
    Purged
        What went, and the oldest that is left, which the change log keeps as proof with the days positions are kept,
        in the same transaction. Figures of shifts stay: they hold no position. Where nothing is too old, nothing is
        written.
    """
    with database.begin(tenant) as session:
        days = keep_days(session)
    before = (now or dt.datetime.now(dt.UTC)) - dt.timedelta(days=days)
    with database.begin_as_owner() as owner:
        gone = queries.purge(owner, tenant, before)
        purged = Purged(before, **gone, oldest=queries.find_oldest(owner, tenant))
        if any(gone.values()):
            told = {
                name: str(value) if name in ("before", "oldest") else value for name, value in asdict(purged).items()
            } | {"keep_days": days}
            write_change(owner, tenant, "track.purged", facts=told, actor=actor)
    return purged
