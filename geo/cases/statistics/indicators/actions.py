"""Evaluate a period by area, department, post or regime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.clocks.actions import load_axis
from geo.cases.clocks.clock import UNITS, Marks, Op, Reading, read_clocks
from geo.cases.clocks.queries import load_marks
from geo.cases.flow.states import PROBLEM
from geo.cases.statistics.indicators import queries
from geo.cases.statistics.indicators.definitions import GROUPINGS, INDICATORS, value_of
from geo.cases.statistics.periods import check_period
from geo.days import span_of
from geo.db.counties import get_county
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REGISTERING: Final = {
    "open": Op.START, "ask_verification": Op.START, "verify_before_registration": Op.START, "register": Op.HOLD,
}  # fmt: skip
DISPATCHING: Final = {"register": Op.START, "dispatch": Op.HOLD}
"""Steps between which a stage is timed; what counts is the last beginning before its end."""


class UnknownGrouping(Invalid):
    """Problems are not evaluated by that; the facts list what they are evaluated by."""


@dataclass(frozen=True, slots=True)
class Group:
    """What was counted of one area, department, post or regime; ``key`` is None for problems that have none."""

    key: str | None
    whole: bool
    counts: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Every indicator with numerator and denominator, JSON-ready."""
        told = []
        for one in INDICATORS:
            below = None if one.over is None else self.counts.get(one.over, 0)
            told.append(
                {
                    "name": one.name, "zh": one.zh, "en": one.en, "unit": one.unit,
                    "numerator": self.counts.get(one.count, 0), "denominator": below,
                    "value": value_of(one, self.counts),
                }
            )  # fmt: skip
        return {"key": self.key, "whole": self.whole, "indicators": told}


def evaluate(
    session: Session, tenant: str, first: dt.date, last: dt.date, by: str, *, area: Sequence[str] | None = None,
    now: dt.datetime | None = None,
) -> list[Group]:  # fmt: skip
    """Evaluate problems found from the local day ``first`` to ``last``, both included.

    Parameters
    ----------
    by
        One of :data:`~geo.cases.statistics.indicators.definitions.GROUPINGS`.
    area
        Only problems of these 片区; shares are still of the county.
    now
        Aware; what is due later than this is not judged. By default now; past periods are judged at their end.

    Returns
    -------
    list[Group]
        By key, those without one last before the whole.

    Raises
    ------
    UnknownGrouping
        If ``by`` is none.
    PeriodBackwards
        If ``last`` comes before ``first``.
    """
    if by not in GROUPINGS:
        raise UnknownGrouping("statistics.unknown_grouping", by=by, known=", ".join(GROUPINGS))
    check_period(first, last)
    zone = get_county(session, tenant).zone
    facts = _span(tenant, first, last, zone, area)
    facts["as_of"] = min(now or dt.datetime.now(dt.UTC), facts["to_at"])
    found = queries.count_problems(session, by, facts)
    for key, counts in queries.load_effort(session, tenant, by, first, last).items():
        if area is None or by != "area" or key in area:
            found.setdefault(key, {}).update(counts)
    _time_stages(session, tenant, by, facts, found)
    county = sum(queries.count_plainly(session, by, {**facts, "area": None}).values())
    length = last - first + dt.timedelta(days=1)
    spans = {"previous": (first - length, last - length), "year_before": (_year_before(first), _year_before(last))}
    for name, days in spans.items():
        for key, count in queries.count_plainly(session, by, _span(tenant, *days, zone, area)).items():
            found.setdefault(key, {})[name] = count
    keys = sorted(found, key=lambda key: (key is None, key or ""))
    whole: dict[str, int] = {}
    for counts in found.values():
        for name, count in counts.items():
            whole[name] = whole.get(name, 0) + count
    return [
        *(Group(key, False, {**found[key], "county": county}) for key in keys),
        Group(None, True, {**whole, "county": county}),
    ]


def list_problems(
    session: Session, tenant: str, first: dt.date, last: dt.date, by: str, *, key: str | None = None,
    whole: bool = False, area: Sequence[str] | None = None, after: int = 0, most: int = 1_000,
) -> Sequence[dict[str, Any]]:  # fmt: skip
    """The problems behind a group's indicators, with the dates they are judged by.

    Raises
    ------
    UnknownGrouping
        If ``by`` is none.
    """
    if by not in GROUPINGS:
        raise UnknownGrouping("statistics.unknown_grouping", by=by, known=", ".join(GROUPINGS))
    facts = _span(tenant, first, last, get_county(session, tenant).zone, area)
    return queries.list_problems(session, by, facts, key=key, whole=whole, after=after, most=most)


def _span(tenant: str, first: dt.date, last: dt.date, zone: Any, area: Sequence[str] | None) -> dict[str, Any]:
    from_at, to_at = span_of(first, last, zone)
    return {"tenant": tenant, "area": None if area is None else list(area), "from_at": from_at, "to_at": to_at}


def _year_before(on: dt.date) -> dt.date:
    """The same day a year before; of 29 February the 28th.

    Examples
    --------
    >>> _year_before(dt.date(2028, 2, 29)), _year_before(dt.date(2026, 3, 1))
    (datetime.date(2027, 2, 28), datetime.date(2025, 3, 1))
    """
    return on.replace(year=on.year - 1, day=28 if (on.month, on.day) == (2, 29) else on.day)


def _time_stages(
    session: Session, tenant: str, by: str, facts: Mapping[str, Any], found: dict[str | None, dict[str, int]]
) -> None:
    """Add how many were registered and dispatched within the limit of that stage, by the county's working time."""
    group = queries.list_registered(session, by, facts)
    if not group:
        return
    axis = load_axis(session, tenant, facts["from_at"])
    row, registering, dispatching, *rest = load_marks(
        session, tenant, PROBLEM.name, REGISTERING, DISPATCHING, UNITS, list(group)
    ).T
    until_s = int(max(facts["as_of"], facts["from_at"]).timestamp())
    stages = {"registered_in_time": ("timed_registration", registering)}
    stages["dispatched_in_time"] = ("timed_dispatch", dispatching)
    for name, (timed, ops) in stages.items():
        some = ops > 0
        told = read_clocks(Marks(row[some], ops[some], *(one[some] for one in rest)), axis, until_s)
        rows = zip(told.row.tolist(), told.reading.tolist(), told.budget_s.tolist(), told.used_s.tolist(), strict=True)
        for problem, reading, budget, used in rows:
            if reading == Reading.HELD and budget > 0:
                counts = found.setdefault(group[problem], {})
                counts[timed] = counts.get(timed, 0) + 1
                counts[name] = counts.get(name, 0) + int(used <= budget)
