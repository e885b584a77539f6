"""The queue of suspicions: filled from a survey, decided on once, never asked twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geo.db.counts import count_of
from geo.db.engine import Database
from geo.hotspots.footprints import queries
from geo.hotspots.footprints.actions import (
    CheckReport,
    NoApproved,
    NoSuchSuspicion,
    ReasonMissing,
    SuspicionDecided,
    check_layer,
    check_observed,
    decide_suspicion,
)
from geo.hotspots.footprints.layers import layer_of
from geo.layers.actions import save_frame
from geo.layers.queries import load_features

SRID = 4548
"""Metric frame of the test county around 118° E."""

WEST, SOUTH = 598_000.0, 3_132_000.0


def houses() -> NDArray[np.object_]:
    row, column = np.indices((8, 8)).reshape(2, -1)
    x, y = WEST + 30.0 * column, SOUTH + 30.0 * row
    return shapely.box(x, y, x + 12.0, y + 10.0 + column % 3)


def seen(lean_to_m: float = 4.0, new_m: float = 9.0) -> NDArray[np.object_]:
    """House 10 has a lean-to along its east wall, a new house stands between the rows, the last is gone."""
    found = shapely.transform(houses(), lambda xy: xy + np.array([0.8, -0.5]))
    x, y = WEST + 30.0 * 2 + 0.8, SOUTH + 30.0 - 0.5
    found[10] = shapely.box(x, y, x + 12 + lean_to_m, y + 12.0)
    new = shapely.box(WEST + 15.0, SOUTH + 75.0, WEST + 15.0 + new_m, SOUTH + 84.0)
    return np.append(found[:-1], new)


def frame(outlines: NDArray[np.object_]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(
        {"source_key": [f"b{n}" for n in range(len(outlines))]}, geometry=list(outlines), crs=SRID
    )


@pytest.fixture
def town(database: Database, county: str) -> str:
    district = geopandas.GeoDataFrame(
        {"code": ["P1"], "name": ["一片区"], "source_key": ["P1"]},
        geometry=[shapely.box(WEST - 50, SOUTH - 50, WEST + 300, SOUTH + 300)],
        crs=SRID,
    )
    save_frame(database, county, "patrol_district", district, "drawn")
    assert not save_frame(database, county, "building", frame(houses()), "survey").rejected
    return county


def check(
    database: Database, tenant: str, outlines: NDArray[np.object_], survey: str = "seen", **more: Any
) -> CheckReport:
    layer = layer_of("seen", outlines, str(SRID), [str(n) for n in range(len(outlines))])
    return check_layer(database, tenant, layer, survey, **more)


def waiting(database: Database, tenant: str) -> dict[str, int]:
    with database.begin(tenant) as session:
        rows = queries.list_suspicions(session, tenant, status="waiting", district=None, before=None, most=100)
    return {row["change"]: row["id"] for row in rows}


def test_what_was_added_waits_with_its_ground_and_reason(database: Database, town: str) -> None:
    report = check(database, town, seen(), survey="三月", observed_on=dt.date(2026, 3, 2))
    assert (report.added, report.known, report.enlarged) == (2, 0, 0)
    assert report.classes["demolished"] == 1
    with database.begin(town) as session:
        queue = queries.load_queue(session)
        assert count_of(session, town, "suspicion") == 2
    by_class = queue.set_index("cls")
    assert by_class.loc["new", "changed_m2"] == pytest.approx(81, abs=1)
    assert by_class.loc["enlarged", "changed_m2"] == pytest.approx(48, abs=4)
    assert by_class.loc["enlarged", "building_key"] == "b10" and by_class.loc["enlarged", "seen_on"] == dt.date(
        2026, 3, 2
    )
    assert set(queue["district_code"]) == {"P1"}
    ground = queue.to_crs(SRID).set_index("cls").geometry["enlarged"]
    # On the approved map: the wall of house 10 stands at +12 m, whatever the mosaic was off by.
    assert ground.bounds[0] == pytest.approx(WEST + 60 + 12, abs=0.6)
    assert by_class.loc["new", "reasons"][0][0] == "footprints.reason_new"


def test_a_second_run_changes_nothing(database: Database, town: str, tmp_path: Path) -> None:
    frame(seen()).to_parquet(tmp_path / "seen.parquet")
    assert check_observed(database, town, tmp_path / "seen.parquet").added == 2
    with database.begin(town) as session:
        before = load_features(session, "suspicion")
    again = check(database, town, shapely.transform(seen(), lambda xy: xy + np.array([0.4, 0.7])))
    assert (again.added, again.enlarged, again.known) == (0, 0, 2)
    with database.begin(town) as session:
        assert load_features(session, "suspicion").to_json() == before.to_json()


def test_a_dismissed_one_stays_dismissed_unless_it_grows(database: Database, town: str) -> None:
    check(database, town, seen())
    lean_to = waiting(database, town)["enlarged"]
    with database.begin(town) as session:
        done = decide_suspicion(session, town, lean_to, "dismissed", reason="雨棚,已有备案", actor="li")
    assert done["status"] == "dismissed" and done["illegal_building"] is None
    assert check(database, town, seen()).added == 0
    assert "enlarged" not in waiting(database, town)
    grown = check(database, town, seen(lean_to_m=9.0))
    assert (grown.added, grown.grown_again) == (1, 1)
    with database.begin(town) as session:
        old = queries.find_suspicion(session, town, lean_to)
        new = queries.find_suspicion(session, town, waiting(database, town)["enlarged"])
    assert old is not None and new is not None
    assert old["status"] == "dismissed" and new["grew_from"] == old["key"] and "又增加" in new["reason"]
    assert check(database, town, seen(lean_to_m=9.0)).added == 0


def test_one_that_waits_is_made_larger_in_place(database: Database, town: str) -> None:
    check(database, town, seen())
    before = waiting(database, town)
    grown = check(database, town, seen(new_m=14.0))
    assert (grown.added, grown.enlarged) == (0, 1)
    assert waiting(database, town) == before
    with database.begin(town) as session:
        row = queries.find_suspicion(session, town, before["new"])
    assert row is not None and row["area_m2"] == pytest.approx(126, abs=1)


def test_a_confirmed_one_enters_the_ledger_as_suspected(database: Database, town: str) -> None:
    check(database, town, seen(), observed_on=dt.date(2026, 3, 2))
    new = waiting(database, town)["new"]
    with database.begin(town) as session:
        done = decide_suspicion(session, town, new, "confirmed", reason=None, actor="li")
        ledger = load_features(session, "illegal_building")
        assert count_of(session, town, "illegal_building") == 1
    assert ledger.index.tolist() == [done["illegal_building"]]
    assert ledger["status"].tolist() == ["suspected"] and ledger["found_on"].tolist() == [dt.date(2026, 3, 2)]
    with database.begin(town) as session, pytest.raises(SuspicionDecided):
        decide_suspicion(session, town, new, "dismissed", reason="x", actor="wang")
    assert check(database, town, seen()).added == 0


def test_ground_that_the_ledger_holds_is_not_asked_about(database: Database, town: str) -> None:
    known = geopandas.GeoDataFrame(
        {"status": ["ordered", "demolished"], "code": ["W1", "W2"], "source_key": ["W1", "W2"]},
        geometry=[
            shapely.box(WEST + 14, SOUTH + 74, WEST + 25, SOUTH + 85),
            shapely.box(WEST + 72, SOUTH + 30, WEST + 76, SOUTH + 42),
        ],
        crs=SRID,
    )
    save_frame(database, town, "illegal_building", known, "ledger")
    report = check(database, town, seen())
    # The new house is in the ledger; the lean-to was torn down once and stands again.
    assert (report.added, report.known, report.in_ledger) == (1, 1, 1)


def test_stored_flights_say_what_was_looked_at(database: Database, town: str) -> None:
    flight = geopandas.GeoDataFrame(
        {"name": ["一号"], "survey": ["三月"], "source_key": ["f1"]},
        geometry=[shapely.box(WEST - 20, SOUTH - 20, WEST + 180, SOUTH + 300)],
        crs=SRID,
    )
    assert not save_frame(database, town, "flight", flight, "flights").rejected
    report = check(database, town, seen(), survey="三月")
    assert (report.looked_at, report.flights) == ("flights", 1)
    assert report.classes.get("not_seen", 0) == 1 and "demolished" not in report.classes


def test_what_a_later_flight_sees_clear_says_so_until_it_is_built_again(database: Database, town: str) -> None:
    flights = geopandas.GeoDataFrame(
        {"name": ["甲", "乙", "丙"], "survey": ["三月", "四月", "五月"], "source_key": ["f1", "f2", "f3"]},
        geometry=[shapely.box(WEST - 20, SOUTH - 20, WEST + 300, SOUTH + 300)] * 3,
        crs=SRID,
    )
    save_frame(database, town, "flight", flights, "flights")
    check(database, town, seen(), survey="三月", observed_on=dt.date(2026, 3, 2))
    waits = waiting(database, town)
    bare = seen()[:-1]  # the new house is gone, the lean-to stands
    earlier = check(database, town, bare, survey="四月", observed_on=dt.date(2026, 3, 1))
    assert earlier.cleared == 0, "a look from before says nothing"
    assert check(database, town, bare, survey="四月").cleared == 0, "nor one without a day"
    assert check(database, town, bare, observed_on=dt.date(2026, 4, 2)).cleared == 0, "nor one without flights"
    assert check(database, town, bare, survey="四月", observed_on=dt.date(2026, 4, 2)).cleared == 1
    with database.begin(town) as session:
        queue = queries.load_queue(session)
    assert queue.index.tolist() == [waits["enlarged"], waits["new"]], "what is clear comes last"
    assert queue["reasons"].iloc[-1][-1] == ["footprints.but_clear", {"on": "2026-04-02"}]
    assert check(database, town, bare, survey="四月", observed_on=dt.date(2026, 4, 2)).cleared == 0
    check(database, town, seen(), survey="五月", observed_on=dt.date(2026, 5, 2))
    with database.begin(town) as session:
        row = queries.find_suspicion(session, town, waits["new"])
    assert row is not None and row["status"] == "waiting" and "已清" not in row["reason"]


def test_refusals_say_what_to_do(database: Database, county: str) -> None:
    with pytest.raises(NoApproved):
        check(database, county, seen())
    with database.begin(county) as session, pytest.raises(NoSuchSuspicion):
        decide_suspicion(session, county, 1, "confirmed", reason=None, actor="li")


def test_dismissing_takes_a_reason(database: Database, town: str) -> None:
    check(database, town, seen())
    with database.begin(town) as session, pytest.raises(ReasonMissing):
        decide_suspicion(session, town, waiting(database, town)["new"], "dismissed", reason="  ", actor="li")
