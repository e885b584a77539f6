"""Any steps in any order: a problem does what a model of a few lines does, or refuses and changes nothing.

The model knows no table of transitions, no log and no calendar: for each step from which states it may be taken, and
a stopwatch. The code under test has two urgent hours, which run through nights and weekends, so minutes add up plainly.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition
from sqlalchemy import text

from geo.cases.flow.actions import open_steps, show_history
from geo.cases.flow.dates.actions import reread_dates
from geo.cases.flow.orders import Meeting
from geo.db.engine import Database
from geo.errors import PianquError
from tests.cases import START, Clerk, prepare
from tests.machines import Machine, play, rule

WORK = {"dispatched", "extension_asked"}
EARLY = {"reported", "verified", "registered"}
MOVES: dict[str, tuple[set[str], str]] = {
    "register": ({"reported", "verified"}, "registered"),
    "ask_verification": ({"reported"}, "verifying"),
    "verify_before_registration": ({"verifying"}, "verified"),
    "void": (EARLY | {"verifying", "disputed"}, "voided"),
    "dispatch": ({"registered"}, "dispatched"),
    "dispute": ({"registered", "dispatched"}, "disputed"),
    "settle": ({"disputed"}, "dispatched"),
    "feed_back": (WORK, "handled"),
    "hand_over": ({"dispatched"}, "dispatched"),
    "ask_extension": ({"dispatched"}, "extension_asked"),
    "grant_extension": ({"extension_asked"}, "dispatched"),
    "refuse_extension": ({"extension_asked"}, "dispatched"),
    "suspend": ({"dispatched"}, "suspended"),
    "review": ({"suspended"}, "suspended"),
    "resume": ({"suspended"}, "dispatched"),
    "send_back": ({"dispatched"}, "registered"),
    "ask_check": ({"handled"}, "checking"),
    "check_before_closing": ({"handled", "checking"}, "checked"),
    "rework": ({"handled", "checking", "checked"}, "dispatched"),
    "close": ({"checked"}, "closed"),
    "rate": ({"closed"}, "rated"),
    "appeal": ({"closed"}, "appealed"),
    "accept_appeal": ({"appealed"}, "closed"),
    "dismiss_appeal": ({"appealed"}, "closed"),
    "settle_on_spot": (set(), "closed"),
    "merge": (EARLY | {"dispatched"}, "merged"),
    "split": ({"merged"}, ""),
}
"""Without pictures nothing is settled on the spot."""

OPEN = EARLY | WORK | {"verifying", "disputed", "suspended", "handled", "checking", "checked", "appealed"}
EXPLAINED = {
    "void", "send_back", "rework", "dispute", "ask_extension", "refuse_extension", "suspend", "review", "appeal",
    "accept_appeal", "dismiss_appeal", "split",
}  # fmt: skip
"""Steps nobody takes without saying why."""

ROWS = text("""
SELECT p.uid, p.state, p.staff_id, p.due_at, p.closed_at, e.closed_at AS event_closed_at, e.duplicate_of
  FROM problem_case p JOIN event e ON (e.tenant, e.id, e.received_at) = (p.tenant, p.event_id, p.event_received_at)
 WHERE p.tenant = :t AND p.uid = ANY(:uids)""")


@dataclass
class Model:
    """One problem: its state, where it was when merged, and a stopwatch of minutes."""

    found: int
    last: int
    state: str = "reported"
    before_merge: str = ""
    left: int = 0
    since: int = 0
    into: int = -1
    steps: int = 1

    def due(self) -> int:
        """Minute at which handling is due, while it is handled."""
        return self.since + self.left


class Flow(Machine):
    """Up to three problems at a time, every step tried on them."""

    database: ClassVar[Database]
    tenant: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.scope = self.database.begin(self.tenant)
        self.clerk = Clerk(self.scope.__enter__(), self.tenant)
        self.now = 0
        self.models: list[Model] = []

    def teardown(self) -> None:
        self.clerk.session.rollback()
        self.scope.__exit__(None, None, None)

    def when(self, minute: int) -> dt.datetime:
        return START + dt.timedelta(minutes=minute)

    @precondition(lambda self: len(self.models) < 3)
    @rule(later=st.integers(0, 90))
    def report(self, later: int) -> None:
        self.now += later
        self.clerk.at = self.when(self.now)
        self.clerk.open()
        self.models.append(Model(self.now, self.now))

    @precondition(lambda self: self.models)
    @rule(data=st.data(), later=st.integers(0, 90))
    def go_on(self, data: Any, later: int) -> None:
        """A step that may be taken, so that problems come far."""
        number = data.draw(st.integers(0, len(self.models) - 1))
        open_ = sorted(step for step, (states, _) in MOVES.items() if self.models[number].state in states)
        other = data.draw(st.integers(0, len(self.models) - 1))
        self.attempt(number, other, data.draw(st.sampled_from(open_ or ["void"])), later, "因故")

    @precondition(lambda self: self.models)
    @rule(
        data=st.data(),
        step=st.sampled_from(sorted(MOVES)),
        later=st.integers(0, 90),
        reason=st.sampled_from(["", "因故"]),
    )
    def try_anything(self, data: Any, step: str, later: int, reason: str) -> None:
        numbers = st.integers(0, len(self.models) - 1)
        self.attempt(data.draw(numbers), data.draw(numbers), step, later, reason)

    def attempt(self, number: int, other: int, step: str, later: int, reason: str) -> None:
        model, into = self.models[number], self.models[other]
        expected = self.may(model, into, number != other, step, reason)
        more: dict[str, Any] = {"note": reason, "staff": "B02", "holder": "S02" if step == "hand_over" else None}
        if step == "merge":
            more["into"] = self.clerk.opened[other]
        if step == "settle":
            more |= {"unit": "S1", "meeting": Meeting("on_site", START.date(), "归一中队")}
        if step in ("ask_extension", "grant_extension", "suspend", "review"):
            more["amount"] = 2
        if step == "rate":
            more["rating"] = 4
        self.clerk.at = self.when(self.now + later)
        count = model.steps
        try:
            with self.clerk.session.begin_nested():
                state = self.clerk.step(self.clerk.opened[number], step, hours=0, **more)
        except PianquError:
            assert not expected, (step, model)
            assert self.steps_of(number) == count
            self.seen["refused"] += 1
            return
        assert expected, (step, model)
        self.seen[f"{model.state} {step}"] += 1
        self.now += later
        self.move(model, other, step)
        assert state == model.state

    def may(self, model: Model, into: Model, apart: bool, step: str, reason: str) -> bool:
        if model.state not in MOVES[step][0] or (step in EXPLAINED and not reason):
            return False
        if step == "merge":
            return apart and into.state in OPEN and into.found <= model.found
        return True

    def move(self, model: Model, other: int, step: str) -> None:
        if step in ("feed_back", "suspend"):
            model.left -= self.now - model.since
        elif step in ("rework", "resume"):
            model.since = self.now
        elif step in ("dispatch", "settle"):
            model.left, model.since = 120, self.now
        elif step == "grant_extension":
            model.left += 120
        if step == "merge":
            model.before_merge, model.into = model.state, other
        model.state = model.before_merge if step == "split" else MOVES[step][1]
        model.into = -1 if step == "split" else model.into
        model.steps += 1

    def steps_of(self, number: int) -> int:
        row = self.clerk.row(self.clerk.opened[number])
        return len(show_history(self.clerk.session, self.tenant, row["id"]))

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        found = self.clerk.session.execute(ROWS, {"t": self.tenant, "uids": self.clerk.opened}).mappings()
        rows = {row["uid"]: row for row in found}
        for uid, model in zip(self.clerk.opened, self.models, strict=True):
            row = rows[uid]
            assert row["state"] == model.state
            assert set(open_steps(model.state)) - {"settle_on_spot"} == {
                step for step, (states, _) in MOVES.items() if model.state in states
            }
            if model.state in OPEN:
                assert row["staff_id"] is not None and row["due_at"] is not None
            else:
                assert row["due_at"] is None
            if model.state in WORK:
                assert row["due_at"] == self.when(model.due())
            assert (row["closed_at"] is not None) == (model.state in ("closed", "rated", "appealed"))
            assert row["event_closed_at"] == row["closed_at"]
            assert (row["duplicate_of"] is not None) == (model.state in ("merged", "voided"))

    @precondition(lambda self: self.models)
    @rule()
    def the_log_alone_gives_the_same_dates(self) -> None:
        assert reread_dates(self.clerk.session, self.tenant, self.when(self.now)).changed == 0
        shown = text("SELECT source_key FROM open_problem WHERE tenant = :t AND source = 'problem'")
        keys = {uuid.UUID(key) for key in self.clerk.session.execute(shown, {"t": self.tenant}).scalars()}
        assert keys == {
            uid for uid, model in zip(self.clerk.opened, self.models, strict=True) if model.state in OPEN
        }  # fmt: skip


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    Flow.database, Flow.tenant = database, prepare(database)
    return Flow.tenant


@pytest.mark.usefixtures("town")
def test_problems_do_what_the_model_does() -> None:
    play(Flow, 75, 25)


@pytest.mark.long
@pytest.mark.usefixtures("town")
def test_problems_do_what_the_model_does_over_ten_thousand_steps() -> None:
    play(Flow, 10_000, 50)
    assert set(Flow.seen) == {
        "refused",
        *(f"{state} {step}" for step, (states, _) in MOVES.items() for state in states),
    }
