"""Hours in words: nothing of OSM's shorthand is left, and what is said can be told from what is closed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.openings import opening_rules, say_opening

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
clock = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
hours = st.lists(st.builds("{}-{}".format, clock, clock), min_size=1, max_size=3).map(",".join)
days = st.one_of(
    st.sampled_from(DAYS),
    st.lists(st.sampled_from(DAYS), min_size=2, max_size=3, unique=True).map(",".join),
    st.builds("{}-{}".format, st.sampled_from(DAYS), st.sampled_from(DAYS)),
    st.sampled_from(("PH", "SH", "Mo-Su", "SH Mo-Fr")),
)
rule = st.builds("{} {}".format, days, st.one_of(hours, st.just("off")))


@given(st.lists(rule, min_size=1, max_size=3).map("; ".join))
def test_no_shorthand_is_left_for_any_readable_text(opening: str) -> None:
    for language in ("zh", "en"):
        said = say_opening(opening, language)  # type: ignore[arg-type]
        assert not re.search(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|off)\b", said)
        assert re.findall(r"\d\d:\d\d", said) == re.findall(r"\d\d:\d\d", opening)
    assert not re.search("[A-Za-z]", say_opening(opening, "zh"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rules_a_page_takes_along_are_read_alike_by_its_script(language: str) -> None:
    """Nothing that only Python's expressions know: groups by name, flags, anchors of its own, references."""
    for pattern, word in opening_rules(language):  # type: ignore[arg-type]
        assert not re.search(r"\(\?P|\(\?[aiLmsux]|\\[AZbB]", pattern), pattern
        assert "$" not in word and "\\" not in word
