"""What a map needs to know before it asks for tiles: tilesets, TileJSON, the grid."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import readable_kinds
from api.deps import Caller, Collection, Holder
from api.links import JSON, MVT, address, link, template
from api.problems import responses
from api.routes.collections import json_type, title
from api.routes.tiles import Names, chosen_kinds
from geo.db.counties import County
from geo.layers.register import LayerKind
from geo.tiles.boxes import HALF_M, MAX_ZOOM
from geo.tiles.rules import is_area, is_point

router = APIRouter(tags=["tiles"])

GRID = "WebMercatorQuad"
GRID_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
GRID_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
PIXEL_M = 0.00028
"""Size of a pixel to which OGC scale denominators refer."""


@router.get(
    "/collections/{collection}/tiles", summary="Tilesets of a layer", response_class=Json, responses=responses(404)
)
async def list_collection_tilesets(request: Request, kind: Collection) -> Response:
    """There is one grid."""
    return Json(tilesets(request, (kind,), f"/collections/{kind.name}"))


@router.get("/tiles", summary="Tilesets of all layers", response_class=Json)
async def list_tilesets(request: Request, caller: Caller) -> Response:
    """One tile can hold every layer you may read."""
    return Json(tilesets(request, readable_kinds(caller), ""))


@router.get(
    "/collections/{collection}/tiles/WebMercatorQuad", summary="A layer's tileset", response_class=Json,
    responses=responses(404),
)  # fmt: skip
async def get_collection_tileset(request: Request, kind: Collection) -> Response:
    """Its grid, layers and links."""
    return Json(tileset(request, (kind,), f"/collections/{kind.name}"))


@router.get("/tiles/WebMercatorQuad", summary="The tileset of all layers", response_class=Json)
async def get_tileset(request: Request, caller: Caller) -> Response:
    """Its grid, layers and links."""
    return Json(tileset(request, readable_kinds(caller), ""))


@router.get(
    "/collections/{collection}/tiles/WebMercatorQuad/tilejson", summary="TileJSON of a layer", response_class=Json,
    responses=responses(404),
)  # fmt: skip
async def get_collection_tilejson(request: Request, service: Holder, caller: Caller, kind: Collection) -> Response:
    """TileJSON 3.0."""
    tiles = address(request, f"/collections/{kind.name}/tiles/{GRID}/{{z}}/{{y}}/{{x}}")
    return Json(tilejson(request, await service.county(caller.tenant), (kind,), tiles))


@router.get(
    "/tiles/WebMercatorQuad/tilejson",
    summary="TileJSON of several layers",
    response_class=Json,
    responses=responses(404),
)
async def get_tilejson(request: Request, service: Holder, caller: Caller, collections: Names = None) -> Response:
    """TileJSON 3.0."""
    kinds = chosen_kinds(caller, collections)
    tiles = address(request, f"/tiles/{GRID}/{{z}}/{{y}}/{{x}}", collections=",".join(kind.name for kind in kinds))
    return Json(tilejson(request, await service.county(caller.tenant), kinds, tiles))


@router.get("/tileMatrixSets", summary="Grids", response_class=Json)
async def list_grids(request: Request) -> Response:
    """The one grid there is."""
    links = [link(request, "self", JSON, GRID, f"/tileMatrixSets/{GRID}")]
    return Json({"tileMatrixSets": [{"id": GRID, "title": GRID, "uri": GRID_URI, "crs": GRID_CRS, "links": links}]})


@router.get("/tileMatrixSets/WebMercatorQuad", summary="The grid", response_class=Json)
async def get_grid() -> Response:
    """Matrices of every zoom."""
    matrices = []
    for zoom in range(MAX_ZOOM + 1):
        cell = 2 * HALF_M / 256 / (1 << zoom)
        matrices.append(
            {
                "id": str(zoom), "scaleDenominator": cell / PIXEL_M, "cellSize": cell, "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-HALF_M, HALF_M], "tileWidth": 256, "tileHeight": 256,
                "matrixWidth": 1 << zoom, "matrixHeight": 1 << zoom,
            }
        )  # fmt: skip
    return Json({"id": GRID, "title": GRID, "uri": GRID_URI, "crs": GRID_CRS, "tileMatrices": matrices})


def tilesets(request: Request, kinds: tuple[LayerKind, ...], path: str) -> dict[str, Any]:
    """A list with the one tileset."""
    return {
        "links": [link(request, "self", JSON, "Tilesets", f"{path}/tiles")],
        "tilesets": [tileset(request, kinds, path)],
    }


def tileset(request: Request, kinds: tuple[LayerKind, ...], path: str) -> dict[str, Any]:
    """OGC tileset metadata."""
    here = f"{path}/tiles/{GRID}"
    return {
        "title": title(request, kinds[0]) if path else "Pianqu 片区",
        "dataType": "vector",
        "crs": GRID_CRS,
        "tileMatrixSetURI": GRID_URI,
        "layers": [{"id": kind.name, "title": title(request, kind), "dataType": "vector"} for kind in kinds],
        "links": [
            link(request, "self", JSON, "This tileset", here),
            link(request, SCHEME, JSON, GRID, f"/tileMatrixSets/{GRID}"),
            link(request, "describedby", JSON, "TileJSON", f"{here}/tilejson"),
            template(request, "item", MVT, "Tiles", f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"),
        ],
    }


def tilejson(request: Request, county: County, kinds: tuple[LayerKind, ...], tiles: str) -> dict[str, Any]:
    """What MapLibre asks for."""
    west, south, east, north = county.extent
    return {
        "tilejson": "3.0.0",
        "name": county.name,
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": 0,
        "maxzoom": 16,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, 12],
        "vector_layers": [entry for kind in kinds for entry in vector_layers(request, kind)],
    }


def vector_layers(request: Request, kind: LayerKind) -> list[dict[str, Any]]:
    """A layer's entry, and that of its labels."""
    names = kind.tile_fields
    fields = {field.name: json_type(field)["type"].capitalize() for field in kind.fields if field.name in names}
    first = 0 if kind.thin else kind.minzoom
    shape = "polygon" if is_area(kind) else "point" if is_point(kind) else "linestring"
    entry = {
        "id": kind.name, "description": title(request, kind), "minzoom": first, "maxzoom": MAX_ZOOM,
        "fields": fields, "geometry_type": shape,
    }  # fmt: skip
    if not kind.labelled:
        return [entry]
    return [entry, {**entry, "id": f"{kind.name}_label", "minzoom": kind.minzoom, "geometry_type": "point"}]
