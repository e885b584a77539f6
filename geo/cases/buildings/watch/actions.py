"""Raise the alarm when something is newer than the base date, and take an estate's standing when it is inside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.cases.buildings.states import ESTATE, IN_STOCK
from geo.cases.buildings.watch import queries
from geo.cases.history import begin, load_steps, take
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STANDING = (*sorted(IN_STOCK - {"demolished"}), "verified", "stopped")
"""States in which something illegal stands on the ground."""


WAYS_TO = {"candidate": (), "held": ("award",), "lost": ("award", "lose"), "withdrawn": ("withdraw",)}
"""Standing that an estate came with, as its layer says → the steps that must have led there."""


class UnknownPerson(NotFound):
    """Nobody in service has that staff number."""


class UnknownEstate(NotFound):
    """There is no such estate."""


class NoOpenAlarm(NotFound):
    """There is no open alarm of that number."""


class AnswerMissing(Invalid):
    """An alarm is answered in words."""


class StandsInside(Conflict):
    """An estate is not awarded while something illegal stands in it; the facts name it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The base date that holds somewhere, and who is told."""

    id: int
    base_on: dt.date
    staff_id: int


def find_rule(session: Session, tenant: str, district: str | None) -> Rule | None:
    """The rule that holds in a 片区, else the county's; None if the bureau has set none."""
    row = queries.find_rule_row(session, tenant, district)
    return Rule(*row) if row else None


def set_rule(session: Session, tenant: str, base_on: dt.date, staff: str, actor: str, *, district: str | None) -> int:
    """Set the base date of a 片区 (None: of the county) and the person who is told; returns the rule's id.

    Raises
    ------
    UnknownPerson
        If nobody in service has that staff number: an alarm that reaches nobody is none.
    """
    person = queries.find_staff(session, tenant, staff)
    if person is None:
        raise UnknownPerson("buildings.person", staff=staff)
    number = queries.add_rule(session, tenant, district, base_on, person, actor)
    facts = {"rule": number, "district": district, "base_on": base_on.isoformat(), "staff_id": person}
    write_change(session, tenant, "zero_growth.set", facts=facts, actor=actor)
    return number


def watch_building(session: Session, tenant: str, building_id: int, actor: str) -> bool:
    """Raise the alarm of a building that is newer than the base date of its place, once; whether it was raised now."""
    status, district, seen_on = queries.find_seen(session, tenant, building_id)
    rule = find_rule(session, tenant, district)
    if rule is None or seen_on is None or seen_on <= rule.base_on or status == "dismissed":
        return False
    if not queries.raise_alarm(session, tenant, building_id, rule.id, rule.staff_id, seen_on):
        return False
    facts = {"building": building_id, "staff_id": rule.staff_id, "base_on": rule.base_on.isoformat()}
    write_change(session, tenant, "zero_growth.broken", facts=facts, actor=actor)
    return True


def answer_alarm(session: Session, tenant: str, alarm_id: int, said: str, actor: str) -> int:
    """Say what is done about an alarm; returns its building.

    Raises
    ------
    NoOpenAlarm, AnswerMissing
        If there is no open one of that number, or nothing is said.
    """
    if not said.strip():
        raise AnswerMissing("buildings.answer")
    building = queries.answer(session, tenant, alarm_id, said.strip(), actor)
    if building is None:
        raise NoOpenAlarm("buildings.no_alarm", id=alarm_id)
    write_change(session, tenant, "zero_growth.answered", facts={"building": building}, actor=actor)
    return building


def award_estate(
    session: Session, tenant: str, estate_id: int, keeper: str, *, at: dt.datetime, actor: str, note: str = ""
) -> str:
    """Award an estate its standing and give it a keeper.

    Raises
    ------
    UnknownEstate, UnknownPerson, StepNotOpen
        If there is none, nobody of that number, or it is no candidate.
    StandsInside
        If something illegal stands in it.
    """
    held = queries.lock_estate(session, tenant, estate_id)
    if held is None:
        raise UnknownEstate("buildings.estate", id=estate_id)
    ESTATE.after(held[0]["status"], "award")
    person = queries.find_staff(session, tenant, keeper)
    if person is None:
        raise UnknownPerson("buildings.person", staff=keeper)
    if inside := queries.standing_inside(session, tenant, estate_id, STANDING):
        raise StandsInside("buildings.stands_inside", id=estate_id, buildings=", ".join(map(str, inside[:10])))
    return take_estate_step(session, tenant, estate_id, "award", at=at, actor=actor, note=note, keeper=person)


def take_estate_step(
    session: Session,
    tenant: str,
    estate_id: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    note: str = "",
    keeper: int | None = None,
    facts: dict[str, Any] | None = None,
) -> str:
    """Take a step with an estate; returns its standing then. An award goes through :func:`award_estate`."""
    held = queries.lock_estate(session, tenant, estate_id)
    if held is None:
        raise UnknownEstate("buildings.estate", id=estate_id)
    row, box = held
    steps = load_steps(session, tenant, ESTATE, estate_id)
    state = row["status"]
    if not steps:
        begun = begin(session, tenant, ESTATE, estate_id, at=at, actor=actor, facts={"adopted": True})
        for before in WAYS_TO[state]:
            begun = take(session, tenant, ESTATE, estate_id, begun, before, at=at, actor=actor, facts={"adopted": True})
    # What was built long ago and verified today takes the standing today at the earliest: it was held until then.
    at = max([at, *(one.at for one in steps[-1:])])
    state = take(session, tenant, ESTATE, estate_id, state, step, at=at, actor=actor, note=note, facts=facts)
    since = at.astimezone(ZoneInfo(get_county(session, tenant).time_zone)).date()
    queries.move_estate(session, tenant, estate_id, state, since, keeper)
    write_change(
        session, tenant, "estate.stepped", layer="estate", feature_ids=[estate_id], box=box,
        facts={"step": step, "status": state}, actor=actor,
    )  # fmt: skip
    return state


def lose_estates(session: Session, tenant: str, building_id: int, at: dt.datetime, actor: str) -> list[int]:
    """Take the standing of every estate that a building stands in; their ids."""
    lost = [number for number, _ in queries.held_around(session, tenant, building_id)]
    for number in lost:
        take_estate_step(session, tenant, number, "lose", at=at, actor=actor, facts={"building": building_id})
    return lost
