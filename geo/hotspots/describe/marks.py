"""A description points at places and says why; it puts none before another.

Gi* as a ranking caught a quarter less of the next week's events than last year's plain counts, so nobody may send a
patrol by it. A mark therefore has no number to sort by, refuses every comparison, and the rooms that forecast and plan
may not import this one (a contract of the import checker).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from geo.errors import Invalid
from geo.hotspots.findings import Finding, Row, Sentence


class NotARanking(Invalid):
    """Somebody tried to order what only describes."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark(Row):
    """A place a description points at; what it is stands in words, its evidence in its sentence.

    Raises
    ------
    NotARanking
        If it is given a number to sort by, or compared with another.

    Examples
    --------
    >>> one, other = (Mark(key, Sentence("describe.mark_hot", {}), "event", ()) for key in "ab")
    >>> sorted([one, other])
    Traceback (most recent call last):
    ...
    geo.hotspots.describe.marks.NotARanking: describe.not_a_ranking
    """

    def __post_init__(self) -> None:
        if any(isinstance(value, int | float) for value in self.values.values()):
            raise NotARanking("describe.not_a_ranking")

    def _refuse(self, _: object) -> NoReturn:
        raise NotARanking("describe.not_a_ranking")

    __lt__ = __le__ = __gt__ = __ge__ = _refuse

    def __float__(self) -> NoReturn:
        raise NotARanking("describe.not_a_ranking")


def describe(kind: str, sentence: Sentence, notes: list[Sentence], marks: list[Mark], asked: dict[str, Any]) -> Finding:
    """A finding labelled as description, its marks by key, which says nothing about their weight."""
    order = sorted(range(len(marks)), key=lambda i: marks[i].key)
    reminder = Sentence("describe.label")
    return Finding(kind, "description", sentence, (reminder, *notes), tuple(marks[i] for i in order), asked)
