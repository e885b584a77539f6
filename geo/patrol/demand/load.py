"""Everything a shift is asked to do, read from a county's database and put into one list."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import is_public_holiday
from geo.cases.buildings.books import may_demolish
from geo.cases.dues.queries import WORDS
from geo.cases.dues.queries import list_due as list_register_due
from geo.cases.regimes.actions import passes_by_street
from geo.crs import to_metric
from geo.patrol.demand import postures as held
from geo.patrol.demand import queries
from geo.patrol.demand.acts import demolition_wishes, due_acts, enforcement_wishes
from geo.patrol.demand.audits import audit_wishes, named_by_streets
from geo.patrol.demand.checks import entry_wishes, gate_wishes
from geo.patrol.demand.coverage import LIGHT, coverage_wishes
from geo.patrol.demand.deadlines import STALE, Due, due_wishes, event_names, hours_allowed
from geo.patrol.demand.factors import Emphasis, exams_on, factors_of, with_exam_hours
from geo.patrol.demand.lamps import DARK, lamp_wishes
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.posts import ShiftOfDay, post_wishes
from geo.patrol.demand.rates import Rates
from geo.patrol.demand.regimes import lower_passes, more_than_daily
from geo.patrol.demand.rests import hours_of
from geo.patrol.demand.rules import Rules
from geo.patrol.demand.treatments import load_serving, open_posts, passes_by_road, raise_passes, told
from geo.patrol.demand.zones import market_wishes, recurring_wishes, zone_rates
from geo.patrol.queries import load_dark_lamps, load_open_buildings, load_zones

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from geo.patrol.demand.span import ShiftSpan
    from geo.patrol.demand.wish import Wish
    from geo.patrol.problem import Person
    from geo.roads.network import Network

PAIR: Final = 2

LONG_S: Final = 6 * 3600
"""A shift this long does the day's general work."""


@dataclass(frozen=True)
class Demand:
    """What a shift is asked to do.

    Parameters
    ----------
    wishes
        By source: law, posts, deadlines, passes, coverage, checks, lamps, audits, markets, zones.
    rules
        In force; ``rules.order`` is the bureau's order of giving way.
    rates
        λ and ρ of every zone with their bounds, by row id.
    facts
        What a plan shows of its demand, JSON-ready: order, who set which rule, how many of each source, what the rates
        rest on, emphases, plans of 片区, coverage, the random share, posts cut short, rests, acts refused.
    """

    wishes: tuple[Wish, ...]
    rules: Rules
    rates: Mapping[int, Rates]
    facts: Mapping[str, Any]


def load_demand(
    session: Session,
    county: County,
    districts: GeoDataFrame,
    network: Network,
    span: ShiftSpan,
    shift_code: str,
    people: Collection[Person],
    *,
    without_focus: str | None = None,
) -> Demand:
    """Read what a shift is asked to do.

    Parameters
    ----------
    districts
        片区 in the metric CRS.
    people
        On duty in this shift and free.
    without_focus
        Code of a focus to leave out, to tell its price.

    Returns
    -------
    Demand
        The same for the same data. What nobody has set up (posts, a centre, enterprises …) is no demand.
    """
    srid = county.metric_srid
    rules = queries.load_rules(session, span.on_date, shift_code, srid)
    day = queries.load_day(session, span.on_date)
    earlier = queries.load_earlier(session, span, srid, rules.ride_kmh)
    postures = held.load_postures(session, county, span)
    emphases = queries.load_emphases(session, span, shift_code, srid)
    if not any(one.standing.kind == "exam" for one in postures):
        emphases += exams_on(span.on_date, span.calendar)
    emphases = [one for one in emphases if one.key != f"focus:{without_focus}"]

    def placed(frame: GeoDataFrame) -> GeoDataFrame:
        return with_owner(frame, districts)

    zones = placed(to_metric(load_zones(session, srid, span.starts_at), srid))
    zones = held.zones_under(with_exam_hours(zones, emphases), postures, span)
    emphases += held.emphases_of(zones, postures)
    rates = zone_rates(zones, queries.load_hazards(session), rules.zones, span)
    factors = factors_of(zones, emphases)
    posts_frame, named = queries.load_posts(session, srid)
    on_duty = [person.id for person in people]
    licensed = sum(person.licensed(span.on_date) for person in people)
    treated = load_serving(session, county.code, span, shift_code)
    standing = {code for plan in treated for code in plan.content.posts} | held.posts_of(postures)
    posts_frame = open_posts(posts_frame, standing, span)
    posts = post_wishes(_owned(posts_frame, districts), named, on_duty, span, shift_code, day)
    asked, under = passes_by_road(treated), held.load_passes(session, county, postures, span)
    kept = passes_by_street(session, county.code, span.on_date)
    set_ = {tier.removeprefix("pass:") for tier in rules.set_by if tier.startswith("pass:")}
    fixed = {int(road) for road, tier in zip(network.road_ids, network.tiers, strict=True) if tier in set_}
    most: Counter[int] = Counter()
    for more in (asked, under, more_than_daily(kept)):
        most |= Counter(more)
    by_tier = lower_passes(pass_wishes(network, span, rules.passes), span, kept, fixed)
    passes = raise_passes(by_tier, network, span, most)
    coverage = coverage_wishes(
        network,
        rules.centre,
        span,
        covers=rules.covers,
        ride_kmh=rules.ride_kmh,
        passed={piece for wish in passes if wish.stretch for piece, _ in wish.stretch.pieces},
        walked=earlier.walked,
        share=coverage_share(shift_code, day, earlier.shifts),
    )
    digest, sample, others = queries.load_audit_places(session, span.on_date, shift_code, srid)
    patrol_s = len(people) // PAIR * span.length_s
    audit = audit_wishes(sample, others, span, shift_code, digest or county.code, patrol_s)
    buildings = placed(to_metric(load_open_buildings(session), srid))
    acts = enforcement_wishes(buildings, span)
    demolitions = demolition_wishes(
        due_acts(buildings, span), span, lambda *slot: why_not_demolish(session, county, *slot)
    )
    entries = placed(queries.load_entries(session, span.on_date, srid))
    sources: dict[str, Sequence[Wish]] = {
        "acts": [*acts, *demolitions.wishes],
        "posts": posts.wishes,
        "deadlines": [
            wish
            for wish in due_wishes(load_due(session, county, districts, span.ends_at, span.starts_at), span)
            if wish.key not in earlier.done
        ],
        "passes": passes,
        "coverage": coverage.wishes,
        "gates": gate_wishes(placed(queries.load_gates(session, srid)), span, earlier.done),
        "entries": entry_wishes(entries, on_duty, licensed, span, earlier.done),
        "lamps": lamp_wishes(placed(to_metric(load_dark_lamps(session), srid)), span)
        if is_darkest(shift_code, day)
        else [],
        "audits": named_by_streets(audit.wishes, network),
        "markets": market_wishes(placed(to_metric(queries.load_markets(session), srid)), span, rules.zones["market"]),
        "zones": recurring_wishes(zones, span, rates, factors),
    }
    facts = {
        "order": list(rules.order),
        "set_by": dict(rules.set_by),
        "sources": {name: len(found) for name, found in sources.items()},
        "rates": _bases(rates),
        "emphases": [_told(one, zones) for one in emphases],
        "treatments": told(treated),
        "regimes": [
            {"passes": passes_, "streets": streets} for passes_, streets in sorted(Counter(kept.values()).items())
        ],
        "postures": held.told(
            postures, zones, under, shift_code, len(people), longest=is_longest(shift_code, day), span=span
        ),
        "coverage": dict(coverage.facts),
        "audit": {
            "visits": len(audit.wishes), "permille": audit.share_permille, "drawn_from": audit.drawn_from,
            "by_forecast": bool(sample), "keys": [wish.key for wish in audit.wishes],
        },
        "posts_cut": [{"key": key, "planned_min": planned, "manned_min": manned} for key, planned, manned in posts.cut],
        "rests": [
            {"name": rule.name, "minutes": rule.minutes, "hours": hours_of(rule)} for rule in rules.breaks
        ],
        "demolitions_refused": [dict(one) for one in demolitions.refused],
        "acts_refused": len(acts) if is_public_holiday(span.on_date, span.calendar) else 0,
    }  # fmt: skip
    return Demand(tuple(wish for found in sources.values() for wish in found), rules, rates, facts)


def load_due(
    session: Session, county: County, districts: GeoDataFrame, until: dt.datetime, now: dt.datetime
) -> list[Due]:
    """What is due before ``until``, the most pressing first; nothing older than it can be patrolled for.

    Parameters
    ----------
    districts
        片区 in the metric CRS.
    until, now
        Aware.
    """
    import geopandas

    since = now - STALE - dt.timedelta(days=10)
    rows = queries.load_open_events(session, county.metric_srid, since, until)
    frame = geopandas.GeoDataFrame(
        {"id": [row[0] for row in rows]}, geometry=[row[4] for row in rows], crs=county.metric_srid
    )
    names, found = event_names(), []
    for (event, code, origin, at, shape), owner in zip(rows, owners_of(frame, districts), strict=True):
        due_at = at + dt.timedelta(hours=hours_allowed(origin))
        if now - STALE <= due_at < until:
            name, minutes = names.get(code, (code, 10))
            found.append(Due(f"event:{event}", name, "event", int(event), at, due_at, shape, owner, minutes * 60))
    for notice, number, at, due_at, owner, shape in queries.load_due_notices(
        session, county.metric_srid, now - STALE, until
    ):
        found.append(Due(f"notice:{notice}", f"复查{number}", "notice", int(notice), at, due_at, shape, owner))
    found += _registers_due(session, county, districts, until, now)
    return sorted(found, key=lambda one: (one.due_at, one.key))


def _registers_due(
    session: Session, county: County, districts: GeoDataFrame, until: dt.datetime, now: dt.datetime
) -> list[Due]:
    """Hazards, repairs, inspections and supplies that fall due; the place says the 片区 where the register does not."""
    import geopandas
    import shapely

    rows = list_register_due(session, county.code, county.metric_srid, now - STALE, until)
    shapes = shapely.from_wkb([bytes(row["shape"]) for row in rows])
    frame = geopandas.GeoDataFrame({"id": [row["id"] for row in rows]}, geometry=list(shapes), crs=county.metric_srid)
    return [
        Due(
            f"{row['register']}:{row['id']}", f"{WORDS[row['register']]}{row['name']}", row["register"], row["id"],
            row["since_at"], row["due_at"], shape, row["district_code"] or owner, row["minutes"] * 60, row["licences"],
        )
        for row, shape, owner in zip(rows, shapes, owners_of(frame, districts), strict=True)
    ]  # fmt: skip


def coverage_share(shift_code: str, day: Sequence[ShiftOfDay], planned: Collection[str] = ()) -> tuple[float, float]:
    """This shift's part of what the day still has to cover, by its hours of people: from which share to which.

    A short shift has a purpose of its own (dawn market, midday loop, night market): where people are on duty in one of
    six hours or more, coverage is left to those; what their plans leave falls to the shifts after them.

    Parameters
    ----------
    day
        All shifts of the day by start.
    planned
        Earlier ones that have a plan: what that leaves is shared by the others.

    Examples
    --------
    >>> day = [ShiftOfDay("morning", 21600, 32400, (1, 2)), ShiftOfDay("day", 30600, 63000, (3, 4, 5, 6))]
    >>> coverage_share("morning", day), coverage_share("day", day, ["morning"])
    ((0.0, 0.0), (0.0, 1.0))
    """
    long = {shift.code for shift in day if shift.to_s - shift.from_s >= LONG_S and shift.people}
    before = own = total = 0
    for shift in day:
        light = max(0, min(shift.to_s, LIGHT[1]) - max(shift.from_s, LIGHT[0])) * len(shift.people)
        light = light if shift.code in long or not long else 0
        if shift.code == shift_code:
            before, own = total, light
        if shift.code == shift_code or shift.code not in planned:
            total += light
    return (before / total, (before + own) / total) if total else (0.0, 1.0)


def is_longest(shift_code: str, day: Sequence[ShiftOfDay]) -> bool:
    """Whether of the shifts that people are on duty for this one is the longest, the earliest of equals.

    Examples
    --------
    >>> day = [ShiftOfDay("morning", 21600, 32400, (1, 2)), ShiftOfDay("day", 30600, 63000, (3, 4))]
    >>> is_longest("morning", day), is_longest("day", day)
    (False, True)
    """
    lengths = [(one.to_s - one.from_s, -one.from_s, one.code) for one in day if one.people or one.code == shift_code]
    return max(lengths, default=(0, 0, shift_code))[2] == shift_code


def is_darkest(shift_code: str, day: Sequence[ShiftOfDay]) -> bool:
    """Whether of the shifts that people are on duty for this one has most of the night, the latest of equals.

    Lamps are looked at once a night, not in the hours of the night market as well.

    Examples
    --------
    >>> day = [ShiftOfDay("market", 63000, 79200, (1, 2)), ShiftOfDay("night", 79200, 93600, (3, 4))]
    >>> is_darkest("market", day), is_darkest("night", day)
    (False, True)
    """
    nights = [
        (max(0, min(shift.to_s, DARK[1]) - max(shift.from_s, DARK[0])), shift.from_s, shift.code)
        for shift in day
        if shift.people or shift.code == shift_code
    ]
    return max(nights, default=(0, 0, shift_code))[2] == shift_code


def owners_of(features: GeoDataFrame, districts: GeoDataFrame) -> list[str | None]:
    """The 片区 each feature lies in by a point inside it; on a border the lower code; None outside all."""
    import shapely

    order = districts.sort_values("code")
    tree = shapely.STRtree(order.geometry.array)
    codes = order["code"].tolist()
    found: list[str | None] = [None] * len(features)
    which, area = tree.query(features.geometry.representative_point().array, predicate="intersects")
    for feature, number in sorted(zip(which.tolist(), area.tolist(), strict=True), reverse=True):
        found[feature] = codes[number]
    return found


def with_owner(frame: GeoDataFrame, districts: GeoDataFrame) -> GeoDataFrame:
    """The frame with the 片区 each row lies in as ``district_code``."""
    from pandas import Series

    return frame.assign(district_code=Series(owners_of(frame, districts), index=frame.index, dtype=object))


def _owned(posts: GeoDataFrame, districts: GeoDataFrame) -> GeoDataFrame:
    """Posts with the 片区 they were given to, or else the one they lie in."""
    lies = with_owner(posts, districts)["district_code"]
    return posts.assign(district_code=posts["district_code"].where(posts["district_code"].notna(), lies))


def why_not_demolish(
    session: Session, county: County, building: int, start: dt.datetime, end: dt.datetime
) -> list[tuple[str, dict[str, str]]]:
    """Why a building cannot be pulled down then, as codes and facts of sentences; empty if it can."""
    verdict = may_demolish(session, county.code, building, start, end)
    return [] if verdict.allowed else [(one.code, one.facts) for one in verdict.reasons]


def _bases(rates: Mapping[int, Rates]) -> dict[str, int]:
    found = {"study": 0, "mixed": 0, "start": 0}
    for one in rates.values():
        found[one.basis] += 1
    return found


def _told(one: Emphasis, zones: GeoDataFrame) -> dict[str, Any]:
    covered = sorted(factors_of(zones, [one]))
    return {"key": one.key, "name": one.name, "factor_percent": round(one.factor * 100), "zones": covered}
