"""Ways of patrolling side by side on a county in the database, with drawn and with planted truths."""

from __future__ import annotations

import json
from collections.abc import Callable

import geopandas
import numpy as np
import pytest
import shapely

from geo.crs import STORAGE
from geo.db.engine import Database
from geo.hotspots.districting.actions import cut_county
from geo.layers.actions import save_frame
from geo.patrol.simulate.actions import NothingReturns, UnknownPolicy, check_policies, simulate_shift
from tests.postgis.test_patrol_actions import EXTENT, MONDAY, roster
from tests.towns import SRID, grid, spot


def lay_out(database: Database, tenant: str, zones: int) -> None:
    """Streets, two 片区, people on duty, and some markets that are open all day."""
    roads = grid(6, 5, tier=["main"] * 5 + ["lane"] * 44, name=["人民路"] * 5 + [None] * 44)
    roads["source_key"] = roads.index.astype(str)
    save_frame(database, tenant, "road", roads.drop(columns=["owner_district", "speed_kmh"]), "test")
    cut_county(database, tenant, n=2)
    spots = [spot(100 + 200 * i, 100 + 150 * i).buffer(15) for i in range(zones)]
    if spots:
        frame = geopandas.GeoDataFrame(
            {"name": [f"菜场{i}" for i in range(zones)], "kind": "market", "source_key": list("abcdef")[:zones]},
            geometry=[shapely.MultiPolygon([one]) for one in spots],
            crs=SRID,
        )
        save_frame(database, tenant, "hotspot_zone", frame.to_crs(STORAGE), "test")
    roster(database, tenant)


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    tenant = make_county(EXTENT)
    lay_out(database, tenant, 4)
    return tenant


def test_a_shift_is_simulated_with_every_figure_and_the_same_again(database: Database, town: str) -> None:
    names = check_policies("static_rota,myopic_greedy,ours")
    told: list[tuple[str, int, int]] = []

    def run() -> dict[str, object]:
        return simulate_shift(
            database, town, MONDAY, "day", policies=names, days=3, seed=4, seeds=2, iterations=20,
            progress=lambda *step: told.append(step),
        )  # fmt: skip

    found = run()
    assert json.dumps(run()) == json.dumps(found)
    assert list(found) == [*names, "about"]
    wanted = "suppressed suppressed_learning posts_on_time coverage worst_gap_min km balance_cv entropy_bits".split()
    for name in names:
        assert set(wanted) <= set(found[name])  # type: ignore[call-overload]
        assert 0 < found[name]["suppressed"] < 1  # type: ignore[index]
    assert told[: 3 * len(names)] == [(name, done, 2) for name in names for done in (0, 1, 2)]
    about = found["about"]
    assert about["truth"] == "drawn"  # type: ignore[index]
    assert set(about["ratios"]) == {"ours/static_rota suppressed", "ours/myopic_greedy suppressed"}  # type: ignore[index]


def test_a_planted_truth_takes_the_place_of_what_the_planner_believes(database: Database, town: str) -> None:
    asked: list[str] = []

    def planted(keys: list[str], span: object) -> tuple[np.ndarray, np.ndarray]:
        asked.extend(keys)
        return np.full((len(keys), 480), 2.0), np.full(len(keys), 86_400.0)

    found = simulate_shift(
        database, town, MONDAY, "day", policies=["myopic_greedy"], days=6, planted=planted, error=0.0
    )
    believed = simulate_shift(database, town, MONDAY, "day", policies=["myopic_greedy"], days=6, error=0.0)
    assert sorted(asked) == list("abcd")
    assert found["about"]["truth"] == "planted"
    assert found["myopic_greedy"]["suppressed"] > believed["myopic_greedy"]["suppressed"]  # hardly anybody returns


def test_without_zones_there_is_nothing_to_simulate(database: Database, make_county: Callable[..., str]) -> None:
    tenant = make_county(EXTENT)
    lay_out(database, tenant, 0)
    with pytest.raises(NothingReturns):
        simulate_shift(database, tenant, MONDAY, "day", policies=["ours"], days=1)


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownPolicy) as refused:
        check_policies("ours,theirs")
    assert refused.value.facts["name"] == "theirs"
    assert "practised_rota" in str(refused.value.facts["known"])
