"""Penalty cases and referrals over HTTP: officers and leaders of the 片区; head steps by whoever leads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, NotAllowed, Principal, Role, Thing, demand
from api.deps import Caller, Db
from api.problems import responses
from api.routes.subjects import reader_of, signer_of
from api.schemas.penalties import (
    AnswerOrder,
    CheckOrder,
    Made,
    OverdueList,
    PenaltyDetail,
    PenaltyList,
    PenaltyOrder,
    PenaltyState,
    PenaltyStepOrder,
    ReferralList,
    ReferralOrder,
    Reminded,
    ReviewOrder,
)
from geo.cases.flow.actions import get_problem
from geo.cases.formal.links import check_links
from geo.cases.penalties import queries, referrals
from geo.cases.penalties.actions import (
    PenaltyDraft,
    apply_penalty,
    get_penalty,
    list_overdue,
    review,
    take_step,
    tick,
)
from geo.cases.penalties.guards import StepOrder
from geo.cases.penalties.states import HEAD_STEPS
from geo.db.counties import get_county

router = APIRouter(tags=["law"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
LEADING = (Role.LEADER, Role.ADMINISTRATOR)


@router.get("/penalties", summary="Penalty cases, the newest first", responses=responses(401, 403))
def read_penalties(
    caller: Caller,
    session: Db,
    state: PenaltyState | None = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PenaltyList:
    """Of the 片区 the caller sees; subjects masked."""
    area = reader_of(caller).area
    found = queries.list_penalties(session, caller.tenant, area, state, before, limit)
    return PenaltyList.model_validate({"penalties": found})


@router.post("/penalties", summary="Apply for a case", status_code=201,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def write_penalty(caller: Caller, session: Db, body: PenaltyOrder) -> PenaltyDetail:
    """The same uid again changes nothing; whoever leads files it or not."""
    demand(caller, Action.WRITE, Thing.SUBJECT, body.district_code)
    number = apply_penalty(session, caller.tenant, PenaltyDraft(**body.model_dump()), signer_of(caller))
    return _detail(caller, session, number)


@router.get("/penalties/overdue", summary="Past the day to decide or publish", responses=responses(401, 403))
def read_overdue(caller: Caller, session: Db) -> OverdueList:
    """The oldest first."""
    today = get_county(session, caller.tenant).today()
    found = list_overdue(session, caller.tenant, today, reader_of(caller).area)
    return OverdueList.model_validate({"overdue": found})


@router.get("/penalties/{penalty}", summary="One case", responses=responses(401, 403, 404))
def read_penalty(caller: Caller, session: Db, penalty: Identity) -> PenaltyDetail:
    """With reviews, checklist, steps and what can be done now."""
    return _detail(caller, session, penalty)


@router.post("/penalties/{penalty}/steps", summary="Take a step",
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_step(caller: Caller, session: Db, penalty: Identity, body: PenaltyStepOrder) -> PenaltyDetail:
    """A formal one waits until both officers of the team have sent the same."""
    get_penalty(session, caller.tenant, penalty, reader_of(caller, Action.WRITE).area)
    if body.step in HEAD_STEPS:
        _leads(caller)
    take_step(session, caller.tenant, penalty, StepOrder(**body.model_dump()), signer_of(caller))
    return _detail(caller, session, penalty)


@router.post("/penalties/{penalty}/reviews", summary="Put a review on file",
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_review(caller: Caller, session: Db, penalty: Identity, body: ReviewOrder) -> PenaltyDetail:
    """By somebody who did not handle the case."""
    get_penalty(session, caller.tenant, penalty, reader_of(caller, Action.WRITE).area)
    if body.kind == "leader":
        _leads(caller)
    review(session, caller.tenant, penalty, body.kind, body.opinion, body.members, signer_of(caller), body.at)
    return _detail(caller, session, penalty)


@router.post("/penalties/{penalty}/checks", summary="Put an item of the three systems on file",
             responses=responses(401, 403, 404, 413, 422))  # fmt: skip
def post_check(caller: Caller, session: Db, penalty: Identity, body: CheckOrder) -> PenaltyDetail:
    """A case is not closed while one is open."""
    get_penalty(session, caller.tenant, penalty, reader_of(caller, Action.WRITE).area)
    tick(session, caller.tenant, penalty, body.item, body.reference, signer_of(caller), body.at)
    return _detail(caller, session, penalty)


@router.get("/referrals", summary="What was handed to others", responses=responses(401, 403))
def read_referrals(
    caller: Caller, session: Db, overdue: Annotated[bool, Query(description="Only unanswered and late.")] = False
) -> ReferralList:
    """By the day an answer is due."""
    area = reader_of(caller).area
    today = get_county(session, caller.tenant).today()
    found = queries.list_referrals(session, caller.tenant, today, area=area, overdue=overdue)
    return ReferralList.model_validate({"referrals": found})


@router.post("/referrals", summary="Hand a case or problem to another body", status_code=201,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def write_referral(caller: Caller, session: Db, body: ReferralOrder) -> Made:
    """A penalty waits meanwhile; the same uid again changes nothing."""
    area = reader_of(caller, Action.WRITE).area
    if body.penalty_id is not None:
        get_penalty(session, caller.tenant, body.penalty_id, area)
    if body.problem_id is not None:
        check_links(session, caller.tenant, problem_id=body.problem_id)
        problem = get_problem(session, caller.tenant, body.problem_id)
        demand(caller, Action.WRITE, Thing.SUBJECT, problem["district_code"])
    draft = referrals.ReferralDraft(**body.model_dump())
    return Made(id=referrals.refer(session, caller.tenant, draft, signer_of(caller)))


@router.post("/referrals/{referral}/reminder", summary="Remind the receiver",
             responses=responses(401, 403, 404, 409))  # fmt: skip
def post_reminder(caller: Caller, session: Db, referral: Identity) -> Reminded:
    """Counted."""
    _mine(caller, session, referral)
    return Reminded(reminders=referrals.remind(session, caller.tenant, referral, caller.name))


@router.post("/referrals/{referral}/answer", summary="Write the answer", status_code=204,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_answer(caller: Caller, session: Db, referral: Identity, body: AnswerOrder) -> None:
    """Taken, and a penalty is theirs; sent back, and it goes on here."""
    _mine(caller, session, referral)
    signer = signer_of(caller)
    referrals.answer(session, caller.tenant, referral, body.answer, signer, body.at, accepted=body.accepted)


def _detail(caller: Principal, session: Db, penalty: int) -> PenaltyDetail:
    return PenaltyDetail.model_validate(get_penalty(session, caller.tenant, penalty, reader_of(caller).area))


def _leads(caller: Principal) -> None:
    """负责人: a leader of the area or an administrator."""
    if caller.role not in LEADING:
        raise NotAllowed("auth.not_allowed", action=Action.WRITE.value, thing=Thing.SUBJECT.value)


def _mine(caller: Principal, session: Db, referral: int) -> None:
    area = reader_of(caller, Action.WRITE).area
    today = get_county(session, caller.tenant).today()
    if referral not in {row["id"] for row in queries.list_referrals(session, caller.tenant, today, area=area)}:
        raise referrals.UnknownReferral("penalties.no_referral", referral=referral)
