"""A shift's plan drawn by a sealed seed: sealed first, counted, checked after the shift, secret until then."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text

from geo.patrol.mixture.actions import (
    BadDraw,
    NeverDrawn,
    StillSecret,
    WhyAgain,
    check_draw,
    draw_plan,
    list_draws,
)
from geo.patrol.mixture.queries import find_seal
from geo.patrol.queries import find_plan
from tests.postgis.test_patrol_actions import MONDAY, town

__all__ = ["town"]

EVENING = dt.datetime(2026, 11, 23, 8, 1, tzinfo=dt.UTC)
CHANGES = text("SELECT kind, facts FROM change WHERE tenant = :t ORDER BY id")


def test_a_shift_is_sealed_drawn_counted_and_held_after_it_is_over(database, town):
    with database.begin(town) as session, pytest.raises(NeverDrawn):
        list_draws(session, town, MONDAY, "day")
    with pytest.raises(BadDraw):
        draw_plan(database, town, MONDAY, "day", plans=1)
    first = draw_plan(database, town, MONDAY, "day", plans=4, iterations=10)
    assert sum(first.weights_ppm) == 1_000_000 and first.weights_ppm[first.number] > 0
    expected = sum(w * v for w, v in zip(first.weights_ppm, first.worths, strict=True))
    assert expected >= 0.9499 * 1_000_000 * max(first.worths)
    with pytest.raises(WhyAgain):
        draw_plan(database, town, MONDAY, "day", plans=2, iterations=10, why=" ")
    second = draw_plan(database, town, MONDAY, "day", plans=2, iterations=10, why="人员有变")
    with database.begin(town) as session:
        newest = find_plan(session, MONDAY, "day")
        logged = [(kind, facts) for kind, facts in session.execute(CHANGES, {"t": town})]
        seal, draws = list_draws(session, town, MONDAY, "day")
        secret = find_seal(session, town, MONDAY, "day").seed
        with pytest.raises(StillSecret):
            check_draw(session, town, MONDAY, "day", now=EVENING - dt.timedelta(minutes=2))
        found = check_draw(session, town, MONDAY, "day", now=EVENING)
    assert (newest.id, newest.status, second.attempt) == (second.plan.id, "draft", 2)
    kinds = [kind for kind, _ in logged]
    assert kinds.count("shift.sealed") == 1 and kinds.count("plan.drawn") == 2
    assert kinds.index("shift.sealed") < kinds.index("plan.saved")
    assert dict(logged)["shift.sealed"]["seal"] == seal == first.seal
    said = json.dumps([facts for _, facts in logged]) + json.dumps(draws, default=str) + json.dumps(newest.summary)
    assert secret.hex() not in said
    assert found.seed == secret.hex() and found.fair
    assert [one["attempt"] for one in found.draws] == [1, 2]
    assert [one["why"] for one in found.draws] == ["", "人员有变"]


def test_a_draw_that_was_meddled_with_does_not_hold(database, town):
    first = draw_plan(database, town, MONDAY, "day", plans=2, iterations=5)
    with database.begin(town) as session:
        session.execute(
            text("UPDATE shift_seal SET seed = decode(repeat('00', 32), 'hex') WHERE tenant = :t"), {"t": town}
        )
        found = check_draw(session, town, MONDAY, "day", now=EVENING)
    assert found.seal == first.seal and not found.sealed and not found.fair
