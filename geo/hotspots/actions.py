"""What is written down for all of the hotspot rooms: where patrols were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.db.changes import write_change
from geo.hotspots import queries

if TYPE_CHECKING:
    from pandas import DataFrame

    from geo.db.engine import Database

ROWS: Final = 20_000


def save_presence(database: Database, tenant: str, presence: DataFrame) -> int:
    """Log where patrols were; a stretch that is logged already stays as it is.

    Parameters
    ----------
    presence
        ``place_kind place_key from_at to_at minutes``; aware instants.

    Returns
    -------
    int
        How many stretches were added.
    """
    added = 0
    for start in range(0, len(presence), ROWS):
        with database.begin(tenant) as session:
            added += queries.insert_presence(session, presence.iloc[start : start + ROWS])
    with database.begin(tenant) as session:
        write_change(session, tenant, "presence.logged", facts={"added": added})
    return added
