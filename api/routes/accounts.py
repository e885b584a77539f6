"""Which member of staff an account is, and what is their own: found by login, nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.auth import actions, queries
from api.auth.permissions import Action, Principal, Thing, demand, staff_of
from api.deps import Caller, Db
from api.problems import language_of, responses
from api.routes.patrol import ICAL, PRIVATE, sight_of
from api.schemas.accounts import AccountList, LinkOrder, OwnDay
from api.schemas.staffing import LeaveList
from geo.db.counties import get_county
from geo.patrol.export.actions import person_calendar
from geo.patrol.people.actions import MOST_DAYS
from geo.patrol.people.mine import my_day, my_leave

router = APIRouter(tags=["people"])

Login = Annotated[str, Path(min_length=1, max_length=64)]
First = Annotated[
    dt.date | None,
    Query(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1), description="First local day; today if absent."),
]


@router.get("/accounts", summary="Accounts", responses=responses(403))
def read_accounts(caller: Caller, session: Db) -> AccountList:
    """Logins, roles, units, and who is behind them; never a password."""
    demand(caller, Action.READ, Thing.ACCOUNT)
    listed = [
        {
            "login": account.login, "role": account.role, "unit": unit, "active": account.active, "staff": staff,
            "name": name, "last_login_at": account.last_login_at,
        }
        for account, unit, staff, name in queries.load_accounts(session, caller.tenant)
    ]  # fmt: skip
    return AccountList.model_validate({"accounts": listed})


@router.put(
    "/accounts/{login}/staff", summary="Say who an account is", status_code=204,
    responses=responses(403, 404, 409, 413, 422),
)  # fmt: skip
def link(caller: Caller, session: Db, login: Login, body: LinkOrder) -> None:
    """One person an account, one account a person; another one said before is so no more."""
    demand(caller, Action.WRITE, Thing.ACCOUNT)
    actions.link_account(session, caller.tenant, login, body.staff, actor=caller.name)


@router.delete(
    "/accounts/{login}/staff", summary="Say that an account is nobody's", status_code=204, responses=responses(403, 404)
)
def unlink(caller: Caller, session: Db, login: Login) -> None:
    """Sessions that are open see nothing of that person's any more."""
    demand(caller, Action.WRITE, Thing.ACCOUNT)
    actions.unlink_account(session, caller.tenant, login, actor=caller.name)


def own_number(caller: Principal) -> str:
    """The staff number of who asks.

    Raises
    ------
    NobodyAllowed, NotAllowed
        If the caller may see no routes at all.
    NotLinked
        If the account is nobody's.
    """
    sight_of(caller, Thing.ROUTE)
    return staff_of(caller)


@router.get("/me/day", summary="My day", responses=responses(403, 404, 422))
def read_my_day(
    response: Response,
    caller: Caller,
    session: Db,
    on: Annotated[
        dt.date | None,
        Query(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1), description="Local day; today if absent."),
    ] = None,
) -> OwnDay:
    """Duties, and the published route of the team I am in; nothing of any other team."""
    own = own_number(caller)
    response.headers.update(PRIVATE)
    day = on or get_county(session, caller.tenant).today()
    return OwnDay.model_validate(my_day(session, caller.tenant, own, day))


@router.get("/me/leave", summary="My leave", responses=responses(403, 404, 422))
def read_my_leave(
    response: Response,
    caller: Caller,
    session: Db,
    first: First = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = MOST_DAYS,
) -> LeaveList:
    """Leave that touches these days."""
    own = own_number(caller)
    response.headers.update(PRIVATE)
    begin = first or get_county(session, caller.tenant).today()
    found = my_leave(session, caller.tenant, own, begin, begin + dt.timedelta(days - 1))
    return LeaveList.model_validate({"leave": found})


@router.get(
    "/me/shifts.ics", summary="My shifts as iCalendar", response_class=Response,
    responses={200: {"content": {ICAL: {"schema": {"type": "string"}}}}, **responses(403, 404, 422)},
)  # fmt: skip
def read_my_shifts(
    request: Request, caller: Caller, session: Db, first: First = None, days: Annotated[int, Query(ge=1, le=366)] = 31
) -> Response:
    """Published shifts and posts, for the calendar of a phone."""
    own = own_number(caller)
    begin = first or get_county(session, caller.tenant).today()
    span = (begin, begin + dt.timedelta(days - 1))
    text = person_calendar(session, caller.tenant, own, span, language_of(request))
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="shifts.ics"'}
    return Response(text, 200, headers, ICAL)
