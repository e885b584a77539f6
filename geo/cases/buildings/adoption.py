"""Take rows that came with a layer, or from the queue of suspicions, into the ledger: give them a dated history.

A layer says in which state a building is and since when. The steps that must have led there are written down as known
from the file: dated as the file dates them, recorded today, marked as adopted.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.buildings import queries, watch
from geo.cases.buildings.states import BUILDING, ENTRIES
from geo.cases.history import begin, take
from geo.days import midnight
from geo.db.counties import get_county

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

ENTRY: Final = "entry"
"""In :data:`WAYS_TO`: the step it is entered with, by its kind of entry."""

WAYS_TO: Final[dict[str, tuple[str, ...]]] = {
    "suspected": (),
    "dismissed": ("dismiss",),
    "verified": ("verify",),
    "existing": ("verify", "register"),
    "new": ("verify", "register_new"),
    "stopped": ("verify", "stop"),
    "ordered": ("verify", ENTRY, "order"),
    "announced": ("verify", ENTRY, "order", "announce"),
    "appealed": ("verify", ENTRY, "order", "appeal"),
    "revoked": ("verify", ENTRY, "order", "appeal", "revoke"),
    "demolished": ("verify", ENTRY, "pull_down"),
    "written_off": ("verify", ENTRY, "pull_down", "write_off"),
    "confiscated": ("verify", ENTRY, "confiscate"),
    "regularised": ("verify", ENTRY, "regularise"),
    "overbuilt": ("verify", "stop", "overbuild"),
    "struck": ("verify", ENTRY, "strike"),
}
"""State → the fewest steps that lead there. The last one is dated by the state's first day, those before it by the
day the building was found."""

NOTE: Final = "随图层导入"


def adopt_all(session: Session, tenant: str, actor: str) -> int:
    """Take every row without a history into the ledger; how many there were."""
    found = queries.list_without_log(session, tenant)
    for one in found:
        adopt_building(session, tenant, one, actor)
    return len(found)


def adopt_building(session: Session, tenant: str, building_id: int, actor: str) -> bool:
    """Give one row its history, if it has none; whether it had none."""
    held = queries.lock_building(session, tenant, building_id)
    if held is None or queries.load_histories(session, tenant, one=building_id):
        return False
    row = held[0]
    county = get_county(session, tenant)
    zone = ZoneInfo(county.time_zone)
    entered_as = _entered_as(session, tenant, row)
    steps = [_named(one, entered_as) for one in WAYS_TO[row["status"]]]
    enters = next((one for one in steps if one in ENTRIES), None)
    kind = ENTRIES[enters] if enters else None
    area_dm2 = queries.settle_building(session, tenant, building_id, county.metric_srid, kind)
    since = row["status_since_on"] or row["found_on"] or county.today()
    first = min(row["found_on"] or since, since, county.today())
    now = dt.datetime.now(dt.UTC)
    at, last_at = min(midnight(first, zone), now), min(midnight(since, zone), now)
    state = begin(session, tenant, BUILDING, building_id, at=at, actor=actor, note=NOTE, facts={"adopted": True})
    for number, step in enumerate(steps, start=1):
        facts: dict[str, Any] = {"adopted": True}
        if step == enters:
            facts |= {"households": row["households"] or 0, "area_dm2": area_dm2}
        when = last_at if number == len(steps) else at
        state = take(
            session, tenant, BUILDING, building_id, state, step, at=when, actor=actor, note=NOTE, facts=facts
        )  # fmt: skip
    watch.watch_building(session, tenant, building_id, actor)
    return True


def _entered_as(session: Session, tenant: str, row: Mapping[str, Any]) -> str:
    """As what a building counts that the file does not say it of: new if it is newer than the base date."""
    if row["entered_as"]:
        return str(row["entered_as"])
    rule = watch.find_rule(session, tenant, row["district_code"])
    seen = row["built_on"] or row["found_on"]
    return "new" if rule is not None and seen is not None and seen > rule.base_on else "existing"


def _named(step: str, entered_as: str) -> str:
    return step if step != ENTRY else next(name for name, kind in ENTRIES.items() if kind == entered_as)
