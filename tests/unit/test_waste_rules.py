"""Laws behind trips and weighings: order does not matter, nothing is used twice, a drive-by is no stay."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cases.waste.books import LIMITS, plate
from geo.cases.waste.feeds.mapping import BadCell, BadMapping, build_names, read_ticket
from geo.cases.waste.trips.judge import allowed_by, judge_trip
from geo.cases.waste.trips.split import split_trips, stays
from geo.cases.waste.trips.weigh import Moment, match_tickets
from geo.cases.worksites.books import usual_items
from geo.tables.worksites import SITE_TYPES

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
moments = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("XY"), st.integers(0, 7_200)), max_size=12
)  # fmt: skip


def build(rows: list[tuple[str, str, int]]) -> list[Moment]:
    return [Moment(n, plate, dump, START + dt.timedelta(seconds=late)) for n, (plate, dump, late) in enumerate(rows)]


@given(moments, moments, st.randoms())
def test_weighings_are_matched_one_to_one_whatever_the_order(
    arrivals: list[tuple[str, str, int]], tickets: list[tuple[str, str, int]], shuffler: random.Random
) -> None:
    ours, theirs = build(arrivals), build(tickets)
    found = match_tickets(ours, theirs, 600, 3_600)
    assert len(set(found.values())) == len(found)
    for arrival, ticket in found.items():
        one, other = ours[arrival], theirs[ticket]
        assert (one.plate, one.dump) == (other.plate, other.dump)
        assert -600 <= (other.at - one.at).total_seconds() <= 3_600
    shuffler.shuffle(ours)
    shuffler.shuffle(theirs)
    assert match_tickets(ours, theirs, 600, 3_600) == found
    alone = [one for one in ours if one.id not in found]
    left = [one for one in theirs if one.id not in found.values()]
    assert match_tickets(alone, left, 600, 3_600) == {}


@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.sampled_from(["", "A", "B"]), st.sampled_from(["", "", "X"])), max_size=60
    )
)
def test_trips_follow_one_another_and_begin_where_somebody_stayed(rows: list[tuple[int, str, str]]) -> None:
    at = np.cumsum([step for step, _, _ in rows]).astype(np.int64)
    xy = np.column_stack([np.arange(len(rows)) * 200.0, np.zeros(len(rows))])
    sites, dumps = [row[1] for row in rows], [row[2] for row in rows]
    trips = split_trips(at, xy, sites, dumps, LIMITS)
    stayed = stays(at, sites, LIMITS["load_s"])
    for trip in trips:
        assert trip.first < trip.last and stayed[trip.first] == trip.site
        assert (trip.ending == "dump") == bool(trip.dump)
    for one, other in itertools.pairwise(trips):
        assert one.last <= other.first
    assert [trip.ending for trip in trips if trip.ending == "under_way"] in ([], ["under_way"])


def test_what_is_permitted_is_no_deviation_and_a_stop_at_the_ends_is_none() -> None:
    at = np.arange(0, 2_400, 20, dtype=np.int64)
    x = np.concatenate([np.zeros(40), np.linspace(0, 4_000, 40), np.full(40, 4_000.0)])
    xy = np.column_stack([x, np.zeros(120)])
    grant = {"permit_number": "P", "dump_code": "X", "route_code": "R"}
    off = np.zeros(120)
    allowed = allowed_by([grant])
    assert judge_trip(at, xy, off, "dump", "X", allowed, True, LIMITS) == []
    kinds = [one.kind for one in judge_trip(at, xy, off, "dump", "Y", allowed, False, LIMITS)]
    assert kinds == ["wrong_dump", "out_of_hours"]
    assert [one.kind for one in judge_trip(at, xy, off, "dump", "X", None, True, LIMITS)] == ["no_permit"]
    assert judge_trip(at, xy, None, "dump", "Y", allowed_by([grant, {**grant, "dump_code": ""}]), True, LIMITS) == []


@pytest.mark.parametrize("text", ["", "A12345", "云12345", "云A1", "云A123456789"])
def test_a_plate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        plate(text)


def test_a_mapping_names_only_what_there_is_and_masses_make_sense() -> None:
    with pytest.raises(BadMapping) as caught:
        build_names("fix", [("colour", "颜色")])
    assert "offset" in str(caught.value.facts["known"])
    row = {"number": "1", "plate": "云A12345", "dump": "X", "at": "2026-03-01 08:00", "gross": "10", "tare": "12"}
    with pytest.raises(BadCell, match="tare"):
        read_ticket(row, build_names("ticket", []), START.tzinfo)  # type: ignore[arg-type]


def test_every_type_of_site_has_a_checklist_whose_codes_are_listed() -> None:
    from geo.cases.worksites.counts import CODES

    rows = usual_items()
    assert {row["site_type"] for row in rows} == set(SITE_TYPES)
    assert {row["event_code"] for row in rows} <= set(CODES)
    for kind in ("site", "demolition"):
        assert {"dust", "wet", "wash", "hoarding"} <= {row["code"] for row in rows if row["site_type"] == kind}
