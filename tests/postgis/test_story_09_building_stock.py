"""Story 9: 违建 one-map.

The stock equation is exact for any range of days, illegal steps are refused, area in metres is within 0.1 % of the
3° projection, overlapping footprints are flagged.
"""

from __future__ import annotations

import datetime as dt
import random

import geopandas
import pytest
import shapely
from pyproj import Geod

from geo.cases.buildings.actions import Draft, enter_building, take_building_step
from geo.cases.buildings.books import get_building, list_overlaps, load_statement
from geo.cases.buildings.states import BUILDING
from geo.cases.buildings.stock import UNITS, Amounts
from geo.cases.workflow import StepNotOpen
from geo.db.engine import Database
from geo.uids import uuid7

SRID = 4548
WAYS = ("pull_down", "confiscate", "regularise")


def outline(n: int, rng: random.Random) -> shapely.Polygon:
    """A made-up footprint of its own size and turn, 40 m from the next."""
    width, depth = rng.uniform(2, 30), rng.uniform(2, 30)
    box = shapely.box(0, 0, width, depth)
    turned = shapely.affinity.rotate(box, rng.uniform(0, 90))
    return shapely.affinity.translate(turned, 598_000 + 45 * (n % 10), 3_132_000 + 45 * (n // 10))


def test_story_09_stock_of_illegal_buildings(database: Database, county: str) -> None:
    rng = random.Random(9)
    first = dt.date(2025, 1, 1)
    shapes = geopandas.GeoSeries([outline(n, rng) for n in range(30)], crs=SRID).to_crs(4490)
    numbers = []
    with database.begin(county) as session:
        for n, shape in enumerate(shapes):
            on = first + dt.timedelta(days=rng.randrange(300))
            at = dt.datetime.combine(on, dt.time(3), dt.UTC)
            draft = Draft(uuid7(), bytes(shape.wkb), on, households=n % 3)
            number, _ = enter_building(session, county, draft, actor="li")
            numbers.append(number)
            ways = [["verify", "stop", "pull_down", "write_off"], ["dismiss"], ["verify", "register"]]
            ways += [["verify", enter, *out] for enter in ("register", "register_new") for out in (
                ["pull_down"], ["pull_down", "write_off"], ["confiscate"], ["regularise"])]  # fmt: skip
            for step in ways[n % len(ways)]:
                at += dt.timedelta(days=rng.randrange(40))
                take_building_step(session, county, number, step, at=at, actor="li", note="依据")

        # The equation, unit by unit, for any range: both sides from dated history, every term from its lines.
        for _ in range(60):
            begin = first + dt.timedelta(days=rng.randrange(500))
            told = load_statement(session, county, begin, begin + dt.timedelta(days=rng.randrange(120)))
            assert told.difference == Amounts()
            for unit in UNITS:
                terms = sum(getattr(line.amounts, unit) for line in told.postings)
                assert getattr(told.opening, unit) + terms == getattr(told.closing, unit)
            assert {line.building_id for line in told.postings} <= set(numbers)
        whole = load_statement(session, county, first, dt.date(2026, 11, 20))
        stopped = [number for number in numbers if get_building(session, county, number)["entered_as"] == "stopped"]
        assert stopped and not {line.building_id for line in whole.postings} & set(stopped)

        # Every step the table does not have is refused.
        for number in numbers:
            state = get_building(session, county, number)["status"]
            for step in set(BUILDING.steps) - set(BUILDING.open_steps(state)):
                with pytest.raises(StepNotOpen) as caught:
                    take_building_step(session, county, number, step, at=dt.datetime.now(dt.UTC), actor="li", note="x")
                assert caught.value.facts["open"] == (", ".join(BUILDING.open_steps(state)) or "-")

        # Ground in metres, by the county's 3° zone and by the ellipsoid itself.
        geod = Geod(ellps="GRS80")
        for number, shape in zip(numbers, shapes, strict=True):
            counted = get_building(session, county, number)["area_dm2"] / 100
            projected = geopandas.GeoSeries([shape], crs=4490).to_crs(SRID).area[0]
            assert counted == pytest.approx(projected, rel=1e-3)
            assert counted == pytest.approx(abs(geod.geometry_area_perimeter(shape)[0]), rel=1e-3)

        # Two footprints on the same ground are flagged, those that only touch or are gone are not.
        assert list_overlaps(session, county) == []
        standing = next(n for n in numbers if get_building(session, county, n)["status"] == "existing")
        where = numbers.index(standing)
        moved = geopandas.GeoSeries([shapes[where]], crs=4490).to_crs(SRID).translate(1.0, 1.0).to_crs(4490)
        twin, overlaps = enter_building(
            session, county, Draft(uuid7(), bytes(moved.iloc[0].wkb), first), actor="li"
        )  # fmt: skip
        assert [pair[:2] for pair in overlaps] == [(standing, twin)] == [p[:2] for p in list_overlaps(session, county)]
