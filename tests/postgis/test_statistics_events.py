"""Counts of events: equal to the plain count after any history, in every time zone's days, for every 片区."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from sqlalchemy.orm import Session

from geo.cases.statistics.events.actions import count_events, count_plainly, follow, recount
from geo.db.engine import Database
from tests.cases import clerk_of, prepare

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 12, 31)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


def agree(session: Session, tenant: str, first: dt.date = FIRST, last: dt.date = LAST) -> None:
    for by in ((), ("district",), ("code",), ("district", "code", "origin", "standing")):
        for area in (None, ["W"], ["E"]):
            told = count_events(session, tenant, first, last, by=by, area=area, standing=None)
            assert told == count_plainly(session, tenant, first, last, by=by, area=area, standing=None)


def test_counts_equal_the_plain_count_after_any_history(database: Database, town: str) -> None:
    draw = random.Random(7)
    with clerk_of(database, town) as clerk:
        recount(clerk.session, town)
        for turn in range(40):
            which = draw.random()
            open_ones = [uid for uid in clerk.opened if clerk.row(uid)["state"] == "reported"]
            if which < 0.55 or len(open_ones) < 2:
                clerk.open(
                    draw.choice(("04-06", "03-04", "02-01")),
                    117.985 + 0.03 * draw.random(),
                    28.285 + 0.03 * draw.random(),
                    quantity=draw.choice((1, 2.5, 7)),
                    unit=draw.choice(("处", "次")),
                )
            elif which < 0.7:
                clerk.step(open_ones[0], "void", note="误报")
            elif which < 0.85:
                clerk.step(open_ones[1], "merge", into=open_ones[0], note="同一处")
            else:
                clerk.close(open_ones[0])
            if turn % 7 == 6:
                assert follow(clerk.session, town).waiting == 0
                agree(clerk.session, town)
        follow(clerk.session, town)
        agree(clerk.session, town)
        told = count_events(clerk.session, town, FIRST, LAST, by=("district", "code"), standing=None)
        assert sum(one.rows for one in told) >= 22
        recount(clerk.session, town)
        assert count_events(clerk.session, town, FIRST, LAST, by=("district", "code"), standing=None) == told
