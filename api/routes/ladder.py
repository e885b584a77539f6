"""The ladder over HTTP: record, hear the proposal, decide; rules, exemptions, 721 and points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, area_of, demand, reach_of, staff_of
from api.deps import Caller, Db, Holder
from api.problems import NO_NUL, responses
from api.routes.subjects import reader_of, signer_of
from api.schemas.ladder import (
    DecisionOrder,
    ExemptCounts,
    ExemptionList,
    IdentifyOrder,
    IncidentLine,
    IncidentList,
    IncidentOrder,
    LadderRuleList,
    PointOrder,
    PointTable,
    ShareList,
)
from api.schemas.powers import TableText, Taken
from api.schemas.subjects import Reason
from geo.cases.ladder import queries
from geo.cases.ladder.actions import (
    Decision,
    IncidentDraft,
    OutsideDistricts,
    decide,
    get_incident,
    identify,
    record_incident,
    withdraw_incident,
)
from geo.cases.ladder.rules import import_exemptions, import_rules
from geo.cases.ladder.samples import list_samples
from geo.cases.points.actions import class_shares, list_points, rank, set_points
from geo.cases.powers.actions import get_figure
from geo.cases.secrets.actions import open_secrets
from geo.db.counties import get_county
from geo.features.locate import district_at

router = APIRouter(prefix="/ladder", tags=["law"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
Day = Annotated[dt.date, Query(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1))]
MOST_SAMPLES = 20


@router.post("/incidents", summary="Write a violation down", status_code=201,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def write_incident(caller: Caller, session: Db, body: IncidentOrder) -> IncidentLine:
    """Answered with what the ladder proposes; the same uid again changes nothing.

    Where a permit in force, or a place of trade that is open, may have allowed it, 已审批? is asked by a 409 that
    names it; look, then send it again with `permit_checked`.
    """
    district = district_at(session, get_county(session, caller.tenant), body.lon, body.lat)
    if district is None:
        area_of(caller, Action.WRITE, Thing.CASE)
        raise OutsideDistricts("ladder.outside", lon=body.lon, lat=body.lat)
    demand(caller, Action.WRITE, Thing.CASE, district)
    if body.subject_id is not None:
        reader_of(caller, Action.WRITE)
    draft = IncidentDraft(**{**body.model_dump(), "conditions": tuple(body.conditions)})
    return _line(caller, record_incident(session, caller.tenant, draft, staff_of(caller), caller.name))


@router.get("/incidents", summary="Incidents, the newest first", responses=responses(401, 403))
def read_incidents(
    caller: Caller,
    session: Db,
    state: Literal["recorded", "waiting", "confirmed", "withdrawn"] | None = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> IncidentList:
    """Of the 片区 the caller sees."""
    found = queries.list_incidents(
        session, caller.tenant, area_of(caller, Action.READ, Thing.CASE), state, before, limit
    )
    return IncidentList(incidents=[_line(caller, row) for row in found])


@router.get("/incidents/{incident}", summary="One incident", responses=responses(401, 403, 404))
def read_incident(caller: Caller, session: Db, incident: Identity) -> IncidentLine:
    """With what the ladder proposed and what was done."""
    return _line(caller, get_incident(session, caller.tenant, incident, area_of(caller, Action.READ, Thing.CASE)))


@router.put("/incidents/{incident}/subject", summary="Say who it was",
            responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def put_subject(caller: Caller, session: Db, incident: Identity, body: IdentifyOrder) -> IncidentLine:
    """By an officer, while nothing was decided; answered with the new proposal."""
    get_incident(session, caller.tenant, incident, reader_of(caller, Action.WRITE).area)
    row = identify(session, caller.tenant, incident, body.subject_id, body.conditions, staff_of(caller), caller.name)
    return _line(caller, row)


@router.post("/incidents/{incident}/rung", summary="Take a rung",
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_decision(caller: Caller, session: Db, incident: Identity, body: DecisionOrder) -> IncidentLine:
    """An informal one at once; a formal one when both officers of the team have sent the same."""
    get_incident(session, caller.tenant, incident, reader_of(caller, Action.WRITE).area)
    return _line(caller, decide(session, caller.tenant, incident, Decision(**body.model_dump()), signer_of(caller)))


@router.post("/incidents/{incident}/withdrawal", summary="Take an incident back", status_code=204,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_withdrawal(caller: Caller, session: Db, incident: Identity, body: Reason) -> None:
    """One that should not have been written; never one that a penalty rests on."""
    get_incident(session, caller.tenant, incident, reader_of(caller, Action.WRITE).area)
    withdraw_incident(session, caller.tenant, incident, body.reason, staff_of(caller), caller.name)


@router.get("/rules", summary="How behaviours climb", responses=responses(401, 403))
def read_rules(caller: Caller, session: Db) -> LadderRuleList:
    """Each behaviour's window, radius and second rung."""
    area_of(caller, Action.READ, Thing.CASE)
    default = {name: get_figure(session, caller.tenant, f"ladder_{name}") for name in ("months", "radius_m")}
    return LadderRuleList.model_validate({"rules": queries.list_rules(session, caller.tenant), "default": default})


@router.get("/exemptions", summary="免罚清单", responses=responses(401, 403))
def read_exemptions(caller: Caller, session: Db) -> ExemptionList:
    """Entries in force."""
    area_of(caller, Action.READ, Thing.CASE)
    return ExemptionList.model_validate({"exemptions": queries.list_exemptions(session, caller.tenant)})


@router.put("/tables/{ladder_table}", summary="Take a whole table", responses=responses(401, 403, 413, 422))
def put_table(caller: Caller, session: Db, ladder_table: Literal["rules", "exemptions"], body: TableText) -> Taken:
    """All rows or none."""
    demand(caller, Action.WRITE, Thing.PLAN)
    take = import_rules if ladder_table == "rules" else import_exemptions
    return Taken(counts={"rows": take(session, caller.tenant, body.csv.encode(), caller.name)})


@router.get("/shares", summary="721 per 片区", responses=responses(401, 403))
def read_shares(caller: Caller, session: Db, first: Day, last: Day) -> ShareList:
    """Confirmed actions by class, from the first local day to the last, both included."""
    span = _span(session, caller.tenant, first, last)
    return ShareList.model_validate(
        {"shares": class_shares(session, caller.tenant, *span, area_of(caller, Action.READ, Thing.CASE))}
    )


@router.get("/exempted", summary="What was not punished", responses=responses(401, 403, 503))
def read_exempted(service: Holder, caller: Caller, session: Db, first: Day, last: Day) -> ExemptCounts:
    """Counts by entry of the list, and samples without who and where (免罚典型案例)."""
    span = _span(session, caller.tenant, first, last)
    area = area_of(caller, Action.READ, Thing.CASE)
    samples = []
    if area is None:
        keys = open_secrets(session, caller.tenant, service.settings.home)
        samples = list_samples(session, caller.tenant, keys, *span, MOST_SAMPLES)
    return ExemptCounts(counts=queries.count_exempt(session, caller.tenant, *span, area), samples=samples)


@router.get("/points", summary="Points by effort", responses=responses(401, 403))
def read_points(caller: Caller, session: Db, first: Day, last: Day) -> PointTable:
    """People and units by points for a hundred hours on shift; fines are no measure."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = rank(session, caller.tenant, first, last + dt.timedelta(days=1), area)
    return PointTable.model_validate({**found, "measures": list_points(session, caller.tenant)})


@router.put("/points/{measure}", summary="Say what a measure is worth", status_code=204,
            responses=responses(401, 403, 413, 422))  # fmt: skip
def put_points(
    caller: Caller,
    session: Db,
    measure: Annotated[str, Path(max_length=40, pattern=NO_NUL)],
    body: PointOrder,
) -> None:
    """One of the measures there are."""
    demand(caller, Action.WRITE, Thing.PLAN)
    set_points(session, caller.tenant, measure, body.points, caller.name)


def _span(session: Db, tenant: str, first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    end = last + dt.timedelta(days=1)
    return dt.datetime.combine(first, dt.time(), zone), dt.datetime.combine(end, dt.time(), zone)


def _line(caller: Principal, row: Mapping[str, Any]) -> IncidentLine:
    """An incident as the caller may see it: without whom it is about for those who see no files."""
    if reach_of(caller, Action.READ, Thing.SUBJECT) is False:
        return IncidentLine.model_validate({**row, "subject_id": None, "counted": []})
    return IncidentLine.model_validate(dict(row))
