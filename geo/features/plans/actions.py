"""Plans, and one plan with its teams, stops and routes, each cut to what the caller may see."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.features.plans.queries import PLANS, ROUTES, STOPS, TEAMS

MOST_PLANS = 200


class NoSuchPlan(NotFound):
    """The county has no plan with that id, or only a draft the caller may not see."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the plans a caller sees: drafts or not, the codes of the 片区 (None: all), and entries into enterprises.

    Who is to be checked (明察暗访) is for people who signed in, never for a key: no feed may carry it (D15).
    ``staff`` is the number of a person who sees only the teams they are in.
    """

    drafts: bool
    area: frozenset[str] | None
    checks: bool = True
    staff: str | None = None

    def codes(self) -> list[str] | None:
        """The area as a query parameter."""
        return None if self.area is None else sorted(self.area)


def list_plans(
    session: Session,
    tenant: str,
    sight: Sight,
    *,
    on_date: dt.date | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[dict[str, Any]]:
    """Plans, the newest first.

    Parameters
    ----------
    on_date
        Local day on which the shift starts.
    before
        Only plans with a smaller id.
    """
    values = {
        "tenant": tenant, "id": None, "on_date": on_date, "before": before, "drafts": sight.drafts,
        "most": min(most, MOST_PLANS), "staff": sight.staff,
    }  # fmt: skip
    return [dict(row) for row in session.execute(PLANS, values).mappings()]


def get_plan(session: Session, tenant: str, plan_id: int, sight: Sight) -> dict[str, Any]:
    """One plan without its teams.

    Raises
    ------
    NoSuchPlan
        If there is none the caller may see.
    """
    values = {
        "tenant": tenant, "id": plan_id, "on_date": None, "before": None, "drafts": sight.drafts, "most": 1,
        "staff": sight.staff,
    }  # fmt: skip
    row = session.execute(PLANS, values).mappings().one_or_none()
    if row is None:
        raise NoSuchPlan("plans.none", id=plan_id)
    return dict(row)


def load_teams(session: Session, tenant: str, plan_id: int, sight: Sight) -> list[dict[str, Any]]:
    """Teams in order of code, with members and vehicles; those with work in the area if the sight has one."""
    facts = {"tenant": tenant, "id": plan_id, "area": sight.codes(), "staff": sight.staff}
    rows = session.execute(TEAMS, facts).mappings()
    return [dict(row) for row in rows]


def load_stops(session: Session, tenant: str, plan_id: int, sight: Sight) -> list[dict[str, Any]]:
    """Stops in order of team and time, the unserved ones last with their reason, heaviest first."""
    facts = {
        "tenant": tenant, "id": plan_id, "area": sight.codes(), "checks": sight.checks, "staff": sight.staff,
    }  # fmt: skip
    rows = session.execute(STOPS, facts).mappings()
    return [dict(row) for row in rows]


def load_routes(session: Session, tenant: str, plan_id: int, sight: Sight) -> list[dict[str, Any]]:
    """One GeoJSON feature for each of :func:`load_teams`, in degrees; no geometry for a team that stays where it is."""
    facts = {"tenant": tenant, "id": plan_id, "area": sight.codes(), "staff": sight.staff}
    rows = session.execute(ROUTES, facts).mappings()
    features = []
    for row in rows:
        properties = dict(row)
        text = properties.pop("geometry")
        geometry = None if text is None else json.loads(text)
        features.append({"type": "Feature", "id": row["team"], "geometry": geometry, "properties": properties})
    return features
