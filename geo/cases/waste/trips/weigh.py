"""Weighings and trips, one to one: what was weighed without a trip, and what was tipped without a weighing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple


class Moment(NamedTuple):
    """An arrival at a dump, or a weighing there, of one lorry."""

    id: int
    plate: str
    dump: str
    at: dt.datetime


def match_tickets(arrivals: Sequence[Moment], tickets: Sequence[Moment], before_s: int, after_s: int) -> dict[int, int]:
    """Which weighing belongs to which arrival.

    Parameters
    ----------
    before_s, after_s
        A weighing belongs to an arrival of the same plate at the same dump from ``before_s`` earlier to ``after_s``
        later; of several the nearest in time, each only once.

    Returns
    -------
    dict
        Arrival id → ticket id, the same in whatever order they came.

    Examples
    --------
    >>> at = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
    >>> minute = dt.timedelta(minutes=1)
    >>> arrivals = [Moment(1, "A", "X", at), Moment(2, "A", "X", at + 30 * minute)]
    >>> tickets = [Moment(7, "A", "X", at + 28 * minute), Moment(8, "A", "X", at + 5 * minute), Moment(9, "B", "X", at)]
    >>> match_tickets(arrivals, tickets, 600, 3600)
    {1: 8, 2: 7}
    """
    beside: dict[tuple[str, str], list[Moment]] = defaultdict(list)
    for ticket in tickets:
        beside[ticket.plate, ticket.dump].append(ticket)
    pairs = sorted(
        (abs(late), arrival.at, arrival.id, ticket.at, ticket.id)
        for arrival in arrivals
        for ticket in beside[arrival.plate, arrival.dump]
        if -before_s <= (late := (ticket.at - arrival.at).total_seconds()) <= after_s
    )
    found: dict[int, int] = {}
    used: set[int] = set()
    for _, _, arrival_id, _, ticket_id in pairs:
        if arrival_id not in found and ticket_id not in used:
            found[arrival_id] = ticket_id
            used.add(ticket_id)
    return dict(sorted(found.items()))
