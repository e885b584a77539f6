"""Vector tiles of one layer, or of several in one tile, and what a map needs to know to ask for them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import takes_gzip
from api.auth.permissions import Principal, readable_kinds
from api.deps import Caller, Collection, Holder, readable_kind
from api.links import MVT
from api.problems import responses
from api.service import Service, while_connected
from geo.errors import NotFound
from geo.layers.register import LayerKind
from geo.tiles.boxes import TileAddress
from geo.tiles.cache import Tile

router = APIRouter(tags=["tiles"])

TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}},
    204: {"description": "Nothing is drawn here at this zoom."},
    304: {"description": "The tile with this tag is still the newest."},
}
Names = Annotated[
    str | None, Query(description="Layers of the tile, comma-separated in drawing order; all you may read if left out.")
]
Number = Annotated[int, Path(ge=0)]


class NoSuchTile(NotFound):
    """Outside the grid."""


@router.get(
    "/collections/{collection}/tiles/WebMercatorQuad/{z:int}/{y:int}/{x:int}",
    summary="A vector tile of one layer",
    response_class=Response,
    responses={**TILE, **responses(404)},
)
async def get_collection_tile(
    request: Request, service: Holder, caller: Caller, kind: Collection, z: Number, y: Number, x: Number
) -> Response:
    """Mapbox vector tile; a feature's id is that of its item. Below a layer's first zoom points are counts per cell."""
    return await answer(request, service, caller, (kind,), TileAddress(z, x, y))


@router.get(
    "/tiles/WebMercatorQuad/{z:int}/{y:int}/{x:int}",
    summary="A vector tile of several layers",
    response_class=Response,
    responses={**TILE, **responses(404)},
)
async def get_dataset_tile(
    request: Request, service: Holder, caller: Caller, z: Number, y: Number, x: Number, collections: Names = None
) -> Response:
    """One tile, one request, one statement."""
    return await answer(request, service, caller, chosen_kinds(caller, collections), TileAddress(z, x, y))


async def answer(
    request: Request, service: Service, caller: Principal, kinds: tuple[LayerKind, ...], place: TileAddress
) -> Response:
    """The tile, or that nothing is there, or that the caller has it already."""
    tile = await find_tile(request, service, caller, kinds, place)
    private = any(not kind.public for kind in kinds)
    headers = {
        "ETag": tile.etag,
        "Cache-Control": f"{'private' if private else 'public'}, max-age=0, must-revalidate",
        "Vary": "Accept-Encoding, Authorization, Cookie, X-API-Key",
    }
    if tile.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if not tile.packed:
        return Response(status_code=204, headers=headers)
    if takes_gzip(request):
        return Response(tile.packed, 200, {**headers, "Content-Encoding": "gzip"}, MVT)
    return Response(tile.unpacked(), 200, headers, MVT)


async def find_tile(
    request: Request, service: Service, caller: Principal, kinds: tuple[LayerKind, ...], place: TileAddress
) -> Tile:
    """The tile from the cache, or drawn while the caller waits.

    Raises
    ------
    NoSuchTile
        If it is outside the grid.
    """
    if not place.exists:
        raise NoSuchTile("query.no_tile", z=place.z, y=place.y, x=place.x)
    return await while_connected(request, service.tile(caller.tenant, kinds, place))


def chosen_kinds(caller: Principal, names: str | None) -> tuple[LayerKind, ...]:
    """The layers of a ``collections`` parameter, each once, in its order.

    Raises
    ------
    NoSuchCollection
        If one does not exist or is not for the caller.
    """
    if names is None:
        return readable_kinds(caller)
    wanted = dict.fromkeys(name.strip() for name in names.split(","))
    return tuple(readable_kind(caller, name) for name in wanted)
