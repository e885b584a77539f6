"""红黑榜 of a month, drawn up from its checks alone: the same checks give the same list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

Colour = Literal["red", "black"]

RED_CHECKS: Final = 2
RED_POINTS: Final = 95
"""红榜: at least two checks in the month, all passed, 95 points or more on average."""

BLACK_BREACHES: Final = 2
"""黑榜: at least two checks in the month not passed. One slip puts nobody on it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One check, as far as the list looks at it."""

    id: int
    frontage_id: int
    points: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """One shop on the list, and the checks it rests on."""

    frontage_id: int
    colour: Colour
    checked: int
    passed: int
    points: int
    check_ids: tuple[int, ...]


def rank(checks: Iterable[Checked]) -> list[Ranked]:
    """The list of a month: red before black, then by points per check, then by shop.

    Examples
    --------
    >>> month = [Checked(1, 7, 100, True), Checked(2, 7, 100, True), Checked(3, 8, 60, False), Checked(4, 8, 40, False)]
    >>> [(one.frontage_id, one.colour, one.check_ids) for one in rank(month)]
    [(7, 'red', (1, 2)), (8, 'black', (3, 4))]
    >>> rank([Checked(1, 7, 60, False)])
    []
    """
    by_shop: dict[int, list[Checked]] = {}
    for check in checks:
        by_shop.setdefault(check.frontage_id, []).append(check)
    ranked = []
    for shop, mine in by_shop.items():
        passed, points = sum(one.passed for one in mine), sum(one.points for one in mine)
        ids = tuple(sorted(one.id for one in mine))
        if len(mine) >= RED_CHECKS and passed == len(mine) and points >= RED_POINTS * len(mine):
            ranked.append(Ranked(shop, "red", len(mine), passed, points, ids))
        elif len(mine) - passed >= BLACK_BREACHES:
            ranked.append(Ranked(shop, "black", len(mine), passed, points, ids))
    # Whole numbers throughout: a / n > b / m is a * m > b * n, which a key of fractions in thousandths keeps.
    return sorted(ranked, key=lambda one: (one.colour == "black", -(one.points * 1000 // one.checked), one.frontage_id))


def digest(rows: Iterable[Ranked]) -> str:
    """Names a list by its content.

    Examples
    --------
    >>> digest([]) == digest(rank([]))
    True
    """
    said = json.dumps([asdict(one) for one in rows], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
