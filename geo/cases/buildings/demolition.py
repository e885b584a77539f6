"""When a compulsory act may be carried out: the hour, the day, the papers that must lie before it.

行政强制法 art. 43: no enforcement by night or on statutory holidays, except in urgent cases; rest days count as such
(最高人民法院 (2016)最高法行他81号, a Saturday). Art. 44: an illegal building is pulled down only after a public
announcement that gives its owner time to do it himself, and once he has let the periods of appeal pass: 60 days for
review (行政复议法 art. 20), six months for a suit (行政诉讼法 art. 46), 15 days for a suit against a review decision or
an appeal against a judgment (arts. 45, 85). Night is 22:00–06:00 (噪声污染防治法 art. 88), since art. 43 does not say.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from geo.calendars import is_workday
from geo.days import midnight

if TYPE_CHECKING:
    from geo.cases.history import Step

NIGHT: Final = (dt.time(22), dt.time(6))
REVIEW_DAYS: Final = 60
SUIT_MONTHS: Final = 6
FURTHER_DAYS: Final = 15


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a code of the message catalogue and its facts."""

    code: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an act may be carried out, why not, and from which local day on the papers allow it (None: not yet)."""

    allowed: bool
    reasons: tuple[Reason, ...]
    first_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """What the log of a building says of its order; days are local.

    Parameters
    ----------
    served_on, deadline_on
        When the order was served, and until when the owner was to pull it down himself.
    announced_to_on
        Last day that the announcement after that order leaves him.
    appealing
        Whether a review or suit is undecided.
    further_to_on
        Last day on which a decided one could be taken further.
    """

    served_on: dt.date | None = None
    deadline_on: dt.date | None = None
    announced_to_on: dt.date | None = None
    appealing: bool = False
    further_to_on: dt.date | None = None


def read_papers(steps: Sequence[Step]) -> Papers:
    """The papers of the newest order in a building's log; empty ones before there is an order."""
    papers = Papers()
    for one in steps:
        facts = one.facts
        if one.step == "order":
            papers = Papers(_day(facts.get("served_on")), _day(facts.get("deadline_on")))
        elif one.step == "announce":
            papers = _with(papers, announced_to_on=_day(facts.get("until_on")))
        elif one.step == "appeal":
            papers = _with(papers, appealing=True, further_to_on=None)
        elif one.step == "uphold":
            further = _day(facts.get("received_on"))
            more = None if facts.get("final") or further is None else further + dt.timedelta(days=FURTHER_DAYS)
            papers = _with(papers, appealing=False, further_to_on=more)
        elif one.step == "revoke":
            papers = Papers()
    return papers


def _with(papers: Papers, **changed: object) -> Papers:
    names = ("served_on", "deadline_on", "announced_to_on", "appealing", "further_to_on")
    return Papers(**{name: changed.get(name, getattr(papers, name)) for name in names})  # type: ignore[arg-type]


def _day(said: object) -> dt.date | None:
    return dt.date.fromisoformat(said) if isinstance(said, str) and said else None


def appeal_ends_on(served_on: dt.date, calendar: str = "cn") -> dt.date:
    """The last day on which an order can be appealed against; one that is a rest day moves to the next workday.

    Examples
    --------
    >>> appeal_ends_on(dt.date(2026, 3, 10)), appeal_ends_on(dt.date(2025, 8, 31))
    (datetime.date(2026, 9, 10), datetime.date(2026, 2, 28))
    """
    month = served_on.month - 1 + SUIT_MONTHS
    year, month = served_on.year + month // 12, month % 12 + 1
    suit = dt.date(year, month, min(served_on.day, months.monthrange(year, month)[1]))
    return rolled(max(suit, served_on + dt.timedelta(days=REVIEW_DAYS)), calendar)


def rolled(on: dt.date, calendar: str = "cn") -> dt.date:
    """The day itself if offices work on it, else the next on which they do.

    Examples
    --------
    >>> rolled(dt.date(2026, 10, 2))  # National Day holiday
    datetime.date(2026, 10, 8)
    """
    while not is_workday(on, calendar):
        on += dt.timedelta(days=1)
    return on


def paper_reasons(papers: Papers, calendar: str = "cn") -> tuple[list[Reason], dt.date | None]:
    """What the papers still lack, and the first local day they allow the act on; None while one is missing.

    Examples
    --------
    >>> lacking, first = paper_reasons(Papers(dt.date(2026, 3, 10), dt.date(2026, 3, 25), dt.date(2026, 4, 10)))
    >>> lacking, first
    ([], datetime.date(2026, 9, 11))
    >>> paper_reasons(Papers())[0][0].code
    'buildings.no_order'
    """
    missing = []
    if papers.served_on is None or papers.deadline_on is None:
        missing.append(Reason("buildings.no_order"))
    if papers.announced_to_on is None:
        missing.append(Reason("buildings.no_announcement"))
    if papers.appealing:
        missing.append(Reason("buildings.appeal_open"))
    if missing or papers.served_on is None or papers.deadline_on is None or papers.announced_to_on is None:
        return missing, None
    ends = [papers.deadline_on, papers.announced_to_on, appeal_ends_on(papers.served_on, calendar)]
    ends += [rolled(papers.further_to_on, calendar)] if papers.further_to_on else []
    return [], max(ends) + dt.timedelta(days=1)


def hour_reasons(start: dt.datetime, end: dt.datetime, zone: ZoneInfo, calendar: str = "cn") -> list[Reason]:
    """Why an act cannot fall on these hours: night, or a day on which offices rest.

    Parameters
    ----------
    start, end
        Aware; ``end > start``. Any part of the act counts.

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> at = lambda day, hour: dt.datetime(2026, 10, day, hour, tzinfo=zone)
    >>> [one.code for one in hour_reasons(at(12, 9), at(12, 11), zone)]
    []
    >>> [one.code for one in hour_reasons(at(3, 21), at(3, 23), zone)]
    ['buildings.by_night', 'buildings.rest_day']
    """
    reasons = []
    first, last = start.astimezone(zone), (end - dt.timedelta(microseconds=1)).astimezone(zone)
    days = [first.date() + dt.timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    evening, morning = NIGHT
    for on in [first.date() - dt.timedelta(days=1), *days]:
        begins = dt.datetime.combine(on, evening, zone)
        ends = dt.datetime.combine(on + dt.timedelta(days=1), morning, zone)
        if begins < end and start < ends:
            hours = f"{evening:%H:%M}–{morning:%H:%M}"
            reasons.append(Reason("buildings.by_night", {"on": first.date().isoformat(), "hours": hours}))
            break
    rest = next((on for on in days if not is_workday(on, calendar)), None)
    if rest is not None:
        reasons.append(Reason("buildings.rest_day", {"on": rest.isoformat()}))
    return reasons


def judge(
    papers: Papers,
    start: dt.datetime,
    end: dt.datetime,
    zone: ZoneInfo,
    calendar: str = "cn",
    *,
    urgent: str = "",
    lacks: Sequence[Reason] = (),
) -> Verdict:
    """Whether a demolition may be carried out from ``start`` to ``end``.

    Parameters
    ----------
    urgent
        Why it cannot wait; it lifts the hour and the day, never the papers.
    lacks
        What the risk assessment before it still lacks.
    """
    reasons, first_on = paper_reasons(papers, calendar)
    if first_on is not None and start < midnight(first_on, zone):
        reasons.append(Reason("buildings.too_early", {"first": first_on.isoformat()}))
    reasons += lacks
    if not urgent.strip():
        reasons += hour_reasons(start, end, zone, calendar)
    return Verdict(not reasons, tuple(reasons), first_on)
