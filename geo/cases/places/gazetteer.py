"""All names of a county in memory, for when many texts are to be placed at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from geo.cases.places.match import SHARED, Along, Hit, Name
from geo.cases.places.words import grams

DIGIT: Final = re.compile(r"\d")


class Gazetteer:
    """Names by their pairs of letters and by their street.

    Examples
    --------
    >>> names = Gazetteer([Name(1, "road", "朝阳路", "朝阳路", 118.0, 28.3, 400)])
    >>> [one.name for one in names.alike(grams("朝杨路口"))], list(names.alike(grams("东湖")))
    (['朝阳路'], [])
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._by_gram: dict[str, list[int]] = {}
        self._names: dict[int, Name] = {}
        self._sizes: dict[int, int] = {}
        self._by_street: dict[str, list[Name]] = {}
        self._along: dict[tuple[str, ...], Along] = {}
        self._numbered: dict[str, list[int]] = {}
        self._hits: dict[str, Sequence[Hit]] = {}
        for name in names:
            if name.street is not None:
                self._by_street.setdefault(name.street, []).append(name)
                continue
            pairs = grams(name.spoken)
            self._names[name.id], self._sizes[name.id] = name, len(pairs)
            for pair in pairs:
                self._by_gram.setdefault(pair, []).append(name.id)
                if DIGIT.search(name.spoken):
                    self._numbered.setdefault(pair, []).append(name.id)

    def alike(self, pairs: frozenset[str]) -> list[Name]:
        """As :class:`geo.cases.places.match.Names` says."""
        return self._sharing(pairs, self._by_gram)

    def along(self, streets: Sequence[str]) -> Along:
        """As :class:`geo.cases.places.match.Names` says; each once."""
        asked = tuple(streets)
        if asked not in self._along:
            found = {one.id: one for street in asked for one in self._by_street.get(street, ())}
            self._along[asked] = Along(found[one] for one in sorted(found))
        return self._along[asked]

    def recognise(self, said: str, look: Callable[[str], list[Hit]]) -> Sequence[Hit]:
        """As :class:`geo.cases.places.match.Names` says: 朝阳路12号 and 朝阳路36号 name the same street.

        A name without digits stands alike in two texts that differ in digits only; texts like a name with digits are
        looked at each for itself.
        """
        if self._sharing(grams(said), self._numbered):
            return look(said)
        shape = DIGIT.sub("0", said)
        if shape not in self._hits:
            self._hits[shape] = look(shape)
        return self._hits[shape]

    def _sharing(self, pairs: frozenset[str], by_gram: dict[str, list[int]]) -> list[Name]:
        there = pairs & by_gram.keys()
        if not there:
            return []
        shared: Counter[int] = Counter()
        for pair in there:
            shared.update(by_gram[pair])
        few, many = SHARED
        return [self._names[one] for one, count in sorted(shared.items()) if many * count >= few * self._sizes[one]]
