"""One person's shifts as iCalendar (RFC 5545), for the calendar of a phone: never more than one person's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A fixed post in a team's day; times are aware, degrees EPSG:4490."""

    name: str
    from_at: dt.datetime
    to_at: dt.datetime
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class PersonShift:
    """A published shift as one person needs it: with whom, by what, from where (lon, lat), and the posts to hold."""

    on_date: dt.date
    shift_code: str
    shift_name: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    version: int
    team: str
    mode: str
    start: tuple[float, float]
    mates: tuple[str, ...]
    vehicles: tuple[str, ...]
    posts: tuple[PlannedPost, ...]


def render_ical(tenant: str, staff_code: str, shifts: Iterable[PersonShift], words: Mapping[str, str]) -> bytes:
    """The calendar.

    Parameters
    ----------
    tenant, staff_code
        Make the events' ids: a shift planned anew replaces the event of the version before.
    words
        What ``foot``, ``ebike``, ``car``, ``mates``, ``vehicle`` and ``post`` are called.

    Returns
    -------
    bytes
        One event a shift and one a fixed post, times in UTC; a calendar without events for no shifts.

    Examples
    --------
    >>> words = dict(foot="步行", ebike="电动车", car="汽车", mates="同组", vehicle="车辆", post="守点")
    >>> render_ical("530001", "A01", [], words).decode().split()[:2]
    ['BEGIN:VCALENDAR', 'VERSION:2.0']
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Pianqu//shifts//ZH")
    for shift in shifts:
        stem = f"{shift.on_date:%Y%m%d}-{shift.shift_code}-{staff_code}"
        about = [f"{words['mates']}: {'、'.join(shift.mates) or '-'}", words[shift.mode]]
        if shift.vehicles:
            about.append(f"{words['vehicle']}: {'、'.join(shift.vehicles)}")
        title = f"{shift.shift_name} {shift.team}"
        begin, end = shift.starts_at, shift.ends_at
        calendar.add_component(_event(tenant, stem, shift.version, title, (begin, end), shift.start, "\n".join(about)))
        for number, post in enumerate(shift.posts):
            name, times = f"{words['post']} {post.name}", (post.from_at, post.to_at)
            calendar.add_component(
                _event(tenant, f"{stem}-post{number}", shift.version, name, times, (post.lon, post.lat), "")
            )
    return bytes(calendar.to_ical())


def _event(
    tenant: str,
    stem: str,
    version: int,
    title: str,
    times: tuple[dt.datetime, dt.datetime],
    place: tuple[float, float],
    about: str,
) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{stem}@{tenant}.pianqu")
    event.add("sequence", version)
    event.add("dtstamp", times[0].astimezone(dt.UTC))  # the same plan gives the same bytes
    event.add("dtstart", times[0].astimezone(dt.UTC))
    event.add("dtend", times[1].astimezone(dt.UTC))
    event.add("summary", title)
    event.add("geo", (round(place[1], 6), round(place[0], 6)))
    if about:
        event.add("description", about)
    return event
