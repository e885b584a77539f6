"""五定守点: posts that fall into a shift, each a promise pinned to the people it names.

A post is scored by the minutes its people were inside its buffer over the minutes planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.calendars import open_intervals, read_opening
from geo.errors import Invalid
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

ON_TIME_S: Final = 120
"""So much later than planned is still on time."""

SETTLE_S: Final = 15 * 60
"""A post that reaches past the shift is manned from a quarter of an hour after its start to as long before its end:
teams come from the muster point and hand over there."""

POST_WEIGHT: Final = 60.0

FIVE: Final = ("people", "opening", "place", "duty", "effect")
"""定人, 定时, 定岗, 定责, 定效."""


class PostIncomplete(Invalid):
    """A post lacks one of the five; the facts name which."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Who of a post's people stand there in a shift; ``missing`` is how many more it needs than are on duty."""

    people: tuple[int, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class ShiftOfDay:
    """A shift of a day: seconds after midnight (an end past midnight is over 86,400), and who is on duty."""

    code: str
    from_s: int
    to_s: int
    people: tuple[int, ...]


def check_five(code: str, **given: object) -> None:
    """Refuse a post that lacks a person, its hours, its place, its duty or its effect measure.

    Parameters
    ----------
    code
        The post's, for the message.
    **given
        The five under the names of :data:`FIVE`; none, blank or an empty list is lacking.

    Raises
    ------
    PostIncomplete
        Naming everything that is missing.
    OpeningUnreadable
        If the hours are outside what is read.

    Examples
    --------
    >>> check_five("G01", people=["A01"], opening="07:00-08:10", place=(118.0, 28.3), duty="劝离流动摊贩", effect="")
    Traceback (most recent call last):
    geo.patrol.demand.posts.PostIncomplete: posts.incomplete: {'post': 'G01', 'missing': 'effect'}
    """
    missing = [name for name in FIVE if not _given(given.get(name))]
    if missing:
        raise PostIncomplete("posts.incomplete", post=code, missing=", ".join(missing))
    read_opening(str(given["opening"]))


def _given(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and (not isinstance(value, (list, tuple, dict)) or len(value) > 0)


def choose_people(
    wanted: Sequence[tuple[int, Sequence[int], int, Sequence[tuple[int, int]]]], on_duty: Iterable[int]
) -> dict[int, Stand]:
    """Who stands at each post: of those it names and who are on duty the first who are not at another at that time.

    Parameters
    ----------
    wanted
        Post, its people in order, how many it needs, its windows.
    on_duty
        People of the shift.

    Returns
    -------
    dict
        By post, in the order given; nobody is at two posts at a time.

    Examples
    --------
    >>> choose_people([(1, [7, 8], 1, [(0, 60)]), (2, [7, 9], 1, [(30, 90)]), (3, [7], 1, [(60, 90)])], [7, 8])
    {1: Stand(people=(7,), missing=0), 2: Stand(people=(), missing=1), 3: Stand(people=(7,), missing=0)}
    """
    here = set(on_duty)
    busy: dict[int, list[tuple[int, int]]] = {}
    found = {}
    for post, people, needed, windows in wanted:
        free = [
            person
            for person in people
            if person in here
            and not any(low < end and begin < high for low, high in busy.get(person, ()) for begin, end in windows)
        ][:needed]
        for person in free:
            busy.setdefault(person, []).extend(windows)
        found[post] = Stand(tuple(free), needed - len(free))
    return found


def manned(window: tuple[int, int], shift_s: int) -> tuple[int, int] | None:
    """When a post is manned inside a shift; None if hardly anything of it lies in the shift.

    Examples
    --------
    >>> manned((3600, 7200), 28800), manned((0, 3600), 28800), manned((27000, 28800), 28800), manned((0, 600), 28800)
    ((3600, 7200), (900, 3600), (27000, 27900), None)
    """
    low, high = max(window[0], SETTLE_S), min(window[1], shift_s - SETTLE_S)
    return (low, high) if high - low >= 5 * 60 else None


def shift_for(
    window: tuple[int, int], people: Sequence[int], day: Sequence[ShiftOfDay]
) -> tuple[str, tuple[int, int]] | None:
    """Which shift of a day mans a post: the one with its people, and of those the one that has most of its time.

    Parameters
    ----------
    window
        Seconds after midnight.
    people
        Those the post names.
    day
        Shifts that people are on duty for, by start.

    Returns
    -------
    tuple or None
        The shift's code and when it is manned, seconds after that shift's start; None if no shift has any of it.

    Examples
    --------
    >>> day = [ShiftOfDay("day", 30600, 63000, (7,)), ShiftOfDay("midday", 41400, 52200, (8,))]
    >>> shift_for((43200, 46800), [8], day), shift_for((43200, 46800), [5], day), shift_for((0, 3600), [8], day)
    (('midday', (1800, 5400)), ('day', (12600, 16200)), None)
    """
    best = None
    for number, shift in enumerate(day):
        inside = (window[0] - shift.from_s, window[1] - shift.from_s)
        time = manned(inside, shift.to_s - shift.from_s) if shift.people else None
        if time is not None:
            rank = (bool(set(people) & set(shift.people)), time[1] - time[0], -number)
            if best is None or rank > best[0]:
                best = (rank, shift.code, time)
    return None if best is None else (best[1], best[2])


@dataclass(frozen=True)
class Posts:
    """The posts of a shift, and those whose time no shift mans in full: key, minutes planned, minutes manned."""

    wishes: tuple[Wish, ...]
    cut: tuple[tuple[str, int, int], ...] = ()


def post_wishes(
    posts: GeoDataFrame,
    people: Mapping[int, Sequence[int]],
    on_duty: Iterable[int],
    span: ShiftSpan,
    shift_code: str,
    day: Sequence[ShiftOfDay],
) -> Posts:
    """The posts of a shift, one wish for each time one stands; those that another shift mans are no demand of it.

    Parameters
    ----------
    posts
        Metric CRS, index = row id; ``name``, ``opening``, ``people_needed``, ``valid_from_on``, ``valid_to_on``,
        ``district_code``.
    people
        By post, the people it names, in order.
    on_duty
        People of the shift who are free.
    day
        All shifts of the day by start, this one among them.

    Returns
    -------
    Posts
        Key ``post:<id>:<hours and minutes>``. It begins within two minutes of its time and lasts as planned. One with
        too few of its people on duty is pinned to all it names, so that the plan says whom it lacks.
    """
    standing, cut = [], []
    for row in posts.itertuples():
        begun = not isinstance(row.valid_from_on, dt.date) or row.valid_from_on <= span.on_date
        if not begun or (isinstance(row.valid_to_on, dt.date) and row.valid_to_on <= span.on_date):
            continue
        for low, high in open_intervals(row.opening, span.on_date, span.calendar):
            found = shift_for((low, high), people[int(row.Index)], day)
            if found is None or found[0] != shift_code:
                continue
            key = f"post:{row.Index}:{low // 3600:02d}{low // 60 % 60:02d}"
            standing.append((row, key, found[1]))
            if found[1][1] - found[1][0] < high - low:
                cut.append((key, (high - low) // 60, (found[1][1] - found[1][0]) // 60))
    slots = [(at, people[int(row.Index)], int(row.people_needed), [time]) for at, (row, _, time) in enumerate(standing)]
    stands = choose_people(slots, on_duty)
    wishes = []
    for at, (row, key, (low, high)) in enumerate(standing):
        stand = stands[at]
        wishes.append(
            Wish(
                key=key,
                kind="post",
                name=row.name,
                layer="post",
                feature_ids=(int(row.Index),),
                district_code=row.district_code,
                duty="post",
                weight=POST_WEIGHT,
                licences_needed=0,
                windows=((low, high + ON_TIME_S),),
                service_s=high - low,
                hours=row.opening,
                person_ids=tuple(people[int(row.Index)]) if stand.missing else stand.people,
                required=True,
                geometry=row.geometry,
            )
        )
    return Posts(tuple(wishes), tuple(cut))
