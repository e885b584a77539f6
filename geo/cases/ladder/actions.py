"""Record a violation, hear what the ladder proposes, and decide as an officer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.codes.actions import UnknownCode, get_code
from geo.cases.formal.actions import Signer, sign
from geo.cases.formal.links import check_links
from geo.cases.ladder import queries
from geo.cases.ladder.exemptions import FORMAL, find_exemption
from geo.cases.ladder.rules import load_rule
from geo.cases.ladder.rungs import propose
from geo.cases.penalties.actions import PenaltyDraft, apply_penalty
from geo.cases.permits.asking import ask_before_filing
from geo.cases.postures.standing import held_at
from geo.cases.powers.actions import require_body, require_item
from geo.cases.secrets.words import refuse_numbers
from geo.cases.subjects.actions import UnknownSubject, require_officer
from geo.cases.subjects.queries import find_staff
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import district_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CLASS_OF: Final = {
    "persuade": "service", "exempt": "service", "caution": "manage", "warn": "enforce", "penalise": "enforce"
}  # fmt: skip
"""721工作法: what each rung counts as, where the behaviour's rule says nothing else of persuading."""


class UnknownIncident(NotFound):
    """There is no such incident, or it is none of the caller's 片区."""


class NotAnIncident(Invalid):
    """What was given is no incident; the facts name the field and what is wrong with it."""


class OutsideDistricts(Invalid):
    """The place lies in no 片区; the facts name it."""


class NeverClimbs(Conflict):
    """Nobody unknown or unconfirmed gets a formal step; the facts name the step."""


class AlreadyDecided(Conflict):
    """The incident was decided, taken back, or waits for the partner's signature under another step."""


class ReasonMissing(Invalid):
    """Another rung than the proposed one needs a reason; stopping at 不罚 needs what was explained."""


class NotExempt(Conflict):
    """No entry of the list fits what was found; the facts name the behaviour."""


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """A violation as met: ``uid`` made by the client; degrees EPSG:4490; ``at`` aware; no subject where unknown.

    ``permit_checked``: 已审批? was asked, and this goes beyond what is allowed there.
    """

    uid: uuid.UUID
    code_system: str
    code: str
    at: dt.datetime
    lon: float
    lat: float
    subject_id: int | None = None
    conditions: tuple[str, ...] = ()
    event_uid: uuid.UUID | None = None
    problem_id: int | None = None
    permit_checked: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer does. ``item``, ``body``, ``party`` and ``gravity`` are for formal rungs only."""

    step: str
    reason: str = ""
    education: str = ""
    item: str = ""
    body: str = ""
    party: str = "person"
    gravity: str = "ordinary"


def record_incident(session: Session, tenant: str, draft: IncidentDraft, staff: str, actor: str) -> dict[str, Any]:
    """Write a violation down; the same uid again changes nothing. Returns it with what the ladder proposes.

    Parameters
    ----------
    staff
        Staff number of who met it; an auxiliary may, and an officer decides.

    Raises
    ------
    OutsideDistricts
        If the place lies in no 片区.
    UnknownSubject
        If there is no such file.
    UnknownLink
        If there is no such problem.
    UnknownIncident
        If there is nobody of that staff number.
    PermitStands
        If a permit in force, or a place of trade, may have allowed it and nobody has looked; of an incident about a
        problem that was asked when the problem was filed.
    """
    known = queries.find_by_uid(session, tenant, draft.uid)
    if known is not None:
        return get_incident(session, tenant, known)
    district = district_at(session, get_county(session, tenant), draft.lon, draft.lat)
    if district is None:
        raise OutsideDistricts("ladder.outside", lon=draft.lon, lat=draft.lat)
    check_links(session, tenant, problem_id=draft.problem_id)
    person = find_staff(session, tenant, staff)
    if person is None:
        raise UnknownIncident("ladder.no_staff", staff=staff)
    facts = {
        "code_system": draft.code_system, "code": draft.code, "at": draft.at, "lon": draft.lon, "lat": draft.lat,
        "subject": _kept_subject(session, tenant, draft.subject_id), "conditions": list(draft.conditions),
    }  # fmt: skip
    permits = ask_before_filing(
        session, tenant, _national(session, tenant, draft), draft.lon, draft.lat, draft.at,
        checked=draft.permit_checked or draft.problem_id is not None,
    )  # fmt: skip
    proposal = _propose(session, tenant, facts)
    number = queries.insert_incident(
        session, tenant, uid=draft.uid, district=district, event_uid=draft.event_uid, problem=draft.problem_id,
        officer=person[0], actor=actor, permits=permits, **facts, **proposal,
    )  # fmt: skip
    if number is None:
        return get_incident(session, tenant, int(queries.find_by_uid(session, tenant, draft.uid) or 0))
    said = {
        "incident": number,
        "code": draft.code,
        "proposed": proposal["proposed"],
        "known": facts["subject"] is not None,
    }
    write_change(session, tenant, "ladder.recorded", facts=said, actor=actor)
    return get_incident(session, tenant, number)


def identify(
    session: Session, tenant: str, incident: int, subject: int | None, conditions: Sequence[str], staff: str, actor: str
) -> dict[str, Any]:
    """Say as an officer who it was and which conditions of an exemption are met, while nothing was decided.

    Raises
    ------
    NotAnOfficer, UnknownIncident, UnknownSubject, AlreadyDecided
    """
    require_officer(session, tenant, staff)
    row = _lock(session, tenant, incident, ("recorded",))
    facts = {**row, "subject": _kept_subject(session, tenant, subject), "conditions": list(conditions)}
    proposal = _propose(session, tenant, facts)
    queries.set_proposal(
        session, tenant, incident, subject=facts["subject"], conditions=facts["conditions"], **proposal
    )
    said = {"incident": incident, "proposed": proposal["proposed"], "known": facts["subject"] is not None}
    write_change(session, tenant, "ladder.identified", facts=said, actor=actor)
    return get_incident(session, tenant, incident)


def decide(session: Session, tenant: str, incident: int, decision: Decision, signer: Signer) -> dict[str, Any]:
    """Take a rung. Informal ones an officer confirms at once; formal ones wait until the partner has signed too.

    A formal rung is a penalty, 警告 too: when both have signed, a penalty case is applied for. Nothing is decided by
    the program, and the ladder's proposal is worked out anew here, from what was confirmed meanwhile.

    Raises
    ------
    UnknownIncident, AlreadyDecided
        If there is none, or it is not open for this step.
    NeverClimbs
        If a formal rung is for somebody unknown or unconfirmed.
    NotExempt
        If 不罚 is chosen and no entry of the list fits.
    ReasonMissing
        If another rung than the proposed one has no reason, or 不罚 no note of what was explained.
    NotAnOfficer
        If an informal rung is not decided by an officer.
    NumberInText
        If a telephone or identity number stands in reason or education.
    NoPowerItem, UnknownBody, MayNotSign, SignedOtherwise
        Of a formal rung: without item, body, or two who may sign.
    """
    refuse_numbers(reason=decision.reason, education=decision.education)
    row = _lock(session, tenant, incident, ("recorded", "waiting"))
    if row["state"] == "waiting" and row["step"] != decision.step:
        raise AlreadyDecided("ladder.waiting", incident=incident, step=row["step"])
    proposal = _propose(session, tenant, {**row, "subject": row["subject_id"]})
    _check(session, tenant, row, decision, proposal)
    values = {"subject": row["subject_id"], "conditions": row["conditions"]}
    exemption = proposal["exemption"] if decision.step == "exempt" or proposal["proposed"] == "exempt" else None
    queries.set_proposal(session, tenant, incident, **values, **{**proposal, "exemption": exemption})
    complete, officer = True, 0
    if decision.step in FORMAL:
        complete, officer = _sign(session, tenant, row, decision, signer)
    else:
        officer = require_officer(session, tenant, signer.staff)
    rule = queries.find_rule(session, tenant, row["code_system"], row["code"]) or {}
    persuading = rule.get("work_class") if decision.step == "persuade" else None
    queries.set_decision(
        session, tenant, incident, state="confirmed" if complete else "waiting", step=decision.step,
        reason=decision.reason.strip(), education=decision.education.strip(),
        work_class=persuading or CLASS_OF[decision.step], officer=officer,
    )  # fmt: skip
    said = {"incident": incident, "proposed": proposal["proposed"], "step": decision.step}
    if complete and decision.step != proposal["proposed"]:
        write_change(session, tenant, "ladder.overridden", facts=said, actor=signer.account)
    write_change(session, tenant, "ladder.confirmed" if complete else "ladder.signed", facts=said, actor=signer.account)
    if complete and decision.step in FORMAL:
        _open_case(session, tenant, row, decision, signer)
    return get_incident(session, tenant, incident)


def withdraw_incident(session: Session, tenant: str, incident: int, reason: str, staff: str, actor: str) -> None:
    """Take an incident back that should not have been written, unless a case or document rests on it.

    Raises
    ------
    NotAnOfficer, UnknownIncident, AlreadyDecided, ReasonMissing
    """
    require_officer(session, tenant, staff)
    if not reason.strip():
        raise ReasonMissing("ladder.no_reason", step="withdraw")
    row = _lock(session, tenant, incident, ("recorded", "waiting", "confirmed"))
    if (row["state"] == "confirmed" and row["step"] in FORMAL) or queries.has_document(session, tenant, incident):
        raise AlreadyDecided("ladder.decided", incident=incident, state=row["state"])
    queries.withdraw(session, tenant, incident)
    write_change(session, tenant, "ladder.withdrawn", facts={"incident": incident}, actor=actor)


def get_incident(session: Session, tenant: str, incident: int, area: Sequence[str] | None = None) -> dict[str, Any]:
    """One incident.

    Raises
    ------
    UnknownIncident
        If there is none in those 片区.
    """
    row = queries.find_incident(session, tenant, incident, area)
    if row is None:
        raise UnknownIncident("ladder.unknown", incident=incident)
    return row


def _national(session: Session, tenant: str, draft: IncidentDraft) -> str:
    """The behaviour as the county's codes call it; one they do not know is itself."""
    try:
        return str(get_code(session, tenant, draft.code, draft.code_system)["code"])
    except UnknownCode:
        return draft.code


def _kept_subject(session: Session, tenant: str, subject: int | None) -> int | None:
    """The file itself, or the one it was merged into."""
    seen = subject
    while seen is not None:
        state = queries.find_subject_state(session, tenant, seen)
        if state is None:
            raise UnknownSubject("subjects.unknown", subject=seen)
        if state[1] is None:
            return seen
        seen = state[1]
    return None


def _confirmed(session: Session, tenant: str, subject: int | None) -> bool:
    return subject is not None and (queries.find_subject_state(session, tenant, subject) or ("",))[0] == "confirmed"


def _propose(session: Session, tenant: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the ladder and the list of exemptions say of an incident now."""
    county = get_county(session, tenant)
    at = facts["at"].astimezone(ZoneInfo(county.time_zone))
    rule = load_rule(session, tenant, facts["code_system"], facts["code"])
    known = _confirmed(session, tenant, facts["subject"])
    earlier = queries.load_earlier(session, tenant, facts, county.metric_srid) if known else []
    lon, lat = facts["lon"], facts["lat"]
    regime = queries.find_regime(session, tenant, lon, lat, at.date(), county.metric_srid)
    held = held_at(session, county, lon, lat, at, facts["code"], regime)
    found = propose(at, earlier, rule, known=known, first_step=held.rule.first_step)
    entries = queries.load_exemptions(session, tenant, facts["code_system"], facts["code"])
    exempt = find_exemption(entries, facts["conditions"], first=not found.counted)
    stops = exempt is not None and found.step in FORMAL
    return {
        "proposed": "exempt" if stops else found.step,
        "counted": list(found.counted),
        "exemption": exempt.id if exempt else None,
    }


def _check(
    session: Session, tenant: str, row: Mapping[str, Any], decision: Decision, proposal: Mapping[str, Any]
) -> None:
    formal = decision.step in FORMAL
    if (formal or decision.step == "exempt") and not _confirmed(session, tenant, row["subject_id"]):
        raise NeverClimbs("ladder.unidentified", incident=row["id"], step=decision.step)
    if decision.step == "exempt" and proposal["exemption"] is None:
        raise NotExempt("ladder.not_exempt", incident=row["id"], event_code=row["code"])
    if decision.step == "exempt" and not decision.education.strip():
        raise ReasonMissing("ladder.no_education", incident=row["id"])
    if decision.step != proposal["proposed"] and not decision.reason.strip():
        raise ReasonMissing("ladder.no_override", proposed=proposal["proposed"], step=decision.step)


def _lock(session: Session, tenant: str, incident: int, states: tuple[str, ...]) -> dict[str, Any]:
    row = queries.lock_incident(session, tenant, incident)
    if row is None:
        raise UnknownIncident("ladder.unknown", incident=incident)
    if row["state"] not in states:
        raise AlreadyDecided("ladder.decided", incident=incident, state=row["state"])
    return row


def _sign(
    session: Session, tenant: str, row: Mapping[str, Any], decision: Decision, signer: Signer
) -> tuple[bool, int]:
    item = require_item(session, tenant, decision.item, row["code_system"], row["code"])
    body = require_body(session, tenant, decision.body)
    content = {
        "subject": row["subject_id"], "code": row["code"], "step": decision.step, "reason": decision.reason.strip(),
        "party": decision.party, "gravity": decision.gravity,
    }  # fmt: skip
    signed = sign(
        session, tenant, signer, "ladder", row["id"], decision.step, at=row["at"], item_id=item["id"],
        body_id=body["id"], content=content,
    )  # fmt: skip
    return signed.complete, signed.first_id


def _open_case(session: Session, tenant: str, row: Mapping[str, Any], decision: Decision, signer: Signer) -> None:
    draft = PenaltyDraft(
        uid=uuid.uuid5(row["uid"], "penalty"), subject_id=row["subject_id"], item=decision.item, body=decision.body,
        code_system=row["code_system"], code=row["code"], district_code=row["district_code"], party=decision.party,
        gravity=decision.gravity, incident_id=row["id"], problem_id=row["problem_id"],
        applied_at=row["at"],
        exemption_answer=decision.reason.strip() or f"ladder: {', '.join(row['conditions']) or '-'}",
    )  # fmt: skip
    apply_penalty(session, tenant, draft, signer)
