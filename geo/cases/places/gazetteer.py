"""All names of a county in memory, for when many texts are to be placed at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from geo.cases.places.match import SHARED, Name
from geo.cases.places.words import grams


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
        self._along: dict[tuple[str, ...], list[Name]] = {}
        for name in names:
            if name.street is not None:
                self._by_street.setdefault(name.street, []).append(name)
                continue
            pairs = grams(name.spoken)
            self._names[name.id], self._sizes[name.id] = name, len(pairs)
            for pair in pairs:
                self._by_gram.setdefault(pair, []).append(name.id)

    def alike(self, pairs: frozenset[str]) -> list[Name]:
        """As :class:`geo.cases.places.match.Names` says."""
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._by_gram.get(pair, ()))
        few, many = SHARED
        return [self._names[one] for one, count in sorted(shared.items()) if many * count >= few * self._sizes[one]]

    def along(self, streets: Sequence[str]) -> list[Name]:
        """As :class:`geo.cases.places.match.Names` says; each once."""
        asked = tuple(streets)
        if asked not in self._along:
            found = {one.id: one for street in asked for one in self._by_street.get(street, ())}
            self._along[asked] = [found[one] for one in sorted(found)]
        return self._along[asked]
