"""What 片区治理方案 in force ask of a shift: more passes of their streets, their posts on their days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geo.calendars import join_intervals, open_intervals, read_opening
from geo.patrol.demand.passes import LATER_PASS_WEIGHT, PASS_WEIGHT
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish
from geo.patrol.stretches import cut_stretches
from geo.patrol.treatment.content import WEEKDAYS, Content, read_content
from geo.patrol.treatment.queries import list_in_force

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

    from geo.roads.network import Network

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class InForce:
    """A plan of a 片区 on a day of its period."""

    id: int
    district_code: str
    content: Content


def load_serving(session: Session, tenant: str, span: ShiftSpan, shift_code: str) -> list[InForce]:
    """The plans of 片区 in force that this shift serves, by 片区."""
    rows = list_in_force(session, tenant, span.on_date)
    return serving([InForce(row["id"], row["district_code"], read_content(row)) for row in rows], span, shift_code)


def serving(plans: Sequence[InForce], span: ShiftSpan, shift_code: str) -> list[InForce]:
    """The plans that this kind of shift serves on this weekday, within their own days; in the order given."""
    today = WEEKDAYS[span.on_date.weekday()]
    return [
        plan
        for plan in plans
        if plan.content.from_on <= span.on_date <= plan.content.to_on
        and any(one.shift_code == shift_code and today in one.weekdays for one in plan.content.frequency)
    ]


def passes_by_road(plans: Sequence[InForce]) -> dict[int, int]:
    """The most passes any plan asks of a street, by its row id."""
    wanted: dict[int, int] = {}
    for plan in plans:
        for street in plan.content.streets:
            for road in street.road_ids:
                wanted[road] = max(wanted.get(road, 0), street.passes)
    return wanted


def raise_passes(wishes: Sequence[Wish], network: Network, span: ShiftSpan, wanted: Mapping[int, int]) -> list[Wish]:
    """The shift's passes with those that plans of 片区 ask for.

    Parameters
    ----------
    wishes
        As :func:`geo.patrol.demand.passes.pass_wishes` gives them.
    wanted
        Passes by row id of a street; never lowers what the rules ask.

    Returns
    -------
    list of Wish
        The same wishes where nothing more is asked. A stretch that owes more gets as many rounds as asked, each in
        its own part of the shift, no closer than the rule's spacing or half such a part if that is less. Streets
        whose tier owes nothing follow, by tier; their passes are coverage, and a promise as all of a plan's are.
    """
    rounds: dict[str, list[Wish]] = {}
    for wish in wishes:
        rounds.setdefault(wish.key.rpartition(":")[0], []).append(wish)
    found: list[Wish] = []
    for group in rounds.values():
        asked = max((wanted.get(road, 0) for road in group[0].feature_ids), default=0)
        if asked > len(group):
            found += cut_rounds(replace(group[0], required=True), span, asked, max(one.gap_s for one in group))
        else:
            found += group
    owed = {road for group in rounds.values() for road in group[0].feature_ids}
    left = {road for road in wanted if road not in owed}
    tiers = {network.tiers[number] for number, road in enumerate(network.road_ids) if int(road) in left}
    for tier in sorted(tiers):
        for number, stretch in enumerate(cut_stretches(network, tier)):
            asked = max((wanted[road] for road in stretch.road_ids if road in left), default=0)
            if asked:
                first = Wish(
                    key=f"pass:{stretch.road_ids[0]}:{number}:0",
                    kind="pass",
                    name="" if stretch.name.startswith("#") else stretch.name,
                    layer="road",
                    feature_ids=stretch.road_ids,
                    district_code=stretch.owner,
                    duty="coverage",
                    weight=PASS_WEIGHT,
                    licences_needed=0,
                    windows=(),
                    service_s=0,
                    required=True,
                    stretch=stretch,
                )
                found += cut_rounds(first, span, asked, 0)
    return found


def cut_rounds(first: Wish, span: ShiftSpan, passes: int, gap_s: int) -> list[Wish]:
    """A stretch's passes, each in its own part of the shift.

    Parameters
    ----------
    first
        One of them.
    passes
        How many, ≥ 1.
    gap_s
        Seconds between two, at most half of such a part; 0 for that.
    """
    stem = first.key.rpartition(":")[0]
    edges = [span.length_s * number // passes for number in range(passes + 1)]
    apart = span.length_s // (2 * passes)
    return [
        replace(
            first,
            key=f"{stem}:{number}",
            weight=LATER_PASS_WEIGHT if number else PASS_WEIGHT,
            windows=((edges[number], edges[number + 1]),),
            after=f"{stem}:{number - 1}" if number else None,
            gap_s=min(gap_s or apart, apart) if number else 0,
            roaming_first=False,
        )
        for number in range(passes)
    ]


def open_posts(posts: GeoDataFrame, codes: Collection[str], span: ShiftSpan) -> GeoDataFrame:
    """The posts, those of plans of 片区 standing today at their own hours even on a weekday they do not name.

    Parameters
    ----------
    posts
        With ``code`` and ``opening``.
    codes
        Posts of the plans that the shift serves today.

    Returns
    -------
    GeoDataFrame
        A copy where ``opening`` is changed; a post that stands today by itself keeps its own.
    """
    if not set(codes) & set(posts["code"]):
        return posts
    openings = [
        every_day(str(opening))
        if code in codes and not open_intervals(opening, span.on_date, span.calendar)
        else opening
        for code, opening in zip(posts["code"], posts["opening"], strict=True)
    ]
    return posts.assign(opening=openings)


def every_day(opening: str) -> str:
    """All hours of an opening text, whatever the day.

    Examples
    --------
    >>> every_day("Mo-Fr 07:00-08:10,16:30-18:00; PH off"), every_day("Sa 22:00-01:00")
    ('07:00-08:10,16:30-18:00', '22:00-01:00')
    """
    hours = join_intervals(pair for rule in read_opening(opening) for pair in rule.hours)

    def clock(second: int) -> str:
        return f"{second // 3600 if second <= DAY_S else second // 3600 - 24:02d}:{second // 60 % 60:02d}"

    return ",".join(f"{clock(begin)}-{clock(end)}" for begin, end in hours)


def told(plans: Sequence[InForce]) -> list[dict[str, Any]]:
    """What a plan of a shift shows of them, JSON-ready."""
    return [
        {
            "id": plan.id,
            "title": plan.content.title,
            "district": plan.district_code,
            "streets": {street.name: street.passes for street in plan.content.streets},
            "posts": list(plan.content.posts),
        }
        for plan in plans
    ]
