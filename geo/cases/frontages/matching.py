"""Find the shop an agreement belongs to: by its number, its credit code, or name and street; never by a guess."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

By = Literal["code", "licence", "name"]
LIKE_ENOUGH: Final = 0.6
MOST_SUGGESTED: Final = 3
DROPPED: Final = re.compile(r"[\s\-—·•.,,。()()【】\[\]《》“”\"']+")


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of the list."""

    id: int
    code: str
    name: str
    street: str
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What an agreement says of its shop."""

    shop_code: str | None = None
    shop_name: str | None = None
    street: str | None = None
    licence: str | None = None


def bare(text: str | None) -> str:
    """A name as it is compared: full-width made half-width, without case, spaces and signs.

    Examples
    --------
    >>> bare("ABC 便利店(解放路店)"), bare(None)
    ('abc便利店解放路店', '')
    """
    return DROPPED.sub("", unicodedata.normalize("NFKC", text or "")).casefold()


class Finder:
    """Looks shops up; each key stands for one shop only, or for none."""

    def __init__(self, shops: Iterable[Shop]) -> None:
        self.shops = {shop.id: shop for shop in shops}
        keys: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for shop in self.shops.values():
            keys["code", bare(shop.code)].add(shop.id)
            keys["licence", bare(shop.licence)].add(shop.id)
            keys["name", bare(shop.name), bare(shop.street)].add(shop.id)
        self._keys = {key: next(iter(ids)) for key, ids in keys.items() if len(ids) == 1}

    def find(self, claim: Claim) -> tuple[int, By] | None:
        """The shop, and by what; None if nothing names exactly one, or two things name two.

        Examples
        --------
        >>> finder = Finder([Shop(1, "S1", "早点铺", "横街"), Shop(2, "S2", "早点铺", "解放路")])
        >>> finder.find(Claim(shop_name="早点铺", street="解放路")), finder.find(Claim(shop_name="早点铺"))
        ((2, 'name'), None)
        >>> finder.find(Claim(shop_code="S1", shop_name="早点铺", street="解放路")) is None
        True
        """
        asked: list[tuple[By, tuple[str, ...]]] = [
            ("code", ("code", bare(claim.shop_code))),
            ("licence", ("licence", bare(claim.licence))),
            ("name", ("name", bare(claim.shop_name), bare(claim.street))),
        ]
        found = [(self._keys[key], by) for by, key in asked if all(key[1:2]) and key in self._keys]
        return found[0] if found and len({one for one, _ in found}) == 1 else None

    def suggest(self, claim: Claim) -> list[int]:
        """Shops with a like name, the likest first, those of the same street before others; a person decides."""
        name = bare(claim.shop_name)
        if not name:
            return []
        street = bare(claim.street)
        scored = [
            (difflib.SequenceMatcher(None, name, bare(shop.name)).ratio(), bare(shop.street) == street, shop.id)
            for shop in self.shops.values()
        ]
        near = sorted((not same, -ratio, one) for ratio, same, one in scored if ratio >= LIKE_ENOUGH)
        return [one for *_, one in near[:MOST_SUGGESTED]]
