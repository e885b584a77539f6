"""When a device is due for cleaning, and what a survey before opening proposes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from geo.cases.codes.files import Column, Sheet, whole

ANY: Final = "*"
SHEET: Final = Sheet(
    "cleaning_rules",
    (
        Column("trade", ("业态",), empty=ANY),
        Column("days", ("清洗间隔天数",), needed=True, read=whole(1, 3_650)),
        Column("basis", ("依据",), empty=""),
    ),
    ("trade",),
)

Verdict = Literal["fit", "conditions", "unfit"]
CleaningFault = Literal["no_device", "never", "overdue"]


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How a device stands on a day: until when it must be cleaned, and what is wrong; no rule, no due day."""

    due_on: dt.date | None
    fault: CleaningFault | None


def days_of(rules: Mapping[str, int], trade: str | None) -> int | None:
    """Days between cleanings for a kind of kitchen; None without a rule.

    Examples
    --------
    >>> days_of({"*": 60, "烧烤": 30}, "烧烤"), days_of({"*": 60, "烧烤": 30}, None), days_of({}, "烧烤")
    (30, 60, None)
    """
    return rules.get(trade or ANY, rules.get(ANY))


def cleaning(
    device: str, cleaned_on: dt.date | None, device_on: dt.date | None, days: int | None, on: dt.date
) -> Cleaning:
    """How a device stands on a day.

    Parameters
    ----------
    device_on
        When it was put in, from which the first cleaning is counted.
    days
        Between cleanings; None while the county has no rule for this kitchen.

    Notes
    -----
    大气污染防治法 art. 81: who runs a kitchen puts in a device and keeps it in order. How often it is cleaned the
    county's own rules say.

    Examples
    --------
    >>> on = dt.date(2026, 6, 1)
    >>> cleaning("none", None, None, 60, on).fault, cleaning("wet", None, None, 60, on).fault
    ('no_device', 'never')
    >>> cleaning("wet", dt.date(2026, 4, 2), None, 60, on), cleaning("wet", dt.date(2026, 4, 1), None, 60, on).fault
    (Cleaning(due_on=datetime.date(2026, 6, 1), fault=None), 'overdue')
    """
    if device == "none":
        return Cleaning(None, "no_device")
    if days is None:
        return Cleaning(None, None)
    since = cleaned_on or device_on
    if since is None:
        return Cleaning(None, "never")
    due = since + dt.timedelta(days=days)
    return Cleaning(due, "overdue" if on > due else None)


def propose_verdict(flue: bool, housing: str, device_planned: bool) -> Verdict:
    """What a survey proposes; the surveyor decides.

    大气污染防治法 art. 81: no new kitchen with fumes in a block of flats, in a mixed block without a flue of its own,
    or on a floor of a mixed block next to flats.

    Parameters
    ----------
    housing
        ``none``, ``dwelling`` (居民住宅楼), ``mixed`` (商住综合楼), ``beside`` (与居住层相邻的商业楼层).

    Examples
    --------
    >>> [propose_verdict(True, housing, True) for housing in ("none", "mixed", "dwelling", "beside")]
    ['fit', 'fit', 'unfit', 'unfit']
    >>> propose_verdict(False, "mixed", True), propose_verdict(True, "none", False)
    ('unfit', 'conditions')
    """
    if housing in ("dwelling", "beside") or (housing == "mixed" and not flue):
        return "unfit"
    return "fit" if flue and device_planned else "conditions"
