"""零增长 of the made-up county: a base date and the alarms since, plans by category, estates free of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty

LOCAL: Final = ZoneInfo("Asia/Shanghai")
BASE_DAYS: Final = 90
"""The base date lies so many days back; what was found since is an alarm, and every second one was answered."""

PLANS: Final = (
    ("搭建棚房", "demolish", 12, 300, -20),
    ("加建外扩", "demolish", 30, 200, 120),
    ("屋顶加层", "regularise", 6, 200, 120),
    ("占用绿地", "demolish", 8, 60, 60),
    ("占用道路", "confiscate", 2, 60, 60),
)
"""Category, way, goal, first day ago and last day ahead: the first one's days are over."""

AWARDED: Final = 5
"""So many of the estates in which nothing illegal stands have their title; the last of them gave it back."""


def save_zero_growth(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    """Set the base date, raise and answer alarms, draw up plans and award estates."""
    from geo.cases.buildings.plans import Plan, set_plan
    from geo.cases.buildings.queries import list_buildings
    from geo.cases.buildings.watch.actions import answer_alarm, set_rule, watch_building
    from geo.cases.buildings.watch.queries import list_alarms

    leaders = county.staff[(county.staff["kind"] == "regular") & county.staff["active"]]["code"].tolist()
    base_on = county.today - dt.timedelta(BASE_DAYS)
    set_rule(session, tenant, base_on, leaders[0], actor, district=None)
    for row in sorted(list_buildings(session, tenant, most=1_000), key=lambda one: str(one["code"])):
        watch_building(session, tenant, row["id"], actor)
    for alarm in list_alarms(session, tenant)[::2]:
        answer_alarm(session, tenant, alarm["id"], "已现场核实,责令停止建设,移交属地中队盯防", actor)
    for n, (category, way, goal, ago, ahead) in enumerate(PLANS):
        first, last = county.today - dt.timedelta(ago), county.today + dt.timedelta(ahead)
        set_plan(session, tenant, Plan(category, way, goal, first, last, leaders[n % len(leaders)]), actor)
    _award(session, tenant, county, leaders, actor)


def _award(session: Session, tenant: str, county: SampleCounty, keepers: list[str], actor: str) -> None:
    from geo.cases.buildings.watch.actions import STANDING, award_estate, take_estate_step
    from geo.cases.buildings.watch.queries import list_estates, standing_inside

    at = dt.datetime.combine(county.today - dt.timedelta(40), dt.time(10), LOCAL)
    estates = [one["id"] for one in list_estates(session, tenant)]
    clear = [one for one in estates if not standing_inside(session, tenant, one, STANDING)]
    for n, estate in enumerate(clear[:AWARDED]):
        award_estate(session, tenant, estate, keepers[n % len(keepers)], at=at, actor=actor)
    if len(clear) >= AWARDED:
        later = at + dt.timedelta(20)
        take_estate_step(
            session, tenant, clear[AWARDED - 1], "withdraw", at=later, actor=actor, note="物业更换,重新申报"
        )
