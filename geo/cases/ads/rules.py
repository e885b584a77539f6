"""How an ad stands on a day: by its permit, its size and its last inspection; and when a bureau may remove one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from geo.calendars import is_workday
from geo.cases.buildings.demolition import NIGHT
from geo.cases.codes.files import Column, Sheet, one_of, whole
from geo.tables.ads import AD_KINDS

FAULTS: Final = ("unpermitted", "revoked", "expired", "oversize", "uninspected")
"""未经许可, 许可已撤销, 许可到期, 超出许可或规划尺寸, 逾期未检测."""

WORDS: Final = dict(
    zip(
        AD_KINDS,
        (("大型户外广告",), ("楼顶广告",), ("高立柱广告",), ("电子屏",), ("门头招牌",), ("灯箱",), ("条幅",)),
        strict=True,
    )
)
SHEET: Final = Sheet(
    "ad_rules",
    (
        Column("kind", ("类别",), needed=True, read=one_of(WORDS)),
        Column("most_dm2", ("面积上限平方分米",), read=whole(1, 10_000_000)),
        Column("inspect_days", ("检测间隔天数",), read=whole(1, 3_650)),
        Column("basis", ("依据",), empty=""),
    ),
    ("kind",),
)


@dataclass(frozen=True, slots=True)
class Ad:
    """What its permit and rule are held against; ``area_dm2`` None while nobody has measured it."""

    kind: str
    area_dm2: int | None = None
    permit_number: str | None = None
    valid_to_on: dt.date | None = None
    registered_on: dt.date | None = None
    inspected_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The permit of that number on the county's register."""

    status: str
    valid_from_on: dt.date
    valid_to_on: dt.date
    area_dm2: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind may measure and how often it is inspected; None for no limit."""

    most_dm2: int | None = None
    inspect_days: int | None = None


def area_dm2(width_m: float | None, height_m: float | None) -> int | None:
    """Area in whole dm²; None if a side is not known.

    Examples
    --------
    >>> area_dm2(6.0, 3.5), area_dm2(6.0, None)
    (2100, None)
    """
    return None if width_m is None or height_m is None else round(width_m * height_m * 100)


def faults(ad: Ad, grant: Grant | None, rule: Rule, on: dt.date) -> tuple[str, ...]:
    """What is wrong with an ad on a day, in the order of :data:`FAULTS`; empty if nothing is.

    Parameters
    ----------
    grant
        The permit of its number on the register; it goes before the last day that the list of ads gives.

    Examples
    --------
    >>> on, grant = dt.date(2026, 6, 1), Grant("valid", dt.date(2025, 1, 1), dt.date(2026, 5, 31), 1_000)
    >>> faults(Ad("rooftop", 1_200, "G-1"), grant, Rule(), on)
    ('expired', 'oversize')
    >>> faults(Ad("rooftop", 900), None, Rule(inspect_days=365), on)
    ('unpermitted', 'uninspected')
    >>> faults(Ad("banner", valid_to_on=on), None, Rule(), on)
    ()
    """
    found = []
    first, last = (grant.valid_from_on, grant.valid_to_on) if grant else (None, ad.valid_to_on)
    if grant is not None and grant.status != "valid":
        found.append("revoked")
    elif last is None or (first is not None and on < first):
        found.append("unpermitted")
    elif on > last:
        found.append("expired")
    limits = [most for most in (grant.area_dm2 if grant else None, rule.most_dm2) if most is not None]
    if ad.area_dm2 is not None and limits and ad.area_dm2 > min(limits):
        found.append("oversize")
    if rule.inspect_days is not None:
        seen = ad.inspected_on or ad.registered_on
        if seen is None or on > seen + dt.timedelta(days=rule.inspect_days):
            found.append("uninspected")
    return tuple(name for name in FAULTS if name in found)


def removal_refused(
    local: dt.datetime, due_on: dt.date | None, notice: str | None, calendar: str = "cn", *, urgent: str = ""
) -> str | None:
    """Why the bureau may not remove an ad itself at a time; None if it may.

    Parameters
    ----------
    local
        The county's clock.
    due_on
        Last day that the notice leaves the owner.
    urgent
        Why it cannot wait; what hangs loose in a storm is removed at any hour.

    Notes
    -----
    行政强制法 art. 43: not by night nor on statutory holidays except in urgent cases (rest days count as such, see
    :mod:`geo.cases.buildings.demolition`); art. 50: only once the owner has let the term of the notice pass; art. 52:
    at once where it endangers traffic or the public.

    Examples
    --------
    >>> due, monday = dt.date(2026, 6, 5), dt.datetime(2026, 6, 8, 9)
    >>> removal_refused(monday, due, "责改1号"), removal_refused(monday, due, None)
    (None, 'no_notice')
    >>> removal_refused(dt.datetime(2026, 6, 5, 9), due, "x"), removal_refused(dt.datetime(2026, 6, 7, 9), due, "x")
    ('not_due', 'rest_day')
    >>> removal_refused(dt.datetime(2026, 6, 8, 23), due, "x"), removal_refused(monday, None, None, urgent="台风")
    ('night', None)
    """
    if urgent.strip():
        return None
    if not (notice or "").strip() or due_on is None:
        return "no_notice"
    if local.date() <= due_on:
        return "not_due"
    if not is_workday(local.date(), calendar):
        return "rest_day"
    return "night" if local.time() >= NIGHT[0] or local.time() < NIGHT[1] else None
