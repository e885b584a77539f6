"""What came of a campaign: four weeks before, while it ran, the thirty days after; and effort against order by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.cases.campaigns import queries
from geo.cases.campaigns.orders import NotStarted, UnknownCampaign
from geo.cases.comparison.compare import Count, change
from geo.cases.comparison.queries import count_events
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County

DAY_S: Final = 86_400
BASELINE_DAYS: Final = 28
"""Whole weeks before, so that every weekday counts as often."""

AFTER_DAYS: Final = 30
MOST_WEEKS: Final = 120


def measure_campaign(
    session: Session, tenant: str, code: str, *, now: dt.datetime, area: Sequence[str] | None = None
) -> dict[str, Any]:
    """Figures of a campaign until now; JSON-ready, integers only, the same for the same events.

    Returns
    -------
    dict
        ``baseline``, ``during``, ``after``: each ``events`` in ``seconds``, ``closed`` of them and ``elsewhere`` the same codes in the rest of the county; ``during`` and ``after`` with their ``change`` against the baseline. ``half_life`` as the study of displacement found it (days, with bounds), or none and why. ``effort``: turnouts of people and vehicles and minutes of people, as noted. ``tracked``: minutes of teams and people that trackers saw on its ground in its days, with the shifts planned in them and those of them that were scored. ``weeks``: effort against order, week by week from the baseline on.

    Raises
    ------
    UnknownCampaign, NotStarted
        If there is none in those 片区, or it has not begun.
    """  # noqa: E501
    row = queries.find_campaign(session, tenant, code, area)
    if row is None:
        raise UnknownCampaign("campaigns.unknown", named=code)
    if row["started_at"] is None:
        raise NotStarted("campaigns.not_started", campaign=code)
    county = get_county(session, tenant)
    parts = windows(county, row["started_at"], row["ended_at"], now)
    weeks = _weeks(parts["baseline"][0], max(high for _, high in parts.values()))
    asked = [[parts[name]] if parts[name][1] > parts[name][0] else [] for name in ("baseline", "during", "after")]
    found = count_events(session, tenant, "campaign", row["id"], row["codes"], [*asked, *([week] for week in weeks)])
    counts = [Count(_sum(found, n), parts[name][1] - parts[name][0]) for n, name in enumerate(parts)]
    rest = [Count(_sum(found, n, "elsewhere"), one.seconds) for n, one in enumerate(counts)]
    told: dict[str, Any] = {
        name: {**asdict(counts[n]), "closed": _sum(found, n, "closed"), "elsewhere": rest[n].events}
        for n, name in enumerate(parts)
    }
    for n, name in enumerate(parts):
        if name != "baseline":
            told[name]["change"] = asdict(change(counts[0], counts[n], rest[0], rest[n]))
    efforts = queries.list_efforts(session, tenant, row["id"])
    seen = _tracked(session, tenant, code, county, parts["during"])
    return {
        "code": code, "name": row["name"], "codes": row["codes"],
        "complete": counts[2].seconds >= AFTER_DAYS * DAY_S, **told,
        "half_life": _half_life(session, tenant, code),
        "effort": {name: sum(one[name] for one in efforts) for name in ("people", "vehicles", "person_minutes")},
        "tracked": {
            "person_minutes": sum(one["person_s"] for one in seen) // 60,
            "team_minutes": sum(one["team_s"] for one in seen) // 60,
            **{f"shifts_{name}": sum(one[name] for one in seen) for name in ("scored", "planned")},
        },
        "weeks": [
            {
                "from_on": _day(county, week[0]).isoformat(), "days": (week[1] - week[0]) // DAY_S,
                "events": _sum(found, 3 + n),
                "person_minutes": sum(
                    one["person_minutes"] for one in efforts
                    if _day(county, week[0]) <= one["on_date"] < _day(county, week[1])
                ),
                "tracked_minutes": sum(
                    one["person_s"] for one in seen
                    if _day(county, week[0]) <= one["on_date"] < _day(county, week[1])
                ) // 60,
            }
            for n, week in enumerate(weeks)
        ],
    }  # fmt: skip


def windows(
    county: County, started_at: dt.datetime, ended_at: dt.datetime | None, now: dt.datetime
) -> dict[str, tuple[int, int]]:
    """Seconds of the Unix epoch of the baseline, the campaign and the thirty days after, by whole local days.

    The day of the start and the day of the end are the campaign's. What lies after ``now`` is cut off; a window that
    has not begun is empty.

    Examples
    --------
    >>> from geo.db.counties import County
    >>> county = County("990101", "示例县", 4548, "Asia/Shanghai", "cn", (118.0, 28.0, 118.2, 28.2))
    >>> at = lambda month, day: dt.datetime(2026, month, day, 9, tzinfo=county.zone)
    >>> found = windows(county, at(3, 2), at(3, 8), at(6, 1))
    >>> {name: (high - low) // 86400 for name, (low, high) in found.items()}
    {'baseline': 28, 'during': 7, 'after': 30}
    """

    def midnight(on: dt.date) -> int:
        return int(dt.datetime.combine(on, dt.time(), county.zone).timestamp())

    until = int(now.timestamp())
    first = started_at.astimezone(county.zone).date()
    last = (ended_at or now).astimezone(county.zone).date() + dt.timedelta(days=1)
    spans = {
        "baseline": (midnight(first - dt.timedelta(days=BASELINE_DAYS)), midnight(first)),
        "during": (midnight(first), midnight(last)),
        "after": (midnight(last), midnight(last + dt.timedelta(days=AFTER_DAYS))),
    }
    if ended_at is None:
        spans["after"] = (until, until)
    return {name: (min(low, until), min(high, until)) for name, (low, high) in spans.items()}


def list_weeks(session: Session, tenant: str, first_on: dt.date, weeks: int) -> list[dict[str, Any]]:
    """P18: campaigns against order over time, week by week: how many ran, their minutes of people as
    noted and as tracked, all events.

    Parameters
    ----------
    weeks
        1 to 120, from ``first_on`` on.
    """
    return queries.list_weeks(session, tenant, get_county(session, tenant).time_zone, first_on, min(weeks, MOST_WEEKS))


def _tracked(session: Session, tenant: str, code: str, county: County, during: tuple[int, int]) -> list[dict[str, Any]]:
    """What scored shifts say of its days; a shift that begins the evening before is that day's."""
    first, last = _day(county, during[0]), _day(county, max(during[0], during[1] - 1))
    return queries.list_tracked(session, tenant, code, first, last)


def _half_life(session: Session, tenant: str, code: str) -> dict[str, Any]:
    """What the newest study of displacement says of it."""
    facts = queries.find_test(session, tenant, code)
    if facts is None:
        return {"days": None, "verdict": "not_tested"}
    days, low, high = (facts.get(name) for name in ("half_life_days", "half_life_lower", "half_life_upper"))
    if days is None and low is None:
        return {"days": None, "verdict": "insufficient"}
    told = {"days": days, "lower_days": low, "upper_days": high}
    return {**{name: None if one is None else round(one) for name, one in told.items()}, "verdict": "told"}


def _weeks(from_s: int, to_s: int) -> list[tuple[int, int]]:
    """Whole weeks from a moment on; the last one ends where the record does."""
    step = 7 * DAY_S
    return [(low, min(low + step, to_s)) for low in range(from_s, to_s, step)][:MOST_WEEKS]


def _sum(found: Sequence[dict[str, Any]], window: int, part: str = "inside") -> int:
    return sum(one[part] for one in found if one["window"] == window)


def _day(county: County, second: int) -> dt.date:
    return dt.datetime.fromtimestamp(second, county.zone).date()
