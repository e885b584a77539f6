"""Codes, limits, who answers where, working time and regimes over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.case_tables import (
    CaseCodeList,
    CaseTable,
    DatesRead,
    DeskOrder,
    MatrixReport,
    OwnerView,
    RegimeOrder,
    RowsTaken,
    StreetRegimes,
    TableName,
)
from geo.cases.books import export_table, import_table
from geo.cases.codes import queries
from geo.cases.codes.actions import check_matrix, ensure_codes, get_code, load_matrix, propose_matrix
from geo.cases.codes.matrix import Place
from geo.cases.flow.dates.actions import reread_dates
from geo.cases.flow.ground.actions import find_ground, limit_of, set_desk
from geo.cases.regimes.actions import list_streets, set_regime
from geo.db.counties import get_county

router = APIRouter(prefix="/cases", tags=["problems"])


@router.get("/codes", summary="Codes of events and components", responses=responses(401, 403))
def read_codes(caller: Caller, session: Db) -> CaseCodeList:
    """With system, version, and what a local list adds to."""
    area_of(caller, Action.READ, Thing.CASE)
    ensure_codes(session, caller.tenant)
    return CaseCodeList.model_validate({"codes": queries.list_rows(session, caller.tenant, "codes")})


@router.get("/tables/{case_table}", summary="A table as CSV", responses=responses(401, 403), response_class=Response)
def read_table(caller: Caller, session: Db, case_table: TableName) -> Response:
    """As it can be edited and sent back."""
    area_of(caller, Action.READ, Thing.CASE)
    ensure_codes(session, caller.tenant)
    return Response(export_table(session, caller.tenant, case_table), media_type="text/csv; charset=utf-8")


@router.put("/tables/{case_table}", summary="Take a table", responses=responses(401, 403, 413, 422))
def put_table(caller: Caller, session: Db, case_table: TableName, body: CaseTable) -> RowsTaken:
    """All rows or none; a matrix replaces the whole and is refused with gaps or overlaps."""
    demand(caller, Action.WRITE, Thing.PLAN)
    rows = import_table(session, caller.tenant, case_table, body.csv.encode(), actor=caller.name)
    return RowsTaken(rows=rows)


@router.get("/matrix/report", summary="Gaps and overlaps of the matrix", responses=responses(401, 403))
def read_report(caller: Caller, session: Db) -> MatrixReport:
    """Of the matrix that holds now."""
    area_of(caller, Action.READ, Thing.CASE)
    ensure_codes(session, caller.tenant)
    return MatrixReport.model_validate(check_matrix(session, caller.tenant))


@router.get("/matrix/proposal", summary="A first matrix", responses=responses(401, 403), response_class=Response)
def read_proposal(caller: Caller, session: Db) -> Response:
    """From who is in charge of each 片区; nothing is stored by it."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return Response(propose_matrix(session, caller.tenant), media_type="text/csv; charset=utf-8")


@router.get("/owner", summary="Who answers for a code at a point", responses=responses(401, 403, 404, 422))
def read_owner(
    caller: Caller,
    session: Db,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    code: Annotated[str, Query(min_length=1, max_length=40)],
    system: Annotated[str | None, Query(max_length=80)] = None,
    grade: Annotated[str, Query(max_length=40)] = "*",
) -> OwnerView:
    """Unit and person, the limit of handling, and what the street's regime lets stand."""
    area_of(caller, Action.READ, Thing.CASE)
    found = get_code(session, caller.tenant, code, system)
    ground = find_ground(session, caller.tenant, lon, lat, dt.datetime.now(dt.UTC))
    asked = {"code_system": found["code_system"], "code": found["code"], "grade": grade}
    limit = limit_of(session, caller.tenant, asked, "handle", ground.rule)
    duty = load_matrix(session, caller.tenant).owner(
        found["code_system"], found["code"], Place(ground.road, ground.district_code, ground.town)
    )
    return OwnerView(
        district_code=ground.district_code, town=ground.town, road=ground.road, regime=ground.regime,
        tolerance_min=ground.rule.tolerance_min, first_step=ground.rule.first_step,  # type: ignore[arg-type]
        unit=None if duty is None else duty.org, staff=None if duty is None else duty.staff,
        amount=limit["amount"], unit_kind=limit["unit"], counts_from=limit["from"], permille=limit["permille"],
    )  # fmt: skip


@router.get("/regimes/streets", summary="Streets and their regimes", responses=responses(401, 403))
def read_streets(
    caller: Caller, session: Db, on: Annotated[dt.date | None, Query(description="Local day; today if absent.")] = None
) -> StreetRegimes:
    """By name, with how many metres."""
    area_of(caller, Action.READ, Thing.CASE)
    day = on or get_county(session, caller.tenant).today()
    return StreetRegimes.model_validate({"streets": list_streets(session, caller.tenant, day)})


@router.put("/regimes/streets", summary="Keep a street otherwise", responses=responses(401, 403, 404, 413, 422))
def put_street(caller: Caller, session: Db, body: RegimeOrder) -> RowsTaken:
    """From a day on; days before stay as they were."""
    demand(caller, Action.WRITE, Thing.PLAN)
    rows = set_regime(
        session, caller.tenant, body.regime, body.from_on, road_ids=body.road_ids, street=body.street,
        actor=caller.name,
    )  # fmt: skip
    return RowsTaken(rows=rows)


@router.put("/desk", summary="Name the desk", status_code=204, responses=responses(401, 403, 404, 422))
def put_desk(caller: Caller, session: Db, body: DeskOrder) -> None:
    """Who answers for what no unit has."""
    demand(caller, Action.WRITE, Thing.PLAN)
    set_desk(session, caller.tenant, body.staff, caller.name)


@router.post("/dates", summary="Work all dates out anew", responses=responses(401, 403))
def read_dates_again(caller: Caller, session: Db) -> DatesRead:
    """From the step log, after hours, days or the calendar changed; the same again changes nothing."""
    demand(caller, Action.WRITE, Thing.PLAN)
    done = reread_dates(session, caller.tenant, dt.datetime.now(dt.UTC))
    return DatesRead(problems=done.problems, changed=done.changed)
