"""Bring the register of checks into line with the map, so that looks at gates become the planner's demand (W06).

The map says which sites there are, where their gates are, and whether anybody works there; ``enterprise`` says how
often each may be entered and is passed. A site stands in both under one number, and is never written down twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.worksites import queries
from geo.cases.worksites.books import load_gate_rules
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.features.locate import districts_at
from geo.tables.waste import TAKES_WASTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

WATCHED: Final = ("working", "paused")
"""Whose gates are looked at: a site that has not begun or is over brings no mud."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What changed: sites whose 片区 was noted anew, gates that the planner now sees otherwise."""

    sites: int
    gates: int


def settle_sites(session: Session, tenant: str, *, actor: str = "system") -> Settled:
    """Note each site's 片区, and let the register of checks follow the map; the same again changes nothing.

    A site is looked at by its first gate, one without gates from a point on its ground. How often and in which hours
    is the county's rule of its kind (``gate_rules``); where the register has its own interval, that stays.
    """
    county = get_county(session, tenant)
    sites = queries.list_sites(session, tenant)
    places = districts_at(session, county, [(row["lon"], row["lat"]) for row in sites])
    moved = sum(
        queries.set_district(session, tenant, row["id"], places[row["lon"], row["lat"]]) for row in sites
    )  # fmt: skip
    gates: dict[str, tuple[float, float]] = {}
    for gate in queries.list_gates(session, tenant):
        gates.setdefault(gate["site_code"], (gate["lon"], gate["lat"]))
    rules = load_gate_rules(session, tenant)
    known = {row["code"]: row for row in sites}
    wanted = [_watch(row, row["site_type"], gates, rules, row["works"] in WATCHED) for row in known.values()]
    wanted += [
        _watch(row, "dump", {}, rules, row["open"])
        for row in queries.list_dumps(session, tenant, TAKES_WASTE, county.today())
        if row["code"] not in known
    ]
    changed = sum(queries.put_enterprise(session, tenant, **one) for one in wanted)
    if moved or changed:
        facts = {"sites": moved, "gates": changed}
        write_change(session, tenant, "worksites.settled", facts=facts, actor=actor)
    return Settled(moved, changed)


def list_day(session: Session, tenant: str, on: dt.date, *, area: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Sites under way on a local day, each with how many checks it had: what is ``checked`` and what is not.

    Returns
    -------
    list of dict
        ``code name site_type works district_code checks``, unchecked ones first.
    """
    begin, end = span_of(on, on, get_county(session, tenant).zone)
    made: dict[str, int] = {}
    for check in queries.list_checks(session, tenant, begin, end, area=area, most=100_000):
        made[check["site_code"]] = made.get(check["site_code"], 0) + 1
    fields = ("code", "name", "site_type", "works", "district_code", "lon", "lat")
    rows = [
        {**{name: row[name] for name in fields}, "checks": made.get(row["code"], 0)}
        for row in queries.list_sites(session, tenant, area)
        if row["works"] in WATCHED
    ]
    return sorted(rows, key=lambda row: (row["checks"] > 0, row["code"]))


def _watch(
    row: Mapping[str, Any],
    kind: str,
    gates: Mapping[str, tuple[float, float]],
    rules: Mapping[str, Mapping[str, Any]],
    active: bool,
) -> dict[str, Any]:
    rule = rules[kind]
    lon, lat = gates.get(row["code"], (row["lon"], row["lat"]))
    return {
        "code": row["code"], "name": row["name"], "kind": kind, "active": active, "lon": lon, "lat": lat,
        "every_days": rule["every_days"], "hours": rule["hours"], "cap": rule["cap_per_year"],
    }  # fmt: skip
