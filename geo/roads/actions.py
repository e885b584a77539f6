"""Keep every street answered for by one 片区."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.layers.queries import load_features
from geo.roads.queries import load_roads, settle_owners_of

if TYPE_CHECKING:
    from geo.db.engine import Database


def settle_owners(database: Database, tenant: str) -> int:
    """Give an owner to every street that has none, or one that no longer exists.

    Returns
    -------
    int
        Streets changed; owners that the bureau or a cut has set stay, also those set in the meantime.
    """
    from geo.roads.owners import assign_owners

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        roads = load_roads(session)
        districts = load_features(session, "patrol_district", columns=("code",))
    had = {int(i): owner if isinstance(owner, str) else None for i, owner in roads["owner_district"].items()}
    known = set(districts["code"])
    astray = [road for road, owner in had.items() if owner not in known]
    if not astray or not known:
        return 0
    found = assign_owners(roads.loc[astray], districts, county.metric_srid)
    changed = {road: owner for road, owner in found.items() if owner != had[road]}
    if changed:
        with database.begin(tenant) as session:
            settled = settle_owners_of(session, tenant, {road: (had[road], owner) for road, owner in changed.items()})
            if settled:
                write_change(session, tenant, "roads.owners_settled", layer="road", facts={"streets": settled})
        return settled
    return 0
