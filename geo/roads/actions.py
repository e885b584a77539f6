"""Streets as they are at a time, closed and opened; and every street answered for by one 片区."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound
from geo.layers.queries import load_features
from geo.roads.queries import (
    end_closure,
    find_closures,
    find_streets,
    find_turns,
    insert_closure,
    load_roads,
    settle_owners_of,
)
from geo.roads.speeds import MODES, Mode
from geo.uids import uuid7

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.roads.network import Network


class UnknownStreet(NotFound):
    """No street has one of these ids or names."""


class NoClosure(NotFound):
    """There is no such closure, or it has ended."""


class BadClosure(Invalid):
    """A closure closes to nobody, says no reason, or ends before it starts."""


def load_network(session: Session, county: County, from_at: dt.datetime, to_at: dt.datetime) -> Network:
    """The street network of a span of time: without what is closed at any moment of it, kept to the day's turn rules.

    Parameters
    ----------
    from_at, to_at
        Aware; a shift's start and end.

    Raises
    ------
    NoStreets
        If the county has no road layer.
    """
    from zoneinfo import ZoneInfo

    from geo.roads.network import build_network

    closed: dict[int, frozenset[Mode]] = {}
    for closure in find_closures(session, from_at, to_at):
        closed[closure.road_id] = closed.get(closure.road_id, frozenset()) | frozenset(closure.modes)
    turns = find_turns(session, from_at.astimezone(ZoneInfo(county.time_zone)).date())
    return build_network(load_roads(session), county.metric_srid, closed=closed, turns=turns)


def close_roads(
    session: Session,
    tenant: str,
    *,
    ids: Sequence[int] = (),
    names: Sequence[str] = (),
    starts_at: dt.datetime,
    ends_at: dt.datetime | None,
    modes: Sequence[Mode] = ("ebike", "car"),
    reason: str,
    set_by: str,
    uid: uuid.UUID | None = None,
) -> list[int]:
    """Close streets, each by its own closure.

    Parameters
    ----------
    ids, names
        Which: row ids, and street names (all streets so called).
    ends_at
        None until they are opened.
    uid
        Of the request; a repeat with the same one changes nothing.

    Returns
    -------
    list
        Ids of the new closures; empty for a repeat.

    Raises
    ------
    UnknownStreet, BadClosure
        If there is no such street, or the closure makes no sense.
    """
    if not modes or not set(modes) <= set(MODES):
        raise BadClosure("roads.closed_to_nobody", modes=", ".join(MODES))
    if not reason.strip():
        raise BadClosure("roads.no_reason")
    if ends_at is not None and ends_at <= starts_at:
        raise BadClosure("roads.closed_backwards", starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    streets = find_streets(session, tenant, ids, names)
    if not streets or not set(ids) <= set(streets):
        raise UnknownStreet("roads.unknown_street", streets=", ".join([*map(str, ids), *names]) or "-")
    request = uid or uuid7()
    made = []
    for street in streets:
        one = uuid.uuid5(request, str(street))
        found = insert_closure(session, tenant, one, street, starts_at, ends_at, modes, reason.strip(), set_by)
        if found is not None:
            made.append(found)
    if made:
        facts = {"closures": made, "modes": sorted(modes)}
        write_change(session, tenant, "roads.closed", layer="road", feature_ids=streets, facts=facts, actor=set_by)
    return made


def open_road(session: Session, tenant: str, closure: int, at: dt.datetime, actor: str) -> None:
    """End a closure at a time; the street is in the network again from then on.

    Raises
    ------
    NoClosure
        If there is none, or it has ended by then.
    """
    street = end_closure(session, tenant, closure, at)
    if street is None:
        raise NoClosure("roads.no_closure", closure=closure)
    facts = {"closure": closure}
    write_change(session, tenant, "roads.opened", layer="road", feature_ids=[street], facts=facts, actor=actor)


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
    found = assign_owners(roads, districts, county.metric_srid)
    changed = {road: found[road] for road in astray if found[road] != had[road]}
    if changed:
        with database.begin(tenant) as session:
            settled = settle_owners_of(session, tenant, {road: (had[road], owner) for road, owner in changed.items()})
            if settled:
                write_change(session, tenant, "roads.owners_settled", layer="road", facts={"streets": settled})
        return settled
    return 0
