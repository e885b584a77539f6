"""What routes ask for: the service, a transaction that is committed before the answer leaves, who is asking."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator
from typing import Annotated, get_args, get_origin
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.params import Query as QueryInfo
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.auth.actions import BadCredential, recognise_cookie, recognise_key
from api.auth.permissions import Action, Principal, demand, may
from api.service import Service
from geo.errors import Forbidden, Malformed, NotFound
from geo.layers.register import BY_NAME, LayerKind

COOKIE = "pianqu"
SECURE_COOKIE = "__Host-pianqu"
CSRF_HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD", "OPTIONS")
ALWAYS_ALLOWED = frozenset({"api_key"})


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
        return Principal(service.settings.tenant)
    found = service.sessions.find(token)
    if found is None:
        found = await run_in_threadpool(recognise_cookie, service.database, token)
        if found is None:
            return Principal(service.settings.tenant)
        service.sessions.remember(token, found)
    if request.method not in SAFE:
        refuse_foreign(request)
        sent = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode(), (found.csrf or "").encode()):
            raise ForeignRequest("auth.csrf")
    return found


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


def open_session(service: Holder, principal: Caller) -> Iterator[Session]:
    """A transaction of the caller's county; commits when the route returns, rolls back on any error."""
    with service.database.begin(principal.tenant) as session:
        yield session


# scope="function": FastAPI's default ends a dependency after the answer was sent, so a client could hold
# a 201 for a commit that failed.
Db = Annotated[Session, Depends(open_session, scope="function")]


def strict_query(request: Request) -> None:
    """Refuse query parameters the route does not declare, and repeated ones that are no lists.

    Raises
    ------
    UnknownParameter
        The facts name the parameter and those there are. Routes that take attributes of a layer as
        parameters say so with ``openapi_extra={"x-attributes": True}`` and check them there.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = query_names(route)
    open_ended = bool((route.openapi_extra or {}).get("x-attributes"))
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known and name not in ALWAYS_ALLOWED and not open_ended:
            raise UnknownParameter("query.unknown", name=name[:60], known=", ".join(sorted(known)) or "-")
        if name in seen and not known.get(name, False):
            raise UnknownParameter("query.repeated", name=name[:60])
        seen.add(name)


def query_names(route: APIRoute) -> dict[str, bool]:
    """Names of the query parameters a route declares, its dependencies' included, and whether each is a list."""
    names: dict[str, bool] = {}
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        for field in dependant.query_params:
            if isinstance(field.field_info, QueryInfo):
                kind = field.field_info.annotation
                names[field.alias] = list in {get_origin(one) for one in (kind, *get_args(kind))}
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
