"""The layers as OGC API collections: what each is, and the shape of its features."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Boolean, Date, DateTime, Double, Integer, Numeric
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import readable_kinds
from api.deps import Caller, Collection, Holder
from api.links import GEOJSON, JSON, SCHEMA, address, link
from api.problems import language_of, responses
from geo.db.counties import County
from geo.features.actions import load_counts, load_span
from geo.features.filters import CRS84, SYSTEMS
from geo.layers.register import Field, LayerKind

router = APIRouter(tags=["features"])

STORAGE_CRS = "http://www.opengis.net/def/crs/EPSG/0/4490"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
SHAPES = {"Point": "geometry-point", "LineString": "geometry-linestring", "MultiPolygon": "geometry-multipolygon"}


@router.get("/collections", summary="The layers you may read", response_class=Json)
async def list_collections(request: Request, service: Holder, caller: Caller) -> Response:
    """Without a key, only the public ones."""
    kinds = readable_kinds(caller)
    county = await service.county(caller.tenant)
    async with service.reading(caller.tenant) as connection:
        counts = await load_counts(connection, caller.tenant, [kind.name for kind in kinds])
        spans = {kind.name: await load_span(connection, caller.tenant, kind) for kind in kinds}
    described = [describe(request, kind, county, counts[kind.name], spans[kind.name]) for kind in kinds]
    return Json({"links": [link(request, "self", JSON, "Collections", "/collections")], "collections": described})


@router.get("/collections/{collection}", summary="One layer", response_class=Json, responses=responses(404))
async def get_collection(request: Request, service: Holder, caller: Caller, kind: Collection) -> Response:
    """Its extent, number of rows and links."""
    county = await service.county(caller.tenant)
    async with service.reading(caller.tenant) as connection:
        counts = await load_counts(connection, caller.tenant, [kind.name])
        span = await load_span(connection, caller.tenant, kind)
    return Json(describe(request, kind, county, counts[kind.name], span))


@router.get(
    "/collections/{collection}/schema",
    summary="Attributes of a layer",
    response_class=Response,
    responses={200: {"content": {SCHEMA: {"schema": {"type": "object"}}}}, **responses(404)},
)
async def get_schema(request: Request, kind: Collection) -> Response:
    """JSON Schema of a feature's properties, titles in the caller's language; each is also a filter of the items."""
    path = f"/collections/{kind.name}/schema"
    properties: dict[str, Any] = {field.name: attribute(request, field) for field in kind.fields}
    shape = SHAPES[kind.geometry_types[0]] if len(kind.geometry_types) == 1 else "geometry-any"
    body = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(request, path),
        "type": "object",
        "title": title(request, kind),
        "properties": {**properties, "geometry": {"format": shape, "x-ogc-role": "primary-geometry"}},
        "required": [field.name for field in kind.fields if field.about.required],
    }
    return Json(body, media_type=SCHEMA)


def describe(
    request: Request,
    kind: LayerKind,
    county: County,
    count: int,
    span: tuple[dt.datetime | None, dt.datetime | None],
) -> dict[str, Any]:
    """A collection document; ``itemCount`` is the exact number of rows."""
    path = f"/collections/{kind.name}"
    extent: dict[str, Any] = {"spatial": {"bbox": [list(county.extent)], "crs": CRS84}}
    if kind.time_column is not None:
        interval = [None if at is None else at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") for at in span]
        extent["temporal"] = {"interval": [interval], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
    return {
        "id": kind.name,
        "title": title(request, kind),
        "itemType": "feature",
        "itemCount": count,
        "crs": list(SYSTEMS),
        "storageCrs": STORAGE_CRS,
        "extent": extent,
        "links": [
            link(request, "self", JSON, "This collection", path),
            link(request, "items", GEOJSON, "Features", f"{path}/items"),
            link(request, "http://www.opengis.net/def/rel/ogc/1.0/schema", SCHEMA, "Attributes", f"{path}/schema"),
            link(request, TILESETS, JSON, "Tilesets", f"{path}/tiles"),
        ],
    }


def title(request: Request, kind: LayerKind) -> str:
    """The layer's name in the caller's language."""
    return kind.zh if language_of(request) == "zh" else kind.en


def attribute(request: Request, field: Field) -> dict[str, Any]:
    """JSON Schema of one attribute."""
    about = field.about
    schema: dict[str, Any] = {"title": about.zh if language_of(request) == "zh" else about.en, **json_type(field)}
    if about.choices:
        schema["enum"] = list(about.choices)
    if about.unit:
        schema["x-ogc-unit"] = about.unit
    return schema


def json_type(field: Field) -> dict[str, str]:
    """How a column's values look in JSON."""
    if isinstance(field.kind, Boolean):
        return {"type": "boolean"}
    if isinstance(field.kind, Integer):
        return {"type": "integer"}
    if isinstance(field.kind, (Double, Numeric)):
        return {"type": "number"}
    if isinstance(field.kind, DateTime):
        return {"type": "string", "format": "date-time"}
    if isinstance(field.kind, Date):
        return {"type": "string", "format": "date"}
    return {"type": "string"}
