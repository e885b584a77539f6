"""Build, issue and read daily logs, weekly summaries and monthly bulletins."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from geo.cases.bulletins import queries
from geo.cases.bulletins.content import build_content, digest_of
from geo.cases.bulletins.periods import before, period_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST: Final = 400
READY: Final = dt.time(9)
"""From this local hour on the log of the day before may be issued: its night shift is over."""

BY_ITSELF: Final = ("day", "week")
"""What the worker issues; a month is 通报, which a person issues."""


class UnknownBulletin(NotFound):
    """None was issued of that period."""


class NotOver(Conflict):
    """The period is not over; the facts name the moment it will be."""


class Issued(Conflict):
    """It was issued, for good: a correction is another edition and says why."""


class BadBulletin(Invalid):
    """An edition that corrects nothing, or says nothing."""


def issue_bulletin(
    session: Session, tenant: str, kind: str, on: dt.date, *, actor: str, note: str = "", now: dt.datetime | None = None
) -> dict[str, Any]:
    """Issue the bulletin of the period a local day is in, for good.

    Parameters
    ----------
    note
        Why it is issued again; what was issued before stays readable under its edition.

    Raises
    ------
    UnknownKind
        If ``kind`` is none.
    NotOver
        If the period runs, or its night shift does.
    Issued
        If there is one and ``note`` is empty.
    BadBulletin
        If a first edition corrects something.
    """
    first, last = period_of(kind, on)
    zone = get_county(session, tenant).zone
    ready = dt.datetime.combine(last + dt.timedelta(days=1), READY, zone)
    if (now or dt.datetime.now(dt.UTC)) < ready:
        raise NotOver("bulletins.not_over", first=first.isoformat(), last=last.isoformat(), ready=ready.isoformat())
    queries.hold(session, tenant)
    before_it = queries.find_bulletin(session, tenant, kind, first)
    if before_it is not None and not note.strip():
        raise Issued("bulletins.issued", kind=kind, first=first.isoformat(), edition=before_it["edition"])
    if before_it is None and note.strip():
        raise BadBulletin("bulletins.first", kind=kind, first=first.isoformat())
    edition = 1 if before_it is None else before_it["edition"] + 1
    content = build_content(session, tenant, kind, first)
    queries.add_bulletin(
        session, tenant, content, kind=kind, from_on=first, to_on=last, edition=edition, note=note.strip(),
        sha256=digest_of(content), actor=actor,
    )  # fmt: skip
    facts = {"kind": kind, "from_on": first.isoformat(), "edition": edition}
    write_change(session, tenant, "bulletin.issued", facts=facts, actor=actor)
    return get_bulletin(session, tenant, kind, first)


def get_bulletin(session: Session, tenant: str, kind: str, on: dt.date, edition: int | None = None) -> dict[str, Any]:
    """The bulletin issued of the period a local day is in: the newest edition, or the one named.

    Returns
    -------
    dict
        With ``content`` as issued, and ``whole``: whether that still has the digest it was issued with.

    Raises
    ------
    UnknownKind, UnknownBulletin
        If there is none.
    """
    first, _ = period_of(kind, on)
    found = queries.find_bulletin(session, tenant, kind, first, edition)
    if found is None:
        raise UnknownBulletin("bulletins.unknown", kind=kind, first=first.isoformat())
    return {**found, "whole": digest_of(found["content"]) == found["sha256"]}


def list_bulletins(session: Session, tenant: str, kind: str | None = None) -> list[dict[str, Any]]:
    """What was issued, the newest period first, without content; at most 400."""
    return queries.list_bulletins(session, tenant, kind, MOST)


def issue_due(session: Session, tenant: str, now: dt.datetime) -> int:
    """Issue the log of yesterday and the summary of last week where they are missing; returns how many.

    A period of which nothing is on file is left out: an empty log says only that the software was there.
    """
    today = now.astimezone(get_county(session, tenant).zone)
    if today.time() < READY:
        return 0
    made = 0
    for kind in BY_ITSELF:
        first, _ = before(kind, period_of(kind, today.date())[0])
        if queries.find_bulletin(session, tenant, kind, first) is None and _any(session, tenant, kind, first):
            issue_bulletin(session, tenant, kind, first, actor="clock", now=now)
            made += 1
    return made


def _any(session: Session, tenant: str, kind: str, first: dt.date) -> bool:
    told = build_content(session, tenant, kind, first)
    return bool(any(told["problems"].values()) or told["complaints"]["received"] or told["shifts"]["planned"])
