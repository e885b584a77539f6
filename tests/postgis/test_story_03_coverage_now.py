"""Story 3: the leader sees coverage now: cells by shift from tracks, as worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from geo.db.engine import Database
from geo.patrol.tracks.points import Given
from geo.patrol.tracks.scoring.actions import find_scored, score_shift_of, uncovered
from geo.patrol.tracks.scoring.queries import list_items
from geo.patrol.tracks.take import Batch, take_batch
from geo.uids import uuid7
from tests.bureaus import EXTENT
from tests.towns import ORIGIN
from tests.tracked import ON, at, lay_out, stand, walk

NOW = at(240)
"""12:00 of a day shift that began at 08:00."""

OF = {(1, 1): 500, (2, 1): 350, (1, 2): 350, (2, 2): 200}
"""Metres of street, told in steps of 5 m, in the cells of 250 m on whose edge no street runs (0, 200, 400, 600 m)."""


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    """Blocks of 200 m, four crossings by four, three of the 24 blocks main; a plan of two teams."""
    tenant = make_county(EXTENT)
    lay_out(database, tenant)
    return tenant


def take(database: Database, tenant: str, staff: str, points: Iterable[dict[str, Any]]) -> None:
    given = [Given(row, one["at"], one["lon"], one["lat"], one.get("accuracy")) for row, one in enumerate(points, 1)]
    with database.begin(tenant) as session:
        take_batch(session, tenant, Batch(uuid7(), "phone", ("staff", staff), given), now=at(480))


def cells(database: Database, tenant: str) -> dict[tuple[int, int], tuple[bool, int]]:
    """Of the cells of :data:`OF`, by column and row from the town's origin: whether seen, and metres gone along."""
    score_shift_of(database, tenant, ON, "day", until_at=NOW)
    with database.begin(tenant) as session:
        items = [one for one in list_items(session, find_scored(session, ON, "day").id) if one.kind == "cell"]
    first = ORIGIN[0] // 250, ORIGIN[1] // 250
    found = {}
    for one in items:
        column, row = (int(part) for part in one.key.split(":"))
        place, metres = (column - int(first[0]), row - int(first[1])), one.figures["street_m"]
        if place in OF:
            assert metres["of"] == pytest.approx(OF[place], abs=5)
            found[place] = bool(one.done), metres["n"]
    return found


def near(found: dict[tuple[int, int], tuple[bool, int]], hoped: dict[tuple[int, int], tuple[bool, int]]) -> bool:
    """Whether the cells are as worked out; a way begins and ends a little short, by 25 m if positions are vague."""
    return found.keys() == hoped.keys() and all(
        found[cell][0] == seen and metres - 25 <= found[cell][1] <= metres + 5 for cell, (seen, metres) in hoped.items()
    )


def test_story_03_cells_seen_in_the_shift_are_those_worked_out_by_hand(database: Database, town: str) -> None:
    nothing = (False, 0)
    assert cells(database, town) == dict.fromkeys(OF, nothing)

    # Two people go up the same street, which counts once; one of them turns right for 140 m, 40 of them in (2, 1).
    take(database, town, "S3", walk(10, [(400, 200), (400, 600)]))
    take(database, town, "S1", walk(30, [(400, 200), (400, 400), (540, 400)]))
    hoped = {(1, 1): (True, 250 + 100), (1, 2): (True, 100), (2, 1): (False, 40), (2, 2): nothing}
    assert near(cells(database, town), hoped)

    # Seen at 600, 250 and ten minutes later at 600, 600: nobody knows what was in between.
    take(database, town, "S3", [*stand(60, 1, (600, 250)), *stand(71, 1, (600, 600))])
    assert near(cells(database, town), hoped)

    # Positions that may be 51 m off tell nothing; at 50 m they count.
    vague = walk(90, [(400, 600), (600, 600)])
    take(database, town, "S2", [{**one, "accuracy": 51} for one in vague])
    assert near(cells(database, town), hoped)
    take(database, town, "S1", [{**one, "accuracy": 50} for one in walk(100, [(400, 600), (600, 600)])])
    hoped |= {(1, 2): (True, 200), (2, 2): (True, 100)}
    assert near(cells(database, town), hoped)

    # Five minutes of silence, not more, are bridged along the street.
    take(database, town, "S3", [*stand(120, 1, (600, 250)), *stand(126, 1, (600, 500))])
    hoped |= {(2, 1): (True, 250 + 40)}
    assert near(cells(database, town), hoped)

    with database.begin(town) as session:
        figures = find_scored(session, ON, "day").figures
        streets = uncovered(session, town, ON, "day", at=NOW)
    assert figures["inaccurate"] == len(vague)
    # Gone along for four fifths at least: two blocks of the first street, one of the last; three quarters of a fourth.
    assert len(streets) == 24 - 3 and figures["streets"] == {"n": 3, "of": 24}
    assert [one.tier for one in streets] == ["main"] * 3 + ["lane"] * 18
    assert [one.length_m for one in streets] == [200] * 21
