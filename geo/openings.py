"""Opening hours as people say them: OSM's text for the reader of a page, a sheet or a shell, in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from geo.calendars import MONTHS, OpeningUnreadable, read_opening
from geo.messages import Language

CHINESE_DAYS: Final = "一二三四五六日"
DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ENGLISH_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH: Final = "|".join(MONTHS)

Rules = tuple[tuple[str, str], ...]


def _word(text: str) -> str:
    """A pattern of a word among Chinese too, where a script's word boundary is not Python's."""
    return f"(?<![A-Za-z]){text}(?![A-Za-z])"


@cache
def opening_rules(language: Language) -> Rules:
    """Patterns and what is written in their place, one after the other.

    Returns
    -------
    tuple of (str, str)
        Regular expressions without groups to refer to, read alike by Python and by a page's script.
    """
    common: Rules = ((r'"[^"]*"', ""), (r"\s*;\s*", ";"), (r"\s*,\s*", ","), (r"\s+$", ""))
    if language == "en":
        days: Rules = tuple((_word(short), said) for short, said in zip(DAYS, ENGLISH_DAYS, strict=True))
        holidays: Rules = ((_word("PH"), "public holidays"), (_word("SH"), "school holidays"))
        return (
            *common, (_word("Mo-Su"), "daily"), *days, *holidays, (_word("(?:off|closed)"), "closed"),
            (r"24/7", "always"), (r";", "; "), (r",", ", "), (r"(?<=:\d\d)-(?=\d)", "–"),
        )  # fmt: skip
    months: Rules = tuple((_word(month) + " ?", f"{number}月") for number, month in enumerate(MONTHS, 1))
    days = tuple((_word(short), f"周{CHINESE_DAYS[number]}") for number, short in enumerate(DAYS))
    return (
        *common,
        (rf"(?<=\d\d\d\d) (?={_MONTH})", "年"),
        *months,
        (r"(?<=月)0(?=\d)", ""),
        (r"(?<=\d)-0(?=\d(?![\d:]))", "-"),
        (r"(?<=月\d)(?![\d:月-])", "日"),
        (r"(?<=月\d\d)(?![\d:月-])", "日"),
        (r"(?<=月\d-\d)(?![\d:月-])", "日"),
        (r"(?<=月\d-\d\d)(?![\d:月-])", "日"),
        (r"(?<=月\d\d-\d\d)(?![\d:月-])", "日"),
        (r"(?<=[月日])-(?=\d)", "至"),
        (r"(?<=月\d)-(?=\d+月)", "日至"),
        (r"(?<=月\d\d)-(?=\d+月)", "日至"),
        (r"(?<=日) (?=日)", ""),
        (_word("Mo-Su"), "每天"),
        *days,
        (rf"(?<=周[{CHINESE_DAYS}])-(?=周)", "至"),
        (_word("PH"), "法定节假日"),
        (_word("SH"), "学校假期"),
        (" ?" + _word("(?:off|closed)"), "除外"),
        (r"24/7", "全天"),
        (r"(?<=:\d\d)\+", "以后"),
        (r"(?<=:\d\d)-(?=\d)", "–"),
        (r";", "；"),
        (r",", "、"),
    )


def say_opening(opening: str | None, language: Language) -> str:
    """Opening hours in words; what cannot be read stays as it is, and none is empty.

    Examples
    --------
    >>> say_opening("Mo-Fr 07:00-08:10,16:30-18:00; PH,SH off", "zh")
    '周一至周五 07:00–08:10、16:30–18:00；法定节假日、学校假期除外'
    >>> say_opening("Sa,Su 18:00+", "zh"), say_opening("Mo-Su 22:00-01:00", "zh"), say_opening("24/7", "zh")
    ('周六、周日 18:00以后', '每天 22:00–01:00', '全天')
    >>> say_opening("2026 Jun 07-09 07:00-19:00", "zh"), say_opening("Nov-Feb Mo-Fr 08:00-17:00", "zh")
    ('2026年6月7-9日 07:00–19:00', '11月至2月周一至周五 08:00–17:00')
    >>> say_opening("Mo-Fr 07:00-08:10; PH off", "en"), say_opening("nach Absprache", "zh"), say_opening(None, "zh")
    ('Mon-Fri 07:00–08:10; public holidays closed', 'nach Absprache', '')
    """
    if not opening or not opening.strip():
        return ""
    try:
        read_opening(opening)
    except OpeningUnreadable:
        return opening
    said = opening
    for pattern, word in opening_rules(language):
        said = re.sub(pattern, word, said)
    return said.strip()


def in_words(facts: Mapping[str, object], language: Language) -> dict[str, object]:
    """Facts of a sentence with ``hours`` as people say them.

    Examples
    --------
    >>> in_words({"hours": "Sa 09:00-11:00", "team": "1队"}, "zh")
    {'hours': '周六 09:00–11:00', 'team': '1队'}
    """
    hours = facts.get("hours")
    return {**facts, "hours": say_opening(hours, language)} if isinstance(hours, str) else dict(facts)
