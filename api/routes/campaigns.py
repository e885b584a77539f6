"""专项整治 over HTTP, behind login: drafted, begun on an approved risk assessment, measured."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, language_of, responses
from api.schemas.campaigns import (
    CampaignDetail,
    CampaignList,
    CampaignRequest,
    CampaignStep,
    EffortRequest,
    WeekList,
)
from geo.cases.areas import read_area
from geo.cases.campaigns import actions
from geo.cases.campaigns.figures import list_weeks, measure_campaign
from geo.cases.campaigns.orders import CampaignDraft, Effort, Team
from geo.messages import say
from geo.tables.campaigns import CAMPAIGN_STATES

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

Code = Annotated[str, Path(min_length=1, max_length=60, pattern=NO_NUL)]


@router.get("", summary="Campaigns", responses=responses(401, 403, 422))
def read_campaigns(
    caller: Caller,
    session: Db,
    state: Annotated[str | None, Query(pattern="^(" + "|".join(CAMPAIGN_STATES) + ")$")] = None,
) -> CampaignList:
    """Those that touch the caller's 片区, the newest first."""
    area = area_of(caller, Action.READ, Thing.PLAN)
    return CampaignList.model_validate({"campaigns": actions.list_campaigns(session, caller.tenant, state, area)})


@router.post("", summary="Draft a campaign", status_code=201, responses=responses(401, 403, 404, 409, 413, 422))
def write_campaign(request: Request, caller: Caller, session: Db, body: CampaignRequest) -> CampaignDetail:
    """Area, codes, days, teams; a draft of the same code is written anew."""
    demand(caller, Action.WRITE, Thing.PLAN)
    teams = tuple(Team(one.unit, one.leader, one.people, one.vehicles) for one in body.teams)
    draft = CampaignDraft(
        body.code, body.name, body.goal, tuple(body.codes), body.first_on, body.last_on,
        read_area(body.geometry.model_dump_json()), teams, body.code_system, body.posture,
    )  # fmt: skip
    actions.draft_campaign(session, caller.tenant, draft, actor=caller.name)
    return _detail(request, session, caller.tenant, body.code, None)


@router.get("/weeks", summary="Effort against order over time", responses=responses(401, 403, 422))
def read_weeks(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day.")],
    weeks: Annotated[int, Query(ge=1, le=120)] = 26,
) -> WeekList:
    """P18: week by week, all events, campaigns that ran, and minutes of people put into them."""
    demand(caller, Action.READ, Thing.FINDING)
    return WeekList.model_validate({"weeks": list_weeks(session, caller.tenant, first, weeks)})


@router.get("/{campaign}", summary="A campaign", responses=responses(401, 403, 404))
def read_campaign(request: Request, caller: Caller, session: Db, campaign: Code) -> CampaignDetail:
    """With what its risk assessment lacks, and what can be done with it."""
    area = area_of(caller, Action.READ, Thing.PLAN)
    return _detail(request, session, caller.tenant, campaign, area)


@router.post("/{campaign}/steps", summary="Take a step", responses=responses(401, 403, 404, 409, 413, 422))
def take_step(request: Request, caller: Caller, session: Db, campaign: Code, body: CampaignStep) -> CampaignDetail:
    """It neither starts nor is approved without an approved risk assessment; the refusal says what lacks."""
    demand(caller, Action.WRITE, Thing.PLAN)
    actions.take_campaign_step(
        session, caller.tenant, campaign, body.step, at=body.at, actor=caller.name, note=body.note
    )
    return _detail(request, session, caller.tenant, campaign, None)


@router.post("/{campaign}/efforts", summary="Note who went out", status_code=204,
             responses=responses(401, 403, 404, 413, 422))  # fmt: skip
def write_effort(caller: Caller, session: Db, campaign: Code, body: EffortRequest) -> None:
    """Idempotent by ``uid``; for campaigns that touch the caller's 片区."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    effort = Effort(body.uid, body.on_date, body.people, body.vehicles, body.person_minutes, body.note)
    actions.note_effort(session, caller.tenant, campaign, effort, actor=caller.name, area=area)


@router.get("/{campaign}/figures", summary="What came of a campaign", responses=responses(401, 403, 404, 409))
def read_figures(caller: Caller, session: Db, campaign: Code) -> dict[str, Any]:
    """Four weeks before, while it ran, thirty days after; half-life; effort against order by week."""
    area = area_of(caller, Action.READ, Thing.PLAN)
    return measure_campaign(session, caller.tenant, campaign, now=dt.datetime.now(dt.UTC), area=area)


def _detail(request: Request, session: Db, tenant: str, code: str, area: list[str] | None) -> CampaignDetail:
    row = actions.get_campaign(session, tenant, code, area)
    spoken = language_of(request)
    lacks = [{"code": one.code, "said": say(one.code, spoken, **one.facts)} for one in row["lacks"]]
    return CampaignDetail.model_validate({**row, "lacks": lacks})
