"""Workdays with 调休, school holidays, and OSM opening hours read against them.

A calendar is two files of ``data/calendars``: ``<name>.csv`` (days off and make-up workdays as the State
Council publishes them, one year at a time) and ``<name>_school.csv`` (school holidays). A county names its
calendar in its settings. No library knows 调休, so the documented part of the opening-hours language is read here.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from geo.errors import Invalid, NotFound

FOLDER = Path(__file__).resolve().parent.parent / "data" / "calendars"
DAY_S = 86_400
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORKING = frozenset(range(5))
NOMINAL_SUN = {"dawn": "05:30", "sunrise": "06:00", "sunset": "18:00", "dusk": "18:30"}
"""Sun words are read as fixed clock times: a calendar has no place, and shifts are planned to the quarter hour."""


class UnknownCalendar(NotFound):
    """There is no calendar of that name in ``data/calendars``."""


class OpeningUnreadable(Invalid):
    """The opening text is outside the part of OSM opening_hours read here; the facts say what and how to mend."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off, make-up workdays and school holidays.

    Parameters
    ----------
    days_off
        Public holidays with their whole bridge, weekends inside it included.
    workdays
        Weekend days worked in exchange (调休).
    published_to_on
        Last day for which the official arrangement is known; later days have only the statutory festivals.
    school_breaks
        First and last day of each school holiday, both included, in order.
    """

    days_off: frozenset[dt.date]
    workdays: frozenset[dt.date]
    published_to_on: dt.date
    school_breaks: tuple[tuple[dt.date, dt.date], ...]


@cache
def get_calendar(name: str = "cn") -> Calendar:
    """Read the calendar called ``name``.

    Raises
    ------
    UnknownCalendar
        If there is no such file; the facts list the names there are.
    """
    known = sorted(path.stem for path in FOLDER.glob("*.csv") if not path.stem.endswith("_school"))
    if name not in known:
        raise UnknownCalendar("calendars.unknown", calendar=name, known=", ".join(known))
    days: dict[str, set[dt.date]] = {"holiday": set(), "workday": set()}
    published = dt.date.min
    for row in _rows(FOLDER / f"{name}.csv"):
        on = dt.date.fromisoformat(row["on"])
        days[row["kind"]].add(on)
        if row["basis"] == "notice":
            published = max(published, dt.date(on.year, 12, 31))
    school = FOLDER / f"{name}_school.csv"
    breaks = (
        (dt.date.fromisoformat(row["first_on"]), dt.date.fromisoformat(row["last_on"]))
        for row in (_rows(school) if school.exists() else ())
    )
    return Calendar(frozenset(days["holiday"]), frozenset(days["workday"]), published, tuple(sorted(breaks)))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def is_workday(on: dt.date, calendar: str = "cn") -> bool:
    """Whether offices work on ``on``: weekdays that are no day off, and make-up weekend days.

    Past the published table only weekdays and statutory festivals decide; :func:`is_published` tells.

    Examples
    --------
    >>> is_workday(dt.date(2026, 10, 10)), is_workday(dt.date(2026, 10, 6))  # a Saturday worked, a Tuesday off
    (True, False)
    """
    days = get_calendar(calendar)
    return on in days.workdays or (on.weekday() in WORKING and on not in days.days_off)


def add_workdays(on: dt.date, workdays: int, calendar: str = "cn") -> dt.date:
    """The last of so many workdays after a day, which itself does not count; 调休 included.

    Parameters
    ----------
    workdays
        0 or more; none is the day itself.

    Examples
    --------
    >>> add_workdays(dt.date(2026, 9, 29), 7).isoformat()  # National Day lies between, 10 October is worked
    '2026-10-14'
    """
    while workdays > 0:
        on += dt.timedelta(days=1)
        workdays -= is_workday(on, calendar)
    return on


def is_published(on: dt.date, calendar: str = "cn") -> bool:
    """Whether the official arrangement for ``on`` is in the table, so that 调休 is known.

    Examples
    --------
    >>> is_published(dt.date(2026, 5, 1)), is_published(dt.date(2031, 5, 1))
    (True, False)
    """
    return on <= get_calendar(calendar).published_to_on


def is_public_holiday(on: dt.date, calendar: str = "cn") -> bool:
    """Whether ``on`` is off as part of a public holiday (``PH`` of opening hours).

    Examples
    --------
    >>> is_public_holiday(dt.date(2026, 2, 22)), is_public_holiday(dt.date(2026, 3, 1))
    (True, False)
    """
    return on in get_calendar(calendar).days_off


def is_school_holiday(on: dt.date, calendar: str = "cn") -> bool:
    """Whether schools are on holiday (``SH`` of opening hours); false past the table.

    Examples
    --------
    >>> is_school_holiday(dt.date(2026, 7, 20)), is_school_holiday(dt.date(2026, 9, 1))
    (True, False)
    """
    return any(first <= on <= last for first, last in get_calendar(calendar).school_breaks)


def is_term_day(on: dt.date, calendar: str = "cn") -> bool:
    """Whether schools teach on ``on``: a workday outside the school holidays.

    Examples
    --------
    >>> is_term_day(dt.date(2026, 9, 20))  # a Sunday taught in exchange for the National Day bridge
    True
    """
    return is_workday(on, calendar) and not is_school_holiday(on, calendar)


def open_intervals(opening: str | None, on: dt.date, calendar: str = "cn") -> list[tuple[int, int]]:
    """When a place is open on the local date ``on``.

    Parameters
    ----------
    opening
        OSM opening_hours text; none or blank means always. Read are: rules separated by ``;`` (a later
        rule that fits the day replaces the earlier) or by a comma before a day (adds to it); years, months and
        days (``2026 Jun 07-09``, ``Nov-Feb``); weekdays, ``PH`` and ``SH`` (``SH Mo-Fr`` wants both);
        ``HH:MM-HH:MM`` lists, also past midnight or open-ended (``18:00+``); ``24/7``, ``off``, ``closed``; comments
        in quotes are skipped. Not read: week numbers, the n-th weekday, Easter, offsets from the sun, ``||``.
    on
        Local date on which the opening begins.
    calendar
        Name of the county's calendar.

    Returns
    -------
    list[tuple[int, int]]
        Pairs of seconds after local midnight of ``on``, begin < end, in order, neither touching nor
        overlapping. An end may pass 86,400; what began the day before is not repeated. Empty when closed.

    Raises
    ------
    OpeningUnreadable
        If the text is outside what is read; the facts hold the text, the part, and how to mend it.

    Notes
    -----
    On a make-up workday (调休) a rule applies when its weekdays hold all of Mo-Fr: ``Mo-Fr`` and ``Mo-Sa`` do,
    ``Sa-Su`` does not. On a public holiday weekdays count as written, as in OSM, until a ``PH`` rule says otherwise.

    Examples
    --------
    >>> open_intervals("Mo-Fr 07:00-08:30,16:00-18:00; SH,PH off", dt.date(2026, 10, 10))  # Saturday, worked
    [(25200, 30600), (57600, 64800)]
    >>> open_intervals("18:00-01:30", dt.date(2026, 7, 1)), open_intervals(None, dt.date(2026, 7, 1))
    ([(64800, 91800)], [(0, 86400)])
    """
    if opening is None or not opening.strip():
        return [(0, DAY_S)]
    chosen: list[tuple[int, int]] = []
    for rule in read_opening(opening):
        if rule.fits(on, calendar):
            chosen = [*chosen, *rule.hours] if rule.adds else list(rule.hours)
    return join_intervals(chosen)


def join_intervals(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge what overlaps or touches; ascending.

    Examples
    --------
    >>> join_intervals([(5, 7), (0, 2), (2, 4)])
    [(0, 4), (5, 7)]
    """
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an opening text: on which days, which hours (none = closed), and whether it adds or replaces."""

    dates: tuple[tuple[int | None, tuple[int, int], tuple[int, int]], ...]
    weekdays: frozenset[int]
    holidays: frozenset[str]
    both: bool
    hours: tuple[tuple[int, int], ...]
    adds: bool

    def fits(self, on: dt.date, calendar: str) -> bool:
        """Whether the rule speaks about ``on``."""
        if self.dates and not any(_in_span(on, *span) for span in self.dates):
            return False
        if not self.weekdays and not self.holidays:
            return True
        makes_up = on in get_calendar(calendar).workdays
        by_weekday = self.weekdays >= WORKING if makes_up else on.weekday() in self.weekdays
        by_holiday = ("PH" in self.holidays and is_public_holiday(on, calendar)) or (
            "SH" in self.holidays and is_school_holiday(on, calendar)
        )
        return by_weekday and by_holiday if self.both else by_weekday or by_holiday


def _in_span(on: dt.date, year: int | None, first: tuple[int, int], last: tuple[int, int]) -> bool:
    here = (on.month, on.day)
    if first <= last:
        return (year is None or on.year == year) and first <= here <= last
    return (here >= first and year in (None, on.year)) or (here <= last and year in (None, on.year - 1))


_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_MONTH = f"(?:{'|'.join(MONTHS)})"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?:-(\d{1,2}):(\d{2}))?(\+)?")
_DATE_PART = re.compile(
    rf"(?:(\d{{4}}) )?({_MONTH})(?: (\d{{1,2}}))?(?:-(?:(\d{{4}}) )?({_MONTH})?(?: ?(\d{{1,2}}))?)?$"
)
_RULE = re.compile(
    rf"^(?P<dates>(?:(?:\d{{4}} )?{_MONTH}[^:;]*?"
    rf"(?=$| {_DAY}| \d{{1,2}}:\d\d| off| closed| open| 24/7|:(?: |$)))?):?\s*"
    rf"(?P<days>(?:{_DAY}(?:[-,]\s?{_DAY})*(?:\s{_DAY}(?:[-,]{_DAY})*)?)?):?\s*(?P<hours>.*)$"
)


@lru_cache(maxsize=4096)
def read_opening(opening: str) -> tuple[Rule, ...]:
    """The rules of an opening text, in order; see :func:`open_intervals` for what is read.

    Raises
    ------
    OpeningUnreadable
        On the first part that is not understood.

    Examples
    --------
    >>> read_opening("sometimes")
    Traceback (most recent call last):
    geo.calendars.OpeningUnreadable: calendars.opening_unreadable: {'opening': 'sometimes', 'part': 'sometimes'}
    """
    text = re.sub(r'"[^"]*"', "", opening)
    for word, clock in NOMINAL_SUN.items():
        text = re.sub(rf"\b{word}\b", clock, text)
    text = re.sub(r"\s*([-–,])\s*", lambda match: match[1].replace("–", "-"), " ".join(text.split()))
    rules: list[Rule] = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        # A comma before a day adds a rule ("Mo-Fr 08:00-12:00, Sa 09:00-11:00"); between days or hours it does not.
        for number, piece in enumerate(re.split(rf"(?<=\d|\+),(?={_DAY}\b|{_MONTH}\b)", part)):
            rules.append(_read_rule(piece.strip(), opening, adds=number > 0))
    if not rules:
        raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=opening)
    return tuple(rules)


def _read_rule(part: str, opening: str, adds: bool) -> Rule:
    match = _RULE.match(part)
    if match is None or not part:
        raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=part)
    weekdays: set[int] = set()
    holidays: set[str] = set()
    groups = match["days"].split(" ") if match["days"] else []
    for item in (item for group in groups for item in group.split(",") if item):
        first, _, last = item.partition("-")
        if first in ("PH", "SH"):
            holidays.add(first)
        elif first in WEEKDAYS and (not last or last in WEEKDAYS):
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            weekdays |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
        else:
            raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=item)
    return Rule(
        dates=tuple(_read_dates(match["dates"], opening)),
        weekdays=frozenset(weekdays),
        holidays=frozenset(holidays),
        both=len(groups) > 1 and bool(weekdays) and bool(holidays),
        hours=tuple(_read_hours(match["hours"].strip(), opening)),
        adds=adds,
    )


def _read_dates(text: str, opening: str) -> Iterator[tuple[int | None, tuple[int, int], tuple[int, int]]]:
    for part in filter(None, text.strip(" :").split(",")):
        match = _DATE_PART.match(part.strip())
        if match is None:
            raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=part)
        year, month, day, last_year, last_month, last_day = match.groups()
        begin = MONTHS.index(month) + 1
        end = MONTHS.index(last_month) + 1 if last_month else begin
        first = (begin, int(day or 1))
        last = (end, int(last_day or (day if day and not last_month else 31)))
        crosses = first > last
        if last_year and int(last_year) != int(year or last_year) + crosses:
            raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=part)
        if not (1 <= first[1] <= 31 and 1 <= last[1] <= 31):
            raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=part)
        yield (int(year) if year else None, first, last)


def _read_hours(text: str, opening: str) -> Iterator[tuple[int, int]]:
    if text in ("off", "closed"):
        return
    if text in ("", "open", "24/7"):
        yield (0, DAY_S)
        return
    for part in text.split(","):
        match = _CLOCK.fullmatch(part.strip())
        if match is None or not (match[3] or match[5]):
            raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=part)
        begin = int(match[1]) * 3600 + int(match[2]) * 60
        end = int(match[3]) * 3600 + int(match[4]) * 60 if match[3] else DAY_S
        if begin >= DAY_S or end > 2 * DAY_S or int(match[2]) > 59 or int(match[4] or 0) > 59:
            raise OpeningUnreadable("calendars.opening_unreadable", opening=opening, part=part)
        yield (begin, end if end > begin else end + DAY_S)
