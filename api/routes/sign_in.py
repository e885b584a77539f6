"""In and out, and who I am."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.auth.actions import LIFETIME, sign_out
from api.auth.permissions import Principal
from api.deps import COOKIE, SECURE_COOKIE, Caller, Holder, get_principal, given_cookie, refuse_foreign
from api.problems import responses
from api.schemas.people import Me, SignIn

router = APIRouter(tags=["people"])

Next = Annotated[str, Query(alias="next", description="Path to go to afterwards; the page's script reads it.")]
TEMPLATES = Path(__file__).resolve().parents[2] / "maps" / "templates"


@router.get("/login", summary="Page to sign in", response_class=HTMLResponse)
def login_page(_: Next = "") -> HTMLResponse:
    """A small page without anything foreign."""
    return HTMLResponse((TEMPLATES / "login.html").read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})


@router.get("/login.js", summary="Its script", response_class=Response, include_in_schema=False)
def login_script() -> Response:
    """A file of its own, since the content policy allows no inline scripts."""
    text = (TEMPLATES / "login.js").read_text(encoding="utf-8")
    return Response(text, 200, {"Cache-Control": "no-cache"}, "text/javascript")


@router.post("/session", summary="Sign in", responses=responses(401, 403, 413, 422))
async def open_session(request: Request, response: Response, service: Holder, body: SignIn) -> Me:
    """Sets the session cookie; after five wrong passwords the account rests for a quarter of an hour."""
    refuse_foreign(request)
    tenant = body.tenant or service.settings.tenant
    signed = await service.sign_in(tenant, body.login, body.password)
    secure = request.url.scheme == "https"
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE, signed.token, max_age=int(LIFETIME.total_seconds()),
        path="/", secure=secure, httponly=True, samesite="lax",
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return Me(tenant=tenant, name=signed.login, role=signed.role, scopes=[], area=None, csrf=signed.csrf)


@router.get("/session", summary="Who am I")
async def read_session(response: Response, caller: Caller) -> Me:
    """The public is somebody too."""
    response.headers["Cache-Control"] = "no-store"
    return view(caller)


@router.delete(
    "/session",
    summary="Sign out",
    status_code=204,
    dependencies=[Depends(get_principal)],
    responses=responses(403),
)
async def close_session(request: Request, service: Holder) -> Response:
    """Ends the session here and in the database."""
    token = given_cookie(request)
    answer = Response(status_code=204)
    if token is not None:
        await run_in_threadpool(sign_out, service.database, token)
        service.sessions.forget(token)  # last: until the row is gone, another request may recognise it anew
    for name in (COOKIE, SECURE_COOKIE):
        answer.delete_cookie(name, path="/", secure=name == SECURE_COOKIE, httponly=True, samesite="lax")
    return answer


def view(caller: Principal) -> Me:
    """The caller as they may know themselves."""
    return Me(
        tenant=caller.tenant, name=caller.name, role=caller.role.value, scopes=sorted(caller.scopes),
        area=None if caller.area is None else sorted(caller.area), csrf=caller.csrf, staff=caller.staff,
    )  # fmt: skip
