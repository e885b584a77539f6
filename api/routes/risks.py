"""风险评估 over HTTP, behind login: written by one, approved by another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.campaigns import RiskContent, RiskDetail, RiskList, RiskRequest, RiskStep
from geo.cases.risks import actions
from geo.cases.risks.actions import AssessmentDraft, Content, Person, RiskPoint
from geo.tables.campaigns import ASSESSMENT_STATES

router = APIRouter(prefix="/risks", tags=["campaigns"])

Number = Annotated[str, Path(min_length=1, max_length=60, pattern=NO_NUL)]


def person_of(caller: Principal) -> Person:
    """Who acts: the member of staff behind the account where there is one."""
    return Person(caller.name, caller.staff)


@router.get("", summary="Risk assessments", responses=responses(401, 403, 422))
def read_risks(
    caller: Caller,
    session: Db,
    state: Annotated[str | None, Query(pattern="^(" + "|".join(ASSESSMENT_STATES) + ")$")] = None,
) -> RiskList:
    """The newest first, each with what is missing."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return RiskList.model_validate({"risks": actions.list_assessments(session, caller.tenant, state)})


@router.post("", summary="Begin an assessment", status_code=201, responses=responses(401, 403, 404, 409, 413, 422))
def write_risk(caller: Caller, session: Db, body: RiskRequest) -> RiskDetail:
    """Of a campaign, of a building to be pulled down, or of a kind of compulsory act in some 片区."""
    demand(caller, Action.WRITE, Thing.PLAN)
    draft = AssessmentDraft(
        body.number, body.about, body.title, body.valid_from_on, body.valid_to_on, body.campaign, body.building,
        tuple(body.acts), tuple(body.districts),
    )  # fmt: skip
    actions.open_assessment(session, caller.tenant, draft, person_of(caller))
    return _detail(session, caller.tenant, body.number)


@router.get("/{risk}", summary="A risk assessment", responses=responses(401, 403, 404))
def read_risk(caller: Caller, session: Db, risk: Number) -> RiskDetail:
    """With points, plan, budget, what is missing, and what can be done with it."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return _detail(session, caller.tenant, risk)


@router.put("/{risk}", summary="Write what it says", responses=responses(401, 403, 404, 409, 413, 422))
def write_content(caller: Caller, session: Db, risk: Number, body: RiskContent) -> RiskDetail:
    """All parts of a draft; whoever writes last is its author."""
    demand(caller, Action.WRITE, Thing.PLAN)
    points = tuple(RiskPoint(**one.model_dump()) for one in body.points)
    content = Content(points, body.level, body.plan, body.budget_yuan, body.conclusion)
    actions.write_assessment(session, caller.tenant, risk, content, person_of(caller))
    return _detail(session, caller.tenant, risk)


@router.post("/{risk}/steps", summary="Submit, approve, refuse", responses=responses(401, 403, 404, 409, 413, 422))
def take_step(caller: Caller, session: Db, risk: Number, body: RiskStep) -> RiskDetail:
    """Somebody other than its author approves it."""
    demand(caller, Action.WRITE, Thing.PLAN)
    actions.take_assessment_step(session, caller.tenant, risk, body.step, person_of(caller), at=body.at, note=body.note)
    return _detail(session, caller.tenant, risk)


def _detail(session: Db, tenant: str, number: str) -> RiskDetail:
    return RiskDetail.model_validate(actions.get_assessment(session, tenant, number.strip()))
