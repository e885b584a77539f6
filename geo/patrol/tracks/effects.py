"""定效: posts really held become operations, which the hotspot room compares with hours when nobody stood there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.db.counties import get_county
from geo.hotspots.displacement.actions import Operation, note_operation
from geo.patrol.tracks import queries
from geo.patrol.tracks.scoring.queries import list_held
from geo.patrol.tracks.where import area_of, to_degrees

if TYPE_CHECKING:
    from geo.db.engine import Database

HALF: Final = 2
"""A post was held on a day if somebody was inside for half of its minutes at least."""

ONE_RUN: Final = dt.timedelta(days=7)
"""Days on which a post was held that lie at most a week apart are one operation."""


@dataclass(frozen=True, slots=True)
class Held:
    """A post on a day it was held: its id, planned begin and end in seconds of the Unix epoch."""

    post: int
    name: str
    on_date: dt.date
    begin_s: int
    end_s: int


def held_days(rows: Iterable[tuple[dt.date, str, str, dict[str, Any]]]) -> list[Held]:
    """Of scored stops ``(day, key, name, figures)`` the posts that were held, by post and time.

    Examples
    --------
    >>> day = dt.date(2026, 3, 2)
    >>> there = {"inside_s": {"n": 1800, "of": 3600}, "begin_s": 0, "end_s": 3600}
    >>> away = {"inside_s": {"n": 1799, "of": 3600}, "begin_s": 0, "end_s": 3600}
    >>> [one.post for one in held_days([(day, "post:7:0", "校门", there), (day, "post:8:0", "市场", away)])]
    [7]
    """
    found = [
        Held(int(key.split(":")[1]), name, on_date, int(told["begin_s"]), int(told["end_s"]))
        for on_date, key, name, told in rows
        if 0 < told["inside_s"]["of"] <= HALF * told["inside_s"]["n"]
    ]
    return sorted(found, key=lambda one: (one.post, one.begin_s))


def runs_of(held: Sequence[Held]) -> list[list[Held]]:
    """Days of one post at most a week apart, in order; a post that rested longer begins anew.

    Examples
    --------
    >>> days = [Held(7, "", dt.date(2026, 3, day), day * 86400, day * 86400 + 60) for day in (2, 9, 17)]
    >>> [[one.on_date.day for one in run] for run in runs_of(days)]
    [[2, 9], [17]]
    """
    runs: list[list[Held]] = []
    for one in held:
        last = runs[-1][-1] if runs else None
        if last is not None and last.post == one.post and one.on_date - last.on_date <= ONE_RUN:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def hand_over_posts(
    database: Database, tenant: str, first_on: dt.date, last_on: dt.date, actor: str = "system"
) -> list[str]:
    """Note the posts that scored shifts of a span held as operations of kind ``post``.

    Returns
    -------
    list of str
        Their keys ``post:<code>:<first day>``, in order. Doing it again, or with more days, writes the same operation
        anew; a post that is no longer on file is left out. :func:`geo.hotspots.displacement.actions.assess_operations`
        then compares the hours the post was held with the same hours of the same weekdays when nobody stood there, and
        marks small counts as insufficient.
    """
    keys = []
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        runs = runs_of(held_days(tuple(row) for row in list_held(session, first_on, last_on)))
        posts = queries.load_post_areas(session, sorted({run[0].post for run in runs}))
        for run in runs:
            first = run[0]
            if first.post not in posts:
                continue
            _, code, codes, place = posts[first.post]
            area, _ = area_of("post", [first.post], place, posts, {}, county.metric_srid)
            key = f"post:{code}:{first.on_date.isoformat()}"
            span = (dt.datetime.fromtimestamp(first.begin_s, dt.UTC), dt.datetime.fromtimestamp(run[-1].end_s, dt.UTC))
            hours = tuple((one.begin_s, one.end_s) for one in run)
            ground = to_degrees(area, county.metric_srid)
            operation = Operation(key, first.name, "post", *span, tuple(codes), ground, hours)
            note_operation(session, tenant, operation, actor=actor)
            keys.append(key)
    return keys
