"""Saving frames and loading them again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import geopandas
import psycopg
import pytest
from shapely import Point, Polygon

from geo.crs import UnknownCrs
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.layers.queries import load_features
from geo.layers.register import get_kind


def lamps(n: int = 5, crs: int = 4490, **columns: object) -> geopandas.GeoDataFrame:
    points = [Point(118 + i / 1000, 28.3) for i in range(n)]
    return geopandas.GeoDataFrame({"code": [f"L{i}" for i in range(n)], **columns}, geometry=points, crs=crs)


def test_a_saved_frame_comes_back_as_it_was(database: Database, county: str) -> None:
    report = save_frame(
        database, county, "streetlight", lamps(status=["正常", "fault", "on", None, "坏"], 备注=list("abcde")), "survey"
    )
    assert (report.added, report.changed, report.unchanged, report.rejected_count) == (5, 0, 0, 0)
    with database.begin(county) as session:
        found = load_features(session, "streetlight").sort_values("code")
        assert count_of(session, county, "streetlight") == 5
    assert found.crs.to_epsg() == 4490
    assert found["status"].tolist() == ["on", "fault", "on", "on", "fault"]
    assert found["code"].tolist() == ["L0", "L1", "L2", "L3", "L4"]
    assert found.geometry.iloc[3] == Point(118.003, 28.3)


def test_saving_again_changes_nothing_and_saving_a_change_changes_that_row_alone(
    database: Database, county: str
) -> None:
    save_frame(database, county, "streetlight", lamps(), "survey")
    again = save_frame(database, county, "streetlight", lamps(), "survey")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 5)
    mended = save_frame(database, county, "streetlight", lamps(status=["fault", "on", "on", "on", "on"]), "survey")
    assert (mended.added, mended.changed, mended.unchanged) == (0, 1, 4)
    with database.begin(county) as session:
        assert count_of(session, county, "streetlight") == 5
        assert (
            load_features(session, "streetlight", where=get_kind("streetlight").table.c.status == "fault").shape[0] == 1
        )


def test_events_are_recognised_by_receipt(database: Database, county: str) -> None:
    frame = geopandas.GeoDataFrame(
        {
            "source_key": ["a", "b"],
            "code": ["04-05", "04-06"],
            "occurred_at": ["2026-11-01 08:00", "2026-11-02"],
            "origin": ["巡查", "complaint"],
        },
        geometry=[Point(118, 28.3), Point(118, 28.3)],
        crs=4326,
    )
    assert save_frame(database, county, "event", frame, "12345").added == 2
    assert save_frame(database, county, "event", frame, "12345").unchanged == 2
    frame["closed_at"] = ["2026-11-01 09:00", None]
    assert save_frame(database, county, "event", frame, "12345").changed == 1
    with database.begin(county) as session:
        found = load_features(session, "event")
    assert found["occurred_at"].iloc[0].to_pydatetime() == dt.datetime(2026, 11, 1, 0, tzinfo=dt.UTC)
    assert found["origin"].tolist() == ["patrol", "complaint"]


def test_a_street_gets_a_regime_once_and_the_bureaus_own_word_stays(database: Database, county: str) -> None:
    from shapely import LineString
    from sqlalchemy import text

    roads = geopandas.GeoDataFrame(
        {"source_key": ["1", "2"], "road_class": ["primary", "residential"]},
        geometry=[LineString([(118, 28.3), (118.01, 28.3)]), LineString([(118, 28.31), (118.01, 28.31)])],
        crs=4490,
    )
    save_frame(database, county, "road", roads, "osm")
    regimes = text("SELECT regime, set_by FROM road_regime WHERE tenant = :t ORDER BY road_id")
    with database.begin(county) as session:
        assert [tuple(row) for row in session.execute(regimes, {"t": county})] == [
            ("strict", "prefilled"),
            ("standard", "prefilled"),
        ]
        session.execute(
            text(
                "UPDATE road_regime SET regime = 'controlled', set_by = 'zhang' WHERE tenant = :t AND regime = 'strict'"
            ),
            {"t": county},
        )
    roads["name"] = ["中山路", None]
    assert save_frame(database, county, "road", roads, "osm").changed == 1
    with database.begin(county) as session:
        assert [tuple(row) for row in session.execute(regimes, {"t": county})] == [
            ("controlled", "zhang"),
            ("standard", "prefilled"),
        ]


def test_invalid_areas_and_frames_without_crs_are_refused(database: Database, county: str) -> None:
    bow = Polygon([(118, 28.3), (118.01, 28.31), (118.01, 28.3), (118, 28.31)])
    report = save_frame(database, county, "building", geopandas.GeoDataFrame(geometry=[bow], crs=4490), "x")
    assert [(reject.row, reject.reason) for reject in report.rejected] == [(1, "reject.invalid")]
    with pytest.raises(UnknownCrs):
        save_frame(database, county, "building", geopandas.GeoDataFrame(geometry=[bow]), "x")


def test_loading_by_box_finds_what_meets_it_and_nothing_else(database: Database, county: str) -> None:
    save_frame(database, county, "streetlight", lamps(), "survey")
    with database.begin(county) as session:
        found = load_features(session, "streetlight", box=(118.0005, 28, 118.0025, 29), columns=["code"])
        none = load_features(session, "streetlight", box=(110, 20, 111, 21))
    assert found["code"].tolist() == ["L1", "L2"] and list(found.columns) == ["code", "geometry"]
    assert len(none) == 0 and "status" in none.columns and none.crs.to_epsg() == 4490


@pytest.mark.parametrize("layer", ["event", "streetlight"])
def test_a_county_unknown_to_the_statistics_is_imported_again_in_one_pass(
    database: Database, make_county: Callable[[], str], layer: str
) -> None:
    rows = 3_000
    frame = geopandas.GeoDataFrame(
        {
            "source_key": [f"k{number}" for number in range(rows)],
            "code": "04-05",
            "occurred_at": "2026-11-01 08:00",
            "origin": "patrol",
        },
        geometry=[Point(118 + number * 1e-5, 28.3) for number in range(rows)],
        crs=4490,
    )
    known, new = make_county(), make_county()
    save_frame(database, known, layer, frame, "again")
    with psycopg.connect(database.dsn("admin"), autocommit=True) as connection:
        connection.execute("ANALYZE")
    assert save_frame(database, new, layer, frame, "again").added == rows
    before = rows_read(database, layer)
    assert save_frame(database, new, layer, frame.assign(code="04-06"), "again").changed == rows
    assert rows_read(database, layer) - before < 100 * rows


def rows_read(database: Database, table: str) -> int:
    """Rows of a table that statements have gone through so far, once every connection has reported."""
    database.close()
    time.sleep(1.2)  # connections report at most once a second
    with psycopg.connect(database.dsn("admin")) as connection:
        query = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = %s"
        found = connection.execute(query, [table]).fetchone()
    assert found is not None
    return int(found[0])
