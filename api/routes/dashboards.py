"""The built pages, behind a login, and the files they are made of."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.answers import text_answer
from api.auth.permissions import Action, NotAllowed, Principal, Thing, area_of, demand, may, own_only
from api.deps import Caller, Holder
from api.pages import COUNTY, SHARED, BuiltPage, Index, folder_of, read_index
from api.problems import responses
from api.service import Service
from geo.errors import Forbidden, NotFound, Unauthenticated
from maps.assets import STATIC

router = APIRouter(tags=["dashboards"])

PRIVATE = {"Cache-Control": "private, no-store"}
MEDIA = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "json": "application/json"}
LINK = re.compile(r'<a data-page="(?P<page>[^"]+)"[^>]*>[^<]*</a>')
"""A link to another page, as ``maps/templates/parts.html`` writes it."""

Lang = Annotated[Literal["zh", "en"], Query(description="Language of the page.")]
Map = Annotated[Literal["", "png"], Query(description="`png`: raster map even where WebGL works.", alias="map")]


class NoSuchPage(NotFound):
    """No page of that name was built, or none at all."""


@router.get("/dashboards", include_in_schema=False)
async def find_first(service: Holder, caller: Caller, lang: Lang = "zh") -> Response:
    """To the county's page, to the first 片区 of somebody who leads one, or to the route sheet of who walks it."""
    if not caller.known:
        return to_login("/dashboards")
    if may(caller, Action.READ, Thing.DASHBOARD):
        return RedirectResponse(f"/dashboards/{COUNTY}?lang={lang}", 303)
    index = await run_in_threadpool(read_index, folder_of(service.settings, caller.tenant))
    for name, page in index.pages.items() if index else ():
        own = name == (page.areas or ("",))[0] and may(caller, Action.READ, Thing.DASHBOARD, name)
        if own or (caller.staff in page.people and own_only(caller, Action.READ, Thing.DASHBOARD)):
            return RedirectResponse(f"/dashboards/{quote(name)}?lang={lang}", 303)
    if own_only(caller, Action.READ, Thing.DASHBOARD) is None:
        demand(caller, Action.READ, Thing.DASHBOARD)
    raise NoSuchPage("maps.no_page", name=COUNTY)


@router.get(
    "/dashboards/sheets/{shift}/{team}",
    summary="A team's route sheet",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}, 303: {"description": "To the login page."}, **responses(403, 404)},
)
async def get_sheet(
    request: Request, service: Holder, caller: Caller, shift: str, team: str, lang: Lang = "zh"
) -> Response:
    """One page of A4 to print."""
    return await answer(request, service, caller, f"sheets/{shift}/{team}", "html", lang)


@router.get(
    "/dashboards/treatments/{number}",
    summary="A 片区's plan to print",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}, 303: {"description": "To the login page."}, **responses(403, 404)},
)
async def get_treatment_sheet(
    request: Request, service: Holder, caller: Caller, number: int, lang: Lang = "zh"
) -> Response:
    """With its map, on A4."""
    return await answer(request, service, caller, f"treatments/{number}", "html", lang)


@router.get(
    "/dashboards/sheets/{shift}/{team}/picture.png",
    summary="A team's route sheet as a picture",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **responses(401, 403, 404, 422)},
)
async def get_sheet_picture(service: Holder, caller: Caller, shift: str, team: str, lang: Lang = "zh") -> Response:
    """The sheet as one PNG for a chat group. It names people: it is for those who may open the sheet."""
    from maps.reports.sheet_picture import draw_picture

    folder, page, _ = await find_page(service, caller, f"sheets/{shift}/{team}")
    svg = await read_built(folder / f"{page.stem}.{lang}.svg", team)
    return Response(await run_in_threadpool(draw_picture, svg), 200, PRIVATE, "image/png")


@router.get(
    "/dashboards/{name}",
    summary="A map page, its script or its data",
    response_class=Response,
    responses={
        200: {"content": {"text/html": {}, "text/javascript": {}, "application/json": {}}},
        303: {"description": "To the login page."},
        **responses(403, 404),
    },
)
async def get_page(
    request: Request,
    service: Holder,
    caller: Caller,
    name: str,
    lang: Lang = "zh",
    map_: Map = "",  # noqa: ARG001 the page's script reads it
    version: Annotated[str, Query(description="Hash of the script all pages share.", alias="v", max_length=64)] = "",
) -> Response:
    """``county``, or the code of a 片区; with ``.js`` and ``.json`` the files the page asks for.

    ``layers.js`` is the script that all pages of a language share.
    """
    stem, dot, ending = name.rpartition(".")
    if (stem, ending) == (SHARED, "js"):
        return await answer_shared(request, service, caller, lang, version)
    if dot and ending in ("js", "json"):
        return await answer(request, service, caller, stem, ending, lang)
    return await answer(request, service, caller, name, "html", lang)


async def answer(request: Request, service: Service, caller: Principal, name: str, ending: str, lang: str) -> Response:
    """A built file, if the caller may see it; nobody in particular is led to the login, where that may help.

    Raises
    ------
    NoSuchPage
        If there is none of that name.
    """
    try:
        folder, page, index = await find_page(service, caller, name)
    except Unauthenticated:
        if ending != "html":
            raise
        return to_login(request.url.path)
    text = await read_built(folder / f"{page.stem}.{lang}.{ending}", name)
    if ending == "html":
        text = drop_links(text, caller, index)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return await text_answer(request, text, MEDIA[ending], headers)


async def answer_shared(request: Request, service: Service, caller: Principal, lang: str, version: str) -> Response:
    """The script of all pages, for everybody who may open one; kept for ever by who asks for just this content.

    Raises
    ------
    NoSuchPage
        If no page was built.
    """
    if not (caller.known or caller.map_open):
        demand(caller, Action.READ, Thing.DASHBOARD)
    text = await read_built(folder_of(service.settings, caller.tenant) / f"{SHARED}.{lang}.js", SHARED)
    same = version == hashlib.sha256(text.encode()).hexdigest()[:10]
    kept = "private, max-age=31536000, immutable" if same else "private, no-cache"
    return await text_answer(request, text, MEDIA["js"], {"Cache-Control": kept})


async def find_page(service: Service, caller: Principal, name: str) -> tuple[Path, BuiltPage, Index]:
    """The folder of the caller's county, the built page of that name if the caller may see it, and all there are.

    Raises
    ------
    NoSuchPage
        If there is none.
    """
    folder = folder_of(service.settings, caller.tenant)
    index = await run_in_threadpool(read_index, folder)
    page = index.pages.get(name) if index else None
    demand_page(caller, page)
    if index is None or page is None:
        raise NoSuchPage("maps.no_page", name=name[:60])
    return folder, page, index


async def read_built(path: Path, name: str) -> str:
    """A file of a built page.

    Raises
    ------
    NoSuchPage
        If a build removed it since the index was read.
    """
    try:
        return await run_in_threadpool(path.read_text, encoding="utf-8")
    except FileNotFoundError:
        raise NoSuchPage("maps.no_page", name=name[:60]) from None


def demand_page(caller: Principal, page: BuiltPage | None) -> None:
    """Refuse unless the caller sees the whole county, one of the 片区 the page is about, or it is their own page.

    A page that asks for the caller's own is for everybody who may do what it asks for, wherever that is.

    Raises
    ------
    api.auth.permissions.NobodyAllowed, api.auth.permissions.NotAllowed
        As :func:`api.auth.permissions.demand`; a page that does not exist is refused like the county's.
    NotLinked
        If the caller sees only their own, and the account is nobody's.
    """
    if page and page.asked:
        area_of(caller, Action(page.asked[0]), Thing(page.asked[1]))
        return
    own = own_only(caller, Action.READ, Thing.DASHBOARD)
    if own is not None:
        if page is None or own not in page.people:
            raise NotAllowed("auth.not_allowed", action=Action.READ.value, thing=Thing.DASHBOARD.value)
        return
    areas = page.areas if page and page.areas else ()
    if not any(may(caller, Action.READ, Thing.DASHBOARD, area) for area in areas):
        demand(caller, Action.READ, Thing.DASHBOARD)


def drop_links(html: str, caller: Principal, index: Index) -> str:
    """A page without the links to pages that the caller may not open."""

    def kept(link: re.Match[str]) -> str:
        try:
            demand_page(caller, index.pages.get(link["page"]))
        except (Forbidden, NotFound, Unauthenticated):
            return ""
        return link[0]

    return LINK.sub(kept, html)


def to_login(path: str) -> Response:
    """To the login page, and back afterwards."""
    return RedirectResponse(f"/login?next={quote(path)}", 303)


class HashedFiles(StaticFiles):
    """Files below ``maps/static``: kept for ever when asked for with ``?v=<hash>``, asked about anew otherwise."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with its caching header."""
        response = await super().get_response(path, scope)
        named = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return response


def static_files(folder: Path = STATIC) -> StaticFiles:
    """The application to mount at ``/static``."""
    return HashedFiles(directory=folder)
