"""One person's shifts as iCalendar."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar

from geo.patrol.export.ical import PersonShift, PlannedPost, render_ical

WORDS = {"foot": "步行", "ebike": "电动车", "car": "汽车", "mates": "同组", "vehicle": "车辆", "post": "守点"}
BEGIN = dt.datetime(2026, 11, 22, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def shift(version: int = 1) -> PersonShift:
    hour = dt.timedelta(hours=1)
    post = PlannedPost("一小;南门, 东侧", BEGIN + hour, BEGIN + 2 * hour, 118.0, 28.3)
    return PersonShift(
        BEGIN.date(),
        "day",
        "白班",
        BEGIN,
        BEGIN + 8 * hour,
        version,
        "老城1队",
        "foot",
        (118.1, 28.4),
        ("王五",),
        (),
        (post,),
    )


def test_a_shift_and_its_posts_come_back_as_they_were() -> None:
    events = Calendar.from_ical(render_ical("530001", "A01", [shift()], WORDS)).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["白班 老城1队", "守点 一小;南门, 东侧"]
    assert events[0]["DTSTART"].dt == BEGIN and events[0]["DTEND"].dt == BEGIN + dt.timedelta(hours=8)
    assert "王五" in str(events[0]["DESCRIPTION"])
    assert (events[1]["GEO"].latitude, events[1]["GEO"].longitude) == (28.3, 118.0)


def test_a_new_version_replaces_the_event_and_the_same_plan_gives_the_same_bytes() -> None:
    first, second = (Calendar.from_ical(render_ical("530001", "A01", [shift(n)], WORDS)) for n in (1, 2))
    one, two = (calendar.walk("VEVENT")[0] for calendar in (first, second))
    assert one["UID"] == two["UID"] and one["SEQUENCE"] < two["SEQUENCE"]
    assert render_ical("530001", "A01", [shift()], WORDS) == render_ical("530001", "A01", [shift()], WORDS)


def test_no_line_is_longer_than_the_standard_allows() -> None:
    assert max(len(line) for line in render_ical("530001", "A01", [shift()], WORDS).split(b"\r\n")) <= 75
