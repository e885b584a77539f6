"""Pictures that come in as they were taken, and go out as copies; one way for all that they can prove."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Request
from pydantic import AwareDatetime
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.auth.permissions import Principal
from api.schemas.problems import PictureKind
from api.service import Service
from geo.cases.evidence.actions import Given, add_picture, read_copy
from geo.cases.flow.ground.queries import find_staff

BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp")
        },
    }
}
"""How a route that takes a picture describes its body, for ``openapi_extra``."""

Picture = Annotated[uuid.UUID, Path(description="The picture's uid, made by the client.")]


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture came to be, as the query says it; degrees EPSG:4490."""

    kind: PictureKind
    taken_at: AwareDatetime
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None
    device: Annotated[str, Query(max_length=60)] = ""


TheShot = Annotated[Shot, Depends()]


async def keep_picture(
    request: Request,
    service: Service,
    caller: Principal,
    picture: uuid.UUID,
    shot: Shot,
    workflow: str,
    about: Callable[[Session], tuple[int, str]],
) -> dict[str, Any]:
    """Keep the body of a request, at most 12 MiB; the same uid with the same bytes again changes nothing.

    Parameters
    ----------
    about
        The row the picture belongs to and its number in words; refuses what the caller may not touch. Asked in the
        transaction that keeps the picture.
    """
    content = await request.body()

    def keep() -> dict[str, Any]:
        with service.database.begin(caller.tenant) as session:
            row, number = about(session)
            taken_by = None if caller.staff is None else find_staff(session, caller.tenant, caller.staff)
            given = Given(
                picture, workflow, row, shot.kind, shot.taken_at, shot.lon, shot.lat, shot.device, taken_by, number,
                caller.name,
            )  # fmt: skip
            return add_picture(session, caller.tenant, service.settings.home, given, content)

    return await run_in_threadpool(keep)


def show_copy(session: Session, tenant: str, service: Service, picture: uuid.UUID) -> Response:
    """JPEG without metadata, time and place written on it; kept by nobody on the way."""
    content = read_copy(session, tenant, service.settings.home, picture)
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
