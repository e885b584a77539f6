"""What a regime means on a day, and how the bureau changes it: by rule, and by street."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import Column, Sheet, day, one_of, whole
from geo.cases.regimes import queries
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound
from geo.tables.roads import REGIMES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownStreet(NotFound):
    """There is no such street."""


class BadRegime(Invalid):
    """There is no such regime; the facts list those there are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a regime sets.

    Parameters
    ----------
    tolerance_min
        How long a thing may stand before it is a problem, minutes.
    clock_permille
        Share of the usual limit of events, thousandths.
    first_step
        Where the ladder begins: ``persuade`` or ``warn``.
    passes_per_shift
        How often a patrol passes in each shift.
    """

    tolerance_min: int
    clock_permille: int
    first_step: str
    passes_per_shift: int


USUAL: Final = {
    "strict": Rule(0, 500, "persuade", 4),
    "controlled": Rule(10, 1000, "persuade", 2),
    "standard": Rule(30, 1000, "persuade", 1),
}
"""Our defaults until the bureau sets its own: half the time on the strict streets, some patience in the lanes."""

NO_STREET: Final = Rule(0, 1000, "persuade", 0)
"""Off all streets nothing is scaled or tolerated."""

WORDS: Final = {"strict": ("严管",), "controlled": ("严控",), "standard": ("规范",)}
SHEET: Final = Sheet(
    "regimes",
    (
        Column("regime", ("管控级别",), needed=True, read=one_of(WORDS)),
        Column("valid_from_on", ("起始日期",), needed=True, read=day),
        Column("tolerance_min", ("容忍时长",), needed=True, read=whole(0, 1440)),
        Column("clock_permille", ("时限系数",), needed=True, read=whole(1, 10_000)),
        Column("first_step", ("首步措施",), needed=True, read=one_of({"persuade": ("劝导",), "warn": ("警示",)})),
        Column("passes_per_shift", ("每班巡查次数",), needed=True, read=whole(0, 48)),
    ),
    ("regime", "valid_from_on"),
)
SHEETS: Final = {SHEET.name: SHEET}


def rule_of(session: Session, tenant: str, regime: str | None, on: dt.date) -> Rule:
    """What a regime means on a local day; off all streets nothing.

    Raises
    ------
    BadRegime
        If there is no such regime.
    """
    if regime is None:
        return NO_STREET
    if regime not in USUAL:
        raise BadRegime("regimes.unknown", regime=regime, known=", ".join(REGIMES))
    found = USUAL[regime]
    for row in queries.load_rules(session, tenant):
        if row["regime"] == regime and row["valid_from_on"] <= on:
            found = Rule(row["tolerance_min"], row["clock_permille"], row["first_step"], row["passes_per_shift"])
    return found


def passes_by_street(session: Session, tenant: str, on: dt.date) -> dict[int, int]:
    """How often a patrol passes a street in each shift, by its row id.

    Only where the bureau has decided: it set the street's regime, or what the regime means. For streets with a
    pre-filled regime and the usual rule the planner's rules of tiers hold.
    """
    ruled = {row["regime"] for row in queries.load_rules(session, tenant) if row["valid_from_on"] <= on}
    asked = {regime: rule_of(session, tenant, regime, on).passes_per_shift for regime in REGIMES}
    return {road: asked[regime] for road, regime in queries.list_set_streets(session, tenant, on, sorted(ruled))}


def list_rows(session: Session, tenant: str, name: str = "regimes") -> list[dict[str, Any]]:
    """The usual rules and those the county has set, by regime and first day; ``name`` is the one table of this room."""
    del name
    usual = [
        {"regime": name, "valid_from_on": dt.date(1900, 1, 1), "set_by": "prefilled",
         **{part: getattr(rule, part) for part in rule.__slots__}}
        for name, rule in USUAL.items()
    ]  # fmt: skip
    own = queries.load_rules(session, tenant)
    set_ = {(row["regime"], row["valid_from_on"]) for row in own}
    usual = [row for row in usual if (row["regime"], row["valid_from_on"]) not in set_]
    return sorted([*usual, *own], key=lambda row: (REGIMES.index(row["regime"]), row["valid_from_on"]))


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save rules; ``name`` is the one table of this room."""
    del name
    queries.upsert_rules(session, tenant, [{**row, "set_by": actor} for row in rows])


def set_regime(
    session: Session,
    tenant: str,
    regime: str,
    from_on: dt.date,
    *,
    road_ids: Sequence[int] = (),
    street: str | None = None,
    actor: str,
) -> int:
    """Keep a street otherwise from a day on; how many stretches that concerns.

    Days before stay as they were, so that figures of the past keep their regime; what was set for the day or later
    is replaced.

    Raises
    ------
    BadRegime
        If there is no such regime.
    UnknownStreet
        If no stretch has that id or name, or some of the ids are none.
    """
    if regime not in REGIMES:
        raise BadRegime("regimes.unknown", regime=regime, known=", ".join(REGIMES))
    found = queries.lock_roads(session, tenant, road_ids, street)
    lost = sorted(set(road_ids) - set(found))
    if not found or lost:
        raise UnknownStreet("regimes.street", street=street or ", ".join(map(str, lost[:5])))
    queries.turn_roads(session, tenant, found, regime, from_on, actor)
    facts = {"regime": regime, "from": from_on.isoformat(), "street": street, "stretches": len(found)}
    write_change(session, tenant, "regime.set", layer="road", feature_ids=found, facts=facts, actor=actor)
    return len(found)


def list_streets(session: Session, tenant: str, on: dt.date) -> list[dict[str, Any]]:
    """Streets with the regime of a local day; see :func:`geo.cases.regimes.queries.list_streets`."""
    return queries.list_streets(session, tenant, get_county(session, tenant).metric_srid, on)


def load_figures(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> list[dict[str, Any]]:
    """Problems found on some local days, both included, by regime: found, closed, handled in time of those timed."""
    from_at, to_at = span_of(first_on, last_on, get_county(session, tenant).zone)
    return queries.load_figures(session, tenant, from_at, to_at)
