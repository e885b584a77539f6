"""Features of a layer, page by page."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import text_answer
from api.deps import ALWAYS_ALLOWED, Caller, Collection, Holder
from api.links import GEOJSON, JSON, link
from api.problems import responses
from api.service import while_connected
from geo.features.actions import Page, get_feature, load_page
from geo.features.filters import CRS84, is_lat_first, read_filter

router = APIRouter(tags=["features"])

DEFAULT_LIMIT = 100
MOST = 10_000
OWN = frozenset({"bbox", "bbox-crs", "crs", "datetime", "limit", "after"}) | ALWAYS_ALLOWED
BIGGEST_ID = (1 << 63) - 1

Crs = Annotated[str, Query(description="Of the answer: CRS84 (lon, lat), or EPSG 4326 or 4490 (lat, lon).")]

ATTRIBUTES = {
    "name": "attributes",
    "in": "query",
    "description": "Any attribute of the layer (see its schema) as `name=value`; all must hold.",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}

FEATURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}
FEATURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/Feature"}}}}
}


@router.get(
    "/collections/{collection}/items",
    summary="A page of features",
    response_class=Response,
    responses={**FEATURES, **responses(404)},
    openapi_extra={"x-attributes": True, "parameters": [ATTRIBUTES]},
)
async def list_items(
    request: Request,
    service: Holder,
    caller: Caller,
    kind: Collection,
    bbox: Annotated[
        str | None, Query(description="West,south,east,north in degrees (lon, lat); west > east crosses 180°.")
    ] = None,
    bbox_crs: Annotated[str, Query(alias="bbox-crs", description="CRS84, or EPSG 4326 or 4490 (lat, lon).")] = CRS84,
    crs: Crs = CRS84,
    datetime: Annotated[
        str | None, Query(description="RFC 3339 instant, date, or interval with `..` for an open end.")
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=BIGGEST_ID, description=f"Features a page; more than {MOST} is taken as {MOST}.")
    ] = DEFAULT_LIMIT,
    after: Annotated[int, Query(ge=0, le=BIGGEST_ID, description="Start after this feature; from the next link.")] = 0,
) -> Response:
    """In order of id, so that a page neither repeats nor hides a row because others are written meanwhile.

    `numberMatched` is exact; it is left out where a filter matches more than 10,000 rows, and on later
    pages of a filtered layer. A shop's name that may hold its owner's is masked or left out for keys.
    """
    flipped = is_lat_first(crs)
    others = {name: value for name, value in request.query_params.items() if name not in OWN}
    county = await service.county(caller.tenant)
    chosen = read_filter(kind, county.time_zone, bbox=bbox, bbox_crs=bbox_crs, period=datetime, others=others)

    async def load() -> Page:
        async with service.reading(caller.tenant) as connection:
            return await load_page(
                connection, caller.tenant, kind, chosen, limit=min(limit, MOST), after=after, lat_first=flipped,
                outside=not caller.inside,
            )  # fmt: skip

    page = await while_connected(request, load())
    headers = {"Content-Crs": f"<{crs}>"}
    return await text_answer(request, collection_text(request, kind.name, page, min(limit, MOST)), GEOJSON, headers)


@router.get(
    "/collections/{collection}/items/{fid}",
    summary="One feature",
    response_class=Response,
    responses={**FEATURE, **responses(404)},
)
async def get_item(
    request: Request,
    service: Holder,
    caller: Caller,
    kind: Collection,
    fid: Annotated[int, Path(ge=0, le=BIGGEST_ID)],
    crs: Crs = CRS84,
) -> Response:
    """By its id, which is also the id in vector tiles."""
    async with service.reading(caller.tenant) as connection:
        text = await get_feature(
            connection, caller.tenant, kind, fid, lat_first=is_lat_first(crs), outside=not caller.inside
        )
    path = f"/collections/{kind.name}"
    links = [
        link(request, "self", GEOJSON, "This feature", f"{path}/items/{fid}"),
        link(request, "collection", JSON, "Its layer", path),
    ]
    headers = {"Content-Crs": f"<{crs}>"}
    return await text_answer(request, text[:-1] + ',"links":' + orjson.dumps(links).decode() + "}", GEOJSON, headers)


def collection_text(request: Request, layer: str, page: Page, limit: int) -> str:
    """The FeatureCollection around features that PostgreSQL already wrote as text."""
    path = f"/collections/{layer}/items"
    asked: dict[str, object] = {
        name: value for name, value in request.query_params.items() if name not in ALWAYS_ALLOWED
    }
    links = [
        link(request, "self", GEOJSON, "This page", path, **asked),
        link(request, "collection", JSON, "Its layer", f"/collections/{layer}"),
    ]
    if page.after is not None:
        links.append(
            link(request, "next", GEOJSON, "Next page", path, **{**asked, "limit": limit, "after": page.after})
        )
    rest: dict[str, Any] = {"numberReturned": page.returned, "links": links}
    if page.matched is not None:
        rest["numberMatched"] = page.matched
    return f'{{"type":"FeatureCollection","features":[{page.features}],' + orjson.dumps(rest).decode()[1:]
