"""Counts of events: equal to the plain count after any history, in every time zone's days, for every 片区."""

from __future__ import annotations

import datetime as dt
import random
from unittest.mock import ANY

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.statistics.events.actions import Standing, count_events, count_plainly, follow, recount
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.features.locate import district_at
from tests.cases import clerk_of, prepare

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 12, 31)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


def agree(session: Session, tenant: str, first: dt.date = FIRST, last: dt.date = LAST) -> None:
    for by in ((), ("district",), ("code",), ("district", "code", "origin", "standing")):
        for area in (None, ["W"], ["E"]):
            told = count_events(session, tenant, first, last, by=by, area=area, standing=None)
            assert told == count_plainly(session, tenant, first, last, by=by, area=area, standing=None)


def test_counts_equal_the_plain_count_after_any_history(database: Database, town: str) -> None:
    draw = random.Random(7)
    with clerk_of(database, town) as clerk:
        recount(clerk.session, town)
        for turn in range(40):
            which = draw.random()
            open_ones = [uid for uid in clerk.opened if clerk.row(uid)["state"] == "reported"]
            if which < 0.55 or len(open_ones) < 2:
                clerk.open(
                    draw.choice(("04-06", "03-04", "02-01")),
                    117.985 + 0.03 * draw.random(),
                    28.285 + 0.03 * draw.random(),
                    quantity=draw.choice((1, 2.5, 7)),
                    unit=draw.choice(("处", "次")),
                )
            elif which < 0.7:
                clerk.step(open_ones[0], "void", note="误报")
            elif which < 0.85:
                clerk.step(open_ones[1], "merge", into=open_ones[0], note="同一处")
            else:
                clerk.close(open_ones[0])
            if turn % 7 == 6:
                assert follow(clerk.session, town).waiting == 0
                agree(clerk.session, town)
        follow(clerk.session, town)
        agree(clerk.session, town)
        told = count_events(clerk.session, town, FIRST, LAST, by=("district", "code"), standing=None)
        assert sum(one.rows for one in told) >= 22
        recount(clerk.session, town)
        assert count_events(clerk.session, town, FIRST, LAST, by=("district", "code"), standing=None) == told


def test_a_changed_border_moves_events_and_the_street_decides_on_it(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        clerk.open(lon=118.0 - 0.00005, lat=28.29)  # 5 m west of the border street, which E owns
        clerk.open(lon=118.0 - 0.0004, lat=28.29)  # 39 m west of it
        assert follow(clerk.session, town).waiting == 0
        by_district = {one.key[0]: one.rows for one in count_events(clerk.session, town, FIRST, LAST, by=["district"])}
        assert by_district == {"E": 1, "W": 1}
        for event in clerk.session.execute(
            text("SELECT p.district_code, ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat FROM event_place p"
                 " JOIN event e ON e.tenant = :t AND e.id = p.event_id WHERE p.tenant = :t"), {"t": town}
        ):  # fmt: skip
            county = get_county(clerk.session, town)
            assert event.district_code == district_at(clerk.session, county, event.lon, event.lat)
        clerk.session.execute(text("UPDATE road SET owner_district = 'W' WHERE tenant = :t"), {"t": town})
        write_change(clerk.session, town, "layer.imported", layer="road")
        assert follow(clerk.session, town, most=1) == Standing(ANY, None)
        assert follow(clerk.session, town).waiting == 0
        (west,) = count_events(clerk.session, town, FIRST, LAST, by=["district"])
        assert west.key == ("W",) and west.rows == 2


def test_days_are_the_countys_own_and_what_lies_outside_it_does_not_count(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        midnight = dt.datetime(2026, 9, 30, 16, tzinfo=dt.UTC)
        second, day = dt.timedelta(seconds=1), dt.timedelta(days=1)
        for clerk.at, lon in ((midnight - second, 117.99), (midnight, 117.99), (midnight + 2 * day, 118.1)):
            clerk.open(lon=lon, lat=28.29)
        follow(clerk.session, town)
        september = count_events(clerk.session, town, dt.date(2026, 9, 1), dt.date(2026, 9, 30))
        october = count_events(clerk.session, town, dt.date(2026, 10, 1), dt.date(2026, 10, 31))
        assert [one.rows for one in (*september, *october)] == [1, 1]
        told = count_events(clerk.session, town, FIRST, LAST, by=["standing"], standing=None)
        assert {one.key[0]: one.rows for one in told} == {"counted": 2, "outside": 1}


def test_many_changes_wait_for_the_clock_and_say_so(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        recount(clerk.session, town)
        for _ in range(3):
            clerk.open()
        assert follow(clerk.session, town, most=2).waiting == 3
        assert count_events(clerk.session, town, FIRST, LAST) == []
        assert follow(clerk.session, town, most=3).waiting == 0
        assert count_events(clerk.session, town, FIRST, LAST)[0].rows == 3
        # Counts made another way, before an upgrade, are made anew.
        clerk.session.execute(text("UPDATE count_mark SET way = 0 WHERE tenant = :t"), {"t": town})
        assert follow(clerk.session, town, most=2) == Standing(None, None)
        assert follow(clerk.session, town).waiting == 0
        assert count_events(clerk.session, town, FIRST, LAST)[0].rows == 3


def test_an_event_that_came_and_went_before_anybody_counted_changes_nothing(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        recount(clerk.session, town)
        write_change(clerk.session, town, "event.recorded", layer="event", feature_ids=[1 << 40])
        assert follow(clerk.session, town).waiting == 0
        assert count_events(clerk.session, town, FIRST, LAST) == []
