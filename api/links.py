"""Links of answers: absolute, as the caller reached us."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request

JSON = "application/json"
GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
SCHEMA = "application/schema+json"


def address(request: Request, path: str, **query: object) -> str:
    """Absolute URL of a path of ours; parameters that are None are left out, the rest escaped.

    A key given in the query is carried on, since a client that can send it no other way follows links as
    they are.
    """
    kept = {name: value for name, value in query.items() if value is not None}
    if (key := request.query_params.get("api_key")) is not None:
        kept["api_key"] = key
    text = str(request.base_url).rstrip("/") + quote(path, safe="/{}")
    return f"{text}?{urlencode(kept, safe=',:/')}" if kept else text


def link(request: Request, rel: str, media: str, title: str, path: str, **query: object) -> dict[str, str]:
    """One link object."""
    return {"rel": rel, "type": media, "title": title, "href": address(request, path, **query)}


def template(request: Request, rel: str, media: str, title: str, path: str) -> dict[str, object]:
    """A link whose braces the client fills in."""
    return {**link(request, rel, media, title, path), "templated": True}
