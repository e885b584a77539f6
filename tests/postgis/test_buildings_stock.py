"""The stock against a model that only remembers, day by day, what stands and what was done."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

import geopandas
import hypothesis.strategies as st
import pytest
import shapely
from hypothesis.stateful import invariant, precondition
from sqlalchemy.orm import Session

from geo.cases.buildings.actions import ActRefused, Draft, correct_amounts, enter_building, take_building_step
from geo.cases.buildings.books import load_statement
from geo.cases.buildings.stock import TERMS, Amounts
from geo.cases.workflow import StepNotOpen
from geo.db.engine import Database
from geo.uids import uuid7
from tests.machines import Machine, play, rule

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = dt.date(2024, 1, 2)
GROUND = bytes(
    geopandas.GeoSeries([shapely.box(598_000, 3_132_000, 598_010, 3_132_012)], crs=4548).to_crs(4490).to_wkb()[0]
)
GROUND_DM2 = 12_000
STANDING = {
    "order": "ordered", "pull_down": "demolished", "confiscate": "confiscated", "regularise": "regularised",
    "strike": "struck",
}  # fmt: skip
LAWFUL: dict[str, dict[str, str]] = {
    "suspected": {"verify": "verified", "dismiss": "dismissed"},
    "verified": {"register": "existing", "register_new": "new", "stop": "stopped", "dismiss": "dismissed"},
    "existing": STANDING,
    "new": STANDING,
    "stopped": {"order": "ordered", "pull_down": "demolished", "regularise": "regularised", "overbuild": "overbuilt",
                "strike": "struck"},
    "ordered": {"announce": "announced", "appeal": "appealed", "pull_down": "demolished", "confiscate": "confiscated",
                "regularise": "regularised"},
    "announced": {"demolish": "", "appeal": "appealed", "pull_down": "demolished", "regularise": "regularised"},
    "appealed": {"uphold": "ordered", "revoke": "revoked", "pull_down": "demolished"},
    "revoked": {"order": "ordered", "pull_down": "demolished", "confiscate": "confiscated",
                "regularise": "regularised", "strike": "struck"},
    "demolished": {"write_off": "written_off"},
}  # fmt: skip
"""What may be done in which state, and what becomes of it; a demolition is refused: its papers take half a year."""

MOST_OPEN = 4
STEPS = sorted({step for steps in LAWFUL.values() for step in steps})
OUT = {"confiscate": "confiscated", "regularise": "regularised", "write_off": "demolished", "strike": "corrected"}


def facts_of(step: str, on: dt.date, households: int) -> dict[str, object]:
    day = on.isoformat()
    hours = (dt.datetime.combine(on, dt.time(hour), ZONE).isoformat() for hour in (9, 10))
    return {
        "register": {"households": households}, "register_new": {"households": households},
        "stop": {"households": households}, "order": {"served_on": day, "deadline_on": day},
        "announce": {"until_on": day}, "appeal": {"kind": "suit"}, "uphold": {"received_on": day},
        "demolish": dict(zip(("from_at", "to_at"), hours, strict=True)),
    }.get(step, {})  # fmt: skip


class Books(Machine):
    """Whatever is done in whatever order, every period of every unit adds up, and to what the model remembers."""

    def __init__(self, session: Session, county: str) -> None:
        super().__init__()
        self.session, self.county = session, county
        self.today, self.ticks = FIRST, 0
        self.state: dict[int, str] = {}
        self.inside: dict[int, tuple[dt.date, int, int]] = {}  # since when, 户, dm²
        self.moves: list[tuple[dt.date, str, Amounts]] = []

    def moved(self, on: dt.date, term: str, amounts: Amounts) -> None:
        self.moves.append((on, term, amounts))

    def at(self, on: dt.date) -> dt.datetime:
        """Each thing done comes a second after the one before; what is dated back falls into the evening."""
        self.ticks += 1
        if on == self.today:
            return dt.datetime.combine(on, dt.time(11), ZONE) + dt.timedelta(seconds=self.ticks)
        return dt.datetime.combine(on, dt.time(20), ZONE)

    @precondition(lambda self: (self.today - FIRST).days < 900)
    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.today += dt.timedelta(days=days)

    def open(self) -> list[int]:
        """Those that are not at an end."""
        return sorted(number for number, state in self.state.items() if state in LAWFUL)

    @precondition(lambda self: len(self.open()) < MOST_OPEN)
    @rule()
    def one_is_found(self) -> None:
        number, _ = enter_building(self.session, self.county, Draft(uuid7(), GROUND, self.today), actor="m")
        self.state[number] = "suspected"

    @precondition(lambda self: self.open())
    @rule(data=st.data(), households=st.integers(0, 4), turns=st.lists(st.integers(0, 59), min_size=1, max_size=8))
    def it_goes_on(self, data: st.DataObject, households: int, turns: list[int]) -> None:
        """Some steps that are open, one after the other, so that cases come far."""
        number = data.draw(st.sampled_from(self.open()))
        for turn in turns:
            lawful = LAWFUL.get(self.state[number], {})
            ways = [step for step, after in lawful.items() for _ in range(3 if after in LAWFUL else 1)]
            if ways:  # more often on than to an end, so that the far ends are seen too
                self.attempt(number, ways[turn % len(ways)], households)

    @precondition(lambda self: self.state)
    @rule(data=st.data(), step=st.sampled_from(STEPS))
    def anything_is_tried(self, data: st.DataObject, step: str) -> None:
        self.attempt(data.draw(st.sampled_from(sorted(self.state))), step, 1)

    def attempt(self, number: int, step: str, households: int) -> None:
        state = self.state[number]
        lawful = LAWFUL.get(state, {})
        facts = facts_of(step, self.today, households)
        if step == "demolish":
            facts["urgent"] = "危险"

        def take() -> str:
            return take_building_step(
                self.session, self.county, number, step, at=self.at(self.today), actor="m", note="依据", facts=facts
            )

        self.seen[f"{state} {step}" if step in lawful else "refused"] += 1
        if step not in lawful or not lawful[step]:
            with pytest.raises(ActRefused if step in lawful else StepNotOpen):
                take()
            return
        before = self.found()
        assert take() == lawful[step]
        self.state[number] = lawful[step]
        if step in ("register", "register_new"):
            self.inside[number] = (self.today, households, GROUND_DM2)
            self.moved(self.today, "new" if step == "register_new" else "existing", Amounts(1, households, GROUND_DM2))
        elif step in OUT and number in self.inside:
            _, had, dm2 = self.inside.pop(number)
            self.moved(self.today, OUT[step], -Amounts(1, had, dm2))
        fresh = self.found() - before
        assert len(fresh) == (step == "overbuild")
        self.state |= dict.fromkeys(fresh, "suspected")

    def found(self) -> set[int]:
        from geo.cases.buildings.queries import list_buildings

        return {row["id"] for row in list_buildings(self.session, self.county, most=10_000)}

    @precondition(lambda self: bool(self.inside))
    @rule(data=st.data(), households=st.integers(0, 2), dm2=st.integers(1, 900))
    def somebody_measures_again(self, data: st.DataObject, households: int, dm2: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.inside)))
        since, had, ground = self.inside[number]
        on = data.draw(st.dates(since, self.today))
        correct_amounts(
            self.session, self.county, number, at=self.at(on), households_more=households,
            area_dm2_more=dm2, reason="重测", actor="m",
        )  # fmt: skip
        self.inside[number] = (since, had + households, ground + dm2)
        self.moved(on, "corrected", Amounts(0, households, dm2))

    def told(self, first: dt.date, last: dt.date) -> tuple[Amounts, Amounts, Counter[str]]:
        opening, closing, terms = Amounts(), Amounts(), Counter[str]()
        for on, term, amounts in self.moves:
            opening = opening + amounts if on < first else opening
            closing = closing + amounts if on <= last else closing
            if first <= on <= last:
                for unit in ("plots", "households", "area_dm2"):
                    terms[f"{term}.{unit}"] += getattr(amounts, unit)
        return opening, closing, terms

    @rule(data=st.data())
    def any_period_adds_up(self, data: st.DataObject) -> None:
        first = data.draw(st.dates(FIRST, self.today))
        last = data.draw(st.dates(first, self.today))
        said = load_statement(self.session, self.county, first, last)
        assert said.difference == Amounts()
        opening, closing, terms = self.told(first, last)
        assert (said.opening, said.closing) == (opening, closing)
        for term in TERMS:
            for unit in ("plots", "households", "area_dm2"):
                assert getattr(said.term(term), unit) == terms[f"{term}.{unit}"], (term, unit)

    @invariant()
    def what_stands_is_what_the_model_holds(self) -> None:
        held = [(1, *rest) for _, *rest in self.inside.values()]
        assert self.told(FIRST, self.today)[1] == Amounts(*map(sum, zip(*held, strict=True))) if held else True


def live(database: Database, make_county: Callable[[], str], steps: int, each: int) -> None:
    def begin() -> Books:
        county = make_county()
        session = database.begin(county)
        machine = Books(session.__enter__(), county)
        machine.teardown = lambda: session.__exit__(None, None, None)  # type: ignore[method-assign]
        return machine

    play(Books, steps, each, begin)


def test_the_stock_adds_up_whatever_is_done(database: Database, make_county: Callable[[], str]) -> None:
    live(database, make_county, 240, 40)


@pytest.mark.long
def test_the_stock_adds_up_over_ten_thousand_steps(database: Database, make_county: Callable[[], str]) -> None:
    live(database, make_county, 10_000, 100)
    assert set(Books.seen) == {"refused", *(f"{state} {step}" for state, steps in LAWFUL.items() for step in steps)}
