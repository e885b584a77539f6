"""Numbers of persons are taken out of what was said; names of callers are masked."""

from __future__ import annotations

import re
from typing import Final

from geo.cases.secrets.masks import mask_in

NUMBERS: Final = re.compile(
    r"(?<![\d.])(?:(?:00|\+)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|(?<!\d)\d{17}[\dXx](?![\dXx])"
    r"|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)"
)
"""A mainland mobile, an 18-character identity number, a line number with its area code."""

RUN: Final = re.compile(r"\d{4}")
"""What every such number holds: a text without it is not searched further."""

FULL_WIDTH: Final = re.compile("[０-９]")
HALF: Final = {0xFF10 + digit: str(digit) for digit in range(10)}
UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\uf8ff]")
"""Letters nobody sees, and halves of letters, which no database stores."""

BLOT: Final = "〔已隐去〕"


def scrub(text: str, names: tuple[str, ...] = ()) -> str:
    """A text without numbers of persons and with callers' names masked.

    Full-width digits become half-width first, control characters but line ends are dropped.

    Examples
    --------
    >>> scrub("我叫张三丰,电话１３８ 1234 5678,楼下烧烤", ("张三丰",))
    '我叫张**,电话〔已隐去〕,楼下烧烤'
    >>> scrub("工单 20260301000123,朝阳路12号"), scrub("0793-8881234")
    ('工单 20260301000123,朝阳路12号', '〔已隐去〕')
    """
    bare = text.translate(HALF) if FULL_WIDTH.search(text) else text
    if not bare.isprintable():
        bare = UNSEEN.sub("", bare)
    if RUN.search(bare):
        bare = NUMBERS.sub(BLOT, bare)
    return (mask_in(bare, names) if any(names) else bare).strip()
