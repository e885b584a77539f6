"""Return curves and times of the sample county are those that were planted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geo.hotspots.displacement.assess import Measure, assess
from geo.hotspots.history import build_history
from geo.hotspots.recurrence.classes import place_classes, zone_of
from geo.hotspots.recurrence.curves import ALL, Curve, return_curves
from geo.hotspots.recurrence.gaps import Gaps, no_gaps, read_gaps
from geo.hotspots.recurrence.hazard import class_return, zone_hazards
from geo.hotspots.recurrence.links import Links, Records, link_events, read_records
from geo.hotspots.recurrence.rates import watch
from tests.sample import sample_county

SRID = 4548
WITHIN = 0.03


@dataclass
class Record:
    """The county's record with everything that was found in it; zones in metres."""

    records: Records
    links: Links
    places: NDArray[np.str_]
    curves: list[Curve]
    chance: NDArray[np.float64]
    zones: GeoDataFrame
    gaps: Gaps


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    """Chance and mean minutes of return by class of place."""
    return sample_county().truth.returns.replace({"kind": {"lamp": "facility"}}).set_index("kind")


@pytest.fixture(scope="module")
def study() -> Record:
    """The sample county's record, from frames as the database gives them."""
    layers = sample_county().layers
    frame = layers["event"].to_crs(SRID)
    raw = pd.DataFrame(frame.drop(columns="geometry")).assign(
        x=frame.geometry.x, y=frame.geometry.y, lon=layers["event"].geometry.x, lat=layers["event"].geometry.y
    )
    # Who called is hashed at the door; any text that is the same for the same caller will do here.
    raw["reporter_hash"] = raw["reporter"].where(raw["reporter"].notna(), None)
    raw["duplicate_of"] = raw["duplicate_of"].where(raw["duplicate_of"].notna(), None)
    raw.index = pd.RangeIndex(1, len(raw) + 1)
    history = build_history(raw, layers["patrol_district"].to_crs(SRID), "Asia/Shanghai")
    events = history.events
    zones = layers["hotspot_zone"].to_crs(SRID).reset_index(drop=True)
    records = read_records(events)
    links = link_events(records)
    kinds = zones["kind"].to_numpy(str)
    places = place_classes(records, zones.geometry, kinds, frozenset(["C01-37"]))
    gaps = read_gaps(history.gaps, events["district"].reindex(records.ids).to_numpy(object), "Asia/Shanghai")
    return Record(records, links, places, *return_curves(records, links, places, gaps=gaps), zones, gaps)


def test_curves_of_every_class_of_place_lie_within_three_points_of_the_planted_ones(
    study: Record, planted: pd.DataFrame
) -> None:
    told = {curve.place_class: curve for curve in study.curves if curve.code == ALL}
    assert set(told) == set(planted.index)
    for name, curve in told.items():
        p, mean_min = planted.loc[name]
        truth = p * (1 - np.exp(-curve.t_min / mean_min))
        off = np.abs(curve.p - truth).max()
        drawn = np.sqrt(p * (1 - p) / curve.n)
        print(f"{name}: {off:.3f} off, {curve.n} closings, standard error of the share {drawn:.3f}")
        assert off <= WITHIN, f"{name}: {off:.3f} off"
        assert len(curve.t_min) >= 9 and curve.by_chance.max() <= 0.75


def test_mean_times_to_return_of_zones_lie_in_their_bounds(study: Record, planted: pd.DataFrame) -> None:
    zone = zone_of(study.records, study.places, study.zones.geometry, study.zones["kind"].to_numpy(str))
    classes = {c.place_class: told for c in study.curves if c.code == ALL and (told := class_return(c)) is not None}
    local_s = study.records.at_s + 8 * 3600
    kinds = study.zones["kind"].to_numpy(str)
    hazards = zone_hazards(study.records, study.links, zone, kinds, study.chance, local_s, classes, study.gaps)
    mean_min = planted["mean_delay_min"].reindex(study.zones["kind"]).to_numpy()
    held = (hazards.rho_lower_min <= mean_min) & (mean_min <= hazards.rho_upper_min)
    assert held.mean() > 0.8
    stalls = np.isin(study.zones["kind"], ["market", "night_market", "school", "hospital", "transit"])
    assert np.median(np.abs(hazards.rho_min / mean_min - 1)[stalls]) < 0.12


def test_the_market_that_moved_is_seen_to_leave_and_the_other_to_rise(study: Record) -> None:
    county = sample_county()
    move = county.truth.market_move.iloc[0]
    zones = study.zones
    at = {key: int(np.flatnonzero(zones["source_key"] == key)[0]) for key in (move["from_zone"], move["to_zone"])}
    begun = int(pd.Timestamp(move["on"], tz="Asia/Shanghai").timestamp())
    area = zones.geometry.iloc[at[move["from_zone"]]].buffer(50)
    measure = Measure(area, begun, begun + 28 * 86_400, ("04-06", "01-10"))
    found = {(one.place, one.phase): one for one in assess(study.records, measure, zones)}
    assert found["target", "during"].effect.verdict == "less"
    risen = [row["name"] for row in found["lookalike", "during"].facts["risen"]]
    assert risen[0] == zones["name"].iloc[at[move["to_zone"]]] and len(risen) <= 2
    assert found["ring", "during"].effect.verdict == "insufficient"


def test_planted_operations_are_found_with_what_moved_and_too_few_is_said_so(study: Record) -> None:
    """A campaign whose trouble moves to another market, a post, a raid of four hours."""
    planted = sample_county().truth.operations.set_index("kind")
    zones = study.zones.set_index("source_key", drop=False)
    found = {}
    for kind, one in planted.iterrows():
        span = int(one["from_at"].timestamp()), int(one["to_at"].timestamp())
        told = assess(study.records, Measure(zones.geometry[one["zone"]].buffer(50), *span), study.zones, study.gaps)
        found |= {(kind, each.place, each.phase): each for each in told}
    for kind in ("campaign", "post"):
        effect = found[kind, "target", "during"].effect
        assert effect.verdict == "less" and effect.lower <= 1 - planted.loc[kind, "effect"] <= effect.upper
    risen = [row["name"] for row in found["campaign", "lookalike", "during"].facts["risen"]]
    assert risen[:1] == [zones["name"][planted.loc["campaign", "moved_to"]]]
    fading = found["campaign", "target", "after"].facts
    assert fading["half_life_lower"] <= planted.loc["campaign", "half_life_days"] <= fading["half_life_upper"]
    assert {found["raid", place, "during"].effect.verdict for place in ("target", "ring")} == {"insufficient"}


def test_two_months_without_reports_are_not_read_as_calm(study: Record) -> None:
    """Rates and λ of the 片区 without its hotline are those of what was seen, not of what was not delivered."""
    gap = sample_county().truth.reporting_gap.iloc[0]
    begin, end = (int(pd.Timestamp(day, tz="Asia/Shanghai").timestamp()) for day in (gap["first_on"], gap["last_on"]))
    inside = (study.gaps.area == study.gaps.area.max()) & (study.records.closed_s >= begin + 7 * 86_400)
    inside &= study.records.closed_s < end - 7 * 86_400
    rows = np.flatnonzero(inside)
    assert len(rows) > 200
    assert (study.gaps.next_from(rows, study.records.closed_s[rows]) == study.records.closed_s[rows]).all()
    assert not np.isin(rows, watch(study.records, study.links, 86_400, study.gaps).rows).any()
    fooled = watch(study.records, study.links, 86_400, no_gaps(len(study.records)))
    assert np.isin(rows, fooled.rows).all()
