"""What a roster is made from: shifts and what they need, people and their leave, and the rest that is due to them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal, NamedTuple

from geo.errors import Invalid
from geo.patrol.problem import Person

DayKind = Literal["workday", "restday"]
Rule = Literal["leave", "rest", "day_minutes", "week_minutes", "days_off", "running"]

RULES: Final[tuple[Rule, ...]] = ("leave", "rest", "day_minutes", "week_minutes", "days_off", "running")
"""What a roster keeps always. Leave, rest between days and after nights, minutes a day and a week, days off, runs."""

DAY_MIN: Final = 1440
LATE_FROM_MIN: Final = 22 * 60
"""A shift that lasts until ten at night or longer is a late one; fairness counts them."""


class RosterBroken(Invalid):
    """What a roster is to be made from contradicts itself; the facts name the entry."""


class Duty(NamedTuple):
    """One person on one shift of one day."""

    on_date: dt.date
    shift: str
    person_id: int
    role: Literal["member", "leader"] = "member"


@dataclass(frozen=True, slots=True)
class Need:
    """What a shift needs on a kind of day; ``takes_rest``: whoever else works that day may be on it."""

    people: int
    licensed: int = 0
    regular: int = 0
    leader: bool = True
    takes_rest: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift: minutes after local midnight; an end past 1440 is on the next day."""

    code: str
    begin_min: int
    end_min: int
    needs: Mapping[DayKind, Need] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return self.end_min - self.begin_min

    @property
    def night(self) -> bool:
        """Whether it ends on the next day."""
        return self.end_min > DAY_MIN

    @property
    def late(self) -> bool:
        """Whether it lasts until late at night."""
        return self.end_min >= LATE_FROM_MIN

    def overlaps(self, other: Shift) -> bool:
        """Whether nobody could be on both on one day."""
        return self.begin_min < other.end_min and other.begin_min < self.end_min


@dataclass(frozen=True, slots=True)
class RestRules:
    """What is due to people. Usual values keep 劳动法 art. 36 and 38 (44 hours a week, a day off); meals are within."""

    most_days_running: int = 6
    days_off_week: int = 2
    least_rest_min: int = 9 * 60
    night_rest_min: int = 12 * 60
    most_day_min: int = 10 * 60
    most_week_min: int = 48 * 60
    restday_people: int = 4
    pair_gap_days: int = 28

    def rest_after(self, shift: Shift) -> int:
        """Minutes that must pass between a shift's end and the next day's first shift."""
        return max(self.least_rest_min, self.night_rest_min) if shift.night else self.least_rest_min


@dataclass(frozen=True)
class RosterProblem:
    """Some days to be rostered.

    Parameters
    ----------
    first_on, days
        The first local date, and the kind of each day from it on.
    shifts
        Kinds of shift by code; one that needs nothing on a kind of day is not held then.
    people
        Everybody in service, each once.
    leave
        Person → dates on which they are not there.
    before
        Duties of the weeks before: what rest rules and fairness go on from.
    more
        People that a shift needs at least on a date, where a posture asks for them.

    Raises
    ------
    RosterBroken
        If codes or people repeat, a shift has no length, or there is nobody or no day.
    """

    first_on: dt.date
    days: tuple[DayKind, ...]
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    leave: Mapping[int, frozenset[dt.date]]
    before: tuple[Duty, ...] = ()
    rules: RestRules = RestRules()
    more: Mapping[tuple[dt.date, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        codes = [shift.code for shift in self.shifts]
        people = [person.id for person in self.people]
        if len(set(codes)) < len(codes) or len(set(people)) < len(people):
            raise RosterBroken("people.roster_broken", rule="unique")
        if not self.days or not people or not any(shift.needs for shift in self.shifts):
            raise RosterBroken("people.roster_broken", rule="empty")
        if any(not 0 <= shift.begin_min < shift.end_min <= 2 * DAY_MIN for shift in self.shifts):
            raise RosterBroken("people.roster_broken", rule="times")

    def date(self, day: int) -> dt.date:
        """The date of a day of the roster."""
        return self.first_on + dt.timedelta(day)

    def held(self, day: int) -> list[tuple[Shift, Need]]:
        """The shifts of a day and what they need."""
        kind = self.days[day]
        held = [(shift, shift.needs[kind]) for shift in self.shifts if kind in shift.needs]
        on = self.date(day)
        return [
            (shift, replace(need, people=max(need.people, self.more.get((on, shift.code), 0)))) for shift, need in held
        ]

    def away(self, person: int, on: dt.date) -> bool:
        """Whether somebody is on leave."""
        return on in self.leave.get(person, ())

    def digest(self) -> str:
        """SHA-256 of everything a roster depends on, the same for the same content in any process."""
        words = {
            "first_on": self.first_on.isoformat(),
            "days": self.days,
            "shifts": [asdict(shift) for shift in self.shifts],
            "people": [asdict(person) for person in self.people],
            "leave": {str(who): sorted(map(str, dates)) for who, dates in sorted(self.leave.items())},
            "before": sorted(map(list, self.before), key=str),
            "rules": asdict(self.rules),
        }
        if self.more:
            words["more"] = sorted((on.isoformat(), shift, people) for (on, shift), people in self.more.items())
        return hashlib.sha256(json.dumps(words, default=str, sort_keys=True).encode()).hexdigest()


def week_of(on: dt.date) -> tuple[int, int]:
    """ISO year and week, Monday to Sunday."""
    year, week, _ = on.isocalendar()
    return year, week


def usual_needs(shifts: Mapping[str, tuple[int, int]], auxiliaries: int) -> dict[str, dict[DayKind, Need]]:
    """What shifts need where a county has not said: as many as its usual week has.

    Parameters
    ----------
    shifts
        Code → (begin, end) in minutes after midnight.
    auxiliaries
        In service; a tenth of them works at dawn and a fifth late.

    Examples
    --------
    >>> found = usual_needs({"morning": (360, 540), "day": (510, 1050), "night": (1320, 1500)}, 38)
    >>> [(code, need["workday"].people, "restday" in need) for code, need in found.items()]
    [('morning', 4, False), ('day', 4, True), ('night', 4, True)]
    """
    longest = max(shifts, key=lambda code: (shifts[code][1] - shifts[code][0], code), default=None)
    few = max(1, auxiliaries // 10) + 1
    needs: dict[str, dict[DayKind, Need]] = {}
    for code, (_, end) in shifts.items():
        needs[code] = {"workday": Need(few, licensed=2, takes_rest=True) if code == longest else Need(few)}
        if code == longest or end >= LATE_FROM_MIN:
            needs[code]["restday"] = Need(2)
    return needs
