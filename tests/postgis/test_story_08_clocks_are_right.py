"""Story 8: clocks are right.

Urgent hours, working hours, working days and natural days across weekends, 调休 and holidays; held and gone on with;
rework; a lamp has 24 hours from discovery. Every expected day below is worked out by hand from the State Council's
arrangement for 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geo.cases.books import import_table
from geo.cases.flow.dates.actions import reread_dates, show_clock
from geo.cases.flow.orders import Meeting
from geo.db.engine import Database
from tests.cases import Clerk, clerk_of, prepare

ZONE = ZoneInfo("Asia/Shanghai")
GB = "GB/T 30428.2-2013"
LIMITS = f"""代码体系,代码,时限,时限单位
{GB},04-01,2,紧急工作时
{GB},04-02,2,工作时
{GB},04-05,1,工作日
{GB},04-06,3,工作日
{GB},01-10,15,自然日
"""


def local(text_: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text_).replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    code = prepare(database)
    with database.begin(code) as session:
        import_table(session, code, "limits", LIMITS.encode())
    return code


@pytest.fixture
def clerk(database: Database, town: str) -> Iterator[Clerk]:
    with clerk_of(database, town) as one:
        yield one


def dispatched(clerk: Clerk, code: str, at: str, **more: object) -> uuid.UUID:
    """A problem off all streets, dispatched at a local time."""
    clerk.at = local(at)
    uid = clerk.open(code=code, **more)
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    return uid


@pytest.mark.parametrize(
    ("code", "dispatched_at", "due_at"),
    [
        # 紧急工作时 runs through the evening, the night and the holiday.
        ("04-01", "2026-09-11 17:30", "2026-09-11 19:30"),
        ("04-01", "2026-09-30 23:30", "2026-10-01 01:30"),
        # 工作时: over the midday break, the weekend, the holiday; on a Sunday that is worked.
        ("04-02", "2026-09-14 11:00", "2026-09-14 15:00"),
        ("04-02", "2026-09-11 17:00", "2026-09-14 09:00"),
        ("04-02", "2026-09-30 17:00", "2026-10-08 09:00"),
        ("04-02", "2026-09-19 15:00", "2026-09-20 10:00"),
        ("04-02", "2026-10-09 17:00", "2026-10-10 09:00"),
        # 工作日 of eight hours: Friday to Monday, over National Day, by way of the exchanged Sunday.
        ("04-05", "2026-09-11 09:00", "2026-09-14 09:00"),
        ("04-05", "2026-09-30 15:00", "2026-10-08 15:00"),
        ("04-05", "2026-09-18 15:00", "2026-09-20 15:00"),
        ("04-06", "2026-09-29 08:00", "2026-10-08 18:00"),
        ("04-06", "2026-10-08 18:00", "2026-10-12 18:00"),
        # 自然日 counts them all.
        ("01-10", "2026-09-25 10:00", "2026-10-10 10:00"),
    ],
)
def test_story_08_each_kind_of_time_ends_when_it_should(
    clerk: Clerk, code: str, dispatched_at: str, due_at: str
) -> None:
    uid = dispatched(clerk, code, dispatched_at)
    assert clerk.row(uid)["due_at"] == local(due_at)


def test_story_08_what_is_held_rests_over_the_holiday_and_goes_on(clerk: Clerk) -> None:
    uid = dispatched(clerk, "04-06", "2026-09-29 08:00")
    clerk.at = local("2026-09-30 12:00")  # a day and a half used
    clerk.step(uid, "suspend", note="等材料", amount=30, hours=0)
    assert clerk.row(uid)["due_at"] == local("2026-10-30 12:00")
    clerk.at = local("2026-10-12 14:00")
    clerk.step(uid, "resume", hours=0)
    assert clerk.row(uid)["due_at"] == local("2026-10-13 18:00")


def test_story_08_rework_has_the_time_that_was_left_and_checking_costs_nothing(clerk: Clerk) -> None:
    uid = dispatched(clerk, "04-05", "2026-09-14 08:00")
    clerk.at = local("2026-09-14 15:00")  # five of eight hours used
    clerk.step(uid, "feed_back", hours=0)
    clerk.at = local("2026-09-16 09:00")
    clerk.step(uid, "rework", note="未到位", hours=0)
    row = clerk.row(uid)
    assert row["due_at"] == local("2026-09-16 12:00")
    found = show_clock(clerk.session, clerk.tenant, row["id"], local("2026-09-16 10:00"))
    assert (found["state"], found["budget_s"], found["used_s"]) == ("running", 8 * 3600, 6 * 3600)


def test_story_08_the_warning_comes_at_three_quarters_of_working_time(clerk: Clerk) -> None:
    uid = dispatched(clerk, "04-05", "2026-09-11 15:00")
    assert clerk.row(uid)["warn_at"] == local("2026-09-14 11:00")


def test_story_08_a_lamp_has_24_hours_from_discovery_however_long_the_desk_takes(clerk: Clerk) -> None:
    clerk.at = local("2026-10-03 19:30")
    uid = clerk.open(code="C01-37")
    clerk.at = local("2026-10-04 09:00")
    clerk.step(uid, "register", hours=0)
    clerk.step(uid, "dispatch", hours=0)
    assert clerk.row(uid)["due_at"] == local("2026-10-04 19:30")


def test_story_08_every_date_follows_from_the_step_log_alone(clerk: Clerk) -> None:
    uids = [dispatched(clerk, code, "2026-09-11 15:00") for code in ("04-01", "04-02", "04-05", "01-10")]
    clerk.step(uids[1], "ask_extension", note="等", amount=4, hours=0)
    clerk.step(uids[1], "grant_extension", hours=0)
    clerk.step(uids[2], "dispute", note="不归我管", hours=1)
    clerk.step(uids[2], "settle", unit="B", meeting=Meeting("on_site", clerk.at.date(), "归局"), hours=1)
    names = ("due_at", "warn_at", "handle_due_at")
    was = [[clerk.row(uid)[name] for name in names] for uid in uids]
    clerk.session.execute(
        text("UPDATE problem_case SET due_at = now(), warn_at = NULL, handle_due_at = NULL WHERE tenant = :t"),
        {"t": clerk.tenant},
    )
    assert reread_dates(clerk.session, clerk.tenant, dt.datetime.now(dt.UTC)).changed == len(uids)
    assert [[clerk.row(uid)[name] for name in names] for uid in uids] == was
