"""A plan of a 片区 in force raises passes and posts of the shifts it names, for its own days and no longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import shapely
from sqlalchemy import text

from geo.crs import STORAGE, transformer
from geo.db.engine import Database
from geo.patrol.demand.actions import demand_of_shift
from geo.patrol.demand.book.posts import PostDraft, save_post
from geo.patrol.demand.load import Demand
from geo.patrol.treatment.actions import draft_treatment, take_step
from geo.patrol.treatment.content import Content, Frequency, Problem, StreetDuty, Target
from tests.bureaus import EXTENT, MONDAY, found_county
from tests.towns import ORIGIN, SRID

WEEK = dt.timedelta(7)


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    tenant = make_county(EXTENT)
    found_county(database, tenant, zones=4)
    lon, lat = transformer(SRID, STORAGE).transform(ORIGIN[0] + 400, ORIGIN[1])
    post = PostDraft(
        "G02", "菜场岗", ("A04",), "Su 11:30-12:20", shapely.Point(lon, lat), "劝离摊贩", "占道不超过一处", "P01"
    )
    with database.begin(tenant) as session:
        save_post(session, tenant, post)
    return tenant


def asked(database: Database, tenant: str, on: dt.date) -> Demand:
    """The demand of a day shift."""
    with database.begin(tenant) as session:
        return demand_of_shift(session, tenant, on, "day")


def test_a_plan_raises_passes_and_posts_on_its_days_only(database: Database, town: str) -> None:
    with database.begin(town) as session:
        lane = session.execute(
            text("SELECT id FROM road WHERE tenant = :t AND tier = 'lane' ORDER BY id LIMIT 1"), {"t": town}
        ).scalar_one()
        content = Content(
            "老城治理", "守住菜场", "A00", MONDAY, MONDAY + WEEK - dt.timedelta(1), (Problem("占道"),),
            (Target("passes", 900),), ("G02",), (StreetDuty("后巷", (lane,), 3),), (Frequency("day", ("Mo",)),),
        )  # fmt: skip
        number = draft_treatment(session, town, "P01", content, "planner")

    def told(on: dt.date) -> tuple[int, int, list[object]]:
        demand = asked(database, town, on)
        passes = [wish for wish in demand.wishes if wish.kind == "pass" and lane in wish.feature_ids]
        posts = [wish for wish in demand.wishes if wish.kind == "post"]
        return len(passes), len(posts), [one["id"] for one in demand.facts["treatments"]]

    assert told(MONDAY) == (0, 0, []), "a draft asks for nothing"
    with database.begin(town) as session:
        take_step(session, town, number, "approve", "planner")
    during = told(MONDAY)
    assert during == (3, 1, [number])
    assert told(MONDAY + dt.timedelta(1)) == (0, 0, []), "not on a Tuesday"
    assert told(MONDAY + WEEK) == (0, 0, []), "not after its last day"
    for status, wanted in (("running", during), ("ended", (0, 0, [])), ("withdrawn", (0, 0, []))):
        with database.begin(town) as session:  # as the clock would on its days
            session.execute(
                text("UPDATE treatment SET status = :s WHERE tenant = :t AND id = :n"),
                {"s": status, "t": town, "n": number},
            )
        assert told(MONDAY) == wanted, status
