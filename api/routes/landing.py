"""The front door: what is here, what we conform to, and the description of it all."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.answers import Json
from api.deps import Caller
from api.links import JSON, OPENAPI, link
from api.problems import language_of

router = APIRouter(tags=["about"])

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
)
"""Only classes whose requirements the tests walk through."""

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Pianqu 片区</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<style>
body{{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#1f2933;background:#fff}}
a{{color:#0b5cad}}li{{margin:.3rem 0}}</style></head>
<body><main><h1>Pianqu 片区</h1>
<ul>{items}</ul></main></body></html>"""

PUBLIC_MAP = {"zh": ("/map", "便民地图"), "en": ("/map", "Public map")}
ENTRIES = {
    "zh": (
        ("/dashboards", "治理一张图"),
        ("/login", "登录"),
        ("/collections", "图层（OGC API）"),
        ("/api", "接口说明（OpenAPI）"),
    ),
    "en": (
        ("/dashboards", "Dashboards"),
        ("/login", "Sign in"),
        ("/collections", "Layers (OGC API)"),
        ("/api", "OpenAPI"),
    ),
}


@router.get(
    "/",
    summary="Landing page",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}, JSON: {"schema": {"type": "object"}}}}},
)
def landing(request: Request, caller: Caller) -> Response:
    """Where everything starts; a browser gets a small page, everybody else JSON."""
    if wants_html(request):
        language = language_of(request)
        entries = (*((PUBLIC_MAP[language],) if caller.map_open else ()), *ENTRIES[language])
        items = "".join(f'<li><a href="{escape(path)}">{escape(text)}</a></li>' for path, text in entries)
        return HTMLResponse(PAGE.format(language="zh-CN" if language == "zh" else "en", items=items), headers=VARY)
    body: dict[str, Any] = {
        "title": "Pianqu 片区",
        "description": "Layers, tiles and patrol plans of a county urban-management bureau.",
        "links": [
            link(request, "self", JSON, "This document", "/"),
            link(request, "service-desc", OPENAPI, "API definition", "/api"),
            link(request, "conformance", JSON, "Conformance classes", "/conformance"),
            link(request, "data", JSON, "Collections", "/collections"),
            link(request, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON, "Tilesets", "/tiles"),
            link(
                request,
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                JSON,
                "Tile matrix sets",
                "/tileMatrixSets",
            ),
        ],
    }
    return Json(body, headers=VARY)


VARY = {"Vary": "Accept, Accept-Language"}


@router.get("/conformance", summary="Conformance classes")
def conformance() -> dict[str, list[str]]:
    """The parts of the standards that hold here."""
    return {"conformsTo": list(CONFORMANCE)}


@router.get(
    "/api",
    summary="This description",
    response_class=Response,
    responses={200: {"content": {OPENAPI: {"schema": {"type": "object"}}}}},
)
def describe(request: Request) -> Response:
    """OpenAPI 3.1."""
    return Json(request.app.openapi(), media_type=OPENAPI)


def wants_html(request: Request) -> bool:
    """Whether a browser asks: HTML named, and before JSON."""
    accept = request.headers.get("accept", "")
    html = accept.find("text/html")
    json = accept.find("json")
    return html >= 0 and (json < 0 or html < json)
