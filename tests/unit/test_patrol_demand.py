"""What a shift should visit, and when."""

from __future__ import annotations

import datetime as dt

import geopandas
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.patrol.demand.acts import ORDERED_WEIGHT, enforcement_wishes
from geo.patrol.demand.lamps import lamp_wishes
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.rules import START_ZONES
from geo.patrol.demand.span import ShiftSpan, windows_of
from geo.patrol.demand.zones import recurring_wishes, zone_rates, zone_weights
from tests.towns import ON, SPAN, SRID, grid, network_of, spot

NIGHT = ShiftSpan(ON, 18 * 3600, 26 * 3600, dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC))


def zones(*rows):
    """A zone frame from (opening, weight, recent)."""
    columns = {
        "name": [f"所{i}" for i in range(len(rows))],
        "kind": "school",
        "opening": [row[0] for row in rows],
        "weight": [float(row[1]) for row in rows],
        "service_min": 12,
        "recent": [float(row[2]) for row in rows],
        "district_code": "P01",
    }
    return geopandas.GeoDataFrame(columns, geometry=[spot(i, 0) for i in range(len(rows))], crs=SRID)


def lamps(spots, since):
    """Dark lamps at metric spots."""
    return geopandas.GeoDataFrame(
        {"status_since_at": pandas.to_datetime(since, utc=True), "district_code": "P01"},
        geometry=[spot(*one) for one in spots],
        crs=SRID,
        index=range(1, len(spots) + 1),
    )


def wished(frame):
    """The zones as a shift asks for them, without a study."""
    return recurring_wishes(frame, SPAN, zone_rates(frame, {}, START_ZONES, SPAN))


def test_a_zone_is_visited_only_while_it_is_open():
    (wish,) = wished(zones(("Mo-Fr 11:00-12:30", 1, 0)))
    assert wish.windows == ((3 * 3600, 4 * 3600 + 1800),)
    assert wish.service_s == 720


def test_a_zone_closed_all_shift_is_kept_without_a_window():
    (wish,) = wished(zones(("Sa-Su 08:00-12:00", 1, 0)))
    assert wish.windows == ()
    assert wish.hours == "Sa-Su 08:00-12:00"


def test_the_openings_of_a_school_are_windows_of_one_place():
    (wish,) = wished(zones(("Mo-Fr 08:30-09:10,11:20-12:00", 1, 0)))
    assert wish.key == "zone:0"
    assert wish.windows == ((1800, 4200), (12_000, 14_400))


def test_hours_past_midnight_reach_into_a_night_shift():
    after = ShiftSpan(ON, 0, 6 * 3600, SPAN.starts_at)
    assert windows_of("Su 18:00-26:00", after) == [(0, 2 * 3600)]
    assert windows_of("Mo-Su 18:00-26:00", NIGHT) == [(0, 8 * 3600)]


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 500)), max_size=30))
def test_a_busier_zone_never_weighs_less_for_any_counts(rows):
    weights = zone_weights([w for w, _ in rows], [r for _, r in rows])
    assert all(0 <= weight <= 9 for weight in weights)
    for (w1, r1), a in zip(rows, weights, strict=True):
        for (w2, r2), b in zip(rows, weights, strict=True):
            if w1 <= w2 and r1 <= r2:
                assert a <= b + 1e-5


def test_main_streets_owe_a_pass_in_each_half_of_a_long_shift():
    town = grid(4, 2, tier=["main"] * 3 + ["lane"] * 7, name=["人民路"] * 3 + [None] * 7)
    wishes = pass_wishes(network_of(town), SPAN)
    assert [(wish.name, *wish.windows) for wish in wishes] == [("人民路", (0, 14400)), ("人民路", (14400, 28800))]
    assert [wish.roaming_first for wish in wishes] == [False, True]
    assert wishes[0].stretch.length_m == pytest.approx(600, abs=1)
    short = ShiftSpan(ON, 6 * 3600, 9 * 3600, SPAN.starts_at)
    assert len(pass_wishes(network_of(town), short)) == 1


def test_lamps_are_looked_at_only_in_the_dark():
    dark = lamps([(0, 0), (50, 0)], ["2026-11-23T09:00Z", "2026-11-23T09:00Z"])
    assert lamp_wishes(dark, SPAN) == []
    (wish,) = lamp_wishes(dark, NIGHT)
    assert wish.windows == ((3600, 8 * 3600),)
    assert wish.feature_ids == (1, 2)


def test_lamps_dark_for_more_than_a_day_weigh_more():
    late, fresh = lamp_wishes(lamps([(0, 0), (5000, 0)], ["2026-11-20T00:00Z", "2026-11-23T09:00Z"]), NIGHT)
    assert late.weight > fresh.weight


def test_many_dark_lamps_in_a_row_are_several_stops():
    row = lamps([(30 * i, 0) for i in range(30)], ["2026-11-23T09:00Z"] * 30)
    wishes = lamp_wishes(row, NIGHT)
    assert sorted(i for wish in wishes for i in wish.feature_ids) == list(range(1, 31))
    assert max(len(wish.feature_ids) for wish in wishes) <= 12


def buildings(statuses, since):
    """Illegal buildings with the day their status began, None when it is not on file."""
    columns = {"code": None, "status": statuses, "status_since_on": pandas.Series(since, dtype=object)}
    frame = geopandas.GeoDataFrame(columns, geometry=[spot(i, 0).buffer(5) for i in range(len(since))], crs=SRID)
    frame["district_code"] = "P01"
    frame.index += 1
    return frame


def test_enforcement_needs_two_licences_and_daylight():
    frame = buildings(["ordered", "verified"], [ON, ON])
    ordered, verified = enforcement_wishes(frame, SPAN)
    assert (ordered.licences_needed, ordered.weight) == (2, ORDERED_WEIGHT)
    assert verified.weight < ordered.weight
    assert enforcement_wishes(frame, ShiftSpan(ON, 19 * 3600, 23 * 3600, SPAN.starts_at)) == []


@pytest.mark.parametrize(("status", "days"), [("ordered", 7), ("verified", 14)])
def test_every_open_building_has_its_day_once_a_round(status, days):
    since = [ON - dt.timedelta(days=3 * i) if i % 4 else None for i in range(30)]
    spans = [ShiftSpan(ON + dt.timedelta(days=i), SPAN.from_s, SPAN.to_s, SPAN.starts_at) for i in range(days)]
    due = [wish.feature_ids[0] for span in spans for wish in enforcement_wishes(buildings([status] * 30, since), span)]
    assert sorted(due) == list(range(1, 31))
