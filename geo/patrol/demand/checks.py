"""Looks at gates, and entries into enterprises: by two licensed officers, under a power item and a yearly cap (D15).

Passing the gate of a site is no entry: anybody may see mud on the road. An entry that was drawn (双随机) is pinned to
the pair that was drawn with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Conflict, Invalid
from geo.patrol.demand.span import ShiftSpan, windows_of
from geo.patrol.demand.wish import Wish
from geo.tables.enterprise_checks import EXEMPT_REASONS

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

GATE_S: Final = 8 * 60
ENTRY_S: Final = 40 * 60
GATE_WEIGHT: Final = 3.0
ENTRY_WEIGHT: Final = 25.0

PAIR: Final = 2
LAST_DAYS: Final = 3
"""An entry whose time ends within so many days has become a deadline."""

ENTRY_HOURS: Final = "08:00-18:00"
"""Entries are made in office hours unless the enterprise works by night only."""


class CapReached(Conflict):
    """The enterprise was entered as often as it may be this year; the facts say the cap and the days."""


class TooFewOfficers(Invalid):
    """Fewer than two licensed officers to draw a pair from."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An enterprise and the pair that goes there."""

    enterprise: str
    pair: tuple[str, str]


def check_cap(code: str, reason: str, cap: int, entries: Sequence[dt.date], on: dt.date) -> None:
    """Refuse an entry above the yearly cap; complaints and orders from above are not counted against it.

    Parameters
    ----------
    entries
        Days of the entries that count, made or still to be made; other years' do not.

    Raises
    ------
    CapReached
        Naming the enterprise, the cap and the days.

    Examples
    --------
    >>> made = [dt.date(2026, 2, 3), dt.date(2025, 9, 1)]
    >>> check_cap("Q07", "planned", 2, made, dt.date(2026, 5, 6))
    >>> check_cap("Q07", "complaint", 1, made, dt.date(2026, 5, 6))
    >>> check_cap("Q07", "planned", 1, made, dt.date(2026, 5, 6))
    Traceback (most recent call last):
    geo.patrol.demand.checks.CapReached: checks.cap_reached: {...}
    """
    if reason in EXEMPT_REASONS:
        return
    this_year = sorted(day for day in entries if day.year == on.year)
    if len(this_year) >= cap:
        days = ", ".join(day.isoformat() for day in this_year)
        raise CapReached("checks.cap_reached", enterprise=code, cap=cap, year=on.year, days=days or "-")


def draw_pairs(pool: Sequence[str], officers: Sequence[str], wanted: int, seed: bytes) -> list[Drawn]:
    """Draw enterprises and for each a pair of officers, both at random (双随机).

    Parameters
    ----------
    pool
        Codes of enterprises that may be entered; order does not matter.
    officers
        Staff numbers of licensed officers; order does not matter.
    wanted
        How many enterprises; all of them if there are fewer.
    seed
        Sealed before the lists were looked at.

    Returns
    -------
    list of Drawn
        In the order drawn; the same for the same pool, officers and seed in any process.

    Raises
    ------
    TooFewOfficers
        With fewer than two officers.

    Notes
    -----
    Each is ordered by SHA-256 of seed and code: whoever has the seed can draw again with nothing but a hash.

    Examples
    --------
    >>> draw_pairs(["Q1", "Q2", "Q3"], ["R01", "R02", "R03"], 1, bytes(32)) == draw_pairs(
    ...     ["Q3", "Q1", "Q2"], ["R03", "R02", "R01"], 1, bytes(32))
    True
    """
    if len(set(officers)) < 2:
        raise TooFewOfficers("checks.too_few_officers", officers=len(set(officers)))

    def lot(*words: str) -> str:
        return hashlib.sha256(seed + "\0".join(words).encode()).hexdigest()

    chosen = sorted(set(pool), key=lambda code: (lot("enterprise", code), code))[:wanted]
    drawn = []
    for code in chosen:
        lots = sorted((lot("officer", code, officer), officer) for officer in set(officers))
        drawn.append(Drawn(code, (lots[0][1], lots[1][1])))
    return drawn


def gate_wishes(enterprises: GeoDataFrame, span: ShiftSpan, done: Collection[str] = ()) -> list[Wish]:
    """Looks at the gates whose day it is: mud, dust, covered loads, what is dumped (W01, W06).

    Parameters
    ----------
    enterprises
        Metric CRS, index = row id; ``name``, ``kind``, ``opening``, ``gate_every_days``, ``district_code``.
    done
        Keys that an earlier plan of the day does already.

    Returns
    -------
    list of Wish
        Key ``gate:<id>``; a gate is looked at every so many days counted from its number, so that they are spread.
    """
    wishes = []
    for row in enterprises.itertuples():
        every = row.gate_every_days
        if every is None or every != every or (span.on_date.toordinal() - int(row.Index)) % int(every):
            continue
        opening = row.opening if isinstance(row.opening, str) else ""
        windows = tuple(windows_of(opening, span))
        if f"gate:{row.Index}" in done or not any(high - low >= GATE_S for low, high in windows):
            continue
        wishes.append(
            Wish(
                key=f"gate:{row.Index}",
                kind="check",
                name=row.name,
                layer="enterprise",
                feature_ids=(int(row.Index),),
                district_code=row.district_code,
                duty="coverage",
                weight=GATE_WEIGHT,
                licences_needed=0,
                windows=windows,
                service_s=GATE_S,
                hours=opening,
                geometry=row.geometry,
            )
        )
    return wishes


def entry_wishes(
    checks: GeoDataFrame, on_duty: Collection[int], licensed: int, span: ShiftSpan, done: Collection[str] = ()
) -> list[Wish]:
    """Entries that can be made in the shift.

    Parameters
    ----------
    checks
        Open ones, metric CRS, index = row id; ``name`` of the enterprise, ``opening``, ``reason``, ``first_on``,
        ``last_on``, ``first_staff_id``, ``second_staff_id`` (none: any licensed pair), ``district_code``.
    on_duty
        People of the shift: an entry drawn for a pair waits for a shift that has both.
    licensed
        How many of them are: any other entry waits for a shift with two, until its last day.

    Returns
    -------
    list of Wish
        Key ``check:<id>``. Coverage, until its time ends within three days or somebody complained: then a deadline.
    """
    wishes = []
    for row in checks.itertuples():
        pair = () if row.first_staff_id is None else (int(row.first_staff_id), int(row.second_staff_id))
        opening = row.opening if isinstance(row.opening, str) and row.opening.strip() else ENTRY_HOURS
        windows = tuple(window for window in windows_of(opening, span) if window[1] - window[0] >= ENTRY_S)
        in_time = row.first_on <= span.on_date <= row.last_on
        possible = set(pair) <= set(on_duty) if pair else licensed >= PAIR or row.last_on == span.on_date
        if not in_time or not possible or not windows or f"check:{row.Index}" in done:
            continue
        pressing = row.reason in EXEMPT_REASONS or (row.last_on - span.on_date).days < LAST_DAYS
        wishes.append(
            Wish(
                key=f"check:{row.Index}",
                kind="check",
                name=row.name,
                layer="enterprise_check",
                feature_ids=(int(row.Index),),
                district_code=row.district_code,
                duty="deadline" if pressing else "coverage",
                weight=ENTRY_WEIGHT,
                licences_needed=2,
                windows=windows,
                service_s=ENTRY_S,
                hours=opening,
                person_ids=pair,
                required=pressing,
                geometry=row.geometry,
            )
        )
    return wishes


def open_pool(
    enterprises: Sequence[Mapping[str, Any]], entries: Mapping[str, Sequence[dt.date]], on: dt.date
) -> list[str]:
    """Codes of the enterprises that a draw may choose: on the register, and below their cap this year."""
    found = []
    for one in enterprises:
        try:
            check_cap(one["code"], "draw", one["cap_per_year"], entries.get(one["code"], ()), on)
        except CapReached:
            continue
        if one["active"]:
            found.append(str(one["code"]))
    return sorted(found)
