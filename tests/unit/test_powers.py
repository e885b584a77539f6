"""权责清单 from a table, tiers of review, and who may sign together."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cases.codes.files import TableRefused, read_sheet
from geo.cases.formal.pair import MayNotSign, Officer, Watch, check_signer, shared_watch
from geo.cases.powers.actions import group_items
from geo.cases.powers.reviews import Band, Tier, reviews_needed
from geo.cases.powers.sheets import POWERS as SHEET
from geo.tables.powers import GRAVITIES, PARTIES, REVIEWS
from tests.lawful import POWERS

ON = dt.date(2026, 6, 1)
WATCH = Watch(ON, "day", "T1")
tiers = st.builds(
    Tier,
    st.sampled_from(PARTIES),
    st.sampled_from(GRAVITIES),
    st.integers(0, 9_000),
    st.sets(st.sampled_from(REVIEWS), min_size=1).map(tuple),
)


def officer(number: int = 1, *watches: Watch, **changed: object) -> Officer:
    given = {"regular": True, "active": True, "licence_from_on": None, "licence_to_on": dt.date(2027, 1, 1)} | changed
    return Officer(number, f"A{number}", watches=watches, **given)  # type: ignore[arg-type]


def test_rows_of_the_list_become_items_with_their_bands():
    items = group_items(read_sheet(SHEET, POWERS.encode()))
    assert list(items) == ["P-001", "P-002", "X-001", "Q-001"]
    assert [row["gravity"] for row in items["P-001"]] == ["minor", "ordinary", "serious"]
    assert items["P-001"][2]["reviewers"] == ("legal", "collective")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (("一般,不分,50,2000", "轻微,不分,50,2000"), "powers.row_band_twice"),
        (("一般,不分,50,2000", "一般,不分,5000,2000"), "powers.row_yuan"),
        (("P-002,行政处罚", "P-001,行政许可"), "powers.row_differs"),
        (("法制审核;集体讨论", "随便看看"), "codes.row_value"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_by_row(changed, why):
    with pytest.raises(TableRefused) as refused:
        group_items(read_sheet(SHEET, POWERS.replace(*changed).encode()))
    assert [row["code"] for row in refused.value.facts["rows"]] == [why]


@settings(max_examples=30)
@given(st.lists(tiers, max_size=6), st.integers(0, 9_000), st.integers(0, 1_000), st.sampled_from(GRAVITIES))
def test_more_money_or_gravity_never_takes_a_review_away(given_tiers, amount, more, gravity):
    band = Band(gravity, "any", 0, 20_000)
    less = set(reviews_needed(band, given_tiers, "person", amount))
    assert less <= set(reviews_needed(band, given_tiers, "person", amount + more))
    for graver in GRAVITIES[GRAVITIES.index(gravity) :]:
        assert less <= set(reviews_needed(Band(graver, "any", 0, 20_000), given_tiers, "person", amount))


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (officer(1, WATCH, licence_to_on=None), "formal.no_licence"),
        (officer(1, WATCH, licence_to_on=dt.date(2026, 5, 31)), "formal.no_licence"),
        (officer(1, WATCH, licence_from_on=dt.date(2026, 6, 2)), "formal.no_licence"),
        (officer(1, WATCH, regular=False), "formal.no_licence"),
        (officer(1, WATCH, active=False), "formal.no_licence"),
        (officer(1), "formal.not_on_shift"),
        (officer(1, Watch(ON, "day", None)), "formal.no_team"),
    ],
)
def test_nobody_signs_without_licence_shift_and_team(who, why):
    with pytest.raises(MayNotSign) as refused:
        check_signer(who, ON)
    assert refused.value.code == why


def test_two_sign_who_are_two_and_in_one_team():
    check_signer(officer(1, WATCH), ON)
    assert shared_watch(officer(1, WATCH), officer(2, Watch(ON, "night", "T9"), WATCH)) == WATCH
    for second, why in (
        (officer(1, WATCH), "formal.same_person"),
        (officer(2, Watch(ON, "day", "T2")), "formal.other_team"),
    ):
        with pytest.raises(MayNotSign) as refused:
            shared_watch(officer(1, WATCH), second)
        assert refused.value.code == why
