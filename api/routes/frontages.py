"""门前三包/四包 over HTTP, behind login: the register, agreements and checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db, Holder
from api.problems import NO_NUL, responses
from api.schemas.frontages import (
    Agreement,
    AgreementDraft,
    AgreementOrder,
    Check,
    CheckDraft,
    CheckList,
    FrontageDetail,
    FrontageList,
    Match,
    RateList,
    Register,
    TaskList,
    UnmatchedLists,
)
from geo.cases.frontages import agreements, queries, reading
from geo.cases.frontages.agreements import NoScan, UnknownAgreement, UnknownFrontage, get_agreement, get_frontage
from geo.cases.frontages.checks import actions as checks
from geo.cases.frontages.checks.queries import choose_checks, list_checks, list_tasks
from geo.cases.frontages.rows import Draft
from geo.cases.frontages.standing import STANDINGS

router = APIRouter(prefix="/frontages", tags=["frontages"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
Name = Annotated[str | None, Query(max_length=100, pattern=NO_NUL)]
Day = Annotated[dt.date | None, Query(description="Local day; today unless another is named.")]


@router.get("", summary="Fronts with how they stand", responses=responses(403))
def read_frontages(
    caller: Caller,
    session: Db,
    on: Day = None,
    street: Name = None,
    town: Name = None,
    standing: Annotated[str | None, Query(pattern="|".join(STANDINGS))] = None,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="Only fronts with a larger id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> FrontageList:
    """Of the 片区 the caller sees; with ``standing`` those that a figure of the register counts."""
    area = area_of(caller, Action.READ, Thing.CASE)
    register = reading.load_register(session, caller.tenant, on, area=area, street=street, town=town)
    chosen = [one for one in sorted(register.standings) if standing in (None, register.standings[one][0])]
    ids = [one for one in chosen if one > after][:limit]
    rows = queries.list_frontages(session, caller.tenant, ids=ids, most=limit)
    return FrontageList.model_validate({"frontages": [_standing(row, register) for row in rows]})


@router.get("/register", summary="Signed, expired and missing by street and town", responses=responses(403))
def read_register(caller: Caller, session: Db, on: Day = None) -> Register:
    """不漏一户: the three make the whole of the shop list."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return Register.model_validate(reading.load_register(session, caller.tenant, on, area=area).as_json())


@router.get("/unmatched", summary="Agreements without a shop, shops without an agreement", responses=responses(403))
def read_unmatched(caller: Caller, session: Db) -> UnmatchedLists:
    """Both are listed; whoever may see one 片区 only sees the shops of it and no loose agreement."""
    area = area_of(caller, Action.READ, Thing.CASE)
    register = reading.load_register(session, caller.tenant, area=area)
    rows = queries.list_frontages(session, caller.tenant, ids=register.ids("missing"), most=100_000)
    loose = agreements.list_unmatched(session, caller.tenant) if area is None else []
    shops = [_standing(row, register) for row in rows]
    return UnmatchedLists.model_validate({"agreements": loose, "frontages": shops})


@router.get("/rates", summary="履约率 by street", responses=responses(403, 422))
def read_rates(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
) -> RateList:
    """Checks passed ÷ checks made; each figure lists its checks."""
    rates = checks.load_rates(session, caller.tenant, first, last, area=area_of(caller, Action.READ, Thing.CASE))
    return RateList.model_validate({"first_on": first, "last_on": last, "rates": rates})


@router.get("/tasks", summary="Fronts to be looked at again", responses=responses(403))
def read_tasks(
    caller: Caller, session: Db, open_only: Annotated[bool, Query(description="Only those not done.")] = True
) -> TaskList:
    """回头看, the most urgent first."""
    found = list_tasks(session, caller.tenant, area=area_of(caller, Action.READ, Thing.CASE), open_only=open_only)
    return TaskList.model_validate({"tasks": found})


@router.get("/checks", summary="Checks by id", responses=responses(403))
def read_checks(
    caller: Caller,
    session: Db,
    id: Annotated[list[int], Query(max_length=1000)],  # noqa: A002
) -> CheckList:
    """Those a rate counts, with their fronts; of the 片区 the caller sees."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return CheckList.model_validate({"checks": choose_checks(session, caller.tenant, id, area)})


@router.post("/agreements", summary="Write down a signed agreement", status_code=201,
             responses=responses(403, 409, 422))  # fmt: skip
def sign(caller: Caller, session: Db, service: Holder, body: AgreementDraft) -> Agreement:
    """Its shop is looked for; the same again changes nothing."""
    demand(caller, Action.WRITE, Thing.CASE)
    home = service.settings.home
    number, _ = agreements.sign_agreement(session, caller.tenant, home, Draft(**body.model_dump()), actor=caller.name)
    return Agreement.model_validate(get_agreement(session, caller.tenant, number))


@router.post("/agreements/{agreement_id}/match", summary="Say which shop it belongs to",
             responses=responses(403, 404, 422))  # fmt: skip
def match(caller: Caller, session: Db, service: Holder, agreement_id: Identity, body: Match) -> Agreement:
    """Decided by a person."""
    demand(caller, Action.WRITE, Thing.CASE)
    agreements.decide_match(
        session, caller.tenant, service.settings.home, agreement_id, body.frontage_id, actor=caller.name
    )
    return Agreement.model_validate(get_agreement(session, caller.tenant, agreement_id))


@router.post("/agreements/{agreement_id}/steps", summary="Confirm, fail or end an agreement",
             responses=responses(403, 404, 409, 422))  # fmt: skip
def step(caller: Caller, session: Db, agreement_id: Identity, body: AgreementOrder) -> Agreement:
    """The yearly check on paper, or its end."""
    _agreement_within(session, caller.tenant, agreement_id, area_of(caller, Action.WRITE, Thing.CASE))
    agreements.take_agreement_step(
        session, caller.tenant, agreement_id, body.step, at=body.at, actor=caller.name, note=body.note
    )
    return Agreement.model_validate(get_agreement(session, caller.tenant, agreement_id))


@router.put("/agreements/{agreement_id}/scan", summary="Keep the scan of an agreement",
            responses=responses(403, 404, 413, 422),
            openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}, "required": True}})  # fmt: skip
async def scan(request: Request, caller: Caller, service: Holder, agreement_id: Identity) -> Agreement:
    """The file's bytes: PDF, JPEG or PNG, at most 1 MB by HTTP (20 MB by the command line)."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    content = await request.body()
    if not content:
        raise NoScan("frontages.scan", most=1)

    def keep() -> Agreement:
        with service.database.begin(caller.tenant) as session:
            _agreement_within(session, caller.tenant, agreement_id, area)
            agreements.attach_scan(
                session, caller.tenant, service.settings.home, agreement_id, content, actor=caller.name
            )
            return Agreement.model_validate(get_agreement(session, caller.tenant, agreement_id))

    return await run_in_threadpool(keep)


@router.post("/checks", summary="Write down a check", status_code=201, responses=responses(403, 404, 409, 422))
def check(caller: Caller, session: Db, body: CheckDraft) -> Check:
    """A breach opens event 06-04 and a look-back task; a yearly check confirms or fails the agreement."""
    _within(session, caller.tenant, body.frontage_id, area_of(caller, Action.WRITE, Thing.CASE))
    given = checks.Check(**{**body.model_dump(), "failed": tuple(body.failed)})
    number = checks.record_check(session, caller.tenant, given, actor=caller.name)
    return Check.model_validate(checks.get_check(session, caller.tenant, number))


@router.get("/{frontage_id}", summary="One front", responses=responses(403, 404))
def read_frontage(caller: Caller, session: Db, frontage_id: Identity) -> FrontageDetail:
    """With its agreements and checks."""
    area = area_of(caller, Action.READ, Thing.CASE)
    row = _within(session, caller.tenant, frontage_id, area)
    register = reading.load_register(session, caller.tenant, area=area)
    signed = queries.list_agreements(session, caller.tenant, frontage_id)
    made = list_checks(session, caller.tenant, frontage_id)
    return FrontageDetail.model_validate({**_standing(row, register), "agreements": signed, "checks": made})


def _standing(row: Mapping[str, Any], register: reading.Register) -> dict[str, Any]:
    standing, why = register.standings.get(row["id"], (None, None))
    return {**row, "standing": standing, "why": why or None, "check_due_on": register.due.get(row["id"])}


def _within(session: Db, tenant: str, frontage_id: int, area: list[str] | None) -> dict[str, Any]:
    """A front outside the caller's 片区 is not there for them."""
    row = get_frontage(session, tenant, frontage_id)
    if area is not None and row["district_code"] not in area:
        raise UnknownFrontage("frontages.unknown", id=frontage_id)
    return row


def _agreement_within(session: Db, tenant: str, agreement_id: int, area: list[str] | None) -> None:
    found = get_agreement(session, tenant, agreement_id)
    if area is None:
        return
    front = found["frontage_id"] and get_frontage(session, tenant, found["frontage_id"])
    if not front or front["district_code"] not in area:
        raise UnknownAgreement("frontages.agreement", id=agreement_id)
