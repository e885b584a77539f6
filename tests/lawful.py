"""A made-up bureau that may act: squads, licences, a shift round the clock, a list of powers, two bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo.cases.formal.actions import Signer
from geo.cases.powers.actions import import_bodies, import_powers, import_tiers
from geo.tables.base import Base
from tests.api.county import BORDER, EAST, NORTH, SOUTH, WEST, add, box

ZONE: Final = ZoneInfo("Asia/Shanghai")
SYSTEM: Final = "GB/T 30428.2-2013"
POWERS: Final = """事项编码,事项类型,事项名称,法律依据,事件代码,裁量档次,适用对象,最低罚款,最高罚款,审核要求
P-001,行政处罚,占道经营,《城市市容和环境卫生管理条例》第三十四条 [忆],04-05;04-06;04-01,轻微,不分,0,100,
P-001,行政处罚,占道经营,《城市市容和环境卫生管理条例》第三十四条 [忆],04-05,一般,不分,50,2000,
P-001,行政处罚,占道经营,《城市市容和环境卫生管理条例》第三十四条 [忆],04-05,严重,单位,2000,20000,法制审核;集体讨论
P-002,行政处罚,乱倒渣土,《城市建筑垃圾管理规定》第二十条 [忆],01-11,一般,不分,100,5000,
X-001,行政许可,临时占道审批,《城市道路管理条例》第三十一条 [忆],,,,,,
Q-001,行政强制,扣押经营物品,《城市管理执法办法》[忆],04-01;04-05,,,,,
"""
TIERS: Final = "适用对象,情节,罚款起点,审核要求\n个人,轻微,1000,法制审核\n不分,严重,0,法制审核;集体讨论\n"
BODIES: Final = (
    "主体编号,主体名称,主体性质,文书字头\nB1,某县城市管理局,行政机关,某城管\nB2,某县城管执法大队,事业单位,某执\n"
)
LICENSED: Final = ("L1", "L2", "L3", "L4", "L5")
"""L1, L2 and L5 in one squad, L3 and L4 in the other."""


@dataclass(frozen=True, slots=True)
class Bureau:
    """The county's code, and how somebody signs."""

    tenant: str

    def __call__(self, staff: str) -> Signer:
        """The account of a member of staff."""
        return Signer(staff.lower(), staff)


def local(on: dt.date, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A local time of day as an aware instant."""
    return dt.datetime.combine(on, dt.time(hour, minute), ZONE).astimezone(dt.UTC)


def yesterday(days: int = 1) -> dt.date:
    """The local date so many days ago."""
    return dt.datetime.now(ZONE).date() - dt.timedelta(days=days)


def found(session: Session, tenant: str, days: Iterable[dt.date] = ()) -> Bureau:
    """Fill a county; everybody is on the round-the-clock shift on the days given."""
    known = Base.metadata.tables
    units = {}
    for code, name in (("SQ1", "一中队"), ("SQ2", "二中队")):
        row = {"tenant": tenant, "code": code, "name": name, "kind": "squadron"}
        table = known["org_unit"]
        units[code] = session.execute(insert(table).values(**row).returning(table.c.id)).scalar_one()
    since, until = dt.date(2020, 1, 1), dt.date(2040, 1, 1)
    people = [(code, "regular", "SQ2" if code in ("L3", "L4") else "SQ1", until) for code in LICENSED]
    people += [("OLD", "regular", "SQ1", dt.date(2021, 1, 1)), ("NEW", "regular", "SQ1", None)]
    people += [("AUX", "auxiliary", "SQ1", None), ("LAW", "regular", "SQ2", None), ("BOSS", "regular", "SQ2", None)]
    for code, kind, unit, to_on in people:
        row = {"tenant": tenant, "code": code, "name": f"员{code}", "kind": kind, "org_unit_id": units[unit]}
        if to_on is not None:
            row |= {"licence_no": f"证{code}", "licence_from_on": since, "licence_to_on": to_on}
        session.execute(insert(known["staff"]).values(**row))
    kind = {"tenant": tenant, "code": "all", "name": "全天", "start_time": dt.time(0), "end_time": dt.time(23, 59)}
    session.execute(insert(known["shift_kind"]).values(**kind))
    for day in days:
        on_shift(session, tenant, day)
    squads = {"W": units["SQ1"], "E": units["SQ2"]}
    sides = {"W": (WEST, BORDER), "E": (BORDER, EAST)}
    rows: list[dict[str, object]] = [
        {
            "code": code,
            "name": f"{code}片区",
            "org_unit_id": squads[code],
            "geom": box(west, SOUTH, east, NORTH, "MULTI"),
        }
        for code, (west, east) in sides.items()
    ]
    add(session, tenant, "patrol_district", rows)
    border = f"SRID=4490;LINESTRING({BORDER} {SOUTH}, {BORDER} {NORTH})"
    street: dict[str, object] = {"code": "border", "road_class": "primary", "tier": "main", "owner_district": "E"}
    add(session, tenant, "road", [{**street, "geom": border}])
    import_powers(session, tenant, POWERS.encode(), "test")
    import_tiers(session, tenant, TIERS.encode(), "test")
    import_bodies(session, tenant, BODIES.encode(), "test")
    return Bureau(tenant)


def on_shift(session: Session, tenant: str, day: dt.date, people: Iterable[str] | None = None) -> None:
    """Put people (all but ``L5``) on the shift of a day."""
    who = list(people) if people is not None else [*LICENSED[:4], "OLD", "NEW", "AUX", "LAW", "BOSS"]
    session.execute(
        text("""INSERT INTO duty (tenant, on_date, shift_code, staff_id, role)
             SELECT tenant, :day, 'all', id, 'member' FROM staff WHERE tenant = :t AND code = ANY(:who)
             ON CONFLICT DO NOTHING"""),
        {"t": tenant, "day": day, "who": who},
    )


def staff_id(session: Session, tenant: str, code: str) -> int:
    """Row of a member of staff."""
    found = session.execute(text("SELECT id FROM staff WHERE tenant = :t AND code = :c"), {"t": tenant, "c": code})
    return int(found.scalar_one())
