"""Draft a document, sign it out, serve it, extend it once, look again when its day has come."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.calendars import add_workdays
from geo.cases import history
from geo.cases.formal.actions import Signer, sign
from geo.cases.formal.links import check_links
from geo.cases.notices import queries
from geo.cases.notices.states import (
    BY_THE_CLOCK,
    COERCIVE,
    HOLDING,
    NOTICE,
    RECHECK_STEP,
    SIGNED_STEPS,
    WORKFLOW_OF,
    number_of,
)
from geo.cases.powers.actions import get_figure, require_body, require_item
from geo.cases.risks.gate import require_act
from geo.cases.secrets.words import refuse_numbers
from geo.cases.seizures.actions import begin_report, refuse_head, require_longer
from geo.cases.subjects.actions import Purpose, Reader, look, require_officer
from geo.cases.subjects.queries import find_subject
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import district_at
from geo.tables.notices import RECHECK_RESULTS, SERVICES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.secrets.sealing import Secrets

CONTENT = "legal_document.content"


class UnknownDocument(NotFound):
    """There is no such document or recheck, or it is none of the caller's 片区."""


class DocumentNeeds(Invalid):
    """A document or step lacks a field; the facts name it."""


class TooMuchOnTheSpot(Invalid):
    """A fine on the spot is above what the law allows there; the facts name the most."""


class ExtendedAlready(Conflict):
    """A day is put off once; 先行登记保存 never is."""


class HeldTooLong(Conflict):
    """The days in which goods may be held are over: they are given back, nothing else. The facts name the day."""


class RecheckDone(Conflict):
    """Somebody has looked already."""


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A document to be: ``item`` and ``body`` are codes, ``content`` is sealed as JSON, degrees EPSG:4490.

    ``due_on`` is for notices; what is held has the law's. ``about_id`` is the document a 送达回证 is about.
    ``on_spot``: goods are seized on the spot, the head approves within 24 hours instead of before (行政强制法 art. 19).
    """

    uid: uuid.UUID
    kind: str
    item: str
    body: str
    lon: float
    lat: float
    content: Mapping[str, Any] = field(default_factory=dict)
    subject_id: int | None = None
    due_on: dt.date | None = None
    incident_id: int | None = None
    penalty_id: int | None = None
    problem_id: int | None = None
    about_id: int | None = None
    on_spot: bool = False


@dataclass(frozen=True, slots=True)
class DocumentStep:
    """A step of a document; ``service`` for serving, ``due_on`` for putting a notice off."""

    step: str
    at: dt.datetime
    note: str = ""
    service: str = ""
    due_on: dt.date | None = None


def draft_document(session: Session, tenant: str, keys: Secrets, draft: DocumentDraft, signer: Signer) -> int:
    """Write a draft; the same uid again changes nothing. Returns its id.

    Raises
    ------
    NotAnOfficer, NoPowerItem, UnknownBody
        If it is no officer's, or item or body are not in force.
    BodyMayNot
        If goods are to be seized by a body that may not.
    DocumentNeeds
        If a notice has no due day, a document about somebody nobody, a 送达回证 no document, or the place no 片区.
    TooMuchOnTheSpot
        If a fine on the spot is above its limit.
    """
    known = queries.find_by_uid(session, tenant, draft.uid)
    if known is not None:
        return known
    officer = require_officer(session, tenant, signer.staff)
    named = {name: getattr(draft, name) for name in ("incident_id", "penalty_id", "problem_id", "about_id")}
    check_links(session, tenant, **named)
    item = require_item(session, tenant, draft.item)
    body = require_body(session, tenant, draft.body, coercive=draft.kind in COERCIVE)
    district = _check_draft(session, tenant, draft)
    sealed = keys.seal(json.dumps(dict(draft.content), ensure_ascii=False), CONTENT)
    number = queries.insert_document(
        session, tenant, uid=draft.uid, kind=draft.kind, body=body["id"], item=item["id"], subject=draft.subject_id,
        district=district, incident=draft.incident_id, penalty=draft.penalty_id, problem=draft.problem_id,
        about=draft.about_id, content=sealed, due_on=draft.due_on, actor=signer.account, on_spot=draft.on_spot,
        lon=draft.lon, lat=draft.lat,
    )  # fmt: skip
    if number is None:
        return int(queries.find_by_uid(session, tenant, draft.uid) or 0)
    facts = {"document": number, "kind": draft.kind, "staff": officer}
    write_change(session, tenant, "document.drafted", facts=facts, actor=signer.account)
    return number


def take_step(session: Session, tenant: str, document: int, order: DocumentStep, signer: Signer) -> dict[str, Any]:
    """Take a step; what goes out or takes something waits until the partner has signed the same.

    Raises
    ------
    UnknownDocument, StepNotOpen
        If there is no such document, or its state does not allow the step.
    DocumentNeeds, ExtendedAlready
        If a field is missing, or the day was put off before.
    HeldTooLong
        If the days of goods are over and they are not given back (行政强制法 arts. 27, 28; 行政处罚法 art. 56).
    NotAnOfficer, MayNotSign, SignedOtherwise
        If they may not sign.
    NotAssessed
        If goods are to be seized and no approved risk assessment covers it there (T04).
    NotApproved
        If they are, not on the spot, and the head has not approved it (行政强制法 art. 18); if evidence is kept, or
        seized goods are held longer, without it (行政处罚法 art. 56; 行政强制法 art. 25).
    NotTheHead
        If the head who decides of it is one of the two who sign.
    """
    refuse_numbers(note=order.note)
    row = _lock(session, tenant, document)
    flow = WORKFLOW_OF[row["kind"]]
    after = flow.after(row["state"], order.step)
    officer = require_officer(session, tenant, signer.staff)
    if order.step in RECHECK_STEP.values():
        raise DocumentNeeds("notices.by_recheck", step=order.step)
    if order.step in BY_THE_CLOCK:
        raise DocumentNeeds("notices.by_clock", step=order.step)
    if flow is HOLDING:
        _check_holding(session, tenant, row, order, signer)
    due_on = _due_after(session, tenant, row, order)
    if order.step == "issue" and row["kind"] in COERCIVE:
        on = order.at.astimezone(get_county(session, tenant).zone).date()
        require_act(session, tenant, row["kind"], row["lon"], row["lat"], row["district_code"], on)
    if order.step == "issue" and flow is HOLDING:
        begin_report(session, tenant, row, order.at)
    if order.step in SIGNED_STEPS:
        content = {"step": order.step, "note": order.note, "service": order.service, "due_on": due_on}
        signed = sign(
            session, tenant, signer, "document", document, order.step, at=order.at, item_id=row["item_id"],
            body_id=row["body_id"], content=content,
        )  # fmt: skip
        if not signed.complete:
            return row
    if order.step == "issue":
        _issue(session, tenant, row, order.at, due_on)
        history.begin(session, tenant, flow, document, at=order.at, actor=signer.account, staff_id=officer)
    if order.step == "serve":
        queries.set_served(session, tenant, document, order.at, order.service)
    if order.step == "extend" and due_on is not None:
        queries.set_extended(session, tenant, document, due_on)
    if order.step == "void" and row["state"] == "drafted":
        history.begin(session, tenant, flow, document, at=order.at, actor=signer.account, staff_id=officer)
    return _move(session, tenant, row, order.step, after, order.at, signer.account, officer, order.note)


def make_rechecks(session: Session, tenant: str, today: dt.date) -> int:
    """Make a task for every notice whose day has come; called by the clock, again changes nothing. Returns how many."""
    made = queries.make_rechecks(session, tenant, today)
    for recheck, document in made:
        facts = {"recheck": recheck, "document": document, "due_on": today.isoformat()}
        write_change(session, tenant, "recheck.due", facts=facts, actor="clock")
    return len(made)


def end_kept(session: Session, tenant: str, today: dt.date) -> int:
    """Let 先行登记保存 lapse on which nothing was decided in its days; called by the clock. Returns how many.

    It ends with the last day (行政处罚法 art. 56): nothing is disposed of any more, what was kept is given back.
    """
    zone = get_county(session, tenant).zone
    ended = queries.lock_lapsed(session, tenant, today)
    for row in ended:
        after = HOLDING.after(row["state"], "lapse")
        over = dt.datetime.combine(row["due_on"] + dt.timedelta(days=1), dt.time(), zone)
        at = max(over, row["served_at"] or row["issued_at"])
        history.take(session, tenant, HOLDING, row["id"], row["state"], "lapse", at=at, actor="clock")
        queries.set_state(session, tenant, row["id"], after)
        facts = {"document": row["id"], "due_on": row["due_on"].isoformat()}
        write_change(session, tenant, "document.lapsed", facts=facts, actor="clock")
    return len(ended)


def end_recheck(
    session: Session, tenant: str, recheck: int, result: str, note: str, signer: Signer, at: dt.datetime,
    area: Sequence[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write what an officer found on the day; the notice moves on with it. Returns the document.

    Raises
    ------
    UnknownDocument, RecheckDone, NotAnOfficer, DocumentNeeds
    """
    refuse_numbers(note=note)
    officer = require_officer(session, tenant, signer.staff)
    found = queries.find_recheck(session, tenant, recheck)
    row = queries.find_document(session, tenant, found["document_id"], area) if found else None
    if found is None or row is None:
        raise UnknownDocument("notices.no_recheck", recheck=recheck)
    if found["done_at"] is not None:
        raise RecheckDone("notices.recheck_done", recheck=recheck)
    if result not in RECHECK_RESULTS:
        raise DocumentNeeds("notices.needs", step="recheck", field="result")
    row = _lock(session, tenant, row["id"])
    step = RECHECK_STEP[result]
    after = NOTICE.after(row["state"], step)
    queries.end_recheck(session, tenant, recheck, at=at, result=result, staff=officer, note=note)
    return _move(session, tenant, row, step, after, at, signer.account, officer, note)


def get_line(session: Session, tenant: str, document: int, area: Sequence[str] | None = None) -> dict[str, Any]:
    """One document without what it says.

    Raises
    ------
    UnknownDocument
        If there is none in those 片区.
    """
    row = queries.find_document(session, tenant, document, area)
    if row is None:
        raise UnknownDocument("notices.unknown", document=document)
    return row


def open_document(session: Session, tenant: str, keys: Secrets, document: int, reader: Reader) -> dict[str, Any]:
    """One document with what it says, its steps and what can be done with it; a look into its subject's file.

    Raises
    ------
    UnknownDocument
        If there is none in the reader's 片区.
    """
    row = get_line(session, tenant, document, reader.area)
    flow = WORKFLOW_OF[row["kind"]]
    if row["subject_id"] is not None:
        why = Purpose("recheck" if flow is NOTICE else "penalty", row["number"] or str(row["uid"]))
        look(session, tenant, row["subject_id"], reader, why, whole=True)
    steps = history.load_steps(session, tenant, flow, document)
    return {
        **row,
        "content": json.loads(keys.unseal(bytes(row["content_sealed"]), CONTENT)),
        "history": [{"step": s.step, "to": s.to_state, "at": s.at, "actor": s.actor, "note": s.note} for s in steps],
        "open_steps": list(flow.open_steps(row["state"])),
    }


def _check_draft(session: Session, tenant: str, draft: DocumentDraft) -> str:
    district = district_at(session, get_county(session, tenant), draft.lon, draft.lat)
    if district is None:
        raise DocumentNeeds("notices.outside", lon=draft.lon, lat=draft.lat)
    flow = WORKFLOW_OF[draft.kind]
    if draft.on_spot and draft.kind not in COERCIVE:
        raise DocumentNeeds("notices.needs", step=draft.kind, field="on_spot")
    if flow is NOTICE and draft.due_on is None:
        raise DocumentNeeds("notices.needs", step=draft.kind, field="due_on")
    if draft.kind == "service_receipt" and draft.about_id is None:
        raise DocumentNeeds("notices.needs", step=draft.kind, field="about_id")
    subject = find_subject(session, tenant, draft.subject_id) if draft.subject_id is not None else None
    named = draft.kind in ("rectify", "deadline", "on_the_spot")
    if (named or draft.subject_id is not None) and (subject is None or subject["state"] != "confirmed"):
        raise DocumentNeeds("notices.no_subject", step=draft.kind, field="subject_id")
    if draft.kind == "on_the_spot":
        party, yuan = draft.content.get("party", "person"), draft.content.get("amount_yuan", 0)
        most = get_figure(session, tenant, "spot_body_yuan" if party == "body" else "spot_person_yuan")
        if not isinstance(yuan, int) or not 0 <= yuan <= most:
            raise TooMuchOnTheSpot("notices.too_much", amount=yuan, most=most)
    return district


def _check_holding(session: Session, tenant: str, row: Mapping[str, Any], order: DocumentStep, signer: Signer) -> None:
    """What forbids a step of goods that are taken or held, beside their table."""
    on = order.at.astimezone(get_county(session, tenant).zone).date()
    if order.step in ("serve", "extend", "dispose") and row["due_on"] < on:
        raise HeldTooLong("notices.held_too_long", number=row["number"], due=row["due_on"].isoformat())
    if order.step in ("issue", "extend"):
        refuse_head(session, tenant, row["id"], signer.staff)


def _due_after(session: Session, tenant: str, row: Mapping[str, Any], order: DocumentStep) -> dt.date | None:
    """The due day a step leads to, and what it lacks."""
    if order.step == "serve" and order.service not in SERVICES:
        raise DocumentNeeds("notices.needs", step="serve", field="service")
    on = order.at.astimezone(ZoneInfo(get_county(session, tenant).time_zone)).date()
    if order.step == "issue" and row["kind"] == "keep_evidence":
        workdays = get_figure(session, tenant, "keep_evidence_days")
        return add_workdays(on, workdays, get_county(session, tenant).calendar)
    if order.step == "issue" and row["kind"] == "seize":
        return on + dt.timedelta(days=get_figure(session, tenant, "seize_days"))
    if order.step != "extend":
        due: dt.date | None = row["due_on"]
        return due
    if row["kind"] == "keep_evidence" or row["extensions"]:
        raise ExtendedAlready("notices.extended", number=row["number"])
    if row["kind"] == "seize":
        require_longer(session, tenant, row["id"])
        return row["due_on"] + dt.timedelta(days=get_figure(session, tenant, "seize_extra_days"))  # type: ignore[no-any-return]
    if order.due_on is None or order.due_on <= row["due_on"]:
        raise DocumentNeeds("notices.needs", step="extend", field="due_on")
    return order.due_on


def _issue(session: Session, tenant: str, row: Mapping[str, Any], at: dt.datetime, due_on: dt.date | None) -> None:
    year = at.astimezone(ZoneInfo(get_county(session, tenant).time_zone)).year
    serial = queries.next_serial(session, tenant, row["body_id"], row["kind"], year)
    number = number_of(row["head"], row["kind"], year, serial)
    queries.set_issued(session, tenant, row["id"], number=number, year=year, serial=serial, at=at, due_on=due_on)


def _move(
    session: Session, tenant: str, row: Mapping[str, Any], step: str, after: str, at: dt.datetime, account: str,
    officer: int, note: str,
) -> dict[str, Any]:  # fmt: skip
    flow = WORKFLOW_OF[row["kind"]]
    history.take(
        session, tenant, flow, row["id"], row["state"], step, at=at, actor=account, staff_id=officer, note=note
    )
    queries.set_state(session, tenant, row["id"], after)
    return _lock(session, tenant, row["id"])


def _lock(session: Session, tenant: str, document: int) -> dict[str, Any]:
    queries.lock_document(session, tenant, document)
    row = queries.find_document(session, tenant, document)
    if row is None:
        raise UnknownDocument("notices.unknown", document=document)
    return row
