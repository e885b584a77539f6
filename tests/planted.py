"""The sample county as studies read it: its history and ground, once a test run, and what was planted where."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.county import habits
from data.county.events import _day_factors
from data.make_county import SampleCounty
from geo.db.counties import County
from geo.hotspots.exposure import may_learn
from geo.hotspots.forecast.county import Classes, Ground, PlaceSet, build_place_sets, classify_events
from geo.hotspots.forecast.outlook import Outlook
from geo.hotspots.history import History, build_history
from tests.sample import TODAY, sample_county

METRIC = 4548
FIRST = np.datetime64(TODAY, "D") - np.timedelta64(7 * 104, "D")
COUNTY = County("990101", "示例县", METRIC, "Asia/Shanghai", "cn", (117.8, 28.1, 118.2, 28.5))


@cache
def sample_history(*, anonymous: bool = False) -> History:
    """The sample's events as a history; index = position in the layer, from 1; ``anonymous`` without any caller."""
    return history_of(sample_county(), anonymous=anonymous)


def history_of(county: SampleCounty, *, anonymous: bool = False) -> History:
    """The history of any made-up county, as :func:`sample_history`."""
    event = county.layers["event"]
    metric = event.to_crs(METRIC).geometry
    raw = pd.DataFrame(event.drop(columns=["geometry", "reporter"]))
    callers = None if anonymous else event["reporter"].to_numpy()
    raw = raw.assign(reporter_hash=callers, x=metric.x.to_numpy(), y=metric.y.to_numpy())
    raw = raw.assign(lon=event.geometry.x.to_numpy(), lat=event.geometry.y.to_numpy())
    raw.index = pd.RangeIndex(1, len(raw) + 1, name="id")
    return build_history(raw, county.layers["patrol_district"].to_crs(METRIC), COUNTY.time_zone)


@cache
def sample_ground() -> tuple[dict[str, PlaceSet], Classes]:
    """Place sets of the sample, and the classes of its events."""
    return ground_of(sample_county(), sample_history())


def ground_of(county: SampleCounty, history: History) -> tuple[dict[str, PlaceSet], Classes]:
    """Place sets of any made-up county, and the classes of its events."""
    layers = {name: county.layers[name].to_crs(METRIC) for name in ("road", "unit_grid", "patrol_district")}
    zones = county.layers["hotspot_zone"].to_crs(METRIC)
    ground = Ground(layers["road"], layers["unit_grid"], layers["patrol_district"], zones)
    return build_place_sets(ground, history), classify_events(ground, history)


def sample_outlook(on: dt.date, *, logged: bool = True) -> Outlook:
    """What would be known on the morning of a day; with or without a log of patrol presence."""
    sets, classes = sample_ground()
    presence = sample_county().presence
    return Outlook(sample_history(), presence if logged else presence.head(0), sets, classes, COUNTY, on)


def planted_records(on: dt.date, days: int = 7) -> NDArray[np.float64]:
    """Records that the planted rates lead to at each hotspot zone in a span, shape (80,).

    Of a zone's own group by rate × chance of being noticed × returns × near repeats × calendar; what reaches a zone
    from elsewhere (streets, other zones) by the share of that group's records that lie there.
    """
    truth, history = sample_county().truth, sample_history()
    noticed = truth.detection.assign(p=truth.detection[["patrol", "complaint", "camera"]].sum(axis=1))
    share = truth.hours.merge(noticed[["district", "hour", "p"]], on="hour")
    by_kind = (share["share"] * share["p"]).groupby([share["kind"], share["district"]]).sum()
    zones = truth.places.dropna(subset="district")
    chance = np.array([by_kind[key] for key in zip(zones["kind"], zones["district"], strict=True)])
    back = zones["kind"].map(truth.returns.set_index("kind")["p_return"]).to_numpy()
    breed = 1 + habits.P_NEAR_REPEAT * zones["code"].isin(habits.NEAR_REPEAT_CODES).to_numpy()
    factor = zones["kind"].map({kind: daily.mean() for kind, daily in _day_factors(on, days).items()}).to_numpy()
    rate = zones["rate_per_day"].to_numpy() * chance * (1 + back + back**2 + back**3) * breed * factor * days
    planted = pd.Series(rate).groupby(zones["group"].to_numpy()).sum()
    moved = truth.market_move.iloc[0]
    planted[moved["from_zone"] if on >= moved["on"] else moved["to_zone"]] *= moved["rest_factor"]
    told = truth.events.set_index("source_key")["place"].reindex(sample_county().layers["event"]["source_key"])
    group = told.str.partition("/")[0].to_numpy()
    learned = may_learn(history.events, "exposure")
    at = sample_outlook(on).place_at("zone")
    whole = pd.Series(group[learned]).value_counts()
    inside = learned & (at >= 0)
    expected = np.zeros(len(sample_ground()[0]["zone"].places))
    for name, row in pd.crosstab(group[inside], at[inside]).iterrows():
        usual = planted[name] if name in planted.index else whole[name] / 731 * days
        expected[row.index.to_numpy()] += usual * row.to_numpy() / whole[name]
    return expected
