"""The step log: dated, in order, and only ever added to."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.cases.history import StateChanged, StepInFuture, StepOutOfOrder, begin, load_steps, take
from geo.cases.workflow import StepNotOpen, Workflow
from geo.db.engine import Database

DOOR = Workflow("door", "shut", {("shut", "open"): "open", ("open", "shut"): "shut", ("shut", "wall"): "gone"})
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_every_step_has_its_person_and_its_time(database: Database, county: str) -> None:
    with database.begin(county) as session:
        state = begin(session, county, DOOR, 7, at=NOON, actor="li")
        state = take(session, county, DOOR, 7, state, "open", at=NOON + HOUR, actor="wang", note="敲门")
        take(session, county, DOOR, 7, state, "shut", at=NOON + HOUR, actor="li", facts={"key": 3})
    with database.begin(county) as session:
        log = load_steps(session, county, DOOR, 7)
        assert load_steps(session, county, DOOR, 8) == []
        kinds = session.execute(
            text("SELECT facts->>'to' FROM change WHERE tenant = :t AND kind = 'case.stepped' ORDER BY id"),
            {"t": county},
        ).scalars()
        assert list(kinds) == ["shut", "open", "shut"]
    assert [(one.n, one.step, one.from_state, one.to_state, one.actor) for one in log] == [
        (1, "open", None, "shut", "li"), (2, "open", "shut", "open", "wang"), (3, "shut", "open", "shut", "li"),
    ]  # fmt: skip
    assert log[1].at == NOON + HOUR and log[1].note == "敲门" and log[2].facts == {"key": 3}


def test_a_step_that_cannot_be_is_refused_and_leaves_no_trace(database: Database, county: str) -> None:
    with database.begin(county) as session:
        begin(session, county, DOOR, 1, at=NOON, actor="li")
    later = dt.datetime.now(dt.UTC) + HOUR
    for state, step, at, refused in (
        ("shut", "shut", NOON, StepNotOpen),
        ("open", "shut", NOON, StateChanged),
        ("shut", "open", NOON - HOUR, StepOutOfOrder),
        ("shut", "open", later, StepInFuture),
    ):
        with pytest.raises(refused), database.begin(county) as session:
            take(session, county, DOOR, 1, state, step, at=at, actor="li")
    with pytest.raises(StateChanged), database.begin(county) as session:
        begin(session, county, DOOR, 1, at=NOON, actor="li")
    with database.begin(county) as session:
        assert len(load_steps(session, county, DOOR, 1)) == 1


@pytest.mark.parametrize("statement", ["UPDATE step_log SET note = ''", "DELETE FROM step_log"])
def test_what_was_done_cannot_be_undone(database: Database, county: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), database.begin(county) as session:
        session.execute(text(f"{statement} WHERE tenant = :t"), {"t": county})
