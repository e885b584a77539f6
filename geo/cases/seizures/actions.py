"""Report goods that are taken to the head, decide as the head, and be told of what is due.

行政强制法 art. 18: before a coercive measure is taken it is reported to the head of the body and approved. Art. 19:
where it has to be taken on the spot, the officers report it to the head within 24 hours and make the approval up; a
measure the head does not approve is lifted at once. Art. 25: the head approves that seized goods are held longer.
行政处罚法 art. 56: evidence is kept (先行登记保存) once the head has approved; nothing is made up afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.formal.actions import Signer
from geo.cases.history import CLOCKS_APART
from geo.cases.powers.actions import get_figure
from geo.cases.secrets.words import refuse_numbers
from geo.cases.seizures import queries
from geo.cases.subjects.actions import require_officer
from geo.db.changes import write_change
from geo.errors import Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DECISIONS: Final = ("approved", "refused")
WARN_SHARE: Final = 0.75
"""Of the hours there are; as every clock of the case rooms."""


class NotSeized(NotFound):
    """No goods are taken by that document, or it is none of the caller's 片区."""


class NotApproved(Conflict):
    """Goods are taken and held longer with the head's approval, or seized on the spot and said so."""


class ReportSettled(Conflict):
    """The head has decided, or the document is void: nothing more is reported."""


class NotTheHead(Forbidden):
    """The head named in the report decides, and is neither of the two who take the goods; the facts name them."""


class BadReport(Invalid):
    """A report or decision lacks what it needs, or its time cannot be; the facts name the field."""


@dataclass(frozen=True, slots=True)
class Due:
    """Reports said once to be near or past their hour: how many of each."""

    warned: int
    late: int


def begin_report(session: Session, tenant: str, row: Mapping[str, Any], at: dt.datetime) -> None:
    """Start the hours of goods taken on the spot; refuse to issue any others without the head's approval.

    Parameters
    ----------
    row
        The document that is issued.
    at
        Aware; when it was issued, which on the spot is when the goods were taken.

    Raises
    ------
    NotApproved
        If it is not on the spot and the head has not approved.
    """
    report = queries.find_report(session, tenant, row["id"])
    decision = report["decision"] if report else None
    if decision == "approved":
        return
    if row["kind"] == "keep_evidence":
        raise NotApproved("seizures.not_approved_keep", document=row["id"])
    if not row["on_spot"] or decision == "refused":
        raise NotApproved("seizures.not_approved", document=row["id"])
    hours = get_figure(session, tenant, "seize_report_hours")
    queries.start_hours(session, tenant, row["id"], at, at + dt.timedelta(hours=hours))


def require_longer(session: Session, tenant: str, document: int) -> None:
    """Refuse to hold seized goods longer without the head's approval (行政强制法 art. 25).

    Raises
    ------
    NotApproved
    """
    report = queries.find_report(session, tenant, document, "longer")
    if report is None or report["decision"] != "approved":
        raise NotApproved("seizures.not_approved_longer", document=document)


def refuse_head(session: Session, tenant: str, document: int, staff: str) -> None:
    """Refuse the head to whom it was reported as one of the two who sign.

    Raises
    ------
    NotTheHead
    """
    for about in queries.TABLES:
        report = queries.find_report(session, tenant, document, about)
        if report is not None and report["head"] == staff:
            raise NotTheHead("seizures.not_head", staff=staff)


def report_seizure(
    session: Session, tenant: str, document: int, head: str, note: str, signer: Signer, at: dt.datetime,
    area: Sequence[str] | None = None, about: str = "take",
) -> dict[str, Any]:  # fmt: skip
    """Write that an officer has reported it to the head; again it replaces the report while nothing was decided.

    Parameters
    ----------
    head
        Staff number of the head of the body, who decides.
    area
        片区 the caller may reach; None for all.
    about
        ``take``, or ``longer``: that seized goods are held for the second time the law allows.

    Raises
    ------
    NotSeized, ReportSettled
        If there is no such document, or nothing is left to report.
    NotAnOfficer
        If the officer or the head is no regular officer in service.
    NotTheHead
        If the head is who reports, or one of the two who signed.
    BadReport
        If its time is in the future, or before the goods were taken.
    NumberInText
        If a telephone or identity number stands in the note.
    """
    refuse_numbers(note=note)
    row = _open(session, tenant, document, area, about)
    officer = require_officer(session, tenant, signer.staff)
    chief = require_officer(session, tenant, head)
    if chief == officer or chief in queries.list_signers(session, tenant, document):
        raise NotTheHead("seizures.not_head", staff=head)
    if row["taken_at"] is not None and at < row["taken_at"]:
        raise BadReport("seizures.bad", field="at", value=at.isoformat())
    _no_future(at)
    queries.save_report(session, tenant, document, about, at=at, officer=officer, head=chief, note=note.strip())
    facts = {"document": document, "about": about}
    write_change(session, tenant, "seizure.reported", facts=facts, actor=signer.account)
    return get_report(session, tenant, document, about=about)


def decide_report(
    session: Session, tenant: str, document: int, decision: str, note: str, signer: Signer, at: dt.datetime,
    area: Sequence[str] | None = None, about: str = "take",
) -> dict[str, Any]:  # fmt: skip
    """Approve or refuse as the head, with one's own account; what is refused after the act is to be given back at once.

    Raises
    ------
    NotSeized, ReportSettled, NotTheHead, NumberInText
        As :func:`report_seizure`.
    BadReport
        If nothing was reported, the decision is none, a refusal gives no reason, or its time cannot be.
    """
    refuse_numbers(note=note)
    row = _open(session, tenant, document, area, about)
    if row["reported_at"] is None:
        raise BadReport("seizures.bad", field="report", value="-")
    if decision not in DECISIONS or (decision == "refused" and not note.strip()):
        raise BadReport("seizures.bad", field="note" if decision in DECISIONS else "decision", value=decision)
    if signer.staff != row["head"]:
        raise NotTheHead("seizures.not_head", staff=signer.staff)
    if at < row["reported_at"]:
        raise BadReport("seizures.bad", field="at", value=at.isoformat())
    _no_future(at)
    queries.save_decision(session, tenant, document, about, decision=decision, at=at, note=note.strip())
    facts = {"document": document, "about": about, "decision": decision}
    write_change(session, tenant, "seizure.decided", facts=facts, actor=signer.account)
    return get_report(session, tenant, document, about=about)


def get_report(
    session: Session, tenant: str, document: int, area: Sequence[str] | None = None, about: str = "take"
) -> dict[str, Any]:
    """What was reported and decided of one seizure, or of holding it longer.

    Raises
    ------
    NotSeized
    """
    row = queries.find_report(session, tenant, document, about, area)
    if row is None:
        raise NotSeized("seizures.unknown", document=document)
    return row


def list_reports(
    session: Session, tenant: str, now: dt.datetime, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Reports that wait for the head, and refused seizures whose goods are still held, the soonest due first.

    Each row has ``standing``: ``late``, ``warned`` (three quarters of the hours are used), ``running``, ``lift``
    (refused: to be given back at once) or ``before`` (reported before any goods were taken).
    """
    return [{**row, "standing": _standing(row, now)} for row in queries.list_reports(session, tenant, area)]


def remind(session: Session, tenant: str, now: dt.datetime) -> Due:
    """Say of reports, once each, that three quarters of their hours are used, or all; called by the clock."""
    said = {"warned": 0, "late": 0}
    for row in queries.list_reports(session, tenant, None):
        standing = _standing(row, now)
        if standing in said and row[f"{standing}_said_at"] is None:
            queries.note_said(session, tenant, row["document_id"], standing, now)
            facts = {"document": row["document_id"], "due_at": row["due_at"].isoformat()}
            write_change(session, tenant, f"seizure.report_{standing}", facts=facts, actor="clock")
            said[standing] += 1
    return Due(**said)


def _standing(row: Mapping[str, Any], now: dt.datetime) -> str:
    if row["decision"] == "refused":
        return "lift"
    if row["due_at"] is None:
        return "before"
    if now > row["due_at"]:
        return "late"
    warn_at = row["taken_at"] + (row["due_at"] - row["taken_at"]) * WARN_SHARE
    return "warned" if now >= warn_at else "running"


def _open(session: Session, tenant: str, document: int, area: Sequence[str] | None, about: str) -> dict[str, Any]:
    queries.lock_seizure(session, tenant, document)
    row = get_report(session, tenant, document, area, about)
    if row["decision"] is not None or row["state"] == "void" or (about == "longer" and row["state"] != "served"):
        raise ReportSettled("seizures.settled", document=document)
    return row


def _no_future(at: dt.datetime) -> None:
    if at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadReport("seizures.bad", field="at", value=at.isoformat())
