"""Places of trade over HTTP: what an officer with a cleared vendor asks on the pavement."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from geo.uids import uuid7

SPOT = {"lon": 118.01, "lat": 28.3, "at": "2026-06-10T10:00:00+08:00"}


@pytest.fixture(scope="module")
def places(signed_in: dict[str, httpx.Client]) -> list[dict[str, Any]]:
    """What is open within 3 km of the middle of the county of tests."""
    answer = signed_in["auxiliary"].get("/markets/near", params={**SPOT, "radius_m": 3000, "most": 10})
    assert answer.status_code == 200, answer.text
    return answer.json()["places"]  # type: ignore[no-any-return]


def test_a_place_that_is_open_is_legal_at_its_own_spot(
    signed_in: dict[str, httpx.Client], places: list[dict[str, Any]]
) -> None:
    assert places
    for one in places:
        asked = {**SPOT, "lon": one["lon"], "lat": one["lat"]}
        told = signed_in["officer"].get("/markets/judge", params=asked).json()
        assert told["verdict"] == "open"
        assert one["straight_m"] <= (one["walk_m"] or 1e9) + 1


def test_too_many_stalls_are_told_and_a_place_of_another_area_is_not_there(
    signed_in: dict[str, httpx.Client], places: list[dict[str, Any]]
) -> None:
    market = places[0]["market"]
    body = {"uid": str(uuid7()), "stalls": (market["slots"] or 0) + 3, "counted_at": SPOT["at"]}
    wanted = {"over": 3 if market["slots"] is not None else 0}
    for _ in range(2):
        answer = signed_in["desk"].post(f"/markets/{market['id']}/counts", json=body)
        assert (answer.status_code, answer.json()) == (200, wanted)
    assert places[0]["lon"] > 118.0  # in 片区 E, where the squad of W has nothing to count
    again = {**body, "uid": str(uuid7())}
    assert signed_in["auxiliary"].post(f"/markets/{market['id']}/counts", json=again).status_code == 404
    assert signed_in["planner"].post(f"/markets/{market['id']}/counts", json=again).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"lon": 28.3, "lat": 118.0}, 422, "28.3"),
        ({"lon": 28.3, "lat": 80.0}, 200, "outside"),
        ({"lon": 728.3}, 400, "728.3"),
        ({"at": "2026-06-10T10:00:00"}, 400, "at"),
        ({"radius_m": -1}, 400, "radius_m"),
    ],
)
def test_a_bad_question_is_answered_with_what_is_wrong(
    signed_in: dict[str, httpx.Client], changed: dict[str, Any], status: int, said: str
) -> None:
    path = "/markets/near" if "radius_m" in changed else "/markets/judge"
    answer = signed_in["desk"].get(path, params={**SPOT, **changed})
    assert answer.status_code == status and said in answer.text
