"""Sites for a county in the database: chosen, kept with every candidate and reason, adopted."""

from __future__ import annotations

import datetime as dt

import geopandas
import numpy as np
import pytest
from sqlalchemy import text

from geo.crs import STORAGE
from geo.hotspots.siting import queries
from geo.hotspots.siting.actions import (
    CountyRequest,
    UnknownSitePlan,
    adopt_sites,
    get_sites,
    plan_sites,
    site_features,
)
from geo.hotspots.siting.coverage import SitesBroken
from geo.layers.actions import save_frame
from tests.towns import SRID, grid, spot

EXTENT = (117.1, 28.2, 117.4, 28.4)


def points(places: list[tuple[float, float]], **columns) -> geopandas.GeoDataFrame:
    """Points of a layer, from metres."""
    stored = geopandas.GeoSeries([spot(*place) for place in places], crs=SRID).to_crs(STORAGE)
    return geopandas.GeoDataFrame(columns, geometry=stored, crs=STORAGE)


@pytest.fixture
def town(database, make_county) -> str:
    """Streets, a school in the west, hawkers in two places, one regulated point in the middle."""
    tenant = make_county(EXTENT)
    roads = grid(9, 5, step_m=200.0, tier=["branch"] * 76).drop(columns="owner_district")
    save_frame(database, tenant, "road", roads, "test")
    school = geopandas.GeoSeries([spot(100, 300).buffer(30)], crs=SRID).to_crs(STORAGE)
    zone = geopandas.GeoDataFrame({"name": ["一小"], "kind": ["school"]}, geometry=school, crs=STORAGE)
    save_frame(database, tenant, "hotspot_zone", zone, "test")
    stand = points([(800, 400)], name=["早点"], kind=["regulated"])
    save_frame(database, tenant, "vendor_point", stand, "test")
    rng = np.random.default_rng(1)
    where = [(150.0, 300.0)] * 30 + [(1500.0, 700.0)] * 20 + [(810.0, 400.0)] * 10
    when = [dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC) + dt.timedelta(hours=int(h)) for h in rng.integers(0, 2000, 60)]
    events = points(
        [(x + float(dx), y + float(dy)) for (x, y), (dx, dy) in zip(where, rng.uniform(-15, 15, (60, 2)), strict=True)],
        code=["04-01"] * 60, code_system=["GB/T 30428.2-2013"] * 60, origin=["patrol"] * 60, occurred_at=when,
    )  # fmt: skip
    save_frame(database, tenant, "event", events, "test")
    return tenant


def test_sites_are_chosen_kept_with_their_reasons_and_adopted_once(database, town):
    made = plan_sites(
        database, town, CountyRequest("vendor_relief", 2, walk_min=4, rules=("hotspot_zone:kind=school<200",))
    )
    summary = made["summary"]
    assert summary["proven"] and summary["share_before"] == pytest.approx(1 / 6, abs=0.01) and summary["share"] > 0.9
    assert made["sites"][0]["adds"] > made["sites"][1]["adds"] and made["sites"][0]["rank"] == 1
    with database.begin(town) as session:
        features = site_features(session, town, made["id"])
        frames = queries.load_sites(session, made["id"])
        with pytest.raises(UnknownSitePlan):
            get_sites(session, town, 1 << 40)
    assert frames is not None and len(frames.candidates) == len(features) == summary["candidates"]
    ruled_out = [one["properties"] for one in features if one["properties"]["reasons"]]
    assert len(ruled_out) == summary["candidates"] - summary["left"] > 0
    assert {one["reasons"][0]["name"] for one in ruled_out} == {"一小"} and {one["rank"] for one in ruled_out} == {None}
    assert adopt_sites(database, town, made["id"], "li") == {"plan": made["id"], "sites": 2, "added": 2}
    assert adopt_sites(database, town, made["id"])["added"] == 0
    with database.begin(town) as session:
        count = text("SELECT count(*) FROM vendor_point WHERE tenant = :t AND kind = 'regulated'")
        assert session.execute(count, {"t": town}).scalar_one() == 3
        assert get_sites(session, town, made["id"])["adopted_by"] == "li"
    later = plan_sites(database, town, CountyRequest("vendor_relief", 1, walk_min=4, preview=True))
    assert later["summary"]["share_before"] >= summary["share"], "what was adopted stands"


def test_places_that_somebody_names_have_room_and_no_demand_is_said(database, town):
    near, far = points([(1500, 690), (700, 0)]).geometry.tolist()
    named = ((near.x, near.y, "空地", 8.0), (far.x, far.y, None, 5.0))
    request = CountyRequest("vendor_relief", 1, radius_m=150.0, rules=(), candidates=named)
    made = plan_sites(database, town, request)
    assert [site["name"] for site in made["sites"]] == ["空地"] and made["sites"][0]["adds"] == pytest.approx(8.0)
    adopt_sites(database, town, made["id"])
    with database.begin(town) as session:
        slots = text("SELECT slots FROM vendor_point WHERE tenant = :t AND name = '空地'")
        assert session.execute(slots, {"t": town}).scalar_one() == 8
    with pytest.raises(SitesBroken):
        plan_sites(database, town, CountyRequest("vendor_relief", 1, radius_m=150.0, rules=(), codes=("99-99",)))
