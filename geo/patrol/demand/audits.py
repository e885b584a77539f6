"""随机抽查: a tenth to a seventh of patrol time goes to places drawn at random, whatever the forecast says.

Where a forecast is in force, its own sample (drawn with its seed, hashed into the change log when it was made) says
which places; else they are drawn from all unit grids. Which of them a shift sees follows from a hash of that digest,
the date and the shift, so that nobody can steer it and anybody can check it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.roads.network import Network

AUDIT_PERMILLE: Final = 125
"""Of patrol time, thousandths; between a tenth and a seventh."""

AUDIT_VISIT_S: Final = 10 * 60
AUDIT_RIDE_S: Final = 5 * 60
"""Ride to a place drawn at random, counted into the share."""

AUDIT_WEIGHT: Final = 5.0


@dataclass(frozen=True)
class AuditPlace:
    """A place that can be drawn; ``geometry`` in the metric CRS."""

    key: str
    geometry: BaseGeometry
    district_code: str | None = None


@dataclass(frozen=True)
class Audit:
    """The visits of a shift, and what share of its patrol time they are, in thousandths."""

    wishes: tuple[Wish, ...]
    share_permille: int
    drawn_from: int


def audit_wishes(
    sample: Sequence[AuditPlace],
    others: Sequence[AuditPlace],
    span: ShiftSpan,
    shift_code: str,
    digest: str,
    patrol_s: int,
    permille: int = AUDIT_PERMILLE,
) -> Audit:
    """Visits to places drawn at random.

    Parameters
    ----------
    sample
        Places the forecast drew for its period; they come first.
    others
        All other places, to fill up from.
    digest
        Of the forecast, or of the list of places where there is no forecast.
    patrol_s
        Seconds all teams of the shift have together.

    Returns
    -------
    Audit
        As many visits as fit the share, rounded down, with the ride counted; none without places or time.

    Examples
    --------
    >>> import datetime as dt
    >>> from shapely import Point
    >>> shift = ShiftSpan(dt.date(2026, 5, 6), 28800, 57600, dt.datetime(2026, 5, 6))
    >>> places = [AuditPlace(f"G{n}", Point(n, 0)) for n in range(9)]
    >>> drawn = audit_wishes(places[:2], places[2:], shift, "day", "made-up", 4 * 28800)
    >>> len(drawn.wishes), drawn.share_permille, sorted(wish.key for wish in drawn.wishes)[:1]
    (9, 70, ['audit:G0'])
    """
    count = patrol_s * permille // 1000 // (AUDIT_VISIT_S + AUDIT_RIDE_S)
    label = f"{digest}|{span.on_date.isoformat()}|{shift_code}"

    def lot(place: AuditPlace) -> str:
        return hashlib.sha256(f"{label}|{place.key}".encode()).hexdigest()

    chosen = (sorted(sample, key=lot) + sorted(others, key=lot))[:count]
    wishes = tuple(
        Wish(
            key=f"audit:{place.key}",
            kind="check",
            name=place.key,
            layer="audit",
            feature_ids=(),
            district_code=place.district_code,
            duty="coverage",
            weight=AUDIT_WEIGHT,
            licences_needed=0,
            windows=((0, span.length_s),),
            service_s=AUDIT_VISIT_S,
            geometry=place.geometry,
        )
        for place in chosen
    )
    spent = len(wishes) * (AUDIT_VISIT_S + AUDIT_RIDE_S)
    return Audit(wishes, round(1000 * spent / patrol_s) if patrol_s else 0, len(sample) + len(others))


def named_by_streets(wishes: Sequence[Wish], network: Network) -> list[Wish]:
    """The visits with the streets nearest to them as names: nobody knows a place by the code of its grid.

    What has no named street near keeps its code.
    """
    found = []
    for wish in wishes:
        middle = wish.geometry.centroid if wish.geometry is not None else None
        streets = network.streets_near(middle.x, middle.y) if middle is not None else ()
        found.append(replace(wish, name="、".join(streets) or wish.name))
    return found
