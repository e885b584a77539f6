"""What a plan says, and when it is complete enough to be approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from geo.errors import Invalid

Measure = Literal["events", "returns", "posts_on_time", "passes", "streets"]

MEASURES: Final[tuple[Measure, ...]] = ("events", "returns", "posts_on_time", "passes", "streets")
"""Events a week; closings followed by a new one within a day; posts held on time; passes done; streets covered."""

AT_MOST: Final[frozenset[Measure]] = frozenset({"events", "returns"})
"""Measures that are to fall; the others are to rise."""

WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LONGEST = dt.timedelta(days=366)


class ContentBroken(Invalid):
    """A plan contradicts itself or lacks something; the facts name the field and the mend."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: event codes (empty for any), where in words, and what is known about it."""

    name: str
    codes: tuple[str, ...] = ()
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to become of it: at most ``goal`` events a week, or a share in thousandths, see :data:`AT_MOST`."""

    measure: Measure
    goal: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreetDuty:
    """Streets passed so many times in each of the plan's shifts."""

    name: str
    road_ids: tuple[int, ...]
    passes: int


@dataclass(frozen=True, slots=True)
class Frequency:
    """On which weekdays a kind of shift serves the plan."""

    shift_code: str
    weekdays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A plan as written. ``owner`` is a staff number, ``posts`` codes of fixed posts; both days are included."""

    title: str
    goal: str
    owner: str
    from_on: dt.date
    to_on: dt.date
    problems: tuple[Problem, ...]
    targets: tuple[Target, ...]
    posts: tuple[str, ...]
    streets: tuple[StreetDuty, ...]
    frequency: tuple[Frequency, ...]

    @property
    def days(self) -> int:
        """Days it lasts, both ends included."""
        return (self.to_on - self.from_on).days + 1

    def lists(self) -> dict[str, list[dict[str, Any]]]:
        """What is stored as lists, ready for JSON."""
        return {
            name: [asdict(one) for one in getattr(self, name)]
            for name in ("problems", "targets", "streets", "frequency")
        }


def check_content(content: Content, known_shifts: Sequence[str]) -> None:
    """Refuse what no draft may say.

    Raises
    ------
    ContentBroken
        For an empty title or goal, days the wrong way round or longer than a year, a share over 1000, a measure given
        twice for the same codes, an unknown shift or weekday, or passes outside 1 to 12.
    """
    for name in ("title", "goal", "owner"):
        if not str(getattr(content, name)).strip():
            raise ContentBroken("treatment.empty", field=name)
    if content.to_on < content.from_on or content.to_on - content.from_on > LONGEST:
        raise ContentBroken("treatment.dates", first=content.from_on.isoformat(), last=content.to_on.isoformat())
    seen = set()
    for target in content.targets:
        most = 1_000_000 if target.measure == "events" else 1000
        if not 0 <= target.goal <= most:
            raise ContentBroken("treatment.goal", measure=target.measure, goal=target.goal, most=most)
        if (target.measure, target.codes) in seen:
            raise ContentBroken("treatment.twice", measure=target.measure)
        seen.add((target.measure, target.codes))
    for street in content.streets:
        if not 1 <= street.passes <= 12 or not street.road_ids:
            raise ContentBroken("treatment.passes", street=street.name, passes=street.passes)
    for one in content.frequency:
        if one.shift_code not in known_shifts:
            raise ContentBroken("treatment.shift", shift=one.shift_code, known=", ".join(known_shifts) or "-")
        if not one.weekdays or set(one.weekdays) - set(WEEKDAYS):
            raise ContentBroken("treatment.weekdays", given=", ".join(one.weekdays) or "-", known=", ".join(WEEKDAYS))


def missing(content: Content) -> list[str]:
    """The parts a plan still lacks before it can be approved, by name; empty for a complete one.

    Examples
    --------
    >>> day = dt.date(2026, 12, 1)
    >>> missing(Content("t", "g", "A01", day, day, (), (Target("events", 3),), ("P1",), (), ()))
    ['problems', 'frequency']
    """
    lacks = [name for name in ("problems", "targets", "frequency") if not getattr(content, name)]
    return lacks if content.posts or content.streets else [*lacks, "posts"]


def read_content(row: Mapping[str, Any]) -> Content:
    """A plan back from what is stored; see :meth:`Content.lists`."""
    return Content(
        title=row["title"],
        goal=row["goal"],
        owner=row["owner"],
        from_on=row["from_on"],
        to_on=row["to_on"],
        problems=tuple(Problem(**{**one, "codes": tuple(one["codes"])}) for one in row["problems"]),
        targets=tuple(Target(**{**one, "codes": tuple(one["codes"])}) for one in row["targets"]),
        posts=tuple(row["posts"]),
        streets=tuple(StreetDuty(**{**one, "road_ids": tuple(one["road_ids"])}) for one in row["streets"]),
        frequency=tuple(Frequency(one["shift_code"], tuple(one["weekdays"])) for one in row["frequency"]),
    )
