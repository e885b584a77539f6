"""Places that fill up again in their hours: hotspot zones, and seasonal markets while they last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from geo.patrol.demand.rates import Hazard, Rates, rates_of
from geo.patrol.demand.rules import START_ZONES, ZoneRule
from geo.patrol.demand.span import ShiftSpan, windows_of
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

ZONE_WEIGHT_MAX: Final = 9.0

MARKET_STAY_S: Final = 15 * 60


def zone_weights(weight: Sequence[float], recent: Sequence[float]) -> list[float]:
    """Zone weight × how busy it has lately been against the average zone, at most 9.

    Parameters
    ----------
    weight
        The bureau's weight, 1 = ordinary.
    recent
        Events near the zone, each counted half for every 8 weeks of age.

    Examples
    --------
    >>> zone_weights([1.0, 1.0, 2.0], [0.0, 2.0, 1.0])
    [0.5, 1.5, 2.0]
    >>> zone_weights([], [])
    []
    """
    if not len(weight):
        return []
    mean = 1 + sum(recent) / len(recent)
    return [round(min(w * (1 + r) / mean, ZONE_WEIGHT_MAX), 6) for w, r in zip(weight, recent, strict=True)]


def zone_rates(
    zones: GeoDataFrame, hazards: Mapping[int, Hazard], rules: Mapping[str, ZoneRule], span: ShiftSpan
) -> dict[int, Rates]:
    """λ and ρ of every zone in a shift, by row id.

    Parameters
    ----------
    zones
        Metric CRS, index = row id; ``name``, ``kind`` (a class of place), ``opening``, ``weight``, ``service_min``,
        ``recent`` and ``district_code``.
    hazards
        By row id, of the study in force; a zone drawn since has none.
    rules
        By class of place; start values for classes the bureau has set nothing for.
    """
    weights = zone_weights(zones["weight"].tolist(), zones["recent"].tolist())
    return {
        int(row.Index): rates_of(
            hazards.get(int(row.Index)),
            rules.get(row.kind) or START_ZONES[row.kind],
            windows_of(row.opening if isinstance(row.opening, str) else "", span),
            span,
            busy,
        )
        for row, busy in zip(zones.itertuples(), weights, strict=True)
    }


def recurring_wishes(
    zones: GeoDataFrame, span: ShiftSpan, rates: Mapping[int, Rates], factors: Mapping[int, float] | None = None
) -> list[Wish]:
    """Every zone as a place that may be visited again and again; one closed all shift has no window.

    Parameters
    ----------
    zones
        As :func:`zone_rates`.
    rates
        :func:`zone_rates` of the same zones.
    factors
        By row id, what focuses and postures multiply its weight and λ by; 1 where missing.

    Returns
    -------
    list of Wish
        In the order of the zones; key ``zone:<id>``.
    """
    factors = factors or {}
    weights = zone_weights(zones["weight"].tolist(), zones["recent"].tolist())
    wishes = []
    for row, weight in zip(zones.itertuples(), weights, strict=True):
        opening = row.opening if isinstance(row.opening, str) else ""
        factor = factors.get(int(row.Index), 1.0)
        wishes.append(
            Wish(
                key=f"zone:{row.Index}",
                kind="zone",
                name=row.name,
                layer="hotspot_zone",
                feature_ids=(int(row.Index),),
                district_code=row.district_code,
                duty="hotspot",
                weight=round(weight * factor, 6),
                licences_needed=0,
                windows=tuple(windows_of(opening, span)),
                service_s=int(row.service_min) * 60,
                hours=opening,
                recurrence=rates[int(row.Index)].recurrence(factor),
                focus=factor,
                geometry=row.geometry,
            )
        )
    return wishes


def market_wishes(markets: GeoDataFrame, span: ShiftSpan, rule: ZoneRule = START_ZONES["market"]) -> list[Wish]:
    """Seasonal markets in their season and hours, watched for what spills out of them (K02).

    Parameters
    ----------
    markets
        Metric CRS, index = row id; ``name``, ``opening``, ``valid_from_on``, ``valid_to_on`` (first day after the
        season), ``district_code``.
    rule
        Of ordinary markets: no study tells of one that is there for weeks.
    """
    wishes = []
    for row in markets.itertuples():
        if not _in_season(row.valid_from_on, row.valid_to_on, span):
            continue
        opening = row.opening if isinstance(row.opening, str) else ""
        windows = windows_of(opening, span)
        wishes.append(
            Wish(
                key=f"market:{row.Index}",
                kind="zone",
                name=row.name if isinstance(row.name, str) else "",
                layer="vendor_point",
                feature_ids=(int(row.Index),),
                district_code=row.district_code,
                duty="hotspot",
                weight=1.0,
                licences_needed=0,
                windows=tuple(windows),
                service_s=MARKET_STAY_S,
                hours=opening,
                recurrence=rates_of(None, rule, windows, span).recurrence(),
                geometry=row.geometry,
            )
        )
    return wishes


def _in_season(first_on: object, after_on: object, span: ShiftSpan) -> bool:
    begun = not isinstance(first_on, dt.date) or first_on <= span.on_date
    return begun and (not isinstance(after_on, dt.date) or span.on_date < after_on)
