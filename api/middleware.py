"""What every request passes: an id, security headers, a limit on its size, one log line."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem, unknown
from geo.errors import TooLarge

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    # What a route does not call public depends on who asks: no proxy between may keep it for another.
    "Cache-Control": "private, no-cache",
}
QUIET = ("/health", "/ready", "/static/")
"""Paths asked so often that a line each would hide the rest."""

log = structlog.get_logger()


class BodyTooLarge(TooLarge):
    """More bytes than the route takes."""


class Envelope:
    """Give the request an id, the answer its headers, and the log its line (never the query: keys may stand in it)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity = scope["request_id"] = uuid.uuid4().hex
        method, path = scope["method"], scope["path"]
        if method == "HEAD":  # answered as GET; the server leaves the body out
            scope = {**scope, "method": "GET"}
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = identity
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            if status:  # part of an answer has left
                raise
            await (await unknown(Request(scope), error))(scope, receive, send_with_headers)
        finally:
            if not path.startswith(QUIET):
                log.info(
                    "request.answered", request_id=identity, method=method, path=path,
                    status=status, duration_ms=round((time.perf_counter() - began) * 1e3, 1),
                )  # fmt: skip


class BodyLimit:
    """Refuse bodies past a limit, whether they say their length or not.

    Parameters
    ----------
    limit_of
        Bytes that a path may take.
    """

    def __init__(self, app: ASGIApp, limit_of: Callable[[str], int]) -> None:
        self.app = app
        self.limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit_of(scope["path"])
        said = Headers(scope=scope).get("content-length", "0")
        if said.isdigit() and int(said) > limit:
            await problem(Request(scope), 413, "http.body_too_large", {"limit_bytes": limit})(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > limit:
                    raise BodyTooLarge("http.body_too_large", limit_bytes=limit)
            return message

        await self.app(scope, receive_counted, send)
