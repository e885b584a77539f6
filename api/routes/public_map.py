"""便民地图: the short address of the map that anybody may see, where the bureau has entered its 审图号."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from api.auth.permissions import Action, Thing, may
from api.deps import Caller
from api.problems import responses
from api.routes.dashboards import Lang, NoSuchPage
from maps.topics import PUBLIC_MAP

router = APIRouter(tags=["dashboards"])


@router.get(
    "/map",
    summary="Map that anybody may see",
    response_class=RedirectResponse,
    responses={303: {"description": "To the page."}, **responses(404)},
)
def find_map(caller: Caller, lang: Lang = "zh") -> RedirectResponse:
    """Places that serve the public: not there until the county's map has its 审图号."""
    if not may(caller, Action.READ, Thing.OPEN_LAYER):
        raise NoSuchPage("maps.no_page", name=PUBLIC_MAP)
    return RedirectResponse(f"/dashboards/{PUBLIC_MAP}?lang={lang}", 303)
