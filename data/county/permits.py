"""Permits and filings of the sample county: what its building sites and markets were allowed, and until when."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd

GIVEN = {
    "construction": (("excavation", "管线接入开挖"), ("haulage", "渣土拉运备案")),
    "market": (("occupation", "节前临时占道"),),
}
"""By kind of zone: what somebody there applied for."""

RUNS = (-40, 20, 75)
"""Last days, from today on: one in three has run out."""

DAYS = 90


def make_permits(zones: gpd.GeoDataFrame, today: dt.date) -> gpd.GeoDataFrame:
    """Permits on the ground of building sites and markets: the columns of the layer, EPSG of the zones.

    Nothing is drawn by chance: a site's place in the list says when its papers end.
    """
    rows: list[dict[str, object]] = []
    ground = []
    for n, zone in enumerate(zones[zones["kind"].isin(list(GIVEN))].itertuples()):
        last = today + dt.timedelta(RUNS[n % len(RUNS)])
        for kind, purpose in GIVEN[zone.kind]:
            rows.append(
                {
                    "number": f"示许〔{last.year}〕{len(rows) + 1:03d}号",
                    "kind": kind,
                    "status": "valid",
                    "holder": zone.name,
                    "purpose": purpose,
                    "place": zone.name,
                    "valid_from_on": last - dt.timedelta(DAYS),
                    "valid_to_on": last,
                }
            )
            ground.append(zone.geometry)
    return gpd.GeoDataFrame(rows, geometry=ground, crs=zones.crs)
