"""轻微免罚 and 首违不罚: which entry of the list lets an incident stop before punishment (行政处罚法 art. 33)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

NEEDED: Final = {"minor": {"minor", "corrected", "no_harm"}, "first": {"first_time", "harm_minor", "corrected"}}
"""What the law asks for at least; a list may ask for more."""

FORMAL: Final = frozenset({"warn", "penalise"})
"""Rungs that are penalties, so that there is something to be exempt from."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """An entry of the list: its row, number, kind, conditions, and the days given to mend it."""

    id: int
    code: str
    kind: str
    conditions: frozenset[str]
    correct_days: int = 0


def find_exemption(rules: Iterable[Exemption], found: Iterable[str], *, first: bool) -> Exemption | None:
    """The first entry all of whose conditions an officer found, those of the law included.

    Parameters
    ----------
    rules
        Entries for this behaviour, in order of the list.
    found
        Conditions the officer found; that it is the first time is taken from the file, whatever was ticked.
    first
        Whether the file shows no earlier incident in the window.

    Examples
    --------
    >>> minor = Exemption(1, "免-1", "minor", frozenset({"minor", "corrected", "no_harm"}))
    >>> first = Exemption(2, "免-2", "first", frozenset({"first_time", "harm_minor", "corrected"}))
    >>> find_exemption([minor, first], ["minor", "corrected", "no_harm"], first=False).code
    '免-1'
    >>> find_exemption([first], ["first_time", "harm_minor", "corrected"], first=False) is None
    True
    """
    met = (set(found) - {"first_time"}) | ({"first_time"} if first else set())
    return next((rule for rule in rules if rule.conditions | NEEDED[rule.kind] <= met), None)
