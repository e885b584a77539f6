"""Deadlines, gates, entries under their cap, draws and the random sample."""

from __future__ import annotations

import datetime as dt

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.patrol.demand.acts import enforcement_wishes
from geo.patrol.demand.audits import AUDIT_RIDE_S, AUDIT_VISIT_S, AuditPlace, audit_wishes, named_by_streets
from geo.patrol.demand.checks import (
    CapReached,
    TooFewOfficers,
    check_cap,
    draw_pairs,
    entry_wishes,
    gate_wishes,
    open_pool,
)
from geo.patrol.demand.deadlines import STALE, Due, due_wishes
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.rules import PassRule
from geo.patrol.demand.span import ShiftSpan
from tests.towns import ON, SPAN, SRID, grid, network_of, spot
from tests.unit.test_patrol_demand import buildings

HOUR = dt.timedelta(hours=1)


def due(hours, key="event:1"):
    """Something due so many hours after the shift's start."""
    return Due(key, "占道", "event", 1, SPAN.starts_at, SPAN.starts_at + hours * HOUR, spot(0, 0))


def checks(**more):
    """One open check."""
    row = {
        "name": "餐馆", "opening": None, "reason": "planned", "first_on": ON, "last_on": ON + dt.timedelta(20),
        "first_staff_id": None, "second_staff_id": None, "district_code": "P01", **more,
    }  # fmt: skip
    frame = geopandas.GeoDataFrame({name: [value] for name, value in row.items()}, geometry=[spot(0, 0)], crs=SRID)
    frame[["first_staff_id", "second_staff_id"]] = frame[["first_staff_id", "second_staff_id"]].astype(object)
    return frame


def test_what_falls_due_in_the_shift_is_to_be_done_by_then():
    (wish,) = due_wishes([due(3)], SPAN)
    assert (wish.duty, wish.required, wish.windows) == ("deadline", True, ((0, 3 * 3600),))


def test_late_items_weigh_more_and_later_or_stale_ones_are_no_demand():
    late, fresh = due_wishes([due(-5), due(2, "event:2")], SPAN)
    assert late.weight > fresh.weight
    assert late.windows == ((0, 28_800),)
    assert due_wishes([due(8), due(-STALE / HOUR - 1)], SPAN) == []


def test_acts_on_a_statutory_holiday_are_refused_and_said():
    holiday = ShiftSpan(dt.date(2026, 10, 6), SPAN.from_s, SPAN.to_s, SPAN.starts_at)
    frame = buildings(["ordered"] * 7, [holiday.on_date] * 7)
    refused = enforcement_wishes(frame, holiday)
    assert refused
    assert all(wish.windows == () and "PH off" in wish.hours for wish in refused)


@given(st.lists(st.integers(0, 700), max_size=8), st.integers(0, 5))
def test_a_cap_counts_this_years_entries_only_for_any_days(offsets, cap):
    days = [dt.date(2025, 6, 1) + dt.timedelta(offset) for offset in offsets]
    on = dt.date(2026, 5, 6)
    counted = sum(day.year == 2026 for day in days)
    if counted >= cap:
        with pytest.raises(CapReached):
            check_cap("Q1", "draw", cap, days, on)
    else:
        check_cap("Q1", "draw", cap, days, on)
    check_cap("Q1", "ordered", cap, days, on)


def test_a_draw_chooses_each_enterprise_and_officer_alike_often():
    pool, officers = [f"Q{n}" for n in range(5)], [f"R{n}" for n in range(4)]
    drawn = [one for n in range(2_000) for one in draw_pairs(pool, officers, 1, n.to_bytes(4, "big"))]
    for code in pool:
        assert sum(one.enterprise == code for one in drawn) == pytest.approx(400, abs=80)
    for officer in officers:
        assert sum(officer in one.pair for one in drawn) == pytest.approx(1000, abs=110)
    assert all(one.pair[0] != one.pair[1] for one in drawn)


def test_a_draw_needs_two_officers_and_leaves_out_who_reached_the_cap():
    with pytest.raises(TooFewOfficers):
        draw_pairs(["Q1"], ["R1", "R1"], 1, b"x")
    register = [
        {"code": "Q1", "cap_per_year": 1, "active": True}, {"code": "Q2", "cap_per_year": 1, "active": True},
        {"code": "Q3", "cap_per_year": 1, "active": False},
    ]  # fmt: skip
    assert open_pool(register, {"Q1": [ON]}, ON) == ["Q2"]


def test_an_entry_needs_two_licences_and_waits_for_the_pair_that_was_drawn():
    (wish,) = entry_wishes(checks(), [1, 2], 2, SPAN)
    assert (wish.licences_needed, wish.duty, wish.required, wish.person_ids) == (2, "coverage", False, ())
    pair = checks(first_staff_id=1, second_staff_id=2)
    assert entry_wishes(pair, [1, 3], 2, SPAN) == []
    assert entry_wishes(pair, [1, 2], 2, SPAN)[0].person_ids == (1, 2)
    assert entry_wishes(checks(), [1, 2], 1, SPAN) == []


def test_a_complaint_or_the_last_days_make_an_entry_a_deadline():
    assert entry_wishes(checks(reason="complaint"), [], 2, SPAN)[0].duty == "deadline"
    assert entry_wishes(checks(last_on=ON + dt.timedelta(1)), [], 2, SPAN)[0].duty == "deadline"
    assert entry_wishes(checks(last_on=ON - dt.timedelta(1)), [], 2, SPAN) == []


def test_a_gate_is_looked_at_every_so_many_days_and_once_a_day():
    columns = {"name": "工地", "kind": "site", "opening": None, "gate_every_days": [1, 3, None], "district_code": "P01"}
    frame = geopandas.GeoDataFrame(columns, geometry=[spot(0, 0)] * 3, crs=SRID, index=[1, 2, 3])
    spans = [ShiftSpan(ON + dt.timedelta(day), SPAN.from_s, SPAN.to_s, SPAN.starts_at) for day in range(6)]
    keys = [wish.key for span in spans for wish in gate_wishes(frame, span)]
    assert (keys.count("gate:1"), keys.count("gate:2"), keys.count("gate:3")) == (6, 2, 0)
    assert all(wish.licences_needed == 0 for span in spans for wish in gate_wishes(frame, span))
    assert gate_wishes(frame, SPAN, {"gate:1", "gate:2"}) == []


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 60))
def test_the_random_sample_keeps_its_share_for_any_places_and_teams(sampled, others, teams):
    places = [AuditPlace(f"P{n}", spot(n, 0)) for n in range(sampled + others)]
    found = audit_wishes(places[:sampled], places[sampled:], SPAN, "day", "made-up", teams * 28_800)
    wanted = int(teams * 28_800 * 0.125) // (AUDIT_VISIT_S + AUDIT_RIDE_S)
    assert len(found.wishes) == min(wanted, sampled + others)
    if wanted >= sampled:
        assert {f"audit:P{n}" for n in range(sampled)} <= {wish.key for wish in found.wishes}
    assert found.share_permille <= 125


def test_the_random_sample_changes_with_the_day_and_not_with_the_run():
    places = [AuditPlace(f"P{n}", spot(n, 0)) for n in range(200)]
    keys = [
        [wish.key for wish in audit_wishes([], places, span, "day", "made-up", 4 * 28_800).wishes]
        for span in (SPAN, SPAN, ShiftSpan(ON + dt.timedelta(1), SPAN.from_s, SPAN.to_s, SPAN.starts_at))
    ]
    assert keys[0] == keys[1] != keys[2]


def test_passes_follow_the_rule_of_their_tier_and_keep_apart():
    town = network_of(grid(4, 2, tier=["main"] * 3 + ["secondary"] * 7, name=["人民路"] * 3 + ["二路"] * 7))
    wishes = pass_wishes(town, SPAN, [PassRule("main", 3, 3600, True), PassRule("secondary", 1, 0, False)])
    main = [wish for wish in wishes if wish.duty == "pass"]
    assert [wish.after for wish in main] == [None, main[0].key, main[1].key]
    assert [wish.gap_s for wish in main] == [0, 3600, 3600]
    assert all(wish.required for wish in main)
    assert {(wish.duty, wish.required) for wish in wishes if wish not in main} == {("coverage", False)}
    assert pass_wishes(town, SPAN, [PassRule("main", 0, 0, True)]) == []


def test_a_place_drawn_at_random_is_named_by_the_streets_nearest_to_it():
    town = grid(4, 3, name=[f"路{number}" for number in range(len(grid(4, 3)))])
    network = network_of(town)
    x, y = network.node_xy[0]
    drawn = audit_wishes([AuditPlace("990101001001023", shapely.Point(x, y))], [], SPAN, "day", "made-up", 10_000)
    (named,) = named_by_streets(drawn.wishes, network)
    corner = {
        network.names[road] for road, a, b in zip(network.road, network.start, network.end, strict=True) if 0 in (a, b)
    }
    assert len(corner) == 2
    assert set(named.name.split("、")) == corner
    assert named.key == "audit:990101001001023"
    bare = network_of(town.assign(name=None))
    assert [wish.name for wish in named_by_streets(drawn.wishes, bare)] == ["990101001001023"]
