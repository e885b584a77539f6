"""违建台账 over HTTP, behind login: entered, stepped, corrected, counted, watched."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, language_of, responses
from api.schemas.buildings import (
    AlarmList,
    Answer,
    BuildingDetail,
    BuildingDraft,
    BuildingList,
    CorrectionOrder,
    EstateList,
    EstateOrder,
    PlanDraft,
    PlanList,
    Rule,
    StepOrder,
    StockStatement,
    Verdict,
)
from geo.cases.buildings import plans, queries, watch
from geo.cases.buildings.actions import BadGround, Draft, correct_amounts, enter_building, take_building_step
from geo.cases.buildings.books import UnknownBuilding, get_building, list_overlaps, load_statement, may_demolish
from geo.cases.buildings.states import BUILDING
from geo.cases.buildings.stock import TERMS, Amounts, Statement
from geo.cases.buildings.watch import queries as watched
from geo.cases.history import load_steps
from geo.messages import say
from geo.tables.illegal_buildings import STATUSES

router = APIRouter(prefix="/buildings", tags=["buildings"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
District = Annotated[str | None, Query(max_length=40, pattern=NO_NUL, description="Code of a 片区.")]


@router.get("", summary="Buildings of the ledger, the newest first", responses=responses(403))
def read_buildings(
    caller: Caller,
    session: Db,
    status: Annotated[list[str] | None, Query(max_length=len(STATUSES))] = None,
    district: District = None,
    category: Annotated[str | None, Query(max_length=100, pattern=NO_NUL)] = None,
    id: Annotated[list[int] | None, Query(max_length=1000)] = None,  # noqa: A002
    stood_before: Annotated[dt.date | None, Query(description="Built, or else found, before that day.")] = None,
    least_m2: Annotated[float | None, Query(ge=0, lt=1e9, description="Ground of at least this.")] = None,
    most_m2: Annotated[float | None, Query(ge=0, lt=1e9, description="Ground below this.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only buildings with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> BuildingList:
    """Of the 片区 the caller sees; their outlines are in the collection ``illegal_building``."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = queries.list_buildings(
        session, caller.tenant, area=area, statuses=status, district=district, category=category, ids=id,
        stood_before=stood_before, least_m2=least_m2, most_m2=most_m2, before=before, most=limit,
    )  # fmt: skip
    return BuildingList.model_validate({"buildings": found})


@router.post("", summary="Enter a footprint", status_code=201, responses=responses(403, 404, 409, 413, 422))
def enter(caller: Caller, session: Db, body: BuildingDraft) -> BuildingDetail:
    """As suspected; the answer names the footprints it overlaps. Sent again it changes nothing."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    given = body.model_dump(exclude={"geometry"})
    number, _ = enter_building(
        session, caller.tenant, Draft(ground=_ground(body.geometry), **given), actor=caller.name
    )  # fmt: skip
    _within(session, caller.tenant, number, area)
    return _detail(session, caller.tenant, number)


@router.get("/stock", summary="The stock equation of a period", responses=responses(403, 422))
def read_stock(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
    district: District = None,
    category: Annotated[str | None, Query(max_length=100, pattern=NO_NUL)] = None,
    as_of: Annotated[AwareDatetime | None, Query(description="As the books stood then; with its zone.")] = None,
) -> StockStatement:
    """Every term drills to its lines; what was written down after the period is marked late."""
    area = area_of(caller, Action.READ, Thing.CASE)
    if district is not None:
        area = [district] if area is None or district in area else []
    told = load_statement(session, caller.tenant, first, last, area=area, category=category, as_of=as_of)
    return StockStatement.model_validate(
        {**statement_as_json(told), "without_history": len(queries.list_without_log(session, caller.tenant))}
    )


@router.get("/alarms", summary="Footprints newer than the base date", responses=responses(403))
def read_alarms(
    caller: Caller, session: Db, open_only: Annotated[bool, Query(description="Only unanswered ones.")] = False
) -> AlarmList:
    """Each with the person it was put before."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = watched.list_alarms(session, caller.tenant, area=area, open_only=open_only)
    return AlarmList.model_validate({"alarms": found})


@router.post("/alarms/{alarm_id}/answer", summary="Answer an alarm", responses=responses(403, 404, 422))
def answer(caller: Caller, session: Db, alarm_id: Identity, body: Answer) -> AlarmList:
    """Once; the alarm stays on file."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    building = watch.answer_alarm(session, caller.tenant, alarm_id, body.answer, caller.name)
    _within(session, caller.tenant, building, area)
    return AlarmList.model_validate({"alarms": watched.list_alarms(session, caller.tenant, area=area)})


@router.post("/rules", summary="Set the base date of 零增长", status_code=201, responses=responses(403, 404, 422))
def write_rule(caller: Caller, session: Db, body: Rule) -> Rule:
    """Of a 片区 or of the county; the newest holds."""
    demand(caller, Action.WRITE, Thing.CASE)
    watch.set_rule(session, caller.tenant, body.base_on, body.staff, caller.name, district=body.district)
    return body


@router.get("/plans", summary="分类化解 plans and how far they are", responses=responses(403))
def read_plans(caller: Caller, session: Db) -> PlanList:
    """Counted from the ledger."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return PlanList.model_validate({"plans": plans.follow_plans(session, caller.tenant, area=area)})


@router.post("/plans", summary="Set a plan", status_code=201, responses=responses(403, 404, 409, 422))
def write_plan(caller: Caller, session: Db, body: PlanDraft) -> PlanList:
    """One for each category and way from a day on."""
    demand(caller, Action.WRITE, Thing.CASE)
    plans.set_plan(session, caller.tenant, plans.Plan(**body.model_dump()), caller.name)
    return PlanList.model_validate({"plans": plans.follow_plans(session, caller.tenant)})


@router.get("/estates", summary="Estates and their standing", responses=responses(403))
def read_estates(caller: Caller, session: Db) -> EstateList:
    """无违建小区, with their keepers."""
    area_of(caller, Action.READ, Thing.CASE)
    return EstateList.model_validate({"estates": watched.list_estates(session, caller.tenant)})


@router.post("/estates/{estate_id}/steps", summary="Award, withdraw or re-admit an estate",
             responses=responses(403, 404, 409, 422))  # fmt: skip
def step_estate(caller: Caller, session: Db, estate_id: Identity, body: EstateOrder) -> EstateList:
    """Its standing is lost by itself when something illegal is verified inside."""
    demand(caller, Action.WRITE, Thing.CASE)
    if body.step == "award":
        watch.award_estate(
            session, caller.tenant, estate_id, body.keeper or "", at=body.at, actor=caller.name, note=body.note
        )
    else:
        watch.take_estate_step(
            session, caller.tenant, estate_id, body.step, at=body.at, actor=caller.name, note=body.note
        )
    return EstateList.model_validate({"estates": watched.list_estates(session, caller.tenant)})


@router.get("/{building_id}", summary="One building", responses=responses(403, 404))
def read_building(caller: Caller, session: Db, building_id: Identity) -> BuildingDetail:
    """With its history and what can be done with it now."""
    _within(session, caller.tenant, building_id, area_of(caller, Action.READ, Thing.CASE))
    return _detail(session, caller.tenant, building_id)


@router.post("/{building_id}/steps", summary="Take a step", responses=responses(403, 404, 409, 422))
def step(caller: Caller, session: Db, building_id: Identity, body: StepOrder) -> BuildingDetail:
    """In the order of the table; dated when it happened."""
    _within(session, caller.tenant, building_id, area_of(caller, Action.WRITE, Thing.CASE))
    take_building_step(
        session, caller.tenant, building_id, body.step, at=body.at, actor=caller.name, note=body.note,
        facts=body.facts, uid=body.uid,
    )  # fmt: skip
    return _detail(session, caller.tenant, building_id)


@router.post("/{building_id}/corrections", summary="Correct households or ground", status_code=201,
             responses=responses(403, 404, 422))  # fmt: skip
def correct(caller: Caller, session: Db, building_id: Identity, body: CorrectionOrder) -> BuildingDetail:
    """A line of its own, from the moment it holds; nothing is overwritten."""
    _within(session, caller.tenant, building_id, area_of(caller, Action.WRITE, Thing.CASE))
    correct_amounts(
        session, caller.tenant, building_id, at=body.at, households_more=body.households_more,
        area_dm2_more=round(body.area_m2_more * 100), reason=body.reason, actor=caller.name,
    )  # fmt: skip
    return _detail(session, caller.tenant, building_id)


@router.get("/{building_id}/demolition", summary="May it be pulled down then?", responses=responses(403, 404, 422))
def read_demolition(
    request: Request,
    caller: Caller,
    session: Db,
    building_id: Identity,
    start: Annotated[AwareDatetime, Query(description="Begin of the act, with its zone.")],
    end: Annotated[AwareDatetime, Query(description="Its end.")],
    urgent: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="Why it cannot wait.")] = "",
) -> Verdict:
    """By papers, day and hour; urgency lifts the day and the hour only."""
    _within(session, caller.tenant, building_id, area_of(caller, Action.READ, Thing.CASE))
    told = may_demolish(session, caller.tenant, building_id, start, end, urgent=urgent)
    spoken = language_of(request)
    reasons = [say(one.code, spoken, **one.facts) for one in told.reasons]
    return Verdict(allowed=told.allowed, reasons=reasons, first_on=told.first_on)


def statement_as_json(told: Statement) -> dict[str, Any]:
    """A statement as JSON-ready values; ground in m²."""
    late = set(map(id, told.late))
    lines = [
        {
            "building_id": one.building_id, "n": one.n, "term": one.term, "at": one.at, "actor": one.actor,
            "recorded_at": one.recorded_at, "amounts": _amounts(one.amounts), "note": one.note, "late": id(one) in late,
        }
        for one in told.postings
    ]  # fmt: skip
    return {
        "first_on": told.first_on, "last_on": told.last_on, "as_of": told.as_of, "lines": lines,
        "opening": _amounts(told.opening), "closing": _amounts(told.closing),
        "opening_ids": list(told.opening_ids), "closing_ids": list(told.closing_ids),
        "difference": _amounts(told.difference), "terms": {term: _amounts(told.term(term)) for term in TERMS},
    }  # fmt: skip


def _amounts(one: Amounts) -> dict[str, float]:
    return {"plots": one.plots, "households": one.households, "area_m2": one.area_dm2 / 100}


def _ground(geometry: Mapping[str, Any]) -> bytes:
    """GeoJSON as WKB; what is no area is refused."""
    import shapely

    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise BadGround("buildings.ground", most=5_000)
    return bytes(shapely.to_wkb(shapely.force_2d(shape)))


def _within(session: Db, tenant: str, building_id: int, area: list[str] | None) -> None:
    """A building outside the caller's 片区 is not there for them."""
    row = get_building(session, tenant, building_id)
    if area is not None and row["district_code"] not in area:
        raise UnknownBuilding("buildings.unknown", id=building_id)


def _detail(session: Db, tenant: str, building_id: int) -> BuildingDetail:
    row = get_building(session, tenant, building_id)
    history = load_steps(session, tenant, BUILDING, building_id)
    books = queries.load_histories(session, tenant, one=building_id)
    overlaps = list_overlaps(session, tenant, one=building_id)
    return BuildingDetail.model_validate(
        {
            **row,
            "history": [{name: getattr(one, name) for name in one.__slots__ if name != "staff_id"} for one in history],
            "corrections": [
                {
                    "at": one.at, "recorded_at": one.recorded_at, "households_more": one.households_more,
                    "area_m2_more": one.area_dm2_more / 100, "reason": one.note, "actor": one.actor,
                }
                for book in books for one in book.corrections
            ],
            "open_steps": list(BUILDING.open_steps(row["status"])),
            "overlaps": [{"one": a, "other": b, "area_m2": dm2 / 100} for a, b, dm2 in overlaps],
        }
    )  # fmt: skip
