"""五定: a post lacking one of the five is refused naming it; the others are promises pinned to people on duty."""

from __future__ import annotations

import datetime as dt
import json

import geopandas
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.calendars import OpeningUnreadable
from geo.patrol.demand.book.posts import PostDraft, read_posts
from geo.patrol.demand.posts import (
    FIVE,
    ON_TIME_S,
    SETTLE_S,
    PostIncomplete,
    ShiftOfDay,
    check_five,
    choose_people,
    manned,
    post_wishes,
    shift_for,
)
from geo.patrol.demand.span import ShiftSpan
from tests.towns import ON, SPAN, SRID, spot

WHOLE = {
    "people": ["A01"],
    "opening": "Mo-Fr 07:00-08:10",
    "place": (118.0, 28.3),
    "duty": "劝离",
    "effect": "不超过一处",
}
DAY = [ShiftOfDay("day", SPAN.from_s, SPAN.to_s, (1, 2, 3))]


def posts(*rows):
    """A post frame from (opening, people needed); index from 1."""
    columns = {
        "name": [f"岗{i}" for i in range(len(rows))],
        "opening": [row[0] for row in rows],
        "people_needed": [row[1] for row in rows],
        "valid_from_on": pandas.Series([None] * len(rows), dtype=object).tolist(),
        "valid_to_on": None,
        "district_code": "P01",
    }
    return geopandas.GeoDataFrame(
        columns, geometry=[spot(i, 0) for i in range(len(rows))], crs=SRID, index=range(1, len(rows) + 1)
    )


@pytest.mark.parametrize("lacking", FIVE)
@pytest.mark.parametrize("nothing", [None, "", "  ", []])
def test_a_post_lacking_one_of_the_five_is_refused_naming_it(lacking, nothing):
    with pytest.raises(PostIncomplete) as refused:
        check_five("G01", **{**WHOLE, lacking: nothing})
    assert refused.value.facts["missing"] == lacking


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(PostIncomplete) as refused:
        check_five("G01", people=["A01"])
    assert refused.value.facts["missing"] == "opening, place, duty, effect"


def test_a_whole_post_passes_and_hours_nobody_can_read_do_not():
    check_five("G01", **WHOLE)
    with pytest.raises(OpeningUnreadable):
        check_five("G01", **{**WHOLE, "opening": "放学时"})


def test_a_post_is_a_promise_at_its_time_for_its_people():
    (wish,) = post_wishes(posts(("Mo-Fr 11:30-12:20; PH off", 1)), {1: [7, 2, 3]}, [1, 2, 3], SPAN, "day", DAY).wishes
    assert (wish.kind, wish.duty, wish.required, wish.person_ids) == ("post", "post", True, (2,))
    assert wish.windows == ((12600, 12600 + 3000 + ON_TIME_S),)
    assert wish.service_s == 3000
    assert wish.key == "post:1:1130"


def test_a_post_does_not_stand_on_days_it_does_not_name_or_out_of_its_dates():
    frame = posts(("Sa-Su 11:30-12:20", 1), ("11:30-12:20", 1), ("11:30-12:20", 1))
    frame["valid_from_on"] = pandas.Series([None, ON + dt.timedelta(1), None], index=frame.index, dtype=object)
    frame["valid_to_on"] = pandas.Series([None, None, ON], index=frame.index, dtype=object)
    assert post_wishes(frame, {1: [1], 2: [1], 3: [1]}, [1], SPAN, "day", DAY).wishes == ()


def test_a_post_without_enough_people_is_pinned_to_all_it_names():
    (wish,) = post_wishes(posts(("11:30-12:20", 2)), {1: [1, 8]}, [1], SPAN, "day", DAY).wishes
    assert wish.person_ids == (1, 8)


def test_a_post_in_two_shifts_is_asked_of_the_one_that_has_its_people():
    day = [*DAY, ShiftOfDay("midday", int(11.5 * 3600), int(14.5 * 3600), (9,))]
    frame = posts(("12:00-13:00", 1))
    assert post_wishes(frame, {1: [9]}, [1, 2, 3], SPAN, "day", day).wishes == ()
    midday = ShiftSpan(ON, int(11.5 * 3600), int(14.5 * 3600), SPAN.starts_at)
    assert len(post_wishes(frame, {1: [9]}, [9], midday, "midday", day).wishes) == 1


def test_a_post_reaching_past_the_shift_is_cut_and_said():
    found = post_wishes(posts(("15:00-18:00", 1)), {1: [1]}, [1], SPAN, "day", DAY)
    assert found.wishes[0].service_s == 3600 - SETTLE_S
    assert found.cut == (("post:1:1500", 180, 45),)


@given(st.integers(0, 86_400), st.integers(1, 30_000), st.integers(3_600, 40_000))
def test_a_manned_time_lies_in_shift_and_post_for_any_times(low, length, shift_s):
    found = manned((low, low + length), shift_s)
    if found is not None:
        assert max(low, SETTLE_S) == found[0] < found[1] == min(low + length, shift_s - SETTLE_S)


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 5), max_size=4, unique=True), st.integers(1, 2), st.integers(0, 4)),
        max_size=6,
    )
)
def test_nobody_stands_at_two_posts_at_a_time_for_any_posts(rows):
    wanted = [(at, people, needed, [(slot * 60, slot * 60 + 90)]) for at, (people, needed, slot) in enumerate(rows)]
    found = choose_people(wanted, [1, 2, 3, 4])
    for at, (people, needed, (window,)) in ((w[0], w[1:]) for w in wanted):
        assert set(found[at].people) <= set(people) & {1, 2, 3, 4}
        assert len(found[at].people) + found[at].missing == needed
        for other, _, _, (beside,) in wanted:
            if other != at and beside[0] < window[1] and window[0] < beside[1]:
                assert not set(found[at].people) & set(found[other].people)


def test_a_post_of_the_night_is_found_after_midnight():
    night = [ShiftOfDay("night", 22 * 3600, 25 * 3600, (4,))]
    assert shift_for((int(23.5 * 3600), int(24.5 * 3600)), [4], night) == ("night", (5400, 9000))


def test_posts_are_read_from_a_table_in_chinese_and_from_geojson(tmp_path):
    table = tmp_path / "posts.csv"
    table.write_bytes(
        "岗位编号,定人,定时,定责,定效,经度,纬度\nG01,A01、A02,07:00-08:10,劝离,不回潮,118.01,28.30\n".encode("gbk")
    )
    (number, draft), = read_posts(table)  # fmt: skip
    assert isinstance(draft, PostDraft)
    assert (number, draft.people, draft.opening, draft.place.x) == (2, ("A01", "A02"), "07:00-08:10", 118.01)
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [118.02, 28.31]},
        "properties": {"code": "G02", "people": ["A03"], "opening": "11:30-12:20", "duty": "劝离", "effect": "不回潮",
                       "buffer_m": 80},
    }  # fmt: skip
    file = tmp_path / "posts.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (_, read), = read_posts(file)  # fmt: skip
    assert (read.code, read.people, read.buffer_m) == ("G02", ("A03",), 80)
