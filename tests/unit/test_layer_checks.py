"""Which rows pass, and what is said of the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.layers.batches import RawBatch
from geo.layers.checks import Door, split_rows
from geo.layers.columns import ColumnUnknown, map_columns, short_names
from geo.layers.offsets import to_gcj02
from geo.layers.places import Frame
from geo.layers.register import KINDS, get_kind
from geo.layers.reports import FileRefused
from geo.layers.seen import SeenRows
from geo.layers.street_classes import TIER_OF_CLASS
from geo.layers.synonyms import CHOICE_WORDS, spoken_choices
from geo.messages import catalogue
from geo.tables.roads import TIERS

EXTENT = (117.8, 28.1, 118.2, 28.5)
inside = st.tuples(st.floats(117.8, 118.2), st.floats(28.1, 28.5))


def batch(shapes: list[Any], start: int = 1, **columns: list[Any]) -> RawBatch:
    n = len(shapes)
    table = pa.table(columns) if columns else pa.table({"__n": pa.nulls(n)})
    return RawBatch(np.arange(start, start + n), np.array(shapes, object), np.full(n, None, object), 0, table)


def door(kind: str = "streetlight", crs: str = "EPSG:4326", **more: Any) -> Door:
    fields = {name: name for name in more.pop("columns", [])}
    return Door(
        get_kind(kind),
        Frame(crs, more.pop("offset", None), more.pop("swap", False)),
        EXTENT,
        "Asia/Shanghai",
        fields,
        **more,
    )


def reasons(into: Door, *shapes: Any, **columns: list[Any]) -> dict[int, str]:
    return {reject.row: reject.reason for reject in split_rows(into, batch(list(shapes), **columns))[1]}


P = shapely.Point


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "reject.no_geometry"),
        (P(), "reject.empty"),
        (P(0, 0), "reject.zero"),
        (P(float("inf"), 28.3), "reject.not_finite"),
        (P(1e12, 28.3), "reject.not_finite"),
        (P(28.3, 118.0), "reject.swapped"),
        (P(118.0, 86.0), "reject.latitude"),
        (P(118.0, 95.0), "reject.latitude"),
        (P(116.4, 39.9), "reject.outside"),
        (shapely.box(118, 28.2, 118.1, 28.3), "reject.geometry_type"),
        (shapely.MultiPoint([(118, 28.2), (118, 28.3)]), "reject.geometry_type"),
    ],
)
def test_a_place_that_cannot_be_is_told_by_what_is_wrong_with_it(shape: Any, reason: str) -> None:
    assert reasons(door(), P(118, 28.3), shape) == {2: reason}


@given(point=inside)
def test_swapped_coordinates_are_recognised_for_any_point_of_the_county(point) -> None:
    assert reasons(door(), P(point[1], point[0])) == {1: "reject.swapped"}
    assert reasons(door(swap=True), P(point[1], point[0])) == {}


@given(point=inside)
def test_swapped_metres_are_recognised_for_any_point_of_the_county(point) -> None:
    from geo.crs import transformer

    x, y = transformer(4490, 4548).transform(*point)
    assert reasons(door(crs="EPSG:4548"), P(x, y)) == {}
    assert reasons(door(crs="EPSG:4548"), P(y, x)) == {1: "reject.swapped"}


@given(point=inside)
def test_a_declared_offset_is_undone_for_any_point_of_the_county(point) -> None:
    assume(EXTENT[0] + 0.01 < point[0] < EXTENT[2] - 0.01)
    lon, lat = to_gcj02(*point)
    good, _ = split_rows(door(offset="gcj02"), batch([P(lon, lat)]))
    if len(good.geometry):
        assert shapely.distance(good.geometry[0], P(*point)) < 2e-9


def test_an_offset_of_metres_is_refused() -> None:
    with pytest.raises(FileRefused):
        Frame("EPSG:4548", "gcj02")


def test_one_part_of_many_and_many_of_one_fit_the_layer() -> None:
    good, _ = split_rows(door("building"), batch([shapely.box(118, 28.2, 118.1, 28.3)]))
    assert good.geometry[0].geom_type == "MultiPolygon"
    good, _ = split_rows(door(), batch([shapely.MultiPoint([(118, 28.2)]), shapely.Point(118, 28.3, 40)]))
    assert [g.geom_type for g in good.geometry] == ["Point", "Point"] and not good.geometry[1].has_z


def test_a_wide_feature_may_leave_the_county_but_a_building_with_one_wild_corner_may_not() -> None:
    river = shapely.LineString([(118, 28.3), (119.5, 30)])
    assert reasons(door("waterway"), river) == {}
    wild = shapely.Polygon([(118, 28.3), (118.001, 28.3), (100, 10)])
    assert reasons(door("building"), wild) == {1: "reject.outside"}


def test_the_first_of_two_equal_geometries_stays_also_across_batches_and_turned_rings() -> None:
    into = door("building")
    square = shapely.box(118, 28.2, 118.1, 28.3)
    turned = shapely.Polygon(list(square.exterior.coords)[2:] + list(square.exterior.coords)[1:3])
    split_rows(into, batch([square]))
    _, rejects = split_rows(into, batch([shapely.box(118, 28.2, 118.1, 28.4), turned], start=2))
    assert [(r.row, r.reason, dict(r.facts)) for r in rejects] == [(3, "reject.duplicate_geometry", {"first": 1})]


def test_two_events_on_one_spot_are_two_and_the_same_words_twice_are_flagged() -> None:
    into = door("event", columns=["code", "occurred_at"])
    good, rejects = split_rows(
        into,
        batch([P(118, 28.3)] * 4, code=["a", "b", "a", "a"], occurred_at=["2026-01-01"] * 4),
    )
    assert rejects == [] and len(set(good.columns["source_key"].to_pylist())) == 4
    first = good.columns["source_key"][0].as_py()
    assert good.columns["duplicate_of"].to_pylist() == [None, None, first, first]


def test_every_field_says_what_it_could_not_read() -> None:
    into = door(columns=["code", "status", "power_w", "status_since_at"], key=None)
    shapes = [P(118, 28.3 + i / 1000) for i in range(6)]
    found = reasons(
        into,
        *shapes,
        code=["1", "2", "3", "4", "5", "x\0"],
        status=["亮", "坏", "sleepy", "on", "FAULT", "on"],
        power_w=["100", "1,5", "60", "many", "nan", "60"],
        status_since_at=["2026-01-01", "", "2026/1/1", "2026-01-01", "", ""],
    )
    assert found == {3: "reject.choice", 4: "reject.number", 5: "reject.number", 6: "reject.text"}


def test_required_closed_before_and_keys_are_checked() -> None:
    into = door("event", columns=["code", "occurred_at", "closed_at"], key="nr")
    found = reasons(
        into,
        *[P(118, 28.3)] * 5,
        code=["a"] * 5,
        occurred_at=["2026-01-02 10:00", None, "2026-01-02 10:00", "2026-01-02 10:00", "2026-01-02 10:00"],
        closed_at=["2026-01-02", "", "2026-01-01", "", ""],
        nr=["1", "2", "3", "", "1"],
    )
    assert found == {
        2: "reject.required",
        3: "reject.closed_before",
        4: "reject.key_missing",
        5: "reject.duplicate_key",
    }


def test_a_street_without_tier_takes_it_from_its_class_and_without_class_too_is_refused() -> None:
    line = shapely.LineString([(118, 28.3), (118.01, 28.3)])
    lines = [shapely.transform(line, lambda xy, i=i: xy + i / 100) for i in range(3)]
    into = door("road", columns=["road_class"])
    good, rejects = split_rows(into, batch(lines, road_class=["primary_link", "支路", "runway"]))
    assert good.columns["tier"].to_pylist() == ["main", "branch"]
    assert [(r.row, r.field, r.reason) for r in rejects] == [(3, "tier", "reject.required")]


def test_every_reject_has_a_sentence_in_both_languages() -> None:
    into = door(columns=["power_w"])
    _, rejects = split_rows(into, batch([P(0, 0), P(118, 28.3), None], power_w=["", "x", ""]))
    assert len(rejects) == 3
    for reject in rejects:
        assert reject.say("zh") != reject.say("en") and "{" not in reject.say("en")


def test_columns_are_found_by_alias_title_and_short_name_and_a_said_one_wins() -> None:
    lamp = get_kind("streetlight")
    assert map_columns(lamp, ["灯杆号", "STATUS", "status_sin", "高度"], {}) == {
        "code": "灯杆号",
        "status": "STATUS",
        "status_since_at": "status_sin",
        "height_m": "高度",
    }
    assert map_columns(lamp, ["status", "zt"], {"status": "zt"}) == {"status": "zt"}
    with pytest.raises(ColumnUnknown):
        map_columns(lamp, ["a"], {"status": "b"})
    with pytest.raises(ColumnUnknown):
        map_columns(lamp, ["a"], {"colour": "a"})


@given(st.lists(st.text("abcde_", min_size=1, max_size=20), unique=True, max_size=40))
def test_short_names_are_short_and_differ_for_any_names(names: list[str]) -> None:
    short = short_names(names)
    assert len(set(short.values())) == len(names) and all(len(name) <= 10 for name in short.values())


@given(st.lists(st.lists(st.integers(0, 30), max_size=15), max_size=8))
def test_the_memory_of_rows_names_the_first_for_any_batches(batches: list[list[int]]) -> None:
    seen, first, row = SeenRows(), {}, 1
    for values in batches:
        rows = np.arange(row, row + len(values))
        expected = []
        for value, number in zip(values, rows, strict=True):
            expected.append(first.get(value, 0))
            first.setdefault(value, int(number))
        assert seen.meet(np.array(values, np.uint64), rows).tolist() == expected
        row += len(values)


def test_every_listed_choice_is_spoken_for_and_every_class_has_a_tier_there_is() -> None:
    listed = {(kind.name, f.name): set(f.about.choices) for kind in KINDS for f in kind.fields if f.about.choices}
    assert {key: set(words) for key, words in CHOICE_WORDS.items()} == listed
    assert set(TIER_OF_CLASS.values()) == set(TIERS)


@pytest.mark.parametrize(("kind", "field"), CHOICE_WORDS)
def test_what_a_page_calls_a_choice_is_understood_in_a_file(kind: str, field: str) -> None:
    choices = tuple(CHOICE_WORDS[kind, field])
    spoken = spoken_choices(kind, field, choices)
    for choice in choices:
        labels = catalogue()[f"maps.{field}_{choice}"].values()
        assert [spoken.get(label.casefold()) for label in labels] == [choice, choice], labels
