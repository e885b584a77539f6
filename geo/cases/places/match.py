"""Where a text says something is: the county's names it contains, put together to places with a confidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Final, Protocol

from geo.cases.places.align import FULL, KIND_LETTERS, Alignment, align
from geo.cases.places.words import BETWEEN, CROSSING, HOUSE, grams, spoken

POINTED: Final = ("shop", "zone", "estate")
BROAD: Final = ("district", "area")

SHARED: Final = 3, 10
"""A name is looked at if the text has at least 3 of 10 of its pairs of letters."""

LEAST: Final = {2: FULL, 3: 660}
"""Likeness from which a name of so many letters is taken to be meant; longer ones from ``LEAST_LONG``."""

LEAST_LONG: Final = 700
CERTAIN: Final = {"house": 980, "between": 850, "crossing": 950, "road": 600, "district": 300, "area": 300}
POINT_CERTAIN, WIDE_CERTAIN, WIDE_M = 920, 750, 300
SHORT_ROAD_M, SHORT_ROAD = 150, 800
APART_M, BESIDE_M = 200, 150
PLACED: Final = 700
"""From this confidence on a complaint is put on the map without a person; the rest waits."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the county: what it is, where (EPSG:4490 degrees), how far it reaches, and in which 片区."""

    id: int
    kind: str
    name: str
    spoken: str
    lon: float
    lat: float
    radius_m: int
    district: str | None = None
    street: str | None = None


class Names(Protocol):
    """Where names are found: in memory or in the database, the same ones."""

    def alike(self, pairs: frozenset[str]) -> Iterable[Name]:
        """Names of which at least :data:`SHARED` of the pairs of letters are among ``pairs``."""

    def along(self, streets: Sequence[str]) -> Along:
        """Houses and crossings of streets, by the streets' spoken names."""

    def recognise(self, said: str, look: Callable[[str], list[Hit]]) -> Sequence[Hit]:
        """What ``look`` finds in a text; remembered where it is known to find the same in others."""


class Along:
    """Houses and crossings of streets, found by what they are called.

    Examples
    --------
    >>> house = Name(1, "house", "朝阳路12号", "朝阳路12号", 118.0, 28.3, 0, street="朝阳路")
    >>> along = Along([house])
    >>> along.houses("朝阳路", "朝阳路12号") == along.houses("朝阳路") == [house], along.crossings("朝阳路")
    (True, [])
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._houses: dict[str, list[Name]] = {}
        self._called: dict[tuple[str, str], list[Name]] = {}
        self._crossings: dict[str, list[Name]] = {}
        for name in names:
            if name.kind == "house" and name.street is not None:
                self._houses.setdefault(name.street, []).append(name)
                self._called.setdefault((name.street, name.spoken), []).append(name)
            elif name.kind == "crossing":
                self._crossings.setdefault(name.spoken, []).append(name)

    def houses(self, street: str, spoken: str | None = None) -> list[Name]:
        """Houses of a street; only those of one spoken name if it is given."""
        return self._houses.get(street, []) if spoken is None else self._called.get((street, spoken), [])

    def crossings(self, pair: str) -> list[Name]:
        """Crossings of two streets, named by :func:`crossing_of`."""
        return self._crossings.get(pair, [])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant: ``confidence`` in thousandths, and the names of the county that were recognised."""

    kind: str
    name: str
    lon: float
    lat: float
    radius_m: int
    confidence: int
    district: str | None
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A name and where in a text it stands."""

    name: Name
    at: Alignment


def find_places(text: str, names: Names, most: int = 5) -> list[Candidate]:
    """The places a text may mean.

    Parameters
    ----------
    text
        As somebody wrote it: ``朝阳路与文昌路交叉口往东50米``.
    most
        So many candidates at most.

    Returns
    -------
    list of Candidate
        The most certain first; empty if no name of the county is recognised.

    Notes
    -----
    Confidence is certainty of the kind (a house number more than a street of a mile) × likeness of the letters,
    more if other names in the text lie there too, less if they lie elsewhere, and shared if several places have the
    name. The figures are ours; ``tests/unit/test_places.py`` holds the rates they give.
    """
    said = spoken(text)
    hits = names.recognise(said, lambda text: _hits(text, names))
    roads = [hit for hit in hits if hit.name.kind == "road"]
    along = names.along(sorted({hit.name.spoken for hit in roads})) if roads else Along(())
    found = _houses(said, roads, along) + _crossings(said, roads, along)
    found += [(_plain(hit), (hit,)) for hit in hits]
    judged = [_judge(candidate, used, hits) for candidate, used in found]
    ranked = sorted(judged, key=lambda one: (-one.confidence, one.radius_m, one.name, one.lon, one.lat))
    return _without_same(ranked)[:most]


def _hits(said: str, names: Names) -> list[Hit]:
    """Names in the text that do not stand in each other's letters; where several places share one name, all."""
    pairs = grams(said)
    if not pairs:
        return []
    letters = frozenset(said)
    exact: list[Hit] = []
    other: list[Name] = []
    for name in names.alike(pairs):
        begin = said.find(name.spoken)
        if begin >= 0:
            exact.append(Hit(name, Alignment(FULL, begin, begin + len(name.spoken))))
        elif _can_be(name.spoken, letters):
            other.append(name)
    sure = _best(exact)
    hidden = _hidden(said, sure, other)
    taken = _best(exact + _aligned(said, [name for name in other if name.id not in hidden]))
    if hidden and not {hit.name.id for hit in sure} <= {hit.name.id for hit in taken}:
        taken = _best(exact + _aligned(said, other))
    return taken


def _aligned(said: str, names: Iterable[Name]) -> list[Hit]:
    """Where names stand with wrong letters, those that are like enough."""
    hits = [Hit(name, align(name.spoken, said)) for name in names]
    return [hit for hit in hits if hit.at.likeness >= LEAST.get(len(hit.name.spoken), LEAST_LONG)]


def _best(hits: Iterable[Hit]) -> list[Hit]:
    """Hits that do not stand in the letters of a better one."""
    taken: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-_value(hit), hit.at.begin, hit.name.spoken, hit.name.id)):
        over = [other for other in taken if hit.at.begin < other.at.end and other.at.begin < hit.at.end]
        if all(other.at == hit.at and _value(other) == _value(hit) for other in over):
            taken.append(hit)
    return taken


def _hidden(said: str, sure: Sequence[Hit], names: Iterable[Name]) -> set[int]:
    """Names that can only stand, with a wrong letter, where a name of ``sure`` that is worth more stands as it is.

    They need not be aligned while each of ``sure`` is taken, which spares nine alignments of ten: 文阳路 in 朝阳路12号.
    """
    if not sure:
        return set()
    inside = {at for hit in sure for at in range(hit.at.begin, hit.at.end)}
    rest = frozenset(letter for at, letter in enumerate(said) if at not in inside)
    least = min(_value(hit) for hit in sure)
    return {name.id for name in names if _worth(name.spoken) < least and not _can_be(name.spoken, rest)}


def _worth(name: str) -> int:
    """At most the value of a hit of which half a letter is wrong."""
    size = len(name)
    return size * (18 * (FULL - FULL // (2 * size)) - 8 * FULL)


def _can_be(name: str, letters: frozenset[str]) -> bool:
    """Whether a text of these letters can be like enough at all; spares most alignments."""
    least = sum(1 if letter in KIND_LETTERS else 2 for letter in name if letter not in letters)
    return FULL - FULL * least // (2 * len(name)) >= LEAST.get(len(name), LEAST_LONG)


def _value(hit: Hit) -> int:
    """Letters that fit, less 1.8 for each that does not: the longer name wins, but not by its wrong letters."""
    return len(hit.name.spoken) * (18 * hit.at.likeness - 8 * FULL)


def _plain(hit: Hit) -> Candidate:
    name = hit.name
    if name.kind in POINTED:
        certain = POINT_CERTAIN if name.radius_m <= WIDE_M else WIDE_CERTAIN
    elif name.kind == "road" and name.radius_m <= SHORT_ROAD_M:
        certain = SHORT_ROAD
    else:
        certain = CERTAIN[name.kind]
    return _candidate(name, certain * hit.at.likeness // FULL, (hit,))


def _candidate(name: Name, confidence: int, used: Sequence[Hit]) -> Candidate:
    matched = tuple(dict.fromkeys(hit.name.name for hit in used))
    return Candidate(
        name.kind, name.name, name.lon, name.lat, name.radius_m, confidence, name.district, matched or (name.name,)
    )


def _houses(said: str, roads: Sequence[Hit], along: Along) -> list[tuple[Candidate, tuple[Hit, ...]]]:
    """House numbers right behind a street's name: the house itself, or between its known neighbours."""
    found: list[tuple[Candidate, tuple[Hit, ...]]] = []
    for hit in roads:
        number = HOUSE.match(said[hit.at.end :])
        if number is None:
            continue
        street = hit.name.spoken
        exact = along.houses(street, street + number[0]) or along.houses(street, f"{street}{number['number']}号")
        near = exact or _between(along.houses(street), hit.name, int(number["number"]))
        certain = CERTAIN["house" if exact else "between"]
        found += [(_candidate(one, certain * hit.at.likeness // FULL, (hit,)), (hit,)) for one in near]
    return found


def _between(known: Sequence[Name], road: Name, number: int) -> list[Name]:
    """The spot between the two nearest known numbers of the same side (odd or even); none without both."""
    numbered = sorted(
        (int(found["number"]), one) for one in known if (found := HOUSE.match(one.spoken[len(road.spoken) :]))
    )
    side = [pair for pair in numbered if pair[0] % 2 == number % 2]
    for (low, first), (high, last) in pairwise(side):
        if low < number < high:
            part = (number - low) / (high - low)
            lon, lat = (getattr(first, axis) + part * (getattr(last, axis) - getattr(first, axis)) for axis in _AXES)
            half = math.ceil(metres(first, last) / 2)
            told = f"{road.name}{number}号({low}–{high}号之间)"
            return [replace(first, name=told, lon=lon, lat=lat, radius_m=half)]
    return []


_AXES: Final = ("lon", "lat")


def _crossings(said: str, roads: Sequence[Hit], along: Along) -> list[tuple[Candidate, tuple[Hit, ...]]]:
    """Crossings of two streets of the text, if it says that a crossing is meant."""
    if len(roads) < 2:
        return []
    found: list[tuple[Candidate, tuple[Hit, ...]]] = []
    for used in combinations(sorted(roads, key=lambda hit: (hit.at.begin, hit.name.id)), 2):
        first, last = used
        if not (CROSSING.search(said) or BETWEEN.match(said[first.at.end : last.at.begin])):
            continue
        confidence = CERTAIN["crossing"] * min(first.at.likeness, last.at.likeness) // FULL
        spots = along.crossings(crossing_of(first.name.spoken, last.name.spoken))
        found += [(_candidate(name, confidence, used), used) for name in spots]
    return list(dict.fromkeys(found))


def crossing_of(one: str, other: str) -> str:
    """Under which the crossing of two streets is kept, whichever is named first.

    Examples
    --------
    >>> crossing_of("文昌路", "朝阳路") == crossing_of("朝阳路", "文昌路") == "文昌路|朝阳路"
    True
    """
    return "|".join(sorted((one, other)))


def _judge(candidate: Candidate, used: tuple[Hit, ...], hits: Sequence[Hit]) -> Candidate:
    """More for names that lie there too, less for those that lie elsewhere or if the name is not the only one."""
    if len(hits) == 1:
        return candidate
    stretches = {(hit.at.begin, hit.at.end) for hit in used}
    others: dict[tuple[int, int], list[Name]] = {}
    for hit in hits:
        if (hit.at.begin, hit.at.end) not in stretches:
            others.setdefault((hit.at.begin, hit.at.end), []).append(hit.name)
    confidence = candidate.confidence
    agreed = False
    for said in others.values():
        here = any(metres(candidate, one) <= candidate.radius_m + one.radius_m + BESIDE_M for one in said)
        agreed |= here and any(one.kind not in BROAD for one in said)
        if not here:
            confidence = confidence * 6 // 10
    if len(used) == 1 and candidate.kind == used[0].name.kind:
        same = [hit.name for hit in hits if hit.at == used[0].at]
        apart = [one for one in same if metres(candidate, one) > APART_M + candidate.radius_m]
        if apart and not (agreed and not any(_near_others(one, others) for one in apart)):
            confidence //= 2
    if agreed and candidate.kind != "road":
        confidence = min(990, confidence + 50)
    return candidate if confidence == candidate.confidence else replace(candidate, confidence=confidence)


def _near_others(one: Name, others: dict[tuple[int, int], list[Name]]) -> bool:
    return all(
        any(metres(one, name) <= one.radius_m + name.radius_m + BESIDE_M for name in said) for said in others.values()
    )


def _without_same(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Without the less certain of two that name the same spot alike."""
    kept: list[Candidate] = []
    for one in ranked:
        if not any(one.name == other.name and metres(one, other) <= APART_M for other in kept):
            kept.append(one)
    return kept


def metres(one: Name | Candidate, other: Name | Candidate) -> float:
    """Metres between two places of a county, on a sphere's plane; off by less than 0.1 % within a county.

    Examples
    --------
    >>> a, b = (Name(i, "zone", "", "", 118.0 + i / 100, 28.3, 0) for i in (0, 1))
    >>> round(metres(a, b))
    979
    """
    east = math.radians(one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 6_371_000 * math.hypot(east, math.radians(one.lat - other.lat))
