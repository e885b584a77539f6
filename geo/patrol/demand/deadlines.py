"""What is due: open events with the time by which somebody must have been there, and those whose time ends in a shift.

One list whatever the source (:class:`Due`): open events, and notices whose last day has come, to be looked at again.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

CODES: Final = Path(__file__).resolve().parents[3] / "data" / "codes"
VISIT_S: Final = 10 * 60
DUE_WEIGHT: Final = 20.0
LATE_WEIGHT_MOST: Final = 20.0

STALE: Final = dt.timedelta(days=30)
"""An open item so long past its time is a matter for the ledger, not for a patrol."""


@dataclass(frozen=True)
class Due:
    """Something with a time by which somebody must have been there.

    Parameters
    ----------
    key
        ``<layer>:<id>``, under which a plan knows it.
    since_at, due_at
        When it came up, and its time, aware.
    geometry
        Metric CRS.
    """

    key: str
    name: str
    layer: str
    feature_id: int
    since_at: dt.datetime
    due_at: dt.datetime
    geometry: BaseGeometry
    district_code: str | None = None
    service_s: int = VISIT_S
    licences_needed: int = 0


@cache
def hours_allowed(origin: str) -> int:
    """Natural hours from when it was found to when somebody must have been there, by who noticed.

    Examples
    --------
    >>> hours_allowed("complaint"), hours_allowed("transfer")
    (24, 72)
    """
    with (CODES / "due_hours.csv").open(encoding="utf-8", newline="") as file:
        allowed = {row["origin"]: int(row["hours"]) for row in csv.DictReader(file)}
    return allowed.get(origin, allowed["unknown"])


@cache
def event_names() -> dict[str, tuple[str, int]]:
    """Chinese name and minutes on the spot by event or component code.

    Examples
    --------
    >>> event_names()["04-06"]
    ('占道经营', 12)
    """
    found: dict[str, tuple[str, int]] = {}
    for name in ("components.csv", "events.csv"):
        with (CODES / name).open(encoding="utf-8", newline="") as file:
            found |= {row["code"]: (row["zh"], int(row["service_min"])) for row in csv.DictReader(file)}
    return found


def due_wishes(due: Sequence[Due], span: ShiftSpan) -> list[Wish]:
    """What falls due in a shift, and what is late already; what is due later, or stale, is no demand of it.

    Returns
    -------
    list of Wish
        In the order given. One due in the shift is to be done by then, unless that leaves no time: then it is late.
        Late ones weigh more, by the hour, at most double.
    """
    wishes = []
    for one in due:
        if not span.starts_at - STALE <= one.due_at < span.ends_at:
            continue
        left = int((one.due_at - span.starts_at).total_seconds())
        in_time = left >= one.service_s + 15 * 60
        late_h = max(0.0, -left / 3600)
        wishes.append(
            Wish(
                key=one.key,
                kind="deadline",
                name=one.name,
                layer=one.layer,
                feature_ids=(one.feature_id,),
                district_code=one.district_code,
                duty="deadline",
                weight=round(DUE_WEIGHT + min(late_h, LATE_WEIGHT_MOST), 3),
                licences_needed=one.licences_needed,
                windows=((0, left if in_time else span.length_s),),
                service_s=one.service_s,
                required=True,
                geometry=one.geometry,
            )
        )
    return wishes
