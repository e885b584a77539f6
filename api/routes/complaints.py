"""Complaints over HTTP, behind login: entered, placed, merged, handled, answered, counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime

from api.auth.permissions import Action, NotAllowed, Principal, Role, Thing, area_of, demand
from api.deps import Caller, Db, Holder
from api.jobs.actions import request_job
from api.problems import NO_NUL, language_of, responses
from api.schemas.complaints import (
    AuthorityList,
    CallerAsk,
    CallerView,
    CauseForm,
    ComplaintDetail,
    ComplaintForm,
    ComplaintList,
    CountedList,
    DecisionForm,
    FiguresList,
    MergeForm,
    PlaceForm,
    ProblemLink,
    SatisfactionForm,
    SplitForm,
    StepForm,
    TakenView,
    TieList,
)
from api.schemas.jobs import JobView, view_job
from geo.cases.complaints import actions, intake, queries
from geo.cases.complaints.authorities import suggest_authority
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.figures.actions import list_counted, load_figures
from geo.cases.complaints.orders import NAMES, Draft, FieldMap, read_order
from geo.cases.complaints.problems import open_its_problem
from geo.cases.complaints.receiving import receive_draft
from geo.cases.complaints.states import COMPLAINT, FIELD_STEPS, LEADING_STEPS
from geo.cases.complaints.ties import actions as ties
from geo.cases.complaints.ties.queries import find_tie, list_ties
from geo.cases.queries import now as database_now
from geo.db.counties import get_county

router = APIRouter(prefix="/complaints", tags=["complaints"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
Word = Annotated[str | None, Query(max_length=60, pattern=NO_NUL)]
Before = Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only rows with a smaller id.")]


def see(session: Db, caller: Principal, action: Action, complaint_id: int) -> dict[str, Any]:
    """The complaint, if the caller may; one of another 片区 is answered like one that is not there.

    Raises
    ------
    UnknownComplaint
        If there is none for this caller.
    """
    area = area_of(caller, action, Thing.CASE)
    row = actions.get_complaint(session, caller.tenant, complaint_id)
    if area is not None and row["district_code"] not in area:
        raise actions.UnknownComplaint("complaints.unknown", complaint=complaint_id)
    return row


@router.get("", summary="Complaints, the newest first", responses=responses(403))
def read_complaints(
    caller: Caller,
    session: Db,
    state: Annotated[list[str] | None, Query(max_length=20)] = None,
    district: Word = None,
    channel: Word = None,
    waiting: Annotated[
        bool | None, Query(description="Only those not on the map (待上图), or only those on it.")
    ] = None,
    due_before: Annotated[AwareDatetime | None, Query(description="Only those due before; with its zone.")] = None,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ComplaintList:
    """Of the 片区 the caller sees."""
    found = queries.list_complaints(
        session, caller.tenant, area=area_of(caller, Action.READ, Thing.CASE), states=state, district=district,
        channel=channel, waiting=waiting, due_before=due_before, before=before, most=limit,
    )  # fmt: skip
    return ComplaintList.model_validate({"complaints": found})


@router.post("", summary="Enter a complaint", status_code=201, responses=responses(403, 413, 422))
def enter(caller: Caller, session: Db, service: Holder, body: ComplaintForm) -> TakenView:
    """From a call, a visit, a letter or an order of a higher office; sent again it changes nothing."""
    area_of(caller, Action.WRITE, Thing.CASE)
    draft = read_form(session, caller.tenant, body.model_dump(mode="json"), body.channel)
    taken = receive_draft(session, caller.tenant, service.settings.home, draft, body.uid, actor=caller.name)
    return TakenView.model_validate({"complaint": taken.complaint_id, "outcome": taken.outcome})


def read_form(session: Db, tenant: str, body: dict[str, Any], channel: str) -> Draft:
    """A form as a complaint.

    Raises
    ------
    OrderRejected
        If it is none; the facts hold every fault.
    """
    said = {name: value for name, value in body.items() if name in NAMES and value not in (None, "")}
    said["confidential"] = "1" if body.get("confidential") else ""
    mapping = FieldMap({name: name for name in NAMES})
    read = read_order(said, mapping, channel, get_county(session, tenant), database_now(session))
    if not isinstance(read, Draft):
        raise intake.OrderRejected("complaints.form_rejected", faults=[one.as_json() for one in read])
    return read


@router.get("/figures", summary="办结率 and other rates", responses=responses(403, 422))
def read_figures(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day of what came in.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
    by: Literal["none", "channel", "district", "code"] = "none",
) -> FiguresList:
    """Each with numerator and denominator; out of remit is counted apart."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = load_figures(session, caller.tenant, first, last, by=by, area=area)
    return FiguresList.model_validate({"figures": [asdict(one) for one in found]})


@router.get("/figures/{rate}", summary="Complaints behind a rate", responses=responses(403, 422))
def read_counted(
    caller: Caller,
    session: Db,
    rate: Annotated[Literal["closed", "answered", "in_time", "content", "repeats", "referred", "placed"], Path()],
    first: Annotated[dt.date, Query(description="First local day of what came in.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
    whole: Annotated[bool, Query(description="Of the denominator; else of the numerator.")] = False,
    by: Literal["none", "channel", "district", "code"] = "none",
    group: Annotated[str | None, Query(max_length=60, pattern=NO_NUL, description="Only of this group.")] = None,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="Only complaints with a larger id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> CountedList:
    """By id, with the dates it is judged by; nothing of who complained."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = list_counted(
        session, caller.tenant, first, last, rate, whole=whole, by=by, group=group, area=area, after=after, most=limit
    )  # fmt: skip
    return CountedList.model_validate({"complaints": rows})


@router.get("/authorities", summary="Who answers for what is not the bureau's", responses=responses(403))
def read_authorities(caller: Caller, session: Db) -> AuthorityList:
    """In use, by code."""
    area_of(caller, Action.READ, Thing.CASE)
    return AuthorityList.model_validate({"authorities": desk.list_authorities(session, caller.tenant)})


@router.get("/ties", summary="What seems to say the same, the newest first", responses=responses(403))
def read_ties(
    caller: Caller,
    session: Db,
    state: Literal["proposed", "confirmed", "dismissed"] | None = None,
    kind: Literal["duplicate", "repeat"] | None = None,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TieList:
    """Found by place, topic and caller; people decide."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = list_ties(session, caller.tenant, state=state, kind=kind, area=area, before=before, most=limit)
    return TieList.model_validate({"ties": found})


@router.post("/ties", summary="Compare all complaints in the background", status_code=202, responses=responses(403))
def compare(request: Request, caller: Caller, session: Db) -> JobView:
    """What people decided stays."""
    demand(caller, Action.WRITE, Thing.INTAKE)
    job = request_job(session, caller.tenant, "compare_complaints", {}, caller.name, lock="complaints")
    return view_job(job, language_of(request))


@router.post("/ties/{tie}", summary="Confirm or dismiss", responses=responses(403, 404, 409, 413, 422))
def decide(caller: Caller, session: Db, tie: Identity, body: DecisionForm) -> ComplaintDetail:
    """A confirmed duplicate is merged, a confirmed repeat is handled thoroughly."""
    found = find_tie(session, caller.tenant, tie)
    area_of(caller, Action.WRITE, Thing.CASE)
    if found is None:
        raise ties.UnknownTie("complaints.tie_unknown", tie=tie)
    row = see(session, caller, Action.WRITE, found["complaint_id"])
    see(session, caller, Action.WRITE, found["earlier_id"])
    ties.decide_tie(session, caller.tenant, tie, confirm=body.confirm, note=body.note, actor=caller.name)
    return _detail(session, caller.tenant, row["id"])


@router.get("/{complaint}", summary="One complaint", responses=responses(403, 404))
def read_complaint(caller: Caller, session: Db, complaint: Identity) -> ComplaintDetail:
    """With its history, answers, and what can be done with it now."""
    see(session, caller, Action.READ, complaint)
    return _detail(session, caller.tenant, complaint)


@router.post(
    "/{complaint}/steps", summary="分办, 核查, 反馈, refer, close", responses=responses(403, 404, 409, 413, 422)
)
def take_step(caller: Caller, session: Db, complaint: Identity, body: StepForm) -> ComplaintDetail:
    """Squads verify; squad leaders also assign, answer and close in their area; the desk does the rest."""
    see(session, caller, Action.WRITE, complaint)
    may_step(caller, body.step)
    order = actions.StepOrder(**body.model_dump(), staff=caller.staff)
    actions.take_step(session, caller.tenant, complaint, order, actor=caller.name)
    return _detail(session, caller.tenant, complaint)


@router.post("/{complaint}/merge", summary="Handle with another", responses=responses(403, 404, 409, 413, 422))
def merge(caller: Caller, session: Db, complaint: Identity, body: MergeForm) -> ComplaintDetail:
    """All callers and the earliest clock are kept."""
    see(session, caller, Action.WRITE, complaint)
    see(session, caller, Action.WRITE, body.into)
    may_step(caller, "merge")
    head = ties.merge(session, caller.tenant, complaint, body.into, note=body.note, actor=caller.name)
    return _detail(session, caller.tenant, head)


@router.post(
    "/{complaint}/split", summary="Let it stand for itself again", responses=responses(403, 404, 409, 413, 422)
)
def split(caller: Caller, session: Db, complaint: Identity, body: SplitForm) -> ComplaintDetail:
    """Everything as it was."""
    see(session, caller, Action.WRITE, complaint)
    may_step(caller, "split")
    ties.split(session, caller.tenant, complaint, note=body.note, actor=caller.name)
    return _detail(session, caller.tenant, complaint)


@router.post("/{complaint}/satisfaction", summary="满意度", responses=responses(403, 404, 409, 413, 422))
def rate(caller: Caller, session: Db, complaint: Identity, body: SatisfactionForm) -> ComplaintDetail:
    """Dissatisfied opens a review."""
    see(session, caller, Action.WRITE, complaint)
    may_step(caller, "review")
    actions.record_satisfaction(
        session, caller.tenant, complaint, body.satisfaction, note=body.note, actor=caller.name
    )  # fmt: skip
    return _detail(session, caller.tenant, complaint)


@router.put("/{complaint}/cause", summary="The root cause of a repeat", responses=responses(403, 404, 413, 422))
def file_cause(caller: Caller, session: Db, complaint: Identity, body: CauseForm) -> ComplaintDetail:
    """Cause, measure, who and until when; needed before a repeat is closed."""
    see(session, caller, Action.WRITE, complaint)
    actions.file_root_cause(session, caller.tenant, complaint, **body.model_dump(), actor=caller.name)
    return _detail(session, caller.tenant, complaint)


@router.put("/{complaint}/place", summary="Put it on the map", responses=responses(403, 404, 413, 422))
def place(caller: Caller, session: Db, complaint: Identity, body: PlaceForm) -> ComplaintDetail:
    """From the 待上图 queue, or to correct a match."""
    see(session, caller, Action.WRITE, complaint)
    actions.place_by_hand(session, caller.tenant, complaint, body.lon, body.lat, actor=caller.name)
    ties.propose_ties(session, caller.tenant, [complaint])
    return _detail(session, caller.tenant, complaint)


@router.post("/{complaint}/problem", summary="Open a problem for it", status_code=201,
             responses=responses(403, 404, 409, 422))  # fmt: skip
def open_problem(
    caller: Caller,
    session: Db,
    complaint: Identity,
    permit_checked: Annotated[bool, Query(description="已审批? was asked: no permit there allows it.")] = False,
) -> ProblemLink:
    """On the map, linked to the complaint; asked again it is the same one. A permit in force there is a 409."""
    see(session, caller, Action.WRITE, complaint)
    number = open_its_problem(
        session, caller.tenant, complaint, permit_checked=permit_checked, actor=caller.name
    )  # fmt: skip
    return ProblemLink(problem=number)


@router.post("/{complaint}/caller", summary="Who complained, masked", responses=responses(403, 404, 422))
def read_caller(caller: Caller, session: Db, service: Holder, complaint: Identity, body: CallerAsk) -> CallerView:
    """Every look is written to the change log with its purpose, which stands in no address and so in no access log.

    Who wants to stay unknown to those who handle it (要求保密) is told whole to the desk only.
    """
    area = area_of(caller, Action.READ, Thing.CALLER)
    row = actions.get_complaint(session, caller.tenant, complaint)
    if area is not None and row["district_code"] not in area:
        raise actions.UnknownComplaint("complaints.unknown", complaint=complaint)
    found = actions.read_caller(
        session, caller.tenant, service.settings.home, complaint, purpose=body.purpose, actor=caller.name,
        whole=body.whole, handles=caller.role in (Role.OFFICER, Role.LEADER),
    )  # fmt: skip
    return CallerView.model_validate({"known": found is not None, **(found or {})})


def may_step(caller: Principal, step: str) -> None:
    """Refuse a step that is not for this role.

    Raises
    ------
    NotAllowed
        If it is for the desk or for who leads.
    """
    if caller.role in (Role.OFFICER, Role.AUXILIARY):
        allowed = FIELD_STEPS
    elif caller.role is Role.LEADER:
        allowed = FIELD_STEPS | LEADING_STEPS
    else:
        return
    if step not in allowed:
        raise NotAllowed("auth.not_allowed", action=step, thing=Thing.CASE.value)


def _detail(session: Db, tenant: str, complaint_id: int) -> ComplaintDetail:
    row = actions.get_complaint(session, tenant, complaint_id)
    group = desk.load_group(session, tenant, complaint_id)
    said = f"{row['topic']} {row['content']}"
    history = [
        {name: getattr(step, name) for name in step.__slots__ if name != "staff_id"}
        for step in actions.load_history(session, tenant, complaint_id)
    ]
    open_steps = COMPLAINT.open_steps(row["state"]) if row["merged_into"] is None else ("split",)
    return ComplaintDetail.model_validate(
        {
            **row,
            "group": {**group._mapping, "members": desk.list_members(session, tenant, complaint_id)},
            "history": history,
            "replies": desk.list_replies(session, tenant, complaint_id),
            "ties": list_ties(session, tenant, complaint=complaint_id, most=500),
            "cause": desk.find_root_cause(session, tenant, complaint_id),
            "open_steps": [step for step in open_steps if step != "split" or row["merged_into"] is not None],
            "suggested_authority": suggest_authority(desk.list_authorities(session, tenant), row["code"], said),
        }
    )
