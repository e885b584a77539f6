"""Score a stored plan again from what is stored with it, however old it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import Conflict
from geo.patrol import queries
from geo.patrol.actions import UnknownPlan
from geo.patrol.problem import Recurrence
from geo.patrol.value import PPM, VALUE_VERSION, worth_of, zone_value

if TYPE_CHECKING:
    from geo.db.engine import Database


class NeverScored(Conflict):
    """A plan without figures that this program could compute again."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """A stored plan scored again from what is stored with it.

    ``differ`` are keys of visits whose stored figures are others.
    """

    id: int
    stored: int
    now: int
    version: int
    visits: int
    differ: list[str]

    @property
    def same(self) -> bool:
        """Whether every figure is as stored."""
        return self.stored == self.now and not self.differ


def rescore_plan(database: Database, tenant: str, plan_id: int) -> Rescored:
    """Score a stored plan again, however old, in whole numbers and from nothing but its own rows.

    Raises
    ------
    UnknownPlan
        If there is none.
    NeverScored
        If it was made before plans were scored so, or by a rule this program does not know.
    """
    with database.begin(tenant) as session:
        plan = queries.load_scored(session, plan_id)
    if plan is None:
        raise UnknownPlan("patrol.unknown_plan", plan=plan_id)
    if plan.value is None or plan.version != VALUE_VERSION:
        raise NeverScored("patrol.never_scored", plan=plan_id, version=plan.version or "-", known=VALUE_VERSION)
    total, differ = 0, []
    for key, told in plan.recurrence.items():
        mine = [visit for visit in plan.visits if visit.key.rsplit(":", 1)[0] == key]
        recurrence = Recurrence(tuple(told["per_minute"]), told["rho_s"], told["cap_s"])
        stays = [(visit.begin_s, visit.leave_s) for visit in mine]
        total += zone_value(recurrence, stays)
        for number, visit in enumerate(mine):
            worth = worth_of(recurrence, stays, number, plan.shift_s)
            if (worth.saved, worth.earlier, worth.later) != (visit.saved, visit.earlier, visit.later):
                differ.append(visit.key)
    return Rescored(plan.id, plan.value, total // PPM, plan.version, len(plan.visits), differ)
