"""Story 5: what a held post did, during and after, and whether it only moved next door; worked out by hand."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import insert

from geo.db.engine import Database
from geo.hotspots.displacement.actions import assess_operations
from geo.hotspots.displacement.queries import list_tests
from geo.patrol.tracks.effects import hand_over_posts
from geo.patrol.tracks.points import Given
from geo.patrol.tracks.scoring.actions import score_shift_of
from geo.patrol.tracks.take import Batch, take_batch
from geo.tables.base import Base
from geo.uids import uuid7
from tests.bureaus import EXTENT
from tests.tracked import ON, at, degrees, lay_out, stand

GATE, RING, FAR = (400.0, 0.0), (600.0, 0.0), (2_500.0, 2_500.0)
"""The post, within 50 m of it; 150 m beyond that; and more than a kilometre off, which gives the county's pace."""

WEEK, HOUR = dt.timedelta(weeks=1), dt.timedelta(hours=1)


def happen(spot: tuple[float, float], begin: dt.datetime, count: int, number: Iterator[int]) -> list[dict[str, Any]]:
    """Events in the hour after ``begin``, no two at one spot."""
    rows = []
    for n in range(count):
        one = next(number)
        lon, lat = degrees(spot[0] + one % 7 * 2.5, spot[1] + one % 11 * 1.5)
        rows.append(
            {
                "uid": uuid7(), "code": "0201", "source": "test", "source_key": f"e{one}", "origin": "patrol",
                "occurred_at": begin + HOUR * (n + 0.5) / count, "geom": f"SRID=4490;POINT({lon} {lat})",
            }
        )  # fmt: skip
    return rows


def record(database: Database, tenant: str, *, before: int, held: int, beside: int, later: int) -> None:
    """Thirteen weeks in which the hour from 09:00 on Mondays has ``before`` events at the gate and 12 in the ring.

    While the post is held there are ``held`` at the gate and ``beside`` in the ring, and ``later`` on the two Mondays
    after. Other hours and Tuesdays are five times as busy at the gate, which is nothing to the post's hour.
    """
    number, rows = itertools.count(), []
    for week in range(-10, 4):
        monday = at(60) + week * WEEK
        gate = held if week == 0 else later if week > 0 else before
        rows += happen(GATE, monday, gate, number)
        rows += happen(RING, monday, beside if week == 0 else 12 if before > 1 else 0, number)
        rows += happen(FAR, monday, 40, number)
        if week <= 0:
            rows += happen(GATE, monday + 3 * HOUR, 5 * before, number)
            rows += happen(GATE, monday + dt.timedelta(days=1), 5 * before, number)
    known = Base.metadata.tables["event"]
    with database.begin(tenant) as session:
        session.execute(insert(known), [{"tenant": tenant, **row} for row in rows])


def told(database: Database, tenant: str, minutes: int = 60) -> dict[tuple[str, str], dict[str, Any]]:
    """What is found of the post that S1 held for so many minutes, by place and phase."""
    points = [Given(n, p["at"], p["lon"], p["lat"], None) for n, p in enumerate(stand(60, minutes, GATE), 1)]
    with database.begin(tenant) as session:
        take_batch(session, tenant, Batch(uuid7(), "phone", ("staff", "S1"), points), now=at(480))
    score_shift_of(database, tenant, ON, "day", until_at=at(480))
    for key in hand_over_posts(database, tenant, ON, ON):
        assert assess_operations(database, tenant, key=key) == 1
    with database.begin(tenant) as session:
        return {(row["place"], row["phase"]): row for row in list_tests(session)}


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    """A town whose plan has a post from 09:00 to 10:00 on a Monday."""
    tenant = make_county(EXTENT)
    lay_out(database, tenant)
    return tenant


def test_story_05_a_post_is_compared_with_the_same_hour_of_mondays_before_and_its_ring_is_tested(
    database: Database, town: str
) -> None:
    record(database, town, before=20, held=4, beside=36, later=20)
    found = told(database, town)
    gate, ring = found["target", "during"], found["ring", "during"]
    # Eight Mondays before with 20 each, at an unchanged pace: 20 expected, 4 found. The ring: 12 expected, 36 found.
    assert (gate["found"], gate["expected"], gate["ratio"], gate["verdict"]) == (4, 20.0, 0.2, "less")
    assert (gate["facts"]["windows"], gate["facts"]["before"]) == (8, 160)
    assert (ring["found"], ring["expected"], ring["ratio"], ring["verdict"]) == (36, 12.0, 3.0, "more")
    assert gate["lower"] < 0.2 < gate["upper"] < 1 < ring["lower"] < 3 < ring["upper"]
    # The fortnight after has its two Mondays as they were; the lone hour left no trace that could fade.
    after = found["target", "after"]
    assert after["from_on"] == ON and after["to_on"] == ON + dt.timedelta(days=14)
    assert after["found"] == 2 * 20 + 5 * 20 + 5 * 20


def test_story_05_small_counts_are_insufficient_and_a_post_nobody_held_is_not_judged(
    database: Database, town: str, make_county: Callable[..., str]
) -> None:
    record(database, town, before=1, held=0, beside=0, later=0)
    found = told(database, town)
    for place in ("target", "ring"):
        one = found[place, "during"]
        assert (one["verdict"], one["ratio"], one["lower"]) == ("insufficient", None, None)
    other = make_county(EXTENT)
    lay_out(database, other)
    record(database, other, before=20, held=4, beside=36, later=20)
    assert told(database, other, minutes=29) == {}
