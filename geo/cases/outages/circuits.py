"""Lamps of one circuit: what its plan says of them, and when their faults are one fault of the circuit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.history import begin, take
from geo.cases.outages import queries
from geo.cases.outages.plans import Night, Season, Standing, night_of, standing
from geo.cases.outages.states import OUTAGE
from geo.db.counties import County, get_county
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TOGETHER: Final = dt.timedelta(hours=12)
"""Faults found within one night belong together."""

LEAST_LAMPS: Final = 3
SHARE: Final = 0.5
"""A circuit is at fault as a whole when at least three of its lamps, and half of those that should burn, are dark."""


def load_seasons(session: Session, tenant: str) -> dict[str, list[Season]]:
    """Seasons by plan, in order of their first day."""
    found: dict[str, list[Season]] = {}
    for row in queries.list_seasons(session, tenant):
        found.setdefault(row["plan"], []).append(Season(**row))
    return found


def standings_of(
    session: Session, tenant: str, lamps: Sequence[Mapping[str, Any]], at: dt.datetime
) -> dict[int, Standing]:
    """Whether each lamp should burn at an instant, by its own plan and the sun at the middle of the county."""
    county, seasons = get_county(session, tenant), load_seasons(session, tenant)
    lon, lat = _middle(county)
    kinds = {(one["plan"], one["night_part"]) for one in lamps}
    told = {kind: standing(seasons.get(kind[0], []), kind[1], at, lon, lat, county.zone) for kind in kinds}
    return {one["id"]: told[one["plan"], one["night_part"]] for one in lamps}


def nights_of(session: Session, tenant: str, evening: dt.date) -> dict[str, Night]:
    """The burning hours of each plan in the night that begins on a local day; a plan without a season is left out."""
    county = get_county(session, tenant)
    nights = {
        plan: night_of(seasons, evening, *_middle(county), county.zone)
        for plan, seasons in load_seasons(session, tenant).items()
    }
    return {plan: night for plan, night in nights.items() if night is not None}


def join_circuit(session: Session, tenant: str, circuit: str, at: dt.datetime, actor: str) -> int | None:
    """Make one fault of a circuit's open faults, if so many of its lamps are dark that it is one.

    Returns
    -------
    int or None
        The fault of the circuit; None if its lamps fail one by one. Its clock runs from the earliest discovery.
    """
    held = queries.lock_circuit(session, tenant, circuit)
    lamps = queries.list_lamps(session, tenant, circuit=circuit)
    told = standings_of(session, tenant, lamps, at)
    should_burn = {one["id"] for one in lamps if told[one["id"]] != "saved"}
    near = [one for one in held if abs(one["found_at"] - at) <= TOGETHER]
    dark = {lamp for one in near for lamp in one["lamps"]} & should_burn
    whole = next((one for one in near if one["whole"] == circuit), None)
    if whole is None and not (len(dark) >= LEAST_LAMPS and len(dark) >= SHARE * len(should_burn)):
        return None
    single = [one for one in near if one["whole"] is None]
    if not single:
        return None if whole is None else int(whole["id"])
    first, found_at, due_at = single[0], min(one["found_at"] for one in near), min(one["due_at"] for one in near)
    every = sorted({lamp for one in near for lamp in one["lamps"]})
    if whole is None:
        target = queries.add_outage(
            session, tenant, every, uid=uuid7(), circuit=circuit, cause="ordinary", origin=first["origin"],
            event_uid=None, found_at=found_at, due_at=due_at, district_code=first["district_code"],
            staff_id=first["staff_id"],
        )  # fmt: skip
        begin(
            session, tenant, OUTAGE, target, at=found_at, actor=actor, facts={"circuit": circuit, "lamps": len(every)}
        )
    else:
        target = int(whole["id"])
        queries.add_lamps(session, tenant, target, every)
        queries.set_found(session, tenant, target, found_at, due_at)
    for one in single:
        take(
            session, tenant, OUTAGE, one["id"], "open", "merge", at=max(at, one["found_at"]), actor=actor,
            facts={"into": target},
        )  # fmt: skip
        queries.move_outage(session, tenant, one["id"], state="merged", merged_into=target)
    return target


def _middle(county: County) -> tuple[float, float]:
    west, south, east, north = county.extent
    return (west + east) / 2, (south + north) / 2
