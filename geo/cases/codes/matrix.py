"""Who answers for a code at a place: exactly one unit, and a report where there is none or more than one (P19).

A row names a code (``04-05``), a group (``04-*``) or any (``*``), and a place: a street, a 片区, a town, or the whole
county. The most particular place decides, then the most particular code; so a row about a street is an exception to the
row about its 片区, and only two rows for the same code and the same place can contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from geo.tables.case_codes import PLACE_KINDS

ANY: Final = "*"
Code = tuple[str, str]
"""Code system and code."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the matrix; ``row`` is its number in the file, 0 for one that is stored."""

    code_system: str
    code: str
    place_kind: str
    place: str
    org: str
    staff: str | None = None
    row: int = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What no two rows may share."""
        return (self.code_system, self.code, self.place_kind, self.place)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, as far as it is known: names of street and town, codes of 片区; None outside all."""

    road: str | None = None
    district: str | None = None
    town: str | None = None

    def named(self, kind: str) -> str | None:
        """The place's name of one kind; the county has ``*``."""
        return ANY if kind == "county" else {"road": self.road, "district": self.district, "town": self.town}[kind]


@dataclass(frozen=True)
class Matrix:
    """All rows, looked up by key.

    Examples
    --------
    >>> rows = [Duty("*", "*", "county", "*", "B"), Duty("*", "04-*", "district", "PQ01", "S1"),
    ...         Duty("*", "04-06", "road", "人民路", "S2")]
    >>> matrix = Matrix(tuple(rows))
    >>> [matrix.owner("GB/T 30428.2-2013", code, Place(road, "PQ01")).org
    ...  for code, road in (("04-06", "人民路"), ("04-05", "人民路"), ("03-04", None))]
    ['S2', 'S1', 'B']
    """

    duties: tuple[Duty, ...]

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str, str, str], Duty]:
        """The first row of each key."""
        found: dict[tuple[str, str, str, str], Duty] = {}
        for duty in self.duties:
            found.setdefault(duty.key, duty)
        return found

    def owner(self, code_system: str, code: str, place: Place) -> Duty | None:
        """The one row that decides; None where nobody answers."""
        for kind in PLACE_KINDS:
            named = place.named(kind)
            if named is None:
                continue
            for system, pattern in code_patterns(code_system, code):
                duty = self.by_key.get((system, pattern, kind, named))
                if duty is not None:
                    return duty
        return None

    def overlaps(self) -> list[tuple[Duty, Duty]]:
        """Pairs of rows for the same code and place, each later row with the first of its key; file order."""
        return [(first, duty) for duty in self.duties if (first := self.by_key[duty.key]) is not duty]

    def gaps(self, codes: Sequence[Code], places: Sequence[Place]) -> list[tuple[Code, list[Place]]]:
        """Codes with the places at which nobody answers for them; codes in the order given."""
        found = []
        for code_system, code in codes:
            lost = [place for place in places if self.owner(code_system, code, place) is None]
            if lost:
                found.append(((code_system, code), lost))
        return found


def code_patterns(code_system: str, code: str) -> Iterator[Code]:
    """What rows may call a code, the most particular first.

    Examples
    --------
    >>> list(code_patterns("GB", "04-06"))
    [('GB', '04-06'), ('*', '04-06'), ('GB', '04-*'), ('*', '04-*'), ('GB', '*'), ('*', '*')]
    """
    group = f"{code.rpartition('-')[0]}-{ANY}" if "-" in code else None
    for pattern in (code, group, ANY):
        if pattern is not None:
            yield (code_system, pattern)
            yield (ANY, pattern)


def told_gaps(gaps: Iterable[tuple[Code, list[Place]]], most: int = 20) -> list[dict[str, Any]]:
    """Gaps as facts of a report: code system, code, and the places without an owner (``-`` outside all 片区).

    Examples
    --------
    >>> told_gaps([(("GB", "01-01"), [Place(district="PQ01", town="城关镇"), Place()])])
    [{'code_system': 'GB', 'code': '01-01', 'places': ['PQ01/城关镇', '-']}]
    """
    told: list[dict[str, Any]] = []
    for (code_system, code), places in gaps:
        names = ["/".join(filter(None, (place.district, place.town))) or "-" for place in places]
        told.append({"code_system": code_system, "code": code, "places": names[:most]})
    return told[:most]
