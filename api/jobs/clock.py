"""What follows from the date alone, every hour: forecasts to score, plans to start or end, positions to go."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog

from api.jobs.forecasts import score_everywhere
from geo.errors import PianquError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from geo.db.engine import Database

LOOK_EVERY_S = 3600.0
LOOKS_AN_HOUR = 12
FIRST_LOOK_S = 60.0
log = structlog.get_logger()


def in_each_county(database: Database, act: Callable[[Session, County], int]) -> int:
    """Act in a transaction of its own in every county; returns the sum of what was done."""
    from geo.db.counties import list_counties

    done = 0
    for county in list_counties(database):
        with database.begin(county.code) as session:
            done += act(session, county)
    return done


def move_treatments_on(database: Database) -> int:
    """Start and end plans of 片区 whose day has come, in every county; returns how many."""
    from geo.patrol.treatment.actions import advance_treatments

    return in_each_county(
        database, lambda session, county: len(advance_treatments(session, county.code, county.today()))
    )


def make_rechecks_due(database: Database) -> int:
    """Make a task for every notice whose day has come, in every county; returns how many."""
    from geo.cases.notices.actions import make_rechecks

    return in_each_county(database, lambda session, county: make_rechecks(session, county.code, county.today()))


def end_kept_evidence(database: Database) -> int:
    """Let 先行登记保存 lapse on which nothing was decided in its days, in every county; returns how many."""
    from geo.cases.notices.actions import end_kept

    return in_each_county(database, lambda session, county: end_kept(session, county.code, county.today()))


def let_files_expire(database: Database) -> int:
    """Delete what has expired of ladder records and files, in every county; returns how many rows."""
    from geo.cases.retention.actions import expire_files

    return in_each_county(
        database, lambda session, county: sum(one.gone for one in expire_files(session, county.code, county.today()))
    )


def forget_positions(database: Database) -> int:
    """Remove positions and check-ins that are kept no longer, in every county; returns how many rows.

    Each county's removal and its proof in the change log are one transaction.
    """
    from geo.cases.waste.feeds.actions import forget_fixes
    from geo.db.counties import list_counties
    from geo.patrol.tracks.keep import purge_tracks

    gone = 0
    for county in list_counties(database):
        purged = purge_tracks(database, county.code, actor="clock")
        gone += purged.batches + purged.checkins
    return gone + in_each_county(database, lambda session, county: forget_fixes(session, county.code))


def say_dates(database: Database) -> int:
    """Say of problems, once each, that three quarters of their time are used or their date has passed; how many."""
    from geo.cases.flow.dates.actions import remind

    return in_each_county(
        database, lambda session, county: sum(remind(session, county.code, dt.datetime.now(dt.UTC)).values())
    )


def say_seizures(database: Database) -> int:
    """Say of seizures on the spot, once each, that the head's approval is nearly due or late; how many."""
    from geo.cases.seizures.actions import remind

    def say(session: Session, county: County) -> int:
        told = remind(session, county.code, dt.datetime.now(dt.UTC))
        return told.warned + told.late

    return in_each_county(database, say)


def count_changed_events(database: Database) -> int:
    """Bring the counts of events up to date, in every county; returns in how many something had changed."""
    from geo.cases.statistics.events.actions import follow_everywhere

    return follow_everywhere(database)


def issue_bulletins(database: Database) -> int:
    """Issue the log of yesterday and the summary of last week where they are missing, in every county; how many."""
    from geo.cases.bulletins.actions import issue_due

    return in_each_county(database, lambda session, county: issue_due(session, county.code, dt.datetime.now(dt.UTC)))


OFTEN: Final[tuple[tuple[str, Callable[[Database], int]], ...]] = (
    ("problem.dates_said", say_dates),
    ("seizures.said", say_seizures),
    ("events.counted", count_changed_events),
)
"""What cannot wait an hour: a limit may be two; and figures of today are asked for today."""

HOURLY: Final[tuple[tuple[str, Callable[[Database], int]], ...]] = (
    ("forecasts.scored", score_everywhere),
    ("treatments.moved", move_treatments_on),
    ("tracks.purged", forget_positions),
    ("rechecks.made", make_rechecks_due),
    ("evidence.lapsed", end_kept_evidence),
    ("files.expired", let_files_expire),
    ("bulletins.issued", issue_bulletins),
)
"""What is done, and the event that is logged with how many."""


async def watch_the_clock(database: Database) -> None:
    """Do what is due, one thing after the other; where nothing is, that costs a few questions a county and hour."""
    await asyncio.sleep(FIRST_LOOK_S)
    for turn in itertools.count():
        for name, look in (*(HOURLY if turn % LOOKS_AN_HOUR == 0 else ()), *OFTEN):
            try:
                done = await asyncio.to_thread(look, database)
                if done:
                    log.info(name, count=done)
            except PianquError as error:
                log.warning("clock.not_done", what=name, error=error.code)
            except Exception as error:  # the next hour is another chance; the worker's jobs must not end with this
                log.error("clock.not_done", what=name, exc_info=error)
        await asyncio.sleep(LOOK_EVERY_S / LOOKS_AN_HOUR)
