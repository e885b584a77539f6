"""Shop names as they may leave the bureau: without the name of the person they are named after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from geo.cases.secrets.masks import STAR, mask_name

LEAST: Final = 2
"""A single character is a surname at most, which tells nobody apart."""

COMPOUND: Final = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "长孙",
    "宇文",
)
"""Surnames of two characters, so that what follows them is known for the given name."""


def parts_of(person: str) -> tuple[str, ...]:
    """What of a person's name must not stand in a shop's: the whole name, and the given name of two characters.

    Examples
    --------
    >>> parts_of("王小二"), parts_of("欧阳明月"), parts_of("李雷"), parts_of("李")
    (('王小二', '小二'), ('欧阳明月', '明月'), ('李雷',), ())
    """
    bare = "".join(person.split())
    if len(bare) < LEAST:
        return ()
    surname = next((one for one in COMPOUND if bare.startswith(one)), bare[:1])
    given = bare[len(surname) :]
    return (bare, given) if len(given) >= LEAST else (bare,)


def outside_name(shop: str, persons: Iterable[str]) -> tuple[str, bool]:
    """A shop's name without its owner's, and whether it held one.

    Parameters
    ----------
    persons
        Everybody known to be behind the shop: who runs it, who signed.

    Examples
    --------
    >>> outside_name("王小二饭店", ["王小二"]), outside_name("小二饭店", ["王小二"])
    (('王**饭店', True), ('**饭店', True))
    >>> outside_name("快乐烧烤", ["王小二"])
    ('快乐烧烤', False)
    """
    masked = shop
    for person in persons:
        for part in parts_of(person):
            stars = mask_name(part) if part == "".join(person.split()) else STAR * len(part)
            masked = masked.replace(part, stars)
    return masked, masked != shop
