"""Idempotent intake against a model small enough to trust: whatever is sent in whatever order, once is enough."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from geo.cases.complaints.actions import MergedAway
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.intake import OrderRejected, set_source
from geo.cases.complaints.queries import find_complaint
from geo.cases.complaints.receiving import receive_order
from geo.cases.complaints.ties.actions import MergeCircle, NotMerged, merge, split
from tests.complaints import HOTLINE

SOURCES = ("12345", "web")
numbers = st.integers(1, 6)
bodies = st.sampled_from(["占道", "噪声", "垃圾没人清"])
days = st.integers(1, 9)
places = st.integers(0, 11)


def count_receipts(session, county):
    """Receipts there are."""
    return session.execute(text("SELECT count(*) FROM intake_receipt WHERE tenant = :t"), {"t": county}).scalar()


def make_machine(database, make_county, home):
    """A machine that gets a county of its own for every run; complaints are chosen by their place in the model."""

    class Intake(RuleBasedStateMachine):
        @initialize()
        def set_up(self):
            self.county = make_county()
            with database.begin(self.county) as session:
                for name in SOURCES:
                    set_source(session, self.county, name, "12345", HOTLINE, actor="test")
            self.receipts = 0
            self.known, self.said, self.into, self.due, self.sent = {}, {}, {}, {}, {}

        def chosen(self, place):
            return sorted(self.said)[place % len(self.said)]

        def head(self, number):
            while number in self.into:
                number = self.into[number]
            return number

        @rule(source=st.sampled_from(SOURCES), number=numbers, content=bodies, day=days)
        def push(self, source, number, content, day):
            body = {"no": str(number), "time": "2026-03-01 08:00", "text": content, "limit": f"2026-03-1{day}"}
            with database.begin(self.county) as session:
                taken = receive_order(session, self.county, home, source, body, actor="key")
                self.receipts += 1
                key = (source, str(number))
                if key not in self.known:
                    assert taken.outcome == "accepted"
                    self.known[key], self.said[taken.complaint_id] = taken.complaint_id, content
                    self.due[taken.complaint_id] = find_complaint(session, self.county, taken.complaint_id)[
                        "own_due_at"
                    ]
                    self.sent[key] = body
                else:
                    assert taken.outcome == ("unchanged" if self.sent[key] == body else "different")
                assert taken.outcome != "accepted" or self.known[key] == taken.complaint_id
                assert taken.complaint_id == self.known[key]

        @rule(source=st.sampled_from(SOURCES), broken=st.sampled_from([{"text": ""}, {"no": ""}, {"time": "?"}]))
        def push_broken(self, source, broken):
            body = {"no": "1", "time": "2026-03-01", "text": "x", **broken}
            with pytest.raises(OrderRejected), database.begin(self.county) as session:
                receive_order(session, self.county, home, source, body, actor="key")

        @precondition(lambda self: len(self.said) > 1)
        @rule(first=places, last=places)
        def merge_two(self, first, last):
            one, other = self.chosen(first), self.chosen(last)
            head = self.head(other)
            with database.begin(self.county) as session:
                if one in self.into:
                    with pytest.raises(MergedAway):
                        merge(session, self.county, one, other, actor="desk")
                elif head == one:
                    with pytest.raises(MergeCircle):
                        merge(session, self.county, one, other, actor="desk")
                else:
                    assert merge(session, self.county, one, other, actor="desk") == head
                    self.into[one] = head

        @precondition(lambda self: self.said)
        @rule(place=places)
        def split_one(self, place):
            one = self.chosen(place)
            with database.begin(self.county) as session:
                if one in self.into:
                    split(session, self.county, one, note="x", actor="desk")
                    del self.into[one]
                else:
                    with pytest.raises(NotMerged):
                        split(session, self.county, one, note="x", actor="desk")

        @invariant()
        def what_is_stored_is_what_the_model_says(self):
            with database.begin(self.county) as session:
                rows = session.execute(
                    text("SELECT id, content, merged_into, due_at, own_due_at FROM complaint WHERE tenant = :t"),
                    {"t": self.county},
                ).all()  # fmt: skip
                assert {row.id: row.content for row in rows} == self.said
                assert {row.id: row.merged_into for row in rows if row.merged_into is not None} == self.into
                assert {row.id: row.own_due_at for row in rows} == self.due
                assert count_receipts(session, self.county) == self.receipts
                for row in rows:
                    if row.merged_into is None:
                        members = [one for one in self.said if self.head(one) == row.id]
                        assert row.due_at == min(self.due[one] for one in members)
                        assert desk.list_members(session, self.county, row.id) == sorted(members)

    return Intake


RUN = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_intake_follows_its_model(database, make_county, settings):
    machine = make_machine(database, make_county, settings.home)
    run_state_machine_as_test(machine, settings=hypothesis_settings(3, 20))


@pytest.mark.long
def test_intake_follows_its_model_for_ten_thousand_steps(database, make_county, settings):
    machine = make_machine(database, make_county, settings.home)
    run_state_machine_as_test(machine, settings=hypothesis_settings(100, 100))


def hypothesis_settings(runs, steps):
    """So many runs of at most so many steps each, the same ones every time."""
    return settings(max_examples=runs, stateful_step_count=steps, derandomize=True, **RUN)
