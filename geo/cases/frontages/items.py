"""What is looked at in a check: items of 三包 and 四包 with their points, from ``data/codes/frontage_items.csv``."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from geo.errors import Invalid

FILE: Final = Path(__file__).resolve().parents[3] / "data" / "codes" / "frontage_items.csv"
PASS_POINTS: Final = 80
"""Points of 100 from which on an agreement counts as kept, if no item that must be kept is broken."""


class UnknownItem(Invalid):
    """The version of the agreement has no such item; the facts list those it has."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item; ``must``: broken, the agreement is broken."""

    code: str
    zh: str
    en: str
    points: int
    must: bool


@cache
def items_of(version: str) -> tuple[Item, ...]:
    """The items of a version in their order; their points make 100.

    Examples
    --------
    >>> [item.code for item in items_of("three")], sum(item.points for item in items_of("four"))
    (['hygiene', 'order', 'greenery'], 100)
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["version"] == version]
    return tuple(Item(row["code"], row["zh"], row["en"], int(row["points"]), row["must"] == "1") for row in rows)


def mark(version: str, failed: Collection[str]) -> tuple[int, bool]:
    """Points of 100, and whether the agreement was kept.

    Raises
    ------
    UnknownItem
        If an item is not of that version.

    Examples
    --------
    >>> mark("four", []), mark("four", ["greenery"]), mark("four", ["order"])
    ((100, True), (80, True), (70, False))
    """
    items = items_of(version)
    known = [item.code for item in items]
    for code in failed:
        if code not in known:
            raise UnknownItem("frontages.item", item=code, version=version, known=", ".join(known))
    points = sum(item.points for item in items if item.code not in failed)
    broken = any(item.must and item.code in failed for item in items)
    return points, points >= PASS_POINTS and not broken
