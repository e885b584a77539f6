"""Keep counts of events true: after each change the days it touches are counted anew, from the events themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.statistics.events import queries
from geo.cases.statistics.events.spans import spans
from geo.cases.statistics.places import ask_border, boxes
from geo.db.counties import County, get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

BLOCK: Final = 100_000
"""Events placed in one statement."""

AT_ONCE: Final = 2_000
"""So many changed events are counted by whoever asks for a figure; more wait for the clock or the command."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """How true the counts are.

    Parameters
    ----------
    counted_at
        When they were last brought up to date; None if never.
    waiting
        Changed events that are not counted yet; None where all have to be counted anew.
    """

    counted_at: dt.datetime | None
    waiting: int | None = 0

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, without the clock's time: the same rows give the same answer."""
        return {"complete": self.waiting == 0, "waiting": self.waiting}


@dataclass(frozen=True, slots=True)
class Count:
    """So many records and so much quantity of one unit, under what they were told apart by (none: the whole)."""

    key: tuple[Any, ...]
    unit: str
    rows: int
    quantity: float


def follow(session: Session, tenant: str, most: int = AT_ONCE) -> Standing:
    """Count anew the days of events that changed since the last time, if they are few enough.

    Parameters
    ----------
    most
        Changed events that are dealt with now.

    Notes
    -----
    Reads the change log past what it has read. Rows that the sequencer has not numbered are read again the next time,
    which changes nothing. A changed 片区, street or county area moves every event: that is :func:`recount`.
    """
    mark = queries.find_mark(session, tenant)
    if mark is None:
        events = queries.count_up_to(session, tenant, most)
        if events == 0:
            return Standing(None)
        # A county of few events needs no command to be counted for the first time.
        if events > most or not queries.try_lock(session, tenant):
            return Standing(None, None)
        recount(session, tenant)
        return Standing(dt.datetime.now(dt.UTC))
    changes = queries.load_changes(session, tenant, mark.seq)
    if not changes:
        return Standing(mark.counted_at)
    ids: set[int] = set()
    whole = any(layer != "event" or found is None for layer, found, _ in changes)
    for _, found, _ in changes:
        ids.update(found or ())
    if whole and queries.count_up_to(session, tenant, most) > most:
        return Standing(mark.counted_at, None)
    if len(ids) > most:
        return Standing(mark.counted_at, len(ids))
    if not queries.try_lock(session, tenant):
        return Standing(mark.counted_at, None if whole else len(ids))
    if whole:
        recount(session, tenant)
    else:
        _recount_some(session, tenant, sorted(ids))
        queries.set_mark(session, tenant, max([mark.seq, *(seq for _, _, seq in changes if seq is not None)]))
    return Standing(dt.datetime.now(dt.UTC))


def recount(session: Session, tenant: str, progress: Progress | None = None) -> int:
    """Place and count all events anew; returns how many ids were gone through.

    The counts are a function of the rows there are: doing it again changes nothing.
    """
    county = get_county(session, tenant)
    seq = queries.head(session, tenant)
    last = queries.last_event(session, tenant)
    queries.forget(session, tenant)
    for after, until in queries.pages(last, BLOCK):
        _place(session, county, None, after, until)
        if progress is not None:
            progress(until, last)
    queries.count_days(session, tenant, None)
    queries.set_mark(session, tenant, seq)
    return last


def follow_everywhere(database: Database) -> int:
    """Bring the counts of every county up to date, however much changed; returns in how many something had."""
    from geo.db.counties import list_counties

    done = 0
    for county in list_counties(database):
        with database.begin(county.code) as session:
            before = queries.find_mark(session, county.code)
            standing = follow(session, county.code, BLOCK)
            if standing.waiting != 0 and queries.try_lock(session, county.code):
                recount(session, county.code)
                done += 1
            else:
                done += int(standing.counted_at != (before.counted_at if before else None))
    return done


def count_events(
    session: Session, tenant: str, first: dt.date, last: dt.date, *, by: Sequence[str] = (),
    area: Sequence[str] | None = None, standing: str | None = "counted",
) -> list[Count]:  # fmt: skip
    """Events of the local days from ``first`` to ``last``, both included.

    Parameters
    ----------
    by
        Names of :data:`~geo.cases.statistics.events.queries.GROUPS`; ``code`` gives system and code.
    area
        Only these 片区; None is the county with what lies outside all 片区.
    standing
        ``counted`` leaves out repeats, void ones and what lies outside the county; None takes all.

    Returns
    -------
    list[Count]
        By key, then unit; units are never added up.
    """
    rows = queries.read_counts(session, tenant, spans(first, last), by, area, standing) if first <= last else []
    return [_count(row, by) for row in rows]


def count_plainly(
    session: Session, tenant: str, first: dt.date, last: dt.date, *, by: Sequence[str] = (),
    area: Sequence[str] | None = None, standing: str | None = "counted",
) -> list[Count]:  # fmt: skip
    """The same as :func:`count_events`, from the events themselves."""
    return [_count(row, by) for row in queries.read_plain(session, tenant, first, last, by, area, standing)]


def _count(row: Sequence[Any], by: Sequence[str]) -> Count:
    *key, unit, rows, quantity = row
    return Count(tuple(key) if by else (), unit, int(rows), _plain(quantity))


def _plain(quantity: Any) -> float:
    """A whole quantity as a whole number.

    Examples
    --------
    >>> from decimal import Decimal
    >>> _plain(Decimal("3.00")), _plain(Decimal("2.50"))
    (3, 2.5)
    """
    return int(quantity) if quantity == int(quantity) else float(quantity)


def _recount_some(session: Session, tenant: str, ids: Sequence[int]) -> None:
    if not ids:
        return
    days = queries.days_of(session, tenant, ids)
    _place(session, get_county(session, tenant), ids, 0, max(ids))
    # None where an event came and went before anybody counted.
    if days := days | queries.days_of(session, tenant, ids):
        queries.count_days(session, tenant, sorted(days))


def _place(session: Session, county: County, ids: Sequence[int] | None, after: int, until: int) -> None:
    """Find the local day and the one 片区 of events, as :func:`~geo.features.locate.district_at` says it."""
    facts = {
        "tenant": county.code, "zone": county.time_zone, "ids": None if ids is None else list(ids),
        "after": after, "until": until, "srid": county.metric_srid, **boxes(county),
    }  # fmt: skip
    queries.place_events(session, facts)
    rows = queries.list_border(session, facts)
    known = ask_border(session, county, sorted({(lon, lat) for _, lon, lat, _ in rows}))
    moved = {
        event: known[lon, lat] for event, lon, lat, inside in rows if known.get((lon, lat), inside) != inside
    }  # fmt: skip
    queries.move_events(session, county.code, moved)
    queries.mark_outside(session, facts)
