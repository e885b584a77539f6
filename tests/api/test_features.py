"""Collections and items over HTTP, against what SQL says."""

from __future__ import annotations

from tests.api import county
from tests.api.conftest import Callers, Served


def test_a_key_lists_every_layer_with_its_exact_number_of_rows(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        listed = client.get("/collections").json()["collections"]
    assert {entry["id"]: entry["itemCount"] for entry in listed} == {
        name: len(rows) for name, rows in county.layers(served.tenant).items()
    }
