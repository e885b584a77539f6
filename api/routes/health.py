"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import contextlib

from fastapi import APIRouter

from api.deps import Holder
from api.problems import responses
from geo.db.counties import UnknownCounty
from geo.features.actions import get_county

router = APIRouter(tags=["about"])


@router.get("/health", summary="Is the process alive")
async def health() -> dict[str, str]:
    """Answers without touching the database."""
    return {"status": "ok"}


@router.get("/ready", summary="Can it serve", responses=responses(503))
async def ready(service: Holder) -> dict[str, str]:
    """The database answers and its schema is the one this version needs, else 503 with Retry-After."""
    tenant = service.settings.tenant
    county = "missing"
    async with service.reading(tenant) as connection:
        with contextlib.suppress(UnknownCounty):
            await get_county(connection, tenant)
            county = "there"
    return {"status": "ready", "tenant": tenant, "county": county}
