"""不漏一户: how every front of the list stands on a day, and that the parts make the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Standing = Literal["signed", "expired", "missing"]

STANDINGS: Final[tuple[Standing, ...]] = ("signed", "expired", "missing")
"""责任书有效, 过期, 未签."""

Why = Literal["", "lapsed", "unchecked", "failed", "ended"]
"""Of an expired one: 到期, 年检逾期, 年检不合格, 已终止."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What the log says of an agreement on a day.

    Parameters
    ----------
    checked_on
        Local day of the last yearly check that was passed; none yet, and the day it was signed counts.
    state
        On that day.
    """

    id: int
    frontage_id: int
    signed_on: dt.date
    valid_to_on: dt.date
    state: str
    checked_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Front:
    """A front of the shop list; in business from ``opened_on`` until the day before ``closed_on``."""

    id: int
    town: str
    street: str
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None

    def stands(self, on: dt.date) -> bool:
        """Whether it is part of the whole on a day."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on < self.closed_on)


@dataclass(frozen=True, slots=True)
class Tally:
    """Fronts by how they stand; ``all`` is counted from the list, not summed from the rest."""

    all: int = 0
    signed: int = 0
    expired: int = 0
    missing: int = 0


def year_after(on: dt.date) -> dt.date:
    """The same day a year later; 29 February is followed by 28 February.

    Examples
    --------
    >>> year_after(dt.date(2024, 2, 29)), year_after(dt.date(2026, 3, 1))
    (datetime.date(2025, 2, 28), datetime.date(2027, 3, 1))
    """
    last = on.replace(day=28) if (on.month, on.day) == (2, 29) else on
    return last.replace(year=on.year + 1)


def due_on(paper: Paper) -> dt.date:
    """The last day on which the yearly check is in time.

    Examples
    --------
    >>> due_on(Paper(1, 7, dt.date(2025, 3, 1), dt.date(2028, 2, 28), "signed"))
    datetime.date(2026, 3, 1)
    """
    return year_after(max(paper.signed_on, paper.checked_on or paper.signed_on))


def weigh(paper: Paper, on: dt.date) -> Why | None:
    """Why an agreement does not hold on a day; empty if it holds, None if it was not signed by then.

    Examples
    --------
    >>> paper = Paper(1, 7, dt.date(2025, 3, 1), dt.date(2025, 12, 31), "signed")
    >>> weigh(paper, dt.date(2025, 12, 31)), weigh(paper, dt.date(2026, 1, 1)), weigh(paper, dt.date(2025, 2, 1))
    ('', 'lapsed', None)
    """
    if on < paper.signed_on:
        return None
    if paper.state in ("replaced", "ended"):
        return "ended"
    if on > paper.valid_to_on:
        return "lapsed"
    if paper.state == "failed":
        return "failed"
    return "unchecked" if on > due_on(paper) else ""


def stand(fronts: Iterable[Front], papers: Iterable[Paper], on: dt.date) -> dict[int, tuple[Standing, Why]]:
    """How every front in business stands on a day, by id; of an expired one why, by its newest paper.

    Examples
    --------
    >>> fronts = [Front(1, "城关镇", "解放路"), Front(2, "城关镇", "解放路")]
    >>> stand(fronts, [Paper(9, 1, dt.date(2026, 1, 1), dt.date(2028, 12, 31), "signed")], dt.date(2026, 5, 1))
    {1: ('signed', ''), 2: ('missing', '')}
    """
    held: dict[int, list[tuple[dt.date, int, Why]]] = {}
    for paper in papers:
        why = weigh(paper, on)
        if why is not None:
            held.setdefault(paper.frontage_id, []).append((paper.signed_on, paper.id, why))
    told: dict[int, tuple[Standing, Why]] = {}
    for front in fronts:
        if not front.stands(on):
            continue
        mine = held.get(front.id, [])
        if not mine:
            told[front.id] = ("missing", "")
        elif any(why == "" for *_, why in mine):
            told[front.id] = ("signed", "")
        else:
            told[front.id] = ("expired", max(mine)[2])
    return told


def tally(
    fronts: Sequence[Front], standings: Mapping[int, tuple[Standing, Why]], on: dt.date
) -> dict[tuple[str, str], Tally]:
    """Fronts by (town, street); a front without a street stands under an empty name.

    Examples
    --------
    >>> fronts = [Front(1, "城关镇", "解放路"), Front(2, "城关镇", "解放路"), Front(3, "城关镇", "")]
    >>> told = tally(fronts, {1: ("signed", ""), 2: ("missing", ""), 3: ("expired", "lapsed")}, dt.date(2026, 5, 1))
    >>> told["城关镇", "解放路"]
    Tally(all=2, signed=1, expired=0, missing=1)
    """
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for front in fronts:
        if front.stands(on):
            row = counts.setdefault((front.town, front.street), dict.fromkeys(("all", *STANDINGS), 0))
            row["all"] += 1
            row[standings[front.id][0]] += 1
    return {place: Tally(**counts[place]) for place in sorted(counts)}
