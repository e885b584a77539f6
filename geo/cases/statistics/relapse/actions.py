"""The relapse rate with both its counts, and the ledger of spots where it comes back most (P05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.statistics.events.actions import follow
from geo.cases.statistics.periods import check_period
from geo.cases.statistics.relapse import queries
from geo.days import span_of
from geo.db.counties import get_county
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SPEEDS: Final = (("day", 86_400), ("week", 7 * 86_400))
"""Back within a day, within a week; what takes longer is ``later``."""

MOST_DAYS: Final = 60
"""The study links nothing that comes later (:mod:`geo.hotspots.recurrence.links`)."""


class WindowTooLong(Invalid):
    """Links reach no farther; the facts say how far."""


class NothingStudied(Invalid):
    """No study links closings to what followed them; the message says how to make one."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Of a group: closings watched for the whole time, how many were followed, and the median time of those.

    ``level`` is ``whole``, ``district`` or ``code``; a district without key is outside all 片区.
    """

    level: str
    key: str | None
    closings: int
    followed: int
    half_s: int | None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where the same came back: all returns that hang together by their links.

    ``closings`` were followed by ``returns``; ``soonest_s`` is the shortest time; ``lon``, ``lat`` (EPSG:4490) and
    ``event_id`` are of its first closing.
    """

    rank: int
    event_id: int
    code: str
    district_code: str | None
    lon: float
    lat: float
    closings: int
    returns: int
    soonest_s: int
    last_closed_at: str


@dataclass(frozen=True, slots=True)
class Relapse:
    """What came back within ``within_days`` and ``radius_m``."""

    within_days: int
    radius_m: float
    rates: list[Rate]
    spots: list[Spot]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def count_relapses(
    session: Session, tenant: str, first: dt.date, last: dt.date, within_days: int, *,
    area: Sequence[str] | None = None,
) -> Relapse:  # fmt: skip
    """Relapses of events closed from the local day ``first`` to ``last``, both included.

    Parameters
    ----------
    within_days
        1 to 60. A closing counts once the record reaches that far past it; until then nobody knows.

    Returns
    -------
    Relapse
        Spots by returns, most first, then by the id of their first closing.

    Raises
    ------
    NothingStudied
        If there is no study; ``./pianqu returns fit`` makes one.
    WindowTooLong, PeriodBackwards
        If the time or the period is none.
    """
    facts, radius_m = _asked(session, tenant, first, last, within_days, area)
    rates = [Rate(**row) for row in queries.load_rates(session, facts)]
    return Relapse(within_days, radius_m, rates, rank_spots(queries.load_links(session, facts)))


def list_returns(
    session: Session, tenant: str, first: dt.date, last: dt.date, within_days: int, *, spot: int | None = None,
    area: Sequence[str] | None = None, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Each return with the closing it followed, of events closed in a period; those of one spot if it is named.

    Parameters
    ----------
    spot
        ``event_id`` of a spot of :func:`count_relapses` of the same period and time.

    Returns
    -------
    list of dict
        In order of closing: ``event_id`` that came back at ``back_at``, ``parent_id`` closed at ``closed_at``, the gap
        in hours and as ``day``, ``week`` or ``later``, ``distance_m``, ``code``, ``district_code``, ``lon``, ``lat``.

    Raises
    ------
    NothingStudied, WindowTooLong, PeriodBackwards
        As :func:`count_relapses`.
    """
    facts, _ = _asked(session, tenant, first, last, within_days, area)
    links = queries.load_links(session, facts)
    if spot is not None:
        links = next((group for group in _hang_together(links) if group[0]["parent_id"] == spot), [])
    return [
        {
            **link, "back_at": link["closed_at"] + dt.timedelta(seconds=link["gap_s"]),
            "gap_h": round(link["gap_s"] / 3600, 1),
            "speed": next((word for word, most_s in SPEEDS if link["gap_s"] <= most_s), "later"),
        }
        for link in links[:most]
    ]  # fmt: skip


def _asked(
    session: Session, tenant: str, first: dt.date, last: dt.date, within_days: int, area: Sequence[str] | None
) -> tuple[dict[str, Any], float]:
    """The values of the statements, and the reach of the study in force."""
    check_period(first, last)
    if not 1 <= within_days <= MOST_DAYS:
        raise WindowTooLong("statistics.window", days=within_days, most=MOST_DAYS)
    study = queries.find_study(session, tenant)
    if study is None:
        raise NothingStudied("statistics.nothing_studied")
    follow(session, tenant)
    begin, end = span_of(first, last, get_county(session, tenant).zone)
    chosen = None if area is None else list(area)
    return queries.facts_of(tenant, study, begin, end, within_days * 86_400, chosen), float(study.radius_m)


def rank_spots(links: Sequence[dict[str, Any]]) -> list[Spot]:
    """Put links that hang together into one spot each, and rank the spots.

    Examples
    --------
    >>> at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> link = {"code": "04-01", "district_code": "W", "closed_at": at, "lon": 118.0, "lat": 28.0, "distance_m": 3.0}
    >>> pairs = [(1, 2, 60), (2, 3, 30), (7, 8, 90)]
    >>> [(s.rank, s.event_id, s.closings, s.returns, s.soonest_s) for s in rank_spots(
    ...     [{**link, "parent_id": a, "event_id": b, "gap_s": gap} for a, b, gap in pairs])]
    [(1, 1, 2, 2, 30), (2, 7, 1, 1, 90)]
    """
    found = []
    for group in _hang_together(links):
        begin = group[0]
        last = max(link["closed_at"] for link in group).astimezone(dt.UTC)
        closings = len({link["parent_id"] for link in group})
        soonest = min(link["gap_s"] for link in group)
        found.append((-len(group), begin["parent_id"], begin, closings, soonest, last))
    return [
        Spot(
            rank, event, begin["code"], begin["district_code"], begin["lon"], begin["lat"], closings, -less, soonest,
            last.isoformat(),
        )
        for rank, (less, event, begin, closings, soonest, last) in enumerate(sorted(found, key=lambda s: s[:2]), 1)
    ]  # fmt: skip


def _hang_together(links: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Links by spot, each in order of closing."""
    root: dict[int, int] = {}

    def find(event: int) -> int:
        root.setdefault(event, event)
        while root[event] != event:
            root[event] = root[root[event]]
            event = root[event]
        return event

    for link in links:
        root[find(link["event_id"])] = find(link["parent_id"])
    groups: dict[int, list[dict[str, Any]]] = {}
    for link in sorted(links, key=lambda link: (link["closed_at"], link["parent_id"], link["event_id"])):
        groups.setdefault(find(link["parent_id"]), []).append(link)
    return list(groups.values())
