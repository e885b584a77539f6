"""What routes ask for: the service, a transaction that is committed before the answer leaves, who is asking."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Iterator
from typing import Annotated, Any, Final, get_args, get_origin
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.params import Query as QueryInfo
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.auth.actions import BadCredential, recognise_cookie, recognise_key
from api.auth.permissions import Action, Principal, demand, may
from api.problems import language_of
from api.service import Service
from geo.errors import Forbidden, Malformed, NotFound, PianquError
from geo.layers.register import BY_NAME, LayerKind
from geo.messages import say

COOKIE = "pianqu"
SECURE_COOKIE = "__Host-pianqu"
CSRF_HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD", "OPTIONS")
ALWAYS_ALLOWED = frozenset({"api_key"})
FIRST_DAY: Final = dt.date(1900, 1, 1)
LAST_DAY: Final = dt.date(2200, 12, 31)
"""Days and moments are asked for between these: a calendar that ends cannot be counted on past its end."""

DAY: Final = TypeAdapter(dt.date)
MOMENT: Final = TypeAdapter(dt.datetime)


class ForeignRequest(Forbidden):
    """A write that did not come from a page of ours."""


class UnknownParameter(Malformed):
    """A query parameter the route does not know, or one given twice."""


class NoSuchCollection(NotFound):
    """No such layer, or not for this caller: the answer is the same, so that names are not given away."""


def get_service(request: Request) -> Service:
    """The long-lived parts of this process."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


Holder = Annotated[Service, Depends(get_service)]


def given_key(request: Request) -> str | None:
    """The key a request carries: bearer token, basic password, ``X-API-Key``, or ``api_key`` for old GDAL."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return request.headers.get("x-api-key") or request.query_params.get("api_key")


def given_cookie(request: Request) -> str | None:
    """The session token a browser carries."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)


async def get_principal(request: Request, service: Holder) -> Principal:
    """Who is asking; nobody in particular is the public of this service's own county.

    Raises
    ------
    BadCredential
        If a key is given that opens nothing. A session that is over is no error: it is nobody.
    ForeignRequest
        If a cookie authenticates a write that lacks the page's token or comes from another site.
    """
    key = given_key(request)
    if key is not None:
        principal = service.keys.find(key)
        if principal is None:
            principal = await run_in_threadpool(recognise_key, service.database, key)
            service.keys.remember(key, principal)
        return principal
    token = given_cookie(request)
    if token is None:
        return await anybody(service)
    found = service.sessions.find(token)
    if found is None:
        found = await run_in_threadpool(recognise_cookie, service.database, token)
        if found is None:
            return await anybody(service)
        service.sessions.remember(token, found)
    if request.method not in SAFE:
        refuse_foreign(request)
        sent = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode(), (found.csrf or "").encode()):
            raise ForeignRequest("auth.csrf")
    return found


async def anybody(service: Service) -> Principal:
    """Nobody in particular, who reads what the county's public map opens; with the database away that is nothing."""
    tenant = service.settings.tenant
    try:
        return Principal(tenant, map_open=bool((await service.county(tenant)).map_number))
    except PianquError:
        return Principal(tenant)


Caller = Annotated[Principal, Depends(get_principal)]


def refuse_foreign(request: Request) -> None:
    """Refuse a write that a browser says another site's page started.

    Raises
    ------
    ForeignRequest
        If ``Sec-Fetch-Site`` or ``Origin`` names another site.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if site not in ("same-origin", "none") or (origin is not None and urlsplit(origin).netloc != host):
        raise ForeignRequest("auth.foreign_origin")


def open_session(request: Request, service: Holder, principal: Caller) -> Iterator[Session]:
    """A transaction of the caller's county; commits when the route returns, rolls back on any error."""
    with service.database.begin(principal.tenant, reading=request.method in SAFE) as session:
        yield session


# scope="function": FastAPI's default ends a dependency after the answer was sent, so a client could hold
# a 201 for a commit that failed.
Db = Annotated[Session, Depends(open_session, scope="function")]


class BadValue(Malformed):
    """A parameter no route can use: a text that cannot be stored, a day no calendar of ours holds."""


def strict_query(request: Request) -> None:
    """Refuse query parameters the route does not declare, repeated ones that are no lists, and useless values.

    Raises
    ------
    UnknownParameter
        The facts name the parameter and those there are. Routes that take attributes of a layer as
        parameters say so with ``openapi_extra={"x-attributes": True}`` and check them there.
    BadValue
        If a value, of the path too, holds a NUL, or is a day or moment outside 1900 to 2200; the facts name it.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    for name, value in request.path_params.items():
        refuse_nul(request, name, str(value))
    known = query_kinds(route)
    open_ended = bool((route.openapi_extra or {}).get("x-attributes"))
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name not in known and name not in ALWAYS_ALLOWED and not open_ended:
            raise UnknownParameter("query.unknown", name=name[:60], known=", ".join(sorted(known)) or "-")
        kinds = known.get(name, frozenset())
        if name in seen and list not in {get_origin(one) for one in kinds}:
            raise UnknownParameter("query.repeated", name=name[:60])
        seen.add(name)
        refuse_nul(request, name, value)
        refuse_far_day(request, name, value, kinds)


def refuse_nul(request: Request, name: str, value: str) -> None:
    """Refuse the one character that PostgreSQL cannot store, nor look for."""
    if "\0" in value:
        raise BadValue("query.invalid", name=name[:60], why=say("why.nul", language_of(request)))


def refuse_far_day(request: Request, name: str, value: str, kinds: frozenset[Any]) -> None:
    """Refuse a day or moment with which nothing can be counted; one that cannot be read is the route's to refuse."""
    reader = MOMENT if kinds & {dt.datetime, AwareDatetime} else DAY if dt.date in kinds else None
    if reader is None:
        return
    try:
        said = reader.validate_python(value)
    except ValidationError:
        return
    day = said.date() if isinstance(said, dt.datetime) else said
    if day < FIRST_DAY:
        why = say("why.greater_than_equal", language_of(request), ge=FIRST_DAY.isoformat())
    elif day > LAST_DAY:
        why = say("why.less_than_equal", language_of(request), le=LAST_DAY.isoformat())
    else:
        return
    raise BadValue("query.invalid", name=name[:60], why=why)


def query_kinds(route: APIRoute) -> dict[str, frozenset[Any]]:
    """Names of the query parameters a route declares, its dependencies' included, and the types each may be of."""
    names: dict[str, frozenset[Any]] = {}
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        for field in dependant.query_params:
            if isinstance(field.field_info, QueryInfo):
                kind = field.field_info.annotation
                names[field.alias] = frozenset((kind, *get_args(kind)))
        waiting.extend(dependant.dependencies)
    return names


def get_collection(collection: str, principal: Caller) -> LayerKind:
    """The layer of a path, if the caller may read it.

    Raises
    ------
    NoSuchCollection
        If there is none or it is not for the caller.
    """
    return readable_kind(principal, collection)


def readable_kind(principal: Principal, name: str) -> LayerKind:
    """As :func:`get_collection`, for names that come otherwise."""
    kind = BY_NAME.get(name)
    if kind is None or not may(principal, Action.READ, kind):
        raise NoSuchCollection("query.no_collection", layer=name[:60])
    return kind


Collection = Annotated[LayerKind, Depends(get_collection)]

__all__ = ["BadCredential", "Caller", "Collection", "Db", "Holder", "demand", "get_principal", "readable_kind"]
