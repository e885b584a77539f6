"""Where is this point."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, may
from api.deps import Caller, Holder
from api.problems import responses
from api.schemas.places import Located
from geo.features.locate import WIDEST_M, check_point, list_permits_at, locate
from geo.layers.register import get_kind

router = APIRouter(tags=["questions"])


@router.get("/locate", summary="Which 片区, grid and squad answer for a point", responses=responses(404, 422))
async def get_place(
    service: Holder,
    caller: Caller,
    lon: Annotated[float, Query(allow_inf_nan=False, description="Degrees east.")],
    lat: Annotated[float, Query(allow_inf_nan=False, description="Degrees north.")],
    radius_m: Annotated[float, Query(ge=0, le=WIDEST_M, description="Zones within this many metres.")] = 200.0,
) -> Located:
    """One 片区 or none, never two. Grids, squad, zones and permits are left out for who may not read those layers."""
    county = await service.county(caller.tenant)
    check_point(county, lon, lat)
    async with service.reading(caller.tenant) as connection:
        place = await locate(connection, county, lon, lat, radius_m)
        permitted = may(caller, Action.READ, get_kind("permit"))
        permits = await list_permits_at(connection, county, lon, lat) if permitted else []
    grid = may(caller, Action.READ, get_kind("responsibility_grid"))
    unit = may(caller, Action.READ, get_kind("unit_grid"))
    zones = may(caller, Action.READ, get_kind("hotspot_zone"))
    return Located.model_validate(
        {
            "lon": lon,
            "lat": lat,
            "in_county": place.in_county,
            "district": place.district,
            "squad": place.squad if grid else None,
            "responsibility_grid": place.responsibility_grid if grid else None,
            "unit_grid": place.unit_grid if unit else None,
            "zones": list(place.zones) if zones else [],
            "permits": permits,
        }
    )
