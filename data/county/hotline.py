"""What people of the made-up county complained of in the last six weeks, and how far each matter has come.

Nothing is drawn by chance: a complaint's number says what it is about, where, by which channel, and how it stands.
Every eighth is open at the desk, given out, looked into or answered; the others are closed, referred or void. Every
tenth says what another said; one in eleven cannot be placed. Callers are numbers, not names.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty
    from geo.cases.complaints.orders import Draft

LOCAL: Final = ZoneInfo("Asia/Shanghai")
SYSTEM: Final = "GB/T 30428.2-2013"
HOW_MANY: Final = 66
DAYS: Final = 42
OLD_DAYS: Final = 12
"""What is older than this is closed, but for every eighth."""

MATTERS: Final = (
    ("占道经营", "04-06", "摊点占用通道,行人只能走车道", "market"),
    ("店外经营", "04-05", "店家把货架摆到人行道上", "night_market"),
    ("暴露垃圾", "01-10", "垃圾堆放多日无人清理", "estate"),
    ("工地夜间施工", "03-01", "半夜还在打桩,无法休息", "construction"),
    ("流动摊贩", "04-01", "放学时校门口摊贩太多", "school"),
    ("噪声扰民", "01-28", "商家喇叭反复叫卖", "market"),
)
"""Topic, code, words, kind of place."""

CHANNELS: Final = ("12345", "phone", "12345", "web", "phone", "visit")
NOWHERE: Final = ("桥头那边的巷子里", "老面粉厂后面", "大榕树旁边第三家")
AUTHORITIES: Final = (
    ("SJ", "示例县生态环境局", "企业排污、异味", "异味;排污"),
    ("GA", "示例县公安局", "打架斗殴、车辆纠纷", "斗殴"),
    ("ZJ", "示例县住房和城乡建设局", "物业管理、房屋质量", "物业;漏水"),
)
"""Code, name, remit, words by which a complaint speaks for it."""

REFERRED: Final = (("企业排污", "夜里有刺鼻异味", "SJ"), ("物业纠纷", "楼顶漏水物业不修", "ZJ"))
ANSWER: Final = "已派员到场处理并复查,感谢监督。"
WAYS: Final[dict[int, tuple[str, ...]]] = {
    0: (), 1: ("assign",), 2: ("assign", "verify"), 3: ("assign", "verify", "feed_back"),
}  # fmt: skip
"""How far a complaint that is not closed yet has come, by number."""

CLOSED: Final = ("assign", "verify", "feed_back", "close")
TASTES: Final = ("satisfied", "satisfied", "fair", "satisfied", "dissatisfied")


def save_hotline(session: Session, tenant: str, home: Path, county: SampleCounty, actor: str) -> None:
    """Take the complaints in, look for what repeats, and take the steps that were taken."""
    from geo.cases.complaints.intake import DESK, open_door, take_in
    from geo.cases.complaints.ties.actions import decide_tie, propose_ties
    from geo.cases.complaints.ties.queries import list_ties

    _name_authorities(session, tenant, actor)
    drafts = make_complaints(county)
    taken = [
        one.complaint_id
        for one in take_in(session, tenant, open_door(session, tenant, home), DESK, drafts, actor=actor)
    ]
    told = list(enumerate(zip(taken, drafts, strict=True)))
    recent = dt.datetime.combine(county.today, dt.time(), LOCAL) - dt.timedelta(OLD_DAYS)
    for n, (complaint, draft) in told:
        if draft.received_at < recent:
            _go_on(session, tenant, county, n, complaint, draft, actor)
    propose_ties(session, tenant, taken)
    for n, tie in enumerate(list_ties(session, tenant, state="proposed")):
        if n % 3 == 0:
            decide_tie(session, tenant, tie["id"], confirm=tie["kind"] == "repeat", actor=actor)
    undecided = {tie["complaint_id"] for tie in list_ties(session, tenant, state="proposed", kind="repeat")}
    for n, (complaint, draft) in told:
        if draft.received_at >= recent and complaint not in undecided:
            _go_on(session, tenant, county, n, complaint, draft, actor)


def make_complaints(county: SampleCounty) -> list[Draft]:
    """The complaints, the oldest first, as the desk would type them."""
    from geo.cases.complaints.orders import Caller, Draft

    zones = county.layers["hotspot_zone"]
    midnight = dt.datetime.combine(county.today, dt.time(), LOCAL)
    found = []
    for n in range(HOW_MANY):
        topic, code, words, kind = MATTERS[n % len(MATTERS)]
        mine = zones[zones["kind"] == kind]
        echo = n % 10 == 9
        m = n - len(MATTERS) if echo else n  # the same matter at the same place as six complaints ago
        spot = mine.geometry.iloc[m % len(mine)].representative_point()
        place: dict[str, Any] = {
            "lon": round(spot.x, 6),
            "lat": round(spot.y, 6),
            "place_text": mine["name"].iloc[m % len(mine)],
        }
        if n % 11 == 10:
            place = {"place_text": NOWHERE[n // 11 % len(NOWHERE)]}
        if n % 22 == 8:
            topic, words, code = *REFERRED[n // 22 % 2][:2], ""
        received = midnight - dt.timedelta(days=DAYS * (1 - n / HOW_MANY), hours=-9 - n % 9, minutes=7 * n % 60)
        received = min(received, midnight - dt.timedelta(hours=2, minutes=HOW_MANY - n))
        caller = m % 17 if echo else n % 17
        found.append(
            Draft(
                CHANNELS[n % len(CHANNELS)], received.astimezone(dt.UTC), words, topic=topic,
                code_system=SYSTEM if code else None, code=code or None,
                caller=Caller(f"示例来电人{caller + 1}", f"1000000{caller:04d}"), digest=f"sample/{county.seed}/{n}",
                **place,
            )
        )  # fmt: skip
    return found


def _go_on(
    session: Session, tenant: str, county: SampleCounty, n: int, complaint: int, draft: Draft, actor: str
) -> None:
    """Take a complaint as far as it has come, each step a few hours after the other."""
    from geo.cases.complaints.actions import StepOrder, file_root_cause, get_complaint, record_satisfaction, take_step

    row = get_complaint(session, tenant, complaint)
    if row["merged_into"] is not None or row["state"] != "received":
        return
    at = draft.received_at
    midnight = dt.datetime.combine(county.today, dt.time(), LOCAL)
    staff = county.staff[county.staff["active"]]
    seniors, others = (staff[staff["org"].isin(["J", "D"]) == senior]["code"] for senior in (True, False))
    leader, clerk = str(seniors.iloc[n % len(seniors)]), str(others.iloc[n % len(others)])
    office = next((code for topic, _, code in REFERRED if topic == draft.topic), None)
    if office is not None:
        referral = StepOrder("refer", "不属本局职责", authority=office, at=at + dt.timedelta(hours=3))
        take_step(session, tenant, complaint, referral, actor=actor)
        return
    old = midnight - at > dt.timedelta(OLD_DAYS)
    careful = row["handling"] == "careful"
    steps = CLOSED if old and n % 8 else WAYS[n % 4]
    for number, step in enumerate(steps, 1):
        then = min(at + dt.timedelta(hours=7 * number), midnight - dt.timedelta(minutes=60 - number))
        order = StepOrder(
            step, "示例", owner=leader if careful else clerk, finding="substantiated" if n % 5 else "unfounded",
            answer=ANSWER, at=then,
        )  # fmt: skip
        if step == "close" and careful:
            file_root_cause(
                session, tenant, complaint, cause="店内面积小,货物无处存放", measure="协调后院仓储,划线定界",
                owner=leader, due_on=county.today + dt.timedelta(20), actor=actor,
            )  # fmt: skip
        take_step(session, tenant, complaint, order, actor=actor)
    if steps == CLOSED and n % 3:
        record_satisfaction(session, tenant, complaint, TASTES[n % len(TASTES)], actor=actor)


def _name_authorities(session: Session, tenant: str, actor: str) -> None:
    """Whose business it is that is not the bureau's, as the table a bureau hands in."""
    from geo.cases.complaints.authorities import import_authorities

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "authorities.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("单位编号", "单位名称", "职责", "关键词"))
            writer.writerows(AUTHORITIES)
        import_authorities(session, tenant, path, actor=actor)
