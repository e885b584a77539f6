"""Write a visit of a contact point down, and see which were visited how often."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.contacts import queries
from geo.cases.history import CLOCKS_APART
from geo.cases.secrets.words import refuse_numbers
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import district_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_PEOPLE: Final = 10_000


class UnknownContact(NotFound):
    """There is no such contact point, or it lies outside the caller's 片区."""


class BadVisit(Invalid):
    """What is said of a visit cannot be; the facts name the field."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it was made.

    Parameters
    ----------
    uid
        Made by the client; the same again changes nothing.
    people
        How many were met: 人次.
    topic
        What it was about, in words without names and numbers of people.
    staff
        Staff number of who went.
    """

    uid: uuid.UUID
    contact: int
    at: dt.datetime
    people: int
    topic: str
    staff: str


def record_visit(session: Session, tenant: str, visit: Visit, *, actor: str, area: Sequence[str] | None = None) -> int:
    """Write a visit down; returns its id. Sent again, it changes nothing.

    Raises
    ------
    UnknownContact
        If there is no such point, or it lies outside ``area``.
    BadVisit
        If time, people, topic or person cannot be.
    NumberInText
        If a telephone or identity number stands in the topic.
    """
    refuse_numbers(topic=visit.topic)
    place = queries.find_contact(session, tenant, visit.contact)
    district = place and district_at(session, get_county(session, tenant), place["lon"], place["lat"])
    if place is None or not (area is None or district in area):
        raise UnknownContact("contacts.unknown", contact=visit.contact)
    if visit.at.tzinfo is None or visit.at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadVisit("contacts.bad", field="at", value=visit.at.isoformat())
    if not 0 <= visit.people <= MOST_PEOPLE:
        raise BadVisit("contacts.bad", field="people", value=str(visit.people))
    if not visit.topic.strip():
        raise BadVisit("contacts.bad", field="topic", value="")
    if (person := queries.find_staff(session, tenant, visit.staff)) is None:
        raise BadVisit("contacts.bad", field="staff", value=visit.staff)
    number, new = queries.add_visit(
        session, tenant, uid=visit.uid, contact=visit.contact, at=visit.at, people=visit.people,
        topic=visit.topic.strip(), staff=person, district=district, actor=actor,
    )  # fmt: skip
    if new:
        facts = {"contact": visit.contact, "visit": number, "people": visit.people}
        write_change(session, tenant, "contact_point.visited", facts=facts, actor=actor)
    return number


def list_contacts(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Every contact point with its visits between two local days: how many 次, how many 人次, and the last there was.

    Those visited longest ago, or never, first; with ``area`` those of these 片区.
    """
    county = get_county(session, tenant)
    begin = dt.datetime.combine(first, dt.time(), county.zone)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), county.zone)
    found = queries.list_contacts(session, tenant, begin, end)
    if area is None:
        return found
    return [row for row in found if district_at(session, county, row["lon"], row["lat"]) in area]


def list_visits(session: Session, tenant: str, contact: int, area: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Visits of one contact point, the newest first.

    Raises
    ------
    UnknownContact
        If there is no such point, or it lies outside ``area``.
    """
    place = queries.find_contact(session, tenant, contact)
    county = get_county(session, tenant)
    if place is None or not (area is None or district_at(session, county, place["lon"], place["lat"]) in area):
        raise UnknownContact("contacts.unknown", contact=contact)
    return queries.list_visits(session, tenant, contact)
