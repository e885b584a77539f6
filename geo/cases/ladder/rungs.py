"""Which rung comes next: pure, from what an officer confirmed before.

What counts: incidents of the same confirmed subject and behaviour, confirmed themselves, within the look-back window
and the radius of the behaviour's rule, each occasion once.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DEFAULT_MONTHS: Final = 12
DEFAULT_RADIUS_M: Final = 50
OCCASION_MIN: Final = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """How a behaviour climbs.

    Parameters
    ----------
    look_back_months
        Calendar months before the incident; one exactly so old counts no more.
    radius_m
        Metres within which it is the same place, the edge included; 0 is anywhere.
    second
        ``caution`` (警示, informal) or ``warn`` (警告, a formal penalty: 行政处罚法 art. 9 [忆]).
    occasion_min
        Incidents less than so many minutes apart are one occasion, however often they were recorded.
    """

    look_back_months: int = DEFAULT_MONTHS
    radius_m: int = DEFAULT_RADIUS_M
    second: str = "caution"
    occasion_min: int = OCCASION_MIN


@dataclass(frozen=True, slots=True)
class Earlier:
    """A confirmed incident of the same subject and behaviour: its row, when, and how far from here in metres."""

    id: int
    at: dt.datetime
    distance_m: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rung proposed, and the rows it rests on, the earliest first."""

    step: str
    counted: tuple[int, ...]


def propose(
    at: dt.datetime, earlier: Sequence[Earlier], rule: Rule, *, known: bool, first_step: str = "persuade"
) -> Proposal:
    """The rung for an incident.

    Parameters
    ----------
    at
        When it happened, aware; in the county's zone where months shall end at local midnights.
    earlier
        Confirmed incidents of the same subject and behaviour, in any order; later ones are no matter.
    known
        Whether the subject is known and confirmed; nobody unknown climbs.
    first_step
        Where the street's regime lets the ladder begin: ``persuade``, or ``warn`` for 警示 at once (D10).

    Examples
    --------
    >>> noon = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
    >>> once = [Earlier(1, noon - dt.timedelta(days=12), 40.0)]
    >>> twice = [*once, Earlier(2, noon - dt.timedelta(days=2), 50.0)]
    >>> [propose(noon, found, Rule(), known=True).step for found in ([], once, twice)]
    ['persuade', 'caution', 'penalise']
    >>> propose(noon, twice, Rule(radius_m=30), known=True).step, propose(noon, twice, Rule(), known=False).step
    ('persuade', 'persuade')
    """
    floor = "caution" if first_step == "warn" else "persuade"
    counted = occasions(at, earlier, rule) if known else ()
    if not counted:
        return Proposal(floor, ())
    return Proposal(rule.second if len(counted) == 1 else "penalise", counted)


def occasions(at: dt.datetime, earlier: Sequence[Earlier], rule: Rule) -> tuple[int, ...]:
    """Rows that count, one for each occasion, the earliest first; what belongs to this occasion counts nothing.

    Examples
    --------
    >>> noon = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
    >>> ago = [Earlier(n, noon - dt.timedelta(minutes=m), 0.0) for n, m in ((1, 90), (2, 70), (3, 10))]
    >>> occasions(noon, ago, Rule())
    (1,)
    """
    since = months_before(at, rule.look_back_months)
    gap = dt.timedelta(minutes=rule.occasion_min)
    near = [one for one in earlier if rule.radius_m == 0 or one.distance_m <= rule.radius_m]
    counted: list[Earlier] = []
    for one in sorted(near, key=lambda one: (one.at, one.id)):
        apart = not counted or one.at - counted[-1].at >= gap
        if since < one.at < at and at - one.at >= gap and apart:
            counted.append(one)
    return tuple(one.id for one in counted)


def months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same time of day so many calendar months earlier, or on that month's last day.

    Examples
    --------
    >>> months_before(dt.datetime(2026, 3, 31, 8, tzinfo=dt.UTC), 1).isoformat()
    '2026-02-28T08:00:00+00:00'
    """
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
