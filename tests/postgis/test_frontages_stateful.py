"""Agreements against a model that remembers each front's papers and counts days itself."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas
import hypothesis.strategies as st
import pytest
import shapely
from hypothesis.stateful import precondition
from sqlalchemy.orm import Session

from geo.cases.frontages.agreements import AgreementDiffers, sign_agreement, take_agreement_step
from geo.cases.frontages.queries import list_frontages
from geo.cases.frontages.reading import load_register
from geo.cases.frontages.rows import Draft
from geo.cases.workflow import StepNotOpen
from geo.db.engine import Database
from geo.layers.actions import save_frame
from tests.machines import Machine, play, rule

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = dt.date(2022, 1, 3)
SHOPS = 6
OPEN = {
    "signed": {"confirm", "fail", "end", "replace"}, "failed": {"confirm", "end", "replace"}, "ended": set(),
    "replaced": set(),
}  # fmt: skip
AFTER = {"confirm": "signed", "fail": "failed", "end": "ended", "replace": "replaced"}


@dataclass
class Paper:
    """One agreement as the model remembers it; ``done`` in the order in which it was done."""

    id: int
    front: int
    signed_on: dt.date
    to_on: dt.date
    done: list[tuple[dt.date, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return AFTER[self.done[-1][1]] if self.done else "signed"

    def holds(self, on: dt.date) -> bool:
        before = [step for day, step in self.done if day <= on]
        begun = max([self.signed_on, *(day for day, step in self.done if step == "confirm" and day <= on)])
        due = begun.replace(year=begun.year + 1, day=28 if (begun.month, begun.day) == (2, 29) else begun.day)
        return (not before or before[-1] == "confirm") and on <= due and on <= self.to_on


class Papers(Machine):
    """Whatever is signed, checked, failed, renewed and ended, every day's register is what the model says."""

    def __init__(self, session: Session, county: str, home: Path) -> None:
        super().__init__()
        self.session, self.county, self.home = session, county, home
        self.fronts = {row["code"]: row["id"] for row in list_frontages(session, county)}
        self.today, self.ticks = FIRST, itertools.count(1)
        self.papers: dict[str, list[Paper]] = {code: [] for code in self.fronts}

    def now(self) -> dt.datetime:
        noon = dt.datetime.combine(self.today, dt.time(12), ZONE)
        return noon + dt.timedelta(seconds=next(self.ticks))

    @precondition(lambda self: (self.today - FIRST).days < 1_500)
    @rule(days=st.integers(1, 150))
    def time_passes(self, days: int) -> None:
        self.today += dt.timedelta(days=days)

    def free(self) -> list[str]:
        """Fronts where nobody signed today."""
        return sorted(code for code, mine in self.papers.items() if not mine or mine[-1].signed_on != self.today)

    @precondition(lambda self: self.free())
    @rule(data=st.data(), years=st.integers(0, 3), again=st.booleans())
    def somebody_signs(self, data: st.DataObject, years: int, again: bool) -> None:
        code = data.draw(st.sampled_from(self.free()))
        mine = self.papers[code]
        number = f"{code}-{len(mine)}"
        draft = Draft(number, "four", self.today, self.today + dt.timedelta(days=365 * years), "王小二", shop_code=code)
        one, fresh = sign_agreement(self.session, self.county, self.home, draft, actor="m")
        assert fresh
        if again:
            assert sign_agreement(self.session, self.county, self.home, draft, actor="m") == (one, False)
            with pytest.raises(AgreementDiffers):
                other = Draft(number, "three", draft.signed_on, draft.valid_to_on, "王小二", shop_code=code)
                sign_agreement(self.session, self.county, self.home, other, actor="m")
        for before in mine:
            if before.state in ("signed", "failed"):
                before.done.append((self.today, "replace"))
        mine.append(Paper(one, self.fronts[code], self.today, draft.valid_to_on))

    @precondition(lambda self: any(self.papers.values()))
    @rule(data=st.data(), step=st.sampled_from(["confirm", "fail", "end", "replace"]))
    def something_is_done(self, data: st.DataObject, step: str) -> None:
        paper = data.draw(st.sampled_from([one for mine in self.papers.values() for one in mine]))

        def take() -> str:
            return take_agreement_step(self.session, self.county, paper.id, step, at=self.now(), actor="m")

        self.seen[f"{paper.state} {step}"] += 1
        if step not in OPEN[paper.state]:
            with pytest.raises(StepNotOpen):
                take()
            return
        paper.done.append((self.today, step))
        assert take() == paper.state

    @rule(data=st.data())
    def every_day_is_told_right(self, data: st.DataObject) -> None:
        on = data.draw(st.dates(FIRST, self.today))
        register = load_register(self.session, self.county, on)
        assert register.whole.all == len(self.fronts) == len(register.standings)
        assert register.whole.signed + register.whole.expired + register.whole.missing == register.whole.all
        for code, front in self.fronts.items():
            assert register.standings[front][0] == self.expected(code, on), (code, on)
            self.seen[self.expected(code, on)] += 1

    def expected(self, code: str, on: dt.date) -> str:
        mine = [one for one in self.papers[code] if one.signed_on <= on]
        return "missing" if not mine else "signed" if any(one.holds(on) for one in mine) else "expired"


def live(database: Database, make_county: Callable[[], str], steps: int, each: int) -> None:
    shops = geopandas.GeoDataFrame(
        {
            "code": [f"S{n}" for n in range(SHOPS)],
            "name": ["店"] * SHOPS,
            "source_key": [f"S{n}" for n in range(SHOPS)],
        },
        geometry=[shapely.LineString([(118 + n / 1e4, 28.3), (118.00004 + n / 1e4, 28.3)]) for n in range(SHOPS)],
        crs=4490,
    )
    with tempfile.TemporaryDirectory() as home:

        def begin() -> Papers:
            county = make_county()
            save_frame(database, county, "frontage", shops, "shops")
            session = database.begin(county)
            folder = Path(home) / county
            machine = Papers(session.__enter__(), county, folder)
            machine.teardown = lambda: session.__exit__(None, None, None)  # type: ignore[method-assign]
            return machine

        play(Papers, steps, each, begin)


def test_every_day_of_the_register_is_right(database: Database, make_county: Callable[[], str]) -> None:
    live(database, make_county, 200, 40)


@pytest.mark.long
def test_every_day_is_right_over_ten_thousand_steps(database: Database, make_county: Callable[[], str]) -> None:
    live(database, make_county, 10_000, 100)
    tried = {f"{state} {step}" for state in OPEN for step in AFTER}
    assert set(Papers.seen) == tried | {"signed", "expired", "missing"}
