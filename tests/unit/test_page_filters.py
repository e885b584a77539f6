"""What a page is asked for, read from text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.features.filters import CRS84, LAT_FIRST, BadParameter, parse_box, parse_period, parse_value, read_filter
from geo.layers.register import KINDS, get_kind

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)
instants = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2150, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


@given(lons, lats, lons, lats)
def test_a_box_covers_the_same_ground_in_both_axis_orders_for_any_corners(
    w: float, s: float, e: float, n: float
) -> None:
    s, n = sorted((s, n))
    plain = parse_box(f"{w!r},{s!r},{e!r},{n!r}", CRS84)
    assert plain == parse_box(f"{s!r},{w!r},{n!r},{e!r}", LAT_FIRST[0])
    assert plain == parse_box(f"{w!r},{s!r},-10,{e!r},{n!r},900")
    assert all(west <= east and south <= north for west, south, east, north in plain)
    assert sum(east - west for west, _, east, _ in plain) == pytest.approx((e - w) if w <= e else 360 - (w - e))


@given(st.text(max_size=60))
def test_a_box_is_read_or_refused_but_never_breaks_for_any_text(text: str) -> None:
    try:
        boxes = parse_box(text)
    except BadParameter:
        return
    assert 1 <= len(boxes) <= 2


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "nan,1,2,3", "inf,0,1,1", "0,2,1,1", "0,0,1,91", "-181,0,1,1", "a,b,c,d", "1e999,0,1,1"],
)
def test_a_box_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_box(text)


@given(instants, instants)
def test_a_period_keeps_its_ends_for_any_two_instants(first: dt.datetime, last: dt.datetime) -> None:
    first, last = sorted((first, last))
    assert parse_period(f"{first.isoformat()}/{last.isoformat()}", "Asia/Shanghai") == (first, last)
    assert parse_period(f"../{last.isoformat()}", "Asia/Shanghai") == (None, last)
    assert parse_period(f"{first.isoformat()}/", "Asia/Shanghai") == (first, None)
    unescaped = first.isoformat().replace("+", " ")
    assert parse_period(unescaped, "Asia/Shanghai") == (first, first)


@given(st.text(max_size=60))
def test_a_period_is_read_or_refused_but_never_breaks_for_any_text(text: str) -> None:
    try:
        since, until = parse_period(text, "Asia/Shanghai")
    except BadParameter:
        return
    assert since is None or until is None or since <= until


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01/..", "0001-01-01T00:00:00+14:00"])
def test_a_day_that_utc_has_not_is_refused_and_not_left_to_the_driver(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_period(text, "Asia/Shanghai")


def test_a_date_is_the_whole_local_day() -> None:
    since, until = parse_period("2026-03-01", "Asia/Shanghai")
    assert since is not None and until is not None
    assert since.astimezone(dt.UTC).isoformat() == "2026-02-28T16:00:00+00:00"
    assert until - since == dt.timedelta(days=1, microseconds=-1)


@pytest.mark.parametrize(
    "text", ["", "..", "yesterday", "2026-13-01", "2026-03-02/2026-03-01", "a/b/c", "2026-03-01T25:00"]
)
def test_a_period_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_period(text, "Asia/Shanghai")


FIELDS = [field for kind in KINDS for field in kind.fields]


@given(st.sampled_from(FIELDS), st.text(max_size=40))
def test_a_value_is_read_or_refused_but_never_breaks_for_any_attribute_and_text(field, text) -> None:  # type: ignore[no-untyped-def]
    try:
        value = parse_value(field, text, "Asia/Shanghai")
    except BadParameter:
        return
    assert value is not None
    assert not field.about.choices or text in field.about.choices


def test_an_attribute_that_is_an_instant_is_read_as_a_period_is() -> None:
    (closed,) = (field for field in get_kind("event").fields if field.name == "closed_at")
    wanted = dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)
    for text in ("2026-03-01", "2026-03-01T00:00", "2026-03-01T00:00:00+08:00", "2026-03-01T00:00:00 08:00"):
        assert parse_value(closed, text, "Asia/Shanghai") == wanted == parse_period(text, "Asia/Shanghai")[0]


@pytest.mark.parametrize("text", ["1e301", "-1e999999999", "1e-999999", "NaN", "Infinity"])
def test_a_number_that_the_database_could_not_take_is_refused(text: str) -> None:
    (quantity,) = (field for field in get_kind("event").fields if field.name == "quantity")
    with pytest.raises(BadParameter):
        parse_value(quantity, text, "Asia/Shanghai")


def test_an_attribute_the_layer_lacks_is_refused_by_name() -> None:
    with pytest.raises(BadParameter) as refused:
        read_filter(get_kind("road"), "Asia/Shanghai", others={"colour": "red"})
    assert refused.value.facts["name"] == "colour"


def test_a_period_has_no_effect_on_a_layer_without_time() -> None:
    assert read_filter(get_kind("road"), "Asia/Shanghai", period="2026-01-01/..").empty
    assert not read_filter(get_kind("event"), "Asia/Shanghai", period="2026-01-01/..").empty
