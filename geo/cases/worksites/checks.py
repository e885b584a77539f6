"""Check a site from its gate: each item that is not in order opens a problem under its code."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.flow.actions import open_problem
from geo.cases.flow.orders import Draft, NobodyToName
from geo.cases.history import CLOCKS_APART
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.cases.worksites import queries
from geo.cases.worksites.books import load_items
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import district_at
from geo.tables.worksites import OUTCOMES
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SYSTEM: Final = "GB/T 30428.2-2013"
"""Of the codes on the checklists."""


class UnknownSite(NotFound):
    """There is no such site, or not for this caller."""


class BadSiteCheck(Invalid):
    """A check that cannot be; the facts name the field, what stood there and what can."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An item out of order: what became of it before the officer left, and how many (lorries, places)."""

    item: str
    outcome: str = "open"
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """A check as it was made.

    Parameters
    ----------
    uid
        Made by the client; the same again changes nothing.
    items
        What was looked at; empty for the whole checklist. What is not looked at is not counted as in order.
    permit_checked
        已审批? was asked: what is found goes beyond the permits in force there.
    """

    uid: uuid.UUID
    site: str
    at: dt.datetime
    findings: tuple[Finding, ...] = ()
    items: tuple[str, ...] = ()
    gate: str | None = None
    note: str = ""
    staff: str | None = None
    permit_checked: bool = False


def record_check(
    session: Session, tenant: str, check: SiteCheck, *, actor: str, area: Sequence[str] | None = None
) -> int:
    """Write a check down and report what was found; returns its id. Sent again, it changes nothing.

    Parameters
    ----------
    area
        片区 the caller may reach; None for all.

    Raises
    ------
    UnknownSite
        If there is no such site, or it lies outside the caller's area.
    BadSiteCheck
        If an item, gate, outcome, time or person cannot be.
    UidTaken
        If the uid is that of something else.
    PermitStands
        If a permit in force may allow what was found, and nobody has looked.

    Notes
    -----
    Each finding opens a problem at once, also one put right on the spot (当场规范): closing that needs its two pictures
    (自行处置) like any other.
    """
    if (before := find_taken(session, tenant, check.uid, "site_check")) is not None:
        return before
    site = queries.find_site(session, tenant, check.site)
    if site is None:
        raise UnknownSite("worksites.no_site", site=check.site)
    gate = _gate(session, tenant, check)
    lon, lat = (site["lon"], site["lat"]) if gate is None else (gate["lon"], gate["lat"])
    district = district_at(session, get_county(session, tenant), lon, lat)
    if area is not None and district not in area:
        raise UnknownSite("worksites.no_site", site=check.site)
    items = {row["code"]: row for row in load_items(session, tenant, site["site_type"])}
    looked = _looked(check, site["site_type"], items)
    staff_id = _person(session, tenant, check)
    number = queries.add_check(
        session, tenant, uid=check.uid, site_code=site["code"], gate_code=check.gate, site_type=site["site_type"],
        district_code=district, at=check.at, items=looked, note=check.note.strip(), staff_id=staff_id, actor=actor,
    )  # fmt: skip
    keep_taken(session, tenant, check.uid, "site_check", number)
    for found in check.findings:
        item = items[found.item]
        queries.add_finding(
            session, tenant, check_id=number, item=found.item, event_code=item["event_code"], outcome=found.outcome,
            quantity=found.quantity, problem_id=_report(session, tenant, check, found, item, site, (lon, lat), actor),
        )  # fmt: skip
    facts = {"site": site["code"], "check": number, "findings": len(check.findings)}
    write_change(session, tenant, "worksite.checked", facts=facts, actor=actor)
    return number


def list_checks(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, site: str | None = None,
    area: Sequence[str] | None = None, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Checks of some local days, both included, with their findings."""
    begin, end = span_of(first_on, last_on, get_county(session, tenant).zone)
    return queries.list_checks(session, tenant, begin, end, site=site, area=area, most=most)


def _gate(session: Session, tenant: str, check: SiteCheck) -> dict[str, Any] | None:
    if check.gate is None:
        return None
    known = [gate for gate in queries.list_gates(session, tenant) if gate["site_code"] == check.site]
    for gate in known:
        if gate["code"] == check.gate:
            return gate
    raise BadSiteCheck(
        "worksites.check", field="gate", value=check.gate, known=", ".join(gate["code"] for gate in known) or "-"
    )


def _looked(check: SiteCheck, site_type: str, items: Mapping[str, Any]) -> list[str]:
    """Items looked at, in the order of the list."""
    said = [found.item for found in check.findings]
    unknown = [code for code in (*check.items, *said) if code not in items]
    if unknown:
        raise BadSiteCheck("worksites.check", field="item", value=unknown[0], known=", ".join(items) or site_type)
    if len(set(said)) < len(said):
        raise BadSiteCheck("worksites.check", field="findings", value=", ".join(said), known=", ".join(items))
    for found in check.findings:
        if found.outcome not in OUTCOMES:
            raise BadSiteCheck("worksites.check", field="outcome", value=found.outcome, known=", ".join(OUTCOMES))
        if not 1 <= found.quantity <= 10_000:
            raise BadSiteCheck("worksites.check", field="quantity", value=str(found.quantity), known="1..10000")
    looked = {*check.items, *said} if check.items else set(items)
    return [code for code in items if code in looked]


def _person(session: Session, tenant: str, check: SiteCheck) -> int | None:
    now = dt.datetime.now(dt.UTC)
    if check.at.tzinfo is None or check.at > now + CLOCKS_APART:
        raise BadSiteCheck("worksites.check", field="at", value=check.at.isoformat(), known=now.isoformat())
    if check.staff is None:
        return None
    found = queries.find_staff(session, tenant, check.staff)
    if found is None:
        raise BadSiteCheck("worksites.check", field="staff", value=check.staff, known="-")
    return found


def _report(
    session: Session, tenant: str, check: SiteCheck, found: Finding, item: Mapping[str, Any], site: Mapping[str, Any],
    spot: tuple[float, float], actor: str,
) -> int | None:  # fmt: skip
    """Open the problem; None where the county has nobody who could answer for one."""
    draft = Draft(
        uuid7(), item["event_code"], "patrol", check.at, lon=spot[0], lat=spot[1], code_system=SYSTEM,
        place=f"{site['name']} {check.gate or ''}".strip(), description=item["zh"], quantity=found.quantity,
        staff=check.staff, actor=actor, permit_checked=check.permit_checked,
    )  # fmt: skip
    try:
        return open_problem(session, tenant, draft)
    except NobodyToName:
        return None
