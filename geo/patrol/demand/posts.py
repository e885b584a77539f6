"""五定守点: posts that fall into a shift, each a promise pinned to the people it names.

A post is scored by the minutes its people were inside its buffer over the minutes planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.calendars import read_opening
from geo.errors import Invalid
from geo.patrol.demand.span import ShiftSpan, windows_of
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


def post_wishes(
    posts: GeoDataFrame, people: Mapping[int, Sequence[int]], on_duty: Iterable[int], span: ShiftSpan
) -> list[Wish]:
    """The posts of a shift, one wish for each time one stands; those that do not stand in it are no demand.

    Parameters
    ----------
    posts
        Metric CRS, index = row id; ``name``, ``opening``, ``people_needed``, ``valid_from_on``, ``valid_to_on``,
        ``district_code``, ``duty``.
    people
        By post, the people it names, in order.
    on_duty
        People of the shift.

    Returns
    -------
    list of Wish
        Key ``post:<id>:<time of the day>``. It begins within two minutes of its time and lasts as planned.
        One whose people are not on duty is pinned to all it names, so that the plan says whom it lacks.
    """
    standing = []
    for row in posts.itertuples():
        begun = not _is_day(row.valid_from_on) or row.valid_from_on <= span.on_date
        if begun and (not _is_day(row.valid_to_on) or span.on_date < row.valid_to_on):
            times = [one for window in windows_of(row.opening, span) if (one := manned(window, span.length_s))]
            standing += [(row, number, one) for number, one in enumerate(times)]
    slots = [(at, people[int(row.Index)], int(row.people_needed), [one]) for at, (row, _, one) in enumerate(standing)]
    stands = choose_people(slots, on_duty)
    wishes = []
    for at, (row, number, (low, high)) in enumerate(standing):
        stand = stands[at]
        named = stand.people if not stand.missing else tuple(people[int(row.Index)])
        wishes.append(
            Wish(
                key=f"post:{row.Index}:{number}",
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
                person_ids=named,
                required=True,
                geometry=row.geometry,
            )
        )
    return wishes


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date)
