"""The sample county's true work by hour against what workload expects from its record."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from geo.hotspots.history import build_history
from geo.hotspots.workload.demand import expected_demand
from geo.hotspots.workload.reporting import came_back, seen_share
from tests.sample import TODAY, sample_county

DAYS = 364
FIRST = TODAY - dt.timedelta(DAYS)


@pytest.mark.long
def test_corrected_demand_is_nearer_the_truth_than_the_record_at_every_busy_hour():
    county = sample_county()
    truth, srid = county.truth, 4548
    events = county.layers["event"].to_crs(srid)
    raw = pd.DataFrame(events.drop(columns="geometry")).assign(x=events.geometry.x, y=events.geometry.y)
    lonlat = county.layers["event"].geometry
    raw = raw.assign(lon=lonlat.x, lat=lonlat.y, reporter_hash=raw["reporter"])
    districts = county.layers["patrol_district"].to_crs(srid)
    history = build_history(raw.rename_axis("id"), districts, "Asia/Shanghai").events
    known = history[~history["default_geocode"]]
    known = known.assign(watched=came_back(known))
    codes = sorted(districts["code"])
    in_sight = truth.detection.pivot(index="district", columns="hour", values="patrol").loc[codes].to_numpy()
    on = known["local_on"].to_numpy()
    recent = known[(on >= np.datetime64(FIRST)) & (on < np.datetime64(TODAY))]
    table = expected_demand(recent, codes, FIRST, DAYS, seen_share(recent, codes, in_sight))
    expected = table.groupby("hour")["events"].sum().to_numpy()
    recorded = table["records"].map(len).groupby(table["hour"]).sum().to_numpy() / 52
    true = true_work(county, raw)
    assert np.abs(expected - true).sum() < 0.12 * true.sum()
    assert np.abs(recorded - true).sum() > 0.25 * true.sum()
    busy = true > 15
    assert (np.abs(expected - true)[busy] < np.abs(recorded - true)[busy]).all()


def true_work(county, raw):
    """Events a week by local hour: latent first ones, and what came back or was bred, which is always recorded."""
    truth = county.truth
    on = pd.to_datetime(truth.day_factors["on"]).dt.date
    inside = (on >= FIRST) & (on < TODAY)
    hours = truth.hours.pivot(index="kind", columns="hour", values="share")
    true = np.zeros(24)
    for place in truth.places.itertuples():
        true += place.rate_per_day * truth.day_factors.loc[inside, place.kind].sum() / 52 * hours.loc[place.kind]
    told = raw.merge(truth.events, on="source_key")
    local = told["occurred_at"].dt.tz_convert("Asia/Shanghai")
    more = told["born"].isin(["return", "near_repeat"]) & (local.dt.date >= FIRST)
    return np.asarray(true + np.bincount(local[more].dt.hour, minlength=24) / 52)
