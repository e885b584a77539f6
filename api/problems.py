"""Errors in HTTP: the one place that turns a refusal into a status, as RFC 9457 problem details.

What the domain refuses is said in the caller's language with its facts. What nobody foresaw gets a
fixed sentence and the request's id; its cause goes to the log and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geo.errors import Kind, PianquError
from geo.messages import Language, catalogue, say

STATUS: dict[Kind, int] = {
    Kind.NOT_FOUND: 404,
    Kind.INVALID: 422,
    Kind.MALFORMED: 400,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.UNAUTHENTICATED: 401,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
}

CODES = {400: "http.malformed", 404: "http.not_found", 405: "http.method", 413: "http.too_large"}
HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="pianqu"'},
    503: {"Retry-After": "2"},
}
"""What a status says besides: how to authenticate, when to come back."""

DATES_END = "date value out of range"
"""What Python says when a day is counted past year 1 or 9999."""

CAUSE_LETTERS = 500
"""Of what a driver says, so much goes to the log."""

MEDIA_TYPE = "application/problem+json"
NO_NUL = r"^[^\x00]*$"
"""What every text must match that the database shall store."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details; `detail` is in the language of Accept-Language (zh or en).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable key of the message catalogue."},
        "request_id": {"type": "string"},
        "facts": {"type": "object", "description": "What the sentence is made of."},
    },
}

log = structlog.get_logger()


def language_of(request: Request) -> Language:
    """The first of zh and en that ``Accept-Language`` prefers; zh when it says neither.

    Quality values decide; ``en;q=0`` refuses English.
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";")
        try:
            weight = float(quality.partition("=")[2]) if quality else 1.0
        except ValueError:
            continue
        primary = tag.partition("-")[0].lower()
        if weight > best[0]:
            if primary == "en":
                best = (weight, "en")
            elif primary == "zh":
                best = (weight, "zh")
    return best[1]


def problem(request: Request, status: int, code: str, facts: Mapping[str, object] | None = None) -> Response:
    """A problem document.

    Parameters
    ----------
    code, facts
        A key of the message catalogue and what its sentence names.
    """
    facts = {name: plain(value) for name, value in (facts or {}).items()}
    body: dict[str, object] = {
        "type": f"urn:pianqu:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": say(code, language_of(request), **facts),
        "code": code,
        "request_id": request.scope.get("request_id", ""),
    }
    if facts:
        body["facts"] = facts
    content = orjson.dumps(body)
    headers = {**HEADERS.get(status, {}), "Cache-Control": "no-store", "Vary": "Accept-Language"}
    return Response(content, status, headers, MEDIA_TYPE)


def plain(value: object) -> object:
    """A fact as JSON can hold it: whole numbers past 64 bits and whatever else becomes text.

    Examples
    --------
    >>> plain(12), plain(1 << 70), plain(Kind.INVALID), plain([{"row": 2}])
    (12, '1180591620717411303424', 'invalid', [{'row': 2}])
    """
    if value is None or isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    return str(value)


def install(app: FastAPI) -> None:
    """Answer every refusal of ``app`` with a problem document; what nobody foresaw is :func:`unknown`'s."""
    app.add_exception_handler(PianquError, _known)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OverflowError, _past_the_calendar)
    for busy in (PoolTimeout, asyncpg.QueryCanceledError, asyncpg.TooManyConnectionsError, asyncio.TimeoutError):
        app.add_exception_handler(busy, _busy)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares in OpenAPI for the problems it may answer with."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, PianquError)
    if error.kind is Kind.UNAVAILABLE and error.__cause__ is not None:
        cause = getattr(error.__cause__, "orig", None) or error.__cause__  # the driver's, without the statement
        said = f"{type(cause).__name__}: {cause}"[:CAUSE_LETTERS]
        log.warning(
            "request.unavailable", path=request.url.path, request_id=request.scope.get("request_id"), code=error.code,
            cause=said,
        )  # fmt: skip
    return problem(request, STATUS[error.kind], error.code, error.facts)


async def _unreadable(request: Request, error: Exception) -> Response:
    """A parameter that is not what it should be is a bad request; a body that is not is unprocessable."""
    assert isinstance(error, RequestValidationError)
    first: Mapping[str, Any] = (_errors(error) or [{}])[0]
    place = [str(part) for part in first.get("loc", ())]
    status = 422 if place[:1] == ["body"] else 400
    inside = "" if first.get("type") == "json_invalid" else ".".join(place[1:])[:60]
    name = inside or (place[0] if place else "?")
    facts = {"name": name, "why": why(first, language_of(request))}
    return problem(request, status, "query.invalid", facts)


def why(error: Mapping[str, Any], language: Language) -> str:
    """What is wrong with a value, said of one error of pydantic in the caller's language.

    Examples
    --------
    >>> why({"type": "less_than_equal", "msg": "Input should …", "ctx": {"le": 5000}}, "zh")
    '应不大于 5000'
    >>> why({"type": "never_seen", "msg": "Odd thing"}, "zh"), why({"type": "never_seen", "msg": "Odd thing"}, "en")
    ('格式不对', 'Odd thing')
    """
    kind = str(error.get("type", "other"))
    facts = {name: str(value).replace(" or ", ", ")[:100] for name, value in (error.get("ctx") or {}).items()}
    if facts.get("pattern") == NO_NUL:
        kind = "nul"
    if f"why.{kind}" not in catalogue():
        return str(error.get("msg", ""))[:200] if language == "en" else say("why.other", language)
    return say(f"why.{kind}", language, **facts)


def _errors(error: RequestValidationError) -> Sequence[Mapping[str, Any]]:
    return error.errors()


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, PianquError):  # the framework hides what went wrong while it read the body
        return await _known(request, error.__cause__)
    answer = problem(request, error.status_code, CODES.get(error.status_code, "http.other"))
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _past_the_calendar(request: Request, error: Exception) -> Response:
    """A day or moment of a body from which the calendar cannot be counted on; any other overflow is unforeseen."""
    if str(error) != DATES_END:
        raise error
    return problem(request, 422, "query.invalid", {"name": "body", "why": say("why.far_day", language_of(request))})


async def _busy(request: Request, error: Exception) -> Response:
    log.warning("request.timed_out", path=request.url.path, error=type(error).__name__)
    return problem(request, 503, "query.busy")


async def unknown(request: Request, error: Exception) -> Response:
    """The fixed sentence for an error nobody foresaw, whose cause goes to the log.

    Called by :class:`api.middleware.Envelope` and no handler of the framework: that would answer outside the
    envelope, without id and headers.
    """
    log.error("request.failed", path=request.url.path, request_id=request.scope.get("request_id"), exc_info=error)
    return problem(request, 500, "http.internal")
