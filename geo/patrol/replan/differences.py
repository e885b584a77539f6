"""What is other in a new plan: which visits to come moved, what is no longer done, what is done besides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geo.patrol.replan.carry import Planned

SAME_S: Final = 15 * 60
"""A visit by the same team within a quarter of an hour of its time is where the squad expects it."""


@dataclass(frozen=True)
class Differences:
    """Keys of visits to come: the same, moved to another team or time, gone, and new; in order of time."""

    same: tuple[str, ...]
    moved: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def moved_permille(self) -> int:
        """Share of the visits still to come that moved or are gone, in thousandths; 0 if there were none."""
        total = len(self.same) + len(self.moved) + len(self.gone)
        return 1000 * (len(self.moved) + len(self.gone)) // total if total else 0


def differences(
    before: Mapping[str, Sequence[Planned]], after: Mapping[str, Sequence[Planned]], now_s: int, ignored: frozenset[str]
) -> Differences:
    """Compare the visits to come.

    Parameters
    ----------
    before, after
        By team.
    now_s
        Visits that began before are over and not compared.
    ignored
        Keys the news itself touches (a closed street, an absent team's, an urgent case): they must move.

    Examples
    --------
    >>> old = {"A": [Planned("x", 0, 10, 10, 20), Planned("y", 0, 2000, 2000, 2100)]}
    >>> new = {"A": [Planned("x", 0, 10, 10, 20)], "B": [Planned("y", 0, 2000, 2000, 2100)]}
    >>> differences(old, new, 0, frozenset()).moved
    ('y',)
    """
    left: dict[tuple[str, str], list[int]] = {}
    anywhere: dict[str, int] = {}
    for team, day in after.items():
        for visit in day:
            if visit.begin_s >= now_s:
                left.setdefault((team, visit.key), []).append(visit.begin_s)
                anywhere[visit.key] = anywhere.get(visit.key, 0) + 1
    same, moved, gone = [], [], []
    coming = sorted(
        (visit.begin_s, team, visit.key)
        for team, day in before.items()
        for visit in day
        if visit.begin_s >= now_s and visit.key not in ignored
    )
    for begin_s, team, key in coming:
        times = left.get((team, key), [])
        near = min((t for t in times if abs(t - begin_s) <= SAME_S), key=lambda t: abs(t - begin_s), default=None)
        if near is not None:
            times.remove(near)
            anywhere[key] -= 1
            same.append(key)
        elif anywhere.get(key, 0) > 0:
            anywhere[key] -= 1
            moved.append(key)
        else:
            gone.append(key)
    known = {key for _, _, key in coming} | ignored
    new = sorted(
        (visit.begin_s, visit.key)
        for day in after.values()
        for visit in day
        if visit.begin_s >= now_s and visit.key not in known
    )
    return Differences(tuple(same), tuple(moved), tuple(gone), tuple(dict.fromkeys(key for _, key in new)))


def place_of(key: str, kind: str) -> str:
    """The key of a place however often it is visited.

    Examples
    --------
    >>> place_of("zone:17:2", "zone"), place_of("zone:17", "zone"), place_of("pass:4:0:1", "pass")
    ('zone:17', 'zone:17', 'pass:4:0:1')
    """
    return key.rpartition(":")[0] if kind == "zone" and key.count(":") > 1 else key


@dataclass(frozen=True, slots=True)
class Pair:
    """A visit to come before and after: its place by key, with team and times; None on the side where it is not.

    ``what``: ``same``, ``moved``, ``gone`` or ``new``; ``passed`` if the new plan passes it on the way instead.
    """

    key: str
    before: tuple[str, Planned] | None
    after: tuple[str, Planned] | None
    passed: bool = False

    @property
    def what(self) -> str:
        """What became of it."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "passed" if self.passed else "gone"
        near = abs(self.before[1].begin_s - self.after[1].begin_s) <= SAME_S
        return "same" if self.before[0] == self.after[0] and near else "moved"


def pair_visits(
    before: Mapping[str, Sequence[Planned]],
    after: Mapping[str, Sequence[Planned]],
    now_s: int,
    passed: Collection[str] = (),
) -> list[Pair]:
    """Visits to come side by side: first those that are where they were, then the same places elsewhere, by time.

    Parameters
    ----------
    before, after
        By team, places by one key each, however often they are visited.
    passed
        Keys of what the plan after passes on the way.

    Examples
    --------
    >>> old = {"A": [Planned("x", 0, 10, 10, 20), Planned("y", 0, 2000, 2000, 2100), Planned("w", 0, 9, 9, 9)]}
    >>> new = {"A": [Planned("x", 0, 60, 60, 70)], "B": [Planned("y", 0, 90, 90, 99), Planned("z", 0, 100, 100, 101)]}
    >>> [(pair.key, pair.what) for pair in pair_visits(old, new, 0)]
    [('w', 'gone'), ('x', 'same'), ('z', 'new'), ('y', 'moved')]
    """
    left = [(team, visit) for team, day in after.items() for visit in day if visit.begin_s >= now_s]
    left.sort(key=lambda one: (one[1].begin_s, one[0]))
    coming = sorted(
        ((team, visit) for team, day in before.items() for visit in day if visit.begin_s >= now_s),
        key=lambda one: (one[1].begin_s, one[0]),
    )
    found: list[Pair] = []
    rest: list[tuple[str, Planned]] = []
    for team, visit in coming:
        at_home = [one for one in left if one[0] == team and one[1].key == visit.key]
        near = min(at_home, key=lambda one: abs(one[1].begin_s - visit.begin_s), default=None)
        if near is not None and abs(near[1].begin_s - visit.begin_s) <= SAME_S:
            left.remove(near)
            found.append(Pair(visit.key, (team, visit), near))
        else:
            rest.append((team, visit))
    for team, visit in rest:
        elsewhere = next((one for one in left if one[1].key == visit.key), None)
        if elsewhere is not None:
            left.remove(elsewhere)
        found.append(Pair(visit.key, (team, visit), elsewhere, visit.key in passed))
    found += [Pair(visit.key, None, (team, visit)) for team, visit in left]
    return sorted(found, key=_when)


def _when(pair: Pair) -> tuple[int, str]:
    side = pair.before or pair.after
    assert side is not None
    return side[1].begin_s, pair.key
