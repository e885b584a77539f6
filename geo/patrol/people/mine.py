"""One person's own: the day, with the route of the team they are in, and their leave."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geo.features.plans.actions import Sight, list_plans, load_routes, load_stops, load_teams
from geo.patrol.people import queries
from geo.patrol.people.actions import UnknownPerson

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def my_day(session: Session, tenant: str, staff: str, on: dt.date) -> dict[str, Any]:
    """What somebody does on a day.

    Returns
    -------
    dict
        ``staff``, ``name``, ``on_date``; ``away``, the kind of leave or None; ``duties`` by start; ``shifts``, the
        published plans they are in by start, each with their ``team``, its ``stops`` in order and its ``route``
        (GeoJSON in degrees, None for a team that stays where it is). Nothing of any other team.

    Raises
    ------
    UnknownPerson
        If no member of staff has the number.
    """
    name = queries.find_name(session, tenant, staff)
    if name is None:
        raise UnknownPerson("people.unknown_person", staff=staff)
    sight = Sight(drafts=False, area=None, staff=staff)
    plans = [plan for plan in list_plans(session, tenant, sight, on_date=on) if plan["status"] == "published"]
    leave = my_leave(session, tenant, staff, on, on)
    return {
        "staff": staff,
        "name": name,
        "on_date": on,
        "away": leave[0]["kind"] if leave else None,
        "duties": queries.load_own_duties(session, tenant, staff, on),
        "shifts": [
            {
                **plan,
                "team": load_teams(session, tenant, plan["id"], sight)[0],
                "stops": load_stops(session, tenant, plan["id"], sight),
                "route": load_routes(session, tenant, plan["id"], sight)[0]["geometry"],
            }
            for plan in sorted(plans, key=lambda plan: (plan["starts_at"], plan["id"]))
        ],
    }


def my_leave(session: Session, tenant: str, staff: str, first_on: dt.date, last_on: dt.date) -> list[dict[str, Any]]:
    """Somebody's leave that touches a span, by first day."""
    return [row for row in queries.load_leave(session, tenant, first_on, last_on) if row["staff"] == staff]
