"""Fronts on the right side of the street, agreements that find their shop, and parts that make the whole."""

from __future__ import annotations

import datetime as dt
import random

import hypothesis.strategies as st
import numpy as np
import pytest
import shapely
from hypothesis import given

from geo.cases.frontages.fronting import HALF_WIDTH_M, REACH_M, front_of
from geo.cases.frontages.items import UnknownItem, items_of, mark
from geo.cases.frontages.matching import Claim, Finder, Shop
from geo.cases.frontages.names import outside_name
from geo.cases.frontages.ranking import Checked, digest, rank
from geo.cases.frontages.rows import BadRow, read_agreement
from geo.cases.frontages.standing import Front, Paper, Tally, due_on, stand, tally, weigh

FIRST = dt.date(2024, 1, 1)
days = st.integers(0, 1200).map(lambda n: FIRST + dt.timedelta(days=n))
papers = st.builds(
    Paper, id=st.integers(1, 99), frontage_id=st.integers(1, 9), signed_on=days, valid_to_on=days,
    state=st.sampled_from(["signed", "failed", "replaced", "ended"]), checked_on=st.none() | days,
)  # fmt: skip
fronts = st.lists(
    st.builds(
        Front, id=st.integers(1, 9), town=st.sampled_from(["甲镇", "乙镇"]), street=st.sampled_from(["", "横街"]),
        opened_on=st.none() | days, closed_on=st.none() | days,
    ),
    unique_by=lambda one: one.id,
)  # fmt: skip


@given(fronts, st.lists(papers, max_size=20), days)
def test_signed_expired_and_missing_make_the_whole(shops: list[Front], signed: list[Paper], on: dt.date) -> None:
    standings = stand(shops, signed, on)
    told = tally(shops, standings, on)
    assert sum(one.all for one in told.values()) == sum(shop.stands(on) for shop in shops) == len(standings)
    for one in told.values():
        assert one.signed + one.expired + one.missing == one.all
    for shop in shops:
        mine = [paper for paper in signed if paper.frontage_id == shop.id and paper.signed_on <= on]
        if shop.stands(on):
            assert (standings[shop.id][0] == "missing") is not bool(mine)
            assert (standings[shop.id][0] == "signed") is any(weigh(paper, on) == "" for paper in mine)


def test_an_agreement_holds_until_its_last_day_and_needs_its_yearly_check() -> None:
    paper = Paper(1, 7, dt.date(2024, 2, 29), dt.date(2027, 12, 31), "signed")
    assert due_on(paper) == dt.date(2025, 2, 28)
    for on, why in ((dt.date(2025, 2, 28), ""), (dt.date(2025, 3, 1), "unchecked"), (dt.date(2024, 2, 28), None)):
        assert weigh(paper, on) == why
    checked = Paper(1, 7, paper.signed_on, paper.valid_to_on, "signed", dt.date(2027, 1, 10))
    assert (weigh(checked, dt.date(2027, 12, 31)), weigh(checked, dt.date(2028, 1, 1))) == ("", "lapsed")
    assert weigh(Paper(1, 7, paper.signed_on, paper.valid_to_on, "failed"), dt.date(2024, 3, 1)) == "failed"


@pytest.mark.parametrize("angle", range(0, 360, 30))
@pytest.mark.parametrize("side", [-1, 1])
def test_a_front_lies_along_its_street_on_the_shops_side(angle: int, side: int) -> None:
    street = shapely.affinity.rotate(shapely.LineString([(-80, 0), (0, 0), (80, 0)]), angle, origin=(0, 0))
    shop = shapely.affinity.rotate(shapely.Point(20, side * 14), angle, origin=(0, 0))
    front = front_of(shop, np.array([street]), ["secondary"], width_m=6.0)
    assert front is not None and front.line.length == pytest.approx(6)
    assert shapely.distance(front.line, street) == pytest.approx(HALF_WIDTH_M["secondary"])
    assert front.line.centroid.distance(shop) == pytest.approx(14 - HALF_WIDTH_M["secondary"]) == front.moved_m
    assert shapely.hausdorff_distance(front.line, shapely.LineString([shop, shop])) < 7


def test_a_shop_in_the_middle_or_far_from_the_street_has_no_front() -> None:
    street = np.array([shapely.LineString([(0, 0), (100, 0)])])
    assert front_of(shapely.Point(50, 0.2), street, ["main"]) is None
    assert front_of(shapely.Point(50, REACH_M + 1), street, ["main"]) is None
    assert front_of(shapely.Point(104, 0), street, ["main"]) is None  # straight ahead of its end: on neither side
    beside = front_of(shapely.Point(102, 6), street, ["main"])
    assert beside is not None and beside.line.centroid.coords[0] == pytest.approx((102, 12))
    assert front_of(shapely.Point(1, 1), np.array([]), []) is None


def test_the_nearer_street_is_fronted() -> None:
    streets = np.array([shapely.LineString([(0, 0), (99, 0)]), shapely.LineString([(0, 30), (99, 30)])])
    front = front_of(shapely.Point(50, 24), streets, ["lane", "lane"])
    assert front is not None and front.street == 1 and front.line.centroid.y == pytest.approx(27)


def test_an_agreement_finds_one_shop_or_none() -> None:
    shops = [
        Shop(1, "S001", "快乐烧烤", "横街", "92360000X1"), Shop(2, "S002", "快乐烧烤", "界路"),
        Shop(3, "S003", "同名店", "横街"), Shop(4, "S004", "同名店", "横街"),
    ]  # fmt: skip
    finder = Finder(shops)
    assert finder.find(Claim(shop_code="s001 ")) == (1, "code")
    assert finder.find(Claim(licence="92360000x1", shop_name="别的名")) == (1, "licence")
    assert finder.find(Claim(shop_name="快乐 烧烤", street="界路")) == (2, "name")
    assert finder.find(Claim(shop_name="同名店", street="横街")) is None
    assert finder.find(Claim(shop_code="S002", licence="92360000X1")) is None
    assert finder.find(Claim()) is None
    assert finder.suggest(Claim(shop_name="快乐烧烤店", street="界路")) == [2, 1]
    assert finder.suggest(Claim(shop_name="毫不相干")) == []


def test_items_make_a_hundred_points() -> None:
    for version in ("three", "four"):
        assert sum(item.points for item in items_of(version)) == 100
        assert mark(version, [item.code for item in items_of(version)]) == (0, False)
    with pytest.raises(UnknownItem):
        mark("three", ["facilities"])


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 100), st.booleans()), max_size=30), st.randoms())
def test_the_list_depends_on_the_checks_alone(rows: list[tuple[int, int, bool]], order: random.Random) -> None:
    checks = [Checked(n, shop, points, passed) for n, (shop, points, passed) in enumerate(rows)]
    ranked = rank(checks)
    order.shuffle(checks)
    assert rank(checks) == ranked and digest(rank(checks)) == digest(ranked)
    assert len({one.frontage_id for one in ranked}) == len(ranked)
    for one in ranked:
        mine = [check for check in checks if check.frontage_id == one.frontage_id]
        assert (one.checked, one.passed) == (len(mine), sum(check.passed for check in mine))
        assert one.checked == one.passed if one.colour == "red" else one.checked - one.passed >= 2


def test_names_of_persons_leave_shop_names() -> None:
    assert outside_name("欧阳明月餐馆", ["欧阳明月"]) == ("欧***餐馆", True)
    assert outside_name("明月餐馆", ["欧阳明月"]) == ("**餐馆", True)
    assert outside_name("张记餐馆", ["张三丰", "李四光"]) == ("张记餐馆", False)
    assert outside_name("三丰与四光餐馆", ["张三丰", "李四光"]) == ("**与**餐馆", True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": " "}, "number"), ({"version": "五包"}, "version"), ({"signed_on": "去年"}, "signed_on"),
        ({"signed_on": "2199-01-01"}, "signed_on"), ({"valid_to_on": "2025-01-01"}, "valid_to_on"),
    ],
)  # fmt: skip
def test_a_bad_row_names_its_field(changed: dict[str, str], field: str) -> None:
    row = {"number": "A1", "version": "三包", "signed_on": "2026-01-05", "valid_to_on": "2028-12-31"}
    with pytest.raises(BadRow) as caught:
        read_agreement({**row, **changed})
    assert caught.value.facts["field"] == field


def test_places_are_counted_street_by_street() -> None:
    shops = [Front(1, "甲镇", "横街"), Front(2, "甲镇", "横街"), Front(3, "甲镇", "", closed_on=dt.date(2026, 1, 1))]
    told = tally(shops, stand(shops, [], dt.date(2026, 5, 1)), dt.date(2026, 5, 1))
    assert told == {("甲镇", "横街"): Tally(2, 0, 0, 2)}
