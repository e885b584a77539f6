"""节点保障 over HTTP, behind login: drafted, approved by another step, in force by the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, language_of, responses
from api.schemas.postures import (
    CheckList,
    CheckRequest,
    ClashView,
    HereView,
    PostureDetail,
    PostureList,
    PostureRequest,
    PostureStep,
    PostureView,
    RulesRequest,
    StandingView,
    SuggestionList,
)
from geo.cases.areas import read_area
from geo.cases.flow.ground.actions import find_ground
from geo.cases.postures import actions, queries
from geo.cases.postures.actions import PostureDraft
from geo.cases.postures.conflicts import list_clashes
from geo.cases.postures.preview import preview_route
from geo.cases.postures.report import as_bytes, report_posture
from geo.cases.postures.rules import Rule
from geo.cases.postures.suggest import suggest_postures
from geo.db.counties import get_county
from geo.layers.register import get_kind
from geo.messages import say
from geo.tables.roads import TIERS

router = APIRouter(prefix="/postures", tags=["postures"])

Code = Annotated[str, Path(min_length=1, max_length=60, pattern=NO_NUL)]


@router.get("", summary="Postures of some days", responses=responses(401, 403, 422))
def read_postures(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date | None, Query(description="Local day; today if absent.")] = None,
    days: Annotated[int, Query(ge=1, le=800)] = 90,
) -> PostureList:
    """Each with whether it is in force now; their areas are in the collection ``posture``."""
    demand(caller, Action.READ, get_kind("posture"))
    begin = first or get_county(session, caller.tenant).today()
    found = actions.list_postures(session, caller.tenant, begin, begin + dt.timedelta(days=days - 1))
    return PostureList.model_validate({"postures": found})


@router.post("", summary="Draft a posture", status_code=201, responses=responses(401, 403, 409, 413, 422))
def write_posture(request: Request, caller: Caller, session: Db, body: PostureRequest) -> PostureDetail:
    """With the rules and checks of its template, unless rules are given."""
    demand(caller, Action.WRITE, Thing.PLAN)
    rules = None if body.rules is None else tuple(Rule(**one.model_dump()) for one in body.rules)
    draft = PostureDraft(
        body.code, body.name, body.kind, body.first_on, body.last_on, read_area(body.geometry.model_dump_json()),
        body.opening, body.basis, rules,
    )  # fmt: skip
    actions.draft_posture(session, caller.tenant, draft, actor=caller.name)
    return _detail(request, session, caller.tenant, body.code)


@router.get("/here", summary="What holds at a place and time", responses=responses(400, 401, 403, 422))
def read_here(
    caller: Caller,
    session: Db,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    at: Annotated[AwareDatetime | None, Query(description="With its offset from UTC; now if absent.")] = None,
    code: Annotated[str, Query(max_length=40, pattern=NO_NUL, description="Event code.")] = "",
) -> HereView:
    """Postures in force there, and what regime, clock and ladder make of them."""
    demand(caller, Action.READ, get_kind("posture"))
    when = at or dt.datetime.now(dt.UTC)
    ground = find_ground(session, caller.tenant, lon, lat, when, code)
    found = actions.list_here(session, caller.tenant, lon, lat, when)
    return HereView(
        postures=[StandingView.model_validate(one) for one in found], regime=ground.regime,
        tolerance_min=ground.rule.tolerance_min, clock_permille=ground.rule.clock_permille,
        first_step=ground.rule.first_step,  # type: ignore[arg-type]
    )  # fmt: skip


@router.get("/suggestions", summary="Known days without a posture", responses=responses(401, 403, 422))
def read_suggestions(caller: Caller, session: Db, days: Annotated[int, Query(ge=1, le=800)] = 60) -> SuggestionList:
    """Examinations and public holidays of the calendar that come within so many days."""
    demand(caller, Action.READ, get_kind("posture"))
    today = get_county(session, caller.tenant).today()
    found = suggest_postures(session, caller.tenant, today, today + dt.timedelta(days=days))
    return SuggestionList.model_validate({"suggestions": [asdict(one) for one in found]})


@router.get("/{posture}", summary="A posture", responses=responses(401, 403, 404))
def read_posture(request: Request, caller: Caller, session: Db, posture: Code) -> PostureDetail:
    """With rules, ground, checks, and whom it contradicts."""
    demand(caller, Action.READ, get_kind("posture"))
    return _detail(request, session, caller.tenant, posture)


@router.put("/{posture}/rules", summary="Give a draft other rules", responses=responses(401, 403, 404, 409, 413, 422))
def write_rules(request: Request, caller: Caller, session: Db, posture: Code, body: RulesRequest) -> PostureDetail:
    """All of them; an approved posture keeps its own."""
    demand(caller, Action.WRITE, Thing.PLAN)
    rules = [Rule(**one.model_dump()) for one in body.rules]
    actions.set_rules(session, caller.tenant, posture, rules, actor=caller.name)
    return _detail(request, session, caller.tenant, posture)


@router.post("/{posture}/steps", summary="Approve or call off", responses=responses(401, 403, 404, 409, 413, 422))
def take_step(caller: Caller, session: Db, posture: Code, body: PostureStep) -> PostureView:
    """Approved, it begins and ends by its days and hours; called off, it held until then."""
    demand(caller, Action.WRITE, Thing.PLAN)
    if body.step == "approve":
        actions.approve_posture(session, caller.tenant, posture, at=body.at, actor=caller.name, despite=body.note)
    else:
        actions.withdraw_posture(session, caller.tenant, posture, at=body.at, actor=caller.name, reason=body.note)
    return PostureView.model_validate(actions.get_posture(session, caller.tenant, posture))


@router.post("/{posture}/checks", summary="Note what was found", responses=responses(401, 403, 404, 413, 422))
def write_check(caller: Caller, session: Db, posture: Code, body: CheckRequest) -> CheckList:
    """Of one thing to look at; of postures that touch the caller's 片区."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    found = actions.note_check(
        session, caller.tenant, posture, body.item, result=body.result, at=body.at, actor=caller.name,
        hazards=body.hazards, note=body.note, staff=caller.staff, area=area,
    )  # fmt: skip
    return CheckList.model_validate({"checks": found})


@router.get(
    "/{posture}/route", summary="Streets of a posture in walking order", responses=responses(401, 403, 404, 422)
)
def read_route(
    caller: Caller,
    session: Db,
    posture: Code,
    tier: Annotated[
        list[str] | None, Query(max_length=len(TIERS), description="main, secondary, branch, lane.")
    ] = None,
) -> dict[str, Any]:
    """GeoJSON; main and secondary streets unless tiers are named. A preview of what is seen, no planned route."""
    demand(caller, Action.READ, get_kind("posture"))
    return preview_route(session, caller.tenant, posture, tier or ("main", "secondary"))


@router.get("/{posture}/report", summary="What came of a posture", responses=responses(401, 403, 404, 409))
def read_report(caller: Caller, session: Db, posture: Code) -> Response:
    """Numbers during and before, JSON: of a posture that is over the same bytes whenever it is asked."""
    demand(caller, Action.READ, get_kind("posture"))
    report = report_posture(session, caller.tenant, posture)
    return Response(as_bytes(report), media_type="application/json")


def _detail(request: Request, session: Db, tenant: str, code: str) -> PostureDetail:
    row = actions.get_posture(session, tenant, code)
    spoken = language_of(request)
    clashes = [
        ClashView.model_validate(
            {
                "other": one.other_code, "other_status": one.other_status, "rule": asdict(one.rule),
                "other_rule": asdict(one.other_rule), "districts": list(one.districts), "lon": one.lon, "lat": one.lat,
                "area_m2": one.area_m2, "on": one.on, "from_s": one.from_s, "to_s": one.to_s,
                "said": say("postures.contradicts", spoken, **one.facts()),
            }
        )
        for one in list_clashes(session, get_county(session, tenant), code)
    ]  # fmt: skip
    checks = queries.list_checks(session, tenant, row["id"])
    return PostureDetail.model_validate({**row, "checks": checks, "clashes": clashes})
