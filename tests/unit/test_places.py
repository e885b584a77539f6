"""Where a text says something is: what must be recognised, what must not, and the rates for made-up addresses."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.cases.places import match
from geo.cases.places.align import align
from geo.cases.places.gazetteer import Gazetteer
from geo.cases.places.match import PLACED, Candidate, Name, crossing_of, find_places, metres
from geo.cases.places.words import grams, spoken
from tests.places import make_names, say_place


def named(number: int, kind: str, name: str, lon: float, lat: float, radius_m: int = 40, **more: str) -> Name:
    return Name(number, kind, name, more.pop("said", spoken(name)), lon, lat, radius_m, **more)


TOWN = (
    named(1, "road", "朝阳路", 118.000, 28.300, 900),
    named(2, "road", "文昌路", 118.004, 28.304, 900),
    named(3, "road", "豆腐巷", 118.002, 28.301, 80),
    named(4, "crossing", "朝阳路与文昌路交叉口", 118.004, 28.300, said="文昌路|朝阳路", street="文昌路"),
    named(5, "estate", "锦绣花园", 118.006, 28.301),
    named(6, "estate", "锦绣花园二期", 118.016, 28.301),
    named(7, "house", "朝阳路12号", 118.0010, 28.3, 20, street="朝阳路"),
    named(8, "house", "朝阳路20号", 118.0018, 28.3, 20, street="朝阳路"),
    named(9, "zone", "城东农贸市场", 118.001, 28.3005, 60),
    named(10, "zone", "实验小学", 118.030, 28.330, 60),
    named(11, "estate", "幸福里", 118.001, 28.301),
    named(12, "estate", "幸福里", 118.040, 28.340),
    named(13, "district", "城东片区", 118.003, 28.301, 1500),
)
NAMES = Gazetteer(TOWN)


def first(text: str) -> Candidate:
    return find_places(text, NAMES)[0]


@pytest.mark.parametrize(
    ("text", "name", "certain"),
    [
        ("锦绣花园3栋楼下烧烤", "锦绣花园", True),
        ("锦绣花园二期门口", "锦绣花园二期", True),
        ("锦绣花园２期门口", "锦绣花园二期", True),
        ("朝阳路与文昌路交叉口往东50米", "朝阳路与文昌路交叉口", True),
        ("文昌路、朝阳路路口", "朝阳路与文昌路交叉口", True),
        ("朝阳路十二号门前", "朝阳路12号", True),
        ("朝阳路 １２ 号", "朝阳路12号", True),
        ("朝阳路18号", "朝阳路18号(12–20号之间)", True),
        ("豆腐巷里面", "豆腐巷", True),
        ("朝阳路农贸市场(城东农贸市场)", "城东农贸市场", True),
        ("城东农贸市扬对面", "城东农贸市场", True),
        ("朝阳路上", "朝阳路", False),
        ("朝杨路文昌路口", "朝阳路与文昌路交叉口", False),
        ("城东片区某处", "城东片区", False),
    ],
)
def test_a_place_is_recognised_as_people_write_it(text: str, name: str, certain: bool) -> None:
    found = first(text)
    assert found.name == name
    assert (found.confidence >= PLACED) is certain, found


@pytest.mark.parametrize("text", ["", "路", "某小区门口", "楼下太吵", "!!!", "12号"])
def test_a_text_without_a_name_of_the_county_gives_nothing(text: str) -> None:
    assert find_places(text, NAMES) == []


def test_one_digit_is_never_taken_for_another() -> None:
    assert align("锦绣花园2期", "锦绣花园3期").likeness < 700
    assert first("锦绣花园三期").name == "锦绣花园"


def test_a_name_that_two_places_share_waits_until_something_tells_which() -> None:
    both = find_places("幸福里楼下", NAMES)
    assert len(both) == 2 and all(one.confidence < PLACED for one in both)
    told = find_places("豆腐巷幸福里楼下", NAMES)
    assert told[0].lon == 118.001 and told[0].confidence >= PLACED


def test_names_that_lie_far_apart_in_one_text_are_doubted() -> None:
    assert first("朝阳路实验小学").confidence < PLACED <= first("实验小学").confidence


def test_a_house_on_the_other_side_is_not_guessed_from_one_side() -> None:
    assert first("朝阳路15号").name == "朝阳路"


words = st.text(alphabet="朝阳文昌路街巷锦绣花园城东农贸市场幸福里二期与口12345号", max_size=14)


@given(words)
def test_asking_few_names_gives_what_asking_all_gives(text: str) -> None:
    """The shortlist by pairs of letters loses nothing of names up to six letters."""

    class All(Gazetteer):
        def alike(self, pairs: frozenset[str]) -> list[Name]:
            return [name for name in TOWN if name.street is None]

    assert find_places(text, NAMES) == find_places(text, All(TOWN))


numbers = st.integers(0, 29)


@given(
    st.lists(
        st.tuples(st.sampled_from(("朝阳路{}号", "幸福里{}期", "园{}", "文昌路口{}", "幸福里")), numbers), max_size=3
    )
)
@example([("幸福里{}期", 2)])
def test_a_text_is_placed_alike_whether_its_like_was_seen_before_or_not(parts: list[tuple[str, int]]) -> None:
    town = [*TOWN, named(900, "zone", "幸福里2期", 118.01, 28.31), named(901, "zone", "园7", 118.02, 28.3)]

    class Forgetful(Gazetteer):
        def recognise(self, said: str, look: Callable[[str], list[match.Hit]]) -> Sequence[match.Hit]:
            return look(said)

    used = Gazetteer(town)
    for other in range(10):
        find_places("".join(part.format(other) for part, _ in parts), used)
    text = "".join(part.format(number) for part, number in parts)
    assert find_places(text, used) == find_places(text, Forgetful(town))


@given(words)
def test_a_candidate_is_a_name_with_a_confidence_and_the_best_comes_first(text: str) -> None:
    found = find_places(text, NAMES)
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert all(0 < one.confidence <= 990 and one.matched for one in found)


@given(st.text(alphabet="ab1路街", min_size=1, max_size=6), st.text(alphabet="ab1路街", max_size=9))
def test_likeness_is_full_exactly_for_a_name_that_stands_there(name: str, text: str) -> None:
    found = align(name, text)
    assert (found.likeness == 1000) is (name in text)
    assert 0 <= found.begin <= found.end <= len(text)


@given(st.text(alphabet="甲乙丙丁", max_size=8))
def test_a_text_has_its_neighbours_and_next_neighbours_as_pairs(text: str) -> None:
    pairs = grams(text)
    assert pairs <= {a + b for a in text for b in text}
    assert len(pairs) <= max(0, 2 * len(text) - 3)
    assert crossing_of(text, "路") == crossing_of("路", text)


def test_made_up_addresses_are_found_where_they_are() -> None:
    """Rates on 1,500 addresses of a town of 400 names, a third of them with wrong letters; see ``tests/places.py``."""
    names = make_names(random.Random(7))
    town = Gazetteer(names)
    rng = random.Random(11)
    placed = right = found = 0
    for _ in range(1500):
        text, truth = say_place(rng, names)
        ranked: Sequence[Candidate] = find_places(text, town)
        near = [metres(one, truth) <= max(100, truth.radius_m) for one in ranked]
        found += any(near)
        if ranked and ranked[0].confidence >= PLACED:
            placed += 1
            right += near[0]
    assert found / 1500 >= 0.97
    assert right / placed >= 0.99
    assert placed / 1500 >= 0.55


@given(st.lists(st.sampled_from("朝阳文昌北路街小学12号"), max_size=14).map("".join), st.integers(1, 2**12))
def test_names_that_are_hidden_by_a_surer_one_need_no_alignment(said: str, mask: int) -> None:
    words = (
        "朝阳路",
        "朝阳北路",
        "文阳路",
        "文昌路",
        "朝阳路小学",
        "文昌街",
        "昌阳路",
        "小学",
        "北路小学",
        "阳文路",
        "学路",
        "文昌路1号",
    )
    there = [named(at, "zone", word, 118, 28.3) for at, word in enumerate(words) if mask >> at & 1]
    names = Gazetteer(there)
    letters = frozenset(said)
    pairs = grams(said)
    hits = match._aligned(said, [name for name in names.alike(pairs) if match._can_be(name.spoken, letters)])
    assert match._hits(said, names) == match._best(hits)
