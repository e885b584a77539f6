"""Story 4: relapse is caught.

The same code within reach and time after a closing is linked, once, whatever the order of delivery; nothing outside the
window is; the rate is told with both its counts; the ranking of spots is exported.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
from sqlalchemy import text

from geo.cases.sheets import write_sheet
from geo.cases.statistics.relapse.actions import (
    NothingStudied,
    Relapse,
    WindowTooLong,
    count_relapses,
    list_returns,
)
from geo.crs import STORAGE, metric_srid
from geo.db.engine import Database
from geo.hotspots.recurrence.actions import study_returns
from geo.layers.actions import save_frame

SRID = metric_srid(118.0, 28.3)
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 3, 1, 1, 0, tzinfo=dt.UTC)
RADIUS_M = 30

Row = tuple[str, str, float, float, float | None, str | None]
"""Key, code, metres east of the first spot, days after the start it occurred, and was closed, and what it repeats."""

PLANTED: tuple[Row, ...] = (
    # A spot where it comes back twice: 3 and 5 days after each closing.
    ("a1", "04-06", 0.0, 0.0, 0.5, None),
    ("a2", "04-06", 8.0, 3.5, 4.0, None),
    ("a3", "04-06", 29.9, 9.0, 9.2, None),
    # Another code at the same spot is no return, nor is one 31 m off.
    ("b1", "02-01", 0.0, 2.0, 2.1, None),
    ("c1", "04-06", -31.0, 5.0, 5.1, None),
    # A spot where it comes back too late for 14 days, but within 60.
    ("d1", "04-06", 500.0, 1.0, 1.5, None),
    ("d2", "04-06", 500.0, 20.0, 20.5, None),
    # One that occurred before the earlier one was closed follows nothing.
    ("e1", "03-04", 900.0, 1.0, 6.0, None),
    ("e2", "03-04", 900.0, 4.0, 6.5, None),
    # A repeat of a report is no return.
    ("f1", "03-04", 1200.0, 1.0, 2.0, None),
    ("f2", "03-04", 1200.0, 3.0, 3.5, "f1"),
    # Never closed: nothing follows it. Closed too near the end of the record: nobody knows yet.
    ("g1", "01-10", 1500.0, 1.0, None, None),
    ("z1", "01-10", 1900.0, 89.0, 90.0, None),
)
LINKS = {("a2", "a1"), ("a3", "a2"), ("d2", "d1")}


def plant(database: Database, tenant: str, rows: list[Row]) -> None:
    """Events delivered in the order given."""
    at = geopandas.GeoSeries.from_xy([118.0], [28.3], crs=STORAGE).to_crs(SRID).iloc[0]
    frame = geopandas.GeoDataFrame(
        {
            "source_key": [row[0] for row in rows], "code": [row[1] for row in rows],
            "code_system": "GB/T 30428.2-2013", "origin": "patrol",
            "occurred_at": [START + row[3] * DAY for row in rows],
            "closed_at": [None if row[4] is None else START + row[4] * DAY for row in rows],
            "duplicate_of": [row[5] for row in rows],
        },
        geometry=geopandas.points_from_xy([at.x + row[2] for row in rows], [at.y] * len(rows)), crs=SRID,
    )  # fmt: skip
    assert not save_frame(database, tenant, "event", frame.to_crs(STORAGE), "planted").rejected
    study_returns(database, tenant, radius_m=RADIUS_M)


def linked(database: Database, tenant: str) -> list[tuple[str, str]]:
    """Keys of each return and the closing it followed."""
    with database.begin(tenant) as session:
        found = session.execute(
            text(
                "SELECT e.source_key, p.source_key FROM return_link l JOIN event e ON e.tenant = :t"
                " AND e.id = l.event_id JOIN event p ON p.tenant = :t AND p.id = l.parent_id WHERE l.tenant = :t"
            ),
            {"t": tenant},
        )
        return sorted((row[0], row[1]) for row in found)


def told(database: Database, tenant: str, days: int, last: dt.date = dt.date(2026, 6, 30)) -> Relapse:
    with database.begin(tenant) as session:
        return count_relapses(session, tenant, dt.date(2026, 3, 1), last, days)


@pytest.fixture(scope="module")
def planted(database: Database) -> str:
    from tests.cases import prepare

    tenant = prepare(database)
    with database.begin(tenant) as session:
        session.execute(text("DELETE FROM event WHERE tenant = :t"), {"t": tenant})
    plant(database, tenant, list(PLANTED))
    return tenant


def test_story_04_each_return_is_linked_once_and_nothing_outside_the_window(database: Database, planted: str) -> None:
    links = linked(database, planted)
    assert set(links) == LINKS and len(links) == len(LINKS)


def test_story_04_the_order_of_delivery_changes_nothing(database: Database, make_county: Callable[..., str]) -> None:
    shuffled = list(PLANTED)
    random.Random(4).shuffle(shuffled)
    tenant = make_county()
    plant(database, tenant, shuffled)
    assert set(linked(database, tenant)) == LINKS


def test_story_04_the_rate_is_told_with_both_its_counts(database: Database, planted: str) -> None:
    # Ten closings count: a1 a2 a3 b1 c1 d1 d2 e1 e2 f1; f2 is a repeat, g1 is open, z1 is not over.
    (whole,) = (one for one in told(database, planted, 14).rates if one.level == "whole")
    assert (whole.closings, whole.followed) == (10, 2) and whole.half_s == 3 * 86_400
    (longer,) = (one for one in told(database, planted, 20).rates if one.level == "whole")
    assert (longer.closings, longer.followed) == (10, 3)
    by_code = {
        one.key: (one.closings, one.followed) for one in told(database, planted, 14).rates if one.level == "code"
    }
    assert by_code == {"04-06": (6, 2), "02-01": (1, 0), "03-04": (3, 0)}
    # Only closings of the period; the return may come after it.
    (march,) = (one for one in told(database, planted, 14, dt.date(2026, 3, 2)).rates if one.level == "whole")
    assert (march.closings, march.followed) == (2, 1)
    with pytest.raises(WindowTooLong):
        told(database, planted, 61)


def test_story_04_the_ranking_of_spots_is_exported(database: Database, planted: str, tmp_path: Path) -> None:
    spots = told(database, planted, 20).spots
    assert [(one.rank, one.code, one.closings, one.returns) for one in spots] == [
        (1, "04-06", 2, 2),
        (2, "04-06", 1, 1),
    ]
    assert spots[0].soonest_s == 3 * 86_400
    with database.begin(planted) as session:
        asked = session, planted, dt.date(2026, 3, 1), dt.date(2026, 6, 30), 20
        assert len(list_returns(*asked)) == sum(one.returns for one in spots)
        for one in spots:
            back = list_returns(*asked, spot=one.event_id)
            assert len(back) == one.returns and back[0]["parent_id"] == one.event_id
            assert min(row["back_at"] - row["closed_at"] for row in back).total_seconds() == one.soonest_s
    again = told(database, planted, 20)
    names = list(again.spots[0].__slots__)
    for file in ("one.csv", "two.csv"):
        write_sheet(tmp_path / file, names, ([getattr(one, name) for name in names] for one in again.spots), "回潮")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    with (tmp_path / "one.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["returns"] for row in csv.DictReader(lines)] == ["2", "1"]


def test_story_04_a_county_that_was_not_studied_says_so(database: Database, county: str) -> None:
    with pytest.raises(NothingStudied):
        told(database, county, 14)
