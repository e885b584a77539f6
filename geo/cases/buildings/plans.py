"""分类化解: plans by category, and how far each has come, counted from the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.buildings import queries
from geo.cases.buildings.stock import post
from geo.cases.buildings.watch import UnknownPerson
from geo.cases.buildings.watch.queries import find_staff
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid
from geo.tables.building_ledger import PLAN_WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

TERM_OF: Final = {"demolish": "demolished", "confiscate": "confiscated", "regularise": "regularised"}


class BadPlan(Invalid):
    """A plan whose days, goal, category or way cannot be; the facts name the field."""


class PlanThere(Conflict):
    """There is a plan of that category and way from that day on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one plan asks for: of ``category``, ``goal`` buildings written off by ``way`` in its days."""

    category: str
    way: str
    goal: int
    from_on: dt.date
    to_on: dt.date
    owner: str
    note: str = ""


def set_plan(session: Session, tenant: str, plan: Plan, actor: str) -> int:
    """Write down a plan; returns its id.

    Raises
    ------
    BadPlan, UnknownPerson, PlanThere
        If it cannot be, nobody answers for it, or there is one already.
    """
    for field, wrong in (
        ("category", not plan.category.strip()),
        ("way", plan.way not in PLAN_WAYS),
        ("goal", not 1 <= plan.goal <= 1_000_000),
        ("to_on", plan.to_on < plan.from_on),
    ):
        if wrong:
            raise BadPlan("buildings.plan", field=field, value=str(getattr(plan, field)), ways=", ".join(PLAN_WAYS))
    owner = find_staff(session, tenant, plan.owner)
    if owner is None:
        raise UnknownPerson("buildings.person", staff=plan.owner)
    values = {name: value for name, value in asdict(plan).items() if name != "owner"}
    number = queries.add_plan(session, tenant, owner_id=owner, actor=actor, **values)
    if number is None:
        raise PlanThere("buildings.plan_there", category=plan.category, way=plan.way)
    write_change(session, tenant, "building_plan.set", facts={"plan": number}, actor=actor)
    return number


def follow_plans(session: Session, tenant: str, *, area: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Every plan with what became of it.

    Returns
    -------
    list of dict
        The plan's columns and ``done`` (written off its way in its days), ``done_ids``, ``other`` (written off
        otherwise in its days), ``standing`` (of the category in the stock now, ``standing_ids`` which), ``late``
        (its last day has passed and the goal is not reached). Units are 处.
    """
    county = get_county(session, tenant)
    zone, now = ZoneInfo(county.time_zone), dt.datetime.now(dt.UTC)
    told = []
    for plan in queries.list_plans(session, tenant):
        books = queries.load_histories(session, tenant, area=area, category=plan["category"])
        from_at, to_at = span_of(plan["from_on"], plan["to_on"], zone)
        lines = [line for one in books for line in post(one) if from_at <= line.at < to_at and line.amounts.plots < 0]
        done = [line.building_id for line in lines if line.term == TERM_OF[plan["way"]]]
        other = [line for line in lines if line.term in TERM_OF.values() and line.term != TERM_OF[plan["way"]]]
        standing = [one.building_id for one in books if one.stock_at(now).plots]
        late = county.today() > plan["to_on"] and len(done) < plan["goal"]
        told.append(
            {
                **plan, "done": len(done), "done_ids": done, "other": len(other), "standing": len(standing),
                "standing_ids": standing, "late": late,
            }
        )  # fmt: skip
    return told
