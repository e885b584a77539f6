"""What the pages of rosters show: the newest proposals with everybody's duties, leave and burdens."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from maps.dashboards.rosters import Colleague, RostersView, ShownRoster
    from maps.findings.page import Head

ROSTERS_SHOWN = 4


def load_rosters(session: Session, tenant: str, head: Head) -> list[RostersView]:
    """One page a proposal, the newest first; one that says how to begin while there is none."""
    from geo.patrol.people.queries import list_proposals, load_musters, load_staff_names
    from geo.patrol.queries import list_shift_kinds
    from maps.dashboards.rosters import RostersView

    proposals = list_proposals(session, tenant, most=ROSTERS_SHOWN)
    pages = ["rosters" if number == 0 else f"rosters-{number + 1}" for number in range(len(proposals))]
    others = tuple((page, row.first_on, row.last_on, row.status) for page, row in zip(pages, proposals, strict=True))
    shifts = {kind.code: kind.name for kind in list_shift_kinds(session)}
    musters = [(one["code"], one["name"], one["lon"], one["lat"]) for one in load_musters(session, tenant)]
    people = load_staff_names(session, tenant)
    staff = tuple((one["code"], one["name"]) for one in people if one["active"])
    shown = [_shown(session, tenant, row, page, people) for page, row in zip(pages, proposals, strict=True)]
    none: list[ShownRoster | None] = [None]
    return [RostersView(head, one, others, shifts, musters, staff) for one in shown or none]


def _shown(session: Session, tenant: str, row: Any, page: str, people: list[dict[str, Any]]) -> ShownRoster:
    from geo.calendars import is_workday
    from geo.db.counties import get_county
    from geo.patrol.people import queries
    from geo.patrol.people.actions import LOOK_BACK
    from geo.patrol.people.book import spans_of
    from geo.patrol.people.fairness import Burden, tally
    from geo.patrol.people.rules import Duty, Shift
    from maps.dashboards.rosters import Colleague, ShownRoster

    calendar = get_county(session, tenant).calendar
    spans = spans_of(queries.load_shift_times(session, tenant))
    shifts = {code: Shift(code, *span) for code, span in spans.items()}
    entries = queries.load_entries(session, tenant, row.id)
    duties = [Duty(one["on_date"], one["shift_code"], one["staff_id"], one["role"]) for one in entries]
    day = dt.timedelta(1)
    earlier = queries.load_duties(session, tenant, row.first_on - LOOK_BACK, row.first_on - day)
    now, before = (tally(shifts, some, lambda on: not is_workday(on, calendar)) for some in (duties, earlier))
    away: dict[int, set[dt.date]] = {}
    for leave in queries.load_leave(session, tenant, row.first_on, row.last_on):
        days = (min(leave["to_on"], row.last_on) - leave["from_on"]).days + 1
        away.setdefault(leave["staff_id"], set()).update(leave["from_on"] + day * number for number in range(days))
    there = {duty.person_id for duty in duties}
    colleagues: list[Colleague] = [
        Colleague(
            one["code"], one["name"], one["kind"], now.get(one["id"], Burden()), before.get(one["id"], Burden()),
            frozenset(away.get(one["id"], ())),
        )
        for one in people
        if one["active"] or one["id"] in there
    ]  # fmt: skip
    told = tuple((one["on_date"], one["shift_code"], one["staff"], one["role"]) for one in entries)
    return ShownRoster(page, row.id, row.first_on, row.last_on, row.status, row.summary, told, tuple(colleagues))
