"""Passes of a street by the regime the bureau keeps it under, against its tier's."""

from __future__ import annotations

import pytest

from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.regimes import lower_passes
from geo.patrol.demand.rules import PassRule
from tests.towns import SPAN, grid, network_of

TWICE = (PassRule("main", 2, 7200, True),)


@pytest.fixture(scope="module")
def passes():
    tiers = ["main" if row == 1 else "lane" for row in range(3) for _ in range(4)] + ["lane"] * 10
    names = ["大街" if tier == "main" else f"巷{number}" for number, tier in enumerate(tiers)]
    return pass_wishes(network_of(grid(5, 3, tier=tiers, name=names)), SPAN, TWICE)


def test_a_street_nobody_decided_on_keeps_its_tiers_passes(passes) -> None:
    assert lower_passes(passes, SPAN, {}, set()) == passes
    assert lower_passes(passes, SPAN, {passes[0].feature_ids[0]: 1}, set()) == passes  # the others still ask for two


def test_a_stretch_all_of_which_is_kept_more_loosely_is_passed_less(passes) -> None:
    roads = passes[0].feature_ids
    assert len(roads) > 1
    once = lower_passes(passes, SPAN, dict.fromkeys(roads, 1), set())
    mine = [wish for wish in once if wish.feature_ids == roads]
    assert [(wish.key[-1], wish.windows, wish.after) for wish in mine] == [("0", ((0, SPAN.length_s),), None)]
    assert not [
        wish for wish in lower_passes(passes, SPAN, dict.fromkeys(roads, 0), set()) if wish.feature_ids == roads
    ]


def test_what_the_bureau_asks_of_a_tier_is_never_lowered(passes) -> None:
    roads = passes[0].feature_ids
    assert lower_passes(passes, SPAN, dict.fromkeys(roads, 0), set(roads)) == passes
    assert lower_passes(passes, SPAN, dict.fromkeys(roads, 4), set()) == passes
