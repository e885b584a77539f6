"""What was planted in the sample's three days of haulage is found, and spills lead back to their sites."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets

import pytest

from data.county.haulage import DAYS, PLANTED, save_haulage
from geo.cases.waste.deviations.actions import list_deviations
from geo.cases.waste.feeds.actions import list_receipts
from geo.cases.waste.spills.actions import trace_spill
from geo.cases.waste.trips.actions import list_trips, reconcile
from geo.cases.worksites.filings import list_filings
from geo.db.counties import CountyExists, create_county
from geo.db.engine import Database
from geo.layers.actions import save_frame
from tests.sample import TODAY, sample_county

SPAN = (TODAY - dt.timedelta(DAYS), TODAY - dt.timedelta(1))
NEAR = dt.timedelta(minutes=2)


@pytest.fixture(scope="module")
def loaded(database: Database) -> str:
    """The layers that haulage stands on, and its lists and feeds."""
    whole = sample_county()
    while True:
        tenant = f"6{secrets.randbelow(100_000):05d}"
        with contextlib.suppress(CountyExists):
            create_county(database, tenant, "示例县", whole.extent)
            break
    for name in ("road", "permit", "worksite", "site_gate", "waste_site", "haul_route"):
        save_frame(database, tenant, name, whole.layers[name], "sample")
    save_haulage(database, tenant, whole.haulage, TODAY, "sample")
    return tenant


def test_every_planted_deviation_is_found_and_trips_that_kept_to_their_ways_are_left_alone(
    database: Database, loaded: str
) -> None:
    truth = sample_county().haulage.trips
    with database.begin(loaded) as session:
        trips = list_trips(session, loaded, *SPAN)
        rows = list_deviations(session, loaded, *SPAN)
        told = reconcile(session, loaded, *SPAN)
        receipts = list_receipts(session, loaded)
    assert len(trips) >= len(truth)
    found = {
        (row["plate"], row["kind"], planted.left_at)
        for row in rows
        for planted in truth.itertuples()
        if row["plate"] == planted.plate and abs(row["left_at"] - planted.left_at) < NEAR
    }
    for planted in truth[truth["planted"] != ""].itertuples():
        assert (planted.plate, planted.planted, planted.left_at) in found, planted
    clean = truth[truth["planted"] == ""]
    assert not {(plate, at) for plate, _, at in found} & set(zip(clean["plate"], clean["left_at"], strict=True))
    assert [one["plate"] for one in told["tickets_alone"]] == ["示B90001"] * DAYS
    alone = truth[truth["planted"].isin(["no_ticket"])]
    assert {one["plate"] for one in told["trips_alone"]} >= set(alone["plate"])
    assert all(one["refused"] == 0 for one in receipts)
    assert len(truth[truth["planted"] != ""]) == DAYS * (len(PLANTED) + 1)


def test_spills_lead_back_to_their_site(database: Database, loaded: str) -> None:
    spills = sample_county().haulage.spills
    first = third = 0
    with database.begin(loaded) as session:
        for spill in spills.itertuples():
            found = trace_spill(session, loaded, spill.lon, spill.lat, spill.at.to_pydatetime())
            sites = [one.site for one in found.candidates]
            first += sites[:1] == [spill.site]
            third += spill.site in sites[:3]
            assert all(one.reasons for one in found.candidates)
    # Ways to one dump run together at their end: who passed last need not be who spilled, so several leads are named.
    assert third == len(spills) and first >= len(spills) // 2, (first, third, len(spills))


def test_the_site_that_has_filed_nothing_is_listed(database: Database, loaded: str) -> None:
    with database.begin(loaded) as session:
        rows = list_filings(session, loaded, TODAY)
    assert [row["code"] for row in rows if row["standing"] == "unfiled"] == ["Q901"]
    assert {row["standing"] for row in rows} >= {"unfiled", "expired", "filed"}
