"""The ladder against a model that is plain to read: who climbs, what counts, where it stops."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition

from geo.cases.codes.files import TableRefused, read_sheet
from geo.cases.ladder.exemptions import NEEDED, Exemption, find_exemption
from geo.cases.ladder.rungs import Earlier, Rule, months_before, occasions, propose
from geo.cases.ladder.sheets import EXEMPTIONS, RULES
from geo.tables.ladder import CONDITIONS
from tests.machines import Machine, play, rule

START = dt.datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
times = st.integers(0, 900 * 24 * 4).map(lambda quarter: START + dt.timedelta(minutes=15 * quarter))
earlier = st.builds(Earlier, st.integers(1, 10**6), times, st.sampled_from([0.0, 20.0, 50.0, 50.1, 500.0]))
rules = st.builds(Rule, st.integers(1, 24), st.sampled_from([0, 30, 50, 1000]), st.sampled_from(["caution", "warn"]))
unique = st.lists(earlier, max_size=12, unique_by=lambda one: one.id)


@settings(max_examples=30)
@given(times, unique, rules, st.randoms())
def test_the_order_in_which_incidents_were_written_changes_nothing(at, found, how, random):
    shuffled = random.sample(found, len(found))
    assert propose(at, found, how, known=True) == propose(at, shuffled, how, known=True)


@settings(max_examples=30)
@given(times, unique, rules)
def test_nobody_unknown_climbs(at, found, how):
    assert propose(at, found, how, known=False).step == "persuade"
    assert propose(at, found, how, known=False, first_step="warn").step == "caution"


@settings(max_examples=30)
@given(times, unique, rules)
def test_what_is_later_too_old_or_too_far_counts_nothing(at, found, how):
    since = months_before(at, how.look_back_months)
    kept = [e for e in found if since < e.at < at and (how.radius_m == 0 or e.distance_m <= how.radius_m)]
    assert propose(at, found, how, known=True) == propose(at, kept, how, known=True)


@settings(max_examples=30)
@given(times, unique, rules, st.integers(1, 5))
def test_recording_one_occasion_again_never_climbs(at, found, how, times_again):
    again = [
        Earlier(10**7 + n * 100 + i, one.at + dt.timedelta(minutes=n), one.distance_m)
        for i, one in enumerate(found)
        for n in range(1, times_again + 1)
    ]
    assert len(occasions(at, found + again, how)) <= len(occasions(at, found, how)) + sum(
        one.at < at < one.at + dt.timedelta(minutes=how.occasion_min + times_again) for one in found
    )


@pytest.mark.parametrize(("minutes", "counted"), [(29, ()), (30, (1,)), (31, (1,))])
def test_one_occasion_ends_after_half_an_hour(minutes, counted):
    assert occasions(START + dt.timedelta(minutes=minutes), [Earlier(1, START, 0.0)], Rule()) == counted


def test_the_window_ends_to_the_minute_and_the_radius_to_the_metre():
    year = Earlier(1, START, 50.0)
    exactly = START.replace(year=2027)
    assert occasions(exactly - dt.timedelta(minutes=1), [year], Rule()) == (1,)
    assert occasions(exactly, [year], Rule()) == ()
    assert occasions(exactly - dt.timedelta(days=9), [Earlier(1, START, 50.01)], Rule()) == ()


@settings(max_examples=30)
@given(st.sets(st.sampled_from(CONDITIONS)), st.sampled_from(["minor", "first"]), st.booleans())
def test_no_list_goes_below_the_law(found, kind, first):
    lax = Exemption(1, "免-1", kind, frozenset({"corrected"}))
    hit = find_exemption([lax], found, first=first)
    met = (found - {"first_time"}) | ({"first_time"} if first else set())
    assert (hit is not None) == (met >= NEEDED[kind])


def test_tables_of_rules_and_exemptions_are_read_in_the_bureaus_words():
    (one, other) = read_sheet(RULES, "代码体系,事件代码,回溯期,范围,二违\n,,12,50,警示\nGB,04-05,6,0,警告\n".encode())
    assert (one["code"], other["radius_m"], other["second"]) == ("", 0, "warn")
    text = "清单编号,类别,事项,事件代码,适用条件,改正期限,依据\n"
    text += "免-1,首违不罚,占道,04-05,初次违法；危害后果轻微;及时改正,1,法 33\n"
    (entry,) = read_sheet(EXEMPTIONS, text.encode())
    assert (entry["kind"], entry["conditions"]) == ("first", ("corrected", "first_time", "harm_minor"))
    with pytest.raises(TableRefused):
        read_sheet(EXEMPTIONS, text.replace("及时改正", "态度很好").encode())


class LadderMachine(Machine):
    """Subjects, merges and back-dated confirmations; the model counts with nothing but loops."""

    @initialize(how=rules)
    def begin(self, how):
        self.how = how
        self.rows: list[dict] = []
        self.into: dict[int, int] = {}
        self.confirmed: set[int] = set()

    def kept(self, subject):
        while subject in self.into:
            subject = self.into[subject]
        return subject

    @precondition(lambda self: len(self.confirmed) < 4)
    @rule(data=st.data())
    def confirm(self, data):
        self.confirmed.add(data.draw(st.sampled_from(sorted({1, 2, 3, 4} - self.confirmed))))

    def standing(self):
        return sorted(self.confirmed - set(self.into))

    @precondition(lambda self: len(self.standing()) > 1)
    @rule(data=st.data())
    def merge(self, data):
        gone, kept = data.draw(st.permutations(self.standing()))[:2]
        self.into[gone] = kept

    @precondition(lambda self: self.into)
    @rule(data=st.data())
    def split(self, data):
        self.into.pop(data.draw(st.sampled_from(sorted(self.into))))

    @rule(
        subject=st.none() | st.integers(1, 4), code=st.sampled_from(["04-05", "04-06"]), at=times,
        x=st.sampled_from([0.0, 30.0, 60.0, 900.0]), strict=st.booleans(),
    )  # fmt: skip
    def violate(self, subject, code, at, x, strict):
        one = None if subject is None else self.kept(subject)
        known = one is not None and one in self.confirmed
        mine = [
            Earlier(row["id"], row["at"], abs(row["x"] - x))
            for row in self.rows
            if row["counts"] and row["code"] == code and row["subject"] is not None and self.kept(row["subject"]) == one
        ]
        step = propose(at, mine, self.how, known=known, first_step="warn" if strict else "persuade").step
        n = self.model_count(one, code, at, x) if known else 0
        expected = ["caution" if strict else "persuade", self.how.second, "penalise"][min(n, 2)]
        assert step == expected
        self.seen[f"{'strict' if strict else 'free'} {step}" if known else "nobody"] += 1
        self.rows.append(
            {"id": len(self.rows) + 1, "subject": subject, "code": code, "at": at, "x": x, "counts": known}
        )

    def model_count(self, one, code, at, x):
        """How many occasions an officer would count by hand in the book."""
        since = at
        for _ in range(self.how.look_back_months):
            since = since.replace(day=1) - dt.timedelta(days=1)
        since = min(since, since.replace(day=min(at.day, since.day)))
        near = []
        for row in self.rows:
            same = row["counts"] and row["code"] == code and self.kept(row["subject"]) == one
            here = self.how.radius_m == 0 or abs(row["x"] - x) <= self.how.radius_m
            if same and here and since < row["at"] < at:
                near.append((row["at"], row["id"]))
        count, last = 0, None
        for when, _ in sorted(near):
            if at - when < dt.timedelta(minutes=30) or (last is not None and when - last < dt.timedelta(minutes=30)):
                continue
            count, last = count + 1, when
        return count

    @invariant()
    def nothing_unknown_was_ever_counted(self):
        assert all(row["subject"] is not None for row in getattr(self, "rows", []) if row["counts"])


def test_the_ladder_agrees_with_the_model():
    play(LadderMachine, 300, 30)


@pytest.mark.long
def test_ten_thousand_steps_of_the_ladder_agree_with_the_model():
    play(LadderMachine, 10_000, 100)
    known = {f"{who} {step}" for who in ("free", "strict") for step in ("persuade", "caution", "warn", "penalise")}
    assert set(LadderMachine.seen) == (known - {"strict persuade"}) | {"nobody"}
