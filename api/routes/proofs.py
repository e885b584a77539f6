"""Pictures that prove a repair, a hazard put right, or an ad removed, behind login."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.permissions import Action, Principal, Thing, area_of
from api.deps import Caller, Db, Holder
from api.pictures import BODY, Picture, TheShot, keep_picture, show_copy
from api.problems import responses
from api.schemas.things import Proof
from geo.cases.ads.orders import get_order as get_ad_order
from geo.cases.components.actions import get_order
from geo.cases.evidence.actions import UnknownEvidence, get_evidence
from geo.cases.hazards.actions import get_hazard

router = APIRouter(prefix="/proofs", tags=["hazards"])

Proved = Annotated[Literal["repair", "hazard", "ad_order"], Path(description="What the picture is of.")]
RowId = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.put(
    "/{thing}/{row}/{picture}", summary="Add a picture", responses=responses(401, 403, 404, 409, 413, 422),
    openapi_extra=BODY,
)  # fmt: skip
async def put_proof(
    request: Request, service: Holder, caller: Caller, thing: Proved, row: RowId, picture: Picture, shot: TheShot
) -> Proof:
    """The body is the picture itself, at most 12 MiB. The same uid with the same bytes again changes nothing."""
    area = area_of(caller, Action.WRITE, Thing.CASE)

    def about(session: Session) -> tuple[int, str]:
        return row, _on_own_ground(session, caller, thing, row, area)["number"] or ""

    return Proof.model_validate(await keep_picture(request, service, caller, picture, shot, thing, about))


@router.get("/{thing}/{row}/{picture}", summary="A picture's copy", responses=responses(401, 403, 404),
            response_class=Response)  # fmt: skip
def read_proof(service: Holder, caller: Caller, session: Db, thing: Proved, row: RowId, picture: Picture) -> Response:
    """JPEG without metadata, time and place written on it."""
    _on_own_ground(session, caller, thing, row, area_of(caller, Action.READ, Thing.CASE))
    found = get_evidence(session, caller.tenant, picture)
    if (found["workflow"], found["row_id"]) != (thing, row):
        raise UnknownEvidence("evidence.unknown", evidence=str(picture))
    return show_copy(session, caller.tenant, service, picture)


def _on_own_ground(session: Db, caller: Principal, thing: str, row: int, area: list[str] | None) -> dict[str, Any]:
    """What the picture is of, if it lies where the caller may look."""
    if thing == "ad_order":
        return {**get_ad_order(session, caller.tenant, row, area), "number": str(row)}
    return (get_order if thing == "repair" else get_hazard)(session, caller.tenant, row, area)
