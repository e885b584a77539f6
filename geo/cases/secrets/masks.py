"""What is shown of a person where the whole is not needed."""

from __future__ import annotations

from typing import Final

STAR: Final = "*"
SURNAMES: Final = 1


def mask_name(name: str) -> str:
    """A person's name by its first character.

    Examples
    --------
    >>> mask_name("张三丰"), mask_name("欧阳修"), mask_name("Li Lei"), mask_name("")
    ('张**', '欧**', 'L*****', '')
    """
    bare = name.strip()
    return bare[:SURNAMES] + STAR * (len(bare) - SURNAMES) if bare else ""


def mask_number(number: str, first: int = 3, last: int = 4) -> str:
    """A telephone or identity number by its ends; one too short for that is all stars.

    Examples
    --------
    >>> mask_number("13812345678"), mask_number("533023199001011234", 4, 2), mask_number("12345")
    ('138****5678', '5330************34', '*****')
    """
    bare = number.strip()
    hidden = len(bare) - first - last
    if hidden < 1:
        return STAR * len(bare)
    return bare[:first] + STAR * hidden + bare[len(bare) - last :]


def mask_in(text: str, names: tuple[str, ...]) -> str:
    """A text in which the names of persons are masked wherever they stand.

    Examples
    --------
    >>> mask_in("张三丰烧烤店(张三丰)", ("张三丰",)), mask_in("快乐烧烤", ("",))
    ('张**烧烤店(张**)', '快乐烧烤')
    """
    for name in sorted({one.strip() for one in names if len(one.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return text
