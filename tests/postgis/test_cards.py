"""Figures of the 片区: every feature counted once, whatever the borders, and each with source and date."""

from __future__ import annotations

import datetime as dt

import geopandas
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from geo.cards.actions import build_cards
from geo.cards.figures import CountyCards
from geo.db.engine import Database
from geo.layers.actions import save_frame

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def squares(*boxes: Polygon) -> geopandas.GeoDataFrame:
    """片区 ``P1``, ``P2``… of the given boxes."""
    names = [f"P{number}" for number in range(1, len(boxes) + 1)]
    return geopandas.GeoDataFrame({"code": names, "name": names, "source_key": names}, geometry=list(boxes), crs=4490)


def cards_of(database: Database, county: str) -> CountyCards:
    with database.begin(county) as session:
        return build_cards(session, county, NOW)


def counts(cards: CountyCards, code: str) -> dict[str, int]:
    [card] = [card for card in cards.districts if card.code == code]
    return {figure.code: figure.count for figure in card.figures}


@pytest.fixture
def halves(database: Database, county: str) -> str:
    """A county of two squares that share the border 118.00."""
    frame = squares(box(117.99, 28.29, 118.00, 28.31), box(118.00, 28.29, 118.01, 28.31))
    save_frame(database, county, "patrol_district", frame, "drawn")
    return county


def test_an_empty_county_has_no_cards_and_every_layer_is_called_empty(database: Database, county: str) -> None:
    cards = cards_of(database, county)
    assert cards.districts == () and cards.outside == ()
    assert {row.state for row in cards.freshness} == {"empty"}
    assert cards.box == pytest.approx((117.8, 28.1, 118.2, 28.5))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=1, max_size=40))
def test_every_lamp_is_counted_once_for_any_places_even_on_the_border(
    database: Database, make_county: object, lamps: list[tuple[int, bool]]
) -> None:
    county = make_county()  # type: ignore[operator]
    frame = squares(box(117.99, 28.29, 118.00, 28.31), box(118.00, 28.29, 118.01, 28.31))
    save_frame(database, county, "patrol_district", frame, "drawn")
    place = np.arange(len(lamps))
    points = [Point(118 + x * 0.001, 28.291 + 0.0004 * y) for y, (x, _) in zip(place, lamps, strict=True)]
    status = ["fault" if fault else "on" for _, fault in lamps]
    frame = geopandas.GeoDataFrame({"status": status, "source_key": place.astype(str)}, geometry=points, crs=4490)
    assert not save_frame(database, county, "streetlight", frame, "survey").rejected
    cards = cards_of(database, county)
    west = sum(-10 <= x <= 0 for x, _ in lamps)  # the border belongs to the smaller code
    east = sum(0 < x <= 10 for x, _ in lamps)
    assert counts(cards, "P1")["streetlights"] == west
    assert counts(cards, "P2")["streetlights"] == east
    outside = {figure.code: figure.count for figure in cards.outside}
    assert outside.get("streetlights", 0) == len(lamps) - west - east
    faults = sum(counts(cards, code)["streetlights_fault"] for code in ("P1", "P2"))
    assert faults + outside.get("streetlights_fault", 0) == sum(fault for _, fault in lamps)


def test_events_are_counted_by_age_and_open_ones_whatever_their_age(database: Database, halves: str) -> None:
    ages = [0.5, 6.9, 7.1, 27.9, 28.1, 400.0, -1.0]
    frame = geopandas.GeoDataFrame(
        {
            "code": ["0101"] * len(ages),
            "origin": ["patrol"] * len(ages),
            "occurred_at": [NOW - age * DAY for age in ages],
            "closed_at": [None, NOW, NOW, NOW, NOW, None, None],
            "source_key": [str(number) for number in range(len(ages))],
        },
        geometry=[Point(117.995, 28.30)] * len(ages),
        crs=4490,
    )
    frame["closed_at"] = geopandas.pd.to_datetime(frame["closed_at"], utc=True)
    report = save_frame(database, halves, "event", frame, "desk")
    assert not report.rejected
    found = counts(cards_of(database, halves), "P1")
    assert (found["events_7d"], found["events_28d"], found["events_open"]) == (2, 4, 2)


def test_figures_say_their_source_and_when_it_was_written(database: Database, halves: str) -> None:
    frame = geopandas.GeoDataFrame({"status": ["on"], "source_key": ["1"]}, geometry=[Point(117.995, 28.3)], crs=4490)
    save_frame(database, halves, "streetlight", frame, "survey")
    [card, _] = cards_of(database, halves).districts
    by_code = {figure.code: figure for figure in card.figures}
    assert by_code["streetlights"].source == "survey"
    assert by_code["streetlights"].updated_at is not None
    assert by_code["vendor_points"].state == "empty"
    assert by_code["streetlights"].unit == "lamp" and by_code["events_7d"].unit == "case"
