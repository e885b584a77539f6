"""Idempotent intake against a model small enough to trust: whatever is sent in whatever order, once is enough.

The model knows what was first sent under each number or form, which complaint is handled with which, and each limit
as a day written down here. Sent in transactions of their own and, for many steps, in one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import invariant, precondition
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.complaints.actions import MergedAway
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.intake import OrderRejected, Taken, set_source
from geo.cases.complaints.orders import Caller, Draft
from geo.cases.complaints.receiving import receive_draft, receive_order
from geo.cases.complaints.ties.actions import MergeCircle, NotMerged, merge, split
from geo.db.engine import Database
from geo.settings import Settings
from tests.complaints import HOTLINE
from tests.machines import Machine, play, rule

ZONE = ZoneInfo("Asia/Shanghai")
SOURCES = ("12345", "web")
BROKEN: list[dict[str, str]] = [{"text": ""}, {"no": ""}, {"time": "?"}]
ROWS = text("""
SELECT (SELECT count(*) FROM intake_receipt WHERE tenant = :t) AS receipts,
       (SELECT json_agg(json_build_array(id, content, merged_into, due_at, own_due_at)) FROM complaint
         WHERE tenant = :t) AS complaints""")
sources = st.sampled_from(SOURCES)
bodies = st.sampled_from(["占道", "噪声", "垃圾没人清"])
places = st.integers(0, 11)


class Intake(Machine):
    """Work orders of two sources and forms of the desk; complaints are chosen by their place in the model."""

    database: ClassVar[Database]
    home: ClassVar[Path]

    def __init__(self, county: str, *, apart: bool) -> None:
        super().__init__()
        self.county, self.held = county, contextlib.ExitStack()
        self.session = None if apart else self.held.enter_context(self.database.begin(county))
        with self.scope() as session:
            for name in SOURCES:
                set_source(session, self.county, name, "12345", HOTLINE, actor="test")
        self.receipts = 0
        self.known: dict[object, int] = {}
        self.first: dict[object, object] = {}
        self.said: dict[int, str] = {}
        self.into: dict[int, int] = {}
        self.due: dict[int, dt.datetime] = {}

    def teardown(self) -> None:
        self.held.close()

    @contextlib.contextmanager
    def scope(self) -> Iterator[Session]:
        """A transaction, or a part of the one of this run."""
        if self.session is None:
            with self.database.begin(self.county) as session:
                yield session
        else:
            with self.session.begin_nested():
                yield self.session

    def chosen(self, place: int) -> int:
        return sorted(self.said)[place % len(self.said)]

    def head(self, number: int) -> int:
        while number in self.into:
            number = self.into[number]
        return number

    def expect(self, taken: Taken, key: object, sent: object, content: str, due: dt.datetime) -> None:
        """The first of a number is taken, what comes again is recognised, and tells whether it was the same."""
        self.receipts += 1
        if key in self.known:
            assert taken.outcome == ("unchanged" if self.first[key] == sent else "different")
            assert taken.complaint_id == self.known[key]
        else:
            assert taken.outcome == "accepted"
            assert taken.complaint_id not in self.said
            self.known[key], self.first[key] = taken.complaint_id, sent
            self.said[taken.complaint_id], self.due[taken.complaint_id] = content, due
        self.seen[taken.outcome] += 1

    @rule(source=sources, number=st.integers(1, 6), content=bodies, day=st.integers(1, 9))
    def push(self, source: str, number: int, content: str, day: int) -> None:
        body = {"no": str(number), "time": "2026-03-01 08:00", "text": content, "limit": f"2026-03-1{day} 17:30"}
        with self.scope() as session:
            taken = receive_order(session, self.county, self.home, source, body, actor="key")
        due = dt.datetime(2026, 3, 10 + day, 17, 30, tzinfo=ZONE)
        self.expect(taken, (source, number), (content, day), content, due)

    @rule(form=st.integers(1, 3), day=st.integers(1, 9))
    def write_at_the_desk(self, form: int, day: int) -> None:
        uid, due = uuid.UUID(int=form << 76 | 7 << 76 | 2 << 62), dt.datetime(2026, 4, 10 + day, 9, tzinfo=ZONE)
        draft = Draft(
            channel="visit", received_at=dt.datetime(2026, 3, 2, 9, tzinfo=ZONE), content=f"来访{form}", due_at=due,
            caller=Caller("", "", "", False),
        )  # fmt: skip
        with self.scope() as session:
            taken = receive_draft(session, self.county, self.home, draft, uid, actor="desk")
        again = uid in self.known
        self.expect(taken, uid, "", draft.content, due)
        self.receipts -= again  # what a form says is only kept once: nobody asks after its receipts

    @rule(source=sources, broken=st.sampled_from(BROKEN))
    def push_broken(self, source: str, broken: dict[str, str]) -> None:
        body = {"no": "1", "time": "2026-03-01", "text": "x", **broken}
        with pytest.raises(OrderRejected), self.scope() as session:
            receive_order(session, self.county, self.home, source, body, actor="key")

    @precondition(lambda self: len(self.said) > 1)
    @rule(first=places, last=places)
    def merge_two(self, first: int, last: int) -> None:
        one, other = self.chosen(first), self.chosen(last)
        head = self.head(other)
        refusal = MergedAway if one in self.into else MergeCircle if head == one else None
        self.seen[f"merge {refusal.__name__ if refusal else 'done'}"] += 1
        with contextlib.nullcontext() if refusal is None else pytest.raises(refusal), self.scope() as session:
            assert merge(session, self.county, one, other, actor="desk") == head
        if refusal is None:
            self.into[one] = head

    @precondition(lambda self: self.said)
    @rule(place=places)
    def split_one(self, place: int) -> None:
        one = self.chosen(place)
        merged = one in self.into
        self.seen["split done" if merged else "split NotMerged"] += 1
        with contextlib.nullcontext() if merged else pytest.raises(NotMerged), self.scope() as session:
            split(session, self.county, one, note="x", actor="desk")
        self.into.pop(one, None)

    @precondition(lambda self: self.said)
    @rule(place=places)
    def show_who_is_handled_together(self, place: int) -> None:
        head = self.head(self.chosen(place))
        with self.scope() as session:
            assert desk.list_members(session, self.county, head) == self.members(head)

    def members(self, head: int) -> list[int]:
        return sorted(one for one in self.said if self.head(one) == head)

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        with self.scope() as session:
            receipts, complaints = session.execute(ROWS, {"t": self.county}).one()
        rows = complaints or []
        assert receipts == self.receipts
        assert {number: content for number, content, *_ in rows} == self.said
        assert {number: into for number, _, into, *_ in rows if into is not None} == self.into
        assert {number: dt.datetime.fromisoformat(own) for number, *_, own in rows} == self.due
        for number, _, into, due, _ in rows:
            if into is None:
                assert dt.datetime.fromisoformat(due) == min(self.due[one] for one in self.members(number))


def live(database: Database, make_county: Callable[[], str], home: Path, steps: int, each: int, **how: Any) -> None:
    Intake.database, Intake.home = database, home
    play(Intake, steps, each, lambda: Intake(make_county(), **how))


def test_intake_follows_its_model(database: Database, make_county: Callable[[], str], settings: Settings) -> None:
    live(database, make_county, settings.home, 60, 20, apart=True)


@pytest.mark.long
def test_intake_follows_its_model_for_ten_thousand_steps(
    database: Database, make_county: Callable[[], str], settings: Settings
) -> None:
    live(database, make_county, settings.home, 10_000, 100, apart=False)
    outcomes = {"accepted", "unchanged", "different"}
    merges = {"merge done", "merge MergedAway", "merge MergeCircle", "split done", "split NotMerged"}
    assert set(Intake.seen) == outcomes | merges
