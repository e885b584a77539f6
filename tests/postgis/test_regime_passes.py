"""The planner asks the regime of a street how often it is passed, as soon as the bureau has decided."""

from __future__ import annotations

import datetime as dt

from geo.cases.regimes.actions import save_rows, set_regime
from geo.patrol.load import load_inputs
from tests.postgis.test_patrol_actions import MONDAY, town

__all__ = ["town"]


def asked(session, tenant):
    """Passes by row id of a street, and what the demand tells of regimes."""
    demand = load_inputs(session, tenant, MONDAY, "day").demand
    found: dict[int, int] = {}
    for wish in demand.wishes:
        if wish.kind == "pass":
            for road in wish.feature_ids:
                found[road] = found.get(road, 0) + 1
    return found, demand.facts["regimes"]


def test_a_street_kept_strictly_is_passed_four_times_and_one_let_loose_less(database, town):
    with database.begin(town) as session:
        before, told = asked(session, town)
        assert told == []
        lane = next(road for road in range(min(before), max(before) + 40) if road not in before)
        set_regime(session, town, "strict", MONDAY, road_ids=[lane], actor="bureau")
        after, told = asked(session, town)
        assert (after[lane], told) == (4, [{"passes": 4, "streets": 1}])
        assert {road: after[road] for road in before} == before

        set_regime(session, town, "standard", MONDAY, road_ids=list(before), actor="bureau")
        loose, _ = asked(session, town)
        assert {loose[road] for road in before} == {1} and set(before.values()) == {2}

        rule = {
            "regime": "strict", "valid_from_on": MONDAY, "tolerance_min": 0, "clock_permille": 500,
            "first_step": "persuade", "passes_per_shift": 6,
        }  # fmt: skip
        save_rows(session, town, "regimes", [rule], "bureau")
        assert asked(session, town)[0][lane] == 6
        save_rows(session, town, "regimes", [{**rule, "valid_from_on": MONDAY + dt.timedelta(1)}], "bureau")
        assert asked(session, town)[0][lane] == 6
        session.rollback()
