"""Rosters made, shown and adopted; leave and muster points written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geo.calendars import is_workday
from geo.cases.postures.queries import list_rosters
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.patrol.people import queries
from geo.patrol.people.book import check_unchanged, needs_on, rest_rules_on, spans_of
from geo.patrol.people.fairness import Burden, tally
from geo.patrol.people.rules import DayKind, Duty, RosterProblem, Shift

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.build import Bureau
    from geo.patrol.people.rostering import Roster

MOST_DAYS = 62
LOOK_BACK = dt.timedelta(weeks=8)
"""Fairness counts the weeks before."""


class UnknownRoster(NotFound):
    """There is no proposed roster of that number."""


class RosterDecided(Conflict):
    """The proposal is adopted or superseded, or its days are over."""


class NobodyToRoster(Invalid):
    """The county has nobody in service or no kinds of shift; the message says how they come in."""


class UnknownPerson(NotFound):
    """No member of staff or unit has this number."""


class BadLeave(Invalid):
    """Leave that ends before it begins."""


class UnknownLeave(NotFound):
    """Nobody of this number has leave from that day on."""


class MusterOutside(Invalid):
    """The point lies outside the county; often longitude and latitude are swapped."""


def propose_roster(
    database: Database,
    tenant: str,
    first_on: dt.date,
    days: int,
    *,
    seed: int = 1,
    effort: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    actor: str = "system",
) -> dict[str, Any]:
    """Roster some days and keep that as a draft; no duty changes.

    Returns
    -------
    dict
        ``id``, ``first_on``, ``last_on``, ``duties`` and ``summary``: what is lacking and which rules are in the way,
        and the spread of burdens within each kind of staff.

    Raises
    ------
    NobodyToRoster, RosterBroken
        If there is nobody or no shift to roster, or the days are out of range.
    """
    from geo.patrol.people.rostering import EFFORT, make_roster

    if not 1 <= days <= MOST_DAYS:
        raise NobodyToRoster("people.days_out_of_range", days=days, most=MOST_DAYS)
    with database.begin(tenant) as session:
        problem = load_problem(session, get_county(session, tenant), first_on, days)
    roster = make_roster(problem, seed=seed, effort=effort or EFFORT, progress=progress, cancelled=cancelled)
    last_on = first_on + dt.timedelta(days - 1)
    summary = summarise(problem, roster)
    facts = {
        "first_on": first_on, "last_on": last_on, "seed": seed, "effort": round(1000 * (effort or EFFORT)),
        "summary": summary,
        "digest": problem.digest(), "made_by": actor,
    }  # fmt: skip
    with database.begin(tenant) as session:
        number = queries.insert_proposal(session, tenant, facts, roster.duties)
        told = {"proposal": number, "from": first_on.isoformat(), "days": days, "lacking": len(summary["lacking"])}
        write_change(session, tenant, "roster.proposed", facts=told, actor=actor)
    return {
        "id": number, "first_on": first_on.isoformat(), "last_on": last_on.isoformat(), "duties": len(roster.duties),
        "summary": summary,
    }  # fmt: skip


def load_problem(session: Session, county: County, first_on: dt.date, days: int) -> RosterProblem:
    """What some days are rostered from; needs and rest rules are the usual ones where the county has set none."""
    tenant = county.code
    people = queries.load_people(session, tenant)
    times = queries.load_shift_times(session, tenant)
    if not people or not times:
        raise NobodyToRoster("people.nobody_to_roster", people=len(people), shifts=len(times))
    last_on = first_on + dt.timedelta(days - 1)
    check_unchanged(session, tenant, first_on, last_on)
    spans, needs = spans_of(times), needs_on(session, tenant, first_on)
    leave: dict[int, set[dt.date]] = {}
    for row in queries.load_leave(session, tenant, first_on, last_on):
        dates, begin, end = leave.setdefault(row["staff_id"], set()), row["from_on"], min(row["to_on"], last_on)
        dates |= {begin + dt.timedelta(day) for day in range((end - begin).days + 1)}
    before = queries.load_duties(session, tenant, first_on - LOOK_BACK, first_on - dt.timedelta(1))
    kinds: list[DayKind] = [
        "workday" if is_workday(first_on + dt.timedelta(day), county.calendar) else "restday" for day in range(days)
    ]
    return RosterProblem(
        first_on,
        tuple(kinds),
        tuple(Shift(code, *spans[code], needs.get(code, {})) for code in spans),
        tuple(people),
        {person: frozenset(dates) for person, dates in leave.items()},
        tuple(before),
        rest_rules_on(session, tenant, first_on),
        posture_needs(list_rosters(session, tenant, first_on, last_on), spans, first_on, last_on),
    )


def posture_needs(
    rosters: Sequence[tuple[dt.date, dt.date, str, int]], shifts: Mapping[str, tuple[int, int]], first_on: dt.date,
    last_on: dt.date,
) -> dict[tuple[dt.date, str], int]:  # fmt: skip
    """People that postures ask for, by date and shift; the most of several.

    Parameters
    ----------
    rosters
        First and last day, shift or ``*`` for the longest, and people.
    shifts
        Begin and end by code, minutes.

    Examples
    --------
    >>> days = dt.date(2026, 6, 7), dt.date(2026, 6, 9)
    >>> shifts = {"day": (510, 1050), "night": (1320, 1500)}
    >>> posture_needs([(*days, "*", 6), (*days, "gone", 9)], shifts, days[1], days[1])
    {(datetime.date(2026, 6, 9), 'day'): 6}
    """
    longest = max(sorted(shifts), key=lambda code: shifts[code][1] - shifts[code][0])
    found: dict[tuple[dt.date, str], int] = {}
    for begin, end, said, people in rosters:
        code = longest if said == "*" else said
        for number in range((min(end, last_on) - max(begin, first_on)).days + 1 if code in shifts else 0):
            key = (max(begin, first_on) + dt.timedelta(number), code)
            found[key] = max(found.get(key, 0), people)
    return found


def load_bureau(session: Session, county: County, on: dt.date) -> Bureau:
    """Muster points of units, and who went with whom in the plans people walked before a day."""
    import shapely

    from geo.crs import STORAGE, transformer
    from geo.patrol.build import Bureau

    gap_days = rest_rules_on(session, county.code, on).pair_gap_days
    to_metric = transformer(STORAGE, county.metric_srid)
    musters = {
        unit["id"]: shapely.Point(*to_metric.transform(unit["lon"], unit["lat"]))
        for unit in queries.load_musters(session, county.code)
    }
    past = queries.load_pairs(session, county.code, on - dt.timedelta(gap_days), on)
    return Bureau(musters, past, gap_days)


def summarise(problem: RosterProblem, roster: Roster) -> dict[str, Any]:
    """What a roster lacks and why, and how burdens are spread: whole numbers, no names."""
    lacking = [
        {
            "on_date": one.shortage.on_date.isoformat(), "shift": one.shortage.shift, "lack": one.shortage.lack,
            "short": one.shortage.short, "in_the_way": list(one.in_the_way),
        }
        for one in roster.obstacles
    ]  # fmt: skip
    spread = {
        kind: _spread(problem, roster.duties, [person.id for person in problem.people if person.kind == kind])
        for kind in sorted({person.kind for person in problem.people})
    }
    return {"lacking": lacking, "spread": spread, "proven": roster.proven}


def _spread(problem: RosterProblem, duties: Sequence[Duty], group: Sequence[int]) -> dict[str, list[int]]:
    """Least and most within these days: minutes, shifts, late shifts, rest days, of those not away all the time."""
    rest = {problem.date(day) for day, kind in enumerate(problem.days) if kind == "restday"}
    burdens = tally({shift.code: shift for shift in problem.shifts}, duties, rest.__contains__)
    there = [burdens.get(p, Burden()) for p in group if len(problem.leave.get(p, ())) < len(problem.days)]
    spread = {name: [getattr(one, name) for one in there] for name in ("minutes", "shifts", "late", "restdays")}
    return {name: [min(values), max(values)] if values else [] for name, values in spread.items()}


def get_roster(session: Session, tenant: str, number: int) -> dict[str, Any]:
    """A proposed roster with its duties.

    Raises
    ------
    UnknownRoster
        If there is none.
    """
    found = queries.list_proposals(session, tenant, number)
    if not found:
        raise UnknownRoster("people.unknown_roster", roster=number)
    row = found[0]
    head = {name: getattr(row, name) for name in type(row).__slots__}
    return {**head, "duties": queries.load_entries(session, tenant, number)}


def adopt_roster(database: Database, tenant: str, number: int, actor: str = "system") -> int:
    """Write a draft's duties from today on, in place of those there are; how many were written.

    Raises
    ------
    UnknownRoster
        If there is none.
    RosterDecided
        If it is no draft, its days are over, or a plan of its days is published already: people know that one.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        found = queries.lock_proposal(session, tenant, number)
        if found is None:
            raise UnknownRoster("people.unknown_roster", roster=number)
        status, first_on, last_on = found
        begin = max(first_on, county.today())
        if status != "draft" or begin > last_on:
            raise RosterDecided("people.roster_decided", roster=number, status=status, last_on=last_on.isoformat())
        if published := queries.count_published(session, tenant, begin, last_on):
            raise RosterDecided("people.plans_published", roster=number, plans=published)
        written = queries.adopt(session, tenant, number, begin, last_on, actor)
        told = {"proposal": number, "from": begin.isoformat(), "to": last_on.isoformat(), "duties": written}
        write_change(session, tenant, "roster.adopted", facts=told, actor=actor)
    return written


def note_leave(
    session: Session, tenant: str, staff: str, from_on: dt.date, to_on: dt.date, kind: str, actor: str = "system"
) -> None:
    """Write down that somebody is away.

    Raises
    ------
    UnknownPerson
        If no member of staff has the number.
    BadLeave
        If it ends before it begins.
    """
    person = queries.find_staff(session, tenant, staff)
    if person is None:
        raise UnknownPerson("people.unknown_person", staff=staff)
    if to_on < from_on:
        raise BadLeave("people.leave_backwards", from_on=from_on.isoformat(), to_on=to_on.isoformat())
    queries.add_leave(session, tenant, [{"staff": person, "from_on": from_on, "to_on": to_on, "kind": kind}])
    write_change(session, tenant, "leave.noted", facts={"days": (to_on - from_on).days + 1}, actor=actor)


def take_leave_back(session: Session, tenant: str, staff: str, from_on: dt.date, actor: str = "system") -> None:
    """Somebody is there after all; rosters made from then on count on them.

    Raises
    ------
    UnknownLeave
        If they have no leave from that day on.
    """
    if not queries.drop_leave(session, tenant, staff, from_on):
        raise UnknownLeave("people.unknown_leave", staff=staff, from_on=from_on.isoformat())
    write_change(session, tenant, "leave.taken_back", facts={"from": from_on.isoformat()}, actor=actor)


def set_muster(session: Session, tenant: str, unit: str, lon: float, lat: float, actor: str = "system") -> None:
    """Say where a unit's teams begin and end their day.

    Raises
    ------
    UnknownPerson
        If there is no such unit.
    MusterOutside
        If the point cannot belong to the county.
    """
    if not get_county(session, tenant).contains(lon, lat):
        raise MusterOutside("people.muster_outside", unit=unit, lon=lon, lat=lat)
    if not queries.set_muster(session, tenant, unit, lon, lat):
        raise UnknownPerson("people.unknown_unit", unit=unit)
    write_change(session, tenant, "unit.muster_set", facts={"unit": unit}, actor=actor)
