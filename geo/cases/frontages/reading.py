"""不漏一户 for any day: how every front stands, by street and town; and both lists of what was not matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from geo.cases.frontages import queries
from geo.cases.frontages.standing import STANDINGS, Standing, Tally, Why, due_on, stand, tally
from geo.days import span_of
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Register:
    """How every front stood on a day.

    Parameters
    ----------
    standings
        By front: how it stands and, if expired, why.
    streets
        By (town, street).
    due
        By front in force: the last day on which its yearly check is in time.
    """

    on: dt.date
    standings: dict[int, tuple[Standing, Why]]
    streets: dict[tuple[str, str], Tally]
    due: dict[int, dt.date]

    @property
    def towns(self) -> dict[str, Tally]:
        """The streets of each town together."""
        towns: dict[str, list[Tally]] = {}
        for (town, _), one in self.streets.items():
            towns.setdefault(town, []).append(one)
        return {town: _together(ones) for town, ones in towns.items()}

    @property
    def whole(self) -> Tally:
        """The county, or as much of it as was asked for."""
        return _together(list(self.streets.values()))

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON-ready values."""
        return {
            "on": self.on,
            "streets": [
                {"town": town, "street": street, **asdict(one)} for (town, street), one in self.streets.items()
            ],
            "towns": [{"town": town, **asdict(one)} for town, one in self.towns.items()],
            "whole": asdict(self.whole),
        }

    def ids(self, standing: Standing) -> list[int]:
        """The fronts that a figure of the whole counts; ask for one street or town to drill into its figure."""
        return sorted(one for one, (found, _) in self.standings.items() if found == standing)


def load_register(
    session: Session, tenant: str, on: dt.date | None = None, *, area: Sequence[str] | None = None,
    street: str | None = None, town: str | None = None,
) -> Register:  # fmt: skip
    """The register as it stood at the end of a local day; today unless another is named."""
    county = get_county(session, tenant)
    on = on or county.today()
    _, until = span_of(on, on, county.zone)
    fronts = [
        one
        for one in queries.load_fronts(session, tenant, area=area)
        if street in (None, one.street) and town in (None, one.town)
    ]
    papers = queries.load_papers(session, tenant, until, county.zone, area=area)
    standings = stand(fronts, papers, on)
    signed = {one for one, (how, _) in standings.items() if how == "signed"}
    due: dict[int, dt.date] = {}
    for paper in papers:
        if paper.frontage_id in signed and paper.state == "signed":
            due[paper.frontage_id] = max(due_on(paper), due.get(paper.frontage_id, dt.date.min))
    return Register(on, standings, tally(fronts, standings, on), due)


def update_status(session: Session, tenant: str) -> list[int]:
    """Write today's standing onto the map layer; the ids of the fronts that changed."""
    register = load_register(session, tenant)
    return queries.set_status(session, tenant, {one: how for one, (how, _) in register.standings.items()}, register.on)


def _together(ones: Sequence[Tally]) -> Tally:
    return Tally(sum(one.all for one in ones), *(sum(getattr(one, name) for one in ones) for name in STANDINGS))
